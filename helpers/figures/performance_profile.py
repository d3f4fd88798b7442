"""Figures of the section The performance profile, run again, in its order."""

import itertools

import numpy as np

from ..drawing import style
from ..drawing.style import Figure
from ..drawing.table import Table
from ..drawing.words import plain, scientific
from ..profile.methods import PUBLISHED
from ..profile.protocol import HALVINGS, PUBLISHED_EPOCHS, PUBLISHED_GATES, SEEDS, STEPS
from ..profile.table import CLOCKS, TOLERANCES, YARDSTICKS, Rule, needed
from ..sections import performance_profile as section

LOOKS = {
    "pyscnn": (style.SERIES[4], "s"),
    "Adam": (style.PURPLE, "X"),
    "SGD": (style.NETWORK, "v"),
    "listed": (style.LIGHT, "o"),
    "searched": (style.CONVEX, "D"),
}
NAMES = {
    "pyscnn": "augmented Lagrangian (pyscnn)",
    "Adam": "Adam",
    "SGD": "SGD",
    "listed": "ours, sampled patterns",
    "searched": "ours, searched patterns",
}
WITHIN = {1.0: "factor 2", 0.01: "1 %"}
TUNING = {"free": False, "counted": True}
FIRST = 1e-4  # the axis of seconds begins here: what is solved sooner is solved at once
MARKS = 6


def rule(
    within: str = "factor 2",
    time: str = CLOCKS[0],
    tuning: str = "free",
    best: str = YARDSTICKS[1],
) -> Rule:
    """The rule of the values that the sliders show."""
    tol = {words: tol for tol, words in WITHIN.items()}[within]
    return Rule(tol, best, time, TUNING[tuning])


def profile(found: dict, chosen: Rule) -> Figure:
    """The share of all problems that each method has solved, against seconds of one processor.

    found: a table of `helpers.profile.table`.
    """
    fig, ax = style.figure(6.4, 4.6)
    seconds = needed(found, chosen)
    last = max((t[np.isfinite(t)].max(initial=FIRST) for t in seconds.values()), default=FIRST)
    told = []
    for name in _present(seconds):
        _curve(ax, seconds[name], last, name)
        told.append(_told(name, seconds[name]))
    ax.axhline(0.5, color=style.NEUTRAL, ls="--", lw=1)
    ax.set(xscale="log", xlim=(FIRST, 1.2 * last), xlabel="seconds of one processor")
    ax.set(ylim=(0, 1.03), ylabel="share of problems solved")
    fig.legend(loc="outside lower center", ncols=2)
    fig.alt = f"Solved within {WITHIN[chosen.tol]} of the best of {chosen.yardstick}: "
    fig.alt += "; ".join(told) + "."
    return fig


def _present(seconds):
    return [name for name in LOOKS if name in seconds]


def _curve(ax, seconds, last, name):
    colour, mark = LOOKS[name]
    times = np.sort(np.maximum(seconds[np.isfinite(seconds)], FIRST))
    share = np.arange(1, len(times) + 1) / len(seconds)
    end = share[-1] if len(times) else 0
    steps = [FIRST, *times, 1.2 * last], [0, *share, end]
    ax.step(*steps, where="post", color=colour, lw=2.4)
    every = np.unique(np.linspace(0, len(times) - 1, MARKS).astype(int)) if len(times) else []
    ax.plot(times[every], share[every], mark, color=colour, ms=8, label=NAMES[name], clip_on=False)


def _told(name, seconds):
    done = int(np.isfinite(seconds).sum())
    middle = np.sort(seconds)[(len(seconds) - 1) // 2]
    return f"{NAMES[name]} {done} of {len(seconds)}, half {_when(middle)}"


def _when(seconds):
    if not np.isfinite(seconds):
        return "never"
    return "at once" if seconds < FIRST else f"after {_seconds(seconds)} s"


def _seconds(value):
    return scientific(value, 2) if value >= FIRST else "at once"


def solved_table(found: dict) -> Table:
    """How many problems each method solves, a line a rule of success."""
    rows = []
    names = []
    for best, tol in itertools.product(YARDSTICKS, TOLERANCES):
        counts = section.solved(found, Rule(tol, best))
        names = _present(counts)
        if best == YARDSTICKS[0]:
            shown = {n: str(counts[n]) if n in PUBLISHED else "" for n in names}
        else:
            shown = {n: str(counts[n]) for n in names}
        rows.append([f"within {WITHIN[tol]} of the best of {best}", *shown.values()])
    return Table(["solved", *(NAMES[name] for name in names)], rows)


def half_table(found: dict, best: str = YARDSTICKS[1]) -> Table:
    """Seconds until each method has solved half of all problems, a line a rule."""
    rows = []
    names = []
    for tol, clock, (words, tuned) in itertools.product(TOLERANCES, CLOCKS, TUNING.items()):
        middle = section.half(found, Rule(tol, best, clock, tuned))
        names = _present(middle)
        times = [_seconds(middle[name]) if np.isfinite(middle[name]) else "never" for name in names]
        rows.append([f"{WITHIN[tol]}, {clock}, tuning {words}", *times])
    return Table(["seconds until half are solved", *(NAMES[name] for name in names)], rows)


def verdicts(found: dict) -> Table:
    """Which of the published methods solves most, and which solves half first, a line a rule."""
    rows = []
    tuning = {tuned: words for words, tuned in TUNING.items()}
    for chosen in section.rules():
        counts = _published(section.solved(found, chosen))
        middle = _published(section.half(found, chosen))
        within = f"{WITHIN[chosen.tol]} of the best of {chosen.yardstick}"
        said = f"{within}, {chosen.clock}, tuning {tuning[chosen.tuned]}"
        rows.append([said, _largest(counts), _quickest(middle)])
    return Table(["rule", "solves most", "first to solve half"], rows)


def _published(values):
    return {name: values[name] for name in PUBLISHED if name in values}


def _largest(counts):
    most = max(counts.values())
    return ", ".join(NAMES[name] for name, count in counts.items() if count == most)


def _quickest(seconds):
    least = min(seconds.values())
    if not np.isfinite(least):
        return "none"
    return ", ".join(NAMES[name] for name, t in seconds.items() if t == least)


def values_table(found: dict) -> Table:
    """Each method's value over the best of all, and the best over what is proved: medians."""
    names = _present(found["problems"][0]["methods"])
    rows = []
    for lam in section.lams(found):
        over = [f"{section.over_best(found, lam, name):.2f}" for name in names]
        rows.append([plain(float(f"{lam:.2g}")), *over, f"{section.over_bound(found, lam):.3g}"])
    head = ["lambda", *(NAMES[name] for name in names), "the best over the proved bound"]
    return Table(head, rows)


def live_table(found: dict) -> Table:
    """Adam's and SGD's values over the certified optimum of the sampled patterns, two sets."""
    rows = []
    for row in found["problems"]:
        whole = row["methods"]["listed"]["best"]
        over = [f"{row['methods'][name]['best'] / whole:.1f}" for name in ("Adam", "SGD")]
        rows.append([row["set"], plain(float(f"{row['lam']:.2g}")), *over])
    return Table(["set", "lambda", "Adam", "SGD"], rows)


def size_table(found: dict) -> Table:
    """What was published and what was run for the table `found`, a line a quantity."""
    size = found["size"]
    trained = max(row["n"] for row in found["problems"])
    rows = [
        ["data sets", "73", str(len(section.sets(found)))],
        ["values of lambda", "6", str(len(section.lams(found)))],
        ["points of a set", "all", f"at most {size['rows']}: {trained} to train on"],
        ["several classes", "a head for each", "the most frequent against the rest"],
        ["sampled gates", f"{PUBLISHED_GATES:,}", f"{size['gates']:,}"],
        ["neurons of Adam and SGD", "not given here", f"{size['neurons']:,}"],
        ["epochs of Adam and SGD", f"{PUBLISHED_EPOCHS:,}", f"{size['epochs']:,}"],
        ["the step is halved", "every 100 epochs", f"every {size['epochs'] // HALVINGS} epochs"],
        ["first steps and seeds", "7 and 3", f"{len(STEPS)} and {SEEDS}"],
        ["time of a convex method", "not given here", f"about {size['seconds']:g} s a problem"],
    ]
    return Table(["", "published", "run here"], rows)
