"""Figures of the section The gated relaxation."""

import numpy as np

from ..drawing import style
from ..drawing.style import Figure
from ..drawing.table import Table
from ..sections.gated import Stretched, Trainings, Values

LOOKS = {
    "gated": (style.LIGHT, "v"),
    "exact": (style.CONVEX, "^"),
    "split": (style.NETWORK, "s"),
}
NAMES = {"gated": "gated $d^*$", "exact": "ReLU $p^*$", "split": "split into ReLUs"}


def three_values(problems: dict[str, Values]) -> Figure:
    """The values of each problem: above in units of the loss of no network, below of p*."""
    fig, axes = style.figure(5.6, 6.2, 2, len(problems), sharex=True, sharey="row")
    for column, (title, found) in zip(axes.T, problems.items(), strict=True):
        exact = np.array(found.bracket.exact)
        for name, (colour, mark) in LOOKS.items():
            values = np.array(getattr(found.bracket, name))
            for ax, unit in zip(column, (found.square, exact), strict=True):
                ax.plot(found.shares, values / unit, mark + "-", color=colour, label=NAMES[name])
        allowed = found.constant * np.array(found.bracket.gated) / exact
        dotted = dict(color=style.NEUTRAL, lw=2, label=r"$(1 + 2\kappa)\, d^*$")
        column[1].plot(found.shares, allowed, ":", **dotted)
        column[0].set(title=title, xscale="log", yscale="log")
        column[1].set(yscale="log", xlabel=r"$\lambda / \lambda_{\max}$")
    axes[0, 0].set(ylabel="value / loss of no network")
    axes[1, 0].set(ylabel="value / ReLU optimum $p^*$")
    fig.legend(*axes[1, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return fig


def stretch_table(rows: list[Stretched]) -> Table:
    """What splitting costs, a line a data set."""
    head = ["points", "dimensions", "rank", "1 + 2κ"]
    head += ["largest (‖u‖ + ‖v‖) / ‖w‖", "cones beyond"]
    lines = [
        [
            f"{row.n}",
            f"{row.d}",
            f"{row.rank}",
            f"{row.constant:.1f}",
            f"{row.largest:.1f}" if row.largest < 100 else f"{row.largest:.0f}",
            f"{row.beyond:.0%}",
        ]
        for row in rows
    ]
    return Table(head, lines)


def trainings_table(found: dict[str, Trainings]) -> Table:
    """The optima and the best of the trainings, a line a data set."""
    head = ["points", "gated optimum", "best gated training", "ReLU optimum", "best ReLU training"]
    return Table(head, [[name, *(f"{value:.3f}" for value in row)] for name, row in found.items()])
