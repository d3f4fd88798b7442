"""Pricing over all directions: violators by walking, and a proof by branch and bound that none is left."""

import numpy as np

from .blocks import Blocks, Point
from .branching import Sphere, search
from .limits import UNLIMITED, Limits
from .pricing import Priced, Prices
from .scaling import Scaled
from .sources import Listed
from .walks import Walks

# What the blocks in use attain passes for no violator, nor what rounding adds to it.
KNOWN = 1 + 1e-12


class Everywhere:
    """A pricer for all the patterns of the data, without a list of them.

    Walks are tried first, as they find most violators in no time. Once they find none, the whole
    sphere of directions is searched: what passes the cap is a violator that they missed, and what
    does not is proved.
    """

    cones = Walks.cones
    accuracy = Walks.accuracy

    def __init__(self, scaled: Scaled, rng: np.random.Generator):
        self.walks = Walks(scaled, rng)
        self.sphere = Sphere(scaled.X)
        self.X = scaled.X
        self.nodes = 0

    def everything(self, most: int = 0) -> None:
        return None

    def sweep(
        self, theta: np.ndarray, cap: float, enough: int, support: Point, limits: Limits = UNLIMITED
    ) -> Priced:
        """Blocks above `cap`; if there are none, a bound on every h_i(theta) that is proved."""
        walked = self.walks.sweep(theta, cap, enough, support, limits)
        new = _unknown(walked.violators, support)
        if new is not None or limits.passed():
            return Priced(np.inf, new)
        # What the blocks in use leave above the cap, their program being solved but so far, is no
        # violator: it widens the cap.
        known = self._attained(theta, support) + 2 * self.sphere.margin(theta)
        cap = max(cap, KNOWN * known)
        outcome = search(self.sphere, theta, cap, limits.passed)
        self.nodes += outcome.nodes
        found = self._violators(theta, cap, outcome.directions)
        return Priced(outcome.upper, _unknown(found, support))

    def _attained(self, theta, support):
        """The largest h of the blocks in use."""
        sources = Listed(support.D > 0)
        return 0.0 if not len(support.D) else Prices(self.walks.scaled, sources).largest(theta)

    def _violators(self, theta, cap, directions):
        """The blocks of directions and their opposites that are above the cap."""
        u = np.vstack([directions, -directions])
        Z = self.X @ u.T
        value = theta @ np.maximum(Z, 0)
        above = np.flatnonzero(np.abs(value) > cap)
        if not len(above):
            return None
        D = (Z >= 0).T[above]
        s = np.sign(value[above])
        first = np.unique(np.column_stack([D, s > 0]), axis=0, return_index=True)[1]
        return Blocks(D[np.sort(first)], s[np.sort(first)])


def _unknown(blocks, support):
    """Those of the blocks that are not in use; None if all are."""
    if blocks is None:
        return None
    used = {row.tobytes() for row in np.column_stack([support.D > 0, support.s > 0])}
    rows = np.column_stack([blocks.D > 0, blocks.s > 0])
    new = np.array([row.tobytes() not in used for row in rows])
    return Blocks(blocks.D[new], blocks.s[new]) if new.any() else None
