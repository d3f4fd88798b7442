"""Claims of section II, specifics about equivalence."""

from itertools import product

from scipy.optimize import linprog
import numpy as np

from .. import convex, data, equivalence, patterns
from ..landscape import descend_both
from ..loss import loss
from .registry import Finding, claim


@claim("27")
def close_to_all():
    rng = np.random.default_rng(0)
    counted = all(
        len(patterns.enumerate_patterns(rng.normal(size=(n, r))))
        == patterns.cover_count(n, r)
        for n in range(2, 9)
        for r in range(1, n + 1)
        if r < 6
    )
    share = {r: patterns.cover_count(100, r) / 2**100 for r in (10, 50, 90, 100)}
    exact = (
        patterns.cover_count(100, 50) * 2 == 2**100 == patterns.cover_count(100, 100)
    )
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
                linprog(
                    s * np.eye(X.shape[1])[k], A, np.zeros(len(X)), bounds=(-1, 1)
                ).fun
                < -1e-7
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
        tries = descend_both(
            X,
            y,
            rng.normal(size=(60, 16, d)),
            rng.normal(size=(60, 16)),
            0.05,
            0.005,
            12000,
        )[0]
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
                f"convex optimum {p:.3f}, its network {own:.3f}, the best of 60"
                f" descents {low:.3f}"
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
        descend_both(
            S.X, S.y, rng.normal(size=(60, m, 1)), rng.normal(size=(60, m)), 0.1
        )[0].min()
        for m in (1, 2, 3, 6)
    ]
    return Finding(
        printed=all(p >= n for n, p in counts)
        and np.ptp(by_width[1:]) < 1e-6
        and abs(by_width[-1] - best) < 1e-6,
        shown=(
            f"The two points of section I have {P} patterns; best loss with 1, 2, 3 and"
            " 6 neurons: "
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
        optimum, margin, after = equivalence.restricted_optimum(
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
