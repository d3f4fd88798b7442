"""All the best networks at once: how few neurons they need, and what they predict off the data.

Let f be the output on the data that all optima share, and theta = y - f their dual point. A neuron
of an optimum has a direction u, ||u|| = 1, and a sign s with ``s theta'(Xu)_+ = lam``. Within one
cell and sign there is at most one such u: the projection of s X'D theta on the cone. So they are
finitely many, u_k with s_k, and the optima are the networks with sizes c_k = |alpha_k| ||w_k|| in
the polytope

    {c >= 0 : sum_k c_k s_k (X u_k)_+ = f}.

Its smallest support is m*, the least width at which a network reaches the optimum of all widths.
The prediction at a new point x is linear in c, so its smallest and largest values are linear
programs.

What proves the ends of the band needs none of this. Add x to the data, with a number t > 0 of its
own. If (xi, t) is a dual point of the larger data, ``|xi'(Xu)_+ + t (x'u)_+| <= lam`` for all u,
then every network with output f(x) at x and loss at most p has

    f(x) <= (p - ||y||^2 + ||y - xi||^2) / (2 t),

and t < 0 bounds f(x) from below. (Sum the condition over the neurons: t f(x) + xi'f is at most
lam sum c_k <= (p - ||f - y||^2) / 2, and the largest of -||f - y||^2 / 2 - xi'f over all f is at
f = y - xi.) The linear program's dual says which xi to take.

Wang, Lacotte and Pilanci, The hidden convex optimization landscape of regularized two-layer ReLU
networks (2022), describe the optimal set; Mishkin and Pilanci, Optimal sets and solution paths of
ReLU networks (2023), go further.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import Bounds, LinearConstraint, linprog, milp, nnls

from .. import checks, convex
from ..convex import Solution
from ..doubles import lengths
from ..loss import relu
from ..networks import Network, balanced
from ..patterns import AllPatterns, enumerate_patterns
from ..solver import cones
from ..solver.sources import LISTED

# A larger relative gap leaves the directions too uncertain to be told apart.
SHARP = 1e-8

# Directions of length 1 that are no farther apart, or sizes no larger than this share of the total,
# are rounding: a gap of 1e-13, its square root in the directions.
SAME = 1e-6

# Relative to the largest, singular values below are those of columns that depend on each other.
DEPENDENT = 1e-6

# How far from the equations a support may be, relative to them.
MET = 1e-7

# Relative to ||y||^2: where the decay of all neurons is smaller, none is as good up to rounding, as
# what they gain is of the order of its square.
NOTHING = 1e-7

# The search for the smallest support is exponential in the number of sizes that are not fixed.
MOST_FREE = 60

# Vertices come from that many choices of columns at most: seconds.
MOST_CHOICES = 50_000

# Relative to ||y||^2, the rounding of a loss and of a dual value.
ROUNDING = 1e-14

# The steps t that are tried, in units of the largest that could do: from the square root of
# rounding up to where the curvature of the dual curve costs more than the gap.
STEPS = 10.0 ** np.arange(-7, 0)


class Band(NamedTuple):
    """The smallest and the largest prediction at every new point: low and high, (m,)."""

    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class OptimalSet:
    """All optima of the program that a Solution solves.

    directions (K, d), of length 1, and signs (K,): those that a neuron of an optimum can have.
    sizes (K,): of one optimum. output (n,): what every optimum gives on the data. loss: its loss;
    lower_bound: proved by dual (n,). rows (r, K): independent rows of the equations; the sizes c of
    the optima are c >= 0 with ``rows @ c == rows @ sizes``. multipliers (r, n): ``rows`` is
    ``multipliers @ columns``, with columns (n, K) holding s_k (X u_k)_+.
    """

    X: np.ndarray
    y: np.ndarray
    lam: float
    directions: np.ndarray
    signs: np.ndarray
    sizes: np.ndarray
    output: np.ndarray
    loss: float
    lower_bound: float
    dual: np.ndarray
    rows: np.ndarray
    multipliers: np.ndarray

    @property
    def free(self) -> np.ndarray:
        """The numbers of the directions whose sizes are not the same in all solutions of rows."""
        full = np.linalg.svd(self.rows, full_matrices=True)[2] if len(self.rows) else None
        null = np.eye(len(self.sizes)) if full is None else full[len(self.rows) :]
        return np.flatnonzero(lengths(null.T) > SAME) if len(null) else np.zeros(0, int)

    def network(self, sizes: np.ndarray) -> Network:
        """The network (W, alpha), balanced, of sizes (K,); zeros are left out."""
        used = sizes > 0
        return balanced(sizes[used, None] * self.directions[used], self.signs[used])

    def outputs(self, X_new: np.ndarray) -> np.ndarray:
        """What a neuron of size 1 of every direction gives at new points: (m, K)."""
        return self.signs * relu(X_new @ self.directions.T)


def describe(solution: Solution, own: bool = False) -> OptimalSet:
    """The optimal set of the program that `solution` solves, which is solved again, sharper.

    own: of the program over the solution's own patterns, where these are fewer than all.
    Raises ValueError on anything but a Solution with its data, for lam = 0 (then optima may be of
    any size), and where double precision does not get close enough to the optimum; without `own`
    also where X has too many patterns to list, and where the solution's miss the optimum.
    """
    own = checks.as_flag(own, "own")
    X, y, lam = _program(solution, own)
    D = solution.patterns if own else enumerate_patterns(X)
    sharp = _sharpened(X, y, lam, solution, D if own else None)
    radius = np.sqrt(max(sharp.objective - sharp.lower_bound, ROUNDING * (y @ y)))
    directions, signs = _directions(X, D, sharp, radius)
    rows, multipliers, sizes = _equations(X, directions, signs, sharp, radius)
    return OptimalSet(
        X=X,
        y=y,
        lam=lam,
        directions=directions,
        signs=signs,
        sizes=sizes,
        output=(signs * relu(X @ directions.T)) @ sizes,
        loss=sharp.objective,
        lower_bound=sharp.lower_bound,
        dual=sharp.dual,
        rows=rows,
        multipliers=multipliers,
    )


def _program(solution, own):
    """X, y and lam of a Solution whose optimal set is a polytope and can be listed."""
    if not isinstance(solution, Solution):
        kind = type(solution).__name__
        raise ValueError(f"solution must be what convex.solve returns; got a {kind}")
    if solution.X is None or solution.y is None:
        raise ValueError("solution must hold its data X and y, as those of convex.solve do")
    if solution.lam == 0:
        raise ValueError(
            "solution must be of a program with lam > 0: without decay the best networks may be "
            "of any size; use a small lam"
        )
    most = AllPatterns(solution.X).most
    if most > LISTED and not own:
        raise ValueError(
            f"X has up to {most:.4g} patterns, and the optimal set is found where they are at most "
            f"{LISTED}, which can be listed: use fewer points, or fewer columns"
        )
    return solution.X, solution.y, solution.lam


def _sharpened(X, y, lam, solution, D):
    """The optimum over the patterns D (None: all) to the last digits."""
    sharp = convex.solve(X, y, lam, D, tol=0.0, start=solution)
    if sharp.objective < solution.lower_bound * (1 - SHARP):
        raise ValueError(
            f"solution must be over all patterns of X and both signs; over its own the least value "
            f"is at least {solution.lower_bound:.6g}, over all {sharp.objective:.6g}"
        )
    if sharp.gap > SHARP:
        raise ValueError(
            f"X, y and lam must let the program be solved to a gap of {SHARP:g}; got no further "
            f"than {sharp.gap:.2g}: use a larger lam, or centre and scale the columns of X"
        )
    return sharp


def _directions(X, D, sharp, radius):
    """The directions and signs that neurons of an optimum may have in the patterns D: (K, d), (K,).

    The dual point at hand is at most `radius` from that of the optima, as its bound is at most
    radius^2 below the best: so a cell whose peak is lower than lam by more than radius times the
    largest output of a direction has none.
    """
    both = np.vstack([D, D])
    s = np.repeat([1.0, -1.0], len(D))
    slopes = s[:, None] * ((both * sharp.dual) @ X)
    projected = cones.suitable(X, len(both))(cones.normals(X), both).project(slopes)
    height = lengths(projected)
    margin = max(radius * np.linalg.norm(X, 2), SAME**1.5 * sharp.lam)
    near = np.flatnonzero(height >= max(sharp.lam - margin, SAME * sharp.lam))
    near = near[np.argsort(-height[near], kind="stable")]
    directions = projected[near] / height[near, None]
    kept = []
    for k in range(len(near)):
        apart = lengths(directions[kept] - directions[k])
        if not ((apart < SAME) & (s[near[kept]] == s[near[k]])).any():
            kept.append(k)
    return directions[kept], s[near[kept]]


def _equations(X, directions, signs, sharp, radius):
    """Independent rows of the equations, how they are made of the columns, and one solution."""
    n = len(X)
    K = len(signs)
    columns = signs * relu(X @ directions.T)
    total = lengths(sharp.U).sum() + lengths(sharp.V).sum()
    if K == 0:
        return np.zeros((0, 0)), np.zeros((0, n)), np.zeros(0)
    A, scale = _stacked(columns)
    left, sigma, right = np.linalg.svd(A, full_matrices=False)
    uncertain = radius * np.linalg.norm(columns, axis=0).max() / sharp.lam
    rank = int((sigma > max(DEPENDENT, uncertain) * sigma[0]).sum())
    made = left[:, :rank].T / sigma[:rank, None]
    # the sum of the sizes is that of the products with theta / lam
    multipliers = made[:, :n] / scale + made[:, n:] * K**-0.5 * sharp.dual / sharp.lam
    sizes = np.zeros(K)
    if sharp.lam * total > NOTHING * (sharp.y @ sharp.y):
        b = np.append(sharp.predict(X) / scale, total * K**-0.5)
        sizes = _refined(A, b, nnls(A, b)[0])
    return right[:rank], multipliers, sizes


def _stacked(columns):
    """The equations' left side (n + 1, K), scaled, and the scale of the columns.

    The sizes add up to the same in all optima. For the true directions that follows from the
    output; for one that only nearly reaches lam, the last row is what keeps it out.
    """
    K = columns.shape[1]
    scale = np.linalg.norm(columns, 2)
    return np.vstack([columns / scale, np.full(K, K**-0.5)]), scale


def _refined(A, b, sizes):
    """Nonnegative sizes with A sizes = b, more exactly: nnls stops at a tolerance of its own."""
    used = np.flatnonzero(sizes > SAME * sizes.sum())
    better = np.linalg.lstsq(A[:, used], b, rcond=DEPENDENT)[0]
    refined = np.zeros(len(sizes))
    refined[used] = better if (better > 0).all() else sizes[used]
    return refined


# The fewest neurons


def minimal_width(solution: Solution) -> int:
    """m*: the least number of neurons with which a network reaches the optimum of all widths.

    Exact up to the precision to which the directions are known: a mixed-integer program over them,
    and every support that it finds is checked (`narrowest` returns the network). Raises ValueError
    as `describe`, and where more than 60 sizes are not fixed.
    """
    return len(narrowest(solution)[1])


def narrowest(solution: Solution) -> Network:
    """An optimal network (W, alpha) with `minimal_width` neurons. Raises ValueError as that."""
    every = describe(solution)
    return every.network(_smallest_support(every))


def _smallest_support(every):
    """Sizes (K,) of an optimum with the fewest positive ones."""
    free = every.free
    if len(free) == 0 or not every.sizes.any():
        return every.sizes
    if len(free) > MOST_FREE:
        raise ValueError(
            f"the optima must leave at most {MOST_FREE} sizes open for the fewest to be found; "
            f"got {len(free)}: use other data or another lam"
        )
    A, _ = _stacked(every.outputs(every.X))
    b = A @ every.sizes
    search = _Search(A, b / every.sizes.sum(), every.sizes > 0, free)
    excluded = []
    while True:
        support = search.fewest(excluded)
        sizes = np.zeros(len(support))
        sizes[support], missed = nnls(A[:, support], b)
        if missed <= MET * np.linalg.norm(b):
            return _refined(A, b, sizes)
        excluded.append(support)  # met up to the tolerance of the search, not of the equations


class _Search(NamedTuple):
    """The mixed-integer program of the fewest neurons: A c = b, c >= 0, of sum 1.

    A (n + 1, K), b (n + 1,); used (K,): in the optimum at hand; free: sizes that are not fixed.
    """

    A: np.ndarray
    b: np.ndarray
    used: np.ndarray
    free: np.ndarray

    def fewest(self, excluded):
        """The smallest support (K,), booleans, that lies in none of those `excluded`.

        The unknowns are the sizes, then for each whether it may be positive.
        """
        K = len(self.used)
        meets = np.hstack([self.A, np.zeros_like(self.A)])
        only_if = np.hstack([np.eye(K), -np.eye(K)])
        constraints = [
            LinearConstraint(meets, self.b, self.b),
            LinearConstraint(only_if, -np.inf, 0),
        ]
        for support in excluded:
            constraints.append(LinearConstraint(np.append(np.zeros(K), ~support), 1, np.inf))
        fixed = K + np.setdiff1d(np.arange(K), self.free)
        least = np.zeros(2 * K)
        most = np.ones(2 * K)
        least[fixed] = self.used[fixed - K]
        most[fixed] = self.used[fixed - K]
        found = milp(
            np.repeat([0.0, 1.0], K),
            integrality=np.repeat([0, 1], K),
            bounds=Bounds(least, most),
            constraints=constraints,
        )
        if found.x is None:  # for rounding there is no other support than that at hand
            return self.used
        return found.x[K:] > 0.5


# The corners


def vertices(solution: Solution) -> np.ndarray:
    """The corners of the set of optima: any other is a mixture of these.

    Sizes (V, K) of the directions of `describe`, whose `network` makes networks of them. Raises
    ValueError as `describe`, and where too many choices of neurons would have to be tried.
    """
    return np.array(list(_corners(describe(solution))))


def _corners(every) -> Iterator[np.ndarray]:
    """The sizes (K,) of every vertex: supports with independent columns."""
    rank, K = every.rows.shape
    if not every.sizes.any():
        yield every.sizes
        return
    if comb(K, rank) > MOST_CHOICES:
        raise ValueError(
            f"the optima must have at most {MOST_CHOICES} choices of {rank} of {K} neurons for the "
            f"corners to be listed; got {comb(K, rank)}: use fewer points or another lam"
        )
    wanted = every.rows @ every.sizes
    met = []
    for chosen in map(list, combinations(range(K), rank)):
        B = every.rows[:, chosen]
        sigma = np.linalg.svd(B, compute_uv=False)
        if sigma[-1] <= DEPENDENT * sigma[0]:
            continue
        c = np.linalg.solve(B, wanted)
        if c.min() < -SAME * c.sum():
            continue
        sizes = np.zeros(K)
        sizes[chosen] = np.where(c > SAME * c.sum(), c, 0)
        if not any(np.abs(sizes - other).max() < 10 * SAME * c.sum() for other in met):
            met.append(sizes)
            yield sizes


# Predictions off the data


def band(solution: Solution, X_new: ArrayLike) -> Band:
    """Between what two numbers every optimal network predicts, at the rows of X_new (m, d).

    Both ends are proved: by dual points of the data with the new point added, checked over all of
    its patterns. No network of any width whose loss is at most that of the sharpened solution
    predicts less than low or more than high. (`reached` has the ends that networks attain, just
    inside these.) Raises ValueError as `describe`, and for a bad X_new.
    """
    every = describe(solution)
    ends = [_proved_ends(every, x) for x in _new_points(X_new, every)]
    return Band(*np.transpose(ends))


def reached(solution: Solution, X_new: ArrayLike) -> Band:
    """The smallest and the largest prediction of an optimal network at every row of X_new (m, d).

    By linear programs over the sizes; `band` encloses them. Raises ValueError as that.
    """
    every = describe(solution)
    outputs = every.outputs(_new_points(X_new, every))
    ends = np.array([[row @ _extreme(every, row, s).sizes for row in outputs] for s in (-1.0, 1.0)])
    return Band(*ends)


def extremes(solution: Solution, x_new: ArrayLike) -> tuple[Network, Network]:
    """The optimal networks with the smallest and the largest prediction at one point x_new (d,)."""
    every = describe(solution)
    x = checks.as_vector(x_new, every.X.shape[1], "x_new", "column of X").astype(float)
    outputs = every.outputs(x[None])[0]
    low, high = (_extreme(every, outputs, s).sizes for s in (-1.0, 1.0))
    return every.network(low), every.network(high)


def _new_points(X_new, every):
    """X_new, checked, as floats."""
    X_new = checks.as_data(X_new, "X_new").astype(float, copy=False)
    d = every.X.shape[1]
    if X_new.shape[1] != d:
        raise ValueError(f"X_new must have shape (m, {d}), as many columns as X; got {X_new.shape}")
    return X_new


class Extreme(NamedTuple):
    """An end of the linear program: sizes (K,), and the weights (n,) of the data that prove it."""

    sizes: np.ndarray
    weights: np.ndarray


def _extreme(every, outputs, s):
    """The largest s outputs'c over the sizes c of optima, outputs (K,).

    weights mu: s mu' columns is at least s outputs, wherever a neuron of an optimum can be.
    """
    if not every.sizes.any():
        return Extreme(every.sizes, np.zeros(len(every.X)))
    if len(every.free) == 0:
        weights = np.linalg.lstsq(every.rows.T, outputs, rcond=DEPENDENT)[0]
        return Extreme(every.sizes, weights @ every.multipliers)
    total = every.sizes.sum()
    wanted = every.rows @ every.sizes / total
    found = linprog(-s * outputs, A_eq=every.rows, b_eq=wanted, bounds=(0, None))
    if found.x is None:  # within the rounding of the equations: the optimum at hand
        weights = np.linalg.lstsq(every.rows.T, outputs, rcond=DEPENDENT)[0]
        return Extreme(every.sizes, weights @ every.multipliers)
    return Extreme(found.x * total, -s * found.eqlin.marginals @ every.multipliers)


def _proved_ends(every, x):
    """What the prediction at x (d,) of no network as good as the optimum at hand is beyond."""
    size = np.linalg.norm(x)
    if size == 0:
        return 0.0, 0.0
    unit = x / size
    outputs = every.outputs(unit[None])[0]
    points = np.vstack([_dual_points(every, outputs, s) for s in (-1.0, 1.0)])
    X = np.vstack([every.X, unit])
    points *= np.minimum(1, every.lam / _peaks(X, points))[:, None]
    xi = points[:, :-1]
    t = points[:, -1]
    square = every.y @ every.y
    dual_values = 2 * xi @ every.y - np.sum(xi**2, axis=1)
    ends = size * (every.loss - dual_values + ROUNDING * square) / (2 * t)
    return ends[t < 0].max(), ends[t > 0].min()


def _dual_points(every, outputs, s):
    """Rows (xi, t) near the dual point of the optimum, t of sign s: (T, n + 1).

    outputs (K,): of the directions at the new point, which has length 1.
    """
    weights = _extreme(every, outputs, s).weights
    spread = np.linalg.norm(every.X, 2)
    t = s * STEPS * every.lam / (1 + np.linalg.norm(weights) * spread)
    return np.column_stack([every.dual - t[:, None] * weights, t])


def _peaks(X, points):
    """The largest |theta' (Xu)_+| over ||u|| = 1, for every row theta of points (T, n): (T,)."""
    D = enumerate_patterns(X)
    both = np.vstack([D, D])
    s = np.repeat([1.0, -1.0], len(D))
    walls = cones.suitable(X, len(points) * len(both))(cones.normals(X), both)
    heights = [lengths(walls.project(s[:, None] * ((both * theta) @ X))).max() for theta in points]
    return np.array(heights) * (1 + ROUNDING)
