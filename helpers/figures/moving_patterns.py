"""Figures of the section Activation patterns are not a constant."""

from collections.abc import Sequence

import numpy as np

from ..drawing import style
from ..drawing.style import Figure
from ..sections.moving_patterns import Seeds

FLOOR = 1e-5  # what is below is drawn at the lower edge
RING = dict(color=style.NEUTRAL, mfc="none", mew=2)
COUNT_TICKS = [0, 5, 10, 15, 20]
COUNT_LIMITS = (0, 20.6)  # 20 neurons


def pattern_counts(
    step: np.ndarray,
    counts: np.ndarray,
    marks: Sequence[int],
) -> Figure:
    """The number of different patterns at every step (the article's staircase).

    It is written at the steps `marks`.
    """
    fig, ax = style.figure(6.4, 3.6)
    ax.plot(step, counts, color=style.GREEN, lw=2, drawstyle="steps-post")
    for t in marks:
        (count,) = counts[step == t]
        ax.plot(t, count, "o", ms=9, **RING)
        ax.annotate(
            f"{count} at step {t}",
            (t, count),
            (
                0,
                14 if t < 100 else -20,
            ),  # above, where the curve falls; then below
            textcoords="offset points",
            ha="right" if t > 200 else "center",  # not over the edge
        )
    ax.set(xlim=(0, 305), xticks=[0, 150, 300], xlabel="gradient step")
    ax.set(
        ylim=COUNT_LIMITS,
        yticks=[0, 4, 8, 12, 16, 20],
        ylabel="unique patterns",
    )
    ax.grid(alpha=0.25)
    return fig


def against_optimum(
    step: np.ndarray,
    loss: np.ndarray,
    own: np.ndarray,
    both: np.ndarray | None = None,
    beaten: int | None = None,
) -> Figure:
    """Gradient descent's loss (T,) and the optima of its current patterns, relative to mean y^2.

    own and both (T,): with the neurons' own signs, and with both. Every stretch of one optimum is a
    dash; `beaten`, a step, marks where the loss passes below the first of `own`.
    """
    fig, ax = style.figure(6.4, 4.2)
    _losses(ax, step, loss)
    if both is not None:
        _optima(
            ax,
            step,
            both,
            color=style.LIGHT,
            lw=1.8,
            label="optimum, both signs",
        )
    _optima(ax, step, own, color=style.CONVEX, lw=2.5, label="optimum, own signs")
    if beaten is not None:
        ax.plot([0, beaten], [own[0]] * 2, ":", color=style.NEUTRAL, lw=1.2)
        ax.plot(beaten, own[0], "o", ms=10, **RING)
        ax.annotate(
            f"step {beaten}: below the\noptimum of step 0",
            (beaten, own[0]),
            (14, 14),
            textcoords="offset points",
        )
    fig.legend(loc="outside lower center", ncols=2)
    return fig


def statistics(study: Seeds) -> Figure:
    """Patterns, losses and optima of all seeds of a study: median, range, where descent wins."""
    fig, (top, bottom) = style.figure(6.4, 6.4, 2, 1, sharex=True)
    _band(top, study.step, study.counts, style.GREEN, "unique patterns")
    top.set(ylabel="unique patterns", ylim=COUNT_LIMITS, yticks=COUNT_TICKS)
    _band(bottom, study.step, study.loss, style.NETWORK, "gradient descent")
    solved = study.step[:: study.every]
    _band(bottom, solved, study.own, style.CONVEX, "optimum, own signs")
    label = "first below the optimum of step 0"
    bottom.plot(
        study.beaten,
        study.own[:, 0],
        "o",
        label=label,
        color=style.NEUTRAL,
        mfc="none",
    )
    bottom.set(
        yscale="log",
        ylim=(FLOOR, 2),
        xlabel="gradient step",
        ylabel="loss / mean $y^2$",
    )
    for ax in (top, bottom):
        ax.grid(alpha=0.25)
    fig.legend(*bottom.get_legend_handles_labels(), loc="outside lower center", ncols=1)
    return fig


def one_seed(study: Seeds, seed: int) -> Figure:
    """One run of a study, its patterns above and its loss and optima below."""
    k = study.seeds.index(seed)
    own = study.own[k]
    beaten = study.beaten[k]
    fig, (top, bottom) = style.figure(6.4, 5.6, 2, 1, sharex=True, height_ratios=[1, 1.5])
    top.plot(
        study.step,
        study.counts[k],
        color=style.GREEN,
        lw=2,
        drawstyle="steps-post",
    )
    top.set(ylabel="unique patterns", ylim=COUNT_LIMITS, yticks=COUNT_TICKS)
    _losses(bottom, study.step, study.loss[k])
    solved = study.step[:: study.every]
    _optima(
        bottom,
        solved,
        study.both[k],
        color=style.LIGHT,
        lw=1.8,
        label="optimum, both signs",
    )
    _optima(
        bottom,
        solved,
        own,
        color=style.CONVEX,
        lw=2.5,
        label="optimum, own signs",
    )
    bottom.plot(
        beaten,
        own[0],
        "o",
        ms=10,
        label="first below the optimum of step 0",
        **RING,
    )
    fig.legend(*bottom.get_legend_handles_labels(), loc="outside lower center", ncols=2)
    fig.alt = (
        f"seed {seed}: {study.counts[k, 0]} patterns at the start, "
        f"{study.counts[k, 300]} at step 300; the optimum of the first patterns "
        f"with their own signs, {own[0]:.3f}, is beaten at step {beaten}"
    )
    return fig


def _losses(
    ax,
    step: np.ndarray,
    loss: np.ndarray,
) -> None:
    ax.plot(step, loss, color=style.NETWORK, lw=2.5, label="gradient descent")
    ax.set(
        yscale="log",
        ylim=(FLOOR, 2),
        xlabel="gradient step",
        ylabel="loss / mean $y^2$",
    )
    ax.grid(alpha=0.25)


def _optima(
    ax,
    step: np.ndarray,
    values: np.ndarray,
    color: str,
    lw: float,
    label: str,
) -> None:
    """A dash over the steps (T,) of each stretch of one optimum (T,).

    An optimum below FLOOR (0, to the solver) is a triangle at the lower edge, every eight steps.
    """
    last = np.flatnonzero(np.append(values[1:] != values[:-1], True))
    first = np.append(0, last[:-1] + 1)
    shown = values[last] > FLOOR
    longer = 3  # steps, at either end: a stretch of one step can be seen
    ax.hlines(
        values[last][shown],
        step[first][shown] - longer,
        step[last][shown] + longer,
        color,
        lw=lw,
        label=label,
    )
    apart = max(1, 8 // (step[1] - step[0]))
    zero = step[values <= FLOOR][::apart]
    ax.plot(zero, np.full(len(zero), FLOOR * 1.25), "v", color=color, ms=4, mew=0)


def _band(
    ax,
    step: np.ndarray,
    values: np.ndarray,
    colour: str,
    name: str,
) -> None:
    """Median and range of values (R, T)."""
    ax.fill_between(
        step,
        values.min(axis=0),
        values.max(axis=0),
        color=colour,
        alpha=0.2,
        lw=0,
    )
    ax.plot(
        step,
        np.median(values, axis=0),
        color=colour,
        lw=2.2,
        label=f"{name}: median, range",
    )
