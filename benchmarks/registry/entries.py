"""The entries of the registry, entries/NAME.json, and how they are read.

An entry holds name, n, d, rank, patterns (their number; `counted`: exactly, else Cover's bound),
route (how `check` proves it), digest (of the data), lam_max, peak (d,) (a direction that attains
it) and optima: at every share of lambda_max that closes share, lam, the best network W (m, d) and
alpha (m,), theta (n,), objective, lower_bound, gap, neurons, seconds of the solver, those of the
proof by `check` (`proved in`) and what `adam` reached.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from helpers import checks, files
from helpers.loss import loss

from . import problems

ENTRIES = Path(__file__).parent / "entries"
TABLE = Path(__file__).parent / "registry.json"
SHARES = (0.1, 0.01, 0.001)  # of lambda_max
IN_TABLE = (
    *("share", "lam", "objective", "lower_bound", "gap", "neurons", "seconds"),
    *("proved in", "adam"),
)


@dataclass(frozen=True)
class Problem:
    """Data X (n, d), y (n,) and decay lam (eq. 1), and what is proved of their optimum.

    No network of any width has a loss below lower_bound; (W, alpha) has the loss `objective`.
    theta (n,) is the dual point that proves the bound.
    """

    name: str
    share: float
    X: np.ndarray
    y: np.ndarray
    lam: float
    objective: float
    lower_bound: float
    W: np.ndarray
    alpha: np.ndarray
    theta: np.ndarray

    def excess(self, W: ArrayLike, alpha: ArrayLike) -> float:
        """How far the loss of a network is above the optimum, relative to it.

        At least -1e-6, the gap of the proof. Raises ValueError on bad input.
        """
        return loss(self.X, self.y, W, alpha, self.lam) / self.objective - 1


def names() -> list[str]:
    """Names of the problems, in the order of the table."""
    return [name for name in problems.PROBLEMS if path(name).exists()]


def load(name: str, share: float = 0.1) -> Problem:
    """The problem of that name at lam = share * lambda_max.

    Raises ValueError for a name or share that the registry does not hold, and where the data are
    not those that were solved.
    """
    name = checks.as_choice(name, "name", names())
    entry = read(name)
    X, y = problems.PROBLEMS[name]()
    if problems.digest(X, y) != entry["digest"]:
        raise ValueError(
            f"name must be of data that are as they were when solved; those of {name!r} have "
            "changed, which another release of scikit-learn may do"
        )
    optima = {optimum["share"]: optimum for optimum in entry["optima"]}
    if share not in optima:
        known = ", ".join(f"{one:g}" for one in optima)
        raise ValueError(f"share must be one of {known} for {name!r}; got {share!r}")
    found = optima[share]
    arrays = {key: np.array(found[key]) for key in ("W", "alpha", "theta")}
    numbers = {key: found[key] for key in ("lam", "objective", "lower_bound")}
    return Problem(name=name, share=share, X=X, y=y, **numbers, **arrays)


def path(name: str) -> Path:
    """Where the entry of that name is."""
    return ENTRIES / f"{name}.json"


def read(name: str) -> dict:
    """The entry of that name, as it is stored."""
    return files.read_json(path(name))


def write(entry: dict) -> None:
    """Store an entry, whole at any moment."""
    ENTRIES.mkdir(exist_ok=True)
    files.write_at_once(path(entry["name"]), json.dumps(entry) + "\n")


def write_table() -> None:
    """registry.json: the numbers of all entries, without the arrays."""
    table = []
    for name in names():
        entry = read(name)
        row = {
            key: entry[key]
            for key in ("name", "n", "d", "rank", "patterns", "counted", "route", "lam_max")
        }
        optima = [{key: one[key] for key in IN_TABLE if key in one} for one in entry["optima"]]
        table.append({**row, "optima": optima})
    files.write_at_once(TABLE, json.dumps(table, indent=1) + "\n")
