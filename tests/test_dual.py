"""The dual: curve, peak, points and bounds, against a scan, cvxpy and closed forms."""

import cvxpy as cp
import numpy as np
import pytest

from helpers import convex, data, dual, train
from helpers.loss import loss, predict
from helpers.patterns import enumerate_patterns


def scan(X, count=721):
    """Directions all round, with those at which a neuron begins to see a row of X (n, 2)."""
    kinks = np.column_stack([-X[:, 1], X[:, 0]])
    directions = np.vstack([dual.circle(np.linspace(-180, 180, count)), kinks, -kinks])
    return directions / np.linalg.norm(directions, axis=1, keepdims=True)


def problem(seed, n=5, d=2):
    """X (n, d) with a bias column, and labels of both signs."""
    rng = np.random.default_rng(seed)
    X = data.with_bias(rng.uniform(-1, 1, (n, d - 1)))
    return X, rng.uniform(-1, 1, n)


def highest(X, theta):
    """The peak of the dual curve by cvxpy, a program for every pattern and sign."""
    heights = []
    for D in enumerate_patterns(X):
        for sign in (1, -1):
            u = cp.Variable(X.shape[1])
            cone = cp.multiply(np.where(D, 1.0, -1.0), X @ u) >= 0
            value = sign * (theta * D) @ X @ u
            program = cp.Problem(cp.Maximize(value), [cone, cp.norm(u) <= 1])
            heights.append(program.solve(solver=cp.CLARABEL))
    return max(heights)


def best_bound(X, y, lam):
    """The optimum of the dual program by cvxpy, its constraints at a scan of directions."""
    theta = cp.Variable(len(y))
    seen = np.maximum(scan(X) @ X.T, 0) @ theta
    value = float(y @ y) - cp.sum_squares(y - theta)
    return cp.Problem(cp.Maximize(value), [cp.abs(seen) <= lam]).solve(solver=cp.CLARABEL)


def test_the_curve_is_what_a_neuron_of_length_one_sees():
    X = np.array([[3.0, 0.0], [0.0, 4.0], [-1.0, -1.0]])
    theta = np.array([1.0, -2.0, 5.0])
    curve = dual.dual_curve(X, theta, [[1, 0], [0, 1], [-7, 0], [3, 4]])
    by_hand = [3, -8, 5, 3 * 0.6 - 2 * 4 * 0.8]
    np.testing.assert_allclose(curve, by_hand)
    both = dual.dual_curve(X, [theta, 2 * theta], [[1, 0], [3, 4]])
    np.testing.assert_allclose(both, [curve[[0, 3]], 2 * curve[[0, 3]]])


def test_angles_and_directions_are_inverse():
    angles = np.array([-135.0, -90, 0, 30, 180])
    np.testing.assert_allclose(dual.angle(3 * dual.circle(angles)), angles)
    np.testing.assert_allclose(dual.circle([0, 90]), [[1, 0], [0, 1]], atol=1e-15)


@pytest.mark.parametrize("seed", range(8))
def test_the_peak_is_the_highest_of_all_directions(seed):
    X, theta = problem(seed)
    peak = dual.peak(X, theta)
    curve = dual.dual_curve(X, theta, scan(X))
    k = np.abs(curve).argmax()
    assert peak.height == pytest.approx(np.abs(curve[k]), rel=1e-4)
    assert peak.height >= np.abs(curve[k]) - 1e-12
    assert peak.sign == np.sign(curve[k])
    assert np.linalg.norm(peak.direction) == pytest.approx(1)
    at_peak = dual.dual_curve(X, theta, peak.direction[None])[0]
    assert peak.sign * at_peak == pytest.approx(peak.height)


@pytest.mark.parametrize("seed", range(3))
def test_the_peak_in_more_dimensions(seed):
    X, theta = problem(seed, n=5, d=3)
    peak = dual.peak(X, theta)
    assert peak.height == pytest.approx(highest(X, theta), rel=1e-6)
    assert peak.height == pytest.approx(convex.lambda_max(X, theta))
    at_peak = dual.dual_curve(X, theta, peak.direction[None])[0]
    assert peak.sign * at_peak == pytest.approx(peak.height)


def test_nothing_to_see_has_no_peak():
    peak = dual.peak(np.eye(2), [0.0, 0.0])
    assert peak.height == 0
    assert not peak.direction.any()


@pytest.mark.parametrize("seed", range(4))
def test_the_best_bound_is_the_least_loss(seed):
    X, y = problem(seed)
    lam = 0.1 * convex.lambda_max(X, y)
    best = convex.solve(X, y, lam, tol=1e-9)
    assert best_bound(X, y, lam) == pytest.approx(best.objective, rel=1e-4)
    residual = y - best.predict(X)
    assert dual.dual_bound(y, residual) == pytest.approx(best.objective, rel=1e-4)
    assert dual.peak(X, residual).height == pytest.approx(lam, rel=1e-3)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("share", [0.01, 0.1, 0.5])
def test_a_dual_point_bounds_every_network(seed, share):
    X, y = problem(seed)
    lam = share * convex.lambda_max(X, y)
    rng = np.random.default_rng(seed)
    residual = y - predict(X, *train.uniform_network(3, 2, 0.7, rng))
    theta = dual.dual_point(X, y, lam, residual)
    assert np.abs(dual.dual_curve(X, theta, scan(X))).max() <= lam * (1 + 1e-9)
    bound = dual.dual_bound(y, theta)
    best = convex.solve(X, y, lam).objective
    assert bound <= best + 1e-6
    for t in np.linspace(0, 3, 301):  # no multiple that is allowed bounds better
        if t * dual.peak(X, residual).height <= lam:
            assert dual.dual_bound(y, t * residual) <= bound + 1e-12


def test_of_a_residual_that_points_away_nothing_is_left():
    X, y = problem(0)
    assert not dual.dual_point(X, y, 0.1, -y).any()
    assert dual.dual_bound(y, np.zeros(5)) == 0
    np.testing.assert_array_equal(dual.dual_point(X, y, 0.1, np.zeros(5)), np.zeros(5))


def test_from_lambda_max_on_the_labels_are_a_dual_point():
    X, y = problem(3)
    largest = convex.lambda_max(X, y)
    np.testing.assert_allclose(dual.dual_point(X, y, 1.001 * largest, y), y)
    assert dual.dual_bound(y, y) == pytest.approx(y @ y)
    assert convex.solve(X, y, 1.001 * largest).objective == pytest.approx(y @ y)
    assert convex.solve(X, y, 0.99 * largest).objective < y @ y * (1 - 1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_the_missing_neuron_lowers_the_loss_as_the_curve_says(seed):
    X, y = problem(seed)
    lam = 0.05 * convex.lambda_max(X, y)
    network = train.uniform_network(3, 2, 0.5, np.random.default_rng(seed))
    residual = y - predict(X, *network)
    peak = dual.peak(X, residual)
    size = 1e-6
    W, alpha = dual.add_missing(X, y, *network, size)
    assert np.linalg.norm(W[-1]) == pytest.approx(np.sqrt(size)) == abs(alpha[-1])
    slope = (loss(X, y, W, alpha, lam) - loss(X, y, *network, lam)) / size
    assert slope == pytest.approx(-2 * (peak.height - lam), rel=1e-3)
    other = -alpha[-1]
    assert loss(X, y, W, np.append(alpha[:-1], other), lam) > loss(X, y, *network, lam)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: dual.dual_curve(np.eye(2), [1, 2], [[0, 0]]), "directions"),
        (lambda: dual.dual_curve(np.eye(2), [1, 2], [[1, 0, 0]]), "directions"),
        (lambda: dual.dual_curve(np.eye(2), [1, 2, 3], [[1, 0]]), "theta"),
        (lambda: dual.peak(np.eye(2), [1, 2, 3]), "theta"),
        (lambda: dual.dual_point(np.eye(2), [1, 2], -1, [1, 2]), "lam"),
        (lambda: dual.dual_point(np.eye(2), [1, 2], 1, [1]), "residual"),
        (lambda: dual.dual_bound([1, 2], [1, 2, 3]), "y"),
        (lambda: dual.add_missing(np.eye(2), [1, 2], [[1, 1]], [1], -1), "size"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
