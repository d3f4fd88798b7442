"""Blocks of the program: their columns, their output, and what is kept of them."""

import numpy as np
import pytest

from helpers.solver import cones
from helpers.solver.blocks import Blocks, Point, WorkingSet, stacked
from helpers.solver.scaling import Scaled

rng = np.random.default_rng(0)
X = rng.standard_normal((5, 2))
y = rng.standard_normal(5)
D = np.array([[1, 0, 1, 0, 1], [0, 1, 1, 1, 0], [1, 1, 1, 1, 1.0]])
S = np.array([1.0, -1.0, -1.0])
B = np.array([[1.0, 2.0], [0.0, 0.0], [-0.5, 3.0]])


@pytest.fixture
def working():
    return WorkingSet(Scaled(X, y, 0.1), cones.Loops, Point(D, S, B))


def columns(working):
    """A_k, one after the other."""
    return [s * D_k[:, None] * working.X for D_k, s in zip(working.D, working.s, strict=True)]


def test_output_correlation_and_objective_are_those_of_the_columns(working):
    A = columns(working)
    output = sum(A_k @ b for A_k, b in zip(A, B, strict=True))
    np.testing.assert_allclose(working.output(B), output)
    theta = np.arange(5.0)
    np.testing.assert_allclose(working.correlate(theta), [A_k.T @ theta for A_k in A])
    value = np.sum((output - y) ** 2) + 2 * 0.7 * (np.sqrt(5) + np.sqrt(9.25))
    assert working.objective(y, 0.7) == pytest.approx(value)


def test_it_begins_without_blocks():
    working = WorkingSet(Scaled(X, y, 0.1), cones.Loops)
    assert len(working) == 0
    assert working.D.shape == (0, 5)
    assert working.b.shape == (0, 2)
    np.testing.assert_array_equal(working.output(working.b), np.zeros(5))


def test_zero_blocks_are_no_part_of_the_point(working):
    point = working.point()
    np.testing.assert_array_equal(point.D, D[[0, 2]])
    np.testing.assert_array_equal(point.s, S[[0, 2]])
    np.testing.assert_array_equal(point.b, B[[0, 2]])


def test_blocks_join_once_and_at_zero(working):
    new = Blocks(np.vstack([D[0], D[0], D[1]]), np.array([1.0, -1.0, 1.0]))
    working.add(new)
    assert working.s.tolist() == [1, -1, -1, -1, 1]  # the first of them was here
    np.testing.assert_array_equal(working.D[3:], D[:2])
    assert not working.b[3:].any()
    working.add(new)
    assert len(working) == 5
    Z = rng.standard_normal((5, 2))
    expected = cones.Loops(working.normals, working.D > 0).project(Z)
    np.testing.assert_allclose(working.cones.project(Z), expected)


def test_blocks_are_selected_with_their_cones(working):
    working.select(np.array([2, 0]))
    np.testing.assert_array_equal(working.b, B[[2, 0]])
    np.testing.assert_array_equal(working.s, S[[2, 0]])
    Z = rng.standard_normal((2, 2))
    expected = cones.Loops(working.normals, D[[2, 0]] > 0).project(Z)
    np.testing.assert_allclose(working.cones.project(Z), expected)


def test_u_is_a_positive_block_and_v_a_negative_one():
    U = np.array([[1.0, 0], [0, 0], [0, 2]])
    V = np.array([[0.0, 0], [0, 3], [4, 0]])
    point = stacked(U, V, D)
    assert point.s.tolist() == [1, 1, -1, -1]
    np.testing.assert_array_equal(point.b, [[1, 0], [0, 2], [0, 3], [4, 0]])
    np.testing.assert_array_equal(point.D, D[[0, 2, 1, 2]])
