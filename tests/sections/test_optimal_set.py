"""Section The optimal set: polygons, mixtures, widths, real data."""

import cvxpy as cp
import numpy as np
import pytest

from helpers.data import with_bias
from helpers.extensions import optimal_set
from helpers.figures import optimal_set as figures
from helpers.loss import loss, predict, relu
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


def test_the_monks_points_follow_their_rule():
    X, y = section.monks()
    assert X.shape == (432, 6) and len(np.unique(X, axis=0)) == 432
    # a third has the first two alike; of the others a quarter has the fifth 1: half of all
    assert (y > 0).sum() == 216
    assert y[(X == [1, 2, 1, 1, 1, 1]).all(axis=1)] == 1
    assert y[(X == [1, 2, 1, 1, 2, 1]).all(axis=1)] == -1


def test_a_split_shares_no_point():
    split = section.monks_split(np.random.default_rng(0))
    points = np.vstack([split.X, split.X_test])
    assert split.X.shape == (18, 6) and split.X_test.shape == (99, 6)
    assert len(np.unique(points.round(9), axis=0)) == 117


def test_the_one_best_network_is_the_conic_program_s():
    rng = np.random.default_rng(3)
    split = section.monks_split(rng)
    D = section.sample_patterns(split.X, 500, rng)
    U, V = (cp.Variable((len(D), 6)) for _ in range(2))
    sides = np.where(D, 1.0, -1.0).T
    fitted = cp.sum(cp.multiply(D.T.astype(float), split.X @ (U - V).T), axis=1)
    norms = cp.sum(cp.norm(U, axis=1)) + cp.sum(cp.norm(V, axis=1))
    cones = [cp.multiply(sides, split.X @ B.T) >= 0 for B in (U, V)]
    value = cp.sum_squares(fitted - split.y) + 2 * 18e-3 * norms
    cp.Problem(cp.Minimize(value), cones).solve(cp.CLARABEL)
    output = relu(split.X_test @ U.value.T).sum(axis=1) - relu(split.X_test @ V.value.T).sum(axis=1)
    clear = np.abs(output) > 1e-3
    right = (np.sign(output) == split.y_test)[clear].sum()
    found = section.choice(3)
    assert found.freedom == 0
    assert abs(99 * found.accuracy - right) <= (~clear).sum() + 1e-9
    assert found.left == 2 * found.patterns == 2 * len(D)
    assert found.decay > 2


def test_the_published_row_stands_beside_the_median():
    found = [section.Choice(9, 0, accuracy, 1, 2, 3.0) for accuracy in (0.5, 0.7, 0.6)]
    rows = figures.choice_table(found).rows
    assert rows[0] == ["smallest sizes", "0.67", "0.60"]
    assert [row[1] for row in rows[1:]] == ["0.66", "0.49", "0.57"]
    with pytest.raises(ValueError, match="found must be of optimal sets with one network"):
        figures.choice_table([found[0]._replace(freedom=1)])
