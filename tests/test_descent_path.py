"""Moves that never raise the loss, and descents of many networks at once."""

import numpy as np
import pytest

from helpers import convex, networks, train
from helpers.loss import loss, predict
from helpers.networks import stationarity
from helpers.sections import theorems as descent_path


def network(seed, m=12, n=5, d=2):
    rng = np.random.default_rng(seed)
    X, W, alpha = rng.normal(size=(n, d)), rng.normal(size=(m, d)), rng.normal(size=m)
    if seed % 3 == 0:  # degenerate: a point twice, a neuron without input, one without output
        X[1], W[0], alpha[1] = X[0], 0, 0
    return X, rng.normal(size=n), W, alpha


@pytest.mark.parametrize("seed", range(6))
def test_balancing_keeps_the_output_and_never_costs(seed):
    X, y, W, alpha = network(seed)
    steps = [descent_path.balance(W, alpha, t) for t in np.linspace(0, 1, 11)]
    assert np.allclose(steps[0][0], W) and np.allclose(steps[0][1], alpha)
    assert np.allclose([predict(X, *s) for s in steps], predict(X, W, alpha))
    assert np.diff([loss(X, y, *s, 1.0) for s in steps]).max() < 1e-12
    assert np.allclose(np.linalg.norm(steps[-1][0], axis=1), np.abs(steps[-1][1]))


@pytest.mark.parametrize("seed", range(6))
def test_merging_and_pruning_keep_the_output(seed):
    X, y, W, alpha = network(seed, m=30)
    s, U = np.where(alpha < 0, -1.0, 1.0), np.abs(alpha)[:, None] * W
    merged = descent_path.merge_moves(X, U, s)
    pruned = list(descent_path.prune_moves(X, merged[-1], s))
    for V in (*merged, *pruned):
        assert np.allclose(predict(X, *descent_path.balanced(V, s)), predict(X, W, alpha))
    assert np.diff([np.linalg.norm(V, axis=1).sum() for V in (U, *merged, *pruned)]).max() < 1e-12
    live = np.linalg.norm(merged[-1], axis=1) > 0
    kinds = np.column_stack([merged[-1][live] @ X.T >= 0, s[live] > 0])
    assert len(np.unique(kinds, axis=0)) == len(kinds)
    assert np.sum(np.linalg.norm(pruned[-1], axis=1) > descent_path.EMPTY) <= len(X)


def test_the_path_ends_at_the_optimum_and_needs_room():
    X, y, W, alpha = network(1)
    best = convex.solve(X, y, 0.05, tol=1e-9)
    goal = networks.prune(X, *best.to_network())
    path = descent_path.non_increasing(X, y, W, alpha, goal)
    values = [loss(X, y, *net, 0.05) for net in path]
    assert values[0] == pytest.approx(loss(X, y, W, alpha, 0.05)) and values[-1] == pytest.approx(
        best.objective
    )
    assert np.diff(values).max() < 1e-8
    with pytest.raises(ValueError, match="W must have at least"):
        descent_path.non_increasing(X, y, W[:3], alpha[:3], goal)


def test_many_descents_are_the_single_ones():
    X, y, W, alpha = network(2, m=6)
    ends, V, a = train.descend_many(
        X, y, W.reshape(2, 3, 2), alpha.reshape(2, 3), lam=0.1, step=0.01, steps=50
    )
    for k in range(2):
        alone = train.gradient_descent(
            X, y, W[3 * k : 3 * k + 3], alpha[3 * k : 3 * k + 3], step=0.01, steps=50, lam=0.1
        )
        assert (
            np.allclose(V[k], alone.final[0])
            and np.allclose(a[k], alone.final[1])
            and ends[k] == pytest.approx(alone.loss[-1])
        )


def test_a_network_at_rest_is_stationary_and_its_own_optimum():
    X, y, W, alpha = network(4, m=2)
    ends, V, a = train.settle(X, y, W[None], alpha[None], 0.1)
    assert ends[0] <= train.descend_many(X, y, W[None], alpha[None], lam=0.1, step=0.01).loss[0]
    assert stationarity(X, y, V[0], a[0], 0.1, kink=1e-5) < 1e-2
    assert convex.own_program(X, y, V[0], a[0], 0.1).objective == pytest.approx(ends[0], rel=1e-4)
