"""The notebooks are stored as executed, and run in any folder that has no `helpers` of its own."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
FIRST = "import hidden_convex_relu\n"


def sources(path):
    return [cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]


def run(code, folder, *options, path=str(ROOT)):
    """What a Python says on its error output that runs the code in a folder, as a kernel would."""
    done = subprocess.run(
        [sys.executable, *options, "-c", code],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        encoding="utf-8",
    )
    return done.stderr


def test_there_are_notebooks():
    assert NOTEBOOKS


def test_every_figure_has_a_name_of_its_own():
    names = [
        cell.metadata["mystnb"]["figure"]["name"]
        for path in NOTEBOOKS
        for cell in nbformat.read(path, 4).cells
        if "name" in cell.metadata.get("mystnb", {}).get("figure", {})
    ]
    assert len(names) > 20
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_stored_as_executed_from_the_top(path):
    cells = [c for c in nbformat.read(path, 4).cells if c.cell_type == "code"]
    assert [c.execution_count for c in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert not [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_it_first_looks_where_the_helpers_are(path):
    first, *others = sources(path)
    assert first.index(FIRST) < first.index("from helpers")
    assert not any("../" in source for source in (first, *others))  # from any working directory


def test_any_folder_will_do(tmp_path):
    folder = tmp_path / "a folder, école"
    folder.mkdir()
    code = f"{FIRST}from helpers import files\nassert files.read_json(files.record('patterns'))"
    assert run(code, folder) == ""


@pytest.mark.parametrize("name", ["helpers.py", "helpers/__init__.py", "helpers/data.py"])
def test_other_helpers_in_the_way_are_named(tmp_path, name):
    place = tmp_path / name
    place.parent.mkdir(exist_ok=True)
    place.write_text("", encoding="utf-8")
    said = run(f"{FIRST}from helpers import data", tmp_path)
    if name == "helpers/data.py":  # Python passes over a folder that is no package
        assert said == ""
        return
    assert f"ImportError: the notebooks need the library `helpers` in {ROOT / 'helpers'}" in said
    assert str(tmp_path / "helpers") in said
    assert "rename it" in said


def test_helpers_that_are_not_there_are_missed(tmp_path):
    alone = tmp_path / "hidden_convex_relu.py"
    alone.write_text((ROOT / alone.name).read_text(encoding="utf-8"), encoding="utf-8")
    said = run(FIRST, tmp_path, "-S", path="")  # -S: without what is installed
    assert "Python finds nothing" in said
