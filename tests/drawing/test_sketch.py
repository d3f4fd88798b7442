"""Sketches of one-dimensional data: where axes, crosses and outputs are."""

import numpy as np
import pytest

from helpers.data import Dataset
from helpers.drawing import sketch, style

S = Dataset(np.array([[-1.0], [0.5]]), np.array([0.75, 1.25]), "two points")


@pytest.fixture
def ax():
    return style.figure()[1]


def texts(labels):
    return [label.get_text() for label in labels]


def test_the_axes_cross_at_the_origin_and_end_in_arrows(ax):
    sketch.cross_axes(
        ax,
        xlabel="$x$",
        ylabel="label",
        xticks={-1: "$x_1$", 2: "$x_2$"},
        yticks={3: "$y$"},
        xlim=(-3, 4),
        ylim=(-5, 6),
    )
    assert ax.spines["left"].get_position() == ax.spines["bottom"].get_position() == "zero"
    heads = {line.get_marker(): line for line in ax.lines}
    # The corners of the axes, and where the origin is between them.
    corners = ax.transAxes.transform([(0, 0), (1, 1)])
    origin = ax.transData.transform((0, 0))
    ends = {
        marker: line.get_transform().transform(line.get_xydata())[0]
        for marker, line in heads.items()
    }
    np.testing.assert_allclose(ends[">"], [corners[1, 0], origin[1]])
    np.testing.assert_allclose(ends["^"], [origin[0], corners[1, 1]])
    assert not any(line.get_clip_on() for line in heads.values())  # an arrow is not cut in half
    assert ax.get_xlim() == (-3, 4)
    assert ax.get_ylim() == (-5, 6)
    assert ax.get_xticks().tolist() == [-1, 2]
    assert texts(ax.get_xticklabels()) == ["$x_1$", "$x_2$"]
    assert ax.get_yticks().tolist() == [3]
    assert texts(ax.get_yticklabels()) == ["$y$"]
    assert ax.get_xlabel() == "$x$"
    (name,) = ax.texts
    assert name.get_text() == "label"
    box = name.get_window_extent()  # beside the upper end of its axis, and below its arrow
    assert box.x1 < origin[0]
    assert corners[1, 1] - 20 < box.y1 <= corners[1, 1] + 1


def test_the_points_are_crosses_named_on_the_axis(ax):
    sketch.data_axes(ax, S)
    crosses = {line.get_marker(): line for line in ax.lines}["x"]
    np.testing.assert_array_equal(crosses.get_xydata(), [[-1, 0.75], [0.5, 1.25]])
    assert ax.get_xticks().tolist() == [-1, 0.5]
    assert texts(ax.get_xticklabels()) == ["$x_1$", "$x_2$"]
    assert not len(ax.get_yticks())
    assert ax.get_xlim() == (-sketch.REACH, sketch.REACH)
    low, high = ax.get_ylim()
    assert -0.1 < low < 0  # the axis is inside
    assert S.y.max() < high < 2
    assert crosses.get_zorder() > max(spine.get_zorder() for spine in ax.spines.values())


def test_the_plot_ends_where_it_is_told(ax):
    sketch.data_axes(ax, S, top=2.25)
    assert ax.get_ylim()[1] == 2.25


@pytest.mark.parametrize("w", [-1.0, 0.5])
def test_an_output_is_drawn_across_the_plot_with_its_kink_at_the_origin(ax, w):
    sketch.relu_line(ax, w, label="output")
    (line,) = ax.lines
    x, y = line.get_data()
    everywhere = np.linspace(-sketch.REACH, sketch.REACH, 101)
    np.testing.assert_allclose(np.interp(everywhere, x, y), np.maximum(0, w * everywhere))
    assert line.get_label() == "output"
