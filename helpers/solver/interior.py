"""The convex program over a short list of blocks by an interior-point method, a second string.

Where columns are nearly collinear (points far from the origin beside a bias column) or differ much
in size, cones are needles, and the semismooth Newton method of `newton` changes faces for ever.
The path of centres does not see faces. The program is written with lengths t_k and slacks,

    min  1/2 ||theta||^2 + lam sum_k t_k,      theta = y - sum_k A_k b_k,
    C_k b_k = slack_k >= 0,                    (t_k, b_k) in the second-order cone,

in a basis b_k = L v_k in which the unit rows of X L are well conditioned; the norm is then
||L v_k||. That is a change of coordinates: the program stays what it is. Any theta bounds it from
below once its h_k are known, and these are found by projection, as everywhere.

Scaling and steps are Nesterov and Todd's with Mehrotra's corrector. Source: Vandenberghe, The
CVXOPT linear and quadratic cone program solvers (2010).
"""

from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from ..doubles import lengths
from . import newton
from .blocks import WorkingSet
from .cones import Whole
from .limits import Limits
from .newton import AugmentedLagrangian, Solved
from .scaling import Factors

# Iterations before giving up; 15 to 40 are usual.
MOST = 100

# A step ends at this share of the way to the boundary of the cones, where the next one begins well.
SHARE = 0.99
# A shorter one leads nowhere.
SHORTEST = 1e-8

# Once complementarity is below this share of the gap asked for, the rest is rounding, ...
FINISHED = 0.1
# ... which so many more iterations may or may not overcome.
STALL = 4

# Numbers in the largest arrays (80 MB): the slacks, the columns of all blocks, the n x n system.
ROOM = 1e7
# Products in the n x n system, up to which an iteration takes less than half a second, ...
WORK = 1e9
# ... and up to which all blocks of a program may be taken on at once (some 20 milliseconds).
LITTLE = 1e8

# Sigmas of the proximal step from inside the cones onto their faces, the largest first, ...
SIGMAS = 10.0 ** np.arange(12, 0, -1)
# ... and the share of the objective that it may add: Newton's method takes it off again.
NEARLY = 1e-5

# Added to the diagonal of a matrix of ones there: rounding must not make it indefinite.
RIDGE = 1e-15


@dataclass
class Vectors:
    """Vectors (head, tail) of B second-order cones head >= ||tail||: head (B,), tail (B, d)."""

    head: np.ndarray
    tail: np.ndarray

    def __add__(self, other):
        return Vectors(self.head + other.head, self.tail + other.tail)

    def __sub__(self, other):
        return Vectors(self.head - other.head, self.tail - other.tail)

    def times(self, a):
        """The vectors times a number for all, or times numbers (B,)."""
        return Vectors(a * self.head, np.asarray(a)[..., None] * self.tail)

    def dot(self, other):
        """Inner products, (B,)."""
        return self.head * other.head + np.einsum("bi,bi->b", self.tail, other.tail)

    def mirrored(self):
        """(head, -tail)."""
        return Vectors(self.head, -self.tail)

    def depth(self):
        """sqrt(head^2 - ||tail||^2), without cancellation."""
        length = np.linalg.norm(self.tail, axis=1)
        return np.sqrt(np.maximum(self.head - length, 0)) * np.sqrt(self.head + length)

    def jordan(self, other):
        """Products in the cones' Jordan algebra."""
        tail = self.head[:, None] * other.tail + other.head[:, None] * self.tail
        return Vectors(self.dot(other), tail)

    def jordan_divide(self, other):
        """The x with self.jordan(x) = other."""
        head = self.mirrored().dot(other) / self.depth() ** 2
        tail = (other.tail - head[:, None] * self.tail) / self.head[:, None]
        return Vectors(head, tail)

    def reach(self, step):
        """The largest a for which self + a step stays in all the cones."""
        a = step.mirrored().dot(step)
        b = self.mirrored().dot(step)
        c = self.depth() ** 2
        root = np.sqrt(np.maximum(b * b - a * c, 0))
        q = -(b + np.where(b >= 0, root, -root))
        crossings = np.stack([q / a, c / q, -self.head / step.head])
        real = b * b >= a * c
        there = np.stack([real, real, step.head < 0])
        there &= np.isfinite(crossings) & (crossings > 0)
        return np.where(there, crossings, np.inf).min(initial=np.inf)


class Scaling:
    """Nesterov and Todd's scaling W of second-order cones: W z = W^-1 s, for s and z inside."""

    def __init__(self, s: Vectors, z: Vectors):
        s_depth = s.depth()
        z_depth = z.depth()
        s = s.times(1 / s_depth)
        z = z.times(1 / z_depth)
        gamma = np.sqrt((1 + s.dot(z)) / 2)
        self.w = (s + z.mirrored()).times(0.5 / gamma)
        self.square = s_depth / z_depth
        self.root = np.sqrt(self.square)

    def times(self, x):
        """W x."""
        return _boost(x, self.w).times(self.root)

    def over(self, x):
        """W^-1 x."""
        return _boost(x, self.w.mirrored()).times(1 / self.root)

    def over_twice(self, x):
        """W^-2 x."""
        w = self.w.mirrored()
        return (w.times(2 * w.dot(x)) - x.mirrored()).times(1 / self.square)


def _boost(x, w):
    """The hyperbolic rotation of x that takes (1, 0) to w."""
    along = np.einsum("bi,bi->b", w.tail, x.tail)
    slope = x.head + along / (1 + w.head)
    return Vectors(w.head * x.head + along, x.tail + slope[:, None] * w.tail)


@dataclass
class Step:
    """A direction of the point of `Centres`, with the same shapes."""

    theta: np.ndarray
    v: np.ndarray
    t: np.ndarray
    slack: np.ndarray
    price: np.ndarray
    s: Vectors
    z: Vectors


class Centres:
    """A restricted program and the point reached on its path of centres.

    theta (n,): the dual point. v (B, r), t (B,): blocks b = L v and their lengths. slack, price
    (B, m): of the m walls of every cone, and their multipliers. s, z: vectors (t, b) of the
    second-order cones, and their multipliers.
    """

    def __init__(self, working: WorkingSet, y: np.ndarray, lam: float):
        self.y = y
        self.lam = lam
        self.L = Factors.of(working.X).inverse()
        self.A = working.X @ self.L
        self.signed = working.D * working.s[:, None]
        length = lengths(self.A)
        walls = length > 0
        if isinstance(working.cones, Whole):
            walls[:] = False
        self.rows = self.A[walls] / length[walls, None]
        self.sgn = np.where(working.D[:, walls] > 0, 1.0, -1.0)
        self.squares = np.einsum("ji,jl->jil", self.rows, self.rows)
        self.gram = self.L.T @ self.L
        self._start()
        self._measure()

    def _start(self):
        """A point of the size that a solution has if all blocks fit the labels alike."""
        B, n = self.signed.shape
        d, r = self.L.shape
        slack = 1 / np.sqrt(n)
        t = 1 / (self.lam * B)
        self.theta = self.y.copy()
        self.v = np.zeros((B, r))
        self.t = np.full(B, t)
        self.slack = np.full(self.sgn.shape, slack)
        self.price = np.full(self.sgn.shape, self.lam * t / slack)
        self.s = Vectors(np.full(B, t), np.zeros((B, d)))
        self.z = Vectors(np.full(B, self.lam), np.zeros((B, d)))

    def _measure(self):
        """What the equations leave, and the complementarity."""
        self.b = self.v @ self.L.T
        pull = (self.signed * self.theta) @ self.A
        self.rest_theta = self.y - self._output(self.v) - self.theta
        self.rest_v = -pull - (self.sgn * self.price) @ self.rows - self.z.tail @ self.L
        self.rest_t = self.lam - self.z.head
        self.rest_slack = self.sgn * (self.v @ self.rows.T) - self.slack
        self.rest_s = Vectors(self.t, self.b) - self.s
        self.products = np.sum(self.slack * self.price) + np.sum(self.s.dot(self.z))

    def gap(self) -> float:
        """That of the program, but for rounding and what the equations leave."""
        return 2 * self.products

    def _output(self, v):
        """sum_k A_k v_k, (n,)."""
        return np.einsum("bj,bj->j", self.signed, v @ self.A.T)

    def advance(self) -> float:
        """One iteration; returns what share of its step was taken."""
        self._factorise()
        count = self.slack.size + len(self.t)
        mu = self.products / count
        # 1) How far does the direction to complementarity zero lead?
        affine = self._direction(self.slack, self.s)
        a = min(1.0, self._reach(affine))
        after = np.sum((self.slack + a * affine.slack) * (self.price + a * affine.price))
        after += np.sum((self.s + affine.s.times(a)).dot(self.z + affine.z.times(a)))
        # 2) Aim at a centre the nearer to zero the farther it led, and correct for its curvature.
        aim = mu * min(1.0, max(0.0, after / self.products)) ** 3
        curved = self.scaling.over(affine.s).jordan(self.scaling.times(affine.z))
        curved.head -= aim
        middle = self.scaling.times(self.z)
        step = self._direction(
            self.slack + (affine.slack * affine.price - aim) / self.price,
            self.s + self.scaling.times(middle.jordan_divide(curved)),
        )
        # 3) Go there, but not quite to the boundary.
        a = min(1.0, SHARE * self._reach(step))
        self.theta = self.theta + a * step.theta
        self.v = self.v + a * step.v
        self.t = self.t + a * step.t
        self.slack = self.slack + a * step.slack
        self.price = self.price + a * step.price
        self.s = self.s + step.s.times(a)
        self.z = self.z + step.z.times(a)
        self._measure()
        return a

    def _factorise(self):
        """The Hessian of every block, its t eliminated, and the n x n system of all blocks."""
        B, n = self.signed.shape
        r = self.L.shape[1]
        self.scaling = Scaling(self.s, self.z)
        self.weight = self.price / self.slack
        w = self.scaling.w
        self.bend = 2 * w.head**2 - 1
        length = np.linalg.norm(w.tail, axis=1)
        unit = w.tail / np.where(length == 0, 1, length)[:, None]
        along = unit @ self.L
        H = self.gram - (1 - 1 / self.bend)[:, None, None] * along[:, :, None] * along[:, None]
        H /= self.scaling.square[:, None, None]
        H += (self.weight @ self.squares.reshape(-1, r * r)).reshape(B, r, r)
        scale = 1 / np.sqrt(np.einsum("bii->bi", H))
        H *= scale[:, :, None] * scale[:, None, :]
        H += RIDGE * np.eye(r)
        self.root = np.linalg.inv(np.linalg.cholesky(H)) * scale[:, None, :]
        F = ((self.root @ self.A.T) * self.signed[:, None, :]).reshape(B * r, n)
        M = F.T @ F
        M.flat[:: n + 1] += 1
        self.system = cho_factor(M, check_finite=False)

    def _solve(self, g):
        """H^-1 g, block by block."""
        return np.einsum("bij,bi->bj", self.root, np.einsum("bij,bj->bi", self.root, g))

    def _direction(self, slack_rest, s_rest):
        """Newton's step, along which slack + weight^-1 price falls by slack_rest, and so does s."""
        w = self.scaling.w
        pull = self.weight * (slack_rest + self.rest_slack)
        force = self.scaling.over_twice(s_rest + self.rest_s)
        g_t = -self.rest_t - force.head
        g = -self.rest_v - (self.sgn * pull) @ self.rows - force.tail @ self.L
        g += (2 * w.head / self.bend * g_t)[:, None] * (w.tail @ self.L)
        change = self.rest_theta - self._output(self._solve(g))
        theta = cho_solve(self.system, change, check_finite=False)
        v = self._solve(g + (self.signed * theta) @ self.A)
        b = v @ self.L.T
        along = np.einsum("bi,bi->b", w.tail, b)
        t = (g_t * self.scaling.square + 2 * w.head * along) / self.bend
        slack = self.sgn * (v @ self.rows.T) + self.rest_slack
        s = Vectors(t, b) + self.rest_s
        price = -self.weight * (slack_rest + slack)
        z = self.scaling.over_twice(s_rest + s).times(-1.0)
        return Step(theta, v, t, slack, price, s, z)

    def _reach(self, step):
        """The share of the step at which the first of all cones is left."""
        slack = _ratio(self.slack, step.slack)
        price = _ratio(self.price, step.price)
        return min(slack, price, self.s.reach(step.s), self.z.reach(step.z))


def _ratio(x, step):
    """The largest a for which x + a step is nowhere negative."""
    return np.where(step < 0, -x / step, np.inf).min(initial=np.inf)


def affordable(n: int, d: int, B: int) -> bool:
    """Whether a program of B blocks over X (n, d) fits in memory and in half a second a step."""
    return max(B * n * (d + 8), n * n) <= ROOM and n * n * B * d <= WORK


def handy(n: int, d: int) -> int:
    """Up to how many blocks of a program over X (n, d) may be taken on at once."""
    return int(min(ROOM / (n * (d + 8)), LITTLE / (n * n * d))) if n * n <= ROOM else 0


def minimise(
    working: WorkingSet, y: np.ndarray, lam: float, target: float, limits: Limits
) -> Solved:
    """Solve over the working set to a certified gap of `target`, wherever its b is.

    As `newton.minimise`, for lam > 0; the point is left in working.b if it is better.
    """
    start = working.b
    best = working.objective(y, lam)
    with np.errstate(all="ignore"):  # a step that overflows is not taken
        solved = _follow(working, y, lam, target, limits)
        with suppress(TimeoutError):
            solved = _settle(working, y, lam, target, solved, limits)
    if solved.objective > best:
        working.b = start
    return solved._replace(objective=min(solved.objective, best))


def _follow(working, y, lam, target, limits):
    """The path of centres, until the point in its cones and theta have the gap asked for."""
    best = Solved(np.zeros_like(y), 0.0, np.inf, newton.LAST_SIGMA)
    path = Centres(working, y, lam)
    point = working.b
    stalled = 0
    with suppress(TimeoutError):
        for _ in range(MOST):
            before = best.objective - best.bound
            pull = working.correlate(path.theta)
            h = np.linalg.norm(working.cones.project(pull, limits), axis=1).max()
            value = newton.dual_value(y, path.theta, max(h, lam), lam)
            if value.bound > best.bound:
                best = best._replace(theta=value.scale * path.theta, bound=value.bound)
            working.b = working.cones.project(path.b, limits)
            objective = working.objective(y, lam)
            if objective < best.objective:
                point = working.b
                best = best._replace(objective=objective)
            gap = best.objective - best.bound
            finished = path.gap() < FINISHED * target
            stalled = stalled + 1 if finished and gap > 0.9 * before else 0
            if gap <= target or stalled > STALL or limits.passed():
                break
            try:
                share = path.advance()
            except np.linalg.LinAlgError:  # of a matrix that rounding left indefinite
                break
            if not (share > SHORTEST and np.isfinite(path.b).all()):
                break
    working.b = point
    return best


def _settle(working, y, lam, target, solved, limits):
    """From inside the cones onto their faces: most blocks become zero, and the gap smaller.

    A proximal step finds the faces, the one of largest sigma that hardly changes the objective;
    from there Newton's method has few of them to change.
    """
    inside = working.b
    for sigma in SIGMAS:
        L = AugmentedLagrangian(working, y, lam, inside, sigma, limits)
        step = L.at(solved.theta)
        if step.objective <= solved.objective * (1 + NEARLY):
            break
    else:
        return solved
    settled = newton.minimise(working, y, lam, solved.theta, target, sigma, 1, limits)
    if settled.objective > solved.objective + FINISHED * target:
        working.b = inside
        settled = settled._replace(objective=solved.objective)
    if settled.bound < solved.bound:
        settled = settled._replace(theta=solved.theta, bound=solved.bound)
    return settled
