"""The pages of *The article, checked*, written from the claims: python -m helpers.claims.pages

One notebook for each section, named as the section's own with `_checked` behind it, and before
them a page with the table of all claims. Their prose stands in the .toml files. A page whose cells
have changed is written without outputs and has to be executed; any other keeps its outputs.
"""

import json
from pathlib import Path

from .. import files
from . import SECTIONS, claims
from .registry import page_name, stated

TABLE = "00_article_checked"  # the page with the table of all claims
FOLDER = Path(__file__).parents[2] / "notebooks"
KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
IMPORTS = "import hidden_convex_relu\nfrom helpers import claims"
RENDERED = {"mystnb": {"markdown_format": "myst"}}  # so that links in an output lead to labels


def pages() -> dict[str, dict]:
    """Every page by its name, in reading order: a notebook (nbformat 4.5) without outputs."""
    sections = {page_name(section): _page(section) for section in SECTIONS}
    return {TABLE: _table_page()} | sections


def unexecuted(notebook: dict) -> dict:
    """A notebook as it is before it is executed: without outputs and execution counts."""
    bare = {"outputs": [], "execution_count": None}
    cells = notebook["cells"]
    return notebook | {
        "cells": [cell | bare if cell["cell_type"] == "code" else cell for cell in cells]
    }


def read(path: Path) -> dict:
    """The notebook in a file."""
    return files.read_json(path)


def write(folder: Path = FOLDER) -> list[Path]:
    """Write the pages whose cells are not those of the file in `folder`: their paths."""
    written = []
    for name, notebook in pages().items():
        path = folder / f"{name}.ipynb"
        if path.exists() and unexecuted(read(path)) == notebook:
            continue
        text = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True)
        files.write_at_once(path, text + "\n")
        written.append(path)
    return written


def _table_page():
    page = stated("article")["page"]
    return _notebook(
        [
            _markdown(f"# {page['title']}\n\n{page['intro']}"),
            _code(IMPORTS, tags=["hide-input"]),
            _code("claims.Summary()", **RENDERED),
            _markdown(page["rest"]),
        ]
    )


def _page(section):
    page = stated(section)["page"]
    cells = [
        _markdown(f"# {page['title']}\n\n{page['intro']}"),
        _code(IMPORTS, tags=["hide-input"]),
    ]
    for claim in claims(section):
        if claim.heading:
            cells.append(_markdown(f"## {claim.heading}"))
        cells.append(_markdown(f"(claim-{claim.number})=\n### {claim.number}. {claim.title}"))
        asked = f'claims.check("{claim.number}")'
        cells.append(_code(asked, tags=["remove-input"], **RENDERED))
    return _notebook(cells)


def _markdown(text):
    return {"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)}


def _code(text, **metadata):
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": metadata,
        "outputs": [],
        "source": text.splitlines(keepends=True),
    }


def _notebook(cells):
    numbered = [cell | {"id": f"cell-{k}"} for k, cell in enumerate(cells)]
    return {"cells": numbered, "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5}


if __name__ == "__main__":
    for path in write():
        print(path)
