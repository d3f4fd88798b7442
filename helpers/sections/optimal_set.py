"""Section The optimal set: data with many best networks, their corners, and the least width."""

from typing import NamedTuple

import cvxpy as cp
import numpy as np
from sklearn import datasets

from .. import convex
from ..convex import Solution
from ..data import Dataset, with_bias
from ..doubles import lengths
from ..dual import circle
from ..extensions import optimal_set
from ..extensions.optimal_set import OptimalSet
from ..extensions.restarts import relu_networks
from ..loss import predict, relu
from ..networks import Network
from ..patterns import sample_patterns
from ..solver import conic

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

# Mishkin and Pilanci (2023), the row of monks-1 in table_1.csv of their code: test accuracies,
# medians of five splits, of the network chosen by each rule.
PUBLISHED = {
    "smallest sizes": 0.67,
    "largest sizes": 0.66,
    "validation": 0.49,
    "test": 0.57,
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


class Split(NamedTuple):
    """Points to train on, X (n, d), y (n,), and to test on, X_test (m, d), y_test (m,)."""

    X: np.ndarray
    y: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray


class Choice(NamedTuple):
    """What there is to choose among the best networks of one split.

    directions, freedom: of the optimal set. accuracy: on the test points, of one of its networks.
    patterns: drawn. left: blocks of either sign that an interior-point solution leaves not exactly
    zero. decay: of the network that fits the test points best if all of these may have any size at
    which the output on the data stays, over that of the optimum.
    """

    directions: int
    freedom: int
    accuracy: float
    patterns: int
    left: int
    decay: float


def monks() -> tuple[np.ndarray, np.ndarray]:
    """All points of the first MONK's problem, X (432, 6), and their labels: the rule is known.

    Six attributes with 3, 3, 2, 3, 4 and 2 values; 1 if the first two agree or the fifth is 1.
    """
    X = 1.0 + np.indices((3, 3, 2, 3, 4, 2)).reshape(6, -1).T
    return X, np.where((X[:, 0] == X[:, 1]) | (X[:, 4] == 1), 1.0, -1.0)


def monks_split(rng: np.random.Generator) -> Split:
    """A draw of 124 points, scaled, in the published shares: 18 to train on, 99 to test on."""
    X, y = monks()
    some = rng.permutation(len(y))[:124]
    X = X[some]
    y = y[some]
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    return Split(X[:18], y[:18], X[-99:], y[-99:])  # the other seven would be for validation


def choice(seed: int) -> Choice:
    """The optimal set over 500 patterns drawn, at the published decay, and what is beyond it."""
    rng = np.random.default_rng(seed)
    split = monks_split(rng)
    n = len(split.y)
    D = sample_patterns(split.X, 500, rng)
    solution = convex.solve(split.X, split.y, n * 1e-3, D, tol=1e-2)  # `describe` sharpens it
    every = optimal_set.describe(solution, own=True)
    r, K = every.rows.shape
    right = np.sign(predict(split.X_test, *every.network(every.sizes))) == split.y_test
    blocks = interior_blocks(every, D)
    return Choice(
        directions=K,
        freedom=K - r,
        accuracy=float(right.mean()),
        patterns=len(D),
        left=int(blocks.any(axis=1).sum()),
        decay=float(closest(every, blocks, split).sum() / every.sizes.sum()),
    )


def interior_blocks(every: OptimalSet, D: np.ndarray) -> np.ndarray:
    """U and V of the program over D, one below the other, (2 P, d), by an interior-point method."""
    problem, blocks = conic.program(every.X, every.y, every.lam, D)
    problem.solve(solver=cp.CLARABEL)
    return np.vstack([block.value for block in blocks])


def closest(every: OptimalSet, blocks: np.ndarray, split: Split) -> np.ndarray:
    """Sizes of the directions of all blocks, (2 P,), closest to the test labels.

    They keep the output on the data, and nothing else: not the decay.
    """
    signs = np.repeat([1.0, -1.0], len(blocks) // 2)
    directions = blocks / lengths(blocks)[:, None]
    sizes = cp.Variable(len(signs), nonneg=True)
    kept = (signs * relu(split.X @ directions.T)) @ sizes == every.output
    error = cp.sum_squares((signs * relu(split.X_test @ directions.T)) @ sizes - split.y_test)
    cp.Problem(cp.Minimize(error), [kept]).solve(solver=cp.CLARABEL)
    return sizes.value
