"""The article's sketches of one-dimensional data: axes through the origin, crosses, outputs."""

import numpy as np
from matplotlib.transforms import offset_copy

from ..data import Dataset
from ..loss import relu
from . import style

REACH = 1.75  # how far the plots of data in [-1, 1] go on either side


def cross_axes(
    ax,
    xlabel: str,
    ylabel: str,
    xticks: dict[float, str],
    yticks: dict[float, str],
    xlim: tuple[float, float],
    ylim: tuple[float, float],
) -> None:
    """Axes through the origin that end in arrows. xticks and yticks: value -> text."""
    along_x = ax.get_yaxis_transform()
    along_y = ax.get_xaxis_transform()
    for side in ("left", "bottom"):
        ax.spines[side].set_position("zero")
    head = dict(color=style.NEUTRAL, ms=5, clip_on=False)
    ax.plot(1, 0, ">", transform=along_x, **head)
    ax.plot(0, 1, "^", transform=along_y, **head)
    ax.tick_params(direction="inout", length=8)
    ax.set(xlim=xlim, ylim=ylim)
    ax.set_xticks(list(xticks), list(xticks.values()))
    ax.set_yticks(list(yticks), list(yticks.values()))
    ax.set_xlabel(xlabel, ha="right", va="bottom")
    above = offset_copy(along_x, ax.figure, y=6, units="points")
    ax.xaxis.set_label_coords(1, 0, transform=above)
    ax.annotate(
        ylabel,
        (0, 1),
        (-8, 0),
        xycoords=along_y,
        textcoords="offset points",
        ha="right",
        va="top",
    )


def data_axes(
    ax,
    S: Dataset,
    ylabel: str = "label",
    top: float = 1.5,
) -> None:
    """The two points of S as crosses, on axes that name x_1 and x_2."""
    x = S.X[:, 0]
    cross_axes(
        ax,
        xlabel="$x$",
        ylabel=ylabel,
        xticks={x[j]: f"$x_{j + 1}$" for j in range(len(x))},
        yticks={},
        xlim=(-REACH, REACH),
        ylim=(-0.08, top),
    )
    ax.plot(x, S.y, "x", color=style.DATA, ms=11, mew=3, zorder=5, label="data")


def relu_line(
    ax,
    w: float,
    **look,
) -> None:
    """The output max(0, x w)."""
    x = np.array([-REACH, 0.0, REACH])
    ax.plot(x, relu(x * w), **look)
