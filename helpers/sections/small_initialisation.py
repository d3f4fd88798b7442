"""Section on very small initialisation: which patterns the neurons leave and where they gather.

Activation points are those of data on a line with a bias column.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .. import checks, dual, networks, train
from ..data import Dataset, with_bias
from ..networks import Network
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


class Rest(NamedTuple):
    """Where descent from tiny weights comes to rest.

    S: the data; network: (W, alpha) at the end; share: of the loss of the zero network that is
    left; stationarity: the length of the shortest subgradient.
    """

    S: Dataset
    network: Network
    share: float
    stationarity: float


def random_points(seed: int) -> Dataset:
    """Six random points on a line, with the bias column, and random labels."""
    rng = np.random.default_rng(seed)
    X = with_bias(rng.uniform(-1, 1, 6))
    return Dataset(X, rng.normal(size=6), "none: random points")


def rest_from_tiny_weights(
    S: Dataset,
    m: int = 100,
    scale: float = 1e-3,
    steps: int = 20_000,
    seed: int = 0,
) -> Rest:
    """Gradient descent without decay from m balanced neurons of about that size."""
    rng = np.random.default_rng(seed)
    W = scale * rng.normal(size=(m, S.X.shape[1]))
    alpha = np.sign(rng.normal(size=m)) * np.linalg.norm(W, axis=1)
    settings = dict(step=0.01, steps=steps, record_every=steps)
    run = train.gradient_descent(S.X, S.y, W, alpha, **settings)
    still = networks.stationarity(S.X, S.y, *run.final, 0.0)
    return Rest(S, run.final, run.fit[-1] / run.fit[0], still)


class Alignment(NamedTuple):
    """Neurons of two inputs when the loss has begun to fall, and where they are expected then.

    W, alpha: the weights when 1% of the loss is gone. summits: by sign of alpha, the angles in
    degrees of the highest (+1) and lowest (-1) points of the labels' dual curve.
    """

    W: np.ndarray
    alpha: np.ndarray
    summits: dict[int, np.ndarray]


def alignment(S: Dataset, scale: float, seed: int, m: int = 60) -> Alignment:
    """Descent from m balanced neurons of about that size until 1% of the loss is gone."""
    degrees = np.arange(-180, 180, 0.05)
    curve = dual.dual_curve(S.X, S.y, dual.circle(degrees))
    summits = {}
    for sign in (1, -1):
        side = sign * curve
        top = (side > np.roll(side, 1)) & (side > np.roll(side, -1)) & (side != 0)
        summits[sign] = degrees[top]

    rng = np.random.default_rng(seed)
    W = scale * rng.normal(size=(m, 2))
    alpha = np.sign(rng.normal(size=m)) * np.linalg.norm(W, axis=1)
    settings = dict(step=0.01, steps=1500, record_every=10)
    run = train.gradient_descent(S.X, S.y, W, alpha, **settings)
    begun = np.argmax(run.fit < 0.99 * run.fit[0])
    return Alignment(run.W[begun], run.alpha[begun], summits)


def orthogonal_points() -> Dataset:
    """Four orthogonal points in five dimensions with labels of both signs."""
    rng = np.random.default_rng(0)
    orthonormal = np.linalg.qr(rng.normal(size=(5, 5)))[0][:4]
    X = orthonormal * np.array([[1.0], [1.5], [0.8], [1.2]])
    return Dataset(X, np.array([1.0, -0.7, 0.6, -1.2]), "section III, very small initialization")


def predicted_vectors(S: Dataset) -> np.ndarray:
    """D_+ and D_- of orthogonal data: sums of y_j x_j / ||x_j||^2 over labels of one sign, (2, d).

    From tiny balanced weights descent ends at the network of least norm, whose neurons of either
    sign sum to them.
    """
    share = S.y / np.sum(S.X**2, axis=1)
    return np.array([(share * (S.y > 0)) @ S.X, (share * (S.y < 0)) @ S.X])


def off_the_vectors(S: Dataset, network: Network) -> float:
    """How far a network is from one neuron along each of `predicted_vectors`, over their lengths.

    Its neurons' products alpha_i w_i are split along the vector of their sign and across it: what
    the sums along miss of the vectors, and the lengths across. Neurons that activate no point of S
    are left out.
    """
    W, alpha = network
    active = (W @ S.X.T > 0).any(axis=1)
    off = 0.0
    whole = 0.0
    for vector, sign in zip(predicted_vectors(S), (1, -1), strict=True):
        which = active & (sign * alpha > 0)
        products = alpha[which, None] * W[which]
        length = np.linalg.norm(vector)
        along = products @ vector / length
        across = products - along[:, None] * vector / length
        off += abs(along.sum() - length) + np.linalg.norm(across, axis=1).sum()
        whole += length
    return float(off / whole)


def from_tiny(
    S: Dataset,
    m: int,
    seed: int,
    optimiser: Callable[..., Trajectory] = train.gradient_descent,
    step: float = 0.02,
) -> Network:
    """The network (W, alpha) trained from m balanced neurons of size 1e-12, 4000 steps."""
    d = S.X.shape[1]
    W, alpha = train.uniform_network(m, d, 1e-12, np.random.default_rng(seed))
    alpha = np.sign(alpha) * np.linalg.norm(W, axis=1)
    return optimiser(S.X, S.y, W, alpha, step=step, steps=4000, record_every=4000).final
