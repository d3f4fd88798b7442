"""Back and forth between networks and points of the convex program: values, fewer neurons, descent inside one cone.

Shapes: X (n, d) data, y (n,); W (m, d) and alpha (m,) a network; U, V (P, d) and patterns (P, n) a convex point.
"""

import numpy as np
from scipy.optimize import linprog

from . import checks
from .convex import solve
from .loss import relu
from .patterns import activation_patterns
from .solver.cones import nearest, unit_rows
from .train import gradient_descent


def program_value(X, y, U, V, patterns, lam):
    """Value of the convex program at a point: ``||sum_i D_i X (u_i - v_i) - y||^2 + 2 lam sum_i (||u_i|| + ||v_i||)``."""
    X = checks.as_data(X)
    y, D, lam = checks.as_labels(y, len(X)), checks.as_patterns(patterns, len(X)), checks.as_nonnegative(lam, "lam")
    (U, _), (V, _) = (checks.as_network(B, np.zeros(len(D)), X.shape[1]) for B in (U, V))
    residual = np.sum(D.T * (X @ (U - V).T), axis=1) - y
    return float(residual @ residual + 2 * lam * np.linalg.norm([U, V], axis=-1).sum())


def cone_margin(X, u, pattern):
    """Smallest entry of ``(2 D - I) X u``: negative outside the cone of the pattern, zero on its wall."""
    X = checks.as_data(X)
    D = checks.as_patterns(np.atleast_2d(pattern), len(X), "pattern")[0]
    return float(np.min(np.where(D, 1.0, -1.0) * (X @ checks.as_vector(u, X.shape[1], "u", "column of X"))))


def at_most_n_neurons(X, W, alpha):
    """A network of at most n neurons with the same output on X and a weight decay that is no larger: (W, alpha).

    Caratheodory's theorem in its conic form, made by a linear program: a basic solution has at most n non-zeros.
    Its neurons are balanced (||w|| = |alpha|) and have directions of the network's. Raises ValueError on bad input.
    """
    X = checks.as_data(X)
    W, alpha = checks.as_network(W, alpha, X.shape[1])
    size = np.linalg.norm(W, axis=1) * np.abs(alpha)
    W, alpha, size = W[size > 0], alpha[size > 0], size[size > 0]
    if not len(size):
        return W, alpha
    unit = W / np.linalg.norm(W, axis=1)[:, None]
    columns = relu(X @ unit.T) * np.sign(alpha)
    found = linprog(np.ones(len(size)), A_eq=columns, b_eq=columns @ size, method="highs-ds").x
    kept = found > 0
    root = np.sqrt(found[kept])
    return unit[kept] * root[:, None], np.sign(alpha[kept]) * root


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


def restricted_optimum(X, y, lam, patterns, signs, step=0.02, steps=4000, disturbance=1e-5):
    """Is the optimum over a few patterns and signs a local minimum of the network? (optimum, margin, loss after descent).

    The optimum is mapped to a network, its weights are moved by at most `disturbance` (fixed seed), and gradient descent
    goes on from there. margin: the smallest, over its neurons, of cone_margin; about 0 where a constraint binds. An
    optimum without neurons gives (||y||^2, inf, ||y||^2).
    """
    best = solve(X, y, lam, patterns, signs=signs)
    B = best.U + best.V
    used = np.linalg.norm(B, axis=1) > 1e-6
    if not used.any():
        return best.objective, np.inf, best.objective
    margin = min(cone_margin(X, u, D) for u, D in zip(B[used], best.patterns[used]))
    W, alpha = best.to_network()
    rng = np.random.default_rng(0)
    W, alpha = (a + rng.uniform(-disturbance, disturbance, a.shape) for a in (W, alpha))
    run = gradient_descent(X, y, W, alpha, step=step, steps=steps, lam=lam, record_every=steps)
    return best.objective, margin, float(run.loss[-1])
