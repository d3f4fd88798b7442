"""A weight vector inside every cell that was listed by its lowest vertex."""

import numpy as np
import scipy  # its parts load when used, `optimize` in a third of a second

from .arrangement import Arrangement

# A margin (a sine) up to this may be rounding of zero: it does not limit a step.
NO_MARGIN = 1e-11

# Vectors nearer to a side of their cell than this are replaced by the cell's deepest: float32,
# or a product with other data, would put them outside.
THIN = 1e-9


def inside(A: Arrangement, signs: np.ndarray, sets: np.ndarray) -> np.ndarray:
    """A unit vector inside each cell (m, r), given its signs (m, N) and its set S (m, r - 1).

    From the cell's lowest vertex a step goes to the right side of each row of S in turn.
    """
    side = np.where(signs, 1.0, -1.0)
    size = np.sum(sets >= 0, axis=1)
    v = np.empty((len(signs), A.Y.shape[1]))
    for k in np.unique(size):
        which = np.flatnonzero(size == k)
        v[which] = _from_vertices(A, side[which], sets[which, :k])
    for i in np.flatnonzero((side * (v @ A.Y.T)).min(axis=1) < THIN):
        v[i] = _deepest(side[i][:, None] * A.Y, v[i])
    return v


def _from_vertices(A, side, sets):
    """The same for sets of one size k, (m, k), and signs +-1, (m, N)."""
    m, k = sets.shape
    r = A.Y.shape[1]
    D = r - 1
    C = A.directions
    # the vertex is where all of a basis but its last row vanish: Y[0], c_D, .., c_{k+2}, and S
    if k < D:
        before = np.vstack([A.Y[:1], C[:k:-1]])
        last = -C[k]
    else:
        before = np.zeros((0, r))
        last = A.Y[0]
    n_before = len(before)
    bases = np.empty((m, r, r))
    bases[:, :n_before] = before
    bases[:, n_before:-1] = A.Y[sets]
    bases[:, -1] = last
    try:
        inverse = np.linalg.inv(bases)
    except np.linalg.LinAlgError:  # cells thinner than floats can tell
        inverse = np.linalg.pinv(bases)
    inverse /= np.linalg.norm(inverse, axis=1, keepdims=True)
    point = inverse[:, :, -1]
    for s in ([0] if k < D else []) + list(range(n_before, D)):
        row = np.zeros(m, int) if s < n_before else sets[:, s - n_before]
        way = side[np.arange(m), row]
        point = _step(A.Y, side, point, inverse[:, :, s], way)
    return point


def _step(Y, side, point, step, way):
    """`point` after half the step (way: +-1 times) that the other rows leave room for, or half."""
    margin = side * (point @ Y.T)
    change = side * (step @ Y.T) * way[:, None]
    falling = (change < 0) & (margin > NO_MARGIN)
    room = np.where(falling, margin / np.where(change < 0, -change, 1), 1.0)
    length = 0.5 * np.minimum(room.min(axis=1), 1.0) * way
    point = point + length[:, None] * step
    return point / np.linalg.norm(point, axis=1)[:, None]


def _deepest(Y, v):
    """The w in the box [-1, 1]^r farthest inside Y w >= 0, or v if the solver finds none better."""
    N, r = Y.shape
    # maximise t subject to Y w >= t, t <= 1
    cost = np.r_[np.zeros(r), -1]
    constraints = np.c_[-Y, np.ones(N)]
    bounds = [(-1, 1)] * r + [(None, 1)]
    found = scipy.optimize.linprog(cost, constraints, np.zeros(N), bounds=bounds)
    w = v if found.x is None else found.x[:r]
    return w if (Y @ w).min() > (Y @ v).min() else v
