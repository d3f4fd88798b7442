"""Section The global optimum, with its proof: records of the solvers, and the proof in the plane.

A record of benchmarks/results/convex.json has instance, share (lam / lambda_max), method and
either CPU seconds, the objective (recomputed in the cones) and, from ours, the bound that a dual
point proves, or "failed", the reason. A run that was "stopped" is judged by its last iterate.

A record of benchmarks/results/search.json is problem -> adam and search, curves of time and
objective, and sampled, number of weight vectors drawn -> the optimum over their patterns.

A record of benchmarks/results/certificate.json is a list of runs without a list of patterns.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .. import dual, files
from ..solver.branching import Quest, Sphere, explore_part, roots_of

Record = dict  # of one method on one problem, as a benchmark wrote it
ROUNDING = 1e-9  # gaps below this are rounding


def instances(record: str | Path, share: float) -> dict[str, dict[str, Record]]:
    """What was recorded at one share of lambda_max: instance -> method -> record.

    Instances come kind by kind, by their size; those without a proven bound are left out.
    """
    rows = {}
    for r in files.read_json(record):
        if r["share"] == share:
            rows.setdefault(r["instance"], {})[r["method"]] = r
    kinds = list(dict.fromkeys(kind(name) for name in rows))

    def place(name):
        return kinds.index(kind(name)), int(name.split("-")[1])

    bounded = (name for name in rows if rows[name].get("ours", {}).get("bound") is not None)
    return {name: rows[name] for name in sorted(bounded, key=place)}


def kind(instance: str) -> str:
    """What an instance is of: of sine-10, sine."""
    return instance.split("-")[0]


def gap(record: Record, ours: Record) -> float:
    """(objective - bound) / objective against the bound that our run proved, at least ROUNDING."""
    return max((record["objective"] - ours["bound"]) / record["objective"], ROUNDING)


def largest_sample(record: str | Path, name: str) -> tuple[int, float]:
    """(number of patterns, certified optimum) of the largest sample recorded for a problem."""
    sampled = files.read_json(record)[name]["sampled"]
    largest = sampled[max(sampled, key=int)]
    return largest["patterns"], largest["objective"]


class Arcs(NamedTuple):
    """Arcs of directions that are still open, in degrees, and a bound of the dual curve on each."""

    begin: np.ndarray  # (k,)
    end: np.ndarray  # (k,)
    bound: np.ndarray  # (k,), in units of lam


def open_arcs(X: ArrayLike, theta: ArrayLike, lam: float, threshold: float, cuts: int) -> Arcs:
    """What branch and bound leaves open of the circle after so many cuts of every arc.

    X (n, 2), theta (n,). The dual curve and that of the opposite direction are bounded at once,
    so half of the circle is all. threshold: in units of lam.
    """
    sphere = Sphere(np.asarray(X, float))
    theta = np.asarray(theta, float)
    quest = Quest(sphere.correlation(theta), threshold * lam)
    part = explore_part(quest, roots_of(2, sphere.simple_bound(theta)), until=np.inf, cut=cuts)
    generators = (part.aside.generators @ sphere.basis).reshape(-1, 2, 2)
    angles = np.array([dual.angle(pair) for pair in generators]).reshape(-1, 2)
    first = angles[:, 0]
    turn = (angles[:, 1] - first + 180) % 360 - 180  # from one end to the other, the short way
    begin = np.where(turn > 0, first, first + turn) % 360
    return Arcs(begin, begin + np.abs(turn), part.aside.bound / lam)


def without_lists(record: str | Path) -> dict[str, list[Record]]:
    """The runs of a record of certificates by the name of their data, the largest decay first."""
    runs = {}
    for run in files.read_json(record):
        runs.setdefault(run["name"], []).append(run)
    return {name: sorted(each, key=lambda run: -run["share"]) for name, each in runs.items()}
