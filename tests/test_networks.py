"""Networks as points of the convex program, merged, pruned, at rest."""

import numpy as np
import pytest

from helpers import convex, data, networks
from helpers.loss import gradient, loss, predict
from helpers.patterns import activation_patterns


def network(seed, n=6, d=3, m=12, dead=False):
    """(X, y, W, alpha), with a neuron w = 0 and one alpha = 0 if `dead`."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d))
    y = rng.standard_normal(n)
    W = rng.standard_normal((m, d))
    alpha = rng.standard_normal(m)
    if dead:
        W[0] = 0
        alpha[1] = 0
    return X, y, W, alpha


@pytest.mark.parametrize("dead", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_a_point_of_the_program_and_back(seed, dead):
    X, y, W, alpha = network(seed, dead=dead)
    U, V, D = networks.from_network(X, W, alpha)
    assert len(np.unique(D, axis=0)) == len(D)
    assert {bytes(row) for row in D} == {bytes(row) for row in activation_patterns(X, W)}
    at_it = convex.program_value(X, y, U, V, D, 0.1)
    assert convex.program_value(X, y, U, V, D, 0) == pytest.approx(loss(X, y, W, alpha))
    assert at_it <= loss(X, y, W, alpha, 0.1) + 1e-9
    for B in (U, V):
        for D_i, u in zip(D, B, strict=True):
            assert convex.cone_margin(X, u, D_i) >= -1e-12
    back = networks.to_network(U, V)
    assert loss(X, y, *back, 0.1) == pytest.approx(at_it)
    assert len(back[1]) == np.sum(U.any(axis=1)) + np.sum(V.any(axis=1))


@pytest.mark.parametrize("dead", [False, True])
def test_merging_keeps_the_output_and_never_raises_the_loss(dead):
    rng = np.random.default_rng(5)
    X = data.with_bias(rng.uniform(-1, 1, 5))
    y = rng.standard_normal(5)
    _, _, W, alpha = network(5, d=2, m=40, dead=dead)
    merged = networks.merge(X, W, alpha)
    assert len(merged[0]) <= 20  # ten patterns, two signs
    assert predict(X, *merged) == pytest.approx(predict(X, W, alpha))
    assert loss(X, y, *merged, 0.3) <= loss(X, y, W, alpha, 0.3)
    assert np.linalg.norm(merged[0], axis=1) == pytest.approx(np.abs(merged[1]))
    assert len(networks.merge(X, *merged)[1]) == len(merged[1])


@pytest.mark.parametrize("dead", [False, True])
@pytest.mark.parametrize("twins", [False, True])
def test_pruning_leaves_at_most_n_neurons(twins, dead):
    rng = np.random.default_rng(8)
    X = data.with_bias(rng.uniform(-1, 1, 6))
    if twins:
        X[2] = X[1]
    _, _, W, alpha = network(8, d=2, m=200, dead=dead)
    W_, alpha_ = networks.prune(X, W, alpha)
    assert 0 < len(W_) <= 6
    assert predict(X, W_, alpha_) == pytest.approx(predict(X, W, alpha), rel=1e-12)
    zeros = np.zeros(6)
    decay = loss(X, zeros, W_, alpha_, 1.0) - loss(X, zeros, W_, alpha_)
    assert decay <= np.sum(W**2) + alpha @ alpha
    assert np.linalg.norm(W_, axis=1) == pytest.approx(np.abs(alpha_))


def test_pruning_goes_by_moves_that_keep_the_output_and_never_cost():
    X, _, W, alpha = network(9, n=5, m=60)
    W, alpha = networks.merge(X, W, alpha)
    s = np.sign(alpha)
    U = np.abs(alpha)[:, None] * W
    moves = [U, *networks.prune_moves(X, U, s)]
    assert len(moves) == len(U) - 5 + 1  # one neuron a move
    for before, after in zip(moves, moves[1:], strict=False):
        middle = (before + after) / 2
        for products in (middle, after):
            output = predict(X, *networks.balanced(products, s))
            assert output == pytest.approx(predict(X, W, alpha))
        assert np.linalg.norm(after, axis=1).sum() <= np.linalg.norm(before, axis=1).sum() + 1e-12
        assert np.sum(after.any(axis=1)) == np.sum(before.any(axis=1)) - 1
    assert np.array_equal(moves[0], U)  # the argument is not changed


def test_sizes_that_rounding_has_moved_are_corrected():
    rng = np.random.default_rng(10)
    X = rng.standard_normal((40, 6))
    U = rng.standard_normal((12, 6))
    s = rng.choice([-1.0, 1.0], 12)
    target = predict(X, *networks.balanced(U, s))
    moved = U * (1 + 1e-13 * rng.uniform(0.5, 2, (12, 1)))
    corrected = networks._corrected(X, moved, s, target)
    error = np.abs(predict(X, *networks.balanced(corrected, s)) - target).max()
    assert error < 0.2 * np.abs(predict(X, *networks.balanced(moved, s)) - target).max()


def test_a_correction_that_would_cost_is_not_made():
    X = np.eye(2)
    U = np.eye(2)
    s = np.ones(2)
    more = np.array([1.0, 1.1])  # the sizes would have to grow
    assert networks._corrected(X, U, s, more) is U
    same = networks._corrected(X, U, s, np.array([1.0, 0.9]))
    assert same == pytest.approx(np.diag([1.0, 0.9]))
    assert networks._corrected(X, U, s, np.array([1.0, -0.1])) is U  # a size would vanish


def test_no_neuron_stays_no_neuron():
    for W, alpha in ((np.zeros((3, 2)), np.ones(3)), (np.ones((3, 2)), np.zeros(3))):
        for few in (networks.prune, networks.merge):
            W_, alpha_ = few(np.eye(2), W, alpha)
            assert W_.shape == (0, 2) and alpha_.shape == (0,)


def test_balanced_networks_cost_least():
    rng = np.random.default_rng(2)
    U = rng.standard_normal((5, 3))
    U[2] = 0
    s = np.array([1.0, -1, 1, 1, -1])
    W, alpha = networks.balanced(U, s)
    assert np.abs(alpha)[:, None] * W == pytest.approx(U)
    assert np.sum(W**2) + alpha @ alpha == pytest.approx(2 * np.linalg.norm(U, axis=1).sum())
    assert (np.sign(alpha) == s * [1, 1, 0, 1, 1]).all()


def test_stationarity_at_a_kink_and_away_from_it():
    X = np.array([[1.0, -0.5], [0.0, 1.0]])
    y = np.array([1.0, 0.1])
    W = np.array([[np.sqrt(0.9), 0.0]])
    alpha = np.array([np.sqrt(0.9)])  # Clarke stationary, and yet not optimal
    assert networks.stationarity(X, y, W, alpha, 0.1) == pytest.approx(0, abs=1e-8)
    certificate = convex.certify(X, y, W, alpha, 0.1)
    assert certificate.best < certificate.loss - 1e-3
    rng = np.random.default_rng(9)
    W = rng.standard_normal((3, 2))
    alpha = rng.standard_normal(3)
    dW, dalpha = gradient(X, y, W, alpha, 0.1)
    length = np.sqrt(np.sum(dW**2) + np.sum(dalpha**2))
    assert networks.stationarity(X, y, W, alpha, 0.1) == pytest.approx(length)


def test_distinct_neurons_are_counted_by_sign_and_direction():
    W = np.array([[1.0, 0], [2, 0], [1, 1e-5], [0, 1], [1, 0], [1e-9, 0], [0, 0]])
    alpha = np.array([1.0, 3, 1, 1, -1, 1, 1])
    assert networks.distinct_neurons(W, alpha) == 3  # (1, 0) with both signs, and (0, 1)
    assert networks.distinct_neurons(W, alpha, tol=1e-7) == 4
    assert networks.distinct_neurons(np.zeros((0, 2)), np.zeros(0)) == 0


def test_patterns_and_signs_are_each_listed_once():
    D = np.array([[1, 0], [1, 0], [1, 0], [0, 1]], bool)
    patterns, signs = networks.patterns_and_signs(D, np.array([1.0, 2.0, -1.0, 0.0]))
    assert {(*row, s) for row, s in zip(patterns.tolist(), signs, strict=True)} == {
        (True, False, 1.0),
        (True, False, -1.0),
        (False, True, -1.0),
    }


def test_the_largest_gap_of_two_networks():
    X = np.array([[1.0], [-2.0]])
    one = np.array([[1.0]]), np.array([1.0])
    two = np.array([[-1.0]]), np.array([2.0])
    assert networks.largest_gap(one, two, X) == 4  # outputs (1, 0) and (0, 4)
