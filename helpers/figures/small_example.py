"""Figures of the section Small example walkthrough: one ReLU, two points, and the convex programs of its patterns."""

import numpy as np

from ..drawing import sketch, style
from ..sections.small_example import one_neuron_loss

REACH = 2.1  # of the weight axis
WEIGHTS = [r"$\frac{y_1}{x_1}$", r"$\frac{y_2}{x_2}$"]  # that fit one point each


def loss_curve(S):
    """Loss of one neuron over its weight: two minima of different value and the kink between them."""
    fig, ax = style.figure(5.4, 3.5)
    _loss(ax, S)
    ax.legend(loc="upper center", fontsize=13, bbox_to_anchor=(0.66, 1))
    return fig


def output(S, w):
    """Output of the neuron of weight w beside the two points."""
    fig, ax = style.figure(5.4, 3.5)
    _output(ax, S, w)
    ax.legend(loc="upper left", fontsize=12)
    return fig


def neuron(S, w):
    """Where the weight w stands on the loss, and what the neuron outputs there."""
    fig, (left, right) = style.figure(6.0, 3.2, 1, 2)
    _loss(left, S, names=False)
    left.plot(w, one_neuron_loss(S.X, S.y, w), "o", color=style.NETWORK, ms=10, zorder=6)
    _output(right, S, w)
    active = [("x₁", "x₂")[j] for j in range(len(S.y)) if S.X[j, 0] * w > 0]
    text = f"activates {active[0]} only" if len(active) == 1 else "activates no point"
    fig.alt = f"w = {w:.2f}: the neuron {text}, loss {one_neuron_loss(S.X, S.y, w):.3f}."
    return fig


def program(S, pattern, constrained=False):
    """The convex program of a pattern against the loss: where both agree, where not, and the optimum of either kind."""
    fig, ax = style.figure(5.4, 3.3)
    _curve(ax, S)
    u = np.linspace(-REACH, REACH, 841)
    value = program_value(S, pattern, u)
    allowed = np.all((2 * np.array(pattern)[:, None] - 1) * (S.X * u) >= 0, axis=0)
    agree = np.abs(value - one_neuron_loss(S.X, S.y, u)) < 1e-9
    if not constrained:
        ax.plot(u, value, color=style.CONVEX, lw=2, ls=(0, (4, 2)), label="convex program")
        allowed = allowed | True
    agree &= allowed
    ax.plot(
        u[agree],
        value[agree],
        **(dict(lw=8) if agree.sum() > 1 else dict(marker="o", ms=14, ls="", mew=0)),
        color=style.CONVEX,
        alpha=0.35,
        label="where both agree",
    )
    best = u[allowed][np.argmin(value[allowed])]
    here, there = program_value(S, pattern, best), one_neuron_loss(S.X, S.y, best)
    ax.plot(best, here, "D", color=style.CONVEX, ms=9, label="optimum of the program", zorder=6)
    if abs(here - there) > 1e-9:
        ax.plot([best, best], [here, there], color=style.NEUTRAL, ls=":", lw=2)
        ax.plot(best, there, "o", color=style.DATA, ms=8, label="loss of that weight", zorder=6)
    ax.set(xlim=(-REACH, REACH), ylim=(0, 3.4), xlabel="weight")
    ax.set_xticks(S.y / S.X[:, 0], WEIGHTS, fontsize=15)
    ax.set_yticks(range(4))
    fig.legend(loc="outside lower center", ncols=2, fontsize=10)
    return fig


def program_value(S, pattern, u):
    """Objective ``||D X u - y||^2`` of the one-neuron program at every u."""
    return np.sum(
        (np.array(pattern)[:, None] * S.X * np.atleast_1d(u) - S.y[:, None]) ** 2, axis=0
    ).reshape(np.shape(u))


def cones(S, patterns):
    """The weights that every pattern allows, on the line of weights."""
    fig, ax = style.figure(5.4, 2.4)
    u = np.linspace(-REACH, REACH, 841)
    for row, D in enumerate(patterns):
        allowed = np.all((2 * np.array(D)[:, None] - 1) * (S.X * u) >= 0, axis=0)
        ray = allowed.sum() > 1
        colour = style.CONVEX if ray else style.NEUTRAL
        ax.plot(u[allowed], np.full(allowed.sum(), -row), color=colour, lw=7, solid_capstyle="butt")
        ax.plot(0, -row, "o", color=colour, ms=9)
        end = u[allowed].min() if u[allowed].min() < -0.1 else u[allowed].max()
        if ray:
            ax.plot(end, -row, "<" if end < 0 else ">", color=colour, ms=11)
    ax.axvline(0, color=style.NEUTRAL, lw=0.8)
    ax.set_yticks(-np.arange(len(patterns)), [f"diag({int(a)}, {int(b)})" for a, b in patterns])
    ax.set(
        xlim=(-REACH - 0.15, REACH + 0.15),
        ylim=(-len(patterns) + 0.4, 0.6),
        xlabel="weights $u$ with $(2D - I)Xu \\geq 0$",
    )
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    return fig


def _loss(ax, S, names=True):
    a, b = S.y**2
    sketch.cross_axes(
        ax,
        "$w_1$",
        "",
        dict(zip(S.y / S.X[:, 0], WEIGHTS)),
        {a + b: "", a: "", b: ""},
        (-REACH, REACH),
        (0, 2.4),
    )
    ax.tick_params(axis="x", labelsize=15)
    for value, text, side in (
        ((a + b, "$y_1^2+y_2^2$", -1), (a - 0.1, "$y_1^2$", 1), (b, "$y_2^2$", -1)) if names else ()
    ):
        ax.text(
            0.07 * side,
            value + 0.06 * (value > 1),
            text,
            ha="right" if side < 0 else "left",
            va="center",
        )
    _curve(ax, S)


def _curve(ax, S):
    minima = S.y / S.X[:, 0]
    for w, value in zip(minima, one_neuron_loss(S.X, S.y, minima)):
        ax.plot([w, w], [0, value], color=style.NEUTRAL, ls="--", lw=1)
        ax.plot(w, value, "o", color=style.DATA, ms=6)
    w = np.linspace(-REACH, REACH, 841)
    ax.plot(w, one_neuron_loss(S.X, S.y, w), color=style.DATA, lw=2.5, label=r"$\mathcal{L}(w_1)$")


def _output(ax, S, w):
    sketch.data_axes(ax, S)
    ax.set_yticks(S.y, ["$y_1$", "$y_2$"])
    sign = ">" if w > 0 else "<" if w < 0 else "="
    sketch.relu_line(
        ax, w, color=style.LIGHT, lw=2.5, label=f"$\\max(0, x\\, w_1)$\n$w_1 {sign} 0$"
    )
