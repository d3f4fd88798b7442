"""Section Activation patterns: neurons by their place.

With a bias column a neuron on a line is a half-line; in three dimensions it is a point of a
hemisphere, its direction.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .. import checks


class HalfLines(NamedTuple):
    """Neurons on a line: their activation points (k,), and which are active to the right of
    them.
    """

    points: np.ndarray
    right: np.ndarray


def half_lines(points: ArrayLike, right: ArrayLike) -> np.ndarray:
    """Neurons (k, 2) of slope +-1 on a line with a bias column.

    They are active right (or left) of their activation points (k,). Raises ValueError on bad
    input.
    """
    points = checks.as_float(points, "points")
    right = checks.as_vector(right, len(points), "right", "activation point")
    slope = np.where(right, 1.0, -1.0)
    return slope[:, None] * np.column_stack([np.ones(len(points)), -points])


def drawn_half_lines(x: ArrayLike, reach: float = 0.3) -> HalfLines:
    """The 2n + 2 neurons that the article draws for sorted points x (n,).

    One stands on each side of every point, `reach` away and active across it, and one at
    either end activates none. From left to right they are active on their left, right, left,
    ... Place: the figure of four points, section Activation patterns. Raises ValueError unless
    the points are further apart than twice `reach`.
    """
    x = checks.as_float(x, "x")
    if x.ndim != 1 or not len(x) or (np.diff(x) <= 2 * reach).any():
        raise ValueError(f"x must hold sorted numbers more than {2 * reach:g} apart; got {x}")
    points = np.sort(np.r_[x[0] - 2 * reach, x - reach, x + reach, x[-1] + 2 * reach])
    return HalfLines(points, np.arange(len(points)) % 2 == 1)


def hemisphere(x: ArrayLike, size: int = 200) -> np.ndarray:
    """Unit vectors w with x'w >= 0 in R^3, one a pixel of a disc seen from x.

    Shape (size, size, 3), NaN outside the disc. The projection is stereographic: circles of the
    sphere stay circles, the rim is x'w = 0. Raises ValueError on bad input.
    """
    x = checks.as_vector(x, 3, "x", "coordinate")
    if not x.any():
        raise ValueError("x must not be zero: it is the middle of the disc")
    pole = x / np.linalg.norm(x)
    first, second = np.linalg.svd(pole[None])[2][1:]  # across the pole
    t = np.linspace(-1, 1, checks.as_count(size, "size", 2))
    a, b = (axis[..., None] for axis in np.meshgrid(t, t))
    square = a**2 + b**2
    W = (2 * a * first + 2 * b * second + (1 - square) * pole) / (1 + square)
    W[square[..., 0] > 1] = np.nan
    return W
