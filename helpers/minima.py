"""All local minima of a network of a given width, with a proof that the list is complete.

In the products u_i = |alpha_i| w_i, with signs s_i, the balanced loss is

    F(u) = ||sum_i s_i (X u_i)_+ - y||^2 + 2 lam sum_i ||u_i||,

and around a point without zero neurons it has the local minima of eq. 1. On each product of closed
cones, one (pattern, sign) a neuron, F is convex. Neurons of one pattern and sign are one valley and
merge, so every local minimum without a zero neuron is the optimum of the program over a set of at
most m different (pattern, sign) pairs, the *blocks*. All these programs are solved.

Conversely, such an optimum is a local minimum if and only if it is optimal in every product of
closed cones that contains it. Given theta = y - sum_i s_i (X u_i)_+ that splits into one condition
a neuron and cone K: the vector lam u_i / ||u_i|| - s_i X' D theta has no negative product with any
element of K. A local minimum with a zero neuron is global over every width: at u_i = 0 the
condition is the certificate |theta' (X u)_+| <= lam ||u|| itself.
"""

import enum
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain, combinations
from math import comb

import numpy as np
from tqdm import tqdm

from . import checks, networks
from . import patterns as cells
from .solver import cones
from .solver.threads import one_thread

MOST = 2_000_000  # programs that are solved: some minutes
SPELT = 10**15  # programs up to which a refusal tells every digit, ...
COUNTED = 10**300  # ... and up to which they are counted at all
TOGETHER = 4096  # programs solved at once: their arrays stay in a core's cache
ITERATIONS = 300  # of the solver; nearly all programs take fewer than 30
OPTIMAL = 1e-10  # violation of the optimality conditions, relative to lam, at which one is solved
LARGEST = (1e6, 1e3, 30.0)  # times the first sigma: where rounding stops one, the next is tried
CLOSED = 1e-9  # relative duality gap at which a program counts as solved
EQUAL = 1e-7  # conditions up to this, relative to lam, count as met: well above OPTIMAL
ON_WALL = 1e-9  # a neuron lies on a wall if the sine of its angle to it is at most this


class Kind(enum.StrEnum):
    """What a point of the list is."""

    MINIMUM = "minimum"
    REST = "rest with dead neurons"
    ONE_SIDED = "one-sided"


@dataclass(frozen=True)
class Point:
    """A point of the list: a network W (m, d), alpha (m,), balanced.

    patterns (k, n) and signs (k,), the blocks that it is the optimum of, k <= m. Where k < m, m - k
    neurons are copies that share the largest one's work (one point of a valley), or `dead` of them
    are zero. `on_wall`, a neuron passes through a data point; `is_global`, no network of any width
    has a smaller loss; `unique`, the program over the blocks has no other optimum. `way_down`, of
    all but minima: a direction (of W, of alpha), of length 1, along which the loss falls from here.
    """

    kind: Kind
    loss: float
    W: np.ndarray
    alpha: np.ndarray
    patterns: np.ndarray
    signs: np.ndarray
    on_wall: bool
    dead: int
    is_global: bool
    unique: bool
    way_down: networks.Network | None = None


@dataclass(frozen=True)
class LocalMinima:
    """The complete list, by loss.

    points, all of them; programs, how many were solved; largest_gap, the largest relative duality
    gap among them.
    """

    points: list[Point]
    programs: int
    largest_gap: float

    def of_kind(self, kind):
        """The points of that kind."""
        return [point for point in self.points if point.kind == kind]

    @property
    def minima(self):
        """The local minima."""
        return self.of_kind(Kind.MINIMUM)

    @property
    def losses(self):
        """The different losses of the local minima, ascending."""
        values = np.array([point.loss for point in self.minima])
        return values[np.r_[True, np.diff(values) > 1e-7 * values[-1]]] if len(values) else values


class Blocks:
    """The blocks of data: every pattern with every sign, but for those that activate no point.

    D (B, n) booleans and s (B,); A (B, n, d), the outputs s D X.
    """

    def __init__(self, X, signs):
        every = cells.enumerate_patterns(X)
        useful = every[(every @ np.abs(X)).any(axis=1)]
        self.X = X
        self.cells = every
        self.D = np.repeat(useful, len(signs), axis=0)
        self.s = np.tile(np.asarray(signs, float), len(useful))
        self.A = self.s[:, None, None] * self.D[:, :, None] * X
        self.normals = cones.normals(X)
        self.kind = cones.suitable(X, TOGETHER)

    def __len__(self):
        return len(self.D)

    def prices(self, theta):
        """|Proj_K(A' theta)| of every block at every row of theta (T, n): (T, B)."""
        slopes = np.einsum("knd,tn->ktd", self.A, theta)
        count, T, d = slopes.shape
        walls = self.kind(self.normals, np.repeat(self.D, T, axis=0))
        lengths = np.linalg.norm(walls.project(slopes.reshape(-1, d)), axis=1)
        return lengths.reshape(count, T).T

    def cones(self, which):
        """The cones of the blocks `which` (...), in one row."""
        return self.kind(self.normals, self.D[np.ravel(which)])


@dataclass
class Optima:
    """Optima of T programs over k blocks each.

    sets (T, k), numbers of the blocks; u (T, k, d); theta (T, n); objective and gap (T,).
    """

    sets: np.ndarray
    u: np.ndarray
    theta: np.ndarray
    objective: np.ndarray
    gap: np.ndarray

    def improve(self, which, others):
        """Take those of the programs `which` that the Optima `others` solve better."""
        better = others.gap < self.gap[which]
        for name in ("u", "theta", "objective", "gap"):
            getattr(self, name)[which[better]] = getattr(others, name)[better]


def local_minima(X, y, lam, width, *, signs=(1, -1), progress=False) -> LocalMinima:
    """Every local minimum of the loss (eq. 1) of networks of `width` neurons: LocalMinima.

    `signs`, those that a neuron may have: (1,) for a network without negative outputs. The number
    of programs grows as the number of patterns to the power `width`. Raises ValueError on bad
    input, for lam = 0, and when there are more than two million programs or neurons.
    """
    X = checks.as_data(X).astype(float)
    y = checks.as_labels(y, len(X)).astype(float)
    lam = checks.as_nonnegative(lam, "lam")
    width = checks.as_count(width, "width", 1)
    signs = _as_signs(signs)
    progress = checks.as_flag(progress, "progress")
    if lam == 0:
        raise ValueError("lam must be positive: without decay minima come in continua")
    if width > MOST:
        raise ValueError(f"width must be at most {MOST:,}; got {width}")
    _refuse_unlistable(X, len(signs), width)
    units = Units.of(X, y)
    X, y, lam = units.scaled(X, y, lam)
    blocks = Blocks(X, signs)
    programs = _count_programs(len(blocks), width)
    if programs > MOST:
        raise _too_many(f"{len(blocks.cells):,}", programs, width)
    found = _zero(blocks, y, lam, width)
    below = Level.empty(blocks, y)
    gaps = [0.0]
    with tqdm(total=programs, unit=" programs", disable=not progress) as bar:
        bar.update(1)
        for k in range(1, width + 1):
            level = below.above(blocks, lam)
            bar.update(comb(len(blocks), k) - len(level.open))
            for part in _solved(blocks, y, lam, level):
                gaps.append(part.gap.max())
                found += _points(blocks, y, lam, part, width)
                bar.update(len(part.sets))
            below = level
    points = sorted(_distinct(found), key=lambda point: point.loss)
    points = [units.unscaled(point) for point in points]
    return LocalMinima(points, programs, float(max(gaps)))


@dataclass(frozen=True)
class Units:
    """Powers of four in which X and y are of size one: squares of numbers of any size are none."""

    of_X: int
    of_y: int

    @classmethod
    def of(cls, X, y):
        """Those of the largest entries."""
        return cls(*(int(np.frexp(checks.largest(a))[1]) // 2 for a in (X, y)))

    def scaled(self, X, y, lam):
        """The same problem in these units."""
        small = np.ldexp(lam, -2 * (self.of_X + self.of_y))
        if not small:
            raise ValueError(f"lam must be larger beside X and y of this size; got {lam}")
        return np.ldexp(X, -2 * self.of_X), np.ldexp(y, -2 * self.of_y), small

    def unscaled(self, point):
        """A Point in the units of the data."""
        layer = self.of_y - self.of_X
        return replace(
            point,
            loss=float(np.ldexp(point.loss, 4 * self.of_y)),
            W=np.ldexp(point.W, layer),
            alpha=np.ldexp(point.alpha, layer),
        )


def _as_signs(signs):
    """Return `signs` as floats, 1 before -1, each once."""
    given = checks.as_float(signs, "signs")
    if given.ndim != 1 or not given.size or not np.isin(given, (1, -1)).all():
        raise ValueError(f"signs must hold 1, -1 or both; got {signs!r}")
    return np.unique(given)[::-1]


def _refuse_unlistable(X, signs, width):
    """Raise ValueError where the patterns alone are more than MOST: their list may not fit."""
    every = cells.AllPatterns(X)
    if every.most <= MOST:
        return
    countable = every.most <= cells.COUNTABLE
    P = every.count if countable else every.most
    if P > MOST:
        told = f"{P:,}" if countable else f"up to {P:.0e}"
        raise _too_many(told, _count_programs(signs * (P - 1), width), width)


def _count_programs(blocks, width):
    """How many sets of at most `width` blocks there are; beyond COUNTED, more than that."""
    count = 0
    term = 1
    for k in range(min(width, blocks) + 1):
        count += term
        if count > COUNTED:
            break
        term = term * (blocks - k) // (k + 1)
    return count


def _too_many(patterns, programs, width):
    """The refusal of so many programs."""
    told = f"{programs:,}" if programs <= SPELT else f"{programs:.0e}"
    if programs > COUNTED:
        told = f"more than {COUNTED:.0e}"
    return ValueError(
        f"X has {patterns} patterns: {told} programs for width {width}, more than {MOST:,}: "
        "use a smaller width or fewer points"
    )


def _solved(blocks, y, lam, level):
    """The Optima of the open sets of a Level, in parts, solved side by side on all cores."""
    open_sets = level.sets[level.open]
    begins = range(0, len(open_sets), TOGETHER)
    parts = [slice(begin, begin + TOGETHER) for begin in begins]
    with one_thread(), ThreadPoolExecutor(os.cpu_count()) as pool:
        optima = pool.map(lambda part: solve_sets(blocks, y, lam, open_sets[part]), parts)
        for part, found in zip(parts, optima, strict=True):
            level.theta[level.open[part]] = found.theta
            yield found


@dataclass
class Level:
    """The sets of k blocks and theta at their optima, known or to be found.

    sets (T, k) in lexicographic order; theta (T, n); open, the numbers of those that have to be
    solved. The optimum over the others leaves a block zero, so it is that of a smaller set.
    """

    sets: np.ndarray
    theta: np.ndarray
    open: np.ndarray

    @classmethod
    def empty(cls, blocks, y):
        """The level of the one set without blocks."""
        return cls(np.zeros((1, 0), int), y[None], np.zeros(0, int))

    def above(self, blocks, lam):
        """The Level of the sets with one more block.

        A block joins the optimum of a smaller set, theta, only if |Proj_K(A' theta)| > lam.
        """
        B = len(blocks)
        k = self.sets.shape[1] + 1
        h = np.concatenate(
            [
                blocks.prices(theta)
                for theta in np.array_split(self.theta, 1 + len(self.theta) // 500)
            ]
        )
        joins = h > lam * (1 - EQUAL)
        count = comb(B, k)
        flat = chain.from_iterable(combinations(range(B), k))
        sets = np.fromiter(flat, np.int32, count * k).reshape(count, k)
        is_open = np.ones(count, bool)
        theta = np.zeros((count, self.theta.shape[1]))
        for i in range(k):
            rest = self.number(np.delete(sets, i, axis=1), B)
            stays = ~joins[rest, sets[:, i]]
            theta[stays] = self.theta[rest[stays]]
            is_open &= ~stays
        return Level(sets, theta, np.flatnonzero(is_open))

    def number(self, sets, B):
        """Where the rows of `sets` stand among the sets of this level."""
        weights = B ** np.arange(self.sets.shape[1])[::-1]
        return np.searchsorted(self.sets @ weights, sets @ weights)


def solve_sets(blocks, y, lam, sets) -> Optima:
    """The optimum of F over the cones of every row of `sets` (T, k), block numbers: Optima.

    The method is that of `helpers.solver.newton` for many tiny programs at once: the augmented
    Lagrangian of the dual, min_theta ||theta||^2 / 2 - y'theta + sum_i ||p_i||^2 / (2 sigma) with
    p_i = prox(u_i + sigma A_i' theta), each minimised by Newton steps; then u becomes p.
    """
    optima = _attempt(blocks, y, lam, sets, LARGEST[0])
    for largest in LARGEST[1:]:
        again = np.flatnonzero(optima.gap > CLOSED)
        if len(again):
            optima.improve(again, _attempt(blocks, y, lam, sets[again], largest))
    return optima


def _attempt(blocks, y, lam, sets, largest):
    """The same with sigma up to `largest` times its first value."""
    A = blocks.A[sets]
    T, k, n, d = A.shape
    u = np.zeros((T, k, d))
    theta = np.tile(y, (T, 1))
    left = np.arange(T)
    sigma = _first_sigma(A, y, lam)
    lagrangian = Lagrangian(A, y, lam, blocks.cones(sets), u, sigma, largest * sigma)
    for _ in range(ITERATIONS):
        theta[left], u[left], solved = lagrangian.step(theta[left])
        if solved.all():
            break
        lagrangian.select(~solved)
        left = left[~solved]
    theta = y - np.einsum("tknd,tkd->tn", A, u)
    penalty = 2 * lam * np.linalg.norm(u, axis=2).sum(axis=1)
    objective = np.sum(theta**2, axis=1) + penalty
    bound = _dual_value(A, y, lam, theta, blocks.cones(sets))
    return Optima(sets, u, theta, objective, (objective - bound) / objective)


def _dual_value(A, y, lam, theta, walls):
    """The largest dual value of a multiple of theta (T, n): (T,)."""
    T, k, n, d = A.shape
    slopes = np.einsum("tknd,tn->tkd", A, theta).reshape(-1, d)
    h = np.linalg.norm(walls.project(slopes), axis=1).reshape(T, k).max(axis=1)
    along = theta @ y
    square = np.maximum(np.sum(theta**2, axis=1), np.finfo(float).tiny)
    feasible = lam / np.maximum(h, lam * 1e-300)
    scale = np.clip(along / square, 0, feasible)
    return scale * (2 * along - scale * square)


def _first_sigma(A, y, lam):
    """Weights (T,) with which sigma A' theta, of about sigma lam, is as long as a solution's u."""
    largest = np.linalg.norm(A, axis=(2, 3)).max(axis=1)
    return np.linalg.norm(y) / (lam * largest)


class Lagrangian:
    """The augmented Lagrangians of T programs: outputs A (T, k, n, d), points u, weights sigma."""

    def __init__(self, A, y, lam, walls, u, sigma, largest):
        self.A = A
        self.y = y
        self.lam = lam
        self.walls = walls
        self.u = u
        self.sigma = sigma
        self.largest = largest

    def select(self, which):
        """Keep the programs `which`, booleans."""
        k = self.A.shape[1]
        self.A = self.A[which]
        self.u = self.u[which]
        self.sigma = self.sigma[which]
        self.largest = self.largest[which]
        self.walls.select(np.flatnonzero(np.repeat(which, k)))

    def shrunk(self, theta):
        """Projections z of u + sigma A' theta on the cones, (T, k, d), their lengths, and prox."""
        slopes = np.einsum("tknd,tn->tkd", self.A, theta)
        far = self.u + self.sigma[:, None, None] * slopes
        z = self.walls.project(np.ascontiguousarray(far.reshape(-1, far.shape[2])))
        z = z.reshape(far.shape)
        length = np.linalg.norm(z, axis=2)
        beyond = np.maximum(length - self.lam * self.sigma[:, None], 0)
        share = beyond / np.where(length > 0, length, 1)
        return z, length, share[..., None] * z

    def value(self, theta, p):
        """The function of theta that is minimised: (T,)."""
        penalty = np.sum(p**2, axis=(1, 2)) / (2 * self.sigma)
        return np.sum(theta**2, axis=1) / 2 - theta @ self.y + penalty

    def step(self, theta):
        """A Newton step for every program: theta, u, and which programs are solved."""
        z, length, p = self.shrunk(theta)
        slope = theta - self.y + np.einsum("tknd,tkd->tn", self.A, p)
        steepness = np.linalg.norm(slope, axis=1)
        enough = steepness <= 1e-11 * np.linalg.norm(self.y) + self.rounding(theta)
        moved = np.linalg.norm(p - self.u, axis=(1, 2)) / self.sigma
        solved = enough & (moved <= OPTIMAL * self.lam)
        hessian = self.hessian(z, length)
        direction = np.linalg.solve(hessian, -slope[..., None])[..., 0]
        theta = np.where(enough[:, None], theta, self.searched(theta, direction, slope, p))
        self.u = np.where(enough[:, None, None], p, self.u)
        grown = np.minimum(5 * self.sigma, self.largest)
        self.sigma = np.where(enough & ~solved, grown, self.sigma)
        return theta, self.u, solved

    def rounding(self, theta):
        """What rounding theta leaves of the slope: a few units in the last place, times sigma."""
        squares = np.sum(self.A**2, axis=(1, 2, 3))
        return 4 * np.finfo(float).eps * self.sigma * squares * np.linalg.norm(theta, axis=1)

    def hessian(self, z, length):
        """Generalised second derivatives, (T, n, n)."""
        T, k, n, d = self.A.shape
        bases, _ = self.walls.face_bases(np.arange(T * k))
        faces = (bases.transpose(0, 2, 1) @ bases).reshape(T, k, d, d)
        size = np.where(length > 0, length, 1)
        kept = np.minimum(self.lam * self.sigma[:, None] / size, 1)[..., None, None]
        unit = z / size[..., None]
        along = unit[..., :, None] * unit[..., None, :]
        active = (length > self.lam * self.sigma[:, None])[..., None, None]
        prox = np.where(active, (1 - kept) * faces + kept * along, 0)
        outputs = self.A @ prox
        second = np.einsum("tknd,tkmd->tnm", outputs, self.A)
        return np.eye(n) + self.sigma[:, None, None] * second

    def searched(self, theta, direction, slope, p):
        """theta after the longest of the steps 1, 1/2, 1/4, ... that lowers the value enough."""
        begin = self.value(theta, p)
        descent = 1e-4 * np.einsum("tn,tn->t", slope, direction)
        length = np.ones(len(theta))
        rounding = 1e-14 * np.abs(begin)
        for _ in range(30):
            candidate = theta + length[:, None] * direction
            value = self.value(candidate, self.shrunk(candidate)[2])
            short = value > begin + length * descent + rounding
            if not short.any():
                break
            length = np.where(short, length / 2, length)
        return candidate


def _zero(blocks, y, lam, width):
    """The network of zero neurons, as a list of one Point: at rest, or global if lam is large."""
    n, d = blocks.X.shape
    is_global = _is_global(blocks, y, lam)
    W = np.zeros((width, d))
    alpha = np.zeros(width)
    return [
        Point(
            kind=Kind.MINIMUM if is_global else Kind.REST,
            loss=float(y @ y),
            W=W,
            alpha=alpha,
            patterns=np.zeros((0, n), bool),
            signs=np.zeros(0),
            on_wall=False,
            dead=width,
            is_global=is_global,
            unique=True,
            way_down=None if is_global else _birth(blocks, y, W, alpha),
        )
    ]


def _is_global(blocks, theta, lam):
    """Is |theta' (X u)_+| <= lam ||u|| everywhere, for the signs there are?"""
    return bool(blocks.prices(theta[None]).max(initial=0) <= lam * (1 + EQUAL))


def _points(blocks, y, lam, optima, width):
    """The Points of the optima without a zero block: minima with what rests beside them, or not."""
    found = []
    size = np.linalg.norm(optima.u, axis=2)
    whole = (size > 1e-8 * size.sum(axis=1, keepdims=True)).all(axis=1)
    for t in np.flatnonzero(whole):
        largest_first = np.argsort(-size[t], kind="stable")
        which = optima.sets[t][largest_first]
        u = optima.u[t][largest_first]
        theta = optima.theta[t]
        if _repeats(blocks.s[which], u):
            continue
        walls = np.array([_wall(blocks, v) for v in u])
        ways = [
            _way_across(blocks, lam, theta, blocks.s[i], v, wall)
            for i, v, wall in zip(which, u, walls, strict=True)
        ]
        way_down = _move(ways, width)
        settled = way_down is None
        W, alpha = _shared(u, blocks.s[which], width)
        point = Point(
            kind=Kind.MINIMUM if settled else Kind.ONE_SIDED,
            loss=float(optima.objective[t]),
            W=W,
            alpha=alpha,
            patterns=blocks.D[which],
            signs=blocks.s[which],
            on_wall=bool(walls.any()),
            dead=0,
            is_global=settled and _is_global(blocks, theta, lam),
            unique=_unique(blocks, which, u),
            way_down=way_down,
        )
        found.append(point)
        dead = width - len(which)
        if settled and dead and not point.is_global:
            W, alpha = networks.balanced(u, blocks.s[which])
            W = np.vstack([W, np.zeros((dead, len(W[0])))])
            alpha = np.append(alpha, np.zeros(dead))
            way_down = _birth(blocks, theta, W, alpha)
            rest = replace(point, kind=Kind.REST, W=W, alpha=alpha, dead=dead, way_down=way_down)
            found.append(rest)
    return found


def _birth(blocks, theta, W, alpha):
    """The way down of a network whose last neuron is zero: this neuron grows where it pays most."""
    price = blocks.prices(theta[None])[0]
    best = price.argmax()
    pull = (blocks.A[best].T @ theta)[None]
    unit = blocks.cones([best]).project(pull)[0] / price[best]
    W_way = np.zeros_like(W)
    alpha_way = np.zeros_like(alpha)
    W_way[-1] = np.sqrt(0.5) * unit
    alpha_way[-1] = np.sqrt(0.5) * blocks.s[best]
    return W_way, alpha_way


def _move(ways, width):
    """The way down of a network of which one neuron moves, the first that has a way; or None.

    The copies of the first neuron of `_shared` stand before the others.
    """
    for k, way in enumerate(ways):
        if way is not None:
            W_way = np.zeros((width, len(way)))
            W_way[k + width - len(ways) if k else 0] = way / np.linalg.norm(way)
            return W_way, np.zeros(width)
    return None


def _shared(u, s, width):
    """The balanced network of the products u (k, d), the first in width - k + 1 equal parts."""
    copies = np.ones(len(u), int)
    copies[0] += width - len(u)
    u = np.repeat(u / copies[:, None], copies, axis=0)
    return networks.balanced(u, np.repeat(s, copies))


def _repeats(s, u):
    """Are two neurons of one sign parallel? Then they are one, met with a smaller set."""
    unit = u / np.linalg.norm(u, axis=1)[:, None]
    alike = (unit @ unit.T > 1 - 1e-12) & (s[:, None] == s)
    return bool(np.triu(alike, 1).any())


def _wall(blocks, u):
    """Through which data points the neuron u (d,) passes: booleans (n,)."""
    sine = np.abs(blocks.normals.rows @ u) / np.linalg.norm(u)
    return (sine <= ON_WALL) & blocks.normals.rows.any(axis=1)


def _way_across(blocks, lam, theta, s, u, wall):
    """Where F falls from the neuron u of sign s into a closed cone around it; None: nowhere."""
    if not wall.any():
        return None
    sides = (blocks.X @ u > 0) | ~blocks.normals.rows.any(axis=1)
    around = blocks.cells[(blocks.cells == sides)[:, ~wall].all(axis=1)]
    pull = s * (around * theta) @ blocks.X - lam * u / np.linalg.norm(u)
    falling = blocks.kind(blocks.normals, around).project(pull)
    size = np.linalg.norm(falling, axis=1)
    steepest = size.argmax()
    return falling[steepest] if size[steepest] > EQUAL * lam else None


def _unique(blocks, which, u):
    """Do the outputs leave no other sizes of the same sum? (Directions are always unique.)"""
    unit = u / np.linalg.norm(u, axis=1)[:, None]
    outputs = np.einsum("knd,kd->nk", blocks.A[which], unit)
    columns = np.vstack([outputs / np.linalg.norm(outputs, axis=0).max(), np.ones(len(u))])
    return bool(np.linalg.svd(columns, compute_uv=False)[-1] > 1e-9) and len(u) <= len(columns)


def _distinct(points):
    """The points, each once: a neuron on a wall is met from all of its sides."""
    kept = {}
    for point in points:
        neurons = np.abs(point.alpha)[:, None] * point.W
        size = max(np.abs(neurons).max(initial=0), np.finfo(float).tiny)
        rows = np.column_stack([np.sign(point.alpha), neurons / size])
        rows = sorted((np.round(rows, 6) + 0.0).tolist())  # no negative zeros
        kept.setdefault((point.kind, point.dead, str(rows)), point)
    return list(kept.values())
