"""The two-layer ReLU network and its loss (the article's eq. 1), with the closed-form gradient.

Shapes: X (n, d) data, bias column included; y (n,) labels; W (m, d) and alpha (m,) first and second layer.
"""

import numpy as np

from . import checks


def relu(Z):
    """max(0, Z), entry by entry."""
    return np.maximum(Z, 0)


def predict(X, W, alpha):
    """Output of the network, ``relu(X W') alpha``, shape (n,). Raises ValueError on bad input."""
    X = checks.as_data(X)
    W, alpha = checks.as_network(W, alpha, X.shape[1])
    return relu(X @ W.T) @ alpha


def loss(X, y, W, alpha, lam=0.0):
    """``||relu(X W') alpha - y||^2 + lam (||W||^2 + ||alpha||^2)``, a float (eq. 1). Raises ValueError on bad input."""
    residual = predict(X, W, alpha) - checks.as_labels(y, len(X))
    lam = checks.as_nonnegative(lam, "lam")
    return float(residual @ residual + lam * (np.sum(np.square(W)) + np.sum(np.square(alpha))))


def gradient(X, y, W, alpha, lam=0.0):
    """Gradient of `loss`: (dW, dalpha) with the shapes of W and alpha.

    At a kink (w_i' x_j = 0) the subgradient taken is relu'(0) = 0, as in PyTorch. Raises ValueError on bad input.
    """
    X = checks.as_data(X)
    y, lam = checks.as_labels(y, len(X)), checks.as_nonnegative(lam, "lam")
    W, alpha = checks.as_network(W, alpha, X.shape[1])
    _, dW, dalpha = residual_and_gradient(X, y, W, alpha)
    return dW + 2 * lam * W, dalpha + 2 * lam * alpha


def residual_and_gradient(X, y, W, alpha):
    """Residual ``predict - y`` and the gradient of its squared norm, on arrays already checked: what a trainer repeats.

    Returns (residual, dW, dalpha). With B = sum_j 2 residual_j 1[w_i' x_j > 0] x_j, one row a neuron,
    dW = alpha * B and dalpha_i = w_i' B_i, because (w_i' x_j)_+ = 1[w_i' x_j > 0] w_i' x_j.
    """
    Z = X @ W.T
    residual = relu(Z) @ alpha - y
    B = (X.T @ ((Z > 0) * (2 * residual)[:, None])).T
    return residual, B * alpha[:, None], (W * B).sum(axis=1)
