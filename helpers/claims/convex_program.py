"""Claims of section II, general case."""

from itertools import product

import numpy as np

from .. import convex, experiments, networks, patterns, train
from ..loss import loss
from ..sections.convex_program import cone_descent
from .registry import Finding, claim


@claim("15")
def pattern_of_a_feasible_neuron():
    X, u, rng = np.eye(2), np.array([1.0, 0.0]), np.random.default_rng(0)
    respected = [
        D for D in product((0, 1), repeat=2) if ((2 * np.array(D) - 1) * (X @ u) >= 0).all()
    ]
    Y = rng.integers(-3, 4, (6, 3)).astype(float)
    exact = all(
        np.array_equal(D * (Y @ v), np.maximum(Y @ v, 0))
        for v in rng.integers(-3, 4, (200, 3))
        for D in product((0, 1), repeat=6)
        if ((2 * np.array(D) - 1) * (Y @ v) >= 0).all()
    )
    return Finding(
        printed=len(respected) == 1,
        corrected=exact and len(respected) == 2,
        shown=(
            "$X = I$, $u = (1, 0)$ respects the constraints of the patterns"
            f" {' and '.join(map(str, respected))}. $D X u = (X u)_+$ for 200 integer"
            " vectors, many on borders, and each pattern whose constraints they"
            " respect, exactly."
        ),
    )


@claim("25")
def only_n_neurons():
    rng, counts, change = np.random.default_rng(1), [], 0.0
    for n, d in ((4, 2), (5, 3), (6, 2), (7, 3)):
        X, y = rng.normal(size=(n, d)), rng.normal(size=n)
        W, alpha = convex.solve(X, y, 0.01).to_network()
        pruned = networks.prune(X, W, alpha)
        before, after = (loss(X, y, *net, 0.01) for net in ((W, alpha), pruned))
        counts.append((n, len(pruned[1])))
        change = max(change, (after - before) / before)
    return Finding(
        printed=all(k <= n for n, k in counts) and change < 1e-9,
        shown=(
            f"An optimum with decay 0.01, pruned, for $n$ of {', '.join(str(n) for n, _ in counts)} points: never more"
            f" than $n$ neurons, {'and the loss never rises' if change < 1e-9 else 'but the loss rises'}."
        ),
    )


@claim("26")
def mapping_to_a_network():
    def losses(X, y, D):
        S = convex.solve(X, y, 0.01, D)
        W, alpha = S.to_network()
        return (
            int(np.sum(np.abs(alpha) > 1e-3)),
            loss(X, y, W, alpha, 0.01),
            S.objective,
        )

    X = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    single = losses(X, np.array([1.0, 2.0, 3.0]), [[1, 1, 1]])
    both = losses(np.eye(2), np.array([1.0, -1.0]), [[1, 1]])
    return Finding(
        printed=both[0] == 1,
        conditioned=single[0] == 1 and abs(single[1] - single[2]) < 1e-9,
        shown=(
            f"One pattern, positive labels: {single[0]} neuron, loss equal to the"
            f" convex optimum. $X = I$, $y = (1, -1)$, one pattern: {both[0]} neurons,"
            f" loss {both[1]:.4f}, again the convex optimum."
        ),
        corrected=both[0] == 2 and abs(both[1] - both[2]) < 1e-9,
    )


@claim("31")
def similar_trajectories():
    S, run = experiments.run("one neuron", train.gradient_descent, step=0.01, steps=6000)
    _, path, errors = cone_descent(S.X, S.y, run.W[0, 0], step=0.01, steps=6000)
    D, kink = run.patterns(S.X)[0], patterns.activation_points(path[-1:])[0]
    bound = convex.solve(S.X, S.y, 0.0, D, signs=[1.0]).objective / 2
    return Finding(
        printed=abs(errors[-1] - run.fit[-1]) < 0.01,
        corrected=run.fit[-1] < 1e-9 and abs(errors[-1] - bound) < 1e-6 and abs(kink + 0.2) < 1e-6,
        shown=(
            f"Start $w = (0.3, -0.15)$, pattern {D[0].astype(int).tolist()}: the convex"
            f" neuron stops with its kink at {kink:.1f}, on the first point, and mean"
            f" squared error {errors[-1]:.3f}, the optimum of its program. The network"
            " goes on to a loss below 1e-9."
        ),
    )
