"""Patterns found, not listed: walking the arrangement uphill in the dual correlation.

The pattern that violates the dual most maximises h_i(theta), that is g(u) = s theta' (X u)_+ over ||u|| <= 1 and both
signs s. Within a cell the best u is a projection, p = z + sum_j mu_j c_j over the points j of the face it rests on.
Crossing such a point changes z by -s theta_j ||x_j|| c_j, so it improves if and only if mu_j + s theta_j ||x_j|| > 0:
all those points are flipped at once, the cell is left for that neighbour, and so on up to a local maximum. Maximising g
exactly is NP-hard in d: what is found this way are violators, never a proof that there are none.
"""

import numpy as np
from numba import njit

from .. import networks, train
from . import cones, kernels

WIDTH, STEPS, STEP = 200, 1000, 1e-2  # the short run of Adam that patterns are first taken from
WORK = 1e10  # numbers that run may go through: on large data it takes fewer steps


@njit(**kernels.HOW)
def _walk(X, rows, columns, line, weight, theta, D, s, steps):
    """Walk every cell D (B, n), changed in place, uphill for its sign s (B,): h (B,) and the number of steps in all."""
    B, n = D.shape
    d = X.shape[1]
    h, total = np.zeros(B), 0
    W, z, p = np.empty(d, np.int32), np.empty(d), np.empty(d)
    Q, R = np.empty((d, d)), np.empty((d, d))
    mu, new, v, t, sgn = np.empty(d), np.empty(d), np.empty(d), np.empty(n), np.empty(n)
    for b in range(B):
        k = 0
        for _ in range(steps):
            total += 1
            for i in range(d):
                z[i] = 0.0
            for j in range(n):
                sgn[j] = 1.0 if D[b, j] else -1.0
                if D[b, j]:
                    for i in range(d):
                        z[i] += s[b] * theta[j] * X[j, i]
            k, h[b] = kernels._project(rows, columns, sgn, z, -1.0, W, 0, k, p, Q, R, mu, new, v, t)
            size = kernels._length(z)
            crossed = False
            for m in range(k):
                if mu[m] + s[b] * weight[line[W[m]]] > 1e-12 * size:
                    crossed = True
                    for j in range(n):
                        if line[j] == line[W[m]]:
                            D[b, j] = not D[b, j]
            if not crossed:
                break
    return h, total


def trained(X, y, lam, rng):
    """Blocks (D, s, b) of a network trained for a short while, in data of entries around 1, that Adam's step suits."""
    n, d = X.shape
    grow, lift = np.sqrt(n * d) / np.linalg.norm(X), np.sqrt(n) / np.linalg.norm(y)
    network = 0.1 * rng.standard_normal((WIDTH, d)), 0.1 * rng.standard_normal(WIDTH)
    X_, y_, W, alpha = (np.asarray(a, np.float32) for a in (grow * X, lift * y, *network))
    steps = min(STEPS, int(WORK / (n * d * WIDTH)))  # and lam above 1 has the optimum zero
    lam = grow * lift * min(lam, 1.0)
    run = train.adam(X_, y_, W, alpha, step=STEP, steps=steps, lam=lam, record_every=max(steps, 1))
    W, alpha = run.final
    U, V, D = networks.from_network(X, np.float64(W), np.float64(alpha) * grow / lift)
    b = np.vstack([U, V])
    used = b.any(axis=1)
    return np.vstack([D, D])[used], np.repeat([1.0, -1.0], len(D))[used], b[used]


class Walks:
    """Stands in for the pricing of a list: `sweep` returns the worst violators that walks find."""

    n, kind, accuracy = 0, cones.Polyhedra, 0.1

    def __len__(self):
        return 10**9

    def __init__(self, X, rng, starts=50, patience=4):
        self.X, self.rows, self.rng, self.starts, self.patience = (
            X,
            cones.unit_rows(X),
            rng,
            starts,
            patience,
        )
        self.columns = np.ascontiguousarray(self.rows.T)
        first = np.take_along_axis(self.rows, np.abs(self.rows).argmax(axis=1)[:, None], 1)
        self.line = np.unique(
            np.round(self.rows * np.sign(first), 10), axis=0, return_inverse=True
        )[1].ravel()
        self.length = np.linalg.norm(X, axis=1)

    def sweep(self, theta, lam, cap, enough, blocks):
        """Blocks (D, s) above `cap`; once none is found from any start, the largest h there was, until then infinity."""
        top, weight = 0.0, np.bincount(self.line, theta * self.length)
        for attempt in range(self.patience):
            D, s = self._starts(blocks, self.starts * 3**attempt, attempt == 0)
            h, _ = _walk(self.X, self.rows, self.columns, self.line, weight, theta, D, s, 100)
            top = max(top, h.max())
            above = np.flatnonzero(h > cap)
            above = above[np.argsort(-h[above], kind="stable")]
            if len(above) >= 4 or len(above) and attempt:
                _, first = np.unique(
                    np.column_stack([D[above], s[above] > 0]), axis=0, return_index=True
                )
                pick = above[np.sort(first)[:enough]]
                return np.inf, (D[pick], s[pick])
        return top, None

    def _starts(self, blocks, count, support):
        """Cells (D, s) to start from: random ones, ones near the support, and the support itself if asked."""
        u = self.rng.standard_normal((count, self.X.shape[1]))
        used = np.flatnonzero(blocks.b.any(axis=1))
        if len(used):  # half of the random directions are drawn near the support's
            unit = blocks.b[used] / np.linalg.norm(blocks.b[used], axis=1)[:, None]
            near = self.rng.choice(len(used), count // 2)
            spread = self.rng.choice([0.1, 0.3, 1.0], count // 2)[:, None] / np.sqrt(
                self.X.shape[1]
            )
            u[: count // 2] = unit[near] + spread * u[: count // 2]
            used = used if support else used[:0]
        random = self.X @ u.T >= 0
        D = np.concatenate([blocks.D[used] > 0, random.T])
        s = np.concatenate([blocks.s[used], self.rng.choice([-1.0, 1.0], count)])
        return np.ascontiguousarray(D), s
