"""Activation patterns: which data points each ReLU neuron activates, and all the patterns that data allow.

The pattern of w is the row of booleans ``w' x_j >= 0``; a zero row of X is therefore always active. The patterns that
matter to the convex program are those of the full-dimensional cells into which the hyperplanes ``w' x_j = 0`` cut the
space of weights; what is met only on a face adds nothing to it (its cone lies in the closure of some cell).
Shapes: X (n, d) data, bias column included; W (m, d) neurons; D (P, n) patterns, one a row.
"""

from math import comb

import numpy as np

from tqdm import tqdm

from . import checks
from .arrangement import arrangement
from .cells import blocks, opposite

MAX_BYTES = 2**31  # the largest list of patterns that enumerate_patterns agrees to hold


def activation_patterns(X, W):
    """Pattern ``X w >= 0`` of every row w of W: booleans, shape (m, n). Raises ValueError on bad input."""
    X = checks.as_data(X)
    W, _ = checks.as_network(W, np.zeros(len(W)), X.shape[1])
    return W @ X.T >= 0


def activation_points(W):
    """Where each neuron ``w_1 x + w_2`` of one-dimensional data with a bias column changes sign: -w_2 / w_1, shape (m,).

    A neuron with w_1 = 0 has no such point: NaN. Raises ValueError unless W has two columns.
    """
    W, _ = checks.as_network(W, np.zeros(len(W)), 2)
    slope = np.where(W[:, 0] == 0, np.nan, W[:, 0])
    return -W[:, 1] / slope


def enumerate_patterns(X, weights=False, packed=False, progress=False, exact=None):
    """All full-dimensional cells, each once: booleans (P, n), or with ``packed=True`` bits (P, ceil(n / 8)) as of numpy.packbits.

    First the patterns in which the first nonzero row of X is active, then their opposites in the same order. For rank 2
    that is the order in which a turning weight vector meets them; otherwise it is the order of the cells' lowest vertices
    (`helpers.vertices`), fixed but without a meaning of its own. With ``weights=True`` also a weight vector in the interior
    of every cell, (P, d). Degenerate X (duplicate, opposite, zero rows, points on common planes, low rank, columns of
    different scales) is decided exactly for integers and rationals (`fractions.Fraction`), or with ``exact=True`` for
    floats taken as they are, otherwise up to a sine of 1e-12. ``progress=True`` shows a bar.
    Raises ValueError on bad input, and at once when the list does not fit in memory.
    """
    A = arrangement(X, exact)
    n, width = len(A.row), -(-len(A.row) // 8)
    half = _room(A, n if not packed else width, weights)
    out = np.empty((2 * half, width), np.uint8)
    W = []
    total = 0
    with tqdm(total=2 * half, unit=" patterns", disable=not progress) as bar:
        for block, v in blocks(A, None, weights):
            out[total:total + len(block)] = block
            total += len(block)
            bar.update(2 * len(block))
            W.append(v)
    if A.Y.shape[1]:
        for begin in range(0, total, 4096):
            end = min(begin + 4096, total)
            out[total + begin:total + end] = opposite(A, out[begin:end])
    out.resize((2 * total if A.Y.shape[1] else 1, width), refcheck=False)
    D = out if packed else np.unpackbits(out, axis=1, count=n).view(bool)
    if not weights:
        return D
    W = np.vstack(W) @ A.to_X.T
    return D, np.vstack([W, -W]) if A.Y.shape[1] else W


def iterate_patterns(X, chunk=65536, exact=None):
    """The patterns of `enumerate_patterns`, packed, in arrays of about `chunk` rows (at most; more if X has more rows).

    Yields arrays (m, ceil(n / 8)) of uint8, bits as of numpy.packbits: half of each array are patterns with the first nonzero
    row of X active, then come their opposites, in the same order. Holds one array at a time, whatever the number of
    patterns. Raises ValueError on bad input.
    """
    A = arrangement(X, exact)
    for block, _ in blocks(A, max(1, checks.as_count(chunk, "chunk", 1) // 2)):
        yield np.vstack([block, opposite(A, block)]) if A.Y.shape[1] else block


def count_patterns(X, exact=None):
    """Number of patterns `enumerate_patterns` lists, without holding them. Raises ValueError on bad input."""
    A = arrangement(X, exact)
    N, r = A.Y.shape
    return (1, 2, 2 * N)[r] if r < 3 else 2 * sum(len(block) for block, _ in blocks(A))


def _room(A, width, weights):
    """Rows to set aside for half of the patterns, each of `width` bytes; ValueError if that does not fit."""
    N, r = A.Y.shape
    half = sum(comb(N - 1, k) for k in range(r)) if r else 1
    limit = MAX_BYTES
    size = 2 * half * (width + weights * 8 * A.to_X.shape[0])
    if size > limit:
        raise ValueError(f"X has up to {2 * half:.4g} patterns, {size:.3g} bytes: too many to list; "
                         "sample them with sample_patterns, or use fewer or lower-dimensional data")
    return half


def cover_count(n, rank):
    """Number of cells for n points in general position spanning `rank` dimensions, 2 sum_{k<rank} C(n-1, k).

    Source: Cover, Geometrical and statistical properties of systems of linear inequalities (1965).
    """
    n, rank = checks.as_count(n, "n", 1), checks.as_count(rank, "rank", 1)
    return 2 * sum(comb(n - 1, k) for k in range(rank))


def article_bound(n, rank):
    """The article's bound on the number of patterns, 2 r (e (n - 1) / r)^r; it needs n >= 2."""
    n, rank = checks.as_count(n, "n", 2), checks.as_count(rank, "rank", 1)
    return 2 * rank * (np.e * (n - 1) / rank) ** rank


def sample_patterns(X, count, rng):
    """Different patterns met by `count` standard normal weight vectors, booleans (P, n), sorted as binary
    numbers, largest first.

    Raises ValueError on bad input.
    """
    X = checks.as_data(X)
    W = rng.standard_normal((checks.as_count(count, "count", 1), X.shape[1]))
    packed = np.unique(np.packbits(W @ X.T >= 0, axis=1), axis=0)[::-1]
    return np.unpackbits(packed, axis=1, count=len(X)).astype(bool)
