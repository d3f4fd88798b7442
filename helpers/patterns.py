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
from .enumeration.arrangement import arrangement
from .enumeration.cells import BYTES, blocks, opposite
from .enumeration.whitening import Ambiguous

COUNTABLE = 10**8  # patterns that are counted for the sake of a fraction (seconds)
SAMPLES = 2**17  # weight vectors drawn at a time
SMALL = 2**24  # bytes that there are, whatever the machine


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
    """All full-dimensional cells, each once: booleans (P, n), or with ``packed=True`` bits, (P, ceil(n / 8)) of uint8.

    Bits are those of numpy.packbits. First come the patterns in which the first nonzero row of X is active, then their
    opposites in the same order: for rank 2 that in which a turning weight vector meets them, otherwise that of the
    cells' lowest vertices (`helpers.enumeration.vertices`), fixed but without a meaning of its own. With
    ``weights=True`` also a weight vector in the interior of every cell, (P, d). Degenerate X (duplicate, opposite, zero
    rows, points on common planes, low rank, columns of different scales) is decided exactly for integers and rationals
    (`fractions.Fraction`), or with ``exact=True`` for floats taken as they are, otherwise up to rounding (if that leaves
    doubt they are taken as they are, too), with ``exact=False`` up to a sine of 1e-12. ``progress=True`` shows a bar.
    Raises ValueError on bad input, and before the work when the list does not fit in memory.
    """
    return _settled(X, exact, lambda A: _list(A, weights, packed, progress))


def _settled(X, exact, use):
    """use(A) for the Arrangement A of X; where rounding leaves it in doubt what is zero, floats are what they are."""
    try:
        return use(arrangement(X, exact))
    except Ambiguous:
        return use(arrangement(X, True))


def _list(A, weights, packed, progress):
    n, width, r = len(A.row), -(-len(A.row) // 8), A.Y.shape[1]
    most = _room(A, (width if packed else n + width) + 8 * A.to_X.shape[0] * weights)
    out, W = np.empty((most, width), np.uint8), np.empty((most if weights else 0, A.to_X.shape[0]))
    half, opposites = 0, r > 0

    def oppose(begin, end, half):
        opposite(A, out[begin:end], out[half + begin : half + end])
        np.negative(W[begin:end], out=W[half + begin : half + end])

    with tqdm(total=most, unit=" patterns", disable=not progress) as bar:
        for block, v in blocks(A, weights=weights, out=out):
            begin, half = half, half + len(block)
            if weights:
                W[begin:half] = v @ A.to_X.T
            if (
                r == 2
            ):  # the number of cells is certain: at once, while they are in the processor's cache
                oppose(begin, half, most // 2)
            bar.update(len(block) << opposites)
        bar.total = half << opposites
    if r > 2 or r == 1:
        step = max(1, BYTES // width)
        for begin in range(0, half, step):
            oppose(begin, min(begin + step, half), half)
    out.resize((half << opposites, width), refcheck=False)
    D = out if packed else np.unpackbits(out, axis=1, count=n).view(bool)
    if weights:
        W.resize((half << opposites, W.shape[1]), refcheck=False)
    return (D, W) if weights else D


def iterate_patterns(X, chunk=65536, exact=None):
    """The patterns of `enumerate_patterns`, packed: an iterator over arrays of at most `chunk` rows (or 2 n if more).

    Arrays are (m, ceil(n / 8)) of uint8, bits as of numpy.packbits: first patterns with the first nonzero row of X
    active, then their opposites, in the same order; they are the caller's to keep. Only one is held at a time, whatever
    the number of patterns (floats are gone through twice, first to see whether they leave doubt). Raises ValueError on
    bad input.
    """
    rows = max(1, checks.as_count(chunk, "chunk", 1) // 2)

    def gone_through(A):
        if not A.exact:
            _count(A, np.inf)
        return A

    A = _settled(X, exact, gone_through)
    return (
        np.vstack([block, opposite(A, block)]) if A.Y.shape[1] else block
        for block, _ in blocks(A, rows)
    )


def count_patterns(X, exact=None):
    """Number of patterns `enumerate_patterns` lists, without holding them. Raises ValueError on bad input."""
    return _settled(X, exact, lambda A: _count(A, np.inf))


def _count(A, limit):
    """Number of patterns, or one above `limit` if there are more."""
    N, r = A.Y.shape
    if r < 3:
        return (1, 2, 2 * N)[r]
    count = 0
    for block, _ in blocks(A):
        count += 2 * len(block)
        if count > limit:
            break
    return count


def _room(A, width):
    """Rows to set aside for all patterns, each of `width` bytes; ValueError if that does not fit."""
    N, r = A.Y.shape
    most = cover_count(N, r) if r else 1
    if most * width <= SMALL:
        return most
    limit = _memory() // width
    if most > limit and A.exact:  # data of integers may have far fewer
        most = min(most, _count(A, limit))
    if most > limit:
        number = f"up to {most:.4g}" if not A.exact else f"more than {limit:.4g}"
        raise ValueError(
            f"X has {number} patterns, {most * width:.3g} bytes at {width} each, too many to list in the "
            f"memory free: use packed=True or iterate_patterns, sample_patterns, or fewer or "
            "lower-dimensional data"
        )
    return most


def _memory():
    """Bytes that a list may take: most of the memory free (where the system tells, else 2 GiB)."""
    try:
        with open("/proc/meminfo") as lines:
            free = next(
                int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable")
            )
    except (OSError, StopIteration):
        free = 2**31
    return int(0.8 * free)


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


def sample_patterns(X, count, rng, fraction=False):
    """Different patterns met by `count` standard normal weight vectors: booleans (P, n), largest binary number first.

    With ``fraction=True`` also P over the number of all patterns, NaN where that number may pass COUNTABLE.
    Raises ValueError on bad input.
    """
    X = checks.as_data(X)
    count, packed = checks.as_count(count, "count", 1), np.zeros((0, -(-len(X) // 8)), np.uint8)
    for begin in range(0, count, SAMPLES):
        W = rng.standard_normal((min(SAMPLES, count - begin), X.shape[1]))
        packed = np.unique(np.vstack([packed, np.packbits(W @ X.T >= 0, axis=1)]), axis=0)
    D = np.unpackbits(packed[::-1], axis=1, count=len(X)).view(bool)
    if not fraction:
        return D

    def all_patterns(A):
        countable = A.Y.shape[1] < 2 or cover_count(*A.Y.shape) <= COUNTABLE
        return _count(A, np.inf) if countable else np.nan

    return D, len(D) / _settled(X, None, all_patterns)
