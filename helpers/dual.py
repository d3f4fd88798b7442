"""The dual of the convex program: one number theta_j for every data point.

The dual curve of theta is ``theta' (X u)_+`` over the directions u of a neuron, ||u|| = 1. Where
it stays within +-lam, theta is a dual point, and no network of any width has a loss (eq. 1) below
``||y||^2 - ||y - theta||^2``. At the optimum theta is the residual: what is left of the labels.
Shapes: X (n, d), y and theta (n,), directions (k, d).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from . import checks
from .doubles import lengths
from .loss import predict, relu
from .patterns import enumerate_patterns
from .solver import cones


class Peak(NamedTuple):
    """Where a dual curve is farthest from zero.

    height: its distance from zero there. direction (d,): of length 1, zero where the whole curve is
    zero. sign: +1 above zero, -1 below.
    """

    height: float
    direction: np.ndarray
    sign: float


def circle(angles: ArrayLike) -> np.ndarray:
    """The directions (cos, sin) of the plane at those angles, in degrees: (k, 2)."""
    radians = np.deg2rad(checks.as_float(angles, "angles"))
    return np.column_stack([np.cos(radians), np.sin(radians)])


def angle(W: ArrayLike) -> np.ndarray:
    """The angles of weights W (m, 2), in degrees above -180 and up to 180: (m,)."""
    W = checks.as_weights(W, 2)
    return np.rad2deg(np.arctan2(W[:, 1], W[:, 0]))


def dual_curve(
    X: ArrayLike,
    theta: ArrayLike,
    directions: ArrayLike,
) -> np.ndarray:
    """``theta' (X u)_+`` for every direction u: (k,).

    Of `directions` (k, d) the lengths do not matter. theta may also be (T, n), one a row: the
    result is (T, k). Raises ValueError on bad input, and for a direction that is zero.
    """
    X = checks.as_data(X)
    directions = checks.as_data(directions, "directions")
    if directions.shape[1] != X.shape[1]:
        raise ValueError(
            f"directions must have shape (k, {X.shape[1]}), as many columns as X; "
            f"got {directions.shape}"
        )
    theta = checks.as_float(theta, "theta")
    if theta.ndim not in (1, 2) or theta.shape[-1] != len(X):
        raise ValueError(
            f"theta must have shape ({len(X)},), one entry per row of X, or one such row for every "
            f"curve; got {theta.shape}"
        )
    length = lengths(directions)
    if not length.all():
        raise ValueError(
            f"directions must not be zero; row {int(np.flatnonzero(length == 0)[0])} is"
        )
    return theta @ relu(X @ (directions / length[:, None]).T)


def peak(X: ArrayLike, theta: ArrayLike) -> Peak:
    """The direction in which the dual curve of theta is farthest from zero.

    Over one cone the curve is linear, +-X' D theta, so its peak there is the projection of that
    vector on the cone; all patterns of X are gone through. A small neuron added to a network of
    residual theta lowers the loss most in this direction, with this sign. Raises ValueError on bad
    input, or when there are too many patterns to list.
    """
    X = checks.as_data(X).astype(float, copy=False)
    theta = checks.as_vector(theta, len(X), "theta", "row of X")
    D = enumerate_patterns(X)
    both = np.vstack([D, D])
    s = np.repeat([1.0, -1.0], len(D))
    slopes = s[:, None] * ((both * theta) @ X)
    projected = cones.suitable(X, len(both))(cones.normals(X), both).project(slopes)
    height = lengths(projected)
    best = int(height.argmax())
    direction = projected[best] / (height[best] or 1)
    return Peak(float(height[best]), direction, float(s[best]))


def dual_point(
    X: ArrayLike,
    y: ArrayLike,
    lam: float,
    residual: ArrayLike,
) -> np.ndarray:
    """Of all multiples of a residual (n,) that are dual points, the one of the largest bound.

    Raises ValueError on bad input.
    """
    X = checks.as_data(X)
    y = checks.as_labels(y, len(X))
    lam = checks.as_nonnegative(lam, "lam")
    residual = checks.as_vector(residual, len(X), "residual", "row of X")
    return best_multiple(y, residual, peak(X, residual).height, lam) * residual


def best_multiple(y: np.ndarray, residual: np.ndarray, height: float, lam: float) -> float:
    """The factor that makes a residual the dual point of the largest bound.

    y, residual: of one shape. height: the largest that the residual attains of what a dual point
    keeps within lam.
    """
    square = np.sum(residual * residual)
    if square == 0:
        return 0.0
    wanted = max(0.0, float(np.sum(y * residual) / square))  # the best one, allowed or not
    allowed = lam / height if height > 0 else np.inf
    return float(min(wanted, allowed))


def dual_bound(y: ArrayLike, theta: ArrayLike) -> float:
    """``||y||^2 - ||y - theta||^2``: if theta is a dual point, no network has a smaller loss.

    Raises ValueError on bad input.
    """
    theta = checks.as_float(theta, "theta").ravel()
    y = checks.as_labels(y, len(theta))
    return float(y @ y - (y - theta) @ (y - theta))


def add_missing(
    X: ArrayLike,
    y: ArrayLike,
    W: ArrayLike,
    alpha: ArrayLike,
    size: float,
) -> tuple[np.ndarray, np.ndarray]:
    """The network (W, alpha) with one neuron more, balanced, where its dual curve has its peak.

    size: of the new neuron, |alpha| ||w||. Raises ValueError on bad input.
    """
    size = checks.as_nonnegative(size, "size")
    y = checks.as_labels(y, len(X))
    W, alpha = checks.as_network(W, alpha, np.shape(X)[1])
    found = peak(X, y - predict(X, W, alpha))
    root = np.sqrt(size)
    return np.vstack([W, root * found.direction]), np.append(alpha, found.sign * root)
