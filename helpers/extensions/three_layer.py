"""Three-layer ReLU networks, sub-networks side by side: a convex program over pairs of patterns.

A sub-network has m neurons w_j, weights b_j and one number c; the network is the sum

    f(X) = sum_k c_k (sum_j b_kj (X w_kj)_+)_+,      ||w_kj|| = 1,

and its loss ||f(X) - y||^2 + lam sum_k (||b_k||^2 + c_k^2): the first layer has length 1, the other
two decay. The least loss over any number of sub-networks is that of the convex program

    min  ||sum_t s_t D2_t sum_j eps_j D1_j X z_j - y||^2 + 2 lam sum_t ||Z_t||        (Frobenius)

over blocks t = (D1_1 ... D1_m, eps, D2, s): a pattern and a sign +-1 for each neuron, the pattern
of the second ReLU, the sign of the output. Z_t = (z_1 ... z_m) lies in the cone of these patterns,

    (2 D1_j - I) X z_j >= 0,      (2 D2 - I) sum_j eps_j D1_j X z_j >= 0.

Back: w_j = z_j / ||z_j||, b_j = eps_j ||z_j|| / sqrt ||Z||, c = s sqrt ||Z||.

Its dual bounds every loss from below: ||y||^2 - ||y - theta||^2 for any theta with
theta' D2 sum_j eps_j D1_j X z_j <= lam on the Z of length 1 in every cone, and the same for -theta.
With one neuron (m = 1) it is the program of the two-layer network.

Shapes: X (n, d), y (n,). Source: Ergen and Pilanci, Global Optimality Beyond Two Layers (2021).
"""

import warnings
from dataclasses import dataclass
from itertools import combinations_with_replacement
from math import comb

import cvxpy as cp
import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse
from scipy.optimize import nnls

from .. import checks
from ..loss import relu
from ..patterns import cover_count, enumerate_patterns
from ..solver.cones import nearest, unit_rows
from .result import Result

# Blocks (of either sign) up to which a solve takes less than a minute or so.
BLOCKS = 20_000

# Cells that may be looked through to find them: half a minute or so.
CELLS = 300_000_000

# The relative gap at which blocks are no longer added, and how many are added in a round.
CLOSE = 1e-8
ADDED = 40
ROUNDS = 100

# A block whose price is above lam by no more than that is not missing: it is the solver's rounding.
ABOVE = 1 + 1e-9

# A dual point stays inside by that share, and a bound below what it proves: more than rounding.
INSIDE = 1 - 1e-12

# A share of the largest Z, or of ||Z||, that is the conic solver's rounding.
SMALL = 1e-7

# What is off by no more than that share is a projection.
PROJECTED = 1e-10

# A row of the first layer may be so much longer than 1.
LONGER = 1e-9

# Of the conic solver, beyond what it does by itself.
PRECISE = dict(tol_gap_abs=1e-10, tol_gap_rel=1e-10, tol_feas=1e-10)


@dataclass(frozen=True)
class Network:
    """K sub-networks side by side, of m neurons each.

    first (K, m, d): the w_kj, of length 1, or zero where a neuron is not used. second (K, m): the
    b_kj. last (K,): the c_k.
    """

    first: np.ndarray
    second: np.ndarray
    last: np.ndarray

    def predict(self, X: ArrayLike) -> np.ndarray:
        """The outputs (n,). Raises ValueError on bad input."""
        X = checks.as_data(X)
        d = self.first.shape[2]
        if X.shape[1] != d:
            raise ValueError(f"X must have {d} columns, as the first layer; got {X.shape[1]}")
        hidden = relu(np.einsum("nd,kmd->nkm", X, self.first))
        return relu(np.einsum("nkm,km->nk", hidden, self.second)) @ self.last


@dataclass(frozen=True)
class Blocks:
    """All (D1, eps, D2), each with either sign of the output; an order of the neurons is kept once.

    first (B, m, n) booleans, eps (B, m) of +-1, second (B, n) booleans. Where a sum is zero on
    the whole cone `second` is False. Blocks whose output is zero are left out.
    """

    first: np.ndarray
    eps: np.ndarray
    second: np.ndarray

    def __len__(self) -> int:
        """Their number, both signs counted."""
        return 2 * len(self.eps)


def solve(X: ArrayLike, y: ArrayLike, lam: float, width: int = 1) -> Result[Network]:
    """The best network of sub-networks of `width` neurons, however many there are. lam > 0.

    Blocks are added where the dual point is outside, until it is inside for all of them. Raises
    ValueError on bad input, and where there are more than BLOCKS blocks.
    """
    X = checks.as_data(X).astype(float, copy=False)
    y = checks.as_labels(y, len(X)).astype(float, copy=False)
    lam = checks.as_positive(lam, "lam")
    width = checks.as_count(width, "width", 1)
    size = np.linalg.norm(y)
    if not size or not X.any():
        return _result(X, y, lam, _none(width, X.shape[1]), float(size**2))
    unit = np.ldexp(1.0, np.frexp(checks.largest(X))[1])  # a power of 2: all digits are kept
    program = _Program(X / unit, y / size, lam / unit / size, blocks(X / unit, width))
    Z, which, signs, bound = program.optimum()
    network = _network(Z, program.blocks.eps[which], signs, size / unit)
    return _result(X, y, lam, network, float(size**2 * bound))


def loss(X: ArrayLike, y: ArrayLike, network: Network, lam: float) -> float:
    """The loss of a network (above).

    Raises ValueError on bad input, and where a row of the first layer is longer than 1: the decay
    does not see it. (A shorter one never helps.)
    """
    X = checks.as_data(X).astype(float, copy=False)
    y = checks.as_labels(y, len(X)).astype(float, copy=False)
    lam = checks.as_nonnegative(lam, "lam")
    network = _checked(network, X.shape[1])
    error = np.sum((network.predict(X) - y) ** 2)
    decay = np.sum(network.second**2) + np.sum(network.last**2)
    return float(checks.within_range(error + lam * decay, "the loss"))


def blocks(X: ArrayLike, width: int = 1) -> Blocks:
    """All the blocks of X: the full-dimensional cells of pairs of patterns.

    Raises ValueError on bad input, and where there are more than BLOCKS, or it would take too long
    to see.
    """
    X = checks.as_data(X).astype(float, copy=False)
    width = checks.as_count(width, "width", 1)
    D = enumerate_patterns(X)
    D = D & X.any(axis=1)
    D = D[D.any(axis=1)]
    neurons = [(D_j, sign) for D_j in D for sign in (1, -1)]
    _refuse_if_many(X, width, comb(len(neurons) + width - 1, width))
    first = []
    eps = []
    second = []
    for chosen in combinations_with_replacement(neurons, width):
        patterns = np.array([D_j for D_j, _ in chosen])
        signs = np.array([sign for _, sign in chosen])
        outer = _second_patterns(X, patterns, signs)
        first += [patterns] * len(outer)
        eps += [signs] * len(outer)
        second += list(outer)
        if 2 * len(second) > BLOCKS:
            raise ValueError(_too_many(X, width))
    shape = len(second), width, len(X)
    return Blocks(
        first=np.array(first, bool).reshape(shape),
        eps=np.array(eps, int).reshape(shape[:2]),
        second=np.array(second, bool).reshape(shape[0], shape[2]),
    )


def _refuse_if_many(X, width, combinations):
    """Raise ValueError where so many choices of neurons are too many, or take too long."""
    n, d = X.shape
    cells = combinations * cover_count(n * (width + 1), d * width)
    if combinations > BLOCKS or (width > 1 and cells > CELLS):
        raise ValueError(_too_many(X, width))


def _too_many(X, width):
    n, d = X.shape
    return (
        f"width must leave at most {BLOCKS} blocks, pairs of patterns of the two layers; {width} "
        f"neurons on {n} points in {d} dimensions have more: use a smaller width, or fewer or "
        "lower-dimensional points"
    )


def _second_patterns(X, D1, eps):
    """The patterns (P, n) of sum_j eps_j D1_j X z_j over the cone of D1 (m, n), zero ones left out.

    Where all that is active has one sign, the sum has it too; elsewhere the cells of all rows
    decide: those of the cone, and those of the sum.
    """
    m, n = D1.shape
    up = D1[eps > 0].any(axis=0)
    down = D1[eps < 0].any(axis=0)
    mixed = np.flatnonzero(up & down)
    if not len(mixed):
        return up[None] if up.any() else np.zeros((0, n), bool)
    own = np.kron(np.eye(m), X)
    sums = _lifted(X, D1, eps)[mixed]
    cells = enumerate_patterns(np.vstack([own, sums]))
    inside = D1 | ~X.any(axis=1)  # a zero row counts as active
    cells = cells[(cells[:, : m * n] == inside.ravel()).all(axis=1)]
    found = np.tile(up & ~down, (len(cells), 1))
    found[:, mixed] = cells[:, m * n :]
    return found[found.any(axis=1)]


def _lifted(X, D1, eps):
    """The matrix (n, m d) that takes (z_1 ... z_m) to sum_j eps_j D1_j X z_j."""
    return np.hstack([e * D[:, None] * X for e, D in zip(eps, D1, strict=True)])


class _Program:
    """The program over all blocks, solved over a few of them that grow."""

    def __init__(self, X, y, lam, all_blocks):
        self.y = y
        self.lam = lam
        self.blocks = all_blocks
        self.outputs = []  # of every block, (n, m d): D2 sum_j eps_j D1_j X
        self.walls = []  # of every block, the rows of its cone
        m = all_blocks.eps.shape[1]
        own = np.kron(np.eye(m), X)
        own_nonzero = own.any(axis=1)
        parts = zip(all_blocks.first, all_blocks.eps, all_blocks.second, strict=True)
        for D1, eps, D2 in parts:
            sums = _lifted(X, D1, eps)
            self.outputs.append(D2[:, None] * sums)
            inner = np.where(D1.ravel(), 1.0, -1.0)[:, None] * own
            mixed = D1[eps > 0].any(axis=0) & D1[eps < 0].any(axis=0)
            outer = np.where(D2, 1.0, -1.0)[:, None] * sums
            self.walls.append(unit_rows(np.vstack([inner[own_nonzero], outer[mixed]])))

    def optimum(self):
        """Z (A, m d) of some blocks, their numbers and signs (A,), and a lower bound."""
        theta = self.y
        fit = np.zeros_like(self.y)
        bound = 0.0
        Z = np.zeros((0, self.outputs[0].shape[1]))
        which = np.zeros(0, int)
        signs = np.zeros(0)
        value = 1.0
        for _ in range(ROUNDS):
            prices = self.prices(theta)
            highest = prices.max(initial=0)
            t = 1.0 if highest <= INSIDE * self.lam else INSIDE * self.lam / highest
            # ||y||^2 - ||y - t theta||^2 without a difference of large numbers
            proved = (2 * t - t**2) * (theta @ theta) + 2 * t * (theta @ fit)
            bound = max(bound, proved)
            prices[np.where(signs > 0, 0, 1), which] = 0
            found = np.argsort(-prices, axis=None, kind="stable")[:ADDED]
            found = found[prices.ravel()[found] > ABOVE * self.lam]
            if not len(found) or value - bound <= CLOSE * value:
                break
            which = np.r_[which, found % prices.shape[1]]
            signs = np.r_[signs, np.where(found < prices.shape[1], 1.0, -1.0)]
            Z, fit, value = self._over(which, signs)
            theta = self.y - fit
        return Z, which, signs, INSIDE * bound

    def prices(self, theta):
        """At least the largest theta' (output of Z), ||Z|| <= 1, of either sign of a block: (2, B).

        For any mu >= 0 it is at most ||g + C' mu||, C the walls and g the gradient: the least of
        these is the largest. Where g is not longer than lam no mu is sought.
        """
        found = np.empty((2, len(self.outputs)))
        for b, (output, walls) in enumerate(zip(self.outputs, self.walls, strict=True)):
            gradient = theta @ output
            for k, g in enumerate((gradient, -gradient)):
                price = np.linalg.norm(g)
                if price > INSIDE * self.lam:
                    price = min(price, np.linalg.norm(g + _multipliers(walls, g) @ walls))
                found[k, b] = price
        return found

    def _over(self, which, signs):
        """The program over blocks of those numbers and signs: Z, its output, its value."""
        outputs = np.hstack([s * self.outputs[b] for b, s in zip(which, signs, strict=True)])
        size = outputs.shape[1] // len(which)
        z = cp.Variable(outputs.shape[1])
        rows = cp.reshape(z, (len(which), size), order="C")
        fit = cp.sum_squares(outputs @ z - self.y)
        cones = sparse.block_diag([self.walls[b] for b in which], format="csr")
        objective = cp.Minimize(fit + 2 * self.lam * cp.sum(cp.norm(rows, axis=1)))
        problem = cp.Problem(objective, [cones @ z >= 0])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # how accurate it is, the bound will tell
            problem.solve(solver=cp.CLARABEL, **PRECISE)
        return rows.value, outputs @ z.value, problem.value


def _multipliers(walls, g):
    """mu >= 0 (W,) with which g + walls' mu is shortest: then it is the projection on the cone.

    SciPy's method loses its way now and then. Where what it finds is no projection, active sets
    find it; for any mu >= 0 the price stays proved.
    """
    mu = nnls(walls.T, -g)[0]
    point = g + mu @ walls
    size = np.linalg.norm(g)
    across = abs(point @ (point - g)) <= PROJECTED * size**2
    if across and (walls @ point).min() >= -PROJECTED * size:
        return mu
    point, rests_on = nearest(walls, g)
    mu = np.zeros(len(walls))
    mu[rests_on] = np.maximum(np.linalg.lstsq(walls[rests_on].T, point - g)[0], 0)
    return mu


def _network(Z, eps, signs, unit):
    """The network of blocks Z (A, m d) in that unit, those that are rounding left out."""
    K, m = eps.shape
    Z = Z.reshape(K, m, Z.shape[1] // m)
    size = np.linalg.norm(Z, axis=(1, 2))
    used = size > SMALL * size.max(initial=0)
    Z = Z[used]
    size = size[used]
    own = np.linalg.norm(Z, axis=2)
    own = np.where(own > SMALL * size[:, None], own, 0)
    nonzero = own[:, :, None] > 0
    first = np.divide(Z, own[:, :, None], out=np.zeros_like(Z), where=nonzero)
    last = np.sqrt(unit) * np.sqrt(size)
    second = eps[used] * (own / size[:, None]) * last[:, None]
    return Network(first, second, signs[used] * last)


def _none(width, d):
    """No sub-network at all."""
    return Network(np.zeros((0, width, d)), np.zeros((0, width)), np.zeros(0))


def _result(X, y, lam, network, bound):
    objective = loss(X, y, network, lam)
    return Result(network, objective, min(bound, objective))


def _checked(network, d):
    """A network of d inputs, its numbers as floats."""
    if not isinstance(network, Network):
        raise ValueError(f"network must be a three_layer.Network; got a {type(network).__name__}")
    first = checks.as_float(network.first, "network.first").astype(float, copy=False)
    second = checks.as_float(network.second, "network.second").astype(float, copy=False)
    last = checks.as_float(network.last, "network.last").astype(float, copy=False)
    if first.ndim != 3 or first.shape[2] != d or second.shape != first.shape[:2]:
        raise ValueError(
            f"network.first must have shape (K, m, {d}) and network.second (K, m); got "
            f"{first.shape} and {second.shape}"
        )
    if last.shape != first.shape[:1]:
        raise ValueError(f"network.last must have shape {first.shape[:1]}; got {last.shape}")
    longest = np.sqrt(np.max(np.sum(first**2, axis=2), initial=0))
    if longest > 1 + LONGER:
        raise ValueError(
            f"network.first must have rows of length 1, or 0 where one is not used; got one of "
            f"{longest:g}: move its length into network.second"
        )
    return Network(first, second, last)
