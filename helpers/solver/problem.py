"""The convex program to solve: data, decay and patterns, checked once and scaled once."""

import copy
from concurrent.futures import Executor
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from .. import checks, networks
from ..doubles import lengths
from ..networks import Network
from .blocks import Point, stacked
from .everywhere import Everywhere
from .limits import Limits
from .pricing import Pricer, Prices
from .scaling import Scaled
from .solution import FAITHFUL, Parts, Proof, Reason, Solution, measured, why
from .sources import Listed, Source, source_of
from .workingset import Optimum


class Problem:
    """The convex program of X (n, d), y (n,), lam over the patterns of `source`.

    relaxed: its cones are left out (the gated relaxation).
    """

    def __init__(
        self,
        X: np.ndarray,
        y: np.ndarray,
        lam: float,
        source: Source,
        relaxed: bool = False,
    ):
        self.X = X
        self.y = y
        self.lam = lam
        self.source = source
        self.relaxed = relaxed

    @classmethod
    def checked(
        cls,
        X: ArrayLike,
        y: ArrayLike,
        lam: float,
        patterns: ArrayLike | None = None,
        signs: ArrayLike | None = None,
    ) -> "Problem":
        """The program over `patterns` (P, n) or, without them, over all patterns of X.

        signs (P,), +1 or -1, keep only u_i or only v_i of every pattern. Raises ValueError on
        bad input.
        """
        X = checks.as_data(X).astype(float, copy=False)
        y = checks.as_labels(y, len(X)).astype(float, copy=False)
        lam = checks.as_nonnegative(lam, "lam")
        return cls(X, y, lam, source_of(X, patterns, signs))

    def over(self, patterns: np.ndarray) -> "Problem":
        """The same over other patterns, booleans (P, n)."""
        other = copy.copy(self)  # and with what is scaled already
        other.source = Listed(patterns)
        return other

    def at(self, lam: float) -> "Problem":
        """The same with another lam."""
        return Problem(self.X, self.y, checks.as_nonnegative(lam, "lam"), self.source, self.relaxed)

    def labelled(self, y: np.ndarray) -> "Problem":
        """The same with other labels y (n,)."""
        return Problem(self.X, y, self.lam, self.source, self.relaxed)

    def without_cones(self) -> "Problem":
        """The gated relaxation over the same list: u and -v are then the same, so v is left out."""
        P = self.source.count
        keep = np.array([np.ones(P, bool), np.zeros(P, bool)])
        return Problem(self.X, self.y, self.lam, Listed(self.source.D, keep), relaxed=True)

    def pricer(
        self, rng: np.random.Generator | None = None, executor: Executor | None = None
    ) -> Pricer:
        """What prices its patterns: a list, or (walking from cells that `rng` draws) all."""
        if self.source.listed:
            return Prices(self.scaled, self.source, self.relaxed)
        return Everywhere(self.scaled, rng, executor)

    @cached_property
    def scaled(self) -> Scaled:
        """The data in the solver's units; they must not be `empty`."""
        return Scaled(self.X, self.y, self.lam)

    @property
    def square(self) -> float:
        """||y||^2, the objective at zero."""
        return float(self.y @ self.y)

    @property
    def empty(self) -> bool:
        """Whether zero is optimal for want of patterns, of labels or of data, whatever lam."""
        return self.source.count == 0 or not self.y.any() or not self.X.any()

    @property
    def trivial(self) -> bool:
        """Whether zero is seen to be optimal: also where lam >= ||X|| ||y||."""
        return self.empty or self.scaled.lam >= 1

    def begin(self, start: Solution | Network | None) -> Point | None:
        """Where to begin: those blocks of a Solution or a network that the program has."""
        if start is None:
            return None
        if isinstance(start, Solution):
            U = start.U
            V = start.V
            D = start.patterns
        elif isinstance(start, tuple | list) and len(start) == 2:
            U, V, D = networks.from_network(self.X, *start)
        else:
            raise ValueError(
                f"start must be a Solution or a network (W, alpha); got a {type(start).__name__}"
            )
        if D.shape[1] != len(self.X) or U.shape[1] != self.X.shape[1]:
            raise ValueError(
                f"start must be for the same X, of shape {self.X.shape}; "
                f"got one for {(D.shape[1], U.shape[1])}"
            )
        point = stacked(U, V, D)
        here = self.source.has(point.D, point.s)
        return Point(point.D[here], point.s[here], self.scaled.forth(point.b[here]))

    def zero(self) -> Solution:
        """The solution of a trivial program."""
        D, _ = self.source.numbered(np.zeros((0, len(self.X)), bool), np.zeros(0))
        nothing = Parts(np.zeros(0, int), np.zeros(0), np.zeros((0, self.X.shape[1])))
        return self.assemble(D, nothing, Proof(self.square, self.y), 0.0)

    def unsolved(self, begin: Point | None, tol: float, reason: Reason, limits: Limits) -> Solution:
        """The Solution at the point `begin` (None: zero), of which nothing is proved."""
        n, d = self.scaled.X.shape
        point = begin or Point(np.zeros((0, n)), np.zeros(0), np.zeros((0, d)))
        D, pattern = self.source.numbered(point.D > 0, point.s)
        parts = Parts(pattern, point.s, self.scaled.back(point.b))
        found = self.assemble(D, parts, Proof(0.0, np.zeros_like(self.y), reason), tol)
        objective = found.objective / self.square  # in the solver's units
        limits.report(round=0, objective=objective, bound=0.0, blocks=len(point.s))
        return found

    def solution(
        self,
        found: Optimum,
        tol: float,
    ) -> Solution:
        """The Solution of what `workingset.optimise` found, asked for a relative gap tol."""
        working = found.working
        working.select(np.flatnonzero(working.b.any(axis=1)))
        afresh = type(working.cones)(working.normals, working.D > 0)  # b is there, but for rounding
        b = self.scaled.back(afresh.project(working.b))
        D, pattern = self.source.numbered(working.D, working.s)
        length = self.scaled.length
        proof = Proof(found.bound * length**2, found.dual * length, found.reason)
        return self.assemble(D, Parts(pattern, working.s, b), proof, tol)

    def assemble(
        self,
        D: np.ndarray,
        parts: Parts,
        proof: Proof,
        tol: float,
        or_zero: bool = True,
    ) -> Solution:
        """The Solution over patterns D (P, n) that has these parts, or is zero if that is better.

        Its objective is that of the program or of the network of U and V, whichever is larger.
        """
        pattern, s, b = parts
        U = np.zeros((len(D), self.X.shape[1]))
        V = np.zeros((len(D), self.X.shape[1]))
        np.add.at(U, pattern[s > 0], b[s > 0])
        np.add.at(V, pattern[s < 0], b[s < 0])
        Z = self.X @ b.T
        fitted = (D[pattern].T * Z) @ s
        network = np.maximum(Z, 0) @ s
        error = max(np.sum((fitted - self.y) ** 2), np.sum((network - self.y) ** 2))
        objective = error + 2 * self.lam * lengths(b).sum()
        faithful = np.linalg.norm(fitted - network) <= FAITHFUL * np.linalg.norm(self.y)
        if or_zero and objective > self.square:
            U[:] = 0
            V[:] = 0
            objective = self.square
            faithful = True
        gap = measured(objective, proof.bound, self.lam, self.square)
        reason = why(gap, tol, proof.reason) if faithful else Reason.SCALES
        return Solution(
            U,
            V,
            D,
            self.lam,
            objective=gap.objective,
            lower_bound=gap.bound,
            gap=gap.relative,
            reason=reason,
            dual=proof.dual,
            X=self.X,
            y=self.y,
        )
