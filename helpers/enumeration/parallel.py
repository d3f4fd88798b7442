"""Which rows are parallel: a part of `arrangement`, where one of every class is kept."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from .tolerance import Ambiguous

# Numbers drawn once for all data, so that their directions are generic: no coincidence with any.
# 40 dimensions are more than can be listed; beyond them as many as needed are drawn.
DRAWN = 40
DIRECTIONS = np.random.default_rng(0).standard_normal((DRAWN, DRAWN))


def generic(count: int, r: int) -> np.ndarray:
    """Directions (count, r), the same in every run, that have nothing to do with the data."""
    if max(count, r) <= DRAWN:
        return DIRECTIONS[:count, :r]
    return np.random.default_rng(0).standard_normal((count, r))


class Classes(NamedTuple):
    """Rows sorted into parallel classes.

    lines: the first row of each class, in order.
    row, sign (n,): row j is parallel to row lines[row[j]], the same way round (1) or not (-1);
        row -1 for a zero row.
    """

    lines: np.ndarray
    row: np.ndarray
    sign: np.ndarray


def of_integers(Z: np.ndarray) -> Classes:
    """The Classes of primitive rows of integers Z (N, r)."""
    number = {}
    lines = []
    leads = []
    row = []
    sign = []
    for j, z in enumerate(Z.tolist()):
        lead = next((a for a in z if a), 0)
        if lead == 0:
            row.append(-1)
            sign.append(1)
            continue
        if lead < 0:
            z = [-a for a in z]
        row.append(number.setdefault(tuple(z), len(number)))
        if row[-1] == len(lines):
            lines.append(j)
            leads.append(lead)
        same_way = (lead > 0) == (leads[row[-1]] > 0)
        sign.append(1 if same_way else -1)
    return Classes(np.array(lines, int), np.array(row), np.array(sign))


def of_floats(Y: np.ndarray, nonzero: np.ndarray, same: float, doubtful: float) -> Classes:
    """The Classes of unit rows of floats Y (N, r), parallel up to a sine of `same`.

    Rows are compared whose projections on a generic vector agree. Raises Ambiguous if a sine is
    above `same`, but not above `doubtful`.
    """
    label = np.where(nonzero, np.arange(len(Y)), -1)
    sign = np.ones(len(Y), int)
    order = np.flatnonzero(nonzero)
    height = np.abs(Y[order] @ generic(1, Y.shape[1])[0])
    order = order[np.argsort(height)]
    height = np.sort(height)
    # 40: several times the length of that vector, by which a sine is multiplied on it
    for begin, end in runs(np.diff(height) <= 40 * doubtful):
        run = np.sort(order[begin:end])
        while len(run) > 1:
            cosine = Y[run] @ Y[run[0]]
            sine = np.linalg.norm(Y[run] - cosine[:, None] * Y[run[0]], axis=1)
            parallel = sine <= same
            if (~parallel & (sine <= doubtful)).any():
                raise Ambiguous
            label[run[parallel]] = run[0]
            sign[run[parallel]] = np.sign(cosine[parallel])
            run = run[~parallel]
    lines = np.flatnonzero(label == np.arange(len(Y)))
    row = np.where(nonzero, np.searchsorted(lines, label), -1)
    return Classes(lines, row, sign)


def runs(close: np.ndarray) -> Iterator[tuple[int, int]]:
    """(begin, end) of the runs of numbers of which each is close to the next.

    close: booleans, one fewer than there are numbers.
    """
    edges = np.diff(np.r_[False, close, False].astype(int))
    begins = np.flatnonzero(edges > 0).tolist()
    ends = (np.flatnonzero(edges < 0) + 1).tolist()
    return zip(begins, ends, strict=True)
