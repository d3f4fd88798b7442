"""Figures of the section Batch normalisation."""

import numpy as np

from ..drawing import style
from ..drawing.style import Figure
from ..extensions.restarts import Runs
from ..extensions.result import Result


def against_restarts(
    results: dict[str, Result],
    runs: dict[str, Runs],
) -> Figure:
    """Where every training ended, the best first, above what is proved; a panel a normalisation."""
    fig, axes = style.figure(6.4, 3.7, 1, len(results))
    for ax, (where, result) in zip(axes, results.items(), strict=True):
        ends = np.sort(runs[where].losses)
        run = np.arange(1, len(ends) + 1)
        top = ends[0] + 1.1 * (ends[-1] - ends[0])
        bottom = result.objective - 0.25 * (top - result.objective)
        look = dict(color=style.NEUTRAL, alpha=0.18, lw=0)
        ax.axhspan(bottom, result.lower_bound, **look, label="proved: no network")
        ax.axhline(result.objective, color=style.CONVEX, lw=2.5, label="convex optimum")
        ax.plot(run, ends, "o", color=style.NETWORK, ms=4, label="a training")
        ax.set(ylim=(bottom, top), xlabel="training, the best first")
        ax.set_title(f"{where} the ReLU", color=style.NEUTRAL)
    axes[0].set_ylabel("loss at the end")
    handles, labels = axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside lower center", ncols=3, columnspacing=1)
    return fig
