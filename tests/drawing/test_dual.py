"""The dual curve drawn: where its kinks, its band and its neurons are."""

import numpy as np
import pytest

from helpers import data, dual, train
from helpers.drawing import dual as drawing
from helpers.drawing import style

X = data.with_bias([-1.0, 0.2, 0.8])
THETA = np.array([0.5, -1.0, 0.4])


def test_the_lines_are_where_a_neuron_begins_to_see_a_point():
    places = drawing.point_angles(X)
    assert len(places) == 6
    near = np.abs(dual.circle(places) @ X.T).min(axis=1)
    np.testing.assert_allclose(near, 0, atol=1e-12)
    assert set(places) <= set(drawing.angles(X))


def test_the_curve_is_in_units_of_the_decay():
    fig, ax = style.figure()
    drawing.draw_curve(ax, X, THETA, 0.2, label="curve")
    drawing.mark_neurons(ax, X, THETA, 0.2, np.array([[0.0, 3.0]]), label="neurons")
    lines = {line.get_label(): line for line in ax.lines}
    x, y = lines["curve"].get_data()
    assert np.interp(90, x, y) == pytest.approx(5 * (0.5 - 1 + 0.4))
    np.testing.assert_allclose(lines["neurons"].get_data(), [[90], [-0.5]], atol=1e-12)
    assert len(ax.patches) == 1  # the band
    assert [text.get_text() for text in ax.get_yticklabels()] == [r"$-\lambda$", "0", r"$\lambda$"]


def test_without_decay_there_is_no_band():
    fig, ax = style.figure()
    drawing.draw_curve(ax, X, 0 * THETA, 0.0)
    assert not ax.patches
    assert [text.get_text() for text in ax.get_yticklabels()] == ["0"]


def test_runs_are_shown_one_after_the_other():
    y = np.array([1.0, -1.0, 0.5])
    plan = dict(step=0.01, steps=20, record_every=10, lam=0.1)
    first = train.gradient_descent(X, y, [[0.0, 1.0]], [1.0], **plan)
    W = [[0.0, 1.0], [1.0, 0.0], [0.0, 0.0]]
    second = train.gradient_descent(X, y, W, [1.0, -1.0, 0.0], **plan)
    player = drawing.training(X, y, [first, second], 0.1, "two runs")
    assert [caption.split(":")[0] for caption in player.captions] == [
        "step 0, 1 neuron",
        "step 10, 1 neuron",
        "step 20, 1 neuron",
        "step 20, 3 neurons",
        "step 30, 3 neurons",
        "step 40, 3 neurons",
    ]
    marks = player.triangles[0]
    assert np.isnan(marks.x[:3, 1]).all()
    assert marks.x[0, 0] == 90
    assert marks.right[3].tolist() == [True, False, False]  # the output of the last is zero
    curve = player.curves[-1]
    start = y - 1  # the output is 1 at every point
    expected = dual.dual_curve(X, start, dual.circle(curve.x)) / 0.1
    np.testing.assert_allclose(curve.y[0], expected)
    assert marks.y[0, 0] == pytest.approx(np.interp(90, curve.x, curve.y[0]))
    assert player.captions[0].endswith(f"reaches {np.abs(curve.y[0]).max():.2f} λ")
    assert len(player.scene()["curves"]) == 3


def test_band_and_points_are_lines_joined_off_the_plot():
    run = train.gradient_descent(X, [1.0, -1.0, 0.5], [[0.0, 1.0]], [1.0], step=0.01, steps=1)
    player = drawing.training(X, np.array([1.0, -1.0, 0.5]), [run], 0.1, "a run")
    band, points, _ = player.curves
    for curve, far in ((band, drawing.ALL_ROUND[1]), (points, player.ylim[1])):
        # What is seen: the pieces that cross the plot, none of the joints.
        ends = np.column_stack([curve.x, curve.y])
        pieces = list(zip(ends[:-1], ends[1:], strict=True))
        joints = pieces[1::2]
        axis = 0 if curve is band else 1
        assert all(abs(a[axis]) > far and a[axis] == b[axis] for a, b in joints)
        assert all(a[axis] == -b[axis] for a, b in pieces[::2])
    assert {*band.y} == {-1.0, 1.0}
    np.testing.assert_array_equal(points.x[::2], drawing.point_angles(X))
    np.testing.assert_array_equal(points.x[1::2], drawing.point_angles(X))
