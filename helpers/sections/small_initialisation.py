"""Section on very small initialisation: which patterns the neurons leave and where they gather.

Activation points are those of data on a line with a bias column.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .. import checks
from ..patterns import activation_points
from ..train import Trajectory


def flips(X: ArrayLike, run: Trajectory) -> np.ndarray:
    """How many pairs (neuron, data point) switch on or off between recorded steps: (T - 1,)."""
    D = run.patterns(X)
    return (D[1:] != D[:-1]).sum(axis=(1, 2))


def alignment_point(X: ArrayLike, y: ArrayLike) -> float:
    """Where small neurons of positive output that activate every point gather first.

    While the output is still 0 such a neuron follows dw = 2 alpha X'y, so its direction tends to
    X'y: its activation point to -sum_j y_j / sum_j x_j y_j. Raises ValueError unless X has two
    columns, x and 1.
    """
    X = checks.as_data(X)
    direction = X.T @ checks.as_labels(y, len(X))
    return float(activation_points(direction[None])[0])


class Gathering(NamedTuple):
    """Where neurons gather at every recorded step.

    point (T,): the activation point of the largest neuron; share (T,): of the neurons that
    activate to the right, those close to it.
    """

    point: np.ndarray
    share: np.ndarray


def gathering(run: Trajectory, width: float = 0.05) -> Gathering:
    """Where the largest neuron, in |alpha| ||w||, activates, and the share of those within
    `width`.
    """
    width = checks.as_nonnegative(width, "width")
    points = np.array([activation_points(W) for W in run.W])
    sizes = np.abs(run.alpha) * np.linalg.norm(run.W, axis=2)
    largest = points[np.arange(len(run)), sizes.argmax(axis=1)]
    right = run.W[:, :, 0] > 0
    near = np.abs(points - largest[:, None]) < width
    return Gathering(largest, (right & near).sum(axis=1) / right.sum(axis=1))
