"""The working set against cvxpy's optimum of the same program."""

import numpy as np
import pytest

from helpers import convex
from helpers.loss import loss
from helpers.patterns import sample_patterns
from helpers.solver.limits import Limits
from helpers.solver.solution import Reason
from tests.solver.judge import instance, judge, optimum, value


@pytest.mark.parametrize("seed", range(40))
def test_degenerate_programs_against_cvxpy(seed):
    X, y, D, signs = instance(np.random.default_rng(seed))
    top = convex.lambda_max(X, y, D)
    if top == 0:  # no pattern has an active point
        assert convex.solve(X, y, 0.1, D, signs=signs).objective == pytest.approx(y @ y)
        return
    for share in (0.5, 0.03, 1e-3):
        lam = share * top
        solution = convex.solve(X, y, lam, D, signs=signs)
        best = optimum(X, y, lam, D, signs)
        assert solution.converged and solution.gap <= 1e-6
        assert solution.objective == pytest.approx(best, rel=3e-6, abs=1e-8 * (y @ y))
        assert solution.lower_bound <= best + 1e-7 * (y @ y)
        network = loss(X, y, *solution.to_network(), lam)
        assert network == pytest.approx(solution.objective, rel=1e-6)
    judge(X, y, lam, solution, signs)


@pytest.mark.parametrize("seed", range(12))
def test_no_regularisation_against_cvxpy(seed):
    X, y, D, signs = instance(np.random.default_rng(100 + seed))
    solution = convex.solve(X, y, 0.0, D, signs=signs)
    best = optimum(X, y, 0.0, D, signs)
    assert solution.objective == pytest.approx(best, abs=1e-6 * (y @ y))
    assert solution.lower_bound <= best + 1e-7 * (y @ y)


def test_stopped_early_says_so_and_a_warm_start_goes_on():
    rng = np.random.default_rng(12)
    X = rng.standard_normal((60, 8))
    y = rng.standard_normal(60)
    D = sample_patterns(X, 400, rng)
    lam = 1e-3 * convex.lambda_max(X, y, D)
    seen = []
    short = convex.solve(X, y, lam, D, seconds=1e-3, progress=seen.append)
    assert not short.converged and short.reason is Reason.TIME_LIMIT and short.gap > 1e-6
    assert [state["round"] for state in seen] == list(range(len(seen)))
    assert set(seen[0]) == {"round", "objective", "bound", "blocks", "seconds"}
    cold = []
    full = convex.solve(X, y, lam, D, start=short, progress=cold.append)
    assert full.converged and full.objective < short.objective
    warm = []
    again = convex.solve(X, y, lam, D, start=full, progress=warm.append)
    assert again.converged and len(warm) < len(cold)
    assert warm[0]["objective"] * (y @ y) == pytest.approx(full.objective, rel=1e-6)


@pytest.mark.parametrize("lam", [0.3, 0.0])
@pytest.mark.parametrize("shape", [(12, 3), (5, 9)])  # n < d: the solver turns the columns
def test_a_start_of_foreign_patterns_is_taken_as_far_as_the_program_has_it(shape, lam):
    rng = np.random.default_rng(15)
    n, d = shape
    X = rng.standard_normal(shape)
    y = rng.standard_normal(n)
    network = rng.standard_normal((30, d)), rng.standard_normal(30)
    D = sample_patterns(X, 300, rng)[:4]
    solution = convex.solve(X, y, lam, D, start=network)
    cold = convex.solve(X, y, lam, D)
    assert solution.converged and cold.converged
    assert solution.objective == pytest.approx(cold.objective, rel=2e-6, abs=2e-6 * (y @ y))
    assert value(X, y, lam, solution) == pytest.approx(solution.objective, abs=1e-9 * (y @ y))
    own = convex.polish(X, y, *network, lam, search_patterns=False)
    assert convex.solve(X, y, lam, own.patterns, start=own).objective == pytest.approx(
        own.objective, rel=2e-6, abs=2e-6 * (y @ y)
    )


def test_limits_pass_and_report():
    told = []
    limits = Limits.checked(0.0, told.append)
    assert limits.passed()
    limits.report(round=3)
    assert told[0]["round"] == 3 and told[0]["seconds"] >= 0
    assert not Limits().passed()
    Limits().report(round=3)
    with pytest.raises(ValueError, match="progress"):
        Limits.checked(progress=told)
    with pytest.raises(ValueError, match="seconds"):
        Limits.checked(-1)
