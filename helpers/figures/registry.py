"""Figures of the section Certified optima to compare with, in its order."""

import numpy as np

from ..drawing import style
from ..drawing.style import Figure
from ..drawing.table import Table
from ..drawing.words import plain, scientific
from ..sections.registry import PROVED, SHARES, Row, at, excesses, reached

MARKS = tuple(zip(style.SERIES, "os^", strict=False))  # of the shares
WITHIN = {PROVED: "reached", 1e-4: "within 0.01 %", 1e-2: "within 1 %", 0.1: "within 10 %"}


def problems_table(table: list[Row]) -> Table:
    """Every problem with its optima, and how far above them Adam's best training ends."""
    shares = [f"{share:g}" for share in SHARES]
    head = ["problem", "n × d", "patterns", "λmax"]
    head += [f"optimum at {share}" for share in shares] + [f"Adam at {share}" for share in shares]
    lines = []
    for row in table:
        optima = [at(row, share) for share in SHARES]
        size = f"{row['n']} × {row['d']}"
        values = [plain(float(f"{one['objective']:.6g}")) if one else "" for one in optima]
        above = [percent(one["adam"]["excess"]) if one and "adam" in one else "" for one in optima]
        lines.append([row["name"], size, patterns(row), scientific(row["lam_max"], 4)])
        lines[-1] += values + above
    return Table(head, lines, box="The problems of the registry and their optima")


def patterns(row: Row) -> str:
    """Their number, or the bound on it."""
    if row["counted"]:
        return f"{row['patterns']:,}"
    return f"≤ {scientific(row['patterns'], 2)}"


def percent(excess: float) -> str:
    """An excess in words: what the proofs cannot tell from none is the optimum."""
    if excess <= PROVED:
        return "reached"
    return f"+{scientific(100 * excess, 2)} %"


def reached_table(table: list[Row]) -> Table:
    """On how many problems Adam's best training comes how close, a line a share."""
    lines = []
    for share in SHARES:
        counts = reached(table, share, list(WITHIN))
        values = list(excesses(table, share).values())
        ends = [percent(float(np.median(values))), percent(values[-1])]
        lines.append([f"{share:g}", str(len(values)), *map(str, counts), *ends])
    return Table(["λ / λmax", "problems", *WITHIN.values(), "median", "largest"], lines)


def adam_excess(table: list[Row]) -> Figure:
    """Adam's excess over the certified optima, the problems of every share sorted by it."""
    fig, ax = style.figure(6.4, 4.2)
    told = []
    for share, (colour, mark) in zip(SHARES, MARKS, strict=True):
        values = np.array(list(excesses(table, share).values()))
        place = 100 * (np.arange(len(values)) + 1) / len(values)
        label = rf"$\lambda = {share:g}\,\lambda_{{\max}}$"
        ax.plot(place, 100 * values, mark, color=colour, ms=4.5, label=label, clip_on=False)
        median = percent(float(np.median(values)))
        told.append(f"at {share:g} of lambda max the median is {median}")
    ax.axhline(100 * PROVED, color=style.NEUTRAL, ls="--", lw=1)
    ax.set(yscale="log", xlim=(0, 100), xlabel="problems, per cent of those at that λ")
    ax.set(ylabel="Adam above the optimum, per cent")
    ticks = [1e-4, 1e-2, 1, 100]
    ax.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.set_yticks([], minor=True)
    ax.legend(loc="upper left")
    fig.alt = f"Adam's least excess, problems sorted by it: {'; '.join(told)}."
    return fig
