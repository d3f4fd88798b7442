"""The gated relaxation and its way back to a ReLU network."""

import cvxpy as cp
import numpy as np
import pytest

from helpers import convex, gated
from helpers.loss import loss
from helpers.patterns import sample_patterns
from helpers.solver.solution import Reason


def instance():
    rng = np.random.default_rng(7)
    X = rng.standard_normal((30, 5))
    return X, rng.standard_normal(30), sample_patterns(X, 25, rng)


def group_lasso(X, y, lam, D):
    """cvxpy's value of the relaxation."""
    W = cp.Variable((len(D), X.shape[1]))
    fitted = cp.sum(cp.multiply(D.T.astype(float), X @ W.T), axis=1)
    penalty = 2 * lam * cp.sum(cp.norm(W, axis=1))
    return cp.Problem(cp.Minimize(cp.sum_squares(fitted - y) + penalty)).solve(cp.CLARABEL)


@pytest.mark.parametrize("share", [0.3, 0.02])
def test_the_relaxation_and_its_decomposition_bracket_the_optimum(share):
    X, y, D = instance()
    lam = share * convex.lambda_max(X, y, D)
    relaxed = gated.solve(X, y, lam, D)
    best = convex.solve(X, y, lam, D)
    assert relaxed.converged
    assert relaxed.objective == pytest.approx(group_lasso(X, y, lam, D), rel=1e-5)
    assert relaxed.lower_bound <= relaxed.objective < best.objective
    split = gated.decompose(X, y, relaxed)
    assert best.lower_bound <= split.objective
    assert loss(X, y, *split.to_network(), lam) == pytest.approx(split.objective)
    assert split.predict(X) == pytest.approx((D.T * (X @ relaxed.W.T)).sum(axis=1), abs=1e-6)
    assert split.lower_bound == relaxed.lower_bound and split.reason is Reason.SPLIT
    for D_i, u, v, w in zip(D, split.U, split.V, relaxed.W, strict=True):
        for part in (u, v):  # rounding of the conic program is repaired
            assert convex.cone_margin(X, part, D_i) >= -1e-9 * np.linalg.norm(part)
        assert u - v == pytest.approx(w, abs=1e-9)


def test_stopped_early_it_says_so():
    X, y, D = instance()
    lam = 0.01 * convex.lambda_max(X, y, D)
    told = []
    short = gated.solve(X, y, lam, D, seconds=0, progress=told.append)
    assert not short.converged and short.reason is Reason.TIME_LIMIT and short.gap > 1e-6
    assert short.lower_bound <= gated.solve(X, y, lam, D).objective <= short.objective
    assert [state["round"] for state in told] == [0]


def test_zero_where_there_is_nothing_to_fit():
    X, y, D = instance()
    for relaxed in (gated.solve(X, 0 * y, 0.1, D), gated.solve(X, y, 0.1, D[:0])):
        assert relaxed.converged and relaxed.gap == 0 and not relaxed.W.any()
        assert relaxed.objective == relaxed.lower_bound


def relaxed_to(neurons, n):
    """A gated network of these neurons (P, d), active on all of n points."""
    W = np.array(neurons)
    every = np.ones((len(W), n), bool)
    return gated.Gated(W, every, 0.1, 1.0, 0.0, 1.0, Reason.TIME_LIMIT)


def test_a_split_is_the_shortest():
    # One point, x = 1: the cone of "active" is u >= 0, so w = 2 is u = 2 alone, w = -3 is v = 3.
    split = gated.decompose([[1.0], [1.0]], [1.0, 2.0], relaxed_to([[2.0], [-3.0]], 2))
    assert split.U.ravel() == pytest.approx([2, 0], abs=1e-6)
    assert split.V.ravel() == pytest.approx([0, 3], abs=1e-6)


def test_a_gate_in_a_cone_without_interior_need_not_split():
    with pytest.raises(ValueError, match="cones with interior"):
        gated.decompose([[1.0], [-1.0]], [1.0, 2.0], relaxed_to([[2.0]], 2))


@pytest.mark.parametrize(
    "change", [dict(patterns=None), dict(lam=-1), dict(tol=-1), dict(seconds=np.nan)]
)
def test_bad_input_is_refused(change):
    X, y, D = instance()
    arguments = dict(X=X, y=y, lam=0.1, patterns=D) | change
    with pytest.raises(ValueError, match=next(iter(change))):
        gated.solve(**arguments)


def test_patterns_that_are_listed_twice_change_nothing():
    rng = np.random.default_rng(8)
    X = rng.standard_normal((12, 4))
    y = rng.standard_normal(12)
    D = sample_patterns(X, 6, rng)
    lam = 0.05 * convex.lambda_max(X, y)
    once = gated.solve(X, y, lam, D)
    twice = gated.solve(X, y, lam, np.vstack([D, D[::-1], D]))
    assert once.converged and twice.converged
    assert twice.objective == pytest.approx(once.objective, rel=1e-5)
