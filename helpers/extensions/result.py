"""What the program of an extension returns."""

from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from ..dual import best_multiple

N = TypeVar("N")


@dataclass(frozen=True)
class Result(Generic[N]):
    """The optimum of an extension's program, as a network.

    objective: the loss of `network`. lower_bound: no network has a smaller loss; it comes from
    a point of the dual that was made feasible.
    """

    network: N
    objective: float
    lower_bound: float

    @property
    def gap(self) -> float:
        """How far the objective can be from the optimum, relative to the objective."""
        if self.objective == 0:
            return 0.0
        return (self.objective - self.lower_bound) / self.objective


def scaled_bound(y: np.ndarray, theta: np.ndarray, largest: float, lam: float) -> float:
    """The best bound of a multiple of theta that is dual feasible.

    y, theta: of one shape. largest: what of the constraints' left sides must not pass lam.
    """
    t = best_multiple(y, theta, largest, lam)
    return float(2 * t * np.sum(theta * y) - t**2 * np.sum(theta * theta))


def better_of(network: N, objective: float, empty: N, at_zero: float, bound: float) -> Result[N]:
    """The result with `network`, or with the empty one where that is no worse."""
    if at_zero <= objective:
        network = empty
        objective = at_zero
    return Result(network, objective, float(np.clip(bound, 0.0, objective)))
