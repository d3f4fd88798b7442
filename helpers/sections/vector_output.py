"""Section Vector output: data, trainings to compare, and what each of the programs finds."""

from typing import TYPE_CHECKING

import numpy as np

from .. import patterns
from ..data import Dataset
from ..extensions import restarts, vector_output

if TYPE_CHECKING:
    from torch import Tensor

RUNS = 50
WIDTH = 14  # neurons: more than any optimum here needs
STEPS = 2000
RATE = 0.1  # 0.02 leaves small neurons on their way


def three_classes() -> Dataset:
    """Nine points in the plane, in three classes; a row of Y has a one in place of its class."""
    rng = np.random.default_rng(3)
    labels = np.repeat([0, 1, 2], 3)
    angle = 2 * np.pi * labels / 3 + rng.normal(scale=0.5, size=9)
    X = np.column_stack([np.cos(angle), np.sin(angle)]) * rng.uniform(0.6, 1.6, (9, 1))
    return Dataset(X, np.eye(3)[labels], "not of the article")


def trained(
    X: np.ndarray,
    Y: np.ndarray,
    lam: float,
    kind: str,
    runs: int = RUNS,
    steps: int = STEPS,
    seed: int = 0,
) -> restarts.Runs:
    """Adam on the loss of a kind of network, from `runs` random starts. The parameters: W, V.

    "relu": `WIDTH` neurons. "gated": for every pattern as many as its block has dimensions.
    "one-vs-all": `WIDTH` neurons an output.
    """
    rng = np.random.default_rng(seed)
    mask = np.ones((WIDTH, Y.shape[1]))
    gates = None
    if kind == "gated":
        each = min(X.shape[1], Y.shape[1])
        gates = np.repeat(patterns.enumerate_patterns(X), each, axis=0)
        mask = np.ones((len(gates), Y.shape[1]))
    if kind == "one-vs-all":
        mask = np.repeat(np.eye(Y.shape[1]), WIDTH, axis=0)
    W = rng.normal(size=(runs, len(mask), X.shape[1])) / 2
    V = mask * rng.normal(size=(runs, *mask.shape)) / 2
    return restarts.adam(_loss(X, Y, lam, mask, gates), [W, V], steps=steps, rate=RATE)


def _loss(X, Y, lam, mask, gates):
    """The loss of many networks at once, for `restarts.adam`; mask: the weights V there are."""

    def loss(W: "Tensor", V: "Tensor") -> "Tensor":
        Z = W.new_tensor(X) @ W.transpose(1, 2)
        seen = Z.clamp(min=0) if gates is None else Z * W.new_tensor(gates.T.astype(float))
        V = V * W.new_tensor(mask)
        residual = seen @ V - W.new_tensor(Y)
        decay = (W**2).sum(dim=(1, 2)) + (V**2).sum(dim=(1, 2))
        return (residual**2).sum(dim=(1, 2)) + lam * decay

    return loss


def solved_all(X: np.ndarray, Y: np.ndarray, lam: float) -> dict:
    """The results of the three kinds."""
    return {kind: vector_output.solve(X, Y, lam, kind) for kind in vector_output.KINDS}
