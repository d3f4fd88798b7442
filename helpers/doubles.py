"""Arithmetic near the ends of the range of doubles, 1e-308 to 1e308.

Numbers within 1e-150 and 1e150 pass `checks`, and products of two of them are still doubles; their
squares need not be. Here nothing leaves the range on the way to a result within it. Everything is
scaled by powers of two, which is exact: elsewhere in the range the results are the plain ones, bit
by bit.
"""

import numpy as np


def magnified(A: np.ndarray) -> np.ndarray:
    """The rows of A (m, d) times powers of two, the largest entry of each between 1/2 and 1."""
    return np.ldexp(A, -_exponents(A)[:, None])


def lengths(A: np.ndarray) -> np.ndarray:
    """||a|| of every row a of A (m, d)."""
    return np.ldexp(np.linalg.norm(magnified(A), axis=1), _exponents(A))


def nonnegative_products(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """Whether a' b >= 0, for every row a of A (m, d) and b of B (n, d): booleans (m, n)."""
    products = A @ B.T
    single = np.finfo(products.dtype)
    if np.abs(products).min(initial=1) < single.tiny / single.eps:  # digits may be lost
        products = magnified(A) @ magnified(B).T
    return products >= 0


def _exponents(A):
    """For every row of A the exponent of its largest entry: 2^(e - 1) <= |a| < 2^e."""
    return np.frexp(np.abs(A).max(axis=1, initial=0))[1]
