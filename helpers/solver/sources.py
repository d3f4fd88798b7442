"""Where the patterns of a convex program come from: a list, or all the patterns of the data.

A list is gone through packed (bits as of np.packbits) and in chunks, so that a million patterns
take no more memory than their bits.
"""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike

from .. import checks
from ..patterns import AllPatterns, distinct
from .blocks import Blocks

# Patterns in a chunk: their bounds, working sets and factors are a few megabytes.
CHUNK = 8192

# Up to so many patterns all of them are listed: going through so few takes less time than a proof
# without a list, and they are what the Solution shows (20,000 patterns of 100 points are 2 MB).
LISTED = 20_000


class Chunk(NamedTuple):
    """Some patterns: packed (m, ceil(n / 8)), and which of u_i, v_i to keep, (m, 2) booleans."""

    packed: np.ndarray
    keep: np.ndarray | None  # None: both of all


class Source(Protocol):
    """The patterns of a program over n points, and which of their blocks u_i, v_i it has."""

    n: int
    count: int  # of patterns, or an upper bound on it
    listed: bool

    def has(
        self,
        D: np.ndarray,
        s: np.ndarray,
    ) -> np.ndarray:
        """Which of the blocks D (B, n), s (B,) the program has: booleans (B,)."""

    def numbered(
        self,
        D: np.ndarray,
        s: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:
        """The patterns (P, n) of a Solution, and the number of each block among them (B,)."""


class Listed:
    """A list of patterns, booleans D (P, n); keep (2, P): which u_i and v_i the program has."""

    listed = True

    def __init__(
        self,
        D: np.ndarray,
        keep: np.ndarray | None = None,
    ):
        self.D = D
        self.packed = np.packbits(D, axis=1)
        self.n = D.shape[1]
        self.count = len(D)
        self.keep = keep

    def chunks(self) -> Iterator[Chunk]:
        """All the patterns, in the same order and the same chunks every time."""
        for begin in range(0, self.count, CHUNK):
            some = slice(begin, begin + CHUNK)
            keep = None if self.keep is None else self.keep[:, some].T
            yield Chunk(self.packed[some], keep)

    @property
    def size(self) -> int:
        """The number of blocks."""
        return 2 * self.count if self.keep is None else int(self.keep.sum())

    def blocks(self, most: int) -> Blocks | None:
        """All blocks of the program if there are at most that many, else None."""
        if self.size > most:
            return None
        keep = np.ones((2, self.count), bool) if self.keep is None else self.keep
        sign, pattern = np.nonzero(keep)
        D = np.unpackbits(self.packed, axis=1, count=self.n)
        return Blocks(D[pattern], 1.0 - 2 * sign)

    def has(
        self,
        D: np.ndarray,
        s: np.ndarray,
    ) -> np.ndarray:
        return self.find(D, s) >= 0

    def numbered(
        self,
        D: np.ndarray,
        s: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:
        return self.D, self.find(D, s)

    def find(
        self,
        D: np.ndarray,
        s: np.ndarray,
    ) -> np.ndarray:
        """Numbers (B,) of the blocks' patterns in the list, -1 where the program has no such block.

        A pattern that is listed twice is found where it first has the block's sign.
        """
        wanted = {}
        for k, row in enumerate(np.packbits(D > 0, axis=1)):
            wanted.setdefault(row.tobytes(), []).append(k)
        found = np.full(len(D), -1)
        if not wanted:
            return found
        for i in self._candidates(wanted):
            for k in wanted.get(self.packed[i].tobytes(), ()):
                if found[k] < 0 and (self.keep is None or self.keep[int(s[k] < 0), i]):
                    found[k] = i
        return found

    def _candidates(self, wanted):
        """Numbers of the patterns whose bytes have the same random sum as a wanted one's."""
        rng = np.random.default_rng(0)
        weights = rng.integers(1, 2**62, self.packed.shape[1], dtype=np.uint64)
        rows = [np.frombuffer(key, np.uint8).astype(np.uint64) for key in wanted]
        sums = np.array([row @ weights for row in rows])
        for begin in range(0, self.count, CHUNK):  # a sum's terms take eight times a chunk's bytes
            packed = self.packed[begin : begin + CHUNK].astype(np.uint64)
            yield from begin + np.flatnonzero(np.isin(packed @ weights, sums))


class Unlisted:
    """All the patterns of n points, too many to list: those in use stand for them."""

    listed = False

    def __init__(self, n: int, count: int, rank: int):
        self.n = n
        self.count = count
        self.rank = rank

    def has(self, D: np.ndarray, s: np.ndarray) -> np.ndarray:
        return np.ones(len(D), bool)

    def numbered(self, D: np.ndarray, s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return distinct(D > 0)


def source_of(
    X: np.ndarray,
    patterns: ArrayLike | None = None,
    signs: ArrayLike | None = None,
) -> Source:
    """The source of the given patterns, or of all those of X: listed if they are few.

    Also if `signs` go with them, which keep u_i (+1) or v_i (-1) of every pattern in the list.
    Raises ValueError on bad input.
    """
    if patterns is None:
        every = AllPatterns(X)
        if every.most > LISTED and signs is None:
            return Unlisted(len(X), every.most, every.rank)
        D = every.listed()
    else:
        D = checks.as_patterns(patterns, len(X))
    return Listed(D, _kept(signs, len(D)))


def _kept(signs, P):
    """Which of the blocks u_i and v_i there are, booleans (2, P); None for all."""
    if signs is None:
        return None
    signs = checks.as_vector(signs, P, "signs", "pattern")
    if not np.isin(signs, (-1, 1)).all():
        raise ValueError("signs must hold +1 (keep u_i) or -1 (keep v_i)")
    return np.array([signs > 0, signs < 0])
