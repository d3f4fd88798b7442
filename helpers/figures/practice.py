"""Figures of the section What the published comparison measures, in its order."""

from collections.abc import Sequence

import numpy as np

from ..drawing import style
from ..drawing.style import Figure
from ..drawing.table import Table
from ..sections.practice import Runs, solved

METHODS = ((style.CONVEX, "s"), (style.PURPLE, "X"), (style.NETWORK, "v"))
MOST_WORK = 1000  # gradient evaluations of every method in the race
RULES = {"first": "first close enough", "minimum": "at its own minimum"}
WORK = {"evaluations": "gradient evaluations", "passes": "passes over the data"}


def yardstick(lams: np.ndarray, ratios: dict[str, np.ndarray]) -> Figure:
    """Best objective that any method found over the exact optimum of the sampled patterns.

    ratios: data set -> one a lambda, (L,).
    """
    fig, ax = style.figure(6.4, 4.0)
    for (name, ratio), colour, mark in zip(ratios.items(), style.SERIES, "os^Dvx", strict=False):
        ax.plot(lams, ratio, mark + "-", color=colour, label=name)
    ax.axhline(1, color=style.NEUTRAL, lw=1)
    ax.set(
        xscale="log",
        yscale="log",
        xlabel=r"$\lambda$",
        ylabel="best found / exact optimum",
    )
    ax.set_yticks([0.5, 1, 2, 5, 10, 30], ["0.5", "1", "2", "5", "10", "30"])
    ax.set_yticks([], minor=True)
    fig.legend(loc="outside lower center", ncols=2)
    return fig


def solved_table(
    results: list[dict[str, Runs]],
    tols: Sequence[float],
    known: list[np.ndarray] | None = None,
) -> Table:
    """How many problems every method solves, a line a `tol`. Arguments as `solved`."""
    rows = []
    for tol in tols:
        needed = solved(results, tol, known=known)
        counts = [str(np.isfinite(at).sum()) for at in needed.values()]
        rows.append([f"tol = {tol:g}", *counts])
    return Table(["solved", *needed], rows)


def effort_table(results: list[dict[str, Runs]], tol: float) -> Table:
    """Work of every method until half of the problems are solved, by both rules and measures."""
    rows = []
    for rule, words in RULES.items():
        for work, unit in WORK.items():
            needed = solved(results, tol, rule, work)
            rows.append([f"{words}, {unit}", *(_half(at) for at in needed.values())])
    return Table(["until half are solved", *needed], rows)


def _half(at: np.ndarray) -> str:
    """The work after which half of the problems are solved."""
    middle = np.sort(at)[(len(at) - 1) // 2]
    return f"{middle:.0f}" if np.isfinite(middle) else "never"


def profile(
    results: list[dict[str, Runs]],
    tol: float,
    known: list[np.ndarray] | None = None,
) -> Figure:
    """Performance profile: the share of problems each method has solved against its work.

    Arguments as `solved`.
    """
    fig, ax = style.figure(6.4, 4.2)
    needed = solved(results, tol, known=known)
    told = []
    for (name, at), (colour, mark) in zip(needed.items(), METHODS, strict=False):
        done = np.sort(np.maximum(at[np.isfinite(at)], 1))
        share = np.arange(1, len(done) + 1) / len(at)
        height = share[-1] if len(done) else 0
        steps = [1, *done, MOST_WORK], [0, *share, height]
        ax.step(*steps, where="post", color=colour, lw=2.6)
        marks = np.unique(np.linspace(0, len(done) - 1, 6).astype(int)) if len(done) else []
        ax.plot(
            done[marks],
            share[marks],
            mark,
            color=colour,
            ms=9,
            label=name,
            clip_on=False,
        )
        half = _half(at)
        when = "never half" if half == "never" else f"half by {half} evaluations"
        told.append(f"{name} {len(done)} of {len(at)}, {when}")
    ax.axhline(0.5, color=style.NEUTRAL, ls="--")
    ax.set(xscale="log", xlim=(1, MOST_WORK), xlabel="gradient evaluations")
    ax.set(ylim=(0, 1.03), ylabel="problems solved")
    fig.legend(loc="outside lower center", ncols=2)
    best = "best found" if known is None else "best known"
    fig.alt = f"Solved within a factor {1 + tol:g} of the {best}: {'; '.join(told)}."
    return fig
