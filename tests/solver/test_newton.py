"""Newton's method piece by piece: bounds by brute force, gradient and direction by differences."""

import numpy as np
import pytest
from scipy.optimize import nnls

from helpers.patterns import enumerate_patterns
from helpers.solver import cones, newton
from helpers.solver.blocks import Blocks, WorkingSet
from helpers.solver.limits import Limits
from helpers.solver.newton import AugmentedLagrangian
from helpers.solver.scaling import Scaled
from tests.solver.judge import walls


def projection(C, z):
    """The nearest point of {u : C u >= 0}: z + C' mu, by nonnegative least squares."""
    return z + C.T @ nnls(C.T, -z)[0]


def best_multiple(y, theta, h, lam):
    """The largest lower bound of s theta by trying many s."""
    s = np.append(np.linspace(0, 3, 300_001), lam / h)
    allowed = s * h <= lam * (1 + 1e-14) if lam > 0 else np.ones(len(s), bool)
    slack = 0.0 if lam > 0 else 2 * s * h * newton.RADIUS
    values = 2 * s * (y @ theta) - s**2 * (theta @ theta) - slack
    return np.where(allowed, values, 0).max()


@pytest.mark.parametrize("lam, h", [(0.1, 0.05), (0.1, 0.2), (0.1, 0.09), (0.0, 1e-6), (0.0, 1.0)])
@pytest.mark.parametrize("seed", range(4))
def test_the_bound_is_that_of_the_best_multiple(lam, h, seed):
    rng = np.random.default_rng(seed)
    y = rng.standard_normal(5)
    y /= np.linalg.norm(y)
    theta = 0.8 * y + 0.2 * rng.standard_normal(5)
    value = newton.dual_value(y, theta, h, lam)
    assert value.bound == pytest.approx(best_multiple(y, theta, h, lam), abs=1e-8)
    if lam > 0:
        assert value.scale * h <= lam * (1 + 1e-12)
        point = value.scale * theta
        assert value.bound == pytest.approx(1 - np.sum((y - point) ** 2))


def test_what_points_away_from_the_labels_proves_nothing():
    y = np.array([1.0, 0.0])
    for theta in (-y, np.array([0.0, 1.0]), np.zeros(2)):
        assert newton.dual_value(y, theta, 0.1, 0.1) == (0.0, 0.0)
    assert newton.dual_value(y, y, np.inf, 0.1).bound == 0


@pytest.mark.parametrize("value", [0.2, 0.6])
def test_the_largest_violation_that_still_proves_a_value(value):
    y = np.array([0.6, 0.8])
    theta = np.array([0.7, 0.6])
    lam = 0.1
    h = newton.largest_for(y, theta, lam, value)
    assert newton.dual_value(y, theta, h, lam).bound == pytest.approx(value)
    assert newton.dual_value(y, theta, 1.01 * h, lam).bound < value
    assert newton.largest_for(y, theta, lam, 2.0) == 0
    assert newton.largest_for(y, -theta, lam, value) == 0


@pytest.fixture(params=["few blocks", "many blocks"])
def lagrangian(request):
    """An augmented Lagrangian with multipliers that are not zero."""
    rng = np.random.default_rng(5)
    X = rng.standard_normal((7, 3))
    scaled = Scaled(X, rng.standard_normal(7), 0.3)
    D = enumerate_patterns(X)
    D = D[::6] if request.param == "few blocks" else D
    working = WorkingSet(scaled, cones.Loops)
    working.add(Blocks(D.astype(float), np.where(np.arange(len(D)) % 2, -1.0, 1.0)))
    b = working.cones.project(rng.standard_normal((len(D), 3)))
    return AugmentedLagrangian(working, scaled.y, scaled.lam, 0.1 * b, 3.0)


def test_a_step_is_that_of_its_definition(lagrangian):
    L = lagrangian
    working = L.working
    theta = np.random.default_rng(6).standard_normal(7)
    step = L.at(theta)
    blocks = zip(working.D, working.s, L.b, step.b, step.norms, strict=True)
    for D, s, before, after, norm in blocks:
        p = projection(walls(D > 0, working.X), before + L.sigma * s * working.X.T @ (D * theta))
        assert norm == pytest.approx(np.linalg.norm(p), abs=1e-10)
        shrunk = max(0.0, 1 - L.sigma * L.lam / max(np.linalg.norm(p), 1e-300)) * p
        np.testing.assert_allclose(after, shrunk, atol=1e-10)
    fitted = zip(working.D, working.s, step.b, strict=True)
    output = sum(s * D * (working.X @ b) for D, s, b in fitted)
    np.testing.assert_allclose(step.gradient, theta - L.y + output)
    value = np.sum((output - L.y) ** 2) + 2 * L.lam * np.linalg.norm(step.b, axis=1).sum()
    assert step.objective == pytest.approx(value)
    assert step.moved == pytest.approx(np.linalg.norm(step.b - L.b, axis=1).max())
    # The blocks are feasible, and bound what theta violates.
    h = np.linalg.norm(working.cones.project(working.correlate(theta)), axis=1)
    assert h.max() <= L.lam + step.moved / L.sigma + 1e-12


def test_the_direction_is_newtons(lagrangian):
    """The gradient is piecewise smooth: its derivative along the direction takes it off."""
    L = lagrangian
    theta = np.random.default_rng(7).standard_normal(7)
    step = L.at(theta)
    assert (step.norms > L.sigma * L.lam).any()
    move = L.direction(step)
    short = 1e-6
    slope = (L.at(theta + short * move).gradient - L.at(theta - short * move).gradient) / (
        2 * short
    )
    np.testing.assert_allclose(slope, -step.gradient, atol=1e-6)


def test_without_blocks_the_direction_is_downhill(lagrangian):
    L = lagrangian
    L.b = np.zeros_like(L.b)
    step = L.at(1e-3 * L.y)  # too short to move a block
    assert not step.b.any()
    np.testing.assert_array_equal(L.direction(step), -step.gradient)


def test_a_search_halves_the_slope_or_steps_in_full(lagrangian):
    L = lagrangian
    for seed in range(8):
        theta = 5 * np.random.default_rng(seed).standard_normal(7)
        step = L.at(theta)
        move = L.direction(step)
        after = L.search(step)
        slope = after.gradient @ move
        full = np.allclose(after.theta, theta + move)
        assert abs(slope) <= -0.5 * (step.gradient @ move) or (full and slope < 0)


def test_it_ends_at_the_target_in_few_steps(lagrangian, monkeypatch):
    L = lagrangian
    looked_at = []
    direction = AugmentedLagrangian.direction
    monkeypatch.setattr(
        AugmentedLagrangian,
        "direction",
        lambda self, step: looked_at.append(self.sigma) or direction(self, step),
    )
    working = L.working
    working.b = np.zeros_like(L.b)
    solved = newton.minimise(working, L.y, L.lam, L.y.copy(), 1e-10)
    assert solved.objective - solved.bound <= 1e-10
    assert working.objective(L.y, L.lam) == pytest.approx(solved.objective, rel=1e-12)
    assert len(looked_at) <= 30
    assert solved.sigma >= looked_at[-1] >= looked_at[0] == newton.FIRST_SIGMA


def test_out_of_time_it_keeps_what_it_has(lagrangian):
    L = lagrangian
    L.working.b = 1e-3 * L.b
    objective = L.working.objective(L.y, L.lam)
    solved = newton.minimise(L.working, L.y, L.lam, L.y, 1e-10, limits=Limits(0.0))
    assert solved.bound == -np.inf
    assert solved.objective == objective == L.working.objective(L.y, L.lam)
