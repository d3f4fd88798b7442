"""Claims about other networks, decided on their programs and on networks that were trained."""

from ..sections import batch_norm, vector_output
from .registry import Finding, claim

MET = 1e-4  # of a loss: as close as trainings come to an optimum in some thousand steps
PROVED = 1e-6  # of a loss: the gap that programs are solved to
STEPS = 1500  # of a training: enough for one in ten to come as close


def _met(loss, value):
    """Whether the best of some trainings ends at the value, and not below."""
    return -PROVED < loss / value - 1 < MET


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

    return Finding(
        printed=_met(best["before"], printed),
        conditioned=_met(neither, printed),
        corrected=all(
            result.gap < PROVED and _met(best[where], result.objective)
            for where, result in found.items()
        ),
        shown=(
            f"Five random points in space: the printed program has the least value {printed:.3f}."
            f" The best of {batch_norm.RUNS} trainings reaches {neither:.3f} if the normalisation"
            " comes after the ReLU and neither centres nor shifts,"
            f" {best['before']:.3f} before the ReLU and {best['after']:.3f} after it, with mean"
            f" and shift; there the programs have {found['before'].objective:.3f} and"
            f" {found['after'].objective:.3f}."
        ),
    )


@claim("90")
def several_outputs():
    S = vector_output.three_classes()
    lam = 0.2
    found = vector_output.solved_all(S.X, S.y, lam)
    best = {kind: vector_output.trained(S.X, S.y, lam, kind).best for kind in ("relu", "gated")}
    nuclear = found["gated"].objective
    return Finding(
        printed=_met(best["relu"], nuclear),
        conditioned=_met(best["gated"], nuclear) and found["gated"].gap < PROVED,
        corrected=_met(best["relu"], found["relu"].objective) and found["relu"].gap < PROVED,
        shown=(
            f"Nine points in three classes: with nuclear norms the least value is {nuclear:.3f},"
            f" and the best of {vector_output.RUNS} gated networks reaches {best['gated']:.3f}, but"
            f" the best ReLU network {best['relu']:.3f}. With the cones in the norm the value is"
            f" {found['relu'].objective:.3f}; if every neuron feeds one output,"
            f" {found['one-vs-all'].objective:.3f}."
        ),
    )
