"""Claims about other networks, decided on their programs and on networks that were trained."""

import numpy as np

from ..extensions import optimal_set
from ..loss import loss, predict
from ..sections import batch_norm
from ..sections import gated as gated_section
from ..sections import optimal_set as optimal_set_section
from .registry import Finding, claim

MET = 1e-4  # of a loss: as close as trainings come to an optimum in some thousand steps
PROVED = 1e-6  # of a loss: the gap that programs are solved to
STEPS = 1500  # of a training: enough for one in ten to come as close


@claim("89")
def batch_normalisation_solved():
    S = batch_norm.eight_points()
    X = S.X[:5]
    y = S.y[:5]
    lam = 0.3
    printed = batch_norm.article_program(X, y, lam)
    neither = batch_norm.trained(X, y, lam, batch_norm.NEITHER, steps=STEPS).best
    found = batch_norm.solved_both(X, y, lam)
    best = {where: batch_norm.trained(X, y, lam, where, steps=STEPS).best for where in found}

    def met(loss, value):
        """A training that ends at the value, and none below."""
        return -PROVED < loss / value - 1 < MET

    return Finding(
        printed=met(best["before"], printed),
        conditioned=met(neither, printed),
        corrected=all(
            result.gap < PROVED and met(best[where], result.objective)
            for where, result in found.items()
        ),
        shown=(
            f"Five random points in space: the printed program has the least value {printed:.4f}."
            f" The best of {batch_norm.RUNS} trainings reaches {neither:.4f} if the normalisation"
            " comes after the ReLU and neither centres nor shifts,"
            f" {best['before']:.4f} before the ReLU and {best['after']:.4f} after it, with mean"
            f" and shift; there the programs have {found['before'].objective:.4f} and"
            f" {found['after'].objective:.4f}."
        ),
    )


@claim("94")
def unconstrained_version():
    shares = np.array([1e-4, 1e-2, 0.3])
    few = [gated_section.points(4, 6), gated_section.points(5, 5, seed=0)]
    many = [gated_section.points(12, 3), gated_section.points_in_a_plane(8, 10)]

    def factors(S):
        """ReLU optimum over gated optimum and split over ReLU optimum, (2, 3), and 1 + 2 kappa."""
        found = gated_section.values(S, shares)
        relaxed, exact, split = np.array(found.bracket)
        worse_than_none = bool((split > found.square).any())
        return np.array([exact / relaxed, split / exact]), found.constant, worse_than_none

    near = [factors(S) for S in few]
    far = [factors(S) for S in many]
    ordered = all(f.min() > 1 - 1e-5 for f, _, _ in near + far)
    within = all(f.prod(axis=0).max() <= constant for f, constant, _ in near)
    beyond = all(f.prod(axis=0).max() > constant for f, constant, _ in far)
    loosest = max(f[0].max() for f, _, _ in near)
    return Finding(
        printed=not beyond,
        conditioned=ordered and within,
        corrected=far[0][0][0].max() > 2 * loosest and far[0][2],
        shown=(
            "ReLU optimum over gated optimum, split over ReLU optimum, at most: "
            + "; ".join(
                f"{n} points of rank {r} {f[0].max():.1f} and {f[1].max():.0f}"
                for (n, r), (f, _, _) in zip(
                    ((4, 4), (5, 5), (12, 3), (8, 2)), near + far, strict=True
                )
            )
            + ", at three decays. $1 + 2\\kappa$ bounds the product for the first two only."
        ),
    )


@claim("97")
def one_best_network():
    many = optimal_set_section.solved(optimal_set_section.two_points())
    every = optimal_set.describe(many)
    corners = [every.network(sizes) for sizes in optimal_set.vertices(many)]
    losses = [loss(every.X, every.y, *network, every.lam) for network in corners]
    middle = np.array([[0.0, 1.0]])
    band = optimal_set.band(many, np.vstack([middle, every.X]))
    width = band.high - band.low
    predictions = [predict(middle, *network)[0] for network in corners]

    def alone(seed):
        """Whether random points have one best network only, by the equations and by the band."""
        S = gated_section.points(6, 2, seed)
        solution = optimal_set_section.solved(S)
        new = gated_section.points(3, 2, seed + 100).X
        found = optimal_set.band(solution, new)
        independent = len(optimal_set.describe(solution).free) == 0
        return independent and (found.high - found.low).max() < 1e-3

    agreed = max(losses) - min(losses) < 1e-9 and width[1:].max() < 1e-4
    neurons = sorted(len(alpha) for _, alpha in corners)
    return Finding(
        printed=width[0] < 1e-3,
        conditioned=len(every.free) > 0 and all(alone(seed) for seed in range(10)),
        corrected=agreed
        and neurons == [1, 2]
        and abs(np.ptp(predictions) - width[0]) < 1e-4
        and optimal_set.minimal_width(many) == 1,
        shown=(
            f"Two points at $\\pm\\sqrt3$, labels 1: best networks of {neurons[0]} and of"
            f" {neurons[-1]} neurons, both of loss {losses[0]:.4f}, predict"
            f" {min(predictions):.2f} and {max(predictions):.2f} between the points; no best"
            f" network is beyond {band.low[0]:.2f} to {band.high[0]:.2f}, proved. Ten sets of six"
            " random points have one best network each."
        ),
    )
