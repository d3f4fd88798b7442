"""Rows of integers modulo primes, along a chain: what is exactly zero, without large integers.

A part of `vertices`. A row that does not depend on others makes with them, and with more rows to a
basis, a determinant that is an integer other than zero. If the row depends on the others modulo
every prime, the primes' product divides that integer. So it is no smaller than their product, and
neither is the sine of the row smaller than `Tolerance.zero_below`.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from ..compiling import kernel

LARGEST = 2**31 - 1  # the sum of two products of residues fits in 64 bits
ROOT = 46341  # of LARGEST, rounded up

# Sines up to this are decided by residues: rounding leaves few larger ones open.
ENOUGH = 1e-6


class Residues(NamedTuple):
    """Work space: all rows modulo P primes, in coordinates that follow the members of a chain.

    primes (P,).
    tableau (P, D, r, N): column i of tableau[:, s] is row i in a basis whose first s vectors are
        members, each up to a factor. It depends on them if the other coordinates are zero.
    members (D,): the rows that are the first members of tableau; -1 from where there is none on.
    """

    primes: np.ndarray
    tableau: np.ndarray
    members: np.ndarray


def empty_residues(Z: np.ndarray, primes: tuple[int, ...]) -> Residues:
    """The Residues of rows of integers Z (N, r) without members."""
    N, r = Z.shape
    tableau = np.empty((len(primes), r - 1, r, N), np.uint64)
    for p, prime in enumerate(primes):
        tableau[p, 0] = (Z.T % prime).astype(np.uint64)
    return Residues(np.array(primes, np.uint64), tableau, np.full(r - 1, -1))


def primes_for(least: float) -> tuple[int, ...]:
    """Primes whose product, times `least`, is ENOUGH; none if `least` is, or is not known (0)."""
    chosen = []
    while 0 < least < ENOUGH:
        chosen.append(_prime(len(chosen)))
        least *= chosen[-1]
    return tuple(chosen)


@cache
def _prime(k):
    """The k-th prime below 2^31, the largest first."""
    n = _prime(k - 1) - 2 if k else LARGEST
    odd = np.arange(3, ROOT, 2)
    while not (n % odd).all():
        n -= 2
    return n


@kernel
def members_reduced(residues, member, m, start):
    """Bring `residues` to the first m members of a chain of which those before `start` are not
    rows, but for the first.

    Returns how many are, or -1 if they depend on each other modulo a prime.
    """
    members = residues.members
    s = 0
    for q in range(m):
        if 0 < q < start:
            continue
        if members[s] != member[q]:
            for later in range(s, len(members)):
                members[later] = -1
            for p in range(len(residues.primes)):
                tableau = residues.tableau[p]
                if not reduce(tableau[s], tableau[s + 1], member[q], s, residues.primes[p]):
                    return -1
            members[s] = member[q]
        s += 1
    return s


@kernel
def reduce(old, new, t, s, prime):
    """Row t becomes the s-th vector of the basis: `new` (r, N) from `old`.

    Coordinates are multiplied by a number that is not zero: no division is needed. Returns
    whether row t does not depend on the s vectors before.
    """
    pivot = pivot_of(old, t, s)
    if pivot < 0:
        return False
    top = old[pivot]
    first = new[s]
    factor = top[t]
    for i in range(len(top)):
        first[i] = top[i]
    for c in range(len(old)):
        if c == s:
            continue
        row = old[s] if c == pivot else old[c]
        reduced = new[c]
        other = prime - row[t]
        for i in range(len(top)):
            reduced[i] = (row[i] * factor + top[i] * other) % prime
    return True


@kernel
def pivot_of(tableau, j, s):
    """A coordinate of row j, from s on, that is not zero; -1 if there is none."""
    for c in range(s, len(tableau)):
        if tableau[c, j] != 0:
            return c
    return -1


@kernel
def may_vanish(residues, s, begin, end, i, j):
    """Whether coordinates from `begin` to `end` (left out) of row i are zero modulo all primes.

    If j is not -1, a multiple of row j is taken off first, which leaves in row i what depends on
    s members.
    """
    for p in range(len(residues.primes)):
        prime = residues.primes[p]
        tableau = residues.tableau[p, s]
        pivot = pivot_of(tableau, j, s) if j >= 0 else 0
        if pivot < 0:
            return False
        for c in range(begin, end):
            zero = tableau[c, i] == 0
            if j >= 0:
                one = tableau[c, i] * tableau[pivot, j] % prime
                zero = one == tableau[c, j] * tableau[pivot, i] % prime
            if not zero:
                return False
    return True
