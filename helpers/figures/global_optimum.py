"""Figures of the section The global optimum, with its proof, in its order.

What the benchmarks of the convex solvers recorded, and the search for patterns beside Adam.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from .. import dual, files
from ..drawing import style
from ..drawing.style import Figure
from ..drawing.table import Table
from ..drawing.words import scientific
from ..sections.global_optimum import ROUNDING, Arcs, Record, gap, instances, kind, without_lists

NAMES = {
    "ours": "working set",
    "clarabel": "CLARABEL",
    "ecos": "ECOS",
    "qoco": "QOCO",
    "pyscnn": "pyscnn",
    "gd": "gradient descent",
    "adam": "Adam",
}
LOOKS = {
    "ours": (style.CONVEX, "o"),
    "clarabel": (style.SERIES[1], "s"),
    "ecos": (style.SERIES[2], "^"),
    "qoco": (style.SERIES[3], "D"),
    "pyscnn": (style.SERIES[4], "X"),
}
# Descent chooses its patterns itself: the bound over a list does not hold for it.
DESCENT = ("gd", "adam")
SHORT = {"not run: a smaller one took too long": "slower"}
PERCENT = {share: f"{100 * share:g}%" for share in (1e-4, 1e-3, 1e-2, 0.1, 1)}


# The solvers beside one another


def table(record: str | Path, share: float = 0.01) -> Table:
    """Time over that of the working set and certified gap of every solver, a line an instance."""
    return _table(record, share, [method for method in NAMES if method not in DESCENT])


def descent_table(record: str | Path, share: float = 0.01) -> Table:
    """The same of descent on the network: time, and objective over that of the listed patterns."""
    return _table(record, share, DESCENT)


def _table(record: str | Path, share: float, methods: Sequence[str]) -> Table:
    rows = instances(record, share)
    shown = [method for method in methods if any(method in row for row in rows.values())]
    lines = []
    for name, row in rows.items():
        problem = f"{kind(name)}, {row['ours']['patterns']}"
        lines.append([problem, *(_cell(row, method) for method in shown)])
    return Table(["problem, patterns", *(NAMES[method] for method in shown)], lines)


def _cell(row: dict[str, Record], method: str) -> str:
    if method not in row:
        return ""
    r = row[method]
    ours = row["ours"]
    if "failed" in r:
        return SHORT.get(r["failed"], r["failed"])
    if method == "ours":
        return f"gap {scientific(gap(r, ours))}"
    times = _times(r, ours)
    if method in DESCENT:
        return f"{times}, {r['objective'] / ours['objective'] - 1:+.1%}"
    stopped = "stopped at " if r.get("stopped") else ""
    return f"{stopped}{times}, {scientific(gap(r, ours))}"


def _times(record: Record, ours: Record) -> str:
    """How many times our seconds a record took, to two digits."""
    ratio = float(f"{record['seconds'] / ours['seconds']:.2g}")
    return f"{ratio:g} x"


def gaps(record: str | Path, share: float) -> Figure:
    """Certified gap of every convex method against its CPU seconds, a point an instance."""
    fig, ax = style.figure(6.4, 4.4)
    rows = instances(record, share)
    told = []
    for method, (colour, mark) in LOOKS.items():
        done = [
            (row[method], row["ours"])
            for row in rows.values()
            if "objective" in row.get(method, {})
        ]
        if not done:
            continue
        name = NAMES[method]
        found = [gap(*pair) for pair in done]
        seconds = [r["seconds"] for r, _ in done]
        ax.plot(
            seconds,
            found,
            mark,
            color=colour,
            ms=8,
            alpha=0.85,
            mew=0,
            label=name,
        )
        words = f"{name} on {len(done)}, largest gap {scientific(max(found))}"
        if method != "ours":
            slowest = max(done, key=lambda pair: pair[0]["seconds"] / pair[1]["seconds"])
            words += f", up to {_times(*slowest)} the time"
        told.append(words)
    ax.axhline(1e-6, color=style.NEUTRAL, ls="--", lw=1)
    ax.set(xscale="log", xlabel="CPU seconds")
    ax.set(yscale="log", ylabel="certified relative gap", ylim=(ROUNDING / 2, 1))
    fig.legend(loc="outside lower center", ncols=3)
    fig.alt = f"{len(rows)} problems at {share:g} λmax, solved: {'; '.join(told)}."
    return fig


# The search for patterns


def enough(
    counts: Sequence[int],
    optima: Sequence[float],
    searched: float,
) -> Figure:
    """Certified optimum over P sampled patterns, and the optimum of a search without a list.

    counts and optima: P and optimum of every sample.
    """
    fig, ax = style.figure(6.4, 3.8)
    label = "over sampled patterns, certified"
    ax.plot(counts, optima, "o-", color=style.LIGHT, lw=2.2, label=label)
    ax.axhline(searched, color=style.CONVEX, ls="--", lw=2, label="patterns searched")
    ax.set(
        xscale="log",
        yscale="log",
        xlabel="patterns in the sample",
        ylabel="objective",
    )
    ticks = [t for t in (5, 6, 7, 8, 10, 15, 20, 30, 50) if t <= max(optima)]
    ax.set_yticks(ticks, [str(t) for t in ticks])
    ax.set_yticks([], minor=True)
    ax.legend()
    return fig


def race(record: str | Path) -> Figure:
    """Adam, the searched patterns and the optima over sampled ones, a panel a problem.

    Excess over the best objective of any against CPU seconds.
    """
    problems = files.read_json(record)
    height = 0.8 + 2.6 * len(problems)
    fig, axes = style.figure(6.4, height, len(problems), squeeze=False, sharex=True)
    for ax, (name, problem) in zip(axes[:, 0], problems.items(), strict=True):
        _race_of(ax, problem)
        ax.set(title=name, ylabel="excess")
    ax.set(xlabel="CPU seconds")
    fig.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return fig


def _race_of(ax, problem: Record) -> None:
    least = 1e-5  # an excess that counts as none here: the curves come closer than sampling does
    best = min(min(problem[key]["objective"]) for key in ("adam", "search"))
    looks = {
        "adam": dict(color=style.PURPLE, label="Adam"),
        "search": dict(color=style.CONVEX, label="patterns searched"),
    }
    for key, look in looks.items():
        time = problem[key]["time"]
        excess = [max(f / best - 1, least) for f in problem[key]["objective"]]
        ax.plot(time, excess, lw=2.4, **look)
        ax.plot(time[-1], excess[-1], "o", color=look["color"], ms=6)
    for (count, found), dash in zip(problem.get("sampled", {}).items(), ("--", ":"), strict=False):
        label = f"optimum over {int(count):,} drawn"
        excess = found["objective"] / best - 1
        ax.axhline(excess, color=style.LIGHT, ls=dash, lw=2, label=label)
    ax.set(xscale="log", yscale="log", ylim=(0.7 * least, 2))
    ticks = {least: "none"} | PERCENT
    ax.set_yticks(list(ticks), list(ticks.values()))


def race_table(record: str | Path) -> Table:
    """How far Adam and the optima over sampled patterns end above the searched ones.

    And when the search passes Adam's best.
    """
    problems = files.read_json(record)
    counts = list(next(iter(problems.values())).get("sampled", {}))
    rows = []
    for name, problem in problems.items():
        adam = problem["adam"]
        ours = problem["search"]
        end = ours["objective"][-1]
        goal = min(adam["objective"])
        drawn = [problem["sampled"][count]["objective"] for count in counts]
        passed = [t for t, f in zip(ours["time"], ours["objective"], strict=True) if f < goal]
        when = _share(passed[0] / adam["time"][-1]) if passed else "never"
        rows.append(
            [
                name,
                *(f"{f / end - 1:+.1%}" for f in drawn),
                f"{goal / end - 1:+.2%}",
                when,
            ]
        )
    head = [f"{int(count):,} drawn, certified" for count in counts]
    return Table(["problem", *head, "Adam", "passed after (share of Adam's time)"], rows)


def _share(share: float) -> str:
    """In per cent; what would round to none is not none."""
    return f"{share:.0%}" if share >= 0.005 else "under 1%"


# The proof without a list


def arcs(X, theta, lam: float, opened: Arcs, cuts: int) -> Figure:
    """The dual curve over the circle of directions, and the arcs that are not yet proved."""
    angles = np.linspace(0, 360, 721)
    curve = np.abs(dual.dual_curve(X, theta, dual.circle(angles))) / lam
    fig, ax = style.figure(6.4, 3.6)
    for begin, end, bound in zip(*opened, strict=True):
        for turn in (-360, -180, 0, 180):  # the opposite arc has the same bound
            reach = [begin + turn, end + turn]
            ax.fill_between(reach, bound, color=style.SHADE, alpha=0.5, lw=0)
            ax.plot(reach, [bound, bound], color=style.NEUTRAL, lw=2)
    ax.plot(angles, curve, color=style.CONVEX, lw=2)
    ax.axhline(1, color=style.NEUTRAL, ls="--", lw=1)
    ax.text(360, 1.03, "λ", ha="right", va="bottom")
    ax.set(xlim=(0, 360), ylim=(0, 4), xticks=range(0, 361, 90))
    ax.set(xlabel="direction of a neuron (degrees)", ylabel="dual curve / λ")
    share = 100 - 100 * np.sum(opened.end - opened.begin) / 180
    ax.set_title(f"{cuts} cuts: {share:.0f}% of the directions are proved", loc="left")
    fig.alt = (
        f"The dual curve over the circle of directions, at most lambda. After {cuts} cuts "
        f"{len(opened.bound)} arcs of each half are open, under bars as high as their bounds; "
        f"{share:.0f} percent of the circle is proved."
    )
    return fig


def certificates(record: str | Path) -> Table:
    """What was proved without a list: a line a data set, time and nodes for every decay."""
    lines = []
    for name, runs in without_lists(record).items():
        first = runs[0]
        size_of_list = scientific(10 ** int(np.log10(first["patterns"])))
        size = f"{first['n']:,} × {first['rank']}"
        data = re.sub(r"-\d+x\d+$", "", name).replace("-", " ")  # a size stands beside it
        cells = [_proof(run) for run in runs]
        missing = [""] * (3 - len(cells))
        lines.append([data, size, size_of_list, *cells, *missing])
    shares = [f"λ/λmax = {share:g}" for share in (0.1, 0.01, 0.001)]
    head = ["data", "points × rank", "patterns", *shares]
    return Table(head, lines)


def _proof(run: Record) -> str:
    if run["gap"] > 1e-6:
        return f"gap {100 * run['gap']:.0f}% in {run['seconds']:.0f} s"
    return f"{run['seconds']:.1f} s, {run['nodes']:,} nodes"


def growth(record: str | Path, share: float = 0.1) -> Figure:
    """Nodes of the proof, and patterns, against the rank."""
    families = {}
    for name, runs in without_lists(record).items():
        family = name.split("-")[0] + (f" {runs[0]['n']}" if name.startswith("normal") else "")
        run = next((r for r in runs if r["share"] == share and r["gap"] <= 1e-6), None)
        if run is not None:
            families.setdefault(family, []).append((run["rank"], run["nodes"], run["patterns"]))
    fig, ax = style.figure(6.4, 4.0)
    several = [family for family in families if len(families[family]) > 1]
    for family, colour in zip(several, style.SERIES, strict=False):
        ranks, nodes, patterns = zip(*sorted(families[family]), strict=True)
        ax.semilogy(ranks, patterns, ls=":", marker="o", ms=4, color=colour)
        ax.semilogy(ranks, nodes, marker="o", color=colour, label=family)
    ranks = [rank for family in several for rank, *_ in families[family]]
    ax.set_xticks(range(min(ranks), max(ranks) + 1))
    ax.set(xlabel="rank of the data", ylabel="nodes (lines), patterns (dots)")
    ax.legend(frameon=False)
    fig.alt = (
        "Nodes of the proof against the rank, one line a family of data, logarithmic: they grow "
        "by a factor of 3 to 20 a dimension, the dotted numbers of patterns by 20 to 100."
    )
    return fig
