"""Figures of the section Multiplicative non-convexity from the second layer."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm

from ..drawing import style
from ..sections.second_layer import best_product, hidden_loss, product_loss, split

HEAT = LinearSegmentedColormap.from_list(
    "heat", [style.NETWORK, "#f2c500", style.DATA]
)  # the article's: 0, 1, 4
DIAGONAL = np.sqrt(2)


def surface(lam=0.0):
    """The surface over (x, y) with its minima; the square [-1, 1]^2, all that the article draws, is outlined."""
    fig, ax = style.figure(5.4, 4.0, subplot_kw={"projection": "3d", "computed_zorder": False})
    fig.set_layout_engine("none")
    ax.set_position([0, 0, 1, 1])
    p, q = np.meshgrid(
        np.linspace(-2, 2, 139), np.linspace(-DIAGONAL, DIAGONAL, 85)
    )  # along and across x = y

    def at(p, q):
        x, y = (p + q) / DIAGONAL, (p - q) / DIAGONAL
        return x, y, product_loss(x, y, lam)

    colours = HEAT(TwoSlopeNorm(1, 0, 4)(at(p, q)[2]))
    ax.plot_surface(
        *at(p, q),
        facecolors=colours,
        rcount=139,
        ccount=139,
        linewidth=0,
        antialiased=False,
        shade=False,
        alpha=0.9,
        clip_on=False,
    )
    t = np.linspace(-1, 1, 41)
    for x, y in ((t, 0 * t - 1), (t, 0 * t + 1), (0 * t - 1, t), (0 * t + 1, t)):
        ax.plot(x, y, product_loss(x, y, lam) + 0.02, color="#444444", lw=1)
    z = best_product(lam)
    if lam == 0:
        q = np.linspace(-DIAGONAL, DIAGONAL, 81)
        for side in (-1, 1):
            ax.plot(*at(side * np.sqrt(2 * z + q**2), q), color="black", lw=3)
    else:
        x, y = np.array([-1, 1]) * np.array(split(z))[:, None]
        ax.plot(x, y, product_loss(x, y, lam) + 0.03, "k*", ms=15)
    ax.plot([0], [0], [product_loss(0, 0, lam)], "kX", ms=9)
    for x, y, name in (((2, 2.7), (0, 0), "$x$"), ((0, 0), (2, 2.7), "$y$")):
        edge = product_loss(2, 0, lam)
        ax.plot(x, y, [edge, edge], color=style.NEUTRAL, lw=1.2, clip_on=False)
        ax.text(x[1] * 1.05, y[1] * 1.05, edge, name, fontsize=13, ha="center", va="center")
    ax.set(xlim=(-2, 2), ylim=(-2, 2), zlim=(-1.5, 2.7))
    ax.set_box_aspect((1, 1, 0.55), zoom=1.3)
    ax.set_axis_off()
    ax.view_init(58, 30)
    return fig


def descents(starts, ends):
    """Where gradient descent goes from every start (k, 2); ends: lam -> (k, 2), a panel each."""
    fig, axes = style.figure(6.4, 3.9, 1, len(ends))
    for ax, (lam, end) in zip(axes, ends.items()):
        _contours(ax, lam)
        for a, b in zip(starts, end):
            ax.plot(*np.transpose([a, b]), color=style.NEUTRAL, lw=0.5, alpha=0.6)
        ax.plot(*starts.T, ".", color=style.NEUTRAL, ms=3, label="start")
        ax.plot(*end.T, "o", color=style.DATA, ms=6, label="end")
        ax.set_title(f"$\\lambda = {lam:g}$")
    axes[0].set_ylabel("$y$")
    fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return fig


def hidden(lam):
    """Left, the loss over (x, y) and its minima; right, the same loss against the product: all above the hidden function."""
    fig, (left, right) = style.figure(6.4, 3.9, 1, 2)
    _contours(left, lam)
    z = best_product(lam)
    pair = np.array([[-1], [1]]) * np.array(split(z))
    if lam == 0:
        x = np.linspace(1 / 2.2, 2.2, 81)
        left.plot(
            np.append(x, np.append(np.nan, -x)),
            1 / np.append(x, np.append(np.nan, -x)),
            color=style.DATA,
            lw=3,
        )
    left.plot(*pair.T, "*", color=style.DATA, ms=15)
    left.set(ylabel="$y$", title="$(x, y)$")
    x, y = np.random.default_rng(0).uniform(-2.2, 2.2, (2, 1500))
    right.plot(
        x * y,
        product_loss(x, y, lam),
        ".",
        color=style.NEUTRAL,
        ms=2.5,
        alpha=0.5,
        label="loss of a random pair",
    )
    t = np.linspace(-1, 2.5, 281)
    right.plot(t, hidden_loss(t, lam), color=style.CONVEX, lw=3, label="hidden convex function")
    right.plot(z, hidden_loss(z, lam), "*", color=style.DATA, ms=15, label="minimum")
    right.set(xlim=(-1, 2.5), ylim=(-0.25, 6), xlabel="$z = xy$", title=f"$\\lambda = {lam:g}$")
    fig.legend(loc="outside lower center", ncols=2, fontsize=10, markerscale=1)
    where = f"at (x, y) = ±({pair[1, 0]:.3f}, {pair[1, 1]:.3f})" if z else "at (0, 0) only"
    where = "on the whole hyperbola xy = 1" if lam == 0 else where
    fig.alt = f"λ = {lam:g}: both problems have minimum {hidden_loss(z, lam):.4f}, at z = {z:.3f} and {where}."
    return fig


def labels(y, values):
    """Optimal value against the label; values: name -> array, drawn with one look each."""
    fig, ax = style.figure(5.4, 3.5)
    looks = [
        dict(color=style.CONVEX, lw=2.5, ls="--"),
        dict(color=style.CONVEX, lw=5, alpha=0.45),
        dict(color=style.NETWORK, marker="o", ms=5, ls=""),
    ]
    for (name, value), look in zip(values.items(), looks):
        ax.plot(y, value, label=name, **look)
    ax.set(xlabel="label $y_1$", ylabel="optimal value")
    ax.legend()
    return fig


def _contours(ax, lam):
    t = np.linspace(-2.2, 2.2, 121)
    x, y = np.meshgrid(t, t)
    ax.contour(
        x,
        y,
        product_loss(x, y, lam),
        levels=[0.1, 0.3, 0.6, 1, 1.5, 2.5, 4, 7],
        colors=style.LIGHT,
        linewidths=0.9,
    )
    ax.set(xlabel="$x$", aspect="equal", xlim=(-2.2, 2.2), ylim=(-2.2, 2.2))
