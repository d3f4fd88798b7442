"""Section The gated relaxation: three values, what a split costs, and what a gated network is."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .. import convex, gated
from ..data import Dataset
from ..doubles import lengths
from ..extensions.restarts import Runs, adam, relu_networks
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
    plane = rng.standard_normal((2, d))
    X = rng.standard_normal((n, 2)) @ plane
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
    return Values(
        shares=shares,
        bracket=bracket(S.X, S.y, shares),
        square=float(S.y @ S.y),
        constant=constant(S.X),
    )


def stretch(X: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(||u|| + ||v||) / ||w|| of the shortest split of one normal w in every cone: (P,)."""
    D = enumerate_patterns(X)
    W = rng.standard_normal((len(D), X.shape[1]))
    asked = Gated(
        W,
        D,
        lam=1.0,  # of this and what follows nothing is used
        objective=1.0,
        lower_bound=0.0,
        gap=1.0,
        reason=Reason.TIME_LIMIT,
    )
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
    n, d = X.shape
    return Stretched(
        n=n,
        d=d,
        rank=int(np.linalg.matrix_rank(X)),
        constant=most,
        largest=float(found.max()),
        beyond=float(np.mean(found > most)),
    )


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
    reach = np.full(now.shape, np.inf)
    np.divide(np.abs(now), falling, out=reach, where=falling > 0)
    longest = 1e3 * lengths(gates)  # where no wall is in the way
    far = np.minimum(reach.min(axis=1), longest)
    return gates + far[:, None] / 2 * way


def trained_gated(S: Dataset, lam: float, runs: int = RUNS, steps: int = STEPS) -> Runs:
    """Trainings of a gated network with one neuron a pattern, both layers free."""
    import torch  # as in `restarts`: what computes without trainings runs without

    D = enumerate_patterns(S.X)
    rng = np.random.default_rng(0)
    W = rng.standard_normal((runs, len(D), S.X.shape[1]))
    alpha = rng.standard_normal((runs, len(D)))
    points = torch.tensor(S.X)
    labels = torch.tensor(S.y)
    opened = torch.tensor(D.T.astype(float))

    def loss(W, alpha):
        passed = opened * (points @ W.transpose(1, 2))
        output = (passed * alpha[:, None, :]).sum(dim=2)
        fit = ((output - labels) ** 2).sum(dim=1)
        decay = (W**2).sum(dim=(1, 2)) + (alpha**2).sum(dim=1)
        return fit + lam * decay

    return adam(loss, [0.3 * W, 0.3 * alpha], steps=steps, rate=RATE)


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
    relaxed = gated.solve(S.X, S.y, lam, D, tol=1e-8)
    exact = convex.solve(S.X, S.y, lam, D, tol=1e-8)
    networks = relu_networks(S.X, S.y, lam, width, runs=RUNS, steps=STEPS, rate=RATE)
    return Trainings(
        gated=relaxed.objective,
        gated_best=trained_gated(S, lam).best,
        relu=exact.objective,
        relu_best=networks.best,
    )
