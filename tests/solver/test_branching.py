"""The branch and bound over directions, against lists of all patterns, ascent and fractions."""

import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from helpers import convex
from helpers.patterns import enumerate_patterns
from helpers.solver import branching
from helpers.solver.branching import Sphere, search
from helpers.solver.limits import Limits
from helpers.solver.pricing import Prices
from helpers.solver.scaling import Scaled
from helpers.solver.sources import Listed
from tests.solver.judge import correlation, walls

NOTHING = 1e-9  # what a comparison leaves to rounding


def listed(X, theta):
    """The largest |theta'(Xu)_+| by projections on the cones of all patterns."""
    scaled = Scaled(X, theta, 1.0)
    return Prices(scaled, Listed(enumerate_patterns(X))).largest(scaled.y) / scaled.lam


def attained(X, theta, u):
    """The largest |theta'(Xu)_+| of unit rows of u."""
    u = u / np.linalg.norm(u, axis=1)[:, None]
    return np.abs(np.maximum(X @ u.T, 0).T @ theta).max()


def ascended(X, theta, u, steps=50):
    """Directions (k, d) after so many steps uphill: u becomes s X' D theta, normalised."""
    sign = np.sign(np.maximum(X @ u.T, 0).T @ theta)
    for _ in range(steps):
        gradient = sign[:, None] * (((X @ u.T > 0).T * theta) @ X)
        size = np.linalg.norm(gradient, axis=1)
        u = np.where(size[:, None] > 0, gradient / np.maximum(size, 1e-300)[:, None], u)
    return u


def degenerate(kind, rng):
    """Data of small integers that repeat, oppose, lie on planes or have little rank."""
    if kind == "grid":
        return rng.integers(-2, 3, (9, 3)).astype(float)
    if kind == "signs":
        return rng.choice([-1.0, 1.0], (8, 4))
    if kind == "binary":
        return rng.integers(0, 2, (9, 4)).astype(float)
    if kind == "rank two":
        return rng.integers(-2, 3, (8, 2)) @ rng.standard_normal((2, 4))
    if kind == "repeated":
        some = rng.standard_normal((4, 3))
        return np.vstack([some, -some, 2 * some[:2], np.zeros((1, 3))])
    if kind == "scales":
        return rng.standard_normal((9, 3)) * [1e3, 1, 1e-3]
    if kind == "cluster":
        return np.ones((8, 3)) + 1e-4 * rng.standard_normal((8, 3))
    raise ValueError(kind)


KINDS = ["grid", "signs", "binary", "rank two", "repeated", "scales", "cluster"]
CASES = [(kind, seed) for kind in KINDS for seed in range(4)]


def problem(kind, seed):
    rng = np.random.default_rng(seed)
    X = degenerate(kind, rng)
    y = np.round(rng.standard_normal(len(X)), 1)
    y[0] = 1.0
    return X, y


def check_enclosed(X, theta):
    """The search proves just above the largest correlation and finds it just below."""
    h = listed(X, theta)
    sphere = Sphere(X)
    slack = 1e-8 * h + 4 * sphere.margin(theta)
    above = search(sphere, theta, h + slack)
    assert above.complete and not len(above.directions)
    assert h * (1 - NOTHING) <= above.upper <= h + 2 * slack
    assert above.closed == pytest.approx(1)
    below = search(sphere, theta, h - slack)
    assert len(below.directions)
    assert np.linalg.norm(below.directions, axis=1) == pytest.approx(1)
    assert below.upper >= h * (1 - NOTHING)
    assert attained(X, theta, np.vstack([below.directions, -below.directions])) > h - 2 * slack
    raised = search(sphere, theta, 0.0, raising=1 + 1e-12)
    assert raised.lower == pytest.approx(h, rel=1e-8, abs=slack)
    assert raised.upper >= h * (1 - NOTHING)


@pytest.mark.parametrize("kind, seed", CASES)
def test_degenerate_data(kind, seed):
    X, y = problem(kind, seed)
    check_enclosed(X, y)


@pytest.mark.parametrize("n, d", [(3, 1), (6, 2), (12, 3), (10, 4), (8, 5), (3, 6)])
def test_random_data(n, d):
    for seed in range(4):
        rng = np.random.default_rng(seed)
        check_enclosed(rng.standard_normal((n, d)), rng.standard_normal(n))


SMALL = st.integers(-3, 3).map(float)


@settings(max_examples=40, deadline=None)
@given(arrays(float, (5, 3), elements=SMALL), arrays(float, 5, elements=SMALL))
def test_any_small_integers(X, theta):
    if X.any() and theta.any() and (X.any(axis=1) & (theta != 0)).any():
        check_enclosed(X, theta)


def test_projections_by_another_solver_agree():
    rng = np.random.default_rng(3)
    X = rng.standard_normal((7, 3))
    theta = rng.standard_normal(7)
    each = [
        correlation(walls(D_i, X), s * X.T @ (D_i * theta))
        for D_i in enumerate_patterns(X)
        for s in (1, -1)
    ]
    raised = search(Sphere(X), theta, 0.0, raising=1 + 1e-12)
    assert raised.lower == pytest.approx(max(each), rel=1e-6)


def as_fractions(A):
    return [[Fraction(a) for a in row] for row in A.tolist()]


def products(A, u):
    return [sum(a * b for a, b in zip(row, u, strict=True)) for row in A]


def without(z, rows):
    """z less its part in the span of the rows: by Gram-Schmidt, in fractions."""
    basis = []
    for row in rows:
        for b in basis:
            share = products([b], row)[0] / products([b], b)[0]
            row = [r - share * x for r, x in zip(row, b, strict=True)]
        if any(row):
            basis.append(row)
    for b in basis:
        share = products([b], z)[0] / products([b], b)[0]
        z = [v - share * x for v, x in zip(z, b, strict=True)]
    return z


def largest_square(X, theta):
    """The largest (theta'(Xu)_+)^2 over ||u|| <= 1, as a Fraction: by all faces of all cells."""
    rows = as_fractions(X)
    weights = [Fraction(t) for t in theta.tolist()]
    best = Fraction(0)
    for D_i in enumerate_patterns(X):
        active = [(w, row) for on, w, row in zip(D_i, weights, rows, strict=True) if on]
        gradient = [sum(w * row[k] for w, row in active) for k in range(X.shape[1])]
        signs = [1 if on else -1 for on in D_i]
        for s in (1, -1):
            z = [s * g for g in gradient]
            for size in range(X.shape[1]):
                for face in combinations(rows, size):
                    p = without(z, face)
                    inside = zip(signs, products(rows, p), strict=True)
                    if all(sign * product >= 0 for sign, product in inside):
                        best = max(best, products([p], p)[0])
    return best


@pytest.mark.parametrize("seed", range(6))
def test_bounds_in_exact_arithmetic(seed):
    rng = np.random.default_rng(seed)
    n, d = (6, 2) if seed % 2 else (5, 3)
    X = rng.integers(-4, 5, (n, d)).astype(float)
    theta = rng.integers(-6, 7, n) / 8
    theta[0] = 1.0
    exact = largest_square(X, theta)
    raised = search(Sphere(X), theta, 0.0, raising=1 + 1e-12)
    assert Fraction(raised.upper) ** 2 >= exact
    assert Fraction(raised.lower) ** 2 <= exact * (1 + Fraction(1, 10**12))
    above = float(exact) ** 0.5 * (1 + 1e-9)
    assert Fraction(search(Sphere(X), theta, above).upper) ** 2 >= exact


@pytest.mark.parametrize("n, d", [(100, 4), (60, 5), (300, 3)])
def test_no_ascent_goes_above_what_is_proved(n, d):
    rng = np.random.default_rng(n)
    X = rng.standard_normal((n, d))
    theta = rng.standard_normal(n)
    climbed = attained(X, theta, ascended(X, theta, rng.standard_normal((3000, d))))
    for threshold in (3 * climbed, 1.001 * climbed):
        outcome = search(Sphere(X), theta, threshold)
        assert climbed <= outcome.upper
        assert outcome.upper <= threshold * (1 + 1e-9) or len(outcome.directions)
    raised = search(Sphere(X), theta, climbed, raising=1 + 1e-10)
    assert raised.complete and climbed * (1 - NOTHING) <= raised.upper
    assert raised.upper <= max(raised.lower, climbed) * (1 + 1e-8)


@pytest.mark.parametrize("seconds", [0.0, 0.02, 0.2])
def test_a_search_that_is_stopped_proves_what_it_can(seconds):
    rng = np.random.default_rng(8)
    X = rng.standard_normal((100, 7))
    theta = rng.standard_normal(100)
    climbed = attained(X, theta, ascended(X, theta, rng.standard_normal((2000, 7))))
    sphere = Sphere(X)
    begun = time.process_time()
    outcome = search(sphere, theta, climbed, Limits(seconds))
    assert not outcome.complete and outcome.closed < 1
    assert time.process_time() - begun < 2 * seconds + 0.5  # of two threads
    assert climbed <= outcome.upper <= sphere.simple_bound(theta)


def test_the_simple_bound_and_the_margin():
    rng = np.random.default_rng(4)
    for _ in range(20):
        X = rng.standard_normal((10, 3)) * rng.choice([1e-3, 1, 1e3], 3)
        theta = rng.standard_normal(10)
        h = listed(X, theta)
        assert h <= Sphere(X).simple_bound(theta)
        assert 0 < Sphere(X).margin(theta) < 1e-9 * (np.abs(theta) @ np.linalg.norm(X, axis=1))


def test_too_many_dimensions_to_look_at_leave_the_simple_bound():
    rng = np.random.default_rng(5)
    X = rng.standard_normal((30, branching.MOST_DIMENSIONS + 1))
    theta = rng.standard_normal(30)
    outcome = search(Sphere(X), theta, 1.0)
    assert not outcome.complete and outcome.nodes == 0
    assert outcome.upper == Sphere(X).simple_bound(theta)


def test_one_sign_of_theta_and_zeros_in_it():
    rng = np.random.default_rng(6)
    X = rng.standard_normal((8, 3))
    check_enclosed(X, np.abs(rng.standard_normal(8)))
    check_enclosed(X, np.array([1.0, 0, 0, -2, 0, 0.5, 0, 0]))


@pytest.fixture(scope="module")
def hard():
    """A search in parts, thousands of cones: (sphere, theta, threshold)."""
    rng = np.random.default_rng(9)
    X = rng.standard_normal((60, 6))
    theta = rng.standard_normal(60)
    sphere = Sphere(X)
    h = search(sphere, theta, 0.0, raising=1 + 1e-12).lower
    return sphere, theta, h


def same(a, b):
    return a.nodes == b.nodes and a.upper == b.upper and np.array_equal(a.directions, b.directions)


@pytest.mark.parametrize("share", [0.9, 1.01])
def test_whoever_carries_the_parts_the_result_is_the_same(hard, share):
    sphere, theta, h = hard
    outcome = search(sphere, theta, share * h)
    assert outcome.nodes > branching.PARTS
    for pool in (ThreadPoolExecutor(1), ThreadPoolExecutor(3), ProcessPoolExecutor(1)):
        with pool as executor:
            assert same(search(sphere, theta, share * h, executor=executor), outcome)


def test_a_cluster_carries_the_parts_with_the_same_result(hard):
    distributed = pytest.importorskip("distributed")
    sphere, theta, h = hard
    outcome = search(sphere, theta, 1.01 * h)
    with distributed.Client(n_workers=1, processes=False, dashboard_address=None) as client:
        assert same(search(sphere, theta, 1.01 * h, executor=client.get_executor()), outcome)


def test_progress_tells_the_share_of_the_sphere(hard):
    sphere, theta, h = hard
    told = []
    search(sphere, theta, 1.001 * h, Limits(progress=told.append))
    shares = [state["closed"] for state in told]
    assert shares == sorted(shares) and shares[-1] == pytest.approx(1)
    assert {"nodes", "open_bound", "seconds"} <= set(told[0])


def test_lambda_max_is_where_zero_is_optimal():
    rng = np.random.default_rng(10)
    X = rng.standard_normal((60, 4))  # 68,560 patterns
    y = rng.standard_normal(60)
    top = convex.lambda_max(X, y)
    assert top == pytest.approx(convex.lambda_max(X, y, enumerate_patterns(X)), rel=1e-9)
