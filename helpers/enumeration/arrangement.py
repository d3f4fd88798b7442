"""The hyperplanes X w = 0 in the coordinates in which they are simplest.

Zero rows are dropped, one of every set of parallel rows is kept, the dimension is reduced to the rank r, rows are
whitened. None of this changes the cells. Data of integers or rationals are decided in exact arithmetic, other data up
to rounding, unless some are neither dependent but for rounding nor clearly independent: these are Ambiguous.
"""

from dataclasses import dataclass
from functools import cached_property
from numbers import Rational

import numpy as np

from .. import checks
from . import exact as integer
from .whitening import ERROR, Ambiguous, balanced, product, whiten

ZERO = 1e-12  # a sine up to ZERO counts as zero where that is asked for
DIRECTIONS = np.random.default_rng(0).standard_normal(
    (40, 40)
)  # generic: no coincidence with any data


@dataclass(frozen=True)
class Arrangement:
    """Y (N, r), pairwise independent unit rows, Y[i] a positive multiple of ``source[i] @ basis``.

    Row j of X is parallel to Y[row[j]], the opposite way if sign[j] < 0; row[j] = -1 for a zero row. Weights v of Y are
    weights ``to_X @ v`` of X. A sine above zero[0] + zero[3] times its error is not zero; one that cannot be above
    zero[1], and is not above zero[2] times its error, is.
    """

    Y: np.ndarray
    row: np.ndarray
    sign: np.ndarray
    source: np.ndarray
    basis: np.ndarray
    to_X: np.ndarray
    zero: tuple

    @property
    def exact(self):
        """Whether nothing but zero counts as zero."""
        return self.zero[0] == 0 and self.zero[2] == np.inf

    @cached_property
    def plain(self):
        """Whether every row of X is a row of Y, the same way round."""
        return len(self.row) == len(self.Y) and bool((self.sign > 0).all())

    @cached_property
    def nonzero(self):
        """Which rows of X are not zero, as packed bits."""
        return np.packbits(self.row >= 0)

    @cached_property
    def directions(self):
        """Generic directions c_1 .. c_{r-1} (r - 1, r) of length 1 for Y, those for `source`, times basis the same."""
        r = self.Y.shape[1]
        C = (
            DIRECTIONS[: r - 1, :r]
            if r <= 40
            else np.random.default_rng(0).standard_normal((r - 1, r))
        )
        inverse = np.linalg.inv(self.basis)
        C = C @ inverse
        return product(C, self.basis, np.abs(inverse).max() * np.abs(self.basis).max() > 1e3)[0], C

    @cached_property
    def integers(self):
        """`source` and `directions` times positive numbers, as integers, and the lengths of `source` @ basis's rows."""
        Z, C = integer.integers(self.source)[0], integer.integers(self.directions[1])[0]
        return Z, C, product(Z, self.basis, True)[1]

    def cell(self, S):
        """The cell of the no-broken-circuit set S, in exact arithmetic: signs (N,), None if there is none."""
        Z, C, lengths = self.integers
        inverse = np.linalg.inv(self.basis)

        def is_zero(M, G, coefficients):
            if self.exact:
                return coefficients == 0
            largest = np.abs(G).max()
            size = lengths[:, None] * np.linalg.norm(inverse @ (G / largest).astype(float), axis=0)
            sine = np.abs((coefficients / largest).astype(float)) / size
            if self.zero[0] > 0:
                return sine <= ZERO
            B = product(M, self.basis, True)[0]
            rest = np.array([np.delete(B, c, axis=0) for c in range(len(B))])
            volume = np.sqrt(np.abs(np.linalg.det(rest @ rest.transpose(0, 2, 1))))
            zero = coefficients == 0
            i, c = np.nonzero((sine * volume <= self.zero[3] * ERROR) & ~zero)
            together = np.concatenate([rest[c], self.Y[i, None]], axis=1)
            errors = (
                np.linalg.svd(together, compute_uv=False)[:, -1] / ERROR
            )  # by so much are they independent
            zero[i, c] = errors <= 4 * self.zero[2]
            if (~zero[i, c] & (errors <= self.zero[3])).any():
                raise Ambiguous
            return zero

        return integer.cell(Z, C, [int(s) for s in S if s >= 0], is_zero)


def arrangement(X, exact=None):
    """The Arrangement of X (n, d). exact: True, False, or None, exact if the entries are integers or rationals.

    Floats that are multiples of 2^-10 (below 2^43) count as rationals. With exact=True all floats are the binary
    fractions they are; with None they may be Ambiguous, and so may a cell. Raises ValueError on bad input.
    """
    Z = _integers(X, exact)
    if Z is None:
        return _of_floats(checks.as_data(X).astype(float), exact is None)
    checks.as_data(np.zeros(Z.shape))
    columns = integer.independent_columns(integer.primitive(Z))
    scale = abs(np.gcd.reduce(Z[:, columns], axis=0))
    Z = integer.primitive(Z[:, columns])
    lines, row, sign = _parallel_integers(Z)
    basis, Y, lengths = whiten(Z[lines], len(columns))
    to_X = np.zeros((np.shape(X)[1], len(columns)))
    to_X[columns] = basis / scale.astype(float)[:, None]
    r = len(columns)
    # Cramer: a sine that is not zero is a nonzero integer determinant over a product of r lengths
    least = abs(np.linalg.det(basis)) / np.prod(np.sort(lengths)[len(lines) - r :]) if r else 1.0
    return Arrangement(Y, row, sign, Z[lines], basis, to_X, (0.0, 0.9 * least, np.inf, 1.0))


def _of_floats(X, careful):
    X, scale = balanced(X)
    nonzero = X.any(axis=1)
    basis, Y, _ = whiten(X, None, careful)
    lost = (
        np.linalg.cond(basis) if basis.size else 1.0
    )  # by so much whitening multiplies what was rounded in X
    careful = careful and Y.shape[1] > 2
    same, doubtful = (4 * lost * ERROR, 400 * lost * ERROR) if careful else (ZERO, ZERO)
    lines, row, sign = _parallel(Y, nonzero, same, doubtful)
    source, to_X = X, basis / scale[:, None]
    if basis.shape[0] != basis.shape[1]:
        source, basis = Y, np.eye(Y.shape[1])
    zero = (0.0, 10 * ZERO, lost, 400 * lost) if careful else (ZERO, 100 * ZERO, np.inf, 1.0)
    return Arrangement(Y[lines], row, sign, source[lines], basis, to_X, zero)


def _integers(X, exact):
    """X times a positive number as integers (int64 or Python's); None if its arithmetic is not to be exact."""
    if exact is False:
        return None
    X = np.asarray(X)
    if X.ndim != 2:
        checks.as_data(X)
    if X.dtype == object and all(isinstance(x, (Rational, np.integer)) for x in X.flat):
        return integer.integers(X)[0]
    if X.dtype.kind in "iub":
        fits = not X.size or max(int(X.max()), -int(X.min())) < 2**53
        return X.astype(np.int64) if fits else integer.integers(X)[0]
    X = checks.as_data(X).astype(float)
    if np.abs(X).max() < 2.0**43 and (X * 1024 == np.rint(X * 1024)).all():
        return (X * 1024).astype(np.int64)
    return integer.integers(X)[0] if exact else None


def _parallel_integers(Z):
    """Sort primitive rows into parallel classes: (lines, row, sign) as in an Arrangement, lines the first of each."""
    number, lines, row, sign = {}, [], [], []
    for j, z in enumerate(Z.tolist()):
        lead = next((a for a in z if a), 0)
        if lead < 0:
            z = [-a for a in z]
        if lead == 0:
            row.append(-1)
            sign.append(1)
            continue
        row.append(number.setdefault(tuple(z), len(number)))
        if row[-1] == len(lines):
            lines.append((j, lead))
        sign.append(1 if (lead > 0) == (lines[row[-1]][1] > 0) else -1)
    return np.array([j for j, _ in lines], int), np.array(row), np.array(sign)


def _parallel(Y, nonzero, same, doubtful):
    """The same for unit rows of floats, parallel up to a sine of `same`; Ambiguous if one is above, but not `doubtful`.

    Rows are compared whose projections on a generic vector agree.
    """
    label, sign = np.where(nonzero, np.arange(len(Y)), -1), np.ones(len(Y), int)
    order = np.flatnonzero(nonzero)
    height = np.abs(Y[order] @ np.resize(DIRECTIONS[0], Y.shape[1]))
    order, height = order[np.argsort(height)], np.sort(height)
    for begin, end in runs(np.diff(height) <= 40 * doubtful):
        run = np.sort(order[begin:end])
        while len(run) > 1:
            cosine = Y[run] @ Y[run[0]]
            sine = np.linalg.norm(Y[run] - cosine[:, None] * Y[run[0]], axis=1)
            parallel = sine <= same
            if ((sine > same) & (sine <= doubtful)).any():
                raise Ambiguous
            label[run[parallel]], sign[run[parallel]] = run[0], np.sign(cosine[parallel])
            run = run[~parallel]
    lines = np.flatnonzero(label == np.arange(len(Y)))
    row = np.where(nonzero, np.searchsorted(lines, label), -1)
    return lines, row, sign


def runs(close):
    """(begin, end) of the runs of numbers of which each is `close` to the next: booleans, one fewer than numbers."""
    edges = np.diff(np.r_[False, close, False].astype(int))
    return zip(np.flatnonzero(edges > 0).tolist(), (np.flatnonzero(edges < 0) + 1).tolist())
