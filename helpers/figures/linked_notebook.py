"""Figures of the section The article's own notebook: its losses, and its outputs."""

import numpy as np

from ..data import Dataset
from ..drawing import style
from ..drawing.table import Table
from ..sections.linked_notebook import EVERY, PRINTED


def loss_table(losses: np.ndarray) -> Table:
    """The published losses beside those of the seeds, `losses` (seeds, times)."""
    rows = []
    for k, (printed, ours) in enumerate(zip(PRINTED, losses.T, strict=True)):
        values = (printed, ours.min(), ours.mean(), ours.max())
        rows.append([f"{k * EVERY:,}", *(f"{value:.4f}" for value in values)])
    return Table(["step", "published", "lowest of ten", "mean", "highest"], rows)


def losses(losses: np.ndarray) -> style.Figure:
    """The published losses against the step, over those of the seeds, `losses` (seeds, times)."""
    fig, ax = style.figure(6.4, 3.8)
    steps = EVERY * np.arange(len(PRINTED))
    look = dict(color=style.NETWORK, lw=1.2, alpha=0.8)
    for k, ours in enumerate(losses):
        ax.plot(steps, ours, label="our ten seeds" if k == 0 else None, **look)
    ax.plot(steps, PRINTED, "o", color=style.DATA, ms=6, label="published")
    ax.set(yscale="log", xlabel="step", ylabel="mean of the squared errors")
    ticks = np.linspace(0, steps[-1], 5).astype(int)
    ax.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    ax.legend()
    lowest = losses.min(axis=0)
    below = int(np.sum(PRINTED < lowest))
    fig.alt = (
        f"Losses falling from {PRINTED[0]} to {PRINTED[-1]} on a logarithmic axis, ten lines close"
        f" together and the published points along their lower edge, below all ten at {below} of"
        f" {len(PRINTED)} steps."
    )
    return fig


def outputs(S: Dataset, told: dict) -> style.Figure:
    """The linked notebook: its trained network, the program of its first patterns, the optimum.

    Below, how far the first two are from the third.
    """
    fig, (ax, below) = style.figure(6.4, 4.8, 2, 1, sharex=True, height_ratios=(3, 1.2))
    looks = {  # label, colour, dash, width: one upon the other
        "trained": ("gradient descent, 500 neurons", style.NETWORK, "-", 5),
        "own": ("convex, patterns and signs of the first neurons", style.PURPLE, "-", 2.6),
        "best": ("convex, all patterns, certified", style.CONVEX, (0, (3, 3)), 1.6),
    }
    x = np.array(told["x"])
    curves = {name: np.array(curve) for name, curve in told["curves"].items()}
    for name, (label, colour, dash, lw) in looks.items():
        look = dict(color=colour, ls=dash, lw=lw)
        ax.plot(x, curves[name], label=label, **look)
        below.plot(x, curves[name] - curves["best"], **look)
    ax.plot(S.X[:, 0], S.y, "x", color=style.DATA, ms=9, mew=2.5, zorder=5, label="data")
    ax.set(ylabel="output", xlim=(-1.05, 1.05), ylim=(-1.25, 1.25))
    below.set(xlabel="$x$", ylabel="from the\noptimum", ylim=(-0.12, 0.12))
    fig.legend(loc="outside lower center", ncols=1)
    inside = np.abs(x) <= 1
    off = {name: np.abs(curves[name] - curves["best"])[inside].max() for name in looks}
    fig.alt = (
        "Ten points of a wave and three zigzag curves through them that all but coincide. Below,"
        f" the trained network is at most {off['trained']:.2f} from the certified optimum, the"
        f" program of its first patterns {off['own']:.2f}."
    )
    return fig
