"""Neurons by their place: half-lines on a line with a bias column, directions on a hemisphere."""

import numpy as np

from .. import checks


def half_lines(points, right):
    """Neurons (k, 2) of slope +-1 on a line with a bias column: active right (or left) of their activation points (k,).

    Raises ValueError on bad input.
    """
    points = checks.as_float(points, "points")
    slope = np.where(checks.as_vector(right, len(points), "right", "activation point"), 1.0, -1.0)
    return slope[:, None] * np.column_stack([np.ones(len(points)), -points])


def drawn_half_lines(x, reach=0.3):
    """The neurons the article draws for sorted points x (n,): (activation points (2n + 2,), right, booleans).

    One on each side of every point, active across it, and one at either end that activates none; from left to right
    they are active on their left, right, left, ... Place: the figure of four points, section Activation patterns.
    Raises ValueError unless the points are further apart than twice `reach`.
    """
    x = checks.as_float(x, "x")
    if x.ndim != 1 or not len(x) or (np.diff(x) <= 2 * reach).any():
        raise ValueError(f"x must hold sorted numbers more than {2 * reach:g} apart; got {x}")
    points = np.sort(np.r_[x[0] - 2 * reach, x - reach, x + reach, x[-1] + 2 * reach])
    return points, np.arange(len(points)) % 2 == 1


def hemisphere(x, size=200):
    """Unit vectors w with x'w >= 0 in R^3, one a pixel of a disc seen from x: (size, size, 3), NaN outside the disc.

    The projection is stereographic: circles of the sphere stay circles, the rim is x'w = 0. Raises ValueError on bad
    input.
    """
    x = checks.as_vector(x, 3, "x", "coordinate")
    if not x.any():
        raise ValueError("x must not be zero: it is the middle of the disc")
    pole = x / np.linalg.norm(x)
    across = np.linalg.svd(pole[None])[2][1:]
    t = np.linspace(-1, 1, checks.as_count(size, "size", 2))
    a, b = np.meshgrid(t, t)
    square = (a**2 + b**2)[..., None]
    W = (2 * a[..., None] * across[0] + 2 * b[..., None] * across[1] + (1 - square) * pole) / (
        1 + square
    )
    W[square[..., 0] > 1] = np.nan
    return W
