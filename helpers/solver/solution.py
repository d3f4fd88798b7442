"""What the convex solvers return."""

from dataclasses import dataclass

import numpy as np

from ..loss import predict
from ..networks import to_network

TINY = 1e-12  # an objective or a bound below TINY ||y||^2 counts as zero
ROUNDING = 1e-14  # so does a relative gap below this


@dataclass(frozen=True)
class Solution:
    """A feasible point of the convex program and what it proves.

    U, V (P, d), patterns (P, n): those given, or all of X, or when there are more than 20,000 those the solution uses;
    objective, its value; lower_bound, of the program over the given patterns (of eq. 1 when they are all);
    gap, their difference relative to the objective (to ||y||^2 when lam = 0); converged, gap <= the tolerance asked;
    reason, why it stopped if not; dual (n,), the point theta that proves the bound. Where patterns were searched and not
    listed, nothing proves more than lower_bound = 0.
    """

    U: np.ndarray
    V: np.ndarray
    patterns: np.ndarray
    lam: float
    objective: float
    lower_bound: float
    gap: float
    converged: bool
    reason: str = ""
    dual: np.ndarray | None = None

    def predict(self, X):
        """Output on the rows of X, any X: that of the network, shape (n,). Raises ValueError on bad input."""
        return predict(X, *self.to_network())

    def to_network(self):
        """The network (W, alpha) of the same loss (eq. 1): w = u / sqrt(||u||), alpha = +-sqrt(||u||), zeros left out."""
        return to_network(self.U, self.V)


def assemble(X, y, lam, D, b, s, pattern, bound, dual, tol, reason="", best=True):
    """The Solution with the blocks b (B, d), of signs s and pattern numbers `pattern`, or zero if better and `best`."""
    U, V = np.zeros((2, len(D), X.shape[1]))
    pattern, s = np.asarray(pattern, int), np.asarray(s, float)
    np.add.at(U, pattern[s > 0], b[s > 0])
    np.add.at(V, pattern[s < 0], b[s < 0])
    Z = X @ b.T
    fitted, network = (D[pattern].T * Z) @ s, np.maximum(Z, 0) @ s
    penalty = 2 * lam * np.linalg.norm(b, axis=1).sum()
    objective = max(np.sum((fitted - y) ** 2), np.sum((network - y) ** 2)) + penalty
    if best and objective > y @ y:
        U[:], V[:], objective = 0, 0, y @ y
    elif np.linalg.norm(fitted - network) > 1e-7 * np.linalg.norm(y):
        reason = "columns of X too different in scale for double precision"
    bound = max(0.0, min(bound, objective))
    gap = (
        (objective - bound) / (objective if lam > 0 else y @ y)
        if objective > TINY * (y @ y)
        else 0.0
    )
    if gap <= ROUNDING:
        bound, gap = objective, 0.0
    converged = bool(gap <= tol and not reason.startswith("columns"))
    return Solution(
        U,
        V,
        D,
        lam,
        float(objective),
        float(bound),
        float(gap),
        converged,
        "" if converged else reason or "rounding",
        dual,
    )
