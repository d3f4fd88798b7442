"""The cells of an arrangement in blocks of packed rows, and a weight vector inside every cell.

`blocks` lists the half in which the first nonzero row of X is positive; the other half are its opposites. In the plane
the weight vector is turned through a half-turn, so that neighbours differ in one line; from three dimensions on cells are
listed by their lowest vertices (`vertices`), in the order of their sets S.
"""

from functools import cmp_to_key
from math import comb
from pathlib import Path

import numpy as np
from scipy.optimize import linprog

from . import vertices
from .exact import integers

BYTES = 2**18        # of a block: what stays in a core's cache
UNCOMPILED = 60_000  # cells times rows up to which the kernel's first calls run uncompiled
_calls = {"uncompiled": 0}


def blocks(A, rows=None, weights=False):
    """Half of the cells of the Arrangement A: pairs (packed patterns of X's rows (m, ceil(n / 8)), weights (m, r) or None).

    rows: about how many in a block.
    """
    n, (N, r) = len(A.row), A.Y.shape
    rows = rows or max(1, BYTES // -(-n // 8))
    if r == 2:
        yield from _turn(A, rows, weights)
        return
    listed = _by_vertices(A, rows, weights) if r > 2 else [(np.full((1, 8), 128, np.uint8), np.zeros((1, 0), int))]
    for packed, sets in listed:
        v = None
        if weights:
            signs = np.unpackbits(packed, axis=1, count=N).astype(bool)
            v = _inside(A, signs, sets) if r > 1 else np.ones((1, r)) * (A.Y[0] if r else 1)
        yield _to_rows_of_X(A, packed), v


def opposite(A, packed):
    """The opposites of packed patterns: every bit the other way, but for zero rows, which are always active."""
    mask = np.packbits(A.row >= 0)
    if (mask == 255).all():
        return ~packed
    return packed ^ mask


def _to_rows_of_X(A, packed):
    n = len(A.row)
    if A.plain:
        return packed[:, :-(-n // 8)]
    if not len(A.Y):
        return np.packbits(np.ones((1, n), bool), axis=1)
    signs = np.unpackbits(packed, axis=1, count=len(A.Y)).view(bool)
    D = signs[:, A.row] == (A.sign > 0)
    D[:, A.row < 0] = True
    return np.packbits(D, axis=1)


def _turn(A, rows, weights):
    """Rank 2: the half-turn of w, from where the first line becomes positive to where it becomes negative again."""
    n, N = len(A.row), len(A.Y)
    x = A.Y[0]
    angle = np.arctan2(A.Y @ [-x[1], x[0]], A.Y @ x)  # of the lines' normals, from the first's
    begins = angle <= 0                              # positive at the start: all in (-pi, 0], the first among them
    angle = np.where(angle < 0, angle + np.pi, angle)
    angle[0] = 0
    order = _sorted_angles(A, angle)
    signs = begins.copy()
    signs[0] = True
    first = np.ones(n, bool)
    first[A.row >= 0] = signs[A.row[A.row >= 0]] == (A.sign[A.row >= 0] > 0)
    members = np.argsort(A.row, kind="stable")
    members = np.split(members, np.searchsorted(A.row[members], np.arange(N)))[1:]
    turned = np.r_[angle[order], np.pi] - np.pi / 2
    middle = (turned[1:] + turned[:-1]) / 2
    current = np.packbits(first)
    for begin in range(0, N, rows):
        end = min(begin + rows, N)
        out = np.empty((end - begin, len(current)), np.uint8)
        for p in range(begin, end):
            if p:
                for j in members[order[p]]:
                    current[j >> 3] ^= 128 >> (j & 7)
            out[p - begin] = current
        v = None
        if weights:
            m = middle[begin:end, None]
            v = np.cos(m) * x + np.sin(m) * [-x[1], x[0]]
        yield out, v


def _sorted_angles(A, angle):
    """Order of the angles, [0, pi), of the lines of the plane; nearly equal ones are compared in exact arithmetic."""
    order = np.argsort(angle, kind="stable")
    close = np.diff(angle[order]) < 1e-9
    if close.any():
        Z, _ = integers(A.source)
        first = Z[order[0]]
        side = np.sign(np.linalg.det(A.basis)) * 1

        def upper(i):  # the member of the line that lies within (0, pi) of the first
            cross = first[0] * Z[i][1] - first[1] * Z[i][0]
            return Z[i] if cross * side > 0 else -Z[i]

        def compare(i, j):
            a, b = upper(i), upper(j)
            cross = (a[0] * b[1] - a[1] * b[0]) * int(side)
            return -1 if cross > 0 else int(cross < 0)

        for run in np.split(np.arange(1, len(order)), np.flatnonzero(close[1:] == 0) + 1):
            order[run] = sorted(order[run], key=cmp_to_key(compare))
    return order


def _by_vertices(A, rows, weights):
    """Rank r > 2: packed signs of the lines (m, 8 words) and their sets S (m, r - 1), padded with -1."""
    N, r = A.Y.shape
    D, words = r - 1, -(-N // 64)
    C = A.directions @ A.basis
    L, H = np.empty((D, r, N + D)), np.empty((D, N + D))
    L[0] = np.vstack([A.Y, C]).T
    work = (L, H, np.empty(D), np.ones(D + 1), np.zeros((D, N), np.int64), np.zeros(D, np.int64), np.zeros(D), np.ones(D),
            np.empty(N), np.empty(N), np.full(64 * words, vertices.NO_PLACE), np.zeros(words, np.int64),
            np.zeros(N, np.int64), np.zeros(D + 1, np.int64), np.zeros(D + 1, np.int64), np.array(A.zero))
    state = np.array([D, -1])
    rows = max(rows, N)
    out, unsure = np.empty((rows, words), np.int64), np.empty((max(64, N), D), np.int64)
    sets = np.empty((rows if weights else 0, D), np.int64)
    fill = _kernel(N, r)
    open_sets = [np.full(D, -1)]  # S empty: the cell below all vertices
    while True:
        if len(open_sets):
            exactly = [(S, A.cell(S)) for S in open_sets]
            kept = [(S, signs) for S, signs in exactly if signs is not None]
            if kept:
                signs = np.zeros((len(kept), 64 * words), bool)
                signs[:, :N] = [s for _, s in kept]
                yield np.packbits(signs, axis=1), np.array([S for S, _ in kept])
        if state[0] <= 0:
            return
        n, n_unsure = fill(*work, state, out, sets, unsure)
        if n:
            yield out[:n].view(np.uint8), sets[:n]
        open_sets = unsure[:n_unsure].copy()


def _kernel(N, r):
    """The kernel; uncompiled in the first calls of a process with small input, unless an earlier run has left it on disk."""
    fill = vertices.compiled_fill
    if fill.signatures or sum(comb(N - 1, k) for k in range(r)) * N > UNCOMPILED or _calls["uncompiled"] >= 2:
        return fill
    written = [f.stat().st_mtime for f in Path(fill.stats.cache_path).glob("vertices.fill-*.nbi")]
    if written and max(written) > Path(vertices.__file__).stat().st_mtime:
        return fill
    _calls["uncompiled"] += 1
    return vertices.fill


def _inside(A, signs, sets):
    """A weight vector inside each of the cells: from its lowest vertex a step to the right side of each row of its S in turn."""
    N, r = A.Y.shape
    D, C = r - 1, A.directions @ A.basis
    v = np.empty((len(signs), r))
    for k in np.unique(np.sum(sets >= 0, axis=1)):
        which = np.flatnonzero(np.sum(sets >= 0, axis=1) == k)
        virtual = np.vstack([A.Y[:1], C[:k:-1]]) if k < D else np.zeros((0, r))
        last = -C[k] if k < D else A.Y[0]
        bases = np.empty((len(which), r, r))
        bases[:, :len(virtual)], bases[:, -1] = virtual, last
        bases[:, len(virtual):-1] = A.Y[sets[which, :k]]
        inverse = np.linalg.inv(bases)
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
            room = np.where((change < 0) & (margin > 1e-11), margin / np.where(change < 0, -change, 1), 1.0)
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
    found = linprog(np.r_[np.zeros(r), -1], np.c_[-Y, np.ones(len(Y))], np.zeros(len(Y)), bounds=[(-1, 1)] * r + [(None, 1)])
    w = v if found.x is None else found.x[:r]
    return w if (Y @ w).min() > (Y @ v).min() else v
