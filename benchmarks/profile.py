"""The published performance profile, run again: every set that can be had, six lambdas each.

    python -m benchmarks.profile [--sets NAME ...] [--rows N] [--epochs N] [--gates N]
        [--seconds S] [--workers N | --scheduler ADDRESS] [--device cuda] [--so-far]

Adam and SGD with the published grid, pyscnn's augmented Lagrangian (where it is installed:
`pip install --no-deps pyscnn linalg_backends opt_einsum`), and ours over the same patterns and over
patterns that are searched. By default of a size for a laptop: `--published` for the published one.

What is done is kept in `_build/profile.jsonl`, a line a unit: killed and started again, the command
goes on. Units are carried by processes, or by the Dask cluster whose scheduler listens at ADDRESS
(its workers need this repository, and one thread each, as seconds are those of their processes).
The table: benchmarks/results/profile.json.
"""

import argparse
import importlib.metadata
import json
import multiprocessing
import os
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache, lru_cache
from multiprocessing.connection import wait
from pathlib import Path
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from helpers import files, real_data
from helpers.profile import methods, protocol, table

RESULTS = files.RECORDS / "profile.json"
UNITS = Path(__file__).parents[1] / "_build" / "profile.jsonl"
LAPTOP = protocol.Size(rows=150, epochs=100, gates=50, neurons=50, seconds=0.5)
PACKAGES = ("numpy", "torch", "pyscnn")


class Unit(NamedTuple):
    """A method on a data set: for these lambdas, in that size."""

    name: str
    method: str
    lams: tuple[float, ...]
    size: protocol.Size

    def key(self) -> str:
        """What tells it from all others."""
        return json.dumps([self.name, self.method, self.lams, asdict(self.size)])


@lru_cache(maxsize=1)
def problem(name: str, rows: int | None) -> protocol.Problem:
    """The problem of a set of `real_data`, by name."""
    data = real_data.load(name)
    return protocol.problem(data.X, data.y, rows)


def units(names: list[str], size: protocol.Size) -> list[Unit]:
    """All of the work, in the order it is done."""
    every = []
    for name in names:
        for method in methods.available():
            if method in methods.ALL_AT_ONCE:
                every.append(Unit(name, method, protocol.LAMS, size))
            else:
                every.extend(Unit(name, method, (lam,), size) for lam in protocol.LAMS)
    return every


def done(unit: Unit) -> list[dict]:
    """The records of a unit, one a lambda: what a worker does."""
    with one_thread():
        data = problem(unit.name, unit.size.rows)
        warm(unit.method)
        traces = methods.METHODS[unit.method](data, unit.lams, unit.size)
    return [
        {"set": unit.name, "lam": lam, "method": unit.method} | table.record(trace, data)
        for lam, trace in zip(unit.lams, traces, strict=True)
    ]


@contextmanager
def one_thread() -> Iterator[None]:
    """One thread for NumPy and for PyTorch: seconds are those of one processor."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with threadpool_limits(1):
            yield
    finally:
        torch.set_num_threads(before)


@cache
def warm(method: str) -> None:
    """Run a method once on a few points: imports and compiled code are not what is timed."""
    rng = np.random.default_rng(0)
    few = protocol.problem(rng.standard_normal((12, 3)), np.arange(12) % 2)
    size = protocol.Size(epochs=2, gates=4, neurons=4, seconds=0.2)
    methods.METHODS[method](few, (0.01,), size)


@contextmanager
def executor(workers: int, scheduler: str | None) -> Iterator[Executor]:
    """What carries the units: a thread, processes, or a Dask cluster."""
    if scheduler is not None:
        from distributed import Client

        with Client(scheduler) as client:
            yield client.get_executor(pure=False)
        return
    if workers == 1:
        pool = ThreadPoolExecutor(1)
    else:
        fresh = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(workers, fresh, initializer=end_with_parent)
    with pool:
        yield pool


def end_with_parent() -> None:
    """End this process when the one that has started it is no more, killed for instance."""
    sentinel = multiprocessing.parent_process().sentinel
    watch = threading.Thread(target=lambda: wait([sentinel]) and os._exit(1), daemon=True)
    watch.start()


def carry_out(wanted: list[Unit], path: Path, pool: Executor) -> None:
    """Do the units that are not in the file yet, and write each as soon as it is done."""
    known = {line["unit"] for line in files.read_lines(path)}
    open_units = [unit for unit in wanted if unit.key() not in known]
    futures = {pool.submit(done, unit): unit for unit in open_units}
    bar = tqdm(total=len(wanted), initial=len(wanted) - len(open_units), unit="unit")
    for future in as_completed(futures):
        unit = futures[future]
        files.append_line(path, {"unit": unit.key(), "records": future.result()})
        bar.set_postfix_str(f"{unit.name}, {unit.method}")
        bar.update()
    bar.close()


def collected(wanted: list[Unit], path: Path) -> list[dict]:
    """The records of these units."""
    keys = {unit.key() for unit in wanted}
    lines = {line["unit"]: line["records"] for line in files.read_lines(path)}
    return [one for key, records in lines.items() if key in keys for one in records]


def versions() -> dict[str, str]:
    """Versions of the packages that are compared, of those that are installed."""
    return {
        name: importlib.metadata.version(name)
        for name in PACKAGES
        if importlib.util.find_spec({"pyscnn": "scnn"}.get(name, name))
    }


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sets", nargs="+", help="names of `real_data`; by default all")
    for name in ("rows", "epochs", "gates", "neurons"):
        parser.add_argument(f"--{name}", type=int, help=f"by default {getattr(LAPTOP, name)}")
    parser.add_argument("--seconds", type=float, help=f"by default {LAPTOP.seconds}")
    parser.add_argument("--published", action="store_true", help="the size of the publication")
    parser.add_argument("--device", help="of PyTorch, by default cpu")
    parser.add_argument("--workers", type=int, default=1, help="processes")
    parser.add_argument("--scheduler", help="address of a Dask scheduler, instead of processes")
    parser.add_argument("--so-far", action="store_true", help="no work: the table of what is done")
    parser.add_argument("--units", type=Path, default=UNITS, help="where each unit is kept")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where the table goes")
    return parser.parse_args(words)


def size_of(options: argparse.Namespace) -> protocol.Size:
    """The size that the options ask for."""
    base = protocol.Size() if options.published else LAPTOP
    given = {name: getattr(options, name) for name in asdict(base)}
    return protocol.Size(**asdict(base) | {k: v for k, v in given.items() if v is not None})


def main(words: list[str] | None = None) -> None:
    options = arguments(words)
    size = size_of(options).checked()
    names = options.sets or available_sets()
    wanted = units(names, size)
    if not options.so_far:
        options.units.parent.mkdir(parents=True, exist_ok=True)
        with executor(options.workers, options.scheduler) as pool:
            carry_out(wanted, options.units, pool)
    found = table.table(collected(wanted, options.units), size)
    found["packages"] = versions()
    files.write_at_once(options.results, json.dumps(found) + "\n")
    print(f"{len(found['problems'])} problems, {options.results}")


def available_sets() -> list[str]:
    """The sets of the publication that can be had here."""
    return [name for name in real_data.names("profile") if real_data.available(name)]


if __name__ == "__main__":
    main()
