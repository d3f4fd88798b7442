"""Entries proved anew from their arrays and the data, by routes of their own: no solver is used.

A network's loss is computed by its formula. That theta is a dual point, ``|theta'(Xu)_+| <= lam``
for all ||u|| <= 1, is shown pattern by pattern where they are few ("listed"), else by a branch and
bound over simplicial cones. Either bounds a linear function by the length of a vector that is
nowhere below it on the cone; what rounding leaves below is added.
"""

import numpy as np
from scipy.optimize import nnls

from helpers import patterns

LISTED = 5_000  # patterns that are gone through, a projection each
BATCHES = 500  # of cones, then a proof is given up: half a minute to a minute
NUMBERS = 1_000_000  # in one array of a batch
ROUNDED = 1e-10  # relative: sums in another order
LAM_MAX = 1e-6  # relative: how well lambda_max is known
GAP = 1e-6  # relative: what every entry keeps


def faults(X: np.ndarray, y: np.ndarray, entry: dict, found: dict) -> list[str]:
    """The claims of an entry's optimum `found` that are not proved on the data X (n, d), y (n,)."""
    W = np.array(found["W"])
    alpha = np.array(found["alpha"])
    theta = np.array(found["theta"])
    peak = np.array(entry["peak"])
    lam = found["lam"]
    residual = np.maximum(X @ W.T, 0) @ alpha - y
    objective = residual @ residual + lam * (np.sum(W**2) + alpha @ alpha)
    bound = y @ y - (y - theta) @ (y - theta)
    at_peak = abs(y @ np.maximum(X @ peak, 0)) / np.linalg.norm(peak)
    lam_max = entry["lam_max"]
    claims = {
        "lambda": np.isclose(lam, found["share"] * lam_max, ROUNDED, 0),
        "objective": np.isclose(found["objective"], objective, ROUNDED, 0),
        "lower bound": np.isclose(found["lower_bound"], bound, ROUNDED, 0),
        "gap": bound <= objective <= (1 + GAP) * bound,
        "dual point": below(X, theta, lam),
        "largest lambda": (1 - LAM_MAX) * lam_max <= at_peak,
        "no larger lambda": below(X, y, (1 + LAM_MAX) * lam_max),
    }
    return [claim for claim, holds in claims.items() if not holds]


def route(X: np.ndarray) -> str:
    """How a dual point is proved on data X."""
    return "listed" if patterns.AllPatterns(X).most <= LISTED else "branch and bound"


def below(X: np.ndarray, theta: np.ndarray, limit: float) -> bool:
    """Whether |theta'(Xu)_+| <= limit for all ||u|| <= 1 is proved."""
    return ROUTES[route(X)](X, theta, limit)


def below_listed(X: np.ndarray, theta: np.ndarray, limit: float) -> bool:
    """`below`, pattern by pattern."""
    for D in np.unpackbits(np.concatenate(list(patterns.iterate_patterns(X))), 1, len(X)):
        slope = (D * theta) @ X
        if np.linalg.norm(slope) > limit:  # else its projection on the cone is no longer
            walls = (2.0 * D - 1) * X.T
            for side in (slope, -slope):
                if np.linalg.norm(side + walls @ nnls(walls, -side)[0]) > limit:
                    return False
    return True


def below_everywhere(X: np.ndarray, theta: np.ndarray, limit: float) -> bool:
    """`below` without a list: cones that are not proved are cut in two."""
    Z = X @ np.linalg.svd(X, full_matrices=False)[2][: np.linalg.matrix_rank(X)].T
    n, r = Z.shape
    batch = max(1, NUMBERS // (n * r))
    waiting = np.eye(r) * np.array(np.meshgrid(*r * [[-1.0, 1.0]])).reshape(r, -1).T[:, :, None]
    for _ in range(BATCHES):
        if not len(waiting):
            return True
        G = waiting[-batch:]  # (B, r, r): a generator a row
        T = G @ Z.T
        R = np.maximum(T, 0)
        # On a cone (z'u)_+ is at most linear between the generators, and at least share * z'u.
        share = R.sum(axis=1) / np.maximum(np.abs(T).sum(axis=1), 1e-300)
        low = share[:, None] * T
        up = np.maximum(theta, 0)
        down = np.maximum(-theta, 0)
        left = ~short(G, np.stack([R @ up - low @ down, R @ down - low @ up], axis=2), limit)
        waiting = np.concatenate([waiting[:-batch], *halves(G[left], T[left], abs(theta))])
    return False


def short(G: np.ndarray, values: np.ndarray, limit: float) -> np.ndarray:
    """Whether linear functions of values (B, r, 2) at generators G (B, r, r) are <= limit: (B,)."""
    centre = G.sum(axis=1)
    centre = (centre / np.linalg.norm(centre, axis=1)[:, None])[:, :, None]
    cosine = (G @ centre).min(axis=1)

    def length(v):
        missing = np.maximum(values - G @ v, 0).max(axis=1) / cosine
        return np.linalg.norm(v + missing[:, None] * centre, axis=1)

    v = np.linalg.solve(G, values)
    best = np.minimum(length(v), length(0 * v))
    for k, side in np.argwhere(best > limit):
        v[k, :, side] = nnls(G[k].T, v[k, :, side])[0] @ G[k]  # the projection on the cone
    return (np.minimum(best, length(v)) <= limit).all(axis=1)


def halves(G: np.ndarray, T: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cones cut in two through the edge on which most is lost, at one point's hyperplane."""
    one, other = np.triu_indices(G.shape[1], 1)
    A = np.abs(T[:, one])
    B = np.abs(T[:, other])
    crossed = T[:, one] * T[:, other] < 0
    lost = weight * crossed * A * B / np.maximum(A + B, 1e-300)
    rows = np.arange(len(G))
    edge = lost.sum(axis=2).argmax(axis=1)
    point = lost[rows, edge].argmax(axis=1)
    a = A[rows, edge, point][:, None]
    b = B[rows, edge, point][:, None]
    middle = b * G[rows, one[edge]] + a * G[rows, other[edge]]
    middle /= np.maximum(np.linalg.norm(middle, axis=1)[:, None], 1e-300)
    cut = np.stack([G, G])
    cut[0, rows, one[edge]] = middle
    cut[1, rows, other[edge]] = middle
    return cut[0], cut[1]


ROUTES = {"listed": below_listed, "branch and bound": below_everywhere}
