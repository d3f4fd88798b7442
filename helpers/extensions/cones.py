"""The rays of the cones K_i = {w : (2 D_i - I) X w >= 0}, of which all weights in them are sums.

Coordinates q (r,) of the weights that X sees: ``X w = Q q`` with orthonormal columns Q (n, r), and
``w = T q``. There every K_i is pointed, and its points are the sums of its rays with factors >= 0.
"""

from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import ArrayLike

from .. import checks
from ..doubles import lengths
from ..patterns import AllPatterns

# Columns of length 1 whose combination is shorter than this share of the longest depend on each
# other but for rounding.
DEPENDENT = 1e-12

# Where the smallest singular value is a larger share than this, the walls of the cones are rounded
# by less than ON_THE_WALL.
CLEAR = 1e-6

# Between unit vectors. What the null vector of a set of hyperplanes, no worse conditioned than
# INDEPENDENT, may have of rounding stays below ON_THE_WALL.
INDEPENDENT = 1e-7
ON_THE_WALL = 1e-8

PATTERNS = 5000  # each costs a projection in every round: some seconds in all
MEETINGS = 200_000  # sets of hyperplanes that may meet in a ray: a second's work


@dataclass(frozen=True)
class Coordinates:
    """Q (n, r) with orthonormal columns that span those of X (n, d); T (d, r) with X T = Q.

    smallest: the singular value of X that is, as a share of the largest, its columns at length 1.
    """

    Q: np.ndarray
    T: np.ndarray
    smallest: float

    @property
    def rank(self) -> int:
        return self.Q.shape[1]


@dataclass(frozen=True)
class Cones:
    """All cones of X, with their rays.

    patterns (P, n). rays (K, r), of length 1, in `coordinates`. has (P, K): which of them are of
    the cone. walls (K, N): through which of the N distinct hyperplanes a ray passes.
    """

    coordinates: Coordinates
    patterns: np.ndarray
    rays: np.ndarray
    has: np.ndarray
    walls: np.ndarray


def coordinates(X: np.ndarray) -> Coordinates:
    """Those of X, whose columns may differ in scale."""
    size = lengths(X.T)
    unit = X / np.where(size == 0, 1, size)
    Q, S, Vt = np.linalg.svd(unit, full_matrices=False)
    rank = int(np.sum(S > DEPENDENT * S[0])) if S[0] > 0 else 0
    T = Vt[:rank].T / S[:rank] / np.where(size == 0, 1, size)[:, None]
    return Coordinates(Q[:, :rank], T, S[rank - 1] / S[0] if rank else 1.0)


def cones(
    X: ArrayLike,
    most: int = PATTERNS,
) -> Cones:
    """The cones of all patterns of X and their rays.

    Raises ValueError on bad input, where there are more than `most` patterns or more than MEETINGS
    sets of hyperplanes to go through, and where rounding leaves the cones in doubt.
    """
    X = checks.as_numbers(X)
    every = AllPatterns(X)
    X = checks.as_data(X).astype(float, copy=False)
    where = coordinates(X)
    if every.rank != where.rank or where.smallest < CLEAR:
        raise ValueError(
            "X must have columns that depend on each other exactly, or clearly do not; got some "
            f"that nearly do, in {every.rank} dimensions: drop them, or subtract one from the other"
        )
    _refuse_if_many(every, len(X), most)
    D = every.listed()
    if where.rank == 0:
        nothing = np.zeros((0, 0))
        return Cones(where, D, nothing, np.zeros((len(D), 0), bool), np.zeros((0, 0), bool))
    nonzero = X.any(axis=1)
    normals = X[nonzero] @ where.T
    normals = normals / lengths(normals)[:, None]
    rays = _rays(_distinct(normals))
    side = _sides(rays, normals)
    signs = np.where(D[:, nonzero], 1.0, -1.0)
    has = signs @ side.T == np.abs(side).sum(axis=1)  # no wall is between: all signs agree
    _refuse_if_doubtful(D[:, nonzero], has, rays, normals)
    return Cones(where, D, rays, has, side == 0)


def _refuse_if_many(every, n, most):
    """Raise ValueError where the patterns, or the meetings of hyperplanes, are too many."""
    meetings = comb(n, max(every.rank - 1, 0))
    if meetings > MEETINGS:
        raise ValueError(
            f"X must have at most {MEETINGS:,} sets of rank - 1 rows, each of which may meet in a "
            f"ray of a cone; got {meetings:.4g}: use fewer points or fewer dimensions"
        )
    if every.most > most and every.count > most:
        raise ValueError(
            f"X must have at most {most:,} patterns, a block of the program each; got "
            f"{every.count:,}: use fewer points or fewer dimensions"
        )


def _distinct(normals):
    """The unit normals (N, r) of the different hyperplanes, one of each."""
    kept = []
    for k, normal in enumerate(normals):
        same = [
            np.linalg.norm(normals[kept] - sign * normal, axis=1) < ON_THE_WALL for sign in (1, -1)
        ]
        if not np.any(same):
            kept.append(k)
    return normals[kept]


def _rays(normals):
    """Unit vectors (K, r) along the lines in which hyperplanes of rank r - 1 meet, both ways."""
    r = normals.shape[1]
    if r == 1:
        return np.array([[1.0], [-1.0]])
    sets = normals[np.array(list(combinations(range(len(normals)), r - 1)))]
    _, S, Vt = np.linalg.svd(sets)
    lines = Vt[S[:, -1] > INDEPENDENT, -1]
    both = np.vstack([lines, -lines])
    _, first = np.unique(_sides(both, normals), axis=0, return_index=True)
    return both[np.sort(first)]


def _sides(rays, normals):
    """On which side of every hyperplane each ray lies: (K, N) of -1, 0 (on it) and 1."""
    Z = rays @ normals.T
    return np.where(np.abs(Z) <= ON_THE_WALL, 0.0, np.sign(Z))


def _refuse_if_doubtful(D, has, rays, normals):
    """Raise ValueError unless the rays of every cone span it and their sum is inside."""
    inner = has @ rays @ normals.T
    inside = np.where(D, inner, -inner).min(axis=1, initial=1) > 0
    spans = [np.linalg.matrix_rank(rays[own], tol=ON_THE_WALL) for own in has]
    if not inside.all() or min(spans) < rays.shape[1]:
        raise ValueError(
            "X must have cones that rounding leaves no doubt of; got rows that lie on a common "
            "hyperplane but for about 1e-8: move them on it, or away"
        )


def simplices(found: Cones) -> tuple[np.ndarray, np.ndarray]:
    """The cones cut into simplicial ones, of r rays each: (pattern (B,), rays (B, r)), numbers.

    Their union is the cone, and no two share an inner point. Each cut is the usual one of a
    polytope from one of its corners: that corner with the simplices of the facets opposite.
    """
    pattern = []
    rays = []
    for i, own in enumerate(found.has):
        for simplex in _cut(found, np.flatnonzero(own), found.coordinates.rank):
            pattern.append(i)
            rays.append(simplex)
    shape = (len(rays), found.coordinates.rank)
    return np.array(pattern, int), np.array(rays, int).reshape(shape)


def _cut(found, rays, rank):
    """Simplicial cones, lists of `rank` rays, of the cone of that rank with these rays."""
    if len(rays) == rank:
        return [list(rays)]
    apex = rays[0]
    parts = []
    for facet in _facets(found, rays, rank):
        if apex not in facet:
            parts += [[apex, *part] for part in _cut(found, np.array(facet), rank - 1)]
    return parts


def _facets(found, rays, rank):
    """The rays of every facet of the cone of these rays, a tuple each."""
    met = {tuple(rays[on]) for on in found.walls[rays].T}
    facets = []
    for face in sorted(met):
        if 0 < len(face) < len(rays):
            spanned = np.linalg.matrix_rank(found.rays[list(face)], tol=ON_THE_WALL)
            if spanned == rank - 1:
                facets.append(face)
    return facets
