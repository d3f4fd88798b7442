"""Claims of section III, solving the convex problem."""

import numpy as np

from .. import convex, experiments, networks, patterns
from .registry import Finding, claim


@claim("38")
def fewer_parameters():
    def sizes(name):
        """Weights of the article's run, and variables u_i and v_i of the whole program."""
        S, run = experiments.run(name, steps=0)
        m, d = run.W[0].shape
        return m * (d + 1), 2 * d * patterns.count_patterns(S.X)

    line = {name: sizes(name) for name in ("teaser", "large scale")}
    S, run = experiments.run("plane")
    m, d = run.W[0].shape
    weights = m * (d + 1)
    whole = 2 * d * patterns.cover_count(len(S.X), d)
    at_the_end = 2 * d * int(run.pattern_counts(S.X)[-1])
    return Finding(
        printed=whole < weights,
        conditioned=all(10 * variables < weights for weights, variables in line.values()),
        corrected=whole > 1e5 * weights > weights > at_the_end,
        shown=(
            "Ten points on a line: {} weights in the article's network, {} variables in the"
            " whole program; four points: {} and {}.".format(*line["teaser"], *line["large scale"])
            + f" 100 points in {d} dimensions: {weights} and {whole:.1e}; over the patterns left"
            f" at the end of that run {at_the_end}."
        ),
    )


@claim("38b")
def one_global_minimum():
    X = np.eye(2)
    y = np.array([1.0, 0.0])
    lam = 0.1
    best = convex.solve(X, y, lam)
    D = best.patterns.astype(int).tolist()

    def objective(share):
        """Of u = (0.9, 0), on the border of the cones of (1, 1) and (1, 0), shared by both."""
        U = np.zeros((len(D), 2))
        U[D.index([1, 1]), 0] = 0.9 * share
        U[D.index([1, 0]), 0] = 0.9 * (1 - share)
        return convex.program_value(X, y, U, np.zeros_like(U), D, lam)

    values = [objective(share) for share in np.linspace(0, 1, 11)]
    return Finding(
        printed=not np.allclose(values, best.objective, atol=1e-7),
        shown=(
            "$X = I$, $y = (1, 0)$, $\\lambda = 0.1$: eleven different points of the convex"
            f" program all have the optimal value {best.objective:.3f}."
        ),
    )


@claim("66")
def polynomial_but_for_the_rank():
    def of_degree(r):
        """Is the count of rank r a polynomial in n of degree r - 1? Differences tell."""
        counts = np.array([patterns.cover_count(n, r) for n in range(r, r + 20)], dtype=object)
        constant = np.diff(counts, r - 1)
        return len(set(constant)) == 1 and constant[0] != 0 and not np.diff(counts, r).any()

    ranks = range(1, 9)
    ratio = patterns.cover_count(10**6, 20) / patterns.cover_count(10**6, 19)
    return Finding(
        printed=all(of_degree(r) for r in ranks) and ratio > 2,
        shown=(
            f"For ranks 1 to {len(ranks)} the differences of order $r - 1$ of the count in $n$"
            " are constant, those of order $r$ zero. One rank more, at a million points and"
            f" rank 20, multiplies the count by {ratio:.0f}."
        ),
    )


@claim("41")
def decay_and_neurons():
    rng = np.random.default_rng(0)
    sets = 20
    counts = []
    for _ in range(sets):
        X = rng.normal(size=(6, 2))
        y = rng.normal(size=6)
        lams = convex.lambda_max(X, y) * np.geomspace(0.02, 1.01, 7)
        solutions = [convex.solve(X, y, lam, tol=1e-10) for lam in lams]
        pruned = [networks.prune(X, *s.to_network()) for s in solutions]
        counts.append([networks.distinct_neurons(*network) for network in pruned])
    mean = np.mean(counts, axis=0)
    rises = np.sum((np.diff(counts) > 0).any(axis=1))
    some = "In some of the sets" if 0 < rises < sets else "In all or none"
    return Finding(
        printed=rises == 0,
        conditioned=mean[0] > mean[3] > mean[-1] == 0,
        corrected=rises >= 1,
        shown=(
            f"The mean number of neurons over {sets} random sets of 6 points falls from"
            f" {mean[0]:.0f} at 0.02 times its largest useful decay to {mean[3]:.0f} at 0.14"
            f" times and {mean[-1]:.0f} beyond it. {some} it also rises somewhere on the way."
        ),
    )
