"""Moves that never raise a network's loss (eq. 1): balance, merge within a pattern, prune to n neurons, interpolate.

Chained they lead from any network to any optimum with room for it: the non-increasing path. A neuron is a triple of
its sign s, its pattern's row D (n,) and its product u = |alpha| w (d,); balanced, it costs 2 lam ||u||.
"""

import numpy as np

from .. import checks
from ..networks import balanced, prune_moves

EMPTY = 1e-12  # a neuron whose product is shorter than this counts as free


def balance(W, alpha, t):
    """The network a fraction t in [0, 1] of the way to balance: the same output, never a larger decay."""
    product = np.abs(alpha) * np.linalg.norm(W, axis=1)
    live = product > 0
    scale = np.sqrt(np.abs(alpha[live]) / np.linalg.norm(W[live], axis=1)) ** t
    W, alpha = np.where(live, 1.0, 1 - t)[:, None] * W, np.where(live, 1.0, 1 - t) * alpha
    W[live], alpha[live] = W[live] * scale[:, None], alpha[live] / scale
    return W, alpha


def merge_moves(X, U, s):
    """Moves that gather each pattern and sign in one neuron: products after each move, a list of (m, d).

    Between two of them the products move on a straight line, within one cone: the output on X stays.
    """
    U, moves, first = U.copy(), [], {}
    for i, D in enumerate(U @ X.T >= 0):
        if np.linalg.norm(U[i]) <= EMPTY:
            continue
        k = first.setdefault((s[i] > 0, D.tobytes()), i)
        if k != i:
            U[k], U[i] = U[k] + U[i], 0
            moves.append(U.copy())
    return moves


def non_increasing(X, y, W, alpha, optimum, samples=9):
    """Networks on a path from (W, alpha) to `optimum` = (W*, alpha*), a list of (W, alpha), all of m neurons.

    `samples` of them a move. The loss never rises if `optimum` is a global minimum of it. Raises ValueError on bad
    input, and when m is smaller than the neurons left after pruning (at most n) and those of `optimum` together.
    """
    X = checks.as_data(X)
    W, alpha = checks.as_network(W, alpha, X.shape[1])
    goal, goal_alpha = checks.as_network(*optimum, X.shape[1])
    t = np.linspace(0, 1, checks.as_count(samples, "samples", 2))
    networks = [balance(W, alpha, k) for k in t]
    U, s = np.abs(alpha)[:, None] * W, np.where(alpha < 0, -1.0, 1.0)
    moves = [U, *merge_moves(X, U, s)]
    moves.extend(prune_moves(X, moves[-1], s))
    free = np.flatnonzero(np.linalg.norm(moves[-1], axis=1) <= EMPTY)
    if len(free) < len(goal):
        kept = len(W) - len(free)
        raise ValueError(
            f"W must have at least {kept + len(goal)} rows, {kept} that the pruned network keeps and "
            f"{len(goal)} of the optimum; got {len(W)}"
        )
    for a, b in zip(moves, moves[1:]):
        networks += [balanced((1 - k) * a + k * b, s) for k in t[1:]]
    end = np.zeros_like(U)  # the optimum in the free places: the two networks mix linearly
    end[free[: len(goal)]] = np.abs(goal_alpha)[:, None] * goal
    signs = s.copy()
    signs[free[: len(goal)]] = np.where(goal_alpha < 0, -1.0, 1.0)
    last = moves[-1] * (np.linalg.norm(moves[-1], axis=1) > EMPTY)[:, None]
    return networks + [balanced((1 - k) * last + k * end, signs) for k in t[1:]]
