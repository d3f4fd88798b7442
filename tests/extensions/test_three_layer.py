"""Three layers: against the two-layer program, one conic program of all blocks, torch, sampling."""

import cvxpy as cp
import numpy as np
import pytest
import torch
from scipy.optimize import linprog

from helpers import convex
from helpers.extensions import three_layer
from helpers.extensions.three_layer import Network
from helpers.figures import three_layer as figures
from helpers.sections import three_layer as section


def random_network(rng, K, m, d):
    first = rng.normal(size=(K, m, d))
    first /= np.linalg.norm(first, axis=2, keepdims=True)
    return Network(first, rng.normal(size=(K, m)), rng.normal(size=K))


def data(seed, n, d):
    """Points, one of them twice and one at the origin, where there are so many."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d))
    if seed % 2:
        X[-1] = X[0]
        if n > 2:
            X[1] = 0
    return X, rng.normal(size=n)


def whole_program(X, y, lam, width):
    """The program over all blocks at once, written block by block from their definition."""
    blocks = three_layer.blocks(X, width)
    d = X.shape[1]
    output = 0
    penalty = 0
    cones = []
    for D1, eps, D2 in zip(blocks.first, blocks.eps, blocks.second, strict=True):
        for sign in (1, -1):
            Z = cp.Variable((width, d))
            sums = sum(e * (D[:, None] * X) @ z for e, D, z in zip(eps, D1, Z, strict=True))
            output += sign * cp.multiply(D2.astype(float), sums)
            penalty += cp.norm(Z, "fro")
            for D, z in zip(D1, Z, strict=True):
                cones.append(cp.multiply(2.0 * D - 1, X @ z) >= 0)
            cones.append(cp.multiply(2.0 * D2 - 1, sums) >= 0)
    value = cp.sum_squares(output - y) + 2 * lam * penalty
    return cp.Problem(cp.Minimize(value), cones).solve(solver=cp.CLARABEL)


@pytest.mark.parametrize(
    "seed, n, d", [(0, 5, 2), (1, 5, 2), (2, 4, 3), (3, 4, 3), (5, 1, 2), (7, 3, 1)]
)
@pytest.mark.parametrize("share", [0.02, 0.4, 0.98, 1.001, 3.0])
def test_one_neuron_a_sub_network_is_the_two_layer_program(seed, n, d, share):
    X, y = data(seed, n, d)
    lam = share * max(convex.lambda_max(X, y), 1e-3)
    found = three_layer.solve(X, y, lam)
    assert found.objective == three_layer.loss(X, y, found.network, lam)
    assert found.objective == pytest.approx(convex.solve(X, y, lam, tol=1e-9).objective, rel=1e-6)
    assert 0 <= found.gap < 1e-6
    if share > 1:
        assert len(found.network.last) == 0
        assert found.gap < 1e-11


@pytest.mark.parametrize("seed, n, d", [(0, 3, 2), (1, 4, 2), (2, 2, 2), (3, 3, 1)])
def test_it_is_the_program_of_all_blocks(seed, n, d):
    X, y = data(seed, n, d)
    found = three_layer.solve(X, y, 0.1, width=2)
    assert found.objective == pytest.approx(whole_program(X, y, 0.1, 2), rel=1e-6)
    assert 0 <= found.gap < 1e-6
    assert found.objective <= three_layer.solve(X, y, 0.1).objective * (1 + 1e-7)


@pytest.mark.parametrize(
    "seed, n, d, width", [(0, 4, 2, 2), (1, 5, 2, 2), (2, 3, 3, 2), (3, 3, 2, 3)]
)
def test_every_pair_of_patterns_of_random_networks_is_among_the_blocks(seed, n, d, width):
    X, _ = data(seed, n, d)
    blocks = three_layer.blocks(X, width)
    parts = zip(blocks.first, blocks.eps, blocks.second, strict=True)
    listed = {(key(D1, eps), D2.tobytes()) for D1, eps, D2 in parts}
    assert len(listed) == len(blocks) // 2
    rng = np.random.default_rng(seed)
    met = set()
    for _ in range(20000):
        Z = rng.normal(size=(width, d)) * 10 ** rng.uniform(-2, 2, (width, 1))
        eps = rng.choice([-1, 1], width)
        inner = X @ Z.T
        sums = np.maximum(inner, 0) @ eps
        D1 = (inner > 0).T
        if sums.max() > 0 and D1.any(axis=1).all():
            met.add((key(D1, eps), (sums > 0).tobytes()))
    assert met <= listed
    assert len(met) > 0.8 * len(listed)
    parts = zip(blocks.first, blocks.eps, blocks.second, strict=True)
    assert all(has_interior(X, *block) for block in parts)


def has_interior(X, D1, eps, D2):
    """Whether the cone of a block has one, by linear programming."""
    inner = [np.kron(np.eye(len(D1))[j], (2.0 * D - 1)[:, None] * X) for j, D in enumerate(D1)]
    sums = np.hstack([e * D[:, None] * X for e, D in zip(eps, D1, strict=True)])
    rows = np.vstack([*inner, (2.0 * D2 - 1)[:, None] * sums])
    rows = rows[rows.any(axis=1)]
    A = np.column_stack([-rows, np.ones(len(rows))])
    cost = np.r_[np.zeros(rows.shape[1]), -1]
    bounds = [(-1, 1)] * rows.shape[1] + [(None, 1)]
    return linprog(cost, A, np.zeros(len(rows)), bounds=bounds).x[-1] > 1e-8


def key(D1, eps):
    """The neurons of a block in an order of their own."""
    return tuple(sorted((D.tobytes(), int(e)) for D, e in zip(D1, eps, strict=True)))


def test_the_loss_is_that_of_torch():
    rng = np.random.default_rng(0)
    X, y = data(0, 5, 3)
    network = random_network(rng, 4, 2, 3)
    hidden = torch.relu(torch.tensor(X) @ torch.tensor(network.first).transpose(1, 2))
    outer = torch.relu((hidden * torch.tensor(network.second)[:, None]).sum(dim=2))
    fit = torch.tensor(network.last) @ outer
    decay = np.sum(network.second**2) + np.sum(network.last**2)
    by_hand = ((fit.numpy() - y) ** 2).sum() + 0.3 * decay
    assert three_layer.loss(X, y, network, 0.3) == pytest.approx(by_hand)
    np.testing.assert_allclose(network.predict(X), fit)


@pytest.mark.parametrize("seed", range(3))
def test_no_network_loses_less_than_the_bound(seed):
    X, y = data(seed, 4, 2)
    found = three_layer.solve(X, y, 0.05, width=2)
    best = found.network
    rng = np.random.default_rng(seed)
    assert np.allclose(np.linalg.norm(best.first, axis=2)[best.second != 0], 1)
    for size in np.geomspace(1e-6, 1, 200):
        first = best.first + size * rng.normal(size=best.first.shape)
        first /= np.linalg.norm(first, axis=2, keepdims=True)
        second = best.second + size * rng.normal(size=best.second.shape)
        last = best.last * (1 + size * rng.normal(size=best.last.shape))
        assert three_layer.loss(X, y, Network(first, second, last), 0.05) >= found.lower_bound


def test_trainings_meet_the_optimum_and_never_pass_it():
    P = section.problem()
    best = section.optimum(P)
    few, many = section.trained(P, [1, 24], runs=50, steps=1000)
    assert min(few.best, many.best) >= best.lower_bound
    assert many.best == pytest.approx(best.objective, rel=5e-2)
    assert section.success(few, best) < section.success(many, best) or few.best > many.best
    first, second, last = few.network(int(few.losses.argmin()))
    first = first[:1] / np.linalg.norm(first[:1], axis=2, keepdims=True)
    own = three_layer.loss(P.X, P.y, Network(first, second[:1], last[:1]), P.lam)
    assert own == pytest.approx(few.best)
    axes = figures.success_rate({1: few, 24: many}, best).axes[0]
    assert [bar.get_height() for bar in axes.patches] == [
        100 * section.success(runs, best) for runs in (few, many)
    ]


@pytest.mark.parametrize("of_X, of_y", [(1e100, 1e40), (1e-149, 1e149), (1e3, 1e-3)])
def test_it_does_not_feel_the_units(of_X, of_y):
    X, y = data(0, 4, 2)
    plain = three_layer.solve(X, y, 0.1)
    scaled = three_layer.solve(of_X * X, of_y * y, 0.1 * of_X * of_y)
    assert scaled.objective / of_y / of_y == pytest.approx(plain.objective, rel=1e-6)
    assert scaled.gap < 1e-6


def test_zero_is_the_best_of_zero_labels_and_of_zero_data():
    X = np.array([[1.0, 2.0], [0.5, -1.0]])
    nothing = three_layer.solve(X, np.zeros(2), 0.1, 2)
    assert (nothing.objective, nothing.lower_bound, nothing.gap) == (0, 0, 0)
    assert nothing.network.first.shape == (0, 2, 2)
    blind = three_layer.solve(0 * X, np.ones(2), 0.1, 2)
    assert (blind.objective, blind.gap) == (2, 0)


def test_too_many_blocks_are_refused_at_once():
    X = np.random.default_rng(0).normal(size=(30, 3))
    with pytest.raises(ValueError, match="at most 20000 blocks.*use a smaller width"):
        three_layer.solve(X, np.ones(30), 0.1, 2)


GOOD = dict(X=np.eye(3), y=np.ones(3), lam=0.1)


@pytest.mark.parametrize(
    "change, message",
    [
        (dict(X=np.ones(3)), "X must have shape"),
        (dict(X=np.full((3, 3), np.nan)), "X must be finite"),
        (dict(y=np.ones((3, 1))), "y must have shape"),
        (dict(y=["a", "b", "c"]), "y must be an array of real numbers"),
        (dict(lam=0), "lam must be a finite number > 0"),
        (dict(lam=np.nan), "lam must be"),
        (dict(width=0), "width must be an integer >= 1"),
        (dict(width=1.0), "width must be an integer"),
    ],
)
def test_bad_input_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        three_layer.solve(**(GOOD | change))


def test_a_network_that_does_not_fit_is_refused():
    rng = np.random.default_rng(0)
    good = random_network(rng, 2, 2, 3)
    X, y, lam = GOOD.values()
    three_layer.loss(X, y, good, lam)
    bad = {
        "network.first must have shape": Network(good.first[:, :, :2], good.second, good.last),
        "network.last must have shape": Network(good.first, good.second, good.last[:1]),
        "rows of length 1": Network(1.1 * good.first, good.second, good.last),
    }
    for message, network in bad.items():
        with pytest.raises(ValueError, match=message):
            three_layer.loss(X, y, network, lam)
    with pytest.raises(ValueError, match="network must be a three_layer.Network"):
        three_layer.loss(X, y, None, lam)
