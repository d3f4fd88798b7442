"""Figures of the section Activation patterns."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np

from .. import files, patterns
from ..data import Dataset, with_bias
from ..drawing import style
from ..drawing.player import Curve, Player, Triangles
from ..drawing.style import Figure
from ..loss import relu
from ..sections import activation_patterns
from ..train import Trajectory

TINTS = mpl.colormaps["viridis"]
HEIGHTS = (0.2, 0.4)  # of the triangles of `fitting`, as in the original
ARTICLE_COUNT = 1e25  # patterns that the article gives its data


def text(D: Iterable) -> str:
    """A pattern as the page writes it: (0, 1, 1)."""
    return "(" + ", ".join(str(int(b)) for b in D) + ")"


def one_neuron(S: Dataset, w: np.ndarray) -> Figure:
    """Output of the neuron w over the line, the two data points, and its activation point."""
    fig, ax = style.figure(6.4, 4.2)
    a = patterns.activation_points([w])[0]
    _axes_through_zero(ax, (-1.6, 1.6), (-0.7, 1.5), "$x$", "label")
    x = np.array([-1.5, a, 1.5])
    label = "$\\max(0,\\ x\\,w^1 + w^2)$"
    ax.plot(x, relu(with_bias(x) @ w), color=style.LIGHT, lw=3, label=label)
    ax.plot(S.X[:, 0], S.y, "x", color=style.DATA, ms=11, mew=3, label="data")
    named = {S.X[0, 0]: "$x_1$", S.X[1, 0]: "$x_2$", a: "$a = -w^2\\,/\\,w^1$"}
    for x, name in named.items():
        ax.plot([x, x], [-0.04, 0.04], color=style.NEUTRAL, lw=2)
        ax.annotate(name, (x, -0.09), ha="center", va="top")
    ax.legend(loc="upper left")
    return fig


def fitting(S: Dataset, runs: dict[str, Trajectory]) -> Player:
    """Player: one neuron fitting two points in every run, a triangle marks its activation point.

    runs: name -> Trajectory. Height of a triangle: the slope w^1 alpha, brought from its range in
    the first run to HEIGHTS as in the original.
    """
    x = np.linspace(-1.5, 1.5, 301)
    X = with_bias(x)
    first = next(iter(runs.values()))
    first_slope = first.W[:, 0, 0] * first.alpha[:, 0]
    low = first_slope.min()
    high = first_slope.max()
    bottom, top = HEIGHTS
    looks = (
        (style.PURPLE, ()),
        (style.NETWORK, (4, 2)),
    )
    curves = []
    marks = []
    for (name, run), (colour, dash) in zip(runs.items(), looks, strict=False):
        output = run.outputs(X)
        curves.append(Curve(f"output, {name}", x, output, colour, dash))
        slope = run.W[:, :, 0] * run.alpha
        height = bottom + (top - bottom) * (slope - low) / (high - low)
        points = -run.W[:, :, 1] / run.W[:, :, 0]
        marks.append(Triangles(f"neuron, {name}", points, height, run.W[:, :, 0] > 0, colour))
    return Player(
        label=(
            "One neuron fitting two points; a triangle marks its activation point "
            "and points to its active side"
        ),
        captions=_captions(S, runs),
        xlim=(-1.5, 1.5),
        ylim=(-0.1, 1.2),
        points=np.column_stack([S.X[:, 0], S.y]),
        curves=curves,
        triangles=marks,
    )


def _captions(S: Dataset, runs: dict[str, Trajectory]) -> list[str]:
    """Loss and pattern of the one neuron of every run, a text a recorded step."""
    D = {name: run.patterns(S.X)[:, 0] for name, run in runs.items()}
    captions = []
    for k, t in enumerate(next(iter(runs.values())).step):
        told = [f"{name} {run.fit[k]:.4f} {text(D[name][k])}" for name, run in runs.items()]
        captions.append(f"step {t}: {'; '.join(told)}")
    return captions


def losses(
    runs: dict[str, Trajectory],
    switches: dict[str, int],
    stop: float,
) -> Figure:
    """Loss of every run against its step, and the step at which its pattern switches.

    runs and switches: by name; stop: the convex optimum of the first pattern.
    """
    fig, ax = style.figure(6.4, 3.6)
    looks = ((style.PURPLE, "-", (-80, -42)), (style.NETWORK, "--", (24, 22)))
    for (name, run), (colour, dash, place) in zip(runs.items(), looks, strict=False):
        step = switches[name]
        loss = run.fit[run.at(step)]
        ax.plot(run.step, run.fit, dash, color=colour, lw=2.2, label=name)
        ax.plot(step, loss, "o", color=colour, ms=8)
        ax.annotate(
            f"$x_1$ joins\nat step {step}",
            (step, loss),
            place,
            textcoords="offset points",
            color=colour,
            arrowprops=dict(arrowstyle="-", color=colour),
        )
    ax.axhline(
        stop,
        color=style.CONVEX,
        ls=":",
        lw=2,
        label="best with the first pattern",
    )
    ax.set(
        xlabel="step",
        ylabel="mean squared error",
        ylim=(0, None),
        xlim=(0, 1600),
    )
    ax.legend()
    return fig


def weight_plane(S: Dataset, runs: dict[str, Trajectory]) -> Figure:
    """The plane of weights cut into the cells of two points, and the neuron's way in every run."""
    fig, ax = style.figure(6.4, 5.0)
    w1 = np.linspace(-0.75, 1.05, 400)
    w2 = np.linspace(-0.55, 1.05, 400)
    a, b = np.meshgrid(w1, w2)
    D = patterns.activation_patterns(S.X, np.stack([a, b], axis=-1).reshape(-1, 2))
    cell = (D @ [1, 2]).reshape(a.shape)
    ax.imshow(
        (cell + 1) / 4,
        origin="lower",
        extent=(w1[0], w1[-1], w2[0], w2[-1]),
        cmap="cividis",
        vmin=0,
        vmax=1.6,
        alpha=0.15,
        interpolation="nearest",
    )
    t = np.array([-2.0, 2.0])
    names = ("$w^\\top x_1 = 0$", "$w^\\top x_2 = 0$")
    places = ((0.82, 0.22), (-0.3, 0.5))
    for (x, bias), name, place in zip(S.X, names, places, strict=True):
        ax.plot(t, -t * x / bias, color=style.DATA, lw=1.6)
        ax.text(*place, name, color=style.DATA, ha="center")
    one_in_every_cell = [
        (0.62, 0.75),
        (0.75, -0.3),
        (-0.3, -0.3),
        (-0.55, 0.15),
    ]
    for w in one_in_every_cell:
        D = patterns.activation_patterns(S.X, [w])[0]
        ax.text(*w, text(D), ha="center", weight="bold")
    for (name, run), colour, dash in zip(
        runs.items(), (style.PURPLE, style.NETWORK), ("-", "--"), strict=False
    ):
        ax.plot(*run.W[:, 0].T, dash, color=colour, lw=3, label=name)
        ax.plot(*run.W[-1, 0], "o", color=colour, ms=8)
    ax.plot(*run.W[0, 0], "s", color=style.NEUTRAL, ms=8, label="start")
    ax.set(xlabel="$w^1$", ylabel="$w^2$", aspect="equal")
    ax.set(xlim=w1[[0, -1]], ylim=w2[[0, -1]])
    fig.legend(loc="outside lower center", ncols=3)
    return fig


def half_lines(
    S: Dataset,
    points: np.ndarray,
    right: np.ndarray,
    D: np.ndarray,
) -> Figure:
    """Half-lines of neurons as the article draws them, crosses above.

    points (k,), right (k,) and D (k, n): their activation points, sides and patterns. Equal
    patterns get an equal colour and a link.
    """
    fig, ax = style.figure(6.4, 4.4)
    _axes_through_zero(ax, (-2.75, 2.75), (-0.05, 1.35), "", "")
    ax.set_ylim(-1.0, 1.35)
    code = [tuple(row) for row in D]
    twice = sorted({c for c in code if code.count(c) > 1})
    colours = dict(zip(twice, (style.GREEN, style.PURPLE), strict=False))
    for k, (a, side) in enumerate(zip(points, right, strict=True)):
        colour = colours.get(code[k], style.LIGHT)
        centred = dict(ha="center", va="top")
        far = a + (0.6 if side else -0.6)
        ax.plot([a, far], [0, 0.6], color=colour, lw=2.6)
        ax.plot(a, 0, ">" if side else "<", color=colour, ms=8)
        ax.text(a, -0.12, f"$a_{{{k + 1}}}$", color=style.NEUTRAL, **centred)
        bits = "".join(str(int(b)) for b in D[k])
        ax.text(
            a,
            -0.3 - _down(k),
            bits,
            family="monospace",
            color=colour,
            **centred,
        )
    for depth, (pattern, colour) in zip((-0.9, -0.72), colours.items(), strict=False):
        first, second = (k for k in range(len(points)) if code[k] == pattern)
        x = np.repeat(points[[first, second]], 2)
        y = [-0.43 - _down(first), depth, depth, -0.43 - _down(second)]
        ax.plot(x, y, color=colour, lw=1.2)
        ax.text(
            0.1,
            depth + 0.02,
            "the same pattern",
            va="bottom",
            color=colour,
        )
    for x, y in zip(S.X[:, 0], S.y, strict=True):
        ax.plot([x, x], [0, y], "--", color=style.DATA, lw=1.2)
        ax.plot(x, y, "x", color=style.DATA, ms=11, mew=3)
    return fig


def _down(k: int) -> float:
    """The patterns of every other half-line stand lower: side by side they would touch."""
    return 0.15 * (k % 2)


def moving_neuron(
    S: Dataset,
    point: float,
    side: str,
) -> Figure:
    """One neuron at an activation point, active on one side: which points it reaches."""
    fig, ax = style.figure(6.4, 2.9)
    right = side == "right"
    w = activation_patterns.half_lines([point], [right])[0]
    D = S.X @ w >= 0
    x = np.array([-2.4, point, 2.4])
    ax.plot(x, relu(with_bias(x) @ w), color=style.LIGHT, lw=3)
    ax.plot(point, 0, ">" if right else "<", color=style.GREEN, ms=13)
    ax.plot(S.X[D, 0], S.y[D], "x", color=style.DATA, ms=12, mew=3.5)
    ax.plot(S.X[~D, 0], S.y[~D], "x", color=style.NEUTRAL, ms=8, mew=1.2)
    ax.set(xlim=(-2.4, 2.4), ylim=(-0.15, 1.6))
    ax.set(xlabel="$x$", ylabel="output", title=f"pattern {text(D)}")
    fig.alt = (
        f"A neuron that starts at {point:g} and is active on its {side}: its pattern is {text(D)}."
    )
    return fig


def cells(X: np.ndarray) -> Figure:
    """Half of the cells of points X (n, 3), on the hemisphere x_1'w >= 0.

    They are tinted by the number of active points.
    """
    fig, ax = style.figure(4.6, 5.0)
    size = 720
    n = len(X)
    side = np.einsum("abk,nk->nab", activation_patterns.hemisphere(X[0], size), X)
    active = np.where(np.isnan(side[0]), np.nan, (side >= 0).sum(axis=0))
    tints = dict(cmap=TINTS, vmin=0, vmax=n + 1, alpha=0.85)
    picture = ax.imshow(active, interpolation="nearest", **tints)
    disc = mpl.patches.Circle([size / 2] * 2, size / 2 - 2, transform=ax.transData)
    picture.set_clip_path(disc)
    for border in side[1:]:
        ax.contour(border, levels=[0], colors="white", linewidths=1.2)
    ax.set_axis_off()
    for count in np.unique(active[~np.isnan(active)]):
        colour = TINTS(count / (n + 1))
        ax.plot([], [], "s", color=colour, mec=style.NEUTRAL, ms=9, label=f"{count:.0f}")
    fig.legend(
        loc="outside lower center",
        ncols=n,
        title="active points",
        handletextpad=0,
        columnspacing=0.7,
    )
    half = patterns.count_patterns(X) // 2
    fig.alt = (
        f"{n} points in three dimensions, seen on the half of weight space in which the first is "
        f"active: {half} cells. With the opposite half, {2 * half} patterns of {2**n}."
    )
    return fig


def counts(
    ranks: Sequence[int] = (2, 3, 5, 10),
    n: int = 100,
    claimed: float = ARTICLE_COUNT,
) -> Figure:
    """Number of patterns against n for some ranks, and against the rank for n points.

    Beside them 2^n and the article's bound.
    """
    fig, (top, bottom) = style.figure(6.4, 8.0, 2)
    _counts_over_points(top, ranks)
    _counts_over_ranks(bottom, n)
    bottom.axhline(2.0**n, color=style.NEUTRAL, ls="--", label=f"$2^{{{n}}}$")
    bottom.axhline(
        claimed,
        color=style.NEUTRAL,
        ls="-.",
        lw=1.2,
        label="the article's $10^{25}$",
    )
    count = float(patterns.cover_count(n, 10))
    bottom.plot(
        10,
        count,
        "o",
        color=style.DATA,
        ms=8,
        label="the article's data: rank 10",
    )
    bottom.set(yscale="log", xlabel=f"rank, for $n = {n}$ points", ylim=(1, 1e42))
    bottom.legend()
    return fig


def _counts_over_points(ax, ranks: Sequence[int]) -> None:
    points = np.unique(np.logspace(0.31, 3, 60).astype(int)).tolist()  # 2 to 1000
    for r, colour in zip(
        ranks,
        style.SERIES,
        strict=False,
    ):
        count = [float(patterns.cover_count(n, r)) for n in points]
        ax.plot(points, count, color=colour, lw=2.2)
        bounded = [n for n in points if n >= r]
        bound = [patterns.article_bound(n, r) for n in bounded]
        ax.plot(bounded, bound, ":", color=colour, lw=1.4)
        ax.annotate(
            f"rank {r}",
            (1000, count[-1]),
            (4, 0),
            textcoords="offset points",
            va="center",
            color=colour,
            annotation_clip=False,
        )
    every = [2.0 ** min(n, 200) for n in points]  # 2^200 is far above the plot, 2^1000 too large
    ax.plot(points, every, "--", color=style.NEUTRAL, lw=1.5)
    ax.annotate("$2^n$", (70, 2.0**70), (4, 0), textcoords="offset points")
    ax.set(xscale="log", yscale="log", xlim=(2, 1000), ylim=(1, 1e30))
    ax.set(xlabel="number of points $n$", ylabel="number of patterns")


def _counts_over_ranks(ax, n: int) -> None:
    ranks = range(1, n + 1)
    exact = [float(patterns.cover_count(n, r)) for r in ranks]
    bound = [patterns.article_bound(n, r) for r in ranks]
    ax.plot(ranks, exact, color=style.NETWORK, lw=2.4, label="exact")
    ax.plot(
        ranks,
        bound,
        ":",
        color=style.NETWORK,
        lw=1.8,
        label="the article's bound",
    )


def coverage(draws: Sequence[int], found: dict[str, np.ndarray]) -> Figure:
    """Share of all patterns that sampled weight vectors meet.

    draws (k,): how many were drawn; found: name -> shares (k,).
    """
    fig, ax = style.figure(6.4, 3.8)
    for (name, share), colour, mark in zip(found.items(), style.SERIES, "osD^", strict=False):
        ax.plot(draws, share, mark + "-", color=colour, label=name)
    ax.set(xscale="log", xlabel="weight vectors drawn")
    ax.set(ylabel="share of all patterns met", ylim=(0, 1.03))
    ax.legend(title="$n \\times d$")
    return fig


def speed(record: str | Path) -> Figure:
    """Patterns per second of every tool, as bars, from what benchmarks/patterns.py wrote.

    A row of "other tools" has "data", "ours" in patterns per second, and for every tool by how much
    ours passes it, or why there is no number.
    """
    rows = files.read_json(record)["other tools"]
    others = [key for key in rows[0] if key not in ("data", "cells", "ours")]
    tools = ["ours", *(key for key in others if not key.endswith(" missed"))]
    fig, ax = style.figure(6.4, 1.0 + 0.25 * len(rows) * len(tools))
    height = 0.8 / len(tools)
    for k, tool in enumerate(tools):
        for j, row in enumerate(rows):
            y = j - 0.4 + height * (k + 0.5)
            value = row.get(tool)
            if isinstance(value, (int, float)):
                rate = value if tool == "ours" else row["ours"] / value
                ax.barh(y, rate, 0.875 * height, color=f"C{k}")
            else:
                ax.text(1, y, f" {value}", va="center")
        ax.plot([], [], "s", color=f"C{k}", label=tool.replace("_", " "))
    ax.set(
        xscale="log",
        xlabel="patterns per second",
        xlim=(1, None),
        yticks=range(len(rows)),
    )
    ax.set_yticklabels([row["data"] for row in rows])
    ax.invert_yaxis()
    fig.legend(loc="outside lower center", ncols=2)
    return fig


def _axes_through_zero(
    ax,
    xlim: tuple[float, float],
    ylim: tuple[float, float],
    xlabel: str,
    ylabel: str,
) -> None:
    """Axes with arrows that cross at 0 and carry no numbers, as in the article's sketches."""
    arrow = dict(arrowstyle="->", color=style.NEUTRAL)
    ax.annotate("", (xlim[1], 0), (xlim[0], 0), arrowprops=arrow)
    ax.annotate("", (0, ylim[1]), (0, ylim[0]), arrowprops=arrow)
    ax.text(xlim[1], -0.08, xlabel, ha="right", va="top")
    ax.text(-0.08, ylim[1], ylabel, ha="right", va="top")
    ax.set(xlim=xlim, ylim=ylim)
    ax.set_axis_off()
