import os
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest

from book import execute

METADATA = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
WAIT_FOR_THE_OTHER = """
import time
from pathlib import Path

Path("{own}").touch()
begun = time.monotonic()
while not Path("{other}").exists():
    assert time.monotonic() - begun < 60, "the other notebook is not running"
    time.sleep(0.05)
"""


def executed(*arguments, **settings):
    """`execute.execute` in a thread: the browser of other tests leaves this one an event loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(execute.execute, *arguments, **settings).result()


def write(path, *sources, text="Some text."):
    cells = [nbformat.v4.new_markdown_cell(text), *map(nbformat.v4.new_code_cell, sources)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=METADATA), path)
    return path


def test_notebooks_run_side_by_side_and_are_stored(tmp_path):
    paths = [
        write(tmp_path / "a.ipynb", WAIT_FOR_THE_OTHER.format(own="a", other="b"), "1 + 1"),
        write(tmp_path / "b.ipynb", WAIT_FOR_THE_OTHER.format(own="b", other="a"), "print(3)"),
    ]
    assert executed(paths, execute.store, jobs=2, timeout=120) == []
    a, b = [nbformat.read(path, 4).cells for path in paths]
    assert a[2].outputs[0].data["text/plain"] == "2" and b[2].outputs[0].text == "3\n"
    assert [cell.get("execution_count") for cell in a] == [None, 1, 2]
    assert {path.name for path in tmp_path.iterdir()} == {"a", "b", "a.ipynb", "b.ipynb"}


def test_a_notebook_that_fails_is_named_and_left_as_it_was(tmp_path, capfd):
    good = write(tmp_path / "good.ipynb", "1")
    bad = write(tmp_path / "bad.ipynb", "1", "raise ValueError('the reason')")
    before = bad.read_bytes()
    assert executed([bad, good], execute.store, jobs=1, timeout=60) == ["bad"]
    assert bad.read_bytes() == before
    assert nbformat.read(good, 4).cells[1].execution_count == 1
    printed = capfd.readouterr()
    assert printed.out == "executing bad (1 of 2)\nexecuting good (2 of 2)\n"
    assert "bad failed" in printed.err and "the reason" in printed.err


def test_what_is_stored_does_not_depend_on_the_machine(tmp_path):
    path = write(tmp_path / "page.ipynb", "1")
    notebook = nbformat.read(path, 4)
    notebook.metadata["language_info"] = {"name": "python", "version": "3.11.7"}
    cell = notebook.cells[1]
    cell.metadata["execution"] = {"iopub.status.idle": "2026-01-01T00:00:00"}
    views = {execute.LIVE_VIEW: {"model_id": "x"}, "text/html": "<b>1</b>"}
    cell.outputs = [nbformat.v4.new_output("display_data", data=views)]
    execute.store(path, notebook)
    stored = nbformat.read(path, 4)
    assert stored.metadata == execute.METADATA
    assert stored.cells[1].metadata == {}
    assert stored.cells[1].outputs[0].data == {"text/html": "<b>1</b>"}


def test_a_stop_while_writing_leaves_the_old_notebook(tmp_path, monkeypatch):
    path = write(tmp_path / "page.ipynb", "1")
    before = path.read_bytes()

    def stop(part, _):
        assert part.read_bytes() != before
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        execute.store(path, nbformat.read(path, 4))
    assert path.read_bytes() == before


def test_the_cache_knows_a_notebook_by_its_code(tmp_path):
    path = write(tmp_path / "page.ipynb", "1 + 1")
    cache = execute.Cache(tmp_path / "cache")
    assert not cache.has(path)
    before = path.read_bytes()
    assert executed([path], cache.keep, jobs=1, timeout=60) == []
    assert cache.has(path) and path.read_bytes() == before
    write(path, "1 + 1", text="Other text.")
    assert cache.has(path)
    write(path, "1 + 2")
    assert not cache.has(path)


@pytest.mark.parametrize("damage", ["cut short", "missing"])
def test_what_the_cache_holds_in_part_is_executed_again(tmp_path, damage):
    path = write(tmp_path / "page.ipynb", "1 + 1")
    cache = execute.Cache(tmp_path / "cache")
    executed([path], cache.keep, jobs=1, timeout=60)
    (kept,) = (tmp_path / "cache").rglob("*.ipynb")
    if damage == "missing":
        kept.unlink()
    else:
        os.truncate(kept, kept.stat().st_size // 2)
    assert not cache.has(path)
    assert executed([path], cache.keep, jobs=1, timeout=60) == []
    assert cache.has(path)


def test_the_longest_are_notebooks_and_come_first():
    notebooks = execute.ROOT / "notebooks"
    for name in execute.LONGEST:
        assert (notebooks / f"{name}.ipynb").exists(), name
