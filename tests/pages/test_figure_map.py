"""The table of the article's figures: every row names a page, a label on it, and a function that the page calls."""

import importlib
import importlib.util
import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
ROW = re.compile(
    r'^\| (?P<what>.+?) \| <a href="\.\./notebooks/(?P<page>\w+)\.html#(?P<label>[\w-]+)">.+?</a> '
    r"\| (?:`(?P<function>[\w.]+)` )?\|$",
    re.M,
)
PICTURES, PROGRAMS = (
    (ROOT / "book" / "figures.md").read_text().split("## Table and displayed programs")
)
ROWS = [match.groupdict() for part in (PICTURES, PROGRAMS) for match in ROW.finditer(part)]


def labels(notebook):
    """Labels of a notebook: `(label)=` lines, names of figures, headings as the book makes anchors of them."""
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
    assert len(ROW.findall(PICTURES)) == 18 and len({row["what"] for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["label"])
def test_a_row_leads_to_its_figure(row):
    path = ROOT / "notebooks" / f"{row['page']}.ipynb"
    assert path.exists(), f"no page {row['page']}"
    notebook = nbformat.read(path, 4)
    assert row["label"] in labels(notebook)
    if row["function"]:
        module, name = row["function"].rsplit(".", 1)
        drawing = importlib.util.find_spec(f"helpers.figures.{module}")
        assert callable(
            getattr(
                importlib.import_module(f"helpers.{'figures.' if drawing else ''}{module}"), name
            )
        )
        code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
        aliases = re.findall(rf"^from helpers\.figures import .*\b{module} as (\w+)", code, re.M)
        called = "|".join([module, *aliases])
        assert re.search(rf"\b(?:{called})\.{name}\b", code)
