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
    """A Cost for every (n, d) of `sizes`, on standard normal data and labels: the best times of five.

    A larger program comes first, untimed, so that no time holds the loading of compiled code or does without it.
    """
    rng, costs = np.random.default_rng(seed), []
    warm = np.random.default_rng(seed + 1).standard_normal((20, 4))
    convex.solve(warm[:, :3], warm[:, 3], lam)
    for n, d in sizes:
        X, y = rng.standard_normal((n, d)), rng.standard_normal(n)
        D = patterns.enumerate_patterns(X)
        seconds = [_best(call) for call in (
            lambda: patterns.enumerate_patterns(X), lambda: convex.solve(X, y, lam, D),
            lambda: conic.program(X, y, lam, D)[0].solve(solver=cp.CLARABEL))]
        costs.append(Cost(n, d, len(D), 2 * len(D) * d, 2 * len(D) * n, *seconds))
    return costs


def _best(call, rounds=5):
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        call()
        times.append(time.perf_counter() - begin)
    return min(times)
