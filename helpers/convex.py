"""The convex program behind the two-layer ReLU network, solved with a certificate.

    min  ||sum_i D_i X (u_i - v_i) - y||^2 + 2 lam sum_i (||u_i|| + ||v_i||),
         u_i, v_i in K_i = {u : (2 D_i - I) X u >= 0}

(the article's eq. 8, with the factor 2 that makes it equal to eq. 1). Its dual bounds every
network's loss from below: ``||y||^2 - ||y - theta||^2`` for any theta with
``max {theta' D_i X u : u in K_i, ||u|| <= 1} <= lam``, and the same for -theta.
Shapes: X (n, d), y (n,), patterns (P, n) booleans, U and V (P, d).

How it is solved: `helpers.solver`.
"""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from . import checks, models, networks
from . import patterns as cells
from .certificate import Certificate
from .doubles import lengths
from .loss import loss as network_loss
from .networks import Network
from .solver import walks
from .solver.everywhere import largest as largest_everywhere
from .solver.limits import Limits
from .solver.pricing import Prices
from .solver.problem import Problem
from .solver.solution import TINY, Reason, Solution
from .solver.threads import one_thread
from .solver.workingset import optimise

# Each dimension makes a proof over all patterns several times as long: beyond this rank, none has
# ended within minutes unless the decay leaves almost no neuron, and one has to say how long to try.
UNHURRIED = 12

# A search solves to no smaller gap: over patterns that are not all it would prove nothing.
SEARCHED_TO = 1e-4

Progress = Callable[[dict], None]


def solve(
    X: ArrayLike,
    y: ArrayLike,
    lam: float,
    patterns: ArrayLike | None = None,
    tol: float = 1e-6,
    signs: ArrayLike | None = None,
    *,
    start: Solution | Network | None = None,
    seconds: float = np.inf,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Solution:
    """Solve the convex program over `patterns` (None: all those of X) and prove how well.

    tol: the relative gap asked for. signs (P,), entries +1 or -1: keep only u_i or only v_i of
    each pattern. start: where to begin, a Solution for the same X or a network (W, alpha).
    seconds: the time after which the best so far is returned, with the best bound proved so far.
    progress: called every round with a dictionary (round, objective, bound, blocks, seconds), and
    while all directions of a neuron are searched with (nodes, closed, open_bound, seconds), closed
    being the share of the sphere that is done. executor: a concurrent.futures.Executor that carries
    this search (None: threads, one a core); the result does not depend on it.

    Patterns that are not given are listed where they are few. Where they are many, those that
    matter are found by walking, and a branch and bound over directions proves that no other
    does: `helpers.solver.branching` says what is assumed of rounding.

    With lam = 0 the bound holds for all points at which sum_i (||X u_i|| + ||X v_i||) is at
    most 1e4 ||y||.
    Raises ValueError on bad input, and without `seconds` where the rank of X makes proofs hopeless.
    """
    limits = Limits.checked(seconds, progress)
    executor = _as_executor(executor)
    problem = Problem.checked(X, y, lam, patterns, signs)
    tol = checks.as_nonnegative(tol, "tol")
    return _proved(problem, tol, start, limits, executor)


def search(
    X: ArrayLike,
    y: ArrayLike,
    lam: float,
    tol: float = 1e-6,
    *,
    start: Solution | Network | None = None,
    seconds: float = np.inf,
    progress: Progress | None = None,
    rng: np.random.Generator | None = None,
) -> Solution:
    """The best point over patterns that are searched, not listed: an upper bound on the optimum.

    Walks from cell to cell begin in random ones (drawn from `rng`), in the support, and in
    `start` (None: a network that Adam trains for a moment). With `Reason.SEARCHED` lower_bound is
    one that needs no search, mostly far below; where X has few patterns they are listed, and the
    result is that of `solve`. Other arguments and errors are those of `solve`.
    """
    limits = Limits.checked(seconds, progress)
    problem = Problem.checked(X, y, lam)
    tol = checks.as_nonnegative(tol, "tol")
    rng = np.random.default_rng(0) if rng is None else checks.as_generator(rng)
    if problem.source.listed:
        return _proved(problem, tol, start, limits)
    return _searched(problem, tol, start, limits, rng)


def _proved(problem, tol, start, limits, executor=None):
    """The Solution over all the patterns of the problem."""
    _refuse_if_endless(problem.source, limits.seconds)
    with one_thread():
        if problem.trivial:
            return problem.zero()
        begin = problem.begin(start)
        if limits.passed():
            return problem.unsolved(begin, tol, Reason.TIME_LIMIT, limits)
        pricer = problem.pricer(np.random.default_rng(0), executor)
        if not problem.source.listed:
            begin = pricer.beginning(begin, limits)
        return problem.solution(optimise(problem.scaled, pricer, tol, begin, limits), tol)


def _refuse_if_endless(source, seconds):
    """Raise ValueError where a proof over all patterns may not end, and nothing ends it."""
    if source.listed or source.rank <= UNHURRIED or seconds < np.inf:
        return
    raise ValueError(
        f"X has rank {source.rank} and up to {source.count:.4g} patterns: a proof over all of them "
        "may take for ever. Give `seconds`, or a list (patterns.sample_patterns), or let "
        "convex.search look for those that matter"
    )


def _as_executor(executor):
    """Return `executor` if it is None or can carry work; raise ValueError otherwise."""
    if executor is not None and not callable(getattr(executor, "map", None)):
        raise ValueError(
            "executor must be a concurrent.futures.Executor or like one; "
            f"got a {type(executor).__name__}"
        )
    return executor


def _searched(problem, tol, start, limits, rng):
    """The Solution over the patterns that are found."""
    with one_thread():
        if problem.trivial:
            return problem.zero()
        begin = problem.begin(start)
        if limits.passed():
            return problem.unsolved(begin, tol, Reason.SEARCHED, limits)
        found = walks.search(problem.scaled, max(tol, SEARCHED_TO), begin, rng, limits)
        return problem.solution(found, tol)


def lambda_max(
    X: ArrayLike,
    y: ArrayLike,
    patterns: ArrayLike | None = None,
    *,
    executor: Executor | None = None,
) -> float:
    """The smallest lam whose optimum is zero, over `patterns` (None: all those of X).

    It is the largest norm of a projection of +-X' D_i y on K_i, which is the largest |y'(Xu)_+|
    over ||u|| <= 1. executor: as of `solve`. Raises ValueError as `solve`.
    """
    problem = Problem.checked(X, y, 1.0, patterns)
    executor = _as_executor(executor)
    _refuse_if_endless(problem.source, np.inf)
    if problem.empty:
        return 0.0
    with one_thread():
        scaled = problem.scaled
        if problem.source.listed:
            largest = Prices(scaled, problem.source).largest(scaled.y)
        else:
            largest = largest_everywhere(scaled, scaled.y, executor)
    return float(largest / scaled.lam)


def path(
    X: ArrayLike,
    y: ArrayLike,
    lams: ArrayLike,
    patterns: ArrayLike | None = None,
    tol: float = 1e-6,
) -> list[Solution]:
    """Solutions for every lam of `lams`, in their order, each begun from the next larger one.

    Raises ValueError as `solve`.
    """
    lams = checks.as_float(lams, "lams").ravel()
    tol = checks.as_nonnegative(tol, "tol")
    problem = Problem.checked(X, y, 0.0, patterns)
    solutions = [None] * len(lams)
    last = None
    for k in np.argsort(-lams, kind="stable"):
        last = _proved(problem.at(lams[k]), tol, last, Limits())
        solutions[k] = last
    return solutions


def one_vs_all(
    X: ArrayLike,
    labels: ArrayLike,
    lam: float,
    patterns: ArrayLike | None = None,
    tol: float = 1e-6,
) -> tuple[np.ndarray, list[Solution]]:
    """One program per class, its points labelled +1 and all others -1: (classes (C,), Solutions).

    The class of new data is that of the largest `Solution.predict`. Raises ValueError as
    `solve`.
    """
    X = checks.as_data(X)
    labels = checks.as_array(labels, "labels")
    tol = checks.as_nonnegative(tol, "tol")
    if labels.shape != (len(X),):
        raise ValueError(
            f"labels must have shape ({len(X)},), one class per row of X; got {labels.shape}"
        )
    try:
        classes = np.unique(labels)
    except TypeError:
        raise ValueError("labels must be all numbers or all text; got a mixture") from None
    problem = Problem.checked(X, np.zeros(len(labels)), lam, patterns)
    solutions = []
    for name in classes:
        one = problem.labelled(np.where(labels == name, 1.0, -1.0))
        solutions.append(_proved(one, tol, None, Limits()))
    return classes, solutions


def polish(
    X: ArrayLike,
    y: ArrayLike,
    W: ArrayLike,
    alpha: ArrayLike,
    lam: float,
    tol: float = 1e-6,
    *,
    search_patterns: bool = True,
    seconds: float = np.inf,
    rng: np.random.Generator | None = None,
) -> Solution:
    """The best network over the neurons' own patterns, then over patterns searched from there.

    Its loss is never above that of (W, alpha). search_patterns=False: stay with the own patterns.
    seconds: the time after which the best so far is returned. rng: of the search. Raises ValueError
    on bad input.
    """
    limits = Limits.checked(seconds)
    search_patterns = checks.as_flag(search_patterns, "search_patterns")
    own = network_loss(X, y, W, alpha, lam)
    U, V, D = networks.from_network(X, W, alpha)
    best = solve(X, y, lam, D, tol, start=(W, alpha), seconds=limits.left())
    if search_patterns and not limits.passed():
        found = search(X, y, lam, tol, start=best, seconds=limits.left(), rng=rng)
        best = min(best, found, key=lambda solution: solution.objective)
    if best.objective > own:  # within the tolerance: keep the network, merged
        best = replace(best, U=U, V=V, patterns=D, objective=own)
    return best


@models.or_model
def certify(
    X: ArrayLike,
    y: ArrayLike,
    W: ArrayLike,
    alpha: ArrayLike,
    lam: float,
    tol: float = 1e-6,
    *,
    seconds: float = 60.0,
    executor: Executor | None = None,
) -> Certificate:
    """How far the network (W, alpha) is from the best of any width; printed, it says so in words.

    After `seconds` the best network and the best bound so far are returned. executor: as of
    `solve`. Raises ValueError on bad input.

    certify(model, X, y, lam, ...) certifies a torch.nn.Sequential(Linear, ReLU, Linear) with one
    output, a bias in its first layer or none, none in its last; X is then without the column of
    ones that `data.with_bias` adds. Trained by SGD or Adam on the mean of the squares with
    weight_decay=w, its lam is w n / 2. Raises ValueError for a model of another form, with what
    to change.
    """
    limits = Limits.checked(seconds)
    executor = _as_executor(executor)
    own = network_loss(X, y, W, alpha, lam)
    stationarity = networks.stationarity(X, y, W, alpha, lam)
    local = polish(X, y, W, alpha, lam, tol, search_patterns=False, seconds=limits.left())
    problem = Problem.checked(X, y, lam)
    if limits.passed():
        best = replace(local, lower_bound=0.0, reason=Reason.TIME_LIMIT)
    else:
        best = _proved(problem, tol, local, limits, executor)
    bound = min(best.lower_bound, own)
    known = min(best.objective, local.objective)
    whole = own if own > TINY * problem.square else np.inf
    return Certificate(
        loss=own,
        local_optimum=local.objective,
        lower_bound=bound,
        gap=(own - bound) / whole,
        best=known,
        proved=best.converged,
        stationarity=stationarity,
        too_few_patterns=(local.objective - known) / whole,
        lam=problem.lam,
    )


def program_value(
    X: ArrayLike,
    y: ArrayLike,
    U: ArrayLike,
    V: ArrayLike,
    patterns: ArrayLike,
    lam: float,
) -> float:
    """Value of the convex program at a point U, V (P, d), feasible or not.

    ``||sum_i D_i X (u_i - v_i) - y||^2 + 2 lam sum_i (||u_i|| + ||v_i||)``. Raises ValueError
    on bad input.
    """
    problem = Problem.checked(X, y, lam, checks.as_array(patterns, "patterns"))
    D = problem.source.D
    shape = len(D), problem.X.shape[1]
    U = _as_blocks(U, "U", shape)
    V = _as_blocks(V, "V", shape)
    residual = np.sum(D.T * (problem.X @ (U - V).T), axis=1) - problem.y
    norms = lengths(np.vstack([U, V]))
    value = float(residual @ residual + 2 * problem.lam * norms.sum())
    return checks.within_range(value, "the value of the program")


def _as_blocks(B, name, shape):
    """Return `B` as floats of shape (P, d)."""
    B = checks.as_float(B, name)
    if B.shape != shape:
        raise ValueError(
            f"{name} must have shape {shape}, one row a pattern and as many columns as X; "
            f"got {B.shape}"
        )
    return B


def own_program(
    X: ArrayLike,
    y: ArrayLike,
    W: ArrayLike,
    alpha: ArrayLike,
    lam: float,
) -> Solution:
    """The convex program over the network's own patterns and signs, solved.

    Raises ValueError on bad input.
    """
    D, signs = networks.patterns_and_signs(cells.activation_patterns(X, W), alpha)
    return solve(X, y, lam, D, signs=signs)


def cone_margin(
    X: ArrayLike,
    u: ArrayLike,
    pattern: ArrayLike,
) -> float:
    """Smallest entry of ``(2 D - I) X u``: negative outside the pattern's cone, zero on its wall.

    Raises ValueError on bad input.
    """
    X = checks.as_data(X)
    D = np.atleast_2d(checks.as_array(pattern, "pattern"))
    D = checks.as_patterns(D, len(X), "pattern")[0]
    u = checks.as_vector(u, X.shape[1], "u", "column of X")
    return float(np.min(np.where(D, 1.0, -1.0) * (X @ u)))
