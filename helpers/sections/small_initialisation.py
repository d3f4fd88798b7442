"""What the neurons of a network do while it trains: which patterns they leave, how far they move, where they gather.

`path` is a Trajectory of T recorded steps. Activation points are those of data on a line with a bias column.
"""

import numpy as np

from .. import checks
from ..patterns import activation_points


def flips(X, path):
    """How many pairs (neuron, data point) switch on or off between recorded steps: integers (T - 1,)."""
    D = path.patterns(X)
    return (D[1:] != D[:-1]).sum(axis=(1, 2))


def alignment_point(X, y):
    """Where small neurons that activate every point gather before the loss falls, with positive output: a float.

    While the output is still 0 such a neuron follows dw = 2 alpha X'y, so its direction tends to X'y: its activation
    point to -sum_j y_j / sum_j x_j y_j. Raises ValueError unless X has two columns, x and 1.
    """
    X = checks.as_data(X)
    return float(activation_points((X.T @ checks.as_labels(y, len(X)))[None])[0])


def gathering(path, width=0.05):
    """(points (T,), share (T,)): the activation point of the largest neuron (in |alpha| ||w||) at every step, and the
    share of the neurons activating to the right that lie within `width` of it.
    """
    rows = np.arange(len(path))
    points = np.array([activation_points(W) for W in path.W])
    largest = points[rows, np.argmax(np.abs(path.alpha) * np.linalg.norm(path.W, axis=2), axis=1)]
    right = path.W[:, :, 0] > 0
    near = np.abs(points - largest[:, None]) < checks.as_nonnegative(width, "width")
    return largest, (right & near).sum(axis=1) / right.sum(axis=1)
