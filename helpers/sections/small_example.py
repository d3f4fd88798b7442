"""Section Small example walkthrough: one neuron and two points, its second layer fixed to 1."""

import numpy as np
from numpy.typing import ArrayLike

from ..data import Dataset
from ..loss import losses


def one_neuron_loss(
    X: ArrayLike,
    y: ArrayLike,
    w: ArrayLike,
) -> np.ndarray:
    """Loss ``sum_j (relu(x_j w) - y_j)^2`` (eq.

    2) at every weight of w: an array of w's shape.
    """
    return losses(X, y, np.asarray(w)[..., None, None])


def program_value(
    S: Dataset,
    pattern: ArrayLike,
    u: ArrayLike,
) -> np.ndarray:
    """Objective ``||D X u - y||^2`` of the one-neuron program at every u: an array of u's
    shape.
    """
    active = np.array(pattern)[:, None] * S.X
    residual = active * np.atleast_1d(u) - S.y[:, None]
    return np.sum(residual**2, axis=0).reshape(np.shape(u))


def allowed(
    S: Dataset,
    pattern: ArrayLike,
    u: np.ndarray,
) -> np.ndarray:
    """The weights of u (k,) in the cone of the pattern, (2 D - I) X u >= 0: booleans (k,)."""
    signs = 2 * np.array(pattern)[:, None] - 1
    return np.all(signs * (S.X * u) >= 0, axis=0)
