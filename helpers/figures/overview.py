"""Figures of the section Overview and Motivation."""

import numpy as np

from ..landscape import two_neuron_loss
from . import style
from .player import Player

LEVELS = {0.0: (style.LIGHT, "global minimum, loss 0"), 1.0: (style.CONVEX, "loss 1"), 4.0: (style.DATA, "loss 4")}


def teaser(S, runs, optimum):
    """Player: the output of every run of `runs` (name -> Trajectory) as it trains, against the convex optimum."""
    x = np.linspace(-0.7, 0.7, 141)
    Z = np.column_stack([x, np.ones_like(x)])
    colours = [style.NETWORK, style.GREEN]
    outputs = {name: np.einsum("tmk,tm->tk", np.maximum(run.W @ Z.T, 0), run.alpha) for name, run in runs.items()}
    first = next(iter(runs.values()))
    return Player(
        xlim=(-0.7, 0.7), ylim=(0.05, 1.0), points=np.column_stack([S.X[:, 0], S.y]),
        fixed=[("convex optimum", x, optimum.predict(Z), style.CONVEX)],
        moving=[(name, x, output, c) for (name, output), c in zip(outputs.items(), colours)],
        captions=[f"step {t}: " + ", ".join(f"{name} loss {run.fit[k]:.2g}" for name, run in runs.items())
                  for k, t in enumerate(first.step)],
        label="Output of the network in training, ten data points, and the convex optimum through them")


def landscape(S):
    """The surface over (w_1, w_2) with its skeleton: one-neuron curves, critical lines, convex quadrant, minimum."""
    fig, ax = style.figure(7, 5.2, subplot_kw={"projection": "3d"})
    L = lambda a, b: two_neuron_loss(S.X, S.y, np.stack(np.broadcast_arrays(a, b), -1).astype(float))
    grid = np.linspace(-2.2, 3.2, 55)
    a, b = np.meshgrid(grid, grid)
    ax.plot_surface(a, b, np.where(L(a, b) <= 8, L(a, b), np.nan), color="#b8b8b8", alpha=0.18, linewidth=0)
    t = np.linspace(-2, 3, 101)
    ax.plot(t, 0 * t, L(t, 0), color=style.NEUTRAL, label="one neuron alone")
    ax.plot(0 * t, t, L(0, t), color=style.NEUTRAL)
    for total, height in ((-1, 4), (2, 1)):
        ax.plot([total, 0], [0, total], height, color=style.DATA, lw=2.5, label="critical lines" if total > 0 else None)
    p, q = np.linspace(0.9, 3, 60), np.linspace(-2, -0.1, 60)
    ax.plot(p, 0 * p - 1, L(p, -1), color=style.LIGHT, lw=2.5, label="convex quadrant")
    ax.plot(0 * q + 2, q, L(2, q), color=style.LIGHT, lw=2.5)
    ax.plot([2, 2], [0, -1], [1, 0], color=style.LIGHT, lw=1, ls="--")
    ax.plot([0, 2], [-1, -1], [4, 0], color=style.LIGHT, lw=1, ls="--")
    for x, y in ((2, 0), (0, -1)):
        ax.plot([x, x], [y, y], [0, L(x, y)], color=style.LIGHT, ls=":")
        ax.plot([x, 2], [y, -1], [0, 0], color=style.LIGHT, ls=":")
    for x, y in ((3, 0), (0, -2)):
        ax.plot([x, x], [y, y], [0, L(x, y)], color=style.NEUTRAL, ls="--", lw=1)
    ax.scatter([2], [-1], [0], color=style.LIGHT, marker="*", s=140, label="global minimum (2, -1)")
    ax.set(xlabel="$w_1$", ylabel="$w_2$", zlim=(0, 8))
    ax.set_zlabel("loss")
    for axis in (ax.xaxis, ax.yaxis, ax.zaxis):
        axis.set_pane_color((0, 0, 0, 0))
    ax.view_init(28, -50)
    ax.legend(loc="upper left", fontsize=9)
    return fig


def basins(S, starts, ends, path):
    """Contours of the loss, every start coloured and shaped by the loss gradient descent ends at, and a path (k, 2)."""
    fig, ax = style.figure(6.4, 5.2)
    final = np.round(two_neuron_loss(S.X, S.y, ends), 3)
    for (level, (colour, text)), marker in zip(LEVELS.items(), "o^s"):
        chosen = starts[final == level]
        ax.scatter(*chosen.T, s=9, color=colour, marker=marker, alpha=0.45, lw=0, label=f"ends at {text}")
    t = np.linspace(starts.min(), starts.max(), 201)
    a, b = np.meshgrid(t, t)
    ax.contour(a, b, two_neuron_loss(S.X, S.y, np.stack([a, b], -1)), levels=[0.25, 1, 2, 4, 6, 9], colors=style.NEUTRAL,
               linewidths=0.7)
    ax.plot(*path.T, color=style.NEUTRAL, lw=3)
    ax.plot(*path[0], "o", color=style.NEUTRAL, ms=9, label="path from a bad minimum's basin")
    ax.plot(*path[-1], "*", color=style.NEUTRAL, ms=15)
    ax.set(xlabel="$w_1$", ylabel="$w_2$", aspect="equal")
    fig.legend(loc="outside lower center", ncols=2, fontsize=9, markerscale=1.6)
    return fig


def loss_along(S, path):
    """The loss along a path (k, 2)."""
    fig, ax = style.figure(6.4, 2.6)
    ax.plot(np.linspace(0, 1, len(path)), two_neuron_loss(S.X, S.y, path), color=style.LIGHT, lw=2)
    ax.set(xlabel="along the path", ylabel="loss", ylim=(-0.1, None))
    return fig
