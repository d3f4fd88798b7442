"""The units in which the convex program is solved: ||X|| = ||y|| = 1, no column too many."""

from functools import cached_property

import numpy as np
from scipy.linalg import qr, solve_triangular

from . import cones
from .kernels import Normals

# Where a pivoted QR of columns of one scale leaves less than this of them, they are dependent.
RANK = 1e-12


class Scaled:
    """X (n, r), y (n,) and lam in the solver's units, and the ways there and back.

    A block b (B, r) here is `back(b)` (B, d) in the units of the data; `forth` is the inverse
    on the row space of X. Nothing may be all zeros. rate: the length of a data block of length
    1 here.
    """

    def __init__(
        self,
        X: np.ndarray,
        y: np.ndarray,
        lam: float,
    ):
        self.coordinates = _coordinates(X, lam)
        size = np.linalg.norm(self.coordinates.X, 2)
        length = np.linalg.norm(y)
        self.length = length
        self.X = np.ascontiguousarray(self.coordinates.X / size)
        self.y = y / length
        self.lam = lam / (size * length)
        self.rate = length / size

    @cached_property
    def normals(self) -> Normals:
        """The rows of X at unit length."""
        return cones.normals(self.X)

    def back(self, b: np.ndarray) -> np.ndarray:
        """Blocks b (B, r) in the units of the data, (B, d)."""
        return self.coordinates.back(self.rate * b)

    def forth(self, u: np.ndarray) -> np.ndarray:
        """Blocks u (B, d) in the solver's units, (B, r)."""
        return self.coordinates.forth(u) / self.rate


def _coordinates(X, lam):
    """Coordinates of the columns that leave the program what it is.

    For lam > 0 its norms allow no more than a rotation. For lam = 0 any coordinates will do,
    and those in which the columns are orthonormal are best.
    """
    if lam == 0:
        return Orthonormal(X)
    if len(X) < X.shape[1]:
        return Rotated(X)
    return Same(X)


class Same:
    """The columns as they are."""

    def __init__(self, X):
        self.X = X

    def back(self, b):
        return b

    def forth(self, u):
        return u


class Rotated:
    """For n < d: the n coordinates that span the rows."""

    def __init__(self, X):
        self.turn, R = qr(X.T, mode="economic")
        self.X = R.T

    def back(self, b):
        return b @ self.turn.T

    def forth(self, u):
        return u @ self.turn


class Orthonormal:
    """As many orthonormal columns as X has rank: Q of X / scale = Q R, columns in that `order`."""

    def __init__(self, X):
        self.source = X
        self.scale = np.abs(X).max(axis=0)
        self.scale[self.scale == 0] = 1
        R, order = qr(X / self.scale, mode="r", pivoting=True)
        rank = np.sum(np.abs(np.diag(R)) > RANK * np.abs(R[0, 0]))
        self.triangle = R[:rank, :rank]
        self.order = order[:rank]
        # Solved row by row and not taken from Q, so that zero rows stay zero.
        self.X = solve_triangular(self.triangle, (X / self.scale)[:, self.order].T, trans="T").T

    def back(self, b):
        u = np.zeros((len(b), len(self.scale)))
        u[:, self.order] = solve_triangular(self.triangle, b.T).T
        return u / self.scale

    def forth(self, u):
        return u @ self.source.T @ self.X
