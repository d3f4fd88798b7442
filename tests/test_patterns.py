import itertools

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.optimize import linprog

from helpers.patterns import (activation_patterns, activation_points, article_bound, count_patterns, cover_count,
                              enumerate_patterns, sample_patterns)


def brute_force(X):
    """Every one of the 2^n patterns that a linear program finds a strictly interior weight vector for."""
    n, d = X.shape
    zero = ~X.any(axis=1)
    found = set()
    for D in itertools.product([False, True], repeat=n):
        if not np.array(D)[zero].all():
            continue
        A = (np.where(D, 1, -1)[:, None] * X)[~zero]
        result = linprog(np.r_[np.zeros(d), -1], np.c_[-A, np.ones(len(A))], np.zeros(len(A)),
                         bounds=[(-1, 1)] * d + [(None, 1)], method="highs")
        if -result.fun > 1e-7:
            found.add(D)
    return found


def check(X):
    D, W = enumerate_patterns(X, weights=True)
    rows = {tuple(bool(b) for b in row) for row in D}
    assert len(rows) == len(D) == count_patterns(X)
    assert (activation_patterns(X, W) == D).all()
    return rows


@settings(deadline=None, derandomize=True, max_examples=25)
@given(st.integers(1, 6), st.integers(1, 3), st.data())
def test_small_integer_data_agrees_with_brute_force(n, d, data):
    entries = data.draw(st.lists(st.integers(-2, 2), min_size=n * d, max_size=n * d))
    X = np.array(entries, float).reshape(n, d)
    assert check(X) == brute_force(X)


@pytest.mark.parametrize("n, d", [(1, 1), (8, 2), (12, 3), (9, 4), (5, 5), (3, 5)])
def test_general_position_meets_covers_formula(n, d):
    X = np.random.default_rng(n).standard_normal((n, d))
    assert len(check(X)) == cover_count(n, min(n, d))


def test_columns_of_very_different_scale():
    X = np.random.default_rng(0).standard_normal((15, 4)) * np.array([1e-6, 1, 1e6, 1])
    assert len(check(X)) == cover_count(15, 4)


@pytest.mark.parametrize("m, count", [(2, 14), (3, 104), (4, 1882)])
def test_linear_threshold_functions(m, count):
    X = np.array([(*x, 1) for x in itertools.product([0, 1], repeat=m)])
    assert len(check(X)) == count


@pytest.mark.parametrize("m, half", [(2, 7), (3, 29), (4, 87), (5, 201)])
def test_line_cuts_of_a_grid(m, half):
    assert count_patterns([(i, j, 1) for i in range(m) for j in range(m)]) == 2 * half


@pytest.mark.parametrize("m, count", [(3, 6), (4, 24), (5, 120)])
def test_braid_arrangement(m, count):
    X = [np.eye(m)[i] - np.eye(m)[j] for i in range(m) for j in range(i)]
    assert len(check(np.array(X))) == count


def test_zero_and_duplicate_rows():
    D = enumerate_patterns([[1, 2], [2, 4], [-1, -2], [0, 0], [1, 0]])
    assert D.astype(int).tolist() == [[1, 1, 0, 1, 0], [1, 1, 0, 1, 1], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0]]


def test_samples_are_patterns_and_fewer():
    X = np.random.default_rng(2).standard_normal((30, 3))
    D = sample_patterns(X, 500, np.random.default_rng(3))
    every = {row.tobytes() for row in enumerate_patterns(X)}
    assert {row.tobytes() for row in D} <= every and len(D) < len(every)


def test_article_bound_holds_above_covers_count():
    assert all(cover_count(n, r) <= article_bound(n, r) for n in range(2, 60) for r in range(1, n + 1))


def test_activation_points():
    points = activation_points([[2, -1], [-1, 3], [0, 1]])
    assert points[:2].tolist() == [0.5, 3] and np.isnan(points[2])


@pytest.mark.parametrize("X", [[[np.nan]], [[np.inf]], [], [1.0, 2.0], np.zeros((0, 2)), np.zeros((2, 0))])
def test_bad_data_is_refused(X):
    with pytest.raises(ValueError, match="X"):
        enumerate_patterns(X)


def test_too_many_patterns_are_refused_before_the_work():
    with pytest.raises(ValueError, match="too many"):
        enumerate_patterns(np.random.default_rng(0).standard_normal((1200, 4)))
