"""The convex program over any number of patterns: a working set, priced until the duality gap over all of them closes.

    solve the program over a few dozen blocks (newton)  ->  theta
    price: bound h_i(theta) = ||Proj_{K_i}(+-X' D_i theta)|| for every pattern; the largest scales theta to a dual point
    add the blocks that violate h_i <= lam most, drop those that stay zero, repeat until the certified gap is small

Everything is in units where ||X|| = ||y|| = 1, so that h_i moves by at most ||theta - theta'||: bounds carry over from
round to round, and most patterns are never looked at again. Patterns arrive packed (np.packbits), in chunks.
"""

from dataclasses import dataclass
from time import perf_counter

import numpy as np

from .. import patterns as cells
from . import cones, newton

WHOLE = 64, 1000  # so many blocks are taken on at once; so many in one or two dimensions
CHUNK = 8192  # patterns in a chunk
NEW = 100  # blocks added in a round
REMEMBERED = 3_000_000  # numbers kept to begin each projection where the last one ended
SLACK = 0.8  # a projection stops early at SLACK lam, so that its bound survives the next few rounds


class Listed:
    """A list of patterns, booleans (P, n), kept packed; `keep` (2, P) says which signs the program has."""

    def __init__(self, D, keep=None):
        self.packed, self.n, self.keep = np.packbits(D, axis=1), D.shape[1], keep

    def __len__(self):
        return len(self.packed)

    def __iter__(self):
        return (self.packed[i : i + CHUNK] for i in range(0, len(self), CHUNK))

    def blocks(self, gated=False):
        """All the blocks of the program: (D (B, n), s (B,))."""
        D = np.unpackbits(self.packed, axis=1, count=self.n)
        keep = np.ones((2, len(D)), bool) if self.keep is None else self.keep.copy()
        keep[1] &= not gated
        sign, pattern = np.nonzero(keep)
        return D[pattern], 1.0 - 2 * sign

    def find(self, D, s):
        """Numbers of the patterns D (B, n) in the list, where they have the sign s (B,); -1 where there is none."""
        wanted = {}
        for k, row in enumerate(np.packbits(D > 0, axis=1)):
            wanted.setdefault(row.tobytes(), []).append(k)
        found = np.full(len(D), -1)
        if not wanted:
            return found
        weights = np.random.default_rng(0).integers(1, 2**62, self.packed.shape[1], dtype=np.uint64)
        sums = np.array(
            [np.frombuffer(key, np.uint8).astype(np.uint64) @ weights for key in wanted]
        )
        for c, packed in enumerate(self):
            for i in np.flatnonzero(np.isin(packed.astype(np.uint64) @ weights, sums)):
                for k in wanted.get(packed[i].tobytes(), ()):
                    if found[k] < 0 and (
                        self.keep is None or self.keep[int(s[k] < 0), CHUNK * c + i]
                    ):
                        found[k] = CHUNK * c + i
        return found


class Streamed:
    """All the patterns of X, enumerated afresh on every pass and never held."""

    keep = None

    def __init__(self, X):
        self.X, self.n = X, len(X)

    def __len__(self):
        return cells.cover_count(self.n, min(self.X.shape))  # or fewer

    def __iter__(self):
        return iter(cells.iterate_patterns(self.X))


class Prices:
    """Bounds on h_i(theta) for every pattern and sign of a source, kept valid as theta moves."""

    accuracy = 0.3  # a round's blocks are solved to this share of what the last round gained

    def __init__(self, X, rows, source, gated):
        self.X, self.rows, self.source, self.gated = X, rows, source, gated
        self.columns = np.ascontiguousarray(rows.T)
        self.h, self.theta, self.next, self.complete, self.faces = [], None, 0, False, {}
        self.kind = cones.kind(X, len(source), gated)

    def sweep(self, theta, lam, cap, enough, blocks=None):
        """Bring bounds above `cap` up to date until `enough` blocks are found above it: (largest bound, blocks).

        Blocks are (D (B, n), s (B,)), the worst first. The largest bound is infinite while patterns were never priced.
        """
        moved = 0.0 if self.theta is None else np.linalg.norm(theta - self.theta)
        for h in self.h:
            h += moved
        self.theta, found, seen = theta, [], 0
        self.table = None
        for c, packed in enumerate(self.source):
            if c == len(self.h):
                self.h.append(np.full((len(packed), 2), np.inf))
                if self.source.keep is not None:
                    keep = self.source.keep[:, CHUNK * c : CHUNK * c + len(packed)].T
                    self.h[c][~keep] = -np.inf
                if self.gated:
                    self.h[c][:, 1] = -np.inf  # without cones u and -v are the same
            if c < self.next or not (stale := self.h[c] > cap).any():
                continue
            self._update(packed, self.h[c], stale, cap, SLACK * lam, c)
            above = np.argwhere(self.h[c] > cap)
            if len(above):
                found.append(
                    (
                        packed[above[:, 0]],
                        1 - 2.0 * above[:, 1],
                        self.h[c][above[:, 0], above[:, 1]],
                    )
                )
                seen += len(above)
            if seen >= enough:
                self.next = c + 1
                break
        else:
            whole, self.next, self.complete = self.next == 0, 0, True
            if not whole and not seen:
                return self.sweep(theta, lam, cap, enough)
        top = max((h.max(initial=0.0) for h in self.h), default=0.0) if self.complete else np.inf
        if not found:
            return top, None
        packed, s, h = (np.concatenate(parts) for parts in zip(*found))
        worst = np.argsort(-h, kind="stable")[:enough]
        return top, (np.unpackbits(packed[worst], axis=1, count=self.source.n), s[worst])

    def _update(self, packed, h, stale, cap, goal, c=None):
        """Recompute the bounds marked stale."""
        if self.kind in (cones.Wedges, cones.Loops):
            rows = np.flatnonzero(stale.any(axis=1))
            D = np.unpackbits(packed[rows], axis=1, count=self.source.n) > 0
            Z = (D * self.theta) @ self.X
            exact = np.empty((len(rows), 2))
            for s in range(2):
                exact[:, s] = np.linalg.norm(
                    self.kind(self.rows, D).project((1 - 2 * s) * Z), axis=1
                )
            h[rows] = np.where(h[rows] > -np.inf, exact, -np.inf)
            return
        from . import pricing

        if self.table is None:
            self.table = pricing.byte_table(self.X, self.theta)
        faces, P, d = self.faces.get(c), len(packed), self.X.shape[1]
        if faces is None:
            held = 4 * len(self.source) * d * d <= REMEMBERED  # the factors of the working sets too
            Q, R = np.empty((2, P if held else 1, 2, d, d))
            faces = np.zeros((P, 2, d), np.int32), np.zeros((P, 2), np.int32), Q, R, held
            if 2 * len(self.source) * d <= REMEMBERED:
                self.faces[c] = faces
        pricing.price(
            packed, self.table, self.rows, self.columns, cap, goal, not self.gated, *faces, h
        )


def largest(X, theta, source):
    """max_i h_i(theta) over all patterns and signs; projections that fall below the largest so far stop."""
    prices, top = Prices(X, cones.unit_rows(X), source, False), 0.0
    prices.theta, prices.table = theta, None
    for packed in source:
        h = np.full((len(packed), 2), np.inf)
        prices._update(packed, h, h > 0, top, top)
        prices.faces.clear()
        top = max(top, h.max())
    return top


@dataclass
class Optimum:
    """What `optimise` found: blocks with their point b, objective, certified lower bound, dual point and why it stopped."""

    blocks: newton.Blocks
    objective: float
    bound: float
    dual: np.ndarray
    reason: str

    @property
    def point(self):
        """Where another run can start: (D, s, b) of the blocks in use."""
        used = self.blocks.b.any(axis=1)
        return self.blocks.D[used], self.blocks.s[used], self.blocks.b[used]


def optimise(
    X,
    y,
    lam,
    source,
    tol,
    start=None,
    gated=False,
    rounds=300,
    begun=None,
    seconds=np.inf,
    progress=None,
    prices=None,
):
    """Solve over the patterns of `source` (||X|| = ||y|| = 1) to a relative gap `tol`: an Optimum.

    `start` is (D, s, b), a feasible point to begin from; `seconds` count from `begun` (None: now). With lam = 0 the gap is relative to ||y||^2 = 1.
    """
    begun = perf_counter() if begun is None else begun
    rows = cones.unit_rows(X)
    prices = Prices(X, rows, source, gated) if prices is None else prices
    cap = max(lam * (1 + tol / 3), 0.1 * tol / newton.RADIUS if lam == 0 else newton.ROUNDING)
    everything = (1 if gated else 2) * len(source) <= WHOLE[X.shape[1] <= 2]
    D, s, b = (np.zeros((0, len(y))), np.zeros(0), None) if start is None else start
    blocks = newton.Blocks(X, rows, prices.kind, D, s, b)
    if everything:
        _add(blocks, *source.blocks(gated))
    r = y - blocks.output(blocks.b)
    theta, objective, bound = r, r @ r + 2 * lam * np.linalg.norm(blocks.b, axis=1).sum(), 0.0
    sigma = newton.SIGMA[0] * (1 if start is None else 10)
    dual, stalled, gain = 0 * y, 0, objective * (1 if start is None else 1e-3)
    for k in range(rounds):
        top, new = prices.sweep(theta, lam, cap, len(source) * 2 + 1 if everything else NEW, blocks)
        value, scale = (
            newton.dual_value(y, theta, max(top, lam), lam) if np.isfinite(top) else (0.0, 0.0)
        )
        progressed = value > bound
        if progressed:
            bound, dual = value, scale * theta
        reference = objective if lam > 0 else 1.0
        gap = objective - bound
        if progress is not None:
            progress(
                dict(
                    round=k,
                    objective=objective,
                    bound=bound,
                    blocks=len(blocks),
                    seconds=perf_counter() - begun,
                )
            )
        reason = (
            ""
            if gap <= tol * reference
            else "time limit"
            if perf_counter() - begun > seconds
            else "no further progress in double precision"
            if stalled >= 4
            else "round limit"
            if k == rounds - 1
            else None
        )
        if reason is not None:
            return Optimum(blocks, objective, bound, dual, reason)
        size = np.linalg.norm(blocks.b, axis=1)
        if len(blocks) > 2 * np.sum(size > 0) + NEW and not everything:
            blocks.select(np.flatnonzero(size > 0))
        if new is not None:
            _add(blocks, *new)
        finest = (0.3 if lam > 0 else 1e-3) * tol * reference
        loose = finest if new is None or everything else min(0.1 * gap, prices.accuracy * gain)
        before, target = objective, max(finest, loose)
        theta, objective, _, sigma = newton.minimise(
            blocks, y, lam, theta, target, max(sigma / 3, newton.SIGMA[0])
        )
        gain = before - objective
        progressed = progressed or new is not None and objective < before * (1 - 1e-12)
        stalled = 0 if progressed else stalled + 1
    return Optimum(blocks, objective, bound, dual, "round limit")


def _add(blocks, D, s):
    """Append the blocks that the working set does not have yet."""
    have = set(map(bytes, np.column_stack([blocks.D, blocks.s]).astype(np.int8)))
    fresh = [
        i for i, row in enumerate(np.column_stack([D, s]).astype(np.int8)) if bytes(row) not in have
    ]
    if fresh:
        blocks.extend(D[fresh], s[fresh])
