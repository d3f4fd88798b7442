"""Where gradient descent comes to rest in narrow networks with decay, beside convex optima."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from .. import convex, data, train


class Minima(NamedTuple):
    """Losses (eq. 1) at which networks came to rest, and two optima for each: arrays over all runs.

    loss: of the network; own: the optimum over its final patterns and signs; best: that over all
    patterns.
    """

    loss: np.ndarray
    own: np.ndarray
    best: np.ndarray


@lru_cache
def local_minima(runs: int = 20, step: float = 0.05, steps: int = 20000, seed: int = 3) -> Minima:
    """Where gradient descent of `runs` networks ends on each of three random data sets: Minima.

    The last third of the steps is 100 times shorter, so that a network rests at a kink too.
    """
    found = []
    for n, d, m, lam in ((5, 2, 3, 0.05), (6, 2, 3, 0.1), (8, 3, 4, 0.1)):
        rng = np.random.default_rng(seed)
        X = data.with_bias(rng.uniform(-1, 1, (n, d - 1)))
        y = rng.uniform(-1, 1, n)
        best = convex.solve(X, y, lam).objective
        for _ in range(runs):
            start = train.uniform_network(m, d, 0.5, rng)
            long = train.gradient_descent(
                X, y, *start, step=step, steps=2 * steps // 3, lam=lam, record_every=steps
            )
            short = train.gradient_descent(
                X, y, *long.final, step=step / 100, steps=steps // 3, lam=lam, record_every=steps
            )
            found.append((short.loss[-1], own_optimum(X, y, *short.final, lam), best))
    return Minima(*np.array(found).T)


def own_optimum(
    X: np.ndarray, y: np.ndarray, W: np.ndarray, alpha: np.ndarray, lam: float
) -> float:
    """The optimum over a network's patterns and signs, those of neurons decayed to 0 left out."""
    used = np.linalg.norm(W, axis=1) > 1e-3
    if not used.any():
        return float(y @ y)
    return convex.own_program(X, y, W[used], alpha[used], lam).objective
