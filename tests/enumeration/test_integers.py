from fractions import Fraction

import numpy as np
import pytest

from helpers.enumeration import integers


@pytest.fixture(params=range(5))
def M(request):
    """Integers (5, 5); for odd seeds the last row depends on others."""
    M = np.random.default_rng(request.param).integers(-3, 4, (5, 5)).astype(object)
    if request.param % 2:
        M[4] = M[0] - 2 * M[1]
    return M


def rank(M):
    return np.linalg.matrix_rank(M.astype(float))


def test_adjugate_times_matrix_is_diagonal(M):
    inverse = integers.adjugate(M)
    if rank(M) < 5:
        assert inverse is None
        return
    G, g = inverse
    assert (M @ G == g * np.eye(5, dtype=int)).all()
    assert g > 0


def test_independent_columns_are_a_basis(M):
    wide = np.hstack([M[:, :2], M[:, :2] @ [[1], [3]], M])
    columns = integers.independent_columns(wide)
    assert len(columns) == rank(wide[:, columns]) == rank(wide)


def test_independent_columns_of_large_int64():
    M = np.array([[10**9, 10**9 + 1], [10**9 + 1, 10**9 + 2]])  # determinant -1
    assert integers.independent_columns(M) == [0, 1]


def test_as_integers_has_the_least_factor():
    Z, factor = integers.as_integers([[0.5, Fraction(1, 3)], [2, 0]])
    assert Z.tolist() == [[3, 2], [12, 0]]
    assert factor == 6


def test_primitive_divides_columns_then_rows():
    Z = np.array([[-4, 6], [0, 0], [8, 12]])
    assert integers.primitive(Z).tolist() == [[-1, 1], [0, 0], [1, 1]]
