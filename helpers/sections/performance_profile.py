"""Section The performance profile, run again: the stored table, and a small one made here."""

import itertools
from functools import cache
from typing import NamedTuple

import numpy as np

from .. import files, real_data
from ..profile import methods, protocol, table
from ..profile.protocol import Size

LIVE = ("wine", "breast-cancer-wisc-diag")  # scikit-learn's, which everyone has
LIVE_SIZE = Size(rows=60, epochs=50, gates=50, neurons=50)
LIVE_METHODS = ("Adam", "SGD", "listed")  # nothing in them depends on the clock


def stored() -> dict:
    """The table that `python -m benchmarks.profile` has left."""
    return files.read_json(files.record("profile"))


@cache
def live() -> dict:
    """The table of two small sets, computed now; seconds in it are those of this machine."""
    records = []
    for name in LIVE:
        data = real_data.load(name)
        problem = protocol.problem(data.X, data.y, LIVE_SIZE.rows)
        for method in LIVE_METHODS:
            traces = methods.METHODS[method](problem, protocol.LAMS, LIVE_SIZE)
            for lam, trace in zip(protocol.LAMS, traces, strict=True):
                key = {"set": name, "lam": lam, "method": method}
                records.append(key | table.record(trace, problem))
    return table.table(records, LIVE_SIZE)


def sets(found: dict) -> list[str]:
    """The data sets of a table."""
    return sorted({row["set"] for row in found["problems"]})


def lams(found: dict) -> list[float]:
    """The lambdas of a table."""
    return sorted({row["lam"] for row in found["problems"]})


def solved(found: dict, rule: table.Rule) -> dict[str, int]:
    """How many problems each method solves: method -> number."""
    return {name: int(np.isfinite(t).sum()) for name, t in table.needed(found, rule).items()}


def half(found: dict, rule: table.Rule) -> dict[str, float]:
    """Seconds after which each method has solved half of all problems, infinite for never."""
    return {
        name: float(np.sort(t)[(len(t) - 1) // 2]) for name, t in table.needed(found, rule).items()
    }


def over_bound(found: dict, lam: float) -> float:
    """The median over the sets of the best value of any method over the bound that is proved."""
    rows = [row for row in found["problems"] if row["lam"] == lam and row["bound"] > 0]
    return float(np.median([table.best(row) / row["bound"] for row in rows]))


def over_best(found: dict, lam: float, name: str) -> float:
    """The median over the sets of a method's value over the best of all methods."""
    rows = [row for row in found["problems"] if row["lam"] == lam]
    return float(np.median([row["methods"][name]["best"] / table.best(row) for row in rows]))


def still_falling(found: dict, name: str) -> int:
    """On how many problems a method's value was falling until nearly all of its time was over."""
    enough = 0.95 * found["size"]["seconds"]
    return sum(row["methods"][name]["last"] >= enough for row in found["problems"])


class Leads(NamedTuple):
    """Under how many rules a method solves the most problems, and is the first to solve half."""

    most: int
    first: int


def rules() -> list[table.Rule]:
    """All sixteen."""
    every = itertools.product(table.TOLERANCES, table.YARDSTICKS, table.CLOCKS, (False, True))
    return [table.Rule(*choice) for choice in every]


def leads(found: dict, name: str, others: tuple[str, ...] = ("Adam", "SGD")) -> Leads:
    """Under how many of the rules the method is strictly ahead of all the others."""
    most = 0
    first = 0
    for rule in rules():
        counts = solved(found, rule)
        middle = half(found, rule)
        most += all(counts[name] > counts[other] for other in others if other in counts)
        first += all(middle[name] < middle[other] for other in others if other in middle)
    return Leads(most, first)
