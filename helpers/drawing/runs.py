"""A training run on a line: the network, its neurons and the convex optimum, moving or at rest."""

import numpy as np

from .. import experiments
from ..convex import Solution
from ..data import Dataset, with_bias
from ..loss import predict
from ..patterns import activation_points
from ..train import Trajectory
from . import style
from .player import Curve, Player, Triangles
from .style import Figure
from .words import scientific


def training(
    S: Dataset,
    run: Trajectory,
    optimum: Solution,
    xlim: tuple[float, float],
    top: float,
    label: str,
) -> Player:
    """Player: the output, and every neuron a triangle at its activation point.

    A triangle points to the side that its neuron activates. Its height is |w_1 alpha|, the slope in
    the output, rescaled: the largest of all frames is `top`.
    """
    x = np.linspace(*xlim, 161)
    X = with_bias(x)
    output = run.outputs(X)
    points = np.array([activation_points(W) for W in run.W])
    far = (points < 2 * xlim[0]) | (points > 2 * xlim[1])  # off the plot: not worth their bytes
    points[far] = np.nan
    slope = np.abs(run.W[:, :, 0] * run.alpha)
    return Player(
        label=label,
        captions=[
            f"step {t:,}, loss {loss:.4f}" for t, loss in zip(run.step, run.fit, strict=True)
        ],
        xlim=xlim,
        ylim=(-0.05, 1.6),
        points=np.column_stack([S.X[:, 0], S.y]),
        curves=[
            Curve("convex optimum", x, optimum.predict(X), style.CONVEX, (5, 3)),
            Curve("network output", x, output, style.NETWORK),
        ],
        triangles=[Triangles("neurons", points, slope * top / slope.max(), run.W[:, :, 0] > 0)],
    )


def beside_optimum(
    S: Dataset,
    run: Trajectory,
    optimum: Solution,
    xlim: tuple[float, float] = (-1.3, 1.3),
    title: str = "",
) -> Figure:
    """Start and end of a run against the convex optimum, its neurons as triangles below.

    Those that changed pattern stand higher, in purple.
    """
    fig, ax = style.figure(6.4, 4.2)
    x = np.linspace(*xlim, 261)
    X = with_bias(x)
    changed = run.changed_neurons(S.X)
    _neurons(
        ax,
        run.W[-1][~changed],
        -0.12,
        style.GREEN,
        "neurons that kept their pattern",
    )
    _neurons(ax, run.W[-1][changed], 0.0, style.PURPLE, "neurons that changed it")
    dashed = dict(color=style.CONVEX, lw=2, dashes=(5, 3))
    ax.plot(x, optimum.predict(X), label="convex optimum", **dashed)
    start = predict(X, run.W[0], run.alpha[0])
    ax.plot(x, start, ":", color=style.NETWORK, label="network, at the start")
    end = predict(X, *run.final)
    ax.plot(x, end, color=style.NETWORK, lw=2, label=f"network, step {run.step[-1]:,}")
    ax.plot(S.X[:, 0], S.y, "x", color=style.DATA, mew=2.5, ms=9, label="data")
    ax.set(xlim=xlim, ylim=(-0.2, 1.7), xlabel="$x$", ylabel="output")
    fig.legend(loc="outside lower center", ncols=2)
    gap = experiments.laziness(S, run, optimum).gap
    fig.alt = (
        f"{title}: loss {scientific(run.fit[-1])} at step {run.step[-1]:,}, "
        f"{changed.sum()} of {len(changed):,} neurons changed pattern, "
        f"between the data the output is at most {gap:.2g} from the convex optimum"
    )
    return fig


def _neurons(
    ax,
    W: np.ndarray,
    height: float,
    colour: str,
    label: str,
) -> None:
    """Triangles at the activation points of W (m, 2), pointing to the sides they activate."""
    points = activation_points(W)
    right = W[:, 0] > 0
    look = dict(color=colour, ms=6, alpha=0.9, mew=0)
    ax.plot(points[right], np.full(right.sum(), height), ">", label=label, **look)
    ax.plot(points[~right], np.full((~right).sum(), height), "<", **look)
