"""Parallel deep linear networks, against a conic solver, torch, brute force and trainings."""

import cvxpy as cp
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.extensions import deep_linear
from helpers.extensions.deep_linear import Network
from helpers.figures import deep_linear as figures
from helpers.sections import deep_linear as section


def nuclear_program(X, Y, lam):
    """The least value of the program, by an SDP solver."""
    W = cp.Variable((X.shape[1], Y.shape[1]))
    value = cp.sum_squares(X @ W - Y) + 2 * lam * cp.normNuc(W)
    return cp.Problem(cp.Minimize(value)).solve(solver=cp.CLARABEL)


def random_network(rng, widths, branches=3):
    shapes = zip(widths[:-1], widths[1:], strict=True)
    return Network(tuple(rng.normal(size=(branches, *shape)) for shape in shapes))


def degenerate(rng, n, d, c):
    """Data with a row twice, a row and a column of zeros, wherever there is room."""
    X = rng.normal(size=(n, d))
    Y = rng.normal(size=(n, c))
    X[-1] = X[0]
    if n > 2:
        X[1] = 0
    if d > 1:
        X[:, 0] = 0
    return X, Y


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    n=st.integers(1, 7),
    d=st.integers(1, 5),
    c=st.integers(1, 4),
    share=st.sampled_from([0.01, 0.3, 0.99, 1.0, 3.0]),
    depth=st.integers(2, 5),
)
def test_it_is_the_optimum_of_the_nuclear_norm(seed, n, d, c, share, depth):
    X, Y = degenerate(np.random.default_rng(seed), n, d, c)
    lam = share * max(np.linalg.norm(X.T @ Y, 2), 0.1)
    found = deep_linear.solve(X, Y, lam, depth)
    assert found.objective == deep_linear.loss(X, Y, found.network, lam)
    assert found.objective == pytest.approx(nuclear_program(X, Y, lam), rel=1e-6)
    assert 0 <= found.gap < 1e-8
    assert found.network.depth == depth
    W = found.network.product()
    assert found.network.branches == np.linalg.matrix_rank(W, tol=1e-9)
    if share >= 1:
        assert np.abs(W).max(initial=0) < 1e-6


@pytest.mark.parametrize("share", [0.001, 0.1, 0.5])
@pytest.mark.parametrize("spread", [1.0, 1e3])
def test_columns_of_other_sizes_are_no_trouble(share, spread):
    rng = np.random.default_rng(3)
    X = rng.normal(size=(20, 8)) * np.geomspace(1, spread, 8)
    Y = rng.normal(size=(20, 5))
    lam = share * np.linalg.norm(X.T @ Y, 2)
    assert deep_linear.solve(X, Y, lam).gap < 1e-8


@pytest.mark.parametrize("lam", [0.3, 1.0, 2.5])
def test_with_orthonormal_columns_singular_values_are_cut(lam):
    rng = np.random.default_rng(0)
    X = np.linalg.qr(rng.normal(size=(6, 4)))[0]
    Y = X @ np.diag([2.0, 2.0, 2.0, 1.0])  # a tie among them
    found = deep_linear.solve(X, Y, lam)
    left = np.maximum(np.array([2, 2, 2, 1]) - lam, 0)
    by_hand = np.sum((left - [2, 2, 2, 1]) ** 2) + 2 * lam * left.sum()
    assert found.objective == pytest.approx(by_hand, rel=1e-9)
    assert found.network.branches == np.count_nonzero(left)


@pytest.mark.parametrize("of_X, of_Y", [(1e100, 1e40), (1e-149, 1e149), (1e3, 1e-3)])
def test_it_does_not_feel_the_units(of_X, of_Y):
    rng = np.random.default_rng(1)
    X = rng.normal(size=(5, 3))
    Y = rng.normal(size=(5, 2))
    plain = deep_linear.solve(X, Y, 0.5)
    scaled = deep_linear.solve(of_X * X, of_Y * Y, 0.5 * of_X * of_Y)
    assert scaled.objective / of_Y / of_Y == pytest.approx(plain.objective, rel=1e-9)
    assert scaled.gap < 1e-9


@pytest.mark.parametrize("depth", [2, 3, 4])
def test_the_loss_is_that_of_torch(depth):
    rng = np.random.default_rng(depth)
    X = rng.normal(size=(6, 3))
    Y = rng.normal(size=(6, 2))
    network = random_network(rng, [3, *[4] * (depth - 1), 2])
    fit = np.zeros((6, 2))
    decay = 0.0
    for k in range(3):
        branch = torch.linalg.multi_dot([torch.tensor(layer[k]) for layer in network.layers])
        fit += X @ branch.numpy()
        decay += sum(np.linalg.norm(layer[k]) ** depth for layer in network.layers)
    by_hand = np.sum((fit - Y) ** 2) + 0.7 * 2 / depth * decay
    assert deep_linear.loss(X, Y, network, 0.7) == pytest.approx(by_hand)
    np.testing.assert_allclose(network.predict(X), fit)
    if depth == 2:
        weights = sum(np.sum(layer**2) for layer in network.layers)
        plain = np.sum((fit - Y) ** 2) + 0.7 * weights
        assert deep_linear.loss(X, Y, network, 0.7) == pytest.approx(plain)


@pytest.mark.parametrize("seed", range(5))
def test_no_network_loses_less_than_the_bound(seed):
    """Random networks near the best one, and their own maps, which the inequality prices."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(6, 3))
    Y = rng.normal(size=(6, 2))
    found = deep_linear.solve(X, Y, 1.0, 3)
    for size in (1e-8, 1e-4, 1e-2, 1):
        noise = (size * rng.normal(size=layer.shape) for layer in found.network.layers)
        moved = Network(tuple(a + b for a, b in zip(found.network.layers, noise, strict=True)))
        value = deep_linear.loss(X, Y, moved, 1.0)
        W = moved.product()
        norm = np.linalg.svd(W, compute_uv=False).sum()
        assert found.lower_bound <= value
        assert value >= np.sum((X @ W - Y) ** 2) + 2 * norm - 1e-12


def test_one_branch_pays_the_quasi_norm_and_no_less():
    """The decay of one branch of a fixed map, minimised over its factorisations by Newton steps."""
    rng = np.random.default_rng(0)
    s = np.array([2.0, 1.0, 0.3])
    W = np.linalg.qr(rng.normal(size=(3, 3)))[0] @ np.diag(s) @ np.linalg.qr(np.ones((3, 3)))[0]
    for depth in (2, 3):
        layers = torch.tensor(rng.normal(size=(depth - 1, 3, 3)), requires_grad=True)
        optimiser = torch.optim.LBFGS([layers], max_iter=2000, line_search_fn="strong_wolfe")
        target = torch.tensor(W)

        def decay(depth=depth, layers=layers, target=target):
            product = layers[0]
            for layer in layers[1:]:
                product = product @ layer
            last = torch.linalg.solve(product, target)
            sizes = [(layer**2).sum() ** (depth / 2) for layer in [*layers, last]]
            return sum(sizes) / depth

        def closure(layers=layers, optimiser=optimiser, decay=decay):
            optimiser.zero_grad()
            value = decay()
            value.backward()
            return value

        optimiser.step(closure)
        assert decay().item() == pytest.approx(deep_linear.quasi_norm(s, depth), rel=1e-4)
    assert deep_linear.quasi_norm(s, 2) == pytest.approx(s.sum())
    assert deep_linear.quasi_norm(s, 3) > s.sum()


def test_trainings_reach_the_optimum_from_as_many_branches_as_the_rank():
    P = section.problem()
    best = section.optimum(P)
    assert best.network.branches == 3
    fewer, enough = section.trained(P, [2, 3], runs=50, steps=1000)
    assert min(fewer.best, enough.best) >= best.lower_bound
    assert fewer.best > 1.03 * best.objective
    assert enough.best == pytest.approx(best.objective, rel=1e-4)
    network = Network(tuple(layer for layer in enough.network(int(enough.losses.argmin()))))
    own = deep_linear.loss(*P[:2], Network(tuple(w[:3] for w in network.layers)), P.lam)
    assert own == pytest.approx(enough.best)
    ax = figures.by_branches({2: fewer, 3: enough}, best).axes[0]
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), np.sort(fewer.losses))
    assert ax.lines[-1].get_xydata().tolist() == [[3, best.objective]]


def test_plain_decay_pays_the_power_of_the_quasi_norm_whatever_the_branches():
    P = section.problem()
    one, four = section.trained(P, [1, 4], runs=20, steps=1000, plain=True)
    assert one.best == pytest.approx(four.best, rel=2e-3)
    layers = one.network(int(one.losses.argmin()))
    W = Network(tuple(w[:1] for w in layers)).product()
    squares = sum(np.sum(w[0] ** 2) for w in layers)
    assert squares == pytest.approx(section.plain_decay(W), rel=1e-3)


def test_zero_is_the_best_map_of_zero_labels_and_of_zero_data():
    X = np.ones((3, 2))
    nothing = deep_linear.solve(X, np.zeros((3, 2)), 0.1)
    assert (nothing.objective, nothing.lower_bound, nothing.gap) == (0, 0, 0)
    assert nothing.network.branches == 0
    blind = deep_linear.solve(0 * X, np.ones((3, 2)), 0.1)
    assert blind.objective == 6
    assert blind.gap < 1e-11


GOOD = dict(X=np.eye(3), Y=np.ones((3, 2)), lam=0.1)


@pytest.mark.parametrize(
    "change, message",
    [
        (dict(Y=np.ones(3)), r"Y must have shape \(3, c\).*use Y\[:, None\]"),
        (dict(Y=np.ones((2, 2))), "Y must have shape"),
        (dict(Y=np.full((3, 2), np.nan)), "Y must be finite"),
        (dict(X=np.ones(3)), "X must have shape"),
        (dict(X=[["a"]]), "X must be an array of real numbers"),
        (dict(lam=0), "lam must be a finite number > 0"),
        (dict(lam=-1), "lam must be"),
        (dict(lam=[1, 2]), "lam must be a single"),
        (dict(depth=1), "depth must be an integer >= 2"),
        (dict(depth=2.5), "depth must be an integer"),
    ],
)
def test_bad_input_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        deep_linear.solve(**(GOOD | change))


def test_a_network_that_does_not_fit_is_refused():
    good = deep_linear.solve(**GOOD).network
    X, Y, lam = GOOD.values()
    for layers in ((), good.layers[1:], good.layers[:-1], [w[0] for w in good.layers]):
        with pytest.raises(ValueError, match="network.layers must have shapes"):
            deep_linear.loss(X, Y, Network(tuple(layers)), lam)
    with pytest.raises(ValueError, match="network must be a deep_linear.Network"):
        deep_linear.loss(X, Y, good.layers, lam)
    with pytest.raises(ValueError, match="X must have 3 columns"):
        good.predict(np.ones((2, 2)))
