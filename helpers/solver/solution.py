"""What the convex solvers return."""

from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

import numpy as np

from ..loss import predict
from ..networks import Network, to_network

# Relative to ||y||^2, an objective below this counts as zero: it is the rounding of a few
# squares.
TINY = 1e-12
# A relative gap below this is rounding.
NEGLIGIBLE = 1e-14
# Relative to ||y||, how far the output of the blocks and that of their network may be apart.
FAITHFUL = 1e-7


class Reason(Enum):
    """Why a solver stopped; str(reason) says it in words, and says nothing of convergence."""

    CONVERGED = ""
    TIME_LIMIT = "time limit"
    ROUND_LIMIT = "round limit: go on from this solution with start="
    NO_PROGRESS = (
        "no further progress in double precision: ask for a larger tol or lam, or centre and scale "
        "the columns of X (which is another program: the decay sees their units)"
    )
    ROUNDING = "rounding: ask for a larger tol"
    SCALES = (
        "columns of X too different in scale for double precision: centre and scale them (which is "
        "another program: the decay sees their units)"
    )
    SEARCHED = "patterns were searched, not all priced: the lower bound is a simple one"
    SPLIT = "the relaxation's optimum, split, need not be optimal"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class Solution:
    """A feasible point of the convex program and what it proves.

    U, V (P, d), patterns (P, n): those given, or all of X, or where these are too many to list
    those that the solution uses.
    objective: its value. lower_bound: of the program over the given patterns, hence of eq. 1
    when they are all; 0 where patterns were searched and not listed.
    gap: their difference relative to the objective (to ||y||^2 when lam = 0).
    reason: why the gap is not below the tolerance asked, or `Reason.CONVERGED`.
    dual (n,): the point theta that proves the bound.
    X (n, d), y (n,): the data, as they were given.
    """

    U: np.ndarray
    V: np.ndarray
    patterns: np.ndarray
    lam: float
    objective: float
    lower_bound: float
    gap: float
    reason: Reason
    dual: np.ndarray | None = None
    X: np.ndarray | None = field(default=None, repr=False)
    y: np.ndarray | None = field(default=None, repr=False)

    @property
    def converged(self) -> bool:
        """Whether the gap is at most the tolerance asked."""
        return self.reason is Reason.CONVERGED

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Output of the network on the rows of any X. Raises ValueError on bad input."""
        return predict(X, *self.to_network())

    def to_network(self) -> Network:
        """The network (W, alpha) of the same loss (eq. 1), see `networks.to_network`."""
        return to_network(self.U, self.V)


class Parts(NamedTuple):
    """Blocks b (B, d) of a point, in the units of the data.

    pattern (B,): the numbers of their patterns in a list; s (B,): +1 for u, -1 for v.
    """

    pattern: np.ndarray
    s: np.ndarray
    b: np.ndarray


class Proof(NamedTuple):
    """A lower bound, the dual point that proves it, and why there is no better one."""

    bound: float
    dual: np.ndarray | None
    reason: Reason = Reason.CONVERGED


class Gap(NamedTuple):
    """Objective and bound as they are reported, and how far they are apart."""

    objective: float
    bound: float
    relative: float


def measured(
    objective: float,
    bound: float,
    lam: float,
    square: float,
) -> Gap:
    """The gap relative to the objective, or for lam = 0 to square = ||y||^2, rounding taken off."""
    bound = max(0.0, min(bound, objective))
    relative = 0.0
    if objective > TINY * square:
        relative = (objective - bound) / (objective if lam > 0 else square)
    if relative <= NEGLIGIBLE:
        return Gap(float(objective), float(objective), 0.0)
    return Gap(float(objective), float(bound), float(relative))


def why(
    gap: Gap,
    tol: float,
    reason: Reason,
) -> Reason:
    """The reason to report for a gap that should be at most tol, where a solver stopped for one."""
    if gap.relative <= tol:
        return Reason.CONVERGED
    if reason is Reason.CONVERGED:  # in the solver's units it was
        return Reason.ROUNDING
    return reason
