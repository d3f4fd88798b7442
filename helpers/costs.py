"""What the exact program costs as the data grow: its size, and the time it takes on this machine."""

import time
from dataclasses import dataclass

import numpy as np

from . import convex, patterns


@dataclass(frozen=True)
class Cost:
    """n points, d dimensions, P patterns; the program's unknowns and inequalities; seconds to list and to solve."""

    n: int
    d: int
    P: int
    unknowns: int
    inequalities: int
    listing: float
    solving: float


def measure(sizes, lam=0.1, seed=0):
    """A Cost for every (n, d) of `sizes`, on standard normal data and labels. A first, untimed run warms up."""
    rng, costs = np.random.default_rng(seed), []
    for n, d in [sizes[0], *sizes]:
        X, y = rng.standard_normal((n, d)), rng.standard_normal(n)
        begin = time.perf_counter()
        D = patterns.enumerate_patterns(X)
        listed = time.perf_counter()
        convex.solve(X, y, lam, D)
        costs.append(Cost(n, d, len(D), 2 * len(D) * d, 2 * len(D) * n, listed - begin, time.perf_counter() - listed))
    return costs[1:]
