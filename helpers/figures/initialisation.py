"""Figures of the sections on large and on very small initialisation."""

import numpy as np

from .. import neurons
from ..data import with_bias
from ..loss import predict
from ..patterns import activation_points
from . import style
from .player import Curve, Player, Triangles

ARTICLE = -1.3  # where the article says that small neurons gather


def training(S, path, optimum, xlim, top, label):
    """Player: the output, and every neuron a triangle at its activation point, pointing to the side it activates.

    The height of a triangle is |w_1 alpha|, its slope in the output, rescaled: the largest of all frames is `top`.
    """
    x = np.linspace(*xlim, 161)
    output = np.array([predict(with_bias(x), W, alpha) for W, alpha in zip(path.W, path.alpha)])
    points = np.array([activation_points(W) for W in path.W])
    slope = np.abs(path.W[:, :, 0] * path.alpha)
    points[(points < 2 * xlim[0]) | (points > 2 * xlim[1])] = np.nan  # far off the plot: not worth their bytes
    return Player(label=label, captions=[f"step {t}, loss {loss:.4f}" for t, loss in zip(path.step, path.fit)],
                  xlim=xlim, ylim=(-0.05, 1.6), points=np.column_stack([S.X[:, 0], S.y]),
                  curves=[Curve("convex optimum", x, optimum.predict(with_bias(x)), style.CONVEX, (5, 3)),
                          Curve("network output", x, output, style.NETWORK)],
                  triangles=[Triangles("neurons", points, slope * top / slope.max(), path.W[:, :, 0] > 0)])


def beside_optimum(S, path, optimum, xlim=(-1.3, 1.3), title=""):
    """Start and end of a run against the convex optimum; neurons below, those that changed pattern raised, red."""
    fig, ax = style.figure(6.4, 4.2)
    x = np.linspace(*xlim, 261)
    moved, points, right = neurons.changed(S.X, path), activation_points(path.W[-1]), path.W[-1][:, 0] > 0
    for these, height, colour, name in ((~moved, -0.12, style.GREEN, "kept their pattern"),
                                        (moved, 0.0, style.DATA, "changed it")):
        for side, shape in ((True, ">"), (False, "<")):
            at = points[these & (right == side)]
            ax.plot(at, np.full(len(at), height), shape, color=colour, ms=6, alpha=0.9, mew=0,
                    label=f"neurons that {name}" if side else None)
    ax.plot(x, optimum.predict(with_bias(x)), color=style.CONVEX, lw=2, dashes=(5, 3), label="convex optimum")
    ax.plot(x, predict(with_bias(x), path.W[0], path.alpha[0]), ":", color=style.NETWORK, label="network, at the start")
    ax.plot(x, predict(with_bias(x), *path.final), color=style.NETWORK, lw=2, label=f"network, step {path.step[-1]}")
    ax.plot(S.X[:, 0], S.y, "x", color=style.DATA, mew=2.5, ms=9, label="data")
    ax.set(xlim=xlim, ylim=(-0.2, 1.7), xlabel="$x$", ylabel="output")
    fig.legend(loc="outside lower center", ncols=2)
    _, _, gap = neurons.measures(S, path, optimum)
    fig.alt = (f"{title}: loss {path.fit[-1]:.1g} at step {path.step[-1]}, {moved.sum()} of {len(moved)} neurons "
               f"changed pattern, between the data the output is at most {gap:.2g} from the convex optimum")
    return fig


def two_regimes(path):
    """The loss of a small-scale run on a logarithmic axis, and the line of its constant rate."""
    fig, ax = style.figure(6.4, 3.8)
    fitting = (path.step >= 120) & (path.step <= 220)
    slope, start = np.polyfit(path.step[fitting], np.log(path.fit[fitting]), 1)
    ax.axvspan(0, 85, color=style.NEUTRAL, alpha=0.13, lw=0)
    ax.plot(path.step, path.fit, color=style.DATA, lw=2.5, label="gradient descent")
    line = np.array([95, 290])
    ax.plot(line, np.exp(start + slope * line), "--", color=style.NEUTRAL, lw=1.2, label=f"{np.exp(slope):.3f} a step")
    for x, text in ((42, "alignment"), (150, "fitting"), (315, "rounding")):
        ax.text(x, 20, text, ha="center")
    ax.set(yscale="log", xlim=(0, 352), ylim=(1e-14, 1e2), xlabel="gradient step", ylabel="loss (mean)")
    ax.grid(alpha=0.25)
    ax.legend()
    return fig


def gathering(S, runs):
    """Where the largest neuron activates, per run of `runs` (name -> Trajectory), with the loss below it."""
    fig, (top, bottom) = style.figure(6.4, 5.4, 2, 1, sharex=True, height_ratios=[1.4, 1])
    aligned = neurons.alignment_point(S.X, S.y)
    for (name, path), colour, dash in zip(runs.items(), (style.NETWORK, style.GREEN), ((), (4, 2))):
        point = neurons.gathering(path)[0]
        top.plot(path.step, point, color=colour, dashes=dash or (None, None), lw=2.2,
                 label=f"{name}: ends at {point[-1]:.4f}")
        bottom.plot(path.step, path.fit, color=colour, dashes=dash or (None, None), lw=2.2)
    top.axhline(aligned, color=style.NEUTRAL, ls=":", lw=1.5)
    top.text(path.step[-1], aligned - 0.02, f"alignment: {aligned:.4f}", ha="right", va="top")
    top.axhline(ARTICLE, color=style.DATA, ls="-.", lw=1.5)
    top.text(20, ARTICLE + 0.02, f"the article's {ARTICLE}", va="bottom", color=style.DATA)
    top.set(ylabel="activation point", ylim=(-2.5, -1))
    top.legend(loc="center right")
    bottom.set(xlabel="gradient step", ylabel="loss (mean)", yscale="log", ylim=(1e-6, 2))
    return fig


def transition(scales, study):
    """From feature learning to lazy: the three measures of every width m in `study`, (seeds, scales, 3), by scale."""
    fig, axes = style.figure(6.4, 7.2, 3, 1, sharex=True)
    labels = "share that\nchanged pattern", "movement of the\nfirst layer", "gap to the\nconvex optimum"
    for (m, measures), colour, mark in zip(study.items(), (style.NETWORK, style.CONVEX), "os"):
        for k, ax in enumerate(axes):
            ax.plot(scales, measures[:, :, k].T, mark, color=colour, ms=4, alpha=0.7, mew=0)
            ax.plot(scales, np.median(measures[:, :, k], axis=0), color=colour, lw=2, label=f"{m} neurons")
    for ax, label, scale in zip(axes, labels, ("linear", "log", "log")):
        ax.set(ylabel=label, xscale="log", yscale=scale)
        ax.grid(alpha=0.25)
    axes[0].legend()
    axes[-1].set(xlabel="initialisation scale")
    return fig
