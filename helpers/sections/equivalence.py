"""Back and forth between networks and points of the convex program: values, fewer neurons, descent inside one cone.

Shapes: X (n, d) data, y (n,); W (m, d) and alpha (m,) a network; U, V (P, d) and patterns (P, n) a convex point.
"""

import numpy as np

from .. import convex
from ..train import gradient_descent


def restricted_optimum(X, y, lam, patterns, signs, step=0.02, steps=4000, disturbance=1e-5):
    """Is the optimum over a few patterns and signs a local minimum of the network? (optimum, margin, loss after descent).

    The optimum is mapped to a network, its weights are moved by at most `disturbance` (fixed seed), and gradient descent
    goes on from there. margin: the smallest, over its neurons, of cone_margin; about 0 where a constraint binds. An
    optimum without neurons gives (||y||^2, inf, ||y||^2).
    """
    best = convex.solve(X, y, lam, patterns, signs=signs)
    B = best.U + best.V
    used = np.linalg.norm(B, axis=1) > 1e-6
    if not used.any():
        return best.objective, np.inf, best.objective
    margin = min(convex.cone_margin(X, u, D) for u, D in zip(B[used], best.patterns[used]))
    W, alpha = best.to_network()
    rng = np.random.default_rng(0)
    W, alpha = (a + rng.uniform(-disturbance, disturbance, a.shape) for a in (W, alpha))
    run = gradient_descent(X, y, W, alpha, step=step, steps=steps, lam=lam, record_every=steps)
    return best.objective, margin, float(run.loss[-1])
