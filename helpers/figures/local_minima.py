"""Figures of the section on all local minima: ladders of losses, and where descents end on them."""

import numpy as np
from matplotlib.legend_handler import HandlerTuple
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ..data import Dataset, with_bias
from ..drawing import style
from ..loss import predict
from ..minima import Kind
from ..sections.local_minima import AT, SCALES, entries

COLOURS = {"gradient descent": style.NETWORK, "Adam": style.PURPLE}
SHADES = (0.5, 0.75, 1.0)  # of the scales, the smallest first
REACH = 1.15  # of the pictures of outputs: data lie in [-1, 1]


def ladder(S: Dataset, found, counts) -> style.Figure:
    """A row a point, the lowest loss at the bottom: loss, output, share of the descents.

    `counts` (points, optimisers, scales), as recorded for `entries(found)`.
    """
    points = entries(found)
    counts = np.array(counts)
    rows = len(points)
    fig = style.Figure(figsize=(5.2, 0.9 + 0.47 * rows), layout="constrained")
    fig.shaded = S.X.shape[1] > 2  # the plane
    grid = fig.add_gridspec(rows, 3, width_ratios=(1.9, 1.1, 2.4), hspace=0.05)
    share = 100 * counts / counts.sum(axis=(0, 2), keepdims=True)
    right = 1.12 * share.sum(axis=2).max()
    digits = _digits([point.loss for point in points])
    for k, point in enumerate(points):
        row = rows - 1 - k
        _name(fig.add_subplot(grid[row, 0]), point, f"{point.loss:.{digits}f}")
        _output(fig.add_subplot(grid[row, 1]), S, point)
        bars = fig.add_subplot(grid[row, 2])
        _bars(bars, share[k], right)
        if row == 0:
            bars.set_title("% of descents that end here")
    fig.legend(*_keys(), loc="outside lower center", handler_map={tuple: _SIDE_BY_SIDE})
    fig.alt = _told(points, share, digits)
    return fig


def _digits(losses):
    """Decimals, four to seven, with which losses that differ look different."""
    different = 1 + np.sum(np.diff(np.sort(losses)) > AT)
    for digits in range(4, 7):
        if len({round(loss, digits) for loss in losses}) >= different:
            return digits
    return 7


def _name(ax, point, loss):
    """The loss and what the point is."""
    ax.axis("off")
    ax.set(xlim=(0, 1), ylim=(0, 1))
    is_minimum = point.kind == Kind.MINIMUM
    colour = style.CONVEX if is_minimum else style.NEUTRAL
    ax.plot([0, 1], [0.06, 0.06], color=colour, lw=2.5, ls="-" if is_minimum else ":")
    ax.text(0, 0.24, loss, weight="bold" if is_minimum else "normal")
    if point.is_global:
        what = "global"
    elif is_minimum:
        what = "minimum"
    else:
        what = f"{point.dead} dead"
    ax.text(1, 0.24, what, ha="right", color=colour)


def _output(ax, S, point):
    """The output of the point's network: a curve over a line, shades over the plane."""
    x = S.X[:, :-1]
    reach = REACH * np.abs(x).max()
    ax.set_xticks([])
    ax.set_yticks([])
    for side in ax.spines.values():
        side.set_visible(False)
    if x.shape[1] == 1:
        line = np.linspace(-reach, reach, 200)
        height = predict(with_bias(line), point.W, point.alpha)
        ax.plot(x[:, 0], S.y, ".", color=style.DATA, ms=5)
        ax.plot(line, height, color=style.CONVEX, lw=1.8)
        margin = 0.6 * np.ptp(S.y)
        ax.set_ylim(min(S.y.min() - margin, 0), S.y.max() + margin)
        return
    side = np.linspace(-reach, reach, 60)
    grid = np.stack(np.meshgrid(side, side), -1).reshape(-1, 2)
    height = predict(with_bias(grid), point.W, point.alpha).reshape(60, 60)
    top = np.abs(S.y).max()
    look = dict(cmap="PuOr_r", vmin=-top, vmax=top)
    ax.imshow(height, origin="lower", extent=(-reach, reach) * 2, aspect="auto", **look)
    ax.scatter(x[:, 0], x[:, 1], c=S.y, s=16, edgecolors="black", linewidths=0.7, **look)


def _bars(ax, share, right):
    """A bar an optimiser, made of the scales; `never` in words."""
    for k, colour in enumerate(COLOURS.values()):
        left = 0.0
        for shade, length in zip(SHADES, share[k], strict=True):
            ax.barh(-k, length, left=left, height=0.8, color=colour, alpha=shade, lw=0)
            left += length
        if left:
            ax.text(left + 0.01 * right, -k, _percent(left), va="center")
    if not share.any():
        ax.text(0, -0.5, "never", va="center", weight="bold")
    ax.set(xlim=(0, right), ylim=(-1.6, 0.6))
    ax.axis("off")


def _percent(share):
    """A positive share to two digits, or that it is tiny."""
    if share < 0.05:
        return "< 0.1"
    return f"{share:.1f}" if share < 10 else f"{share:.0f}"


_SIDE_BY_SIDE = HandlerTuple(ndivide=None, pad=0)


def _keys():
    """Handles, a tuple of the shades for each optimiser, and names of their legend."""
    handles = [
        tuple(Patch(color=colour, alpha=shade, lw=0) for shade in SHADES)
        for colour in COLOURS.values()
    ]
    scales = ", ".join(f"{scale:g}" for scale in SCALES)
    return handles, [f"{name}, first weights of scale {scales}" for name in COLOURS]


def _told(points, share, digits):
    """The ladder in words."""
    minima = [k for k, point in enumerate(points) if point.kind == Kind.MINIMUM]
    highest = points[minima[-1]].loss
    never = [points[k].loss for k in minima if not share[k].any()]
    return (
        f"A ladder of {len(minima)} local minima with losses from {points[0].loss:.{digits}f} to"
        f" {highest:.{digits}f}, each with its output and its share of the descents;"
        f" {len(never)} of them no descent reached."
    )


def widths(record: dict, best: float) -> style.Figure:
    """Rungs by width, those with a way down and those without, and how many descents get down.

    `best`, the optimum over every width.
    """
    fig, (left, right) = style.figure(6.4, 3.4, 1, 2, width_ratios=(1.6, 1))
    numbers = [int(width) for width in record]
    before = []
    for width, row in record.items():
        rungs = [entry["loss"] for entry in row["entries"] if entry["kind"] == Kind.MINIMUM]
        for loss in rungs:
            _rung(left, int(width), loss, before, best)
        before = rungs
    left.set(xlabel="neurons", ylabel="loss", xticks=numbers, xlim=(0.4, max(numbers) + 0.6))
    left.set_yscale("log")
    ticks = (0.1, 0.2, 0.3, 0.6)
    left.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    left.set_yticks([], minor=True)
    share = [100 * row["global"] / row["runs"] for row in record.values()]
    right.plot(numbers, share, "o-", color=style.NETWORK, lw=2)
    right.set(xlabel="neurons", ylabel="% of descents at\nthe global minimum", xticks=numbers)
    right.set_ylim(0, 100)
    handles = [Line2D([], [], color=colour, ls=dash, lw=2.4) for colour, dash in _RUNGS.values()]
    fig.legend(handles, list(_RUNGS), loc="outside lower center", ncols=3)
    told_shares = ", ".join(f"{value:.0f}" for value in share)
    fig.alt = (
        "Left, the losses of all local minima for every width as rungs: wider networks have a"
        " lower global one, and keep the old rungs, now with a way down. Right, the share of"
        f" descents that reach the global minimum: {told_shares} percent."
    )
    return fig


_RUNGS = {
    "global": (style.CONVEX, "-"),
    "closed": (style.NETWORK, "-"),
    "with a way down": (style.NEUTRAL, ":"),
}


def _rung(ax, width, loss, before, best):
    """A rung; one of the next narrower network too (`before`) has a way down."""
    same = 1e-7  # relative: losses of equal points are far closer, those of different ones are not
    if abs(loss - best) < same * best:
        kind = "global"
    else:
        known = any(abs(loss - other) < same * loss for other in before)
        kind = "with a way down" if known else "closed"
    colour, dash = _RUNGS[kind]
    ax.plot([width - 0.36, width + 0.36], [loss] * 2, color=colour, ls=dash, lw=2.4)


def growth(rows: list[dict]) -> style.Figure:
    """Programs and local minima against the number of points, a colour for each d and width."""
    fig, (left, right) = style.figure(6.4, 3.4, 1, 2, sharex=True)
    families = sorted({(row["d"], row["width"]) for row in rows})
    colours = {2: style.LIGHT, 3: style.PURPLE}
    dashes = {2: "o-", 3: "o--"}
    for d, width in families:
        mine = [row for row in rows if (row["d"], row["width"]) == (d, width)]
        n = [row["n"] for row in mine]
        look = dict(color=colours[d], lw=2, label=f"d = {d}, {width} neurons")
        left.plot(n, [row["programs"] for row in mine], dashes[width], **look)
        right.plot(n, [row["minima"] for row in mine], dashes[width], **look)
    for ax, title in ((left, "programs"), (right, "local minima")):
        ax.set(xscale="log", yscale="log", xlabel="points", title=title)
        ax.set_xticks([4, 8, 16, 32], ["4", "8", "16", "32"])
        ax.set_xticks([], minor=True)
    left.axhline(2e6, color=style.NEUTRAL, ls="--", lw=1)
    left.text(4, 2.4e6, "refused above")
    left.set_ylim(top=1e7)
    fig.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=2)
    most = max(rows, key=lambda row: row["programs"])
    fig.alt = (
        "Programs and local minima against the number of points, logarithmic, rising lines; the"
        f" most programs, {most['programs']:,}, are those of {most['n']} points, d = {most['d']},"
        f" {most['width']} neurons, with {most['minima']} local minima."
    )
    return fig
