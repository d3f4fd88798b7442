"""Patterns that are walked to, against those that are listed."""

import numpy as np
import pytest

from helpers import convex
from helpers.loss import loss
from helpers.patterns import enumerate_patterns, sample_patterns
from helpers.solver.blocks import Point
from helpers.solver.cones import Loops
from helpers.solver.limits import Limits
from helpers.solver.pricing import Prices
from helpers.solver.scaling import Scaled
from helpers.solver.solution import Reason
from helpers.solver.sources import Listed
from helpers.solver.walks import Walks, trained


def test_walks_climb_to_the_largest_correlation():
    rng = np.random.default_rng(5)
    X = rng.standard_normal((25, 3))
    theta = rng.standard_normal(25)
    scaled = Scaled(X, theta, 1.0)
    top = Prices(scaled, Listed(enumerate_patterns(X))).largest(theta)
    walks = Walks(scaled, rng)
    nowhere = Point(np.zeros((0, 25)), np.zeros(0), np.zeros((0, 3)))
    h, violators = walks.sweep(theta, top * (1 + 1e-9), 10, nowhere)
    assert violators is None and h == pytest.approx(top)
    h, violators = walks.sweep(theta, 0.95 * top, 10, nowhere)
    assert h == np.inf and 1 <= len(violators.s) <= 10
    assert len(np.unique(np.column_stack(violators), axis=0)) == len(violators.s)


@pytest.mark.parametrize("degenerate", [False, True])
@pytest.mark.parametrize("seconds", [np.inf, 1e6])
def test_a_walk_ends_where_no_direction_nearby_is_better(degenerate, seconds):
    """A point and its opposite are on one line, which is crossed as a whole."""
    rng = np.random.default_rng(4)
    X = rng.standard_normal((14, 4))
    if degenerate:
        X[1] = -2 * X[0]
        X[3] = X[2]
        X[5] = X[4] + X[6]
    theta = rng.standard_normal(14)
    scaled = Scaled(X, theta, 1.0)
    X = scaled.X
    walks = Walks(scaled, rng)
    weight = np.bincount(walks.line, theta * walks.length)
    u = rng.standard_normal((40, 4))
    D = (u @ X.T) >= 0
    s = rng.choice([-1.0, 1.0], 40)
    before = h_of(walks, D, s, theta)
    h = walks._walked(weight, theta, D, s, Limits(seconds))
    assert (h >= before - 1e-12).all() and (h > before + 1e-3).any()
    assert h == pytest.approx(h_of(walks, D, s, theta), abs=1e-12)
    for b in np.flatnonzero(h > 0):
        best = projected(walks, D[b : b + 1], s[b : b + 1], theta)[0]
        best /= np.linalg.norm(best)
        assert s[b] * theta @ np.maximum(X @ best, 0) == pytest.approx(h[b])
        nearby = best + 1e-4 * rng.standard_normal((200, 4))
        nearby /= np.linalg.norm(nearby, axis=1)[:, None]
        assert (s[b] * theta @ np.maximum(X @ nearby.T, 0)).max() <= h[b] + 1e-9


def projected(walks, D, s, theta):
    """The projections of s X'D theta on the cones of the patterns D."""
    return Loops(walks.normals, D).project(s[:, None] * ((D * theta) @ walks.X))


def h_of(walks, D, s, theta):
    """Their lengths."""
    return np.linalg.norm(projected(walks, D, s, theta), axis=1)


def test_a_short_training_run_gives_a_feasible_point_to_start_from():
    rng = np.random.default_rng(13)
    columns = [1, 1, 1e-3, 1, 10, 1]
    X = 100 * rng.standard_normal((50, 6)) * columns
    y = 1e-3 * rng.standard_normal(50)
    lam = 0.02 * convex.lambda_max(X, y, sample_patterns(X, 50, rng))
    scaled = Scaled(X, y, lam)
    D, s, b = trained(scaled, rng)
    Z = b @ scaled.X.T
    assert (np.where(D, 1, -1) * Z).min() >= -1e-9 * np.abs(Z).max()
    misfit = np.sum((s @ (D * Z) - scaled.y) ** 2)
    objective = (y @ y) * (misfit + 2 * scaled.lam * np.linalg.norm(b, axis=1).sum())
    best = convex.search(X, y, lam).objective
    assert best < objective < 1.2 * best < 0.9 * (y @ y)


def test_a_search_proves_little_and_says_so():
    rng = np.random.default_rng(6)
    X = rng.standard_normal((60, 4))  # 68,560 patterns: too many to list
    y = rng.standard_normal(60)
    found = convex.search(X, y, 5.0)
    assert not found.converged and found.reason is Reason.SEARCHED
    bound = y @ y - np.sum((y - found.dual) ** 2)
    assert 0 < found.lower_bound == pytest.approx(bound)
    assert found.objective == pytest.approx(loss(X, y, *found.to_network(), 5.0))
    proved = convex.solve(X, y, 5.0)
    assert proved.converged and found.lower_bound < proved.lower_bound
    assert proved.lower_bound <= found.objective <= proved.objective * (1 + 1e-3)


def test_a_search_of_few_patterns_lists_and_proves():
    rng = np.random.default_rng(7)
    X = rng.standard_normal((10, 3))
    y = rng.standard_normal(10)
    found = convex.search(X, y, 0.1)
    assert found.converged
    assert found.objective == convex.solve(X, y, 0.1).objective
