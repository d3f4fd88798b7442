"""Section The gated relaxation: three values, splits in every cone, gates, trainings."""

import numpy as np
import pytest

from helpers import convex, gated
from helpers.figures import gated as figures
from helpers.patterns import activation_patterns, enumerate_patterns
from helpers.sections import gated as section
from helpers.solver.solution import Reason

FEW = section.points(4, 6)
MANY = section.points(12, 3)
SHARES = [1e-3, 0.1]


@pytest.fixture(scope="module")
def found():
    return {"few": section.values(FEW, SHARES), "many": section.values(MANY, SHARES)}


def test_with_few_points_the_three_values_are_within_the_constant(found):
    relaxed, exact, split = np.array(found["few"].bracket)
    assert (relaxed < exact * (1 + 1e-6)).all() and (exact < split * (1 + 1e-6)).all()
    assert (split < found["few"].constant * relaxed).all()
    assert (exact < 1.2 * relaxed).all()


def test_with_many_points_they_are_not(found):
    relaxed, exact, split = np.array(found["many"].bracket)
    assert (split > found["many"].constant * relaxed).all()
    assert exact[0] > 5 * relaxed[0] and split[1] > found["many"].square


def test_the_constant_is_of_the_positive_singular_values():
    X = np.diag([1.0, 2.0, 4.0])
    assert section.constant(X) == pytest.approx(9)
    assert section.constant(np.column_stack([X, X])) == pytest.approx(9)
    plane = section.points_in_a_plane(8, 10).X
    sigma = np.linalg.svd(plane, compute_uv=False)
    assert section.constant(plane) == pytest.approx(1 + 2 * sigma[0] / sigma[1])


def test_a_split_by_hand_is_in_the_cone_and_longer_than_the_shortest():
    D = enumerate_patterns(FEW.X)
    W = np.random.default_rng(0).standard_normal((len(D), 6))
    shortest = section.stretch(FEW.X, np.random.default_rng(0))  # of the same W
    for pattern, w, least in zip(D, W, shortest, strict=True):
        u, v = section.by_hand(FEW.X, pattern, w)
        assert u - v == pytest.approx(w)
        for part in (u, v):
            assert convex.cone_margin(FEW.X, part, pattern) > -1e-12
        length = (np.linalg.norm(u) + np.linalg.norm(v)) / np.linalg.norm(w)
        assert least - 1e-6 <= length <= section.constant(FEW.X)


def test_rank_decides_what_a_split_costs():
    few = section.stretched(FEW.X)
    assert (few.n, few.d, few.rank, few.beyond) == (4, 6, 4, 0)
    assert 1 <= few.largest <= few.constant
    plane = section.stretched(section.points_in_a_plane(8, 10).X)
    assert (plane.n, plane.d, plane.rank) == (8, 10, 2)
    assert plane.beyond > 0.1 and plane.largest > 2 * plane.constant


def test_in_the_plane_a_split_costs_what_the_angle_says():
    # The cone of both points is that between the walls (-+sin(half), cos(half)) about the second
    # axis; a w across it costs ||w|| / sin(half).
    half = np.deg2rad(2)
    X = np.array([[np.cos(half), np.sin(half)], [-np.cos(half), np.sin(half)]])
    walls = np.array([[-np.sin(half), np.cos(half)], [np.sin(half), np.cos(half)]])
    assert np.sort((X @ walls.T).ravel())[:2] == pytest.approx([0, 0], abs=1e-12)
    across = np.array([[1.0, 0.0]])
    both = np.ones((1, 2), bool)
    asked = gated.Gated(across, both, 1.0, 1.0, 0.0, 1.0, Reason.SPLIT)
    split = gated.decompose(X, np.ones(2), asked)
    length = np.linalg.norm(split.U) + np.linalg.norm(split.V)
    assert length == pytest.approx(1 / np.sin(half), rel=1e-4)


def test_gates_of_the_same_patterns_agree_on_the_data_only():
    D, gates = enumerate_patterns(MANY.X, weights=True)
    others = section.other_gates(MANY.X, gates, np.random.default_rng(0))
    assert (activation_patterns(MANY.X, others) == D).all()
    W = np.random.default_rng(1).standard_normal(gates.shape)
    program = (D.T * (MANY.X @ W.T)).sum(axis=1)
    for chosen in (gates, others):
        assert section.gated_output(MANY.X, chosen, W) == pytest.approx(program)
    new = np.random.default_rng(2).standard_normal((50, 3))
    one, other = (section.gated_output(new, chosen, W) for chosen in (gates, others))
    assert np.abs(one - other).max() > 0.1


def test_trainings_report_the_loss_of_their_gated_networks():
    lam = 0.3
    runs = section.trained_gated(FEW, lam, runs=3, steps=40)
    W, alpha = runs.network(1)
    D = enumerate_patterns(FEW.X)
    output = (D.T * (FEW.X @ W.T)) @ alpha
    own = np.sum((output - FEW.y) ** 2) + lam * (np.sum(W**2) + np.sum(alpha**2))
    assert runs.losses[1] == pytest.approx(own)


def test_trainings_reach_the_two_optima_and_are_not_below():
    found = section.trainings(FEW, 0.1, width=12)
    assert found.gated < found.relu
    for optimum, best in ((found.gated, found.gated_best), (found.relu, found.relu_best)):
        assert -1e-6 < best / optimum - 1 < 1e-4


def test_the_pictures_show_the_numbers(found):
    fig = figures.three_values(found)
    assert len(fig.axes) == 4
    for ax, values in zip(fig.axes, [*found.values()] * 2, strict=True):
        shown = [line.get_ydata() for line in ax.lines]
        above = ax in fig.axes[:2]
        unit = values.square if above else np.array(values.bracket.exact)
        assert len(shown) == (3 if above else 4)
        for drawn, number in zip(shown, values.bracket, strict=False):
            assert drawn == pytest.approx(np.array(number) / unit)


def test_the_tables_have_a_line_a_data_set():
    rows = [section.Stretched(12, 3, 3, 9.64, 1487.1, 0.507)]
    assert figures.stretch_table(rows).rows == [["12", "3", "3", "9.6", "1487", "51%"]]
    table = figures.trainings_table({"four": section.Trainings(1.0, 1.00004, 2.0, 2.0004)})
    assert table.rows == [["four", "1.000", "1.000", "2.000", "2.000"]]
