"""Prices against projections one by one."""

import numpy as np
import pytest

from helpers import convex
from helpers.patterns import enumerate_patterns, sample_patterns
from helpers.solver import cones, pricing
from helpers.solver.blocks import Point
from helpers.solver.scaling import Scaled
from helpers.solver.sources import CHUNK, Listed


def exact_prices(X, theta, D):
    """h (P, 2): the lengths of the projections of X'D theta and -X'D theta."""
    held = cones.Loops(cones.normals(X), D)
    correlations = (D * theta) @ X
    lengths = [np.linalg.norm(held.project(sign * correlations), axis=1) for sign in (1, -1)]
    return np.column_stack(lengths)


def nothing_in_use(n, d):
    return Point(np.zeros((0, n)), np.zeros(0), np.zeros((0, d)))


@pytest.mark.parametrize("remembered", [10**6, 0])
@pytest.mark.parametrize("n, d", [(11, 3), (16, 5)])
def test_prices_are_the_projections_lengths(n, d, remembered, monkeypatch):
    """To begin with and from theta to theta, whether or not the working sets are kept."""
    monkeypatch.setattr(pricing, "REMEMBERED", remembered)
    rng = np.random.default_rng(3)
    X = rng.standard_normal((n, d))
    D = sample_patterns(X, 300, rng)
    scaled = Scaled(X, rng.standard_normal(n), 1e-9)
    prices = pricing.Prices(scaled, Listed(D))
    theta = rng.standard_normal(n)
    for other in (rng.standard_normal(n), theta + 0.1 * rng.standard_normal(n), theta):
        prices.sweep(other, 0.0, 10**6, nothing_in_use(n, d))
        (bounds,) = prices.bounds
        assert bounds == pytest.approx(exact_prices(scaled.X, other, D), abs=1e-11)
    assert bool(prices.faces) == (remembered > 0)


def test_bounds_below_the_goal_are_no_more_than_bounds():
    rng = np.random.default_rng(4)
    X = rng.standard_normal((16, 5))
    D = sample_patterns(X, 300, rng)
    theta = rng.standard_normal(16)
    scaled = Scaled(X, rng.standard_normal(16), 0.1)
    h = exact_prices(scaled.X, theta, D)
    goal = np.median(h)
    prices = pricing.Prices(scaled, Listed(D))
    prices.goal = goal
    prices.sweep(theta, 0.0, 10**6, nothing_in_use(16, 5))
    (bounds,) = prices.bounds
    above = h > goal
    assert bounds[above] == pytest.approx(h[above])
    assert (bounds >= h - 1e-11).all() and (bounds[~above] <= goal).any()
    assert (bounds[~above] > 1.01 * h[~above]).any()  # stopped early


@pytest.mark.parametrize("d", [2, 4])
def test_a_sweep_finds_the_violators_the_worst_first(d):
    rng = np.random.default_rng(8)
    X = rng.standard_normal((14, d))
    scaled = Scaled(X, rng.standard_normal(14), 0.01)  # caps are above lam
    D = enumerate_patterns(X)
    signs = rng.choice([-1, 1], len(D))
    keep = np.array([signs > 0, signs < 0])
    prices = pricing.Prices(scaled, Listed(D, keep))
    support = nothing_in_use(14, d)
    theta = rng.standard_normal(14)
    for _ in range(3):  # bounds carry over from theta to theta
        theta = theta + 0.05 * rng.standard_normal(14)
        h = exact_prices(scaled.X, theta, D)
        own = np.where(signs > 0, h[:, 0], h[:, 1])
        cap = np.sort(own)[-5:-3].mean()  # between the fourth and the fifth
        largest, violators = prices.sweep(theta, cap, 5, support)
        assert largest == pytest.approx(own.max())
        found = [int(np.flatnonzero((D == row).all(axis=1))[0]) for row in violators.D > 0]
        assert (violators.s == signs[found]).all()
        # neighbours that touch in one projection have one price, so numbers may change places
        assert own[found] == pytest.approx(np.sort(own)[::-1][:4], rel=1e-9)
    nothing_above = prices.sweep(theta, own.max() * (1 + 1e-9), 5, support)
    assert nothing_above.violators is None and nothing_above.largest == pytest.approx(own.max())
    assert prices.largest(theta) == pytest.approx(own.max())


def test_a_sweep_goes_on_where_the_last_one_stopped():
    """More patterns than a chunk: it stops where enough are found, and proves only when round."""
    rng = np.random.default_rng(9)
    X = rng.standard_normal((30, 4))
    D = enumerate_patterns(X)
    D = np.vstack([D, D[::-1]])
    assert len(D) > CHUNK
    scaled = Scaled(X, rng.standard_normal(30), 0.01)
    prices = pricing.Prices(scaled, Listed(D))
    support = nothing_in_use(30, 4)
    largest = pricing.Prices(scaled, Listed(D)).largest(scaled.y)
    first = prices.sweep(scaled.y, 0.9 * largest, 1, support)
    assert first.largest == np.inf and len(first.violators.s) == 1  # the rest is not priced yet
    assert prices.sweep(scaled.y, 2 * largest, 1, support).largest >= largest
    whole = prices.sweep(scaled.y, 0.9 * largest, 10**6, support)
    assert whole.largest == pytest.approx(largest)


def test_lambda_max_is_the_largest_projection():
    rng = np.random.default_rng(10)
    for d in (1, 2, 4):
        X = rng.standard_normal((9, d))
        y = rng.standard_normal(9)
        D = sample_patterns(X, 20, rng)
        assert convex.lambda_max(X, y, D) == pytest.approx(exact_prices(X, y, D).max())
