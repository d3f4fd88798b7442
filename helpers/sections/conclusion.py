"""The article's conclusions, each as a question that a computation answers.

Every function returns numbers; `statements` turns them into the rows of a table: the conclusion, what was computed, and
how far that supports it. A verdict is derived from the numbers.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .. import convex, data, experiments, networks, patterns, train

HOLDS, PARTLY, NOT = "supported", "supported, with a condition", "not supported"


@dataclass(frozen=True)
class Statement:
    """A conclusion in our words, a sentence with the numbers computed for it, the verdict, the sections with more."""

    claim: str
    computed: str
    verdict: str
    page: str


def exact_optimum():
    """(certified gap, objective, least objective of Adam and descent) for eq. 1 on the teaser's points, lam = 6e-5.

    The networks are the teaser's, trained with that decay.
    """
    S = data.load("teaser")
    optimum = convex.solve(S.X, S.y, 6e-5)
    trained = [
        experiments.run("teaser", optimiser, lam=6e-6)[1].loss[-1] * len(S.y)
        for optimiser in (train.adam, train.gradient_descent)
    ]
    return optimum.gap, optimum.objective, min(trained)


@lru_cache
def local_minima(runs=20, step=0.05, steps=20000, seed=3):
    """Where descent ends in narrow networks with decay: (losses, own, best), three arrays over all runs.

    Three random data sets (n, d), `runs` networks of m neurons each; the last third of the steps 100 times shorter.
    own: the optimum of the program with the final patterns and signs; best: the optimum over all patterns.
    """
    rows = []
    for n, d, m, lam in ((5, 2, 3, 0.05), (6, 2, 3, 0.1), (8, 3, 4, 0.1)):
        rng = np.random.default_rng(seed)
        X, y = data.with_bias(rng.uniform(-1, 1, (n, d - 1))), rng.uniform(-1, 1, n)
        best = convex.solve(X, y, lam).objective
        for _ in range(runs):
            network = train.uniform_network(m, d, 0.5, rng)
            for part, length in ((2, step), (1, step / 100)):
                path = train.gradient_descent(
                    X,
                    y,
                    *network,
                    step=length,
                    steps=part * steps // 3,
                    lam=lam,
                    record_every=steps,
                )
                network = path.final
            used = (
                np.linalg.norm(network[0], axis=1) > 1e-3
            )  # a neuron decayed to zero has no pattern
            D, signs = networks.patterns_and_signs(path.patterns(X)[-1, used], network[1][used])
            own = convex.solve(X, y, lam, D, signs=signs).objective if len(D) else y @ y
            rows.append((path.loss[-1], own, best))
    return np.array(rows).T


def sampled_patterns(counts=(10, 20, 50, 1000), n=16, d=3, seeds=10):
    """Excess of the optimum over sampled patterns, relative to all patterns: (excess (seeds, counts), number of all).

    One random problem of n points at lam = 0.01 lambda_max; `counts` of random weight vectors are drawn.
    """
    rng = np.random.default_rng(1)
    X, y = rng.standard_normal((n, d)), rng.standard_normal(n)
    lam = 0.01 * convex.lambda_max(X, y)
    best = convex.solve(X, y, lam)
    excess = [
        [
            convex.solve(X, y, lam, patterns.sample_patterns(X, count, rng)).objective
            / best.objective
            - 1
            for count in counts
        ]
        for _ in range(seeds)
    ]
    return np.array(excess), len(best.patterns)


def scales():
    """Without decay, the largest gap to the convex optimum between the data, from tiny and from large weights; and,
    with the originals' decay, the loss of the large-scale run over that optimum's: (tiny, large, ratio).
    """
    S = data.load("line")
    line = convex.solve(S.X, S.y, 1e-6)
    gaps = [
        experiments.laziness(
            *experiments.run(name, lam=0.0, steps=steps, record_every=steps), line
        )[2]
        for name, steps in (("small scale", 600), ("large scale", 3000))
    ]
    decayed = experiments.run("large scale")[1].loss[-1] * len(S.y)
    return *gaps, decayed / convex.solve(S.X, S.y, 0.005 * len(S.y)).objective


def statements():
    """All of them, as a list of Statement. Takes about half a minute."""
    gap, optimum, trained = exact_optimum()
    loss, own, best = local_minima()
    ends, above = np.sum(loss < own * (1 + 1e-3)), np.sum(loss > best * (1 + 1e-3))
    S = data.load("teaser")
    few, many = patterns.count_patterns(S.X), patterns.cover_count(100, 10)
    excess, P = sampled_patterns()
    tiny, large, ratio = scales()
    minima = [convex.solve(*problem).objective for problem in _two_neurons()]
    return [
        Statement(
            "The best network is found exactly by a convex program",
            f"ten points, {few} patterns: the optimum is {optimum:.4f}, relative gap below 1e-6, proved; the best "
            f"of two trained networks of 400 neurons has {trained:.4f}. The condition: a network wide enough",
            PARTLY if gap < 1e-6 and trained > optimum else NOT,
            "1, 4",
        ),
        Statement(
            "The convex program describes every local minimum that gradient descent finds",
            f"{ends} of {len(loss)} narrow networks with decay end at the optimum of their own patterns and "
            f"signs; {above} of them above the global one",
            HOLDS if ends == len(loss) else PARTLY,
            "5",
        ),
        Statement(
            "Finding the global optimum is impossible in practice",
            f"{few} patterns for ten points on a line: found and proved at once; {many:.1e} for 100 points in ten "
            "dimensions: too many to list",
            NOT if gap < 1e-6 else HOLDS,
            "6, 7",
        ),
        Statement(
            "Approximations cost precision",
            f"{P} patterns: the optimum over those of 10, 20, 50, 1000 random vectors is "
            + ", ".join(f"{100 * e:.2g}" if e > 5e-4 else "0" for e in np.median(excess, axis=0))
            + "% too high (median of ten)",
            HOLDS if np.median(excess[:, 0]) > 0.01 else NOT,
            "7",
        ),
        Statement(
            "Many settings allow a direct equivalence",
            f"four points: from tiny weights descent reaches the convex optimum as a function (gap "
            f"{'below' if tiny < 1e-4 else 'not below'} 1e-4); from large ones the gap is {large:.2f}",
            PARTLY if tiny < 1e-4 < large else NOT,
            "9, 10",
        ),
        Statement(
            "Stopping early matters, most of all from large weights",
            f"at the last frame of the large-scale animation the loss with decay is {ratio:.0f} times the "
            "optimum",
            HOLDS if ratio > 2 else NOT,
            "9",
        ),
        Statement(
            "Small problems: all local minima are found quickly",
            f"two neurons on two points: programs over one or both patterns give "
            f"{', '.join(f'{abs(value):.0f}' for value in minima)}, all the values where descent ends",
            HOLDS if np.allclose(minima, [0, 1, 4], atol=1e-6) else NOT,
            "1, 5",
        ),
    ]


def _two_neurons():
    """Arguments of convex.solve for both patterns of the landscape's two points, and for each alone."""
    S = data.load("landscape")
    return [(S.X, S.y, 0.0, np.array(D)) for D in ([[1, 0], [0, 1]], [[0, 1]], [[1, 0]])]
