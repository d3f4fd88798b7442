"""Compiled pricing: how long the projections of X'D theta on the cones of many packed patterns are.

Shapes: packed (P, ceil(n / 8)) patterns as np.packbits writes them; rows, columns as in `kernels`.
"""

import numpy as np
from numba import njit

from .kernels import HOW, _length, _project


@njit(**HOW)
def byte_table(X, theta):
    """Sums of theta_j x_j over every choice of the eight points of a byte, (bytes, 256, d)."""
    n, d = X.shape
    table = np.zeros(((n + 7) // 8, 256, d))
    for c in range(len(table)):
        for value in range(1, 256):
            bit = 0
            while not (value >> bit) & 1:
                bit += 1
            j = 8 * c + 7 - bit
            rest = value & (value - 1)
            for i in range(d):
                table[c, value, i] = table[c, rest, i] + (theta[j] * X[j, i] if j < n else 0.0)
    return table


@njit(**HOW)
def price(packed, table, rows, columns, cap, goal, conic, W, size, Q, R, held, h):
    """Bounds h (P, 2) on the lengths of the projections of X'D theta and -X'D theta, for entries above `goal` only.

    A projection stops once its length is at most `goal`, and counts as exact above; entries already at most `cap`
    need no work. Projections start from and update the working sets W (P, 2, d), size (P, 2), and their factors Q and
    R (P, 2, d, d) if `held`, else (1, 2, d, d) for scratch. Without cones (`conic` false) the length is that of
    X'D theta itself.
    """
    n, d = rows.shape
    z, p = np.empty(d), np.empty(d)
    mu, new, v, t, sgn = np.empty(d), np.empty(d), np.empty(d), np.empty(n), np.empty(n)
    for i in range(len(packed)):
        if h[i, 0] <= cap and h[i, 1] <= cap:
            continue
        for l in range(d):
            z[l] = 0.0
        for c in range(packed.shape[1]):
            byte = packed[i, c]
            for l in range(d):
                z[l] += table[c, byte, l]
        length = _length(z)
        expanded = False
        for s in range(2):
            if s == 1:
                for l in range(d):
                    z[l] = -z[l]
            if h[i, s] <= cap:
                continue
            h[i, s] = length
            if conic and length > goal:
                if not expanded:
                    for j in range(n):
                        sgn[j] = 1.0 if (packed[i, j >> 3] >> (7 - (j & 7))) & 1 else -1.0
                    expanded = True
                slot, first = (i, size[i, s]) if held else (0, 0)
                k, h[i, s] = _project(
                    rows,
                    columns,
                    sgn,
                    z,
                    goal,
                    W[i, s],
                    first,
                    size[i, s],
                    p,
                    Q[slot, s],
                    R[slot, s],
                    mu,
                    new,
                    v,
                    t,
                )
                size[i, s] = k
