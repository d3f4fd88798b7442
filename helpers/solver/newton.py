"""The convex program over a short list of blocks: semismooth Newton on the augmented Lagrangian of its dual.

A block k is a pattern D_k with a sign s_k; A_k = s_k D_k X, b_k in K_k. Primal and dual are

    min ||sum_k A_k b_k - y||^2 + 2 lam sum_k ||b_k||     and     max ||y||^2 - ||y - theta||^2,  h_k(theta) <= lam,

h_k(theta) = ||Proj_{K_k}(A_k' theta)||. The augmented Lagrangian of the dual, with multipliers b and parameter sigma,
has the gradient theta - y + sum_k A_k b_k+, where b_k+ = shrink(Proj_{K_k}(b_k + sigma A_k' theta), sigma lam) is
feasible at every step and bounds what theta violates: h_k(theta) <= lam + ||b_k+ - b_k|| / sigma. So a certified gap comes
free with each step. Source of the scheme: Li, Sun and Toh, A highly efficient semismooth Newton augmented Lagrangian
method for solving lasso problems (2018); the cones are this program's own.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve

SIGMA = 100.0, 1e9  # first and largest sigma, for ||X|| = ||y|| = 1
ROUNDING = 1e-13  # of a length h_k, for ||X|| = ||y|| = 1
RADIUS = 1e4  # with lam = 0 a bound holds for points with sum ||b_k|| at most this, for ||y|| = 1


class Blocks:
    """The working set: D (B, n) as 0 and 1, signs s (B,), the point b (B, d), and its cones."""

    def __init__(self, X, rows, cones, D, s, b=None):
        self.X, self.rows, self.kind = X, rows, cones
        self.D, self.s = np.array(D, float), np.array(s, float)
        self.b = np.zeros((len(D), X.shape[1])) if b is None else b
        self.cones = cones(rows, self.D > 0)

    def __len__(self):
        return len(self.s)

    def correlate(self, theta):
        """A_k' theta, (B, d)."""
        return self.s[:, None] * ((self.D * theta) @ self.X)

    def output(self, b):
        """sum_k A_k b_k, (n,)."""
        used = np.flatnonzero(b.any(axis=1))
        return ((self.s[used, None] * b[used]) @ self.X.T * self.D[used]).sum(axis=0)

    def select(self, which):
        """Keep only those blocks."""
        self.D, self.s, self.b = self.D[which], self.s[which], self.b[which]
        self.cones.select(which)

    def extend(self, D, s):
        """Append blocks, at zero."""
        self.D, self.s = np.vstack([self.D, D]), np.concatenate([self.s, s])
        self.b = np.vstack([self.b, np.zeros((len(s), self.X.shape[1]))])
        self.cones.join(self.kind(self.rows, D > 0))


@dataclass
class Step:
    """One evaluation at theta: b_k+ (B, d) and their norms before shrinking, gradient, value and what it certifies."""

    b: np.ndarray
    norms: np.ndarray
    moved: float
    gradient: np.ndarray
    value: float
    objective: float


def dual_value(y, theta, h, lam):
    """The lower bound of s theta for the best s >= 0, and s, given h >= max_k h_k(theta).

    For lam = 0, and where h exceeds lam by no more than rounding, it is a bound on all points within RADIUS.
    """
    inner, square = y @ theta, theta @ theta
    if lam == 0 or 0 < h - lam <= ROUNDING:
        inner, h = inner - (h - lam) * RADIUS, lam
    if inner <= 0 or square == 0:
        return 0.0, 0.0
    s = inner / square
    if lam > 0 and h * s > lam:
        s = lam / h
    return 2 * s * inner - s * s * square, s


def evaluate(blocks, y, lam, theta, b, sigma):
    """The augmented Lagrangian at theta with multipliers b: a Step."""
    p = blocks.cones.project(b + sigma * blocks.correlate(theta))
    norms = np.sqrt(np.einsum("ij,ij->i", p, p))
    shrink = 1 - np.divide(sigma * lam, norms, out=np.ones(len(norms)), where=norms > sigma * lam)
    after = shrink[:, None] * p
    sizes = shrink * norms
    gradient = theta - y + blocks.output(after)
    r = gradient - theta
    value = 0.5 * (theta @ theta) - y @ theta + 0.5 / sigma * (sizes @ sizes)
    moved = np.sqrt(np.einsum("ij,ij->i", after - b, after - b).max(initial=0.0))
    return Step(after, norms, moved, gradient, value, r @ r + 2 * lam * sizes.sum())


def direction(blocks, lam, step, sigma):
    """Newton's: -(I + sigma G G')^-1 gradient. Column blocks of G are A_k Z (sqrt(a) I + (1 - sqrt(a)) v v').

    Z is a basis of the face that block k was projected on, v the direction of the projection in it, and
    a = 1 - sigma lam / ||projection|| its shrinkage.
    """
    active = np.flatnonzero(step.norms > sigma * lam)
    g = step.gradient
    if not len(active):
        return -g
    bases, dims = blocks.cones.faces(active)
    v = step.b[active] / np.linalg.norm(step.b[active], axis=1)[:, None]
    a = np.sqrt(1 - sigma * lam / step.norms[active])[:, None, None]
    along = np.einsum("bfi,bi->bf", bases, v)
    roots = a * bases + (1 - a) * along[:, :, None] * v[:, None, :]
    used = np.arange(bases.shape[1]) < dims[:, None]
    G = roots[used] @ blocks.X.T  # here and below G': a row at a time is a block's
    G *= (blocks.s[:, None] * blocks.D)[active[np.nonzero(used)[0]]]
    c, n = G.shape
    if c <= n:
        H = G @ G.T
        H.flat[:: c + 1] += 1 / sigma + 1e-15 * np.trace(H)
        return -(g - cho_solve(cho_factor(H, check_finite=False), G @ g, check_finite=False) @ G)
    H = sigma * (G.T @ G)
    H.flat[:: n + 1] += 1
    return -cho_solve(cho_factor(H, check_finite=False), g, check_finite=False)


def search(blocks, y, lam, theta, b, sigma, step, most=8):
    """Along Newton's direction to where the slope is at most half what it was: (theta, its Step).

    The function is convex, so a slope that has turned positive brackets the minimum; a secant into the bracket follows.
    """
    move = direction(blocks, lam, step, sigma)
    first = step.gradient @ move
    low, t = (0.0, first), 1.0
    for _ in range(most):
        trial, at = evaluate(blocks, y, lam, theta + t * move, b, sigma), t
        slope = trial.gradient @ move
        if abs(slope) <= -0.5 * first or slope < 0 and t == 1:
            break
        if slope < 0:
            low = t, slope
        else:
            high = t, slope
        secant = low[0] - low[1] * (high[0] - low[0]) / (high[1] - low[1])
        width = high[0] - low[0]
        t = min(max(secant, low[0] + 0.1 * width), high[0] - 0.1 * width)
    return theta + at * move, trial


def minimise(blocks, y, lam, theta, target, sigma=SIGMA[0], outer=60, inner=40):
    """Solve over the blocks, from theta and blocks.b, until the certified gap is at most `target` (absolute).

    Leaves the best point in blocks.b. Returns (theta, objective, bound, sigma), theta being the dual point that proved
    the bound. Written for ||X|| = ||y|| = 1.
    """
    b = blocks.b
    r = y - blocks.output(b)
    best_b, best = b, r @ r + 2 * lam * np.linalg.norm(b, axis=1).sum()
    best_theta, bound = theta, -np.inf
    for _ in range(outer):
        before = best - bound
        step = evaluate(blocks, y, lam, theta, b, sigma)
        for steps in range(inner):
            if step.objective < best:
                best, best_b = step.objective, step.b
            value, _ = dual_value(y, theta, lam + step.moved / sigma, lam)
            if value > bound:
                bound, best_theta = value, theta
            size = np.linalg.norm(step.gradient)
            if best - bound <= target or size <= max(step.moved / np.sqrt(sigma), 1e-15):
                break
            theta, step = search(blocks, y, lam, theta, b, sigma, step)
        if best - bound <= target:
            break
        b = step.b
        if sigma == SIGMA[1] and best - bound > 0.5 * before:
            break
        growth = 5 if steps < 4 else 2 if steps < 9 else 1  # where Newton has it hard, go slowly
        sigma = min(growth * sigma, SIGMA[1])
    blocks.b = best_b
    return best_theta, best, bound, sigma
