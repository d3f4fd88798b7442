"""Batch normalisation: the programs against others' solvers, random networks and trainings."""

import cvxpy as cp
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra.numpy import arrays

from helpers import patterns
from helpers.extensions import batch_norm
from helpers.extensions.batch_norm import Network
from helpers.sections import batch_norm as section
from helpers.solver import conic

WHERE = pytest.mark.parametrize("where", batch_norm.WHERE)


def data(n, d, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)), rng.normal(size=n)


def by_definition(X, y, network, lam, where):
    """The loss, a neuron at a time."""
    n = len(X)
    f = np.zeros(n)
    for w, gamma, mu, alpha in zip(
        network.W, network.gamma, network.mu, network.alpha, strict=True
    ):
        z = X @ w if where == "before" else np.maximum(X @ w, 0)
        z = z - np.mean(z)
        z = gamma * z / np.linalg.norm(z) + mu / np.sqrt(n)
        f += alpha * (np.maximum(z, 0) if where == "before" else z)
    decay = np.sum(network.gamma**2) + np.sum(network.mu**2) + np.sum(network.alpha**2)
    return np.sum((f - y) ** 2) + lam * decay


def random_network(X, m, rng):
    return Network(rng.normal(size=(m, X.shape[1])), *rng.normal(size=(3, m)))


@WHERE
def test_the_loss_is_that_of_the_definition(where):
    X, y = data(7, 3)
    network = random_network(X, 4, np.random.default_rng(1))
    expected = by_definition(X, y, network, 0.3, where)
    assert np.isclose(batch_norm.loss(X, y, network, 0.3, where), expected, rtol=1e-12)


def test_before_the_relu_against_another_solver():
    X, y = data(6, 2)
    lam = 0.05
    centred = X - X.mean(axis=0)
    U = np.linalg.svd(centred, full_matrices=False)[0]
    data_of_the_program = np.column_stack([U, np.full(6, 6**-0.5)])
    D = patterns.enumerate_patterns(data_of_the_program)
    problem, _ = conic.program(data_of_the_program, y, lam, D)
    result = batch_norm.solve(X, y, lam, "before")
    assert np.isclose(result.objective, problem.solve(solver=cp.CLARABEL), rtol=1e-5)


def after_in_the_weights(X, y, lam):
    """The program after the ReLU, stated in the weights of every pattern."""
    n = len(X)
    output = 0
    norms = 0
    constraints = []
    for D_i in patterns.enumerate_patterns(X):
        A = D_i[:, None] * X
        A = A - A.mean(axis=0)
        for sign in (1, -1):
            w = cp.Variable(X.shape[1])
            b = cp.Variable()
            constraints.append(cp.multiply(np.where(D_i, 1, -1), X @ w) >= 0)
            output = output + sign * (A @ w) + b / np.sqrt(n)
            norms = norms + cp.norm(cp.hstack([A @ w, b]))
    objective = cp.Minimize(cp.sum_squares(output - y) + 2 * lam * norms)
    return cp.Problem(objective, constraints).solve(solver=cp.CLARABEL)


@pytest.mark.parametrize("n, d, lam", [(5, 2, 0.05), (4, 3, 0.2), (6, 1, 0.01)])
def test_after_the_relu_against_the_program_in_the_weights(n, d, lam):
    X, y = data(n, d, seed=n)
    result = batch_norm.solve(X, y, lam, "after")
    assert result.gap < 1e-6
    assert np.isclose(result.objective, after_in_the_weights(X, y, lam), rtol=1e-5)


@WHERE
def test_no_training_and_no_random_network_is_below_the_bound(where):
    X, y = data(5, 2, seed=3)
    lam = 0.05
    result = batch_norm.solve(X, y, lam, where)
    runs = section.trained(X, y, lam, where, runs=25, steps=1000)
    assert result.gap < 1e-6
    assert runs.best >= result.lower_bound
    assert np.isclose(runs.best, result.objective, rtol=1e-3)
    for run in range(3):
        network = Network(*runs.network(run))
        expected = batch_norm.loss(X, y, network, lam, where)
        assert np.isclose(runs.losses[run], expected, rtol=1e-9)
    rng = np.random.default_rng(0)
    for m in (0, 1, 2, 5) * 20:
        network = random_network(X, m, rng)
        assert batch_norm.loss(X, y, network, lam, where) >= result.lower_bound


small = arrays(float, st.tuples(st.integers(1, 5), st.integers(1, 3)), elements=st.integers(-2, 2))


@WHERE
@settings(max_examples=12, deadline=None, derandomize=True)
@given(X=small, seed=st.integers(0, 5), lam=st.sampled_from([0.01, 0.3, 50.0]))
def test_degenerate_data(where, X, seed, lam):
    y = np.random.default_rng(seed).integers(-2, 3, len(X)).astype(float)
    result = batch_norm.solve(X, y, lam, where)
    network = result.network
    assert 0 <= result.gap < 1e-5
    assert result.objective <= y @ y
    assert np.isclose(batch_norm.loss(X, y, network, lam, where), result.objective, rtol=1e-9)
    assert all(np.isfinite(a).all() for a in (network.W, network.gamma, network.mu, network.alpha))
    rng = np.random.default_rng(seed)
    for _ in range(20):
        other = random_network(X, 3, rng)
        assert batch_norm.loss(X, y, other, lam, where) >= result.lower_bound


@WHERE
def test_neither_units_of_the_columns_nor_a_basis_of_them_matter(where):
    X, y = data(6, 2, seed=4)
    plain = batch_norm.solve(X, y, 0.1, where).objective
    turned = batch_norm.solve(X @ [[2.0, 1], [1e-3, 5]], y, 0.1, where).objective
    twice = batch_norm.solve(np.column_stack([X, X[:, 0]]), y, 0.1, where).objective
    assert np.allclose([turned, twice], plain, rtol=1e-5)
    if where == "before":
        moved = batch_norm.solve(X + [10.0, -3], y, 0.1, where).objective
        constant = batch_norm.solve(np.column_stack([X, np.full(6, 0.1)]), y, 0.1, where)
        assert np.allclose([moved, constant.objective], plain, rtol=1e-5)


@WHERE
def test_labels_and_decay_in_other_units(where):
    X, y = data(6, 2, seed=5)
    plain = batch_norm.solve(X, y, 0.1, where)
    scaled = batch_norm.solve(1e90 * X, 1e4 * y, 1e3, where)
    assert np.isclose(scaled.objective, 1e8 * plain.objective, rtol=1e-5)


@WHERE
def test_without_data_only_the_shift_is_left(where):
    y = np.array([1.0, 2.0, -0.5])
    for X in (np.zeros((3, 2)), np.ones((3, 1))):
        result = batch_norm.solve(X, y, 0.2, where)
        along = y.sum() / np.sqrt(3)
        assert np.isclose(result.objective, y @ y - (along - 0.2) ** 2, rtol=1e-6)
    one = batch_norm.solve([[2.0, 1.0]], [3.0], 0.2, where)
    assert np.isclose(one.objective, 9 - 2.8**2, rtol=1e-6)


@WHERE
def test_no_neuron_is_worth_a_large_decay(where):
    X, y = data(5, 2)
    result = batch_norm.solve(X, y, 10.0, where)
    assert len(result.network.alpha) == 0
    assert result.objective == result.lower_bound == y @ y
    assert batch_norm.solve(X, 0 * y, 0.1, where).objective == 0


def test_the_article_s_program_is_that_of_neither_centring_nor_shift():
    S = section.eight_points()
    X = S.X[:5]
    y = S.y[:5]
    value = section.article_program(X, y, 0.1)
    runs = section.trained(X, y, 0.1, section.NEITHER, runs=25, steps=1000)
    assert runs.best > value * (1 - 1e-7)
    assert np.isclose(runs.best, value, rtol=1e-3)


@pytest.mark.parametrize(
    "changed, message",
    [
        (dict(X=[1.0, 2]), "X must have shape"),
        (dict(y=[1.0]), "y must have shape"),
        (dict(lam=0.0), "lam must be a finite number > 0"),
        (dict(lam=-1), "lam must be"),
        (dict(where="inside"), "where must be one of before, after; got 'inside'"),
        (dict(tol=-1), "tol must be"),
        (dict(seconds=-1), "seconds must be"),
    ],
)
def test_bad_input_is_refused(changed, message):
    arguments = dict(X=np.eye(2), y=[1.0, 2.0], lam=0.1) | changed
    with pytest.raises(ValueError, match=message):
        batch_norm.solve(**arguments)


def test_a_network_that_is_none_is_refused():
    X, y = data(3, 2)
    with pytest.raises(ValueError, match="network must be a batch_norm.Network; got a tuple"):
        batch_norm.loss(X, y, (1, 2), 0.1, "before")
    wrong = Network(np.ones((2, 2)), np.ones(2), np.ones(3), np.ones(2))
    with pytest.raises(ValueError, match=r"mu must have shape \(2,\)"):
        batch_norm.loss(X, y, wrong, 0.1, "before")


def test_too_many_patterns_are_refused():
    X, y = data(20, 5)
    with pytest.raises(ValueError, match="at most 5,000 patterns"):
        batch_norm.solve(X, y, 0.1, "after")
