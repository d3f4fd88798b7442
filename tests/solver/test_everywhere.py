"""The optimum over all patterns without their list, against their list."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from helpers import convex
from helpers.patterns import enumerate_patterns
from helpers.solver import branching, everywhere, kernels, sources
from helpers.solver.problem import Problem
from helpers.solver.solution import Reason
from tests.solver.judge import value
from tests.solver.test_branching import CASES, problem


@pytest.fixture
def unlisted(monkeypatch):
    """No patterns are few enough to list."""
    monkeypatch.setattr(sources, "LISTED", 0)


def check(X, y, lam, tol=1e-8):
    D = enumerate_patterns(X)
    assert Problem.checked(X, y, lam, D).source.listed
    assert not Problem.checked(X, y, lam).source.listed
    listed = convex.solve(X, y, lam, D, tol=1e-10)
    proved = convex.solve(X, y, lam, tol=tol)
    assert proved.converged, str(proved.reason)
    assert proved.objective == pytest.approx(listed.objective, rel=2 * tol)
    assert proved.lower_bound <= listed.objective * (1 + 1e-10)
    assert value(X, y, lam, proved) == pytest.approx(proved.objective, rel=1e-7)


@pytest.mark.parametrize("kind, seed", CASES)
def test_degenerate_data(unlisted, kind, seed):
    X, y = problem(kind, seed)
    top = convex.lambda_max(X, y, enumerate_patterns(X))
    assert convex.lambda_max(X, y) == pytest.approx(top, rel=1e-8)
    tol = 1e-6 if kind == "cluster" else 1e-8  # what rounding can hide is counted in full
    for share in (0.5, 0.05):
        check(X, y, share * top, tol)


@pytest.mark.parametrize("block", range(4))
def test_two_hundred_small_sets(unlisted, block):
    """Half of them degenerate: the objective to 1e-9, the bound never above."""
    kinds = sorted({kind for kind, _ in CASES})
    for seed in range(50 * block, 50 * block + 50):
        rng = np.random.default_rng(seed)
        if seed % 2:
            X, y = problem(kinds[seed // 2 % len(kinds)], 100 + seed)
        else:
            X = rng.standard_normal((rng.integers(2, 15), rng.integers(1, 5)))
            y = rng.standard_normal(len(X))
        D = enumerate_patterns(X)
        lam = 10 ** rng.uniform(-3, 0) * convex.lambda_max(X, y, D)
        listed = convex.solve(X, y, lam, D, tol=1e-11)
        proved = convex.solve(X, y, lam, tol=1e-10)
        assert proved.objective == pytest.approx(listed.objective, rel=1e-9), seed
        assert proved.lower_bound <= listed.objective * (1 + 1e-12), seed
        assert proved.gap < 1e-9, seed


def test_above_lambda_max_nothing_is_left(unlisted):
    X, y = problem("grid", 0)
    top = convex.lambda_max(X, y)
    zero = convex.solve(X, y, 1.001 * top)
    assert zero.converged and not zero.U.any() and zero.objective == pytest.approx(y @ y)
    some = convex.solve(X, y, 0.99 * top)
    assert some.converged and some.U.any() | some.V.any()


def test_without_decay_what_can_be_fitted_is(unlisted):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((12, 3))
    y = rng.standard_normal(12)
    solution = convex.solve(X, y, 0.0)
    assert solution.objective <= 1e-6 * (y @ y)


def test_a_stop_leaves_a_bound_that_is_proved():
    rng = np.random.default_rng(1)
    X = rng.standard_normal((100, 8))
    y = rng.standard_normal(100)
    lam = 1.0
    solution = convex.solve(X, y, lam, seconds=1.0)
    assert solution.reason is Reason.TIME_LIMIT
    assert 0 < solution.lower_bound < solution.objective
    theta = solution.dual
    u = rng.standard_normal((100_000, 8))
    u /= np.linalg.norm(u, axis=1)[:, None]
    assert np.abs(np.maximum(X @ u.T, 0).T @ theta).max() <= lam
    bound = y @ y - np.sum((y - theta) ** 2)
    assert solution.lower_bound == pytest.approx(bound, rel=1e-9)


def test_hopeless_ranks_ask_for_a_limit():
    rng = np.random.default_rng(2)
    X = rng.standard_normal((40, convex.UNHURRIED + 1))
    y = rng.standard_normal(40)
    for call in (
        lambda: convex.solve(X, y, 0.1),
        lambda: convex.lambda_max(X, y),
        lambda: convex.path(X, y, [0.1]),
    ):
        with pytest.raises(ValueError, match="Give `seconds`, or a list .* convex.search"):
            call()
    solution = convex.solve(X, y, 0.1, seconds=1.0)
    assert 0 <= solution.lower_bound <= solution.objective


@pytest.mark.parametrize("call", ["solve", "lambda_max", "certify"])
def test_an_executor_is_asked_for_by_name(call):
    X, y = problem("grid", 0)
    network = [np.ones((1, 3)), np.ones(1)] if call == "certify" else []
    arguments = [] if call == "lambda_max" else [0.1]
    with pytest.raises(ValueError, match="executor must be a concurrent.futures.Executor"):
        getattr(convex, call)(X, y, *network, *arguments, executor=3)


def test_without_a_compiler_it_works_too():
    code = (
        "import numpy as np\n"
        "from helpers import convex\n"
        "from helpers.solver import sources\n"
        "sources.LISTED = 0\n"
        "rng = np.random.default_rng(0)\n"
        "X, y = rng.standard_normal((8, 2)), rng.standard_normal(8)\n"
        "lam = 0.1 * convex.lambda_max(X, y)\n"
        "print(convex.solve(X, y, lam).converged)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
    )
    assert done.stdout == "True\n", done.stderr


@pytest.mark.parametrize(
    "kernel, sample",
    [
        (branching.explore, everywhere.search_a_sample),
        (kernels.project, everywhere.walk_in_a_sample),
        (kernels.face_bases, everywhere.walk_in_a_sample),
    ],
)
def test_samples_compile_just_what_solving_calls(kernel, sample):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((40, 6))
    convex.solve(X, rng.standard_normal(40), 5.0, seconds=5)
    known = list(kernel.signatures)
    assert known
    sample()
    assert kernel.signatures == known


@pytest.mark.parametrize("at_hand", [1, 25 * 3, 25 * 7, 10**9])
def test_directions_are_gone_through_a_few_at_a_time(at_hand, monkeypatch):
    monkeypatch.setattr(everywhere, "AT_HAND", at_hand)
    rng = np.random.default_rng(2)
    X = rng.standard_normal((25, 3))
    theta = rng.standard_normal(25)
    u = rng.standard_normal((16, 3))
    found = everywhere.correlations(X, theta, u)
    assert found == pytest.approx([theta @ np.maximum(X @ one, 0) for one in u])
    before = np.copy(u)
    uphill = everywhere.climbed(X, theta, u)
    np.testing.assert_array_equal(u, before)
    assert np.linalg.norm(uphill, axis=1) == pytest.approx(np.ones(16))
    one_by_one = np.vstack([everywhere.climbed(X, theta, one[None]) for one in u])
    assert uphill == pytest.approx(one_by_one, abs=1e-5)
    gained = np.abs(everywhere.correlations(X, theta, uphill))
    assert (gained >= np.abs(found) / np.linalg.norm(u, axis=1) * (1 - 1e-6)).mean() > 0.9
