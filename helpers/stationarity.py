"""Stationary networks: how far eq. 1's subgradients are from zero, kinks included, and the programs they are optima of.

Where w_i' x_j = 0 the ReLU may take any slope in [0, 1]: the residual is the least norm of the gradient over those
slopes. A network of m neurons, X (n, d), y (n,).
"""

import numpy as np
from scipy.optimize import lsq_linear

from . import checks, convex, patterns
from .landscape import descend_both
from .loss import predict


def clarke_residual(X, y, W, alpha, lam, kink=1e-9):
    """The least norm of an element of Clarke's subdifferential (each neuron's slopes chosen freely), a float.

    |w_i' x_j| <= kink ||w_i|| ||x_j|| counts as a kink. Raises ValueError on bad input.
    """
    X = checks.as_data(X)
    y, (W, alpha) = checks.as_labels(y, len(X)), checks.as_network(W, alpha, X.shape[1])
    residual, total = 2 * (predict(X, W, alpha) - y), 0.0
    for w, a in zip(W, alpha):
        z = X @ w
        at = np.abs(z) <= kink * np.linalg.norm(X, axis=1) * np.linalg.norm(w)
        fixed = a * X[(z > 0) & ~at].T @ residual[(z > 0) & ~at] + 2 * lam * w
        free = a * (residual[at, None] * X[at]).T
        if at.any():
            fixed = fixed + free @ lsq_linear(free, -fixed, (0, 1), tol=1e-14).x
        total += fixed @ fixed + (np.maximum(z, 0) @ residual + 2 * lam * a) ** 2
    return float(np.sqrt(total))


def own_program(X, y, W, alpha, lam):
    """The convex program over the network's own patterns and signs, solved. Raises ValueError on bad input."""
    D = patterns.activation_patterns(X, W)
    blocks = np.unique(np.column_stack([D, alpha > 0]), axis=0)
    return convex.solve(X, y, lam, blocks[:, :-1], signs=np.where(blocks[:, -1], 1.0, -1.0))


def descend_to_rest(X, y, W, alpha, lam, step=0.01, steps=30000):
    """Gradient descent with steps that shrink, arguments and result as `descend_both`.

    At a kink, descent of a fixed step oscillates; steps of a tenth, a hundredth and a thousandth settle it.
    """
    losses, W, alpha = descend_both(X, y, W, alpha, lam, step, steps)
    for smaller in (step / 10, step / 100, step / 1000):
        losses, W, alpha = descend_both(X, y, W, alpha, lam, smaller, 4000)
    return losses, W, alpha
