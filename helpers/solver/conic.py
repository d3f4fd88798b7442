"""The convex program as cvxpy states it: readable, and a second opinion where the working set stops short."""

import warnings

import cvxpy as cp
import numpy as np


def program(X, y, lam, D, keep=None):
    """The problem and its variables (U, V), each (P', d) for the patterns D (P, n) that `keep` (2, P) leaves, or None.

    min ||sum_i D_i X (u_i - v_i) - y||^2 + 2 lam sum_i (||u_i|| + ||v_i||) with u_i, v_i in K_i.
    """
    keep = np.ones((2, len(D)), bool) if keep is None else keep
    blocks = [cp.Variable((int(k.sum()), X.shape[1])) if k.any() else None for k in keep]
    fitted, norms, constraints = 0, 0, []
    for sign, k, block in zip((1, -1), keep, blocks):
        if block is not None:
            Z = X @ block.T
            fitted = fitted + sign * cp.sum(cp.multiply(D[k].T.astype(float), Z), axis=1)
            norms = norms + cp.sum(cp.norm(block, axis=1))
            constraints.append(cp.multiply(np.where(D[k], 1.0, -1.0).T, Z) >= 0)
    return cp.Problem(
        cp.Minimize(cp.sum_squares(fitted - y) + 2 * lam * norms), constraints
    ), blocks


def minimise(X, y, lam, D, keep):
    """CLARABEL's minimiser, (2, P, d), zero where it finds none; rounding may leave it just outside its cones."""
    problem, blocks = program(X, y, lam, D, keep)
    exact = {"tol_gap_abs": 1e-11, "tol_gap_rel": 1e-11, "tol_feas": 1e-11, "max_threads": 1}
    for settings in (exact, {}):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter(
                    "ignore"
                )  # an inaccurate point is still a point to start from
                problem.solve(solver=cp.CLARABEL, **settings)
            break
        except cp.SolverError:
            continue
    B = np.zeros((2, len(D), X.shape[1]))
    for b, k, block in zip(B, keep, blocks):
        if block is not None and block.value is not None:
            b[k] = block.value
    return B
