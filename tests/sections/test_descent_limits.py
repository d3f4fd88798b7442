"""Section What descent finds: its numbers against closed forms and programs written otherwise."""

import cvxpy as cp
import numpy as np
import pytest

from helpers import convex
from helpers.figures import descent_limits as figures
from helpers.sections import descent_limits as section
from helpers.sections.small_initialisation import orthogonal_points, predicted_vectors


def test_the_least_norm_of_orthogonal_data_is_the_closed_form():
    S = orthogonal_points()
    assert section.least_norm(S) == pytest.approx(
        np.linalg.norm(predicted_vectors(S), axis=1).sum(), rel=1e-5
    )


def test_from_tiny_weights_descent_ends_at_the_least_norm_if_the_points_are_orthogonal():
    S = orthogonal_points()
    large, small, tiny = section.from_small(S, (1e-1, 1e-3, 1e-9))
    assert large.ratio > 1.3 > 1.03 > small.ratio > tiny.ratio > 1
    assert tiny.ratio < 1.003
    assert max(large.fit, small.fit, tiny.fit) < 1e-20


def test_other_points_stay_above_the_least_norm():
    S = section.skewed_points()
    gram = S.X @ S.X.T
    assert np.abs(gram - np.diag(np.diag(gram))).max() > 0.1
    small, tiny = section.from_small(S, (1e-3, 1e-9))
    assert min(small.ratio, tiny.ratio) > 1.05
    assert max(small.fit, tiny.fit) < 1e-20


def test_only_opposite_pairs_come_near_their_linearisation():
    pairs = [section.apart_from_linearised(scale, True) for scale in (1, 10)]
    drawn = [section.apart_from_linearised(scale, False) for scale in (1, 10)]
    assert pairs[1] < pairs[0] / 10 < 1e-3
    assert min(drawn) > 0.05


def test_wider_networks_succeed_if_neurons_have_both_signs():
    both = section.success((2, 8, 32), positive=False, runs=12)
    positive = section.success((2, 8, 32), positive=True, runs=12)
    assert (np.diff(both) > 0).all() and both[-1] > 0.7
    assert not positive.any()


def total_variation(x, y, lam):
    """The least loss over broken lines with knots at the data, from values and end slopes.

    A broken line of slopes p_0, ..., p_n costs the larger of sum |p_k - p_{k-1}| and |p_0 + p_n|
    (Savarese and others, 2019), the first of all ways to make it of ramps.
    """
    f = cp.Variable(len(x))
    ends = cp.Variable(2)
    slopes = cp.hstack([ends[0], cp.diff(f) / np.diff(x), ends[1]])
    cost = cp.maximum(cp.norm1(cp.diff(slopes)), cp.abs(ends[0] + ends[1]))
    loss = cp.sum_squares(f - y) + 2 * lam * cost
    return cp.Problem(cp.Minimize(loss)).solve(solver=cp.CLARABEL)


@pytest.mark.parametrize("seed", range(4))
def test_a_free_bias_has_its_knots_at_the_data(seed):
    S = section.line_points(seed)
    x = S.X[:, 0]
    lam = section.decay_for(S)
    found = section.free_bias(x, S.y, lam, x)
    assert found.loss == pytest.approx(total_variation(x, S.y, lam), rel=1e-6)
    anywhere = np.concatenate([x, np.linspace(-3, 3, 601)])
    assert section.free_bias(x, S.y, lam, anywhere).loss == pytest.approx(found.loss, rel=1e-6)
    np.testing.assert_allclose(S.y - found.predict(x), found.theta, atol=1e-9)
    curve = section.ramp_curve(x, found.theta, np.linspace(-3, 3, 601), decayed=False)
    assert np.abs(curve).max() < lam * (1 + 1e-4)


def test_a_decayed_bias_has_knots_elsewhere():
    S = section.line_points()
    x = S.X[:, 0]
    lam = section.decay_for(S)
    knots = section.decayed_knots(S, lam)
    apart = np.abs(knots[:, None] - x).min(axis=1)
    inside = (knots > x.min()) & (knots < x.max())
    assert (inside & (apart > 0.05)).any() and (~inside).any()
    # networks whose neurons begin at the data, or one of the two ways, stay above the optimum
    on_data = restricted_to(S, lam, np.column_stack([np.ones(6), -x]))
    everywhere = restricted_to(S, lam, np.column_stack([np.ones(900), np.linspace(-3, 3, 900)]))
    best = convex.solve(S.X, S.y, lam, tol=1e-8)
    assert on_data > best.objective * 1.001
    assert best.lower_bound * (1 - 1e-9) < everywhere < best.objective * 1.0001
    curve = section.ramp_curve(x, best.dual, np.linspace(-20, 20, 4001), decayed=True)
    assert np.abs(curve).max() <= lam * (1 + 1e-6)
    at = section.ramp_curve(x, S.y - best.predict(S.X), knots, decayed=True)
    np.testing.assert_allclose(np.abs(at).max(axis=0), lam, rtol=1e-4)


def restricted_to(S, lam, directions):
    """The least loss with neurons of these directions and their opposites: a lasso."""
    U = directions / np.linalg.norm(directions, axis=1)[:, None]
    F = np.hstack([np.maximum(S.X @ U.T, 0), np.maximum(-S.X @ U.T, 0)])
    c = cp.Variable(F.shape[1])
    cost = cp.sum_squares(F @ c - S.y) + 2 * lam * cp.norm1(c)
    return cp.Problem(cp.Minimize(cost)).solve(solver=cp.CLARABEL)


def test_knots_are_counted_where_they_lie(monkeypatch):
    x = section.line_points(0).X[:, 0]
    places = np.array([x[2], x[2] + 1e-3, (x[0] + x[1]) / 2, x[-1] + 1, x[0] - 3])
    monkeypatch.setattr(section, "decayed_knots", lambda S, lam: places)
    assert section.count_knots(sets=1) == (2, 1, 2)
    monkeypatch.undo()
    counts = section.count_knots(sets=5)
    assert min(counts) >= 1


def hard_margin(X):
    """The least ||u|| with X u >= 1."""
    u = cp.Variable(X.shape[1])
    return cp.Problem(cp.Minimize(cp.norm(u)), [X @ u >= 1]).solve(solver=cp.CLARABEL)


@pytest.mark.parametrize("seed", range(3))
def test_separable_points_split_into_two_hard_margins(seed):
    S = section.separable_points(seed)
    gram = S.X @ S.X.T
    same = S.y[:, None] == S.y
    assert (gram[same] > 0).all() and (gram[~same] <= 0).all()
    one = hard_margin(S.X[S.y > 0]) + hard_margin(S.X[S.y < 0])
    assert section.max_margin(S) == pytest.approx(one, rel=1e-6)


def test_the_largest_margin_is_that_of_the_vanishing_decay():
    S = section.unruly_points(0)
    best = section.max_margin(S)
    # no network that meets the labels themselves is shorter than one with a margin of one
    assert section.least_norm(S) >= best * (1 - 1e-4)


def test_descent_reaches_the_largest_margin_of_separable_points_and_not_of_others():
    separable = section.margin_run(section.separable_points(0), steps=6000)
    assert separable.share[-1] > 0.999
    runs = [section.margin_run(section.unruly_points(seed), steps=6000) for seed in (1, 3)]
    assert max(run.share[-1] for run in runs) < 0.9
    for run in (separable, *runs):
        assert run.share.max() < 1 + 1e-6
        assert len(run.step) == len(run.share) and run.step[-1] == 6000


def test_the_steps_of_the_margin_run_are_those_of_the_exponential_loss():
    import torch

    S = section.unruly_points(0)
    start = section.margin_run(S, steps=1)
    after = section.margin_run(S, steps=2)
    W, alpha = (torch.tensor(p, requires_grad=True) for p in start.network)
    output = torch.relu(torch.tensor(S.X) @ W.T) @ alpha
    torch.logsumexp(-torch.tensor(S.y) * output, dim=0).backward()
    size = section.norm(*start.network)
    step = 0.3 / (1 + size)
    np.testing.assert_allclose(after.network[0], start.network[0] - step * W.grad.numpy())
    np.testing.assert_allclose(after.network[1], start.network[1] - step * alpha.grad.numpy())


def test_the_figures_draw_what_they_are_given():
    found = [section.Fitted(1.5, 0.0), section.Fitted(1.01, 0.0)]
    (ax,) = figures.norms((1e-1, 1e-9), found, found[::-1]).axes
    np.testing.assert_allclose(ax.lines[0].get_ydata(), [50, 1])
    np.testing.assert_allclose(ax.lines[1].get_ydata(), [1, 50])
    apart = {"opposite pairs": [0.1, 0.01], "as drawn": [0.2, 0.3]}
    success = {"both signs": np.array([0.1, 1.0]), "positive": np.array([0.0, 0.0])}
    top, bottom = figures.wide((1, 10), apart, (2, 64), success).axes
    np.testing.assert_allclose(top.lines[0].get_ydata(), [10, 1])
    np.testing.assert_allclose(bottom.lines[0].get_ydata(), [10, 100])
    run = section.MarginRun(np.array([10, 100]), np.array([0.3, 0.9]), None)
    left, right = figures.margins([run, run], [run]).axes
    assert len(left.lines) == 3 and len(right.lines) == 2
    np.testing.assert_allclose(right.lines[0].get_ydata(), [0.3, 0.9])


def test_the_spline_figure_marks_the_knots():
    S = section.line_points()
    x = S.X[:, 0]
    lam = section.decay_for(S)
    free = section.free_bias(x, S.y, lam, x)
    best = convex.solve(S.X, S.y, lam, tol=1e-8)
    axes = figures.splines(S, lam, free, best).axes
    for ax, knots in zip(axes[:2], (free.used, section.decayed_knots(S, lam)), strict=True):
        marked = [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "^"]
        np.testing.assert_allclose(marked, knots)
    for ax in axes[2:]:
        heights = np.concatenate([line.get_ydata() for line in ax.lines[:2]])
        assert 0.99 < np.abs(heights).max() < 1.001
