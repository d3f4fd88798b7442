"""Deep linear networks in parallel: a convex program at every depth.

A branch is a product of L matrices, the network the sum of its branches. Its loss is

    ||sum_k X W_k1 ... W_kL - Y||^2 + (2 lam / L) sum_k (||W_k1||^L + ... + ||W_kL||^L)

with Frobenius norms: at depth L = 2 the ordinary weight decay. The least loss over any number of
branches, of any width inside, is the least value of the convex program

    min  ||X W - Y||^2 + 2 lam ||W||_*        (||.||_* the sum of the singular values)

because (2 / L) sum_l ||W_l||^L >= 2 ||W_1|| ... ||W_L|| >= 2 ||W_1 ... W_L||_*, the first step
being the inequality of the means. Both are equalities for a product of rank one with layers of one
size.
Its dual bounds every loss from below: ||Y||^2 - ||Y - Theta||^2 for any Theta with
||X' Theta|| <= lam, the norm being the largest singular value.

Shapes: X (n, d), Y (n, c), W (d, c). Source: Wang, Ergen and Pilanci, Parallel Deep Neural Networks
Have Zero Duality Gap (2023).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .. import checks
from .result import Result

# The relative gap at which the iteration ends, and the iterations after which it ends anyway.
CLOSE = 1e-10
ITERATIONS = 20_000

# Iterations between two looks at the gap, and between two changes of the step.
LOOK = 10
ADAPT = 50

# The step changes only in the first iterations: only with a fixed one is convergence certain.
SETTLED = 2000

# Where one residual is so many times the other, the step is changed by a factor of 2.
APART = 5.0

# Each iteration goes a little beyond where it leads, which takes fewer of them.
BEYOND = 1.6

# A dual point stays inside by that share, and a bound below what it proves: more than rounding.
INSIDE = 1 - 1e-12

# Singular values of data of a smaller share of the largest one are rounding.
RANK = 1e-13

# The share of the value that may be lost by leaving out a direction: the iteration has lost more.
LOST = 1e-9


@dataclass(frozen=True)
class Network:
    """Branches side by side.

    layers: L arrays, (K, d, h_1), (K, h_1, h_2) ... (K, h, c), K the number of branches.
    """

    layers: tuple[np.ndarray, ...]

    @property
    def depth(self) -> int:
        """L, the number of layers."""
        return len(self.layers)

    @property
    def branches(self) -> int:
        """K, the number of branches."""
        return len(self.layers[0])

    def product(self) -> np.ndarray:
        """W (d, c): the linear map that the network is."""
        product = self.layers[0]
        for layer in self.layers[1:]:
            product = product @ layer
        return product.sum(axis=0)

    def predict(self, X: ArrayLike) -> np.ndarray:
        """The outputs (n, c). Raises ValueError on bad input."""
        X = checks.as_data(X)
        d = self.layers[0].shape[1]
        if X.shape[1] != d:
            raise ValueError(f"X must have {d} columns, as the first layer; got {X.shape[1]}")
        return X @ self.product()


def solve(X: ArrayLike, Y: ArrayLike, lam: float, depth: int = 3) -> Result[Network]:
    """The best parallel network of that depth: as many branches as its map has rank, of width 1.

    The rank is the fewest branches that reach the optimum where depth >= 3: with fewer every loss
    is larger. lam > 0. Raises ValueError on bad input.
    """
    X, Y = _data(X, Y)
    lam = checks.as_positive(lam, "lam")
    depth = checks.as_count(depth, "depth", 2)
    U, s, V = _optimum(X, Y, lam)
    network = _rank_one_branches(U, s, V, depth)
    objective = loss(X, Y, network, lam)
    duality = _duality_gap(X, Y, lam, network.product(), float(s.sum()))
    return Result(network, objective, float(INSIDE * max(0.0, objective - duality)))


def loss(X: ArrayLike, Y: ArrayLike, network: Network, lam: float) -> float:
    """The loss of a parallel network (above). Raises ValueError on bad input."""
    X, Y = _data(X, Y)
    lam = checks.as_nonnegative(lam, "lam")
    layers = _checked(network, X.shape[1], Y.shape[1])
    error = np.sum((Network(layers).predict(X) - Y) ** 2)
    sizes = np.array([np.sqrt(np.sum(layer**2, axis=(1, 2))) for layer in layers])
    decay = 2 / len(layers) * np.sum(sizes ** len(layers))
    return float(checks.within_range(error + lam * decay, "the loss"))


def quasi_norm(singular_values: ArrayLike, depth: int) -> float:
    """The Schatten quasi-norm that one branch pays for a map with those singular values.

    (sum_i s_i^(2/L))^(L/2): the least (1 / L) sum_l ||W_l||^L of its factorisations. Raises
    ValueError on bad input.
    """
    s = checks.as_float(singular_values, "singular_values")
    depth = checks.as_count(depth, "depth", 1)
    return float(np.sum(np.abs(s) ** (2 / depth)) ** (depth / 2))


def _data(X, Y):
    """X (n, d) and Y (n, c) as floats in double precision."""
    X = checks.as_data(X).astype(float, copy=False)
    Y = checks.as_float(Y, "Y")
    if Y.ndim != 2 or len(Y) != len(X) or Y.shape[1] == 0:
        raise ValueError(
            f"Y must have shape ({len(X)}, c), one row per row of X; got {Y.shape}: "
            "use Y[:, None] for one output"
        )
    return X, checks.as_data(Y, "Y").astype(float, copy=False)


def _checked(network, d, c):
    """The layers of a network of d inputs and c outputs, as floats."""
    if not isinstance(network, Network):
        raise ValueError(f"network must be a deep_linear.Network; got a {type(network).__name__}")
    layers = tuple(checks.as_float(layer, "network.layers") for layer in network.layers)
    shapes = [layer.shape for layer in layers]
    fit = len(layers) > 0 and all(len(shape) == 3 for shape in shapes)
    fit = fit and len({shape[0] for shape in shapes}) == 1
    widths = [d, *(shape[2] for shape in shapes if len(shape) == 3)]
    if not fit or [shape[1] for shape in shapes] != widths[:-1] or widths[-1] != c:
        raise ValueError(
            f"network.layers must have shapes (K, {d}, h), (K, h, h') ... (K, h'', {c}); "
            f"got {', '.join(map(str, shapes)) or 'none'}"
        )
    return layers


def _rank_one_branches(U, s, V, depth):
    """The network of the map U diag(s) V': a branch for each s_i, all its layers of one size."""
    size = s ** (1 / depth)
    first = size[:, None, None] * U.T[:, :, None]
    last = size[:, None, None] * V.T[:, None, :]
    between = [size[:, None, None]] * (depth - 2)
    return Network((first, *between, last))


def _optimum(X, Y, lam):
    """The W of the program as U (d, r), s (r,), V (c, r): W = U diag(s) V'.

    In units in which X and Y have size 1, and in the coordinates of the singular vectors of X: S W
    for X W, diagonal S.
    """
    unit = np.ldexp(1.0, np.frexp(checks.largest(X))[1])
    left, S, right = np.linalg.svd(X / unit, full_matrices=False)
    kept = S > RANK * max(X.shape) * S.max()
    B = left[:, kept].T @ Y
    size = np.linalg.norm(B)
    empty = np.zeros((X.shape[1], 0)), np.zeros(0), np.zeros((Y.shape[1], 0))
    if not size or np.linalg.norm(X.T @ (Y / size), 2) <= lam / size:
        return empty
    B = B / size
    lam = lam / size / unit
    U, s, Vt = _alternate(S[kept], B, lam)
    rank = _needed(S[kept], B, lam, (U, s, Vt))
    return right[kept].T @ U[:, :rank], size / unit * s[:rank], Vt[:rank].T


def _alternate(S, B, lam):
    """The minimiser of ||S W - B||^2 + 2 lam ||W||_* as (U, s, V'), by alternating directions.

    W is fitted to the data near Z, Z to the norm near W, until they agree.
    """
    step = 20 * lam / np.linalg.norm(B / S[:, None], 2)  # a tenth of W's size is cut off at once
    Z = np.zeros_like(B)
    price = np.zeros_like(B)
    for k in range(1, ITERATIONS + 1):
        W = (2 * S[:, None] * B + step * (Z - price)) / (2 * S[:, None] ** 2 + step)
        ahead = BEYOND * W + (1 - BEYOND) * Z
        before = Z
        U, s, Vt = np.linalg.svd(ahead + price, full_matrices=False)
        s = np.maximum(s - 2 * lam / step, 0)
        Z = (U * s) @ Vt
        price = price + ahead - Z
        if k % LOOK == 0 and _is_close(S, B, lam, Z, s):
            break
        if k % ADAPT == 0 and k < SETTLED:
            apart = np.linalg.norm(W - Z) * np.linalg.norm(price)
            moved = np.linalg.norm(Z - before) * np.linalg.norm(Z)
            factor = 1.0
            if apart > APART * moved:
                factor = 2.0
            elif moved > APART * apart:
                factor = 0.5
            step = step * factor
            price = price / factor
    return U, s, Vt


def _is_close(S, B, lam, Z, s):
    """Whether Z, of singular values s, is an optimum up to the relative gap CLOSE."""
    fit = S[:, None] * Z
    value = np.sum((fit - B) ** 2) + 2 * lam * s.sum()
    return _gap(np.diag(S), B, lam, fit, s.sum()) <= CLOSE * value


def _needed(S, B, lam, found):
    """How many of the largest singular values of U diag(s) V' the optimum needs."""
    U, s, Vt = found

    def value(rank):
        fit = S[:, None] * ((U[:, :rank] * s[:rank]) @ Vt[:rank])
        return np.sum((fit - B) ** 2) + 2 * lam * s[:rank].sum()

    most = (1 + LOST) * value(len(s))
    return next(rank for rank in range(len(s) + 1) if value(rank) <= most)


def _duality_gap(X, Y, lam, W, nuclear):
    """How much less than the value at W any loss can be, ||W||_* being `nuclear`."""
    size = max(np.linalg.norm(Y), np.finfo(float).tiny)
    return size * (size * _gap(X, Y / size, lam / size, X @ W / size, nuclear / size))


def _gap(X, Y, lam, fit, nuclear):
    """The value at a W of output `fit` less the dual bound of its residual, scaled until feasible.

    For Theta = t (Y - X W) it is (1 - t)^2 ||Y - X W||^2 + 2 (lam ||W||_* - t <X W, Y - X W>), in
    which no large numbers cancel.
    """
    residual = Y - fit
    height = np.linalg.norm(X.T @ residual, 2)
    t = 1.0 if height <= INSIDE * lam else INSIDE * lam / height
    gap = (1 - t) ** 2 * np.sum(residual**2) + 2 * (lam * nuclear - t * np.sum(fit * residual))
    return max(0.0, float(gap))
