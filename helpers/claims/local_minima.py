"""Claims about local minima, decided on complete lists."""

import numpy as np

from .. import minima
from ..sections import local_minima
from .registry import Finding, claim

RUNS = 96  # descents of a check
CLOSE = 1e-6  # the perturbation of a minimum, smaller than its distance from the next wall
NEARBY = ((1.0, 10_000), (0.1, 20_000), (0.01, 20_000), (1e-3, 3_000), (1e-5, 1_000))


def _farthest(problem, found):
    """How far from the list's losses the worst of RUNS descents comes to rest."""
    S = problem.S
    rng = np.random.default_rng(4)
    W = rng.uniform(-1, 1, (RUNS, problem.width, S.X.shape[1]))
    alpha = rng.uniform(-1, 1, (RUNS, problem.width))
    ends = local_minima.to_rest(S.X, S.y, W, alpha, problem.lam)
    known = np.array([point.loss for point in found.points])
    return np.abs(ends.loss[:, None] - known).min(axis=1).max()


def _falls(problem, points):
    """By how much descent from close by falls below the losses of the points, at most."""
    S = problem.S
    rng = np.random.default_rng(5)
    W = np.repeat([point.W for point in points], 8, axis=0)
    alpha = np.repeat([point.alpha for point in points], 8, axis=0)
    W += CLOSE * rng.standard_normal(W.shape)
    alpha += CLOSE * rng.standard_normal(alpha.shape)
    ends = local_minima.to_rest(S.X, S.y, W, alpha, problem.lam, step=0.005, phases=NEARBY)
    return max(np.repeat([point.loss for point in points], 8) - ends.loss)


@claim("77")
def all_the_possible_local_minima():
    problem = local_minima.problem("plane", 2)
    found = problem.list()
    outside = _farthest(problem, found)
    fall = _falls(problem, found.minima)
    return Finding(
        printed=outside < 1e-6 and fall < 1e-6 and found.largest_gap < 1e-8,
        shown=(
            f"Five random points in the plane, two neurons: {found.programs} programs,"
            f" {len(found.minima)} local minima. {RUNS} descents all rest within 1e-6 of a loss"
            " of the list, and from close by every minimum draws descent back."
        ),
    )


@claim("78")
def quickly():
    problem = local_minima.problem("teaser", 3)
    found = problem.list()
    S = problem.S
    try:
        minima.local_minima(S.X, S.y, problem.lam, 400)
        refused = False
    except ValueError:
        refused = True
    blocks = len(minima.Blocks(S.X, (1, -1)))
    return Finding(
        printed=not refused,
        conditioned=found.programs < 10_000 and found.largest_gap < 1e-8,
        shown=(
            f"The opening plot's ten points: {found.programs:,} programs for three neurons, each"
            f" solved to a relative gap below 1e-8; for 400 neurons 2^{blocks}, and our function"
            " declines."
        ),
    )


@claim("79")
def described():
    told = []
    for width in (1, 2):
        problem = local_minima.problem("plane", width)
        found = problem.list()
        told.append((_farthest(problem, found), found))
    found = told[-1][1]
    one_sided = len(found.of_kind(minima.Kind.ONE_SIDED))
    return Finding(
        printed=max(outside for outside, _ in told) < 1e-6,
        corrected=one_sided > len(found.minima),
        shown=(
            f"One and two neurons, {RUNS} descents each: all rest within 1e-6 of a listed loss."
            f" With two neurons {len(found.minima)} optima are local minima, {one_sided} are"
            " optimal on one side only."
        ),
    )
