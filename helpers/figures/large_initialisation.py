"""Figures of the section on large initialisation."""

import numpy as np

from ..convex import Solution
from ..data import Dataset, with_bias
from ..drawing import style
from ..drawing.style import Figure
from ..drawing.table import Table
from ..drawing.words import scientific
from ..loss import predict
from ..sections.large_initialisation import CarriedOn, linearised
from ..train import Trajectory

SHOWN = (971, 20_000, 100_000, 800_000)  # the article's last step, and when one sees a change
DASHES = (":", "-.", "--", "-")


def to_the_end(S: Dataset, run: CarriedOn, optimum: Solution) -> Figure:
    """The output at four steps, the loss, and how many neurons have changed their pattern."""
    fig, (top, middle, bottom) = style.figure(6.4, 8.2, 3, 1, height_ratios=[1.5, 1, 1])
    for step, dash in zip(SHOWN, DASHES, strict=True):
        k = run.at(step)
        label = f"step {run.step[k]:,}"
        top.plot(run.x, run.output[k], color=style.NETWORK, ls=dash, lw=2.4, label=label)
    best = optimum.predict(with_bias(run.x))
    top.plot(run.x, best, color=style.CONVEX, lw=1.8, label="convex optimum")
    top.plot(S.X[:, 0], S.y, "o", color=style.DATA, ms=7)
    top.set(xlabel="x", ylabel="output", ylim=(-1.6, 2.6))
    top.legend(loc="lower right", ncols=2)
    middle.plot(run.step, run.loss, color=style.NETWORK, lw=2.4)
    middle.axhline(run.optimum, color=style.CONVEX, ls="--", lw=1.8)
    middle.text(1.5, run.optimum * 1.25, "convex optimum", color=style.CONVEX)
    middle.set(xscale="log", yscale="log", ylabel="loss with its decay")
    bottom.plot(run.step, run.changed, color=style.NETWORK, lw=2.4)
    bottom.set(xscale="log", xlabel="gradient step", ylabel="neurons with\nanother pattern")
    for ax in (middle, bottom):
        ax.set(xlim=(1, run.step[-1]))
        ax.axvline(SHOWN[0], color=style.NEUTRAL, ls=":", lw=1.2)
        ax.grid(alpha=0.25)
    bottom.text(SHOWN[0] * 0.85, run.changed[-1] * 0.8, "the article's end", ha="right")
    fig.alt = (
        f"The output straightens from step {SHOWN[0]:,} to step {run.step[-1]:,}, the loss falls"
        f" to the convex optimum's {run.optimum:.4f}, and {run.changed[-1]} neurons change pattern"
    )
    return fig


def beside_linearised(S: Dataset, runs: dict[str, Trajectory]) -> Figure:
    """Each run's output at its end, title -> Trajectory, and that of its linearisation."""
    fig, axes = style.figure(6.4, 6.4, len(runs), 1, sharex=True)
    x = with_bias(np.linspace(-0.75, 0.85, 321))  # the data reach from -0.7 to 0.8
    for ax, (title, run) in zip(axes, runs.items(), strict=True):
        approximation = linearised(S, (run.W[0], run.alpha[0]), x)
        look = dict(color=style.NETWORK, lw=3.2, label="network, trained")
        ax.plot(x[:, 0], predict(x, *run.final), **look)
        look = dict(color=style.PURPLE, lw=1.8, ls=(0, (4, 2)), label="linearised network")
        ax.plot(x[:, 0], approximation, **look)
        ax.plot(S.X[:, 0], S.y, "o", color=style.DATA, ms=7, label="data")
        apart, _ = _gap(S, run)
        ax.set_title(f"{title}: up to {scientific(apart, 2)} apart between the data")
        ax.set(ylabel="output")
        ax.grid(alpha=0.25)
    axes[-1].set(xlabel="$x$")
    handles, names = axes[0].get_legend_handles_labels()
    fig.legend(handles, names, loc="outside lower center", ncols=3)
    return fig


def gaps(S: Dataset, runs: dict[tuple[str, float], Trajectory]) -> Table:
    """How far runs, (title, scale) -> Trajectory, end from their linearisation between the data."""
    rows = []
    for (title, scale), run in runs.items():
        apart, share = _gap(S, run)
        rows.append([title, f"{scale:g}", scientific(apart, 2), f"{100 * share:.2g}%"])
    return Table(["start", "scale", "largest gap", "of the output's range"], rows)


def _gap(S: Dataset, run: Trajectory) -> tuple[float, float]:
    """The largest between the data of a run's end and its linearisation, and over the range."""
    x = with_bias(np.linspace(S.X[:, 0].min(), S.X[:, 0].max(), 301))
    output = predict(x, *run.final)
    apart = np.abs(output - linearised(S, (run.W[0], run.alpha[0]), x)).max()
    return apart, apart / np.ptp(output)
