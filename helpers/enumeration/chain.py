"""Rows of an arrangement restricted to where those of a chain vanish, one after another.

A part of `vertices`. The columns of all arrays here are the N rows of Y, then padding up to a
multiple of 64, then the directions c_1 .. c_D.
"""

from typing import NamedTuple

import numpy as np

from ..compiling import embedded, kernel
from .arrangement import Arrangement
from .bits import word_count
from .residues import Residues, empty_residues, may_vanish, members_reduced
from .tolerance import Tolerance, most_doubtful, surely_zero

# Answers to whether there is a cell, or a chain: no, yes, or that rounding leaves it open.
NO = 0
YES = 1
OPEN = 2


class Chain(NamedTuple):
    """Work space: a chain of up to D members, D = r - 1, and all M columns restricted by them.

    n_rows: N, the number of rows of Y.
    tolerance: which sines count as zero.
    residues: the rows as integers, where the tolerance asks for them.
    rest (D, r, M): rest[m, : r - m] is what m members leave of the columns.
    taken (D, M): what member m took of the columns, their component along its restriction.
    relation (D, M): of columns after m members; 0, or +-(q + 1) for a row that depends on them,
        whose first nonzero coefficient is that of member q, of that sign. Not 0: no row of Y.
    coefficients (D, M): of the members; see `combine`.
    inverse (D, D): that of the triangle taken[:, member].
    dual (D,): see `duals`.
    held, dual_squares (D,): the same for the row that `depends` looks at: its coefficients.
    member (D,): the columns that are members.
    length (D,): of each member when it joined.
    volume (D + 1,): volume[m] is the product of the first m lengths.
    squares (M,): squared lengths of the columns' restrictions.
    """

    n_rows: int
    tolerance: Tolerance
    residues: Residues
    rest: np.ndarray
    taken: np.ndarray
    relation: np.ndarray
    coefficients: np.ndarray
    inverse: np.ndarray
    dual: np.ndarray
    held: np.ndarray
    dual_squares: np.ndarray
    member: np.ndarray
    length: np.ndarray
    volume: np.ndarray
    squares: np.ndarray


class Near(NamedTuple):
    """Row i, near the span of members of a chain, or of theirs and row j (j = -1: of theirs alone).

    a_j: what row i holds of row j. length_j: of what the members leave of row j.
    sine: of the angle between row i and that span.
    """

    i: int
    j: int
    a_j: float
    length_j: float
    sine: float


def empty_chain(A: Arrangement) -> Chain:
    """The Chain without members over the rows and the directions of an Arrangement."""
    N, r = A.Y.shape
    D = r - 1
    padded = 64 * word_count(N)
    M = padded + D
    rest = np.zeros((D, r, M))
    rest[0, :, :N] = A.Y.T
    rest[0, :, N:padded] = 1
    rest[0, :, padded:] = A.directions.T
    relation = np.ones((D, M), np.int64)
    relation[0, :N] = 0
    return Chain(
        n_rows=N,
        tolerance=A.tolerance,
        residues=empty_residues(A.source, A.primes),
        rest=rest,
        taken=np.zeros((D, M)),
        relation=relation,
        coefficients=np.zeros((D, M)),
        inverse=np.zeros((D, D)),
        dual=np.zeros(D),
        held=np.zeros(D),
        dual_squares=np.zeros(D),
        member=np.zeros(D, np.int64),
        length=np.empty(D),
        volume=np.ones(D + 1),
        squares=np.zeros(M),
    )


@embedded
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
    error = tolerance.error / volume[m + 1]
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
    duals(chain, m + 1)
    answer = YES
    for i in range(N):
        if after[i] == 0 and squares[i] <= small:
            near = Near(i=i, j=-1, a_j=0.0, length_j=np.inf, sine=np.sqrt(squares[i]))
            dependent, first = depends(chain, m + 1, m + 1, start, near)
            if dependent == NO:
                continue
            if dependent == OPEN:
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
def duals(chain, m):
    """Squares of the lengths of the vectors dual to the first m members, to chain.dual.

    A coefficient of member q, over the length of its dual vector, is a sine: that of the angle
    with what the other members span.
    """
    for q in range(m):
        total = 0.0
        for s in range(q, m):
            total += chain.inverse[q, s] ** 2
        chain.dual[q] = total


@embedded
def depends(chain, m, n_before, start, near):
    """Whether row i depends on the first m members and row j, and on which of them first.

    Returns an answer, and of the first nonzero coefficient among those of the first n_before
    members +-(q + 1), if it is that of member q, of that sign, or +-(n_before + 1) for row j.
    start: as in `restrict`. Of directions nothing depends: what they hold of row i is added to
    what is left of it.
    """
    i = near.i
    j = near.j
    tolerance = chain.tolerance
    residues = chain.residues
    held = chain.held
    dual_squares = chain.dual_squares
    square = 1 + near.a_j**2
    condition = 1 / near.length_j**2
    left = near.sine
    errors = 1.0
    for q in range(m):
        a = chain.coefficients[q, i]
        dual_square = chain.dual[q]
        if j >= 0:
            b = chain.coefficients[q, j]
            a -= near.a_j * b
            dual_square += (b / near.length_j) ** 2
        held[q] = a
        dual_squares[q] = dual_square
        square += a**2
        condition += dual_square
        if 0 < q < start:
            left += abs(a)
            errors += np.sqrt(dual_square)
    error = tolerance.error * np.sqrt(square)
    least = most_doubtful(error, tolerance)
    if most_doubtful(tolerance.error, tolerance) ** 2 * condition > 1:
        return OPEN, 0
    if near.sine > least:
        return NO, 0
    if not surely_zero(left, error * errors, tolerance):
        return OPEN, 0
    s = members_reduced(residues, chain.member, m, start)
    if s < 0 or not may_vanish(residues, s, s, chain.rest.shape[1], i, j):
        return OPEN, 0
    for q in range(n_before):
        if 0 < q < start:
            continue
        a = held[q]
        if a**2 > least**2 * dual_squares[q]:
            return YES, (q + 1 if a > 0 else -q - 1)
        if not surely_zero(abs(a) / np.sqrt(dual_squares[q]), error, tolerance):
            return OPEN, 0
        c = max(q - max(start - 1, 0), 0)
        if not may_vanish(residues, s, c, c + 1, i, j):
            return OPEN, 0
    if j < 0 or abs(near.a_j) * near.length_j <= least:
        return OPEN, 0
    return YES, (n_before + 1 if near.a_j > 0 else -n_before - 1)
