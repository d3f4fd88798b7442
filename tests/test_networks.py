"""Networks made smaller: pruned to n neurons, and counted."""

import numpy as np
import pytest

from helpers import networks
from helpers.loss import predict


@pytest.mark.parametrize("seed", range(4))
def test_n_neurons_are_enough(seed):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((6, 3))
    W = rng.standard_normal((40, 3))
    alpha = rng.standard_normal(40)
    W[3] = 0  # a neuron without output
    few, a = networks.prune(X, W, alpha)
    assert len(a) <= len(X)
    np.testing.assert_allclose(predict(X, few, a), predict(X, W, alpha))
    assert np.sum(few**2) + a @ a <= np.sum(W**2) + alpha @ alpha
    np.testing.assert_allclose(np.linalg.norm(few, axis=1), np.abs(a))


def test_no_neuron_stays_no_neuron():
    W, alpha = networks.prune(np.eye(2), np.zeros((3, 2)), np.ones(3))
    assert W.shape == (0, 2)
    assert alpha.shape == (0,)


def test_a_split_neuron_counts_once_and_opposite_signs_twice():
    W = np.array([[1.0, 2.0], [2.0, 4.0], [1.0, 2.0], [1.0, -2.0], [1e-9, 0.0]])
    assert networks.distinct_neurons(W, np.array([1.0, 0.5, -1.0, 1.0, 1.0])) == 3
    assert networks.distinct_neurons(np.zeros((0, 2)), np.zeros(0)) == 0
