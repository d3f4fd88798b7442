"""Claims of the last paragraph of section III and of the conclusion."""

from itertools import combinations

import numpy as np

from .. import convex, data, experiments, patterns, train
from ..convex import own_program
from ..loss import loss
from .moving_patterns import narrow_runs
from .registry import Finding, claim
from .solving import count_neurons

ONE_NEURON_READ = {
    0: 0.4862,
    77: 0.3525,
    168: 0.2287,
    371: 0.1294,
    378: 0.1260,
    448: 0.0740,
    665: 0.0208,
}  # step: printed loss


LARGE_SCALE_READ = {
    0: 3.3537,
    4: 0.4325,
    8: 0.2625,
    12: 0.2267,
    100: 0.0308,
    200: 0.0062,
    400: 0.0011,
}


def _misses(run, read):
    """The largest difference between the losses of a run and those printed in the picture."""
    return max(abs(run.fit[run.step == t][0] - loss) for t, loss in read.items())


@claim("3")
def vanilla_descent():
    _, adam = experiments.run("one neuron")
    plain = min(
        _misses(
            experiments.run("one neuron", train.gradient_descent, step=step)[1],
            ONE_NEURON_READ,
        )
        for step in np.geomspace(2e-4, 2e-2, 21)
    )
    decayed, free = (
        _misses(experiments.run("large scale", **lam)[1], LARGE_SCALE_READ)
        for lam in ({}, {"lam": 0.0})
    )
    return Finding(
        printed=plain < 5.1e-5,
        corrected=_misses(adam, ONE_NEURON_READ) < 5.1e-5 and decayed < 5.1e-5 < free,
        shown=(
            "One neuron, seven losses printed in the picture: Adam meets all to their"
            " four digits, the best of 21 step sizes of gradient descent misses by"
            f" {plain:.3f}. Large scale: met to four digits with the decay, missed by"
            f" {free:.4f} without."
        ),
    )


@claim("72")
def adam_is_faster():
    first = []
    for optimiser in (train.adam, train.gradient_descent):
        run = experiments.run("one neuron", optimiser, steps=8000, record_every=1)[1]
        first.append(int(np.argmax(run.fit < 5e-5)))
    return Finding(
        printed=0 < first[0] < first[1],
        shown=(
            f"Step 0.001: loss prints as 0.0000 from step {first[0]} with Adam,"
            f" {first[1]} with gradient descent."
        ),
    )


@claim("54")
def equal_optima():
    rng, decay = np.random.default_rng(1), 0.02
    X, y = rng.normal(size=(4, 2)), rng.normal(size=4)
    best = convex.solve(X, y, decay)
    least = count_neurons(*best.to_network())
    blocks = [(D, s) for D in best.patterns for s in (1.0, -1.0)]

    def best_of_width(
        m,
    ):  # m neurons have m (pattern, sign) pairs; each choice of them is a convex program
        return min(
            convex.solve(
                X, y, decay, [D for D, _ in chosen], signs=[s for _, s in chosen]
            ).objective
            for chosen in combinations(blocks, m)
        )

    narrower = [best_of_width(m) for m in range(1, least)]
    enough = loss(X, y, *thinned(*best.to_network()), decay)
    equal = enough < best.objective * (1 + 1e-6)
    return Finding(
        printed=min(narrower) < best.objective * (1 + 1e-6),
        conditioned=equal and best.gap < 1e-6,
        corrected=1 < least <= 4,
        shown=(
            f"Four points: convex optimum {best.objective:.4f}. Best networks of"
            f" {' and '.join(map(str, range(1, least)))} neurons, exactly (all choices"
            f" of patterns and signs): {' and '.join(f'{v:.4f}' for v in narrower)};"
            f" with {least} neurons {enough:.4f}."
        ),
    )


def thinned(W, alpha):
    """The network without the neurons that are zero up to the solver's tolerance."""
    kept = np.abs(alpha) > 1e-3
    return W[kept], alpha[kept]


@claim("45")
def every_local_minimum():
    gaps = [
        abs(end - own_program(X, y, W, alpha, decay).objective) / end
        for X, y, decay, runs in narrow_runs()
        for end, W, alpha in runs
    ]
    return Finding(
        printed=max(gaps) < 1e-3,
        shown=(
            f"{len(gaps)} networks of three neurons, trained until they stand still:"
            " each equals the optimum of its own convex program to within 0.1%."
        ),
    )


@claim("42b")
def finding_the_global_optimum():
    S, plane = data.load("teaser"), data.load("plane")
    best = convex.solve(S.X, S.y, 6e-5)
    try:
        convex.solve(plane.X, plane.y, 1e-3)
        refused = False
    except ValueError:
        refused = True
    return Finding(
        printed=not best.converged,
        corrected=best.gap < 1e-6 and refused and patterns.cover_count(100, 10) > 1e12,
        shown=(
            f"Ten points: {len(best.patterns)} patterns, relative gap below 1e-6. A"
            f" hundred points in ten dimensions: {patterns.cover_count(100, 10):.1e}"
            " patterns, and our solver declines."
        ),
    )
