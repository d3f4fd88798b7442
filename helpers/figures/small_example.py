"""Figures of the section Small example walkthrough: one ReLU, and the programs of its patterns."""

from collections.abc import Sequence

import numpy as np

from ..data import Dataset
from ..drawing import sketch, style
from ..drawing.style import Figure
from ..sections.small_example import allowed, one_neuron_loss, program_value

REACH = 2.1  # of the weight axis
WEIGHTS = np.linspace(-REACH, REACH, 841)  # an odd number of steps: 0 is among them
NAMES = [
    r"$\frac{y_1}{x_1}$",
    r"$\frac{y_2}{x_2}$",
]  # of the weights that fit one point each
SAME = 1e-9  # values closer than this agree


def loss_curve(S: Dataset) -> Figure:
    """Loss of one neuron over its weight: two minima of different value, the kink between them."""
    fig, ax = style.figure(5.4, 3.5)
    _loss(ax, S)
    _name_the_values(ax, S)
    ax.legend(loc="upper center", fontsize=13, bbox_to_anchor=(0.66, 1))
    return fig


def output(S: Dataset, w: float) -> Figure:
    """Output of the neuron of weight w beside the two points."""
    fig, ax = style.figure(5.4, 3.5)
    _output(ax, S, w)
    fig.legend(loc="outside upper center", ncols=2, fontsize=12)  # inside, a datum looks like a key
    return fig


def neuron(S: Dataset, w: float) -> Figure:
    """Where the weight w stands on the loss, and what the neuron outputs there."""
    fig, (left, right) = style.figure(6.0, 3.2, 1, 2)
    loss = one_neuron_loss(S.X, S.y, w)
    _loss(left, S)
    left.plot(w, loss, "o", color=style.NETWORK, ms=10, zorder=6)
    _output(right, S, w)
    active = [("x₁", "x₂")[j] for j in range(len(S.y)) if S.X[j, 0] * w > 0]
    text = f"activates {active[0]} only" if len(active) == 1 else "activates no point"
    fig.alt = f"w = {w:.2f}: the neuron {text}, loss {loss:.3f}."
    return fig


def program(
    S: Dataset,
    pattern: Sequence[int],
    constrained: bool = False,
) -> Figure:
    """The convex program of a pattern against the loss.

    Where both agree, where not, and the optimum, over all weights or over those of the cone.
    """
    fig, ax = style.figure(5.4, 3.3)
    _curve(ax, S)
    value = program_value(S, pattern, WEIGHTS)
    if constrained:
        feasible = allowed(S, pattern, WEIGHTS)
    else:
        feasible = np.full(len(WEIGHTS), True)
        dashed = dict(lw=2, ls=(0, (4, 2)), label="convex program")
        ax.plot(WEIGHTS, value, color=style.CONVEX, **dashed)
    agree = feasible & (np.abs(value - one_neuron_loss(S.X, S.y, WEIGHTS)) < SAME)
    shape = dict(lw=8) if agree.sum() > 1 else dict(marker="o", ms=14, ls="", mew=0)
    ax.plot(
        WEIGHTS[agree],
        value[agree],
        color=style.CONVEX,
        alpha=0.35,
        label="where both agree",
        **shape,
    )
    best = WEIGHTS[feasible][np.argmin(value[feasible])]
    here = program_value(S, pattern, best)
    there = one_neuron_loss(S.X, S.y, best)
    ax.plot(
        best,
        here,
        "D",
        color=style.CONVEX,
        ms=9,
        label="optimum of the program",
        zorder=6,
    )
    if abs(here - there) > SAME:
        ax.plot([best, best], [here, there], color=style.NEUTRAL, ls=":", lw=2)
        ax.plot(
            best,
            there,
            "o",
            color=style.DATA,
            ms=8,
            label="loss of that weight",
            zorder=6,
        )
    ax.set(xlim=(-REACH, REACH), ylim=(0, 3.4), xlabel="weight")
    ax.set_xticks(S.y / S.X[:, 0], NAMES, fontsize=15)
    ax.set_yticks(range(4))
    fig.legend(loc="outside lower center", ncols=2, fontsize=10)
    return fig


def cones(S: Dataset, patterns: Sequence[Sequence[int]]) -> Figure:
    """The weights that every pattern allows, on the line of weights."""
    fig, ax = style.figure(5.4, 2.4)
    for row, D in enumerate(patterns):
        cone = WEIGHTS[allowed(S, D, WEIGHTS)]
        height = -row
        is_ray = len(cone) > 1
        colour = style.CONVEX if is_ray else style.NEUTRAL
        heights = np.full(len(cone), height)
        ax.plot(cone, heights, color=colour, lw=7, solid_capstyle="butt")
        ax.plot(0, height, "o", color=colour, ms=9)
        if is_ray:
            end = max(cone, key=abs)
            ax.plot(end, height, "<" if end < 0 else ">", color=colour, ms=11)
    ax.axvline(0, color=style.NEUTRAL, lw=0.8)
    ax.set_yticks(
        -np.arange(len(patterns)),
        [f"diag({int(a)}, {int(b)})" for a, b in patterns],
    )
    ax.set(
        xlim=(-REACH - 0.15, REACH + 0.15),
        ylim=(-len(patterns) + 0.4, 0.6),
        xlabel="weights $u$ with $(2D - I)Xu \\geq 0$",
    )
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    return fig


def _loss(ax, S: Dataset) -> None:
    """The loss on axes that mark the minima, and the values at them and at the kink."""
    first, second = S.y**2
    sketch.cross_axes(
        ax,
        xlabel="$w_1$",
        ylabel="",
        xticks=dict(zip(S.y / S.X[:, 0], NAMES, strict=True)),
        yticks={first + second: "", first: "", second: ""},
        xlim=(-REACH, REACH),
        ylim=(0, 2.4),
    )
    ax.tick_params(axis="x", labelsize=15)
    _curve(ax, S)


def _name_the_values(ax, S: Dataset) -> None:
    """Beside the axis, where no curve runs."""
    first, second = S.y**2
    ax.text(-0.07, first + second + 0.06, "$y_1^2+y_2^2$", ha="right", va="center")
    ax.text(0.07, first - 0.1, "$y_1^2$", ha="left", va="center")
    ax.text(-0.07, second, "$y_2^2$", ha="right", va="center")


def _curve(ax, S: Dataset) -> None:
    minima = S.y / S.X[:, 0]
    for w, value in zip(minima, one_neuron_loss(S.X, S.y, minima), strict=True):
        ax.plot([w, w], [0, value], color=style.NEUTRAL, ls="--", lw=1)
        ax.plot(w, value, "o", color=style.DATA, ms=6)
    values = one_neuron_loss(S.X, S.y, WEIGHTS)
    ax.plot(WEIGHTS, values, color=style.DATA, lw=2.5, label=r"$\mathcal{L}(w_1)$")


def _output(
    ax,
    S: Dataset,
    w: float,
) -> None:
    sketch.data_axes(ax, S)
    ax.set_yticks(S.y, ["$y_1$", "$y_2$"])
    relation = {1: ">", 0: "=", -1: "<"}[int(np.sign(w))]
    label = f"$\\max(0, x\\, w_1)$\n$w_1 {relation} 0$"
    sketch.relu_line(ax, w, color=style.LIGHT, lw=2.5, label=label)
