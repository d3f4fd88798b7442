"""The article's sketches of one-dimensional data: axes through the origin, named ticks, crosses, ReLU outputs."""

import numpy as np

from ..loss import relu
from . import style

REACH = 1.75  # how far the plots of data in [-1, 1] go on either side


def cross_axes(ax, xlabel, ylabel, xticks, yticks, xlim, ylim):
    """Axes through the origin that end in arrows. xticks and yticks: value -> text."""
    for side in ("left", "bottom"):
        ax.spines[side].set_position("zero")
    ax.plot(1, 0, ">", color=style.NEUTRAL, ms=5, transform=ax.get_yaxis_transform(), clip_on=False)
    ax.plot(0, 1, "^", color=style.NEUTRAL, ms=5, transform=ax.get_xaxis_transform(), clip_on=False)
    ax.tick_params(direction="inout", length=8)
    ax.set(xlim=xlim, ylim=ylim)
    ax.set_xticks(list(xticks), list(xticks.values()))
    ax.set_yticks(list(yticks), list(yticks.values()))
    ax.set_xlabel(xlabel, loc="right")
    ax.annotate(
        ylabel,
        (0, 1),
        (-8, 0),
        xycoords=ax.get_xaxis_transform(),
        textcoords="offset points",
        ha="right",
        va="top",
    )


def data_axes(ax, S, ylabel="label", top=1.5):
    """The two points of S as crosses, on axes that name x_1 and x_2."""
    x = S.X[:, 0]
    cross_axes(
        ax,
        "$x$",
        ylabel,
        {x[j]: f"$x_{j + 1}$" for j in range(len(x))},
        {},
        (-REACH, REACH),
        (-0.08, top),
    )
    ax.plot(x, S.y, "x", color=style.DATA, ms=11, mew=3, zorder=5, label="data")


def relu_line(ax, w, **look):
    """The output max(0, x w)."""
    x = np.array([-REACH, 0.0, REACH])
    ax.plot(x, relu(x * w), **look)
