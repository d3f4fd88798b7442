"""Cells in the plane, against the sums of the directions on which lines vanish, in integers."""

import itertools

import numpy as np
import pytest

from helpers.enumeration.arrangement import arrangement
from helpers.enumeration.turn import turn

DATA = {
    "random": np.random.default_rng(0).integers(-9, 10, (9, 2)),
    "twins": np.array([[1, 0], [-2, 0], [3, 1], [-6, -2], [0, 0], [3, -1], [0, 5]]),
    "two lines": np.array([[2, 1], [-4, -2], [1, 0]]),
    # Their angles differ by less than doubles tell.
    "close": np.array([(10**k + i, 10**k + j) for k in (9, 12) for i in (0, 1) for j in (0, 2)]),
    "close to the first": np.array([(10**11 + i, i) for i in (0, 1, -1, 2)] + [[-1, 1]]),
}


def by_sums(X):
    """Half of the patterns: those in which the first nonzero row is active.

    A cell is a cone between two of the directions on which a line vanishes: their sum is inside.
    """
    X = X.astype(object)
    rays = [sign * np.array([-b, a]) for a, b in X if a or b for sign in (1, -1)]
    zero = ~X.any(axis=1)
    found = set()
    for first, second in itertools.product(rays, repeat=2):
        products = X @ (first + second)
        if (products[~zero] != 0).all():
            D = np.where(zero, True, products > 0)
            if products[~zero][0] > 0:
                found.add(tuple(D.tolist()))
    return found


@pytest.mark.parametrize("name", DATA)
@pytest.mark.parametrize("rows", [1, 2, 100])
@pytest.mark.parametrize("fresh", [True, False])
def test_every_cell_is_met_once(name, rows, fresh):
    X = DATA[name]
    A = arrangement(X)
    expected = by_sums(X)
    out = None if fresh else np.empty((len(expected), (len(X) + 7) // 8), np.uint8)
    blocks = list(turn(A, rows, weights=True, out=out))
    assert {len(block) for block, _ in blocks[:-1]} <= {rows}
    packed = np.vstack([block for block, _ in blocks])
    D = np.unpackbits(packed, axis=1, count=len(X)).astype(bool)
    D[:, ~X.any(axis=1)] = True
    assert len(D) == len(expected)
    assert {tuple(row) for row in D.tolist()} == expected
    # One line at a time, and none twice.
    line_of = A.row
    changed = [set(line_of[a != b].tolist()) for a, b in itertools.pairwise(D)]
    assert all(len(lines) == 1 for lines in changed)
    assert len(set.union(set(), *changed)) == len(changed)


@pytest.mark.parametrize("name", ["random", "twins", "two lines"])
def test_weights_are_inside_their_cells(name):
    X = DATA[name]
    A = arrangement(X)
    for block, v in turn(A, 2, weights=True, out=None):
        D = np.unpackbits(block, axis=1, count=len(X)).astype(bool)
        products = v @ A.to_X.T @ X.T
        nonzero = X.any(axis=1)
        assert ((products > 0) == D)[:, nonzero].all()
        assert np.abs(v @ A.Y.T).min() > 1e-6
    for _, v in turn(A, 2, weights=False, out=None):
        assert v is None
