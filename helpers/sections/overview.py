"""Section Overview and Motivation: polygons through the plane of the weights of two neurons."""

import numpy as np
from numpy.typing import ArrayLike

from .. import checks


def polyline(points: ArrayLike, count: int = 60) -> np.ndarray:
    """`count` evenly spaced points on each leg of the polygon through `points` (k, 2)."""
    points = checks.as_float(points, "points")
    t = np.linspace(0, 1, checks.as_count(count, "count", 2))[:, None]
    legs = [(1 - t) * a + t * b for a, b in zip(points[:-1], points[1:], strict=True)]
    return np.concatenate(legs)
