"""Section Layer by layer: one data set, trained in turn, from random starts, and all at once."""

from typing import NamedTuple

import numpy as np

from .. import convex
from ..data import Dataset
from ..extensions import layer_by_layer, restarts
from ..extensions.layer_by_layer import Network, Stage, Training
from ..extensions.restarts import Runs

SHARE = 0.1  # of lambda_max: the first stage keeps four of the twelve neurons it may have


class Problem(NamedTuple):
    """Data and a decay."""

    S: Dataset
    lam: float

    def train(self, layers: int, unit: str = "weights") -> Training:
        """Layer by layer, see `helpers.extensions.layer_by_layer.train`."""
        return layer_by_layer.train(self.S.X, self.S.y, self.lam, layers, unit=unit)


def twelve_points(seed: int = 6) -> Problem:
    """Twelve random points in space with random labels."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(12, 3))
    y = rng.normal(size=12)
    lam = SHARE * convex.lambda_max(X, y)
    return Problem(Dataset(X, y, "none: random points"), lam)


def on_features(
    problem: Problem,
    stage: Stage,
    runs: int = 50,
    width: int = 16,
    steps: int = 1200,
) -> Runs:
    """Adam on the loss of a stage, from many random two-layer networks on its features."""
    import torch  # only the comparison needs it

    rng = np.random.default_rng(0)
    d = stage.features.shape[1]
    W = rng.normal(size=(runs, width, d)) / np.sqrt(d)
    alpha = rng.normal(size=(runs, width)) / np.sqrt(width)
    H = torch.tensor(stage.features)
    y = torch.tensor(problem.S.y)

    def loss(W, alpha):
        output = _two_layers(H, W, alpha)
        return ((output - y) ** 2).sum(dim=1) + problem.lam * _decay(W, alpha)

    return restarts.adam(loss, [W, alpha], steps=steps)


def together(
    problem: Problem,
    network: Network,
    runs: int = 50,
    steps: int = 1000,
) -> Runs:
    """Adam on all layers of a deep network at once, with the loss that `layer_by_layer.loss` has.

    The first run begins at `network`, the others at random ones. The hidden layers are as wide as
    its own, since a feature that is there several times would cost less, and their weights have
    length one throughout; the last layer has room for eight neurons at least.
    """
    import torch  # only the comparison needs it

    rng = np.random.default_rng(0)
    m, d = network.W.shape
    last = np.zeros((max(m, 8), d))
    last[:m] = network.W
    layers = [*network.hidden, last]
    start = [rng.normal(size=(runs, *W.shape)) / np.sqrt(W.shape[1]) for W in layers]
    for layer, W in zip(start, layers, strict=True):
        layer[0] = W
    alpha = rng.normal(size=(runs, len(last))) / np.sqrt(len(last))
    alpha[0] = np.pad(network.alpha, (0, len(last) - m))
    X = torch.tensor(problem.S.X)
    y = torch.tensor(problem.S.y)

    def loss(*layers):
        *hidden, W, alpha = layers
        H = X
        for layer in hidden:
            length = layer.norm(dim=2, keepdim=True)
            H = torch.relu(H @ (layer / length).mT)
        output = _two_layers(H, W, alpha)
        return ((output - y) ** 2).sum(dim=1) + problem.lam * _decay(W, alpha)

    return restarts.adam(loss, [*start, alpha], steps=steps)


def _two_layers(H, W, alpha):
    """The output of two-layer networks W (runs, m, d), alpha (runs, m) on H (..., n, d)."""
    return ((H @ W.mT).relu() @ alpha[..., None])[..., 0]


def _decay(W, alpha):
    """||W||^2 + ||alpha||^2 of every run."""
    return (W**2).sum(dim=(1, 2)) + (alpha**2).sum(dim=1)
