"""Section Equivalent convex problem: descent of one convex neuron in the cone of its own
pattern.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .. import checks
from ..patterns import activation_patterns
from ..solver.cones import nearest, unit_rows


class ConvexDescent(NamedTuple):
    """The steps recorded (T,), the neuron u at each of them (T, d) and the values there (T,)."""

    step: np.ndarray
    u: np.ndarray
    value: np.ndarray


def cone_descent(
    X: ArrayLike,
    y: ArrayLike,
    u: ArrayLike,
    *,
    step: float,
    steps: int,
    record_every: int = 1,
) -> ConvexDescent:
    """Projected gradient descent on ``||D X u - y||^2 / n`` from u (d,), in the cone of its
    pattern.

    D is the pattern of u itself. Raises ValueError on bad input.
    """
    X = checks.as_data(X)
    n, d = X.shape
    y = checks.as_labels(y, n)
    u = checks.as_vector(u, d, "u", "column of X")
    D = activation_patterns(X, u[None])[0]
    walls = np.where(D, 1.0, -1.0)[:, None] * unit_rows(X)
    active = D[:, None] * X
    recorded = []
    for t in range(checks.as_count(steps, "steps") + 1):
        residual = active @ u - y
        if t % record_every == 0 or t == steps:
            recorded.append((t, u, residual @ residual / n))
        u = u - step * 2 * active.T @ residual / n
        u = nearest(walls, u)[0]
    return ConvexDescent(*map(np.array, zip(*recorded, strict=True)))
