"""Figures of the section Overview and Motivation."""

import sys
from pathlib import Path

import numpy as np

from ..data import load, with_bias
from ..drawing import style
from ..drawing.player import Curve, Player
from ..loss import losses, predict

LEVELS = {
    0.0: (style.LIGHT, "o", "the global minimum, loss 0"),
    1.0: (style.CONVEX, "^", "loss $y_1^2 = 1$"),
    4.0: (style.DATA, "s", "loss $y_2^2 = 4$"),
}


def teaser(S, runs, optimum):
    """Player: the output of every run of `runs` (name -> Trajectory) as it trains, against the convex optimum."""
    x = np.linspace(-0.7, 0.7, 141)
    outputs = {
        name: [predict(with_bias(x), W, alpha) for W, alpha in zip(run.W, run.alpha)]
        for name, run in runs.items()
    }
    moving = [
        Curve(name, x, np.array(output), colour, dash)
        for (name, output), colour, dash in zip(
            outputs.items(), (style.NETWORK, style.GREEN), ((), (4, 2))
        )
    ]
    return Player(
        label="Output of the network in training, ten data points, and the convex optimum through them",
        captions=[
            f"step {t}: " + ", ".join(f"{name} loss {run.fit[k]:.2g}" for name, run in runs.items())
            for k, t in enumerate(next(iter(runs.values())).step)
        ],
        xlim=(-0.7, 0.7),
        ylim=(0.05, 1.0),
        points=np.column_stack([S.X[:, 0], S.y]),
        curves=[Curve("convex optimum", x, optimum.predict(with_bias(x)), style.CONVEX), *moving],
    )


def landscape(S):
    """The surface over (w_1, w_2) with its skeleton: one-neuron curves, critical lines, convex quadrant, minimum."""
    fig, ax = style.figure(6.4, 5.3, subplot_kw={"projection": "3d", "computed_zorder": False})
    a, b = np.meshgrid(np.linspace(-2.2, 3.2, 109), np.linspace(-2.2, 3.2, 109))
    height = losses(S.X, S.y, np.stack([a, b], -1)[..., None])
    ax.plot_surface(
        a,
        b,
        np.where(height <= 7, height, np.nan),
        color="#9a9a9a",
        alpha=0.16,
        linewidth=0,
        shade=False,
    )
    low, high = (
        S.y / S.X[:, 0]
    )  # the weights that fit one point alone: negative for x_1, positive for x_2

    def curve(w1, w2, color, **look):
        w1, w2 = np.broadcast_arrays(np.asarray(w1, float), np.asarray(w2, float))
        ax.plot(w1, w2, losses(S.X, S.y, np.stack([w1, w2], -1)[..., None]), color=color, **look)

    for w1, w2 in (([-2.6, 3.6], [0, 0]), ([0, 0], [-2.6, 3.6])):
        ax.plot(w1, w2, [0, 0], color=style.NEUTRAL, lw=0.8, alpha=0.7)
    ax.plot([0, 0], [0, 0], [0, 6.5], color=style.NEUTRAL, lw=0.8, alpha=0.7)
    alone = np.linspace(-2, 3.2, 131)
    curve(alone, 0, style.NEUTRAL, lw=1.8, label="one neuron alone")
    curve(0, alone, style.NEUTRAL, lw=1.8)
    for end in (high, low):
        curve([end, 0], [0, end], style.DATA, lw=3, label="critical lines" if end > 0 else None)
    curve(np.linspace(0, 3, 76), low, style.LIGHT, lw=2.6, label="inside the convex quadrant")
    curve(high, np.linspace(-2, 0, 76), style.LIGHT, lw=2.6)
    for (w1, w2), text, beside in (
        ((high, 0), "$y_2/x_2$", (0.15, 0.45)),
        ((0, low), "$y_1/x_1$", (-0.62, -0.05)),
    ):
        ax.plot(
            [w1, w1],
            [w2, w2],
            [0, losses(S.X, S.y, np.array([[w1], [w2]]))],
            color=style.LIGHT,
            ls=":",
        )
        ax.plot([w1, high], [w2, low], [0, 0], color=style.LIGHT, ls=":")
        ax.text(w1 + beside[0], w2 + beside[1], 0.1, text, color=style.LIGHT, fontsize=12)
    for at, text in (((1.5, 0.85, 1), "1"), ((-0.75, -0.75, 4), "4")):
        ax.text(*at, text, color=style.DATA, fontsize=12)
    for w1, w2 in ((3.2, 0), (0, -2)):
        ax.plot(
            [w1, w1],
            [w2, w2],
            [0, losses(S.X, S.y, np.array([[w1], [w2]]))],
            color=style.NEUTRAL,
            ls="--",
            lw=1,
        )
    ax.plot([high], [low], [0], "*", color=style.LIGHT, ms=15, label="global minimum")
    for at, text in (((3.7, 0.1, 0), "$w_1$"), ((0, 3.7, 0), "$w_2$"), ((0, 0, 6.7), "loss")):
        ax.text(*at, text, fontsize=12)
    ax.set(xlim=(-2, 3.3), ylim=(-2, 3.3), zlim=(-0.5, 6.5))
    ax.set_box_aspect((1, 1, 0.8), zoom=1.38)
    ax.set_axis_off()
    ax.view_init(24, -56)
    fig.legend(loc="outside lower center", ncols=2, fontsize=10)
    return fig


def basins(S, starts, ends, path):
    """Contours of the loss, every start coloured and shaped by the loss gradient descent ends at, and a path (k, 2)."""
    fig, ax = style.figure(6.4, 6.2)
    final = losses(S.X, S.y, ends[..., None]).round(3)
    t = np.linspace(starts.min(), starts.max(), 201)
    a, b = np.meshgrid(t, t)
    lines = ax.contour(
        a,
        b,
        losses(S.X, S.y, np.stack([a, b], -1)[..., None]),
        levels=[0.25, 1, 2, 4, 6, 9],
        colors=style.NEUTRAL,
        linewidths=1.1,
    )
    words = np.array([text.get_position() for text in ax.clabel(lines, fontsize=9, fmt="%g")])
    clear = (
        np.abs(starts[:, None] - words).max(axis=2).min(axis=1) > 0.13
    )  # no dots under the numbers
    for level, (colour, marker, text) in LEVELS.items():
        ax.plot(
            *starts[clear & (final == level)].T,
            marker,
            color=colour,
            ms=2.6,
            alpha=0.85,
            mew=0,
            zorder=1,
            label=f"ends at {text}",
        )
    ax.plot(*path.T, color=style.NETWORK, lw=3.5, label="a path that never climbs")
    ax.plot(*path[0], "o", color=style.NETWORK, ms=10)
    low, high = S.y / S.X[:, 0]
    ax.plot([low, high], [high, low], "*", color=style.NETWORK, ms=18)
    ax.set(xlabel="$w_1$", ylabel="$w_2$", aspect="equal")
    fig.legend(loc="outside lower center", ncols=2, fontsize=10, markerscale=3)
    return fig


def loss_along(S, path):
    """The loss along a path (k, 2)."""
    fig, ax = style.figure(6.4, 2.4)
    ax.plot(
        np.linspace(0, 1, len(path)), losses(S.X, S.y, path[..., None]), color=style.NETWORK, lw=2.5
    )
    ax.set(xlabel="along the path", ylabel="loss", ylim=(-0.1, None))
    return fig


if __name__ == "__main__":  # the picture of the README and of the first page
    Path(sys.argv[1]).write_bytes(landscape(load("landscape")).image("png", 120))
