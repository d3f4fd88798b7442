"""A training run on a line: the network, its neurons and the convex optimum, moving or from start to end."""

import numpy as np

from .. import experiments
from ..data import with_bias
from ..loss import predict
from ..patterns import activation_points
from . import style
from .player import Curve, Player, Triangles


def training(S, path, optimum, xlim, top, label):
    """Player: the output, and every neuron a triangle at its activation point, pointing to the side it activates.

    The height of a triangle is |w_1 alpha|, its slope in the output, rescaled: the largest of all frames is `top`.
    """
    x = np.linspace(*xlim, 161)
    output = np.array([predict(with_bias(x), W, alpha) for W, alpha in zip(path.W, path.alpha)])
    points = np.array([activation_points(W) for W in path.W])
    slope = np.abs(path.W[:, :, 0] * path.alpha)
    points[(points < 2 * xlim[0]) | (points > 2 * xlim[1])] = (
        np.nan
    )  # far off the plot: not worth their bytes
    return Player(
        label=label,
        captions=[f"step {t}, loss {loss:.4f}" for t, loss in zip(path.step, path.fit)],
        xlim=xlim,
        ylim=(-0.05, 1.6),
        points=np.column_stack([S.X[:, 0], S.y]),
        curves=[
            Curve("convex optimum", x, optimum.predict(with_bias(x)), style.CONVEX, (5, 3)),
            Curve("network output", x, output, style.NETWORK),
        ],
        triangles=[Triangles("neurons", points, slope * top / slope.max(), path.W[:, :, 0] > 0)],
    )


def beside_optimum(S, path, optimum, xlim=(-1.3, 1.3), title=""):
    """Start and end of a run against the convex optimum; neurons below, those that changed pattern raised, red."""
    fig, ax = style.figure(6.4, 4.2)
    x = np.linspace(*xlim, 261)
    moved, points, right = (
        path.changed_neurons(S.X),
        activation_points(path.W[-1]),
        path.W[-1][:, 0] > 0,
    )
    for these, height, colour, name in (
        (~moved, -0.12, style.GREEN, "kept their pattern"),
        (moved, 0.0, style.DATA, "changed it"),
    ):
        for side, shape in ((True, ">"), (False, "<")):
            at = points[these & (right == side)]
            ax.plot(
                at,
                np.full(len(at), height),
                shape,
                color=colour,
                ms=6,
                alpha=0.9,
                mew=0,
                label=f"neurons that {name}" if side else None,
            )
    ax.plot(
        x,
        optimum.predict(with_bias(x)),
        color=style.CONVEX,
        lw=2,
        dashes=(5, 3),
        label="convex optimum",
    )
    ax.plot(
        x,
        predict(with_bias(x), path.W[0], path.alpha[0]),
        ":",
        color=style.NETWORK,
        label="network, at the start",
    )
    ax.plot(
        x,
        predict(with_bias(x), *path.final),
        color=style.NETWORK,
        lw=2,
        label=f"network, step {path.step[-1]}",
    )
    ax.plot(S.X[:, 0], S.y, "x", color=style.DATA, mew=2.5, ms=9, label="data")
    ax.set(xlim=xlim, ylim=(-0.2, 1.7), xlabel="$x$", ylabel="output")
    fig.legend(loc="outside lower center", ncols=2)
    _, _, gap = experiments.laziness(S, path, optimum)
    fig.alt = (
        f"{title}: loss {path.fit[-1]:.1g} at step {path.step[-1]}, {moved.sum()} of {len(moved)} neurons "
        f"changed pattern, between the data the output is at most {gap:.2g} from the convex optimum"
    )
    return fig
