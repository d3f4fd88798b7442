"""The theorems that the article leans on, demonstrated."""

from itertools import product
from typing import NamedTuple

import numpy as np
import sympy as sp

from .. import convex, experiments, networks, patterns
from ..convex import own_program
from ..loss import loss
from ..networks import stationarity
from ..sections.theorems import non_increasing, one_more_at_a_time, one_neuron_valleys
from .registry import Finding, claim


@claim("55")
def stationary_and_optimal():
    residual = []  # of trained networks: the shortest subgradient
    gap = []  # and how far they are above the optimum of their own program
    back = []  # of optima inside their cones: the shortest subgradient
    for S in experiments.narrow_runs():
        for end, W, alpha in S.networks:
            own = own_program(S.X, S.y, W, alpha, S.lam).objective
            residual.append(stationarity(S.X, S.y, W, alpha, S.lam, kink=1e-5))
            gap.append(end / own - 1)
        for D, s in product(patterns.enumerate_patterns(S.X), (1.0, -1.0)):
            W, alpha = convex.solve(S.X, S.y, S.lam, [D], tol=1e-11, signs=[s]).to_network()
            used = np.abs(alpha).max(initial=0) > 1e-3
            inside = np.abs(S.X @ W.T) > 1e-3 * np.linalg.norm(W, axis=1)
            if used and inside.all():
                back.append(stationarity(S.X, S.y, W, alpha, S.lam))
    still = np.array(residual) < 2e-3
    optimal = np.array(gap)[still].max() < 1e-4
    exceptions = [concave_kink_example().stationary_above_both, *map(stuck_at_zero, (0.0, 0.1))]
    return Finding(
        printed=not any(exceptions),
        conditioned=bool(still.mean() > 0.5 and optimal),
        corrected=all(exceptions) and len(back) >= 3 and max(back) < 1e-4,
        shown=(
            f"Most of {len(still)} trained networks have a subgradient below 0.002; their"
            f" losses are within 1e-4 of the optimum of their program. {len(back)} optima"
            " for one pattern and one sign lie inside their cones; their gradients are below"
            " 1e-4. For $X = I$, $y = (1, -1)$ a zero network is stationary, with decay 0.1 as a"
            " whole, without decay already where only its second layer is zero, and its own"
            " pattern's program goes lower."
        ),
    )


def stuck_at_zero(lam):
    """Whether a neuron of second layer 0 stands still above the optimum of its own pattern."""
    X = np.eye(2)
    y = np.array([1.0, -1.0])
    W = np.ones((1, 2)) if lam == 0 else np.zeros((1, 2))
    alpha = np.zeros(1)
    still = stationarity(X, y, W, alpha, lam) < 1e-12
    best = convex.solve(X, y, lam, [[1, 1]]).objective
    return bool(still and best < loss(X, y, W, alpha, lam) - 0.1)


class Kink(NamedTuple):
    """The neuron u = (0.9, 0) at the kink of a second point.

    weight: of the mixture of the two sides' gradients that vanishes (None if none does);
    loss: its own; sides: the optima of the programs with that point off and on.
    """

    weight: sp.Expr | None
    loss: float
    sides: list[float]

    @property
    def stationary_above_both(self) -> bool:
        """Is 0 a subgradient there, and the loss still above both programs?"""
        stationary = self.weight is not None and 0 <= self.weight <= 1
        return bool(stationary and self.loss > max(self.sides) + 1e-3)


def concave_kink_example() -> Kink:
    """The example of entry 56, exactly."""
    lam = sp.Rational(1, 10)
    X = sp.Matrix([[1, -sp.Rational(1, 2)], [0, 1]])
    y = sp.Matrix([1, lam])
    u = sp.Matrix([sp.Rational(9, 10), 0])
    t = sp.symbols("t")

    def gradient(on):
        """Of ||D X u - y||^2 + 2 lam ||u||, the second point on or off."""
        D = sp.diag(1, on)
        return 2 * X.T * D * (D * X * u - y) + 2 * lam * u / u.norm()

    def optimum(on):
        as_floats = (np.array(X, float), np.array(y, float).ravel(), float(lam))
        return convex.solve(*as_floats, [[1, on]], signs=[1.0]).objective

    mixed = sp.solve(list((1 - t) * gradient(0) + t * gradient(1)), t)
    return Kink(
        weight=mixed[t] if mixed else None,
        loss=float((X * u - y).dot(X * u - y) + 2 * lam * u.norm()),
        sides=[optimum(on) for on in (0, 1)],
    )


@claim("56")
def concave_kink():
    exact = concave_kink_example()
    X = np.array([[1, -0.5], [0, 1]])
    y = np.array([1, 0.1])
    lam = 0.1
    network = (np.array([[0.9, 0.0]]) / np.sqrt(0.9), np.array([np.sqrt(0.9)]))
    same_loss = abs(loss(X, y, *network, lam) - exact.loss) < 1e-12
    still = stationarity(X, y, *network, lam) < 1e-9

    # a stationary network none of whose neurons has a point on its boundary
    smooth = convex.solve(X, y, lam, [[1, 1]], tol=1e-11, signs=[1.0]).to_network()
    gap = loss(X, y, *smooth, lam) / own_program(X, y, *smooth, lam).objective - 1
    return Finding(
        printed=not exact.stationary_above_both,
        conditioned=max(stationarity(X, y, *smooth, lam), gap) < 1e-4,
        corrected=same_loss and still,
        shown=(
            "$X = ((1, -1/2), (0, 1))$, $y = (1, 0.1)$, $\\lambda = 0.1$, one neuron $u ="
            " (0.9, 0)$: the gradients on the two sides of its kink mix to zero with weight"
            f" {exact.weight}, exactly. Its loss is {exact.loss:.4f}; the programs of the"
            f" two sides reach {exact.sides[0]:.4f} and {exact.sides[1]:.4f}."
        ),
    )


@claim("57")
def non_increasing_path():
    rng = np.random.default_rng(0)
    lam = 0.05
    rises = []
    ends = []
    widths = []
    for _ in range(4):
        X = rng.normal(size=(5, 2))
        y = rng.normal(size=5)
        best = convex.solve(X, y, lam)
        goal = networks.prune(X, *best.to_network())
        start = (rng.normal(size=(20, 2)), rng.normal(size=20))
        paths = [non_increasing(X, *start, goal), one_more_at_a_time(X, y, lam, start)]
        widths.append(max(len(alpha) for _, alpha in paths[1][1:]) - len(X))
        for path in paths:
            values = np.array([loss(X, y, *network, lam) for network in path])
            rises.append(np.diff(values).max() / values[0])
            ends.append(values[-1] / best.objective - 1)
    valleys = one_neuron_valleys(lam)
    return Finding(
        printed=valleys.between <= max(valleys.left, valleys.right) + 1e-9,
        conditioned=max(rises) < 1e-7 and max(ends) < 1e-5 and max(widths) <= 1,
        corrected=valleys.between > max(valleys.left, valleys.right) + 0.1,
        shown=(
            f"{len(widths)} random starts on five points, by both ways: the largest rise along a"
            " path is below 1e-7 of the loss, the end within 1e-5 of the certified optimum; the"
            " second way never has more than six neurons once it is pruned. One neuron, two"
            f" points, decay 0.05: valleys of {valleys.left:.4f} and {valleys.right:.4f},"
            " and a loss"
            f" of at least {valleys.between:.2f} on every path from one to the other."
        ),
    )


def decay(network):
    """||W||^2 + ||alpha||^2 of a network."""
    W, alpha = network
    return (W**2).sum() + (alpha**2).sum()


@claim("58")
def pruning():
    rng = np.random.default_rng(1)
    kept = []
    change = []
    dearer = []
    for _ in range(30):
        n = rng.integers(2, 8)
        m = rng.integers(8, 40)
        X = rng.normal(size=(n, 3))
        network = (rng.normal(size=(m, 3)), rng.normal(size=m))
        pruned = networks.prune(X, *network)
        kept.append(len(pruned[1]) / n)
        change.append(networks.largest_gap(network, pruned, X))
        dearer.append(decay(pruned) - decay(network))
    return Finding(
        printed=max(kept) <= 1 and max(change) < 1e-8 and max(dearer) < 1e-8,
        shown=(
            f"{len(kept)} random networks of 8 to 39 neurons on 2 to 7 points: never more than"
            " $n$ neurons left, output changed by less than 1e-8, decay never larger."
        ),
    )


@claim("59")
def one_neuron_for_each():
    rng = np.random.default_rng(0)
    change = []
    dearer = []
    once = True
    for _ in range(50):
        X = rng.normal(size=(6, 2))
        network = (rng.normal(size=(40, 2)), rng.normal(size=40))
        merged = networks.merge(X, *network)
        W, alpha = merged
        change.append(networks.largest_gap(network, merged, X))
        dearer.append(decay(merged) - decay(network))
        pairs = np.column_stack([patterns.activation_patterns(X, W), alpha > 0])
        different = len(np.unique(pairs, axis=0))
        once &= different == len(pairs) <= 2 * patterns.count_patterns(X)
    return Finding(
        printed=max(change) < 1e-10 and max(dearer) < 0 and once,
        shown=(
            f"{len(change)} random networks of 40 neurons: merged, no pattern and sign occurs"
            " twice, the output on the data is the same to rounding and the decay is always"
            " smaller."
        ),
    )
