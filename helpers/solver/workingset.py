"""The convex program over any number of patterns: a working set, priced until the gap closes.

    solve the program over a few dozen blocks (newton; interior)  ->  theta
    price: the largest h_i(theta) = ||Proj_{K_i}(+-X' D_i theta)|| scales theta to a dual point
    add the violators (h_i > lam), drop blocks that stay zero; repeat until the gap is small

All in units where ||X|| = ||y|| = 1. What the patterns are, and how they are priced, is the
pricer's business (`pricing.Prices` for a source, `walks.Walks` for none).
"""

from dataclasses import dataclass

import numpy as np

from . import interior, newton
from .blocks import Point, WorkingSet
from .limits import UNLIMITED, Limits
from .pricing import Pricer
from .scaling import ROUNDING, Scaled
from .solution import Reason

# Far more rounds than any program has taken that double precision can solve.
ROUNDS = 300

# Violators added in a round: Newton's cost grows with them, and most are not needed.
NEW = 100

# Rounds in a row without progress after which there will be none.
PATIENCE = 4

# A pattern counts as a violator beyond lam (1 + tol / SLACK): a third of the tolerance, or beyond
# what leaves this share of the tolerance as the gap, if that is more, ...
SLACK = 3
ENOUGH = 0.9
# ... and the working set is solved to this share of it, which leaves the rest to the bound.
FINEST = 0.3

# With lam = 0, where the gap is relative to ||y||^2 = 1 and not to an objective that may
# vanish, bounds count sum ||b_k|| <= RADIUS times over: solve and price more accurately.
SLACK_AT_ZERO = 0.1
FINEST_AT_ZERO = 1e-3

# While violators come in, the working set need not be solved to more than this share of the
# gap.
LOOSE = 0.1

# Multipliers on which Newton's method may be lost before an interior-point method takes over: the
# second time it rarely recovers. In the rounds after that, one.
LOST = 2
ONCE_LOST = 1

# Rounding below this share of what the tolerance lets h_i be above lam is not looked into.
NOTHING = 1e-3

# A round has made progress if the objective fell by more than rounding.
FELL = 1e-12

# From a point to begin with: what the first round may gain, relative to the objective, and how
# much larger sigma is than from zero, as the multipliers are about right.
WARM_GAIN = 1e-3
WARM_SIGMA = 10


@dataclass
class Optimum:
    """What `optimise` found, in the solver's units.

    working: the blocks and their point. objective: the program's value there. bound: the
    certified lower bound, of the dual point `dual` (n,). reason: why it stopped.
    """

    working: WorkingSet
    objective: float
    bound: float
    dual: np.ndarray
    reason: Reason


def optimise(
    scaled: Scaled,
    pricer: Pricer,
    tol: float,
    start: Point | None = None,
    limits: Limits = UNLIMITED,
) -> Optimum:
    """Solve over the pricer's patterns to a relative gap `tol`, from the feasible point `start`.

    With lam = 0 the gap is relative to ||y||^2 = 1.
    """
    y = scaled.y
    lam = scaled.lam
    warm = start is not None
    working = WorkingSet(scaled, pricer.cones, start)
    everything = pricer.everything()
    if everything is not None:
        working.add(everything)
    enough = NEW if everything is None else len(everything.s) + 1

    theta = y - working.output(working.b)
    found = Optimum(working, working.objective(y, lam), 0.0, np.zeros_like(y), Reason.ROUND_LIMIT)
    sigma = newton.FIRST_SIGMA * (WARM_SIGMA if warm else 1)
    gain = found.objective * (WARM_GAIN if warm else 1)
    stalled = 0
    lost = False
    for k in range(ROUNDS):
        # 1) Price: what do other patterns violate at theta?
        cap = _cap(y, theta, lam, found.objective, tol)
        priced = pricer.sweep(theta, cap, enough, working.point(), limits)

        # 2) Certify: scaled to feasibility, theta proves a lower bound.
        largest = priced.largest
        if np.isfinite(largest):
            little = NOTHING * tol * lam
            largest += _rounding(working, theta, scaled.rounding * largest, little, limits)
        value = newton.dual_value(y, theta, max(largest, lam), lam)
        progressed = value.bound > found.bound
        if progressed:
            found.bound = value.bound
            found.dual = value.scale * theta

        # 3) Stop?
        scale = found.objective if lam > 0 else 1.0
        gap = found.objective - found.bound
        limits.report(round=k, objective=found.objective, bound=found.bound, blocks=len(working))
        reason = _reason_to_stop(gap <= tol * scale, limits, stalled)
        if reason is not None:
            found.reason = reason
            break
        if k == ROUNDS - 1:  # what another round would solve for could no longer be certified
            break

        # 4) Drop blocks that stay zero, add the violators.
        size = np.linalg.norm(working.b, axis=1)
        if everything is None and len(working) > 2 * np.sum(size > 0) + NEW:
            working.select(np.flatnonzero(size > 0))
        if everything is None and lost:  # an interior-point method takes all at once as easily
            everything = pricer.everything(interior.handy(*scaled.X.shape))
            if everything is not None:
                working.add(everything)
                enough = len(everything.s) + 1
        if priced.violators is not None:
            working.add(priced.violators)

        # 5) Solve over the working set, no more accurately than the patterns outside it are
        # known.
        target = (FINEST if lam > 0 else FINEST_AT_ZERO) * tol * scale
        if everything is None and priced.violators is not None:
            target = max(target, min(LOOSE * gap, pricer.accuracy * gain))
        sigma = max(sigma / 3, newton.FIRST_SIGMA)  # new blocks: begin with easier steps
        solved = newton.Solved(theta, -np.inf, found.objective, sigma)
        solved, lost = _solve(working, y, lam, solved, target, lost, limits)
        gain = found.objective - solved.objective
        fell = solved.objective < found.objective * (1 - FELL)
        progressed = progressed or (priced.violators is not None and fell)
        stalled = 0 if progressed else stalled + 1
        theta = solved.theta
        sigma = solved.sigma
        found.objective = solved.objective
    return found


def _solve(working, y, lam, last, target, lost, limits):
    """Solve over the working set, to a gap of target, from where the `last` round came to.

    Returns what was found, and whether Newton's method was lost on the way, now or before.
    """
    rescue = lam > 0 and interior.affordable(*working.X.shape, len(working))
    patience = newton.OUTER
    if rescue:
        patience = ONCE_LOST if lost else LOST
    solved = newton.minimise(working, y, lam, last.theta, target, last.sigma, patience, limits)
    if solved.objective - solved.bound <= target or not rescue or limits.passed():
        return solved, lost
    return interior.minimise(working, y, lam, target, limits), True


def _rounding(working, theta, relative, little, limits):
    """How far the largest h_i(theta) may be above what was computed, as far as the blocks show.

    With p its projection, h_i = A_i'theta p / ||p||: to first order that is in error as this sum of
    products is, by a share of the sum of their sizes. relative: what the coordinates add. Where a
    bound on it for all p is but little, that will do. Infinite where there is no time left to tell.
    """
    w = np.abs(theta) @ np.abs(working.X)
    for_all = ROUNDING * np.linalg.norm(w) + relative
    if for_all <= little:
        return for_all
    try:
        p = working.cones.project(working.correlate(theta), limits)
    except TimeoutError:
        return np.inf
    h = np.linalg.norm(p, axis=1)
    terms = np.divide(np.abs(p) @ w, h, out=np.zeros_like(h), where=h > 0)
    return ROUNDING * terms.max(initial=0.0) + relative


def _cap(y, theta, lam, objective, tol):
    """What h_i may be without pattern i counting as a violator.

    If theta is good enough, that is all that leaves the gap within the tolerance: where the decay
    is a small part of the objective, far more than lam (1 + tol).
    """
    if lam == 0:
        return SLACK_AT_ZERO * tol / newton.RADIUS
    enough = newton.largest_for(y, theta, lam, objective * (1 - ENOUGH * tol))
    return max(lam * (1 + tol / SLACK), enough, newton.ROUNDING)


def _reason_to_stop(closed, limits, stalled):
    """Why to stop, or None; closed: the gap is."""
    if closed:
        return Reason.CONVERGED
    if limits.passed():
        return Reason.TIME_LIMIT
    if stalled >= PATIENCE:
        return Reason.NO_PROGRESS
    return None
