"""Section Specifics about equivalence: are optima over a few patterns local minima of the
network?
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .. import convex
from ..train import gradient_descent

EMPTY = 1e-6  # a convex neuron shorter than this is zero up to the solver's tolerance


class Restricted(NamedTuple):
    """The optimum over a few patterns and signs, and what descent makes of it.

    optimum: its value; margin: the smallest cone_margin of its neurons, about 0 where a
    constraint binds; after: the network's loss after gradient descent from there.
    """

    optimum: float
    margin: float
    after: float


def restricted_optimum(
    X: ArrayLike,
    y: ArrayLike,
    lam: float,
    patterns: ArrayLike,
    signs: ArrayLike,
    step: float = 0.02,
    steps: int = 4000,
    disturbance: float = 1e-5,
) -> Restricted:
    """Is the optimum over patterns (P, n) and signs (P,) a local minimum of the network?

    The optimum is mapped to a network, its weights are moved by at most `disturbance` (fixed
    seed), and gradient descent goes on from there. An optimum without neurons has margin inf
    and stays.
    """
    best = convex.solve(X, y, lam, patterns, signs=signs)
    B = best.U + best.V
    used = np.linalg.norm(B, axis=1) > EMPTY
    if not used.any():
        return Restricted(best.objective, np.inf, best.objective)
    margin = min(
        convex.cone_margin(X, u, D) for u, D in zip(B[used], best.patterns[used], strict=True)
    )
    W, alpha = best.to_network()
    rng = np.random.default_rng(0)
    W = W + rng.uniform(-disturbance, disturbance, W.shape)
    alpha = alpha + rng.uniform(-disturbance, disturbance, alpha.shape)
    run = gradient_descent(X, y, W, alpha, step=step, steps=steps, lam=lam, record_every=steps)
    return Restricted(best.objective, margin, float(run.loss[-1]))
