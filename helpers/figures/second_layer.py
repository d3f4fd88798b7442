"""Figures of the section Multiplicative non-convexity from the second layer."""

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm

from ..drawing import style
from ..drawing.style import Figure
from ..sections.second_layer import (
    best_product,
    hidden_loss,
    product_loss,
    split,
)

# The article's colours at the heights 0, 1 and 4.
HEAT = LinearSegmentedColormap.from_list("heat", [style.NETWORK, "#f2c500", style.DATA])
HEIGHTS = TwoSlopeNorm(1, 0, 4)
DIAGONAL = np.sqrt(2)
REACH = 2.2  # of the plots over (x, y)


def surface(lam: float = 0.0) -> Figure:
    """The surface over (x, y) with its minima, and an X on its saddle.

    The square [-1, 1]^2, all that the article draws, is outlined.
    """
    fig, ax = style.figure(5.4, 4.0, subplot_kw={"projection": "3d", "computed_zorder": False})
    fig.shaded = True
    fig.set_layout_engine("none")
    ax.set_position([0, 0, 1, 1])
    along = np.linspace(-2, 2, 139)
    across = np.linspace(-DIAGONAL, DIAGONAL, 85)
    x, y, height = _turned(*np.meshgrid(along, across), lam)
    ax.plot_surface(
        x,
        y,
        height,
        facecolors=HEAT(HEIGHTS(height)),
        rcount=139,
        ccount=139,
        linewidth=0,
        antialiased=False,
        shade=False,
        alpha=0.9,
        clip_on=False,
    )
    _heights(fig)
    _outline(ax, lam)
    _minima(ax, lam)
    ax.plot([0], [0], [product_loss(0, 0, lam)], "kX", ms=9)
    edge = product_loss(2, 0, lam)
    for x, y, name in (((2, 2.7), (0, 0), "$x$"), ((0, 0), (2, 2.7), "$y$")):
        ax.plot(x, y, [edge, edge], color=style.NEUTRAL, lw=1.2, clip_on=False)
        ax.text(
            x[1] * 1.05,
            y[1] * 1.05,
            edge,
            name,
            ha="center",
            va="center",
        )
    ax.set(xlim=(-2, 2), ylim=(-2, 2), zlim=(-1.5, 2.7))
    ax.set_box_aspect((1, 1, 0.55), zoom=1.3)
    ax.set_axis_off()
    ax.view_init(58, 30)
    return fig


def _heights(fig: Figure) -> None:
    """What the colours of the surface stand for, on the left."""
    scale = fig.add_axes([0.06, 0.62, 0.03, 0.32])
    bar = fig.colorbar(ScalarMappable(HEIGHTS, HEAT), cax=scale, ticks=[0, 1, 2, 3, 4])
    bar.outline.set_visible(False)
    scale.set_yscale("linear")
    scale.set_title("value", loc="left")


def _turned(
    along: np.ndarray,
    across: np.ndarray,
    lam: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x, y and the loss at coordinates along the diagonal x = y and across it."""
    x = (along + across) / DIAGONAL
    y = (along - across) / DIAGONAL
    return x, y, product_loss(x, y, lam)


def _outline(ax, lam: float) -> None:
    """The square [-1, 1]^2 on the surface, lifted so that the surface does not hide it."""
    t = np.linspace(-1, 1, 41)
    one = np.ones_like(t)
    for x, y in ((t, -one), (t, one), (-one, t), (one, t)):
        ax.plot(x, y, product_loss(x, y, lam) + 0.02, color=style.NEUTRAL, lw=1)


def _minima(ax, lam: float) -> None:
    """Two stars, or both branches of the hyperbola where there is no decay."""
    z = best_product(lam)
    if lam == 0:
        across = np.linspace(-DIAGONAL, DIAGONAL, 81)
        along = np.sqrt(2 * z + across**2)
        for side in (-1, 1):
            ax.plot(*_turned(side * along, across, lam), color="black", lw=3)
        return
    x, y = np.array([-1, 1]) * np.array(split(z))[:, None]
    ax.plot(x, y, product_loss(x, y, lam) + 0.03, "k*", ms=15)


def descents(starts: np.ndarray, ends: dict[float, np.ndarray]) -> Figure:
    """Where gradient descent goes from every start (k, 2); ends: lam -> (k, 2), a panel each."""
    fig, axes = style.figure(6.4, 3.9, 1, len(ends))
    for ax, (lam, end) in zip(axes, ends.items(), strict=True):
        _contours(ax, lam)
        for a, b in zip(starts, end, strict=True):
            ax.plot(*np.transpose([a, b]), color=style.NEUTRAL, lw=0.5, alpha=0.6)
        ax.plot(*starts.T, ".", color=style.NEUTRAL, ms=4, label="start")
        ax.plot(*end.T, "o", color=style.DATA, ms=6, label="end")
        ax.set_title(f"$\\lambda = {lam:g}$")
    axes[0].set_ylabel("$y$")
    fig.legend(
        *axes[0].get_legend_handles_labels(),
        loc="outside lower center",
        ncols=2,
    )
    return fig


def hidden(lam: float) -> Figure:
    """Left, the loss over (x, y) and its minima; right, the same loss against the product.

    Right, all of it lies above the hidden convex function.
    """
    fig, (left, right) = style.figure(6.4, 3.9, 1, 2)
    z = best_product(lam)
    pair = np.array([[-1], [1]]) * np.array(split(z))
    _contours(left, lam)
    if lam == 0:
        branch = np.linspace(1 / REACH, REACH, 81)
        x = np.r_[branch, np.nan, -branch]
        left.plot(x, 1 / x, color=style.DATA, lw=3)
    left.plot(*pair.T, "*", color=style.DATA, ms=15)
    left.set(ylabel="$y$", title="$(x, y)$")
    _against_the_product(right, lam)
    fig.legend(loc="outside lower center", ncols=2, markerscale=1)
    if lam == 0:
        where = "on the whole hyperbola xy = 1"
    elif z:
        where = f"at (x, y) = ±({pair[1, 0]:.3f}, {pair[1, 1]:.3f})"
    else:
        where = "at (0, 0) only"
    fig.alt = (
        f"λ = {lam:g}: both problems have minimum {hidden_loss(z, lam):.4f}, "
        f"at z = {z:.3f} and {where}."
    )
    return fig


def _against_the_product(ax, lam: float) -> None:
    x, y = np.random.default_rng(0).uniform(-REACH, REACH, (2, 1500))
    ax.plot(
        x * y,
        product_loss(x, y, lam),
        ".",
        color=style.FAINT,
        ms=2.5,
    )
    ax.plot([], [], ".", color=style.FAINT, label="loss of a random pair")
    t = np.linspace(-1, 2.5, 281)
    z = best_product(lam)
    ax.plot(
        t,
        hidden_loss(t, lam),
        color=style.CONVEX,
        lw=3,
        label="hidden convex function",
    )
    ax.plot(z, hidden_loss(z, lam), "*", color=style.DATA, ms=15, label="minimum")
    ax.set(
        xlim=(-1, 2.5),
        ylim=(-0.25, 6),
        xlabel="$z = xy$",
        title=f"$\\lambda = {lam:g}$",
    )


def labels(y: np.ndarray, values: dict[str, np.ndarray]) -> Figure:
    """Optimal value against the label; values: name -> array, drawn with one look each."""
    fig, ax = style.figure(5.4, 3.5)
    looks = [
        dict(color=style.NEUTRAL, lw=2.5, ls="--", zorder=3),
        dict(color=style.CONVEX, lw=6),
        dict(color=style.NETWORK, marker="o", ms=5, ls=""),
    ]
    for (name, value), look in zip(values.items(), looks, strict=False):
        ax.plot(y, value, label=name, **look)
    ax.set(xlabel="label $y_1$", ylabel="optimal value")
    ax.legend()
    return fig


def _contours(ax, lam: float) -> None:
    t = np.linspace(-REACH, REACH, 121)
    x, y = np.meshgrid(t, t)
    ax.contour(
        x,
        y,
        product_loss(x, y, lam),
        levels=[0.1, 0.3, 0.6, 1, 1.5, 2.5, 4, 7],
        colors=style.LIGHT,
        linewidths=0.9,
    )
    ax.set(xlabel="$x$", aspect="equal", xlim=(-REACH, REACH), ylim=(-REACH, REACH))
