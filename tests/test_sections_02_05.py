"""The numbers of the sections from the small example to equivalence, and the helpers that only they use."""

import cvxpy as cp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import convex, data, experiments, networks, patterns, train
from helpers.figures import equivalence as equivalence_figures
from helpers.figures import second_layer, small_example
from helpers.loss import loss, predict
from helpers.sections import convex_program, equivalence
from helpers.sections import second_layer as product
from helpers.sections.small_example import one_neuron_loss

S = data.load("one-neuron")
TWO = data.load("landscape")


def optimum(value, constraints=()):
    """Value of a program stated in cvxpy: the oracle of these tests."""
    return cp.Problem(cp.Minimize(value), list(constraints)).solve(solver=cp.CLARABEL)


def test_one_neuron_has_two_minima_and_a_kink():
    w = np.linspace(-2.5, 2.5, 2001)
    values = one_neuron_loss(S.X, S.y, w)
    assert values == pytest.approx([loss(S.X, S.y, [[v]], [1.0]) for v in w])
    inside = values[1:-1]
    minima = w[1:-1][(inside < values[:-2]) & (inside < values[2:])]
    assert minima == pytest.approx([-1, 0.5])
    assert one_neuron_loss(S.X, S.y, np.array([-1, 0, 0.5])) == pytest.approx([0.25, 1.25, 1])


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
    u, D = cp.Variable(1), np.diag(pattern)
    cones = [(2 * D - np.eye(2)) @ S.X @ u >= 0] if constrained else []
    assert optimum(cp.sum_squares(D @ S.X @ u - S.y), cones) == pytest.approx(value, abs=1e-6)
    assert u.value[0] == pytest.approx(weight, abs=1e-5)
    assert small_example.program_value(S, pattern, weight) == pytest.approx(value)


def test_a_large_step_jumps_to_the_other_minimum():
    for step, end in ((0.1, 0.5), (0.7, -1)):
        run = train.gradient_descent(
            S.X, S.y, [[2.0]], [1.0], step=step, steps=200, train_alpha=False
        )
        assert run.W[-1, 0, 0] == pytest.approx(end)


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(0, 4))
def test_the_hidden_function_is_the_least_loss_of_a_product(x, y, lam):
    hidden = product.hidden_loss(x * y, lam)
    assert product.product_loss(x, y, lam) >= hidden - 1e-9
    assert product.product_loss(*product.split(x * y), lam) == pytest.approx(
        float(hidden), abs=1e-9
    )
    assert np.prod(product.split(x * y)) == pytest.approx(x * y)


@pytest.mark.parametrize("lam", [0, 0.5, 1.3, 2.5])
def test_the_best_product(lam):
    z = cp.Variable()
    value = optimum((z - 1) ** 2 + lam * cp.abs(z))
    best = product.best_product(lam)
    assert best == pytest.approx(max(0, 1 - lam / 2)) == pytest.approx(float(z.value), abs=1e-4)
    assert float(product.hidden_loss(best, lam)) == pytest.approx(value, abs=1e-6)
    starts = np.random.default_rng(0).uniform(-2, 2, (40, 2))
    ends = product.descend(starts, lam, steps=4000)
    assert product.product_loss(*ends.T, lam) == pytest.approx(value, abs=1e-4)
    different = len(np.unique(ends.round(2) + 0.0, axis=0))
    assert different > 10 if lam == 0 else different == (2 if lam < 2 else 1)


def test_product_refuses_bad_input():
    with pytest.raises(ValueError, match="lam"):
        product.best_product(-1)
    with pytest.raises(ValueError, match="finite"):
        product.split(np.nan)


def test_a_negative_label_needs_the_second_variable():
    for y, with_twin, without in ((1.0, 0.4375, 0.4375), (-1.0, 0.4375, 1.0), (0.1, 0.01, 0.01)):
        z, v = cp.Variable(), cp.Variable()
        both = optimum((-(z - v) - y) ** 2 + 0.5 * (cp.abs(z) + cp.abs(v)), [-z >= 0, -v >= 0])
        assert both == pytest.approx(with_twin, abs=1e-6)
        assert optimum((-z - y) ** 2 + 0.5 * cp.abs(z), [-z >= 0]) == pytest.approx(
            without, abs=1e-6
        )
        runs = [
            train.gradient_descent([[-1.0]], [y], [[-1.0]], [a], step=0.1, steps=1000, lam=0.25)
            for a in (-0.5, 0.5)
        ]
        assert min(run.loss[-1] for run in runs) == pytest.approx(both, abs=1e-4)


def test_a_pair_is_not_one_neuron_in_the_plane():
    X, y = np.eye(2), np.array([1.0, -1.0])
    assert convex.solve(X, y, 0.001, [[1, 1]]).objective == pytest.approx(0.004, abs=1e-5)
    one = min(
        convex.solve(X, y, 0.001, [D], signs=[s]).objective
        for D in patterns.enumerate_patterns(X)
        for s in (1, -1)
    )
    assert one == pytest.approx(1.002, abs=1e-5)


@pytest.mark.parametrize("lam, right, wrong", [(0.1, 0.58, 0.295), (0.5, 2.5, 1.375)])
def test_the_penalty_needs_the_factor_two(lam, right, wrong):
    run = train.gradient_descent(
        TWO.X, TWO.y, [[1.0], [-1.0]], [0.5, 0.5], step=0.02, steps=4000, lam=lam
    )
    assert run.loss[-1] == pytest.approx(right, abs=1e-6)
    assert convex.solve(TWO.X, TWO.y, lam).objective == pytest.approx(right, abs=1e-5)
    assert convex.solve(TWO.X, TWO.y, lam / 2).objective == pytest.approx(wrong, abs=1e-5)


def random_network(seed, n=6, d=3, m=12):
    rng = np.random.default_rng(seed)
    return (
        rng.standard_normal((n, d)),
        rng.standard_normal(n),
        rng.standard_normal((m, d)),
        rng.standard_normal(m),
    )


@pytest.mark.parametrize("seed", range(4))
def test_both_directions_of_the_mapping(seed):
    X, y, W, alpha = random_network(seed)
    best = convex.solve(X, y, 0.1)
    assert loss(X, y, *best.to_network(), 0.1) == pytest.approx(best.objective, rel=1e-6)
    assert convex.program_value(X, y, best.U, best.V, best.patterns, 0.1) == pytest.approx(
        best.objective, rel=1e-6
    )
    U, V, D = networks.from_network(X, W, alpha)
    assert convex.program_value(X, y, U, V, D, 0) == pytest.approx(loss(X, y, W, alpha))
    assert (
        best.objective - 1e-6
        <= convex.program_value(X, y, U, V, D, 0.1)
        <= loss(X, y, W, alpha, 0.1) + 1e-9
    )
    assert all(convex.cone_margin(X, u, row) >= -1e-12 for B in (U, V) for u, row in zip(B, D))


@pytest.mark.parametrize("seed", range(4))
def test_n_neurons_are_enough(seed):
    X, y, W, alpha = random_network(seed, m=40)
    W[3] = 0  # a neuron without output
    few, a = networks.prune(X, W, alpha)
    assert len(a) <= len(X) and predict(X, few, a) == pytest.approx(predict(X, W, alpha))
    assert np.sum(few**2) + a @ a <= np.sum(W**2) + alpha @ alpha
    assert np.linalg.norm(few, axis=1) == pytest.approx(np.abs(a))


def test_no_neuron_stays_no_neuron():
    W, alpha = networks.prune(np.eye(2), np.zeros((3, 2)), np.ones(3))
    assert W.shape == (0, 2) and alpha.shape == (0,)


def test_more_neurons_than_patterns_do_not_help():
    X, y = data.with_bias([-1.0, -0.55, -0.1, 0.35, 0.9]), np.array([0.3, 0.9, 0.2, 0.8, 0.5])
    best = convex.solve(X, y, 0.01)
    assert len(best.patterns) == 10
    again = convex.solve(X, y, 0.01, np.repeat(best.patterns, 2, axis=0))
    assert again.objective == pytest.approx(best.objective, rel=1e-6)
    for m in (4, 32):
        start = train.uniform_network(m, 2, 0.35, np.random.default_rng(0))
        end = train.gradient_descent(
            X, y, *start, step=0.04, steps=8000, lam=0.01, record_every=8000
        ).loss[-1]
        assert end > best.lower_bound
        assert m < 10 or end == pytest.approx(best.objective, abs=0.01)


def test_the_convex_neuron_stays_in_its_cone():
    T, run = experiments.run("one neuron", train.gradient_descent, step=0.01, steps=1000)
    _, path, values = convex_program.cone_descent(T.X, T.y, run.W[0, 0], step=0.01, steps=2000)
    assert min(convex.cone_margin(T.X, u, [0, 1]) for u in path) > -1e-9
    assert values[-1] == pytest.approx(0.125, abs=1e-6) and patterns.activation_points(
        path[-1:]
    ) == pytest.approx(-0.2)
    assert 2 * values[-1] == pytest.approx(convex.solve(T.X, T.y, 0, [[0, 1]]).objective, abs=1e-5)
    assert run.fit[-1] < 1e-4


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_descent_in_a_cone_reaches_its_program(seed):
    X, y, W, _ = random_network(seed, n=4, d=2, m=1)
    D = patterns.activation_patterns(X, W)
    _, path, values = convex_program.cone_descent(
        X, y, W[0], step=0.05, steps=4000, record_every=4000
    )
    u, active = cp.Variable(2), D[0][:, None] * X
    best = optimum(cp.sum_squares(active @ u - y), [cp.multiply(np.where(D[0], 1, -1), X @ u) >= 0])
    assert convex.cone_margin(X, path[-1], D[0]) > -1e-8
    assert len(X) * values[-1] >= best - 1e-5
    if np.linalg.matrix_rank(active) == 2 and np.linalg.svd(active)[1][-1] > 0.3:
        assert len(X) * values[-1] == pytest.approx(best, abs=1e-4)


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
    run = train.gradient_descent(
        S.X, S.y, np.array(w)[:, None], alpha, step=0.05, steps=4000, lam=0.04
    )
    W, a = run.final
    D, first = np.unique(patterns.activation_patterns(S.X, W), axis=0, return_index=True)
    assert run.loss[-1] == pytest.approx(value, abs=1e-6)
    assert convex.solve(S.X, S.y, 0.04, D, signs=np.sign(a[first])).objective == pytest.approx(
        value, abs=1e-5
    )


def test_the_three_values_with_the_second_layer_fixed():
    for start, value in (([-1, 1], 0.455), ([0.5, 0.4], 1.190), ([-0.5, -0.4], 4.048)):
        W = np.array(start, float)[:, None]
        run = train.gradient_descent(
            TWO.X, TWO.y, W, np.ones(2), step=0.05, steps=2000, lam=0.1, train_alpha=False
        )
        assert run.loss[-1] - 0.2 == pytest.approx(value, abs=1e-3)


def test_merging_keeps_the_output_on_the_data_only():
    X, W = data.with_bias([-0.5, 0.0, 0.4]), np.array([[1.0, 0.4], [1.0, 0.05]])
    merged = networks.merge(X, W, np.ones(2))
    assert len(merged[1]) == 1 and predict(X, *merged) == pytest.approx(predict(X, W, np.ones(2)))
    between = data.with_bias([-0.2])
    assert predict(between, W, np.ones(2)) == pytest.approx(0.2) and predict(
        between, *merged
    ) == pytest.approx(0.05)


def test_restricted_optima_are_local_minima_where_no_constraint_binds():
    rng = np.random.default_rng(0)
    X, y = data.with_bias(rng.uniform(-1, 1, 5)), rng.uniform(-1, 1, 5)
    D = patterns.enumerate_patterns(X)
    picks = [(rng.choice(len(D), 3, replace=False), rng.choice([-1, 1], 3)) for _ in range(20)]
    before, margin, after = np.transpose(
        [equivalence.restricted_optimum(X, y, 0.01, D[rows], signs) for rows, signs in picks]
    )
    falls, free, binds = before - after > 1e-3, np.isfinite(margin) & (margin > 1e-5), margin < 1e-5
    assert free.any() and not falls[free].any() and falls[binds].sum() > binds.sum() / 2


def test_opposite_points_make_every_pattern_reachable_but_two_open():
    X = np.array([[1.0, 0.0], [-1.0, 0.0]])
    assert all(
        convex.cone_margin(X, np.array([0.0, 1.0]), D) == 0
        for D in ([1, 1], [1, 0], [0, 1], [0, 0])
    )
    assert len(patterns.enumerate_patterns(X)) == 2


def test_explore_figures_say_what_they_show():
    assert "x₁ only, loss 0.500" in small_example.neuron(S, -0.5).alt
    assert "no point" in small_example.neuron(S, 0.0).alt
    assert "0.4375, at z = 0.750" in second_layer.hidden(0.5).alt
    assert "hyperbola" in second_layer.hidden(0).alt and "(0, 0) only" in second_layer.hidden(3).alt
    run = train.gradient_descent(
        S.X, S.y, [[0.5], [-0.5]], [0.5, -0.5], step=0.05, steps=3000, lam=0.04
    )
    assert "1.038: 0 on x₁, 1 on x₂, 1 at zero" in equivalence_figures.trained(S, run, 0.04).alt
