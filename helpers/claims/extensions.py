"""Claims about other networks, decided on their programs and on networks that were trained."""

from ..sections import batch_norm
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
