"""Claims of section II, specifics about equivalence: the theorem, and one, two and many neurons on a line."""

from itertools import product

import numpy as np
from scipy.optimize import linprog

from .. import convex, data, networks, patterns, train
from ..loss import loss, predict
from ..sections.equivalence import restricted_optimum
from ..train import descend_many
from .overview import SPREAD, descended
from .registry import Finding, claim


@claim("27")
def close_to_all():
    rng = np.random.default_rng(0)
    counted = all(
        len(patterns.enumerate_patterns(rng.normal(size=(n, r)))) == patterns.cover_count(n, r)
        for n in range(2, 9)
        for r in range(1, n + 1)
        if r < 6
    )
    share = {r: patterns.cover_count(100, r) / 2**100 for r in (10, 50, 90, 100)}
    exact = patterns.cover_count(100, 50) * 2 == 2**100 == patterns.cover_count(100, 100)
    return Finding(
        printed=share[10] > 0.5,
        corrected=counted and exact and share[10] < 1e-17,
        shown=(
            "Share of the $2^{100}$ for $n = 100$: "
            + ", ".join(f"{v:.2g} at rank {r}" for r, v in share.items())
            + ". Enumeration agrees with Cover's count on 30 random sets."
        ),
    )


@claim("28")
def interesting():
    def respected(X):
        def nonzero(D):
            A = -np.where(np.array(D), 1.0, -1.0)[:, None] * X
            return any(
                linprog(s * np.eye(X.shape[1])[k], A, np.zeros(len(X)), bounds=(-1, 1)).fun < -1e-7
                for k in range(X.shape[1])
                for s in (-1, 1)
            )

        return sum(map(nonzero, product((0, 1), repeat=len(X))))

    opposite, rng = np.array([[1.0, 0.0], [-1.0, 0.0]]), np.random.default_rng(0)
    general = [
        (respected(X), len(patterns.enumerate_patterns(X)))
        for X in (rng.normal(size=(5, 2)), rng.normal(size=(4, 3)))
    ]
    special = respected(opposite), len(patterns.enumerate_patterns(opposite))
    return Finding(
        printed=special[0] == special[1] and all(a == b for a, b in general),
        conditioned=all(a == b for a, b in general),
        corrected=special == (4, 2),
        shown=(
            f"Two opposite points in the plane: {special[0]} patterns have a non-zero"
            f" vector, {special[1]} an open cone. Random points: "
            + ", ".join(f"{a} and {b}" for a, b in general)
            + "."
        ),
    )


@claim("25b")
def best_any_network_reaches():
    rng, rows = np.random.default_rng(3), []
    for n, d in ((5, 2), (6, 2)):
        X, y = rng.normal(size=(n, d)), rng.normal(size=n)
        best = convex.solve(X, y, 0.05)
        tries = descend_many(
            X,
            y,
            rng.normal(size=(60, 16, d)),
            rng.normal(size=(60, 16)),
            lam=0.05,
            step=0.005,
            steps=12000,
        ).loss
        rows.append(
            (
                best.objective,
                best.gap,
                loss(X, y, *best.to_network(), 0.05),
                tries.min(),
            )
        )
    return Finding(
        printed=all(
            abs(own - p) < 1e-8 and gap < 1e-6 and -1e-6 < (low - p) / p < 2e-3
            for p, gap, own, low in rows
        ),
        shown=(
            "Two random sets: "
            + "; ".join(
                f"convex optimum {p:.3f}, its network {own:.3f}, the best of 60 descents {low:.3f}"
                for p, _, own, low in rows
            )
            + ". The gap to the dual bound is below 1e-6, so no network is better."
        ),
    )


@claim("25c")
def more_neurons_than_patterns():
    rng = np.random.default_rng(0)
    counts = [
        (n, patterns.count_patterns(rng.normal(size=(n, r))))
        for n in range(2, 9)
        for r in (2, 3, 4)
    ]
    S = data.load("landscape")
    P, best = (
        len(patterns.enumerate_patterns(S.X)),
        convex.solve(S.X, S.y, 0.1).objective,
    )
    by_width = [
        descend_many(
            S.X, S.y, rng.normal(size=(60, m, 1)), rng.normal(size=(60, m)), lam=0.1
        ).loss.min()
        for m in (1, 2, 3, 6)
    ]
    return Finding(
        printed=all(p >= n for n, p in counts)
        and np.ptp(by_width[1:]) < 1e-6
        and abs(by_width[-1] - best) < 1e-6,
        shown=(
            f"The two points of section I have {P} patterns; best loss with 1, 2, 3 and 6 neurons: "
        )
        + ", ".join(f"{v:.3f}" for v in by_width)
        + f". In {len(counts)} random sets there are always at least $n$ patterns.",
        corrected=by_width[0] > best + 0.1,
    )


@claim("29")
def subset_of_patterns():
    rng, left, stayed = np.random.default_rng(0), [], []
    X, y = rng.normal(size=(5, 2)), rng.normal(size=5)
    D = patterns.enumerate_patterns(X)
    for _ in range(40):
        chosen, signs = rng.choice(len(D), 3, replace=False), rng.choice([-1.0, 1.0], 3)
        optimum, margin, after = restricted_optimum(
            X, y, 0.01, D[chosen], signs, step=0.01, steps=3000
        )
        if np.isfinite(margin):  # otherwise the optimum has no neuron
            (stayed if margin > 1e-3 else left).append(optimum - after)
    moved = np.mean(np.array(left) > 1e-3)
    return Finding(
        printed=moved < 0.1,
        corrected=len(stayed) >= 2 and max(stayed) < 1e-6 and moved > 0.25,
        shown=(
            "Random triples of a pattern and a sign, five points: from 1e-5 beside the"
            " solution, gradient descent lowers the loss in about"
            f" {10 * round(10 * moved)}% of {len(left)} cases with a binding"
            f" constraint, in none of {len(stayed)} without."
        ),
    )


@claim("17")
def exactly_two():
    S, w = data.load("one-neuron"), np.linspace(-3, 3, 1201)
    values = np.array([loss(S.X, S.y, [[v]], [1.0]) for v in w])
    least = w[1:-1][(values[1:-1] < values[:-2]) & (values[1:-1] < values[2:])]
    curve = [loss(S.X, S.y, [[-1 / a]], [a]) for a in (0.5, 1.0, 2.0, 4.0)]
    return Finding(
        printed=np.ptp(curve) > 1e-9,
        conditioned=len(least) == 2,
        shown=(
            f"Local minima on a grid of [-3, 3]: {', '.join(f'{v:g}' for v in least)}."
            " With $\\alpha$ free, $(w, \\alpha) = (-1/\\alpha, \\alpha)$ has the loss"
            f" {curve[0]:.2f} for every $\\alpha > 0$."
        ),
    )


@claim("16")
def global_minimum_from_one_pattern():
    S = data.load("one-neuron")
    w = np.linspace(-3, 3, 1201)
    best = min(loss(S.X, S.y, [[v]], [1.0]) for v in w)
    left, right = (
        convex.solve(S.X, S.y, 0.0, [D], signs=[1.0]).objective for D in ((1, 0), (0, 1))
    )
    return Finding(
        printed=min(left, right) > best + 1e-6,
        corrected=abs(left - best) < 1e-9 and right > best + 0.5,
        shown=(
            f"Least loss of the neuron {best:.2f}; pattern (1, 0) reaches {left:.2f},"
            f" pattern (0, 1) only {right:.2f}."
        ),
    )


@claim("24")
def three_local_minima():
    S, rng, decay = data.load("landscape"), np.random.default_rng(0), 0.1
    W, alpha = rng.uniform(-2, 2, (400, 2, 1)), rng.uniform(-2, 2, (400, 2))
    trained, ends, second = descend_many(S.X, S.y, W, alpha, lam=decay, step=0.03)
    u = (second[..., None] * ends)[:, :, 0]
    shared = np.round(u[(u > 1e-3).all(axis=1)], 2)  # both neurons on the second point
    fixed = [  # without the constant decay of the fixed layer
        train.gradient_descent(
            S.X, S.y, w, np.ones(2), step=0.05, steps=600, lam=decay, train_alpha=False
        ).loss[-1]
        - 2 * decay
        for w in W[:60]
    ]
    values = [np.unique(np.round(v, 3) + 0.0) for v in (fixed, trained)]
    return Finding(
        printed=len(values[1]) == 3,
        conditioned=len(values[0]) == 3,
        corrected=len(values[1]) == 4
        and len(np.unique(shared, axis=0)) > 10
        and np.ptp(shared.sum(axis=1)) < 0.03,
        shown=(
            f"$\\lambda = 0.1$: losses {', '.join(f'{v:.3f}' for v in values[0])} with"
            f" $\\alpha = 1$; {', '.join(f'{v:.3f}' for v in values[1])} with both"
            " layers trained, the second of them at more than ten different pairs of"
            " products $\\alpha_i w_i$ of one sum."
        ),
    )


@claim("4b")
def one_neuron_for_each_pattern():
    S = data.load("landscape")
    solved = descended(S) < 1e-9
    a, b = SPREAD.T
    gap, opposite = np.abs(a - b), a * b < 0
    rule = opposite | (gap > np.where(a > 0, 2, 1))
    sure = opposite | (
        np.abs(gap - np.where(a > 0, 2, 1)) > 0.05
    )  # away from the edge of the basin
    jumps = np.mean(descended(S, step=0.6, steps=3000) < 1e-9)
    return Finding(
        printed=bool(np.array_equal(solved, opposite)),
        conditioned=bool(solved[opposite].all()),
        shown=(
            f"All {opposite.sum()} starts with opposite signs reach loss 0, and so do"
            f" {np.sum(solved & ~opposite)} of the {np.sum(~opposite)} others, exactly"
            " those the rule names. With step 0.6, more than 90% of all starts do."
        ),
        corrected=bool(np.array_equal(solved[sure], rule[sure])) and jumps > 0.9,
    )


@claim("23")
def leaving_out_constraints():
    X, decay = np.array([[-1.0], [1.0]]), 0.1

    def gap(
        y,
    ):  # of the network that the unconstrained solution maps to, above the best network
        target = y[::-1] * [
            1,
            -1,
        ]  # u_1 sees the second point, u_2 the first: two soft thresholds
        u = np.sign(target) * np.maximum(np.abs(target) - decay, 0)
        size = np.sqrt(np.abs(u))
        return loss(X, y, (u / size)[:, None], size, decay) - convex.solve(X, y, decay).objective

    positive, negative = (
        [gap(np.array(y)) for y in ((1.0, 2.0), (0.5, 3.0))],
        gap(np.array([1.0, -2.0])),
    )
    return Finding(
        printed=abs(negative) < 1e-6 and max(positive) < 1e-6,
        conditioned=max(np.abs(positive)) < 1e-6,
        shown=(
            f"Mapped back, its solution is {max(map(abs, positive)):.3f} above the best"
            f" network for two sets of positive labels, {negative:.2f} above for $y ="
            " (1, -2)$."
        ),
        corrected=negative > 1,
    )


@claim("30")
def merging():
    S, rng = data.load("two-points"), np.random.default_rng(0)
    W, alpha = np.array([[0.5, 0.025], [1.0, -0.9]]), np.array([1.0, 1.0])
    one, between = networks.merge(S.X, W, alpha), data.with_bias([0.4])
    data_change, change = (
        abs(predict(Z, *one)[0] - predict(Z, W, alpha)[0]) for Z in (S.X, between)
    )
    signed = W.sum(axis=0, keepdims=True), np.ones(1)
    mixed = np.abs(predict(S.X, *signed) - predict(S.X, W, np.array([1.0, -1.0]))).max()
    cheaper = []
    for _ in range(50):
        V, a = rng.normal(size=(8, 2)), np.abs(rng.normal(size=8))
        cheaper.append(
            loss(S.X, S.y, *networks.merge(S.X, V, a), 0.1) <= loss(S.X, S.y, V, a, 0.1) + 1e-12
        )
    same = len(one[1]) == 1 and data_change < 1e-12
    return Finding(
        printed=same and change < 1e-9 and mixed < 1e-9,
        conditioned=same and all(cheaper),
        corrected=mixed > 0.1,
        shown=(
            "Two neurons of one pattern: output on the data unchanged to rounding, at"
            f" $x = 0.4$ changed by {change:.2f}; with opposite signs, summing the"
            f" weights is off by {mixed:.1f}. The loss with decay never rose in 50"
            " random merges."
        ),
    )
