"""Section on large initialisation: its animation carried on to the end, as recorded."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from .. import experiments, files
from ..data import Dataset
from ..loss import predict, relu
from ..networks import Network
from ..train import Trajectory


class CarriedOn(NamedTuple):
    """The animation's run over 800,000 steps, recorded by `benchmarks.large_scale`.

    step (T,): the steps recorded.
    loss (T,): the loss with its decay, mean squared error.
    changed (T,): how many neurons have another pattern than at the start.
    x (K,), output (T, K): the network's output.
    optimum: the convex optimum's loss.
    """

    step: np.ndarray
    loss: np.ndarray
    changed: np.ndarray
    x: np.ndarray
    output: np.ndarray
    optimum: float

    def at(self, step: int) -> int:
        """The number of the recorded step that is nearest to `step`."""
        return int(np.abs(self.step - step).argmin())


def carried_on(path: str | Path | None = None) -> CarriedOn:
    """What the record holds, that of the book unless another `path` is given."""
    record = files.read_json(path or files.record("large_scale"))
    return CarriedOn(**{name: np.array(value) for name, value in record.items()})


def fitted(
    scale: float,
    m: int = 1000,
    seed: int = 7,
    mirrored: bool = False,
    steps: int = 971,
) -> tuple[Dataset, Trajectory]:
    """The article's four points fitted from weights uniform on +-scale, without decay.

    mirrored: from opposite pairs, with the output zero. The step is in inverse proportion to the
    scale's square, as the curvature asks.
    """
    return experiments.run(
        "large scale",
        scale=scale,
        m=m,
        seed=seed,
        mirrored=mirrored,
        lam=0.0,
        step=1 / (m * scale**2),
        steps=steps,
        record_every=steps,
    )


def features(X: np.ndarray, network: Network) -> np.ndarray:
    """The derivatives of a network's output on X (k, d) by all its weights: (k, m (d + 1)).

    By alpha_i they are relu(w_i'x), by w_i they are alpha_i x where the neuron is active.
    """
    W, alpha = network
    Z = X @ W.T
    by_W = ((Z > 0) * alpha)[:, :, None] * X[:, None, :]
    return np.hstack([relu(Z), by_W.reshape(len(X), -1)])


def linearised(S: Dataset, network: Network, X: np.ndarray) -> np.ndarray:
    """The output on X (k, d) of the network linearised in its weights, once it fits S: (k,).

    f_0(x) + J(x) c, with the shortest change c of the weights that fits: what gradient descent on
    the linearised network (the neural tangent kernel's regression) tends to from `network`.
    """
    J = features(S.X, network)
    missing = S.y - predict(S.X, *network)
    change = J.T @ np.linalg.solve(J @ J.T, missing)
    return predict(X, *network) + features(X, network) @ change
