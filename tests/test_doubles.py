"""Arithmetic near the ends of the double range, against the same in exact fractions."""

from fractions import Fraction

import numpy as np
import pytest

from helpers import doubles

SCALES = (1e-300, 1e-200, 1e-150, 1e-20, 1.0, 1e20, 1e150)


@pytest.mark.parametrize("scale", SCALES)
def test_lengths_are_those_of_the_exact_squares(scale):
    A = scale * np.array([[3.0, 4.0], [0.0, -1.0], [0.0, 0.0], [1.0, 1e-200]])
    np.testing.assert_allclose(doubles.lengths(A), scale * np.array([5.0, 1, 0, 1]), rtol=1e-15)


def test_lengths_of_the_usual_sizes_are_those_of_numpy_to_the_last_bit():
    A = np.random.default_rng(0).standard_normal((100, 7)) * 10.0 ** np.arange(-50, 50)[:, None]
    np.testing.assert_array_equal(doubles.lengths(A), np.linalg.norm(A, axis=1))


def test_nothing_has_no_lengths():
    assert doubles.lengths(np.zeros((0, 3))).shape == (0,)
    assert doubles.magnified(np.zeros((2, 3))).tolist() == [[0, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize("one", SCALES)
@pytest.mark.parametrize("other", SCALES)
def test_signs_of_products_are_the_exact_ones(one, other):
    rng = np.random.default_rng(1)
    A = one * rng.standard_normal((6, 2)) * [[1.0], [1.0], [1e-100], [1.0], [0.0], [1.0]]
    B = other * rng.standard_normal((7, 2))
    found = doubles.nonnegative_products(A, B)
    for i, j in np.ndindex(found.shape):
        exact = sum(Fraction(a) * Fraction(b) for a, b in zip(A[i], B[j], strict=True))
        assert found[i, j] == (exact >= 0)


def test_signs_where_rounding_of_the_least_doubles_would_turn_them():
    """The products are 1.6 and four times -0.45 of the least double: rounded, 2 and 0."""
    root = 2.0**-537  # of the least double
    A = root * np.array([[1.6, -0.45, -0.45, -0.45, -0.45]])
    B = root * np.ones((1, 5))
    assert (A @ B.T).item() > 0
    assert not doubles.nonnegative_products(A, B).item()


def test_signs_in_single_precision():
    A = np.array([[1e-30, 0], [-1e-30, 0]], np.float32)
    found = doubles.nonnegative_products(A, A)
    assert found.tolist() == [[True, False], [False, True]]
