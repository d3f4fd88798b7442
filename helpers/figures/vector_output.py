"""Figures of the section Vector output."""

import numpy as np

from ..drawing import style
from ..drawing.style import Figure
from ..extensions.restarts import Runs
from ..extensions.result import Result

NAMES = {
    "gated": "gated:\nnuclear norm",
    "relu": "ReLU:\ncones in the norm",
    "one-vs-all": "ReLU, one output\na neuron",
}


def optima_and_trainings(
    results: dict[str, Result],
    runs: dict[str, Runs],
) -> Figure:
    """A bar as high as the convex optimum for every kind, and the ends of its trainings."""
    fig, ax = style.figure(5.4, 4.0)
    spread = 0.6  # of the dots, over a bar of width 0.8
    for place, kind in enumerate(NAMES):
        height = results[kind].objective
        name = "convex optimum" if place == 0 else None
        ax.bar(place, height, color=style.CONVEX, alpha=0.55, label=name)
        ends = np.sort(runs[kind].losses)
        across = place + spread * (np.linspace(0, 1, len(ends)) - 0.5)
        name = "a training" if place == 0 else None
        ax.plot(across, ends, "o", color=style.NETWORK, ms=3.5, label=name)
        ax.annotate(
            f"{height:.3f}", (place, ends[-1]), (0, 7), textcoords="offset points", ha="center"
        )
    ax.set_xticks(range(len(NAMES)), NAMES.values())
    ax.set(ylabel="loss")
    fig.legend(loc="outside lower center", ncols=2)
    return fig
