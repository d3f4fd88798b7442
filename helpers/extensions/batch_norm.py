"""Batch normalisation, before the ReLU or after it: its convex programs, solved with a proof.

Before (where it mostly stands), with C removing the mean of a column of n numbers:

    f = sum_j (gamma_j C X w_j / ||C X w_j|| + mu_j / sqrt(n))_+ alpha_j

After:

    f = sum_j (gamma_j C (X w_j)_+ / ||C (X w_j)_+|| + mu_j / sqrt(n)) alpha_j

Both with the loss ``||f - y||^2 + lam sum_j (gamma_j^2 + mu_j^2 + alpha_j^2)``; w is free of decay,
as its length has no effect. A vector of no length is left zero by the normalisation.

Before: with the singular value decomposition C X = U S V' and U' = [U, 1/sqrt(n)], a neuron is
(U' s)_+ alpha with s = (gamma q, mu), ||q|| = 1. That is the network of `convex` for the data U'.

After: a pattern D_i of X and a sign make a block, with z in C D_i X K_i:

    min  ||sum_i (+-z_i + b_i / sqrt(n)) - y||^2 + 2 lam sum_i ||(z_i, b_i)||

A neuron has z = |gamma alpha| C (X w)_+ / ||C (X w)_+|| and b = mu alpha. The dual bounds every
loss from below: ``||y||^2 - ||y - theta||^2`` for any theta with
``max {theta' z : z in +-C D_i X K_i, ||z|| <= 1}^2 + (theta' 1)^2 / n <= lam^2`` for all blocks.
Shapes: X (n, d), y (n,).
Source: Ergen, Sahiner, Ozturkler, Pauly, Mardani, Pilanci, Demystifying batch normalization in
ReLU networks (2022), for the first; the second is derived here.
"""

from dataclasses import dataclass
from typing import NamedTuple

import cvxpy as cp
import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import nnls

from .. import checks, convex, networks
from ..doubles import lengths
from ..loss import relu
from .cones import Cones, Coordinates, cones, coordinates
from .conic import solved
from .result import Result, better_of, scaled_bound

WHERE = ("before", "after")

# A centred column of no larger share of the column is the rounding of its mean.
CONSTANT = 1e-13

# What is normalised is zero if no larger than this share of the products it is summed up from.
NOTHING = 1e-13

ROUNDS = 60  # of adding blocks to the program: a dozen were enough wherever it was tried
AT_A_TIME = 8  # blocks that a round adds: more make the programs larger, fewer make more of them
ROUNDED = 1 + 1e-10  # by how much the projections on the blocks may be too short
UNUSED = 1e-9  # a block of a smaller share of all is what a solver leaves of zero


@dataclass(frozen=True)
class Network:
    """A normalised network of m neurons.

    W (m, d): directions. gamma, mu (m,): what the normalised output is multiplied by, and what is
    added, in units of 1 / sqrt(n). alpha (m,): the second layer.
    """

    W: np.ndarray
    gamma: np.ndarray
    mu: np.ndarray
    alpha: np.ndarray


def solve(
    X: ArrayLike,
    y: ArrayLike,
    lam: float,
    where: str = "before",
    tol: float = 1e-6,
    *,
    seconds: float = np.inf,
) -> Result[Network]:
    """The best normalised network of any width, and a proof of how good it is.

    where: "before" the ReLU or "after" it. lam must be positive. tol: the relative gap asked for.
    seconds: with "before", the time after which the best so far is returned.
    Raises ValueError on bad input; with "before" as `convex.solve` for U', and with "after" as
    `cones.cones`: where there are too many patterns, or where rounding leaves them in doubt.
    """
    X = checks.as_data(X).astype(float, copy=False)
    y = checks.as_labels(y, len(X)).astype(float, copy=False)
    lam = checks.as_positive(lam, "lam")
    where = checks.as_choice(where, "where", WHERE)
    tol = checks.as_nonnegative(tol, "tol")
    seconds = checks.as_seconds(seconds)
    if where == "before":
        network, bound = _before(X, y, lam, tol, seconds)
    else:
        network, bound = _after(X, y, lam, tol)
    objective = loss(X, y, network, lam, where)
    nothing = np.zeros(0)
    empty = Network(np.zeros((0, X.shape[1])), nothing, nothing, nothing)
    return better_of(network, objective, empty, loss(X, y, empty, lam, where), bound)


def loss(
    X: ArrayLike,
    y: ArrayLike,
    network: Network,
    lam: float,
    where: str = "before",
) -> float:
    """The network's loss. Raises ValueError on bad input."""
    X = checks.as_data(X).astype(float, copy=False)
    y = checks.as_labels(y, len(X))
    lam = checks.as_nonnegative(lam, "lam")
    where = checks.as_choice(where, "where", WHERE)
    network = _checked(network, X.shape[1])
    neurons = outputs(X, network, where)
    decay = [network.gamma, network.mu, network.alpha]
    residual = neurons @ network.alpha - y
    value = residual @ residual + lam * np.sum(np.square(decay))
    return float(checks.within_range(value, "the loss"))


def outputs(
    X: np.ndarray,
    network: Network,
    where: str,
) -> np.ndarray:
    """What every neuron hands to the second layer: (n, m). Arguments are not checked."""
    shift = network.mu / np.sqrt(len(X))
    if where == "before":
        centre = centred(X)
        Z = normalised(centre @ network.W.T, np.abs(centre) @ np.abs(network.W).T)
        return relu(network.gamma * Z + shift)
    cut = relu(X @ network.W.T)
    Z = normalised(centred(cut), np.abs(X) @ np.abs(network.W).T)
    return network.gamma * Z + shift


def centred(X: np.ndarray) -> np.ndarray:
    """C X (n, d): the columns without their means, zero where only rounding is left."""
    Z = X - X.mean(axis=0)
    return np.where(lengths(Z.T) <= CONSTANT * lengths(X.T), 0.0, Z)


def normalised(
    Z: np.ndarray,
    terms: np.ndarray,
) -> np.ndarray:
    """The columns of Z (n, m) at length 1; zero where they are but rounding of `terms` (n, m)."""
    size = lengths(Z.T)
    zero = size <= NOTHING * lengths(terms.T)
    return np.where(zero, 0.0, Z / np.where(zero, 1.0, size))


def _checked(network, d):
    """The network with arrays of floats, of matching shapes."""
    if not isinstance(network, Network):
        raise ValueError(f"network must be a batch_norm.Network; got a {type(network).__name__}")
    W = checks.as_weights(network.W, d)
    layers = [
        checks.as_vector(getattr(network, name), len(W), name, "row of W")
        for name in ("gamma", "mu", "alpha")
    ]
    return Network(W, *layers)


def factor(X: np.ndarray) -> tuple[np.ndarray, Coordinates]:
    """U' (n, r + 1) of the program before the ReLU, and the coordinates that U is of C X."""
    where = coordinates(centred(X))
    n = len(X)
    return np.column_stack([where.Q, np.full(n, 1 / np.sqrt(n))]), where


def _before(X, y, lam, tol, seconds):
    """The network and the bound of normalisation before the ReLU."""
    data, where = factor(X)
    solution = convex.solve(data, y, lam, tol=tol, seconds=seconds)
    S, alpha = networks.prune(data, *solution.to_network())
    gamma = lengths(S[:, :-1])
    directions = S[:, :-1] @ where.T.T
    directions[gamma == 0] = _any_direction(where)
    return Network(_unit(directions), gamma, S[:, -1], alpha), solution.lower_bound


def _any_direction(where):
    """Weights (d,) of which the normalisation is defined, where there are any."""
    d, rank = where.T.shape
    return where.T[:, 0] if rank else np.eye(d)[0]


def _unit(W):
    """The rows of W, none of them zero, at length 1."""
    return W / lengths(W)[:, None]


class Block(NamedTuple):
    """A pattern's number, or None for a shift alone, and a sign."""

    pattern: int | None
    sign: int


class Normalised:
    """The blocks of normalisation after the ReLU.

    outputs (n, K): C (X w)_+ at length 1 of every ray w of the cones that has any; the z of the
    blocks are their sums with factors >= 0.
    """

    def __init__(self, X: np.ndarray, found: Cones):
        cut = relu(found.coordinates.Q @ found.rays.T)
        centre = cut - cut.mean(axis=0)
        self.size = lengths(centre.T)
        seen = self.size > NOTHING**0.5
        self.outputs = np.where(seen, centre / np.where(seen, self.size, 1.0), 0.0)
        self.rays = [np.flatnonzero(own & seen) for own in found.has]
        self.found = found
        self.flat = np.full(len(X), 1 / np.sqrt(len(X)))

    def columns(self, block: Block) -> np.ndarray:
        """Those of `outputs` that are of the block's pattern, with its sign: (n, k)."""
        own = [] if block.pattern is None else self.rays[block.pattern]
        return block.sign * self.outputs[:, own]

    def price(self, theta: np.ndarray) -> np.ndarray:
        """The largest theta' (z + b / sqrt(n)) with ||(z, b)|| = 1 of every block.

        (2, P), a column a pattern; signs +1 in the first row, -1 in the second.
        """
        shift = abs(theta @ self.flat)
        values = np.full((2, len(self.rays)), shift)
        for i in range(len(self.rays)):
            if not len(self.rays[i]):
                continue  # no z: the block of the shift alone does as well
            for row, sign in enumerate((1, -1)):
                block = Block(i, sign)
                z = self.columns(block) @ self.factors(block, theta)
                values[row, i] = np.hypot(ROUNDED * np.linalg.norm(z), shift)
        return values

    def factors(self, block: Block, z: np.ndarray) -> np.ndarray:
        """Those of the block's columns (k,) that come closest to z."""
        columns = self.columns(block)
        return nnls(columns, z)[0] if columns.shape[1] else np.zeros(0)

    def direction(self, block: Block, z: np.ndarray) -> np.ndarray:
        """Weights w (d,) of the block's pattern with C (X w)_+ = +-z."""
        own = self.rays[block.pattern]
        factors = self.factors(block, z) / self.size[own]
        return self.found.coordinates.T @ (factors @ self.found.rays[own])


class Point(NamedTuple):
    """A point of the program: its blocks, their z, an array (n,) each, and b."""

    blocks: list[Block]
    z: list[np.ndarray]
    b: list[float]

    def output(self, flat: np.ndarray) -> np.ndarray:
        return sum(self.z) + sum(self.b) * flat


def _after(X, y, lam, tol):
    """The network and the bound of normalisation after the ReLU."""
    program = Normalised(X, cones(X))
    length = float(lengths(y[None])[0])
    nothing = Point([], [], [])
    if length == 0:
        return _network(X, program, nothing, 1.0), 0.0
    y = y / length
    lam = lam / length
    best = _shift_alone(program, y, lam)
    bound = 0.0
    for _ in range(ROUNDS):
        theta = y - best.output(program.flat)
        prices = program.price(theta)
        bound = max(bound, scaled_bound(y, theta, prices.max(), lam))
        if _value(best, y, lam, program.flat) - bound <= tol * bound:
            break
        new = _violators(program, prices, lam, best.blocks)
        if not new:
            break
        best = _optimum(program, best.blocks + new, y, lam)
    return _network(X, program, best, length), bound * length**2


def _shift_alone(program, y, lam):
    """The optimum of the shift without any other block."""
    mean = y @ program.flat
    b = np.sign(mean) * max(abs(mean) - lam, 0.0)
    return Point([Block(None, 1)], [np.zeros(len(y))], [b])


def _value(point, y, lam, flat):
    """The program's value at a point."""
    residual = point.output(flat) - y
    sizes = np.hypot([np.linalg.norm(z) for z in point.z], point.b)
    return residual @ residual + 2 * lam * sizes.sum()


def _violators(program, prices, lam, known):
    """Blocks above lam that are not known, those farthest above first."""
    above = []
    for number in np.argsort(-prices, axis=None, kind="stable"):
        row, pattern = np.unravel_index(number, prices.shape)
        block = Block(int(pattern), 1 - 2 * int(row))
        if prices[row, pattern] <= lam or len(above) == AT_A_TIME:
            break
        if block not in known and len(program.rays[pattern]):
            above.append(block)
    return above


def _optimum(program, blocks, y, lam):
    """The optimum over these blocks."""
    columns = [program.columns(block) for block in blocks]
    factors = [cp.Variable(B.shape[1], nonneg=True) if B.shape[1] else None for B in columns]
    shifts = cp.Variable(len(blocks))
    output = cp.sum(shifts) * program.flat
    norms = 0
    for k, (B, c) in enumerate(zip(columns, factors, strict=True)):
        if c is None:
            norms = norms + cp.abs(shifts[k])
            continue
        output = output + B @ c
        norms = norms + cp.norm(cp.hstack([B @ c, shifts[k]]))
    solved(cp.Problem(cp.Minimize(cp.sum_squares(output - y) + 2 * lam * norms)))
    none = np.zeros(len(y))
    z = [
        none if c is None else B @ np.maximum(c.value, 0)
        for B, c in zip(columns, factors, strict=True)
    ]
    return Point(blocks, z, list(shifts.value))


def _network(X, program, point, length):
    """The network of a point, its output multiplied by `length`."""
    sizes = np.hypot([np.linalg.norm(z) for z in point.z], point.b)
    used = np.flatnonzero(sizes > UNUSED * sizes.sum())
    W = np.zeros((len(used), X.shape[1]))
    gamma = np.zeros(len(used))
    mu = np.zeros(len(used))
    alpha = np.sqrt(length * sizes[used])
    spare = _spare(program)
    for k, number in enumerate(used):
        block = point.blocks[number]
        z = point.z[number]
        share = np.linalg.norm(z) / sizes[number]
        mu[k] = alpha[k] * point.b[number] / sizes[number]
        if share > UNUSED:
            gamma[k] = block.sign * alpha[k] * share
            W[k] = program.direction(block, z)
        else:
            W[k] = spare
    return Network(_unit(W), gamma, mu, alpha)


def _spare(program):
    """Weights (d,) of which the normalisation is defined, where there are any."""
    where = program.found.coordinates
    for own in program.rays:
        if len(own):
            return where.T @ program.found.rays[own[0]]
    return _any_direction(where)
