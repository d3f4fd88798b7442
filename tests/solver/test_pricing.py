"""Prices against projections one by one."""

import numpy as np
import pytest

from helpers import convex
from helpers.patterns import enumerate_patterns, sample_patterns
from helpers.solver import cones, pricing
from helpers.solver.blocks import Point
from helpers.solver.scaling import Scaled
from helpers.solver.sources import CHUNK, Listed

NONE_YET = pricing.Until(0.0, 0.0)


def exact_prices(X, theta, D):
    """h (P, 2): the lengths of the projections of X'D theta and -X'D theta."""
    held = cones.Loops(cones.normals(X), D)
    correlations = (D * theta) @ X
    lengths = [np.linalg.norm(held.project(sign * correlations), axis=1) for sign in (1, -1)]
    return np.column_stack(lengths)


def nothing_in_use(n, d):
    return Point(np.zeros((0, n)), np.zeros(0), np.zeros((0, d)))


@pytest.mark.parametrize("keep", [True, False])
@pytest.mark.parametrize("n, d", [(11, 3), (16, 5)])
def test_prices_are_the_projections_lengths(n, d, keep):
    rng = np.random.default_rng(3)
    X = rng.standard_normal((n, d))
    theta = rng.standard_normal(n)
    D = sample_patterns(X, 300, rng)
    packed = np.packbits(D, axis=1)
    normals = cones.normals(X)

    def faces():
        factors = np.full((2, len(D) if keep else 1, 2, d, d), np.nan)
        W = np.zeros((len(D), 2, d), np.int32)
        return pricing.Faces(W, np.zeros((len(D), 2), np.int32), factors[0], factors[1], keep)

    def priced(theta, h, until=NONE_YET, used=None):
        table = pricing.byte_table(X, theta)
        pricing.price(packed, table, normals, until, True, used or faces(), h)
        return h

    used = faces()
    unpriced = np.full((len(D), 2), np.inf)
    for other in (rng.standard_normal(n), theta + 0.1 * rng.standard_normal(n)):
        priced(other, np.copy(unpriced), used=used)  # where the last projection begins
    h = priced(theta, np.copy(unpriced), used=used)
    assert h == pytest.approx(exact_prices(X, theta, D), abs=1e-11)

    one_sided = np.column_stack([np.full(len(D), -np.inf), np.full(len(D), np.inf)])
    priced(theta, one_sided)
    assert (one_sided[:, 0] == -np.inf).all()
    assert one_sided[:, 1] == pytest.approx(h[:, 1])

    goal = np.median(h)
    early = priced(theta, np.copy(unpriced), pricing.Until(0.0, goal))
    assert (early >= h - 1e-11).all()
    assert early[h > goal] == pytest.approx(h[h > goal])


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
