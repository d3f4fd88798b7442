"""The kernel that lists the cells of a central arrangement by their lowest vertices, one of its lines at a time.

Rows of Y (N, r) are pairwise independent unit normals, C (D, r), D = r - 1, generic directions c_1 .. c_D. In the half
Y[0]'w > 0 every cell belongs to one *no-broken-circuit* set S of other rows, |S| = k <= D: on the slice
c_D'w = -M_D, .., c_{k+1}'w = -M_{k+1} (1 << M_D << .. << M_{k+1}, Y[0]'w = 1) its lowest vertex in direction c_k is
where the rows of S vanish. The *line* of S is where all of S but one row vanish, the last or as `halves` says. Rows are
restricted to that line one member of a *chain* at a time (`chain`): first Y[0], c_D, .., c_{k+2} (nothing if k = D),
then S but that row.
The functions below run compiled (`compiled_fill`) or, for small inputs, as they stand.

Arrays as in `chain` and `lines`, and: of_plane, signed: rows that depend on the first D - 2 and on all members of the
chain, and F of each; sides[:, j]: their sides in the cell of the vertex of row j, as words; `same`: what is the same in
all these cells before places are compared; out: the patterns, in words.
"""

import numpy as np
from numba import njit

from .bits import below, put
from .chain import (
    ERROR,
    OPTIONS,
    combine,
    first_coefficient,
    invert,
    kernel,
    most_doubtful,
    restrict,
    surely_zero,
)
from .lines import (
    UNIT,
    add_side,
    frame_lines,
    patterns_on_line,
    place_of,
    place_rows,
    product,
    side_of,
)


@kernel
def dependents(F, signed):
    """Rows that depend on the chain, and F of each, to `signed`. Returns how many."""
    count = 0
    for i in range(signed.shape[1]):
        if F[i] != 0:
            signed[0, count], signed[1, count] = i, F[i]
            count += 1
    return count


@kernel
def tied_rows(
    N, A, chain, m, start, j, near, height, growth, places, positive, zero, error, error_A, bits
):
    """Signs of rows other than j about as far along the line: to the pattern `bits`.

    Returns 1, 0 if a row that is zero at the vertex of j makes a broken circuit, 2 if rounding leaves one open.
    """
    size_j = np.sqrt(height[j] ** 2 + growth[j] ** 2)
    answer, before = (
        1,
        m - 2 if j < chain[m - 1] < N else m,
    )  # members of the chain that come before j in S
    for i in range(N):
        if i == j or places[i] > UNIT or abs(np.int64(places[i]) - places[j]) > near * UNIT + 4:
            continue
        distance = place_of(height, growth, i) - place_of(height, growth, j)
        put(bits, i, (distance < 0) != (growth[i] < 0))
        sine = abs(height[i] * growth[j] - growth[i] * height[j]) / size_j
        if abs(distance) > near or sine > most_doubtful(error, zero):
            continue
        first = 0
        if surely_zero(sine, error, zero):
            a_j = (height[i] * height[j] + growth[i] * growth[j]) / size_j**2
            first = first_coefficient(A, before, start, i, j, a_j, error_A, zero)
        q = abs(first) - 1
        if first == 0 or q == m:
            answer = 2
        elif (chain[q] if q < before else j) > i:
            return 0
        else:
            put(bits, i, (first > 0) == (positive[q] if q < before else growth[j] > 0))
    return answer


@kernel
def with_care(
    N,
    X,
    A,
    B,
    side,
    chain,
    m,
    start,
    j,
    near,
    height,
    growth,
    places,
    positive,
    zero,
    error,
    error_A,
    error_side,
    bits,
):
    """The pattern `bits` of the vertex of j where places or sides are close to each other or to none.

    Returns 1, 0 if there is no vertex or a broken circuit, 2 if rounding leaves that open.
    """
    is_open = False
    for q in range(start, m):
        sigma = (
            side[q, 0] * X[0, j]
            + side[q, 1] * X[1, j]
            + side[q, 2] * X[2, j]
            + side[q, 3] * B[q, j]
        )
        positive[q] = (sigma > 0) != (growth[j] < 0)
        is_open |= abs(sigma) < error_side
    if 1 - abs(place_of(height, growth, j)) <= near:  # does row j cross the line at all?
        return (
            0
            if abs(growth[j]) <= most_doubtful(error, zero)
            and surely_zero(abs(growth[j]), error, zero)
            else 2
        )
    answer = tied_rows(
        N, A, chain, m, start, j, near, height, growth, places, positive, zero, error, error_A, bits
    )
    return 2 if answer == 1 and is_open else answer


@kernel
def plane(
    N,
    L,
    H,
    F,
    A,
    B,
    inverse,
    real,
    places,
    frames,
    side,
    positive,
    rho,
    volume,
    chain,
    sides,
    same,
    of_plane,
    n_plane,
    signed,
    k,
    following,
    last,
    doubt_plane,
    zero,
    out,
    sets,
    unsure,
    n,
    n_unsure,
):
    """Cells whose set S is the first D - 2 rows of the chain and two others, t and j: to out[n:], and S to sets[n:].

    One line after another, that of row t: on it Y[0]'w (k = D) or -c_{k+1}'w (k < D) is 1 and c_k'w grows, so that at
    the vertex of j row i has the sign of its growth if it comes before j, else the other. Where rounding leaves a cell
    open, S goes to unsure[n_unsure:]. Returns the new (n, n_unsure); `following` tells where to go on.
    """
    D, padded = len(H), sides.shape[1]
    m, start, X, height, growth = D - 1, D - k, L[D - 2], real[0, :padded], real[1, :padded]
    e, c, sign = (0, padded + D - 1, 1.0) if k == D else (padded + k, padded + k - 1, -1.0)
    first_j, middle = halves(N, D, k, chain)
    frame_lines(X, last if k == 1 else 0, last + 1 if k == 1 else padded, e, c, sign, frames)
    while following[m - 1] <= last and n + N <= len(out) and n_unsure + N <= len(unsure):
        t = following[m - 1]
        following[m - 1] += 1
        if t < N and F[m - 1, t] != 0:
            continue
        length, size_e, basis = frames[9, t], frames[10, t], frames[:, t]
        rho[m - 1], volume[m], chain[m - 1] = length, volume[m - 1] * length, t
        n_signed, doubt = n_plane, doubt_plane
        for s in range(n_plane):
            signed[0, s], signed[1, s] = of_plane[0, s], of_plane[1, s]
        if t < N:
            signed[0, n_signed], signed[1, n_signed] = t, m
            n_signed += 1
        smallest = min(place_rows(N, X, basis, signed[0], n_signed, height, growth, places), size_e)
        if smallest <= 2 * most_doubtful(ERROR / volume[m], zero):  # rows that depend on the chain
            answer = restrict(
                N, L, H, F, A, inverse, rho, volume, chain, real[2], m - 1, t, start, zero
            )
            if answer == 0:
                continue
            doubt, n_signed = doubt or answer == 2, dependents(F[m], signed)
            smallest = place_rows(N, X, basis, signed[0], n_signed, height, growth, places)
        error, error_A = ERROR / volume[m] * (1 + 1 / smallest), ERROR / volume[m] ** 2 / smallest
        error_side = ERROR / volume[m] ** 2 * 2 * (1 + 1 / size_e)
        near = 2 * most_doubtful(error, zero) / smallest
        units = int(min(near, 0.125) * UNIT) + 2
        first, count = t + 1 if t <= middle else first_j, 0
        for word in range(len(same)):
            same[word] = below(growth, word, 0.0)
            bits = sides[word, first & ~31 :]
            for j in range(len(bits)):
                bits[j] = 0
        for q in range(start, m):
            side_of(X, B, basis, q, m, t, length, c, e, sign * size_e, side[q])
        for s in range(n_signed):
            i, way = signed[0, s], signed[1, s]
            q = abs(way) - 1
            if q < start:
                put(same, i, way > 0)
            else:
                count += add_side(
                    X, B[q], side[q], growth, first, way > 0, i, sides[i >> 6], error_side
                )
        sure, combined = not doubt and count == 0 and near < 0.125, False
        for begin, end in ((first, middle + 1 if t > middle else 0), (t + 1, N)):
            apart = sure and patterns_on_line(
                places, begin, min(end, N), units, same, sides, out[n:]
            )
            for j in range(begin, min(end, N)):
                if not apart and not (
                    patterns_on_line(places, j, j + 1, units, same, sides, out[n:]) and sure
                ):
                    if places[j] > UNIT:
                        continue
                    if not combined:
                        for i in range(N):
                            H[m - 1, i] = product(basis, 6, X, i)
                        invert(H, inverse, rho, chain, m - 1)
                        combine(H, A, inverse, m)
                        combined = True
                    answer = (
                        2
                        if doubt
                        else with_care(
                            N,
                            X,
                            A,
                            B,
                            side,
                            chain,
                            m,
                            start,
                            j,
                            near,
                            height,
                            growth,
                            places,
                            positive,
                            zero,
                            error,
                            error_A,
                            error_side,
                            out[n],
                        )
                    )
                    if answer == 2:
                        copy_set(chain, start, j, k, unsure[n_unsure])
                        n_unsure += 1
                    if answer != 1:
                        continue
                if len(sets):
                    copy_set(chain, start, j, k, sets[n])
                n += 1
    return n, n_unsure


@kernel
def halves(N, D, k, chain):
    """Of the rows that may follow the first k - 3 of S: the first, and the last of their lower half.

    Of any three rows two lie in one half. So the last three of S are found on the line of two in one half, the first
    two of them if there is a choice; the third comes after both, or before both if it is the one in the lower half.
    That is half as many lines as there are pairs. (k < 3: all rows count as the lower half.)
    """
    p = chain[D - 4] if k > 3 else 0
    return p + 1, (p + N) // 2 if k > 2 else N


@kernel
def last_row(N, D, k, m, chain):
    """The last row to be member m of the chain, among those of S."""
    if k < 3 or m < D - 3:
        return N - D + m
    middle = halves(N, D, k, chain)[1]
    return N - 2 if m == D - 3 else middle if chain[D - 3] <= middle else N - 1


@kernel
def copy_set(chain, start, j, k, S):
    """S: the rows of the chain and j in order, padded with -1."""
    for s in range(len(S)):
        S[s] = chain[start + s] if s < k - 1 else j if s == k - 1 else -1
    for s in range(k - 1, 0, -1):
        S[s - 1], S[s] = min(S[s - 1], S[s]), max(S[s - 1], S[s])


def fill(
    N,
    L,
    H,
    F,
    A,
    B,
    inverse,
    real,
    places,
    frames,
    side,
    positive,
    rho,
    volume,
    chain,
    sides,
    same,
    of_plane,
    signed,
    following,
    doubt,
    zero,
    state,
    out,
    sets,
    unsure,
):
    """Go on with the list where `state` = (k, m) says, until `out` or `unsure` is full or all is listed (k = 0).

    Returns (rows written to `out` (and `sets`), rows written to `unsure`).
    """
    D, padded = len(H), sides.shape[1]
    n = n_unsure = 0
    k, m = state
    while k > 0:
        start = D - k
        if m < 0:  # a new level: Y[0], c_D, .., c_{k+2}
            m = min(start, D - 2)
            for q in range(m + 1):
                following[q] = 0 if q == 0 else padded + D - q
                if q < m:
                    restrict(
                        N,
                        L,
                        H,
                        F,
                        A,
                        inverse,
                        rho,
                        volume,
                        chain,
                        real[2],
                        q,
                        following[q],
                        start,
                        zero,
                    )
                    doubt[q + 1] = 0
            if m == start:
                following[m] = 1
            positive[0] = True
            continue
        last = last_row(N, D, k, m, chain) if m >= start else 0 if m == 0 else padded + D - m
        if following[m] > last:
            m -= 1
            if m < start:
                k, m = k - 1, -1
        elif m < D - 2:
            t = following[m]
            following[m] += 1
            answer = restrict(
                N, L, H, F, A, inverse, rho, volume, chain, real[2], m, t, start, zero
            )
            if answer > 0:
                doubt[m + 1] = doubt[m] or answer == 2
                m += 1
                following[m] = t + 1
        else:
            n_plane = dependents(F[m], of_plane)
            combine(H, B, inverse, m)
            n, n_unsure = plane(
                N,
                L,
                H,
                F,
                A,
                B,
                inverse,
                real,
                places,
                frames,
                side,
                positive,
                rho,
                volume,
                chain,
                sides,
                same,
                of_plane,
                n_plane,
                signed,
                k,
                following,
                last,
                doubt[m],
                zero,
                out,
                sets,
                unsure,
                n,
                n_unsure,
            )
            if following[m] <= last:
                break
    state[0], state[1] = k, m
    return n, n_unsure


compiled_fill = njit(cache=True, **OPTIONS)(fill)
