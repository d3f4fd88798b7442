"""Figures of the section on very small initialisation."""

from collections.abc import Sequence

import numpy as np

from .. import dual
from ..data import Dataset, with_bias
from ..drawing import style
from ..drawing.style import Figure
from ..loss import predict
from ..networks import Network
from ..sections import small_initialisation
from ..sections.small_initialisation import Rest
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
    ax.plot(run.step, run.fit, color=style.NETWORK, lw=2.5, label="gradient descent")
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
    looks = ((style.NETWORK, (None, None)), (style.LIGHT, (4, 2)))
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
    top.axhline(ARTICLE, color=style.NEUTRAL, ls="-.", lw=1.5)
    top.text(
        20,
        ARTICLE + 0.02,
        f"the article's {ARTICLE}",
        va="bottom",
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
    for (m, measures), colour, mark in zip(study.items(), style.SERIES, "os", strict=False):
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


def stuck(rests: Sequence[Rest], optima: Sequence[Network]) -> Figure:
    """Where descent from tiny weights rests on each data set, beside an optimum's output."""
    fig, axes = style.figure(6.4, 8.6, (len(rests) + 1) // 2, 2, sharex=True)
    x = with_bias(np.linspace(-1.05, 1.05, 211))
    for ax, rest, optimum in zip(axes.flat, rests, optima, strict=True):
        ax.plot(x[:, 0], predict(x, *optimum), "--", color=style.CONVEX, lw=1.8)
        ax.plot(x[:, 0], predict(x, *rest.network), color=style.NETWORK, lw=2.6)
        ax.plot(rest.S.X[:, 0], rest.S.y, "o", color=style.DATA, ms=6)
        ax.set_title(f"{100 * rest.share:.0f}% of the loss left")
        low, high = rest.S.y.min(), rest.S.y.max()
        margin = 0.3 * (high - low)
        ax.set(ylim=(low - margin, high + margin))
    for ax in axes[-1]:
        ax.set_xlabel("$x$")
    looks = [
        dict(color=style.NETWORK, lw=2.6),
        dict(color=style.CONVEX, lw=1.8, ls="--"),
        dict(color=style.DATA, ls="none", marker="o", ms=6),
    ]
    handles = [fig.axes[0].plot([], [], **look)[0] for look in looks]
    names = ["from tiny weights", "convex optimum", "data"]
    fig.legend(handles, names, loc="outside lower center", ncols=3)
    return fig


def missing_neuron(rest: Rest) -> Figure:
    """The dual curve of a network at rest: zero where its neurons are, not where none is."""
    fig, ax = style.figure(6.4, 4.4)
    X = rest.S.X
    theta = rest.S.y - predict(X, *rest.network)
    degrees = np.linspace(-180, 180, 1441)
    curve = dual.dual_curve(X, theta, dual.circle(degrees))
    W, alpha = rest.network
    size = np.abs(alpha) * np.linalg.norm(W, axis=1)
    grown = size > 1e-3 * size.max()
    where = dual.angle(W)
    ax.axhline(0, color=style.NEUTRAL, lw=1)
    for wall in dual.angle(X):
        for turned in (wall + 90, wall - 90):
            ax.axvline(_in_turn(turned), color=style.DATA, ls=":", lw=0.8, alpha=0.7)
    ax.plot(degrees, curve, color=style.NETWORK, lw=2.4)
    tiny = dict(ls="none", marker="|", ms=10, color=style.NEUTRAL, label="neurons still tiny")
    ax.plot(where[~grown], np.zeros(np.sum(~grown)), **tiny)
    large = dict(ls="none", marker="o", ms=9, color=style.GREEN, label="neurons that grew")
    ax.plot(where[grown], np.zeros(grown.sum()), **large)
    highest = dual.peak(X, theta)
    star = dict(
        ls="none", marker="*", ms=15, color=style.CONVEX, label="the neuron that is missing"
    )
    ax.plot(dual.angle(highest.direction[None]), highest.sign * highest.height, **star)
    ax.set(xlabel="direction of a neuron (degrees)", ylabel="what a small neuron gains")
    ax.set(xlim=(-180, 180), xticks=range(-180, 181, 90))
    fig.legend(loc="outside lower center", ncols=2)
    return fig


def _in_turn(degrees: float) -> float:
    """The same angle from -180 to 180."""
    return (degrees + 180) % 360 - 180
