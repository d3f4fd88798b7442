"""Section What descent finds: four theorems, each with its condition kept and broken."""

from collections.abc import Sequence
from typing import NamedTuple

import cvxpy as cp
import numpy as np

from .. import convex, train
from ..data import Dataset, with_bias
from ..doubles import lengths
from ..loss import predict, relu
from ..networks import Network
from ..patterns import activation_points, enumerate_patterns
from . import local_minima
from .large_initialisation import fitted, linearised
from .small_initialisation import orthogonal_points

# Of the largest neuron: what is smaller is what an interior point leaves of a zero.
USED = 1e-4


def norm(W: np.ndarray, alpha: np.ndarray) -> float:
    """sum_i ||w_i|| |alpha_i|, half the least decay of a network with these products."""
    return float(lengths(W) @ np.abs(alpha))


def least_norm(S: Dataset) -> float:
    """The smallest `norm` of all networks that fit: the convex optimum as its decay vanishes."""
    best = convex.solve(S.X, S.y, 1e-6, tol=1e-9)
    return norm(*best.to_network())


def skewed_points() -> Dataset:
    """Four random points in five dimensions, not orthogonal, with the labels of the orthogonal."""
    X = np.random.default_rng(0).normal(size=(4, 5)) / np.sqrt(5)
    return Dataset(X, orthogonal_points().y, "none: random points")


class Fitted(NamedTuple):
    """A fit from small weights: its norm over the least one, and the data term that is left."""

    ratio: float
    fit: float


def from_small(
    S: Dataset,
    scales: Sequence[float],
    m: int = 200,
    seed: int = 0,
) -> list[Fitted]:
    """Gradient descent without decay from m balanced neurons of every size: ||w_i|| = |alpha_i|."""
    least = least_norm(S)
    found = []
    for scale in scales:
        rng = np.random.default_rng(seed)
        W = rng.normal(size=(m, S.X.shape[1]))
        W *= scale / lengths(W)[:, None]
        alpha = scale * np.sign(rng.normal(size=m))
        settings = dict(step=0.03, steps=2500, record_every=2500)
        run = train.gradient_descent(S.X, S.y, W, alpha, **settings)
        found.append(Fitted(norm(*run.final) / least, float(run.fit[-1])))
    return found


def apart_from_linearised(scale: float, mirrored: bool, seed: int = 7) -> float:
    """How far the article's network ends from its linearisation between the data, over its range.

    mirrored: it starts from opposite pairs, with the output zero. Without decay, 1,000 neurons.
    """
    S, run = fitted(scale, mirrored=mirrored, seed=seed, steps=3000)
    x = with_bias(np.linspace(S.X[:, 0].min(), S.X[:, 0].max(), 301))
    output = predict(x, *run.final)
    approximation = linearised(S, (run.W[0], run.alpha[0]), x)
    return float(np.abs(output - approximation).max() / np.ptp(output))


def success(widths: Sequence[int], positive: bool, runs: int = 40) -> np.ndarray:
    """The share of descents of every width that end within 1% of the best loss of any width.

    On the five points of *All local minima*, with decay. The first weights are normal and balanced.
    positive: all alpha_i > 0, or else of either sign.
    """
    problem = local_minima.problem("plane", 2)
    X = problem.S.X
    y = problem.S.y
    best = convex.solve(X, y, problem.lam).objective
    shares = []
    for m in widths:
        rng = np.random.default_rng(0)
        W = rng.normal(size=(runs, m, X.shape[1])) / np.sqrt(m)
        signs = np.sign(rng.normal(size=(runs, m)))
        alpha = np.linalg.norm(W, axis=2) * (1 if positive else signs)
        ends = train.descend_many(X, y, W, alpha, lam=problem.lam, step=0.03, steps=6000)
        shares.append(np.mean(ends.loss < 1.01 * best))
    return np.array(shares)


class Ramps(NamedTuple):
    """A sum of ramps on one line and a constant: the optimum where the bias costs nothing.

    knots (k,): where the ramps begin. right, left (k,): slopes of those that are active to the
    right, and to the left. constant. theta (n,): the residual. loss: with the cost of the slopes.
    """

    knots: np.ndarray
    right: np.ndarray
    left: np.ndarray
    constant: float
    theta: np.ndarray
    loss: float

    @property
    def used(self) -> np.ndarray:
        """The knots that bend the output."""
        size = np.abs(self.right) + np.abs(self.left)
        return self.knots[size > USED * size.max(initial=0)]

    def predict(self, x: np.ndarray) -> np.ndarray:
        """The output at every x (k,)."""
        apart = x[:, None] - self.knots
        return relu(apart) @ self.right + relu(-apart) @ self.left + self.constant


def free_bias(x: np.ndarray, y: np.ndarray, lam: float, knots: np.ndarray) -> Ramps:
    """The best sum of ramps that begin at the knots, and a constant; only the slopes cost.

    A neuron whose bias is not decayed costs 2 lam |alpha w_1|, wherever it begins: a lasso.
    """
    right = cp.Variable(len(knots))
    left = cp.Variable(len(knots))
    constant = cp.Variable()
    apart = x[:, None] - knots
    output = relu(apart) @ right + relu(-apart) @ left + constant
    cost = cp.sum_squares(output - y) + 2 * lam * (cp.norm1(right) + cp.norm1(left))
    loss = cp.Problem(cp.Minimize(cost)).solve(solver=cp.CLARABEL)
    theta = y - output.value
    return Ramps(knots, right.value, left.value, float(constant.value), theta, float(loss))


def ramp_curve(x: np.ndarray, theta: np.ndarray, knots: np.ndarray, decayed: bool) -> np.ndarray:
    """theta' (X u)_+ of the neurons that begin at the knots, active right, left: (2, k).

    u = (1, -knot) and (-1, knot), over the length |u_1|, or, if the bias is decayed, ||u||.
    """
    apart = x - knots[:, None]
    curves = np.array([relu(apart) @ theta, relu(-apart) @ theta])
    return curves / np.hypot(1, knots) if decayed else curves


def line_points(seed: int = 17) -> Dataset:
    """Six random points on a line with random labels; the bias is the second column."""
    rng = np.random.default_rng(seed)
    x = np.sort(rng.uniform(-1, 1, 6))
    return Dataset(with_bias(x), rng.normal(size=6), "none: random points")


def decay_for(S: Dataset) -> float:
    """A tenth of the decay from which on the best network is zero."""
    return 0.1 * convex.lambda_max(S.X, S.y)


def decayed_knots(S: Dataset, lam: float) -> np.ndarray:
    """Where the neurons of the convex optimum begin, the bias decayed: each place once."""
    W, alpha = convex.solve(S.X, S.y, lam, tol=1e-8).to_network()
    size = lengths(W) * np.abs(alpha)
    places = activation_points(W[size > USED * size.max(initial=0)])
    # a neuron that begins in two cells at once is two of the program, alike to more than this
    return np.unique(places[np.isfinite(places)].round(3))


class Knots(NamedTuple):
    """How many knots lie at a data point, between two of them, and outside."""

    at: int
    between: int
    outside: int


def count_knots(sets: int = 30) -> Knots:
    """Of the optima of so many random sets of six points, the bias decayed."""
    counts = np.zeros(3, int)
    for seed in range(sets):
        S = line_points(seed)
        x = S.X[:, 0]
        places = decayed_knots(S, decay_for(S))
        at = np.abs(places[:, None] - x).min(axis=1) < 2e-3  # they are rounded to 0.001
        outside = ~at & ((places < x.min()) | (places > x.max()))
        counts += at.sum(), (~at & ~outside).sum(), outside.sum()
    return Knots(*counts.tolist())


def separable_points(seed: int) -> Dataset:
    """Six points in space, orthogonally separable: x_j'x_k > 0 within a class, else <= 0."""
    X = np.abs(np.random.default_rng(seed).normal(size=(6, 3)))
    y = np.repeat([1.0, -1.0], 3)
    return Dataset(y[:, None] * X, y, "none: random points")


def unruly_points(seed: int) -> Dataset:
    """Six random points of the plane in two classes at random."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(6, 2))
    y = np.sign(rng.normal(size=6))
    y[:2] = 1, -1  # neither class is empty
    return Dataset(X, y, "none: random points")


def max_margin(S: Dataset) -> float:
    """The least sum_i (||u_i|| + ||v_i||) of networks with y_j f(x_j) >= 1 at every point.

    The largest margin of a network of `norm` one is one over it.
    """
    D = enumerate_patterns(S.X)
    sides = np.where(D, 1.0, -1.0)
    U = cp.Variable((len(D), S.X.shape[1]))
    V = cp.Variable((len(D), S.X.shape[1]))
    output = cp.sum(cp.multiply(D, (U - V) @ S.X.T), axis=0)
    walls = [cp.multiply(sides, B @ S.X.T) >= 0 for B in (U, V)]
    size = cp.sum(cp.norm(U, axis=1)) + cp.sum(cp.norm(V, axis=1))
    program = cp.Problem(cp.Minimize(size), [cp.multiply(S.y, output) >= 1, *walls])
    return float(program.solve(solver=cp.CLARABEL))


class MarginRun(NamedTuple):
    """The smallest margin over the norm, as a share of the largest possible, at recorded steps."""

    step: np.ndarray
    share: np.ndarray
    network: Network


def margin_run(
    S: Dataset,
    scale: float = 1e-3,
    m: int = 60,
    seed: int = 0,
    steps: int = 20_000,
) -> MarginRun:
    """Gradient descent on log sum_j exp(-y_j f(x_j)) from balanced weights of that scale.

    Without decay. The gradient is that of the exponential loss over the loss: the same path, walked
    faster. As the curvature grows with the norm, the step shrinks with it.
    """
    rng = np.random.default_rng(seed)
    W = scale * rng.normal(size=(m, S.X.shape[1]))
    alpha = np.sign(rng.normal(size=m)) * lengths(W)
    largest = 1 / max_margin(S)
    recorded = np.unique(np.geomspace(1, steps, 60).astype(int))
    share = []
    for t in range(1, steps + 1):
        Z = S.X @ W.T
        margins = S.y * (relu(Z) @ alpha)
        weight = np.exp(margins.min() - margins)
        slope = -S.y * weight / weight.sum()
        size = np.linalg.norm(W, axis=1) @ np.abs(alpha)
        step = 0.3 / (1 + size)
        dW = alpha[:, None] * (((Z > 0).T * slope) @ S.X)
        dalpha = relu(Z).T @ slope
        W = W - step * dW
        alpha = alpha - step * dalpha
        if t == recorded[len(share)]:
            margin = np.min(S.y * (relu(S.X @ W.T) @ alpha))
            share.append(margin / norm(W, alpha) / largest)
    return MarginRun(recorded, np.array(share), (W, alpha))
