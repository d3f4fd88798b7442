"""Projection on the cones K_i = {u : (2 D_i - I) X u >= 0} of many patterns at once.

Three kinds with one interface: `Wedges` (one or two columns: closed form), `Polyhedra` (any d: active sets, compiled
unless the problem is tiny) and `Whole` (no constraint: the gated relaxation). Each holds B cones in order;
`project(Z)` projects Z (B, d) row by row and remembers the faces it met, `faces(which)` gives bases of them, and
`select` and `join` follow a working set as it changes.
"""

import sys
from pathlib import Path

import numpy as np

KERNELS = f"{__package__}.kernels"
HELD = 2_000_000  # numbers in the factors of all working sets up to which they are kept
SMALL = 1000  # n times the number of cones up to which a process's first calls do not wait for the compiler
_calls = {"of loops": 0}


def unit_rows(X):
    """Rows of X at length 1, one after the other in memory; zero rows stay zero."""
    length = np.linalg.norm(X, axis=1)
    return np.ascontiguousarray(X / np.where(length == 0, 1, length)[:, None])


def kind(X, cones, gated=False):
    """The class of cones that suits data X (n, d) and about that many cones."""
    if gated:
        return Whole
    if X.shape[1] <= 2:
        return Wedges
    if len(X) * cones > SMALL or KERNELS in sys.modules or _on_disk() or _calls["of loops"] >= 4:
        return Polyhedra
    _calls["of loops"] += 1
    return Loops


def _on_disk():
    """Has an earlier run left the compiled kernels on disk?"""
    source = Path(__file__).with_name("kernels.py")
    written = list(source.parent.glob("__pycache__/kernels.project-*.nbi"))
    return any(index.stat().st_mtime > source.stat().st_mtime for index in written)


class Whole:
    """All of R^d, B times: the cones left out."""

    def __init__(self, rows, D):
        self.shape = len(D), rows.shape[1]

    def project(self, Z):
        return Z

    def faces(self, which):
        d = self.shape[1]
        return np.broadcast_to(np.eye(d), (len(which), d, d)), np.full(len(which), d)

    def select(self, which):
        self.shape = len(which), self.shape[1]

    def join(self, other):
        self.shape = self.shape[0] + other.shape[0], self.shape[1]


class Wedges:
    """Cones in the plane (d = 2), or on the line (d = 1): between two rays.

    rays (B, 2, 2): unit vectors along the edges, zero where there is none; normals (B, 2, 2): the rows of unit
    length that vanish on them; plain (B,): the cone has interior, so that a point off both edges' wrong sides is in it.
    """

    def __init__(self, rows, D):
        self.d = rows.shape[1]
        rows = np.column_stack([rows, np.zeros(len(rows))]) if self.d == 1 else rows
        nonzero = rows.any(axis=1)
        rows, sgn = rows[nonzero], np.where(D[:, nonzero], 1.0, -1.0)
        self.rays, self.normals = np.zeros((2, len(D), 2, 2))
        self.plain = np.ones(len(D), bool)
        if len(rows) and len(D):
            self._edges(rows, sgn)
        self.choice = np.zeros(len(D), int)

    def _edges(self, rows, sgn):
        first = sgn[:, :1] * rows[0]  # angles of the normals are measured from the first one
        cosine = sgn * (first @ rows.T)
        sine = sgn * (first[:, :1] * rows[:, 1] - first[:, 1:] * rows[:, 0])
        angle = np.arctan2(sine, cosine)
        ends = np.column_stack([angle.argmax(axis=1), angle.argmin(axis=1)])
        c = np.take_along_axis(sgn, ends, 1)[:, :, None] * rows[ends]
        turn = np.array([[0.0, 1.0], [-1.0, 0.0]])
        self.normals = c
        self.rays = np.stack([c[:, 0] @ turn.T, c[:, 1] @ turn], axis=1)
        self.plain = np.ptp(angle, axis=1) < np.pi - 1e-9
        for i in np.flatnonzero(~self.plain):  # a ray, a line or the origin alone
            candidates = np.vstack(
                [(sgn[i, :, None] * rows) @ turn, (sgn[i, :, None] * rows) @ turn.T]
            )
            inside = (candidates @ (sgn[i, :, None] * rows).T).min(axis=1) > -1e-12
            self.rays[i] = 0
            if inside.any():
                a = candidates[inside.argmax()]
                self.rays[i, 0] = a
                opposite = inside & (candidates @ a < 0)
                if opposite.any():
                    self.rays[i, 1] = candidates[opposite.argmax()]

    def project(self, Z):
        if self.d == 1:
            Z = np.column_stack([Z, np.zeros(len(Z))])
        along = np.maximum((self.rays * Z[:, None]).sum(axis=2), 0)
        edge = along.argmax(axis=1)
        best = np.arange(len(Z)), edge
        inside = self.plain & ((self.normals * Z[:, None]).sum(axis=2) >= 0).all(axis=1)
        self.choice = np.where(inside, 2, edge)
        P = np.where(inside[:, None], Z, along[best][:, None] * self.rays[best])
        return P[:, : self.d]

    def faces(self, which):
        bases, choice = np.zeros((len(which), 2, 2)), self.choice[which]
        bases[choice == 2] = np.eye(2)
        edge = np.flatnonzero(choice < 2)
        bases[edge, 0] = self.rays[which[edge], choice[edge]]
        if self.d == 1:
            return bases[:, :1, :1], np.ones(len(which), int)
        return bases, np.where(choice == 2, 2, 1)

    def select(self, which):
        for name in ("rays", "normals", "plain", "choice"):
            setattr(self, name, getattr(self, name)[which])

    def join(self, other):
        for name in ("rays", "normals", "plain", "choice"):
            setattr(self, name, np.concatenate([getattr(self, name), getattr(other, name)]))


class Polyhedra:
    """Cones of any dimension: the compiled active-set method, each cone warm-started from its last face.

    Q, R: the QR factors of every working set, `held` from call to call while they take little room.
    """

    def __init__(self, rows, D):
        self.rows, self.columns = np.ascontiguousarray(rows), np.ascontiguousarray(rows.T)
        self.sgn, d = np.ascontiguousarray(np.where(D, 1.0, -1.0)), rows.shape[1]
        self.W, self.size = np.zeros((len(D), d), np.int32), np.zeros(len(D), np.int32)
        self.held = len(D) * d * d <= HELD
        self.Q, self.R = np.empty((2, len(D) if self.held else 1, d, d))

    def project(self, Z):
        from . import kernels

        return kernels.project(
            self.rows,
            self.columns,
            self.sgn,
            np.ascontiguousarray(Z),
            self.W,
            self.size,
            self.Q,
            self.R,
            self.held,
        )

    def faces(self, which):
        from . import kernels

        Q, R = (self.Q[which], self.R[which]) if self.held else (self.Q, self.R)
        bases = kernels.face_bases(
            self.rows, self.sgn[which], self.W[which], self.size[which], Q, R, self.held
        )
        return bases, self.rows.shape[1] - self.size[which]

    def select(self, which):
        self.sgn, self.W, self.size = self.sgn[which], self.W[which], self.size[which]
        if self.held:
            self.Q, self.R = self.Q[which], self.R[which]

    def join(self, other):
        for name in ("sgn", "W", "size"):
            setattr(self, name, np.concatenate([getattr(self, name), getattr(other, name)]))
        self.held = self.held and other.held and self.Q.size + other.Q.size <= HELD
        if self.held:
            self.Q, self.R = np.concatenate([self.Q, other.Q]), np.concatenate([self.R, other.R])
        else:
            self.Q, self.R = np.empty((2, 1, *self.Q.shape[1:]))


class Loops(Polyhedra):
    """The same for tiny problems in plain NumPy, cone by cone, so that nothing is compiled."""

    def project(self, Z):
        P = np.empty_like(Z)
        for i, z in enumerate(Z):
            P[i], active = nearest(
                self.sgn[i, :, None] * self.rows, z, list(self.W[i, : self.size[i]])
            )
            self.size[i], self.W[i, : len(active)] = len(active), active
        return P

    def faces(self, which):
        d = self.rows.shape[1]
        bases, dims = np.zeros((len(which), d, d)), d - self.size[which]
        for b, i in enumerate(which):
            Q = np.linalg.qr(self.rows[self.W[i, : self.size[i]]].T, mode="complete")[0]
            bases[b, : dims[b]] = Q[:, self.size[i] :].T
        return bases, dims


def nearest(C, z, W=()):
    """The point of {u : C u >= 0} nearest to z (d,), rows of C of length 1 or 0, and the rows it rests on: (p, W).

    Lawson and Hanson's active set on the multipliers mu >= 0 of p = z + C' mu, begun at the working set W.
    """
    W, mu = list(W), np.zeros(len(W))
    while W:
        mu = -np.linalg.lstsq(C[W].T, z, rcond=None)[0]
        if mu.min() > 0:
            break
        W.pop(mu.argmin())
    p, tolerance = z + mu[: len(W)] @ C[W], 1e-12 * np.linalg.norm(z)
    for _ in range(3 * len(C) + 10):
        slack = C @ p
        j = slack.argmin()
        if slack[j] >= -tolerance or j in W:
            break
        W, mu = W + [j], np.append(mu[: len(W)], 0.0)
        while W:
            new = -np.linalg.lstsq(C[W].T, z, rcond=None)[0]
            if new.min() > 0:
                mu = new
                break
            falling = new <= 0
            step = np.min(mu[falling] / np.maximum(mu[falling] - new[falling], 1e-300))
            mu = mu + step * (new - mu)
            stay = mu > 1e-15 * max(mu.max(), 1e-300)
            stay[np.flatnonzero(falling)[np.argmin(mu[falling])]] = False
            W, mu = [w for w, k in zip(W, stay) if k], mu[stay]
        p = z + mu @ C[W] if W else z.copy()
        if j not in W:  # rounding: the row just added left again
            break
    return p, W
