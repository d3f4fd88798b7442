"""Layer by layer: every stage against its program written out, and against descent."""

from itertools import product

import cvxpy as cp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import convex
from helpers.extensions import layer_by_layer
from helpers.sections import layer_by_layer as section


def written_out(H, y, lam):
    """The stage's program over all 2^n sets of active points: what is no pattern adds nothing."""
    n, d = H.shape
    output = 0
    length = 0
    walls = []
    for D in product([0.0, 1.0], repeat=n):
        D = np.array(D)
        for sign in (1, -1):
            u = cp.Variable(d)
            output = output + sign * cp.multiply(D, H @ u)
            length = length + cp.norm(u)
            walls.append(cp.multiply(2 * D - 1, H @ u) >= 0)
    loss = cp.sum_squares(output - y) + 2 * lam * length
    return cp.Problem(cp.Minimize(loss), walls).solve(solver=cp.CLARABEL)


def random_problem(seed, n, d, share):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d))
    y = rng.normal(size=n)
    return X, y, share * convex.lambda_max(X, y)


@pytest.fixture(scope="module")
def trained():
    problem = section.twelve_points()
    return problem, problem.train(3)


@pytest.mark.parametrize("seed", [0, 1])
def test_every_stage_is_the_optimum_of_its_program(seed):
    X, y, lam = random_problem(seed, 4, 2, 0.1)
    training = layer_by_layer.train(X, y, lam, 3)
    assert training.converged
    for stage in training.stages:
        assert stage.objective == pytest.approx(written_out(stage.features, y, lam), rel=1e-5)
        assert 0 <= stage.gap < 1e-6


@pytest.mark.parametrize("unit", layer_by_layer.UNITS)
def test_the_loss_of_a_stage_is_its_objective(unit):
    X, y, lam = random_problem(2, 8, 3, 0.1)
    training = layer_by_layer.train(X, y, lam, 3, unit=unit)
    for k, stage in enumerate(training.stages):
        H = X
        for W in stage.network.hidden:
            H = np.maximum(H @ W.T, 0)
        np.testing.assert_allclose(H, stage.features, atol=1e-12)
        output = np.maximum(H @ stage.network.W.T, 0) @ stage.network.alpha
        decay = np.sum(stage.network.W**2) + np.sum(stage.network.alpha**2)
        value = np.sum((output - y) ** 2) + lam * decay
        assert stage.objective == pytest.approx(value, rel=1e-9)
        assert layer_by_layer.loss(X, y, stage.network, lam) == pytest.approx(value, rel=1e-9)
        np.testing.assert_allclose(stage.network.predict(X), output, atol=1e-9)
        assert len(stage.network.hidden) == k
    np.testing.assert_allclose(training.predict(X), output, atol=1e-9)
    kept = [stage.features.shape[1] for stage in training.stages[1:]]
    assert training.network.widths == (*kept, len(training.network.W))


def test_what_is_kept_has_length_one(trained):
    problem, training = trained
    for W in training.network.hidden:
        np.testing.assert_allclose(np.linalg.norm(W, axis=1), 1, rtol=1e-12)
    for stage in problem.train(3, "features").stages[1:]:
        np.testing.assert_allclose(np.linalg.norm(stage.features, axis=0), 1, rtol=1e-12)


def test_the_optimum_of_a_stage_is_a_point_of_the_next(trained):
    problem, training = trained
    y = problem.S.y
    for before, after in zip(training.stages, training.stages[1:], strict=False):
        sizes = np.zeros((2, after.features.shape[1]))
        whole = 0
        for w, alpha in zip(before.network.W, before.network.alpha, strict=True):
            h = np.maximum(before.features @ w, 0) * abs(alpha)
            lengths = np.linalg.norm(after.features, axis=0)
            k = np.argmax(h @ after.features / lengths)  # the feature along h
            sizes[int(alpha < 0), k] += np.linalg.norm(h) / lengths[k]
            whole += np.linalg.norm(w) * abs(alpha)
        output = np.zeros(len(y))
        penalty = 0
        for s, v in zip((1, -1), sizes, strict=True):
            assert (after.features @ v >= 0).all()  # the pattern of ones
            output += s * np.maximum(after.features @ v, 0)
            penalty += np.linalg.norm(v)
        np.testing.assert_allclose(output, before.network.predict(problem.S.X), atol=1e-9)
        assert penalty <= whole * (1 + 1e-12)
        value = np.sum((output - y) ** 2) + 2 * problem.lam * penalty
        assert after.objective <= value * (1 + 1e-12)


def test_of_parallel_features_the_longest_is_kept():
    """Two neurons that differ off the data only, and one that gives the third of another."""
    X = np.array([[1.0, 0.0], [2.0, 0.0], [-1.0, 0.0]])
    network = layer_by_layer.Network(
        (), np.array([[3.0, 0.0], [3.0, 4.0], [-2.0, 0.0]]), np.array([1.0, 2.0, -1.0])
    )
    kept, share = layer_by_layer._parallel(np.maximum(X @ network.W.T, 0) / [3, 5, 2])
    assert kept.tolist() == [0, 2]
    np.testing.assert_allclose(share, [[1, 0, 0], [0.6, 0, 0], [0, 0, 1]])
    W = np.vstack([network.W, [[0.0, 5.0]]])  # one that no point sees
    network = layer_by_layer.Network((), W, np.append(network.alpha, 1.0))
    stage = layer_by_layer.Stage(network, 1.0, 1.0, X, convex.Reason.CONVERGED)
    assert stage.neurons == 2


@settings(max_examples=12, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 1000),
    n=st.integers(1, 8),
    d=st.integers(1, 3),
    share=st.sampled_from([0.01, 0.1, 0.5, 0.99, 1.5]),
    integers=st.booleans(),
)
def test_the_objective_never_rises(seed, n, d, share, integers):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d))
    y = rng.normal(size=n)
    if integers:
        X = rng.integers(-1, 2, size=(n, d))
        y = rng.integers(-1, 2, size=n)
    lam = share * convex.lambda_max(X, y) + 1e-3
    stages = layer_by_layer.train(X, y, lam, 3).stages
    objectives = [stage.objective for stage in stages]
    assert (np.diff(objectives) <= 1e-12 * objectives[0]).all()
    for stage in stages:
        assert stage.lower_bound <= stage.objective <= np.sum(y**2) * (1 + 1e-12)
        assert len(stage.network.W) <= n


def test_with_features_of_length_one_it_rises(trained):
    problem, training = trained
    objectives = [stage.objective for stage in training.stages]
    scaled = [stage.objective for stage in problem.train(3, "features").stages]
    assert (np.diff(objectives) < 0).all()
    assert scaled[0] == pytest.approx(objectives[0])
    assert scaled[2] > scaled[1] > 1.05 * scaled[0]


def test_no_restart_goes_below_the_bound(trained):
    problem, training = trained
    for stage in training.stages:
        runs = section.on_features(problem, stage, runs=50, steps=300)
        assert len(runs.losses) == 50
        assert runs.best >= stage.lower_bound * (1 - 1e-9)


def test_descent_on_all_layers_begins_at_the_network_and_goes_below(trained):
    problem, training = trained
    begun = section.together(problem, training.network, runs=2, steps=0)
    assert begun.losses[0] == pytest.approx(training.objective, rel=1e-9)
    random = [p[1] for p in begun.parameters]
    layers = [W / np.linalg.norm(W, axis=1)[:, None] for W in random[:-2]]
    network = layer_by_layer.Network(tuple(layers), random[-2], random[-1])
    value = layer_by_layer.loss(problem.S.X, problem.S.y, network, problem.lam)
    assert begun.losses[1] == pytest.approx(value, rel=1e-9)
    runs = section.together(problem, training.network, runs=1, steps=300)
    assert runs.best < 0.99 * training.objective


def test_units_do_not_matter():
    X, y, lam = random_problem(5, 7, 2, 0.1)
    plain = layer_by_layer.train(X, y, lam, 2, tol=1e-9)
    larger = layer_by_layer.train(X, 7 * y, 7 * lam, 2, tol=1e-9)
    for one, other in zip(plain.stages, larger.stages, strict=True):
        assert other.objective == pytest.approx(49 * one.objective, rel=1e-6)


def test_above_lambda_max_nothing_is_left():
    X, y, lam = random_problem(6, 6, 2, 1.01)
    training = layer_by_layer.train(X, y, lam, 3)
    assert training.objective == training.lower_bound == pytest.approx(y @ y)
    assert training.gap == 0
    assert training.network.widths == (0, 0, 0)
    assert not training.predict(X).any()


def test_a_high_rank_is_refused_or_labelled():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(30, 15))
    y = rng.normal(size=30)
    lam = 0.5 * np.linalg.norm(X.T @ y)
    with pytest.raises(ValueError, match="stage 1 has features of rank 15.*seconds"):
        layer_by_layer.train(X, y, lam, 2)
    stage = layer_by_layer.train(X, y, 0.01 * lam, 1, seconds=0.5).stages[0]
    assert not stage.converged
    assert stage.reason is layer_by_layer.Reason.TIME_LIMIT
    assert 0 <= stage.lower_bound < stage.objective


X = np.array([[1.0, 2.0], [3.0, -1.0]])
BAD = [
    (dict(X=[1.0, 2.0]), "X must have shape"),
    (dict(y=[1.0]), "y must have shape"),
    (dict(y=[1.0, np.nan]), "y must be finite"),
    (dict(lam=0), "lam must be a finite number > 0"),
    (dict(lam=-1), "lam must be"),
    (dict(layers=0), "layers must be an integer >= 1"),
    (dict(layers=2.0), "layers must be an integer"),
    (dict(unit="both"), "unit must be one of weights, features"),
    (dict(tol=-1), "tol must be"),
    (dict(seconds=-1), "seconds must be"),
]


@pytest.mark.parametrize("wrong, message", BAD)
def test_bad_input_is_refused(wrong, message):
    arguments = dict(X=X, y=[1.0, 2.0], lam=0.1, layers=2) | wrong
    with pytest.raises(ValueError, match=message):
        layer_by_layer.train(**arguments)


def test_the_loss_refuses_bad_input():
    network = layer_by_layer.train(X, [1.0, 2.0], 0.1, 2).network
    with pytest.raises(ValueError, match="X must have 2 columns"):
        layer_by_layer.loss(X[:, :1], [1.0, 2.0], network, 0.1)
    with pytest.raises(ValueError, match="y must have shape"):
        layer_by_layer.loss(X, [1.0], network, 0.1)
    with pytest.raises(ValueError, match="lam must be"):
        layer_by_layer.loss(X, [1.0, 2.0], network, -0.1)
    with pytest.raises(ValueError, match="network must be"):
        layer_by_layer.loss(X, [1.0, 2.0], (X, [1.0, 2.0]), 0.1)
