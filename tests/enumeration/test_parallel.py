"""Parallel rows: classes of integers and of floats, and the runs that find them."""

import numpy as np

from helpers.enumeration import parallel


def test_integers_and_floats_have_the_same_classes():
    rng = np.random.default_rng(0)
    lines = np.array([[1, 2, 0], [0, 1, 1], [1, 0, 0], [2, 1, 3]])
    Z = lines[rng.integers(0, 4, 30)] * rng.choice([-1, 1], 30)[:, None]
    Z[7] = 0
    by_integers = parallel.of_integers(Z)
    length = np.linalg.norm(Z, axis=1)
    Y = Z / np.where(length == 0, 1, length)[:, None]
    by_floats = parallel.of_floats(Y, length > 0, 1e-14, 1e-12)
    for ours, theirs in zip(by_integers, by_floats, strict=True):
        assert (ours == theirs).all()
    assert by_integers.row[7] == -1
    assert len(by_integers.lines) == 4
    others = np.arange(30) != 7
    same = Z[by_integers.lines][by_integers.row] * by_integers.sign[:, None]
    assert (same == Z)[others].all()


def test_more_generic_directions_than_are_kept():
    assert parallel.generic(2, 50).shape == (2, 50)
    assert (parallel.generic(2, 50) == parallel.generic(2, 50)).all()
    assert np.linalg.matrix_rank(parallel.generic(45, 46)) == 45


def test_runs_of_close_numbers():
    close = np.array([True, True, False, False, True])
    assert list(parallel.runs(close)) == [(0, 3), (4, 6)]
