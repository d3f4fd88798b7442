"""The theorems that the article leans on, demonstrated."""

from itertools import product

import numpy as np
import sympy as sp

from .. import convex, networks, patterns
from ..convex import own_program
from ..loss import loss, predict
from ..networks import stationarity
from ..sections import theorems as descent_path
from .moving_patterns import narrow_runs
from .registry import Finding, claim


@claim("55")
def stationary_and_optimal():
    forward, back = [], []
    for X, y, decay, runs in narrow_runs():
        forward += [
            (
                stationarity(X, y, W, alpha, decay, kink=1e-5),
                end / own_program(X, y, W, alpha, decay).objective - 1,
            )
            for end, W, alpha in runs
        ]
        for D, s in product(patterns.enumerate_patterns(X), (1.0, -1.0)):
            V, a = convex.solve(X, y, decay, [D], tol=1e-11, signs=[s]).to_network()
            if (
                np.abs(a).max(initial=0) > 1e-3
                and (np.abs(X @ V.T) > 1e-3 * np.linalg.norm(V, axis=1)).all()
            ):
                back.append(stationarity(X, y, V, a, decay))
    residual, gap = np.array(forward).T
    still = residual < 2e-3
    exception, _, here, around = concave_kink_example()
    return Finding(
        printed=not (exception and here > max(around) + 1e-3),
        conditioned=bool(still.mean() > 0.5 and gap[still].max() < 1e-4),
        corrected=len(back) >= 3 and max(back) < 1e-4,
        shown=(
            f"Most of {len(still)} trained networks have a subgradient below 0.002;"
            " their losses are within 1e-4 of the optimum of their program."
            f" {len(back)} optima for one pattern and one sign lie inside their cones;"
            " their gradients are below 1e-4."
        ),
    )


def concave_kink_example():
    """One neuron u = (0.9, 0): (stationary?, the mixing weight, its loss, the optima of the programs around it)."""
    half, tenth = sp.Rational(1, 2), sp.Rational(1, 10)
    X, y, u, t = (
        sp.Matrix([[1, -half], [0, 1]]),
        sp.Matrix([1, tenth]),
        sp.Matrix([sp.Rational(9, 10), 0]),
        sp.symbols("t"),
    )
    sides = [sp.diag(1, on) for on in (0, 1)]  # the kink of the second point, off and on
    # of ||D X u - y||^2 + 2 lambda ||u||, and the slope between 0 and 1 that mixes them to zero
    gradients = [2 * X.T * D * (D * X * u - y) + 2 * tenth * u / u.norm() for D in sides]
    mixed = sp.solve(list((1 - t) * gradients[0] + t * gradients[1]), t)
    here = float((X * u - y).dot(X * u - y) + 2 * tenth * u.norm())
    around = [
        convex.solve(
            np.array(X, float), np.array(y, float).ravel(), 0.1, [[1, on]], signs=[1.0]
        ).objective
        for on in (0, 1)
    ]
    return bool(mixed) and 0 <= mixed[t] <= 1, mixed.get(t), here, around


@claim("56")
def concave_kink():
    stationary, weight, here, around = concave_kink_example()
    u = np.array([[0.9, 0.0]]) / np.sqrt(0.9)
    X, y = np.array([[1, -0.5], [0, 1]]), np.array([1, 0.1])
    network = loss(X, y, u, [np.sqrt(0.9)], 0.1), stationarity(X, y, u, [np.sqrt(0.9)], 0.1)
    V, a = convex.solve(
        X, y, 0.1, [[1, 1]], tol=1e-11, signs=[1.0]
    ).to_network()  # stationary, no point on its boundary
    smooth = (
        stationarity(X, y, V, a, 0.1),
        loss(X, y, V, a, 0.1) / own_program(X, y, V, a, 0.1).objective - 1,
    )
    return Finding(
        printed=not (stationary and here > max(around) + 1e-3),
        conditioned=max(smooth) < 1e-4,
        shown=(
            "$X = ((1, -1/2), (0, 1))$, $y = (1, 0.1)$, $\\lambda = 0.1$, one neuron"
            " $u = (0.9, 0)$: the gradients on the two sides of its kink mix to zero"
            f" with weight {weight}, exactly. Its loss is {here:.4f}; the programs of"
            f" the two sides reach {around[0]:.4f} and {around[1]:.4f}."
        ),
        corrected=abs(network[0] - here) < 1e-12 and network[1] < 1e-9,
    )


@claim("57")
def non_increasing_path():
    rng, decay, rises, ends, refused = np.random.default_rng(0), 0.05, [], [], False
    for _ in range(10):
        X, y = rng.normal(size=(5, 2)), rng.normal(size=5)
        best = convex.solve(X, y, decay)
        W, alpha = networks.prune(X, *best.to_network())
        for m in (5 + len(W), 20):
            start = rng.normal(size=(m, 2)), rng.normal(size=m)
            values = np.array(
                [
                    loss(X, y, *net, decay)
                    for net in descent_path.non_increasing(X, y, *start, (W, alpha))
                ]
            )
            rises.append(np.diff(values).max() / values[0])
            ends.append(values[-1] / best.objective - 1)
    try:
        descent_path.non_increasing(X, y, *(part[: len(W) - 1] for part in start), (W, alpha))
    except ValueError:
        refused = True
    return Finding(
        printed=not refused,
        conditioned=max(rises) < 1e-7 and max(ends) < 1e-5,
        shown=(
            f"{len(rises)} random starts, as wide as needed or wider: the largest rise"
            " along a path is below 1e-7 of the loss, the end within 1e-5 of the"
            " certified optimum. With fewer neurons than the optimum has, there is no"
            " such network to go to."
        ),
    )


@claim("58")
def pruning():
    rng, kept, change, dearer = np.random.default_rng(1), [], 0.0, -np.inf
    for _ in range(30):
        n, m = int(rng.integers(2, 8)), int(rng.integers(8, 40))
        X, W, alpha = (rng.normal(size=(n, 3)), rng.normal(size=(m, 3)), rng.normal(size=m))
        V, a = networks.prune(X, W, alpha)
        kept.append(len(a) / n)
        change = max(change, np.abs(predict(X, W, alpha) - predict(X, V, a)).max())
        dearer = max(dearer, (V**2).sum() + (a**2).sum() - (W**2).sum() - (alpha**2).sum())
    return Finding(
        printed=max(kept) <= 1 and change < 1e-8 and dearer < 1e-8,
        shown=(
            "30 random networks of 8 to 39 neurons on 2 to 7 points: never more than"
            " $n$ neurons left, output changed by less than 1e-8, decay never larger."
        ),
    )


@claim("59")
def one_neuron_for_each():
    rng, change, dearer, most = np.random.default_rng(0), 0.0, -np.inf, True
    for _ in range(50):
        X, W, alpha = (
            rng.normal(size=(6, 2)),
            rng.normal(size=(40, 2)),
            rng.normal(size=40),
        )
        V, a = networks.merge(X, W, alpha)
        change = max(change, np.abs(predict(X, W, alpha) - predict(X, V, a)).max())
        dearer = max(dearer, (V**2).sum() + (a**2).sum() - (W**2).sum() - (alpha**2).sum())
        D = np.column_stack([patterns.activation_patterns(X, V), a > 0])
        most &= len(np.unique(D, axis=0)) == len(D) <= 2 * patterns.count_patterns(X)
    return Finding(
        printed=change < 1e-10 and dearer < 0 and bool(most),
        shown=(
            "50 random networks of 40 neurons: merged, no pattern and sign occurs"
            " twice, the output on the data is the same to rounding and the decay is"
            " always smaller."
        ),
    )
