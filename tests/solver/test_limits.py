"""Time limits, in CPU seconds: on a loaded machine the limit comes earlier, never later."""

import time

import numpy as np
import pytest

from helpers import convex, gated, train
from helpers.patterns import sample_patterns
from helpers.solver.limits import Limits
from helpers.solver.solution import Reason
from tests.solver.judge import value

SECONDS = 0.5


@pytest.fixture(scope="module", autouse=True)
def compiled():
    """Compile or load what these tests run, outside their time."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((60, 4))
    y = rng.standard_normal(60)
    convex.solve(X, y, 1.0, seconds=60)
    convex.search(X, y, 1.0, seconds=60)


@pytest.fixture(scope="module")
def large():
    """Far more patterns than can be gone through: (X, y), 300 points in 5 dimensions."""
    rng = np.random.default_rng(1)
    X = rng.standard_normal((300, 5))
    return X, np.sin(3 * X[:, 0]) + 0.3 * rng.standard_normal(300)


class Clock:
    """Asserts that its block takes no more CPU seconds than `limit` and half a second."""

    def __init__(self, limit=SECONDS):
        self.limit = limit

    def __enter__(self):
        self.begun = time.process_time()

    def __exit__(self, *error):
        assert time.process_time() - self.begun <= self.limit + 0.5


def check(X, y, lam, solution):
    """A Solution that time has cut short: valid all the same."""
    assert solution.reason is Reason.TIME_LIMIT
    assert 0 <= solution.lower_bound <= solution.objective <= y @ y
    assert value(X, y, lam, solution) == pytest.approx(solution.objective, rel=1e-9)


def test_all_the_patterns(large):
    X, y = large
    with Clock():
        solution = convex.solve(X, y, 0.3, seconds=SECONDS)
    check(X, y, 0.3, solution)


def test_a_long_list(large):
    X, y = large
    D = sample_patterns(X, 8000, np.random.default_rng(2))
    with Clock():
        solution = convex.solve(X, y, 0.01, D, 1e-9, seconds=SECONDS)
    check(X, y, 0.01, solution)


def test_a_short_list_of_dear_patterns():
    rng = np.random.default_rng(7)
    X = rng.standard_normal((1000, 60))
    y = np.sin(2 * X[:, 0]) + 0.5 * rng.standard_normal(1000)
    D = sample_patterns(X, 300, rng)
    with Clock():
        solution = convex.solve(X, y, 0.01, D, seconds=SECONDS)
    check(X, y, 0.01, solution)


def test_the_relaxation():
    rng = np.random.default_rng(3)
    X = rng.standard_normal((400, 30))
    y = rng.standard_normal(400)
    D = sample_patterns(X, 5000, rng)
    with Clock():
        relaxed = gated.solve(X, y, 0.01, D, 1e-9, seconds=SECONDS)
    assert relaxed.reason is Reason.TIME_LIMIT
    assert 0 <= relaxed.lower_bound <= relaxed.objective <= y @ y


def test_a_search_through_many_points():
    rng = np.random.default_rng(4)
    X = rng.standard_normal((5_000, 10))
    y = np.sin(X[:, 0]) + rng.standard_normal(5_000)
    with Clock():
        found = convex.search(X, y, 1.0, seconds=SECONDS)
    assert found.reason is Reason.SEARCHED and 0 < found.lower_bound < found.objective
    assert value(X, y, 1.0, found) == pytest.approx(found.objective, rel=1e-9)


def test_polishing_and_certifying(large):
    X, y = large
    rng = np.random.default_rng(5)
    W = rng.standard_normal((50, 5))
    alpha = 0.1 * rng.standard_normal(50)
    W, alpha = train.adam(X, y, W, alpha, step=1e-2, steps=100, lam=0.3, record_every=100).final
    with Clock():
        polished = convex.polish(X, y, W, alpha, 0.3, seconds=SECONDS)
    assert value(X, y, 0.3, polished) == pytest.approx(polished.objective, rel=1e-9)
    with Clock():
        certificate = convex.certify(X, y, W, alpha, 0.3, seconds=SECONDS)
    assert not certificate.proved and 0 < certificate.lower_bound < certificate.best
    assert certificate.best <= certificate.local_optimum <= certificate.loss


@pytest.mark.parametrize("seconds", [0.05, 1.0])
@pytest.mark.parametrize("shape", [(20_000, 30), (100_000, 3), (300, 200)])
def test_large_data_in_every_shape(shape, seconds):
    rng = np.random.default_rng(8)
    X = rng.standard_normal(shape)
    y = np.sin(2 * X[:, 0]) + 0.5 * rng.standard_normal(len(X))
    lam = 0.01 * np.linalg.norm(X.T @ y)
    network = 0.3 * rng.standard_normal((20, shape[1])), 0.1 * rng.standard_normal(20)
    sampled = sample_patterns(X, 300, np.random.default_rng(9))
    for call in (
        lambda: convex.search(X, y, lam, seconds=seconds),
        lambda: convex.polish(X, y, *network, lam, seconds=seconds),
        lambda: gated.solve(X, y, lam, sampled, seconds=seconds),
    ):
        with Clock(seconds):
            found = call()
        assert 0 <= found.lower_bound <= found.objective <= (y @ y) * (1 + 1e-12)


def test_certifying_over_more_directions_than_there_is_time_for():
    rng = np.random.default_rng(6)
    X = rng.standard_normal((180, 9))
    y = rng.standard_normal(180)
    network = rng.standard_normal((3, 9)), rng.standard_normal(3)
    with Clock():
        certificate = convex.certify(X, y, *network, 1.0, seconds=SECONDS)
    assert not certificate.proved and 0 < certificate.lower_bound < certificate.best


def test_what_is_left():
    limits = Limits(seconds=10.0)
    assert 9 < limits.left() <= 10 and not limits.passed()
    assert Limits(seconds=0.0).passed()
    assert Limits().left() == np.inf and not Limits().passed()
