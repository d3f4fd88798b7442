import cvxpy as cp
import numpy as np
import pytest

from helpers import convex, data, networks, train
from helpers.loss import loss
from helpers.patterns import activation_patterns, enumerate_patterns


def model(X, y, lam, D):
    """The convex program written pattern by pattern, with another solver than the helper's."""
    fit, penalty, constraints = 0, 0, []
    for row in D:
        u, v = cp.Variable(X.shape[1]), cp.Variable(X.shape[1])
        fit = fit + (row[:, None] * X) @ (u - v)
        penalty = penalty + cp.norm(u) + cp.norm(v)
        cone = np.where(row, 1, -1)[:, None] * X
        constraints += [cone @ u >= 0, cone @ v >= 0]
    problem = cp.Problem(cp.Minimize(cp.sum_squares(fit - y) + 2 * lam * penalty), constraints)
    return problem.solve(solver=cp.SCS, eps=1e-8, max_iters=200_000)


@pytest.mark.parametrize("seed, n, d", [(0, 4, 1), (1, 6, 2), (2, 5, 3), (3, 2, 3), (4, 12, 2)])
def test_agrees_with_an_independent_model(seed, n, d):
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((n, d)), rng.standard_normal(n)
    lam = 0.1 * convex.lambda_max(X, y)
    solution = convex.solve(X, y, lam)
    assert solution.converged and solution.gap <= 1e-6
    assert solution.objective == pytest.approx(
        model(X, y, lam, enumerate_patterns(X)), abs=1e-6 * (y @ y)
    )
    assert loss(X, y, *solution.to_network(), lam) == pytest.approx(solution.objective, rel=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_no_network_beats_the_lower_bound(seed):
    rng = np.random.default_rng(seed)
    X, y = data.with_bias(rng.uniform(-1, 1, 6)), rng.standard_normal(6)
    lam = 0.05
    solution = convex.solve(X, y, lam)
    W, alpha = train.uniform_network(30, 2, 0.5, rng)
    run = train.gradient_descent(X, y, W, alpha, step=5e-3, steps=4000, lam=lam, record_every=4000)
    assert run.loss[-1] >= solution.lower_bound
    certificate = convex.certify(X, y, *run.final, lam)
    assert certificate.lower_bound <= certificate.local_optimum + 1e-9 <= certificate.loss + 2e-9


def test_zero_from_lambda_max_on_and_not_below():
    S = data.load("teaser")
    top = convex.lambda_max(S.X, S.y)
    assert convex.solve(S.X, S.y, 1.0001 * top).objective == pytest.approx(S.y @ S.y, rel=1e-12)
    assert convex.solve(S.X, S.y, 0.99 * top).objective < S.y @ S.y * (1 - 1e-6)


def test_one_neuron_per_sign_closed_form():
    # x = (-1, 1): the cones fit each point alone, min (u - y)^2 + 2 lam u,
    # so u = y - lam and the value 2 lam y - lam^2
    S = data.load("landscape")
    assert convex.solve(S.X, S.y, 0.2).objective == pytest.approx(
        sum(2 * 0.2 * S.y - 0.04), rel=1e-8
    )


def test_signs_fix_the_second_layer():
    X, y = np.array([[1.0], [2.0]]), np.array([-1.0, -2.0])
    assert convex.solve(X, y, 0.0, [[1, 1]], signs=[1]).objective == pytest.approx(5)
    assert convex.solve(X, y, 0.0, [[1, 1]], signs=[-1]).objective == pytest.approx(0, abs=1e-8)


def test_merging_keeps_the_output_and_never_raises_the_loss():
    rng = np.random.default_rng(5)
    X, y = data.with_bias(rng.uniform(-1, 1, 5)), rng.standard_normal(5)
    W, alpha = rng.standard_normal((40, 2)), rng.standard_normal(40)
    merged = networks.merge(X, W, alpha)
    assert len(merged[0]) <= 20
    assert loss(X, y, *merged) == pytest.approx(loss(X, y, W, alpha))
    assert loss(X, y, *merged, 0.3) <= loss(X, y, W, alpha, 0.3)


def test_degenerate_data():
    X, y = np.array([[0.0, 0], [1, 1], [1, 1], [-2, -2]]), np.array([1.0, 2, 1, 3])
    solution = convex.solve(X, y, 0.1)
    assert solution.converged and loss(X, y, *solution.to_network(), 0.1) == pytest.approx(
        solution.objective
    )
    assert convex.solve(X, 0 * y, 0.1).objective == 0
    scaled = convex.solve(X * [1e-6, 1e6], y, 0.1)
    assert scaled.lower_bound <= scaled.objective <= y @ y


@pytest.mark.parametrize(
    "change",
    [
        dict(lam=-1),
        dict(lam=np.nan),
        dict(y=[[1.0], [2]]),
        dict(y=[1.0]),
        dict(patterns=[[1, 1, 1]]),
        dict(patterns=[[1, 2]]),
    ],
)
def test_bad_input_is_refused(change):
    with pytest.raises(ValueError, match=next(iter(change))):
        convex.solve(**(dict(X=[[1.0], [2.0]], y=[1.0, 2.0], lam=0.1) | change))


def test_certificate_of_the_optimum_is_tight():
    S = data.load("line")
    network = convex.solve(S.X, S.y, 0.01).to_network()
    assert convex.certify(S.X, S.y, *network, 0.01).gap < 1e-6
    assert activation_patterns(S.X, network[0]).shape[1] == 4
