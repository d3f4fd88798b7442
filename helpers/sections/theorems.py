"""The article's theorems: moves that never raise a network's loss (eq. 1), chained to a path.

Balance, merge within a pattern, prune to n neurons, mix with an optimum: they lead from any
network to any optimum with room for it. A neuron is its sign s and its product u = |alpha| w (d,);
balanced, it costs 2 lam ||u||.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .. import checks, convex, networks, patterns
from ..loss import loss
from ..networks import Network, balanced, prune_moves

STANDS = 1e-10  # of the first loss: the solver's tolerance, a path that gains less has arrived
EMPTY = 1e-12  # a neuron whose product is shorter than this counts as free


def balance(
    W: np.ndarray,
    alpha: np.ndarray,
    t: float,
) -> Network:
    """The network a fraction t in [0, 1] of the way to balance.

    The same output, never a larger decay. A neuron without output shrinks to zero.
    """
    length = np.linalg.norm(W, axis=1)
    live = np.abs(alpha) * length > 0
    of_W = np.full(len(W), 1 - t)
    of_alpha = np.full(len(W), 1 - t)
    of_W[live] = np.sqrt(np.abs(alpha[live]) / length[live]) ** t
    of_alpha[live] = 1 / of_W[live]
    return of_W[:, None] * W, of_alpha * alpha


def merge_moves(
    X: np.ndarray,
    U: np.ndarray,
    s: np.ndarray,
) -> Iterator[np.ndarray]:
    """Moves that gather each pattern and sign of U (m, d), s (m,) in one neuron.

    The products after each. Between two of them the products move on a straight line, within one
    cone: the output on X stays.
    """
    first = {}
    for i, D in enumerate(U @ X.T >= 0):
        if np.linalg.norm(U[i]) <= EMPTY:
            continue
        k = first.setdefault((s[i] > 0, D.tobytes()), i)
        if k != i:
            U = U.copy()
            U[k] += U[i]
            U[i] = 0
            yield U


def non_increasing(
    X: ArrayLike,
    W: ArrayLike,
    alpha: ArrayLike,
    optimum: Network,
    samples: int = 9,
) -> list[Network]:
    """Networks on a path from (W, alpha) to `optimum` = (W*, alpha*), all of m neurons.

    `samples` of them a move, ends included. The loss never rises if `optimum` is a global minimum
    of it. Raises ValueError on bad input, and when m is smaller than the neurons left after pruning
    (at most n) and those of `optimum` together.
    """
    X = checks.as_data(X)
    W, alpha = checks.as_network(W, alpha, X.shape[1])
    goal, goal_alpha = checks.as_network(*optimum, X.shape[1])
    t = np.linspace(0, 1, checks.as_count(samples, "samples", 2))

    U = np.abs(alpha)[:, None] * W
    s = np.where(alpha < 0, -1.0, 1.0)
    corners = [U, *merge_moves(X, U, s)]
    corners += prune_moves(X, corners[-1], s)
    free = np.linalg.norm(corners[-1], axis=1) <= EMPTY
    if free.sum() < len(goal):
        kept = len(W) - free.sum()
        raise ValueError(
            f"W must have at least {kept + len(goal)} rows, {kept} that the pruned network keeps "
            f"and {len(goal)} of the optimum; got {len(W)}"
        )

    path = [balance(W, alpha, k) for k in t]
    for a, b in zip(corners[:-1], corners[1:], strict=True):
        path += [balanced((1 - k) * a + k * b, s) for k in t[1:]]
    # The optimum stands in the free places, so that the two networks mix linearly.
    places = np.flatnonzero(free)[: len(goal)]
    last = np.where(free[:, None], 0.0, corners[-1])
    end = np.zeros_like(U)
    end[places] = np.abs(goal_alpha)[:, None] * goal
    signs = s.copy()
    signs[places] = np.where(goal_alpha < 0, -1.0, 1.0)
    return path + [balanced((1 - k) * last + k * end, signs) for k in t[1:]]


def one_more_at_a_time(
    X: np.ndarray,
    y: np.ndarray,
    lam: float,
    start: Network,
) -> list[Network]:
    """Networks on a path from `start` to an optimum, each with the loss of the one before or less.

    From the n neurons of a pruned network the path goes straight to the optimum over their
    patterns and the one that lowers it most: at most n + 1 neurons.
    """
    every = [(row, s) for row in patterns.enumerate_patterns(X) for s in (1.0, -1.0)]
    path = [start, networks.prune(X, *start)]
    first = loss(X, y, *start, lam)
    while True:
        W, alpha = path[-1]
        D, signs = networks.patterns_and_signs(patterns.activation_patterns(X, W), alpha)
        tried = [
            convex.solve(X, y, lam, [*D, row], signs=[*signs, s], tol=1e-9) for row, s in every
        ]
        best = min(tried, key=lambda solution: solution.objective)
        if loss(X, y, W, alpha, lam) - best.objective <= STANDS * first:
            return path
        path.append(best.to_network())
        path.append(networks.prune(X, *path[-1]))


class Valleys(NamedTuple):
    """Losses of the two valleys of one neuron on two points, and of the pass between them."""

    left: float
    right: float
    between: float


def one_neuron_valleys(lam: float) -> Valleys:
    """The valleys of one neuron on the points -1 and 1 with labels 1/2 and 1.

    Its decay is least for balanced layers, 2 lam |alpha w|. Of the outputs of one neuron the only
    one that is left as well as right is 0: every path between the valleys passes through it.
    """
    X = np.array([[-1.0], [1.0]])
    y = np.array([0.5, 1.0])
    sides = [convex.solve(X, y, lam, [row], signs=[1.0]).objective for row in np.eye(2)]
    return Valleys(*sides, between=loss(X, y, [[0.0]], [0.0], lam))
