"""The gated relaxation: the convex program without its cones, a group lasso, and the way back to a ReLU network.

    min  ||sum_i D_i X w_i - y||^2 + 2 lam sum_i ||w_i||

Its optimum d* is at most that of the ReLU program over the same patterns, p*; splitting every w_i = u_i - v_i with
u_i, v_i in K_i at the least norms gives a ReLU network with the same output, whose loss is at least p*. Shapes as in `convex`.
"""

from dataclasses import dataclass

import cvxpy as cp
import numpy as np

from . import checks, convex
from .solver import workingset
from .solver.solution import assemble
from .solver.units import Units


@dataclass(frozen=True)
class Gated:
    """The relaxation's optimum: gates w_i in W (P, d), objective, certified lower_bound, gap, converged, reason."""

    W: np.ndarray
    patterns: np.ndarray
    lam: float
    objective: float
    lower_bound: float
    gap: float
    converged: bool
    reason: str = ""


def solve(X, y, lam, patterns, tol=1e-6, *, seconds=np.inf, progress=None):
    """Solve the gated relaxation over `patterns` (P, n), to a gap tol: a Gated. Raises ValueError on bad input."""
    X, y = checks.as_data(X).astype(float), checks.as_labels(y, len(X)).astype(float)
    lam, D = checks.as_nonnegative(lam, "lam"), checks.as_patterns(patterns, len(X))
    W, square = np.zeros((len(D), X.shape[1])), float(y @ y)
    if not len(D) or not y.any() or not X.any():
        return Gated(W, D, lam, square, square, 0.0, True)
    with convex._threads.limit(limits=1):
        source, units = workingset.Listed(D), Units(X, y, lam)
        limits = dict(seconds=seconds, progress=progress)
        found = workingset.optimise(units.X, units.y, units.lam, source, tol, gated=True, **limits)
    blocks = found.blocks
    W[source.find(blocks.D, blocks.s)] = units.back(blocks.b)
    objective = float(
        np.sum((_output(X, D, W) - y) ** 2) + 2 * lam * np.linalg.norm(W, axis=1).sum()
    )
    bound = max(0.0, min(found.bound * square, objective))
    gap = (objective - bound) / (objective if lam > 0 else square)
    return Gated(W, D, lam, objective, bound, gap, gap <= tol, "" if gap <= tol else found.reason)


def decompose(X, y, relaxed, tol=1e-6):
    """A ReLU network of the same output: w_i = u_i - v_i at the least ||u_i|| + ||v_i||, both in K_i: a Solution.

    Its lower_bound is that of the relaxation, so its gap says how much the two steps can have lost together. Where a cone
    has no interior a gate need not split: raises ValueError, as on bad input.
    """
    X, y = checks.as_data(X).astype(float), checks.as_labels(y, len(X)).astype(float)
    used = np.flatnonzero(relaxed.W.any(axis=1))
    parts = np.array([_split(X, relaxed.patterns[i], relaxed.W[i]) for i in used]).reshape(
        len(used), 2, X.shape[1]
    )
    return assemble(
        X,
        y,
        relaxed.lam,
        relaxed.patterns,
        np.vstack([parts[:, 0], parts[:, 1]]),
        np.repeat([1.0, -1.0], len(used)),
        np.tile(used, 2),
        relaxed.lower_bound,
        None,
        tol,
        "the relaxation's optimum, split, need not be optimal",
        best=False,
    )


def _split(X, D_i, w):
    """(u, v) in K_i with u - v = w and least ||u|| + ||v||, by a conic program.

    What its rounding leaves outside the cone is made up for by a step along an interior point.
    """
    C = np.where(D_i, 1.0, -1.0)[:, None] * X
    C = C[C.any(axis=1)]
    C = C / np.linalg.norm(C, axis=1)[:, None]
    size, v, inner, room = (
        np.linalg.norm(w),
        cp.Variable(len(w)),
        cp.Variable(len(w)),
        cp.Variable(),
    )
    u = v + w / size
    cp.Problem(cp.Minimize(cp.norm(u) + cp.norm(v)), [C @ v >= 0, C @ u >= 0]).solve(
        solver=cp.CLARABEL
    )
    cp.Problem(cp.Maximize(room), [C @ inner >= room, cp.norm(inner) <= 1]).solve(
        solver=cp.CLARABEL
    )
    if v.value is None or room.value <= 1e-9:
        raise ValueError(
            "patterns must have cones with interior to split a gate; one of those used has none"
        )
    v = v.value
    short = max(0.0, -(C @ v).min(initial=0.0), -(C @ (v + w / size)).min(initial=0.0))
    v = size * (v + short / (C @ inner.value).min() * inner.value)
    return v + w, v


def _output(X, D, W):
    used = W.any(axis=1)
    return (D[used].T * (X @ W[used].T)).sum(axis=1)
