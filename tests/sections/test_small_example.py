"""Section Small example walkthrough: one neuron, two points, four programs."""

import cvxpy as cp
import numpy as np
import pytest

from helpers import data, train
from helpers.figures import small_example as figures
from helpers.loss import loss
from helpers.sections import small_example

S = data.load("one-neuron")


def test_the_loss_of_one_neuron_is_that_of_the_network():
    w = np.linspace(-2.5, 2.5, 101).reshape(1, 101)
    values = small_example.one_neuron_loss(S.X, S.y, w)
    assert values.shape == w.shape
    expected = [loss(S.X, S.y, [[v]], [1.0]) for v in w[0]]
    np.testing.assert_allclose(values[0], expected)


def test_one_neuron_has_two_minima_and_a_kink():
    w = np.linspace(-2.5, 2.5, 2001)
    values = small_example.one_neuron_loss(S.X, S.y, w)
    inside = values[1:-1]
    lowest = (inside < values[:-2]) & (inside < values[2:])
    np.testing.assert_allclose(w[1:-1][lowest], [-1, 0.5])
    three = small_example.one_neuron_loss(S.X, S.y, [-1, 0, 0.5])
    np.testing.assert_allclose(three, [0.25, 1.25, 1])


@pytest.mark.parametrize(
    "pattern, constrained, weight, value",
    [
        ((0, 1), False, 0.5, 1),
        ((1, 0), False, -1, 0.25),
        ((1, 1), False, -0.25, 1.125),
        ((1, 1), True, 0, 1.25),
    ],
)
def test_the_four_programs(pattern, constrained, weight, value):
    u = cp.Variable(1)
    D = np.diag(pattern)
    misfit = cp.sum_squares(D @ S.X @ u - S.y)
    cone = [(2 * D - np.eye(2)) @ S.X @ u >= 0] if constrained else []
    optimum = cp.Problem(cp.Minimize(misfit), cone).solve(solver=cp.CLARABEL)
    assert optimum == pytest.approx(value, abs=1e-6)
    assert u.value[0] == pytest.approx(weight, abs=1e-5)
    assert small_example.program_value(S, pattern, weight) == pytest.approx(value)


@pytest.mark.parametrize(
    "pattern, cone",
    [((0, 0), [0]), ((1, 1), [0]), ((0, 1), [0, 0.5, 1]), ((1, 0), [-1, -0.5, 0])],
)
def test_the_weights_that_a_pattern_allows(pattern, cone):
    u = np.array([-1, -0.5, 0, 0.5, 1])
    assert u[small_example.allowed(S, pattern, u)].tolist() == cone


@pytest.mark.parametrize("step, end", [(0.1, 0.5), (0.7, -1)])
def test_a_large_step_jumps_to_the_other_minimum(step, end):
    start = [[2.0]], [1.0]
    run = train.gradient_descent(S.X, S.y, *start, step=step, steps=200, train_alpha=False)
    assert run.W[-1, 0, 0] == pytest.approx(end)


@pytest.mark.parametrize(
    "w, words",
    [
        (-0.5, "w₁ = -0.50: the neuron activates x₁ only, loss 0.500."),
        (0.5, "w₁ = 0.50: the neuron activates x₂ only, loss 1.000."),
        (0.0, "w₁ = 0.00: the neuron activates no point, loss 1.250."),
    ],
)
def test_the_figure_of_a_neuron_says_what_it_shows(w, words):
    assert figures.neuron(S, w).alt == words
