"""Section The optimal set: data with many best networks, their corners, and the least width."""

from typing import NamedTuple

import numpy as np
from sklearn import datasets

from .. import convex
from ..convex import Solution
from ..data import Dataset, with_bias
from ..dual import circle
from ..extensions import optimal_set
from ..extensions.restarts import relu_networks
from ..networks import Network

# The decay of the examples, in units of the one that leaves nothing.
SHARE = 0.2

# The trainings of every width.
RUNS = 50

# Columns of scikit-learn's sets that are kept, and how the labels are made of theirs.
COLUMNS = {
    "diabetes": (2, 3),
    "iris": (0, 1),
    "wine": (0, 9),
    "breast_cancer": (0, 1),
}


def two_points() -> Dataset:
    """Two points on a line whose best networks are many: x = -sqrt(3) and sqrt(3), labels 1."""
    return Dataset(with_bias([-np.sqrt(3), np.sqrt(3)]), np.ones(2), "not of the article")


def polygon(n: int) -> Dataset:
    """The corners of a regular polygon, without a bias, labels 1."""
    return Dataset(circle(360 * np.arange(n) / n), np.ones(n), "not of the article")


def solved(S: Dataset, share: float = SHARE) -> Solution:
    """The optimum over all patterns at a share of lambda_max."""
    return convex.solve(S.X, S.y, share * convex.lambda_max(S.X, S.y))


def mixtures(solution: Solution, count: int = 5) -> list[Network]:
    """Networks on the straight way between the first corner of the optimal set and the last."""
    every = optimal_set.describe(solution)
    corners = optimal_set.vertices(solution)
    shares = np.linspace(0, 1, count)
    return [every.network((1 - t) * corners[0] + t * corners[-1]) for t in shares]


class Shape(NamedTuple):
    """The optimal set of a polygon.

    n: its corners; directions: that a neuron can have; freedom: the dimension of the equations'
    solutions; corners: of the optimal set; least, most: neurons of a corner.
    """

    n: int
    directions: int
    freedom: int
    corners: int
    least: int
    most: int


def shape(n: int) -> Shape:
    """The optimal set of the polygon with n corners."""
    solution = solved(polygon(n))
    every = optimal_set.describe(solution)
    corners = optimal_set.vertices(solution)
    r, K = every.rows.shape
    neurons = (corners > 0).sum(axis=1)
    return Shape(
        n=n,
        directions=K,
        freedom=K - r,
        corners=len(corners),
        least=optimal_set.minimal_width(solution),
        most=int(neurons.max()),
    )


class Widths(NamedTuple):
    """The best training of every width, and what no width is below.

    widths, best (k,): the least loss reached; loss: the optimum; lower_bound: its proof; least: m*.
    """

    widths: np.ndarray
    best: np.ndarray
    loss: float
    lower_bound: float
    least: int


def best_by_width(S: Dataset, most: int) -> Widths:
    """Trainings of 1 to `most` neurons."""
    solution = solved(S)
    every = optimal_set.describe(solution)
    widths = np.arange(1, most + 1)
    runs = [relu_networks(S.X, S.y, solution.lam, width, runs=RUNS, seed=width) for width in widths]
    return Widths(
        widths=widths,
        best=np.array([run.best for run in runs]),
        loss=every.loss,
        lower_bound=every.lower_bound,
        least=optimal_set.minimal_width(solution),
    )


class Real(NamedTuple):
    """The optimal set of part of a real data set.

    name; n, lam (a share of the largest); directions; freedom; least: m*; widest: the width of the
    proved band at other points of the set, in units of the labels' standard deviation.
    """

    name: str
    n: int
    share: float
    directions: int
    freedom: int
    least: int
    widest: float


def real(name: str, n: int = 30, others: int = 10, share: float = 0.05) -> Real:
    """Two columns of one of scikit-learn's sets, scaled, with a bias: n points, then others."""
    loaded = getattr(datasets, f"load_{name}")()
    X = loaded.data[:, COLUMNS[name]]
    y = loaded.target.astype(float)
    some = np.random.default_rng(0).permutation(len(y))[: n + others]
    X = X[some]
    y = y[some]
    X = with_bias((X - X.mean(axis=0)) / X.std(axis=0))
    y = (y - y.mean()) / y.std()
    S = Dataset(X[:n], y[:n], "scikit-learn")
    solution = solved(S, share)
    every = optimal_set.describe(solution)
    r, K = every.rows.shape
    band = optimal_set.band(solution, X[n:])
    width = band.high - band.low
    return Real(
        name=name,
        n=n,
        share=share,
        directions=K,
        freedom=K - r,
        least=optimal_set.minimal_width(solution),
        widest=float(width.max()),
    )
