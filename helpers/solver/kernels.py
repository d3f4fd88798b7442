"""Compiled inner loops of the convex solver: projection on pattern cones.

A cone is K = {u : c_j'u >= 0}, c_j = sgn_j x_j / ||x_j||. By Moreau, the projection of z is
p = z + sum_j mu_j c_j with the multipliers mu >= 0 that make it shortest. Whatever mu >= 0,
||p|| bounds the projection's length from above, so a loop that stops early still proves
something.

All is written as loops rather than array expressions: that halves what there is to compile at
the first call.
"""

from typing import NamedTuple

import numpy as np

from ..compiling import ANY_ORDER, compiled, loose_kernel, shared_kernel

# A constraint c_j'p >= 0 counts as met up to this share of its terms. The sums of a few dozen terms
# are right to about 1e-15 of them, so this is far above rounding.
TOLERANCE = 1e-12

# A unit row whose part outside the working set's span is shorter than this, coordinate by
# coordinate in units of `bulk`, adds nothing: its multiplier would have about six digits.
DEPENDENT = 1e-10

# Divides by a length that may be zero: the quotient of zero by it is zero.
LEAST = 1e-300


class Normals(NamedTuple):
    """The rows of X at unit length, zero rows left zero: normals of the walls of every cone.

    Where columns differ in size, or in the coordinates of `scaling.Slanted`, coordinates of the
    rows differ by many powers of ten, and cones are needles. What counts as rounding is therefore
    measured in each coordinate by itself.
    """

    rows: np.ndarray  # (n, d)
    columns: np.ndarray  # (d, n), their transpose: loops along the data run through memory in order
    bulk: np.ndarray  # (d,) the largest entry of every coordinate, 1 where there is none
    passes: int  # times that the rows' span is taken off a point: twice where `bulk` differs


class Face(NamedTuple):
    """The working set of one projection: the rows it rests on, and their QR factors."""

    W: np.ndarray  # (d,) int32, the first k entries in use
    Q: np.ndarray  # (d, d), Q[:k] orthonormal, spanning those rows
    R: np.ndarray  # (d, d), R[:k, :k] the upper triangle with rows = R' Q


class Faces(NamedTuple):
    """The working sets of F projections, each remembered to begin the next one from."""

    W: np.ndarray  # (F, d) int32
    mu: np.ndarray  # (F, d) the multipliers of those rows
    size: np.ndarray  # (F,) int32, how many entries of W and mu are in use
    Q: np.ndarray  # (F, d, d), or (1, d, d) as scratch if the factors are not held
    R: np.ndarray
    held: bool  # the factors are kept from call to call; otherwise they are rebuilt


def no_faces(count: int, d: int, held: bool) -> Faces:
    """Room for so many working sets in d dimensions, all empty."""
    factors = np.empty((2, count if held else 1, d, d))
    return Faces(
        W=np.zeros((count, d), np.int32),
        mu=np.zeros((count, d)),
        size=np.zeros(count, np.int32),
        Q=factors[0],
        R=factors[1],
        held=held,
    )


class Scratch(NamedTuple):
    """What a projection writes on."""

    mu: np.ndarray  # (d,) multipliers of the working set, which are kept
    new: np.ndarray  # (d,) those of least squares, on the way to which one may turn negative
    v: np.ndarray  # (d,) a row on its way into the factors
    slack: np.ndarray  # (n,) c_j'p of every constraint


@loose_kernel
def length(z):
    """||z||."""
    square = 0.0
    for i in range(z.size):
        square += z[i] * z[i]
    return np.sqrt(square)


@shared_kernel
def _orthogonalise(face, k, v, bulk):
    """Take v in as row k of the factors, by Gram-Schmidt. Returns the length it added.

    Q[k] is v's part outside the span of Q[:k], normalised; R[:k + 1, k] are its coefficients. It is
    taken twice, which keeps small coordinates relatively as accurate as large ones. A length that
    may be rounding is measured in units of bulk.
    """
    d = v.size
    for q in range(k):
        face.R[q, k] = 0.0
    for _ in range(2):
        for q in range(k):
            a = 0.0
            for i in range(d):
                a += face.Q[q, i] * v[i]
            for i in range(d):
                v[i] -= a * face.Q[q, i]
            face.R[q, k] += a
    size = length(v)
    face.R[k, k] = size
    for i in range(d):
        face.Q[k, i] = v[i] / max(size, LEAST)
    if size > DEPENDENT:
        return size
    added = 0.0
    for i in range(d):
        a = v[i] / bulk[i]
        added += a * a  # a power would be one more function to compile
    return np.sqrt(added)


@shared_kernel
def _factor(normals, sgn, face, first, k, v):
    """Rebuild the factors of W[:k] from position `first` on; dependent rows leave. Returns k."""
    m = first
    for q in range(first, k):
        j = face.W[q]
        face.W[m] = j
        for i in range(v.size):
            v[i] = sgn[j] * normals.rows[j, i]
        if _orthogonalise(face, m, v, normals.bulk) > DEPENDENT:
            m += 1
    return m


@loose_kernel
def _multipliers(face, k, z, mu):
    """Least squares on the working set: mu with R mu = -Q z."""
    for q in range(k - 1, -1, -1):
        a = 0.0
        for i in range(z.size):
            a -= face.Q[q, i] * z[i]
        for m in range(q + 1, k):
            a -= face.R[q, m] * mu[m]
        mu[q] = a / face.R[q, q]


@loose_kernel
def _residual(Q, k, passes, z, p):
    """p = z without its part in the span of Q[:k], taken off so many times; returns ||p||."""
    d = z.size
    for i in range(d):
        p[i] = z[i]
    for _ in range(passes):
        for q in range(k):
            a = 0.0
            for i in range(d):
                a += Q[q, i] * p[i]
            for i in range(d):
                p[i] -= a * Q[q, i]
    return length(p)


@loose_kernel
def _most_violated(columns, sgn, p, slack):
    """Index and value of the most violated constraint, min_j c_j'p; (-1, 0) if all are met."""
    n = slack.size
    for j in range(n):
        slack[j] = 0.0
    for i in range(p.size):
        a = p[i]
        for j in range(n):
            slack[j] += a * columns[i, j]
    least = 0.0
    for j in range(n):
        slack[j] *= sgn[j]
        least = min(least, slack[j])
    if least < 0:
        for j in range(n):
            if slack[j] == least:
                return j, least
    return -1, 0.0


@loose_kernel
def _leave(W, mu, i, k):
    """Take entry i out of the working set W[:k] and of its multipliers."""
    for m in range(i, k - 1):
        W[m] = W[m + 1]
        mu[m] = mu[m + 1]


@loose_kernel
def _warm_start(normals, sgn, z, face, known, k, scratch):
    """The largest part of the working set W[:k] with positive multipliers. Returns its size."""
    mu = scratch.mu
    k = _factor(normals, sgn, face, known, k, scratch.v)
    while k > 0:
        _multipliers(face, k, z, mu)
        least = 0
        for q in range(1, k):
            if mu[q] < mu[least]:
                least = q
        if mu[least] > 0:
            break
        _leave(face.W, mu, least, k)
        k = _factor(normals, sgn, face, least, k - 1, scratch.v)
    return k


@loose_kernel
def _rebalance(normals, sgn, z, face, k, scratch):
    """Move mu to the least squares of W[:k]; entries that would turn negative leave on the way.

    Returns the size of the working set, and whether entry k - 1, the newest, was among them.
    """
    mu = scratch.mu
    new = scratch.new
    newest = face.W[k - 1]
    stuck = False
    while True:
        _multipliers(face, k, z, new)
        step = 1.0
        leave = -1
        for i in range(k):
            if new[i] <= 0:
                a = mu[i] / (mu[i] - new[i]) if mu[i] > 0 else 0.0
                if leave < 0 or a < step:
                    step = a
                    leave = i
        if leave < 0:
            for i in range(k):
                mu[i] = new[i]
            return k, stuck
        stuck = stuck or face.W[leave] == newest
        for i in range(k):
            mu[i] += step * (new[i] - mu[i])
        _leave(face.W, mu, leave, k)
        k = _factor(normals, sgn, face, leave, k - 1, scratch.v)


@loose_kernel
def _project_one(normals, sgn, z, goal, face, known, k, p, scratch):
    """The projection p of z on the cone of signs sgn (n,): Lawson and Hanson's active set on mu.

    Begins at the working set W[:k], whose first `known` rows have factors; all have
    afterwards. Stops early once ||p|| <= goal. Returns the size of the working set.
    """
    d = z.size
    k = _warm_start(normals, sgn, z, face, known, k, scratch)
    norm = _residual(face.Q, k, normals.passes, z, p)
    # An active set that does not cycle takes about as many steps as rows join and leave it.
    for _ in range(3 * len(sgn) + 10 * d):
        if norm <= goal:
            break
        if k == d:  # nothing but the origin is left
            for i in range(d):
                p[i] = 0.0
            break
        j, least = _most_violated(normals.columns, sgn, p, scratch.slack)
        terms = 0.0
        for i in range(d):
            terms += normals.bulk[i] * abs(p[i])
        if least >= -TOLERANCE * terms:
            break
        for i in range(d):
            scratch.v[i] = sgn[j] * normals.rows[j, i]
        if _orthogonalise(face, k, scratch.v, normals.bulk) <= DEPENDENT:
            break
        face.W[k] = j
        scratch.mu[k] = 0.0
        k, stuck = _rebalance(normals, sgn, z, face, k + 1, scratch)
        norm = _residual(face.Q, k, normals.passes, z, p)
        if stuck:  # rounding: the row just added left again
            break
    return k


@loose_kernel
def _signs(D, b, sgn):
    """Set sgn (n,): +1 where pattern b is active, else -1."""
    for j in range(sgn.size):
        sgn[j] = 1.0 if D[b, j] else -1.0


@compiled(**ANY_ORDER)
def project(normals, D, Z, goal, which, faces):
    """Projections (B, d) of Z (B, d) on the cones of D (B, n), begun from the faces `which` (B,).

    Those are then the faces of these projections. A projection stops once its length is at most
    `goal`, short of the cone; the length bounds that of the projection all the same.
    """
    B, d = Z.shape
    P = np.empty((B, d))
    new = np.empty(d)
    v = np.empty(d)
    sgn = np.empty(D.shape[1])
    slack = np.empty(D.shape[1])
    for b in range(B):
        _signs(D, b, sgn)
        f = which[b]
        k = np.int64(faces.size[f])
        slot = f if faces.held else 0
        known = k if faces.held else 0
        face = Face(faces.W[f], faces.Q[slot], faces.R[slot])
        scratch = Scratch(faces.mu[f], new, v, slack)
        faces.size[f] = _project_one(normals, sgn, Z[b], goal, face, known, k, P[b], scratch)
    return P


@loose_kernel
def face_basis(normals, sgn, face, known, k, v, left, basis):
    """The basis, (d, d), of one face; `basis` is zero before. v, left (d,): what is written on."""
    d = v.size
    k = _factor(normals, sgn, face, known, k, v)
    left[:] = 1.0  # of every unit vector, what the rows so far do not span
    for m in range(d):
        if m >= k:
            most = 0
            for i in range(d):
                v[i] = 0.0
                if left[i] > left[most]:
                    most = i
            v[most] = 1.0
            _orthogonalise(face, m, v, normals.bulk)
            for i in range(d):
                basis[m - k, i] = face.Q[m, i]
        for i in range(d):
            left[i] -= face.Q[m, i] * face.Q[m, i]


@compiled(**ANY_ORDER)
def face_bases(normals, D, which, faces):
    """Orthonormal bases, (B, d, d), a vector a row, of what the working sets `which` (B,) leave.

    They are orthogonal to the rows W[f, :size[f]]; what is left of the d places is zero. What
    the factors hold beyond the working sets is lost.
    """
    B = len(which)
    d = faces.W.shape[1]
    bases = np.zeros((B, d, d))
    v = np.empty(d)
    left = np.empty(d)
    sgn = np.empty(D.shape[1])
    for b in range(B):
        _signs(D, b, sgn)
        f = which[b]
        k = np.int64(faces.size[f])
        slot = f if faces.held else 0
        known = k if faces.held else 0
        face = Face(faces.W[f], faces.Q[slot], faces.R[slot])
        face_basis(normals, sgn, face, known, k, v, left, bases[b])
    return bases
