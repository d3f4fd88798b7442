"""The convex program as cvxpy states it: readable, and for other solvers to solve."""

import cvxpy as cp
import numpy as np


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
