"""Figures of the section Wasserstein GANs."""

import numpy as np

from ..drawing import style
from ..drawing.style import Figure
from ..sections.wgan import Game


def traces(linear: Game, quadratic: Game, shown: int = 2) -> Figure:
    """How ||G||^2 goes in some games of either kind, around the closed form."""
    fig, axes = style.figure(5.6, 5.2, rows=2, sharex=True)
    titles = ("linear discriminators", "quadratic discriminators")
    for ax, title, game in zip(axes, titles, (linear, quadratic), strict=True):
        steps = np.arange(len(game.play.values))
        for run in range(shown):
            label = "games played" if run == 0 else None
            ax.plot(steps, game.play.values[:, run], color=style.NETWORK, lw=1, label=label)
        ax.axhline(game.closed.value, color=style.CONVEX, lw=2.5, label="closed form")
        ax.set_ylim(0, 2.2 * game.closed.value)
        ax.set_title(title)
        ax.set_ylabel(r"$\|G\|_F^2$")
    axes[1].set_xlabel("step")
    axes[0].legend(loc="upper right")
    return fig
