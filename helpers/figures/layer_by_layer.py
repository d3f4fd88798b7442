"""Figures of the section Layer by layer."""

from collections.abc import Sequence

import numpy as np

from ..drawing import style
from ..drawing.style import Figure
from ..drawing.table import Table
from ..extensions.layer_by_layer import Training
from ..extensions.restarts import Runs


def objectives(
    weights: Training,
    features: Training,
    together: Sequence[Runs],
) -> Figure:
    """The objective after every stage: with weights and with features of length one, and of descent
    on all layers at once, one `Runs` a depth.
    """
    fig, ax = style.figure(6.4, 4.4)
    layers = np.arange(1, len(weights.stages) + 1)
    rising = [stage.objective for stage in features.stages]
    falling = [stage.objective for stage in weights.stages]
    look = dict(ms=8, lw=2.4)
    ax.plot(layers, rising, "s-", color=style.LIGHT, label="features of length 1", **look)
    ax.plot(layers, falling, "o-", color=style.CONVEX, label="weights of length 1", **look)
    for k, runs in zip(layers, together, strict=True):
        shown = runs.losses[runs.losses < max(rising)]
        label = "all layers at once, Adam" if k == 1 else None
        ax.plot(np.full(len(shown), k + 0.12), shown, "_", color=style.NEUTRAL, ms=9, label=label)
    best = [runs.best for runs in together]
    ax.plot(layers + 0.12, best, "D", color=style.NETWORK, ms=7, label="the best of those")
    ax.set(xlabel="layers of ReLUs", ylabel="objective", xticks=layers)
    ax.set_xlim(0.8, len(layers) + 0.4)
    ax.grid(alpha=0.25)
    fig.legend(loc="outside lower center", ncols=2)
    return fig


def stages(training: Training, restarts: Sequence[Runs]) -> Table:
    """What every stage found and proved, beside the best of random starts on its features.

    Neurons with parallel outputs, in which optima differ, are counted as one.
    """
    head = ["layers", "features", "neurons", "objective", "lower bound", "best restart", "above"]
    rows = []
    for k, (stage, runs) in enumerate(zip(training.stages, restarts, strict=True)):
        seen = str(stage.features.shape[1])
        kept = str(stage.neurons)
        values = (stage.objective, stage.lower_bound, runs.best)
        above = f"{100 * (runs.best / stage.objective - 1):.2f}%"
        rows.append([str(k + 1), seen, kept, *(f"{value:.4f}" for value in values), above])
    return Table(head, rows)
