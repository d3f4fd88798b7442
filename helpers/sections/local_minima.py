"""Section on all local minima: descents brought to rest, and what share of them ends where.

Many runs are trained side by side, compiled: lanes of an array P (m, d + 1, lanes), a row of first
layer and second-layer weight for every neuron.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from .. import convex, data, minima
from ..compiling import compiled
from ..data import Dataset
from ..loss import losses
from ..train import Ends

LANES = 32  # runs of one call: what they work on stays in a core's nearest cache
BETAS = (0.9, 0.999)  # of Adam, with EPS, the defaults of PyTorch
EPS = 1e-8
ADAM = 20_000  # steps of Adam before plain ones bring its network to rest
# Steps of descent, and the size of each beside the first. At a kink a network hovers about as far
# off as a step is long; what shorter steps do not correct is then the square of that.
PHASES = (
    (1.0, 40_000),
    (1e-1, 20_000),
    (1e-2, 10_000),
    (1e-3, 3_000),
    (1e-4, 1_000),
    (1e-5, 1_000),
    (1e-6, 1_000),
)
SCALES = (0.01, 0.3, 1.0)  # of the first weights
DEAD = 1e-5  # a neuron this small on its way to zero: those of minima are above 1e-2
AT = 1e-6  # losses up to this far apart count as one
OPTIMISERS = ("gradient descent", "Adam")
HOW = dict(fastmath={"reassoc", "contract", "nsz"})  # NaN keeps its meaning


@compiled(**HOW)
def _gradient(X, y, P, lam, Z, slope, G):
    """G, the gradient of eq. 1 at P, a lane a run; Z (m, n, lanes), slope (n, lanes) are room."""
    n, d = X.shape
    m, _, lanes = P.shape
    for j in range(n):
        for r in range(lanes):
            slope[j, r] = -2.0 * y[j]
    for i in range(m):
        for j in range(n):
            for r in range(lanes):
                Z[i, j, r] = 0.0
            for c in range(d):
                for r in range(lanes):
                    Z[i, j, r] += X[j, c] * P[i, c, r]
            for r in range(lanes):
                Z[i, j, r] = max(Z[i, j, r], 0.0)
                slope[j, r] += 2.0 * P[i, d, r] * Z[i, j, r]
    for i in range(m):
        for c in range(d + 1):
            for r in range(lanes):
                G[i, c, r] = 2.0 * lam * P[i, c, r]
        for j in range(n):
            for r in range(lanes):
                G[i, d, r] += slope[j, r] * Z[i, j, r]
                # From here on Z holds what reaches the first layer of the neuron.
                Z[i, j, r] = slope[j, r] * P[i, d, r] if Z[i, j, r] > 0.0 else 0.0
            for c in range(d):
                for r in range(lanes):
                    G[i, c, r] += X[j, c] * Z[i, j, r]


@compiled(**HOW)
def _descend(X, y, P, lam, step, steps):
    """Gradient descent, in place."""
    m, width, lanes = P.shape
    Z = np.empty((m, len(y), lanes))
    slope = np.empty((len(y), lanes))
    G = np.empty_like(P)
    for _ in range(steps):
        _gradient(X, y, P, lam, Z, slope, G)
        for i in range(m):
            for c in range(width):
                for r in range(lanes):
                    P[i, c, r] -= step * G[i, c, r]


@compiled(**HOW)
def _adam(X, y, P, lam, step, steps):
    """Adam, in place: algorithm 1 of Kingma and Ba."""
    m, width, lanes = P.shape
    Z = np.empty((m, len(y), lanes))
    slope = np.empty((len(y), lanes))
    G = np.empty_like(P)
    mean = np.zeros_like(P)
    square = np.zeros_like(P)
    for t in range(1, steps + 1):
        _gradient(X, y, P, lam, Z, slope, G)
        length = step / (1.0 - BETAS[0] ** t)
        share = 1.0 / (1.0 - BETAS[1] ** t)
        for i in range(m):
            for c in range(width):
                for r in range(lanes):
                    g = G[i, c, r]
                    mean[i, c, r] += (1.0 - BETAS[0]) * (g - mean[i, c, r])
                    square[i, c, r] += (1.0 - BETAS[1]) * (g * g - square[i, c, r])
                    P[i, c, r] -= length * mean[i, c, r] / (np.sqrt(share * square[i, c, r]) + EPS)


def to_rest(
    X: np.ndarray,
    y: np.ndarray,
    W: np.ndarray,
    alpha: np.ndarray,
    lam: float,
    *,
    optimiser: str = "gradient descent",
    step: float = 0.02,
    phases: tuple = PHASES,
) -> Ends:
    """Where descents from networks W (T, m, d), alpha (T, m) end: Ends.

    Steps shrink to a millionth of `step`. Adam's networks are those of 20,000 of its steps of 0.01,
    brought to rest by plain ones.
    """
    X = np.ascontiguousarray(X, float)
    y = np.ascontiguousarray(y, float)
    whole = np.concatenate([W, alpha[..., None]], axis=2).transpose(1, 2, 0)

    def ended(begin):
        P = np.ascontiguousarray(whole[:, :, begin : begin + LANES])
        if optimiser == "Adam":
            _adam(X, y, P, lam, 0.01, ADAM)
        for share, steps in phases:
            _descend(X, y, P, lam, share * step, steps)
        return P

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        parts = list(pool.map(ended, range(0, len(W), LANES)))
    P = np.concatenate(parts, axis=2).transpose(2, 0, 1)
    W = P[:, :, :-1]
    alpha = P[:, :, -1]
    return Ends(losses(X, y, W, alpha, lam), W, alpha)


@dataclass(frozen=True)
class Problem:
    """A problem of the page: data, lam as a share of the largest one that matters, and a width."""

    S: Dataset
    lam: float
    width: int

    def list(self, **options) -> minima.LocalMinima:
        """Its local minima; `options` as of `minima.local_minima`."""
        return minima.local_minima(self.S.X, self.S.y, self.lam, self.width, **options)


def plane(n: int = 5, d: int = 3, seed: int = 2) -> Dataset:
    """n random points of d - 1 coordinates in [-1, 1], with a bias, and random labels."""
    rng = np.random.default_rng(seed)
    X = data.with_bias(rng.uniform(-1, 1, (n, d - 1)))
    return Dataset(X, rng.uniform(-1, 1, n), "random points")


@lru_cache
def problem(name: str, width: int) -> Problem:
    """The problem of that name, "teaser", "line" or "plane": the article's data, or random ones."""
    S = plane() if name == "plane" else data.load(name)
    share = 0.003 if name == "teaser" else 0.05
    return Problem(S, share * convex.lambda_max(S.X, S.y), width)


def closed(found: minima.LocalMinima, width: int) -> list[minima.Point]:
    """The minima above the global one whose neurons all differ: no neuron can become zero there."""
    return [p for p in found.minima if len(p.patterns) == width and not p.is_global]


class Shares(NamedTuple):
    """Where descents ended: counts (points of the list, optimisers, scales), and how many nowhere.

    The points are those of `entries`.
    """

    counts: np.ndarray
    nowhere: int


def entries(found: minima.LocalMinima) -> list[minima.Point]:
    """What descents may end at: the minima and the places of rest, by loss."""
    return [point for point in found.points if point.kind != minima.Kind.ONE_SIDED]


def shares(problem: Problem, found: minima.LocalMinima, runs: int) -> Shares:
    """Where `runs` descents end, of both optimisers in turn, from the three scales in turn.

    Those that no point of the list is near to are trained on, with more patience.
    """
    X = problem.S.X
    rng = np.random.default_rng(0)
    start = rng.uniform(-1, 1, (runs, problem.width, X.shape[1] + 1))
    scale = np.arange(runs) % len(SCALES)
    optimiser = np.arange(runs) // len(SCALES) % len(OPTIMISERS)
    start *= np.array(SCALES)[scale, None, None]
    points = entries(found)
    counts = np.zeros((len(points), len(OPTIMISERS), len(SCALES)), int)
    nowhere = 0
    for k, name in enumerate(OPTIMISERS):
        mine = np.flatnonzero(optimiser == k)
        W = start[mine, :, :-1]
        alpha = start[mine, :, -1]
        reached = _reached(problem, points, W, alpha, name)
        nowhere += int((reached < 0).sum())
        for point, begin in zip(reached, scale[mine], strict=True):
            if point >= 0:
                counts[point, k, begin] += 1
    return Shares(counts, nowhere)


def _reached(problem, points, W, alpha, optimiser):
    """Number of the point that each run ends at, -1 where there is none."""
    S = problem.S
    losses_known = np.array([point.loss for point in points])
    dead_known = np.array([point.dead > 0 for point in points])
    is_global = np.array([point.is_global for point in points])
    ends = to_rest(S.X, S.y, W, alpha, problem.lam, optimiser=optimiser)
    reached = np.full(len(W), -1)
    left = np.arange(len(W))
    for patience in (0, 5, 25):
        if patience and len(left):
            longer = tuple((share, patience * steps) for share, steps in PHASES)
            ends = to_rest(S.X, S.y, ends.W, ends.alpha, problem.lam, phases=longer)
        if len(left):
            size = np.abs(ends.alpha) * np.linalg.norm(ends.W, axis=2)
            dead = (size < DEAD).any(axis=1)
            off = np.abs(ends.loss[:, None] - losses_known)
            # The global minimum may have zero neurons; any other has none.
            off[(dead[:, None] != dead_known) & ~is_global] = np.inf
            near = off.argmin(axis=1)
            there = off[np.arange(len(left)), near] < AT
            reached[left[there]] = near[there]
            left = left[~there]
            ends = Ends(*(value[~there] for value in ends))
    return reached
