import itertools
from fractions import Fraction
from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from helpers import patterns
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
    """Every one of the 2^n patterns that a linear program finds an interior weight vector for."""
    zero = ~X.any(axis=1)
    every = itertools.product([False, True], repeat=len(X))
    candidates = (D for D in every if np.array(D)[zero].all())
    return {D for D in candidates if depth(np.where(D, 1, -1)[~zero, None] * X[~zero]) > 1e-7}


def depth(A):
    """The largest t with A w >= t for a w in the unit box."""
    n, d = A.shape
    cost = np.r_[np.zeros(d), -1]
    constraints = np.c_[-A, np.ones(n)]
    bounds = [(-1, 1)] * d + [(None, 1)]
    return -linprog(cost, constraints, np.zeros(n), bounds=bounds, method="highs").fun


def as_bytes(D):
    """Packed patterns as a sorted list."""
    return sorted(map(bytes, D))


def assert_different(D):
    assert len(np.unique(D, axis=0)) == len(D)


def listed(X, **mode):
    """The patterns as a set, when all ways to list and to count them agree.

    Every pattern is there once and is met by its weight vector.
    """
    D, W = enumerate_patterns(X, weights=True, **mode)
    assert_different(D)
    assert len(D) == count_patterns(X, **mode)
    assert (activation_patterns(np.array(X, float), W) == D).all()
    packed = enumerate_patterns(X, packed=True, **mode)
    assert (packed == np.packbits(D, axis=1)).all()
    chunks = list(iterate_patterns(X, 5, **mode))
    assert as_bytes(np.vstack(chunks)) == as_bytes(packed)
    return {tuple(row) for row in D.tolist()}


def cube(m):
    return np.array([(*x, 1) for x in itertools.product([0, 1], repeat=m)])


def grid(rows, columns):
    return np.array([(i, j, 1) for i in range(rows) for j in range(columns)])


def normal(n, d, seed=0):
    return np.random.default_rng(seed).standard_normal((n, d))


def small_integers(n, d, data):
    entries = data.draw(st.lists(st.integers(-2, 2), min_size=n * d, max_size=n * d))
    return np.array(entries).reshape(n, d)


@settings(deadline=None, derandomize=True, max_examples=40)
@given(st.integers(1, 7), st.integers(1, 4), st.data())
def test_small_integer_data_agrees_with_brute_force(n, d, data):
    X = small_integers(n, d, data)
    assert listed(X) == brute_force(X)


def test_degenerate_data_of_twelve_points_agrees_with_brute_force():
    X = grid(4, 3)
    assert listed(X) == brute_force(X)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.integers(1, 8), st.integers(1, 5), st.data(), st.integers(0, 2**32 - 1))
def test_the_same_patterns_in_any_coordinates_and_scale(n, d, data, seed):
    """Linear maps of the columns and positive factors of the rows change nothing."""
    rng = np.random.default_rng(seed)
    X = small_integers(n, d, data)
    rows = listed(X)

    turned = X @ (rng.standard_normal((d, d)) * 10.0 ** rng.integers(-3, 4, d))
    assert listed(turned * 10.0 ** rng.integers(-6, 7, n)[:, None]) == rows

    assert listed(X * rng.integers(1, 10**6, d)) == rows

    divisors = rng.integers(1, 10**6, d).tolist()
    rationals = [[Fraction(x, q) for x, q in zip(row, divisors, strict=True)] for row in X.tolist()]
    assert listed(rationals) == rows

    sheared = X.astype(object)
    for i, j in rng.integers(0, d, (3, 2)):
        if i != j:
            sheared[:, i] += int(rng.integers(-9, 10)) * sheared[:, j]
    assert listed(sheared) == rows


@pytest.mark.parametrize(
    "n, d", [(1, 1), (8, 2), (12, 3), (9, 4), (5, 5), (3, 5), (65, 3), (20, 5), (64, 2)]
)
def test_general_position_meets_covers_formula(n, d):
    assert len(listed(normal(n, d, seed=n))) == cover_count(n, min(n, d))


def test_columns_of_very_different_scale():
    X = normal(15, 4) * np.array([1e-6, 1, 1e6, 1])
    assert len(listed(X)) == cover_count(15, 4)


@pytest.mark.parametrize("m, count", [(2, 14), (3, 104), (4, 1882)])
def test_linear_threshold_functions(m, count):
    assert len(listed(cube(m))) == count
    assert len(listed(cube(m) * np.r_[np.full(m, 0.1), 1 / 3])) == count


def test_linear_threshold_functions_of_five_variables():
    D = enumerate_patterns(cube(5), packed=True)
    assert_different(D)
    assert len(D) == 94572


@pytest.mark.parametrize(
    "m, half", list(enumerate([1, 7, 29, 87, 201, 419, 749, 1283, 2041, 3107], 1))
)
def test_line_cuts_of_a_grid(m, half):
    X = grid(m, m)
    assert count_patterns(X) == 2 * half
    assert count_patterns(X + [10**6, -(10**7), 0]) == 2 * half
    assert count_patterns(X * [0.1, 1e-6, 1.0]) == 2 * half
    assert_different(enumerate_patterns(X, packed=True))


@pytest.mark.parametrize("m", range(2, 8))
def test_braid_arrangement(m):
    X = [np.eye(m)[i] - np.eye(m)[j] for i in range(m) for j in range(i)]
    assert len(listed(np.array(X))) == factorial(m)


def test_exact_arithmetic_sees_what_floats_do_not():
    """Three points on a line, one moved by 1e-15: on it for floats, not for rationals."""
    X = [[0, 0, 1], [1, 1, 1], [2, 2, 1], [0, 1, 1]]
    assert count_patterns(X) == 12
    moved = np.array(X) + np.eye(4, 3, -2) * 2.0**-50
    assert count_patterns(moved) == 12
    assert count_patterns(moved, exact=True) == cover_count(4, 3) == 14
    X[2][0] += Fraction(1, 2**50)
    assert count_patterns(X) == 14


def test_points_nearly_the_same():
    """Twins 1e-9 apart: general position as far as floats tell, in tiny cells."""
    rng = np.random.default_rng(5)
    X = rng.standard_normal((6, 4))
    X = np.vstack([X, X + 1e-9 * rng.standard_normal((6, 4))])
    D = enumerate_patterns(X, packed=True)
    assert len(D) == cover_count(12, 4)
    assert_different(D)
    assert as_bytes(D) == as_bytes(enumerate_patterns(X, packed=True, exact=True))


def nearly_degenerate(noise):
    """Clusters and lattices moved by a little, on either side of what counts as zero."""
    for seed in range(12):
        rng = np.random.default_rng(seed)
        d = int(rng.integers(3, 5))
        clusters = np.repeat(rng.standard_normal((5, d)), rng.integers(2, 5, 5), axis=0)
        for X in (clusters, rng.integers(-2, 3, (12, d)).astype(float)):
            yield X + noise * rng.standard_normal(X.shape)


@pytest.mark.parametrize("noise", [1e-6, 1e-9, 1e-10, 1e-11, 1e-12, 1e-13, 1e-14])
def test_nearly_degenerate_floats_have_every_pattern_once(noise):
    for X in nearly_degenerate(noise):
        D = enumerate_patterns(X, packed=True)
        assert_different(D)
        assert len(D) == count_patterns(X) == sum(map(len, iterate_patterns(X)))
        as_they_are = as_bytes(enumerate_patterns(X, packed=True, exact=True))
        assert set(as_they_are).issuperset(map(bytes, D))
        if noise >= 1e-6:
            assert len(D) == cover_count(*X.shape)


@pytest.mark.parametrize("seed", range(8))
def test_triplets_with_and_without_exact_arithmetic_are_listed_once(seed):
    """Five triplets 1e-11 apart, where a fixed limit for zero lists a pattern twice."""
    rng = np.random.default_rng(seed)
    X = np.repeat(rng.standard_normal((5, 4)), 3, axis=0)
    X = X + 1e-11 * rng.standard_normal(X.shape)
    for exact in (False, True):
        D = enumerate_patterns(X, exact=exact)
        assert_different(D)
        assert len(D) == count_patterns(X, exact=exact)


@pytest.mark.parametrize("X", [grid(8, 8), cube(4)], ids=["grid", "cube"])
def test_rounding_does_not_split_what_is_degenerate(X):
    """Lattices in tenths, far away, turned: the cells of the lattice in whole numbers."""
    rng = np.random.default_rng(0)
    n, d = X.shape
    far = X / 10 + np.r_[np.full(d - 1, 123.4), 0]
    thirds = X / 3 * rng.uniform(0.1, 10, (n, 1))
    turned = X @ rng.standard_normal((d, d))
    far_and_turned = far @ rng.standard_normal((d, d))
    count = count_patterns(X)
    for Y in (far, thirds, turned, far_and_turned):
        D = enumerate_patterns(Y, packed=True)
        assert_different(D)
        assert len(D) == count


def test_integers_that_overflow():
    X = np.random.default_rng(1).integers(-(10**17), 10**17, (12, 4))
    assert len(listed(X)) == cover_count(12, 4)


def test_integers_that_overflow_and_depend():
    X = np.random.default_rng(1).integers(-(10**17), 10**17, (12, 4))
    X[5] = X[0] + X[1]
    X[6] = 3 * X[0] - X[1]  # four rows of one plane
    count = count_patterns(X)
    assert count < cover_count(12, 4)
    assert count == count_patterns(X.astype(object) * 10**20)


def test_opposites_come_in_the_same_order():
    X = np.array([[1, 2, 1], [0, 0, 0], [2, -1, 1], [0, 3, 1], [-2, -4, -2]])
    D = enumerate_patterns(X)
    half = len(D) // 2
    assert D[:half, 0].all()
    assert D[:, 1].all()
    others = np.delete(D, 1, axis=1)
    assert (others[:half] == ~others[half:]).all()


def test_weights_beyond_one_block():
    """A list of more than a block of packed rows: every pattern beside its own weight vector."""
    X = normal(70, 4)
    X[3] = 0
    X[7] = -X[5]
    D, W = enumerate_patterns(X, weights=True)
    assert len(W) == len(D) == cover_count(68, 4)
    half_in_bytes = len(D) // 2 * 9
    assert half_in_bytes > patterns.BYTES
    assert (activation_patterns(X, W) == D).all()


def test_rank_two_is_a_turn():
    X = normal(30, 2) @ normal(2, 3, seed=1)
    D = enumerate_patterns(X)
    assert len(D) == 60
    assert ((D != np.roll(D, 1, axis=0)).sum(axis=1) == 1).all()


M = 10**12
CLOSE_LINES = [
    [M, 1],
    [M + 1, 1],
    [-M, 1 - M],
    [M, 2],
    [1 - M, -1],
    [M**2 + 1, M],
    [M**2 - 1, M],
    [0, 5],
]


def test_lines_of_the_plane_that_floats_cannot_tell_apart():
    D = enumerate_patterns([*CLOSE_LINES, CLOSE_LINES[0]])
    assert (D[:, 8] == D[:, 0]).all()
    D = D[:, :8]
    assert_different(D)
    assert len(D) == 2 * 8
    assert ((D != np.roll(D, 1, axis=0)).sum(axis=1) == 1).all()


def test_a_turn_meets_lines_by_their_slope():
    D = enumerate_patterns(CLOSE_LINES)
    flips = [int(np.flatnonzero(row)[0]) for row in D[:8] != D[1:9]]
    slopes = [Fraction(x[1], x[0]) if x[0] else M for x in CLOSE_LINES]
    by_slope = np.argsort(np.array(slopes, object), kind="stable").tolist()
    start = flips.index(by_slope[0])
    assert flips[start:] + flips[:start] == by_slope


def test_chunks_are_bounded_and_complete():
    chunks = list(iterate_patterns(normal(40, 4, seed=7), 1000))
    assert max(map(len, chunks)) <= 1000
    D = np.vstack(chunks)
    assert_different(D)
    assert len(D) == cover_count(40, 4)


def test_all_zero_data_has_one_pattern():
    assert listed(np.zeros((3, 2))) == {(True, True, True)}


def test_zero_and_duplicate_rows():
    D = enumerate_patterns([[1, 2], [2, 4], [-1, -2], [0, 0], [1, 0]])
    assert D.astype(int).tolist() == [
        [1, 1, 0, 1, 1],
        [1, 1, 0, 1, 0],
        [0, 0, 1, 1, 0],
        [0, 0, 1, 1, 1],
    ]


def test_progress_changes_nothing(capsys):
    X = normal(12, 3)
    assert (enumerate_patterns(X, progress=True) == enumerate_patterns(X)).all()
    assert "134/134" in capsys.readouterr().err


@pytest.fixture
def sampled():
    X = normal(30, 3, seed=2)
    D, fraction = sample_patterns(X, 500, np.random.default_rng(3), fraction=True)
    return X, D, fraction


def test_samples_are_patterns(sampled):
    X, D, _ = sampled
    assert_different(D)
    every = as_bytes(enumerate_patterns(X, packed=True))
    assert set(as_bytes(np.packbits(D, axis=1))) < set(every)


def test_fraction_of_the_samples(sampled):
    X, D, fraction = sampled
    assert fraction == len(D) / count_patterns(X)
    assert (sample_patterns(X, 500, np.random.default_rng(3)) == D).all()


def test_fraction_of_too_many_is_unknown():
    _, fraction = sample_patterns(normal(200, 8), 10, np.random.default_rng(3), fraction=True)
    assert np.isnan(fraction)


def test_article_bound_holds_above_covers_count():
    sizes = [(n, r) for n in range(2, 60) for r in range(1, n + 1)]
    assert all(cover_count(n, r) <= article_bound(n, r) for n, r in sizes)


def test_activation_points():
    points = activation_points([[2, -1], [-1, 3], [0, 1]])
    assert points[:2].tolist() == [0.5, 3]
    assert np.isnan(points[2])


def test_activation_patterns():
    D = activation_patterns([[1, 2], [0, 0], [-1, 1]], [[1, 0], [0, -1]])
    assert D.tolist() == [[True, True, False], [False, True, False]]


@pytest.mark.parametrize(
    "X", [[[np.nan]], [[np.inf]], [], [1.0, 2.0], np.zeros((0, 2)), np.zeros((2, 0), int)]
)
@pytest.mark.parametrize("use", [enumerate_patterns, iterate_patterns, count_patterns])
def test_bad_data_is_refused(use, X):
    with pytest.raises(ValueError, match="X"):
        use(X)


@pytest.mark.parametrize("chunk", [0, -1, 2.0, True])
def test_bad_chunks_are_refused(chunk):
    with pytest.raises(ValueError, match="chunk must be an integer >= 1"):
        iterate_patterns(normal(4, 2), chunk)


@pytest.mark.parametrize("count", [0, True])
def test_bad_counts_of_samples_are_refused(count):
    with pytest.raises(ValueError, match="count must be an integer >= 1"):
        sample_patterns(normal(4, 2), count, np.random.default_rng(0))


def test_a_seed_is_no_generator():
    with pytest.raises(ValueError, match="rng must be a numpy.random.Generator"):
        sample_patterns(normal(4, 2), 10, 0)


@pytest.mark.parametrize("W", [[1.0, 2.0], [[1.0]], [[1.0, np.nan]]])
def test_bad_weights_are_refused(W):
    with pytest.raises(ValueError, match="W must"):
        activation_points(W)
    with pytest.raises(ValueError, match="W must"):
        activation_patterns(normal(4, 2), W)


@pytest.mark.parametrize("n, rank, name", [(0, 1, "n"), (2.0, 1, "n"), (3, 0, "rank")])
@pytest.mark.parametrize("count", [cover_count, article_bound])
def test_bad_sizes_are_refused(count, n, rank, name):
    with pytest.raises(ValueError, match=f"{name} must be an integer"):
        count(n, rank)


def test_too_many_patterns_are_refused_before_the_work():
    with pytest.raises(ValueError, match="up to .* too many"):
        enumerate_patterns(normal(3000, 5), packed=True)


@pytest.fixture
def little_memory(monkeypatch):
    """Room for 1,000 packed patterns of the 6 x 6 grid, of which there are 838."""
    monkeypatch.setattr(patterns, "SMALL", 0)
    monkeypatch.setattr(patterns, "_memory", lambda: 5 * 1000)


def test_integers_with_few_patterns_fit(little_memory):
    X = grid(6, 6)
    assert cover_count(*X.shape) > 1000
    assert len(enumerate_patterns(X, packed=True)) == 838


def test_integers_with_too_many_patterns_do_not(little_memory):
    X = np.random.default_rng(0).integers(-99, 99, (36, 3))
    with pytest.raises(ValueError, match="more than 1000 patterns, .* too many"):
        enumerate_patterns(X, packed=True)


def test_floats_are_not_counted_for_the_sake_of_a_list(little_memory):
    with pytest.raises(ValueError, match="up to .* too many"):
        enumerate_patterns(0.1 * grid(6, 6), packed=True)


def test_where_the_system_does_not_tell_a_list_may_take_most_of_two_gibibytes(monkeypatch):
    def unknown(*args, **options):
        raise FileNotFoundError

    monkeypatch.setattr("builtins.open", unknown)
    assert patterns._memory() == int(patterns.SHARE * 2**31)


@pytest.mark.parametrize("m, n", [(0, 5), (1, 1), (50, 3), (40, 17), (30, 64)])
def test_different_patterns_each_once(m, n):
    D = np.random.default_rng(n).random((m, n)) < 0.5
    once, number = patterns.distinct(D)
    expected, which = np.unique(D, axis=0, return_inverse=True)
    assert np.array_equal(once, expected) and once.dtype == bool
    assert np.array_equal(number, which.ravel())
