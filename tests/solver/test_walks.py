"""Patterns that are walked to, against those that are listed."""

import numpy as np
import pytest

from helpers import convex
from helpers.loss import loss
from helpers.patterns import enumerate_patterns, sample_patterns
from helpers.solver.blocks import Point
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
