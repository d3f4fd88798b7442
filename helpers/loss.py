"""The two-layer ReLU network and its loss (the article's eq. 1), with the closed-form gradient.

Shapes: X (n, d) data, bias column included; y (n,) labels; W (m, d) and alpha (m,) the first and
second layer.
"""

import numpy as np
from numpy.typing import ArrayLike

from . import checks


def relu(Z: np.ndarray) -> np.ndarray:
    """max(0, Z), entry by entry."""
    return np.maximum(Z, 0)


def predict(
    X: ArrayLike,
    W: ArrayLike,
    alpha: ArrayLike,
) -> np.ndarray:
    """Output of the network, ``relu(X W') alpha``, shape (n,).

    Raises ValueError on bad input.
    """
    X = checks.as_data(X)
    W, alpha = checks.as_network(W, alpha, X.shape[1])
    return _output(X, W, alpha)


def _output(X, W, alpha):
    """`predict` of what has been checked."""
    with np.errstate(over="ignore", invalid="ignore"):
        output = relu(X @ W.T) @ alpha
    return checks.within_range(output, "the output")


def loss(
    X: ArrayLike,
    y: ArrayLike,
    W: ArrayLike,
    alpha: ArrayLike,
    lam: float = 0.0,
) -> float:
    """``||relu(X W') alpha - y||^2 + lam (||W||^2 + ||alpha||^2)``, eq. 1.

    Raises ValueError on bad input.
    """
    X = checks.as_data(X)
    y = checks.as_labels(y, len(X))
    lam = checks.as_nonnegative(lam, "lam")
    W, alpha = checks.as_network(W, alpha, X.shape[1])
    residual = (_output(X, W, alpha) - y).astype(float, copy=False)
    with np.errstate(over="ignore"):
        penalty = np.sum(np.square(W)) + np.sum(np.square(alpha))
        value = float(residual @ residual + lam * penalty)
    return checks.within_range(value, "the loss")


def gradient(
    X: ArrayLike,
    y: ArrayLike,
    W: ArrayLike,
    alpha: ArrayLike,
    lam: float = 0.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Gradient of `loss`: (dW, dalpha) with the shapes of W and alpha.

    At a kink (w_i' x_j = 0) the subgradient taken is relu'(0) = 0, as in PyTorch. Raises
    ValueError on bad input.
    """
    X = checks.as_data(X)
    y = checks.as_labels(y, len(X))
    lam = checks.as_nonnegative(lam, "lam")
    W, alpha = checks.as_network(W, alpha, X.shape[1])
    P = np.vstack([W.T, alpha]).astype(np.result_type(X, y, W, alpha))
    with np.errstate(over="ignore", invalid="ignore"):
        _, G = Backward(X.astype(P.dtype), y, len(W), P.dtype)(P)
        G += 2 * lam * P
    checks.within_range(G, "the gradient")
    return G[:-1].T, G[-1]


class Backward:
    """The residual of a network and the gradient of `weight` times its squared norm, fast.

    The network is one array P (d + 1, m), a column a neuron: the rows of W' and then alpha; the
    gradient has its shape. Inputs are not checked and the buffers are used again at every call:
    this is what a trainer repeats.
    """

    def __init__(
        self,
        X: np.ndarray,
        y: np.ndarray,
        m: int,
        dtype: type = float,
        weight: float = 1.0,
    ):
        n, d = X.shape
        self.X = X
        self.y = y
        self.weight = weight
        self.Z = np.empty((n, m), dtype)
        self.active = np.empty((n, m), dtype)
        self.G = np.empty((d + 1, m), dtype)

    def __call__(self, P: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The residual (n,) and the gradient (d + 1, m), which the next call overwrites.

        With the slope s_j = 2 weight residual_j: dalpha_i = sum_j s_j (w_i' x_j)_+ and
        dw_i = alpha_i sum_j s_j 1[w_i' x_j > 0] x_j.
        """
        np.dot(self.X, P[:-1], out=self.Z)
        np.greater(self.Z, 0, out=self.active)
        np.multiply(self.Z, self.active, out=self.Z)
        residual = np.dot(self.Z, P[-1]) - self.y
        slope = 2 * self.weight * residual
        np.dot(slope, self.Z, out=self.G[-1])
        np.dot(self.X.T * slope, self.active, out=self.G[:-1])
        self.G[:-1] *= P[-1]
        return residual, self.G


def losses(
    X: ArrayLike,
    y: ArrayLike,
    W: ArrayLike,
    alpha: ArrayLike = 1.0,
    lam: float = 0.0,
) -> np.ndarray:
    """The loss (eq. 1) of many networks at once: W (..., m, d), alpha (..., m), result (...).

    `alpha` may be what broadcasts to that shape; the default is a second layer of ones. Raises
    ValueError on bad input.
    """
    X = checks.as_data(X)
    y = checks.as_labels(y, len(X))
    lam = checks.as_nonnegative(lam, "lam")
    W, alpha = checks.as_networks(W, alpha, X.shape[1])
    with np.errstate(over="ignore", invalid="ignore"):
        residual = np.einsum("...mn,...m->...n", relu(W @ X.T), alpha) - y
        penalty = np.sum(np.square(W), axis=(-2, -1)) + np.sum(np.square(alpha), axis=-1)
        values = np.sum(np.square(residual), axis=-1) + lam * penalty
    return checks.within_range(values, "the losses")


def fit_gradients(
    X: np.ndarray,
    y: np.ndarray,
    W: np.ndarray,
    alpha: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Gradients of the data term of `losses`: (dW, dalpha), shapes W (..., m, d), alpha (...,
    m).

    Inputs are not checked: this is what a trainer repeats.
    """
    Z = W @ X.T
    slope = 2 * (np.einsum("...mn,...m->...n", relu(Z), alpha) - y)
    B = ((Z > 0) * slope[..., None, :]) @ X
    return alpha[..., None] * B, np.einsum("...md,...md->...m", W, B)
