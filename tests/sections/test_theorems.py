"""The article's theorems: moves that keep the output and never cost, and the path they make."""

import numpy as np
import pytest

from helpers import convex, networks
from helpers.loss import loss, predict
from helpers.sections import theorems

LAM = 0.05


def random_network(seed, m=12, n=5, d=2):
    """X, y, W and alpha; every third one degenerate."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d))
    W = rng.normal(size=(m, d))
    alpha = rng.normal(size=m)
    y = rng.normal(size=n)
    if seed % 3 == 0:
        X[1] = X[0]  # a point twice
        W[0] = 0  # a neuron without input
        alpha[1] = 0  # one without output
    return X, y, W, alpha


@pytest.fixture(scope="module")
def problem():
    """X, y, W, alpha and a global minimum of at most n neurons."""
    X, y, W, alpha = random_network(1)
    best = convex.solve(X, y, LAM, tol=1e-9)
    return X, y, W, alpha, networks.prune(X, *best.to_network())


@pytest.mark.parametrize("seed", range(6))
def test_balancing_keeps_the_output_and_never_costs(seed):
    X, y, W, alpha = random_network(seed)
    steps = [theorems.balance(W, alpha, t) for t in np.linspace(0, 1, 11)]
    np.testing.assert_allclose(steps[0][0], W)
    np.testing.assert_allclose(steps[0][1], alpha)
    for network in steps:
        np.testing.assert_allclose(predict(X, *network), predict(X, W, alpha))
    assert np.diff([loss(X, y, *network, 1.0) for network in steps]).max() < 1e-12
    W, alpha = steps[-1]
    np.testing.assert_allclose(np.linalg.norm(W, axis=1), np.abs(alpha))


@pytest.mark.parametrize("seed", range(6))
def test_merging_leaves_one_neuron_a_pattern_and_sign(seed):
    X, _, W, alpha = random_network(seed, m=30)
    s = np.where(alpha < 0, -1.0, 1.0)
    U = np.abs(alpha)[:, None] * W
    merged = [U, *theorems.merge_moves(X, U, s)]
    for products in merged:
        network = networks.balanced(products, s)
        np.testing.assert_allclose(predict(X, *network), predict(X, W, alpha))
    sizes = [np.linalg.norm(products, axis=1).sum() for products in merged]
    assert np.diff(sizes).max() < 1e-12
    live = np.linalg.norm(merged[-1], axis=1) > 0
    kinds = np.column_stack([merged[-1][live] @ X.T >= 0, s[live] > 0])
    assert len(np.unique(kinds, axis=0)) == len(kinds)
    np.testing.assert_array_equal(U, np.abs(alpha)[:, None] * W)


def values(path, X, y):
    return [loss(X, y, *network, LAM) for network in path]


def test_the_path_leads_to_the_optimum_and_never_climbs(problem):
    X, y, W, alpha, goal = problem
    path = theorems.non_increasing(X, W, alpha, goal)
    along = values(path, X, y)
    np.testing.assert_array_equal(path[0][0], W)
    assert along[0] == pytest.approx(loss(X, y, W, alpha, LAM))
    assert along[-1] == pytest.approx(loss(X, y, *goal, LAM))
    assert np.diff(along).max() < 1e-8


def test_the_output_changes_only_on_the_last_leg(problem):
    X, y, W, alpha, goal = problem
    samples = 5
    path = theorems.non_increasing(X, W, alpha, goal, samples)
    legs = (len(path) - samples) // (samples - 1)
    assert len(path) == samples + legs * (samples - 1)
    assert legs > len(W) - len(X)  # the moves, and the mixing at the end
    before = path[: -(samples - 1)]
    for network in before:
        np.testing.assert_allclose(predict(X, *network), predict(X, W, alpha), atol=1e-12)
    mixed = [predict(X, *network) for network in [before[-1], *path[-(samples - 1) :]]]
    np.testing.assert_allclose(mixed, np.linspace(mixed[0], mixed[-1], samples), atol=1e-12)
    np.testing.assert_allclose(mixed[-1], predict(X, *goal), atol=1e-12)


def largest_jump(points):
    points = np.array(points)
    flat = points.reshape(len(points), -1)
    return np.linalg.norm(np.diff(flat, axis=0), axis=1).max()


def test_the_path_is_continuous(problem):
    X, y, W, alpha, goal = problem
    of_products = []
    of_networks = []
    for steps in (10, 100, 1000):
        path = theorems.non_increasing(X, W, alpha, goal, steps + 1)
        of_products.append(largest_jump([a[:, None] * V for V, a in path]))
        of_networks.append(largest_jump([np.column_stack([V, a]) for V, a in path]))
    # The products move on straight lines, so that their jumps are those of the lines; where one
    # shrinks to nothing, the weights go with its root.
    np.testing.assert_allclose(of_products, of_products[0] / np.array([1, 10, 100]), rtol=1e-6)
    assert (np.array(of_networks[1:]) < 1.1 * np.array(of_networks[:-1]) / np.sqrt(10)).all()


def test_the_path_needs_room(problem):
    X, y, W, alpha, goal = problem
    with pytest.raises(ValueError, match="W must have at least"):
        theorems.non_increasing(X, W[:3], alpha[:3], goal)
    with pytest.raises(ValueError, match="samples"):
        theorems.non_increasing(X, W, alpha, goal, samples=1)


@pytest.mark.parametrize("lam", [0.0, LAM])
def test_one_neuron_more_at_a_time_leads_to_the_optimum(lam):
    X, y, W, alpha = random_network(2, m=5, n=4)
    path = theorems.one_more_at_a_time(X, y, lam, (W, alpha))
    values = [loss(X, y, *network, lam) for network in path]
    assert np.diff(values).max() < 1e-8 * values[0]
    best = convex.solve(X, y, lam).objective
    assert values[-1] == pytest.approx(best, rel=1e-5, abs=1e-6 * values[0])
    assert max(len(network[1]) for network in path) == 5


def test_the_valleys_of_one_neuron():
    valleys = theorems.one_neuron_valleys(0.0)
    assert valleys == pytest.approx((1.0, 0.25, 1.25), abs=1e-6)
