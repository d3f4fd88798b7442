"""Completely positive matrices of up to four rows: A = sum of a a' with vectors a >= 0."""

import cvxpy as cp
import numpy as np

from .conic import solved

NEGLIGIBLE = 1e-9  # an eigenvalue or an entry of a smaller share is what a solver leaves of zero


def factors(A: np.ndarray) -> list[np.ndarray]:
    """Vectors a (k,) >= 0 whose a a' add up to A (k, k), k <= 4, but for NEGLIGIBLE.

    A is positive semidefinite and has no negative entry, but for the rounding of a solver: with at
    most four rows there are such vectors. With three, one row can always be eliminated
    without a negative entry: that opposite the largest correlation. With two dimensions the rows
    of a root of A can be turned to where they have no negative entry. With four, what can be taken
    off along A 1 leaves fewer dimensions, or a zero; and with a zero A is a sum of two with three.
    """
    A = (A + A.T) / 2
    largest = A.diagonal().max(initial=0)
    used = A.diagonal() > NEGLIGIBLE * largest
    if not used.any():
        return []
    size = np.sqrt(A.diagonal()[used])
    R = A[np.ix_(used, used)] / np.outer(size, size)
    found = []
    for a in _factors(np.clip(R, 0, 1)):
        whole = np.zeros(len(A))
        whole[used] = size * a
        found.append(whole)
    return found


def _factors(A):
    """As `factors`, for A without zero rows."""
    k = len(A)
    values, vectors = np.linalg.eigh(A)
    kept = values > NEGLIGIBLE * values[-1]
    if kept.sum() <= 2:
        return list(_turned(vectors[:, kept] * np.sqrt(values[kept])).T)
    for i in range(k):
        rest = np.delete(np.arange(k), i)
        left = A - np.outer(A[i], A[i]) / A[i, i]
        if left[np.ix_(rest, rest)].min() >= 0 or (k == 3 and i == _opposite(A)):
            return [A[i] / np.sqrt(A[i, i]), *_of_some(left, rest)]
    return _of_four(A, vectors[:, kept] / values[kept] @ vectors[:, kept].T)


def _turned(P):
    """The rows of P (k, 1 or 2), all within a right angle, turned to where no entry is negative."""
    if P.shape[1] == 1:
        return np.abs(P)
    first = np.arctan2(P[0, 1], P[0, 0])
    angle = np.arctan2(P[:, 1], P[:, 0]) - first
    angle = (angle + np.pi) % (2 * np.pi) - np.pi
    angle = angle - (angle.max() + angle.min()) / 2 + np.pi / 4
    size = np.linalg.norm(P, axis=1)
    return np.maximum(size[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]), 0)


def _opposite(A):
    """The row of three that the largest correlation is not of."""
    size = np.sqrt(A.diagonal())
    pairs = [A[1, 2] / size[1] / size[2], A[0, 2] / size[0] / size[2], A[0, 1] / size[0] / size[1]]
    return int(np.argmax(pairs))


def _of_some(A, rows):
    """The factors of A with these rows, the others being zero."""
    part = np.zeros_like(A)
    part[np.ix_(rows, rows)] = A[np.ix_(rows, rows)]
    return factors(part)


def _of_four(A, inverse):
    """The factors of four rows none of which can be eliminated."""
    zero = np.argwhere(A <= NEGLIGIBLE * np.sqrt(np.outer(A.diagonal(), A.diagonal())))
    if len(zero):
        return _of_three_each(A, *zero[0])
    a = A.sum(axis=1)
    share = min(1 / (a @ inverse @ a), (A / np.outer(a, a)).min())
    return [np.sqrt(share) * a, *factors(A - share * np.outer(a, a))]


def _of_three_each(A, i, j):
    """The factors of four rows with A[i, j] = 0: of a part without row j and one without row i."""
    parts = cp.Variable((4, 4), PSD=True), cp.Variable((4, 4), PSD=True)
    without_j, without_i = parts
    constraints = [without_j[j] == 0, without_i[i] == 0, without_j >= 0, without_i >= 0]
    missed = cp.norm(without_j + without_i - A)
    solved(cp.Problem(cp.Minimize(missed), constraints))
    found = []
    for part, row in ((without_j.value, j), (without_i.value, i)):
        found += _of_some(part, np.delete(np.arange(4), row))
    return found
