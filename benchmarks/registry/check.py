"""Entries proved anew from their arrays and the data, by routes of their own: no solver is used.

A network's loss is computed by its formula. That theta is a dual point, ``|theta'(Xu)_+| <= lam``
for all ||u|| <= 1, is shown pattern by pattern where they are few ("listed"), else by a branch and
bound over simplicial cones. Either bounds a linear function by the length of a vector that is
nowhere below it on the cone; what rounding leaves below is added.
"""

import numpy as np
from scipy.optimize import nnls

from helpers import patterns

NUMBERS = 1_000_000  # in one array of a batch
FLATTEST = 0.01  # share of an edge that is cut off at least: a cone must not become flat
ROUNDED = 1e-10  # relative: sums in another order
KNOWN = 1e-6  # relative: how well every optimum is known, and lambda_max


def faults(X: np.ndarray, y: np.ndarray, entry: dict, found: dict) -> list[str]:
    """The claims of an entry's optimum `found` that are not proved on the data X (n, d), y (n,)."""
    W, alpha, theta = (np.array(found[key]) for key in ("W", "alpha", "theta"))
    lam = found["lam"]
    residual = np.maximum(X @ W.T, 0) @ alpha - y
    objective = residual @ residual + lam * (np.sum(W**2) + alpha @ alpha)
    bound = y @ y - (y - theta) @ (y - theta)
    peak = np.array(entry["peak"]) / np.linalg.norm(entry["peak"])
    below = ROUTES[entry["route"]]
    claims = {
        "lambda": np.isclose(lam, found["share"] * entry["lam_max"], ROUNDED, 0),
        "objective": np.isclose(found["objective"], objective, ROUNDED, 0),
        "lower bound": np.isclose(found["lower_bound"], bound, ROUNDED, 0),
        "gap": bound <= objective <= (1 + KNOWN) * bound,
        "dual point": below(X, theta, lam),
        "largest lambda": abs(y @ np.maximum(X @ peak, 0)) >= (1 - KNOWN) * entry["lam_max"],
        "no larger lambda": below(X, y, (1 + KNOWN) * entry["lam_max"]),
    }
    return [claim for claim, holds in claims.items() if not holds]


def listed(X: np.ndarray, theta: np.ndarray, limit: float) -> bool:
    """By a projection on the cone of every pattern."""
    for D in np.unpackbits(np.concatenate(list(patterns.iterate_patterns(X))), 1, len(X)):
        slope = (D * theta) @ X
        if np.linalg.norm(slope) > limit:  # else its projection is no longer
            walls = (2.0 * D - 1) * X.T
            for side in (slope, -slope):
                if np.linalg.norm(side + walls @ nnls(walls, -side)[0]) > limit:
                    return False
    return True


def branch_and_bound(X: np.ndarray, theta: np.ndarray, limit: float) -> bool:
    """By simplicial cones: those that are not proved are cut in two."""
    Z = X @ np.linalg.svd(X, full_matrices=False)[2][: np.linalg.matrix_rank(X)].T
    n, r = Z.shape
    batch = max(1, NUMBERS // (n * r))
    parts = np.maximum([theta, -theta], 0)
    waiting = np.eye(r) * np.array(np.meshgrid(*r * [[-1.0, 1.0]])).reshape(r, -1).T[:, :, None]
    while len(waiting):
        G = waiting[-batch:]  # (B, r, r): a generator a row, of length 1
        T = G @ Z.T
        R = np.maximum(T, 0)
        # On a cone (z'u)_+ is at most linear between the generators, and at least share * z'u.
        low = T * (R.sum(axis=1) / np.maximum(np.abs(T).sum(axis=1), 1e-300))[:, None]
        left = ~short(G, R @ parts.T - low @ parts[::-1].T, limit)
        cut = halves(G[left], T[left], abs(theta)) if left.any() else waiting[:0]
        if cut is None:
            return False
        waiting = np.concatenate([waiting[:-batch], *cut])
    return True


def short(G: np.ndarray, values: np.ndarray, limit: float) -> np.ndarray:
    """Whether linear functions of values (B, r, 2) at generators G (B, r, r) are <= limit: (B,)."""
    centre = G.sum(axis=1)
    centre = (centre / np.linalg.norm(centre, axis=1)[:, None])[:, :, None]

    def length(v):
        missing = np.maximum(values - G @ v, 0).max(axis=1) / (G @ centre).min(axis=1)
        return np.linalg.norm(v + missing[:, None] * centre, axis=1)

    v = np.linalg.solve(G, values)
    best = np.minimum(length(v), length(0 * v))
    for k, side in np.argwhere(best > limit):
        v[k, :, side] = nnls(G[k].T, v[k, :, side])[0] @ G[k]  # the projection on the cone
    return (np.minimum(best, length(v)) <= limit).all(axis=1)


def halves(G: np.ndarray, T: np.ndarray, weight: np.ndarray) -> np.ndarray | None:
    """Cones cut in two through the edge on which most is lost, at one point's hyperplane.

    None where nothing is lost on a cone: there the bound is attained.
    """
    one, other = np.triu_indices(G.shape[1], 1)
    A = T[:, one]
    B = T[:, other]
    lost = weight * np.maximum(-A * B, 0) / np.maximum(np.abs(A - B), 1e-300)
    if (lost.sum(axis=(1, 2)) <= ROUNDED * weight.sum()).any():
        return None
    rows = np.arange(len(G))
    edge = lost.sum(axis=2).argmax(axis=1)
    point = lost[rows, edge].argmax(axis=1)
    a = A[rows, edge, point]
    share = np.clip(a / (a - B[rows, edge, point]), FLATTEST, 1 - FLATTEST)[:, None]
    middle = (1 - share) * G[rows, one[edge]] + share * G[rows, other[edge]]
    middle /= np.linalg.norm(middle, axis=1)[:, None]
    cut = np.stack([G, G])
    cut[[[0], [1]], rows, [one[edge], other[edge]]] = middle
    return cut


ROUTES = {"listed": listed, "branch and bound": branch_and_bound}
