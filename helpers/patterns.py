"""Activation patterns: which data points each ReLU neuron activates, and all that data allow.

The pattern of w is the row of booleans ``w' x_j >= 0``; a zero row of X is therefore always
active. The patterns that matter to the convex program are those of the full-dimensional cells
into which the hyperplanes ``w' x_j = 0`` cut the space of weights. What is met only on a face adds
nothing to it: its cone lies in the closure of some cell.
Shapes: X (n, d) data, bias column included; W (m, d) neurons; D (P, n) patterns, one a row.
"""

from collections.abc import Callable, Iterator
from functools import partial
from math import comb

import numpy as np
from numpy.typing import ArrayLike
from tqdm import tqdm

from . import checks, doubles
from .enumeration.arrangement import arrangement
from .enumeration.bits import byte_count
from .enumeration.cells import BYTES, blocks, opposite, sizes
from .enumeration.tolerance import Ambiguous

COUNTABLE = 10**8  # patterns that are counted for the sake of a fraction: some seconds' work
SAMPLES = 2**17  # weight vectors drawn at a time: 1 MiB a dimension, beside their patterns
SMALL = 2**24  # bytes for a list that need no look at the memory free: every machine has them
SHARE = 0.8  # of the memory free that a list may take: the rest is for what is done with it


def activation_patterns(X: ArrayLike, W: ArrayLike) -> np.ndarray:
    """Pattern ``X w >= 0`` of every row w of W: booleans (m, n). Raises ValueError on bad input."""
    X = checks.as_data(X)
    W = checks.as_weights(W, X.shape[1])
    return doubles.nonnegative_products(W, X)


def distinct(D: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The different rows of booleans D (m, n), the smallest binary number first.

    Returns (D', number) with D = D'[number].
    """
    packed = np.packbits(D, axis=1)
    _, first, number = np.unique(row_keys(packed), return_index=True, return_inverse=True)
    return np.unpackbits(packed[first], axis=1, count=D.shape[1]).view(bool), number


def row_keys(packed: np.ndarray) -> np.ndarray:
    """One item (m,) for every row of bytes (m, w), in the order of the rows.

    NumPy's `unique` of rows takes fifty times as long where they are wide.
    """
    return np.ascontiguousarray(packed).view(f"V{packed.shape[1]}").ravel()


def activation_points(W: ArrayLike) -> np.ndarray:
    """Where each neuron ``w_1 x + w_2`` of one-dimensional data changes sign: -w_2 / w_1, (m,).

    W (m, 2); w_2 belongs to the bias column. A neuron with w_1 = 0 has no such point: NaN. Raises
    ValueError unless W has two columns.
    """
    W = checks.as_weights(W, 2)
    slope = np.where(W[:, 0] == 0, np.nan, W[:, 0])
    return -W[:, 1] / slope


def enumerate_patterns(
    X: ArrayLike,
    weights: bool = False,
    packed: bool = False,
    progress: bool = False,
    exact: bool = False,
) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
    """All full-dimensional cells, each once: booleans (P, n).

    packed: bits instead, as of numpy.packbits, (P, ceil(n / 8)) of uint8.
    weights: also a weight vector in the interior of every cell, (P, d); returns (D, W).
    progress: show a bar.
    exact: take floats for the binary fractions they are.

    The order is fixed. First come the patterns in which the first nonzero row of X is active, then
    their opposites in the same order. For rank 2 that is the order in which a turning weight
    vector meets them, otherwise that of the cells' lowest vertices, without further meaning.

    X may be degenerate: duplicate, opposite and zero rows, points on common planes, low rank,
    columns of different scales. Integers and rationals (`fractions.Fraction`) are decided exactly.
    So are floats that are multiples of 1/1024. Other floats are decided up to rounding. Where
    rounding leaves doubt, they are taken as with ``exact=True``.

    Raises ValueError on bad input, and before the work when the list does not fit in memory.
    """
    weights = checks.as_flag(weights, "weights")
    packed = checks.as_flag(packed, "packed")
    progress = checks.as_flag(progress, "progress")
    return _all_patterns(X, exact).listed(weights, packed, progress)


def _all_patterns(X, exact):
    """AllPatterns of data and an option that have not been checked."""
    return AllPatterns(checks.as_numbers(X), checks.as_flag(exact, "exact"))


class AllPatterns:
    """All the patterns of checked data X (n, d): bounded, counted, listed or gone through.

    exact: as in `enumerate_patterns`. Else floats are taken up to rounding, until that leaves a
    doubt.
    """

    def __init__(self, X: np.ndarray, exact: bool = False):
        self._X = X
        self._arrangement = arrangement(X, exact)
        self._count = None

    @property
    def most(self) -> int:
        """What there are at most; exactly so many if the data are in general position."""
        return _most(self._arrangement)

    @property
    def rank(self) -> int:
        """The rank of X."""
        return self._arrangement.to_X.shape[1]

    @property
    def count(self) -> int:
        """How many there are."""
        return self._counted(None)

    @property
    def betti_numbers(self) -> list[int]:
        """Their number, as a sum: see the function of this name."""
        return self._certainly(_betti_numbers)

    def _counted(self, stop):
        """How many there are; raises TimeoutError once `stop` says so."""
        if self._count is None:
            self._count = self._certainly(partial(_count, stop=stop))
        return self._count

    def listed(
        self,
        weights: bool = False,
        packed: bool = False,
        progress: bool = False,
    ) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
        """The list, as `enumerate_patterns` returns it."""
        return self._certainly(partial(_list, weights=weights, packed=packed, progress=progress))

    def chunks(
        self,
        rows: int,
        stop: Callable[[], bool] | None = None,
    ) -> Iterator[np.ndarray]:
        """All of them, packed, at most `rows` and as many opposites at a time.

        Raises TimeoutError once `stop`, which is asked time and again, says so.
        """
        if not self._arrangement.exact:
            self._counted(stop)  # whether rounding leaves a doubt is known at the end only
        return _with_opposites(self._arrangement, rows, stop)

    def _certainly(self, work):
        """What `work` makes of the arrangement: of the exact one, if rounding leaves a doubt."""
        try:
            return work(self._arrangement)
        except Ambiguous:
            self._arrangement = arrangement(self._X, exact=True)
            return work(self._arrangement)


def _list(A, weights, packed, progress):
    """`AllPatterns.listed` of an Arrangement; may be Ambiguous."""
    n = len(A.row)
    d, r = A.to_X.shape
    width = byte_count(n)
    row_bytes = width if packed else width + n
    if weights:
        row_bytes += 8 * d
    most = _room(A, row_bytes)
    out = np.empty((most, width), np.uint8)
    W = np.empty((most if weights else 0, d))
    ways = 2 if r else 1  # a cell and its opposite, but for zero data
    half = 0
    with tqdm(total=most, unit=" patterns", disable=not progress) as bar:
        for block, v in blocks(A, weights=weights, out=out):
            begin = half
            half += len(block)
            if weights:
                W[begin:half] = v @ A.to_X.T
            if r == 2:
                # there the number of cells is certain: at once, while they are in the cache
                _oppose(A, out, W, slice(begin, half), most // 2)
            bar.update(ways * len(block))
        bar.total = ways * half
    if r not in (0, 2):
        step = max(1, BYTES // width)
        for begin in range(0, half, step):
            _oppose(A, out, W, slice(begin, min(begin + step, half)), half)
    out.resize((ways * half, width), refcheck=False)
    D = out if packed else np.unpackbits(out, axis=1, count=n).view(bool)
    if not weights:
        return D
    W.resize((ways * half, d), refcheck=False)
    return D, W


def _oppose(A, out, W, part, half):
    """The opposites of a part of the first half of the list, half rows further down."""
    there = slice(half + part.start, half + part.stop)
    opposite(A, out[part], out[there])
    np.negative(W[part], out=W[there])


def iterate_patterns(
    X: ArrayLike,
    chunk: int = 65536,
    exact: bool = False,
    stop: Callable[[], bool] | None = None,
) -> Iterator[np.ndarray]:
    """The patterns of `enumerate_patterns`, packed, at most `chunk` at a time (or 2 n if more).

    Yields arrays (m, ceil(n / 8)) of uint8, bits as of numpy.packbits; they are the caller's to
    keep. In each, first come patterns with the first nonzero row of X active, then their opposites
    in the same order. Only one array is held at a time, whatever the number of patterns. (Floats
    are gone through twice, first to see whether they leave doubt.) Raises ValueError on bad input,
    and TimeoutError once `stop`, which is asked time and again, says so.
    """
    rows = max(1, checks.as_count(chunk, "chunk", 1) // 2)
    return _all_patterns(X, exact).chunks(rows, stop)


def _with_opposites(A, rows, stop):
    for block, _ in blocks(A, rows):
        _raise_if(stop)
        yield np.vstack([block, opposite(A, block)]) if A.Y.shape[1] else block


def count_patterns(X: ArrayLike, exact: bool = False) -> int:
    """Number of patterns `enumerate_patterns` lists, without holding them.

    Raises ValueError on bad input.
    """
    return _all_patterns(X, exact).count


def betti_numbers(X: ArrayLike, exact: bool = False) -> list[int]:
    """Betti numbers b_0 .. b_r of what the hyperplanes leave of complex space, r the rank of X.

    Their sum is the number of patterns. b_k counts the sets of k of the hyperplanes that hold no
    broken circuit, and is, up to its sign, a coefficient of the characteristic polynomial. Raises
    ValueError on bad input. Source: Orlik and Terao, Arrangements of Hyperplanes (1992), chapter 3.
    """
    return _all_patterns(X, exact).betti_numbers


def _betti_numbers(A):
    """Of an Arrangement; may be Ambiguous."""
    half = sizes(A)
    # a set with the first hyperplane, and the same set without, belong to one cell of either half
    return (np.convolve(half, [1, 1]) if A.Y.shape[1] else half).tolist()


def _raise_if(stop):
    """Raise TimeoutError if `stop` is given and says so."""
    if stop is not None and stop():
        raise TimeoutError("the patterns were not gone through in time")


def _count(A, limit=np.inf, stop=None):
    """Number of patterns, or a number above `limit` if there are more; may be Ambiguous."""
    N, r = A.Y.shape
    if r == 0:
        return 1
    if r == 1:
        return 2
    if r == 2:
        return 2 * N
    count = 0
    for block, _ in blocks(A):
        _raise_if(stop)
        count += 2 * len(block)
        if count > limit:
            break
    return count


def _most(A):
    """The number of patterns if the rows are in general position: never fewer than there are."""
    N, r = A.Y.shape
    return cover_count(N, r) if r else 1


def _room(A, row_bytes):
    """Rows to set aside for all patterns; ValueError if so many bytes a row do not fit."""
    most = _most(A)
    if most * row_bytes <= SMALL:
        return most
    limit = _memory() // row_bytes
    if most > limit and A.exact:  # integers may have far fewer patterns
        most = min(most, _count(A, limit))
    if most > limit:
        number = f"more than {limit:.4g}" if A.exact else f"up to {most:.4g}"
        raise ValueError(
            f"X has {number} patterns, {most * row_bytes:.3g} bytes at {row_bytes} each, too many "
            "to list in the memory free: use packed=True or iterate_patterns, sample_patterns, or "
            "fewer or lower-dimensional data"
        )
    return most


def _memory():
    """Bytes that a list may take: most of the memory free (where the system tells, else 2 GiB)."""
    free = 2**31
    try:
        with open("/proc/meminfo", encoding="utf-8") as lines:
            kibibytes = next(line.split()[1] for line in lines if line.startswith("MemAvailable"))
        free = 1024 * int(kibibytes)
    except (OSError, StopIteration):
        pass
    return int(SHARE * free)


def cover_count(n: int, rank: int) -> int:
    """Number of cells for n points in general position spanning `rank` dimensions.

    It is 2 sum_{k<rank} C(n-1, k). Raises ValueError unless both are integers >= 1.
    Source: Cover, Geometrical and statistical properties of systems of linear inequalities (1965).
    """
    n = checks.as_count(n, "n", 1)
    rank = checks.as_count(rank, "rank", 1)
    return 2 * sum(comb(n - 1, k) for k in range(rank))


def article_bound(n: int, rank: int) -> float:
    """The article's bound on the number of patterns, 2 r (e (n - 1) / r)^r; it needs n >= 2."""
    n = checks.as_count(n, "n", 2)
    rank = checks.as_count(rank, "rank", 1)
    try:
        return 2 * rank * (np.e * (n - 1) / rank) ** rank
    except OverflowError:
        raise ValueError(
            f"n and rank must give a bound within double precision; got {n} and {rank}"
        ) from None


def sample_patterns(
    X: ArrayLike, count: int, rng: np.random.Generator, fraction: bool = False
) -> np.ndarray | tuple[np.ndarray, float]:
    """Different patterns met by `count` standard normal weight vectors: booleans (P, n).

    The largest binary number comes first. fraction: also P over the number of all patterns, NaN
    where that number may pass COUNTABLE; returns (D, fraction). Raises ValueError on bad input.
    """
    X = checks.as_data(X)
    n, d = X.shape
    count = checks.as_count(count, "count", 1)
    rng = checks.as_generator(rng)
    fraction = checks.as_flag(fraction, "fraction")
    rows = doubles.magnified(X).T
    packed = np.zeros((0, byte_count(n)), np.uint8)
    for begin in range(0, count, SAMPLES):
        W = rng.standard_normal((min(SAMPLES, count - begin), d))
        met = np.packbits(W @ rows >= 0, axis=1)
        packed = np.unique(np.vstack([packed, met]), axis=0)
    D = np.unpackbits(packed[::-1], axis=1, count=n).view(bool)
    if not fraction:
        return D
    every = AllPatterns(X.astype(float, copy=False))
    number = every.count if every.most <= COUNTABLE else np.nan
    return D, len(D) / number
