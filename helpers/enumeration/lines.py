"""A line of an arrangement and the rows on it: a part of `vertices`.

The first D - 1 members of the chain but one leave a space of three dimensions, in which rows are
the columns of X (3, M). The last, row t, leaves the line w(tau) = p + tau q, on which row i is
height[i] + tau growth[i]. Its vertex is where that is zero; its place, a monotone function of that
tau, runs from -1 to 1. sigma[q, j] > 0: the cell of the vertex of row j lies on the positive side
of member q.
"""

from typing import NamedTuple

import numpy as np

from ..compiling import inlined, kernel
from .bits import below

# Places as 32-bit integers, sixteen to a vector register, are in units of 2^-30: 2.0 still fits.
UNIT = 2.0**30

# The place of a row that does not cross the line: above every other, 1, and still an integer.
NO_PLACE = np.int32(1.5 * UNIT)

# Added to lengths, so that a quotient of zeros is zero; far below the rounding of any unit row.
TINY = 1e-300

# A row whose height and growth are smaller than this is looked at once more: its place may be
# wrong by more than the others'.
SHORT = 0.01

# Rows of `frames`: the unit vectors p, q, u begin at these, then come the two lengths.
P = 0
Q = 3
U = 6
LENGTH = 9
LENGTH_E = 10
FRAME = 11


class Level(NamedTuple):
    """What a line is directed by: on it column e has the value `sign`, and column c grows."""

    e: int
    sign: float
    c: int


class Line(NamedTuple):
    """Work space: the rows on one line, and the lines of a plane.

    frames (FRAME, M): frames[:, t] is the frame of the line of row t; see `frame_lines`.
    height, growth (padded,): of every row; see above.
    places (padded,): places of their vertices, int32, in units of 1 / UNIT.
    side (D, 4): sigma of member q; see `side_of`.
    positive (D,): whether it is positive at the vertex at hand.
    sides (words, padded): sides[:, j] holds, as words, the bits of the rows that depend on the
        chain at the vertex of row j.
    same (words,): the bits that are the same at all vertices of the line, before places count.
    """

    frames: np.ndarray
    height: np.ndarray
    growth: np.ndarray
    places: np.ndarray
    side: np.ndarray
    positive: np.ndarray
    sides: np.ndarray
    same: np.ndarray


def empty_line(D: int, padded: int) -> Line:
    """Work space for `padded` rows and D directions."""
    words = padded // 64
    return Line(
        frames=np.empty((FRAME, padded + D)),
        height=np.zeros(padded),
        growth=np.zeros(padded),
        places=np.zeros(padded, np.int32),
        side=np.empty((D, 4)),
        positive=np.zeros(D, bool),
        sides=np.zeros((words, padded), np.int64),
        same=np.zeros(words, np.int64),
    )


@kernel
def frame_lines(X, begin, end, level, frames):
    """Frames of the lines of columns t from `begin` to `end`, frames[:, t] each.

    They are orthonormal vectors p, q, u, the length of column t, and the length of what the line
    leaves of column e. u is along column t, column e has the sign of the level at p and does not
    change along q, column c grows along q.
    """
    x = X[0, begin:end]
    y = X[1, begin:end]
    z = X[2, begin:end]
    e0 = X[0, level.e]
    e1 = X[1, level.e]
    e2 = X[2, level.e]
    c0 = X[0, level.c]
    c1 = X[1, level.c]
    c2 = X[2, level.c]
    p0 = frames[P, begin:end]
    p1 = frames[P + 1, begin:end]
    p2 = frames[P + 2, begin:end]
    q0 = frames[Q, begin:end]
    q1 = frames[Q + 1, begin:end]
    q2 = frames[Q + 2, begin:end]
    u0 = frames[U, begin:end]
    u1 = frames[U + 1, begin:end]
    u2 = frames[U + 2, begin:end]
    lengths = frames[LENGTH, begin:end]
    lengths_e = frames[LENGTH_E, begin:end]
    for t in range(len(x)):
        length = np.sqrt(x[t] * x[t] + y[t] * y[t] + z[t] * z[t]) + TINY
        u = x[t] / length
        v = y[t] / length
        w = z[t] / length
        # the reflection that turns (u, v, w) to the third axis, and these two to the others
        side = 1.0 if w >= 0 else -1.0
        shrink = 1 / (1 + abs(w))
        a0 = 1 - u * u * shrink
        a1 = -u * v * shrink
        a2 = -side * u
        b0 = a1
        b1 = 1 - v * v * shrink
        b2 = -side * v
        # p is along what is left of column e, q across
        a = a0 * e0 + a1 * e1 + a2 * e2
        b = b0 * e0 + b1 * e1 + b2 * e2
        length_e = np.sqrt(a * a + b * b) + TINY
        a = level.sign * a / length_e
        b = level.sign * b / length_e
        p0[t] = a * a0 + b * b0
        p1[t] = a * a1 + b * b1
        p2[t] = a * a2 + b * b2
        grows = a * (b0 * c0 + b1 * c1 + b2 * c2) - b * (a0 * c0 + a1 * c1 + a2 * c2)
        turn = 1.0 if grows > 0 else -1.0
        q0[t] = turn * (a * b0 - b * a0)
        q1[t] = turn * (a * b1 - b * a1)
        q2[t] = turn * (a * b2 - b * a2)
        u0[t] = u
        u1[t] = v
        u2[t] = w
        lengths[t] = length
        lengths_e[t] = length_e


@kernel
def place_rows(N, X, frame, fixed, n_fixed, line):
    """Height, growth and place of each of the N rows on the line with that frame.

    The first n_fixed rows of `fixed` depend on the chain: growth 0 and no place. Returns the least
    of abs(height) + abs(growth) over the others, at most SHORT.
    """
    x = X[0]
    y = X[1]
    z = X[2]
    p0 = frame[P]
    p1 = frame[P + 1]
    p2 = frame[P + 2]
    q0 = frame[Q]
    q1 = frame[Q + 1]
    q2 = frame[Q + 2]
    height = line.height
    growth = line.growth
    places = line.places
    short = -n_fixed
    for i in range(len(height)):
        h = p0 * x[i] + p1 * y[i] + p2 * z[i]
        g = q0 * x[i] + q1 * y[i] + q2 * z[i]
        size = abs(h) + abs(g) + TINY
        place = h * UNIT / size
        height[i] = h
        growth[i] = g
        places[i] = np.int32(-place if g >= 0 else place)
        short += size < SHORT
    for s in range(n_fixed):
        growth[fixed[s]] = 0.0
        places[fixed[s]] = NO_PLACE
    growth_of_padding = growth[N:]
    places_of_padding = places[N:]
    for i in range(len(growth_of_padding)):
        growth_of_padding[i] = 0.0
        places_of_padding[i] = NO_PLACE
    least = SHORT
    if short:
        for i in range(N):
            size = abs(height[i]) + abs(growth[i])
            if size < least and places[i] != NO_PLACE:
                least = size
    return least


@kernel
def place_of(line, i):
    """Place of row i, from -1 to 1, as a float."""
    h = line.height[i]
    g = line.growth[i]
    place = h / (abs(h) + abs(g))
    return -place if g >= 0 else place


@inlined
def side_of(X, B, frame, q, last, level, side):
    """`side` (4,) so that sigma[q, j] is side[:3]'X[:, j] + side[3] B[j], for all rows j.

    That is up to a positive factor, abs(growth[j]), where it has the sign of growth[j].
    B (M,): coefficients of member q in all columns, before the last member, row t, joined.
    last: (1 if member q is row t else -B[t]) over the length of row t.
    sigma[q, j] is the coefficient of member q in
    direction c = lam row j + mu column e + sum_q sigma[q, j] member q.
    """
    c = level.c
    e = level.e
    height_c = component(frame, P, X, c)
    growth_c = component(frame, Q, X, c)
    along_c = component(frame, U, X, c)
    a_e = (B[e] + last * component(frame, U, X, e)) / (level.sign * frame[LENGTH_E])
    of_growth = B[c] + last * along_c - a_e * height_c
    of_height = a_e * growth_c
    for i in range(3):
        across = of_growth * frame[Q + i] + of_height * frame[P + i]
        side[i] = across - growth_c * last * frame[U + i]
    side[3] = -growth_c


@kernel
def component(frame, axis, X, i):
    """Component of column i along p, q or u (axis P, Q or U) of the frame."""
    return frame[axis] * X[0, i] + frame[axis + 1] * X[1, i] + frame[axis + 2] * X[2, i]


@inlined
def add_side(X, B, side, growth, first, positive, i, bits, error):
    """Set the bit of row i in bits[j], j from `first` on, where sigma[j] > 0, or (not `positive`)
    where it is not.

    side, B: sigma[j] is as in `side_of`; error: that of a sigma. Returns how many signs rounding
    leaves open.
    """
    begin = first & ~31  # vector loops take 32 at a time, and the rest one by one
    end = len(growth)
    x = X[0, begin:end]
    y = X[1, begin:end]
    z = X[2, begin:end]
    b = B[begin:end]
    growth = growth[begin:]
    bits = bits[begin:]
    s0 = side[0]
    s1 = side[1]
    s2 = side[2]
    s3 = side[3]
    shift = np.int64((i & 63) ^ 7)
    turned = not positive
    count = 0
    for j in range(len(bits)):
        sigma = s0 * x[j] + s1 * y[j] + s2 * z[j] + s3 * b[j]
        bits[j] |= np.int64((sigma > 0) ^ (growth[j] < 0) ^ turned) << shift
        count += (abs(sigma) < error) & (growth[j] != 0) & (j >= first - begin)
    return count


@kernel
def patterns_on_line(line, begin, end, units, out):
    """The patterns of the vertices of rows from `begin` to `end` (left out), to the first of `out`.

    Row i has the bit of `same` if it comes after the vertex, else the other; `sides` are added.
    Returns whether no row is closer than `units` to another's place, nor any to the ends.
    """
    places = line.places
    j_places = places[begin:end]
    end_place = np.int64(UNIT) - units
    close = np.int64(0)
    for word in range(len(line.same)):
        same = line.same[word]
        sides = line.sides[word, begin:end]
        bits = out[:, word]
        for s in range(len(j_places)):
            place = np.int64(j_places[s])
            j = begin + s
            upto = below(places, word, np.int32(place + units + 1))
            before = below(places, word, np.int32(place - units))
            own = np.int64(j >> 6 == word) << np.int64((j & 63) ^ 7)
            at_end = np.int64(abs(place) > end_place)
            close |= (upto ^ before ^ own) | at_end
            bits[s] = (upto ^ same) | sides[s]
    return close == 0
