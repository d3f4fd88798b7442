"""Files are written at once: whoever is killed leaves the old one or the new one, whole."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from helpers import files
from helpers.claims import pages

ROOT = Path(__file__).parents[1]
# Writes two contents in turn, so long that a write takes a while, until it is killed.
WRITE_FOR_EVER = """
import itertools, sys
from helpers import files
for k in itertools.cycle("ab"):
    files.write_at_once(sys.argv[1], k * 2_000_000)
    print(k, flush=True)
"""


def killed(command, ready, seconds):
    """Start a command, wait until ready(process), and kill it so many seconds later."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE)
    ready(process)
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()


def first_line(process):
    assert process.stdout.readline()


@pytest.mark.skipif(os.name == "nt", reason="sends a signal of POSIX")
def test_killed_at_any_moment_a_file_is_the_old_or_the_new_one(tmp_path):
    path = tmp_path / "record é.json"
    command = [sys.executable, "-c", WRITE_FOR_EVER, str(path)]
    stopped_within = 0
    for delay in np.linspace(0.001, 0.03, 12):
        killed(command, first_line, delay)
        assert path.read_bytes() in (b"a" * 2_000_000, b"b" * 2_000_000)
        stopped_within += path.with_name(path.name + ".part").exists()
    assert stopped_within  # else no kill came while a file was written
    files.write_at_once(path, "whole again")
    assert path.read_text(encoding="utf-8") == "whole again"
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


WRITE_PAGES = """
import sys
from pathlib import Path
from helpers.claims import pages
print("ready", flush=True)
pages.write(Path(sys.argv[1]))
"""


@pytest.mark.skipif(os.name == "nt", reason="sends a signal of POSIX")
def test_pages_of_claims_killed_while_they_are_written_are_whole_and_written_on(tmp_path):
    command = [sys.executable, "-c", WRITE_PAGES, str(tmp_path)]
    every = pages.pages()
    partly = 0
    for delay in (0.0, 0.002, 0.004, 0.008, 0.016):
        killed(command, first_line, delay)
        written = sorted(tmp_path.glob("*.ipynb"))
        for path in written:
            assert json.loads(path.read_text(encoding="utf-8")) == every[path.stem]
        partly += len(written) < len(every)
    assert partly  # else no kill came before the end
    pages.write(tmp_path)
    assert {path.stem for path in tmp_path.glob("*.ipynb")} == set(every)
    assert not list(tmp_path.glob("*.part"))


# A benchmark that writes its record again and again, what it measures put aside: it is started,
# killed at a random moment and started again. Its records at every stop are written to a line.
BENCHMARK = """
import json, os, random, signal, sys, time
from pathlib import Path
from benchmarks import {name} as benchmark
benchmark.RESULTS = path = Path(sys.argv[1])
{aside}
rng = random.Random(0)

def started():
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        try:
            benchmark.main()
        finally:
            os._exit(0)
    return child

for _ in range(12):
    child = started()
    while not path.exists():
        assert os.waitpid(child, os.WNOHANG) == (0, 0)
        time.sleep(0.001)
    time.sleep(rng.uniform(0, 0.05))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    stopped = path.with_name(path.name + ".part").exists()
    print(json.dumps([stopped, json.loads(path.read_text(encoding="utf-8"))]))
os.waitpid(started(), 0)
print(json.dumps([False, json.loads(path.read_text(encoding="utf-8"))]))
"""
ASIDE = {
    "convex": """
benchmark.outcome = lambda *key: dict(zip(("instance", "share", "method", "limit"), key))
benchmark.hopeless = lambda *_: False
benchmark.table = str
benchmark.importlib.util.find_spec = lambda _: True
sys.argv[1:] = ["--shares", *(str(k / 20) for k in (1, 2))]
""",
}


@pytest.mark.skipif(os.name == "nt", reason="sends a signal of POSIX")
@pytest.mark.parametrize("name", ASIDE)
def test_a_benchmark_killed_at_any_moment_keeps_what_it_has_and_goes_on(name, tmp_path):
    path = tmp_path / "record.json"
    script = BENCHMARK.format(name=name, aside=ASIDE[name])
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    stops = [json.loads(line) for line in done.stdout.splitlines()]
    kept = set()
    for _, records in stops:
        now = {json.dumps(record) for record in records}
        assert len(now) == len(records) and now >= kept
        kept = now
    assert any(stopped for stopped, _ in stops)  # else no kill came while it was writing
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_lines_are_appended_and_what_a_stop_has_left_of_one_is_cut_off(tmp_path):
    path = tmp_path / "lines.jsonl"
    assert files.read_lines(path) == []
    files.append_line(path, {"a": "é" * 70_000})
    files.append_line(path, {"b": 2})
    whole = path.read_bytes()
    for torn in (b"{", b'{"c": "' + b"x" * 200_000):
        path.write_bytes(whole + torn)
        assert len(files.read_lines(path)) == 2
        files.append_line(path, {"c": 3})
        assert files.read_lines(path) == [{"a": "é" * 70_000}, {"b": 2}, {"c": 3}]
    path.write_bytes(b'{"torn')
    files.append_line(path, {"first": 1})
    assert path.read_bytes() == b'{"first": 1}\n'


def test_a_failure_while_writing_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "file"
    files.write_at_once(path, b"old")
    monkeypatch.setattr(os, "fsync", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        files.write_at_once(path, b"new, in part")
    assert path.read_bytes() == b"old"


READ_EVERYTHING = """
import hashlib
from helpers import playground
from helpers.claims import pages
read = playground.script() + repr(pages.pages()) + playground.show()._html()
print(hashlib.sha256(read.encode("utf-8")).hexdigest())
"""


def test_what_is_read_does_not_hang_on_the_locale():
    found = set()
    for locale in ({"LC_ALL": "C.UTF-8"}, {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}):
        environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "0"} | locale
        command = [sys.executable, "-c", READ_EVERYTHING]
        done = subprocess.run(command, env=environment, capture_output=True, check=True)
        found.add(done.stdout)
    assert len(found) == 1


def test_text_is_written_as_it_is(tmp_path):
    files.write_at_once(tmp_path / "file", "λ\nend")
    assert (tmp_path / "file").read_bytes() == b"\xce\xbb\nend"


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "file")
    files.write_at_once(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_bytes() == b"new"


def test_records_are_found_from_any_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "sampling" in files.read_json(files.record("patterns"))
    with pytest.raises(
        ValueError, match="name must be one of accuracy, certificate, convex, .*'nothing'"
    ):
        files.record("nothing")


def test_without_the_repository_there_are_no_records(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "RECORDS", tmp_path)
    with pytest.raises(ValueError, match="holds no records"):
        files.record("patterns")
