"""Section Parallel deep linear networks: many trainings, by the number of branches."""

from typing import NamedTuple

import numpy as np

from ..extensions import deep_linear, restarts
from ..extensions.deep_linear import Network
from ..extensions.restarts import Runs
from ..extensions.result import Result

# Weights this far from zero: smaller ones stay near the saddle at zero for most of the training.
SPREAD = 0.6

# Inside a branch there is room for any map of the page's data.
WIDTH = 4


class Problem(NamedTuple):
    """Data X (n, d), Y (n, c) and the decay."""

    X: np.ndarray
    Y: np.ndarray
    lam: float


def problem() -> Problem:
    """Twenty points in five dimensions with four outputs each, whose best map has rank 3."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((20, 5))
    W = rng.standard_normal((5, 3)) @ rng.standard_normal((3, 4)) / 2
    return Problem(X, X @ W + 0.3 * rng.standard_normal((20, 4)), 3.0)


def optimum(P: Problem, depth: int = 3) -> Result[Network]:
    """The best network of any number of branches."""
    return deep_linear.solve(*P, depth)


def trained(
    P: Problem,
    branches: list[int],
    depth: int = 3,
    runs: int = 50,
    steps: int = 1500,
    plain: bool = False,
) -> list[Runs]:
    """Adam from `runs` random starts for each number of branches.

    plain: the ordinary decay ||W||^2 of every layer, in place of (2 / L) ||W||^L.
    """
    rng = np.random.default_rng(1)
    most = max(branches)
    widths = [P.X.shape[1], *[WIDTH] * (depth - 1), P.Y.shape[1]]
    total = runs * len(branches)
    start = [
        SPREAD * rng.standard_normal((total, most, rows, columns))
        for rows, columns in zip(widths[:-1], widths[1:], strict=True)
    ]
    mask = np.repeat(np.arange(most) < np.array(branches)[:, None], runs, axis=0)
    found = restarts.adam(_loss(P, mask, plain), start, steps=steps)
    return [_share(found, slice(k * runs, (k + 1) * runs)) for k in range(len(branches))]


def _loss(P, mask, plain):
    """The loss of many networks at once, in torch: only the branches of the mask count."""
    import torch  # the page compares with trainings; what computes needs none

    X, Y, used = (torch.tensor(a, dtype=torch.float64) for a in (P.X, P.Y, mask))

    def loss(*layers):
        product = layers[0]
        for layer in layers[1:]:
            product = product @ layer
        fit = X @ (used[:, :, None, None] * product).sum(dim=1)
        squares = [(layer**2).sum(dim=(2, 3)) for layer in layers]
        if plain:
            decay = sum(squares)
        else:
            decay = 2 / len(layers) * sum(square ** (len(layers) / 2) for square in squares)
        return ((fit - Y) ** 2).sum(dim=(1, 2)) + P.lam * (used * decay).sum(dim=1)

    return loss


def _share(found, some):
    return Runs(found.losses[some], [p[some] for p in found.parameters])


def plain_decay(W: np.ndarray, depth: int = 3) -> float:
    """The least sum of the squares of all weights with which a deep linear network is the map W.

    It is L sum_i s_i^(2/L), however many branches there are.
    """
    s = np.linalg.svd(W, compute_uv=False)
    return float(depth * np.sum(s ** (2 / depth)))
