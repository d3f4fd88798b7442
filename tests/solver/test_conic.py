"""The program as cvxpy states it, and the second opinion it gives."""

import cvxpy as cp
import numpy as np
import pytest

from helpers import convex
from helpers.patterns import enumerate_patterns
from helpers.solver import conic
from helpers.solver.solution import Reason
from tests.solver.judge import instance, judge


@pytest.mark.parametrize("signed", [False, True])
def test_the_program_is_that_of_the_solver(signed):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((7, 3))
    y = rng.standard_normal(7)
    D = enumerate_patterns(X)
    signs = rng.choice([-1, 1], len(D)) if signed else None
    keep = np.array([signs > 0, signs < 0]) if signed else None
    problem, blocks = conic.program(X, y, 0.1, D, keep)
    value = problem.solve(solver=cp.CLARABEL)
    assert value == pytest.approx(convex.solve(X, y, 0.1, D, signs=signs).objective, rel=1e-5)
    rows = [len(D), len(D)] if keep is None else list(keep.sum(axis=1))
    assert [block.shape for block in blocks] == [(P, 3) for P in rows]
    B = conic.minimise(X, y, 0.1, D, keep)
    assert B.shape == (2, len(D), 3)
    if signed:
        assert not B[~keep].any()
    at_it = convex.program_value(X, y, *B, D, 0.1)
    assert at_it == pytest.approx(value, rel=1e-5)


def test_a_program_of_one_sign_has_no_variables_of_the_other():
    _, (U, V) = conic.program(
        np.ones((2, 1)), np.ones(2), 0.1, np.ones((1, 2), bool), np.array([[False], [True]])
    )
    assert U is None and V.shape == (1, 1)


def test_a_second_opinion_helps_where_the_working_set_stops_short(monkeypatch):
    rng = np.random.default_rng(10_111)
    X, y, D, _ = instance(rng)  # three patterns that no weight vector meets
    X = X * 10.0 ** rng.uniform(-4, 4, X.shape[1])
    lam = 0.5 * convex.lambda_max(X, y, D)
    monkeypatch.setattr(convex, "FALLBACK", 0)
    alone = convex.solve(X, y, lam, D)
    assert not alone.converged and alone.reason is not Reason.CONVERGED and alone.gap > 0.1
    monkeypatch.undo()
    solution = convex.solve(X, y, lam, D)
    assert solution.converged and solution.objective < alone.objective * (1 - 1e-3)
    judge(X, y, lam, solution)
    in_time = convex.solve(X, y, lam, D, seconds=60)  # a limit of time leaves none for cvxpy
    assert not in_time.converged


def test_where_the_solver_fails_there_is_no_second_opinion(monkeypatch):
    def fail(*args, **settings):
        raise cp.SolverError("no")

    monkeypatch.setattr(cp.Problem, "solve", fail)
    B = conic.minimise(np.eye(2), np.ones(2), 0.1, np.ones((1, 2), bool))
    assert B.shape == (2, 1, 2) and not B.any()
