"""Figures of the section Solving the convex problem efficiently is hard, in its order.

Costs, two approximations, the regularisation path.
"""

from collections.abc import Sequence

import numpy as np

from ..convex import Solution
from ..data import Dataset, with_bias
from ..drawing import style
from ..drawing.style import Figure
from ..drawing.table import Table
from ..networks import distinct_neurons, prune
from ..patterns import activation_points
from ..sections.solving import Bracket, Cost

# What a Cost measures: words, colour and dash.
TIMES = {
    "interior": ("CLARABEL", style.PURPLE, ":"),
    "solving": ("working set", style.CONVEX, "-"),
    "listing": ("listing", style.LIGHT, "--"),
}
BRACKET = ("gated", "exact", "split into ReLUs")
FEWEST = 1e-4  # an excess that counts as none
PERCENT = {share: f"{100 * share:g}%" for share in (1e-4, 1e-3, 1e-2, 0.1, 1)}


# Costs and approximations


def cost(costs: list[Cost]) -> Figure:
    """Seconds to list the patterns, and of two solvers of the exact program, against P.

    A mark stands for a dimension.
    """
    fig, ax = style.figure(6.4, 4.4)
    dimensions = sorted({c.d for c in costs})
    for d, mark in zip(dimensions, "osD^", strict=False):
        rows = [c for c in costs if c.d == d]
        P = [c.P for c in rows]
        for field, (words, colour, dash) in TIMES.items():
            seconds = [getattr(c, field) for c in rows]
            label = words if d == dimensions[0] else None
            ax.plot(P, seconds, mark + dash, color=colour, label=label)
    for d, mark in zip(dimensions, "osD^", strict=False):
        ax.plot([], [], mark, color=style.NEUTRAL, label=f"$d = {d}$")
    ax.set(xscale="log", xlabel="number of patterns")
    ax.set(yscale="log", ylabel="seconds, on this machine")
    fig.legend(loc="outside lower center", ncols=2)
    return fig


def sampled(
    counts: np.ndarray,
    excess: np.ndarray,
    others: dict[str, float],
) -> Figure:
    """Excess of the optimum over sampled patterns, and of others (name -> excess).

    counts and excess (draws, seeds): patterns in a sample, and its excess.
    """
    fig, ax = style.figure(6.4, 4.0)
    drawn = np.maximum(excess, FEWEST)
    colour = style.CONVEX
    dots = dict(mfc="none", ms=5, label="one sample")
    ax.plot(counts.ravel(), drawn.ravel(), "o", color=colour, **dots)
    middle = np.median(counts, axis=1), np.median(drawn, axis=1)
    ax.plot(*middle, "-", color=colour, lw=2.2, label="median")
    looks = ((style.NETWORK, "--"), (style.PURPLE, "-."))
    for (name, value), (colour, dash) in zip(others.items(), looks, strict=False):
        ax.axhline(value, color=colour, ls=dash, label=name)
    ax.set(xscale="log", yscale="log", ylim=(0.7 * FEWEST, 4))
    ax.set(xlabel="patterns in the sample", ylabel="excess over the global optimum")
    ticks = PERCENT | {FEWEST: "none"}
    ax.set_yticks(list(ticks), list(ticks.values()))
    fig.legend(loc="outside lower center", ncols=2)
    return fig


def bracket_table(shares: Sequence[float], bracket: Bracket, decimals: int = 2) -> Table:
    """The three values of a bracket, a line a share of lambda_max.

    The network made of the gated optimum, which is not unique, to one digit.
    """
    lines = []
    for share, *values, split in zip(shares, *bracket, strict=True):
        texts = [f"{value:.{decimals}f}" for value in values]
        lines.append([f"{share:g}", *texts, f"{float(f'{split:.1g}'):g}"])
    return Table(["λ / λmax", *BRACKET], lines)


def brackets(shares: Sequence[float], problems: dict[str, Bracket]) -> Figure:
    """The three values against the shares of lambda_max, a panel a problem, by its title."""
    fig, axes = style.figure(6.4, 6.6, len(problems), sharex=True)
    looks = ((style.LIGHT, "v"), (style.CONVEX, "^"), (style.NETWORK, "s"))
    for ax, (title, bracket) in zip(axes, problems.items(), strict=True):
        for name, values, (colour, mark) in zip(BRACKET, bracket, looks, strict=True):
            ax.plot(shares, values, mark + "-", color=colour, label=name)
        ax.set(xscale="log", yscale="log", ylabel="objective", title=title)
    ax.set(xlabel=r"$\lambda / \lambda_{\max}$")
    fig.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return fig


# The regularisation path


def optimum(
    S: Dataset,
    solution: Solution,
    share: float,
) -> Figure:
    """The convex optimum of data on a line at one lambda, pruned, its neurons as triangles."""
    fig, ax = style.figure(6.4, 3.4)
    x = np.linspace(-0.75, 0.75, 301)
    W, alpha = prune(S.X, *solution.to_network())
    ax.plot(x, solution.predict(with_bias(x)), color=style.CONVEX, lw=2.4)
    ax.plot(S.X[:, 0], S.y, "x", color=style.DATA, ms=9, mew=2.4)
    size = np.abs(alpha) * np.linalg.norm(W, axis=1)
    seen = size > 1e-3 * np.max(alpha**2, initial=0)
    for point, slope in zip(activation_points(W[seen]), W[seen, 0], strict=True):
        ax.plot(point, 0, ">" if slope > 0 else "<", color=style.GREEN, ms=9)
    ax.set(xlim=(-0.75, 0.75), ylim=(-0.08, 0.9), xlabel="$x$", ylabel="output")
    count = distinct_neurons(W, alpha)
    fig.alt = (
        f"At {share:g} λmax the optimum has {count} neuron{'s' * (count != 1)}; "
        f"its objective is {solution.objective:.3f}."
    )
    return fig
