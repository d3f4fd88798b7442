"""Many trainings at once: each is the training that it would be alone."""

import numpy as np
import torch

from helpers.extensions import restarts
from helpers.loss import losses


def test_every_run_finds_the_minimum_of_a_convex_loss():
    rng = np.random.default_rng(0)
    A = torch.tensor(rng.normal(size=(6, 3)))
    b = torch.tensor(rng.normal(size=6))

    def loss(w):
        return ((w @ A.T - b) ** 2).sum(dim=1) + 0.1 * (w**2).sum(dim=1)

    runs = restarts.adam(loss, [rng.normal(size=(5, 3))])
    best = torch.linalg.solve(A.T @ A + 0.1 * torch.eye(3), A.T @ b)
    assert np.allclose(runs.parameters[0], best, atol=1e-6)
    assert np.isclose(runs.best, float(loss(best[None])[0]), rtol=1e-9)


def test_a_run_does_not_know_of_the_others():
    def loss(w):
        return (w**4 - w**2 + 0.1 * w).sum(dim=1)

    start = np.array([[-1.0], [0.3], [2.0]])
    together = restarts.adam(loss, [start], steps=300)
    alone = [restarts.adam(loss, [start[k : k + 1]], steps=300) for k in range(3)]
    assert np.allclose(together.losses, [run.best for run in alone], rtol=1e-12)
    assert together.network(1)[0].shape == (1,)
    assert together.best == together.losses.min()


def test_relu_networks_report_their_loss():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(6, 3))
    y = rng.normal(size=6)
    runs = restarts.relu_networks(X, y, 0.3, width=3, runs=4, steps=40)
    assert np.allclose(runs.losses, losses(X, y, *runs.parameters, 0.3))
