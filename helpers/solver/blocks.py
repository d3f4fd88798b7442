"""Blocks of the convex program: a pattern D_k with a sign s_k, whose variable b_k is u_k or v_k.

A block's columns are A_k = s_k D_k X, so that the program's output is sum_k A_k b_k.
"""

from typing import NamedTuple

import numpy as np

from .cones import Cones
from .scaling import Scaled


class Blocks(NamedTuple):
    """Blocks without a value: D (B, n) of 0 and 1 (or booleans), s (B,) of +1 (u) and -1 (v)."""

    D: np.ndarray
    s: np.ndarray


class Point(NamedTuple):
    """Blocks with a value b (B, d): a point of the program, in the solver's units."""

    D: np.ndarray
    s: np.ndarray
    b: np.ndarray


def keys(D: np.ndarray, s: np.ndarray) -> np.ndarray:
    """One row of bytes a block of D (B, n), s (B,), that no other block has."""
    return np.packbits(np.column_stack([D > 0, s > 0]), axis=1)


def stacked(
    U: np.ndarray,
    V: np.ndarray,
    D: np.ndarray,
) -> Point:
    """The point of U and V (P, d), patterns D (P, n): its blocks that are not zero."""
    b = np.vstack([U, V])
    used = b.any(axis=1)
    s = np.repeat([1.0, -1.0], len(D))
    return Point(np.vstack([D, D])[used], s[used], b[used])


class WorkingSet:
    """The blocks that are solved for, the point b (B, d), and their cones.

    D (B, n): 0. and 1.; s (B,): +1. and -1.; cones: the class that suits the data.
    """

    def __init__(
        self,
        scaled: Scaled,
        cones: type[Cones],
        start: Point | None = None,
    ):
        n, d = scaled.X.shape
        if start is None:
            start = Point(np.zeros((0, n)), np.zeros(0), np.zeros((0, d)))
        self.X = scaled.X
        self.normals = scaled.normals
        self.D = np.array(start.D, float)
        self.s = np.array(start.s, float)
        self.b = start.b
        self.cones = cones(self.normals, self.D > 0)

    def __len__(self) -> int:
        return len(self.s)

    def correlate(self, theta: np.ndarray) -> np.ndarray:
        """A_k' theta for every block, (B, d)."""
        return self.s[:, None] * ((self.D * theta) @ self.X)

    def output(self, b: np.ndarray) -> np.ndarray:
        """sum_k A_k b_k, (n,), for a value b (B, d) of the blocks."""
        used = np.flatnonzero(b.any(axis=1))
        return ((self.s[used, None] * b[used]) @ self.X.T * self.D[used]).sum(axis=0)

    def objective(
        self,
        y: np.ndarray,
        lam: float,
    ) -> float:
        """The program's value at b."""
        residual = y - self.output(self.b)
        return residual @ residual + 2 * lam * np.linalg.norm(self.b, axis=1).sum()

    def point(self) -> Point:
        """The blocks that are not zero: where another run can start."""
        used = self.b.any(axis=1)
        return Point(self.D[used], self.s[used], self.b[used])

    def select(self, which: np.ndarray) -> None:
        """Keep only the blocks of those numbers."""
        self.D = self.D[which]
        self.s = self.s[which]
        self.b = self.b[which]
        self.cones.select(which)

    def add(self, blocks: Blocks) -> None:
        """Append those of the blocks that are not here yet, at zero."""
        have = set(map(bytes, keys(self.D, self.s)))
        fresh = [k for k, key in enumerate(keys(*blocks)) if bytes(key) not in have]
        if not fresh:
            return
        D = blocks.D[fresh]
        s = blocks.s[fresh]
        self.D = np.vstack([self.D, D])
        self.s = np.concatenate([self.s, s])
        self.b = np.vstack([self.b, np.zeros((len(s), self.X.shape[1]))])
        self.cones.join(type(self.cones)(self.normals, D > 0))
