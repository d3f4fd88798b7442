"""The convex program as cvxpy states it: readable, and a second opinion for the working set."""

import warnings

import cvxpy as cp
import numpy as np

# CLARABEL's tolerances: its own, of 1e-8, would leave the working set as far off as it was.
EXACT = {"tol_gap_abs": 1e-11, "tol_gap_rel": 1e-11, "tol_feas": 1e-11, "max_threads": 1}


def program(
    X: np.ndarray,
    y: np.ndarray,
    lam: float,
    D: np.ndarray,
    keep: np.ndarray | None = None,
) -> tuple[cp.Problem, list[cp.Variable | None]]:
    """The problem and its variables [U, V], each (P', d) or None if there are none.

    min ||sum_i D_i X (u_i - v_i) - y||^2 + 2 lam sum_i (||u_i|| + ||v_i||) with u_i, v_i in
    K_i, for the patterns D (P, n), of which `keep` (2, P) leaves P' to U and to V.
    """
    keep = np.ones((2, len(D)), bool) if keep is None else keep
    blocks = []
    fitted = 0
    norms = 0
    constraints = []
    for sign, kept in zip((1, -1), keep, strict=True):
        if not kept.any():
            blocks.append(None)
            continue
        block = cp.Variable((int(kept.sum()), X.shape[1]))
        Z = X @ block.T
        fitted = fitted + sign * cp.sum(cp.multiply(D[kept].T.astype(float), Z), axis=1)
        norms = norms + cp.sum(cp.norm(block, axis=1))
        constraints.append(cp.multiply(np.where(D[kept], 1.0, -1.0).T, Z) >= 0)
        blocks.append(block)
    objective = cp.Minimize(cp.sum_squares(fitted - y) + 2 * lam * norms)
    return cp.Problem(objective, constraints), blocks


def minimise(
    X: np.ndarray,
    y: np.ndarray,
    lam: float,
    D: np.ndarray,
    keep: np.ndarray | None = None,
) -> np.ndarray:
    """CLARABEL's minimiser [U, V], (2, P, d), zero where it has none or fails.

    Its rounding may leave it just outside the cones.
    """
    keep = np.ones((2, len(D)), bool) if keep is None else keep
    B = np.zeros((2, len(D), X.shape[1]))
    problem, blocks = program(X, y, lam, D, keep)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an inaccurate point is still a point to start from
            problem.solve(solver=cp.CLARABEL, **EXACT)
    except cp.SolverError:
        return B
    for part, kept, block in zip(B, keep, blocks, strict=True):
        if block is not None and block.value is not None:
            part[kept] = block.value
    return B
