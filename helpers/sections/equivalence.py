"""Section Specifics about equivalence: are optima over a few patterns local minima of the
network?
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .. import convex
from ..loss import losses
from ..networks import balanced
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


class Cut(NamedTuple):
    """The loss on a straight line through the wall of a cone, from inside to outside.

    t (K,): the place on the line, 0 at the wall, negative inside; program (K,): the formula of the
    pattern's program, which is allowed for t <= 0 only; network (K,): the loss of the balanced
    neuron.
    """

    t: np.ndarray
    program: np.ndarray
    network: np.ndarray


def through_the_wall(
    X: np.ndarray,
    y: np.ndarray,
    lam: float,
    pattern: np.ndarray,
    sign: float,
    reach: float = 0.6,
) -> Cut:
    """The Cut through the optimum of one pattern and sign that lies on a wall of its cone.

    It is perpendicular to the wall. Raises ValueError if the optimum is no neuron on a wall.
    """
    best = convex.solve(X, y, lam, [pattern], signs=[sign])
    u = (best.U + best.V)[0]
    sides = np.where(pattern, 1.0, -1.0)
    margins = sides * (X @ u)
    wall = int(np.argmin(margins))
    if not u.any() or margins[wall] > EMPTY:
        raise ValueError(f"pattern must have its optimum on a wall; got margins {margins}")
    outward = -sides[wall] * X[wall] / np.linalg.norm(X[wall])
    t = np.linspace(-reach, reach, 241)
    points = u + t[:, None] * outward
    decay = 2 * lam * np.linalg.norm(points, axis=1)
    fitted = sign * np.asarray(pattern) * (points @ X.T)
    program = np.sum((fitted - y) ** 2, axis=1) + decay
    W, alpha = balanced(points, np.full(len(t), sign))
    network = losses(X, y, W[:, None, :], alpha[:, None], lam)
    return Cut(t, program, network)
