"""The cells of an arrangement in blocks of packed rows, and a weight vector inside every cell.

`blocks` lists the half in which the first nonzero row of X is positive; the other half are its
opposites. In the plane the weight vector is turned through a half-turn (`turn`), so that
neighbours differ in one line. From three dimensions on cells are listed by their lowest vertices
(`vertices`), in the order of their sets S.
"""

from collections.abc import Callable, Iterator
from math import comb

import numpy as np

from . import vertices
from .arrangement import Arrangement
from .bits import byte_count, word_count
from .inside import inside
from .tolerance import ZERO
from .turn import turn

# Bytes of a block: it stays in a core's cache, half a megabyte or more, until it has been read.
BYTES = 2**18

# Narrow patterns are taken together to this many bytes: beginning a row of memory costs numpy's
# loop as much as going through some hundred.
LONG = 512

# Sets S for exact arithmetic that the kernel puts aside before it stops (those of one line, N, at
# least): stopping costs nothing beside so many determinants.
UNSURE = 64


def blocks(
    A: Arrangement,
    rows: int | None = None,
    weights: bool = False,
    out: np.ndarray | None = None,
) -> Iterator[tuple[np.ndarray, np.ndarray | None]]:
    """Half of the cells of the Arrangement, a block at a time.

    Yields pairs (packed patterns of X (m, ceil(n / 8)), weights (m, r) of Y, or None). `rows` is
    about how many there are in a block. Blocks are written to `out`, one after another, or else
    to memory that is good until the next. Raises Ambiguous.
    """
    r = A.Y.shape[1]
    rows = rows or max(1, BYTES // byte_count(len(A.row)))
    if r == 2:
        yield from turn(A, rows, weights, out)
        return
    end = 0
    for packed, sets in by_vertices(A, rows, weights) if r > 2 else _on_a_line():
        v = _weights(A, packed, sets) if weights else None
        packed = _to_rows_of_X(A, packed)
        if out is not None:
            begin = end
            end += len(packed)
            out[begin:end] = packed
            packed = out[begin:end]
        yield packed, v


def sizes(A: Arrangement) -> np.ndarray:
    """How many of half of the cells have a lowest vertex on 0, 1, .. rows, (max(r, 1),).

    Raises Ambiguous.
    """
    N, r = A.Y.shape
    if r < 3:
        return np.array([1, N - 1][: max(r, 1)])
    count = np.zeros(r, int)
    rows = max(1, BYTES // (8 * r))
    for _, sets in by_vertices(A, rows, with_sets=True):
        count += np.bincount(np.sum(sets >= 0, axis=1), minlength=r)
    return count


def opposite(A: Arrangement, packed: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """The opposites of packed patterns: other signs everywhere but for zero rows of X."""
    width = packed.shape[1]
    out = np.empty(packed.shape, np.uint8) if out is None else out
    together = max(1, LONG // width)
    whole = len(packed) - len(packed) % together
    for part, rows in (slice(whole), together), (slice(whole, None), 1):
        shape = (-1, rows * width)
        mask = np.tile(A.nonzero, rows)
        np.bitwise_xor(packed[part].reshape(shape), mask, out=out[part].reshape(shape))
    return out


def _on_a_line():
    """Rank 1 or 0: the cell of the empty S alone, its first row positive."""
    first_bit = 128
    yield np.full((1, 8), first_bit, np.uint8), np.zeros((1, 0), int)


def _weights(A, packed, sets):
    """A vector inside each cell of rank other than 2, (m, r)."""
    N, r = A.Y.shape
    if r == 0:
        return np.ones((1, 0))
    if r == 1:
        return A.Y[:1]
    signs = np.unpackbits(packed, axis=1, count=N).astype(bool)
    return inside(A, signs, sets)


def _to_rows_of_X(A, packed):
    """Packed signs of the rows of Y as patterns of X."""
    n = len(A.row)
    if A.plain:
        return packed[:, : byte_count(n)]
    if not len(A.Y):
        return np.packbits(np.ones((1, n), bool), axis=1)
    signs = np.unpackbits(packed, axis=1, count=len(A.Y)).view(bool)
    D = signs[:, A.row] == (A.sign > 0)
    D[:, A.row < 0] = True
    return np.packbits(D, axis=1)


def by_vertices(
    A: Arrangement, rows: int, with_sets: bool, fill: Callable | None = None
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Half of the cells of an Arrangement of rank r > 2.

    Yields pairs (packed signs of the rows of Y (m, 8 words), the sets S (m, r - 1) padded with
    -1, without rows unless asked for); m is at most `rows`, or N if that is more. fill: the kernel,
    by default compiled or plain, as suits the number of cells. Raises Ambiguous.
    """
    N, r = A.Y.shape
    D = r - 1
    rows = max(rows, N)
    half_of_cells = sum(comb(N - 1, k) for k in range(r))
    fill = fill or vertices.FILL.for_work(half_of_cells * N)
    walk = vertices.empty_walk(A)
    output = vertices.Output(
        patterns=np.empty((rows, word_count(N)), np.int64),
        sets=np.empty((rows if with_sets else 0, D), np.int64),
        unsure=np.empty((max(UNSURE, N), D), np.int64),
    )
    yield np.packbits(below_all_vertices(A))[None], np.full((1, D), -1)
    while walk.state[0] > 0:
        # plainly run, numpy warns of infinite quotients, of rows that are not used
        with np.errstate(all="ignore"):
            n, n_unsure = fill(walk, output)
        if n:
            yield output.patterns[:n].view(np.uint8), output.sets[:n]
        decided = A.cells(output.unsure[:n_unsure])
        found = [u for u, signs in enumerate(decided) if signs is not None]
        for begin in range(0, len(found), rows):
            some = found[begin : begin + rows]
            yield np.packbits([decided[u] for u in some], axis=1), output.unsure[some]


def below_all_vertices(A):
    """Signs of the cell of the empty S, (N,)."""
    C = A.directions
    basis = np.vstack([A.Y[:1], C[:0:-1], -C[:1]])
    inverse = np.linalg.inv(basis)
    w = inverse[:, -1]
    height = A.Y @ (w / np.linalg.norm(w))
    height[0] = 1
    # the second term bounds the rounding of w: some machine epsilons times the inverse
    sure = np.abs(height).min() > ZERO + 1e-14 * np.linalg.norm(inverse)
    return height > 0 if sure else A.cell([])
