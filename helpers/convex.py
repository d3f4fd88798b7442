"""The convex program behind the two-layer ReLU network, solved with a certificate.

    min  ||sum_i D_i X (u_i - v_i) - y||^2 + 2 lam sum_i (||u_i|| + ||v_i||),   u_i, v_i in K_i = {u : (2 D_i - I) X u >= 0}

(the article's eq. 8, with the factor 2 that makes it equal to eq. 1). Its dual bounds every network's loss from below:
``||y||^2 - ||y - theta||^2`` for any theta with ``max {theta' D_i X u : u in K_i, ||u|| <= 1} <= lam``, and the same
for -theta. Shapes: X (n, d), y (n,), patterns (P, n) booleans, U and V (P, d).
"""

import warnings
from dataclasses import dataclass

import cvxpy as cp
import numpy as np
from scipy.optimize import nnls

from . import checks, patterns as cells
from .loss import loss as network_loss, predict

TINY = 1e-12  # an objective or a bound below TINY ||y||^2 counts as zero


@dataclass(frozen=True)
class Solution:
    """A feasible point of the convex program and what it proves.

    U, V (P, d); objective, its value; lower_bound, of the program over the given patterns (of eq. 1 when they are all);
    gap, their difference relative to the objective (to ||y||^2 when lam = 0); converged, gap <= the tolerance asked.
    """

    U: np.ndarray
    V: np.ndarray
    patterns: np.ndarray
    lam: float
    objective: float
    lower_bound: float
    gap: float
    converged: bool

    def predict(self, X):
        """Output on the rows of X, any X: that of the network, shape (n,). Raises ValueError on bad input."""
        return predict(X, *self.to_network())

    def to_network(self):
        """The network (W, alpha) of the same loss (eq. 1): w = u / sqrt(||u||), alpha = +-sqrt(||u||), zeros left out."""
        B = np.vstack([self.U, self.V])
        size = np.sqrt(np.linalg.norm(B, axis=1))
        sign = np.repeat([1.0, -1.0], [len(self.U), len(self.V)])
        used = size > 0
        return B[used] / size[used, None], (sign * size)[used]


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


def solve(X, y, lam, patterns=None, tol=1e-6, signs=None):
    """Solve the convex program over `patterns` (None: all the patterns of X) and prove how well: a Solution.

    `signs` (P,), entries +1 or -1, keeps only u_i or only v_i of each pattern. Solver: CLARABEL through cvxpy, its point
    projected on the cones and its residual scaled to a feasible dual point. With lam = 0 the bound is the trivial 0
    unless the loss is positive and proved to be so. Raises ValueError on bad input or when there are too many patterns.
    """
    X, y, lam, D = _check(X, y, lam, patterns)
    keep = _kept(signs, len(D))
    scale = np.abs(X).max(axis=0)
    scale[scale == 0] = 1
    B = _minimise(X, y, lam, D, keep, scale) if len(D) and y.any() else np.zeros((2, len(D), X.shape[1]))
    fitted = _output(X, D, B)
    objective = np.sum((fitted - y) ** 2) + 2 * lam * np.linalg.norm(B, axis=2).sum()
    if objective > y @ y:
        B, fitted, objective = 0 * B, 0 * y, y @ y
    bound = _dual_bound(X, y, lam, D, keep, y - fitted)
    reference = objective if lam > 0 else y @ y
    gap = max(0.0, objective - bound) / reference if objective > TINY * (y @ y) else 0.0
    return Solution(B[0], B[1], D, lam, float(objective), float(min(bound, objective)), float(gap), bool(gap <= tol))


def lambda_max(X, y, patterns=None):
    """The smallest lam whose optimum is zero: the largest norm of a projection of +-X' D_i y on K_i."""
    X, y, _, D = _check(X, y, 0.0, patterns)
    return float(max(_correlations(X, y, D).max(initial=0.0), 0.0))


def path(X, y, lams, patterns=None, tol=1e-6):
    """Solutions for every lam of `lams`, in their order. Raises ValueError as `solve`."""
    return [solve(X, y, lam, patterns, tol) for lam in lams]


def from_network(X, W, alpha, lam=0.0, y=None):
    """The network as a point of the convex program: (U, V, patterns), its patterns each once.

    Neurons of one pattern and sign are added up: u = sum alpha w. The output on X is unchanged and the penalty
    2 (||u|| + ||v||) is at most the network's ||W||^2 + ||alpha||^2.
    """
    X = checks.as_data(X)
    W, alpha = checks.as_network(W, alpha, X.shape[1])
    D, which = np.unique(cells.activation_patterns(X, W), axis=0, return_inverse=True)
    U, V = np.zeros((2, len(D), X.shape[1]))
    np.add.at(U, which.ravel()[alpha > 0], (alpha[:, None] * W)[alpha > 0])
    np.add.at(V, which.ravel()[alpha < 0], -(alpha[:, None] * W)[alpha < 0])
    return U, V, D


def merge(X, W, alpha):
    """One neuron for all of a pattern and sign: the same output on X, never a larger loss (eq. 1). Returns (W, alpha)."""
    U, V, D = from_network(X, W, alpha)
    return Solution(U, V, D, 0.0, 0.0, 0.0, 0.0, True).to_network()


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
    D = cells.enumerate_patterns(X) if patterns is None else checks.as_patterns(patterns, len(X))
    return X, y, lam, D


def _kept(signs, P):
    """Which of the blocks u_i, v_i the program has: booleans (2, P)."""
    if signs is None:
        return np.ones((2, P), bool)
    signs = checks.as_vector(signs, P, "signs", "pattern")
    if not np.isin(signs, (-1, 1)).all():
        raise ValueError("signs must hold +1 (keep u_i) or -1 (keep v_i)")
    return np.array([signs > 0, signs < 0])


def _minimise(X, y, lam, D, keep, scale):
    """CLARABEL's minimiser, projected on the cones, (2, P, d). Columns are scaled for the solver only."""
    size = max(np.linalg.norm(y), 1e-300)
    blocks = [cp.Variable((int(k.sum()), X.shape[1])) if k.any() else None for k in keep]
    fitted, norms, constraints = 0, 0, []
    for sign, k, block in zip((1, -1), keep, blocks):
        if block is None:
            continue
        Z = (X / scale) @ block.T
        fitted = fitted + sign * cp.sum(cp.multiply(D[k].T.astype(float), Z), axis=1)
        norms = norms + cp.sum(cp.norm(cp.multiply(block, np.tile(1 / scale, (k.sum(), 1))), axis=1))
        constraints.append(cp.multiply(np.where(D[k], 1.0, -1.0).T, Z) >= 0)
    problem = cp.Problem(cp.Minimize(cp.sum_squares(fitted - y / size) + 2 * (lam / size) * norms), constraints)
    exact = {"tol_gap_abs": 1e-11, "tol_gap_rel": 1e-11, "tol_feas": 1e-11, "max_threads": 1}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # "may be inaccurate": the gap says how inaccurate
        try:
            problem.solve(solver=cp.CLARABEL, **exact)
        except cp.SolverError:
            problem.solve(solver=cp.CLARABEL)
    B = np.zeros((2, len(D), X.shape[1]))
    for s, (k, block) in enumerate(zip(keep, blocks)):
        if block is not None and block.value is not None:
            B[s, k] = [project(X, D_i, size * b / scale) for D_i, b in zip(D[k], block.value)]
    return B


def project(X, D_i, z):
    """The nearest point to z (d,) in the cone K_i of the pattern D_i (n,)."""
    A = np.where(D_i, 1.0, -1.0)[:, None] * X
    A = A[np.any(A != 0, axis=1)]
    A = A / np.linalg.norm(A, axis=1)[:, None]
    if not len(A) or (A @ z >= 0).all():
        return z
    return z + A.T @ nnls(A.T, -z)[0]


def _correlations(X, theta, D):
    """h_i = max {+-theta' D_i X u : u in K_i, ||u|| <= 1}, the norms of the projections of +-X' D_i theta: (2, P)."""
    Z = (D * theta) @ X
    return np.array([[np.linalg.norm(project(X, D_i, sign * z)) for D_i, z in zip(D, Z)] for sign in (1, -1)])


def _dual_bound(X, y, lam, D, keep, residual):
    """The bound of theta = s residual, for the best feasible scaling s. Rigorous whatever the residual is."""
    h = np.where(keep, _correlations(X, residual, D), 0.0).max(initial=0.0)
    square = residual @ residual
    if square <= TINY * (y @ y):
        return 0.0
    s = residual @ y / square
    if h * s > lam:
        s = lam / h
    return max(0.0, 2 * s * (residual @ y) - s**2 * square)


def _output(X, D, B):
    return np.einsum("pn,nd,pd->n", D.astype(float), X, B[0] - B[1], optimize=True)
