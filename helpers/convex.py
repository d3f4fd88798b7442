"""The convex program behind the two-layer ReLU network, solved with a certificate.

    min  ||sum_i D_i X (u_i - v_i) - y||^2 + 2 lam sum_i (||u_i|| + ||v_i||),   u_i, v_i in K_i = {u : (2 D_i - I) X u >= 0}

(the article's eq. 8, with the factor 2 that makes it equal to eq. 1). Its dual bounds every network's loss from below:
``||y||^2 - ||y - theta||^2`` for any theta with ``max {theta' D_i X u : u in K_i, ||u|| <= 1} <= lam``, and the same
for -theta. Shapes: X (n, d), y (n,), patterns (P, n) booleans, U and V (P, d).

How it is solved: `helpers.solver`.
"""

from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np
from threadpoolctl import ThreadpoolController

from . import checks
from . import patterns as cells
from .loss import loss as network_loss
from .networks import from_network, patterns_and_signs, stationarity
from .solver import workingset
from .solver.solution import TINY, Solution, assemble
from .solver.units import Units

LISTED = 20_000  # all the patterns of X are listed up to so many, and streamed beyond
AFFORDABLE = 2_000_000  # an adaptive optimum is proved, and a network certified, over all patterns up to so many
MOST = 10**9  # more patterns than this are not even streamed
FALLBACK = (
    5000  # data points times blocks up to which cvxpy is asked where the working set stops short
)
_threads = (
    ThreadpoolController()
)  # the inner problems are tiny: BLAS threads only get in each other's way


@dataclass(frozen=True)
class Certificate:
    """How far a network is from the best one.

    loss, its own (eq. 1); local_optimum, the optimum of the convex program restricted to its own patterns;
    lower_bound, which no network of any width can beat; gap, (loss - lower_bound) / loss; best, the loss of the best
    network known; proved, all patterns were priced: if not (there are too many) lower_bound is 0 and `best` bounds nothing;
    stationarity, the length of the shortest subgradient; too_few_patterns, the share of the loss that only patterns other
    than the network's own can remove.
    """

    loss: float
    local_optimum: float
    lower_bound: float
    gap: float
    best: float
    proved: bool
    stationarity: float
    too_few_patterns: float


def solve(
    X,
    y,
    lam,
    patterns=None,
    tol=1e-6,
    signs=None,
    *,
    start=None,
    seconds=np.inf,
    progress=None,
    rng=None,
):
    """Solve the convex program over `patterns` (None: all the patterns of X) and prove how well: a Solution.

    `patterns="adaptive"` needs no list: patterns are searched from random cells (drawn from `rng`), from the support and
    from `start` (None: a network that Adam trains for a moment); the optimum is then an upper bound, unless X has few
    enough patterns to price them all in the end.
    `signs` (P,), entries +1 or -1, keeps only u_i or only v_i of each pattern. `start`, a Solution for the same X or a
    network (W, alpha), is where to begin; `progress` is called with a dictionary (round, objective, bound, blocks,
    seconds) every round; after `seconds` the best so far is returned. With lam = 0 the bound holds for all points with
    sum_i (||X u_i|| + ||X v_i||) <= 1e4 ||y||. Raises ValueError on bad input or when there are too many patterns.
    """
    if isinstance(patterns, str):
        if patterns != "adaptive":
            raise ValueError(
                f'patterns must be an array, None (all patterns) or "adaptive"; got {patterns!r}'
            )
        return _adaptive(X, y, lam, tol, signs, start, seconds, progress, rng)
    X, y, lam, D = _check(X, y, lam, patterns)
    if D is None and signs is not None:
        D = cells.enumerate_patterns(X)  # signs belong to a list
    keep = None if D is None else _kept(signs, len(D))
    if D is not None and not len(D) or not y.any() or not X.any():
        D = np.zeros((0, len(X)), bool) if D is None else D
        return assemble(X, y, lam, D, np.zeros((0, X.shape[1])), [], [], float(y @ y), y, tol)
    with _threads.limit(limits=1):
        source, units = (
            workingset.Streamed(X) if D is None else workingset.Listed(D, keep),
            Units(X, y, lam),
        )
        begin, limits = (
            _begin(start, source, units, X),
            dict(begun=perf_counter(), seconds=seconds, progress=progress),
        )
        if D is None:  # search first, so that the many patterns are gone through only once or twice
            begin = _search(units, tol, begin, None, limits).point
        found = workingset.optimise(units.X, units.y, units.lam, source, tol, begin, **limits)
        if found.reason and D is not None and seconds == np.inf and len(X) * keep.sum() <= FALLBACK:
            found = _second_opinion(units, source, D, keep, tol, found, limits)
        return _back(X, y, lam, D, source, units, found, tol)


def lambda_max(X, y, patterns=None):
    """The smallest lam whose optimum is zero: the largest norm of a projection of +-X' D_i y on K_i."""
    X, y, _, D = _check(X, y, 0.0, patterns)
    if D is not None and not len(D) or not y.any() or not X.any():
        return 0.0
    with _threads.limit(limits=1):
        units = Units(X, y, 1.0)
        source = workingset.Streamed(X) if D is None else workingset.Listed(D)
        return float(workingset.largest(units.X, units.y, source) / units.lam)


def path(X, y, lams, patterns=None, tol=1e-6):
    """Solutions for every lam of `lams`, in their order, each begun from the next larger one. Raises as `solve`."""
    lams = checks.as_float(lams, "lams").ravel()
    solutions, last = [None] * len(lams), None
    for k in np.argsort(-lams, kind="stable"):
        solutions[k] = last = solve(X, y, lams[k], patterns, tol, start=last)
    return solutions


def polish(X, y, W, alpha, lam, tol=1e-6, *, adaptively=True, seconds=np.inf, rng=None):
    """The best network over the neurons' own patterns, then (`adaptively`) with patterns searched from there: a Solution.

    Its loss is never above that of (W, alpha). Raises ValueError on bad input.
    """
    own = network_loss(X, y, W, alpha, lam)
    _, _, D = from_network(X, W, alpha)
    best = solve(X, y, lam, D, tol, start=(W, alpha))
    if adaptively:
        found = solve(X, y, lam, "adaptive", tol, start=best, seconds=seconds, rng=rng)
        best = min(best, found, key=lambda s: s.objective)
    if best.objective > own:  # by rounding: keep the network, merged
        U, V, D = from_network(X, W, alpha)
        best = replace(best, U=U, V=V, patterns=D, objective=own)
    return best


def one_vs_all(X, labels, lam, patterns=None, tol=1e-6):
    """One program per class, its points labelled +1 and all others -1: (classes (C,), a Solution for each).

    The class of new data is that of the largest `Solution.predict`. Raises ValueError on bad input.
    """
    labels = np.asarray(labels)
    if labels.shape != (len(X),):
        raise ValueError(
            f"labels must have shape ({len(X)},), one class per row of X; got {labels.shape}"
        )
    classes = np.unique(labels)
    return classes, [
        solve(X, np.where(labels == c, 1.0, -1.0), lam, patterns, tol) for c in classes
    ]


def certify(X, y, W, alpha, lam, tol=1e-6, *, seconds=60.0):
    """How far the network (W, alpha) is from the best of any width: a Certificate.

    Where X has too many patterns to price (over two million), nothing is proved: patterns are then searched, for at most
    `seconds`, and `best` is the best network found. Raises ValueError on bad input.
    """
    own = network_loss(X, y, W, alpha, lam)
    local = polish(X, y, W, alpha, lam, tol, adaptively=False)
    proved = _count(checks.as_data(X)) <= AFFORDABLE
    best = solve(
        X,
        y,
        lam,
        None if proved else "adaptive",
        tol,
        start=local,
        seconds=np.inf if proved else seconds,
    )
    bound, known = (
        min(best.lower_bound, own) if proved else 0.0,
        min(best.objective, local.objective),
    )
    whole = own if own > TINY * np.sum(np.square(y)) else np.inf
    gap, share = (own - bound) / whole, (local.objective - known) / whole
    return Certificate(
        own, local.objective, bound, gap, known, proved, stationarity(X, y, W, alpha, lam), share
    )


def _check(X, y, lam, patterns):
    X = checks.as_data(X).astype(float)
    y, lam = checks.as_labels(y, len(X)).astype(float), checks.as_nonnegative(lam, "lam")
    if patterns is not None:
        return X, y, lam, checks.as_patterns(patterns, len(X))
    count = _count(X)
    if count > MOST:
        raise ValueError(
            f"X has up to {count:.4g} patterns: too many to price; sample them with "
            'patterns.sample_patterns, or let patterns="adaptive" search them'
        )
    return X, y, lam, cells.enumerate_patterns(X) if count <= LISTED else None


def _kept(signs, P):
    """Which of the blocks u_i, v_i the program has: booleans (2, P)."""
    if signs is None:
        return np.ones((2, P), bool)
    signs = checks.as_vector(signs, P, "signs", "pattern")
    if not np.isin(signs, (-1, 1)).all():
        raise ValueError("signs must hold +1 (keep u_i) or -1 (keep v_i)")
    return np.array([signs > 0, signs < 0])


def _count(X):
    """An upper bound on the number of patterns of X: Cover's, for its rank."""
    scale = np.abs(X).max(axis=0)
    return cells.cover_count(
        len(X), max(1, np.linalg.matrix_rank(X / np.where(scale == 0, 1, scale)))
    )


def _begin(start, source, units, X):
    """Blocks (D, s, b) of `start`, a Solution or a network, that the program has too."""
    if start is None:
        return None
    U, V, D = (
        (start.U, start.V, start.patterns)
        if isinstance(start, Solution)
        else from_network(X, *start)
    )
    if D.shape[1] != len(X) or U.shape[1] != X.shape[1]:
        raise ValueError(
            f"start must be for the same X, of shape {X.shape}; got one for {D.shape[1], U.shape[1]}"
        )
    B, D, s = np.vstack([U, V]), np.vstack([D, D]), np.repeat([1.0, -1.0], len(U))
    used = np.flatnonzero(B.any(axis=1))
    if isinstance(source, workingset.Listed):
        used = used[source.find(D[used], s[used]) >= 0]
    return D[used], s[used], units.forth(B[used], X)


def _back(X, y, lam, D, source, units, found, tol):
    """The Solution of the Optimum `found`, in the units of the data; D None stands for the patterns it uses."""
    blocks = found.blocks
    blocks.select(np.flatnonzero(blocks.b.any(axis=1)))
    if D is None:
        D, pattern = np.unique(blocks.D > 0, axis=0, return_inverse=True)
    else:
        pattern = source.find(blocks.D, blocks.s)
    b, length = units.back(blocks.cones.project(blocks.b)), np.linalg.norm(y)
    bound, dual = found.bound * length**2, found.dual * length
    return assemble(X, y, lam, D, b, blocks.s, pattern, bound, dual, tol, found.reason)


def _search(units, tol, begin, rng, limits):
    """The Optimum over patterns found by walking."""
    from .solver import adaptive

    rng = np.random.default_rng(0) if rng is None else rng
    if begin is None:
        begin = adaptive.trained(units.X, units.y, units.lam, rng)
    if len(begin[0]):  # the best over the patterns there are, before others are looked for
        begin = workingset.optimise(
            units.X, units.y, units.lam, workingset.Listed(begin[0] > 0), 1e-5, begin
        ).point
    walks = adaptive.Walks(units.X, rng)
    return workingset.optimise(
        units.X, units.y, units.lam, walks, tol, begin, prices=walks, **limits
    )


def _adaptive(X, y, lam, tol, signs, start, seconds, progress, rng):
    """`solve` with patterns searched; proved over all patterns where they are few enough to price."""
    X, y, lam, _ = _check(X, y, lam, np.zeros((0, len(X)), bool))
    if signs is not None:
        raise ValueError(
            'signs belong to a list of patterns; got them together with patterns="adaptive"'
        )
    if not y.any() or lam >= np.linalg.norm(X, 2) * np.linalg.norm(
        y
    ):  # zero, whatever the patterns
        return solve(X, y, lam, np.zeros((0, len(X)), bool), tol)
    if _count(X) <= LISTED:
        return solve(X, y, lam, None, tol, start=start, seconds=seconds, progress=progress)
    with _threads.limit(limits=1):
        units, limits = (
            Units(X, y, lam),
            dict(begun=perf_counter(), seconds=seconds, progress=progress),
        )
        found = _search(units, max(tol, 1e-4), _begin(start, None, units, X), rng, limits)
        solution = _back(X, y, lam, None, None, units, replace(found, bound=0.0, dual=0 * y), tol)
    if _count(X) <= AFFORDABLE and seconds == np.inf:
        return solve(X, y, lam, None, tol, start=solution, progress=progress)
    reason = "patterns were searched, not all priced: the objective bounds the optimum from above"
    return replace(solution, reason=reason)


def _second_opinion(units, source, D, keep, tol, found, limits):
    """Start again from an interior-point solution; keep the better point and the better bound."""
    from .solver import conic

    B = conic.minimise(units.X, units.y, units.lam, D, keep)
    sign, pattern = np.nonzero(B.any(axis=2))
    begin = D[pattern], 1.0 - 2 * sign, B[sign, pattern]
    again = workingset.optimise(units.X, units.y, units.lam, source, tol, begin, **limits)
    best, proof = (
        min(found, again, key=lambda o: o.objective),
        max(found, again, key=lambda o: o.bound),
    )
    return workingset.Optimum(best.blocks, best.objective, proof.bound, proof.dual, best.reason)


def program_value(X, y, U, V, patterns, lam):
    """Value of the convex program at a point: ``||sum_i D_i X (u_i - v_i) - y||^2 + 2 lam sum_i (||u_i|| + ||v_i||)``."""
    X = checks.as_data(X)
    y, D, lam = (
        checks.as_labels(y, len(X)),
        checks.as_patterns(patterns, len(X)),
        checks.as_nonnegative(lam, "lam"),
    )
    (U, _), (V, _) = (checks.as_network(B, np.zeros(len(D)), X.shape[1]) for B in (U, V))
    residual = np.sum(D.T * (X @ (U - V).T), axis=1) - y
    return float(residual @ residual + 2 * lam * np.linalg.norm([U, V], axis=-1).sum())


def own_program(X, y, W, alpha, lam):
    """The convex program over the network's own patterns and signs, solved: a Solution. Raises ValueError on bad input."""
    D, signs = patterns_and_signs(cells.activation_patterns(X, W), alpha)
    return solve(X, y, lam, D, signs=signs)


def cone_margin(X, u, pattern):
    """Smallest entry of ``(2 D - I) X u``: negative outside the cone of the pattern, zero on its wall."""
    X = checks.as_data(X)
    D = checks.as_patterns(np.atleast_2d(pattern), len(X), "pattern")[0]
    return float(
        np.min(np.where(D, 1.0, -1.0) * (X @ checks.as_vector(u, X.shape[1], "u", "column of X")))
    )
