"""Descent of one convex neuron inside the cone of its own pattern."""

import numpy as np

from .. import checks
from ..patterns import activation_patterns
from ..solver.cones import nearest, unit_rows


def cone_descent(X, y, u, *, step, steps, record_every=1):
    """Projected gradient descent on ``||D X u - y||^2 / n`` inside the cone of u's own pattern D, from u (d,).

    Returns the steps recorded (T,), u at each of them (T, d), and the values (T,). Raises ValueError on bad input.
    """
    X = checks.as_data(X)
    y, u = checks.as_labels(y, len(X)), checks.as_vector(u, X.shape[1], "u", "column of X")
    D = activation_patterns(X, u[None])[0]
    walls = np.where(D, 1.0, -1.0)[:, None] * unit_rows(X)
    active = D[:, None] * X
    recorded, path, values = [], [], []
    for t in range(checks.as_count(steps, "steps") + 1):
        residual = active @ u - y
        if t % record_every == 0 or t == steps:
            recorded.append(t)
            path.append(u)
            values.append(residual @ residual / len(X))
        u = u - step * 2 * active.T @ residual / len(X)
        u = nearest(walls, u)[0]
    return np.array(recorded), np.array(path), np.array(values)
