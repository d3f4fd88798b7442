"""Section Multiplicative non-convexity: a product of two weights, and the convex function it
hides.

The smallest such problem is to minimise (x y - 1)^2 + lam/2 (x^2 + y^2). With z = x y the hidden
function is (z - 1)^2 + lam |z|: the smallest loss of all pairs of product z, because
x^2 + y^2 >= 2 |x y|, with equality where |x| = |y|.
"""

import numpy as np
from numpy.typing import ArrayLike

from .. import checks


def product_loss(
    x: ArrayLike,
    y: ArrayLike,
    lam: float = 0.0,
) -> np.ndarray:
    """``(x y - 1)^2 + lam/2 (x^2 + y^2)`` at every pair of x and y (arrays that broadcast)."""
    x = checks.as_float(x, "x")
    y = checks.as_float(y, "y")
    lam = checks.as_nonnegative(lam, "lam")
    return (x * y - 1) ** 2 + lam / 2 * (x**2 + y**2)


def hidden_loss(z: ArrayLike, lam: float = 0.0) -> np.ndarray:
    """``(z - 1)^2 + lam |z|`` at every z: the smallest product_loss of the pairs with x y = z."""
    z = checks.as_float(z, "z")
    return (z - 1) ** 2 + checks.as_nonnegative(lam, "lam") * np.abs(z)


def best_product(lam: float) -> float:
    """Minimiser of hidden_loss: ``max(0, 1 - lam/2)``."""
    return max(0.0, 1 - checks.as_nonnegative(lam, "lam") / 2)


def split(z: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """The balanced pair of product z: ``(sgn(z) sqrt|z|, sqrt|z|)``, the article's networks."""
    z = checks.as_float(z, "z")
    root = np.sqrt(np.abs(z))
    return np.sign(z) * root, root


def descend(
    starts: ArrayLike,
    lam: float = 0.0,
    step: float = 0.05,
    steps: int = 2000,
) -> np.ndarray:
    """Where gradient descent on product_loss ends from every start (k, 2): an array of that
    shape.
    """
    lam = checks.as_nonnegative(lam, "lam")
    pairs = checks.as_data(starts, "starts").copy()
    for _ in range(checks.as_count(steps, "steps")):
        slope = 2 * (pairs.prod(axis=1, keepdims=True) - 1)
        gradient = slope * pairs[:, ::-1] + lam * pairs
        pairs -= step * gradient
    return pairs
