"""Compiled inner loops of the convex solver: projection on pattern cones.

A cone is K = {u : c_j'u >= 0}, c_j = sgn_j x_j / ||x_j||. By Moreau, the projection of z is p = z + sum_j mu_j c_j with
the multipliers mu >= 0 that make it shortest; whatever mu >= 0, ||p|| bounds the projection's length from above, so a
loop that stops early still proves something. Shapes: rows (n, d) unit rows of X (zero rows stay zero), columns (d, n)
their transpose (its inner loops run along the data), sgn (n,) the signs of a cone, W (d,) its working set.
"""

import numpy as np
from numba import njit

HOW = dict(cache=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz", "nnan"})
TOLERANCE = 1e-12  # a constraint counts as met when c_j'p >= -TOLERANCE ||z||
DEPENDENT = (
    1e-10  # a unit row whose part outside the working set's span is shorter adds nothing to it
)

# One signature each, and loops rather than array expressions: both halve what there is to compile at the first call.
_V, _M, _W = "float64[::1]", "float64[:, ::1]", "int32[::1]"


@njit(f"float64({_V})", **HOW)
def _length(z):
    """||z||."""
    a = 0.0
    for i in range(z.size):
        a += z[i] * z[i]
    return np.sqrt(a)


@njit(f"float64({_M}, {_M}, int64, {_V})", **HOW)
def _orthogonalise(Q, R, k, v):
    """Gram-Schmidt, twice: v's part outside Q[:k], normalised, is Q[k]; R[:k+1, k] its coefficients. Returns its length."""
    d = v.size
    for l in range(k):
        R[l, k] = 0.0
    for _ in range(2):
        for l in range(k):
            a = 0.0
            for i in range(d):
                a += Q[l, i] * v[i]
            for i in range(d):
                v[i] -= a * Q[l, i]
            R[l, k] += a
    length = _length(v)
    R[k, k] = length
    for i in range(d):
        Q[k, i] = v[i] / max(length, 1e-300)
    return length


@njit(f"int64({_M}, {_V}, {_W}, int64, int64, {_M}, {_M}, {_V})", **HOW)
def _factor(rows, sgn, W, first, k, Q, R, v):
    """Rebuild the factors Q, R of the working set W[:k] from position `first` on; dependent rows leave. Returns k."""
    m = first
    for i in range(first, k):
        W[m] = W[i]
        for l in range(v.size):
            v[l] = sgn[W[m]] * rows[W[m], l]
        if _orthogonalise(Q, R, m, v) > DEPENDENT:
            m += 1
    return m


@njit(f"void({_M}, {_M}, int64, {_V}, {_V})", **HOW)
def _multipliers(Q, R, k, z, mu):
    """Least squares on the working set: mu with R mu = -Q z."""
    for l in range(k - 1, -1, -1):
        a = 0.0
        for i in range(z.size):
            a -= Q[l, i] * z[i]
        for m in range(l + 1, k):
            a -= R[l, m] * mu[m]
        mu[l] = a / R[l, l]


@njit(f"float64({_M}, int64, {_V}, {_V})", **HOW)
def _residual(Q, k, z, p):
    """p = z without its part in the span of Q[:k]; returns ||p||."""
    d = z.size
    for i in range(d):
        p[i] = z[i]
    for l in range(k):
        a = 0.0
        for i in range(d):
            a += Q[l, i] * p[i]
        for i in range(d):
            p[i] -= a * Q[l, i]
    return _length(p)


@njit(f"Tuple((int64, float64))({_M}, {_V}, {_V}, {_V})", **HOW)
def _worst(columns, sgn, p, t):
    """Index and value of the most violated constraint, min_j sgn_j columns[:, j]'p."""
    n = t.size
    for j in range(n):
        t[j] = 0.0
    for i in range(p.size):
        a = p[i]
        for j in range(n):
            t[j] += a * columns[i, j]
    least = 0.0
    for j in range(n):
        t[j] *= sgn[j]
        least = min(least, t[j])
    if least < 0:
        for j in range(n):
            if t[j] == least:
                return j, least
    return -1, 0.0


@njit(
    f"Tuple((int64, float64))({_M}, {_M}, {_V}, {_V}, float64, {_W}, int64, int64, {_V}, {_M}, {_M}, {_V}, {_V}, {_V}, "
    f"{_V})",
    **HOW,
)
def _project(rows, columns, sgn, z, cap, W, first, k, p, Q, R, mu, new, v, t):
    """Lawson and Hanson's active set on the multipliers, from the working set W[:k]; p gets the projection of z.

    Q and R hold the factors of W[:first], and of the whole working set afterwards. Stops early once ||p|| <= cap.
    Returns (size of the working set, ||p||).
    """
    d = z.size
    k = _factor(rows, sgn, W, first, k, Q, R, v)
    while k > 0:  # a warm start must have positive multipliers
        _multipliers(Q, R, k, z, mu)
        i = 0
        for l in range(1, k):
            if mu[l] < mu[i]:
                i = l
        if mu[i] > 0:
            break
        for m in range(i, k - 1):
            W[m] = W[m + 1]
        k = _factor(rows, sgn, W, i, k - 1, Q, R, v)
    length = _residual(Q, k, z, p)
    size = _length(z)
    for _ in range(3 * t.size + 10 * d):
        if length <= cap or k == d:
            if k == d:
                for i in range(d):
                    p[i] = 0.0
                length = 0.0
            break
        j, least = _worst(columns, sgn, p, t)
        if least >= -TOLERANCE * size:
            break
        for i in range(d):
            v[i] = sgn[j] * rows[j, i]
        if _orthogonalise(Q, R, k, v) <= DEPENDENT:
            break
        W[k] = j
        mu[k] = 0.0
        k += 1
        stuck = False
        while True:
            _multipliers(Q, R, k, z, new)
            step, leave = 1.0, -1
            for i in range(k):
                if new[i] <= 0:
                    a = mu[i] / (mu[i] - new[i]) if mu[i] > 0 else 0.0
                    if leave < 0 or a < step:
                        step, leave = a, i
            if leave < 0:
                for i in range(k):
                    mu[i] = new[i]
                break
            stuck = stuck or W[leave] == j
            for i in range(k):
                mu[i] += step * (new[i] - mu[i])
            for i in range(leave, k - 1):
                W[i] = W[i + 1]
                mu[i] = mu[i + 1]
            k = _factor(rows, sgn, W, leave, k - 1, Q, R, v)
        length = _residual(Q, k, z, p)
        if stuck:  # rounding: the row just added left again
            break
    return k, length


@njit(**HOW)
def project(rows, columns, sgn, Z, W, size, Q, R, held):
    """Projections of Z (B, d) on the cones sgn (B, n), warm-started from and updating W (B, d) and size (B,).

    Q, R (B, d, d): the factors of every working set if they are `held` from call to call, else (1, d, d) for scratch.
    """
    B, d = Z.shape
    P = np.empty((B, d))
    mu, new, v, t = np.empty(d), np.empty(d), np.empty(d), np.empty(len(rows))
    for i in range(B):
        slot, first = (i, size[i]) if held else (0, 0)
        size[i], _ = _project(
            rows,
            columns,
            sgn[i],
            Z[i],
            -1.0,
            W[i],
            first,
            size[i],
            P[i],
            Q[slot],
            R[slot],
            mu,
            new,
            v,
            t,
        )
    return P


@njit(**HOW)
def face_bases(rows, sgn, W, size, Q, R, held):
    """Orthonormal bases, (B, d, d), a vector a row, of the faces orthogonal to the rows W[i, :size[i]]; rest zero.

    Q, R: as of `project`; what they hold beyond the working sets is lost.
    """
    B, d = W.shape
    bases, v = np.zeros((B, d, d)), np.empty(d)
    for b in range(B):
        slot, first = (b, size[b]) if held else (0, 0)
        q, k = Q[slot], _factor(rows, sgn[b], W[b], first, size[b], Q[slot], R[slot], v)
        left = np.ones(d)
        for m in range(d):
            if m >= k:
                most = 0
                for i in range(d):
                    v[i] = 0.0
                    if left[i] > left[most]:
                        most = i
                v[most] = 1.0
                _orthogonalise(q, R[slot], m, v)
                for i in range(d):
                    bases[b, m - k, i] = q[m, i]
            for i in range(d):
                left[i] -= q[m, i] ** 2
    return bases
