"""Figures of the section Equivalent convex problem with two neurons, and the general case."""

from collections.abc import Callable

import numpy as np

from ..convex import Solution
from ..data import Dataset, with_bias
from ..drawing import style
from ..drawing.player import Curve, Player
from ..drawing.style import Figure
from ..loss import predict
from ..sections.convex_program import ConvexDescent
from ..train import Trajectory


def along_lambda(
    X: np.ndarray,
    y: np.ndarray,
    lambda_max: float,
    solutions: dict[float, Solution],
) -> Callable[[float], Figure]:
    """For `explore`, a function of the share lam / lambda_max; solutions: share -> Solution.

    X has a bias column.
    """
    x = np.linspace(X[:, 0].min() - 0.2, X[:, 0].max() + 0.2, 241)
    shares = sorted(solutions)
    objectives = [solutions[share].objective for share in shares]
    fits = {share: float(np.sum((solutions[share].predict(X) - y) ** 2)) for share in shares}

    def draw(share: float) -> Figure:
        best = solutions[share]
        fig, (left, right) = style.figure(6.4, 3.7, 1, 2)
        left.plot(
            x,
            best.predict(with_bias(x)),
            color=style.CONVEX,
            lw=2.5,
            label="best network",
        )
        left.plot(X[:, 0], y, "x", color=style.DATA, ms=9, mew=2.5, label="data")
        left.set(
            ylim=(min(y.min(), 0) - 0.25, y.max() + 0.25),
            xlabel="$x$",
            title="output",
        )
        values = dict(marker="o", ms=4, lw=1.5, clip_on=False)  # the lines only join them
        right.plot(shares, objectives, color=style.CONVEX, label="objective", **values)
        dashed = dict(color=style.NEUTRAL, ls="--")
        right.plot(shares, list(fits.values()), label="its data term", **dashed, **values)
        right.plot(
            [share] * 2,
            [best.objective, fits[share]],
            "o",
            color=style.CONVEX,
            ms=10,
            clip_on=False,
        )
        right.set(
            xlabel="$\\lambda / \\lambda_{\\max}$",
            title="optimal value",
            ylim=(0, None),
        )
        right.set_xscale("symlog", linthresh=0.003)
        right.set_xlim(0, max(shares))
        right.set_xticks([0, 0.01, 0.1, 1], ["0", ".01", ".1", "1"])
        right.minorticks_off()
        fig.legend(loc="outside lower center", ncols=2)
        fig.alt = (
            f"λ = {share:g} λmax = {share * lambda_max:.3f}: "
            f"optimal value {best.objective:.3f}, of which the data term {fits[share]:.3f}; "
            f"largest output {abs(best.predict(X)).max():.2f}."
        )
        return fig

    return draw


def widths(
    losses: dict[int, list[float]],
    optimum: float,
    patterns: int,
) -> Figure:
    """Final loss of every run against the number of neurons; losses: m -> a loss per seed."""
    fig, ax = style.figure(5.6, 3.7)
    for m, values in losses.items():
        ax.plot(
            [m] * len(values),
            values,
            "o",
            color=style.NETWORK,
            ms=6,
            label="trained network" if m == min(losses) else None,
        )
    ax.axhline(optimum, color=style.CONVEX, lw=2.5, label="convex optimum")
    ax.axvline(patterns, color=style.NEUTRAL, ls="--", label="number of patterns")
    ax.set_xscale("log")
    ax.set_xticks(list(losses), list(losses))
    ax.minorticks_off()
    ax.set(xlabel="neurons $m$", ylabel="final loss", ylim=(0, None))
    ax.legend()
    return fig


def two_descents(
    S: Dataset,
    run: Trajectory,
    descent: ConvexDescent,
) -> Player:
    """Player: a network of one neuron, and the convex neuron that starts at the same place."""
    x = np.linspace(-1.5, 1.5, 121)
    X = with_bias(x)
    network = run.outputs(X)
    convex = np.array([predict(X, u[None], [1.0]) for u in descent.u])
    return Player(
        label=(
            "Output of a network of one neuron and of one convex neuron, "
            "descending from the same start"
        ),
        captions=[
            f"step {t}: network loss {a:.4f}, convex loss {b:.4f}"
            for t, a, b in zip(run.step, run.fit, descent.value, strict=True)
        ],
        xlim=(-1.5, 1.5),
        ylim=(-0.1, 1.3),
        points=np.column_stack([S.X[:, 0], S.y]),
        curves=[
            Curve(
                "convex neuron, kept in its cone",
                x,
                convex,
                style.CONVEX,
                (5, 3),
            ),
            Curve("neuron of the network", x, network, style.NETWORK),
        ],
    )
