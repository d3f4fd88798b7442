"""Section Solving the convex problem efficiently is hard: costs, the gated bracket, neurons."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cvxpy as cp
import numpy as np

from .. import convex, doubles, gated, networks
from ..loss import relu
from ..patterns import enumerate_patterns
from ..solver import conic


@dataclass(frozen=True)
class Cost:
    """What an exact program costs: its sizes, and seconds for three things.

    n points, d dimensions, P patterns; unknowns and inequalities of the program; listing the
    patterns; solving the program by `convex`; stating it to cvxpy and solving it by CLARABEL, an
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


def tasks(
    X: np.ndarray,
    y: np.ndarray,
    lam: float,
    D: np.ndarray,
) -> dict[str, Callable]:
    """The three things that a Cost measures, by the name of its field."""

    def interior():
        program = conic.program(X, y, lam, D)[0]
        return program.solve(solver=cp.CLARABEL)

    return {
        "listing": lambda: enumerate_patterns(X),
        "solving": lambda: convex.solve(X, y, lam, D),
        "interior": interior,
    }


def costs(
    sizes: Sequence[tuple[int, int]],
    lam: float = 0.1,
    seed: int = 0,
) -> list[Cost]:
    """A Cost for every (n, d) of `sizes`, on standard normal data and labels, best times of
    five.

    A larger program comes first, untimed, so that no time holds the loading of compiled code
    or does without it.
    """
    warm = np.random.default_rng(seed + 1).standard_normal((20, 4))
    convex.solve(warm[:, :3], warm[:, 3], lam)
    rng = np.random.default_rng(seed)
    found = []
    for n, d in sizes:
        X = rng.standard_normal((n, d))
        y = rng.standard_normal(n)
        D = enumerate_patterns(X)
        P = len(D)
        seconds = {name: _best(call) for name, call in tasks(X, y, lam, D).items()}
        found.append(Cost(n, d, P, unknowns=2 * P * d, inequalities=2 * P * n, **seconds))
    return found


def _best(call: Callable, rounds: int = 5) -> float:
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        call()
        times.append(time.perf_counter() - begin)
    return min(times)


class Bracket(NamedTuple):
    """The exact optima between two others, one a lambda.

    gated, without the cones, from below; split, the ReLU networks made of those, from above.
    """

    gated: list[float]
    exact: list[float]
    split: list[float]


def bracket(X: np.ndarray, y: np.ndarray, shares: Sequence[float]) -> Bracket:
    """The Bracket of (X, y) over all patterns, at `shares` of lambda_max."""
    D = enumerate_patterns(X)
    values = Bracket([], [], [])
    for lam in np.array(shares) * convex.lambda_max(X, y):
        lower = gated.solve(X, y, lam, D)
        values.gated.append(lower.objective)
        values.exact.append(convex.solve(X, y, lam, D).objective)
        values.split.append(gated.decompose(X, y, lower).objective)
    return values


def neurons(X: np.ndarray, solution: convex.Solution) -> int:
    """How many different neurons an optimum has, pruned to at most n."""
    return networks.distinct_neurons(*networks.prune(X, *solution.to_network()))


def neurons_along(X: np.ndarray, y: np.ndarray, shares: Sequence[float]) -> list[int]:
    """`neurons` of the optima over all patterns at `shares` of lambda_max."""
    lams = np.array(shares) * convex.lambda_max(X, y)
    return [neurons(X, solution) for solution in convex.path(X, y, lams, tol=1e-8)]


def independent(X: np.ndarray, W: np.ndarray, alpha: np.ndarray, tol: float = 1e-6) -> bool:
    """Whether no neuron can be spared without a change of the output: theirs are independent.

    Neurons of one direction and sign count once. A singular value of the outputs of their
    directions below `tol` counts as zero.
    """
    used = alpha != 0
    directions = W[used] / doubles.lengths(W[used])[:, None]
    rank = np.linalg.matrix_rank(relu(X @ directions.T), tol=tol)
    return bool(rank == networks.distinct_neurons(W, alpha))
