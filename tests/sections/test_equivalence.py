"""Section Specifics about equivalence: ends of descent, merging, optima over a few patterns."""

import numpy as np
import pytest

from helpers import convex, data, networks, patterns, train
from helpers.figures import equivalence as figures
from helpers.loss import loss, predict
from helpers.sections import equivalence

S = data.load("one-neuron")
TWO = data.load("landscape")


@pytest.mark.parametrize(
    "w, alpha, value",
    [
        ([-0.8, 0.6], [0.5, 0.5], 0.1168),
        ([0.9, 0.5], [0.6, 0.5], 1.0384),
        ([-0.9, -0.5], [0.6, 0.5], 0.3284),
        ([-0.5, 0.5], [-0.5, -0.5], 1.25),
    ],
)
def test_every_end_of_two_neurons_is_the_optimum_over_its_patterns(w, alpha, value):
    W = np.array(w)[:, None]
    run = train.gradient_descent(S.X, S.y, W, alpha, step=0.05, steps=4000, lam=0.04)
    assert run.loss[-1] == pytest.approx(value, abs=1e-6)
    W, alpha = run.final
    D, first = np.unique(patterns.activation_patterns(S.X, W), axis=0, return_index=True)
    own = convex.solve(S.X, S.y, 0.04, D, signs=np.sign(alpha[first]))
    assert own.objective == pytest.approx(value, abs=1e-5)


@pytest.mark.parametrize(
    "start, value", [([-1, 1], 0.455), ([0.5, 0.4], 1.190), ([-0.5, -0.4], 4.048)]
)
def test_the_three_values_with_the_second_layer_fixed(start, value):
    W = np.array(start, float)[:, None]
    settings = dict(step=0.05, steps=2000, lam=0.1, train_alpha=False)
    run = train.gradient_descent(TWO.X, TWO.y, W, np.ones(2), **settings)
    decay_of_the_second_layer = 0.2
    assert run.loss[-1] - decay_of_the_second_layer == pytest.approx(value, abs=1e-3)


def test_merging_keeps_the_output_on_the_data_only():
    X = data.with_bias([-0.5, 0.0, 0.4])
    W = np.array([[1.0, 0.4], [1.0, 0.05]])
    alpha = np.ones(2)
    merged = networks.merge(X, W, alpha)
    assert len(merged[1]) == 1
    np.testing.assert_allclose(predict(X, *merged), predict(X, W, alpha))
    between = data.with_bias([-0.2])
    assert predict(between, W, alpha) == pytest.approx(0.2)
    assert predict(between, *merged) == pytest.approx(0.05)


def test_restricted_optima_are_local_minima_where_no_constraint_binds():
    rng = np.random.default_rng(0)
    X = data.with_bias(rng.uniform(-1, 1, 5))
    y = rng.uniform(-1, 1, 5)
    D = patterns.enumerate_patterns(X)
    found = []
    for _ in range(20):
        rows = rng.choice(len(D), 3, replace=False)
        signs = rng.choice([-1, 1], 3)
        found.append(equivalence.restricted_optimum(X, y, 0.01, D[rows], signs))
    falls = {True: [], False: []}
    for optimum, margin, after in found:
        if np.isfinite(margin):
            falls[margin > 1e-5].append(optimum - after > 1e-3)
    assert len(falls[True]) > 0
    assert not any(falls[True])
    assert sum(falls[False]) > len(falls[False]) / 2


def test_an_optimum_without_neurons_stays():
    X = data.with_bias([-1.0, 1.0])
    y = np.array([1.0, 2.0])
    all_points = np.array([[True, True]])
    found = equivalence.restricted_optimum(X, y, 0.1, all_points, [-1])
    assert found.optimum == found.after == pytest.approx(5.0)
    assert found.margin == np.inf


def test_opposite_points_make_every_pattern_reachable_but_two_open():
    X = np.array([[1.0, 0.0], [-1.0, 0.0]])
    u = np.array([0.0, 1.0])
    for D in ([1, 1], [1, 0], [0, 1], [0, 0]):
        assert convex.cone_margin(X, u, D) == 0
    assert len(patterns.enumerate_patterns(X)) == 2


def test_the_figure_of_a_trained_network_counts_its_neurons():
    start = [[0.5], [-0.5]], [0.5, -0.5]
    run = train.gradient_descent(S.X, S.y, *start, step=0.05, steps=3000, lam=0.04)
    words = "neurons: 2. Final loss 1.038: 0 on x₁, 1 on x₂, 1 at zero."
    assert figures.trained(S, run).alt == words


def test_the_panels_carry_the_loss_of_their_network():
    networks = {f"{w} on x_2": (np.array([[w]]), np.array([1.0])) for w in (0.5, 1.0, 1.5, 2.0)}
    fig = figures.kinds(S, networks, lam=0.04)
    for ax, (W, alpha) in zip(fig.axes, networks.values(), strict=True):
        title = f"{W[0, 0]} on $x_2$\nloss {loss(S.X, S.y, W, alpha, 0.04):.3f}"
        assert ax.get_title() == title


def test_program_and_network_are_one_inside_a_cone_and_two_outside():
    rng = np.random.default_rng(0)
    X = data.with_bias(rng.uniform(-1, 1, 5))
    y = rng.uniform(-1, 1, 5)
    last = np.array([False, False, False, False, True])
    cut = equivalence.through_the_wall(X, y, 0.01, last, 1.0)
    inside = cut.t <= 0
    np.testing.assert_allclose(cut.network[inside], cut.program[inside])
    solved = convex.solve(X, y, 0.01, [last], signs=[1.0])
    best = solved.objective
    (u,) = solved.U
    (wall,) = np.flatnonzero(np.abs(X @ u) < 1e-9)
    for k in (0, -1):  # the ends are as far from the optimum as t says, straight through the wall
        point = u + cut.t[k] * (-1 if last[wall] else 1) * X[wall] / np.linalg.norm(X[wall])
        value = convex.program_value(X, y, point[None], np.zeros((1, 2)), last[None], 0.01)
        assert cut.program[k] == pytest.approx(value)
    assert cut.network[inside].min() == pytest.approx(best, rel=1e-5)
    assert cut.network[-1] < best - 0.1 < cut.program[~inside].min()
    (ax,) = figures.wall(cut).axes
    network, allowed, forbidden, optimum = ax.lines
    assert allowed.get_xdata().max() <= 0 < forbidden.get_xdata().min()
    assert optimum.get_ydata() == pytest.approx([best], rel=1e-5)
    with pytest.raises(ValueError, match="on a wall"):
        equivalence.through_the_wall(X, y, 0.01, np.ones(5, bool), 1.0)
