"""Coordinates in which rows are well spread, and what floats can tell of them: a part of `arrangement`."""

import numpy as np

from . import exact as integer

ERROR = (
    16 * np.finfo(float).eps
)  # rounding error of a sine, times the volume of the rows it was computed with
RANK = 1e-11  # a singular value up to RANK times the largest and the larger dimension, the same
WHITE = 0.02  # ratio of the singular values from which rows are well conditioned


class Ambiguous(ArithmeticError):
    """Floats, up to rounding, do not say which of the data are dependent: take them for the numbers they are."""


def balanced(X):
    """X with rows and columns divided by powers of two until all are of one size, and the columns' divisors."""
    scale = np.ones(X.shape[1])
    for axis in (0, 1, 0, 1):
        largest = np.abs(X).max(axis=axis, keepdims=True)
        divisor = np.exp2(np.round(np.log2(np.where(largest == 0, 1, largest))))
        X = X / divisor
        scale *= divisor[0] if axis == 0 else 1
    return X, scale


def whiten(Z, rank, doubts=False):
    """(basis (d, r), Y, lengths): rows Y (n, r) = Z @ basis / lengths, well spread over r = rank (None: as found).

    doubts: the rank found may be Ambiguous.
    """
    careful = Z.dtype == object
    F = (
        Z.astype(float)
        if not careful
        else (Z / np.maximum(np.abs(Z).max(axis=1, initial=0), 1)[:, None]).astype(float)
    )
    Y, basis = _unit(F)[0], np.eye(Z.shape[1])
    for attempt in range(6):
        _, s, Vt = np.linalg.svd(Y, full_matrices=False)
        if rank is None:
            share = s / (max(Z.shape) * s[0])
            rank = int(np.sum(share > (ERROR if doubts else RANK)))
            if doubts and ((share > ERROR) & (share <= 100 * ERROR)).any():
                raise Ambiguous
        if rank == 0:
            return basis[:, :0], Y[:, :0], np.ones(len(Z))
        white = s[rank - 1] > WHITE * s[0]
        if attempt == 0 and not white and rank == Z.shape[1]:
            Y, scale = balanced(Y)
            basis = np.diag(1 / scale)
            _, s, Vt = np.linalg.svd(Y, full_matrices=False)
        V = Vt[:rank].T / np.maximum(s[:rank], 1e-17 * s[0]) * s[0]
        # symmetric, or with signs fixed: the same on any machine
        basis = basis @ (
            V @ Vt if rank == Vt.shape[1] else V * np.sign(V[np.abs(V).argmax(axis=0), range(rank)])
        )
        careful = careful or not white
        Y, lengths = product(Z, basis, careful)
        if white:
            break
    return basis, Y, lengths


def product(A, B, careful):
    """Rows of A @ B scaled to length 1, and their lengths; careful: in integer arithmetic."""
    if not careful:
        return _unit(A @ B)
    (A, scale_A), (B, scale_B) = integer.integers(A), integer.integers(B)
    P = A @ B
    largest = np.abs(P).max(axis=1)
    Y, lengths = _unit((P / np.where(largest == 0, 1, largest)[:, None]).astype(float))
    return Y, lengths * (largest / (scale_A * scale_B)).astype(float)


def _unit(A):
    lengths = np.sqrt(np.einsum("ij,ij->i", A, A))
    return A / np.where(lengths == 0, 1, lengths)[:, None], lengths
