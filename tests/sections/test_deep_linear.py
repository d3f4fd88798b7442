"""Section Parallel deep linear networks: its data, its trainings and its picture."""

import numpy as np
import pytest

from helpers.extensions import deep_linear
from helpers.extensions.deep_linear import Network
from helpers.figures import deep_linear as figures
from helpers.sections import deep_linear as section


@pytest.fixture(scope="module")
def P():
    return section.problem()


@pytest.fixture(scope="module")
def trained(P):
    return section.trained(P, [1, 3], runs=4, steps=60)


def map_of(layers):
    """The map of each branch of one run, (branches, d, c)."""
    product = layers[0]
    for layer in layers[1:]:
        product = product @ layer
    return product


def test_the_data_are_near_a_map_of_rank_three(P):
    assert (P.X.shape, P.Y.shape) == ((20, 5), (20, 4))
    fit = np.linalg.lstsq(P.X, P.Y, rcond=None)[0]
    sigma = np.linalg.svd(fit, compute_uv=False)
    assert sigma[3] < 0.2 * sigma[2]


def test_a_training_reports_the_loss_of_its_network(P, trained):
    for branches, runs in zip((1, 3), trained, strict=True):
        for run, reported in enumerate(runs.losses):
            layers = [layer[:branches] for layer in runs.network(run)]
            network = Network([np.array(layer) for layer in layers])
            assert deep_linear.loss(P.X, P.Y, network, P.lam) == pytest.approx(reported)


def test_trainings_fall_and_never_below_the_bound(P, trained):
    best = section.optimum(P)
    begun = section.trained(P, [1, 3], runs=4, steps=1)
    for before, runs in zip(begun, trained, strict=True):
        assert (runs.losses < before.losses).all()
        assert runs.best > best.lower_bound


def test_the_plain_decay_counts_squares(P):
    (runs,) = section.trained(P, [2], runs=2, steps=20, plain=True)
    layers = runs.network(1)
    fit = P.X @ map_of(layers).sum(axis=0)
    own = np.sum((fit - P.Y) ** 2) + P.lam * sum(np.sum(layer**2) for layer in layers)
    assert runs.losses[1] == pytest.approx(own)


@pytest.mark.parametrize("depth", [2, 3, 4])
def test_the_least_plain_decay_is_attained_and_no_network_has_less(depth):
    rng = np.random.default_rng(depth)
    W = rng.standard_normal((4, 3))
    U, s, Vt = np.linalg.svd(W, full_matrices=False)
    root = np.diag(s ** (1 / depth))
    layers = [U @ root, *[root] * (depth - 2), root @ Vt]
    assert np.linalg.multi_dot(layers) == pytest.approx(W)
    least = section.plain_decay(W, depth)
    assert sum(np.sum(layer**2) for layer in layers) == pytest.approx(least)
    for _ in range(20):  # the same map with a change of basis between the first two layers
        change = rng.standard_normal((3, 3))
        others = [layers[0] @ change, np.linalg.solve(change, layers[1]), *layers[2:]]
        assert sum(np.sum(layer**2) for layer in others) > least


def test_the_figure_draws_every_training_and_the_optimum(P, trained):
    best = section.optimum(P)
    fig = figures.by_branches({1: trained[0], 3: trained[1]}, best)
    one, three, optimum, star = fig.axes[0].lines
    for dots, runs in ((one, trained[0]), (three, trained[1])):
        assert (dots.get_ydata() == np.sort(runs.losses)).all()
    assert set(optimum.get_ydata()) == {best.objective} == set(star.get_ydata())
