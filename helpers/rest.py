"""Networks at rest: descent that settles them, and the convex program of their own patterns and signs.

X (n, d), y (n,); a network W (m, d), alpha (m,). How far from stationary one is: `mapping.stationarity`.
"""

import numpy as np

from . import convex, patterns
from .landscape import descend_both


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
