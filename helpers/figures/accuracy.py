"""Figures of the section An accuracy table of our own, in its order."""

import numpy as np

from ..drawing import style
from ..drawing.style import Figure
from ..drawing.table import Table
from ..sections.accuracy import CONVEX, METHODS, Result

WIDENED = {
    "gated": (style.GREEN, "X"),
    "ReLU, convex": (style.CONVEX, "s"),
    "Adam": (style.NETWORK, "v"),
}


def accuracies(results: dict[str, dict[str, Result]]) -> Figure:
    """Test accuracy of every method, a dot a seed and a bar at the mean, beside one another.

    results: set -> method -> Result.
    """
    fig, axes = style.figure(6.4, 3.4, columns=len(results), sharey=True, squeeze=False)
    for ax, (name, reached) in zip(axes[0], results.items(), strict=True):
        for height, method in enumerate(reversed(METHODS)):
            colour = style.CONVEX if method in CONVEX else style.NETWORK
            percent = 100 * reached[method].accuracy
            ax.plot(percent[[percent.argmin(), percent.argmax()]], [height] * 2, color=colour)
            ax.plot(percent, [height] * len(percent), "o", color=colour, ms=7)
            ax.plot(percent.mean(), height, "|", color=colour, ms=22, mew=3)
        ax.set_yticks(range(len(METHODS)), reversed(METHODS))
        ax.set(title=name, ylim=(-0.6, len(METHODS) - 0.4))
        ax.grid(axis="x", color=style.NEUTRAL, alpha=0.3)
    fig.supxlabel("correct on test points, per cent")
    return fig


def accuracy_table(results: dict[str, dict[str, Result]]) -> Table:
    """Mean and spread of the test accuracy in per cent, a line a method, a column a set."""
    rows = []
    for method in METHODS:
        percents = [100 * reached[method].accuracy for reached in results.values()]
        rows.append([method, *(_mean_and_spread(percent) for percent in percents)])
    return Table(["correct on test points, %", *results], rows)


def _mean_and_spread(percent):
    return f"{percent.mean():.1f} ({percent.min():.1f} to {percent.max():.1f})"


def objective_table(results: dict[str, dict[str, Result]]) -> Table:
    """What each method minimised over what the convex ReLU program did, the decay being the same.

    The mean over the seeds for which both chose the same decay; a dash where they never did.
    """
    rows = []
    for method in METHODS:
        ratios = [_ratio(reached[method], reached["ReLU, convex"]) for reached in results.values()]
        rows.append([method, *ratios])
    return Table(["objective, over that of the convex ReLU program", *results], rows)


def _ratio(result, convex):
    pairs = zip(result.chosen, convex.chosen, strict=True)
    same = np.array([mine.lam == theirs.lam for mine, theirs in pairs])
    if not same.any():
        return "–"
    return f"{np.mean(result.objective[same] / convex.objective[same]):.2f}"


def by_width(results: dict[int, dict[str, Result]]) -> Figure:
    """Test accuracy against the number of sampled patterns: the mean, and from least to most.

    results: number of patterns -> method -> Result.
    """
    fig, ax = style.figure(6.4, 3.6)
    for k, (method, (colour, mark)) in enumerate(WIDENED.items()):
        percent = 100 * np.array([reached[method].accuracy for reached in results.values()])
        mean = percent.mean(axis=1)
        ends = np.stack([mean - percent.min(axis=1), percent.max(axis=1) - mean])
        shifted = np.array(list(results)) * 1.04 ** (k - 1)
        ax.errorbar(shifted, mean, ends, fmt=f"{mark}-", color=colour, label=method, capsize=3)
    ax.set_xscale("log")
    ax.set_xticks(list(results), [str(width) for width in results])
    ax.set_xticks([], minor=True)
    ax.set(xlabel="sampled patterns, or pairs of neurons", ylabel="correct on test points, %")
    ax.legend()
    return fig
