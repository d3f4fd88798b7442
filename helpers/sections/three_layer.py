"""Section Three layers: how many sub-networks trainings need to find the optimum."""

from typing import NamedTuple

import numpy as np

from ..extensions import restarts, three_layer
from ..extensions.restarts import Runs
from ..extensions.result import Result
from ..extensions.three_layer import Network

# A training whose loss is above the optimum by a smaller share has found it.
FOUND = 1e-2


class Problem(NamedTuple):
    """Data X (n, d), y (n,), the decay, and the neurons of a sub-network."""

    X: np.ndarray
    y: np.ndarray
    lam: float
    width: int


def problem() -> Problem:
    """Four points in the plane, sub-networks of two neurons."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((4, 2))
    return Problem(X, rng.standard_normal(4), 0.05, 2)


def optimum(P: Problem) -> Result[Network]:
    """The best network of any number of sub-networks."""
    return three_layer.solve(*P)


def trained(
    P: Problem,
    counts: list[int],
    runs: int = 64,
    steps: int = 1500,
) -> list[Runs]:
    """Adam from `runs` random starts for each number of sub-networks.

    The first layer is divided by its length, so that it always has length 1.
    """
    rng = np.random.default_rng(1)
    most = max(counts)
    total = runs * len(counts)
    start = [
        rng.standard_normal((total, most, P.width, P.X.shape[1])),
        0.5 * rng.standard_normal((total, most, P.width)),
        0.5 * rng.standard_normal((total, most)),
    ]
    mask = np.repeat(np.arange(most) < np.array(counts)[:, None], runs, axis=0)
    found = restarts.adam(_loss(P, mask), start, steps=steps, rate=0.03)
    return [
        Runs(found.losses[k * runs :][:runs], [p[k * runs :][:runs] for p in found.parameters])
        for k in range(len(counts))
    ]


def _loss(P, mask):
    """The loss of many networks at once, in torch: only the sub-networks of the mask count."""
    import torch  # the page compares with trainings; what computes needs none

    X, y, used = (torch.tensor(a, dtype=torch.float64) for a in (P.X, P.y, mask))

    def loss(first, second, last):
        w = first / first.norm(dim=3, keepdim=True)
        hidden = torch.relu(w @ X.T)
        outer = torch.relu((second[:, :, :, None] * hidden).sum(dim=2))
        fit = ((used * last)[:, :, None] * outer).sum(dim=1)
        decay = (used * ((second**2).sum(dim=2) + last**2)).sum(dim=1)
        return ((fit - y) ** 2).sum(dim=1) + P.lam * decay

    return loss


def success(runs: Runs, best: Result[Network]) -> float:
    """The share of the trainings that found the optimum."""
    return float(np.mean(runs.losses <= (1 + FOUND) * best.objective))
