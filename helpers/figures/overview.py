"""Figures of the section Overview and Motivation."""

import sys

import numpy as np

from .. import files
from ..convex import Solution
from ..data import Dataset, load, with_bias
from ..drawing import style
from ..drawing.player import Curve, Player
from ..drawing.style import Figure
from ..loss import losses
from ..train import Trajectory

# Where descent on two neurons ends: loss -> colour, marker, words.
LEVELS = {
    0.0: (style.LIGHT, "o", "loss 0"),
    1.0: (style.PURPLE, "^", "loss $y_1^2 = 1$"),
    4.0: (style.DATA, "s", "loss $y_2^2 = 4$"),
}
HIGHEST = 7  # the surface is cut there: above it would hide what is below


def teaser(
    S: Dataset,
    runs: dict[str, Trajectory],
    optimum: Solution,
) -> Player:
    """Player: the output of every run (name -> Trajectory) as it trains, and the convex optimum."""
    x = np.linspace(-0.7, 0.7, 141)
    X = with_bias(x)
    curves = [Curve("convex optimum", x, optimum.predict(X), style.CONVEX)]
    for (name, run), colour, dash in zip(
        runs.items(), (style.PURPLE, style.NETWORK), ((), (4, 2)), strict=False
    ):
        outputs = run.outputs(X)
        curves.append(Curve(name, x, outputs, colour, dash))
    steps = next(iter(runs.values())).step
    captions = []
    for k, t in enumerate(steps):
        told = [f"{name} loss {run.fit[k]:.2g}" for name, run in runs.items()]
        captions.append(f"step {t}: {', '.join(told)}")
    return Player(
        label=(
            "Output of the network in training, ten data points, "
            "and the convex optimum through them"
        ),
        captions=captions,
        xlim=(-0.7, 0.7),
        ylim=(0.05, 1.0),
        points=np.column_stack([S.X[:, 0], S.y]),
        curves=curves,
    )


def _heights(
    S: Dataset,
    w1: np.ndarray,
    w2: np.ndarray,
) -> np.ndarray:
    """The loss at the weights (w1, w2), arrays of one shape."""
    return losses(S.X, S.y, np.stack([w1, w2], axis=-1)[..., None])


def landscape(S: Dataset) -> Figure:
    """The surface over (w_1, w_2) with its skeleton.

    The skeleton is the curves of one neuron alone, the critical lines, the edges of the convex
    quadrant, and the minimum in it.
    """
    fig, ax = style.figure(6.4, 5.3, subplot_kw={"projection": "3d", "computed_zorder": False})
    # The weights that fit one point alone: negative for x_1, positive for x_2.
    low, high = S.y / S.X[:, 0]

    def curve(w1, w2, color, **look):
        w1, w2 = np.broadcast_arrays(np.asarray(w1, float), np.asarray(w2, float))
        ax.plot(w1, w2, _heights(S, w1, w2), color=color, **look)

    def upright(w1, w2, **look):
        height = _heights(S, np.array(w1), np.array(w2))
        ax.plot([w1, w1], [w2, w2], [0, height], **look)

    _ghost_of_the_surface(ax, S)
    _three_axes(ax)

    alone = np.linspace(-2, 3.2, 131)
    curve(alone, 0, style.NEUTRAL, lw=1.8, label="one neuron alone")
    curve(0, alone, style.NEUTRAL, lw=1.8)
    curve([high, 0], [0, high], style.DATA, lw=3, label="critical lines")
    curve([low, 0], [0, low], style.DATA, lw=3)
    quadrant = dict(color=style.LIGHT, lw=2.6)
    curve(
        np.linspace(0, 3, 76),
        low,
        label="inside the convex quadrant",
        **quadrant,
    )
    curve(high, np.linspace(-2, 0, 76), **quadrant)

    dotted = dict(color=style.LIGHT, ls=":")
    for w1, w2 in ((high, 0), (0, low)):
        upright(w1, w2, **dotted)
        ax.plot([w1, high], [w2, low], [0, 0], **dotted)
    ax.text(high + 0.15, 0.45, 0.1, "$y_2/x_2$", color=style.LIGHT)
    ax.text(0.1, low, -0.75, "$y_1/x_1$", color=style.LIGHT, ha="center")
    ax.text(1.5, 0.85, 1, "1", color=style.DATA)
    ax.text(-0.75, -0.75, 4, "4", color=style.DATA)
    for w1, w2 in ((3.2, 0), (0, -2)):
        upright(w1, w2, color=style.NEUTRAL, ls="--", lw=1)
    ax.plot(
        [high],
        [low],
        [0],
        "*",
        color=style.LIGHT,
        ms=15,
        label="global minimum",
    )
    fig.legend(loc="outside lower center", ncols=2)
    return fig


def _ghost_of_the_surface(ax, S: Dataset) -> None:
    w = np.linspace(-2.2, 3.2, 109)
    w1, w2 = np.meshgrid(w, w)
    height = _heights(S, w1, w2)
    shown = np.where(height <= HIGHEST, height, np.nan)
    ax.plot_surface(w1, w2, shown, color=style.FAINT, alpha=0.16, linewidth=0, shade=False)


def _three_axes(ax) -> None:
    line = dict(color=style.NEUTRAL, lw=0.8, alpha=0.7)
    ax.plot([-2.6, 3.6], [0, 0], [0, 0], **line)
    ax.plot([0, 0], [-2.6, 3.6], [0, 0], **line)
    ax.plot([0, 0], [0, 0], [0, 6.5], **line)
    ax.text(3.7, 0.1, 0, "$w_1$")
    ax.text(0, 3.7, 0, "$w_2$")
    ax.text(0, 0, 6.7, "loss")
    ax.set(xlim=(-2, 3.3), ylim=(-2, 3.3), zlim=(-0.5, 6.5))
    ax.set_box_aspect((1, 1, 0.8), zoom=1.38)
    ax.set_axis_off()
    ax.view_init(24, -56)


def basins(
    S: Dataset,
    starts: np.ndarray,
    ends: np.ndarray,
    path: np.ndarray,
) -> Figure:
    """Contours of the loss, and every start by the loss at which gradient descent ends from it.

    starts and ends (k, 2); path (k', 2), one that never climbs.
    """
    fig, ax = style.figure(6.4, 6.2)
    w = np.linspace(starts.min(), starts.max(), 201)
    w1, w2 = np.meshgrid(w, w)
    lines = ax.contour(
        w1,
        w2,
        _heights(S, w1, w2),
        levels=[0.25, 1, 2, 4, 6, 9],
        colors=style.NEUTRAL,
        linewidths=1.1,
    )
    numbers = np.array([text.get_position() for text in ax.clabel(lines, fmt="%g")])
    from_number = np.abs(starts[:, None] - numbers).max(axis=2).min(axis=1)
    clear = from_number > 0.13  # no dots under the numbers
    final = _heights(S, *ends.T).round(3)
    for level, (colour, marker, text) in LEVELS.items():
        ax.plot(
            *starts[clear & (final == level)].T,
            marker,
            color=colour,
            ms=2.6,
            alpha=0.85,
            mew=0,
            zorder=1,
        )
        ax.plot([], [], marker, color=colour, ms=7, label=f"ends at {text}")
    ax.plot(*path.T, color=style.NETWORK, lw=3.5, label="a path that never climbs")
    ax.plot(*path[0], "o", color=style.NETWORK, ms=10)
    low, high = S.y / S.X[:, 0]
    ax.plot([low, high], [high, low], "*", color=style.NETWORK, ms=18, label="the global minimum")
    ax.set(xlabel="$w_1$", ylabel="$w_2$", aspect="equal")
    fig.legend(loc="outside lower center", ncols=2)
    return fig


def loss_along(S: Dataset, path: np.ndarray) -> Figure:
    """The loss along a path (k, 2)."""
    fig, ax = style.figure(6.4, 2.4)
    along = np.linspace(0, 1, len(path))
    ax.plot(along, _heights(S, *path.T), color=style.NETWORK, lw=2.5)
    ax.set(xlabel="along the path", ylabel="loss", ylim=(-0.1, None))
    return fig


if __name__ == "__main__":  # the picture of the README and of the first page
    fig = landscape(load("landscape"))
    fig.set_facecolor("white")  # a README in the dark has no filter
    files.write_at_once(sys.argv[1], fig.image("png", style.STILL))
