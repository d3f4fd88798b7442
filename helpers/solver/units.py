"""The units in which the convex program is solved."""

import numpy as np
from scipy.linalg import qr, solve_triangular


class Units:
    """Coordinates in which ||X|| = ||y|| = 1 and X has no more columns than needed.

    For lam > 0 the columns may only be rotated: with n < d they become the n that span the rows. For lam = 0 any
    coordinates will do, and those in which the columns are orthonormal are best.
    """

    def __init__(self, X, y, lam):
        self.turn = self.triangle = None
        if lam == 0:
            scale = np.abs(X).max(axis=0)
            scale[scale == 0] = 1
            R, order = qr(X / scale, mode="r", pivoting=True)
            rank = np.sum(np.abs(np.diag(R)) > 1e-12 * np.abs(R[0, 0]))
            self.triangle, self.order, self.scale = R[:rank, :rank], order[:rank], scale
            # row by row, so that zero rows stay zero
            X = solve_triangular(self.triangle, (X / scale)[:, self.order].T, trans="T").T
        elif len(X) < X.shape[1]:
            self.turn, R = qr(X.T, mode="economic")
            X = R.T
        self.d = len(scale) if lam == 0 else len(self.turn) if self.turn is not None else X.shape[1]
        self.size, length = np.linalg.norm(X, 2), np.linalg.norm(y)
        self.X, self.y, self.lam = (
            np.ascontiguousarray(X / self.size),
            y / length,
            lam / (self.size * length),
        )
        self.ratio = length / self.size

    def back(self, b):
        """Blocks b (B, columns) in the coordinates of the data, (B, d)."""
        b = self.ratio * b
        if self.triangle is not None:
            u = np.zeros((len(b), self.d))
            u[:, self.order] = solve_triangular(self.triangle, b.T).T
            return u / self.scale
        return b if self.turn is None else b @ self.turn.T

    def forth(self, u, X):
        """The inverse of `back` on the row space of the data X."""
        if self.triangle is not None:
            return u @ X.T @ self.X * self.size / self.ratio
        return (u if self.turn is None else u @ self.turn) / self.ratio
