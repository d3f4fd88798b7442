"""Independent judges of the solver: projections by quadratic programming, optima by cvxpy."""

import cvxpy as cp
import numpy as np
import pytest

from helpers.patterns import enumerate_patterns


def walls(D_i, X):
    """The rows (2 D_i - I) X whose inequalities make the cone of the pattern D_i."""
    return np.where(D_i, 1, -1)[:, None] * X


def projection(C, z):
    """The nearest point of {u : C u >= 0} by quadratic programming."""
    p = cp.Variable(len(z))
    problem = cp.Problem(cp.Minimize(cp.sum_squares(p - z)), [C @ p >= 0])
    problem.solve(solver=cp.CLARABEL, tol_gap_abs=1e-13, tol_feas=1e-12)
    return p.value


def correlation(C, z):
    """max {z'u : C u >= 0, ||u|| <= 1} through its dual, min ||z + C' mu|| over mu >= 0."""
    size = max(np.linalg.norm(z), 1e-300)
    scale = np.maximum(np.linalg.norm(C, axis=1), 1e-300)
    unit = C / scale[:, None]
    mu = cp.Variable(len(C), nonneg=True)
    cp.Problem(cp.Minimize(cp.norm(z / size + unit.T @ mu))).solve(solver=cp.CLARABEL)
    return size * np.linalg.norm(z / size + unit.T @ np.maximum(mu.value, 0))


def value(X, y, lam, solution):
    """The objective of a Solution's U, V, once they are seen to lie in their cones."""
    fitted = np.zeros(len(y))
    norms = 0.0
    for sign, B in ((1, solution.U), (-1, solution.V)):
        for D_i, u in zip(solution.patterns, B, strict=True):
            assert (walls(D_i, X) @ u).min() >= -1e-9 * (1 + np.abs(X @ u).max())
            fitted += sign * D_i * (X @ u)
            norms += np.linalg.norm(u)
    return np.sum((fitted - y) ** 2) + 2 * lam * norms


def judge(X, y, lam, solution, signs=None):
    """Recompute what a Solution claims: its objective and, with projections, its bound and gap."""
    square = y @ y
    objective = value(X, y, lam, solution)
    assert solution.objective == pytest.approx(objective, rel=1e-7, abs=1e-9 * square)
    largest = lam * (1 + 1e-6) + 1e-8 * np.linalg.norm(X) * np.linalg.norm(y)
    for i, D_i in enumerate(solution.patterns):
        for s in (1, -1) if signs is None else (signs[i],):
            assert correlation(walls(D_i, X), s * X.T @ (D_i * solution.dual)) <= largest
    bound = square - np.sum((y - solution.dual) ** 2)
    assert solution.lower_bound <= bound + 1e-9 * square
    gap = (solution.objective - solution.lower_bound) / solution.objective
    assert solution.gap == pytest.approx(gap, abs=1e-9)


def optimum(X, y, lam, D, signs=None):
    """cvxpy's value of the program, written pattern by pattern."""
    fitted = 0
    norms = 0
    constraints = []
    for i, D_i in enumerate(D):
        for s in (1, -1) if signs is None else (signs[i],):
            u = cp.Variable(X.shape[1])
            fitted = fitted + s * (D_i[:, None] * X) @ u
            norms = norms + cp.norm(u)
            constraints.append(walls(D_i, X) @ u >= 0)
    objective = cp.Minimize(cp.sum_squares(fitted - y) + 2 * lam * norms)
    problem = cp.Problem(objective, constraints)
    return problem.solve(solver=cp.CLARABEL, tol_gap_abs=1e-11, tol_gap_rel=1e-11)


def instance(rng):
    """A small random program (X, y, D, signs or None): often degenerate.

    Its patterns are sometimes such that no weight vector meets them.
    """
    n = int(rng.integers(1, 9))
    d = int(rng.integers(1, 5))
    X = rng.standard_normal((n, d))
    y = rng.standard_normal(n)
    kinks = rng.random(6)
    if n > 2 and kinks[0] < 0.3:
        X[1] = X[0]
    if n > 2 and kinks[1] < 0.3:
        X[2] = -2 * X[0]
    if kinks[2] < 0.2:
        X[0] = 0
    if d > 1 and kinks[3] < 0.2:
        X[:, 1] = X[:, 0]
    if kinks[4] < 0.2:
        X = np.round(X)
    if kinks[5] < 0.7:
        D = enumerate_patterns(X)[:40]
    else:
        D = rng.random((int(rng.integers(1, 6)), n)) < 0.5
    signs = rng.choice([-1, 1], len(D)) if rng.random() < 0.3 else None
    return X, y, D, signs
