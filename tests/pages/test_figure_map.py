"""The table of the article's figures: a row names a page, a label on it, a function it calls."""

import ast
import importlib
import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
TABLES = (ROOT / "book" / "figures.md").read_text(encoding="utf-8")
PICTURES, PROGRAMS = TABLES.split("## Table and displayed programs")
ROW = re.compile(
    r"^\| (?P<what>.+?) "
    r'\| <a href="\.\./notebooks/(?P<page>\w+)\.html#(?P<label>[\w-]+)">.+?</a> '
    r"\| (?:`(?P<function>[\w.]+)` )?\|$",
    re.M,
)
ROWS = [match.groupdict() for match in ROW.finditer(TABLES)]


def page(row):
    return nbformat.read(ROOT / "notebooks" / f"{row['page']}.ipynb", 4)


def labels(notebook):
    """Labels of a page: `(label)=` lines, names of figures, headings as the book anchors them."""
    found = set()
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            found |= set(re.findall(r"^\(([\w-]+)\)=$", cell.source, re.M))
            for heading in re.findall(r"^#+ (.+)$", cell.source, re.M):
                found.add(re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-"))
        found.add(cell.metadata.get("mystnb", {}).get("figure", {}).get("name"))
    return found


def helpers_used(notebook):
    """What the code of a page takes from the helpers: "figures.overview.teaser", ..."""
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    tree = ast.parse(code)
    address = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] == "helpers":
            package = node.module.removeprefix("helpers").removeprefix(".")
            for alias in node.names:
                address[alias.asname or alias.name] = f"{package}.{alias.name}".removeprefix(".")
    used = set(address.values())
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id in address:
                used.add(f"{address[node.value.id]}.{node.attr}")
    return used


def test_the_table_is_whole():
    lines = [line for line in TABLES.splitlines() if line.startswith("| ")]
    heads_and_rules = 2 * TABLES.count("| --- | --- | --- |")
    assert len(ROWS) == len(lines) - heads_and_rules
    assert len(ROW.findall(PICTURES)) == 19
    assert len({row["what"] for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["label"])
def test_a_row_leads_to_its_figure(row):
    assert row["label"] in labels(page(row))


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row["function"]], ids=lambda row: row["label"]
)
def test_the_page_calls_the_function_of_its_row(row):
    module, name = row["function"].rsplit(".", 1)
    assert callable(getattr(importlib.import_module(f"helpers.{module}"), name))
    assert row["function"] in helpers_used(page(row))
