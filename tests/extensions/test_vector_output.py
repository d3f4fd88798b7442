"""Several outputs: the three programs against other forms, one output, trainings and chance."""

import cvxpy as cp
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra.numpy import arrays

from helpers import convex, gated, patterns
from helpers.extensions import vector_output
from helpers.extensions.vector_output import Network
from helpers.sections import vector_output as section

KIND = pytest.mark.parametrize("kind", vector_output.KINDS)
JOINT = pytest.mark.parametrize("kind", ["relu", "gated"])


def data(n, d, c, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)), rng.normal(size=(n, c))


def by_definition(X, Y, network, lam):
    """The loss, a neuron at a time."""
    f = np.zeros(Y.shape)
    decay = 0.0
    for j in range(len(network.W)):
        z = X @ network.W[j]
        gate = z > 0 if network.gates is None else network.gates[j]
        f += np.outer(np.where(gate, z, 0), network.V[j])
        decay += network.W[j] @ network.W[j] + network.V[j] @ network.V[j]
    return np.sum((f - Y) ** 2) + lam * decay


def random_network(X, c, kind, m, rng):
    """Of a kind, with weights drawn at random."""
    W = rng.normal(size=(m, X.shape[1]))
    V = rng.normal(size=(m, c))
    if kind == "one-vs-all":
        V = V * np.eye(c)[rng.integers(0, c, m)]
    if kind == "gated":
        return Network(W, V, patterns.activation_patterns(X, rng.normal(size=W.shape)))
    return Network(W, V)


@KIND
def test_the_loss_is_that_of_the_definition(kind):
    X, Y = data(6, 3, 2)
    network = random_network(X, 2, kind, 5, np.random.default_rng(1))
    value = vector_output.loss(X, Y, network, 0.3, kind)
    assert np.isclose(value, by_definition(X, Y, network, 0.3), rtol=1e-12)


@pytest.mark.parametrize("n, d, c, lam", [(5, 2, 2, 0.1), (4, 3, 3, 0.3), (5, 1, 2, 0.05)])
def test_gated_against_nuclear_norms(n, d, c, lam):
    X, Y = data(n, d, c, seed=n)
    D = patterns.enumerate_patterns(X)
    V = [cp.Variable((d, c)) for _ in D]
    output = sum(D_i[:, None] * X @ V_i for D_i, V_i in zip(D, V, strict=True))
    cost = sum(cp.normNuc(V_i) for V_i in V)
    problem = cp.Problem(cp.Minimize(cp.sum_squares(output - Y) + 2 * lam * cost))
    result = vector_output.solve(X, Y, lam, "gated")
    assert result.gap < 1e-6
    assert np.isclose(result.objective, problem.solve(solver=cp.CLARABEL), rtol=1e-6)


def directions(X, count):
    """Unit vectors of the plane, at equal angles and along the edges of the cones."""
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    edges = np.arctan2(X[:, 0], -X[:, 1])
    angle = np.concatenate([angle, edges, edges + np.pi])
    return np.column_stack([np.cos(angle), np.sin(angle)])


@pytest.mark.parametrize("n, c, lam", [(4, 2, 0.1), (5, 3, 0.4)])
def test_relu_against_a_group_lasso_over_many_directions(n, c, lam):
    # every direction of the plane is within half a degree of one of these
    X, Y = data(n, 2, c, seed=n)
    H = np.maximum(X @ directions(X, 360).T, 0)
    V = cp.Variable((H.shape[1], c))
    cost = cp.sum(cp.norm(V, axis=1))
    problem = cp.Problem(cp.Minimize(cp.sum_squares(H @ V - Y) + 2 * lam * cost))
    near = problem.solve(solver=cp.CLARABEL)
    result = vector_output.solve(X, Y, lam)
    assert result.gap < 1e-6
    assert result.lower_bound <= near <= result.objective * (1 + 1e-3)


@pytest.mark.parametrize("d", [1, 2, 3, 4])
def test_one_output_is_the_core_s_program(d):
    X, Y = data(6, d, 1, seed=d)
    expected = convex.solve(X, Y[:, 0], 0.1).objective
    for kind in ("relu", "one-vs-all"):
        result = vector_output.solve(X, Y, 0.1, kind)
        assert np.isclose(result.objective, expected, rtol=1e-5)
        assert result.gap < 1e-5
    D = patterns.enumerate_patterns(X)
    relaxed = gated.solve(X, Y[:, 0], 0.1, D).objective
    assert np.isclose(vector_output.solve(X, Y, 0.1, "gated").objective, relaxed, rtol=1e-5)


@KIND
@pytest.mark.parametrize("n, d, c", [(5, 2, 2), (6, 3, 2)])
def test_no_training_is_below_the_bound(kind, n, d, c):
    X, Y = data(n, d, c, seed=n)
    lam = 0.1 * np.linalg.norm(X) * np.linalg.norm(Y)
    result = vector_output.solve(X, Y, lam, kind)
    runs = section.trained(X, Y, lam, kind, runs=15, steps=600)
    assert result.gap < 1e-6
    assert runs.best >= result.lower_bound
    assert np.isclose(runs.best, result.objective, rtol=2e-3)


small = arrays(float, st.tuples(st.integers(1, 5), st.integers(1, 3)), elements=st.integers(-2, 2))


@KIND
@settings(max_examples=12, deadline=None, derandomize=True)
@given(X=small, c=st.integers(1, 3), seed=st.integers(0, 5), lam=st.sampled_from([0.01, 0.3, 50.0]))
def test_degenerate_data(kind, X, c, seed, lam):
    rng = np.random.default_rng(seed)
    Y = rng.integers(-2, 3, (len(X), c)).astype(float)
    result = vector_output.solve(X, Y, lam, kind)
    assert 0 <= result.gap < 1e-5
    assert result.objective <= np.sum(Y**2)
    value = by_definition(X, Y, result.network, lam)
    assert np.isclose(value, result.objective, rtol=1e-9)
    for _ in range(20):
        other = random_network(X, c, kind, 3, rng)
        assert vector_output.loss(X, Y, other, lam, kind) >= result.lower_bound


@pytest.mark.parametrize("kind", ["relu", "gated"])
def test_labels_that_need_all_of_a_cone(kind):
    # X = I: the block of the orthant is the labels, shrunk; its factor of four rows is a circle
    circle = np.array([[2.0, 1, 0, 1], [1, 2, 1, 0], [0, 1, 2, 1], [1, 0, 1, 2]])
    result = vector_output.solve(np.eye(4), circle, 0.3, kind)
    sizes = np.linalg.svd(circle)[1]
    shrunk = np.maximum(sizes - 0.3, 0)
    expected = np.sum((sizes - shrunk) ** 2) + 0.6 * shrunk.sum()
    assert np.isclose(result.objective, expected, rtol=1e-6)
    assert result.gap < 1e-6


def test_the_kinds_are_ordered():
    X, Y = data(6, 3, 2, seed=8)
    found = section.solved_all(X, Y, 0.2)
    assert found["gated"].objective < found["relu"].objective < found["one-vs-all"].objective


@KIND
def test_other_units(kind):
    X, Y = data(5, 2, 2, seed=9)
    plain = vector_output.solve(X, Y, 0.2, kind)
    for a, b in ((1e-3, 1e4), (1e100, 1e-90), (1e-100, 1e90)):
        scaled = vector_output.solve(a * X, b * Y, 0.2 * a * b, kind)
        assert np.isclose(scaled.objective, b**2 * plain.objective, rtol=1e-5)


@KIND
def test_no_neuron_is_worth_a_large_decay(kind):
    X, Y = data(5, 2, 2)
    result = vector_output.solve(X, Y, 100.0, kind)
    assert len(result.network.W) == 0
    assert np.isclose(result.lower_bound, np.sum(Y**2), rtol=1e-12)
    assert vector_output.solve(X, 0 * Y, 0.1, kind).objective == 0
    assert np.isclose(vector_output.solve(0 * X, Y, 0.1, kind).gap, 0)


def test_more_than_four_rays_are_refused():
    X, Y = data(6, 5, 2)
    with pytest.raises(ValueError, match="rank of at most 4 with kind 'relu'.*got rank 5"):
        vector_output.solve(X, Y, 0.1)
    assert vector_output.solve(X[:, [0, 1, 2, 3, 0]], Y, 2.0).gap < 1e-6
    assert vector_output.solve(X, Y, 2.0, "gated").gap < 1e-6


@JOINT
def test_too_many_patterns_are_refused(kind):
    X, Y = data(60, 4, 2)
    with pytest.raises(ValueError, match="at most 5,000 patterns"):
        vector_output.solve(X, Y, 0.1, kind)


@pytest.mark.parametrize(
    "changed, message",
    [
        (dict(X=[1.0, 2]), "X must have shape"),
        (dict(Y=[1.0, 2]), r"Y must have shape \(2, c\).*use Y\[:, None\]"),
        (dict(Y=np.ones((3, 2))), r"Y must have shape \(2, c\)"),
        (dict(Y=[["a", "b"], ["c", "d"]]), "Y must"),
        (dict(lam=0.0), "lam must be a finite number > 0"),
        (dict(kind="softmax"), "kind must be one of relu, gated, one-vs-all; got 'softmax'"),
        (dict(tol=-1), "tol must be"),
    ],
)
def test_bad_input_is_refused(changed, message):
    arguments = dict(X=np.eye(2), Y=np.eye(2), lam=0.1) | changed
    with pytest.raises(ValueError, match=message):
        vector_output.solve(**arguments)


def test_a_network_of_another_kind_is_refused():
    X, Y = data(4, 2, 2)
    plain = Network(np.ones((3, 2)), np.ones((3, 2)))

    def refused(network, kind, message):
        with pytest.raises(ValueError, match=message):
            vector_output.loss(X, Y, network, 0.1, kind)

    refused((1, 2), "relu", "network must be a vector_output.Network; got a tuple")
    refused(plain, "gated", "network must have gates")
    refused(plain, "one-vs-all", "neurons that feed one output each")
    refused(Network(np.ones((3, 2)), np.ones((2, 2))), "relu", r"V must have shape \(3, 2\)")
    gates = np.ones((2, 4), bool)
    refused(Network(plain.W, plain.V, gates), "gated", "gates must have 3 rows")
