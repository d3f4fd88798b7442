"""Figures of the section Solving the convex problem efficiently is hard."""

import numpy as np

from ..data import with_bias
from ..geometry import distinct_neurons
from ..mapping import prune
from ..patterns import activation_points
from ..performance import solved
from . import style

METHODS = ((style.LIGHT, "v"), (style.GREEN, "X"), (style.CONVEX, "s"))


def cost(costs):
    """Seconds to list the patterns, and of two solvers of the exact program, against P: a mark a dimension."""
    fig, ax = style.figure(6.4, 4.4)
    looks = ("interior", style.DATA, ":"), ("solving", style.CONVEX, "-"), ("listing", style.NETWORK, "--")
    names = {"interior": "CLARABEL", "solving": "working set", "listing": "listing"}
    dimensions = sorted({c.d for c in costs})
    for d, mark in zip(dimensions, "osD^"):
        rows = [c for c in costs if c.d == d]
        for name, colour, dash in looks:
            seconds = [getattr(c, name) for c in rows]
            ax.plot([c.P for c in rows], seconds, mark + dash, color=colour,
                    label=names[name] if d == dimensions[0] else None)
    for d, mark in zip(dimensions, "osD^"):
        ax.plot([], [], mark, color=style.NEUTRAL, label=f"$d = {d}$")
    ax.set(xscale="log", yscale="log", xlabel="number of patterns", ylabel="seconds, on this machine")
    fig.legend(loc="outside lower center", ncols=2)
    return fig


def three_values(fractions, values):
    """Gated, exact, and gated made a ReLU network (values: name -> list), against fractions, lam / lambda_max."""
    fig, ax = style.figure(6.4, 4.0)
    for (name, value), colour, mark in zip(values.items(), (style.NETWORK, style.CONVEX, style.DATA), "v^s"):
        ax.plot(fractions, value, mark + "-", color=colour, label=name)
    ax.set(xscale="log", yscale="log", xlabel=r"$\lambda / \lambda_{\max}$", ylabel="objective")
    ax.legend()
    return fig


def sampled(counts, excess, others):
    """Excess of the optimum over sampled patterns, counts and excess (draws, seeds), and others' (name -> excess)."""
    fig, ax = style.figure(6.4, 4.0)
    floor = 1e-4
    drawn = np.maximum(excess, floor)
    ax.plot(counts.ravel(), drawn.ravel(), "o", color=style.CONVEX, alpha=0.45, mew=0, label="one sample")
    ax.plot(np.median(counts, axis=1), np.median(drawn, axis=1), "-", color=style.CONVEX, lw=2.2, label="median")
    for (name, value), colour, dash in zip(others.items(), (style.NETWORK, style.GREEN), ("--", "-.")):
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
    fig.alt = (f"At {fraction:g} λmax the optimum has {count} neuron{'s' * (count != 1)}; "
               f"its objective is {solution.objective:.3f}.")
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
        ax.step([1, *done, most], [0, *share, *share[-1:]] if len(done) else [0, 0], where="post", color=colour, lw=2.6)
        marks = np.unique(np.linspace(0, len(done) - 1, 6).astype(int)) if len(done) else []
        ax.plot(done[marks], share[marks], mark, color=colour, ms=9, label=name, clip_on=False)
        told.append(f"{name} {len(done)} of {len(at)}, half by {_half(at, work)}")
    ax.axhline(0.5, color=style.NEUTRAL, ls="--")
    ax.set(xscale="log", xlim=(1, most), ylim=(0, 1.03), ylabel="problems solved",
           xlabel="gradient evaluations" if work == "evaluations" else "passes over the data")
    fig.legend(loc="outside lower center", ncols=2)
    best = "best found" if known is None else "best known"
    fig.alt = f"Solved within a factor {1 + tol:g} of the {best}: {'; '.join(told)}."
    return fig


def _half(at, work):
    middle = np.sort(at)[(len(at) - 1) // 2]
    return f"{middle:.0f} {work}" if np.isfinite(middle) else "no amount of work"
