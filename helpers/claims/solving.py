"""Claims of section III, solving the convex problem, and of the conclusion about it."""

import numpy as np

from .. import convex, patterns
from .registry import Finding, claim


@claim("38")
def fewer_parameters():
    m, d, P = 20, 10, patterns.cover_count(100, 10)
    network, same, full = m * d + m, 2 * m * d, 2 * P * d
    return Finding(
        printed=same < network,
        corrected=full > 1e5 * network,
        shown=(
            f"The article's example, 20 neurons in 10 dimensions: {network} weights;"
            f" {same} variables for the neurons' 20 patterns, {full:.1e} for all"
            " patterns."
        ),
    )


@claim("38b")
def one_global_minimum():
    X, y, decay = np.eye(2), np.array([1.0, 0.0]), 0.1
    best = convex.solve(X, y, decay)
    D = best.patterns.astype(int).tolist()

    def objective(
        t,
    ):  # t of u = (0.9, 0) in the cone of (1, 1), the rest in that of (1, 0): both respect their constraints
        U = np.zeros((4, 2))
        U[D.index([1, 1]), 0], U[D.index([1, 0]), 0] = 0.9 * t, 0.9 * (1 - t)
        fitted = sum(np.array(row) * (X @ u) for row, u in zip(D, U))
        return np.sum((fitted - y) ** 2) + 2 * decay * np.linalg.norm(U, axis=1).sum()

    values = [objective(t) for t in np.linspace(0, 1, 11)]
    return Finding(
        printed=not np.allclose(values, best.objective, atol=1e-7),
        shown=(
            "$X = I$, $y = (1, 0)$, $\\lambda = 0.1$: eleven different points of the"
            f" convex program all have the optimal value {best.objective:.3f}."
        ),
    )


@claim("66")
def polynomial_but_for_the_rank():
    degrees = []
    for r in range(1, 9):
        counts = np.array([patterns.cover_count(n, r) for n in range(r, r + 20)], dtype=object)
        differences = [np.diff(counts, k) for k in (r - 1, r)]
        degrees.append(
            len(set(differences[0])) == 1 and differences[0][0] != 0 and not differences[1].any()
        )
    ratio = patterns.cover_count(10**6, 20) / patterns.cover_count(10**6, 19)
    return Finding(
        printed=all(degrees) and ratio > 2,
        shown=(
            f"For ranks 1 to {len(degrees)} the differences of order $r - 1$ of the"
            " count in $n$ are constant, those of order $r$ zero. One rank more, at a"
            f" million points and rank 20, multiplies the count by {ratio:.0f}."
        ),
    )


def count_neurons(W, alpha):
    """How many different neurons: neurons of one sign and one direction, up to the solver's tolerance, count once."""
    kept = alpha**2 > 1e-4
    units = W[kept] / np.linalg.norm(W[kept], axis=1)[:, None]
    close = (np.linalg.norm(units[:, None] - units, axis=2) < 1e-3) & (
        np.sign(alpha[kept])[:, None] == np.sign(alpha[kept])
    )
    return int(np.sum(~np.tril(close, -1).any(axis=1)))


@claim("41")
def decay_and_neurons():
    rng, counts = np.random.default_rng(0), []
    for _ in range(20):
        X, y = rng.normal(size=(6, 2)), rng.normal(size=6)
        top = convex.lambda_max(X, y)
        counts.append(
            [
                count_neurons(*convex.solve(X, y, decay, tol=1e-10).to_network())
                for decay in top * np.geomspace(0.02, 1.01, 7)
            ]
        )
    mean, rises = np.mean(counts, axis=0), np.sum([np.any(np.diff(row) > 0) for row in counts])
    return Finding(
        printed=rises == 0,
        conditioned=mean[0] > mean[3] > mean[-1] == 0,
        corrected=rises >= 1,
        shown=(
            "The mean number of neurons over 20 random sets of 6 points falls from"
            f" {mean[0]:.0f} at 0.02 times its largest useful decay to {mean[3]:.0f} at 0.14 times and"
            f" {mean[-1]:.0f} beyond it. {'In some of the sets' if 0 < rises < 20 else 'In all or none'} it also rises"
            " somewhere on the way."
        ),
    )
