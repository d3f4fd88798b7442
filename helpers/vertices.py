"""The kernel that lists the cells of a central arrangement by their lowest vertices, one of its lines at a time.

Rows of Y (N, r) are pairwise independent unit normals, C (D, r), D = r - 1, generic directions c_1 .. c_D. In the half
Y[0]'w > 0 every cell belongs to one *no-broken-circuit* set S of other rows, |S| = k <= D: on the slice
c_D'w = -M_D, .., c_{k+1}'w = -M_{k+1} (1 << M_D << .. << M_{k+1}, Y[0]'w = 1) its lowest vertex in direction c_k is
where the rows of S vanish. The *line* of S is where all of S but its last row vanish. Rows are restricted to that line
one member of a *chain* at a time (`chain`): first Y[0], c_D, .., c_{k+2} (nothing if k = D), then S but its last.
The functions below run compiled (`compiled_fill`) or, for small inputs, as they stand.

Arrays as in `chain`, and: height, growth, place of every row on the line; sigma[q] on which side of chain[q] the cell
of each vertex lies; negative, out: words of 64 bits, one a row; signed: rows of known sign, and F of each.
"""

import numpy as np
from numba import njit

from .chain import ERROR, OPTIONS, combine, first_coefficient, kernel, restrict

NO_PLACE = 9.0  # place on the line of a row that does not cross it, above every other place


@kernel
def below(values, t, flip, bits):
    """Bit i of the words `bits`: values[i] < t; turned where `flip` has a bit."""
    for word in range(len(bits)):
        here = values[64 * word:64 * word + 64]
        value = 0
        for b in range(64):
            value |= (here[b] < t) << b
        bits[word] = value ^ flip[word]


@kernel
def within(values, t, distance):
    """How many values are at most `distance` from t."""
    count = 0
    for i in range(len(values)):
        count += abs(values[i] - t) <= distance
    return count


@kernel
def put(bits, i, value):
    """Set bit i of the words `bits`."""
    shift = np.int64(i & 63)
    bits[i >> 6] = (bits[i >> 6] & ~(np.int64(1) << shift)) | (np.int64(value) << shift)


@kernel
def reverse_bytes(bits):
    """Turn the bits of every byte round: the first row of Y is the first bit, as in numpy.packbits."""
    for word in range(len(bits)):
        v = bits[word]
        v = ((v >> 1) & 0x5555555555555555) | ((v & 0x5555555555555555) << 1)
        v = ((v >> 2) & 0x3333333333333333) | ((v & 0x3333333333333333) << 2)
        bits[word] = ((v >> 4) & 0x0F0F0F0F0F0F0F0F) | ((v & 0x0F0F0F0F0F0F0F0F) << 4)


@kernel
def place_rows(x, y, fixed, p0, p1, q0, q1, height, growth, place):
    """On the line w(tau) = p + tau q row i is height[i] + tau growth[i], zero at a tau of which place[i] is a monotone
    function, to [-1, 1]. Returns a lower bound of abs(height) + abs(growth) over the rows that cross the line."""
    count, bound = 0, 0.01
    for i in range(len(fixed)):
        height[i] = x[i] * p0 + y[i] * p1
        growth[i] = x[i] * q0 + y[i] * q1
        size = abs(height[i]) + abs(growth[i])
        f = height[i] / size
        place[i] = NO_PLACE if fixed[i] != 0 else (-f if growth[i] >= 0 else f)
        count += (fixed[i] == 0) & (size < bound)
    for i in range(len(fixed) if count else 0):
        if fixed[i] == 0:
            bound = min(bound, abs(height[i]) + abs(growth[i]))
    return bound


@kernel
def choose_sides(A, sigma, fixed, start, m, growth, height, growth_c, height_c, size_e, c, e, error):
    """sigma[q, j] > 0: the cell of the vertex of j lies on the positive side of chain[q]. It is the coefficient in
    direction c = lam row j + mu row e + sum_q sigma[q, j] chain[q]. Returns how many of them rounding leaves open."""
    count = 0
    for q in range(start, m):
        a, s = A[q], sigma[q]
        a_c, a_e = a[c], a[e]
        for j in range(len(s)):
            lam = growth_c / growth[j]
            mu = (height_c - lam * height[j]) / size_e
            s[j] = a_c - lam * a[j] - mu * a_e
            count += (fixed[j] == 0) & (abs(s[j]) < error * (1 + abs(lam) + abs(mu)))
    return count


@kernel
def tied_rows(N, A, chain, m, start, j, near, height, growth, place, signed, n_signed, zero, error, error_A):
    """Rows other than j that are zero at the vertex of j, their first coefficients as in F: to `signed`, from n_signed.

    Returns (1, the new n_signed), with 0 for 1 if one makes a broken circuit, 2 if rounding leaves one open.
    """
    size_j = np.sqrt(height[j] ** 2 + growth[j] ** 2)
    answer = 1
    for i in range(N):
        if i == j or abs(place[i] - place[j]) > near:
            continue
        sine = abs(height[i] * growth[j] - growth[i] * height[j]) / size_j
        if sine > zero[0] + error:
            continue
        first = 0
        if sine + error <= zero[1]:
            a_j = (height[i] * height[j] + growth[i] * growth[j]) / size_j**2
            first = first_coefficient(A, m, start, i, j, a_j, error_A, zero)
        if first == 0:
            answer = 2
        elif chain[abs(first) - 1] > i:
            return 0, n_signed
        signed[0, n_signed], signed[1, n_signed] = i, first
        n_signed += 1
    return answer, n_signed


@kernel
def line(N, L, H, F, A, sigma, real, rho, volume, chain, negative, signed, k, doubt, zero,
         out, sets, unsure, n, n_unsure):
    """Cells whose set S is the chain's rows and one later row j, for every j: patterns to out[n:], S to sets[n:].

    On the line Y[0]'w (k = D) or -c_{k+1}'w (k < D) is 1 and c_k'w grows, so that at the vertex of j row i has the
    sign of (place[j] - place[i]) growth[i]. Where rounding leaves a cell open, S goes to unsure[n_unsure:] instead.
    Returns the new (n, n_unsure).
    """
    D = len(H)
    m, start, fixed, x, y = D - 1, D - k, F[D - 1], L[D - 1, 0], L[D - 1, 1]
    height, growth, place = real[0], real[1], real[2]
    e, c, sign_e = (0, N + D - 1, 1.0) if k == D else (N + k, N + k - 1, -1.0)
    size_e = sign_e * np.sqrt(x[e] ** 2 + y[e] ** 2)
    p0, p1 = x[e] / size_e, y[e] / size_e
    turn = 1.0 if y[c] * p0 - x[c] * p1 > 0 else -1.0
    smallest = place_rows(x, y, fixed, p0, p1, -turn * p1, turn * p0, height, growth, place)
    error, error_A = ERROR / volume[m] * (1 + 1 / smallest), ERROR / volume[m] ** 2 / smallest
    near = 2 * (zero[0] + error) / smallest
    combine(H, A, rho, chain, m)
    growth_c, height_c = turn * (y[c] * p0 - x[c] * p1), x[c] * p0 + y[c] * p1
    error_sides = ERROR / volume[m] ** 2
    open_sides = choose_sides(A, sigma, fixed, start, m, growth, height, growth_c, height_c, size_e, c, e, error_sides)
    for word in range(len(negative)):
        negative[word] = 0
    below(growth, 0.0, negative, negative)
    if N & 63:  # no bits behind the last row
        negative[-1] &= (np.int64(1) << np.int64(N & 63)) - 1
    dependent = 0
    for i in range(N):
        if fixed[i] != 0:
            signed[0, dependent], signed[1, dependent] = i, fixed[i]
            dependent += 1
    for j in range(chain[m - 1] + 1 if k > 1 else 1, N):
        t = place[j]
        if t == NO_PLACE:
            continue
        answer, n_signed = 2 if doubt else 1, dependent
        if 1 - abs(t) <= near:  # does row j cross the line at all?
            answer = 0 if abs(growth[j]) + error <= zero[1] and abs(growth[j]) <= zero[0] + error else 2
        if answer == 1 and within(place, t, near) > 1:
            answer, n_signed = tied_rows(N, A, chain, m, start, j, near, height, growth, place, signed, n_signed,
                                         zero, error, error_A)
        if answer == 1 and open_sides:
            for q in range(start, m):
                lam = abs(growth_c / growth[j])
                mu = (abs(height_c) + lam * abs(height[j])) / abs(size_e)
                if abs(sigma[q, j]) < error_sides * (1 + lam + mu):
                    answer = 2
        if answer == 1:
            bits = out[n]
            below(place, t, negative, bits)
            put(bits, j, growth[j] > 0)
            for s in range(n_signed):
                first = signed[1, s]
                put(bits, signed[0, s], (first > 0) == (sigma[abs(first) - 1, j] > 0))
            reverse_bytes(bits)
            if len(sets):
                copy_set(chain, start, j, k, sets[n])
            n += 1
        elif answer == 2:
            copy_set(chain, start, j, k, unsure[n_unsure])
            n_unsure += 1
    return n, n_unsure


@kernel
def copy_set(chain, start, j, k, S):
    """S: the rows of the chain, then j, padded with -1."""
    for s in range(len(S)):
        S[s] = chain[start + s] if s < k - 1 else j if s == k - 1 else -1


def fill(N, L, H, F, A, sigma, real, rho, volume, chain, negative, signed, following, doubt, zero, state,
         out, sets, unsure):
    """Go on with the list where `state` = (k, m) says, until `out` or `unsure` is full or all is listed (k = 0).

    Returns (rows written to `out` (and `sets`), rows written to `unsure`).
    """
    D = len(H)
    n = n_unsure = 0
    k, m = state[0], state[1]
    while k > 0:
        start = D - k
        if m < start:  # a new level: Y[0], c_D, .., c_{k+2}
            for m in range(start):
                restrict(N, L, H, F, A, rho, volume, chain, real[3], m, 0 if m == 0 else N + D - m, start, zero)
                doubt[m + 1] = 0
            m = start
            following[m] = 1
            for i in range(sigma.shape[1]):
                sigma[0, i] = 1.0
        if m == D - 1:
            if n + N > len(out) or n_unsure + N > len(unsure):
                break
            n, n_unsure = line(N, L, H, F, A, sigma, real, rho, volume, chain, negative, signed, k, doubt[m], zero,
                               out, sets, unsure, n, n_unsure)
            m -= 1
        while m >= start and following[m] > N - D + m:
            m -= 1
        if m < start:
            k, m = k - 1, -1
            continue
        t = following[m]
        following[m] += 1
        answer = restrict(N, L, H, F, A, rho, volume, chain, real[3], m, t, start, zero)
        if answer > 0:
            doubt[m + 1] = doubt[m] or answer == 2
            m += 1
            following[m] = t + 1
    state[0], state[1] = k, m
    return n, n_unsure


compiled_fill = njit(cache=True, **OPTIONS)(fill)
