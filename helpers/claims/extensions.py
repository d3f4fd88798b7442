"""Claims of section II, extensions."""

import numpy as np

from ..extensions import deep_linear
from ..sections import deep_linear as deep_linear_section
from .registry import Finding, claim


@claim("92")
def parallel_networks():
    P = deep_linear_section.problem()
    best = deep_linear.solve(*P, depth=3)
    network = best.network
    fewest = np.linalg.matrix_rank(network.product(), tol=1e-6)
    attained = deep_linear.loss(P.X, P.Y, network, P.lam)
    meets = abs(attained - best.lower_bound) < 1e-6 * attained and network.branches == fewest

    one = np.diag([1.0, 0.0])
    other = np.diag([0.0, 1.0])
    middle = (one + other) / 2

    def bulges(cost):
        """Whether a cost is larger in the middle than on average at the ends: not convex."""
        return cost(middle) > (cost(one) + cost(other)) / 2 + 1e-9

    def plain(W):
        return deep_linear_section.plain_decay(W, 3)

    def alone(W):
        return deep_linear.quasi_norm(np.linalg.svd(W, compute_uv=False), 3)

    return Finding(
        printed=not bulges(plain),
        conditioned=meets,
        corrected=bulges(plain) and bulges(alone),
        shown=(
            f"Depth 3, twenty points, four outputs: the optimum {attained:.3f} of the program is"
            f" proved to less than one in a million, and {network.branches} branches attain it, the"
            " rank of the best map. Ordinary decay for the maps diag(1, 0), diag(0, 1) and the one"
            f" in the middle: {plain(one):.2f}, {plain(other):.2f} and {plain(middle):.2f}. (One"
            f" branch with the other decay: {alone(one):.2f}, {alone(other):.2f} and"
            f" {alone(middle):.2f}.)"
        ),
    )
