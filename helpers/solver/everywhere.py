"""Pricing over all directions: climb to violators; prove by branch and bound that none is left."""

from concurrent.futures import Executor

import numpy as np

from ..compiling import Ahead
from .blocks import Blocks, Point, keys
from .branching import Sphere, search
from .kernels import project
from .limits import UNLIMITED, Limits
from .pricing import Priced, Prices
from .scaling import Scaled
from .sources import Listed
from .walks import DISTANCES, Walks, beginning, different
from .walks import search as walked_search

# What the blocks in use attain passes for no violator, nor what rounding adds to it.
KNOWN = 1 + 1e-12

# The share by which `largest` may be too small.
CLOSE = 1 + 1e-12

# Random directions that a sweep climbs from, and steps of each: after twenty, few still rise.
STARTS = 200
STEPS = 20
# Up to this rank a search of the whole sphere takes less time than walks from cell to cell, or
# than training a network to begin with.
LOW = 3
# Products of directions and points: fewer directions for more points, ...
PRODUCTS = 2_000_000
# ... and of those so many products at a time as a processor holds at hand (1 MB).
AT_HAND = 250_000


# In a new environment projections are compiled by another process, and the search here meanwhile.
COMPILE_PROJECTIONS = Ahead(project, f"{__name__}:walk_in_a_sample")


class Everywhere:
    """A pricer for all the patterns of the data, without a list of them.

    Directions that climb are tried first, then walks from cell to cell, which see more and take
    longer. Once they find no violator, the whole sphere of directions is searched: what passes the
    cap is a violator that they missed, and what does not is proved. executor: carries that search,
    see `branching.search`.
    """

    cones = Walks.cones
    accuracy = Walks.accuracy

    def __init__(self, scaled: Scaled, rng: np.random.Generator, executor: Executor | None = None):
        self.walks = Walks(scaled, rng)
        self.rng = rng
        self.sphere = Sphere(scaled.X)
        self.walking = len(self.sphere.basis) > LOW
        self.scaled = scaled
        self.executor = executor

    def beginning(self, start: Point | None, limits: Limits) -> Point | None:
        """A good point to begin with, `start` itself where looking for one would take longer."""
        if COMPILE_PROJECTIONS.start():
            search_a_sample()
        COMPILE_PROJECTIONS.finish(limits.left())
        if not self.walking:
            return start
        return beginning(self.scaled, start, self.rng, limits)

    def everything(self, most: int = 0) -> None:
        return None

    def sweep(
        self, theta: np.ndarray, cap: float, enough: int, support: Point, limits: Limits = UNLIMITED
    ) -> Priced:
        """Blocks above `cap`; if there are none, a bound on every h_i(theta) that is proved."""
        climbed = self._climbed(theta, support)
        new = _unknown(self._violators(theta, cap, climbed, enough), support)
        if new is None and self.walking and not limits.passed():
            walked = self.walks.sweep(theta, cap, enough, support, limits)
            new = _unknown(walked.violators, support)
        if new is not None or limits.passed():
            return Priced(self.sphere.simple_bound(theta), new)
        # What the blocks in use leave above the cap, their program being solved but so far, is no
        # violator: it widens the cap.
        known = self._attained(theta, support) + 2 * self.sphere.margin(theta)
        cap = max(cap, KNOWN * known)
        outcome = search(self.sphere, theta, cap, limits, executor=self.executor)
        found = np.vstack([outcome.directions, -outcome.directions])
        new = _unknown(self._violators(theta, cap, found, enough), support)
        return Priced(outcome.upper, new)

    def _climbed(self, theta, support):
        """Directions uphill of random ones, of those near the support's, and of its own."""
        X = self.scaled.X
        u = directions(self.sphere, self.rng)
        if len(support.b):
            unit = support.b / np.linalg.norm(support.b, axis=1)[:, None]
            half = len(u) // 2
            near = self.rng.choice(len(unit), half)
            distance = self.rng.choice(DISTANCES, half) / np.sqrt(u.shape[1])
            u[:half] = unit[near] + distance[:, None] * u[:half]
            u = np.vstack([unit, u])
        return climbed(X, theta, u)

    def _attained(self, theta, support):
        """The largest h of the blocks in use."""
        if not len(support.D):
            return 0.0
        signs = np.array([support.s > 0, support.s < 0])
        return Prices(self.scaled, Listed(support.D > 0, signs)).largest(theta)

    def _violators(self, theta, cap, directions, enough):
        """At most `enough` blocks above the cap, of the patterns of directions; None: no such."""
        value = correlations(self.scaled.X, theta, directions)
        order = np.argsort(-np.abs(value), kind="stable")
        above = order[np.abs(value)[order] > cap]
        if not len(above):
            return None
        D = (self.scaled.X @ directions[above].T >= 0).T
        return different(D, np.sign(value[above]), enough)


def largest(scaled: Scaled, theta: np.ndarray, executor: Executor | None = None) -> float:
    """h(theta) over all patterns, the largest |theta'(Xu)_+| of a unit u, up to `CLOSE`.

    The search raises what it finds; begun from the best of some climbs, it may visit a fiftieth
    of the cones.
    """
    COMPILE_PROJECTIONS.start()  # as a program is mostly solved next
    sphere = Sphere(scaled.X)
    u = climbed(scaled.X, theta, directions(sphere, np.random.default_rng(0)))
    found = float(np.abs(correlations(scaled.X, theta, u)).max())
    return max(found, search(sphere, theta, CLOSE * found, raising=CLOSE, executor=executor).lower)


def directions(sphere: Sphere, rng: np.random.Generator) -> np.ndarray:
    """Random ones in the row space of the data, to climb from."""
    starts = max(2, min(STARTS, PRODUCTS // len(sphere.points)))
    return rng.standard_normal((starts, len(sphere.basis))) @ sphere.basis


def few(count: int, n: int) -> list[slice]:
    """Slices of so many directions, of so few that their products with n points are at hand."""
    size = max(1, AT_HAND // n)
    return [slice(begin, begin + size) for begin in range(0, count, size)]


def correlations(X: np.ndarray, theta: np.ndarray, u: np.ndarray) -> np.ndarray:
    """theta'(Xu)_+ of every direction u (k, d): (k,)."""
    values = np.empty(len(u))
    for some in few(len(u), len(X)):
        values[some] = theta @ np.maximum(X @ u[some].T, 0)
    return values


def climbed(X: np.ndarray, theta: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Directions uphill of u (k, d), of length 1 unless they are 0.

    A step turns a direction to the gradient of its dual correlation: to the best direction for
    its pattern. It need not be uphill, but mostly is.
    """
    rows = np.float32(X)
    pulls = np.float32(theta[:, None] * X)
    u = np.copy(u)
    for some in few(len(u), len(X)):
        u[some] = _climbed(rows, pulls, np.float32(u[some]))
    size = np.linalg.norm(u, axis=1)[:, None]  # not 1 in doubles
    return u / np.where(size > 0, size, 1)


def _climbed(rows, pulls, u):
    """The same of few, and in floats of 32 bits."""
    for _ in range(STEPS):
        active = rows @ u.T > 0
        gradient = np.float32(active).T @ pulls  # of theta'(Xu)_+, which is u'gradient
        gradient *= np.where(np.sum(u * gradient, axis=1) >= 0, 1, -1)[:, None]
        size = np.linalg.norm(gradient, axis=1)[:, None]
        u = np.where(size > 0, gradient / np.where(size > 0, size, 1), u)
    return u


def _unknown(blocks, support):
    """Those of the blocks that are not in use; None if all are."""
    if blocks is None:
        return None
    used = set(map(bytes, keys(support.D, support.s)))
    new = np.array([bytes(key) not in used for key in keys(blocks.D, blocks.s)])
    return Blocks(blocks.D[new], blocks.s[new]) if new.any() else None


def sample() -> Scaled:
    """A small program, but not so small that it is solved without the compiler."""
    rng = np.random.default_rng(0)
    return Scaled(rng.standard_normal((60, 5)), rng.standard_normal(60), 5.0)


def search_a_sample() -> None:
    """Go through all directions once."""
    scaled = sample()
    search(Sphere(scaled.X), scaled.y, 1.0)


def walk_in_a_sample() -> None:
    """Solve over patterns that walks find."""
    walked_search(sample(), 1e-3, None, np.random.default_rng(0), UNLIMITED)
