"""The gated relaxation: the convex program without its cones, and the way back to a ReLU network.

    min  ||sum_i D_i X w_i - y||^2 + 2 lam sum_i ||w_i||    (a group lasso)

Its optimum d* is at most that of the ReLU program over the same patterns, p*. Splitting every
w_i = u_i - v_i with u_i, v_i in K_i at the least norms gives a ReLU network with the same
output, whose loss is at least p*. Shapes as in `convex`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cvxpy as cp
import numpy as np
from numpy.typing import ArrayLike

from . import checks
from .doubles import lengths
from .solver.limits import Limits
from .solver.pricing import Prices
from .solver.problem import Problem
from .solver.solution import Parts, Proof, Reason, Solution, measured, why
from .solver.threads import one_thread
from .solver.workingset import optimise

# The largest step into a cone of unit normals must be longer than a conic solver's rounding
# for the cone to have an interior.
ROOM = 1e-9


@dataclass(frozen=True)
class Gated:
    """The relaxation's optimum.

    W (P, d): the gates w_i. objective: its value. lower_bound: certified. gap: relative to the
    objective (to ||y||^2 when lam = 0). reason: why it is not below the tolerance asked, or
    `Reason.CONVERGED`.
    """

    W: np.ndarray
    patterns: np.ndarray
    lam: float
    objective: float
    lower_bound: float
    gap: float
    reason: Reason

    @property
    def converged(self) -> bool:
        """Whether the gap is at most the tolerance asked."""
        return self.reason is Reason.CONVERGED


def solve(
    X: ArrayLike,
    y: ArrayLike,
    lam: float,
    patterns: ArrayLike,
    tol: float = 1e-6,
    *,
    seconds: float = np.inf,
    progress: Callable[[dict], None] | None = None,
) -> Gated:
    """Solve the gated relaxation over `patterns` (P, n), to a gap tol.

    seconds, progress: as of `convex.solve`. Raises ValueError on bad input.
    """
    D = checks.as_array(patterns, "patterns")
    problem = Problem.checked(X, y, lam, D).without_cones()
    tol = checks.as_nonnegative(tol, "tol")
    limits = Limits.checked(seconds, progress)
    D = problem.source.D
    W = np.zeros((len(D), problem.X.shape[1]))
    if problem.empty:
        return Gated(W, D, problem.lam, problem.square, problem.square, 0.0, Reason.CONVERGED)
    with one_thread():
        prices = Prices(problem.scaled, problem.source, relaxed=True)
        found = optimise(problem.scaled, prices, tol, limits=limits)
        working = found.working
        places = problem.source.find(working.D, working.s)
        np.add.at(W, places, problem.scaled.back(working.b))  # a pattern may be listed twice
        error = np.sum((_output(problem.X, D, W) - problem.y) ** 2)
        objective = error + 2 * problem.lam * lengths(W).sum()
    gap = measured(objective, found.bound * problem.square, problem.lam, problem.square)
    reason = why(gap, tol, found.reason)
    return Gated(W, D, problem.lam, gap.objective, gap.bound, gap.relative, reason)


def decompose(
    X: ArrayLike,
    y: ArrayLike,
    relaxed: Gated,
    tol: float = 1e-6,
) -> Solution:
    """A ReLU network of the same output: w_i = u_i - v_i, both in K_i, of the least norms.

    Its lower_bound is that of the relaxation, so its gap says how much the two steps can have
    lost together. Raises ValueError on bad input, and where a gate need not split: in a cone
    without interior.
    """
    if not isinstance(relaxed, Gated):
        raise ValueError(f"relaxed must be what `solve` returns; got a {type(relaxed).__name__}")
    tol = checks.as_nonnegative(tol, "tol")
    problem = Problem.checked(X, y, relaxed.lam, relaxed.patterns)
    used = np.flatnonzero(relaxed.W.any(axis=1))
    U = np.zeros((len(used), problem.X.shape[1]))
    V = np.zeros_like(U)
    for k, i in enumerate(used):
        U[k], V[k] = _split(problem.X, relaxed.patterns[i], relaxed.W[i])
    signs = np.repeat([1.0, -1.0], len(used))
    parts = Parts(np.tile(used, 2), signs, np.vstack([U, V]))
    proof = Proof(relaxed.lower_bound, None, Reason.SPLIT)
    return problem.assemble(relaxed.patterns, parts, proof, tol, or_zero=False)


def _split(X, D_i, w):
    """(u, v) in K_i with u - v = w and least ||u|| + ||v||, by a conic program.

    What its rounding leaves outside the cone is made up for by a step along an interior point.
    """
    C = np.where(D_i, 1.0, -1.0)[:, None] * X
    C = C[C.any(axis=1)]
    C = C / np.linalg.norm(C, axis=1)[:, None]
    size = np.linalg.norm(w)
    v = cp.Variable(len(w))
    u = v + w / size
    split = cp.Problem(cp.Minimize(cp.norm(u) + cp.norm(v)), [C @ v >= 0, C @ u >= 0])
    split.solve(solver=cp.CLARABEL)
    inner = cp.Variable(len(w))
    room = cp.Variable()
    deepest = cp.Problem(cp.Maximize(room), [C @ inner >= room, cp.norm(inner) <= 1])
    deepest.solve(solver=cp.CLARABEL)
    if v.value is None or room.value <= ROOM:
        raise ValueError(
            "patterns must have cones with interior to split a gate; one of those used has none"
        )
    v = v.value
    outside = min(0.0, (C @ v).min(initial=0.0), (C @ (v + w / size)).min(initial=0.0))
    step = outside / (C @ inner.value).min()
    v = size * (v - step * inner.value)
    return v + w, v


def _output(X, D, W):
    """sum_i D_i X w_i, (n,)."""
    used = W.any(axis=1)
    return (D[used].T * (X @ W[used].T)).sum(axis=1)
