"""The program as cvxpy states it."""

import cvxpy as cp
import numpy as np
import pytest

from helpers import convex
from helpers.patterns import enumerate_patterns
from helpers.solver import conic


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
    B = np.zeros((2, len(D), 3))
    for i, block in enumerate(blocks):
        B[i, slice(None) if keep is None else keep[i]] = block.value
    at_it = convex.program_value(X, y, *B, D, 0.1)
    assert at_it == pytest.approx(value, rel=1e-5)


def test_a_program_of_one_sign_has_no_variables_of_the_other():
    _, (U, V) = conic.program(
        np.ones((2, 1)), np.ones(2), 0.1, np.ones((1, 2), bool), np.array([[False], [True]])
    )
    assert U is None and V.shape == (1, 1)
