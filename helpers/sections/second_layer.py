"""The smallest non-convexity of a second layer: (x y - 1)^2 + lam/2 (x^2 + y^2), and the convex function it hides.

With z = x y the hidden function is (z - 1)^2 + lam |z|: the smallest loss of all pairs of product z, because
x^2 + y^2 >= 2 |x y|, with equality where |x| = |y|. Source: the article's section Multiplicative non-convexity.
"""

import numpy as np

from .. import checks


def product_loss(x, y, lam=0.0):
    """``(x y - 1)^2 + lam/2 (x^2 + y^2)`` at every pair of x and y (arrays that broadcast)."""
    x, y, lam = checks.as_float(x, "x"), checks.as_float(y, "y"), checks.as_nonnegative(lam, "lam")
    return (x * y - 1) ** 2 + lam / 2 * (x**2 + y**2)


def hidden_loss(z, lam=0.0):
    """``(z - 1)^2 + lam |z|`` at every z: the smallest product_loss of the pairs with x y = z."""
    z = checks.as_float(z, "z")
    return (z - 1) ** 2 + checks.as_nonnegative(lam, "lam") * np.abs(z)


def best_product(lam):
    """Minimiser of hidden_loss: ``max(0, 1 - lam/2)``."""
    return max(0.0, 1 - checks.as_nonnegative(lam, "lam") / 2)


def split(z):
    """The balanced pair of product z: ``(sgn(z) sqrt|z|, sqrt|z|)``, the article's networks."""
    z = checks.as_float(z, "z")
    return np.sign(z) * np.sqrt(np.abs(z)), np.sqrt(np.abs(z))


def descend(starts, lam=0.0, step=0.05, steps=2000):
    """Where gradient descent on product_loss ends from every start (k, 2): an array of that shape."""
    x, y = checks.as_data(starts, "starts").T
    lam = checks.as_nonnegative(lam, "lam")
    for _ in range(checks.as_count(steps, "steps")):
        slope = 2 * (x * y - 1)
        x, y = x - step * (slope * y + lam * x), y - step * (slope * x + lam * y)
    return np.column_stack([x, y])
