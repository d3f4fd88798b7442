"""Patterns found, not listed: walking the arrangement uphill in the dual correlation.

The pattern that violates the dual most maximises h_i(theta), that is g(u) = s theta' (X u)_+
over ||u|| <= 1 and both signs s. Within a cell the best u is a projection,
p = z + sum_j mu_j c_j over the points j of the face it rests on. Crossing such a point changes
z by -s theta_j ||x_j|| c_j, so it improves if and only if mu_j + s theta_j ||x_j|| > 0. All
those points are flipped at once, the cell is left for that neighbour, and so on up to a local
maximum. Maximising g exactly is NP-hard in d: what is found this way are violators, never a
proof that there are none.
"""

from dataclasses import replace
from time import perf_counter

import numpy as np

from .. import networks, train
from ..patterns import row_keys
from . import cones, kernels, newton
from .blocks import Blocks, Point, keys, stacked
from .branching import Sphere
from .limits import UNLIMITED, Limits
from .pricing import Priced, Prices
from .scaling import Scaled
from .solution import Reason
from .sources import Listed
from .workingset import Optimum, optimise

# The short run of Adam that patterns are first taken from: wide enough for the supports met
# (some tens of neurons), long enough to leave the start behind, the step that suits entries
# around 1.
WIDTH = 200
STEPS = 1000
STEP = 1e-2
# Numbers that run may go through (about ten seconds): on large data it takes fewer steps.
WORK = 1e10

# With a time limit, so many steps with so many points show how long the run takes, ...
TRIAL = 3
POINTS = 2000
# ... which may be this share of the time left, ...
FOR_TRAINING = 0.3
# ... but not where it is for fewer steps, which lead nowhere: the search then begins from zero.
FEWEST = 20

# The program over that run's patterns is solved to this gap before others are looked for.
WARM_UP = 1e-5

# Cells that a sweep's first attempt starts from, and three times as many in each further one.
STARTS = 50
ATTEMPTS = 4

# A sweep that finds fewer violators tries once more: adding them one by one costs more.
PLENTY = 4

# Points times squared columns times walks between two looks at the clock (some 0.1 s).
BETWEEN = 1e7

# Steps of one walk; a walk that long has gone astray (most take fewer than ten).
LONGEST = 100

# A gain that is less, relative to the gradient, may be rounding.
LEAST = 1e-12

# Half of the random directions are drawn near the support's, at these distances.
DISTANCES = [0.1, 0.3, 1.0]

# Points count as being on one line if their unit vectors agree in so many digits.
DIGITS = 10


def search(
    scaled: Scaled,
    tol: float,
    start: Point | None,
    rng: np.random.Generator,
    limits: Limits,
) -> Optimum:
    """The best point over patterns found by walking, from `start` (None: a short training run).

    Its bound is that of `Sphere.simple_bound`: patterns that no walk has met are not priced.
    """
    start = beginning(scaled, start, rng, limits)
    found = optimise(scaled, Walks(scaled, rng), tol, start, limits)
    theta = found.dual if found.dual.any() else scaled.y - found.working.output(found.working.b)
    largest = max(Sphere(scaled.X).simple_bound(theta), scaled.lam)
    value = newton.dual_value(scaled.y, theta, largest, scaled.lam)
    return replace(found, bound=value.bound, dual=value.scale * theta, reason=Reason.SEARCHED)


def beginning(
    scaled: Scaled, start: Point | None, rng: np.random.Generator, limits: Limits
) -> Point:
    """A good point to begin with: the best over the patterns of `start`, or of a short training."""
    if start is None:
        start = trained(scaled, rng, limits)
    if len(start.D):
        known = Prices(scaled, Listed(start.D > 0))
        quiet = Limits(limits.left())  # its objective is of another program
        start = optimise(scaled, known, WARM_UP, start, quiet).working.point()
    return start


def trained(scaled: Scaled, rng: np.random.Generator, limits: Limits = UNLIMITED) -> Point:
    """The point of a network trained by Adam for a short while; zero if there is no time."""
    n, d = scaled.X.shape
    steps = min(STEPS, int(WORK / (n * d * WIDTH)))
    W = 0.1 * rng.standard_normal((WIDTH, d))
    alpha = 0.1 * rng.standard_normal(WIDTH)
    # Adam's step suits data of entries around 1 that point everywhere; here X and y have norm 1.
    grow = np.sqrt(n * d) / np.linalg.norm(scaled.even)
    lift = np.sqrt(n) / np.linalg.norm(scaled.y)

    def train_for(steps, points=slice(None)):
        return train.adam(
            np.float32(grow * scaled.even[points]),
            np.float32(lift * scaled.y[points]),
            np.float32(W),
            np.float32(alpha),
            step=STEP,
            steps=steps,
            lam=grow * lift * scaled.lam,
            record_every=max(steps, 1),
        )

    if limits.seconds < np.inf:
        some = min(n, POINTS)
        begun = perf_counter()
        train_for(min(steps, TRIAL), slice(some))
        pace = (perf_counter() - begun) / TRIAL * (n / some)
        steps = int(min(steps, FOR_TRAINING * limits.left() / pace))
        if steps < FEWEST:
            return stacked(np.zeros((0, d)), np.zeros((0, d)), np.zeros((0, n), bool))
    W, alpha = train_for(steps).final
    back = grow / lift
    U, V, D = networks.from_network(scaled.even, np.float64(W), np.float64(alpha) * back)
    return stacked(scaled.slanted(U), scaled.slanted(V), D)


class Walks:
    """A pricer for patterns that are not listed: the violators that walks from many cells find."""

    cones = cones.Polyhedra
    accuracy = 0.1  # walks are dear beside the restricted program: solve that more accurately

    def __init__(
        self,
        scaled: Scaled,
        rng: np.random.Generator,
    ):
        self.X = scaled.X
        self.normals = scaled.normals
        self.rng = rng
        self.scaled = scaled
        self.line = _lines(cones.unit_rows(scaled.even))
        self.length = np.linalg.norm(scaled.X, axis=1)
        self.together = max(1, int(BETWEEN / (scaled.X.size * scaled.X.shape[1])))

    def everything(self, most: int = 0) -> None:
        return None

    def sweep(
        self, theta: np.ndarray, cap: float, enough: int, support: Point, limits: Limits = UNLIMITED
    ) -> Priced:
        """At most `enough` blocks above `cap`, from attempts that start from ever more cells.

        Their largest h bounds nothing: it counts only once no start has led above the cap.
        """
        largest = 0.0
        weight = np.bincount(self.line, theta * self.length)
        for attempt in range(ATTEMPTS):
            D, s = self._starts(support, STARTS * 3**attempt, from_support=attempt == 0)
            h = np.zeros(len(s))
            try:
                for begin in range(0, len(s), self.together):
                    some = slice(begin, begin + self.together)
                    h[some] = self._walked(weight, theta, D[some], s[some], limits)
            except TimeoutError:
                return Priced(np.inf, None)
            largest = max(largest, h.max())
            above = np.flatnonzero(h > cap)
            if len(above) >= PLENTY or (len(above) and attempt > 0):
                above = above[np.argsort(-h[above], kind="stable")]
                return Priced(np.inf, different(D[above], s[above], enough))
        return Priced(largest, None)

    def _walked(self, weight, theta, D, s, limits):
        """h (B,) at the end of the walks from D (B, n), which are moved there, for the signs s.

        weight: the sum of theta_j ||x_j|| on every line.
        """
        d = self.X.shape[1]
        faces = kernels.no_faces(len(D), d, held=False)
        h = np.zeros(len(D))
        walking = np.arange(len(D))
        for _ in range(LONGEST):
            limits.look()
            sign = s[walking, None]
            gradient = sign * ((D[walking] * theta) @ self.X)
            cells = D[walking]
            best = kernels.project(self.normals, cells, gradient, cones.EXACT, walking, faces)
            h[walking] = np.linalg.norm(best, axis=1)

            line = self.line[faces.W[walking]]
            gain = faces.mu[walking] + sign * weight[line]
            least = LEAST * np.linalg.norm(gradient, axis=1)[:, None]
            walk, m = np.nonzero((gain > least) & (np.arange(d) < faces.size[walking, None]))
            crossed = np.zeros((len(walking), len(weight)), bool)
            crossed[walk, line[walk, m]] = True
            D[walking] ^= crossed[:, self.line]
            walking = walking[np.unique(walk)]
            if not len(walking):
                break
        return h

    def _starts(self, support, count, from_support):
        """`count` random cells, half of them near the support, and the support's own if asked."""
        even = self.scaled.even
        u = self.rng.standard_normal((count, even.shape[1]))
        if len(support.b):
            near = self.rng.choice(len(support.b), count // 2)
            distance = self.rng.choice(DISTANCES, count // 2) / np.sqrt(even.shape[1])
            near_support = self.scaled.levelled(support.b)
            unit = near_support / np.linalg.norm(near_support, axis=1)[:, None]
            u[: count // 2] = unit[near] + distance[:, None] * u[: count // 2]
        D = (even @ u.T >= 0).T
        own = len(support.b) if from_support else 0
        D = np.concatenate([support.D[:own] > 0, D])
        s = np.concatenate([support.s[:own], self.rng.choice([-1.0, 1.0], count)])
        return np.ascontiguousarray(D), s


def _lines(rows):
    """For every unit row the number of its line through the origin: opposite points share one."""
    first = np.take_along_axis(rows, np.abs(rows).argmax(axis=1)[:, None], 1)
    one_way = np.round(rows * np.sign(first), DIGITS)
    return np.unique(one_way, axis=0, return_inverse=True)[1].ravel()


def different(D, s, enough):
    """The first `enough` blocks of D (B, n), s (B,), in their order, each once."""
    first = np.unique(row_keys(keys(D, s)), return_index=True)[1]
    pick = np.sort(first)[:enough]
    return Blocks(D[pick], s[pick])
