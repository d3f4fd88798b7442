"""Claims about other networks, and about all the optima of this one."""

import numpy as np

from ..sections import gated as gated_section
from .registry import Finding, claim


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
