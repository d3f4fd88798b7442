"""Figures of the section Activation patterns are not a constant."""

import numpy as np

from ..drawing import style

FLOOR = 1e-5  # what is below is drawn at the lower edge


def pattern_counts(step, counts, marks):
    """The number of different patterns at every step (the article's staircase), written at the steps `marks`."""
    fig, ax = style.figure(6.4, 3.6)
    ax.plot(step, counts, color=style.GREEN, lw=2, drawstyle="steps-post")
    for t in marks:
        ax.plot(t, counts[step == t], "o", color=style.NEUTRAL, mfc="none", mew=2, ms=9)
        side = "right" if t > 200 else "center"  # not over the edge
        ax.annotate(
            f"{counts[step == t][0]} at step {t}",
            (t, counts[step == t][0]),
            (0, 14 if t < 100 else -20),
            textcoords="offset points",
            ha=side,
        )
    ax.set(
        xlim=(0, 305),
        ylim=(0, 20.6),
        xticks=[0, 150, 300],
        yticks=[0, 4, 8, 12, 16, 20],
        xlabel="gradient step",
        ylabel="unique patterns",
    )
    ax.grid(alpha=0.25)
    return fig


def against_optimum(step, loss, own, both=None, beaten=None):
    """Gradient descent's loss (T,) and the optima of the current patterns (T',), all relative to the mean of y^2.

    Every stretch of one optimum is a dash; `beaten`, a step, marks where the loss passes below the first of `own`.
    """
    fig, ax = style.figure(6.4, 4.2)
    _losses(ax, step, loss, own, both)
    if beaten is not None:
        ax.plot([0, beaten], [own[0]] * 2, ":", color=style.NEUTRAL, lw=1.2)
        ax.plot(beaten, own[0], "o", color=style.NEUTRAL, mfc="none", mew=2, ms=10)
        ax.annotate(
            f"step {beaten}: below the\noptimum of step 0",
            (beaten, own[0]),
            (14, 14),
            textcoords="offset points",
        )
    fig.legend(loc="outside lower center", ncols=2)
    return fig


def statistics(study):
    """Patterns, and losses and optima, of all seeds of a study: median, range, and where descent wins."""
    fig, (top, bottom) = style.figure(6.4, 6.4, 2, 1, sharex=True)
    _band(top, study.step, study.counts, style.GREEN, "unique patterns")
    top.set(ylabel="unique patterns", ylim=(0, 20.6), yticks=[0, 5, 10, 15, 20])
    _band(bottom, study.step, study.loss, style.NETWORK, "gradient descent")
    _band(bottom, study.step[:: study.every], study.own, style.CONVEX, "optimum, own signs")
    bottom.plot(
        study.beaten,
        study.own[:, 0],
        "o",
        color=style.NEUTRAL,
        mfc="none",
        label="first below the optimum of step 0",
    )
    bottom.set(yscale="log", ylim=(FLOOR, 2), xlabel="gradient step", ylabel="loss / mean $y^2$")
    for ax in (top, bottom):
        ax.grid(alpha=0.25)
    fig.legend(*bottom.get_legend_handles_labels(), loc="outside lower center", ncols=1)
    return fig


def one_seed(study, seed):
    """One run of a study, its patterns above and its loss and optima below."""
    k = study.seeds.index(seed)
    fig, (top, bottom) = style.figure(6.4, 5.6, 2, 1, sharex=True, height_ratios=[1, 1.5])
    top.plot(study.step, study.counts[k], color=style.GREEN, lw=2, drawstyle="steps-post")
    top.set(ylabel="unique patterns", ylim=(0, 20.6), yticks=[0, 5, 10, 15, 20])
    _losses(bottom, study.step, study.loss[k], study.own[k], study.both[k], study.every)
    bottom.plot(
        study.beaten[k],
        study.own[k, 0],
        "o",
        color=style.NEUTRAL,
        mfc="none",
        mew=2,
        ms=10,
        label="first below the optimum of step 0",
    )
    fig.legend(*bottom.get_legend_handles_labels(), loc="outside lower center", ncols=2)
    fig.alt = (
        f"seed {seed}: {study.counts[k, 0]} patterns at the start, {study.counts[k, 300]} at step 300; "
        f"the optimum of the first patterns with their own signs, {study.own[k, 0]:.3f}, is beaten at step "
        f"{study.beaten[k]}"
    )
    return fig


def _losses(ax, step, loss, own, both, every=1):
    """Curves of one run. An optimum below FLOOR (0, to the solver) is a triangle at the lower edge."""
    ax.plot(step, loss, color=style.NETWORK, lw=2.5, label="gradient descent")
    for values, colour, width, name in (
        (both, style.LIGHT, 1.8, "optimum, both signs"),
        (own, style.CONVEX, 2.5, "optimum, own signs"),
    ):
        if values is None:
            continue
        ends = np.flatnonzero(np.append(values[1:] != values[:-1], True))
        starts = np.append(0, ends[:-1] + 1)
        shown = values[ends] > FLOOR
        ax.hlines(
            values[ends][shown],
            step[starts * every][shown] - 3,
            step[ends * every][shown] + 3,
            colour,
            lw=width,
            label=name,
        )
        zero = step[::every][values <= FLOOR][:: max(1, 8 // every)]
        ax.plot(zero, np.full(len(zero), FLOOR * 1.25), "v", color=colour, ms=4, mew=0)
    ax.set(yscale="log", ylim=(FLOOR, 2), xlabel="gradient step", ylabel="loss / mean $y^2$")
    ax.grid(alpha=0.25)


def _band(ax, step, values, colour, name):
    """Median and range of values (R, T)."""
    ax.fill_between(step, values.min(axis=0), values.max(axis=0), color=colour, alpha=0.2, lw=0)
    ax.plot(step, np.median(values, axis=0), color=colour, lw=2.2, label=f"{name}: median, range")
