"""Coordinates in which rows are well spread: what they keep, and what rounding leaves open."""

from fractions import Fraction

import numpy as np
import pytest

from helpers.enumeration import whitening
from helpers.enumeration.tolerance import ERROR, Ambiguous


def scaled(n=8, d=3, seed=0, digits=2):
    """Rows and columns of very different size."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d)) * 10.0 ** rng.integers(-digits, digits + 1, d)
    return X * 10.0 ** rng.integers(-digits, digits + 1, n)[:, None]


def test_balanced_rows_and_columns_are_of_one_size_and_nothing_is_rounded():
    X = scaled(digits=8)
    X[2] = 0
    balanced, scale = whitening.balanced(X)
    assert (np.log2(scale) % 1 == 0).all()
    of_rows = X[balanced != 0] / (balanced * scale)[balanced != 0]
    assert (np.log2(of_rows) % 1 == 0).all()
    largest = np.abs(balanced).max(axis=1)
    assert largest[2] == 0
    others = np.delete(largest, 2)
    assert 0.5 < others.min() and others.max() < 2
    assert 0.2 < np.abs(balanced).max(axis=0).min()


@pytest.mark.parametrize("kind", ["floats", "known rank", "integers", "flat"])
def test_white_rows_are_those_of_the_data_in_other_coordinates(kind):
    X = scaled()
    rank = 3
    if kind == "integers":
        X = np.array([[int(1e6 * x) for x in row] for row in scaled(seed=1)], object)
    if kind == "flat":
        rng = np.random.default_rng(2)
        X = rng.standard_normal((8, 2)) @ rng.standard_normal((2, 3))
        rank = 2
    white = whitening.whiten(X, rank if kind in ("known rank", "integers") else None)
    assert white.basis.shape == (3, rank)
    products = np.array(
        [
            [
                sum(Fraction(a) * Fraction(b) for a, b in zip(x, c, strict=True))
                for c in white.basis.T
            ]
            for x in X
        ]
    )
    lengths = np.sqrt((products**2).sum(axis=1).astype(float))
    np.testing.assert_allclose(white.lengths, lengths, rtol=1e-9)
    expected = np.array(products / np.array([Fraction(a) for a in lengths])[:, None], float)
    np.testing.assert_allclose(white.Y, expected, atol=1e-9)
    np.testing.assert_allclose(np.linalg.norm(white.Y, axis=1), 1)
    s = np.linalg.svd(white.Y, compute_uv=False)
    assert s[-1] > whitening.WHITE * s[0]
    if kind == "integers":
        assert white.careful


def test_rows_that_are_spread_already_are_not_multiplied_out_in_integers():
    X = np.random.default_rng(0).standard_normal((9, 4))
    white = whitening.whiten(X, None)
    assert not white.careful
    assert whitening.whiten(scaled(), None).careful


def test_data_without_a_nonzero_row_have_no_dimension():
    white = whitening.whiten(np.zeros((3, 0)), 0)
    assert white.Y.shape == (3, 0)
    assert white.basis.shape == (0, 0)


@pytest.mark.parametrize("errors, rank", [(0.5, 2), (2.0, None), (90.0, None), (150.0, 3)])
def test_the_rank_is_open_near_rounding(errors, rank):
    """Unit rows with a singular value of so many errors, relative to the largest."""
    rng = np.random.default_rng(3)
    Q, _ = np.linalg.qr(rng.standard_normal((5, 5)))
    rows = np.sqrt(0.5) * np.column_stack([np.ones(5), Q[:, 0] / np.abs(Q[:, 0])])
    s = np.linalg.svd(rows, compute_uv=False)
    third = errors * ERROR * max(5, 3) * s[0]
    left = np.linalg.svd(rows)[0][:, 2:3]  # orthogonal to the columns: a third singular value
    X = np.hstack([rows, third * left])
    if rank is None:
        with pytest.raises(Ambiguous):
            whitening.whiten(X, None)
    else:
        assert whitening.whiten(X, None).basis.shape[1] == rank


@pytest.mark.parametrize("careful", [True, False])
def test_products_are_of_length_one(careful):
    rng = np.random.default_rng(4)
    A = rng.standard_normal((5, 3))
    A[1] = 0
    B = rng.standard_normal((3, 2))
    Y, lengths = whitening.product(A, B, careful)
    expected = np.linalg.norm(A @ B, axis=1)
    np.testing.assert_allclose(lengths * (A.any(axis=1)), expected, atol=1e-12)
    np.testing.assert_allclose(Y * expected[:, None], A @ B, atol=1e-12)


def test_products_in_integers_lose_nothing():
    A = np.array([[1e8, 1.0, -1e8]])
    B = np.array([[1e8, 1.0], [1.0, 2.0], [1e8, 1.0]])  # what is left is 1 and 2
    Y, lengths = whitening.product(A, B, careful=True)
    np.testing.assert_allclose(Y, [[1 / np.sqrt(5), 2 / np.sqrt(5)]], rtol=1e-15)
    np.testing.assert_allclose(lengths, np.sqrt(5), rtol=1e-15)


def test_cancellation_is_by_how_much_a_sum_is_shorter_than_its_terms():
    A = np.array([[1.0, -1.0], [1.0, 1.0]])
    B = np.array([[3.0], [2.0]])
    assert whitening.cancellation(A, B) == pytest.approx(5)
    assert whitening.cancellation(A[1:], B) == 1
