"""The cells of an arrangement of lines in the plane, in the order a turning vector meets them."""

from collections.abc import Iterator
from functools import cmp_to_key
from typing import NamedTuple

import numpy as np

from .arrangement import Arrangement
from .integers import as_integers
from .parallel import runs

# Angles closer than this are compared in integers: far above the rounding of an angle, 1e-15,
# and far below the distance of nearly all lines.
CLOSE = 1e-9


class HalfTurn(NamedTuple):
    """Where a vector that turns by pi, from where line 0 becomes positive, meets the lines.

    angle (N,): when, in [0, pi]. positive (N,): whether the row is positive before.
    order (N,): the lines in the order in which they are met.
    """

    angle: np.ndarray
    positive: np.ndarray
    order: np.ndarray


def turn(
    A: Arrangement, rows: int, weights: bool, out: np.ndarray | None
) -> Iterator[tuple[np.ndarray, np.ndarray | None]]:
    """Half of the cells of an Arrangement of rank 2, as `cells.blocks` yields them.

    The half-turn of w goes from where the first line becomes positive to where it becomes
    negative again; each cell differs from the one before in the rows of one line.
    """
    half = half_turn(A)
    N = len(half.order)
    turns = np.r_[half.angle[half.order], np.pi] - np.pi / 2
    middle = (turns[1:] + turns[:-1]) / 2
    nonzero = A.row >= 0
    start = np.ones(len(A.row), bool)
    start[nonzero] = half.positive[A.row[nonzero]] == (A.sign[nonzero] > 0)
    # the step at which each row of X changes sign: 0, before the first cell, if it never does
    step = np.append(np.argsort(half.order), 0)[A.row]
    members = np.argsort(step, kind="stable")
    first = np.searchsorted(step[members], np.arange(N + 1))
    byte = members >> 3
    bit = 128 >> (members & 7)
    flips = list(zip(step[members].tolist(), byte.tolist(), bit.tolist(), strict=True))
    current = np.packbits(start)
    for begin in range(0, N, rows):
        end = min(begin + rows, N)
        if out is None:
            block = np.empty((end - begin, len(current)), np.uint8)
        else:
            block = out[begin:end]
        block[:] = current
        for s, byte, bit in flips[first[max(begin, 1)] : first[end]]:
            block[s - begin :, byte] ^= bit
        current = block[-1]
        v = None
        if weights:
            angle = middle[begin:end, None]
            v = np.cos(angle) * A.Y[0] + np.sin(angle) * _across(A.Y[0])
        yield block, v


def _across(y):
    """y (2,) turned by a right angle."""
    return np.array([-y[1], y[0]])


def half_turn(A: Arrangement) -> HalfTurn:
    """The HalfTurn of an Arrangement of rank 2; what floats cannot order is decided in integers."""
    along = A.Y @ A.Y[0]
    across = A.Y @ _across(A.Y[0])
    angle = np.arctan2(across, along)
    positive = angle <= 0
    angle[positive] += np.pi
    angle[0] = 0
    positive[0] = True
    orientation = int(np.sign(np.linalg.det(A.basis)))

    def cross(a, b):
        return (a[0] * b[1] - a[1] * b[0]) * orientation

    def before(a, b):
        """-1, 0, 1 as a is met before, with or after b."""
        return -1 if cross(a, b) > 0 else int(cross(a, b) < 0)

    close = np.flatnonzero(np.abs(across) < CLOSE)  # to line 0, which is the first of them
    if len(close) > 1:
        z0, *Z = as_integers(A.source[close])[0]
        for i, z in zip(close[1:], Z, strict=True):
            positive[i] = cross(z0, z) < 0
            angle[i] = 0 if positive[i] == (along[i] < 0) else np.pi
    order = np.argsort(angle, kind="stable")
    for begin, end in runs(np.diff(angle[order[1:]]) < CLOSE):
        tied = order[1 + begin : 1 + end]
        Z = as_integers(A.source[tied])[0]
        Z[positive[tied]] *= -1
        by_turn = cmp_to_key(lambda i, j, Z=Z: before(Z[i], Z[j]))
        order[1 + begin : 1 + end] = tied[sorted(range(len(Z)), key=by_turn)]
    return HalfTurn(angle, positive, order)
