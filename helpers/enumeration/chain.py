"""Rows of an arrangement restricted to where those of a chain vanish, one after another.

A part of `vertices`. The columns of all arrays here are the N rows of Y, then padding up to a
multiple of 64, then the directions c_1 .. c_D.
"""

from typing import NamedTuple

import numpy as np

from ..compiling import kernel
from .bits import word_count
from .tolerance import ERROR, Tolerance, most_doubtful, surely_zero

# Answers to whether there is a cell, or a chain: no, yes, or that rounding leaves it open.
NO = 0
YES = 1
OPEN = 2


class Chain(NamedTuple):
    """Work space: a chain of up to D members, D = r - 1, and all M columns restricted by them.

    n_rows: N, the number of rows of Y.
    tolerance: which sines count as zero.
    rest (D, r, M): rest[m, : r - m] is what m members leave of the columns.
    taken (D, M): what member m took of the columns, their component along its restriction.
    relation (D, M): of columns after m members; 0, or +-(q + 1) for a row that depends on them,
        whose first nonzero coefficient is that of member q, of that sign. Not 0: no row of Y.
    coefficients (D, M): of the members; see `combine`.
    inverse (D, D): that of the triangle taken[:, member].
    member (D,): the columns that are members.
    length (D,): of each member when it joined.
    volume (D + 1,): volume[m] is the product of the first m lengths.
    squares (M,): squared lengths of the columns' restrictions.
    """

    n_rows: int
    tolerance: Tolerance
    rest: np.ndarray
    taken: np.ndarray
    relation: np.ndarray
    coefficients: np.ndarray
    inverse: np.ndarray
    member: np.ndarray
    length: np.ndarray
    volume: np.ndarray
    squares: np.ndarray


def empty_chain(Y: np.ndarray, directions: np.ndarray, tolerance: Tolerance) -> Chain:
    """The Chain without members over unit rows Y (N, r) and directions (D, r)."""
    N, r = Y.shape
    D = r - 1
    padded = 64 * word_count(N)
    M = padded + D
    rest = np.zeros((D, r, M))
    rest[0, :, :N] = Y.T
    rest[0, :, N:padded] = 1
    rest[0, :, padded:] = directions.T
    relation = np.ones((D, M), np.int64)
    relation[0, :N] = 0
    return Chain(
        n_rows=N,
        tolerance=tolerance,
        rest=rest,
        taken=np.zeros((D, M)),
        relation=relation,
        coefficients=np.zeros((D, M)),
        inverse=np.zeros((D, D)),
        member=np.zeros(D, np.int64),
        length=np.empty(D),
        volume=np.ones(D + 1),
        squares=np.zeros(M),
    )


@kernel
def restrict(chain, m, t, start):
    """Column t joins as member m: rest[m + 1] from rest[m], one coordinate less.

    start: the first members are not rows of S (Y[0], c_D, ..), so many of them.
    Returns NO if the chain is dependent or holds a broken circuit, OPEN if rounding leaves that
    open, else YES.
    """
    N = chain.n_rows
    tolerance = chain.tolerance
    member = chain.member
    volume = chain.volume
    squares = chain.squares
    before = chain.relation[m]
    after = chain.relation[m + 1]
    if t < N and before[t] != 0:
        return NO
    reflect(chain, m, t)
    error = ERROR / volume[m + 1]
    small = most_doubtful(error, tolerance) ** 2
    count = 0
    for i in range(len(squares)):
        after[i] = before[i]
        count += (before[i] == 0) & (squares[i] <= small)
    if t < N:
        after[t] = m + 1
        count -= 1
    invert(chain, m)
    if count == 0:
        return YES
    combine(chain, m + 1, chain.coefficients)
    error_coefficient = ERROR / volume[m + 1] ** 2
    answer = YES
    for i in range(N):
        if after[i] == 0 and squares[i] <= small:
            first = 0
            if surely_zero(np.sqrt(squares[i]), error, tolerance):
                first = first_coefficient(chain, m + 1, start, i, 0, 0.0, error_coefficient)
            if first == 0:
                answer = OPEN
            elif member[abs(first) - 1] > i:
                return NO
            after[i] = first
    return answer


@kernel
def reflect(chain, m, t):
    """The restrictions and their squared lengths when column t becomes member m.

    A Householder reflection turns column t to the last coordinate, which is then left out.
    """
    width = chain.rest.shape[2]
    last = chain.rest.shape[1] - m - 1
    old = chain.rest[m]
    new = chain.rest[m + 1]
    taken = chain.taken[m]
    squares = chain.squares
    bottom = old[last]
    square = 0.0
    for c in range(last + 1):
        square += old[c, t] ** 2
    length = np.sqrt(square)
    chain.length[m] = length
    chain.volume[m + 1] = chain.volume[m] * length
    chain.member[m] = t
    u = bottom[t] / length
    for i in range(width):
        taken[i] = u * bottom[i]
        squares[i] = 0.0
    for c in range(last):
        row = old[c]
        u = row[t] / length
        for i in range(width):
            taken[i] += u * row[i]
    side = 1.0 if bottom[t] >= 0 else -1.0
    shrink = 1 / (length + abs(bottom[t]))
    for c in range(last):
        row = old[c]
        new_row = new[c]
        u = shrink * row[t]
        for i in range(width):
            x = row[i] - (taken[i] + side * bottom[i]) * u
            new_row[i] = x
            squares[i] += x * x


@kernel
def invert(chain, m):
    """Column m of the inverse of the triangle of the first m + 1 members, taken[q, member[s]]."""
    taken = chain.taken
    inverse = chain.inverse
    length = chain.length[m]
    column = chain.member[m]
    inverse[m, m] = 1 / length
    for q in range(m):
        total = 0.0
        for s in range(q, m):
            total += inverse[q, s] * taken[s, column]
        inverse[q, m] = -total / length


@kernel
def combine(chain, m, coefficients):
    """To `coefficients` (D, M): those of the first m members in every column.

    Column i is sum_q coefficients[q, i] member q and a rest that is orthogonal to all members.
    """
    taken = chain.taken
    inverse = chain.inverse
    for q in range(m):
        row = taken[q]
        a = coefficients[q]
        u = inverse[q, q]
        for i in range(len(a)):
            a[i] = u * row[i]
        for s in range(q + 1, m):
            row = taken[s]
            u = inverse[q, s]
            for i in range(len(a)):
                a[i] += u * row[i]


@kernel
def first_coefficient(chain, m, start, i, j, a_j, error):
    """The first nonzero coefficient in row i = a_j row j + sum_{q < m} a_q member q.

    Returns +-(q + 1) for a_q, of that sign, +-(m + 1) for a_j if all those are zero, and 0 if
    rounding (error: of a coefficient) leaves it open. start: as in `restrict`.
    """
    coefficients = chain.coefficients
    tolerance = chain.tolerance
    doubtful = most_doubtful(error, tolerance)
    for q in range(m):
        a = coefficients[q, i] - a_j * coefficients[q, j]
        if abs(a) > doubtful:
            if 0 < q < start:  # a generic direction: the row is near the chain, not in its span
                return 0
            return q + 1 if a > 0 else -q - 1
        if not surely_zero(abs(a), error, tolerance):
            return 0
    if abs(a_j) <= doubtful:
        return 0
    return m + 1 if a_j > 0 else -m - 1
