"""A training run on a line, moving or at rest."""

import numpy as np
import pytest

from helpers import convex, experiments
from helpers.data import with_bias
from helpers.drawing import runs
from helpers.loss import predict
from helpers.patterns import activation_points


@pytest.fixture(scope="module")
def tiny():
    """Data, a short run from tiny weights, and the optimum."""
    S, run = experiments.run("small scale", steps=20)
    return S, run, convex.solve(S.X, S.y, 0.02)


def test_the_animation_carries_every_neuron_in_sight(tiny):
    player = runs.training(*tiny, xlim=(-3.3, 2.3), top=0.4, label="tiny")
    _, run, _ = tiny
    (marks,) = player.triangles
    assert marks.x.shape == (11, 1000)
    assert player.captions[0] == "step 0, loss 0.7489"
    points = activation_points(run.W[0])
    in_sight = (points > 2 * -3.3) & (points < 2 * 2.3)
    np.testing.assert_array_equal(marks.x[0], np.where(in_sight, points, np.nan))
    slope = np.abs(run.W[0, :, 0] * run.alpha[0])
    np.testing.assert_allclose(marks.y[0] / marks.y.max(), slope / slope_of_all(run).max())
    assert marks.y.max() == pytest.approx(0.4)


def slope_of_all(run):
    return np.abs(run.W[:, :, 0] * run.alpha)


def test_the_end_beside_the_optimum_says_how_far_it_is(tiny):
    S, run, optimum = tiny
    fig = runs.beside_optimum(S, run, optimum, title="tiny weights")
    gap = experiments.laziness(S, run, optimum).gap
    changed = run.changed_neurons(S.X).sum()
    assert fig.alt == (
        f"tiny weights: loss {run.fit[-1]:.1g} at step 20, "
        f"{changed} of 1,000 neurons changed pattern, "
        f"between the data the output is at most {gap:.2g} from the convex optimum"
    )


def test_the_animation_draws_both_outputs_and_the_data(tiny):
    S, run, optimum = tiny
    player = runs.training(S, run, optimum, xlim=(-3.3, 2.3), top=0.4, label="tiny")
    convex_output, network = player.curves
    assert network.x[0] == -3.3
    assert network.x[-1] == 2.3
    X = with_bias(network.x)
    np.testing.assert_allclose(network.y[-1], predict(X, *run.final))
    np.testing.assert_allclose(convex_output.y, optimum.predict(X))
    np.testing.assert_array_equal(player.points, np.column_stack([S.X[:, 0], S.y]))
    (marks,) = player.triangles
    np.testing.assert_array_equal(marks.right, run.W[:, :, 0] > 0)


def test_the_figure_shows_start_end_optimum_and_neurons(tiny):
    S, run, optimum = tiny
    fig = runs.beside_optimum(S, run, optimum, xlim=(-1.5, 1.25))
    (ax,) = fig.axes
    lines = {line.get_label(): line for line in ax.lines}
    x = lines["convex optimum"].get_xdata()
    assert (x[0], x[-1]) == ax.get_xlim() == (-1.5, 1.25)
    X = with_bias(x)
    for label, expected in {
        "convex optimum": optimum.predict(X),
        "network, at the start": predict(X, run.W[0], run.alpha[0]),
        "network, step 20": predict(X, *run.final),
    }.items():
        np.testing.assert_allclose(lines[label].get_ydata(), expected)
    np.testing.assert_array_equal(lines["data"].get_xydata(), np.column_stack([S.X[:, 0], S.y]))

    changed = run.changed_neurons(S.X)
    assert 0 < changed.sum() < len(changed)
    heights = {}
    for name, some in (("kept their pattern", ~changed), ("changed it", changed)):
        mark = lines[f"neurons that {name}"]
        beside = ax.lines[ax.lines.index(mark) + 1]  # those that point to the left
        W = run.W[-1][some]
        for line, marker, side in ((mark, ">", W[:, 0] > 0), (beside, "<", W[:, 0] <= 0)):
            assert line.get_marker() == marker
            np.testing.assert_array_equal(line.get_xdata(), activation_points(W[side]))
        (heights[name],) = {*mark.get_ydata(), *beside.get_ydata()}
    low, high = ax.get_ylim()
    assert low < heights["kept their pattern"] < heights["changed it"] <= 0 < S.y.max() < high
    assert np.ptp(S.y) > (high - low) / 4  # the data are not lost in the view
