"""Claims of section II, extensions of the convex reformulation."""

import numpy as np

from .registry import Finding, claim


def normalised_outputs(X, W):
    """Hidden outputs of batch normalisation before the ReLU, (n, m): X W' centred and scaled to norm 1."""
    Z = X @ W.T
    Z = Z - Z.mean(axis=0)
    return np.maximum(Z / np.linalg.norm(Z, axis=0), 0)


@claim("36")
def batch_normalisation():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(12, 3))
    W = rng.normal(size=(40, 3))
    target = normalised_outputs(X, W)
    centred = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)[0]
    shifted = np.column_stack([centred, np.full(12, 1 / np.sqrt(12))])

    def misses(h, D, basis):  # of the span of D basis from the output h
        A = D[:, None] * basis
        return np.linalg.norm(h - A @ np.linalg.lstsq(A, h, rcond=None)[0])

    ours = max(misses(h, h > 0, shifted) for h in target.T)
    printed = [
        misses(h, h > 0, np.linalg.svd((h > 0)[:, None] * X, full_matrices=False)[0])
        for h in target.T
    ]
    return Finding(
        printed=max(printed) < 1e-9,
        corrected=ours < 1e-9,
        shown=(
            "40 normalised neurons on 12 points: the columns of $D_i U'$ reproduce"
            " each to rounding; those of the decomposition of $D_i X$ miss by up to"
            f" {max(printed):.2f} (the outputs have norm 1 before the ReLU)."
        ),
    )
