"""Networks with several outputs: three convex programs, solved with a proof.

The network and its loss, for labels Y (n, c):

    f = sum_j (X w_j)_+ v_j',    ||f - Y||^2 + lam sum_j (||w_j||^2 + ||v_j||^2)

"relu": min ||sum_i D_i X V_i - Y||^2 + 2 lam sum_i ||V_i||_{K_i}, where a block V (d, c) costs the
least sum of ||u_j|| ||v_j|| over all V = sum_j u_j v_j' with u_j in K_i: the nuclear norm with the
cones in it. K_i is cut into simplicial cones of rays C (d, r), a block each. There
``V = C B`` costs the least (tr C A C' + tr Q) / 2 with [[A, B], [B', Q]] positive semidefinite and
A a sum of a a' with a >= 0. Up to 4 rays that is to say that A is positive semidefinite and nowhere
negative; beyond, it is not, and the program is refused.

"gated": neurons D_g X w v' with g of the patterns of X, the cones left out: ||V_i||_* is the
nuclear norm. "one-vs-all": every neuron feeds one output, which makes one program of `convex` an
output.

The dual bounds every loss from below: ``||Y||^2 - ||Y - Theta||^2`` for any Theta (n, c) with
``||Theta' D_i X u|| <= lam`` for all u of length 1 ("relu": in K_i) and all i.
Shapes: X (n, d), Y (n, c).
Source: Sahiner, Ergen, Pauly, Pilanci, Vector-output ReLU neural network problems are copositive
programs (2021).
"""

from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import cvxpy as cp
import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import linprog

from .. import checks, convex, networks
from ..doubles import lengths
from ..loss import relu
from .completely_positive import factors
from .cones import Cones, cones, simplices
from .conic import solved
from .result import Result, better_of, scaled_bound

KINDS = ("relu", "gated", "one-vs-all")

RAYS = 4  # up to here a matrix without negative entries that is semidefinite is a sum of a a'
BLOCKS = 20_000  # simplicial cones: an eigenvalue problem a face each in every round
ROUNDS = 60  # of adding blocks to the program: a dozen were enough wherever it was tried
AT_A_TIME = 6  # blocks that a round adds: more make the programs larger, fewer make more of them
SAME = 1e-6  # between unit vectors: directions no farther apart are one
UNUSED = 1e-9  # a part of a smaller share of all is what a solver leaves of zero
ROUNDED = 1 + 1e-10  # by how much a largest value may be too small

# Eigenvalues closer than this share are taken together; a vector is in a cone if no coefficient is
# below the negative of INSIDE.
TOGETHER = 1e-7
INSIDE = 1e-6


@dataclass(frozen=True)
class Network:
    """A network of m neurons.

    W (m, d): first layer. V (m, c): second layer. gates (m, n), booleans: with "gated", the points
    that each neuron sees, whatever its W; else None.
    """

    W: np.ndarray
    V: np.ndarray
    gates: np.ndarray | None = None


def solve(
    X: ArrayLike,
    Y: ArrayLike,
    lam: float,
    kind: str = "relu",
    tol: float = 1e-6,
) -> Result[Network]:
    """The best network of that kind, of any width, and a proof of how good it is.

    kind: "relu", "gated" or "one-vs-all". lam must be positive. tol: the relative gap asked for.
    Raises ValueError on bad input; with "relu" where X has a rank above 4; with "relu" and "gated"
    as `cones.cones`, where there are too many patterns or rounding leaves them in doubt; with
    "one-vs-all" as `convex.solve`.
    """
    X = checks.as_data(X).astype(float, copy=False)
    Y = _labels(Y, len(X))
    lam = checks.as_positive(lam, "lam")
    kind = checks.as_choice(kind, "kind", KINDS)
    tol = checks.as_nonnegative(tol, "tol")
    if kind == "one-vs-all":
        network, bound = _one_vs_all(X, Y, lam, tol)
    else:
        network, bound = _joint(X, Y, lam, kind, tol)
    objective = loss(X, Y, network, lam, kind)
    empty = _without_neurons(X, Y, kind)
    return better_of(network, objective, empty, float(np.sum(Y * Y)), bound)


def loss(
    X: ArrayLike,
    Y: ArrayLike,
    network: Network,
    lam: float,
    kind: str = "relu",
) -> float:
    """The network's loss.

    With "gated" a neuron sees the points of its gate. Raises ValueError on bad input: with
    "one-vs-all" also where a neuron feeds two outputs.
    """
    X = checks.as_data(X).astype(float, copy=False)
    Y = _labels(Y, len(X))
    lam = checks.as_nonnegative(lam, "lam")
    kind = checks.as_choice(kind, "kind", KINDS)
    network = _checked(network, X, Y, kind)
    Z = X @ network.W.T
    seen = relu(Z) if network.gates is None else np.where(network.gates.T, Z, 0.0)
    residual = seen @ network.V - Y
    decay = np.sum(np.square(network.W)) + np.sum(np.square(network.V))
    return float(checks.within_range(np.sum(np.square(residual)) + lam * decay, "the loss"))


def _labels(Y, n):
    """Y as floats of shape (n, c), c >= 1."""
    Y = checks.as_float(Y, "Y").astype(float, copy=False)
    if Y.ndim != 2 or len(Y) != n or Y.shape[1] == 0:
        raise ValueError(
            f"Y must have shape ({n}, c), one row per row of X and a column an output; got "
            f"{Y.shape}: use Y[:, None] for one output"
        )
    for column in Y.T:
        checks.as_labels(column, n, "Y")
    return Y


def _checked(network, X, Y, kind):
    """The network with arrays of matching shapes, gates only where they count."""
    if not isinstance(network, Network):
        kind = type(network).__name__
        raise ValueError(f"network must be a vector_output.Network; got a {kind}")
    W = checks.as_weights(network.W, X.shape[1])
    V = checks.as_float(network.V, "V")
    if V.shape != (len(W), Y.shape[1]):
        raise ValueError(
            f"V must have shape {(len(W), Y.shape[1])}, one row a neuron and a column an output; "
            f"got {V.shape}"
        )
    if kind == "gated":
        if network.gates is None:
            raise ValueError("network must have gates, one row a neuron, with kind 'gated'")
        gates = checks.as_patterns(network.gates, len(X), "gates")
        if len(gates) != len(W):
            raise ValueError(f"gates must have {len(W)} rows, one a neuron; got {len(gates)}")
        return Network(W, V, gates)
    if kind == "one-vs-all" and (np.count_nonzero(V, axis=1) > 1).any():
        raise ValueError(
            "network must have neurons that feed one output each, with kind 'one-vs-all'; got one "
            "that feeds two: kind 'relu' has the loss of such networks"
        )
    return Network(W, V)


def _without_neurons(X, Y, kind):
    gates = np.zeros((0, len(X)), bool) if kind == "gated" else None
    return Network(np.zeros((0, X.shape[1])), np.zeros((0, Y.shape[1])), gates)


def _one_vs_all(X, Y, lam, tol):
    """The network and the bound of one program an output."""
    W = [np.zeros((0, X.shape[1]))]
    V = [np.zeros((0, Y.shape[1]))]
    bound = 0.0
    for k, y in enumerate(Y.T):
        solution = convex.solve(X, y, lam, tol=tol)
        w, alpha = networks.prune(X, *solution.to_network())
        W.append(w)
        V.append(alpha[:, None] * np.eye(Y.shape[1])[k])
        bound += solution.lower_bound
    return Network(np.vstack(W), np.vstack(V)), bound


class Program:
    """The blocks of "relu" or "gated" in units in which X and Y have length 1.

    rays (B, r', d): of each block, all of R^d's rows that count for "gated". pattern (B,): the
    number of its pattern.
    """

    def __init__(self, X: np.ndarray, Y: np.ndarray, lam: float, kind: str):
        found = cones(X)
        self.gated = kind == "gated"
        self.patterns = found.patterns
        self.X_length = float(lengths(X.reshape(1, -1))[0])
        self.Y_length = float(lengths(Y.reshape(1, -1))[0])
        self.X = X / self.X_length
        self.Y = Y / self.Y_length
        self.lam = lam / (self.X_length * self.Y_length)
        if self.gated:
            self._whole(found)
        else:
            self._cut(found)

    def _whole(self, found: Cones) -> None:
        """Blocks of the rows of X, without cones: one orthonormal basis for all."""
        basis = np.linalg.svd(self.X, full_matrices=False)[2][: found.coordinates.rank]
        self.pattern = np.arange(len(self.patterns))
        self.rays = np.broadcast_to(basis, (len(self.patterns), *basis.shape))

    def _cut(self, found: Cones) -> None:
        """Blocks of simplicial cones."""
        rank = found.coordinates.rank
        if rank > RAYS:
            raise ValueError(
                f"X must have a rank of at most {RAYS} with kind 'relu', for cones of at most "
                f"{RAYS} rays, where the program is exact; got rank {rank}, and cones of at least "
                f"{rank} rays: use columns that span less, or kind 'gated' or 'one-vs-all'"
            )
        self.pattern, numbers = simplices(found)
        if len(numbers) > BLOCKS:
            raise ValueError(
                f"X must have cones that are cut into at most {BLOCKS:,} simplicial ones, a block "
                f"each; got {len(numbers):,}: use fewer points"
            )
        # The shortest weights of an output on X are a combination of its rows.
        U, S, Vt = np.linalg.svd(self.X, full_matrices=False)
        to_weights = Vt[:rank].T / S[:rank] @ U[:, :rank].T @ found.coordinates.Q
        directions = found.rays @ to_weights.T
        self.rays = (directions / lengths(directions)[:, None])[numbers]
        self.faces = [Face(self.rays, some) for some in _subsets(rank)]

    def seen(self, b: int) -> np.ndarray:
        """D_i X C of block b: (n, r)."""
        return np.where(self.patterns[self.pattern[b]][:, None], self.X @ self.rays[b].T, 0.0)

    def price(self, Theta: np.ndarray) -> np.ndarray:
        """The largest ||Theta' D_i X u|| over the u of length 1 of every block, exactly: (B,)."""
        pulls = np.einsum("pn,nc,nd->pcd", self.patterns.astype(float), Theta, self.X)
        if self.gated:
            return ROUNDED * np.linalg.norm(pulls, 2, axis=(1, 2))
        pulls = pulls[self.pattern]
        best = np.zeros(len(self.pattern))
        for face in self.faces:
            best = np.maximum(best, face.largest(pulls, best))
        return ROUNDED * best


def _subsets(rank):
    """The sets of rays of the faces of a simplicial cone, the smaller first."""
    return [s for size in range(1, rank + 1) for s in combinations(range(rank), size)]


class Face:
    """One face of every block: what the largest ||N u|| inside it is.

    basis (B, d, k): orthonormal, of the span of its rays; coefficients (B, k, k): those of the
    rays, from coordinates in that basis.
    """

    def __init__(self, rays: np.ndarray, some: tuple[int, ...]):
        own = np.swapaxes(rays[:, list(some)], 1, 2)
        self.basis, triangle = np.linalg.qr(own)
        self.coefficients = np.linalg.inv(triangle)

    def largest(self, pulls: np.ndarray, known: np.ndarray) -> np.ndarray:
        """The largest ||N u|| over ||u|| = 1 inside the face, where it is above `known`: (B,).

        pulls (B, c, d): N. A maximum inside a face is one on the whole span of the face: its vector
        is of the largest eigenvalue of N'N there.
        """
        N = pulls @ self.basis
        values, vectors = np.linalg.eigh(np.swapaxes(N, 1, 2) @ N)
        top = values[:, -1]
        found = np.zeros(len(N))
        for b in np.flatnonzero(top > known**2):
            alike = values[b] >= top[b] * (1 - TOGETHER)
            if _meets(self.coefficients[b] @ vectors[b][:, alike]):
                found[b] = np.sqrt(top[b])
        return found


def _meets(A):
    """Whether some combination of A's columns is nowhere negative, and not zero."""
    A = A / np.abs(A).max(axis=0)
    if A.shape[1] == 1:
        return bool((A >= -INSIDE).all() or (A <= INSIDE).all())
    free = [(None, None)] * A.shape[1]
    ones = A.sum(axis=0)[None]
    feasible = linprog(ones[0] * 0, -A, np.full(len(A), INSIDE), ones, [1.0], bounds=free)
    return feasible.status == 0


class Part(NamedTuple):
    """A block's share of a point of the program: A (r, r) and B (r, c)."""

    block: int
    A: np.ndarray
    B: np.ndarray


def _joint(X, Y, lam, kind, tol):
    """The network and the bound of "relu" or "gated"."""
    if not (X.any() and Y.any()):
        return _without_neurons(X, Y, kind), float(np.sum(Y * Y))
    program = Program(X, Y, lam, kind)
    scale = program.Y_length**2
    parts = []
    output = np.zeros(Y.shape)
    value = 1.0
    bound = 0.0
    known = []
    for _ in range(ROUNDS):
        Theta = program.Y - output
        prices = program.price(Theta)
        bound = max(bound, scaled_bound(program.Y, Theta, prices.max(), program.lam))
        if value - bound <= tol * bound:
            break
        order = np.argsort(-prices, kind="stable")
        new = [int(b) for b in order if prices[b] > program.lam and b not in known][:AT_A_TIME]
        if not new:
            break
        known = known + new
        parts = _optimum(program, known)
        output = sum(program.seen(part.block) @ part.B for part in parts)
        value = _value(program, parts, output)
    network = _network(program, parts, kind)
    return network, bound * scale


def _value(program, parts, output):
    """The program's value where each part costs what its trace says."""
    residual = output - program.Y
    cost = 0.0
    for part in parts:
        C = program.rays[part.block]
        Q = part.B.T @ np.linalg.pinv(part.A, hermitian=True) @ part.B
        cost += (np.trace(C.T @ part.A @ C) + np.trace(Q)) / 2
    return float(np.sum(residual * residual) + 2 * program.lam * cost)


def _optimum(program, blocks):
    """The optimum over these blocks, a Part each."""
    r = program.rays.shape[1]
    c = program.Y.shape[1]
    fitted = 0
    cost = 0
    constraints = []
    variables = []
    for b in blocks:
        whole = cp.Variable((r + c, r + c), PSD=True)
        C = program.rays[b]
        fitted = fitted + program.seen(b) @ whole[:r, r:]
        cost = cost + cp.trace(C.T @ whole[:r, :r] @ C) + cp.trace(whole[r:, r:])
        if not program.gated:
            constraints.append(whole[:r, :r] >= 0)
        variables.append(whole)
    error = cp.sum_squares(fitted - program.Y)
    solved(cp.Problem(cp.Minimize(error + program.lam * cost), constraints))
    values = [v.value for v in variables]
    return [Part(b, value[:r, :r], value[:r, r:]) for b, value in zip(blocks, values, strict=True)]


def _network(program, parts, kind):
    """The network of a point of the program, in the units of the data."""
    neurons = _merged(_all_neurons(program, parts), program.gated)
    if not len(neurons.V):
        return _without_neurons(program.X, program.Y, kind)
    neurons = _refitted(program, neurons)
    sizes = lengths(neurons.V)
    unit = neurons.V / sizes[:, None]
    root = np.sqrt(sizes * program.Y_length / program.X_length)[:, None]
    gates = program.patterns[neurons.pattern] if program.gated else None
    return Network(root * neurons.W, root * unit, gates)


class Neurons(NamedTuple):
    """Directions W (m, d), of length 1, second layer V (m, c), numbers of their patterns (m,)."""

    W: np.ndarray
    V: np.ndarray
    pattern: np.ndarray

    def larger(self) -> "Neurons":
        """Those that are more than what a solver leaves of zero."""
        sizes = lengths(self.V)
        used = sizes > UNUSED * sizes.sum()
        return Neurons(self.W[used], self.V[used], self.pattern[used])


def _all_neurons(program, parts):
    """The neurons of all parts."""
    W = [np.zeros((0, program.X.shape[1]))]
    V = [np.zeros((0, program.Y.shape[1]))]
    pattern = []
    for part in parts:
        pairs = _gated_neurons if program.gated else _neurons
        for w, v in pairs(program.rays[part.block], part):
            length = np.linalg.norm(w)
            if length > 0:
                W.append(w / length)
                V.append(length * v)
                pattern.append(program.pattern[part.block])
    return Neurons(np.vstack(W), np.vstack(V), np.array(pattern, int)).larger()


def _merged(neurons, gated):
    """Neurons of one direction added up; gated ones only where they are of one pattern."""
    W, V, pattern = neurons
    kept = []
    total = V.copy()
    for k in range(len(W)):
        same = [j for j in kept if np.linalg.norm(W[j] - W[k]) < SAME]
        if gated:
            same = [j for j in same if pattern[j] == pattern[k]]
        if same:
            total[same[0]] += V[k]
        else:
            kept.append(k)
    return Neurons(W[kept], total[kept], pattern[kept])


def _gated_neurons(basis, part):
    """Pairs (w, v) with sum of w v' the block's, from its singular value decomposition."""
    left, sizes, right = np.linalg.svd(part.B, full_matrices=False)
    return [(size * (w @ basis), v) for w, size, v in zip(left.T, sizes, right, strict=True)]


def _neurons(rays, part):
    """Pairs (u, v), u in the cone, with sum of u v' the block's: v = B' A^+ a for A = sum a a'."""
    inverse = np.linalg.pinv(part.A, rcond=UNUSED, hermitian=True)
    return [(a @ rays, part.B.T @ inverse @ a) for a in factors(part.A)]


def _refitted(program, neurons):
    """The same directions with the best second layer for them, if the solver finds a better one."""
    seen = program.X @ neurons.W.T
    if program.gated:
        seen = np.where(program.patterns[neurons.pattern].T, seen, 0.0)
    else:
        seen = relu(seen)
    V = cp.Variable(neurons.V.shape)
    error = cp.sum_squares(seen @ V - program.Y)
    cost = cp.sum(cp.norm(V, axis=1))
    solved(cp.Problem(cp.Minimize(error + 2 * program.lam * cost)))
    refitted = neurons._replace(V=V.value).larger()
    before = _cost(program, seen, neurons.V)
    after = _cost(program, seen, V.value)
    return refitted if after < before else neurons


def _cost(program, seen, V):
    """The loss of balanced neurons of unit directions, of which the points see so much."""
    residual = seen @ V - program.Y
    return np.sum(residual * residual) + 2 * program.lam * lengths(V).sum()
