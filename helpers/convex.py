"""The convex program behind the two-layer ReLU network, solved with a certificate.

    min  ||sum_i D_i X (u_i - v_i) - y||^2 + 2 lam sum_i (||u_i|| + ||v_i||),   u_i, v_i in K_i = {u : (2 D_i - I) X u >= 0}

(the article's eq. 8, with the factor 2 that makes it equal to eq. 1). Its dual bounds every network's loss from below:
``||y||^2 - ||y - theta||^2`` for any theta with ``max {theta' D_i X u : u in K_i, ||u|| <= 1} <= lam``, and the same
for -theta. Shapes: X (n, d), y (n,), patterns (P, n) booleans, U and V (P, d).

How it is solved: `workingset` (which patterns), `newton` (their blocks), `cones` and `kernels` (projections).
"""

from dataclasses import dataclass

import numpy as np
from threadpoolctl import ThreadpoolController

from . import checks, patterns as cells, workingset
from .loss import loss as network_loss, predict
from .mapping import from_network, merge, prune, stationarity, to_network  # noqa: F401  (part of this interface)
from .units import Units

TINY = 1e-12  # an objective or a bound below TINY ||y||^2 counts as zero
LISTED = 20_000  # all the patterns of X are listed up to so many, and streamed beyond
FALLBACK = 5000  # data points times blocks up to which cvxpy is asked where the working set stops short
_threads = ThreadpoolController()  # the inner problems are tiny: BLAS threads only get in each other's way


@dataclass(frozen=True)
class Solution:
    """A feasible point of the convex program and what it proves.

    U, V (P, d), patterns (P, n): those given, or all of X, or when there are more than 20,000 those the solution uses;
    objective, its value; lower_bound, of the program over the given patterns (of eq. 1 when they are all);
    gap, their difference relative to the objective (to ||y||^2 when lam = 0); converged, gap <= the tolerance asked;
    reason, why it stopped if not; dual (n,), the point theta that proves the bound.
    """

    U: np.ndarray
    V: np.ndarray
    patterns: np.ndarray
    lam: float
    objective: float
    lower_bound: float
    gap: float
    converged: bool
    reason: str = ""
    dual: np.ndarray | None = None

    def predict(self, X):
        """Output on the rows of X, any X: that of the network, shape (n,). Raises ValueError on bad input."""
        return predict(X, *self.to_network())

    def to_network(self):
        """The network (W, alpha) of the same loss (eq. 1): w = u / sqrt(||u||), alpha = +-sqrt(||u||), zeros left out."""
        return to_network(self.U, self.V)


@dataclass(frozen=True)
class Certificate:
    """How far a network is from the best one.

    loss, its own (eq. 1); local_optimum, the optimum of the convex program restricted to its own patterns;
    lower_bound, which no network of any width can beat; gap, (loss - lower_bound) / loss.
    """

    loss: float
    local_optimum: float
    lower_bound: float
    gap: float


def solve(X, y, lam, patterns=None, tol=1e-6, signs=None, *, start=None, seconds=np.inf, progress=None):
    """Solve the convex program over `patterns` (None: all the patterns of X) and prove how well: a Solution.

    `signs` (P,), entries +1 or -1, keeps only u_i or only v_i of each pattern. `start`, a Solution for the same X, is
    where to begin; `progress` is called with a dictionary (round, objective, bound, blocks, seconds) every round; after
    `seconds` the best so far is returned. With lam = 0 the bound holds for all points with
    sum_i (||X u_i|| + ||X v_i||) <= 1e4 ||y||. Raises ValueError on bad input or when there are too many patterns.
    """
    X, y, lam, D = _check(X, y, lam, patterns)
    if D is None and signs is not None:
        D = cells.enumerate_patterns(X)  # signs belong to a list
    keep = None if D is None else _kept(signs, len(D))
    if D is not None and not len(D) or not y.any() or not X.any():
        D = np.zeros((0, len(X)), bool) if D is None else D
        return _solution(X, y, lam, D, np.zeros((0, X.shape[1])), np.zeros(0), [], float(y @ y), y, tol, "")
    with _threads.limit(limits=1):
        source, units = workingset.Streamed(X) if D is None else workingset.Listed(D, keep), Units(X, y, lam)
        begin = None if start is None else _begin(start, source, units, X)
        limits = dict(seconds=seconds, progress=progress)
        found = workingset.optimise(units.X, units.y, units.lam, source, tol, begin, **limits)
        if found.reason and D is not None and seconds == np.inf and len(X) * keep.sum() <= FALLBACK:
            found = _second_opinion(units, source, D, keep, tol, found, limits)
        blocks = found.blocks
        if D is None:
            D, pattern = np.unique(blocks.D > 0, axis=0, return_inverse=True)
        else:
            pattern = source.find(blocks.D, blocks.s)
        b, length = units.back(blocks.cones.project(blocks.b)), np.linalg.norm(y)
        return _solution(X, y, lam, D, b, blocks.s, pattern, found.bound * length**2, found.dual * length, tol, found.reason)


def lambda_max(X, y, patterns=None):
    """The smallest lam whose optimum is zero: the largest norm of a projection of +-X' D_i y on K_i."""
    X, y, _, D = _check(X, y, 0.0, patterns)
    if D is not None and not len(D) or not y.any() or not X.any():
        return 0.0
    with _threads.limit(limits=1):
        units = Units(X, y, 1.0)
        source = workingset.Streamed(X) if D is None else workingset.Listed(D)
        return workingset.largest(units.X, units.y, source) / units.lam


def path(X, y, lams, patterns=None, tol=1e-6):
    """Solutions for every lam of `lams`, in their order, each begun from the next larger one. Raises ValueError as `solve`."""
    lams = checks.as_float(lams, "lams").ravel()
    solutions, last = [None] * len(lams), None
    for k in np.argsort(-lams, kind="stable"):
        solutions[k] = last = solve(X, y, lams[k], patterns, tol, start=last)
    return solutions


def certify(X, y, W, alpha, lam, tol=1e-6):
    """How far the network (W, alpha) is from the best of any width: a Certificate.

    Raises ValueError on bad input, or when X has too many patterns to list.
    """
    own = network_loss(X, y, W, alpha, lam)
    local = solve(X, y, lam, np.unique(cells.activation_patterns(X, W), axis=0), tol)
    bound = solve(X, y, lam, None, tol).lower_bound
    gap = max(0.0, own - bound) / own if own > TINY * np.sum(np.square(y)) else 0.0
    return Certificate(own, min(local.objective, own), min(bound, own), gap)


def _check(X, y, lam, patterns):
    X = checks.as_data(X).astype(float)
    y, lam = checks.as_labels(y, len(X)).astype(float), checks.as_nonnegative(lam, "lam")
    if patterns is not None:
        return X, y, lam, checks.as_patterns(patterns, len(X))
    few = cells.cover_count(len(X), min(X.shape)) <= LISTED
    return X, y, lam, cells.enumerate_patterns(X) if few else None


def _kept(signs, P):
    """Which of the blocks u_i, v_i the program has: booleans (2, P)."""
    if signs is None:
        return np.ones((2, P), bool)
    signs = checks.as_vector(signs, P, "signs", "pattern")
    if not np.isin(signs, (-1, 1)).all():
        raise ValueError("signs must hold +1 (keep u_i) or -1 (keep v_i)")
    return np.array([signs > 0, signs < 0])


def _begin(start, source, units, X):
    """Blocks (D, s, b) of the Solution `start` that the program has too."""
    B, D = np.vstack([start.U, start.V]), np.vstack([start.patterns, start.patterns])
    s = np.repeat([1.0, -1.0], len(start.U))
    if start.patterns.shape[1] != source.n or B.shape[1] != X.shape[1]:
        raise ValueError("start must be a Solution for the same X")
    used = np.flatnonzero(B.any(axis=1))
    if isinstance(source, workingset.Listed):
        used = used[source.find(D[used], s[used]) >= 0]
    return D[used], s[used], units.forth(B[used], X)


def _solution(X, y, lam, D, b, s, pattern, bound, dual, tol, reason):
    """The Solution with the blocks b (B, d), of signs s and pattern numbers `pattern`."""
    U, V = np.zeros((2, len(D), X.shape[1]))
    pattern = np.asarray(pattern, int)
    np.add.at(U, pattern[s > 0], b[s > 0])
    np.add.at(V, pattern[s < 0], b[s < 0])
    Z = X @ b.T
    fitted, network = (D[pattern].T * Z) @ s, np.maximum(Z, 0) @ s
    penalty = 2 * lam * np.linalg.norm(b, axis=1).sum()
    objective = max(np.sum((fitted - y) ** 2), np.sum((network - y) ** 2)) + penalty
    if objective > y @ y:
        U[:], V[:], objective = 0, 0, y @ y
    elif np.linalg.norm(fitted - network) > 1e-7 * np.linalg.norm(y):
        reason = "columns of X too different in scale for double precision"
    bound = max(0.0, min(bound, objective))
    gap = (objective - bound) / (objective if lam > 0 else y @ y) if objective > TINY * (y @ y) else 0.0
    converged = bool(gap <= tol and not reason.startswith("columns"))
    return Solution(U, V, D, lam, float(objective), float(bound), float(gap), converged,
                    "" if converged else reason or "rounding", dual)


def _second_opinion(units, source, D, keep, tol, found, limits):
    """Start again from an interior-point solution; keep the better point and the better bound."""
    from . import conic

    B = conic.minimise(units.X, units.y, units.lam, D, keep)
    sign, pattern = np.nonzero(B.any(axis=2))
    begin = D[pattern], 1.0 - 2 * sign, B[sign, pattern]
    again = workingset.optimise(units.X, units.y, units.lam, source, tol, begin, **limits)
    best, proof = min(found, again, key=lambda o: o.objective), max(found, again, key=lambda o: o.bound)
    return workingset.Optimum(best.blocks, best.objective, proof.bound, proof.dual, best.reason)
