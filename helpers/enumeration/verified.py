"""Cells in floats whose rounding is bounded: what these decide needs no large integers.

Products of integers with an approximate inverse R of a matrix M are right up to what I - R M,
computed with a bound of its own rounding, leaves open.
"""

import numpy as np

from .integers import WHOLE

UNIT = np.finfo(float).eps / 2  # relative error of a rounding
SAFE = 2  # times a bound, for the rounding of the bound itself


def cells(Z: np.ndarray, C: np.ndarray, S: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The cells of no-broken-circuit sets, as `integers.cell` finds them, and which are sure.

    Z (N, r), the rows: floats, or integers, of which none is sure from 2^53 on. C (D, r), the
    directions, D = r - 1: floats. S (U, D): sets of D rows, in order; those of fewer, padded with
    -1, are not sure, nor are those at whose vertices other rows may vanish. Returns signs (U, N),
    True: positive, and (U,).
    """
    N, r = Z.shape
    if np.abs(Z).max() >= WHOLE:
        return np.zeros((len(S), N), bool), np.zeros(len(S), bool)
    Z = Z.astype(float)
    M = np.concatenate([Z[S], np.broadcast_to(Z[:1], (len(S), 1, r))], axis=1)
    sure = (S[:, -1] >= 0) & (np.linalg.slogdet(M).sign != 0)
    R = np.linalg.inv(np.where(sure[:, None, None], M, np.eye(r)))
    rounding = SAFE * (r + 2) * UNIT
    left = np.abs(np.eye(r) - R @ M) + rounding * (np.abs(R) @ np.abs(M) + np.eye(r))
    left = SAFE * left.sum(axis=2).max(axis=1)
    sure &= left < 0.5
    error = SAFE * left[:, None, None] * np.abs(R).max(axis=1, keepdims=True)
    error = error + rounding * np.abs(R)  # of R, entry by entry
    height = R[:, :, -1] @ Z.T
    height_error = error[:, :, -1] @ np.abs(Z.T)
    side = C[-1] @ R[:, :, :-1]
    side_error = np.abs(C[-1]) @ error[:, :, :-1]
    signs = height > 0
    np.put_along_axis(signs, S, side > 0, axis=1)
    np.put_along_axis(height_error, S, -1.0, axis=1)  # the members' heights are zero
    sure &= (np.abs(height) > height_error).all(axis=1) & (np.abs(side) > side_error).all(axis=1)
    return signs, sure
