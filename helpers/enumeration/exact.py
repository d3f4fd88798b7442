"""Integer arithmetic for arrangements: what floating point cannot decide, and what it must be given exactly."""

from fractions import Fraction
from math import lcm

import numpy as np


def integers(A):
    """A (n, d) of integers, rationals or floats as Python integers, and the positive integer it was multiplied by."""
    exact = [Fraction(a) for a in np.asarray(A).ravel().tolist()]
    common = lcm(*(a.denominator for a in exact))
    Z = np.empty(len(exact), object)
    Z[:] = [a.numerator * (common // a.denominator) for a in exact]
    return Z.reshape(np.shape(A)), common


def primitive(Z):
    """Integers Z (n, d) with columns and then rows divided by their gcd; signs are kept."""
    if Z.size:
        for axis in (0, 1):
            divisor = np.abs(
                np.gcd.reduce(Z, axis=axis, keepdims=True)
            )  # the gcd of one entry is the entry itself
            Z = Z // np.where(divisor == 0, 1, divisor)
    return Z


def independent_columns(Z):
    """Indices of columns of the integers Z (n, d) that are a basis of all, by fraction-free elimination (Bareiss)."""
    largest = int(abs(Z).max(initial=0))
    if Z.dtype != object and (largest * Z.shape[1]) ** (2 * Z.shape[1]) >= 2**62:
        Z = Z.astype(object)
    Z, chosen, previous = Z.copy(), [], 1
    for c in range(Z.shape[1]):
        candidates = np.flatnonzero(Z[len(chosen) :, c] != 0)
        if not len(candidates):
            continue
        top = len(chosen)
        Z[[top, top + candidates[0]]] = Z[[top + candidates[0], top]]
        pivot, row, below = Z[top, c], Z[top], Z[top + 1 :]
        Z[top + 1 :] = (below * pivot - below[:, c : c + 1] * row) // previous
        chosen.append(c)
        previous = pivot
        if len(chosen) == len(Z):
            break
    return chosen


def adjugate(A):
    """Integers G and d > 0 with A G = d I, for integers A (r, r); None if A is singular."""
    r = len(A)
    M = np.hstack([A, np.eye(r, dtype=int).astype(object)])
    previous = 1
    for c in range(r):
        rest = np.flatnonzero(M[c:, c] != 0)
        if not len(rest):
            return None
        M[[c, c + rest[0]]] = M[[c + rest[0], c]]
        others = np.arange(r) != c
        M[others] = (M[others] * M[c, c] - M[others, c : c + 1] * M[c]) // previous
        previous = M[c, c]
    return (M[:, r:], previous) if previous > 0 else (-M[:, r:], -previous)


def cell(Z, C, S, tolerance):
    """The cell of the no-broken-circuit set S (see `vertices`): every row's sign (True: positive); None if it has none.

    Z (N, r) and C (D, r) are integers. `tolerance(M, G, coefficients)` says which coefficients count as zero (M: S and
    what completes it to a basis, a vector a row; G: what coefficients are products with, a vector a column).
    """
    k, D = len(S), len(C)
    virtual = [Z[0], *C[:k:-1]] if k < D else []
    last = -C[k] if k < D else Z[0]
    M = np.array([*virtual, *(Z[s] for s in S), last], object)
    inverse = adjugate(M)
    if inverse is None:
        return None
    G, determinant = inverse
    basis = np.array(
        [0] * (k < D) + list(S)
    )  # rows that may have the first coefficient, and their columns of G
    place = [0] * (k < D) + list(range(len(virtual), len(virtual) + k))
    coefficients = Z @ G
    zero = tolerance(M, G, coefficients)
    if zero[basis, place].any() or (k == D and zero[0, -1]):
        return None
    side = np.sign(C[k - 1] @ G[:, place]) if k else np.ones(1, int)
    if k < D:
        side[0] = 1
    signs = coefficients[:, -1] > 0
    for i in np.flatnonzero(zero[:, -1]):
        nonzero = np.flatnonzero(~zero[i, place])
        if not len(nonzero) or basis[nonzero[0]] > i:
            return None
        signs[i] = (coefficients[i, place[nonzero[0]]] > 0) == (side[nonzero[0]] > 0)
    return signs
