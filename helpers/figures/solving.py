"""Figures of the section Solving the convex problem efficiently is hard."""

import json
from pathlib import Path

import numpy as np

from ..data import with_bias
from ..drawing import style
from ..drawing.table import Table
from ..networks import distinct_neurons, prune
from ..patterns import activation_points
from ..sections.solving import solved

METHODS = ((style.LIGHT, "v"), (style.GREEN, "X"), (style.CONVEX, "s"))


def cost(costs):
    """Seconds to list the patterns, and of two solvers of the exact program, against P: a mark a dimension."""
    fig, ax = style.figure(6.4, 4.4)
    looks = (
        ("interior", style.DATA, ":"),
        ("solving", style.CONVEX, "-"),
        ("listing", style.NETWORK, "--"),
    )
    names = {"interior": "CLARABEL", "solving": "working set", "listing": "listing"}
    dimensions = sorted({c.d for c in costs})
    for d, mark in zip(dimensions, "osD^"):
        rows = [c for c in costs if c.d == d]
        for name, colour, dash in looks:
            seconds = [getattr(c, name) for c in rows]
            ax.plot(
                [c.P for c in rows],
                seconds,
                mark + dash,
                color=colour,
                label=names[name] if d == dimensions[0] else None,
            )
    for d, mark in zip(dimensions, "osD^"):
        ax.plot([], [], mark, color=style.NEUTRAL, label=f"$d = {d}$")
    ax.set(
        xscale="log", yscale="log", xlabel="number of patterns", ylabel="seconds, on this machine"
    )
    fig.legend(loc="outside lower center", ncols=2)
    return fig


def three_values(fractions, values):
    """Gated, exact, and gated made a ReLU network (values: name -> list), against fractions, lam / lambda_max."""
    fig, ax = style.figure(6.4, 4.0)
    for (name, value), colour, mark in zip(
        values.items(), (style.NETWORK, style.CONVEX, style.DATA), "v^s"
    ):
        ax.plot(fractions, value, mark + "-", color=colour, label=name)
    ax.set(xscale="log", yscale="log", xlabel=r"$\lambda / \lambda_{\max}$", ylabel="objective")
    ax.legend()
    return fig


def sampled(counts, excess, others):
    """Excess of the optimum over sampled patterns, counts and excess (draws, seeds), and others' (name -> excess)."""
    fig, ax = style.figure(6.4, 4.0)
    floor = 1e-4
    drawn = np.maximum(excess, floor)
    ax.plot(
        counts.ravel(),
        drawn.ravel(),
        "o",
        color=style.CONVEX,
        alpha=0.45,
        mew=0,
        label="one sample",
    )
    ax.plot(
        np.median(counts, axis=1),
        np.median(drawn, axis=1),
        "-",
        color=style.CONVEX,
        lw=2.2,
        label="median",
    )
    for (name, value), colour, dash in zip(
        others.items(), (style.NETWORK, style.GREEN), ("--", "-.")
    ):
        ax.axhline(value, color=colour, ls=dash, label=name)
    ax.set(xscale="log", yscale="log", ylim=(0.7 * floor, 4))
    ax.set(xlabel="patterns in the sample", ylabel="excess over the global optimum")
    ax.set_yticks([floor, 1e-3, 1e-2, 0.1, 1], ["none", "0.1%", "1%", "10%", "100%"])
    ax.legend()
    return fig


def optimum(S, solution, fraction):
    """The convex optimum of data on a line at one lambda, pruned, its neurons as triangles on the axis."""
    fig, ax = style.figure(6.4, 3.4)
    x = np.linspace(-0.75, 0.75, 301)
    W, alpha = prune(S.X, *solution.to_network())
    ax.plot(x, solution.predict(with_bias(x)), color=style.CONVEX, lw=2.4)
    ax.plot(S.X[:, 0], S.y, "x", color=style.DATA, ms=9, mew=2.4)
    seen = np.abs(alpha) * np.linalg.norm(W, axis=1) > 1e-3 * np.max(alpha**2, initial=0)
    for point, slope in zip(activation_points(W[seen]), W[seen, 0]):
        ax.plot(point, 0, ">" if slope > 0 else "<", color=style.GREEN, ms=9)
    ax.set(xlim=(-0.75, 0.75), ylim=(-0.08, 0.9), xlabel="$x$", ylabel="output")
    count = distinct_neurons(W, alpha)
    fig.alt = (
        f"At {fraction:g} λmax the optimum has {count} neuron{'s' * (count != 1)}; "
        f"its objective is {solution.objective:.3f}."
    )
    return fig


def yardstick(lams, ratios):
    """Best objective that any method found over the exact optimum of the sampled patterns: ratios, name -> (L,)."""
    fig, ax = style.figure(6.4, 4.0)
    colours = style.LIGHT, style.GREEN, style.CONVEX, style.DATA, style.NETWORK, style.NEUTRAL
    for (name, ratio), colour, mark in zip(ratios.items(), colours, "os^Dvx"):
        ax.plot(lams, ratio, mark + "-", color=colour, label=name)
    ax.axhline(1, color=style.NEUTRAL, lw=1)
    ax.set(xscale="log", yscale="log", xlabel=r"$\lambda$", ylabel="best found / exact optimum")
    ax.set_yticks([0.5, 1, 2, 5, 10, 30], ["0.5", "1", "2", "5", "10", "30"])
    ax.set_yticks([], minor=True)
    ax.legend()
    return fig


def profile(results, tol, rule, work, known=None):
    """Performance profile: the share of problems each method has solved against its work; arguments as `solved`."""
    fig, ax = style.figure(6.4, 4.2)
    needed, told, most = solved(results, tol, rule, work, known), [], 1000
    for (name, at), (colour, mark) in zip(needed.items(), METHODS):
        done = np.sort(np.maximum(at[np.isfinite(at)], 1))
        share = np.arange(1, len(done) + 1) / len(at)
        ax.step(
            [1, *done, most],
            [0, *share, *share[-1:]] if len(done) else [0, 0],
            where="post",
            color=colour,
            lw=2.6,
        )
        marks = np.unique(np.linspace(0, len(done) - 1, 6).astype(int)) if len(done) else []
        ax.plot(done[marks], share[marks], mark, color=colour, ms=9, label=name, clip_on=False)
        told.append(f"{name} {len(done)} of {len(at)}, half by {_half(at, work)}")
    ax.axhline(0.5, color=style.NEUTRAL, ls="--")
    ax.set(
        xscale="log",
        xlim=(1, most),
        ylim=(0, 1.03),
        ylabel="problems solved",
        xlabel="gradient evaluations" if work == "evaluations" else "passes over the data",
    )
    fig.legend(loc="outside lower center", ncols=2)
    best = "best found" if known is None else "best known"
    fig.alt = f"Solved within a factor {1 + tol:g} of the {best}: {'; '.join(told)}."
    return fig


def _half(at, work):
    middle = np.sort(at)[(len(at) - 1) // 2]
    return f"{middle:.0f} {work}" if np.isfinite(middle) else "no amount of work"


# What the benchmarks of the convex solvers recorded.
#
# A record of benchmarks/results/convex.json has instance, share (lam / lambda_max), method and either CPU seconds, the
# objective (recomputed in the cones) and, from ours, the bound that a dual point proves, or "failed", the reason. A run
# that was "stopped" is judged by its last iterate.
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
DESCENT = (
    "gd",
    "adam",
)  # they choose their patterns themselves: the bound over a list does not hold for them
FLOOR = 1e-9  # gaps below this are rounding


def instances(path, share):
    """What was recorded at one share of lambda_max: instance, by kind and size -> method -> record."""
    rows = {}
    for r in json.loads(Path(path).read_text()):
        if r["share"] == share:
            rows.setdefault(r["instance"], {})[r["method"]] = r
    kinds = list(dict.fromkeys(name.split("-")[0] for name in rows))
    rows = sorted(
        rows.items(),
        key=lambda item: (kinds.index(item[0].split("-")[0]), int(item[0].split("-")[1])),
    )
    return {name: row for name, row in rows if row.get("ours", {}).get("bound") is not None}


def gap(record, row):
    """(objective - bound) / objective against the bound that our run of the row proved, not below FLOOR."""
    return max((record["objective"] - row["ours"]["bound"]) / record["objective"], FLOOR)


def table(path, share=0.01):
    """Time over that of the working set and certified gap of every method, a line an instance: a Table.

    Of descent on the network the objective over the optimum of the listed patterns.
    """
    rows = instances(path, share)
    methods = [m for m in NAMES if any(m in row for row in rows.values())]
    return Table(
        ["problem, patterns", *(NAMES[m] for m in methods)],
        [
            [f"{name.split('-')[0]}, {row['ours']['patterns']}", *(_cell(row, m) for m in methods)]
            for name, row in rows.items()
        ],
    )


def _cell(row, method):
    r = row.get(method)
    if r is None:
        return ""
    if "failed" in r:
        return "slower" if "smaller" in r["failed"] else r["failed"]
    if method == "ours":
        return f"gap {gap(r, row):.0e}"
    times = _times(r, row)
    if method in DESCENT:
        return f"{times}, {r['objective'] / row['ours']['objective'] - 1:+.1%}"
    return f"{'stopped at ' if r.get('stopped') else ''}{times}, {gap(r, row):.0e}"


def _times(record, row):
    return f"{float(format(record['seconds'] / row['ours']['seconds'], '.2g')):g} x"


def gaps(path, share):
    """Certified gap of every convex method against its CPU seconds, a point an instance."""
    fig, ax = style.figure(6.4, 4.4)
    rows, told = instances(path, share), []
    for method, (colour, mark) in LOOKS.items():
        done = [(row[method], row) for row in rows.values() if "objective" in row.get(method, {})]
        if not done:
            continue
        found = [gap(*pair) for pair in done]
        seconds = [r["seconds"] for r, _ in done]
        ax.plot(seconds, found, mark, color=colour, ms=8, alpha=0.85, mew=0, label=NAMES[method])
        slowest = max(done, key=lambda pair: pair[0]["seconds"] / pair[1]["ours"]["seconds"])
        told.append(
            f"{NAMES[method]} on {len(done)}, largest gap {max(found):.0e}"
            + (f", up to {_times(*slowest)} the time" if method != "ours" else "")
        )
    ax.axhline(1e-6, color=style.NEUTRAL, ls="--", lw=1)
    ax.set(
        xscale="log",
        yscale="log",
        ylim=(FLOOR / 2, 1),
        xlabel="CPU seconds",
        ylabel="certified relative gap",
    )
    fig.legend(loc="outside lower center", ncols=3)
    fig.alt = f"{len(rows)} problems at {share:g} λmax, solved: {'; '.join(told)}."
    return fig


def largest_sample(path, name):
    """(number of patterns, certified optimum) of the largest sample that `path`, as in `race`, has for a problem."""
    sampled = json.loads(Path(path).read_text())[name]["sampled"]
    largest = sampled[max(sampled, key=int)]
    return largest["patterns"], largest["objective"]


def enough(counts, optima, searched):
    """Certified optimum over P sampled patterns (counts, optima), and the optimum of a search without a list."""
    fig, ax = style.figure(6.4, 3.8)
    ax.plot(
        counts, optima, "o-", color=style.CONVEX, lw=2.2, label="over sampled patterns, certified"
    )
    ax.axhline(searched, color=style.GREEN, ls="--", lw=2, label="patterns searched")
    ax.set(xscale="log", yscale="log", xlabel="patterns in the sample", ylabel="objective")
    ticks = [t for t in (5, 6, 7, 8, 10, 15, 20, 30, 50) if t <= max(optima)]
    ax.set_yticks(ticks, [str(t) for t in ticks])
    ax.set_yticks([], minor=True)
    ax.legend()
    return fig


def race(path):
    """Adam, the searched patterns and the optima over sampled ones: excess over the best objective of any against CPU
    seconds, a panel a problem.

    `path` is what benchmarks/adaptive.py wrote: problem -> adam and adaptive, curves of time and objective, and
    sampled, number of weight vectors drawn -> objective.
    """
    problems, floor = json.loads(Path(path).read_text()), 1e-5
    fig, axes = style.figure(
        6.4, 0.8 + 2.6 * len(problems), len(problems), squeeze=False, sharex=True
    )
    for ax, (name, record) in zip(axes[:, 0], problems.items()):
        best = min(min(record[key]["objective"]) for key in ("adam", "adaptive"))
        for key, label, colour in (
            ("adam", "Adam", style.NETWORK),
            ("adaptive", "patterns searched", style.CONVEX),
        ):
            time, excess = (
                record[key]["time"],
                [max(f / best - 1, floor) for f in record[key]["objective"]],
            )
            ax.plot(time, excess, color=colour, lw=2.4, label=label)
            ax.plot(time[-1], excess[-1], "o", color=colour, ms=6)
        for (count, found), dash in zip(record.get("sampled", {}).items(), ("--", ":")):
            ax.axhline(
                found["objective"] / best - 1,
                color=style.GREEN,
                ls=dash,
                lw=2,
                label=f"optimum over {int(count):,} drawn",
            )
        ax.set(xscale="log", yscale="log", title=name, ylabel="excess", ylim=(0.7 * floor, 2))
        ax.set_yticks(
            [floor, 1e-4, 1e-3, 1e-2, 0.1, 1], ["none", "0.01%", "0.1%", "1%", "10%", "100%"]
        )
    ax.set(xlabel="CPU seconds")
    fig.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return fig


def race_table(path):
    """How far Adam and the optima over sampled patterns end above the searched ones, and when Adam's end is passed."""
    problems = json.loads(Path(path).read_text())
    counts = list(next(iter(problems.values())).get("sampled", {}))
    rows = []
    for name, record in problems.items():
        adam, ours = record["adam"], record["adaptive"]
        best, goal = ours["objective"][-1], min(adam["objective"])
        passed = next((t for t, f in zip(ours["time"], ours["objective"]) if f < goal), None)
        rows.append(
            [
                name,
                *(f"{record['sampled'][c]['objective'] / best - 1:+.1%}" for c in counts),
                f"{goal / best - 1:+.2%}",
                "never" if passed is None else f"{passed / adam['time'][-1]:.0%}",
            ]
        )
    head = [
        "problem",
        *(f"{int(c):,} drawn, certified" for c in counts),
        "Adam",
        "passed after (share of Adam's time)",
    ]
    return Table(head, rows)
