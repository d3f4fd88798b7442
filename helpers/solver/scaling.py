"""The units in which the convex program is solved: ||X|| = ||y|| = 1, no column too many."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import qr, solve_triangular

from . import cones
from .kernels import Normals

# Of sums of some dozens to thousands of products, relative to the sum of their sizes.
ROUNDING = 1e-15

# Where a pivoted QR leaves less than this of a column, it depends on the others.
RANK = 1e-12

# Where it leaves less than this of one, the columns are nearly collinear: points some 30 times as
# far from the origin as from each other, beside a bias column. Below, the columns stay as they are.
SLANTED = 0.03


class Scaled:
    """X (n, r), y (n,) and lam in the solver's units, and the ways there and back.

    A block b (B, r) here is `back(b)` (B, d) in the units of the data; `forth` is the inverse on
    the row space of X. Nothing may be all zeros. rate: the length of a data block of length 1 here.
    rounding: of lengths of blocks here, relative to what they are for the data. `levelled` and
    `slanted` take blocks to the coordinates of `even` and back.
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
        self.rounding = self.coordinates.rounding
        self._size = size

    @cached_property
    def _spread(self) -> float:
        return np.linalg.norm(self.coordinates.even, 2)

    @cached_property
    def even(self) -> np.ndarray:
        """The rows in coordinates in which they point everywhere, (n, r), of norm 1."""
        return self.coordinates.even / self._spread

    @cached_property
    def normals(self) -> Normals:
        """The rows of X at unit length."""
        return cones.normals(self.X)

    def levelled(self, b: np.ndarray) -> np.ndarray:
        """Blocks b (B, r) in the coordinates of `even`, (B, r): the same values at the data."""
        return self.coordinates.levelled(b) * (self._spread / self._size)

    def slanted(self, v: np.ndarray) -> np.ndarray:
        """The inverse of `levelled`."""
        return self.coordinates.slanted(v) / (self._spread / self._size)

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
    factors = Factors.of(X)
    if factors.least < SLANTED:
        return Slanted(X, factors)
    if len(X) < X.shape[1]:
        return Rotated(X)
    return Same(X)


class Coordinates(ABC):
    """Coordinates of the columns: X (n, r) in them, and blocks between them and the data's.

    even (n, r), levelled, slanted: as of `Scaled`, but for their size.
    """

    X: np.ndarray
    rounding = ROUNDING

    @property
    def even(self) -> np.ndarray:
        return self.X

    @abstractmethod
    def back(self, b: np.ndarray) -> np.ndarray:
        """Blocks b (B, r) in the coordinates of the data, (B, d)."""

    @abstractmethod
    def forth(self, u: np.ndarray) -> np.ndarray:
        """Blocks u (B, d) in these coordinates, (B, r)."""

    def levelled(self, b: np.ndarray) -> np.ndarray:
        return b

    def slanted(self, v: np.ndarray) -> np.ndarray:
        return v


class Same(Coordinates):
    """The columns as they are."""

    def __init__(self, X):
        self.X = X

    def back(self, b):
        return b

    def forth(self, u):
        return u


class Rotated(Coordinates):
    """For n < d: the n coordinates that span the rows."""

    def __init__(self, X):
        self.turn, R = qr(X.T, mode="economic")
        self.X = R.T

    def back(self, b):
        return b @ self.turn.T

    def forth(self, u):
        return u @ self.turn


@dataclass(frozen=True)
class Factors:
    """X = Q G V', with the unit rows of X as well conditioned in Q as its columns let them be.

    r: the rank of X. triangle (r, r), order (r,): Q times the triangle is X[:, order]. R = G V'
    (r, d), G (r, r) lower triangular and graded, V (d, r) with orthonormal columns.
    least: the smallest part of a column that the columns before it leave, of its length.
    """

    triangle: np.ndarray
    order: np.ndarray
    R: np.ndarray
    G: np.ndarray
    V: np.ndarray
    least: float

    @classmethod
    def of(cls, X: np.ndarray) -> "Factors":
        """The factors of X (n, d), which is not all zeros."""
        # The largest columns first: the rows of the triangle then fall in size as its columns do,
        # and each is as accurate, relatively, as the first.
        triangle, order = qr(cones.unit_rows(X), mode="r", pivoting=True)
        whole = np.linalg.norm(triangle, axis=0)
        whole[whole == 0] = 1
        left = np.abs(np.diag(triangle)) / whole[: len(triangle)]
        rank = 1 + np.flatnonzero(left > RANK)[-1]
        R = np.zeros((rank, X.shape[1]))
        R[:, order] = triangle[:rank]
        V, S = qr(R.T, mode="economic")
        return cls(triangle[:rank, :rank], order[:rank], R, S.T, V, left[:rank].min())

    def Q(self, X: np.ndarray) -> np.ndarray:
        """(n, r), solved row by row, so that zero rows stay zero."""
        return solve_triangular(self.triangle, X[:, self.order].T, trans="T").T

    def inverse(self) -> np.ndarray:
        """L (d, r) with X L = Q: of all u with X u = Q v, L v is the shortest."""
        return self.V @ solve_triangular(self.G, np.eye(len(self.G)), lower=True)


class Slanted(Coordinates):
    """For nearly collinear columns: rotated so that each coordinate has digits of its own.

    X V = Q G has a large first column, the direction of all points, and small ones for what tells
    them apart. In the columns of X the latter would be differences of large numbers.
    """

    def __init__(self, X, factors):
        self.factors = factors
        self.inverse = factors.inverse()
        self.rounding = ROUNDING / factors.least
        self.Q = factors.Q(X)
        self.X = self.Q @ factors.G

    @property
    def even(self):
        return self.Q

    def back(self, b):
        """V b, corrected so that X times it is Q G b up to rounding of every product x_ji u_i."""
        u = b @ self.factors.V.T
        return u + (b @ self.factors.G.T - u @ self.factors.R.T) @ self.inverse.T

    def forth(self, u):
        return self.slanted(u @ self.factors.R.T)

    def levelled(self, b):
        return b @ self.factors.G.T

    def slanted(self, v):
        return solve_triangular(self.factors.G, v.T, lower=True).T


class Orthonormal(Coordinates):
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
