"""What the exact program costs as the data grow: its size, and the time it takes on this machine."""

import time
from dataclasses import dataclass

import cvxpy as cp
import numpy as np

from . import conic, convex, patterns


@dataclass(frozen=True)
class Cost:
    """n points, d dimensions, P patterns; the program's unknowns and inequalities; seconds for three things.

    listing the patterns; solving the program by `convex`; stating it to cvxpy and solving it by CLARABEL, an
    interior-point method.
    """

    n: int
    d: int
    P: int
    unknowns: int
    inequalities: int
    listing: float
    solving: float
    interior: float


def measure(sizes, lam=0.1, seed=0):
    """A Cost for every (n, d) of `sizes`, on standard normal data and labels. A first, untimed run warms up."""
    rng, costs = np.random.default_rng(seed), []
    for n, d in [sizes[0], *sizes]:
        X, y = rng.standard_normal((n, d)), rng.standard_normal(n)
        times = [time.perf_counter()]
        D = patterns.enumerate_patterns(X)
        times.append(time.perf_counter())
        convex.solve(X, y, lam, D)
        times.append(time.perf_counter())
        conic.program(X, y, lam, D)[0].solve(solver=cp.CLARABEL)
        times.append(time.perf_counter())
        costs.append(Cost(n, d, len(D), 2 * len(D) * d, 2 * len(D) * n, *np.diff(times).tolist()))
    return costs[1:]
