"""Integer arithmetic for arrangements: what floats cannot decide, and what they must be told."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import lcm

import numpy as np

# Floats that are multiples of 1/1024 count as rationals: grids in halves, quarters and eighths
# are met exactly, and a random float is one in 2^42 times or less.
GRID = 1024
WHOLE = 2**53  # below it every integer is a float

LIMIT = 2**62  # of a product of int64, so that the difference of two fits in 64 bits


def may_be_rounded(X: np.ndarray) -> bool:
    """Whether X holds floats that are no multiples of 2^-10 below 2^43.

    Integers and rationals are what they are, and so are those multiples.
    """
    return X.dtype.kind == "f" and not _on_grid(X)


def _on_grid(X):
    return np.abs(X).max() < WHOLE / GRID and (X * GRID == np.rint(X * GRID)).all()


def proportional(X: np.ndarray) -> np.ndarray:
    """Integers in the place of X, all of them divided by one number."""
    if X.dtype.kind == "f" and _on_grid(X):
        return (X * GRID).astype(np.int64)
    if X.dtype.kind in "iub" and max(int(X.max()), -int(X.min())) < WHOLE:
        return X.astype(np.int64)
    return as_integers(X)[0]


def as_integers(A) -> tuple[np.ndarray, int]:
    """A of integers, rationals or floats as Python integers, and the factor that made it so.

    Returns (Z, factor), Z = factor A of A's shape and type object, factor > 0 as small as can be.
    """
    entries = [Fraction(a) for a in np.asarray(A).ravel().tolist()]
    factor = lcm(*(a.denominator for a in entries))
    Z = np.empty(len(entries), object)
    Z[:] = [a.numerator * (factor // a.denominator) for a in entries]
    return Z.reshape(np.shape(A)), factor


def primitive(Z: np.ndarray) -> np.ndarray:
    """Integers Z (n, d) with columns, then rows, divided by their gcd; signs are kept."""
    if not Z.size:
        return Z
    for axis in (0, 1):
        # the absolute value: the gcd of a single entry is that entry, whatever its sign
        divisor = np.abs(np.gcd.reduce(Z, axis=axis, keepdims=True))
        Z = Z // np.where(divisor == 0, 1, divisor)
    return Z


def independent_columns(Z: np.ndarray) -> list[int]:
    """Indices of columns of the integers Z (n, d) that are a basis of all its columns.

    Fraction-free elimination (Bareiss): every number on the way is a minor of Z.
    """
    d = Z.shape[1]
    largest = int(abs(Z).max(initial=0))
    # a minor is below (largest d)^d (Hadamard), and products of two minors are formed
    if Z.dtype != object and (largest * d) ** (2 * d) >= LIMIT:
        Z = Z.astype(object)
    Z = Z.copy()
    chosen = []
    previous = 1
    for c in range(d):
        top = len(chosen)
        candidates = np.flatnonzero(Z[top:, c] != 0)
        if not len(candidates):
            continue
        Z[[top, top + candidates[0]]] = Z[[top + candidates[0], top]]
        pivot = Z[top, c]
        below = Z[top + 1 :]
        Z[top + 1 :] = (below * pivot - below[:, c : c + 1] * Z[top]) // previous
        chosen.append(c)
        previous = pivot
        if len(chosen) == len(Z):
            break
    return chosen


def adjugate(A: np.ndarray) -> tuple[np.ndarray, int] | None:
    """Integers G (r, r) and g > 0 with A G = g I, for integers A (r, r); None if A is singular."""
    r = len(A)
    M = np.array(A, object)
    order = np.arange(r)  # row c of M began as row order[c] of A
    previous = 1
    for c in range(r):
        candidates = np.flatnonzero(M[c:, c] != 0)
        if not len(candidates):
            return None
        swapped = [c, c + candidates[0]]
        M[swapped] = M[swapped[::-1]]
        order[swapped] = order[swapped[::-1]]
        # Column c of what is left, which is done, gives its place to that of the inverse.
        pivot = M[c, c]
        others = np.arange(r) != c
        column = M[others, c]
        M[others] = (M[others] * pivot - column[:, None] * M[c]) // previous
        M[others, c] = -column
        M[c, c] = previous
        previous = pivot
    G = np.empty((r, r), object)
    G[:, order] = M
    return (G, previous) if previous > 0 else (-G, -previous)


def cell(Z: np.ndarray, C: np.ndarray, S: Sequence[int], is_zero: Callable) -> np.ndarray | None:
    """The cell of the no-broken-circuit set S (see `vertices`), None if S has none.

    Z (N, r), the rows, and C (D, r), the directions, are integers. Returns signs (N,), True:
    positive. ``is_zero(G, coefficients)`` says which coefficients count as zero: of every row
    (N, r), in the basis M (r, r) of S and what completes it, products with the columns of G.
    """
    k = len(S)
    D = len(C)
    if k < D:
        before = [Z[0], *C[:k:-1]]  # Y[0], c_D, .., c_{k+2}
        last = -C[k]
    else:
        before = []
        last = Z[0]
    M = np.array([*before, *(Z[s] for s in S), last], object)
    inverse = adjugate(M)
    if inverse is None:
        return None
    G = inverse[0]
    # the rows that may have the first nonzero coefficient, and their places in the basis
    rows = np.array(([0] if k < D else []) + list(S))
    places = ([0] if k < D else []) + [len(before) + s for s in range(k)]
    coefficients = Z @ G
    zero = is_zero(G, coefficients)
    if zero[rows, places].any():
        return None
    if k == D and zero[0, -1]:
        return None
    side = np.sign(C[k - 1] @ G[:, places]) if k else np.ones(1, int)
    if k < D:
        side[0] = 1
    signs = coefficients[:, -1] > 0
    for i in np.flatnonzero(zero[:, -1]):
        nonzero = np.flatnonzero(~zero[i, places])
        if not len(nonzero):
            return None
        first = nonzero[0]
        if rows[first] > i:  # a broken circuit
            return None
        signs[i] = (coefficients[i, places[first]] > 0) == (side[first] > 0)
    return signs
