"""The loss of one and of two neurons on one-dimensional data, second layer fixed to 1: the article's first landscapes.

A point of the plane is w = (w_1, w_2), the first-layer weights; X (n, 1), y (n,).
"""

import numpy as np

from . import checks
from .loss import relu


def one_neuron_loss(X, y, w):
    """Loss ``sum_j (relu(x_j w) - y_j)^2`` (eq. 2) at every weight of w, any shape; an array of that shape."""
    return two_neuron_loss(X, y, checks.as_float(w, "w")[..., None])  # the sum over neurons then has one term


def two_neuron_loss(X, y, w):
    """Loss ``sum_j (relu(x_j w_1) + relu(x_j w_2) - y_j)^2`` at every point of w (..., 2), shape (...)."""
    X = checks.as_data(X)
    y, w = checks.as_labels(y, len(X)), checks.as_float(w, "w")
    return np.sum((relu(w[..., None] * X[:, 0]).sum(axis=-2) - y) ** 2, axis=-1)


def descend(X, y, w, step=0.05, steps=400):
    """Where gradient descent on both weights ends from every start w (..., 2): an array of w's shape."""
    X = checks.as_data(X)
    x, y, w = X[:, 0], checks.as_labels(y, len(X)), checks.as_float(w, "w").copy()
    for _ in range(checks.as_count(steps, "steps")):
        Z = w[..., None] * x
        residual = relu(Z).sum(axis=-2, keepdims=True) - y
        w -= step * 2 * np.sum(residual * (Z > 0) * x, axis=-1)
    return w


def polyline(points, count=60):
    """`count` evenly spaced points on each leg of the polygon through `points` (k, 2)."""
    points = checks.as_float(points, "points")
    t = np.linspace(0, 1, checks.as_count(count, "count", 2))[:, None]
    return np.concatenate([(1 - t) * a + t * b for a, b in zip(points, points[1:])])


def descend_both(X, y, W, alpha, lam=0.0, step=0.02, steps=3000):
    """Gradient descent on eq. 1 from many networks, W (k, m, d), alpha (k, m): (losses (k,), W, alpha) at the end.

    Raises ValueError on bad input.
    """
    X = checks.as_data(X)
    y, lam = checks.as_labels(y, len(X)), checks.as_nonnegative(lam, "lam")
    W, alpha = checks.as_float(W, "W").copy(), checks.as_float(alpha, "alpha").copy()
    for _ in range(checks.as_count(steps, "steps")):
        Z = W @ X.T
        residual = np.einsum("kmn,km->kn", relu(Z), alpha) - y
        B = ((Z > 0) * (2 * residual)[:, None, :]) @ X
        W, alpha = (W - step * (alpha[..., None] * B + 2 * lam * W),
                    alpha - step * (np.einsum("kmd,kmd->km", W, B) + 2 * lam * alpha))
    residual = np.einsum("kmn,km->kn", relu(W @ X.T), alpha) - y
    return np.sum(residual**2, axis=1) + lam * (np.sum(W**2, axis=(1, 2)) + np.sum(alpha**2, axis=1)), W, alpha
