"""Pricing: what the patterns outside the working set could add.

That is how far h_i(theta) = ||Proj_{K_i}(+-X' D_i theta)|| is above lam. In units where
||X|| = 1, h_i moves by at most ||theta - theta'||: bounds carry over from round to round, and
most patterns are never looked at again.
"""

from typing import NamedTuple, Protocol

import numpy as np

from . import cones, kernels
from .blocks import Blocks, Point
from .cones import Cones
from .limits import UNLIMITED, Limits
from .scaling import Scaled
from .sources import Chunk, Listed

# So many blocks are all taken on at once; so many in one or two dimensions, where a projection
# costs next to nothing.
FEW = 64
FEW_IN_THE_PLANE = 1000

# Numbers kept to begin each projection where the last one ended (24 MB).
REMEMBERED = 3_000_000

# A projection stops early at SLACK lam, so that its bound survives the next few rounds.
SLACK = 0.8

# Between two looks at the clock (some 0.1 s): points times squared columns times patterns, ...
BETWEEN = 3e7
# ... and where patterns are priced in plain NumPy.
BETWEEN_PLAINLY = 3e6

# The eight bits of every byte, the first point's before.
CHOICES = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).astype(float)


class Priced(NamedTuple):
    """What a sweep over the patterns found."""

    largest: float  # a bound on every h_i(theta); infinite while patterns were never priced
    violators: Blocks | None  # blocks above the cap, the worst first; None if there are none


class Pricer(Protocol):
    """What a working set asks of the patterns outside it."""

    cones: type[Cones]  # the cones of its blocks
    accuracy: float  # a round's blocks are solved to this share of what the last round gained

    def everything(self, most: int = 0) -> Blocks | None:
        """All the blocks of the program, if they are few enough, or `most`, to take on at once."""

    def sweep(
        self, theta: np.ndarray, cap: float, enough: int, support: Point, limits: Limits = UNLIMITED
    ) -> Priced:
        """Look for at most `enough` blocks with h_i(theta) > cap.

        support: the blocks in use, near which others are likely.
        """


class Until(NamedTuple):
    """How far bounds are brought up to date."""

    cap: float  # bounds at most this need no work
    goal: float  # a projection stops once its length is at most this


class Prices:
    """Bounds on h_i(theta) for every pattern and sign of a source, kept valid as theta moves.

    bounds: an array (m, 2) for every chunk so far; -infinity where the program has no such
    block, infinity where it was never priced. relaxed: the program without its cones.
    """

    accuracy = 0.3

    def __init__(
        self,
        scaled: Scaled,
        source: Listed,
        relaxed: bool = False,
    ):
        self.X = scaled.X
        self.goal = SLACK * scaled.lam
        self.normals = scaled.normals
        self.source = source
        self.cones = cones.Whole if relaxed else cones.suitable(self.X, source.count)
        plainly = self.cones in (cones.Wedges, cones.Loops)
        n, d = self.X.shape
        between = BETWEEN_PLAINLY if plainly else BETWEEN
        self.piece = max(1, int(between / (n * d * d)))
        self.bounds = []
        self.theta = None  # where the bounds hold
        self.table = None  # of the sums of theta_j x_j, see `byte_table`
        self.next = 0  # the chunk with which the next sweep begins
        self.complete = False  # every pattern has been priced
        self.faces = {}  # chunk -> its Faces, where they are remembered

    def everything(self, most: int = 0) -> Blocks | None:
        few = FEW_IN_THE_PLANE if self.X.shape[1] <= 2 else FEW
        return self.source.blocks(max(few, most))

    def sweep(
        self, theta: np.ndarray, cap: float, enough: int, support: Point, limits: Limits = UNLIMITED
    ) -> Priced:
        """Bring bounds above `cap` up to date until `enough` blocks are found above it.

        All the patterns are gone through in turn, whatever the support.
        """
        self._move(theta)
        found = []
        seen = 0
        first = self.next
        try:
            for c, chunk in enumerate(self.source.chunks()):
                if c == len(self.bounds):
                    self.bounds.append(_unpriced(chunk))
                h = self.bounds[c]
                if c < first or not (h > cap).any():
                    continue
                self._update(chunk.packed, h, Until(cap, self.goal), limits, c)
                rows, sign = np.nonzero(h > cap)
                if len(rows):
                    found.append((chunk.packed[rows], 1.0 - 2 * sign, h[rows, sign]))
                    seen += len(rows)
                if seen >= enough:
                    self.next = c + 1
                    break
            else:
                self.next = 0
                self.complete = True
                if first > 0 and not seen:
                    return self.sweep(theta, cap, enough, support, limits)
        except TimeoutError:  # older bounds, moved here, stay valid
            pass
        return Priced(self._largest(), self._worst(found, enough))

    def largest(self, theta: np.ndarray) -> float:
        """max_i h_i(theta), exactly; projections that fall below the largest so far stop."""
        self._move(theta)
        largest = 0.0
        for chunk in self.source.chunks():
            h = _unpriced(chunk)
            self._update(chunk.packed, h, Until(largest, largest))
            largest = max(largest, h.max())
        return largest

    def _move(self, theta):
        """Make the bounds valid at theta."""
        if self.theta is not None:
            moved = np.linalg.norm(theta - self.theta)
            for h in self.bounds:
                h += moved
        self.theta = theta
        self.table = byte_table(self.X, theta)

    def _largest(self):
        if not self.complete:
            return np.inf
        return max((h.max(initial=0.0) for h in self.bounds), default=0.0)

    def _worst(self, found, enough):
        """Of the blocks found, (packed, s, h) a chunk, the `enough` of largest h."""
        if not found:
            return None
        packed, s, h = (np.concatenate(parts) for parts in zip(*found, strict=True))
        worst = np.argsort(-h, kind="stable")[:enough]
        D = np.unpackbits(packed[worst], axis=1, count=self.source.n)
        return Blocks(D, s[worst])

    def _update(self, packed, h, until, limits=UNLIMITED, c=None):
        """Recompute the bounds h (m, 2) above until.cap, those of chunk number c if it has one.

        Raises TimeoutError where that takes too long; the bounds are valid all the same.
        """
        limits.look()
        faces = self._faces(len(h), c) if self.cones is cones.Polyhedra else None
        stale = np.flatnonzero((h > until.cap).any(axis=1))
        for begin in range(0, len(stale), self.piece):
            if limits.passed():
                raise TimeoutError("the patterns were not priced in time")
            self._reprice(packed, h, stale[begin : begin + self.piece], until, faces)

    def _reprice(self, packed, h, rows, until, faces):
        """The same for those rows of packed and of h alone."""
        Z = sums(self.table, packed[rows])
        whole = np.linalg.norm(Z, axis=1)
        for sign in range(2):
            above = h[rows, sign] > until.cap
            h[rows[above], sign] = whole[above]
            some = np.flatnonzero(above & (whole > until.goal))
            pulls = (1 - 2 * sign) * Z[some]
            which = rows[some]
            D = np.unpackbits(packed[which], axis=1, count=self.source.n) > 0
            if faces is None:
                shorter = self.cones(self.normals, D).project(pulls)
            else:
                own = 2 * which + sign
                shorter = kernels.project(self.normals, D, pulls, until.goal, own, faces)
            h[which, sign] = np.linalg.norm(shorter, axis=1)

    def _faces(self, m, c):
        """The working sets of the m patterns of chunk c: those remembered, or new ones.

        That of a pattern's sign s, 0 or 1, is at twice its number and s.
        """
        if c in self.faces:
            return self.faces[c]
        d = self.X.shape[1]
        held = 4 * self.source.count * d * d <= REMEMBERED  # two factors, two signs
        faces = kernels.no_faces(2 * m, d, held)
        if c is not None and 4 * self.source.count * d <= REMEMBERED:
            self.faces[c] = faces
        return faces


def _unpriced(chunk: Chunk) -> np.ndarray:
    """Bounds (m, 2) of patterns that were never priced."""
    h = np.full((len(chunk.packed), 2), np.inf)
    if chunk.keep is not None:
        h[~chunk.keep] = -np.inf
    return h


def byte_table(X: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """Sums of theta_j x_j over every choice of the eight points of a byte, (bytes, 256, d)."""
    n, d = X.shape
    count = (n + 7) // 8
    terms = np.zeros((8 * count, d))
    terms[:n] = theta[:, None] * X
    return CHOICES @ terms.reshape(count, 8, d)


def sums(table: np.ndarray, packed: np.ndarray) -> np.ndarray:
    """X'D theta of every pattern packed (m, bytes), by the table of X and theta: (m, d).

    Several times as fast as the product with the patterns' bits.
    """
    total = np.zeros((len(packed), table.shape[2]))
    for byte, choices in enumerate(table):
        total += choices.take(packed[:, byte], axis=0)
    return total
