"""The convex program over a short list of blocks: semismooth Newton on an augmented Lagrangian.

A block k is a pattern D_k with a sign s_k; A_k = s_k D_k X, b_k in K_k. Primal and dual are

    min ||sum_k A_k b_k - y||^2 + 2 lam sum_k ||b_k||,
    max ||y||^2 - ||y - theta||^2  such that  h_k(theta) = ||Proj_{K_k}(A_k' theta)|| <= lam.

The augmented Lagrangian of the dual, with multipliers b and parameter sigma, has the gradient
theta - y + sum_k A_k b_k+, where b_k+ = shrink(Proj_{K_k}(b_k + sigma A_k' theta), sigma lam).
These blocks are feasible at every step, and bound what theta violates:
h_k(theta) <= lam + ||b_k+ - b_k|| / sigma. So a certified gap comes free with each step.

Source of the scheme: Li, Sun and Toh, A highly efficient semismooth Newton augmented
Lagrangian method for solving lasso problems (2018); the cones are this program's own.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from .blocks import WorkingSet
from .limits import UNLIMITED, Limits

# Sigma, for ||X|| = ||y|| = 1. The first makes steps easy; beyond the last b + sigma A' theta
# loses the digits of b that the projection needs.
FIRST_SIGMA = 100.0
LAST_SIGMA = 1e9

# Of a length h_k, for ||X|| = ||y|| = 1: what a smaller lam asks for cannot be told from zero.
ROUNDING = 1e-13

# With lam = 0 a bound holds for points with sum ||b_k|| at most this, for ||y|| = 1.
RADIUS = 1e4

# Multipliers (outer) and, for each of them, Newton steps (inner) before giving up.
OUTER = 60
INNER = 40

# Products of matrices between two looks at the clock (some 0.1 s).
BETWEEN = 3e8

# Products in the time of writing a number to memory a few times over.
WRITING = 30

# Points of a line search: where the bracket is down to the last digits, none is better.
TRIALS = 8

# A secant step keeps off the ends of its bracket by this share, so that both ends move.
MARGIN = 0.1


class Value(NamedTuple):
    """The best lower bound that a multiple of theta proves, and that multiple."""

    bound: float
    scale: float


def dual_value(
    y: np.ndarray,
    theta: np.ndarray,
    h: float,
    lam: float,
) -> Value:
    """The lower bound of s theta for the best s >= 0, given h >= max_k h_k(theta).

    For lam = 0 it is a bound on all points within RADIUS. An infinite h proves nothing.
    """
    inner = y @ theta
    square = theta @ theta
    if lam == 0:
        inner = inner - h * RADIUS
    if inner <= 0 or square == 0:
        return Value(0.0, 0.0)
    s = inner / square
    if lam > 0 and h * s > lam:
        s = lam / h
    return Value(2 * s * inner - s * s * square, s)


def largest_for(y: np.ndarray, theta: np.ndarray, lam: float, value: float) -> float:
    """The largest h for which s theta, s >= 0, still proves that lower bound; 0 if there is none.

    The s that do are those between the roots of 2 s y'theta - s^2 ||theta||^2 = value.
    """
    inner = y @ theta
    root = inner**2 - value * (theta @ theta)
    if inner <= 0 or root < 0:
        return 0.0
    return lam * (inner + np.sqrt(root)) / value


@dataclass
class Step:
    """The augmented Lagrangian at one theta.

    b (B, d): the blocks b_k+, feasible; norms (B,) of their projections before shrinking;
    moved: the largest ||b_k+ - b_k||; gradient (n,); value; objective: the program's value at
    b.
    """

    theta: np.ndarray
    b: np.ndarray
    norms: np.ndarray
    moved: float
    gradient: np.ndarray
    objective: float


@dataclass
class AugmentedLagrangian:
    """That of the dual over a working set, with multipliers b (B, d) and parameter sigma.

    Its methods raise TimeoutError once the time of `limits` is over.
    """

    working: WorkingSet
    y: np.ndarray
    lam: float
    b: np.ndarray
    sigma: float
    limits: Limits = UNLIMITED

    def at(self, theta: np.ndarray) -> Step:
        """The blocks b_k+ and the gradient at theta."""
        self.limits.look()
        working = self.working
        threshold = self.sigma * self.lam
        far = self.b + self.sigma * working.correlate(theta)
        p = working.cones.project(far, self.limits)
        norms = np.sqrt(np.einsum("ij,ij->i", p, p))
        ratio = np.divide(threshold, norms, out=np.ones(len(norms)), where=norms > threshold)
        shrink = 1 - ratio
        after = shrink[:, None] * p
        sizes = shrink * norms
        change = after - self.b
        gradient = theta - self.y + working.output(after)
        residual = gradient - theta
        return Step(
            theta=theta,
            b=after,
            norms=norms,
            moved=np.sqrt(np.einsum("ij,ij->i", change, change).max(initial=0.0)),
            gradient=gradient,
            objective=residual @ residual + 2 * self.lam * sizes.sum(),
        )

    def direction(self, step: Step) -> np.ndarray:
        """Newton's direction at a step, -(I + sigma G G')^-1 gradient.

        G's columns are, for every block that is not zero, A_k Z (sqrt(a) I + (1 - sqrt(a)) v
        v'). Z is a basis of the face that the block was projected on, v the direction of the
        projection in it, and a = 1 - sigma lam / ||projection|| its shrinkage.
        """
        g = step.gradient
        sigma = self.sigma
        active = np.flatnonzero(step.norms > sigma * self.lam)
        if not len(active):
            return -g
        G = self._root(step, active)
        c, n = G.shape
        if c <= n:  # by Woodbury's identity in the smaller of the two dimensions
            H = self._gram(G)
            H.flat[:: c + 1] += 1 / sigma + 1e-15 * np.trace(H)  # rounding of H
            inside = cho_solve(cho_factor(H, check_finite=False), G @ g, check_finite=False)
            return -(g - inside @ G)
        H = sigma * self._gram(G.T)
        H.flat[:: n + 1] += 1
        return -cho_solve(cho_factor(H, check_finite=False), g, check_finite=False)

    def _root(self, step, active):
        """G', (c, n): a row is a column of `direction`'s G."""
        n, d = self.working.X.shape
        pieces = self.limits.pieces(len(active), int(BETWEEN / (n * d * (d + WRITING))))
        parts = [self._rows(step, active[some]) for some in pieces]
        return parts[0] if len(parts) == 1 else np.vstack(parts)

    def _rows(self, step, active):
        """The rows of G' that belong to some of the blocks."""
        working = self.working
        bases, dims = working.cones.face_bases(active)
        v = step.b[active] / np.linalg.norm(step.b[active], axis=1)[:, None]
        root = np.sqrt(1 - self.sigma * self.lam / step.norms[active])[:, None, None]
        along = np.einsum("bfi,bi->bf", bases, v)
        turned = root * bases + (1 - root) * along[:, :, None] * v[:, None, :]
        used = np.arange(bases.shape[1]) < dims[:, None]
        G = turned[used] @ working.X.T
        G *= (working.s[:, None] * working.D)[active[np.nonzero(used)[0]]]
        return G

    def _gram(self, G):
        """G G'."""
        H = np.empty((len(G), len(G)))
        for some in self.limits.pieces(len(G), int(BETWEEN / G.size)):
            H[some] = G[some] @ G.T
        return H

    def search(self, step: Step) -> Step:
        """Along Newton's direction to where the slope is at most half what it was.

        The function is convex, so a slope that has turned positive brackets the minimum;
        secants into the bracket follow.
        """
        move = self.direction(step)
        first = step.gradient @ move
        low = 0.0
        slope_low = first
        t = 1.0
        for _ in range(TRIALS):
            trial = self.at(step.theta + t * move)
            slope = trial.gradient @ move
            far_enough = slope < 0 and t == 1  # Newton's full step, and still downhill
            if abs(slope) <= -0.5 * first or far_enough:
                break
            if slope < 0:
                low = t
                slope_low = slope
            else:
                high = t
                slope_high = slope
            width = high - low
            secant = low - slope_low * width / (slope_high - slope_low)
            t = min(max(secant, low + MARGIN * width), high - MARGIN * width)
        return trial


class Solved(NamedTuple):
    """What `minimise` found: the dual point that proved most, its bound over the working set.

    objective: of the point. sigma: the last one.
    """

    theta: np.ndarray
    bound: float
    objective: float
    sigma: float


def minimise(
    working: WorkingSet,
    y: np.ndarray,
    lam: float,
    theta: np.ndarray,
    target: float,
    sigma: float = FIRST_SIGMA,
    patience: int = OUTER,
    limits: Limits = UNLIMITED,
) -> Solved:
    """Solve over the working set, from theta and its b, to a certified gap of `target`.

    The gap is absolute, for ||X|| = ||y|| = 1. Leaves the best point in working.b. Ends early after
    `patience` multipliers whose Lagrangian INNER steps did not minimise.
    """
    L = AugmentedLagrangian(working, y, lam, working.b, sigma, limits)
    best_b = working.b
    best = working.objective(y, lam)
    best_theta = theta
    bound = -np.inf
    lost = 0
    with suppress(TimeoutError):
        for _ in range(OUTER):
            before = best - bound
            step = L.at(theta)
            steps = 0
            while True:
                # 1) Keep the best point and the best bound.
                if step.objective < best:
                    best = step.objective
                    best_b = step.b
                value = dual_value(y, step.theta, lam + step.moved / L.sigma, lam)
                if value.bound > bound:
                    bound = value.bound
                    best_theta = step.theta
                # 2) Stop at the target, or where this Lagrangian is minimised well enough.
                small = max(step.moved / np.sqrt(L.sigma), 1e-15)
                if best - bound <= target or np.linalg.norm(step.gradient) <= small:
                    break
                # 3) One Newton step.
                step = L.search(step)
                steps += 1
                if steps == INNER:
                    break
            theta = step.theta
            lost += steps == INNER
            if best - bound <= target or lost == patience:
                break
            L.b = step.b
            if L.sigma == LAST_SIGMA and best - bound > 0.5 * before:
                break  # as sharp as can be, and it no longer helps
            L.sigma = min(_growth(steps) * L.sigma, LAST_SIGMA)
    working.b = best_b
    return Solved(best_theta, bound, best, L.sigma)


def _growth(steps):
    """By what sigma grows after a minimisation of so many Newton steps: slowly where it is hard."""
    if steps < 4:
        return 5
    if steps < 9:
        return 2
    return 1
