"""Section Why it is convex: from any network to the convex program and back, and its dual."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .. import checks, convex, dual, networks, train
from ..convex import Solution
from ..data import Dataset, with_bias
from ..doubles import lengths
from ..loss import loss, losses, predict, relu
from ..networks import Network
from ..patterns import distinct

# A neuron of a smaller share of the largest one is zero up to the tolerance of a solution.
SMALLEST = 1e-4

# Two directions, of length 1, that are no farther apart are one.
SAME = 1e-3

# In units of lam: a dual curve that reaches no farther is within the band but for the rounding of
# a network that is nearly at rest.
POKES_OUT = 1.01


def five_points() -> Dataset:
    """Five points on a line, with a bias: those of the page on the general program."""
    x = [-1.0, -0.55, -0.1, 0.35, 0.9]
    y = np.array([0.3, 0.9, 0.2, 0.8, 0.5])
    return Dataset(with_bias(x), y, "not of the article")


class Chain(NamedTuple):
    """The losses (eq. 1) of the steps from a network to the optimum of the program and back.

    optimum: the value of the program; split: the loss of the network it is split into.
    """

    network: float
    balanced: float
    merged: float
    optimum: float
    split: float


def chain(
    X: ArrayLike,
    y: ArrayLike,
    W: ArrayLike,
    alpha: ArrayLike,
    lam: float,
) -> Chain:
    """Every step of the proof, in numbers. Raises ValueError on bad input."""
    best = convex.solve(X, y, lam)
    return Chain(
        network=loss(X, y, W, alpha, lam),
        balanced=loss(X, y, *balance(W, alpha), lam),
        merged=loss(X, y, *networks.merge(X, W, alpha), lam),
        optimum=best.objective,
        split=loss(X, y, *best.to_network(), lam),
    )


def balance(W: ArrayLike, alpha: ArrayLike) -> Network:
    """The network of the same output whose neurons have ||w|| = |alpha|: (W, alpha)."""
    W = checks.as_data(W, "W")
    alpha = checks.as_vector(alpha, len(W), "alpha", "row of W")
    return networks.balanced(np.abs(alpha)[:, None] * W, np.sign(alpha))


class Crossing(NamedTuple):
    """The way from one network to another: t (T,) from 0 to 1, and the losses along it, (T,).

    weights: of the networks whose weights lie straight between theirs. program: values of the
    convex program straight between the two points that it has for them.
    """

    t: np.ndarray
    weights: np.ndarray
    program: np.ndarray


def crossing(
    X: ArrayLike,
    y: ArrayLike,
    networks_: tuple[Network, Network],
    lam: float,
    count: int = 101,
) -> Crossing:
    """The straight way from the first network to the second, in the weights and in the program."""
    t = np.linspace(0, 1, count)
    return Crossing(
        t=t,
        weights=_between_weights(X, y, networks_, lam, t),
        program=_between_points(X, y, networks_, lam, t),
    )


def _between_weights(X, y, networks_, lam, t):
    """Losses (T,) of the networks in between; the narrower one is given neurons of zeros."""
    m = max(len(alpha) for _, alpha in networks_)
    begin, end = (_widened(W, alpha, m) for W, alpha in networks_)
    rows = begin + t[:, None, None] * (end - begin)
    return losses(X, y, rows[..., :-1], rows[..., -1], lam)


def _widened(W, alpha, m):
    """A network as rows (w, alpha), zeros below them: (m, d + 1)."""
    rows = np.column_stack([W, alpha])
    return np.pad(rows, ((0, m - len(rows)), (0, 0)))


def _between_points(X, y, networks_, lam, t):
    """Values (T,) of the program in between, over the patterns of both networks."""
    points = [networks.from_network(X, *network) for network in networks_]
    D, which = distinct(np.vstack([point[2] for point in points]))
    first = len(points[0][2])
    blocks = np.zeros((2, 2, len(D), np.shape(X)[1]))  # begin and end, U and V
    for k, numbers in enumerate((which[:first], which[first:])):
        blocks[k, :, numbers] = np.stack(points[k][:2], axis=1)
    begin, end = blocks
    between = begin + t[:, None, None, None] * (end - begin)
    return np.array([convex.program_value(X, y, U, V, D, lam) for U, V in between])


def distinct_network(X: ArrayLike, solution: Solution) -> Network:
    """The network (W, alpha) of an optimum, with at most n neurons of different directions.

    A neuron on a wall between two cells comes from both: they are added up. What is as small as the
    solver's tolerance is left out.
    """
    W, alpha = solution.to_network()
    U = np.abs(alpha)[:, None] * W
    size = lengths(U)
    joined = []
    signs = []
    for k in np.argsort(-size):
        if size[k] <= SMALLEST * size.max():
            break
        for i, u in enumerate(joined):
            apart = np.linalg.norm(u / np.linalg.norm(u) - U[k] / size[k])
            if signs[i] == np.sign(alpha[k]) and apart < SAME:
                joined[i] = u + U[k]
                break
        else:
            joined.append(U[k])
            signs.append(np.sign(alpha[k]))
    U = np.array(joined).reshape(-1, W.shape[1])
    return networks.prune(X, *networks.balanced(U, np.array(signs)))


class Meeting(NamedTuple):
    """Where the hull of the neurons meets the ball about the labels.

    total: the sum of the sizes ||u_i||, by which the hull is scaled. corners (k, n): of the scaled
    hull, one a neuron. shares (k,): of the neurons, positive, of sum 1. output (n,): the shares'
    mean of the corners. radius: of the ball, the length of the residual.
    """

    total: float
    corners: np.ndarray
    shares: np.ndarray
    output: np.ndarray
    radius: float


def meeting(X: ArrayLike, y: ArrayLike, solution: Solution) -> Meeting:
    """Where an optimum lies on the hull, with the fewest corners that its own neurons allow."""
    X = checks.as_data(X)
    y = checks.as_labels(y, len(X))
    W, alpha = distinct_network(X, solution)
    size = np.abs(alpha) * lengths(W)
    total = float(size.sum())
    corners = total * np.sign(alpha)[:, None] * relu(W @ X.T) / lengths(W)[:, None]
    shares = size / (total or 1)
    output = shares @ corners
    return Meeting(total, corners, shares, output, float(np.linalg.norm(y - output)))


def neuron_outputs(X: ArrayLike, directions: ArrayLike) -> np.ndarray:
    """What neurons of length 1 give on the points, (X u)_+: (k, n)."""
    X = checks.as_data(X)
    directions = checks.as_weights(directions, X.shape[1])
    return relu(directions @ X.T) / lengths(directions)[:, None]


class ByHand(NamedTuple):
    """The optimum for points of which no two are seen by one neuron.

    residual (n,); size (n,), of the neuron of each point; value, of the loss; bound, of the dual.
    """

    residual: np.ndarray
    size: np.ndarray
    value: float
    bound: float


def by_hand(x: ArrayLike, y: ArrayLike, lam: float) -> ByHand:
    """The optimum for two points x (2,) on either side of 0, without a bias.

    A neuron sees one of them only, so each has a problem of its own, and the residual there is
    lam / |x_j|, or y_j where that is smaller. Raises ValueError unless x_1 x_2 < 0.
    """
    x = checks.as_vector(x, 2, "x", "point")
    y = checks.as_labels(y, 2)
    lam = checks.as_nonnegative(lam, "lam")
    if x[0] * x[1] >= 0:
        raise ValueError(f"x must be two numbers of opposite signs; got {x[0]:g} and {x[1]:g}")
    left = np.minimum(np.abs(y), lam / np.abs(x))
    size = (np.abs(y) - left) / np.abs(x)
    residual = np.sign(y) * left
    value = residual @ residual + 2 * lam * size.sum()
    return ByHand(residual, size, float(value), dual.dual_bound(y, residual))


class Rest(NamedTuple):
    """Where a network came to rest.

    neurons; loss (eq. 1); height: the peak of its dual curve in units of lam; bound: on the loss of
    any network, from its residual.
    """

    neurons: int
    loss: float
    height: float
    bound: float


def freed(
    X: ArrayLike,
    y: ArrayLike,
    start: Network,
    lam: float,
    *,
    step: float,
    steps: int,
    record_every: int,
    size: float = 1e-3,
    most: int = 12,
) -> list[train.Trajectory]:
    """Training that adds the missing neuron, of that size, whenever it has come to rest.

    One Trajectory a width. It ends where no dual curve pokes out of the band by more than 1 %, or
    with `most` neurons. Raises ValueError on bad input.
    """
    settings = dict(lam=lam, steps=steps, record_every=record_every)
    network = start
    runs = []
    while True:
        runs.append(_to_rest(X, y, network, step, settings))
        network = runs[-1].final
        height = at_rest(X, y, network, lam).height
        if height <= POKES_OUT or len(network[1]) == most:
            return runs
        network = dual.add_missing(X, y, *network, size)


def _to_rest(X, y, network, step, settings):
    """Gradient descent with a step, then a tenth and a hundredth of it: one Trajectory.

    At a kink, which is where the neurons of an optimum are, a fixed step oscillates.
    """
    parts = []
    for smaller in (step, step / 10, step / 100):
        every = settings["record_every"] if smaller == step else settings["steps"]
        plan = settings | dict(step=smaller, record_every=every)
        parts.append(train.gradient_descent(X, y, *network, **plan))
        network = parts[-1].final
    passed = settings["steps"] * np.arange(3)
    numbers = np.concatenate([part.step + t for part, t in zip(parts, passed, strict=True)])
    others = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("loss", "fit", "W", "alpha")
    }
    return train.Trajectory(step=numbers, **others)


def at_rest(
    X: ArrayLike,
    y: ArrayLike,
    network: Network,
    lam: float,
) -> Rest:
    """What the dual curve says of a network. Raises ValueError on bad input."""
    residual = y - predict(X, *network)
    theta = dual.dual_point(X, y, lam, residual)
    return Rest(
        neurons=len(network[1]),
        loss=loss(X, y, *network, lam),
        height=dual.peak(X, residual).height / lam,
        bound=dual.dual_bound(y, theta),
    )
