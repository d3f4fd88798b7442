"""A line of an arrangement and the rows on it: a part of `vertices`.

The first m - 1 members of the chain leave a space of three dimensions, in which rows are the columns of X (3, M). The
last, row t, leaves the line w(tau) = p + tau q, on which row i is height[i] + tau growth[i]. Its vertex is where that
is zero; its place, a monotone function of that tau, runs from -1 to 1. sigma[q, j] > 0: the cell of the vertex of row j
lies on the positive side of chain[q].
"""

import numpy as np

from .bits import below
from .chain import inlined, kernel

NO_PLACE = 1.5  # place of a row that does not cross the line, above every other place
UNIT = 2.0**30  # of the places as 32-bit integers
TINY = 1e-300  # keeps a quotient of zeros from being no number


@kernel
def frame_lines(X, begin, end, e, c, sign, frames):
    """The lines of rows t from `begin` to `end`, a column of `frames` each: orthonormal p, q, u, three numbers each; the
    length of row t; that of what the line leaves of row e.

    u is along row t, row e has that sign at p and does not change along q, row c grows.
    """
    x, y, z = X[0, begin:end], X[1, begin:end], X[2, begin:end]
    e0, e1, e2, c0, c1, c2 = X[0, e], X[1, e], X[2, e], X[0, c], X[1, c], X[2, c]
    p0, p1, p2 = frames[0, begin:end], frames[1, begin:end], frames[2, begin:end]
    q0, q1, q2 = frames[3, begin:end], frames[4, begin:end], frames[5, begin:end]
    u0, u1, u2 = frames[6, begin:end], frames[7, begin:end], frames[8, begin:end]
    lengths, sizes = frames[9, begin:end], frames[10, begin:end]
    for t in range(len(x)):
        length = np.sqrt(x[t] * x[t] + y[t] * y[t] + z[t] * z[t]) + TINY
        u, v, w = x[t] / length, y[t] / length, z[t] / length
        side = 1.0 if w >= 0 else -1.0
        shrink = 1 / (
            1 + abs(w)
        )  # of the reflection that turns u to the third axis, and these two to the others
        a0, a1, a2 = 1 - u * u * shrink, -u * v * shrink, -side * u
        b0, b1, b2 = a1, 1 - v * v * shrink, -side * v
        a, b = a0 * e0 + a1 * e1 + a2 * e2, b0 * e0 + b1 * e1 + b2 * e2
        size = np.sqrt(a * a + b * b) + TINY
        a, b = sign * a / size, sign * b / size
        grows = a * (b0 * c0 + b1 * c1 + b2 * c2) - b * (a0 * c0 + a1 * c1 + a2 * c2)
        p0[t], p1[t], p2[t] = a * a0 + b * b0, a * a1 + b * b1, a * a2 + b * b2
        turn = 1.0 if grows > 0 else -1.0
        q0[t], q1[t], q2[t] = (
            turn * (a * b0 - b * a0),
            turn * (a * b1 - b * a1),
            turn * (a * b2 - b * a2),
        )
        u0[t], u1[t], u2[t] = u, v, w
        lengths[t], sizes[t] = length, size


@kernel
def place_rows(N, X, basis, fixed, n_fixed, height, growth, places):
    """Height and growth of every row, and its place in units of 1 / UNIT; `fixed` rows have growth 0 and no place.

    Returns the least of abs(height) + abs(growth) over rows that are not `fixed`, at most 0.01.
    """
    x, y, z = X[0], X[1], X[2]
    p0, p1, p2 = basis[0], basis[1], basis[2]
    q0, q1, q2 = basis[3], basis[4], basis[5]
    count, least = -n_fixed, 0.01
    for i in range(len(height)):
        h = p0 * x[i] + p1 * y[i] + p2 * z[i]
        g = q0 * x[i] + q1 * y[i] + q2 * z[i]
        size = abs(h) + abs(g) + TINY
        f = h * UNIT / size
        height[i], growth[i], places[i] = h, g, np.int32(-f if g >= 0 else f)
        count += size < 0.01
    for s in range(n_fixed):
        growth[fixed[s]], places[fixed[s]] = 0.0, np.int32(NO_PLACE * UNIT)
    growth_behind, places_behind = growth[N:], places[N:]
    for i in range(len(growth_behind)):
        growth_behind[i], places_behind[i] = 0.0, np.int32(NO_PLACE * UNIT)
    if count:
        for i in range(N):
            size = abs(height[i]) + abs(growth[i])
            if size < least and places[i] != NO_PLACE * UNIT:
                least = size
    return least


@kernel
def place_of(height, growth, i):
    """Place of row i."""
    f = height[i] / (abs(height[i]) + abs(growth[i]))
    return -f if growth[i] >= 0 else f


@inlined
def side_of(X, B, basis, q, m, t, length, c, e, size_e, side):
    """`side` so that sigma[q, j] is side[:3]'X[:, j] + side[3] B[q, j], up to a positive factor, abs(growth[j]), where
    the latter has the sign of growth[j].

    B[q] are the coefficients of chain[q] but for the last member, row t; sigma[q, j] is the coefficient of chain[q] in
    direction c = lam row j + mu row e + sum_q sigma[q, j] chain[q].
    """
    last = (1.0 if q == m - 1 else -B[q, t]) / length
    height_c, growth_c, along_c = (
        product(basis, 0, X, c),
        product(basis, 3, X, c),
        product(basis, 6, X, c),
    )
    a_e = (B[q, e] + last * product(basis, 6, X, e)) / size_e
    of_growth, of_height = B[q, c] + last * along_c - a_e * height_c, a_e * growth_c
    for i in range(3):
        side[i] = of_growth * basis[3 + i] + of_height * basis[i] - growth_c * last * basis[6 + i]
    side[3] = -growth_c


@kernel
def product(basis, s, X, i):
    """Row i in direction p (s = 0), q (s = 3) or u (s = 6) of the `basis`."""
    return basis[s] * X[0, i] + basis[s + 1] * X[1, i] + basis[s + 2] * X[2, i]


@inlined
def add_side(X, B, side, growth, first, positive, i, bits, error):
    """Set the bit of row i in bits[j] where sigma[j] > 0, or not (`positive`), for j from `first` on.

    Returns how many sigma[j] rounding leaves open.
    """
    begin, end = first & ~31, len(growth)  # vector loops take 32 at a time, and the rest one by one
    x, y, z, b = X[0, begin:end], X[1, begin:end], X[2, begin:end], B[begin:end]
    growth, bits = growth[begin:], bits[begin:]
    s0, s1, s2, s3 = side[0], side[1], side[2], side[3]
    shift, turned, count = np.int64((i & 63) ^ 7), not positive, 0
    for j in range(len(bits)):
        sigma = s0 * x[j] + s1 * y[j] + s2 * z[j] + s3 * b[j]
        bits[j] |= np.int64((sigma > 0) ^ (growth[j] < 0) ^ turned) << shift
        count += (abs(sigma) < error) & (growth[j] != 0) & (j >= first - begin)
    return count


@kernel
def patterns_on_line(places, begin, end, units, same, sides, out):
    """The patterns of the vertices of rows from `begin` to `end` (left out), to the first of `out`.

    Row i has the bit of `same` if it comes after the vertex, else the other; sides[:, j] are added. Returns whether no
    row is closer than `units` to another's place, nor any to the ends.
    """
    j_places, others, end_place = places[begin:end], np.int64(0), np.int64(UNIT) - units
    for word in range(len(same)):
        j_sides, bits, same_bits = sides[word, begin:end], out[:, word], same[word]
        for s in range(len(j_places)):
            place, j = np.int64(j_places[s]), begin + s
            upto = below(places, word, np.int32(place + units + 1))
            own = np.int64(j >> 6 == word) << np.int64((j & 63) ^ 7)
            others |= upto ^ below(places, word, np.int32(place - units)) ^ own | np.int64(
                abs(place) > end_place
            )
            bits[s] = (upto ^ same_bits) | j_sides[s]
    return others == 0
