"""Factors of matrices that are sums of a a' with a >= 0, and are known to be."""

import numpy as np
import pytest

from helpers.extensions.completely_positive import factors

CIRCLE = np.array([[2.0, 1, 0, 1], [1, 2, 1, 0], [0, 1, 2, 1], [1, 0, 1, 2]])


def check(A, tol=1e-9):
    found = factors(A)
    assert all((a >= 0).all() for a in found)
    total = sum((np.outer(a, a) for a in found), np.zeros_like(A))
    assert np.abs(total - A).max() <= tol * max(A.max(), 1e-300)
    return found


@pytest.mark.parametrize("k", [1, 2, 3, 4])
@pytest.mark.parametrize("parts", [1, 2, 3, 4, 6])
def test_sums_of_nonnegative_squares(k, parts):
    rng = np.random.default_rng(10 * k + parts)
    for share in (0.4, 0.7, 1.0):
        for _ in range(6):
            a = np.abs(rng.normal(size=(k, parts))) * (rng.random((k, parts)) < share)
            check(a @ a.T)


def test_a_circle_of_four():
    # semidefinite, but no row can be eliminated without a negative entry
    assert len(check(CIRCLE, 1e-7)) <= 6
    check(CIRCLE + 0.1, 1e-7)


def test_nothing_has_no_factors():
    assert factors(np.zeros((3, 3))) == []
