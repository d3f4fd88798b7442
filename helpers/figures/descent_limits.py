"""Figures of the section What descent finds: a condition kept, and broken, side by side."""

from collections.abc import Sequence

import numpy as np

from ..convex import Solution
from ..data import Dataset, with_bias
from ..drawing import style
from ..drawing.style import Figure
from ..sections.descent_limits import Fitted, MarginRun, Ramps, decayed_knots, ramp_curve


def norms(scales: Sequence[float], orthogonal: list[Fitted], skewed: list[Fitted]) -> Figure:
    """What descent's norm has above the least one, against the scale it starts from."""
    fig, ax = style.figure(6.4, 3.9)
    for found, color, marker, label in (
        (orthogonal, style.NETWORK, "o", "orthogonal points"),
        (skewed, style.PURPLE, "s", "other points"),
    ):
        above = [100 * (fitted.ratio - 1) for fitted in found]
        ax.plot(scales, above, marker=marker, color=color, lw=2.4, ms=7, label=label)
    ax.set(xscale="log", yscale="log")
    ax.set(xlabel="size of the first weights", ylabel="norm above the least, in %")
    ax.invert_xaxis()
    ax.grid(alpha=0.25)
    ax.legend()
    return fig


def wide(
    scales: Sequence[float],
    apart: dict[str, Sequence[float]],
    widths: Sequence[int],
    success: dict[str, np.ndarray],
) -> Figure:
    """Left to right: the gap to the linearised network by scale, and the share of successes by
    width; each for a start that keeps the theorem's condition and one that does not.
    """
    fig, (top, bottom) = style.figure(6.4, 6.4, 2, 1)
    colors = (style.NETWORK, style.PURPLE)
    for (label, values), color, marker in zip(apart.items(), colors, "os", strict=True):
        percent = 100 * np.array(values)
        top.plot(scales, percent, marker=marker, color=color, lw=2.4, ms=7, label=label)
    top.set(xscale="log", yscale="log", xlabel="size of the first weights")
    top.set(ylabel="gap to the linearised\nnetwork, % of the range", xticks=scales)
    top.set_xticklabels([f"{scale:g}" for scale in scales])
    top.minorticks_off()
    for (label, share), color, marker in zip(success.items(), colors, "os", strict=True):
        bottom.plot(widths, 100 * share, marker=marker, color=color, lw=2.4, ms=7, label=label)
    bottom.set(xscale="log", xlabel="neurons", ylabel="% of the runs that end\nat the optimum")
    bottom.set(xticks=widths, ylim=(-6, 106))
    bottom.set_xticklabels([str(width) for width in widths])
    bottom.minorticks_off()
    for ax in (top, bottom):
        ax.grid(alpha=0.25)
        ax.legend()
    return fig


def splines(S: Dataset, lam: float, free: Ramps, decayed: Solution) -> Figure:
    """Above the outputs with their knots, below the dual curves over the place of a knot.

    Left: the bias costs nothing. Right: it is decayed, as in the article.
    """
    fig, axes = style.figure(6.4, 5.6, 2, 2, sharex=True, sharey="row")
    x = np.linspace(-2.1, 1.1, 1281)
    residual = S.y - decayed.predict(S.X)
    columns = (
        ("the bias costs nothing", free.predict(x), free.used, free.theta, False),
        ("the bias is decayed", decayed.predict(with_bias(x)), None, residual, True),
    )
    for (top, bottom), column in zip(axes.T, columns, strict=True):
        title, output, knots, theta, penalised = column
        if knots is None:
            knots = decayed_knots(S, lam)
        knots = knots[(knots > x[0]) & (knots < x[-1])]
        top.plot(x, output, color=style.CONVEX, lw=2.4)
        top.plot(S.X[:, 0], S.y, "o", color=style.DATA, ms=7)
        top.set_title(title)
        for curve, dash in zip(
            ramp_curve(S.X[:, 0], theta, x, penalised), ("-", "--"), strict=True
        ):
            bottom.plot(x, curve / lam, dash, color=style.CONVEX, lw=1.8)
        for place in S.X[:, 0]:
            bottom.axvline(place, color=style.DATA, lw=0.8, alpha=0.5)
        for place in knots:
            top.plot(place, np.interp(place, x, output), "^", color=style.GREEN, ms=11, zorder=5)
            top.axvline(place, color=style.GREEN, lw=1.2, ls=":")
            bottom.axvline(place, color=style.GREEN, lw=1.2, ls=":")
        bottom.set_ylim(-1.25, 1.25)
        bottom.axhspan(-1, 1, color=style.NEUTRAL, alpha=0.12, lw=0)
        bottom.set(xlabel="$x$, the place of a knot")
    axes[0, 0].set_ylabel("output")
    axes[1, 0].set_ylabel(r"dual curve over $\lambda$")
    return fig


def margins(separable: list[MarginRun], unruly: list[MarginRun]) -> Figure:
    """The margin of every run as a share of the largest possible, against the step."""
    fig, axes = style.figure(6.4, 3.7, 1, 2, sharey=True)
    titles = ("orthogonally separable", "not so")
    for ax, runs, color, title in zip(
        axes, (separable, unruly), (style.NETWORK, style.PURPLE), titles, strict=True
    ):
        for run in runs:
            ax.plot(run.step, np.maximum(run.share, -0.2), color=color, lw=2)
        ax.axhline(1, color=style.CONVEX, ls="--", lw=1.8)
        ax.set(xscale="log", xlabel="step", ylim=(-0.15, 1.15), xlim=(10, runs[0].step[-1]))
        ax.set_title(title)
        ax.grid(alpha=0.25)
    axes[0].text(12, 1.02, "the largest margin", color=style.CONVEX)
    axes[0].set_ylabel("margin reached, of the largest")
    return fig
