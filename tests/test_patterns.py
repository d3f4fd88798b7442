import itertools
from fractions import Fraction
from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from helpers.patterns import (
    activation_patterns,
    activation_points,
    article_bound,
    count_patterns,
    cover_count,
    enumerate_patterns,
    iterate_patterns,
    sample_patterns,
)


def brute_force(X):
    """Every one of the 2^n patterns that a linear program finds a strictly interior weight vector for."""
    n, d = X.shape
    zero = ~X.any(axis=1)
    found = set()
    for D in itertools.product([False, True], repeat=n):
        if not np.array(D)[zero].all():
            continue
        A = (np.where(D, 1, -1)[:, None] * X)[~zero]
        result = linprog(
            np.r_[np.zeros(d), -1],
            np.c_[-A, np.ones(len(A))],
            np.zeros(len(A)),
            bounds=[(-1, 1)] * d + [(None, 1)],
            method="highs",
        )
        if -result.fun > 1e-7:
            found.add(D)
    return found


def check(X, **mode):
    """Every pattern once, met by its weight vector; all the ways to list and to count agree. Returns them as a set."""
    D, W = enumerate_patterns(X, weights=True, **mode)
    rows = {tuple(row) for row in D.tolist()}
    assert len(rows) == len(D) == count_patterns(X, **mode)
    assert (activation_patterns(np.array(X, float), W) == D).all()
    packed = enumerate_patterns(X, packed=True, **mode)
    assert (packed == np.packbits(D, axis=1)).all()
    assert sorted(map(bytes, np.vstack(list(iterate_patterns(X, 5, **mode))))) == sorted(
        map(bytes, packed)
    )
    return rows


def small_integers(n, d, data):
    entries = data.draw(st.lists(st.integers(-2, 2), min_size=n * d, max_size=n * d))
    return np.array(entries).reshape(n, d)


@settings(deadline=None, derandomize=True, max_examples=40)
@given(st.integers(1, 7), st.integers(1, 4), st.data())
def test_small_integer_data_agrees_with_brute_force(n, d, data):
    X = small_integers(n, d, data)
    assert check(X) == brute_force(X)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.integers(1, 8), st.integers(1, 5), st.data(), st.integers(0, 2**32 - 1))
def test_the_same_patterns_in_any_coordinates_and_scale(n, d, data, seed):
    """Linear maps of the columns and positive factors of the rows change nothing: floats, rationals, large integers."""
    rng, X = np.random.default_rng(seed), small_integers(n, d, data)
    rows = check(X)
    turned = X @ (rng.standard_normal((d, d)) * 10.0 ** rng.integers(-3, 4, d))
    assert check(turned * 10.0 ** rng.integers(-6, 7, n)[:, None]) == rows
    assert check(X * rng.integers(1, 10**6, d)) == rows
    divisors = rng.integers(1, 10**6, d).tolist()
    assert check([[Fraction(x, q) for x, q in zip(row, divisors)] for row in X.tolist()]) == rows
    sheared = X.astype(object)
    for i, j in rng.integers(0, d, (3, 2)):
        sheared[:, i] += (int(rng.integers(-9, 10)) if i != j else 0) * sheared[:, j]
    assert check(sheared) == rows


def test_degenerate_data_of_twelve_points():
    grid = np.array([(i, j, 1) for i in range(4) for j in range(3)])
    assert check(grid) == brute_force(grid)


@pytest.mark.parametrize(
    "n, d", [(1, 1), (8, 2), (12, 3), (9, 4), (5, 5), (3, 5), (65, 3), (20, 5), (64, 2)]
)
def test_general_position_meets_covers_formula(n, d):
    X = np.random.default_rng(n).standard_normal((n, d))
    assert len(check(X)) == cover_count(n, min(n, d))


def test_columns_of_very_different_scale():
    X = np.random.default_rng(0).standard_normal((15, 4)) * np.array([1e-6, 1, 1e6, 1])
    assert len(check(X)) == cover_count(15, 4)


@pytest.mark.parametrize("m, count", [(2, 14), (3, 104), (4, 1882)])
def test_linear_threshold_functions(m, count):
    X = np.array([(*x, 1) for x in itertools.product([0, 1], repeat=m)])
    assert len(check(X)) == len(check(X * np.r_[np.full(m, 0.1), 1 / 3])) == count


def test_linear_threshold_functions_of_five_variables():
    D = enumerate_patterns([(*x, 1) for x in itertools.product([0, 1], repeat=5)], packed=True)
    assert len(np.unique(D, axis=0)) == len(D) == 94572


@pytest.mark.parametrize(
    "m, half", list(enumerate([1, 7, 29, 87, 201, 419, 749, 1283, 2041, 3107], 1))
)
def test_line_cuts_of_a_grid(m, half):
    X = np.array([(i, j, 1) for i in range(m) for j in range(m)])
    far = X + [10**6, -(10**7), 0]
    by_tenths = X * [0.1, 1e-6, 1.0]
    assert count_patterns(X) == count_patterns(far) == count_patterns(by_tenths) == 2 * half
    assert len(np.unique(enumerate_patterns(X, packed=True), axis=0)) == 2 * half


@pytest.mark.parametrize("m", range(2, 8))
def test_braid_arrangement(m):
    X = [np.eye(m)[i] - np.eye(m)[j] for i in range(m) for j in range(i)]
    assert len(check(np.array(X))) == factorial(m)


def test_exact_arithmetic_sees_what_floats_do_not():
    """Three points on a line, one moved by 1e-15: still on it for floats, not for rationals or floats as they are."""
    X = [[0, 0, 1], [1, 1, 1], [2, 2, 1], [0, 1, 1]]
    line = count_patterns(X)
    assert line == 12 and count_patterns(np.array(X) + np.eye(4, 3, -2) * 2.0**-50) == line
    X[2][0] += Fraction(1, 2**50)
    assert count_patterns(X) == cover_count(4, 3) == 14
    assert count_patterns(np.array(X, float), exact=True) == 14
    assert count_patterns(np.array(X, float), exact=False) == line


def test_points_nearly_the_same():
    """Twins 1e-9 apart: general position as far as floats tell, in tiny cells."""
    rng = np.random.default_rng(5)
    X = rng.standard_normal((6, 4))
    X = np.vstack([X, X + 1e-9 * rng.standard_normal((6, 4))])
    D = enumerate_patterns(X, exact=True)
    assert len(np.unique(D, axis=0)) == len(D) == cover_count(12, 4)
    assert {bytes(row) for row in D} == {bytes(row) for row in enumerate_patterns(X)}


@pytest.mark.parametrize("noise", [1e-6, 1e-9, 1e-10, 1e-11, 1e-12, 1e-13, 1e-14])
def test_nearly_degenerate_floats_have_every_pattern_once(noise):
    """Clusters and lattices moved by a little: on either side of what counts as zero, and about there."""
    for seed in range(12):
        rng = np.random.default_rng(seed)
        d = int(rng.integers(3, 5))
        clusters = np.repeat(rng.standard_normal((5, d)), rng.integers(2, 5, 5), axis=0)
        for X in (clusters, rng.integers(-2, 3, (12, d)).astype(float)):
            X = X + noise * rng.standard_normal(X.shape)
            D = enumerate_patterns(X, packed=True)
            assert len(np.unique(D, axis=0)) == len(D) == count_patterns(X)
            assert sum(map(len, iterate_patterns(X))) == len(D)
            as_they_are = {bytes(row) for row in enumerate_patterns(X, packed=True, exact=True)}
            assert as_they_are.issuperset(map(bytes, D))
            if noise >= 1e-6:
                assert len(D) == cover_count(len(X), d)


def test_rounding_does_not_split_what_is_degenerate():
    """Lattices in tenths, far away, turned: the cells of the lattice in whole numbers."""
    grid = np.array([(i, j, 1) for i in range(8) for j in range(8)])
    cube = np.array([(*x, 1) for x in itertools.product([0, 1], repeat=4)])
    rng = np.random.default_rng(0)
    for X in (grid, cube):
        count, d = count_patterns(X), X.shape[1]
        far = X / 10 + np.r_[np.full(d - 1, 123.4), 0]
        thirds = X / 3 * rng.uniform(0.1, 10, (len(X), 1))
        for Y in (far, thirds, X @ rng.standard_normal((d, d)), far @ rng.standard_normal((d, d))):
            D = enumerate_patterns(Y, packed=True)
            assert len(np.unique(D, axis=0)) == len(D) == count


def test_integers_that_overflow():
    X = np.random.default_rng(1).integers(-(10**17), 10**17, (12, 4))
    assert len(check(X)) == cover_count(12, 4)
    X[5], X[6] = X[0] + X[1], 3 * X[0] - X[1]  # four rows of one plane
    assert count_patterns(X) == count_patterns(X.astype(object) * 10**20) < cover_count(12, 4)


def test_opposites_come_in_the_same_order():
    X = np.array([[1, 2, 1], [0, 0, 0], [2, -1, 1], [0, 3, 1], [-2, -4, -2]])
    D = enumerate_patterns(X)
    half = len(D) // 2
    assert D[:half, 0].all() and D[:, 1].all()
    assert (np.delete(D[:half], 1, axis=1) == ~np.delete(D[half:], 1, axis=1)).all()


def test_rank_two_is_a_turn():
    X = np.random.default_rng(0).standard_normal((30, 2)) @ np.random.default_rng(
        1
    ).standard_normal((2, 3))
    D = enumerate_patterns(X)
    assert len(D) == 60 and ((D != np.roll(D, 1, axis=0)).sum(axis=1) == 1).all()


def test_lines_of_the_plane_that_floats_cannot_tell_apart():
    m = 10**12
    X = [
        [m, 1],
        [m + 1, 1],
        [-m, 1 - m],
        [m, 2],
        [1 - m, -1],
        [m**2 + 1, m],
        [m**2 - 1, m],
        [0, 5],
        [m, 1],
    ]
    D = enumerate_patterns(X, packed=True)
    assert len(np.unique(D, axis=0)) == len(D) == 2 * 8
    bits = np.unpackbits(D, axis=1, count=9)[:, :8]
    assert ((bits != np.roll(bits, 1, axis=0)).sum(axis=1) == 1).all()
    turned = sorted(
        X[:8], key=lambda x: Fraction(x[1], x[0]) if x[0] else m
    )  # by slope: neighbours in the turn of w
    flips = [int(np.flatnonzero(row)[0]) for row in bits[:8] != bits[1:9]]
    order = [X[i] for i in flips]
    start = order.index(turned[0])
    assert order[start:] + order[:start] == turned


def test_chunks_are_bounded_and_complete():
    X = np.random.default_rng(7).standard_normal((40, 4))
    chunks = list(iterate_patterns(X, 1000))
    assert max(map(len, chunks)) <= 1000
    assert len(np.unique(np.vstack(chunks), axis=0)) == sum(map(len, chunks)) == cover_count(40, 4)


def test_all_zero_data_has_one_pattern():
    assert enumerate_patterns(np.zeros((3, 2))).tolist() == [[True, True, True]]
    assert (
        count_patterns(np.zeros((3, 2))) == sum(map(len, iterate_patterns(np.zeros((3, 2))))) == 1
    )


def test_zero_and_duplicate_rows():
    D = enumerate_patterns([[1, 2], [2, 4], [-1, -2], [0, 0], [1, 0]])
    assert D.astype(int).tolist() == [
        [1, 1, 0, 1, 1],
        [1, 1, 0, 1, 0],
        [0, 0, 1, 1, 0],
        [0, 0, 1, 1, 1],
    ]


def test_samples_are_patterns_and_fewer():
    X = np.random.default_rng(2).standard_normal((30, 3))
    D = sample_patterns(X, 500, np.random.default_rng(3))
    every = {row.tobytes() for row in enumerate_patterns(X)}
    assert {row.tobytes() for row in D} <= every and len(D) < len(every)
    again, fraction = sample_patterns(X, 500, np.random.default_rng(3), fraction=True)
    assert (again == D).all() and fraction == len(D) / len(every)
    many = np.random.default_rng(4).standard_normal((200, 8))
    assert np.isnan(sample_patterns(many, 10, np.random.default_rng(3), fraction=True)[1])


def test_article_bound_holds_above_covers_count():
    assert all(
        cover_count(n, r) <= article_bound(n, r) for n in range(2, 60) for r in range(1, n + 1)
    )


def test_activation_points():
    points = activation_points([[2, -1], [-1, 3], [0, 1]])
    assert points[:2].tolist() == [0.5, 3] and np.isnan(points[2])


@pytest.mark.parametrize(
    "X", [[[np.nan]], [[np.inf]], [], [1.0, 2.0], np.zeros((0, 2)), np.zeros((2, 0))]
)
def test_bad_data_is_refused(X):
    with pytest.raises(ValueError, match="X"):
        enumerate_patterns(X)


def test_too_many_patterns_are_refused_before_the_work():
    with pytest.raises(ValueError, match="too many"):
        enumerate_patterns(np.random.default_rng(0).standard_normal((3000, 5)), packed=True)
