"""Figures of the section Specifics about equivalence: networks of one, two and many neurons."""

from collections.abc import Sequence

import numpy as np

from ..data import Dataset
from ..drawing import sketch, style
from ..drawing.style import Figure
from ..loss import loss, predict, relu
from ..sections.equivalence import Cut
from ..train import Trajectory

Network = tuple[np.ndarray, np.ndarray]  # W (m, d) and alpha (m,)

SUM = dict(color=style.FAINT, lw=6, zorder=1)
NEURONS = [dict(color=style.LIGHT, lw=2.2), dict(color=style.PURPLE, lw=1.6)]
LIVE = 1e-3  # a slope smaller than this cannot be seen: the neuron is at zero


def one_neuron(S: Dataset, weights: Sequence[float]) -> Figure:
    """A panel per weight of a network of one neuron: its output, and which point it fits."""
    fig, axes = style.figure(5.2, 2.9, 1, len(weights), sharey=True)
    for ax, w in zip(axes, weights, strict=True):
        sketch.data_axes(ax, S)
        sketch.relu_line(ax, w, color=style.LIGHT, lw=2.5)
        fits = 2 if w > 0 else 1
        title = f"$\\max(0, x w_1)$\n$w_1 = y_{fits}/x_{fits}$"
        ax.set_title(title, color=style.LIGHT, pad=12)
    return fig


def network(
    ax,
    S: Dataset,
    W: np.ndarray,
    alpha: np.ndarray,
) -> None:
    """Every neuron, blue and purple in turn, dashed where it is zero, and their sum if several."""
    sketch.data_axes(ax, S)
    x = np.array([-sketch.REACH, 0, sketch.REACH])
    left_half = slice(0, 2)
    right_half = slice(1, 3)
    for i, (w, a) in enumerate(zip(W[:, 0], alpha, strict=True)):
        y = a * relu(x * w)
        look = NEURONS[i % 2]
        between_the_others = 4 * (i % 2)  # dashes of blue and purple do not cover each other
        on, off = (left_half, right_half) if w < 0 else (right_half, left_half)
        ax.plot(x[on], y[on], **look)
        ax.plot(x[off], y[off], ls=(between_the_others, (4, 4)), **look)
    if len(alpha) > 1:
        ax.plot(x, predict(x[:, None], W, alpha), **SUM)


def kinds(
    S: Dataset,
    networks: dict[str, Network],
    lam: float,
) -> Figure:
    """A panel for each of four networks, title -> (W, alpha): its neurons and their sum."""
    fig, axes = style.figure(5.2, 5.6, 2, 2)
    for ax, (title, (W, alpha)) in zip(axes.flat, networks.items(), strict=True):
        network(ax, S, W, alpha)
        title = title.replace("x_1", "$x_1$").replace("x_2", "$x_2$")
        ax.set_title(f"{title}\nloss {loss(S.X, S.y, W, alpha, lam):.3f}", pad=12)
    _key(fig, ["neuron 1", "neuron 2", "their sum"])
    return fig


def many(
    S: Dataset,
    W: np.ndarray,
    alpha: np.ndarray,
) -> Figure:
    """A network of many neurons and their sum."""
    fig, ax = style.figure(5.6, 4.0)
    network(ax, S, W, alpha)
    _key(fig, ["neurons 1, 3, ...", "neurons 2, 4, ...", "their sum"])
    return fig


def trained(S: Dataset, run: Trajectory) -> Figure:
    """For `explore`: the network at the end of a run, and how many neurons fit either point."""
    fig, ax = style.figure(5.4, 3.5)
    W, alpha = run.final
    live = np.abs(W[:, 0] * alpha) > LIVE
    network(ax, S, W[live], alpha[live])
    left = np.sum(W[live, 0] < 0)
    right = np.sum(W[live, 0] > 0)
    fig.alt = (
        f"neurons: {len(alpha)}. Final loss {run.loss[-1]:.3f}: {left} on x₁, {right} on x₂, "
        f"{len(alpha) - left - right} at zero."
    )
    return fig


def merging(
    X: np.ndarray,
    y: np.ndarray,
    W: np.ndarray,
    alpha: np.ndarray,
    merged: Network,
) -> Figure:
    """Output before and after merging the neurons of one pattern, and the data."""
    fig, ax = style.figure(5.6, 3.5)
    x = np.linspace(X[:, 0].min() - 0.1, X[:, 0].max() + 0.1, 601)
    points = np.column_stack([x, np.ones_like(x)])
    dotted = dict(color=style.NEUTRAL, lw=1.2, ls=":")
    for i, (w, a) in enumerate(zip(W, alpha, strict=True)):
        label = "its neurons" if i == 0 else None
        ax.plot(x, relu(points @ w) * a, label=label, **dotted)
    ax.plot(
        x,
        predict(points, W, alpha),
        color=style.NETWORK,
        lw=2.5,
        label="sum before merging",
    )
    dashed = dict(color=style.CONVEX, lw=2.5, ls=(0, (4, 2)))
    ax.plot(x, predict(points, *merged), label="one neuron, merged", **dashed)
    ax.plot(
        X[:, 0],
        y,
        "x",
        color=style.DATA,
        ms=10,
        mew=2.5,
        zorder=5,
        label="data",
    )
    ax.set(xlabel="$x$", ylabel="output")
    ax.legend(loc="upper left")
    return fig


def restricted(
    optimum: np.ndarray,
    after: np.ndarray,
    binds: np.ndarray,
) -> Figure:
    """Loss after descent against the restricted optimum it started from, (k,) each.

    binds: booleans (k,), a constraint binds.
    """
    fig, ax = style.figure(5.4, 4.2)
    top = 1.06 * np.max(optimum)
    ax.plot([0, top], [0, top], color=style.NEUTRAL, lw=1)
    ax.text(
        0.52 * top,
        0.6 * top,
        "a local minimum stays here",
        color=style.NEUTRAL,
        rotation=38,
        ha="center",
        va="center",
    )
    ax.plot(
        optimum[binds],
        after[binds],
        "o",
        color=style.NETWORK,
        ms=7,
        label="a neuron on the wall of its cone",
    )
    ax.plot(
        optimum[~binds],
        after[~binds],
        "^",
        color=style.GREEN,
        ms=9,
        label="all neurons inside their cones",
    )
    ax.set(
        xlabel="optimum over three random patterns",
        ylabel="loss after descent from there",
        xlim=(0, top),
        ylim=(0, top),
    )
    fig.legend(loc="outside lower center")
    return fig


def wall(cut: Cut) -> Figure:
    """A cut through the wall of a cone: the program stops there, the network does not."""
    fig, ax = style.figure(6.0, 4.0)
    inside = cut.t <= 0
    at_wall = np.argmin(np.abs(cut.t))
    ax.axvspan(0, cut.t[-1], color=style.NEUTRAL, alpha=0.13, lw=0)
    ax.plot(cut.t, cut.network, color=style.NETWORK, lw=3.4, label="network")
    look = dict(color=style.CONVEX, lw=2.0, ls=(0, (4, 2)))
    ax.plot(cut.t[inside], cut.program[inside], label="program, inside its cone", **look)
    look |= dict(lw=1.4, ls=":")
    ax.plot(cut.t[~inside], cut.program[~inside], label="its formula, not allowed", **look)
    best = dict(ls="none", marker="o", ms=9, color=style.DATA, label="the program's optimum")
    ax.plot(0, cut.network[at_wall], zorder=5, **best)
    ax.set(xlabel="distance through the wall", ylabel="loss", xlim=(cut.t[0], cut.t[-1]))
    fig.legend(loc="outside lower center", ncols=2)
    return fig


def _key(fig: Figure, names: list[str]) -> None:
    handles = [fig.axes[0].plot([], [], **look)[0] for look in (*NEURONS, SUM)]
    fig.legend(handles, names, loc="outside lower center", ncols=3)
