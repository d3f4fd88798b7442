"""Figures of the section Parallel deep linear networks."""

import numpy as np

from ..drawing import style
from ..drawing.style import Figure
from ..extensions.deep_linear import Network
from ..extensions.restarts import Runs
from ..extensions.result import Result

# Dots of one number of branches lie side by side over that width.
SPREAD = 0.5


def by_branches(trained: dict[int, Runs], best: Result[Network]) -> Figure:
    """Where the trainings end, by the number of branches, and the optimum of the program."""
    fig, ax = style.figure(5.6, 4.0)
    for branches, runs in trained.items():
        x = branches + np.linspace(-SPREAD / 2, SPREAD / 2, len(runs.losses))
        label = "trainings" if branches == 1 else None
        dots = dict(color=style.NETWORK, ms=4, label=label)
        ax.plot(x, np.sort(runs.losses), "o", **dots)
    ax.axhline(best.objective, color=style.CONVEX, lw=2, label="convex optimum")
    star = dict(color=style.CONVEX, ms=18, mec="white", label="mapped back")
    ax.plot(best.network.branches, best.objective, "*", **star)
    ax.set_xticks(list(trained))
    lowest = best.objective
    highest = max(runs.best for runs in trained.values())
    room = 0.25 * (highest - lowest)
    ax.set_ylim(lowest - room, highest + room)
    ax.set_xlabel("branches")
    ax.set_ylabel("loss")
    ax.legend(loc="upper right")
    return fig
