"""The static picture of every live figure, and what it shows in words: for print, and where scripts are off."""

import numpy as np

from .. import convex, data, train
from ..drawing import style
from ..loss import predict
from ..patterns import activation_points


def trained(setting):
    """Data, the network of that setting after training, and the convex optimum: (WebP, words)."""
    x, y, X, lam = _problem(setting["points"], setting["decay"])
    best = convex.solve(X, y, lam)
    W, alpha, steps = *_initial(setting), min(setting["steps"], 3000)
    step = setting["step"] if setting["step"] != "auto" else _safe(X, W, alpha, y, best)
    run = getattr(train, setting["method"])(
        X, y, W, alpha, step=step, steps=steps, lam=lam, record_every=steps
    )
    t, Z = _grid(x)
    fig, ax = style.figure(7, 3.6)
    ax.plot(t, best.predict(Z), color=style.CONVEX, lw=4, label="convex optimum")
    ax.plot(
        t, predict(Z, *run.final), "--", color=style.NETWORK, lw=2, label=f"network, step {steps}"
    )
    heights = np.abs(run.W[-1][:, 0] * run.alpha[-1])
    for marker, side in ((">", run.W[-1][:, 0] > 0), ("<", run.W[-1][:, 0] < 0)):
        ax.scatter(
            activation_points(run.W[-1])[side],
            0.3 * y.max() * heights[side] / max(heights.max(), 1e-300),
            marker=marker,
            s=14,
            color=style.NETWORK,
            alpha=0.4,
            lw=0,
        )
    _finish(ax, x, y, t)
    words = (
        f"{len(x)} data points, the output of {len(alpha)} neurons trained from weights of at most "
        f"{np.abs(W).max():.2g}, and the output of the {_name(best)}, of loss {best.objective:.3g}. "
        f"No network of any width goes below {_rounded_down(best.lower_bound)}. Training ends at loss "
        f"{run.loss[-1]:.3g}."
    )
    return fig.image(), words


def _name(solution):
    """What a solution may be called: an optimum where its duality gap is small, as on the page."""
    if solution.gap <= 1e-4:
        return "convex optimum"
    return f"convex program, not proved optimal (duality gap {solution.gap:.2g})"


def _rounded_down(bound):
    """A bound to three digits that do not overstate it."""
    nearest = float(f"{bound:.3g}")
    if nearest > bound:
        nearest -= 10.0 ** (np.floor(np.log10(bound)) - 2)
    return f"{nearest:.3g}"


def path(x, y):
    """Sizes of the neurons of the convex optimum against lambda: (WebP, words)."""
    x, y, X, largest = _problem(list(zip(x, y)), 1.0)
    decays = np.geomspace(1e-4, 1, 33)
    solutions = list(convex.path(X, y, decays * largest))
    sizes = [_sizes(solution) for solution in solutions]
    fig, ax = style.figure(7, 3.6)
    for decay, size in zip(decays, sizes):
        ax.semilogx(np.full(len(size), decay), size, "o", ms=4, color=style.CONVEX)
    ax.set(xlabel=r"$\lambda / \lambda_{\max}$", ylabel=r"size $\|u\|$ of every neuron")
    words = (
        f"Sizes of the neurons of the convex optimum on {len(x)} points as the decay grows: {len(sizes[0])} "
        f"neurons at a decay of 0.0001, none at lambda max. Most shrink and die; some grow or appear as others die."
    )
    unproved = sum(solution.gap > 1e-4 for solution in solutions)
    if unproved:
        words += f" At {unproved} of {len(decays)} decays the optimum is not proved."
    return fig.image(), words


def _sizes(solution):
    """Sizes of the neurons of an optimum; those of one sign and direction, on the line between two cells, are one."""
    W, alpha = solution.to_network()
    size = alpha**2
    kept = size > 1e-4 * size.max(initial=0)
    direction = np.round(W[kept] / np.linalg.norm(W[kept], axis=1, keepdims=True), 2) + 0.0
    which = np.unique(
        np.column_stack([direction, np.sign(alpha[kept])]), axis=0, return_inverse=True
    )[1]
    return np.bincount(which.ravel(), size[kept])


def landscape(S):
    """Where gradient descent on two weights ends from every start: (WebP, words)."""
    t = np.linspace(-2.48, 3.52, 60)
    starts = np.stack(np.meshgrid(t, t), axis=-1)
    ends = (
        train.descend_many(
            S.X, S.y, starts[..., None], step=0.05, steps=400, train_alpha=False
        ).loss.round(3)
        + 0.0
    )
    fig, ax = style.figure(5, 4.2)
    for level, colour, marker in zip(
        np.unique(ends), (style.LIGHT, style.CONVEX, style.DATA), "o^s"
    ):
        ax.scatter(
            *starts[ends == level].T,
            s=9,
            color=colour,
            marker=marker,
            alpha=0.5,
            lw=0,
            label=f"ends at loss {level:.0f}",
        )
    ax.set(xlabel="$w_1$", ylabel="$w_2$", aspect="equal")
    fig.legend(loc="outside lower center", ncols=3, fontsize=9, markerscale=1.6)
    words = (
        f"Map of the starts of gradient descent on two weights: {(ends == 0).mean():.0%} end at loss 0, where the "
        f"weights have opposite signs and beyond; a corner with both positive ends at loss 1, both negative at 4."
    )
    return fig.image(), words


def _problem(points, decay):
    x, y = np.array(points, float).T
    X = data.with_bias(x)
    return x, y, X, decay * convex.lambda_max(X, y)


def _initial(setting):
    if setting["weights"]:
        rows = np.array(setting["weights"], float)
        return rows[:, :2], rows[:, 2]
    return train.uniform_network(
        setting["neurons"], 2, setting["scale"], np.random.default_rng(setting["seed"])
    )


def _safe(X, W, alpha, y, best):
    """A step below one over the curvature at the start and at the optimum, as in optimiser.js."""
    Z = np.maximum(X @ W.T, 0)
    K = Z @ Z.T + ((Z > 0) * alpha**2) @ (Z > 0).T * (X @ X.T)
    rows, size = (
        np.linalg.norm(X, 2),
        np.linalg.norm(np.concatenate([best.U, best.V]), axis=1).sum(),
    )
    return 1 / max(
        2 * np.linalg.norm(K, 2) + 2 * rows * np.linalg.norm(Z @ alpha - y), 4 * size * rows**2
    )


def _grid(x):
    pad = max(0.3 * np.ptp(x), 0.4)
    t = np.linspace(x.min() - pad, x.max() + pad, 201)
    return t, data.with_bias(t)


def _finish(ax, x, y, t):
    ax.scatter(x, y, marker="x", s=60, color=style.DATA, lw=2.5, zorder=3, label="data")
    room = 0.3 * np.ptp(np.append(y, 0)) + 0.1
    ax.set(
        xlim=(t[0], t[-1]),
        ylim=(min(0, y.min()) - room, max(0, y.max()) + room),
        xlabel="x",
        ylabel="output",
    )
    ax.legend(fontsize=9)
