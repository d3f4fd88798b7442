"""From networks to points of the convex program and back: merging, pruning, stationarity.

Shapes: X (n, d), W (m, d), alpha (m,), U and V (P, d), patterns (P, n) booleans.
"""

import numpy as np

from . import checks
from . import patterns as cells
from .loss import predict

KINK = 1e-9  # a neuron passes through a data point when |w'x| is at most this times ||w|| ||x||


def to_network(U, V):
    """The network (W, alpha) of the same loss (eq. 1): w = u / sqrt(||u||), alpha = +-sqrt(||u||), zeros left out."""
    B = np.vstack([U, V])
    size = np.sqrt(np.linalg.norm(B, axis=1))
    sign = np.repeat([1.0, -1.0], [len(U), len(V)])
    used = size > 0
    return B[used] / size[used, None], (sign * size)[used]


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
    U, V, _ = from_network(X, W, alpha)
    return to_network(U, V)


def prune(X, W, alpha):
    """At most n neurons with the same output on X and never a larger loss (eq. 1): (W, alpha). Caratheodory's argument.

    The output is sum_k c_k f_k with f_k = s_k relu(X u_k / ||u_k||) and sizes c_k = |alpha_k| ||w_k||. While more than n
    neurons are left, some combination of the f_k vanishes; moving c along it, the way that does not raise sum_k c_k,
    keeps the output and ends when a size reaches zero. Raises ValueError on bad input.
    """
    W, alpha = merge(X, W, alpha)
    X = checks.as_data(X)
    sizes = np.abs(alpha) * np.linalg.norm(W, axis=1)
    F = np.sign(alpha) * np.maximum(X @ (np.abs(alpha) / sizes * W.T), 0)
    keep = np.arange(len(W))
    target = F @ sizes
    while len(keep) > len(X):
        z = np.linalg.svd(F[:, keep])[2][-1]
        z = z if z.sum() < 0 else -z  # the penalty sum c does not rise
        ratio = np.divide(-sizes[keep], z, out=np.full(len(keep), np.inf), where=z < 0)
        step = ratio.min()
        sizes[keep] = np.maximum(sizes[keep] + step * z, 0)
        sizes[keep[ratio.argmin()]] = 0
        keep = keep[sizes[keep] > 0]
    correction = np.linalg.lstsq(F[:, keep], target - F[:, keep] @ sizes[keep], rcond=None)[0]
    if (
        sizes[keep] + correction > 0
    ).all() and correction.sum() <= 1e-12 * sizes.sum():  # rounding of many steps
        sizes[keep] += correction
    direction = W[keep] / np.linalg.norm(W[keep], axis=1)[:, None]
    root = np.sqrt(sizes[keep])
    return root[:, None] * direction, np.sign(alpha[keep]) * root


def stationarity(X, y, W, alpha, lam, kink=KINK):
    """Length of the shortest Clarke subgradient of the loss (eq. 1) at (W, alpha): zero at stationary points.

    A neuron that passes through data points (up to `kink`) has a kink there, where relu' may be anything in [0, 1]:
    bounded least squares finds the best choice, one for both layers' gradients. Raises ValueError on bad input.
    """
    from scipy.optimize import lsq_linear

    X = checks.as_data(X)
    y, lam = checks.as_labels(y, len(X)), checks.as_nonnegative(lam, "lam")
    W, alpha = checks.as_network(W, alpha, X.shape[1])
    Z = X @ W.T
    residual = np.maximum(Z, 0) @ alpha - y
    at = np.abs(Z) <= kink * np.linalg.norm(X, axis=1)[:, None] * np.linalg.norm(W, axis=1)
    dW = 2 * alpha[:, None] * (((Z > 0) & ~at).T * residual @ X) + 2 * lam * W
    dalpha = 2 * (np.maximum(Z, 0).T @ residual) + 2 * lam * alpha
    for i in np.flatnonzero(at.any(axis=0)):
        A = (2 * alpha[i] * residual[at[:, i], None] * X[at[:, i]]).T
        if A.any():
            dW[i] += A @ lsq_linear(A, -dW[i], (0, 1)).x
    return float(np.sqrt(np.sum(dW**2) + np.sum(dalpha**2)))


def distinct_neurons(W, alpha, tol=1e-3):
    """How many different neurons a network has, neurons of one sign and direction (sine below `tol`) counting once.

    Neurons whose |alpha| ||w|| is below tol of the largest do not count. Raises ValueError on bad input.
    """
    W = checks.as_float(W, "W")
    W, alpha = checks.as_network(W, alpha, W.shape[-1])
    length = np.linalg.norm(W, axis=1)
    size = np.abs(alpha) * length
    used = size > tol * size.max(initial=0)
    directions, signs, kept = W[used] / length[used, None], np.sign(alpha[used]), []
    for k in range(len(directions)):
        if not any(
            signs[k] == signs[j] and np.linalg.norm(directions[k] - directions[j]) < tol
            for j in kept
        ):
            kept.append(k)
    return len(kept)


def patterns_and_signs(D, alpha):
    """The different pairs of pattern D_i and sign of alpha_i: (D (P, n), signs (P,) of +-1)."""
    rows = np.unique(np.column_stack([D, alpha > 0]), axis=0)
    return rows[:, :-1], np.where(rows[:, -1], 1.0, -1.0)


def largest_gap(network, other, X):
    """The largest difference between the outputs of two networks (W, alpha) on the rows of X: a float."""
    return float(np.abs(predict(X, *network) - predict(X, *other)).max())


def balanced(u, s):
    """The balanced network of the products u (m, d) with signs s (m,): (W, alpha)."""
    size = np.sqrt(np.linalg.norm(u, axis=1))
    return u / np.where(size == 0, 1, size)[:, None], s * size
