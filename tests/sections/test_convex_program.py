"""Section Equivalent convex problem: the factor 2, the mapping both ways, a neuron's cone."""

import cvxpy as cp
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from helpers import convex, data, experiments, networks, patterns, train
from helpers.figures import convex_program as figures
from helpers.loss import loss
from helpers.sections import convex_program

TWO = data.load("landscape")


def random_network(seed, n=6, d=3, m=12):
    """X, y, W and alpha, all standard normal."""
    rng = np.random.default_rng(seed)
    shapes = [(n, d), n, (m, d), m]
    return [rng.standard_normal(shape) for shape in shapes]


@pytest.mark.parametrize("lam, right, wrong", [(0.1, 0.58, 0.295), (0.5, 2.5, 1.375)])
def test_the_penalty_needs_the_factor_two(lam, right, wrong):
    start = [[1.0], [-1.0]], [0.5, 0.5]
    run = train.gradient_descent(TWO.X, TWO.y, *start, step=0.02, steps=4000, lam=lam)
    assert run.loss[-1] == pytest.approx(right, abs=1e-6)
    assert convex.solve(TWO.X, TWO.y, lam).objective == pytest.approx(right, abs=1e-5)
    assert convex.solve(TWO.X, TWO.y, lam / 2).objective == pytest.approx(wrong, abs=1e-5)


@pytest.mark.parametrize("seed", range(4))
def test_an_optimum_becomes_a_network_of_its_loss(seed):
    X, y, *_ = random_network(seed)
    best = convex.solve(X, y, 0.1)
    value = convex.program_value(X, y, best.U, best.V, best.patterns, 0.1)
    assert loss(X, y, *best.to_network(), 0.1) == pytest.approx(best.objective, rel=1e-6)
    assert value == pytest.approx(best.objective, rel=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_a_network_becomes_a_point_of_no_larger_value(seed):
    X, y, W, alpha = random_network(seed)
    U, V, D = networks.from_network(X, W, alpha)
    for B in (U, V):
        assert min(convex.cone_margin(X, u, row) for u, row in zip(B, D, strict=True)) >= -1e-12
    fit = convex.program_value(X, y, U, V, D, 0)
    assert fit == pytest.approx(loss(X, y, W, alpha))
    value = convex.program_value(X, y, U, V, D, 0.1)
    assert value <= loss(X, y, W, alpha, 0.1) + 1e-9
    assert value >= convex.solve(X, y, 0.1).objective - 1e-6


def test_more_neurons_than_patterns_do_not_help():
    X = data.with_bias([-1.0, -0.55, -0.1, 0.35, 0.9])
    y = np.array([0.3, 0.9, 0.2, 0.8, 0.5])
    best = convex.solve(X, y, 0.01)
    assert len(best.patterns) == 10
    twice = convex.solve(X, y, 0.01, np.repeat(best.patterns, 2, axis=0))
    assert twice.objective == pytest.approx(best.objective, rel=1e-6)
    settings = dict(step=0.04, steps=8000, lam=0.01, record_every=8000)
    ends = {}
    for m in (4, 32):
        start = train.uniform_network(m, 2, 0.35, np.random.default_rng(0))
        ends[m] = train.gradient_descent(X, y, *start, **settings).loss[-1]
    assert min(ends.values()) > best.lower_bound
    assert ends[32] == pytest.approx(best.objective, abs=0.01)


@pytest.mark.parametrize("seed", range(3))
def test_a_step_of_the_convex_neuron_is_that_of_a_network_without_walls(seed):
    X, y, W, _ = random_network(seed)
    X[0] = 0.0  # no wall, but one of the n points
    step = 1e-6  # too short for a wall
    moved = convex_program.cone_descent(X, y, W[0], step=step, steps=1)
    run = train.gradient_descent(X, y, W[:1], [1.0], step=step / len(y), steps=1, train_alpha=False)
    moves = (moved.u - W[0]) / step
    np.testing.assert_allclose(moves[1], (run.W[1, 0] - W[0]) / step, rtol=1e-6)
    assert moved.value[0] == pytest.approx(loss(X, y, W[:1], [1.0]) / len(y))


def test_the_convex_neuron_stays_in_its_cone():
    T, run = experiments.run("one neuron", train.gradient_descent, step=0.01, steps=1000)
    start = run.W[0, 0]
    descent = convex_program.cone_descent(T.X, T.y, start, step=0.01, steps=2000)
    np.testing.assert_array_equal(descent.u[0], start)
    assert min(convex.cone_margin(T.X, u, [0, 1]) for u in descent.u) > -1e-9
    assert descent.value[-1] == pytest.approx(0.125, abs=1e-6)
    assert patterns.activation_points(descent.u[-1:]) == pytest.approx(-0.2)
    optimum = convex.solve(T.X, T.y, 0, [[0, 1]]).objective
    assert 2 * descent.value[-1] == pytest.approx(optimum, abs=1e-5)
    assert run.fit[-1] < 1e-4  # the network's neuron leaves that cone


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_descent_in_a_cone_reaches_its_program(seed):
    X, y, W, _ = random_network(seed, n=4, d=2, m=1)
    D = patterns.activation_patterns(X, W)[0]
    active = D[:, None] * X
    assume(np.linalg.svd(active)[1][-1] > 0.3)  # else it takes more steps
    descent = convex_program.cone_descent(X, y, W[0], step=0.05, steps=4000, record_every=4000)
    u = cp.Variable(2)
    misfit = cp.sum_squares(active @ u - y)
    cone = cp.multiply(np.where(D, 1, -1), X @ u) >= 0
    best = cp.Problem(cp.Minimize(misfit), [cone]).solve(solver=cp.CLARABEL)
    assert descent.step.tolist() == [0, 4000]
    assert convex.cone_margin(X, descent.u[-1], D) > -1e-8
    assert 4 * descent.value[-1] == pytest.approx(best, abs=1e-4)


def test_the_figure_along_lambda_says_its_values():
    X = data.with_bias([-1.0, 0.2, 0.9])
    y = np.array([0.3, 0.9, 0.2])
    lambda_max = convex.lambda_max(X, y)
    best = convex.solve(X, y, 0.1 * lambda_max)
    draw = figures.along_lambda(X, y, lambda_max, {0.1: best})
    misfit = np.sum((best.predict(X) - y) ** 2)
    words = f"optimal value {best.objective:.3f}, of which the data term {misfit:.3f}"
    assert words in draw(0.1).alt


def test_the_player_of_two_descents_shows_both_losses():
    settings = dict(step=0.01, steps=20, record_every=10)
    T, run = experiments.run("one neuron", train.gradient_descent, **settings)
    descent = convex_program.cone_descent(T.X, T.y, run.W[0, 0], **settings)
    player = figures.two_descents(T, run, descent)
    assert player.captions[1] == (
        f"step 10: network loss {run.fit[1]:.4f}, convex loss {descent.value[1]:.4f}"
    )
