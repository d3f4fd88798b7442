"""Section Certified optima to compare with: the table of benchmarks/registry.

A row holds name, n, d, rank, patterns (counted exactly, or a bound on them), route, lam_max and
optima, at every share of lambda_max one with objective, lower_bound, gap, neurons, seconds and
adam: excess, the least of twelve trainings, relative to the optimum, and its step.
"""

from typing import NamedTuple

import numpy as np

from .. import files

REPOSITORY = files.RECORDS.parents[1]
TABLE = files.RECORDS.parent / "registry" / "registry.json"
SHARES = (0.1, 0.01, 0.001)  # of lambda_max
PROVED = 1e-6  # the gap of the proofs: an excess below that is none

Row = dict  # of one problem, as the registry wrote it


class Summary(NamedTuple):
    """How many problems, how many with all three optima, how many optima, the largest gap."""

    problems: int
    whole: int
    optima: int
    gap: float


def rows() -> list[Row]:
    """The table, a row a problem."""
    return files.read_json(TABLE)


def summary(table: list[Row]) -> Summary:
    """What the table holds."""
    optima = [found for row in table for found in row["optima"]]
    whole = sum(len(row["optima"]) == len(SHARES) for row in table)
    return Summary(len(table), whole, len(optima), max(found["gap"] for found in optima))


def excesses(table: list[Row], share: float) -> dict[str, float]:
    """Adam's least excess by problem at one share of lambda_max, the smallest first.

    What is below the gap of the proofs counts as that. Optima not yet trained for are left out.
    """
    optima = {row["name"]: at(row, share) for row in table}
    trained = {name: one["adam"] for name, one in optima.items() if one and "adam" in one}
    found = {name: adam["excess"] for name, adam in trained.items()}
    return {name: max(found[name], PROVED) for name in sorted(found, key=found.get)}


def at(row: Row, share: float) -> dict | None:
    """The optimum of a row at one share, None where its proof did not close."""
    return next((found for found in row["optima"] if found["share"] == share), None)


def reached(table: list[Row], share: float, tols: list[float]) -> list[int]:
    """On how many problems Adam's best training comes within each of the excesses `tols`."""
    values = np.array(list(excesses(table, share).values()))
    return [int((values <= tol).sum()) for tol in tols]
