"""Where the two-neuron landscape is cut: polygons through the plane of its weights."""

import numpy as np

from .. import checks


def polyline(points, count=60):
    """`count` evenly spaced points on each leg of the polygon through `points` (k, 2)."""
    points = checks.as_float(points, "points")
    t = np.linspace(0, 1, checks.as_count(count, "count", 2))[:, None]
    return np.concatenate([(1 - t) * a + t * b for a, b in zip(points, points[1:])])
