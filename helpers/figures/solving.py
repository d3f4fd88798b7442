"""Figures of the section Solving the convex problem efficiently is hard, in its order.

Costs and approximations, what the benchmarks of the convex solvers recorded, the search for
patterns, the regularisation path, the race of methods.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from .. import files
from ..convex import Solution
from ..data import Dataset, with_bias
from ..drawing import style
from ..drawing.style import Figure
from ..drawing.table import Table
from ..networks import distinct_neurons, prune
from ..patterns import activation_points
from ..sections.solving import Cost, Runs, solved

Record = dict  # of one method on one problem, as a benchmark wrote it

# What a Cost measures: words, colour and dash.
TIMES = {
    "interior": ("CLARABEL", style.DATA, ":"),
    "solving": ("working set", style.CONVEX, "-"),
    "listing": ("listing", style.NETWORK, "--"),
}
FEWEST = 1e-4  # an excess that counts as none
PERCENT = {1e-4: "0.01%", 1e-3: "0.1%", 1e-2: "1%", 0.1: "10%", 1: "100%"}


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
    dots = dict(alpha=0.45, mew=0, label="one sample")
    ax.plot(counts.ravel(), drawn.ravel(), "o", color=colour, **dots)
    middle = np.median(counts, axis=1), np.median(drawn, axis=1)
    ax.plot(*middle, "-", color=colour, lw=2.2, label="median")
    looks = ((style.NETWORK, "--"), (style.GREEN, "-."))
    for (name, value), (colour, dash) in zip(others.items(), looks, strict=False):
        ax.axhline(value, color=colour, ls=dash, label=name)
    ax.set(xscale="log", yscale="log", ylim=(0.7 * FEWEST, 4))
    ax.set(xlabel="patterns in the sample", ylabel="excess over the global optimum")
    ticks = PERCENT | {FEWEST: "none"}
    ax.set_yticks(list(ticks), list(ticks.values()))
    ax.legend()
    return fig


def three_values(shares: Sequence[float], values: dict[str, list[float]]) -> Figure:
    """Gated, exact, and gated made a ReLU network, against the shares lam / lambda_max.

    values: name -> one a share.
    """
    fig, ax = style.figure(6.4, 4.0)
    colours = (style.NETWORK, style.CONVEX, style.DATA)
    for (name, value), colour, mark in zip(values.items(), colours, "v^s", strict=False):
        ax.plot(shares, value, mark + "-", color=colour, label=name)
    ax.set(
        xscale="log",
        yscale="log",
        xlabel=r"$\lambda / \lambda_{\max}$",
        ylabel="objective",
    )
    ax.legend()
    return fig


# What the benchmarks of the convex solvers recorded
#
# A record of benchmarks/results/convex.json has instance, share (lam / lambda_max), method and
# either CPU seconds, the objective (recomputed in the cones) and, from ours, the bound that a dual
# point proves, or "failed", the reason. A run that was "stopped" is judged by its last iterate.

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
    "clarabel": (style.DATA, "s"),
    "ecos": (style.GREEN, "^"),
    "qoco": (style.LIGHT, "D"),
    "pyscnn": (style.NETWORK, "X"),
}
# Descent chooses its patterns itself: the bound over a list does not hold for it.
DESCENT = ("gd", "adam")
SHORT = {"not run: a smaller one took too long": "slower"}
ROUNDING = 1e-9  # gaps below this are rounding


def instances(record: str | Path, share: float) -> dict[str, dict[str, Record]]:
    """What was recorded at one share of lambda_max: instance -> method -> record.

    Instances come kind by kind, by their size; those without a proven bound are left out.
    """
    rows = {}
    for r in files.read_json(record):
        if r["share"] == share:
            rows.setdefault(r["instance"], {})[r["method"]] = r
    kinds = list(dict.fromkeys(_kind(name) for name in rows))

    def place(name):
        return kinds.index(_kind(name)), int(name.split("-")[1])

    bounded = (name for name in rows if rows[name].get("ours", {}).get("bound") is not None)
    return {name: rows[name] for name in sorted(bounded, key=place)}


def _kind(instance: str) -> str:
    """Of sine-10, sine."""
    return instance.split("-")[0]


def gap(record: Record, ours: Record) -> float:
    """(objective - bound) / objective against the bound that our run proved, at least ROUNDING."""
    return max((record["objective"] - ours["bound"]) / record["objective"], ROUNDING)


def table(record: str | Path, share: float = 0.01) -> Table:
    """Time over that of the working set and certified gap of every method, a line an instance.

    Of descent on the network the objective over the optimum of the listed patterns.
    """
    rows = instances(record, share)
    methods = [m for m in NAMES if any(m in row for row in rows.values())]
    lines = []
    for name, row in rows.items():
        problem = f"{_kind(name)}, {row['ours']['patterns']}"
        lines.append([problem, *(_cell(row, method) for method in methods)])
    return Table(["problem, patterns", *(NAMES[m] for m in methods)], lines)


def _cell(row: dict[str, Record], method: str) -> str:
    if method not in row:
        return ""
    r = row[method]
    ours = row["ours"]
    if "failed" in r:
        return SHORT.get(r["failed"], r["failed"])
    if method == "ours":
        return f"gap {gap(r, ours):.0e}"
    times = _times(r, ours)
    if method in DESCENT:
        return f"{times}, {r['objective'] / ours['objective'] - 1:+.1%}"
    stopped = "stopped at " if r.get("stopped") else ""
    return f"{stopped}{times}, {gap(r, ours):.0e}"


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
        words = f"{name} on {len(done)}, largest gap {max(found):.0e}"
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
#
# A record of benchmarks/results/search.json is problem -> adam and search, curves of time and
# objective, and sampled, number of weight vectors drawn -> the optimum over their patterns.


def largest_sample(record: str | Path, name: str) -> tuple[int, float]:
    """(number of patterns, certified optimum) of the largest sample recorded for a problem."""
    sampled = files.read_json(record)[name]["sampled"]
    largest = sampled[max(sampled, key=int)]
    return largest["patterns"], largest["objective"]


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
    ax.plot(counts, optima, "o-", color=style.CONVEX, lw=2.2, label=label)
    ax.axhline(searched, color=style.GREEN, ls="--", lw=2, label="patterns searched")
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
        "adam": dict(color=style.NETWORK, label="Adam"),
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
        ax.axhline(excess, color=style.GREEN, ls=dash, lw=2, label=label)
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
        when = f"{passed[0] / adam['time'][-1]:.0%}" if passed else "never"
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


# The race of methods

METHODS = ((style.LIGHT, "v"), (style.GREEN, "X"), (style.CONVEX, "s"))
MOST_WORK = 1000  # gradient evaluations of every method in the race


def yardstick(lams: np.ndarray, ratios: dict[str, np.ndarray]) -> Figure:
    """Best objective that any method found over the exact optimum of the sampled patterns.

    ratios: data set -> one a lambda, (L,).
    """
    fig, ax = style.figure(6.4, 4.0)
    colours = (
        style.LIGHT,
        style.GREEN,
        style.CONVEX,
        style.DATA,
        style.NETWORK,
        style.NEUTRAL,
    )
    for (name, ratio), colour, mark in zip(ratios.items(), colours, "os^Dvx", strict=False):
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
    ax.legend()
    return fig


def profile(
    results: list[dict[str, Runs]],
    tol: float,
    rule: str,
    work: str,
    known: list[np.ndarray] | None = None,
) -> Figure:
    """Performance profile: the share of problems each method has solved against its work.

    Arguments as `solved`.
    """
    fig, ax = style.figure(6.4, 4.2)
    needed = solved(results, tol, rule, work, known)
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
        told.append(f"{name} {len(done)} of {len(at)}, half by {_half(at, work)}")
    ax.axhline(0.5, color=style.NEUTRAL, ls="--")
    words = {
        "evaluations": "gradient evaluations",
        "passes": "passes over the data",
    }
    ax.set(xscale="log", xlim=(1, MOST_WORK), xlabel=words[work])
    ax.set(ylim=(0, 1.03), ylabel="problems solved")
    fig.legend(loc="outside lower center", ncols=2)
    best = "best found" if known is None else "best known"
    fig.alt = f"Solved within a factor {1 + tol:g} of the {best}: {'; '.join(told)}."
    return fig


def _half(at: np.ndarray, work: str) -> str:
    """The work after which half of the problems are solved."""
    middle = np.sort(at)[(len(at) - 1) // 2]
    return f"{middle:.0f} {work}" if np.isfinite(middle) else "no amount of work"
