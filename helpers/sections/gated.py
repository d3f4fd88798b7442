"""Section The gated relaxation: three values, what a split costs, and what a gated network is."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .. import convex, gated
from ..data import Dataset
from ..doubles import lengths
from ..extensions.restarts import Runs, adam
from ..gated import Gated
from ..loss import relu
from ..patterns import enumerate_patterns
from ..solver.solution import Reason
from .solving import Bracket, bracket

# The trainings compared: this many, each with this many steps of Adam.
RUNS = 50
STEPS = 1200
RATE = 0.05


def points(n: int, d: int, seed: int = 1) -> Dataset:
    """n normal points in d dimensions, with normal labels."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d))
    return Dataset(X, rng.standard_normal(n), "not of the article")


def points_in_a_plane(n: int, d: int, seed: int = 1) -> Dataset:
    """n normal points of a plane in d dimensions: of rank 2, however large d is."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, 2)) @ rng.standard_normal((2, d))
    return Dataset(X, rng.standard_normal(n), "not of the article")


def constant(X: np.ndarray) -> float:
    """1 + 2 kappa(X), kappa the largest over the smallest positive singular value.

    Where X has full row rank, (||u|| + ||v||) / ||w|| of a shortest split is no larger.
    """
    sigma = np.linalg.svd(X, compute_uv=False)
    rank = np.linalg.matrix_rank(X)
    return float(1 + 2 * sigma[0] / sigma[rank - 1])


class Values(NamedTuple):
    """The three values at `shares` of lambda_max, and what they are compared with.

    shares (k,); bracket: the values; square: ||y||^2, the loss of no network; constant: of X.
    """

    shares: np.ndarray
    bracket: Bracket
    square: float
    constant: float


def values(S: Dataset, shares: Sequence[float]) -> Values:
    """The three values of data, over all patterns."""
    shares = np.asarray(shares, float)
    return Values(shares, bracket(S.X, S.y, shares), float(S.y @ S.y), constant(S.X))


def stretch(X: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(||u|| + ||v||) / ||w|| of the shortest split of one normal w in every cone: (P,)."""
    D = enumerate_patterns(X)
    W = rng.standard_normal((len(D), X.shape[1]))
    asked = Gated(W, D, 1.0, 1.0, 0.0, 1.0, Reason.TIME_LIMIT)  # only its W is used
    split = gated.decompose(X, np.ones(len(X)), asked)
    return (lengths(split.U) + lengths(split.V)) / lengths(W)


class Stretched(NamedTuple):
    """What splitting costs on some data.

    n, d, rank: of X; constant: of X; largest: the largest stretch of a cone; beyond: the share of
    the cones whose stretch is larger than the constant.
    """

    n: int
    d: int
    rank: int
    constant: float
    largest: float
    beyond: float


def stretched(X: np.ndarray, seed: int = 0) -> Stretched:
    """One normal w a cone, all cones."""
    found = stretch(X, np.random.default_rng(seed))
    most = constant(X)
    rank = int(np.linalg.matrix_rank(X))
    return Stretched(*X.shape, rank, most, float(found.max()), float(np.mean(found > most)))


def by_hand(X: np.ndarray, pattern: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A split w = u - v in the cone of the pattern, where X has full row rank: (u, v).

    v is the shortest vector whose products with the points make up for what w lacks.
    """
    sign = np.where(pattern, 1.0, -1.0)
    lacking = relu(-sign * (X @ w))
    v = np.linalg.pinv(X) @ (sign * lacking)
    return w + v, v


def gated_output(X_new: np.ndarray, gates: np.ndarray, W: np.ndarray) -> np.ndarray:
    """What the network gives at new points: each w_i where its gate g_i is open, (m,)."""
    opened = X_new @ gates.T >= 0
    return (opened * (X_new @ W.T)).sum(axis=1)


def other_gates(X: np.ndarray, gates: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Other vectors of the same patterns: half of the way to the wall in a normal direction."""
    way = rng.standard_normal(gates.shape)
    now = gates @ X.T
    falling = -(way @ X.T) * np.sign(now)
    reach = np.where(falling > 0, np.abs(now) / np.where(falling > 0, falling, 1), np.inf)
    far = np.minimum(reach.min(axis=1), 1e3 * lengths(gates))
    return gates + far[:, None] / 2 * way


def trained_gated(S: Dataset, lam: float, runs: int = RUNS, steps: int = STEPS) -> Runs:
    """Trainings of a gated network with one neuron a pattern, both layers free."""
    D = enumerate_patterns(S.X)
    rng = np.random.default_rng(0)
    d = S.X.shape[1]
    start = [rng.standard_normal((runs, len(D), d)), rng.standard_normal((runs, len(D)))]

    def loss(W, alpha):
        import torch  # as in `restarts`: what computes without trainings runs without

        X = torch.tensor(S.X)
        opened = torch.tensor(D.T.astype(float))
        output = ((X @ W.transpose(1, 2)) * opened * alpha[:, None, :]).sum(dim=2)
        fit = ((output - torch.tensor(S.y)) ** 2).sum(dim=1)
        return fit + lam * ((W**2).sum(dim=(1, 2)) + (alpha**2).sum(dim=1))

    return adam(loss, [0.3 * part for part in start], steps=steps, rate=RATE)


def trained_relu(S: Dataset, lam: float, width: int, runs: int = RUNS, steps: int = STEPS) -> Runs:
    """Trainings of a ReLU network of that width."""
    rng = np.random.default_rng(0)
    d = S.X.shape[1]
    start = [rng.standard_normal((runs, width, d)), rng.standard_normal((runs, width))]

    def loss(W, alpha):
        import torch  # see above

        hidden = torch.relu(torch.tensor(S.X) @ W.transpose(1, 2))
        output = (hidden * alpha[:, None, :]).sum(dim=2)
        fit = ((output - torch.tensor(S.y)) ** 2).sum(dim=1)
        return fit + lam * ((W**2).sum(dim=(1, 2)) + (alpha**2).sum(dim=1))

    return adam(loss, [0.5 * part for part in start], steps=steps, rate=RATE)


class Trainings(NamedTuple):
    """The certified optima and the best of the trainings beside them, gated and ReLU."""

    gated: float
    gated_best: float
    relu: float
    relu_best: float


def trainings(S: Dataset, share: float, width: int = 24) -> Trainings:
    """Both kinds of network at one share of lambda_max."""
    D = enumerate_patterns(S.X)
    lam = share * convex.lambda_max(S.X, S.y)
    return Trainings(
        gated=gated.solve(S.X, S.y, lam, D, tol=1e-8).objective,
        gated_best=trained_gated(S, lam).best,
        relu=convex.solve(S.X, S.y, lam, D, tol=1e-8).objective,
        relu_best=trained_relu(S, lam, width).best,
    )
