"""The kernel that lists the cells of a central arrangement by their lowest vertices, one line of the arrangement at a time.

Rows of Y (N, r) are pairwise independent unit normals, C (D, r), D = r - 1, the generic directions c_1 .. c_D. In the half
Y[0]'w > 0 every cell belongs to one *no-broken-circuit* set S of other rows, |S| = k <= D: on the slice
c_D'w = -M_D, .., c_{k+1}'w = -M_{k+1} (1 << M_D << .. << M_{k+1}, Y[0]'w = 1) its lowest vertex in direction c_k is
where the rows of S vanish. The *line* of S is where all of S but its last row vanish. Rows are restricted to that line
one member of a *chain* at a time: first Y[0], c_D, .., c_{k+2} (nothing if k = D), then the rows of S but its last.
The functions below run compiled (`compiled_fill`) or, for small inputs, as they stand.
"""

import numpy as np
from numba import njit
from numba.extending import register_jitable

ERROR = 16 * np.finfo(float).eps  # rounding error of a sine, times the volume of the chain it was computed with
NO_PLACE = 9.0                    # place on the line of a row that does not cross it, above every other place


@register_jitable(error_model="numpy")
def restrict(L, H, rho, volume, F, chain, a, m, t, start, zero):
    """Restrict all rows to those w with row t zero: L[m + 1] from L[m], one coordinate less (a Householder reflection).

    H[m] keeps the coordinate left out; F[m + 1, i] = +-(q + 1) says that row i depends on the chain, its first nonzero
    coefficient being that of chain[q], with that sign. Returns 1, or 0 if the chain is dependent or holds a broken
    circuit, 2 if rounding leaves that open.
    """
    last, points = L.shape[1] - m - 1, F.shape[1]
    if t < points and F[m, t] != 0:
        return 0
    square = 0.0
    for c in range(last + 1):
        square += L[m, c, t] ** 2
    rho[m] = np.sqrt(square)
    volume[m + 1] = volume[m] * rho[m]
    chain[m] = t
    h, bottom = H[m], L[m, last]
    side = 1.0 if bottom[t] >= 0 else -1.0
    shrink = 1 / (rho[m] + abs(bottom[t]))
    u = bottom[t] / rho[m]
    for i in range(len(h)):
        h[i] = u * bottom[i]
    for c in range(last):
        row, u = L[m, c], L[m, c, t] / rho[m]
        for i in range(len(h)):
            h[i] += u * row[i]
    for c in range(last):
        row, new, u = L[m, c], L[m + 1, c], shrink * L[m, c, t]
        for i in range(len(h)):
            new[i] = row[i] - (h[i] + side * bottom[i]) * u
    before, after = F[m], F[m + 1]
    after[:] = before
    if t < points:
        after[t] = m + 1
    error = ERROR / volume[m + 1]
    answer = 1
    for i in range(points):
        square = 0.0
        for c in range(last):
            square += L[m + 1, c, i] ** 2
        if after[i] == 0 and square <= (zero[0] + error) ** 2:
            first = 0
            if np.sqrt(square) + error <= zero[1]:
                first = first_coefficient(H, rho, volume, chain, a, m + 1, start, i, 0, 0.0, zero)
            if first == 0:
                answer = 2
            elif chain[abs(first) - 1] > i:
                return 0
            else:
                after[i] = first
    return answer


@register_jitable(error_model="numpy")
def first_coefficient(H, rho, volume, chain, a, m, start, i, j, a_j, zero):
    """Row i = a_j row j + sum_q a_q chain[q]: +-(q + 1) for the first a_q that is not zero; 0 if rounding leaves it open."""
    error = ERROR / volume[m] ** 2
    first = 0
    for q in range(m - 1, -1, -1):
        a[q] = H[q, i] - a_j * H[q, j]
        for s in range(q + 1, m):
            a[q] -= a[s] * H[q, chain[s]]
        a[q] /= rho[q]
        if abs(a[q]) > zero[0] + error:
            if 0 < q < start:  # a generic direction: the row is near the chain, not in its span
                return 0
            first = q + 1 if a[q] > 0 else -q - 1
        elif abs(a[q]) + error > zero[1]:
            first = 0
    return first


@register_jitable(error_model="numpy")
def sides(H, rho, volume, chain, a, sigma, m, start, j, lam_j, e, mu, c):
    """On which side of each row of the chain the cell lies: sigma[q] = +-1, the sign of the coefficient of chain[q] in
    direction c = lam_j row j + mu row e + sum_q a_q chain[q]. Returns False if rounding leaves one open."""
    error = ERROR / volume[m] ** 2 * (1 + abs(lam_j) + abs(mu))
    sigma[0] = 1.0
    for q in range(m - 1, start - 1, -1):
        a[q] = H[q, c] - lam_j * H[q, j] - mu * H[q, e]
        for s in range(q + 1, m):
            a[q] -= a[s] * H[q, chain[s]]
        a[q] /= rho[q]
        sigma[q] = 1.0 if a[q] > 0 else -1.0
        if abs(a[q]) <= error:
            return False
    return True


@register_jitable(error_model="numpy")
def put(bits, i, value):
    """Set bit i of a row of words."""
    mask = np.int64(1) << np.int64(i & 63)
    bits[i >> 6] |= mask
    if not value:
        bits[i >> 6] ^= mask


@register_jitable(error_model="numpy")
def reverse_bytes(bits):
    """Turn the bits of every byte round: the first row of Y is the first bit, as in numpy.packbits."""
    for word in range(len(bits)):
        v = bits[word]
        v = ((v >> 1) & 0x5555555555555555) | ((v & 0x5555555555555555) << 1)
        v = ((v >> 2) & 0x3333333333333333) | ((v & 0x3333333333333333) << 2)
        bits[word] = ((v >> 4) & 0x0F0F0F0F0F0F0F0F) | ((v & 0x0F0F0F0F0F0F0F0F) << 4)


@register_jitable(error_model="numpy")
def place_rows(x, y, fixed, e, sign_e, c, height, growth, place, negative):
    """The line of w(tau) = p + tau q on which sign_e * row e is 1 and row c grows: row i has there height[i] + tau growth[i].

    place[i] is a monotone function, to [-1, 1], of the tau at which row i is zero, so that at the vertex of j row i has
    the sign of (place[j] - place[i]) growth[i]; `negative` has a bit for each negative growth. Returns the smallest
    length of a row on the line and the length, height and growth of e and c.
    """
    points = len(fixed)
    size_e = np.hypot(x[e], y[e])
    p0, p1 = sign_e * x[e] / size_e, sign_e * y[e] / size_e
    turn = 1.0 if y[c] * p0 - x[c] * p1 > 0 else -1.0
    smallest = 1.0
    for i in range(points):
        height[i] = x[i] * p0 + y[i] * p1
        growth[i] = turn * (y[i] * p0 - x[i] * p1)
        size = abs(height[i]) + abs(growth[i])
        f = -height[i] / size
        f = f if growth[i] >= 0 else -f
        place[i] = f if fixed[i] == 0 else NO_PLACE
        smallest = min(smallest, size if fixed[i] == 0 else 1.0)
    for word in range(len(negative)):
        negative[word] = 0
    for i in range(points):
        if growth[i] < 0:
            negative[i >> 6] |= np.int64(1) << np.int64(i & 63)
    return smallest, size_e, x[c] * p0 + y[c] * p1, turn * (y[c] * p0 - x[c] * p1)


@register_jitable(error_model="numpy")
def tied_rows(H, rho, volume, chain, a, sigma, m, start, j, near, height, growth, place, bits, zero):
    """Signs, to `bits`, of the rows other than j that may be zero at the vertex of j.

    Returns 1, or 0 if one of them makes a broken circuit, 2 if rounding leaves one open.
    """
    size_j = np.hypot(height[j], growth[j])
    error = ERROR / volume[m] * (1 + 1 / size_j)
    answer = 1
    for i in range(len(height)):
        if i == j or abs(place[i] - place[j]) > near:
            continue
        sine = abs(height[i] * growth[j] - growth[i] * height[j]) / size_j
        if sine > zero[0] + error:
            continue
        first = 0
        if sine + error <= zero[1]:
            a_j = (height[i] * height[j] + growth[i] * growth[j]) / size_j**2
            first = first_coefficient(H, rho, volume, chain, a, m, start, i, j, a_j, zero)
        if first == 0:
            answer = 2
        elif chain[abs(first) - 1] > i:
            return 0
        else:
            put(bits, i, (first > 0) == (sigma[abs(first) - 1] > 0))
    return answer


@register_jitable(error_model="numpy")
def compare(place, t, near, negative, bits):
    """Signs at place t of all rows that cross the line, to `bits`; returns how many cross it within `near` of t."""
    count = 0
    for word in range(len(bits)):
        value = 0
        here = place[64 * word:64 * word + 64]
        for b in range(64):
            value |= (here[b] < t) << b
            count += abs(here[b] - t) <= near
        bits[word] = value ^ negative[word]
    return count


@register_jitable(error_model="numpy")
def line(L, H, rho, volume, F, chain, a, sigma, height, growth, place, negative, dependent, k, doubt, zero,
         out, sets, unsure, n, n_unsure):
    """Cells whose set S is the chain's rows and one later row j, for every j: patterns to out[n:], S to sets[n:].

    Where rounding leaves a cell open, S goes to unsure[n_unsure:] instead. Returns the new (n, n_unsure).
    """
    points, D = F.shape[1], len(H)
    m, start, fixed = D - 1, D - k, F[D - 1]
    e, c, sign_e = (0, points + D - 1, 1.0) if k == D else (points + k, points + k - 1, -1.0)
    smallest, size_e, height_c, growth_c = place_rows(
        L[m, 0], L[m, 1], fixed, e, sign_e, c, height, growth, place, negative)
    error = ERROR / volume[m] * (1 + 1 / smallest)
    near = 2 * (zero[0] + error) / smallest
    n_dependent = 0
    for i in range(points):
        if fixed[i] != 0:
            dependent[n_dependent] = i
            n_dependent += 1
    for j in range(chain[m - 1] + 1 if k > 1 else 1, points):
        t = place[j]
        if t == NO_PLACE:
            continue
        answer = 2 if doubt else 1
        if 1 - abs(t) <= near:  # does row j cross the line at all?
            answer = 0 if abs(growth[j]) + error <= zero[1] and abs(growth[j]) <= zero[0] + error else 2
        if answer == 1:
            lam_j = growth_c / growth[j]
            mu = sign_e * (height_c - lam_j * height[j]) / size_e
            if not sides(H, rho, volume, chain, a, sigma, m, start, j, lam_j, e, mu, c):
                answer = 2
        if answer == 1:
            bits = out[n]
            if compare(place, t, near, negative, bits) > 1:
                answer = tied_rows(H, rho, volume, chain, a, sigma, m, start, j, near, height, growth, place, bits, zero)
            put(bits, j, growth[j] > 0)
            for s in range(n_dependent):
                first = fixed[dependent[s]]
                put(bits, dependent[s], (first > 0) == (sigma[abs(first) - 1] > 0))
        if answer == 1:
            reverse_bytes(bits)
            if len(sets):
                for s in range(start, m):
                    sets[n, s - start] = chain[s]
                sets[n, k - 1] = j
                for s in range(k, D):
                    sets[n, s] = -1
            n += 1
        elif answer == 2:
            for s in range(start, m):
                unsure[n_unsure, s - start] = chain[s]
            unsure[n_unsure, k - 1] = j
            for s in range(k, D):
                unsure[n_unsure, s] = -1
            n_unsure += 1
    return n, n_unsure


@register_jitable(error_model="numpy")
def fill(L, H, rho, volume, F, chain, a, sigma, height, growth, place, negative, dependent, following, doubt, zero, state,
         out, sets, unsure):
    """Go on with the list where `state` says it stopped, until `out` or `unsure` is full or all is listed (k = 0).

    Returns (rows written to `out` (and `sets`), rows written to `unsure`).
    """
    points, D = F.shape[1], len(H)
    n = n_unsure = 0
    k, m = state[0], state[1]
    while k > 0:
        start = D - k
        if m < start:  # a new level: Y[0], c_D, .., c_{k+2}
            for m in range(start):
                restrict(L, H, rho, volume, F, chain, a, m, 0 if m == 0 else points + D - m, start, zero)
                doubt[m + 1] = 0
            m = start
            following[m] = 1
        if m == D - 1:
            if n + points > len(out) or n_unsure + points > len(unsure):
                break
            n, n_unsure = line(L, H, rho, volume, F, chain, a, sigma, height, growth, place, negative, dependent,
                               k, doubt[m], zero, out, sets, unsure, n, n_unsure)
            m -= 1
        while m >= start and following[m] > points - D + m:
            m -= 1
        if m < start:
            k, m = k - 1, -1
            continue
        t = following[m]
        following[m] += 1
        answer = restrict(L, H, rho, volume, F, chain, a, m, t, start, zero)
        if answer > 0:
            doubt[m + 1] = doubt[m] or answer == 2
            m += 1
            following[m] = t + 1
    state[0], state[1] = k, m
    return n, n_unsure


compiled_fill = njit(cache=True, error_model="numpy")(fill)
