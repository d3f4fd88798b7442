"""Projection on the cones K_i = {u : (2 D_i - I) X u >= 0} of many patterns at once.

Three kinds with one interface, `Cones`: `Wedges` (one or two columns: closed form), `Polyhedra`
(any number: active sets, compiled; `Loops` are the same for tiny problems, not compiled) and
`Whole` (no constraint: the gated relaxation).
"""

from typing import Protocol

import numpy as np

from ..compiling import Deferred
from ..doubles import lengths
from . import kernels
from .kernels import Faces, Normals
from .limits import UNLIMITED, Limits

# Numbers in the factors of all working sets up to which they are kept from call to call (16
# MB).
HELD = 2_000_000

# In units of n times the number of cones: up to here all projections of a solve take less time
# in plain NumPy than the compiler takes (seconds), ...
SMALL = 1000
# ... and so many programs of that size take together about as long.
PATIENCE = 4

# Between two looks at the clock (some 0.1 s): points times squared columns times cones.
BETWEEN = 1e7

# The length at which a projection may stop short: at none.
EXACT = -1.0

# Radians: a wedge no wider is a ray, a line or a point. Rounding of rows and of arctan is below,
# points 1e4 times as far from the origin as from each other make wedges of 1e-10 to 1e-8.
FLAT = 1e-14

# Coordinates count as of one size down to this share: a digit that cancels is no loss.
ALIKE = 0.1

_projection = Deferred(kernels.project, small=SMALL, patience=PATIENCE)
_bases = Deferred(kernels.face_bases, small=SMALL, patience=PATIENCE)


class Cones(Protocol):
    """B cones in order: their projections, warm-started from call to call, and the faces met."""

    def __init__(
        self,
        normals: Normals,
        D: np.ndarray,
    ):
        """The cones of the patterns D (B, n)."""

    def project(self, Z: np.ndarray, limits: Limits = UNLIMITED) -> np.ndarray:
        """The projection of row b of Z (B, d) on cone b, for every b: (B, d).

        Raises TimeoutError where that takes too long.
        """

    def face_bases(self, which: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Bases of the faces that cones `which` (k,) were last projected on, and their dimensions.

        (k, d, d), an orthonormal basis a cone, its vectors the first rows, zeros after them.
        The projections must not have been zero.
        """

    def select(self, which: np.ndarray) -> None:
        """Keep only the cones of those numbers."""

    def join(self, other: "Cones") -> None:
        """Append the cones of `other`."""


def unit_rows(X: np.ndarray) -> np.ndarray:
    """Rows of X at length 1, one after the other in memory; zero rows stay zero."""
    length = lengths(X)
    return np.ascontiguousarray(X / np.where(length == 0, 1, length)[:, None])


def normals(X: np.ndarray) -> Normals:
    """The normals of the walls of all cones of X (n, d)."""
    rows = unit_rows(X)
    bulk = np.abs(rows).max(axis=0)
    bulk[bulk == 0] = 1
    passes = 1 if bulk.min() > ALIKE * bulk.max() else 2
    return Normals(rows, np.ascontiguousarray(rows.T), bulk, passes)


def suitable(
    X: np.ndarray,
    count: int,
) -> type[Cones]:
    """The class of cones that suits data X (n, d) and about that many cones."""
    if X.shape[1] <= 2:
        return Wedges
    return Polyhedra if _projection.pays(len(X) * count) else Loops


class Whole:
    """All of R^d, B times: the cones left out."""

    def __init__(self, normals, D):
        self.B = len(D)
        self.d = normals.rows.shape[1]

    def project(self, Z, limits=UNLIMITED):
        return Z

    def face_bases(self, which):
        bases = np.broadcast_to(np.eye(self.d), (len(which), self.d, self.d))
        return bases, np.full(len(which), self.d)

    def select(self, which):
        self.B = len(which)

    def join(self, other):
        self.B += other.B


class Wedges:
    """Cones in the plane (d = 2), or on the line (d = 1): between two rays.

    rays (B, 2, 2): unit vectors along the edges, zero where there is none. walls (B, 2, 2):
    the unit normals of those edges. plain (B,): the cone has interior, so that a point on the
    right side of both walls is in it. face (B,): where a point was last projected, the edge 0
    or 1, or INSIDE.
    """

    PER_CONE = ("rays", "walls", "plain", "face")
    INSIDE = 2

    def __init__(self, normals, D):
        self.d = normals.rows.shape[1]
        rows = normals.rows
        if self.d == 1:
            rows = np.column_stack([rows, np.zeros(len(rows))])
        nonzero = rows.any(axis=1)
        rows = rows[nonzero]
        sgn = np.where(D[:, nonzero], 1.0, -1.0)
        self.rays = np.zeros((len(D), 2, 2))
        self.walls = np.zeros((len(D), 2, 2))
        self.plain = np.ones(len(D), bool)
        self.face = np.zeros(len(D), int)
        if len(rows) and len(D):
            self._find_edges(rows, sgn)

    def _find_edges(self, rows, sgn):
        """Fill rays, walls and plain from the nonzero rows (n', 2) and their signs (B, n')."""
        first = sgn[:, :1] * rows[0]  # angles of the normals are measured from the first one
        cosine = sgn * (first @ rows.T)
        sine = sgn * (first[:, :1] * rows[:, 1] - first[:, 1:] * rows[:, 0])
        angle = np.arctan2(sine, cosine)
        ends = np.column_stack([angle.argmax(axis=1), angle.argmin(axis=1)])
        self.walls = np.take_along_axis(sgn, ends, 1)[:, :, None] * rows[ends]
        quarter = np.array([[0.0, 1.0], [-1.0, 0.0]])
        outer = self.walls[:, 0] @ quarter.T
        inner = self.walls[:, 1] @ quarter
        self.rays = np.stack([outer, inner], axis=1)
        # Normals spread over less than half a turn (up to rounding of arctan) leave an interior.
        self.plain = np.ptp(angle, axis=1) < np.pi - FLAT
        for b in np.flatnonzero(~self.plain):
            self.rays[b] = _thin_cone(sgn[b, :, None] * rows, quarter)

    def project(self, Z, limits=UNLIMITED):
        if self.d == 1:
            Z = np.column_stack([Z, np.zeros(len(Z))])
        along = np.maximum((self.rays * Z[:, None]).sum(axis=2), 0)
        outside = (self.walls * Z[:, None]).sum(axis=2) < 0
        beyond = outside[:, 1]
        inside = self.plain & ~(outside[:, 0] | beyond)
        # To a point beside a needle both edges are equally near but for rounding: its side decides.
        beside = self.plain & (outside[:, 0] != beyond)
        edge = np.where(beside, beyond, along[:, 1] > along[:, 0])
        best = np.arange(len(Z)), edge.astype(int)
        self.face = np.where(inside, self.INSIDE, edge)
        P = np.where(inside[:, None], Z, along[best][:, None] * self.rays[best])
        return P[:, : self.d]

    def face_bases(self, which):
        face = self.face[which]
        bases = np.zeros((len(which), 2, 2))
        bases[face == self.INSIDE] = np.eye(2)
        edge = np.flatnonzero(face != self.INSIDE)
        bases[edge, 0] = self.rays[which[edge], face[edge]]
        if self.d == 1:
            return bases[:, :1, :1], np.ones(len(which), int)
        return bases, np.where(face == self.INSIDE, 2, 1)

    def select(self, which):
        for name in self.PER_CONE:
            setattr(self, name, getattr(self, name)[which])

    def join(self, other):
        for name in self.PER_CONE:
            setattr(self, name, np.concatenate([getattr(self, name), getattr(other, name)]))


def _thin_cone(C, quarter):
    """The rays (2, 2) of a cone C u >= 0 without interior: a ray, a line or the origin alone."""
    rays = np.zeros((2, 2))
    candidates = np.vstack([C @ quarter, C @ quarter.T])
    inside = (candidates @ C.T).min(axis=1) > -FLAT  # unit vectors: up to rounding
    if inside.any():
        rays[0] = candidates[inside.argmax()]
        opposite = inside & (candidates @ rays[0] < 0)
        if opposite.any():
            rays[1] = candidates[opposite.argmax()]
    return rays


class Polyhedra:
    """Cones of any dimension: the compiled active-set method, warm-started from the last faces.

    D (B, n): the patterns. faces: the working sets, with their QR factors while these take little
    room.
    """

    run_project = staticmethod(kernels.project)
    run_face_bases = staticmethod(kernels.face_bases)

    def __init__(self, normals, D):
        d = normals.rows.shape[1]
        held = len(D) * d * d <= HELD
        self.normals = normals
        self.D = np.ascontiguousarray(D, bool)
        self.faces = kernels.no_faces(len(D), d, held)

    def project(self, Z, limits=UNLIMITED):
        Z = np.ascontiguousarray(Z)
        P = np.empty_like(Z)
        n, d = self.normals.rows.shape
        own = np.arange(len(Z))
        for some in limits.pieces(len(Z), int(BETWEEN / (n * d * d))):
            D = self.D[some]
            P[some] = self.run_project(self.normals, D, Z[some], EXACT, own[some], self.faces)
        return P

    def face_bases(self, which):
        bases = self.run_face_bases(self.normals, self.D[which], which, self.faces)
        return bases, self.normals.rows.shape[1] - self.faces.size[which]

    def select(self, which):
        self.D = self.D[which]
        mine = self.faces
        factors = which if mine.held else slice(None)
        self.faces = Faces(
            W=mine.W[which],
            mu=mine.mu[which],
            size=mine.size[which],
            Q=mine.Q[factors],
            R=mine.R[factors],
            held=mine.held,
        )

    def join(self, other):
        self.D = np.concatenate([self.D, other.D])
        mine = self.faces
        theirs = other.faces
        held = mine.held and theirs.held and mine.Q.size + theirs.Q.size <= HELD
        scratch = np.empty((2, 1, *mine.Q.shape[1:]))
        self.faces = Faces(
            W=np.concatenate([mine.W, theirs.W]),
            mu=np.concatenate([mine.mu, theirs.mu]),
            size=np.concatenate([mine.size, theirs.size]),
            Q=np.concatenate([mine.Q, theirs.Q]) if held else scratch[0],
            R=np.concatenate([mine.R, theirs.R]) if held else scratch[1],
            held=held,
        )


class Loops(Polyhedra):
    """The same for tiny problems, by the kernels' own source, so that nothing is compiled."""

    run_project = staticmethod(_projection.plain)
    run_face_bases = staticmethod(_bases.plain)


def nearest(C: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, list[int]]:
    """The point of {u : C u >= 0} nearest to z (d,), and the rows it rests on: (p, W).

    Rows of C (n, d) have length 1 or 0.
    """
    one = Loops(normals(C), np.ones((1, len(C)), bool))
    p = one.project(z[None])[0]
    return p, one.faces.W[0, : one.faces.size[0]].tolist()
