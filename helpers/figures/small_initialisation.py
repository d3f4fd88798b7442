"""Figures of the section on very small initialisation."""

import numpy as np

from ..drawing import style
from ..sections import small_initialisation as neurons

ARTICLE = -1.3  # where the article says that small neurons gather


def two_regimes(path):
    """The loss of a small-scale run on a logarithmic axis, and the line of its constant rate."""
    fig, ax = style.figure(6.4, 3.8)
    fitting = (path.step >= 120) & (path.step <= 220)
    slope, start = np.polyfit(path.step[fitting], np.log(path.fit[fitting]), 1)
    ax.axvspan(0, 85, color=style.NEUTRAL, alpha=0.13, lw=0)
    ax.plot(path.step, path.fit, color=style.DATA, lw=2.5, label="gradient descent")
    line = np.array([95, 290])
    ax.plot(
        line,
        np.exp(start + slope * line),
        "--",
        color=style.NEUTRAL,
        lw=1.2,
        label=f"{np.exp(slope):.3f} a step",
    )
    for x, text in ((42, "alignment"), (150, "fitting"), (315, "rounding")):
        ax.text(x, 20, text, ha="center")
    ax.set(
        yscale="log", xlim=(0, 352), ylim=(1e-14, 1e2), xlabel="gradient step", ylabel="loss (mean)"
    )
    ax.grid(alpha=0.25)
    ax.legend()
    return fig


def gathering(S, runs):
    """Where the largest neuron activates, per run of `runs` (name -> Trajectory), with the loss below it."""
    fig, (top, bottom) = style.figure(6.4, 5.4, 2, 1, sharex=True, height_ratios=[1.4, 1])
    aligned = neurons.alignment_point(S.X, S.y)
    for (name, path), colour, dash in zip(runs.items(), (style.NETWORK, style.GREEN), ((), (4, 2))):
        point = neurons.gathering(path)[0]
        top.plot(
            path.step,
            point,
            color=colour,
            dashes=dash or (None, None),
            lw=2.2,
            label=f"{name}: ends at {point[-1]:.4f}",
        )
        bottom.plot(path.step, path.fit, color=colour, dashes=dash or (None, None), lw=2.2)
    top.axhline(aligned, color=style.NEUTRAL, ls=":", lw=1.5)
    top.text(path.step[-1], aligned - 0.02, f"alignment: {aligned:.4f}", ha="right", va="top")
    top.axhline(ARTICLE, color=style.DATA, ls="-.", lw=1.5)
    top.text(20, ARTICLE + 0.02, f"the article's {ARTICLE}", va="bottom", color=style.DATA)
    top.set(ylabel="activation point", ylim=(-2.5, -1))
    top.legend(loc="center right")
    bottom.set(xlabel="gradient step", ylabel="loss (mean)", yscale="log", ylim=(1e-6, 2))
    return fig


def transition(scales, study):
    """From feature learning to lazy: the three measures of every width m in `study`, (seeds, scales, 3), by scale."""
    fig, axes = style.figure(6.4, 7.2, 3, 1, sharex=True)
    labels = (
        "share that\nchanged pattern",
        "movement of the\nfirst layer",
        "gap to the\nconvex optimum",
    )
    for (m, measures), colour, mark in zip(study.items(), (style.NETWORK, style.CONVEX), "os"):
        for k, ax in enumerate(axes):
            ax.plot(scales, measures[:, :, k].T, mark, color=colour, ms=4, alpha=0.7, mew=0)
            ax.plot(
                scales,
                np.median(measures[:, :, k], axis=0),
                color=colour,
                lw=2,
                label=f"{m} neurons",
            )
    for ax, label, scale in zip(axes, labels, ("linear", "log", "log")):
        ax.set(ylabel=label, xscale="log", yscale=scale)
        ax.grid(alpha=0.25)
    axes[0].legend()
    axes[-1].set(xlabel="initialisation scale")
    return fig
