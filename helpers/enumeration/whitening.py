"""Coordinates in which rows are well spread, and what floats can tell of them.

A part of `arrangement`.
"""

from typing import NamedTuple

import numpy as np

from . import integers
from .tolerance import ERROR, Ambiguous

# Rows are well conditioned from this ratio of their singular values on: then errors of sines
# grow by at most 50, and nearly all data pass at the first attempt.
WHITE = 0.02

# Each attempt whitens what the one before left: three do for scales of 1e300 next to 1, and
# more than that is rounding that will not be mended.
ATTEMPTS = 6


def balanced(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """X (n, d) with rows and columns divided by powers of two until all are about of one size.

    Returns that and the columns' divisors (d,). Nothing is rounded.
    """
    scale = np.ones(X.shape[1])
    for axis in (0, 1, 0, 1):
        largest = np.abs(X).max(axis=axis, keepdims=True)
        divisor = np.exp2(np.round(np.log2(np.where(largest == 0, 1, largest))))
        X = X / divisor
        if axis == 0:
            scale *= divisor[0]
    return X, scale


class White(NamedTuple):
    """Unit rows Y = Z @ basis / lengths[:, None], (n, rank), well spread over their dimensions.

    cancellation: by so much their rounding may exceed that of numbers of their own size.
    """

    basis: np.ndarray
    Y: np.ndarray
    lengths: np.ndarray
    cancellation: float


def whiten(Z: np.ndarray, rank: int | None) -> White:
    """Z (n, d) in `rank` dimensions, or as many as floats Z have.

    Z holds floats, or Python integers (whose rank must be given). Raises Ambiguous where rounding
    leaves the rank of floats open.
    """
    careful = Z.dtype == object
    rows = Z
    if careful:
        largest = np.maximum(np.abs(Z).max(axis=1, initial=0), 1)
        rows = Z / largest[:, None]
    Y, _ = _unit(rows.astype(float))
    basis = np.eye(Z.shape[1])
    for attempt in range(ATTEMPTS):
        _, s, Vt = np.linalg.svd(Y, full_matrices=False)
        if rank is None:
            rank = _rank(s, Z.shape)
        if rank == 0:
            return White(basis[:, :0], Y[:, :0], np.ones(len(Z)), 1.0)
        white = s[rank - 1] > WHITE * s[0]
        if attempt == 0 and not white and rank == Z.shape[1]:
            Y, scale = balanced(Y)
            basis = np.diag(1 / scale)
            _, s, Vt = np.linalg.svd(Y, full_matrices=False)
        basis = basis @ _towards_white(s, Vt, rank)
        careful = careful or not white
        Y, lengths = product(Z, basis, careful)
        if white:
            break
    return White(basis, Y, lengths, 1.0 if careful else cancellation(Z, basis, lengths))


def _rank(s, shape):
    """The rank of unit rows of that shape with singular values s."""
    share = s / (max(shape) * s[0])
    # a decade or two above what is rounding for sure, either may be true
    if ((share > ERROR) & (share <= 100 * ERROR)).any():
        raise Ambiguous
    return int(np.sum(share > ERROR))


def _towards_white(s, Vt, rank):
    """The map of columns (d, rank) that makes the first `rank` singular values equal.

    Singular vectors are known up to their signs alone; the map is the same on any machine.
    """
    # 1e-17: below every singular value that is not rounding, it only prevents a division by zero
    V = Vt[:rank].T / np.maximum(s[:rank], 1e-17 * s[0]) * s[0]
    if rank == Vt.shape[1]:
        return V @ Vt  # symmetric
    largest = V[np.abs(V).argmax(axis=0), range(rank)]
    return V * np.sign(largest)


def product(A: np.ndarray, B: np.ndarray, careful: bool) -> tuple[np.ndarray, np.ndarray]:
    """Rows of A @ B scaled to length 1, and their lengths; careful: in integer arithmetic."""
    if not careful:
        return _unit(A @ B)
    A, scale_A = integers.as_integers(A)
    B, scale_B = integers.as_integers(B)
    P = A @ B
    largest = np.abs(P).max(axis=1)
    divisor = np.where(largest == 0, 1, largest)
    Y, lengths = _unit((P / divisor[:, None]).astype(float))
    return Y, lengths * (largest / (scale_A * scale_B)).astype(float)


def cancellation(A: np.ndarray, B: np.ndarray, lengths: np.ndarray) -> float:
    """How much longer than the rows of A @ B, their lengths, those of abs(A) @ abs(B) are."""
    return float((np.linalg.norm(np.abs(A) @ np.abs(B), axis=1) / lengths).max(initial=1))


def _unit(A):
    """Rows of A at length 1, zero rows as they are, and the lengths."""
    lengths = np.sqrt(np.einsum("ij,ij->i", A, A))
    return A / np.where(lengths == 0, 1, lengths)[:, None], lengths
