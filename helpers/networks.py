"""From networks to points of the convex program and back: merging, pruning, stationarity.

A neuron's product is u = |alpha| w, of the same output as the neuron up to the sign s of
alpha.
Shapes: X (n, d), W (m, d), alpha (m,), U and V (P, d), patterns (P, n) booleans.
"""

from collections import deque
from collections.abc import Iterator

import numpy as np
import scipy  # its parts load when used, `optimize` in a third of a second
from numpy.typing import ArrayLike

from . import checks
from . import patterns as cells
from .doubles import lengths
from .loss import predict, relu

Network = tuple[np.ndarray, np.ndarray]  # (W, alpha)

# A neuron passes through a data point when |w'x| is at most this times ||w|| ||x||: the
# rounding of a network trained to rest, not of one product.
KINK = 1e-9

# Relative to the penalty: many steps of pruning have rounded it by no more.
ROUNDED = 1e-12


def balanced(
    U: np.ndarray,
    s: np.ndarray,
) -> Network:
    """The network (W, alpha) of the products U (m, d), signs s (m,), with ||w_i|| = |alpha_i|.

    Of all networks of these products it has the smallest decay, ||W||^2 + ||alpha||^2.
    """
    size = np.sqrt(lengths(U))
    return U / np.where(size == 0, 1, size)[:, None], s * size


def to_network(
    U: np.ndarray,
    V: np.ndarray,
) -> Network:
    """The network (W, alpha) of the same loss (eq. 1), the zero blocks left out.

    w = u / sqrt(||u||) and alpha = sqrt(||u||); the same for v, with alpha = -sqrt(||v||).
    """
    B = np.vstack([U, V])
    s = np.repeat([1.0, -1.0], [len(U), len(V)])
    used = B.any(axis=1)
    return balanced(B[used], s[used])


def from_network(
    X: ArrayLike,
    W: ArrayLike,
    alpha: ArrayLike,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The network as a point of the convex program: (U, V, patterns), its patterns each once.

    Neurons of one pattern and sign are added up: u = sum alpha w. The output on X is unchanged
    and the penalty 2 (||u|| + ||v||) is at most the network's ||W||^2 + ||alpha||^2. Raises
    ValueError on bad input.
    """
    X = checks.as_data(X)
    W, alpha = checks.as_network(W, alpha, X.shape[1])
    D, which = cells.distinct(cells.activation_patterns(X, W))
    U = np.zeros((len(D), X.shape[1]))
    V = np.zeros((len(D), X.shape[1]))
    signed = alpha[:, None] * W
    np.add.at(U, which[alpha > 0], signed[alpha > 0])
    np.add.at(V, which[alpha < 0], -signed[alpha < 0])
    return U, V, D


def merge(
    X: ArrayLike,
    W: ArrayLike,
    alpha: ArrayLike,
) -> Network:
    """One neuron for all of a pattern and sign: (W, alpha).

    The same output on X, never a larger loss (eq. 1). Raises ValueError on bad input.
    """
    U, V, _ = from_network(X, W, alpha)
    return to_network(U, V)


def prune_moves(
    X: np.ndarray,
    U: np.ndarray,
    s: np.ndarray,
) -> Iterator[np.ndarray]:
    """The moves that leave at most n of the neurons U (m, d), s (m,): the products after each.

    Caratheodory's argument. The output is sum_k c_k f_k with f_k = s_k relu(X u_k / ||u_k||)
    and sizes c_k = ||u_k||. While more than n neurons are left, some combination of the f_k
    vanishes; moving c along it, the way that does not raise sum_k c_k, keeps the output and
    ends when a size reaches zero. Within a move the products change linearly, and no pattern
    does.
    """
    sizes = lengths(U)
    directions = U / np.where(sizes == 0, 1, sizes)[:, None]
    F = s * relu(X @ directions.T)
    left = np.flatnonzero(sizes)
    while len(left) > len(X):
        z = np.linalg.svd(F[:, left])[2][-1]
        if z.sum() >= 0:
            z = -z
        falling = z < 0
        ratio = np.full(len(left), np.inf)
        ratio[falling] = -sizes[left[falling]] / z[falling]
        sizes[left] = np.maximum(sizes[left] + ratio.min() * z, 0)
        sizes[left[ratio.argmin()]] = 0
        left = left[sizes[left] > 0]
        yield sizes[:, None] * directions


def prune(
    X: ArrayLike,
    W: ArrayLike,
    alpha: ArrayLike,
) -> Network:
    """At most n neurons with the same output on X and never a larger loss (eq. 1): (W, alpha).

    The network is merged, and goes through all of `prune_moves`. Raises ValueError on bad
    input.
    """
    W, alpha = merge(X, W, alpha)
    X = checks.as_data(X)
    U = np.abs(alpha)[:, None] * W
    s = np.sign(alpha)
    target = s @ relu(U @ X.T)
    checks.within_range(target, "the output")
    moves = deque([U], maxlen=1)  # the last one is wanted
    moves.extend(prune_moves(X, U, s))
    pruned = moves.pop()
    left = pruned.any(axis=1)
    return balanced(_corrected(X, pruned[left], s[left], target), s[left])


def _corrected(X, U, s, target):
    """The products U, their sizes changed so that the output is `target` up to rounding.

    Left alone where that would cost anything.
    """
    sizes = lengths(U)
    F = (s[:, None] * relu(U @ X.T) / sizes[:, None]).T
    correction = np.linalg.lstsq(F, target - F @ sizes, rcond=None)[0]
    corrected = sizes + correction
    if (corrected <= 0).any() or correction.sum() > ROUNDED * sizes.sum():
        return U
    return (corrected / sizes)[:, None] * U


def stationarity(
    X: ArrayLike,
    y: ArrayLike,
    W: ArrayLike,
    alpha: ArrayLike,
    lam: float,
    kink: float = KINK,
) -> float:
    """Length of the shortest Clarke subgradient of the loss (eq. 1): zero at stationary points.

    A neuron that passes through data points (up to `kink`) has a kink there, where relu' may
    be anything in [0, 1]: bounded least squares finds the best choice, one for both layers'
    gradients. Raises ValueError on bad input.
    """
    X = checks.as_data(X)
    y = checks.as_labels(y, len(X))
    lam = checks.as_nonnegative(lam, "lam")
    W, alpha = checks.as_network(W, alpha, X.shape[1])
    kink = checks.as_nonnegative(kink, "kink")
    Z = X @ W.T
    residual = relu(Z) @ alpha - y
    at_kink = np.abs(Z) <= kink * lengths(X)[:, None] * lengths(W)
    active = (Z > 0) & ~at_kink
    dW = 2 * alpha[:, None] * (active.T * residual @ X) + 2 * lam * W
    dalpha = 2 * (relu(Z).T @ residual) + 2 * lam * alpha
    for i in np.flatnonzero(at_kink.any(axis=0)):
        points = at_kink[:, i]
        A = (2 * alpha[i] * residual[points, None] * X[points]).T
        if A.any():
            dW[i] += A @ scipy.optimize.lsq_linear(A, -dW[i], (0, 1)).x
    whole = np.append(dW, dalpha)
    checks.within_range(whole, "the gradient")
    return float(lengths(whole[None])[0])


def distinct_neurons(
    W: ArrayLike,
    alpha: ArrayLike,
    tol: float = 1e-3,
) -> int:
    """How many different neurons a network has.

    Neurons of one sign and direction (sine below `tol`) count once, and those whose |alpha|
    ||w|| is below tol of the largest not at all. Raises ValueError on bad input.
    """
    W = checks.as_float(W, "W")
    W, alpha = checks.as_network(W, alpha, W.shape[-1] if W.ndim else 0)
    tol = checks.as_nonnegative(tol, "tol")
    length = lengths(W)
    size = np.abs(alpha) * length
    used = size > tol * size.max(initial=0)
    directions = W[used] / length[used, None]
    signs = np.sign(alpha[used])
    kept = []
    for k in range(len(directions)):
        close = np.linalg.norm(directions[kept] - directions[k], axis=1) < tol
        if not (close & (signs[kept] == signs[k])).any():
            kept.append(k)
    return len(kept)


def patterns_and_signs(
    D: np.ndarray,
    alpha: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """The different pairs of pattern D_i and sign of alpha_i: (D (P, n), signs (P,) of +-1).

    A neuron without output (alpha_i = 0) counts as negative. Raises ValueError on bad input.
    """
    D = checks.as_array(D, "D")
    alpha = checks.as_vector(alpha, len(D), "alpha", "row of D")
    rows = np.unique(np.column_stack([D, alpha > 0]), axis=0)
    return rows[:, :-1], np.where(rows[:, -1], 1.0, -1.0)


def largest_gap(
    network: Network,
    other: Network,
    X: ArrayLike,
) -> float:
    """The largest difference between the outputs of two networks (W, alpha) on the rows of X."""
    return float(np.abs(predict(X, *network) - predict(X, *other)).max())
