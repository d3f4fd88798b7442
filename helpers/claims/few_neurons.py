"""Claims of section II, specifics about equivalence: one, two and many neurons on a line."""

import numpy as np

from .. import convex, data, train
from ..landscape import descend, descend_both, two_neuron_loss
from ..loss import loss, predict
from .overview import SPREAD
from .registry import Finding, claim


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
        convex.solve(S.X, S.y, 0.0, [D], signs=[1.0]).objective
        for D in ((1, 0), (0, 1))
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
    trained, ends, second = descend_both(S.X, S.y, W, alpha, decay, 0.03, 3000)
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
    solved = two_neuron_loss(S.X, S.y, descend(S.X, S.y, SPREAD)) < 1e-9
    a, b = SPREAD.T
    gap, opposite = np.abs(a - b), a * b < 0
    rule = opposite | (gap > np.where(a > 0, 2, 1))
    sure = opposite | (
        np.abs(gap - np.where(a > 0, 2, 1)) > 0.05
    )  # away from the edge of the basin
    jumps = np.mean(
        two_neuron_loss(S.X, S.y, descend(S.X, S.y, SPREAD, step=0.6, steps=3000))
        < 1e-9
    )
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
        return (
            loss(X, y, (u / size)[:, None], size, decay)
            - convex.solve(X, y, decay).objective
        )

    positive, negative = [gap(np.array(y)) for y in ((1.0, 2.0), (0.5, 3.0))], gap(
        np.array([1.0, -2.0])
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
    one, between = convex.merge(S.X, W, alpha), data.with_bias([0.4])
    data_change, change = (
        abs(predict(Z, *one)[0] - predict(Z, W, alpha)[0]) for Z in (S.X, between)
    )
    signed = W.sum(axis=0, keepdims=True), np.ones(1)
    mixed = np.abs(predict(S.X, *signed) - predict(S.X, W, np.array([1.0, -1.0]))).max()
    cheaper = []
    for _ in range(50):
        V, a = rng.normal(size=(8, 2)), np.abs(rng.normal(size=8))
        cheaper.append(
            loss(S.X, S.y, *convex.merge(S.X, V, a), 0.1)
            <= loss(S.X, S.y, V, a, 0.1) + 1e-12
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
