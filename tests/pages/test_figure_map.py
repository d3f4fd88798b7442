"""The table of the article's figures: a row names a page, a label on it, and what the page calls."""

import importlib
import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
ROW = re.compile(
    r'^\| (?P<what>.+?) \| <a href="\.\./notebooks/(?P<page>\w+)\.html#(?P<label>[\w-]+)">.+?</a> '
    r"\| (?:`(?P<function>[\w.]+)` )?\|$",
    re.M,
)
PICTURES, PROGRAMS = (
    (ROOT / "book" / "figures.md")
    .read_text(encoding="utf-8")
    .split("## Table and displayed programs")
)
ROWS = [match.groupdict() for part in (PICTURES, PROGRAMS) for match in ROW.finditer(part)]


def labels(notebook):
    """Labels of a notebook: `(label)=` lines, names of figures, anchors of headings."""
    found = set()
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            found |= set(re.findall(r"^\(([\w-]+)\)=$", cell.source, re.M))
            headings = re.findall(r"^#+ (.+)$", cell.source, re.M)
            found |= {
                re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-") for heading in headings
            }
        found.add(cell.metadata.get("mystnb", {}).get("figure", {}).get("name"))
    return found


def test_the_table_is_whole():
    lines = [
        line
        for line in (PICTURES + PROGRAMS).splitlines()
        if line.startswith("| ") and "](" not in line
    ]
    assert len(ROWS) == len(lines) - 4  # two heads and two rules
    assert len(ROW.findall(PICTURES)) == 17
    assert len({row["what"] for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["label"])
def test_a_row_leads_to_its_figure(row):
    path = ROOT / "notebooks" / f"{row['page']}.ipynb"
    assert path.exists(), f"no page {row['page']}"
    notebook = nbformat.read(path, 4)
    assert row["label"] in labels(notebook)
    if row["function"]:
        module, name = row["function"].rsplit(".", 1)
        assert callable(getattr(importlib.import_module(f"helpers.{module}"), name))
        code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
        called = module.rsplit(".", 1)[-1]
        assert re.search(rf"\b(?:{called}|figures)\.{name}\b", code)
