"""A small table, the value of a cell: text where there is no page."""

import html
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """head, the names of the columns; rows, lists of texts as long.

    box: what a long table holds, which then has a box of its own to scroll in, named so.
    """

    head: list[str]
    rows: list[list[str]]
    box: str = ""

    def __repr__(self):
        return "\n".join(" | ".join(row) for row in [self.head, *self.rows])

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self._html(), "text/plain": repr(self)}

    def _html(self) -> str:
        names = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in self.head)
        lines = ("".join(f"<td>{_cell(text)}</td>" for text in row) for row in self.rows)
        rows = "".join(f"<tr>{line}</tr>" for line in lines)
        table = f'<table class="table"><thead><tr>{names}</tr></thead><tbody>{rows}</tbody></table>'
        if not self.box:
            return f'<div style="overflow-x: auto">{table}</div>'
        name = html.escape(self.box)
        look = "overflow: auto; max-height: 32rem; font-size: 0.85em"
        return f'<div role="region" aria-label="{name}" tabindex="0" style="{look}">{table}</div>'


def _cell(text: str) -> str:
    """HTML in which no line breaks within a number as 1e-06."""
    return re.sub(r"(?<=\de)-(?=\d)", "\N{NON-BREAKING HYPHEN}", html.escape(text))
