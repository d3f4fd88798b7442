"""The static picture of every live figure, and what it shows in words.

They serve print, and pages where scripts are off.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .. import convex, data, train
from ..convex import Solution
from ..data import Dataset
from ..drawing import style
from ..loss import predict
from ..patterns import activation_points

PROVED = 1e-4  # a relative duality gap that the page calls an optimum
LONGEST = 3000  # steps: enough for the picture, a second of work
SMALLEST = 1e-4  # a neuron of a smaller share of the largest one is zero up to the tolerance


class Picture(NamedTuple):
    """A picture (WebP), and what it shows in words."""

    image: bytes
    words: str


class _Problem(NamedTuple):
    """Points on a line: x (n,), y (n,), X (n, 2) with a bias column, and the decay lam."""

    x: np.ndarray
    y: np.ndarray
    X: np.ndarray
    lam: float


def _problem(points: Sequence, share: float) -> _Problem:
    """The problem of points (x, y) at lam = share * lambda_max."""
    x, y = np.array(points, float).T
    X = data.with_bias(x)
    return _Problem(x, y, X, share * convex.lambda_max(X, y))


def trained(setting: dict) -> Picture:
    """Data, the network of that setting after training, and the convex optimum."""
    x, y, X, lam = _problem(setting["points"], setting["decay"])
    best = convex.solve(X, y, lam)
    W, alpha = _initial(setting)
    step = setting["step"]
    if step == "auto":
        step = _safe_step(X, y, W, alpha, best)
    steps = min(setting["steps"], LONGEST)
    trainer = getattr(train, setting["method"])
    run = trainer(X, y, W, alpha, step=step, steps=steps, lam=lam, record_every=steps)

    t = _wider(x)
    Z = data.with_bias(t)
    fig, ax = style.figure(7, 3.6)
    ax.plot(t, best.predict(Z), color=style.CONVEX, lw=4, label="convex optimum")
    output = predict(Z, *run.final)
    ax.plot(t, output, "--", color=style.NETWORK, lw=2, label=f"network, step {steps}")
    _neurons(ax, *run.final, top=0.3 * y.max())
    ax.scatter(x, y, marker="x", s=60, color=style.DATA, lw=2.5, zorder=3, label="data")
    room = 0.3 * np.ptp(np.append(y, 0)) + 0.1
    low = min(0, y.min()) - room
    high = max(0, y.max()) + room
    ax.set(xlim=(t[0], t[-1]), ylim=(low, high), xlabel="x", ylabel="output")
    ax.legend()
    words = (
        f"{len(x)} data points, the output of {len(alpha)} neurons trained from weights of at most "
        f"{np.abs(W).max():.2g}, and the output of the {_name(best)}, "
        f"of loss {best.objective:.3g}. "
        f"No network of any width goes below {_rounded_down(best.lower_bound)}. "
        f"Training ends at loss {run.loss[-1]:.3g}."
    )
    return Picture(fig.image(), words)


def _name(solution: Solution) -> str:
    """What a solution may be called: an optimum where its duality gap is small, as on the page."""
    if solution.gap <= PROVED:
        return "convex optimum"
    return f"convex program, not proved optimal (duality gap {solution.gap:.2g})"


def _rounded_down(bound: float) -> str:
    """A bound to three digits that do not overstate it."""
    nearest = float(f"{bound:.3g}")
    if nearest > bound:
        nearest -= 10.0 ** (np.floor(np.log10(bound)) - 2)
    return f"{nearest:.3g}"


def _neurons(
    ax,
    W: np.ndarray,
    alpha: np.ndarray,
    top: float,
) -> None:
    """Triangles at the activation points, as high as the slopes, the largest at `top`."""
    points = activation_points(W)
    slopes = np.abs(W[:, 0] * alpha)
    heights = top * slopes / max(slopes.max(), np.finfo(float).tiny)
    for marker, side in ((">", W[:, 0] > 0), ("<", W[:, 0] < 0)):
        ax.scatter(
            points[side],
            heights[side],
            marker=marker,
            s=14,
            color=style.NETWORK,
            alpha=0.4,
            lw=0,
        )


def _wider(x: np.ndarray) -> np.ndarray:
    """A grid that reaches past the data on either side."""
    pad = max(0.3 * np.ptp(x), 0.4)
    return np.linspace(x.min() - pad, x.max() + pad, 201)


def _initial(setting: dict) -> tuple[np.ndarray, np.ndarray]:
    """The network that the setting gives or draws."""
    if setting["weights"]:
        rows = np.array(setting["weights"], float)
        return rows[:, :2], rows[:, 2]
    rng = np.random.default_rng(setting["seed"])
    return train.uniform_network(setting["neurons"], 2, setting["scale"], rng)


def _safe_step(
    X: np.ndarray,
    y: np.ndarray,
    W: np.ndarray,
    alpha: np.ndarray,
    best: Solution,
) -> float:
    """A step below one over the curvature at the start and at the optimum, as in optimiser.js."""
    Z = np.maximum(X @ W.T, 0)
    active = Z > 0
    kernel = Z @ Z.T + (active * alpha**2) @ active.T * (X @ X.T)
    rows = np.linalg.norm(X, 2)
    residual = np.linalg.norm(Z @ alpha - y)
    size = np.linalg.norm(np.concatenate([best.U, best.V]), axis=1).sum()
    at_start = 2 * np.linalg.norm(kernel, 2) + 2 * rows * residual
    at_optimum = 4 * size * rows**2
    return 1 / max(at_start, at_optimum)


def path(x: Sequence[float], y: Sequence[float]) -> Picture:
    """Sizes of the neurons of the convex optimum against lambda."""
    x, y, X, largest = _problem(list(zip(x, y, strict=True)), 1.0)
    shares = np.geomspace(1e-4, 1, 33)
    solutions = list(convex.path(X, y, shares * largest))
    sizes = [_sizes(solution) for solution in solutions]
    fig, ax = style.figure(7, 3.6)
    for share, size in zip(shares, sizes, strict=True):
        ax.semilogx(np.full(len(size), share), size, "o", ms=4, color=style.CONVEX)
    ax.set(xlabel=r"$\lambda / \lambda_{\max}$", ylabel=r"size $\|u\|$ of every neuron")
    words = (
        f"Sizes of the neurons of the convex optimum on {len(x)} points as the decay grows: "
        f"{len(sizes[0])} neurons at a decay of 0.0001, none at lambda max. "
        "Most shrink and die; some grow or appear as others die."
    )
    unproved = sum(solution.gap > PROVED for solution in solutions)
    if unproved:
        words += f" At {unproved} of {len(shares)} decays the optimum is not proved."
    return Picture(fig.image(), words)


def _sizes(solution: Solution) -> np.ndarray:
    """Sizes of the neurons of an optimum, those of one sign and direction counted as one.

    The same neuron may come from two cells, on the line between them.
    """
    W, alpha = solution.to_network()
    size = alpha**2
    kept = size > SMALLEST * size.max(initial=0)
    direction = W[kept] / np.linalg.norm(W[kept], axis=1, keepdims=True)
    kinds = np.column_stack([np.round(direction, 2) + 0.0, np.sign(alpha[kept])])
    _, which = np.unique(kinds, axis=0, return_inverse=True)
    return np.bincount(which.ravel(), size[kept])


def landscape(S: Dataset) -> Picture:
    """Where gradient descent on two weights ends from every start."""
    t = np.linspace(-2.48, 3.52, 60)
    starts = np.stack(np.meshgrid(t, t), axis=-1)
    descent = dict(step=0.05, steps=400, train_alpha=False)
    ends = train.descend_many(S.X, S.y, starts[..., None], **descent).loss.round(3) + 0.0
    fig, ax = style.figure(5, 4.2)
    colours = (style.LIGHT, style.CONVEX, style.DATA)
    for level, colour, marker in zip(np.unique(ends), colours, "o^s", strict=False):
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
    fig.legend(loc="outside lower center", ncols=3, markerscale=1.6)
    words = (
        f"Map of the starts of gradient descent on two weights: {(ends == 0).mean():.0%} end at "
        "loss 0, where the weights have opposite signs and beyond; a corner with both positive "
        "ends at loss 1, both negative at 4."
    )
    return Picture(fig.image(), words)
