from fractions import Fraction

import numpy as np
import pytest

from helpers import checks
from helpers.enumeration.arrangement import arrangement

DEGENERATE = [[1, 2, 0], [0, 0, 0], [-2, -4, 0], [0, 1, 1], [3, 6, 0]]


@pytest.mark.parametrize("X", [np.array(DEGENERATE), np.array(DEGENERATE) / 3])
def test_parallel_rows_are_one_line(X):
    A = arrangement(X)
    assert A.row.tolist() == [0, -1, 0, 1, 0]
    assert A.sign.tolist() == [1, 1, -1, 1, 1]
    assert A.Y.shape == (2, 2)


@pytest.mark.parametrize("X", [np.array(DEGENERATE), np.array(DEGENERATE) / 3])
def test_weights_of_the_lines_are_weights_of_X(X):
    A = arrangement(X)
    v = np.random.default_rng(0).standard_normal(2)
    signs = np.sign(A.Y @ v)[A.row] * A.sign
    signs[1] = 0
    products = X @ (A.to_X @ v)
    assert (np.sign(np.where(np.abs(products) < 1e-12, 0, products)) == signs).all()


@pytest.mark.parametrize(
    "X, exact",
    [
        ([[1, 2], [3, 4]], False),
        ([[Fraction(1, 3), 2], [3, 4]], False),
        ([[0.5, 2.25], [3, 4]], False),
        ([[0.1, 2], [3, 4]], True),
    ],
)
def test_what_is_exact(X, exact):
    assert arrangement(checks.as_numbers(X), exact).exact


def test_other_floats_are_rounded():
    assert not arrangement(np.array([[0.1, 2], [3, 4]])).exact


def test_floats_neither_dependent_nor_independent_are_taken_exactly():
    X = np.random.default_rng(0).standard_normal((6, 3))
    X[5] = X[4] + 1e-12 * X[0]
    assert arrangement(X).exact
    assert len(arrangement(X).Y) == 6
