"""The article's theorems: moves that never raise a network's loss (eq. 1), chained to a path.

Balance, merge within a pattern, prune to n neurons, mix with an optimum: they lead from any
network to any optimum with room for it. A neuron is its sign s and its product u = |alpha| w (d,);
balanced, it costs 2 lam ||u||.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from .. import checks
from ..networks import Network, balanced, prune_moves

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
