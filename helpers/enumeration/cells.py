"""The cells of an arrangement in blocks of packed rows, and a weight vector inside every cell.

`blocks` lists the half in which the first nonzero row of X is positive; the other half are its opposites. In the plane
the weight vector is turned through a half-turn, so that neighbours differ in one line; from three dimensions on cells
are listed by their lowest vertices (`vertices`), in the order of their sets S.
"""

from functools import cmp_to_key
from math import comb
from pathlib import Path

import numpy as np
from scipy.optimize import linprog

from . import bits, chain, lines, vertices, whitening
from .arrangement import ZERO, runs
from .exact import integers

BYTES = 2**18  # of a block: what stays in a core's cache
UNCOMPILED = 120_000  # cells times rows up to which the kernel's first calls run uncompiled
_calls = {"uncompiled": 0}


def blocks(A, rows=None, weights=False, out=None):
    """Half of the cells of the Arrangement A: pairs (packed patterns of X (m, ceil(n / 8)), weights (m, r) or None).

    rows: about how many in a block. Blocks are written to `out`, one after another, or to memory good until the next.
    """
    n, (N, r) = len(A.row), A.Y.shape
    rows = rows or max(1, BYTES // -(-n // 8))
    if r == 2:
        yield from _turn(A, rows, weights, out)
        return
    listed = (
        _by_vertices(A, rows, weights)
        if r > 2
        else [(np.full((1, 8), 128, np.uint8), np.zeros((1, 0), int))]
    )
    end = 0
    for packed, sets in listed:
        v = None
        if weights:
            signs = np.unpackbits(packed, axis=1, count=N).astype(bool)
            v = _inside(A, signs, sets) if r > 1 else np.ones((1, r)) * (A.Y[0] if r else 1)
        packed = _to_rows_of_X(A, packed)
        if out is not None:
            begin, end = end, end + len(packed)
            out[begin:end] = packed
            packed = out[begin:end]
        yield packed, v


def opposite(A, packed, out=None):
    """The opposites of packed patterns: every bit the other way, but for zero rows, which are always active."""
    mask, width = A.nonzero, packed.shape[1]
    out = np.empty(packed.shape, np.uint8) if out is None else out
    together = max(
        1, 512 // width
    )  # narrow patterns go many to a row of numpy's loop, and the rest one by one
    whole = len(packed) - len(packed) % together
    for part, rows in (slice(whole), together), (slice(whole, None), 1):
        long = -1, rows * width
        np.bitwise_xor(packed[part].reshape(long), np.tile(mask, rows), out=out[part].reshape(long))
    return out


def _to_rows_of_X(A, packed):
    n = len(A.row)
    if A.plain:
        return packed[:, : -(-n // 8)]
    if not len(A.Y):
        return np.packbits(np.ones((1, n), bool), axis=1)
    signs = np.unpackbits(packed, axis=1, count=len(A.Y)).view(bool)
    D = signs[:, A.row] == (A.sign > 0)
    D[:, A.row < 0] = True
    return np.packbits(D, axis=1)


def _turn(A, rows, weights, out):
    """Rank 2: the half-turn of w, from where the first line becomes positive to where it becomes negative again."""
    angle, positive, order = _half_angles(A)
    turns = np.r_[angle[order], np.pi] - np.pi / 2
    middle = (turns[1:] + turns[:-1]) / 2
    start = np.ones(len(A.row), bool)
    start[A.row >= 0] = positive[A.row[A.row >= 0]] == (A.sign[A.row >= 0] > 0)
    step = np.append(np.argsort(order), 0)[
        A.row
    ]  # at which each row of X changes sign: 0 is before the first cell
    members = np.argsort(step, kind="stable")
    first = np.searchsorted(step[members], np.arange(len(order) + 1))
    flips = list(
        zip(step[members].tolist(), (members >> 3).tolist(), (128 >> (members & 7)).tolist())
    )
    current = np.packbits(start)
    for begin in range(0, len(order), rows):
        end = min(begin + rows, len(order))
        block = np.empty((end - begin, len(current)), np.uint8) if out is None else out[begin:end]
        block[:] = current
        for p, byte, bit in flips[first[max(begin, 1)] : first[end]]:
            block[p - begin :, byte] ^= bit
        current = block[-1]
        m = middle[begin:end, None]
        yield block, np.cos(m) * A.Y[0] + np.sin(m) * _across(A.Y[0]) if weights else None


def _across(y):
    return np.array([-y[1], y[0]])


def _half_angles(A):
    """Lines of the plane: angles from the first, [0, pi], whether the row is positive before the turn, and the order.

    What is within 1e-9 of the first or of the next is decided in integer arithmetic.
    """
    first, across = A.Y @ A.Y[0], A.Y @ _across(A.Y[0])
    angle = np.arctan2(across, first)
    positive = angle <= 0
    angle[positive] += np.pi
    angle[0], positive[0] = 0, True
    turns_left = np.sign(np.linalg.det(A.basis))

    def cross(a, b):
        return (a[0] * b[1] - a[1] * b[0]) * int(turns_left)

    close = np.flatnonzero(np.abs(across) < 1e-9)  # the first is the first line itself
    if len(close) > 1:
        z0, *Z = integers(A.source[close])[0]
        for i, z in zip(close[1:], Z):
            positive[i] = cross(z0, z) < 0
            angle[i] = 0 if positive[i] == (first[i] < 0) else np.pi
    order = np.argsort(angle, kind="stable")
    for begin, end in runs(np.diff(angle[order[1:]]) < 1e-9):
        tied = order[1 + begin : 1 + end]
        Z = integers(A.source[tied])[0]
        Z[positive[tied]] *= -1
        order[1 + begin : 1 + end] = tied[
            sorted(
                range(len(Z)),
                key=cmp_to_key(
                    lambda i, j: -1 if cross(Z[i], Z[j]) > 0 else int(cross(Z[i], Z[j]) < 0)
                ),
            )
        ]
    return angle, positive, order


def _by_vertices(A, rows, weights):
    """Rank r > 2: packed signs of the lines (m, 8 words) and their sets S (m, r - 1), padded with -1."""
    N, r = A.Y.shape
    D, words = r - 1, -(-N // 64)
    padded = 64 * words
    width = padded + D
    L, F = np.zeros((D, r, width)), np.ones((D, width), np.int64)
    L[0, :, :N], L[0, :, N:padded], L[0, :, padded:], F[0, :N] = A.Y.T, 1, A.directions[0].T, 0
    H, coefficients, of_plane = np.zeros((3, D, width))
    work = (
        N,
        L,
        H,
        F,
        coefficients,
        of_plane,
        np.zeros((D, D)),
        np.zeros((3, width)),
        np.zeros(padded, np.int32),
        np.empty((11, width)),
        np.empty((D, 4)),
        np.zeros(D, bool),
        np.empty(D),
        np.ones(D + 1),
        np.zeros(D, np.int64),
        np.zeros((words, padded), np.int64),
        np.zeros(words, np.int64),
        *np.zeros((2, 2, N), np.int64),
        *np.zeros((2, D), np.int64),
        np.array(A.zero),
    )
    state = np.array([D, -1])
    rows = max(rows, N)
    out, unsure = np.empty((rows, words), np.int64), np.empty((max(64, N), D), np.int64)
    sets = np.empty((rows if weights else 0, D), np.int64)
    fill = _kernel(N, r)
    yield np.packbits(_below_all_vertices(A))[None], np.full((1, D), -1)
    while state[0] > 0:
        with np.errstate(
            all="ignore"
        ):  # uncompiled, numpy warns of the infinite quotients of rows that are not used
            n, n_unsure = fill(*work, state, out, sets, unsure)
        if n:
            yield out[:n].view(np.uint8), sets[:n]
        for S in unsure[:n_unsure]:
            signs = A.cell(S)
            if signs is not None:
                yield np.packbits(signs)[None], S[None]


def _below_all_vertices(A):
    """Signs of the cell of the empty S."""
    C = A.directions[0]
    basis = np.vstack([A.Y[:1], C[:0:-1], -C[:1]])
    inverse = np.linalg.inv(basis)
    height = A.Y @ (inverse[:, -1] / np.linalg.norm(inverse[:, -1]))
    height[0] = 1
    sure = np.abs(height).min() > ZERO + 1e-14 * np.linalg.norm(inverse)
    return height > 0 if sure else A.cell([])


def _kernel(N, r):
    """The kernel; uncompiled in a process's first calls with small input, unless an earlier run has left it on disk."""
    fill = vertices.compiled_fill
    if fill.overloads:
        return fill
    written = list(Path(fill.stats.cache_path).glob("vertices.fill-*.nbi"))
    changed = max(
        Path(module.__file__).stat().st_mtime
        for module in (bits, chain, lines, vertices, whitening)
    )
    for (
        index
    ) in written:  # numba looks at the file of `fill` alone: drop what is older than the others
        if index.stat().st_mtime < changed:
            index.unlink(missing_ok=True)
    small = sum(comb(N - 1, k) for k in range(r)) * N <= UNCOMPILED
    if small and not any(map(Path.exists, written)) and _calls["uncompiled"] < 2:
        _calls["uncompiled"] += 1
        return vertices.fill
    return fill


def _inside(A, signs, sets):
    """A weight vector inside each cell: from its lowest vertex, a step to the right side of each row of S in turn."""
    N, r = A.Y.shape
    D, C = r - 1, A.directions[0]
    v = np.empty((len(signs), r))
    for k in np.unique(np.sum(sets >= 0, axis=1)):
        which = np.flatnonzero(np.sum(sets >= 0, axis=1) == k)
        virtual = np.vstack([A.Y[:1], C[:k:-1]]) if k < D else np.zeros((0, r))
        last = -C[k] if k < D else A.Y[0]
        bases = np.empty((len(which), r, r))
        bases[:, : len(virtual)], bases[:, -1] = virtual, last
        bases[:, len(virtual) : -1] = A.Y[sets[which, :k]]
        try:
            inverse = np.linalg.inv(bases)
        except np.linalg.LinAlgError:  # cells thinner than floats can tell
            inverse = np.linalg.pinv(bases)
        inverse /= np.linalg.norm(inverse, axis=1, keepdims=True)
        side = np.where(signs[which], 1.0, -1.0)
        point = inverse[:, :, -1]
        steps = ([0] if k < D else []) + list(range(len(virtual), r - 1))
        for s in steps:
            step = inverse[:, :, s]
            margin, change = side * (point @ A.Y.T), side * (step @ A.Y.T)
            row = np.zeros(len(which), int) if s < len(virtual) else sets[which, s - len(virtual)]
            turn = side[np.arange(len(which)), row]
            change *= turn[:, None]
            room = np.where(
                (change < 0) & (margin > 1e-11), margin / np.where(change < 0, -change, 1), 1.0
            )
            point = point + (0.5 * np.minimum(room.min(axis=1), 1.0) * turn)[:, None] * step
            point /= np.linalg.norm(point, axis=1)[:, None]
        v[which] = point
    side = np.where(signs, 1.0, -1.0)
    for i in np.flatnonzero((side * (v @ A.Y.T)).min(axis=1) < 1e-9):
        v[i] = _deepest(side[i][:, None] * A.Y, v[i])
    return v


def _deepest(Y, v):
    """The w in the box [-1, 1]^r farthest inside Y w >= 0, or v if the solver finds none better."""
    r = Y.shape[1]
    found = linprog(
        np.r_[np.zeros(r), -1],
        np.c_[-Y, np.ones(len(Y))],
        np.zeros(len(Y)),
        bounds=[(-1, 1)] * r + [(None, 1)],
    )
    w = v if found.x is None else found.x[:r]
    return w if (Y @ w).min() > (Y @ v).min() else v
