"""Figures of the section Activation patterns."""

import json

import matplotlib as mpl
import numpy as np

from ..data import with_bias
from ..drawing import style
from ..drawing.player import Curve, Player, Triangles
from ..loss import predict, relu
from ..patterns import (
    activation_patterns,
    activation_points,
    article_bound,
    count_patterns,
    cover_count,
)
from ..sections.activation_patterns import half_lines as neurons_at
from ..sections.activation_patterns import hemisphere

TINTS = mpl.colormaps["viridis"]


def text(D):
    """A pattern as the page writes it: (0, 1, 1)."""
    return "(" + ", ".join(str(int(b)) for b in D) + ")"


def one_neuron(S, w):
    """Output of the neuron w over the line, the two data points, and its activation point."""
    fig, ax = style.figure(6.4, 4.2)
    a = activation_points([w])[0]
    _axes_through_zero(ax, (-1.6, 1.6), (-0.7, 1.5), "$x$", "label")
    x = np.array([-1.5, a, 1.5])
    ax.plot(x, relu(with_bias(x) @ w), color=style.LIGHT, lw=3, label="$\\max(0,\\ x\\,w^1 + w^2)$")
    ax.plot(S.X[:, 0], S.y, "x", color=style.DATA, ms=11, mew=3, label="data")
    for x, name in zip([*S.X[:, 0], a], ("$x_1$", "$x_2$", "$a = -w^2\\,/\\,w^1$")):
        ax.plot([x, x], [-0.04, 0.04], color=style.NEUTRAL, lw=2)
        ax.annotate(name, (x, -0.09), ha="center", va="top")
    ax.legend(loc="upper left", fontsize=12)
    return fig


def fitting(S, runs):
    """Player: one neuron fitting two points in every run (name -> Trajectory), a triangle marks its activation point.

    Height of a triangle: the slope w^1 alpha, brought from its range in the first run to [0.2, 0.4] as in the original.
    """
    x = np.linspace(-1.5, 1.5, 301)
    first = next(iter(runs.values()))
    curves, marks, looks = (
        [],
        [],
        ((style.NETWORK, (), style.GREEN), (style.LIGHT, (4, 2), style.LIGHT)),
    )
    low, high = (f(first.W[:, 0, 0] * first.alpha[:, 0]) for f in (np.min, np.max))
    for (name, run), (colour, dash, tint) in zip(runs.items(), looks):
        output = np.array([predict(with_bias(x), W, alpha) for W, alpha in zip(run.W, run.alpha)])
        slope = run.W[:, :, 0] * run.alpha
        height = 0.2 + 0.2 * (slope - low) / (high - low)
        curves.append(Curve(f"output, {name}", x, output, colour, dash))
        points = -run.W[:, :, 1] / run.W[:, :, 0]
        marks.append(Triangles(f"neuron, {name}", points, height, run.W[:, :, 0] > 0, tint))
    D = {name: run.patterns(S.X)[:, 0] for name, run in runs.items()}
    return Player(
        label="One neuron fitting two points; a triangle marks its activation point and points to its active side",
        captions=[
            f"step {t}: "
            + "; ".join(f"{name} {run.fit[k]:.4f} {text(D[name][k])}" for name, run in runs.items())
            for k, t in enumerate(first.step)
        ],
        xlim=(-1.5, 1.5),
        ylim=(-0.1, 1.2),
        points=np.column_stack([S.X[:, 0], S.y]),
        curves=curves,
        triangles=marks,
    )


def losses(runs, switches, stop):
    """Loss of every run against its step, where its pattern switches, and the convex optimum of the first pattern."""
    fig, ax = style.figure(6.4, 3.6)
    looks = ((style.NETWORK, "-", (-70, -38)), (style.LIGHT, "--", (24, 22)))
    for (name, run), at, (colour, dash, place) in zip(runs.items(), switches, looks):
        ax.plot(run.step, run.fit, dash, color=colour, lw=2.2, label=name)
        ax.plot(at, run.fit[run.step == at], "o", color=colour, ms=8)
        ax.annotate(
            f"$x_1$ joins\nat step {at}",
            (at, run.fit[run.step == at][0]),
            place,
            textcoords="offset points",
            color=colour,
            arrowprops=dict(arrowstyle="-", color=colour),
        )
    ax.axhline(stop, color=style.CONVEX, ls=":", lw=2, label="best with the first pattern")
    ax.set(xlabel="step", ylabel="mean squared error", ylim=(0, None), xlim=(0, 1600))
    ax.legend()
    return fig


def weight_plane(S, runs):
    """The plane of weights cut into the cells of two points, and the way of the neuron in every run."""
    fig, ax = style.figure(6.4, 5.0)
    low, high = np.array([-0.75, -0.55]), np.array([1.05, 1.05])
    a, b = np.meshgrid(np.linspace(low[0], high[0], 400), np.linspace(low[1], high[1], 400))
    D = activation_patterns(S.X, np.stack([a, b], -1).reshape(-1, 2))
    kind = np.array([0.25, 0.5, 0.75, 1.0])[D @ [1, 2]].reshape(a.shape)
    ax.imshow(
        kind,
        origin="lower",
        extent=(low[0], high[0], low[1], high[1]),
        cmap="cividis",
        vmin=0,
        vmax=1.6,
        alpha=0.15,
        interpolation="nearest",
    )
    for x, name, at in zip(
        S.X, ("$w^\\top x_1 = 0$", "$w^\\top x_2 = 0$"), ((0.82, 0.22), (-0.3, 0.5))
    ):
        t = np.array([-2.0, 2.0])
        ax.plot(t, -t * x[0] / x[1], color=style.DATA, lw=1.6)
        ax.text(*at, name, color=style.DATA, ha="center")
    for at in ((0.62, 0.75), (0.75, -0.3), (-0.3, -0.3), (-0.55, 0.15)):
        ax.text(
            *at, text(activation_patterns(S.X, [at])[0]), ha="center", fontsize=13, weight="bold"
        )
    for (name, run), colour, dash in zip(runs.items(), (style.NETWORK, style.LIGHT), ("-", "--")):
        ax.plot(*run.W[:, 0].T, dash, color=colour, lw=3, label=name)
        ax.plot(*run.W[-1, 0], "o", color=colour, ms=8)
    ax.plot(*run.W[0, 0], "s", color=style.NETWORK, ms=8, label="start")
    ax.set(
        xlabel="$w^1$",
        ylabel="$w^2$",
        xlim=(low[0], high[0]),
        ylim=(low[1], high[1]),
        aspect="equal",
    )
    fig.legend(loc="outside lower center", ncols=3)
    return fig


def half_lines(S, points, right, D):
    """Half-lines of neurons as the article draws them, crosses above; equal patterns get an equal colour and a link."""
    fig, ax = style.figure(6.4, 4.4)
    _axes_through_zero(ax, (-2.75, 2.75), (-0.05, 1.35), "", "")
    ax.set_ylim(-1.0, 1.35)
    code = [tuple(row) for row in D]
    twice = {c for c in code if code.count(c) > 1}
    colours = dict(zip(sorted(twice), (style.GREEN, style.CONVEX)))
    for k, (a, side) in enumerate(zip(points, right)):
        colour = colours.get(code[k], style.LIGHT)
        far = a + (0.6 if side else -0.6)
        ax.plot([a, far], [0, 0.6], color=colour, lw=2.6)
        ax.plot(a, 0, ">" if side else "<", color=colour, ms=8)
        ax.text(
            a, -0.12, f"$a_{{{k + 1}}}$", ha="center", va="top", fontsize=13, color=style.NEUTRAL
        )
        bits = "".join(str(int(b)) for b in D[k])
        ax.text(
            a,
            -0.3 - 0.15 * (k % 2),
            bits,
            ha="center",
            va="top",
            fontsize=13,
            family="monospace",
            color=colour,
        )
    for depth, (pattern, colour) in zip((-0.9, -0.72), colours.items()):
        ends = [k for k in range(len(points)) if code[k] == pattern]
        tops = [-0.43 - 0.15 * (k % 2) for k in ends]
        ax.plot(np.repeat(points[ends], 2), [tops[0], depth, depth, tops[1]], color=colour, lw=1.2)
        ax.text(0.1, depth, "the same pattern", va="bottom", fontsize=11, color=colour)
    for x, y in zip(S.X[:, 0], S.y):
        ax.plot([x, x], [0, y], "--", color=style.DATA, lw=1.2)
        ax.plot(x, y, "x", color=style.DATA, ms=11, mew=3)
    return fig


def moving_neuron(S, point, side):
    """One neuron at an activation point, active on one side: which points it reaches."""
    fig, ax = style.figure(6.4, 2.9)
    w = neurons_at([point], [side == "right"])[0]
    D, x = S.X @ w >= 0, np.array([-2.4, point, 2.4])
    ax.plot(x, relu(with_bias(x) @ w), color=style.LIGHT, lw=3)
    ax.plot(point, 0, ">" if side == "right" else "<", color=style.GREEN, ms=13)
    ax.plot(S.X[D, 0], S.y[D], "x", color=style.DATA, ms=12, mew=3.5)
    ax.plot(S.X[~D, 0], S.y[~D], "x", color=style.NEUTRAL, ms=8, mew=1.2)
    ax.set(
        xlim=(-2.4, 2.4),
        ylim=(-0.15, 1.6),
        xlabel="$x$",
        ylabel="output",
        title=f"pattern {text(D)}",
    )
    fig.alt = (
        f"A neuron that starts at {point:g} and is active on its {side}: its pattern is {text(D)}."
    )
    return fig


def cells(X):
    """Half of the cells of points X (n, 3): the hemisphere x_1'w >= 0, tinted by the number of active points."""
    fig, ax = style.figure(4.6, 5.0)
    size = 720
    side = np.einsum("abk,nk->nab", hemisphere(X[0], size), X)
    tint = np.where(np.isnan(side[0]), np.nan, (side >= 0).sum(axis=0))
    picture = ax.imshow(
        tint, cmap=TINTS, vmin=0, vmax=len(X) + 1, interpolation="nearest", alpha=0.85
    )
    picture.set_clip_path(mpl.patches.Circle([size / 2] * 2, size / 2 - 2, transform=ax.transData))
    for border in side[1:]:
        ax.contour(border, levels=[0], colors="white", linewidths=1.2)
    ax.set_axis_off()
    for count in np.unique(tint[~np.isnan(tint)]):
        ax.plot(
            [], [], "s", color=TINTS(count / (len(X) + 1)), alpha=0.85, ms=9, label=f"{count:.0f}"
        )
    fig.legend(
        loc="outside lower center",
        ncols=len(X),
        title="active points",
        fontsize=10,
        handletextpad=0,
        columnspacing=0.7,
    )
    half = count_patterns(X) // 2
    fig.alt = (
        f"{len(X)} points in three dimensions, seen on the half of weight space in which the first is active: "
        f"{half} cells. With the opposite half, {2 * half} patterns of {2 ** len(X)}."
    )
    return fig


def counts(ranks=(2, 3, 5, 10), n=100, claimed=1e25):
    """Number of patterns against n for some ranks, and against the rank for n points; 2^n and the article's bound."""
    fig, (top, bottom) = style.figure(6.4, 8.0, 2)
    points = np.unique(np.logspace(0.31, 3, 60).astype(int))
    for r, colour in zip(ranks, (style.LIGHT, style.GREEN, style.CONVEX, style.DATA)):
        top.plot(points, [float(cover_count(int(k), r)) for k in points], color=colour, lw=2.2)
        top.plot(
            points[points >= r],
            [article_bound(int(k), r) for k in points if k >= r],
            ":",
            color=colour,
            lw=1.4,
        )
        top.annotate(
            f"rank {r}",
            (1000, float(cover_count(1000, r))),
            (4, 0),
            textcoords="offset points",
            va="center",
            color=colour,
            annotation_clip=False,
        )
    top.plot(points, 2.0 ** np.minimum(points, 200), "--", color=style.NEUTRAL, lw=1.5)
    top.annotate("$2^n$", (70, 2.0**70), (4, 0), textcoords="offset points")
    top.set(xscale="log", yscale="log", xlim=(2, 1000), ylim=(1, 1e30))
    top.set(xlabel="number of points $n$", ylabel="number of patterns")
    rank = np.arange(1, n + 1)
    bottom.plot(
        rank,
        [float(cover_count(n, int(r))) for r in rank],
        color=style.NETWORK,
        lw=2.4,
        label="exact",
    )
    bound = [article_bound(n, int(r)) for r in rank]
    bottom.plot(rank, bound, ":", color=style.NETWORK, lw=1.8, label="the article's bound")
    bottom.axhline(2.0**n, color=style.NEUTRAL, ls="--", label=f"$2^{{{n}}}$")
    bottom.axhline(claimed, color=style.DATA, ls="-.", lw=1.2, label="the article's $10^{25}$")
    bottom.plot(
        10,
        float(cover_count(n, 10)),
        "o",
        color=style.DATA,
        ms=8,
        label="the article's data: rank 10",
    )
    bottom.set(yscale="log", xlabel=f"rank, for $n = {n}$ points", ylim=(1, 1e42))
    bottom.legend()
    return fig


def coverage(draws, found):
    """Share of all patterns that sampled weight vectors meet: draws (k,), found (name -> shares (k,))."""
    fig, ax = style.figure(6.4, 3.8)
    marks = zip(found.items(), (style.LIGHT, style.GREEN, style.CONVEX, style.DATA), "osD^")
    for (name, share), colour, mark in marks:
        ax.plot(draws, share, mark + "-", color=colour, label=name)
    ax.set(
        xscale="log",
        xlabel="weight vectors drawn",
        ylabel="share of all patterns met",
        ylim=(0, 1.03),
    )
    ax.legend(title="$n \\times d$")
    return fig


def speed(path):
    """Patterns per second of every tool, as bars, from what benchmarks/patterns.py wrote (`path`): a Figure.

    A row of "other tools" has "data", "ours" in patterns per second, and for every tool by how much ours passes it, or
    why there is no number.
    """
    with open(path) as file:
        rows = json.load(file)["other tools"]
    tools = [
        key
        for key in rows[0]
        if key not in ("data", "cells", "ours") and not key.endswith(" missed")
    ]
    fig, ax = style.figure(6.4, 1.0 + 0.25 * len(rows) * (1 + len(tools)))
    for k, tool in enumerate(["ours", *tools]):
        at = np.arange(len(rows)) + 0.8 * (k + 0.5) / (1 + len(tools)) - 0.4
        for y, row in zip(at, rows):
            value = row["ours"] if tool == "ours" else row.get(tool)
            if isinstance(value, (int, float)):
                rate = value if tool == "ours" else row["ours"] / value
                ax.barh(y, rate, 0.7 / (1 + len(tools)), color=f"C{k}")
            else:
                ax.text(1, y, f" {value}", va="center", fontsize=9)
        ax.plot([], [], "s", color=f"C{k}", label=tool.replace("_", " "))
    ax.set(xscale="log", xlabel="patterns per second", xlim=(1, None), yticks=range(len(rows)))
    ax.set_yticklabels([row["data"] for row in rows])
    ax.invert_yaxis()
    fig.legend(loc="outside lower center", ncols=2)
    return fig


def _axes_through_zero(ax, xlim, ylim, xlabel, ylabel):
    """Axes with arrows that cross at 0 and carry no numbers, as in the article's sketches."""
    for tail, head in (((xlim[0], 0), (xlim[1], 0)), ((0, ylim[0]), (0, ylim[1]))):
        ax.annotate("", head, tail, arrowprops=dict(arrowstyle="->", color=style.NEUTRAL))
    ax.text(xlim[1], -0.08, xlabel, ha="right", va="top", fontsize=13)
    ax.text(-0.08, ylim[1], ylabel, ha="right", va="top", fontsize=13)
    ax.set(xlim=xlim, ylim=ylim)
    ax.set_axis_off()
