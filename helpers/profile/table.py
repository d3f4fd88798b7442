"""The table of the comparison: what every method reached, when, and by which rule that counts.

A unit of work is a method on a data set, for one lambda or for all; its records, one a problem, are
what is kept while the comparison runs. The table has the times that the figures need.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import numpy as np

from .. import checks
from .methods import PUBLISHED, Trace
from .protocol import Problem, Size

TOLERANCES = (1.0, 0.01)  # within a factor of 2, within 1 %
YARDSTICKS = ("published methods", "all methods")  # whose best value a run is held against
CLOCKS = ("first close enough", "own minimum")
DIGITS = 5  # of the numbers that are kept


@dataclass(frozen=True)
class Rule:
    """When a run counts as successful and what its time is.

    tol: the objective is at most 1 + tol times the best. yardstick: the best of whom. clock: the
    time of coming so close, or of the run's own smallest objective. tuned: the time of all steps
    and seeds, not of the fastest successful run alone.
    """

    tol: float = 1.0
    yardstick: str = "all methods"
    clock: str = "first close enough"
    tuned: bool = False

    def checked(self) -> "Rule":
        """The same. Raises ValueError where something of it will not do."""
        if self.tol not in TOLERANCES:
            raise ValueError(f"tol must be one of {TOLERANCES}; got {self.tol!r}")
        checks.as_choice(self.yardstick, "yardstick", YARDSTICKS)
        checks.as_choice(self.clock, "clock", CLOCKS)
        checks.as_flag(self.tuned, "tuned")
        return self

    @property
    def level(self) -> int:
        """Which of the levels of `levels` it is."""
        return YARDSTICKS.index(self.yardstick) * len(TOLERANCES) + TOLERANCES.index(self.tol)


def record(trace: Trace, data: Problem) -> dict:
    """What is kept of a trace: the least objective of all runs against time, and every run's own.

    `falls`: (seconds, objective) whenever the least falls. `ends`: (seconds, objective) of every
    run's first smallest objective.
    """
    least = np.minimum.accumulate(trace.objective.min(axis=0))
    falls = np.flatnonzero(np.r_[True, np.diff(least) < 0])
    ends = trace.objective.argmin(axis=1)
    smallest = trace.objective.min(axis=1)
    return {
        "n": len(data.y),
        "d": data.X.shape[1],
        "runs": len(trace.objective),
        "best": trace.best,
        "bound": trace.bound,
        "gap": None if np.isnan(trace.gap) else _short(trace.gap),
        "falls": _pairs(trace.seconds[falls], least[falls]),
        "ends": _pairs(trace.seconds[ends], smallest),
    }


def _pairs(seconds, values):
    finite = np.isfinite(values)
    pairs = zip(seconds[finite], values[finite], strict=True)
    return [[_short(t), float(value)] for t, value in pairs]


def _short(number):
    """A number to the digits that are kept."""
    return float(f"{number:.{DIGITS}g}")


def table(records: Iterable[dict], size: Size) -> dict:
    """The table of all problems of which every method of some record is there: a dictionary.

    records: those of `record`, with `set`, `lam` and `method`.
    """
    by_problem = {}
    for one in records:
        by_problem.setdefault((one["set"], one["lam"]), {})[one["method"]] = one
    every = {name for methods in by_problem.values() for name in methods}
    rows = [
        _row(key, methods) for key, methods in sorted(by_problem.items()) if set(methods) == every
    ]
    return {"size": _plain(size), "problems": rows}


def _plain(size):
    """A Size as JSON has it: no limit is null."""
    return {k: None if v == np.inf else v for k, v in asdict(size).items()}


def _row(key, methods):
    levels = _levels({name: one["best"] for name, one in methods.items()})
    first = next(iter(methods.values()))
    return {
        "set": key[0],
        "lam": _short(key[1]),
        "n": first["n"],
        "d": first["d"],
        "bound": max(one["bound"] for one in methods.values()),
        "methods": {name: _entry(one, levels) for name, one in sorted(methods.items())},
    }


def _levels(best):
    """The objectives to reach: for each yardstick, each tolerance."""
    published = min(value for name, value in best.items() if name in PUBLISHED)
    whole = min(best.values())
    return [(1 + tol) * value for value in (published, whole) for tol in TOLERANCES]


def _entry(one, levels):
    """A method's line on a problem: its times at every level by each clock, null for never.

    `last` is when its objective last fell.
    """
    return {
        "best": one["best"],
        "runs": one["runs"],
        "gap": one["gap"],
        "last": one["falls"][-1][0],
        "first": [_earliest(one["falls"], level) for level in levels],
        "minimum": [_earliest(one["ends"], level) for level in levels],
    }


def _earliest(pairs, level):
    times = [t for t, value in pairs if value <= level]
    return min(times, default=None)


def needed(found: dict, rule: Rule) -> dict[str, np.ndarray]:
    """Seconds until each problem of the table is solved, infinite for never: method -> (problems,).

    Raises ValueError where the rule will not do.
    """
    rule = rule.checked()
    clock = "first" if rule.clock == CLOCKS[0] else "minimum"
    seconds = {}
    for row in found["problems"]:
        for name, entry in row["methods"].items():
            t = entry[clock][rule.level]
            spent = np.inf if t is None else t * (entry["runs"] if rule.tuned else 1)
            seconds.setdefault(name, []).append(spent)
    return {name: np.array(values) for name, values in seconds.items()}


def best(row: dict) -> float:
    """The smallest objective of any method on the problem of a row."""
    return min(entry["best"] for entry in row["methods"].values())
