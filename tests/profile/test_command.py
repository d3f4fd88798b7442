"""`python -m benchmarks.profile`: killed and gone on, by processes and on a Dask cluster."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import profile as benchmark
from helpers import files
from helpers.profile import methods, protocol

pytest.importorskip("torch")
ROOT = Path(__file__).parents[2]
TINY = ["--rows", "20", "--epochs", "3", "--gates", "6", "--neurons", "4", "--seconds", "100"]
SETS = ["--sets", "first", "second"]
TIMES = ("first", "minimum")


def small(name, rows):
    """A problem of the command's form, without a file to read."""
    rng = np.random.default_rng(len(name))
    return protocol.problem(rng.standard_normal((20, 2)), rng.integers(2, size=20), rows)


def untimed(path):
    """The table in a file, without its times."""
    found = files.read_json(path)
    for row in found["problems"]:
        for entry in row["methods"].values():
            del entry["last"]
            for name in TIMES:
                entry[name] = [t is None for t in entry[name]]
    return found


@pytest.fixture
def run(tmp_path, monkeypatch):
    """The command on small problems, by methods whose results no clock decides."""
    monkeypatch.setattr(benchmark, "problem", small)
    timeless = [name for name in methods.METHODS if name != "pyscnn"]
    monkeypatch.setattr(methods, "available", lambda: timeless)

    def command(name, *words):
        results = tmp_path / f"{name}.json"
        kept = ["--units", str(tmp_path / f"{name}.jsonl"), "--results", str(results)]
        benchmark.main([*SETS, *TINY, *kept, *words])
        return results

    return command


def test_the_table_is_complete_and_a_second_call_does_nothing_again(run, tmp_path, monkeypatch):
    results = run("table")
    found = files.read_json(results)
    assert len(found["problems"]) == 2 * 6
    assert found["size"]["gates"] == 6
    assert set(found["problems"][0]["methods"]) == {"Adam", "SGD", "listed", "searched"}
    before = results.read_bytes()
    monkeypatch.setattr(benchmark, "done", lambda unit: pytest.fail("done twice"))
    assert run("table").read_bytes() == before
    lines = files.read_lines(tmp_path / "table.jsonl")
    assert len(lines) == len({line["unit"] for line in lines}) == 2 * (2 + 2 * 6)


def test_another_size_is_other_work(run):
    options = benchmark.arguments([*SETS, *TINY])
    other = benchmark.arguments([*SETS, *TINY, "--rows", "19"])
    keys = [
        {unit.key() for unit in benchmark.units(["first"], benchmark.size_of(words))}
        for words in (options, other)
    ]
    assert not keys[0] & keys[1]
    published = benchmark.size_of(benchmark.arguments(["--published"]))
    assert (published.epochs, published.gates, published.rows) == (2000, 2500, None)


def test_a_dask_cluster_carries_it(run):
    distributed = pytest.importorskip("distributed", reason="distributed is not installed")
    options = {"n_workers": 1, "threads_per_worker": 1, "processes": False}
    with distributed.LocalCluster(**options, protocol="tcp", dashboard_address=None) as cluster:
        carried = run("dask", "--scheduler", cluster.scheduler_address)
    assert untimed(carried) == untimed(run("alone"))


# Started, killed at a random moment and started again, ten times; then it comes to its end.
KILLED = """
import os, random, signal, sys, threading, time
from tqdm import tqdm
from benchmarks import profile as benchmark
from helpers.profile import methods
from tests.profile import test_command

benchmark.problem = test_command.small
timeless = [name for name in methods.METHODS if name != "pyscnn"]
methods.available = lambda: timeless
for method in timeless:
    with benchmark.one_thread():
        benchmark.warm(method)
rng = random.Random(0)
units = sys.argv[sys.argv.index("--units") + 1]

def started():
    child = os.fork()
    if child == 0:
        tqdm.set_lock(threading.RLock())  # the one shared may be held by a child that was killed
        try:
            benchmark.main(sys.argv[1:])
        finally:
            os._exit(0)
    return child

for _ in range(10):
    child = started()
    time.sleep(rng.uniform(0.02, 0.12))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    print(open(units, "rb").read().count(b"\\n") if os.path.exists(units) else 0)
os.waitpid(started(), 0)
"""


@pytest.mark.skipif(os.name == "nt", reason="sends a signal of POSIX")
def test_killed_ten_times_it_ends_with_the_same_table(run, tmp_path):
    units = tmp_path / "killed.jsonl"
    results = tmp_path / "killed.json"
    kept = ["--units", str(units), "--results", str(results)]
    stopped = subprocess.run(
        [sys.executable, "-c", KILLED, *SETS, *TINY, *kept],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    counts = [int(word) for word in stopped.stdout.split()[:10]]
    assert counts == sorted(counts)
    assert counts[0] < 28 and counts[-1] > 0  # killed before the end, and not for nothing
    lines = files.read_lines(units)
    assert len(lines) == len({line["unit"] for line in lines}) == 28
    assert untimed(results) == untimed(run("whole"))
