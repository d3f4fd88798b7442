"""Figures of the section on very small initialisation."""

from collections.abc import Sequence

import numpy as np

from ..data import Dataset
from ..drawing import style
from ..drawing.style import Figure
from ..sections import small_initialisation
from ..train import Trajectory

ARTICLE = -1.3  # where the article says that small neurons gather
FITTING = (120, 220)  # steps of the second regime, well inside it


def two_regimes(run: Trajectory) -> Figure:
    """The loss of a small-scale run on a logarithmic axis, and the line of its constant rate."""
    fig, ax = style.figure(6.4, 3.8)
    begin, end = FITTING
    fitting = (run.step >= begin) & (run.step <= end)
    slope, start = np.polyfit(run.step[fitting], np.log(run.fit[fitting]), 1)
    ax.axvspan(0, 85, color=style.NEUTRAL, alpha=0.13, lw=0)
    ax.plot(run.step, run.fit, color=style.DATA, lw=2.5, label="gradient descent")
    t = np.array([95, 290])
    rate = f"{np.exp(slope):.3f} a step"
    ax.plot(
        t,
        np.exp(start + slope * t),
        "--",
        color=style.NEUTRAL,
        lw=1.2,
        label=rate,
    )
    for middle, regime in (
        (42, "alignment"),
        (150, "fitting"),
        (315, "rounding"),
    ):
        ax.text(middle, 20, regime, ha="center")
    ax.set(xlim=(0, 352), xlabel="gradient step")
    ax.set(yscale="log", ylim=(1e-14, 1e2), ylabel="loss (mean)")
    ax.grid(alpha=0.25)
    ax.legend()
    return fig


def gathering(S: Dataset, runs: dict[str, Trajectory]) -> Figure:
    """Where the largest neuron activates in every run (name -> Trajectory), the loss below it."""
    fig, (top, bottom) = style.figure(6.4, 5.4, 2, 1, sharex=True, height_ratios=[1.4, 1])
    aligned = small_initialisation.alignment_point(S.X, S.y)
    looks = ((style.NETWORK, (None, None)), (style.GREEN, (4, 2)))
    for (name, run), (colour, dashes) in zip(runs.items(), looks, strict=False):
        point = small_initialisation.gathering(run).point
        look = dict(color=colour, dashes=dashes, lw=2.2)
        top.plot(run.step, point, label=f"{name}: ends at {point[-1]:.4f}", **look)
        bottom.plot(run.step, run.fit, **look)
    top.axhline(aligned, color=style.NEUTRAL, ls=":", lw=1.5)
    top.text(
        run.step[-1],
        aligned - 0.02,
        f"alignment: {aligned:.4f}",
        ha="right",
        va="top",
    )
    top.axhline(ARTICLE, color=style.DATA, ls="-.", lw=1.5)
    top.text(
        20,
        ARTICLE + 0.02,
        f"the article's {ARTICLE}",
        va="bottom",
        color=style.DATA,
    )
    top.set(ylabel="activation point", ylim=(-2.5, -1))
    top.legend(loc="center right")
    bottom.set(
        xlabel="gradient step",
        ylabel="loss (mean)",
        yscale="log",
        ylim=(1e-6, 2),
    )
    return fig


def transition(scales: Sequence[float], study: dict[int, np.ndarray]) -> Figure:
    """From feature learning to lazy: three measures of laziness by scale.

    study: number of neurons -> measures (seeds, scales, 3).
    """
    fig, axes = style.figure(6.4, 7.2, 3, 1, sharex=True)
    for (m, measures), colour, mark in zip(
        study.items(), (style.NETWORK, style.CONVEX), "os", strict=False
    ):
        for ax, values in zip(axes, np.moveaxis(measures, 2, 0), strict=True):
            ax.plot(scales, values.T, mark, color=colour, ms=4, alpha=0.7, mew=0)
            ax.plot(
                scales,
                np.median(values, axis=0),
                color=colour,
                lw=2,
                label=f"{m} neurons",
            )
    share, movement, gap = axes
    share.set(ylabel="share that\nchanged pattern", yscale="linear")
    movement.set(ylabel="movement of the\nfirst layer", yscale="log")
    gap.set(ylabel="gap to the\nconvex optimum", yscale="log")
    for ax in axes:
        ax.set(xscale="log")
        ax.grid(alpha=0.25)
    share.legend()
    gap.set(xlabel="initialisation scale")
    return fig
