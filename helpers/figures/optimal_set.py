"""Figures of the section The optimal set."""

import numpy as np
from scipy.spatial import ConvexHull

from ..convex import Solution
from ..data import Dataset, with_bias
from ..drawing import style
from ..drawing.style import Figure
from ..drawing.table import Table
from ..extensions import optimal_set
from ..loss import predict
from ..sections.optimal_set import PUBLISHED, Choice, Real, Shape, Widths, mixtures

# A width of a band below this is the slack of its proof, not a difference of networks.
NONE = 1e-3


def band_on_a_line(S: Dataset, solution: Solution, reach: float = 3.2) -> Figure:
    """The proved band of predictions, and some optimal networks in it, for data on a line."""
    x = np.linspace(-reach, reach, 81)
    X = with_bias(x)
    ends = optimal_set.band(solution, X)
    fig, ax = style.figure(5.2, 4.2)
    look = dict(color=style.CONVEX, alpha=0.25, lw=0, label="band of all best networks")
    ax.fill_between(x, ends.low, ends.high, **look)
    first, *between, last = [predict(X, *network) for network in mixtures(solution)]
    for output, label in ((first, "corners"), (last, None)):
        ax.plot(x, output, color=style.NETWORK, lw=2.6, label=label)
    for k, output in enumerate(between):
        label = "mixtures" if k == 0 else None
        ax.plot(x, output, "--", color=style.NETWORK, lw=1, label=label)
    ax.plot(S.X[:, 0], S.y, "x", color=style.DATA, ms=10, mew=2.6, label="data")
    ax.set(xlabel="$x$", ylabel="output")
    fig.legend(loc="outside lower center", ncols=2)
    return fig


def corners(solution: Solution) -> Figure:
    """An optimal set of three dimensions, its corners named by their numbers of neurons."""
    sizes = optimal_set.vertices(solution)
    centred = sizes - sizes.mean(axis=0)
    axes = np.linalg.svd(centred)[2][:3]
    space = centred @ axes.T
    view = _seen(space)
    fig, ax = style.figure(4.8, 4.2)
    hull = ConvexHull(space)
    for triangle in hull.simplices:
        ax.fill(*view[triangle].T, color=style.CONVEX, alpha=0.1, lw=0)
        for pair in zip(triangle, np.roll(triangle, 1), strict=True):
            ax.plot(*view[list(pair)].T, color=style.NEUTRAL, lw=1.2)
    neurons = (sizes > 0).sum(axis=1)
    for count, colour in zip(np.unique(neurons), style.SERIES, strict=False):
        some = view[neurons == count]
        ax.plot(*some.T, "o", color=colour, ms=13, label=f"{count} neurons")
    ax.set_axis_off()
    ax.set(aspect="equal")
    ax.margins(0.12)
    fig.legend(loc="outside lower center", ncols=3)
    return fig


def _seen(space: np.ndarray) -> np.ndarray:
    """Points of space (k, 3), from a little aside and above: (k, 2)."""
    angles = np.deg2rad([25, 20])
    across, over = np.cos(angles)
    aside, above = np.sin(angles)
    right = [across, aside, 0]
    up = [-aside * above, across * above, over]
    return space @ np.column_stack([right, up])


def best_by_width(found: Widths) -> Figure:
    """The best training of every width, above the optimum of all widths."""
    fig, ax = style.figure(5.2, 3.8)
    label = dict(label="best of 50 trainings")
    ax.plot(found.widths, found.best, "o-", color=style.NETWORK, ms=8, lw=2, **label)
    ax.axhline(found.loss, color=style.CONVEX, lw=2, label="convex optimum")
    ax.axvline(found.least, color=style.NEUTRAL, ls=":", lw=2, label="$m^*$")
    ax.set(xlabel="neurons", ylabel="loss", xticks=found.widths)
    fig.legend(loc="outside lower center", ncols=3)
    return fig


def shape_table(shapes: list[Shape]) -> Table:
    """The optimal sets of polygons, a line each."""
    head = ["polygon", "directions", "dimension", "corners", "m*", "neurons of the widest corner"]
    lines = [[str(value) for value in row] for row in shapes]
    return Table(head, lines)


def real_table(rows: list[Real]) -> Table:
    """The optimal sets of real data, a line a set."""
    head = ["set", "points", "λ / λmax", "directions", "dimension", "m*", "widest band"]
    lines = []
    for row in rows:
        widest = f"{row.widest:.3f}" if row.widest > NONE else "below 0.001"
        line = [
            row.name.replace("_", " "),
            str(row.n),
            f"{row.share:g}",
            str(row.directions),
            str(row.freedom),
            str(row.least),
            widest,
        ]
        lines.append(line)
    return Table(head, lines)


def choice_table(found: list[Choice]) -> Table:
    """Published accuracies of networks chosen by four rules, beside ours: one for all of them.

    Raises ValueError where an optimal set leaves a choice, and the rules would have to be applied.
    """
    if any(choice.freedom for choice in found):
        raise ValueError("found must be of optimal sets with one network each")
    ours = np.median([choice.accuracy for choice in found])
    rows = [[rule, f"{value:.2f}", f"{ours:.2f}"] for rule, value in PUBLISHED.items()]
    return Table(["network chosen by", "published", "ours"], rows)
