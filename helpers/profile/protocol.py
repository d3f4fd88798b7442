"""What is compared, and on what: the problems, the objective and the schedule of the publication.

One problem is a data set and a lambda. A fifth of the points is held out, the columns of the others
have norm 1, no bias is added, labels are +-1: the most frequent class against the rest where there
are more than two. (The publication gives every class a head of its own, which is one such program a
class.) The objective is ``||f - y||^2 / (2n) + lam sum_i ||w_i|| |alpha_i|``; with
``||W||^2 + ||alpha||^2 >= 2 sum_i ||w_i|| |alpha_i|`` it is eq. 1 with n lam, over 2n.
Source: the authors' experiment code behind Mishkin, Sahiner and Pilanci (2022).
Shapes: X (n, d), y (n,).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from .. import checks
from ..loss import loss

LAMS = tuple(np.logspace(-5, -1, 6).tolist())
STEPS = (10, 5, 1, 0.5, 0.1, 0.01, 0.001)  # the first ones, of Adam and of SGD
SEEDS = 3
BATCHES = 10  # an epoch is so many updates
HALVINGS = 20  # of the step within a run: every 100 of the published 2,000 epochs
TRAINED = 0.8  # the share of the points that is trained on
PUBLISHED_EPOCHS = 2000
PUBLISHED_GATES = 2500


@dataclass(frozen=True)
class Size:
    """How large the comparison is: by default as published.

    rows: the most points of a set, sampled before the split (None: all). epochs: of Adam and SGD.
    gates: the patterns sampled. neurons: of the networks. seconds: on one processor, for each of
    the convex methods on one problem. device: of PyTorch.
    """

    rows: int | None = None
    epochs: int = PUBLISHED_EPOCHS
    gates: int = PUBLISHED_GATES
    neurons: int = PUBLISHED_GATES
    seconds: float = np.inf
    device: str = "cpu"

    def checked(self) -> "Size":
        """The same. Raises ValueError where something of it will not do."""
        if self.rows is not None:
            checks.as_count(self.rows, "rows", 5)
        for name in ("epochs", "gates", "neurons"):
            checks.as_count(getattr(self, name), name, 1)
        checks.as_seconds(self.seconds)
        return self


@dataclass(frozen=True)
class Problem:
    """Points to train on: X (n, d) with columns of norm 1, y (n,) of +-1."""

    X: np.ndarray
    y: np.ndarray

    def article_lam(self, lam: float) -> float:
        """The lam of eq. 1 whose loss is 2n times the objective."""
        return len(self.y) * lam

    def objective(
        self,
        W: np.ndarray,
        alpha: np.ndarray,
        lam: float,
    ) -> float:
        """``loss`` of the network (W, alpha) in the scaling of the publication."""
        return self.scaled(loss(self.X, self.y, W, alpha, self.article_lam(lam)))

    def scaled(self, value: float) -> float:
        """A value of eq. 1, or a bound on it, in the scaling of the publication."""
        return value / (2 * len(self.y))

    @cached_property
    def zero(self) -> float:
        """The objective of the network without neurons, which is 1/2."""
        return self.scaled(self.y @ self.y)


def problem(
    X: ArrayLike,
    labels: ArrayLike,
    rows: int | None = None,
    seed: int = 0,
) -> Problem:
    """The problem of data X (n, d) and labels (n,), any values of at least two.

    Raises ValueError on bad input, and where only one class is left to train on.
    """
    X = checks.as_data(X)
    signs = plus_minus(labels)
    if signs.shape != (len(X),):
        raise ValueError(f"labels must have shape ({len(X)},), one per row of X; got {signs.shape}")
    kept = trained_on(len(X), rows, np.random.default_rng(seed))
    y = signs[kept]
    if abs(y.sum()) == len(y):
        raise ValueError("labels must be of two classes among the points that are trained on")
    return Problem(unit_columns(X[kept]), y)


def plus_minus(labels: ArrayLike) -> np.ndarray:
    """Labels (n,) as +-1: the larger of two values, or the most frequent of more, is +1.

    Raises ValueError where there are fewer than two.
    """
    labels = checks.as_array(labels, "labels")
    classes, counts = np.unique(labels, return_counts=True)
    if len(classes) < 2:
        raise ValueError(f"labels must be of at least two classes; got {len(classes)}")
    chosen = classes[1] if len(classes) == 2 else classes[counts.argmax()]
    return np.where(labels == chosen, 1.0, -1.0)


def trained_on(
    n: int,
    rows: int | None,
    rng: np.random.Generator,
) -> np.ndarray:
    """The points that are trained on: four fifths of at most `rows` of n, at random."""
    order = rng.permutation(n)[:rows]
    return order[: round(TRAINED * len(order))]


def unit_columns(X: np.ndarray) -> np.ndarray:
    """X (n, d) with columns of norm 1, those of zeros left out."""
    X = X[:, X.any(axis=0)]
    return X / np.linalg.norm(X, axis=0)


def gates(
    d: int,
    count: int,
    seed: int = 0,
) -> np.ndarray:
    """Gate vectors (count, d), standard normal: their patterns are the program's."""
    return np.random.default_rng(seed).standard_normal((count, d))
