"""Section Three layers: how many sub-networks trainings need; published costs on a line."""

from typing import NamedTuple

import numpy as np
from scipy.optimize import linprog

from ..extensions import restarts, three_layer
from ..extensions.restarts import Runs
from ..extensions.result import Result
from ..extensions.three_layer import Network
from ..loss import relu

# A training whose loss is above the optimum by a smaller share has found it.
FOUND = 1e-2


class Line(NamedTuple):
    """Points x (n,) on a line, labels y (n,), and published costs by the number of layers.

    costs: of networks that meet the points, in units of the decay.
    """

    x: np.ndarray
    y: np.ndarray
    costs: dict[int, float]


# Zeger and others (2024): the data of their examples, and the costs that the notebooks of their
# figures 18 and 19 print. The third set's are the coefficients of the solutions given, added up.
LINES = [
    Line(np.array([0, 2, 6, 7]), np.array([0, 0, 3, 3]), {3: 1.5, 4: 3}),
    Line(np.array([0, 2, 6, 7]), np.array([0, 0, 3, 7]), {2: 4, 3: 4, 4: 9}),
    Line(np.array([0, 4, 5, 7, 10, 11]), np.array([0, 0, 0, 2, 3, 3]), {2: 2, 3: 1, 4: 1}),
]


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


def chains(x: np.ndarray, layers: int) -> np.ndarray:
    """The outputs on points x (n,) of one neuron after another, all weights 1 or -1: (n, K).

    The last layer, which adds chains up, counts as one. Biases are those at which a neuron begins
    at a point.
    """
    outputs = x[:, None].astype(float)
    for _ in range(layers - 1):
        rises = outputs[:, :, None] - outputs.T
        both = np.concatenate([relu(rises), relu(-rises)], axis=2)
        outputs = np.unique(both.reshape(len(x), -1), axis=1)
    return outputs


def least_cost(line: Line, layers: int) -> float:
    """The least sum of absolute weights of a constant (free) and `chains` that meets the points.

    It is what the decay tends to, in units of beta, as beta tends to zero.
    """
    A = chains(line.x, layers)
    constant = np.ones((len(line.x), 1))
    cost = np.r_[np.ones(2 * A.shape[1]), 0]
    bounds = [(0, None)] * (len(cost) - 1) + [(None, None)]
    return linprog(cost, A_eq=np.hstack([A, -A, constant]), b_eq=line.y, bounds=bounds).fun


def steepest(line: Line) -> float:
    """The largest slope between two neighbours: chains of any depth cost at least that much.

    One with weights 1 and -1 rises by no more than 1.
    """
    return np.abs(np.diff(line.y) / np.diff(line.x)).max()


def cost_of_ramps(line: Line, starts: list[float]) -> float:
    """The sum of absolute slopes of ramps to the right, from these points, that meet the points.

    Raises ValueError where they do not.
    """
    ramps = relu(line.x[:, None] - np.array(starts))
    slopes = np.linalg.lstsq(ramps, line.y)[0]
    if not np.allclose(ramps @ slopes, line.y):
        raise ValueError(f"starts must be of ramps that meet the points; got {starts}")
    return np.abs(slopes).sum()
