"""Section The optimal set: polygons, mixtures, widths, real data."""

import numpy as np
import pytest

from helpers.data import with_bias
from helpers.extensions import optimal_set
from helpers.figures import optimal_set as figures
from helpers.loss import loss, predict
from helpers.sections import optimal_set as section


def test_mixtures_have_one_loss_and_many_outputs():
    S = section.two_points()
    solution = section.solved(S)
    networks = section.mixtures(solution)
    values = [loss(S.X, S.y, *network, solution.lam) for network in networks]
    assert values == pytest.approx([solution.objective] * 5, rel=1e-6)
    middle = [predict([[0.0, 1.0]], *network)[0] for network in networks]
    assert np.sort(middle) == pytest.approx([0.4, 0.5, 0.6, 0.7, 0.8], abs=1e-5)


def test_the_square_by_hand():
    # Neighbours are seen together with weight cos 45, so the best directions are the diagonals'
    # middles; two opposite ones see all four points.
    assert section.shape(4) == section.Shape(4, 4, 1, 2, 2, 2)


def test_the_triangle_has_a_double_pyramid():
    assert section.shape(3) == section.Shape(3, 6, 3, 5, 2, 3)


def test_from_the_least_width_on_trainings_reach_the_optimum():
    found = section.best_by_width(section.polygon(4), 2)
    assert found.least == 2
    assert found.best[0] > 1.01 * found.loss
    assert found.best[1] == pytest.approx(found.loss, rel=1e-4)
    assert (found.best >= found.lower_bound * (1 - 1e-12)).all()


def test_real_data_leave_no_choice():
    found = section.real("wine", n=12, others=3)
    assert found.directions == found.least and found.freedom == 0
    assert found.widest < 1e-3


def test_the_band_is_drawn_with_its_networks():
    S = section.two_points()
    solution = section.solved(S)
    ax = figures.band_on_a_line(S, solution).axes[0]
    shaded = ax.collections[0].get_paths()[0].vertices
    x = np.linspace(-3.2, 3.2, 81)
    ends = optimal_set.band(solution, with_bias(x))
    assert shaded[:, 1].min() == pytest.approx(ends.low.min())
    assert shaded[:, 1].max() == pytest.approx(ends.high.max())
    for line in ax.lines[:5]:
        assert (line.get_ydata() > ends.low - 1e-9).all()
        assert (line.get_ydata() < ends.high + 1e-9).all()


def test_the_corners_are_drawn_by_their_neurons():
    ax = figures.corners(section.solved(section.polygon(3))).axes[0]
    marked = {
        line.get_label(): len(line.get_xdata()) for line in ax.lines if line.get_marker() == "o"
    }
    assert marked == {"2 neurons": 3, "3 neurons": 2}


def test_the_widths_are_drawn():
    found = section.Widths(np.array([1, 2]), np.array([3.0, 2.0]), 2.0, 2.0, 2)
    ax = figures.best_by_width(found).axes[0]
    assert ax.lines[0].get_ydata().tolist() == [3.0, 2.0]
    assert ax.lines[1].get_ydata() == [2.0, 2.0]


def test_the_tables_have_a_line_a_data_set():
    assert figures.shape_table([section.Shape(4, 4, 1, 2, 2, 3)]).rows == [list("441223")]
    rows = [section.Real("breast_cancer", 30, 0.05, 7, 0, 7, 1e-5)]
    rows += [section.Real("iris", 30, 0.05, 7, 1, 6, 0.1234)]
    shown = figures.real_table(rows).rows
    assert shown[0] == ["breast cancer", "30", "0.05", "7", "0", "7", "below 0.001"]
    assert shown[1][-2:] == ["6", "0.123"]
