"""The hyperplanes X w = 0 in the coordinates in which they are simplest.

Zero rows are dropped, one of every set of parallel rows is kept, the dimension is reduced to the
rank r, rows are whitened. None of this changes the cells. Data of integers or rationals are
decided in exact arithmetic, other data up to rounding, unless some are neither dependent but for
rounding nor clearly independent.
"""

from dataclasses import dataclass
from functools import cached_property, partial
from math import prod
from typing import NamedTuple

import numpy as np

from . import integers, parallel, tolerance, verified
from .residues import primes_for
from .tolerance import DOUBTFUL, ERROR, SAME, ZERO, Ambiguous
from .whitening import balanced, cancellation, product, whiten

# A basis is multiplied out in integers when its entries times its inverse's pass this: floats
# would lose more than three of their sixteen digits.
LOSSY = 1e3


class InIntegers(NamedTuple):
    """An Arrangement times positive numbers, as Python integers.

    rows (N, r) and directions (r - 1, r) are those of `source` and `source_directions`; lengths
    (N,) those of rows @ basis.
    """

    rows: np.ndarray
    directions: np.ndarray
    lengths: np.ndarray


@dataclass(frozen=True)
class Arrangement:
    """Hyperplanes Y v = 0, and what they are to the rows of X (n, d).

    Y (N, r): pairwise independent unit rows, a positive multiple of ``source @ basis`` each.
    row (n,): row j of X is parallel to Y[row[j]]; -1 for a zero row.
    sign (n,): it is so the same way round (1) or the opposite way (-1).
    source (N, r): numbers in which Y is known exactly.
    basis (r, r): see Y.
    to_X (d, r): weights v of Y are weights ``to_X @ v`` of X.
    exact: whether nothing but zero counts as zero.
    lost: by so much whitening multiplied what was rounded.
    least: no sine but zero is below; 0 if that is not known.
    """

    Y: np.ndarray
    row: np.ndarray
    sign: np.ndarray
    source: np.ndarray
    basis: np.ndarray
    to_X: np.ndarray
    exact: bool
    lost: float
    least: float

    @cached_property
    def plain(self) -> bool:
        """Whether every row of X is a row of Y, the same way round."""
        return len(self.row) == len(self.Y) and bool((self.sign > 0).all())

    @cached_property
    def nonzero(self) -> np.ndarray:
        """Which rows of X are not zero, as packed bits."""
        return np.packbits(self.row >= 0)

    @cached_property
    def inverse(self) -> np.ndarray:
        """The inverse of `basis`."""
        return np.linalg.inv(self.basis)

    @cached_property
    def source_directions(self) -> np.ndarray:
        """Generic directions c_1 .. c_{r-1} for `source`, (r - 1, r)."""
        r = self.Y.shape[1]
        return parallel.generic(r - 1, r) @ self.inverse

    @cached_property
    def lossy(self) -> bool:
        """Whether floats lose too much when `basis` is multiplied out."""
        return bool(np.abs(self.inverse).max() * np.abs(self.basis).max() > LOSSY)

    @cached_property
    def directions(self) -> np.ndarray:
        """The same directions for Y, of length 1, (r - 1, r)."""
        return product(self.source_directions, self.basis, self.lossy)[0]

    @cached_property
    def primes(self) -> tuple[int, ...]:
        """Modulo these, what is zero as integers is tested to be."""
        return primes_for(self.least)

    @cached_property
    def tolerance(self) -> tolerance.Tolerance:
        """Which sines count as zero."""
        if not self.exact:
            return tolerance.of_floats(self.lost)
        lost = self.lost
        if not self.lossy:
            lost = max(lost, cancellation(self.source_directions, self.basis))
        error = tolerance.proven_error(self.Y.shape[1], lost)
        return tolerance.of_integers(self.least * prod(self.primes), error)

    @cached_property
    def in_integers(self) -> InIntegers:
        """The arrangement for exact arithmetic."""
        rows, _ = integers.as_integers(self.source)
        directions, _ = integers.as_integers(self.source_directions)
        _, lengths = product(rows, self.basis, True)
        return InIntegers(rows, directions, lengths)

    def cells(self, sets: np.ndarray) -> list[np.ndarray | None]:
        """The cell of every set of `sets` (U, r - 1), as `cell` has it."""
        signs, sure = verified.cells(self.source, self.source_directions, sets)
        if not self.exact:
            sure[sure] = self._clear(sets[sure])
        return [signs[s] if sure[s] else self.cell(S) for s, S in enumerate(sets)]

    def _clear(self, sets):
        """Whether at the vertices of `sets` (U, r - 1), full ones, no row may be zero, (U,).

        The sine of a row, times the volume of the others, is a coefficient times a determinant.
        Where that is small, the row is so many errors from being dependent as the least singular
        value of all together.
        """
        Y = self.Y
        least = self.tolerance.nonzero_errors * ERROR
        B = Y[np.pad(sets, ((0, 0), (0, 1)))]
        clear = np.linalg.svd(B, compute_uv=False)[:, -1] > least
        B[~clear] = np.eye(B.shape[1])
        product = np.abs(np.linalg.inv(B)[:, :, -1] @ Y.T)
        np.put_along_axis(product, sets, np.inf, axis=1)
        product *= np.abs(np.linalg.det(B))[:, None]
        u, i = np.nonzero(product <= 2 * least)
        together = np.concatenate([Y[sets[u]], Y[i, None]], axis=1)
        clear[u[np.linalg.svd(together, compute_uv=False)[:, -1] <= least]] = False
        return clear

    def cell(self, S: np.ndarray) -> np.ndarray | None:
        """The cell of the no-broken-circuit set S in exact arithmetic: signs (N,), True: positive.

        S: rows in order, padded with -1. None if S has no cell. Raises Ambiguous where rounding
        leaves open whether a row is zero.
        """
        members = [int(s) for s in S if s >= 0]
        is_zero = _is_zero if self.exact else partial(self._is_zero_but_for_rounding, members)
        return integers.cell(self.in_integers.rows, self.in_integers.directions, members, is_zero)

    def _basis(self, members):
        """The unit rows (r, r) of the basis in which `integers.cell` takes all rows."""
        k = len(members)
        C = self.directions
        if k == len(C):
            return self.Y[[*members, 0]]
        return np.concatenate([self.Y[:1], C[:k:-1], self.Y[members], -C[k : k + 1]])

    def _is_zero_but_for_rounding(self, members, G, coefficients):
        """Of rows in the basis of members: which coefficients (N, r), products with G, are zero?

        A row is dependent on all of the basis but one if together they are within SAME errors of
        it. See `integers.cell` for what completes the basis.
        """
        B = self._basis(members)
        largest = np.abs(G).max()
        heights = np.linalg.norm(self.inverse @ (G / largest).astype(float), axis=0)
        size = self.in_integers.lengths[:, None] * heights
        sine = np.abs((coefficients / largest).astype(float)) / size
        others = np.array([np.delete(B, c, axis=0) for c in range(len(B))])
        volume = np.linalg.svd(others, compute_uv=False).prod(axis=1)
        zero = coefficients == 0
        near = sine * volume <= self.tolerance.nonzero_errors * ERROR
        i, c = np.nonzero(near & ~zero)
        together = np.concatenate([others[c], self.Y[i, None]], axis=1)
        errors = np.linalg.svd(together, compute_uv=False)[:, -1] / ERROR
        zero[i, c] = errors <= SAME * self.tolerance.zero_errors
        if (~zero[i, c] & (errors <= self.tolerance.nonzero_errors)).any():
            raise Ambiguous
        return zero


def _is_zero(G, coefficients):
    return coefficients == 0


def arrangement(X: np.ndarray, exact: bool = False) -> Arrangement:
    """The Arrangement of X (n, d), checked data. exact: floats are the binary fractions they are.

    Integers, rationals, and floats that are multiples of 2^-10 (below 2^43) are always taken
    exactly, and so are other floats if rounding leaves open which are dependent. A cell may still
    be Ambiguous.
    """
    if not exact and integers.may_be_rounded(X):
        try:
            return _of_floats(X)
        except Ambiguous:
            pass
    return _of_integers(X)


def _of_integers(X):
    Z = integers.proportional(X)
    d = Z.shape[1]
    columns = integers.independent_columns(integers.primitive(Z))
    r = len(columns)
    scale = abs(np.gcd.reduce(Z[:, columns], axis=0))
    Z = integers.primitive(Z[:, columns])
    classes = parallel.of_integers(Z)
    white = whiten(Z[classes.lines], r)
    basis = white.basis
    to_X = np.zeros((d, r))
    to_X[columns] = basis / scale.astype(float)[:, None]
    least = 1.0
    if r:
        # Cramer: a sine that is not zero is a nonzero integer determinant over r lengths' product
        longest = np.sort(white.lengths)[-r:]
        least = float(np.exp(np.linalg.slogdet(basis)[1] - np.log(longest).sum()))
    return Arrangement(
        Y=white.Y,
        row=classes.row,
        sign=classes.sign,
        source=Z[classes.lines],
        basis=basis,
        to_X=to_X,
        exact=True,
        lost=1.0 if white.careful else cancellation(Z[classes.lines], basis),
        least=least,
    )


def _of_floats(X):
    X, scale = balanced(X)
    nonzero = X.any(axis=1)
    white = whiten(X, None)
    basis = white.basis
    Y = white.Y
    # by so much whitening multiplies what was rounded in X
    lost = np.linalg.cond(basis) if basis.size else 1.0
    if Y.shape[1] > 2:
        classes = parallel.of_floats(Y, nonzero, SAME * lost * ERROR, DOUBTFUL * lost * ERROR)
    else:  # in the plane no row is zero on another: distinct lines are all that is needed
        classes = parallel.of_floats(Y, nonzero, ZERO, ZERO)
    source = X
    to_X = basis / scale[:, None]
    if basis.shape[0] != basis.shape[1]:
        source = Y
        basis = np.eye(Y.shape[1])
    return Arrangement(
        Y=Y[classes.lines],
        row=classes.row,
        sign=classes.sign,
        source=source[classes.lines],
        basis=basis,
        to_X=to_X,
        exact=False,
        lost=lost,
        least=0.0,
    )
