"""A small table, the value of a cell: text where there is no page."""

import html
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """head, the names of the columns; rows, lists of texts as long."""

    head: list
    rows: list

    def __repr__(self):
        return "\n".join(" | ".join(row) for row in [self.head, *self.rows])

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self._html(), "text/plain": repr(self)}

    def _html(self):
        head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in self.head)
        rows = "".join(
            "<tr>" + "".join(f"<td>{_cell(text)}</td>" for text in row) + "</tr>"
            for row in self.rows
        )
        table = f'<table class="table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
        return f'<div style="overflow-x: auto">{table}</div>'


def _cell(text):
    """HTML in which no line breaks within a number as 1e-06."""
    return re.sub(r"(?<=\de)-(?=\d)", "\N{NON-BREAKING HYPHEN}", html.escape(text))
