"""The convex program without its cones, and the way back: bounds on the exact optimum from both sides.

Gated network: min ||sum_i D_i X z_i - y||^2 + 2 lam sum_i ||z_i||, the exact program with z_i = u_i - v_i free. As
cvxpy states it, for small problems. Shapes: X (n, d), y (n,), D (P, n), Z (P, d). Source: Mishkin, Sahiner and
Pilanci, Fast convex optimization for two-layer ReLU networks (2022).
"""

import cvxpy as cp
import numpy as np

from . import checks


def gated(X, y, lam, D):
    """The gated optimum over patterns D: (objective, Z). Never above the exact one. Raises ValueError on bad input."""
    X, D = _check(X, D)
    y, lam = checks.as_labels(y, len(X)), checks.as_nonnegative(lam, "lam")
    Z = cp.Variable((len(D), X.shape[1]))
    fitted = cp.sum(cp.multiply(D.T.astype(float), X @ Z.T), axis=1)
    problem = cp.Problem(cp.Minimize(cp.sum_squares(fitted - y) + 2 * lam * cp.sum(cp.norm(Z, axis=1))))
    return float(problem.solve(solver=cp.CLARABEL)), Z.value


def split(X, D, Z):
    """The shortest u_i, v_i in K_i with u_i - v_i = z_i: (U, V), a ReLU network of the gated one's output on X.

    Every pattern in D must have a cone with interior (those of `enumerate_patterns` and `sample_patterns` do). Raises
    ValueError on bad input, and when the cone of some pattern cannot make up its z_i.
    """
    X, D = _check(X, D)
    Z = checks.as_data(Z, "Z")
    if Z.shape != (len(D), X.shape[1]):
        raise ValueError(f"Z must have shape {(len(D), X.shape[1])}, a row a pattern, as wide as X; got {Z.shape}")
    sign = np.where(D, 1.0, -1.0).T
    U, V = cp.Variable(Z.shape), cp.Variable(Z.shape)
    cones = [cp.multiply(sign, X @ B.T) >= 0 for B in (U, V)]
    size = max(np.abs(Z).max(), 1e-300)  # the solver works best on numbers near 1
    norms = cp.sum(cp.norm(U, axis=1)) + cp.sum(cp.norm(V, axis=1))
    problem = cp.Problem(cp.Minimize(norms), [U - V == Z / size, *cones])
    problem.solve(solver=cp.CLARABEL)
    if U.value is None:
        raise ValueError("D must hold patterns whose cones have an interior: no u_i, v_i in K_i have u_i - v_i = z_i")
    return size * U.value, size * V.value


def _check(X, D):
    X = checks.as_data(X)
    return X, checks.as_patterns(D, len(X), "D")
