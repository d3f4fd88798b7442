"""Cells in floats whose rounding is bounded: where they are sure, exact arithmetic agrees."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import _families as families
from helpers.enumeration import cells, integers, verified
from helpers.enumeration.arrangement import Arrangement, arrangement
from helpers.enumeration.tolerance import ERROR, Ambiguous
from helpers.patterns import count_patterns, iterate_patterns


def is_zero(G, coefficients):
    return coefficients == 0


def some_sets(A, count, rng):
    """Random sets of r - 1 rows other than the first, in order."""
    N, r = A.Y.shape
    return np.sort([1 + rng.choice(N - 1, r - 1, replace=False) for _ in range(count)], axis=1)


def compared(A, sets):
    """How many cells are sure, each of which exact arithmetic finds as well."""
    exact = A.in_integers
    signs, sure = verified.cells(A.source, A.source_directions, sets)
    for S, found in zip(sets[sure], signs[sure], strict=True):
        expected = integers.cell(exact.rows, exact.directions, S.tolist(), is_zero)
        assert expected is not None
        np.testing.assert_array_equal(found, expected)
    return sure.sum()


@pytest.mark.parametrize("seed", range(6))
def test_generic_cells_are_sure(seed):
    rng = np.random.default_rng(seed)
    A = arrangement(rng.integers(-(10**6), 10**6, (14, 6)))
    assert compared(A, some_sets(A, 50, rng)) == 50


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(3, 6), st.sampled_from([1, 3, 100, 10**9]))
def test_what_is_sure_is_so_in_exact_arithmetic(seed, d, largest):
    """Small entries make dependent rows; nearly dependent ones differ by 1 in 10^9."""
    rng = np.random.default_rng(seed)
    X = rng.integers(-largest, largest + 1, (10, d))
    X[7:] = X[4:7] + X[1:4] + rng.integers(-1, 2, (3, d))
    A = arrangement(X)
    if A.Y.shape[1] < 3 or len(A.Y) < A.Y.shape[1]:
        return
    compared(A, some_sets(A, 20, rng))


def test_where_another_row_vanishes_nothing_is_sure():
    X = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 1], [1, 2, 3]])
    A = arrangement(X)
    assert compared(A, np.array([[1, 2], [1, 3], [2, 3]])) == 0  # on one line
    assert compared(A, np.array([[1, 4], [2, 4], [3, 4]])) == 3


def test_smaller_sets_and_rows_that_floats_cannot_hold_are_not_sure():
    rng = np.random.default_rng(0)
    A = arrangement(rng.integers(-9, 9, (8, 4)))
    sets = some_sets(A, 4, rng)
    sets[0, -1] = -1
    assert compared(A, sets) == 3
    huge = np.array([[2**60, 1, 0], [1, 2**60, 3], [3, 1, 2**60 + 1], [1, 1, 1]], object)
    A = arrangement(huge)
    assert compared(A, some_sets(A, 4, rng)) == 0


def test_large_combinations_leave_little_to_large_integers(monkeypatch):
    """Rows that are sums of up to twenty others: floats alone leave hundreds of cells open."""
    X = families.ratio(20, 7, 0.9, np.random.default_rng(1))
    floats = count_patterns(X * np.pi)
    asked = []
    of_integers = Arrangement.cell
    monkeypatch.setattr(Arrangement, "cell", lambda A, S: asked.append(S) or of_integers(A, S))
    A = arrangement(X)
    assert 2 * cells.sizes(A).sum() == floats
    assert len(asked) < 20


@pytest.mark.parametrize("apart", [0.0, 1e-16, 1e-14, 1e-12, 1e-10, 1e-8])
def test_floats_are_sure_only_where_every_row_is_clear_of_the_members(apart):
    rng = np.random.default_rng(0)
    seen = 0
    for _ in range(20):
        X = rng.standard_normal((9, 4))
        X[6:] = X[:3] - 2 * X[3:6] + apart * rng.standard_normal((3, 4))
        try:
            A = arrangement(X)
            sets = some_sets(A, 60, rng)
            decided = A.cells(sets)
        except Ambiguous:
            continue
        if A.exact:
            continue
        seen += 1
        signs, sure = verified.cells(A.source, A.source_directions, sets)
        clear = np.zeros(len(sets), bool)
        clear[sure] = A._clear(sets[sure])
        far = [distance(A, S) > A.tolerance.nonzero_errors * ERROR for S in sets]
        np.testing.assert_array_equal(clear, sure & far)
        for u in np.flatnonzero(clear):
            exact = A.in_integers
            expected = integers.cell(exact.rows, exact.directions, sets[u].tolist(), is_zero)
            np.testing.assert_array_equal(decided[u], expected)
    assert seen or apart not in (0.0, 1e-8)


def distance(A, S):
    """The least singular value of the members of S and any other row."""
    others = np.delete(A.Y, S, axis=0)
    return min(np.linalg.svd(np.vstack([A.Y[S], y]))[1][-1] for y in others)


def test_integers_beyond_floats_are_left_to_exact_arithmetic():
    X = np.array([[10**400, 1, 3], [1, 10**400, 1], [2, 5, 10**400 + 1], [1, 1, 1]], object)
    signs, sure = verified.cells(X, np.ones((2, 3)), np.array([[1, 2], [1, 3]]))
    assert signs.shape == (2, 4)
    assert not sure.any()


def test_cells_left_open_come_in_chunks_as_well():
    X = families.ratio(20, 7, 0.9, np.random.default_rng(7))
    sizes = [len(part) for part in iterate_patterns(X, chunk=10)]
    assert max(sizes) <= 2 * len(X)
    assert sum(sizes) == count_patterns(X)
