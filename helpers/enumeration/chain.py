"""Rows of an arrangement restricted to where those of a chain vanish, one after another: a part of `vertices`.

Arrays, one column a row of Y, then c_1 .. c_D, then padding: L[m] (r - m, M) what is left of them after m members of
the chain; H[m] what member m took; rho[m] that member's length, volume[m] the product of the first m; F[m] 0, or
+-(q + 1) for a row that depends on the chain, its first nonzero coefficient being that of chain[q], of that sign; A[q]
coefficients of chain[q]; inverse (D, D) that of the triangle H[:, chain]. `zero`: see Arrangement. `start`: how many
members are not rows of S (Y[0], c_D, ..).
"""

import numpy as np
from numba.extending import register_jitable

from .whitening import ERROR

# Nothing compiled allocates, so that views need no reference counts (their atomic increments took a third of the time).
OPTIONS = {"error_model": "numpy", "_nrt": False}
kernel = register_jitable(**OPTIONS)
inlined = register_jitable(inline="always", **OPTIONS)


@kernel
def restrict(N, L, H, F, A, inverse, rho, volume, chain, square, m, t, start, zero):
    """Restrict all rows to those w with row t zero: L[m + 1] from L[m], one coordinate less (a Householder reflection).

    Returns 1, or 0 if the chain is dependent or holds a broken circuit, 2 if rounding leaves that open.
    """
    width, last = L.shape[2], L.shape[1] - m - 1
    before, after, h, bottom = F[m], F[m + 1], H[m], L[m, last]
    if t < N and before[t] != 0:
        return 0
    length = 0.0
    for c in range(last + 1):
        length += L[m, c, t] ** 2
    rho[m] = np.sqrt(length)
    volume[m + 1] = volume[m] * rho[m]
    chain[m] = t
    u = bottom[t] / rho[m]
    for i in range(width):
        h[i] = u * bottom[i]
        square[i] = 0.0
    for c in range(last):
        row, u = L[m, c], L[m, c, t] / rho[m]
        for i in range(width):
            h[i] += u * row[i]
    side = 1.0 if bottom[t] >= 0 else -1.0
    shrink = 1 / (rho[m] + abs(bottom[t]))
    for c in range(last):
        row, new, u = L[m, c], L[m + 1, c], shrink * L[m, c, t]
        for i in range(width):
            x = row[i] - (h[i] + side * bottom[i]) * u
            new[i] = x
            square[i] += x * x
    error = ERROR / volume[m + 1]
    small = most_doubtful(error, zero) ** 2
    count = 0
    for i in range(width):
        after[i] = before[i]
        count += (before[i] == 0) & (square[i] <= small)
    if t < N:
        after[t] = m + 1
        count -= 1
    invert(H, inverse, rho, chain, m)
    if count == 0:
        return 1
    combine(H, A, inverse, m + 1)
    answer = 1
    for i in range(N):
        if after[i] == 0 and square[i] <= small:
            first = 0
            if surely_zero(np.sqrt(square[i]), error, zero):
                first = first_coefficient(
                    A, m + 1, start, i, 0, 0.0, ERROR / volume[m + 1] ** 2, zero
                )
            if first == 0:
                answer = 2
            elif chain[abs(first) - 1] > i:
                return 0
            after[i] = first
    return answer


@kernel
def most_doubtful(error, zero):
    """A sine above this is not zero."""
    return zero[0] + zero[3] * error


@kernel
def surely_zero(sine, error, zero):
    """Is a sine zero, whatever its error?"""
    return sine + error <= zero[1] and sine <= zero[2] * error


@kernel
def invert(H, inverse, rho, chain, m):
    """The last column of the inverse of the triangle of the first m + 1 members, H[q, chain[s]] at (q, s)."""
    inverse[m, m] = 1 / rho[m]
    for q in range(m):
        total = 0.0
        for s in range(q, m):
            total += inverse[q, s] * H[s, chain[m]]
        inverse[q, m] = -total / rho[m]


@kernel
def combine(H, A, inverse, m):
    """Every row as sum_q A[q] chain[q] and a rest orthogonal to the first m members of the chain."""
    for q in range(m):
        h, a, u = H[q], A[q], inverse[q, q]
        for i in range(len(a)):
            a[i] = u * h[i]
        for s in range(q + 1, m):
            h, u = H[s], inverse[q, s]
            for i in range(len(a)):
                a[i] += u * h[i]


@kernel
def first_coefficient(A, m, start, i, j, a_j, error, zero):
    """Row i = a_j row j + sum_q a_q chain[q]: +-(q + 1) for the first nonzero a_q, q < m, of that sign; +-(m + 1) for
    a_j if all those are zero; 0 if rounding leaves that open."""
    for q in range(m):
        a = A[q, i] - a_j * A[q, j]
        if abs(a) > most_doubtful(error, zero):
            if 0 < q < start:  # a generic direction: the row is near the chain, not in its span
                return 0
            return q + 1 if a > 0 else -q - 1
        if not surely_zero(abs(a), error, zero):
            return 0
    if abs(a_j) <= most_doubtful(error, zero):
        return 0
    return m + 1 if a_j > 0 else -m - 1
