"""Figures of the section Three layers."""

import numpy as np

from ..drawing import style
from ..drawing.style import Figure
from ..drawing.table import Table
from ..extensions.restarts import Runs
from ..extensions.result import Result
from ..extensions.three_layer import Network
from ..sections.three_layer import Line, least_cost, steepest, success


def success_rate(trained: dict[int, Runs], best: Result[Network]) -> Figure:
    """The share of trainings that find the optimum, by the number of sub-networks."""
    fig, ax = style.figure(5.6, 3.8)
    shares = [100 * success(runs, best) for runs in trained.values()]
    places = np.arange(len(trained))
    ax.bar(places, shares, color=style.NETWORK, width=0.6, label="trainings")
    for place, share in zip(places, shares, strict=True):
        ax.annotate(
            f"{share:.0f} %", (place, share), (0, 3), textcoords="offset points", ha="center"
        )
    line = dict(color=style.CONVEX, lw=2.5, label="convex program, mapped back")
    ax.axhline(100, **line)
    ax.set_xticks(places, list(trained))
    ax.set_ylim(0, 112)
    ax.set_xlabel("sub-networks")
    ax.set_ylabel("found the optimum, %")
    fig.legend(loc="outside upper center", ncols=2)
    return fig


def cost_table(lines: list[Line]) -> Table:
    """The published costs of networks on a line, beside the least ones and their bound."""
    rows = []
    for line in lines:
        points = " ".join(f"({x}, {y})" for x, y in zip(line.x, line.y, strict=True))
        for layers, published in line.costs.items():
            ours = least_cost(line, layers)
            values = [f"{value:.2f}" for value in (published, ours, steepest(line))]
            rows.append([points, str(layers), *values])
    return Table(["points", "layers", "published", "least", "steepest slope"], rows)
