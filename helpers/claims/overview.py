"""Claims of section I, overview and motivation."""

import heapq
from dataclasses import replace

import numpy as np
import sympy as sp

from .. import data, train
from ..loss import losses
from ..train import descend_many
from .registry import Finding, claim

TEASER_READ = [
    0.585,
    0.275,
    0.611,
    0.318,
    0.628,
    0.289,
    0.591,
    0.295,
    0.603,
    0.326,
]  # labels, measured on the picture


SPREAD = np.stack(
    np.meshgrid(np.linspace(-2.47, 3.49, 50), np.linspace(-2.47, 3.49, 50)), -1
).reshape(-1, 2)


def descended(S, w=SPREAD, step=0.05, steps=400):
    """Losses at which gradient descent ends from first-layer weights w (k, 2), the second layer fixed to ones: (k,)."""
    return descend_many(S.X, S.y, w[..., None], step=step, steps=steps, train_alpha=False).loss


@claim("2")
def notebook_of_the_plot():
    linked, plot = data.load("sine"), data.load("teaser")
    apart = np.abs(linked.y - TEASER_READ).max()
    ours = np.abs(plot.y - TEASER_READ).max()
    return Finding(
        printed=apart < 0.01,
        corrected=ours < 0.002 and (linked.y < 0).any(),
        shown=(
            "Labels read from the picture differ from the linked notebook's by up to"
            f" {apart:.2f}, from our data set `teaser` by at most {ours:.4f} (one"
            " pixel)."
        ),
    )


@claim("3b")
def mean_or_sum():
    S, n = data.load("line"), 4
    W, alpha = train.uniform_network(50, 2, 0.5, np.random.default_rng(0))
    mean = train.gradient_descent(
        S.X, S.y, W, alpha, step=0.02, lam=0.01, steps=200, reduction="mean"
    )
    same = train.gradient_descent(S.X, S.y, W, alpha, step=0.02, lam=0.01, steps=200)
    scaled = train.gradient_descent(S.X, S.y, W, alpha, step=0.02 / n, lam=0.01 * n, steps=200)
    apart = [np.abs(run.W[-1] - mean.W[-1]).max() for run in (same, scaled)]
    return Finding(
        printed=apart[0] < 1e-9,
        conditioned=apart[1] < 1e-9,
        shown=(
            f"Weights after 200 steps on four points: {apart[0]:.2f} apart with the"
            " same step and decay, equal to rounding with $\\gamma/n$ and $n\\lambda$."
        ),
    )


@claim("4")
def three_values():
    S = data.load("landscape")
    ends = descended(S).round(6) + 0.0
    values, counts = np.unique(ends, return_counts=True)
    return Finding(
        printed=len(values) == 3 and values[0] == 0 < values[1],
        corrected=list(values) == [0, 1, 4],
        shown="; ".join(f"{c} starts end at {v:.0f}" for v, c in zip(values, counts))
        + " (of 2500 on a grid).",
    )


@claim("5")
def path_that_never_climbs():
    S, t = data.load("landscape"), np.arange(-30, 41) / 10
    height = losses(S.X, S.y, np.stack(np.meshgrid(t, t, indexing="ij"), -1)[..., None]).round(12)
    highest = np.full(
        height.shape, np.inf
    )  # on the best path to a minimum, (2, -1) or (-1, 2): Dijkstra, the maximum for the sum
    queue = [(0.0, 50, 20), (0.0, 20, 50)]
    while queue:
        level, i, j = heapq.heappop(queue)
        if level < highest[i, j]:
            highest[i, j] = level
            for a, b in ((i + p, j + q) for p in (-1, 0, 1) for q in (-1, 0, 1)):
                if 0 <= a < 71 and 0 <= b < 71 and max(level, height[a, b]) < highest[a, b]:
                    heapq.heappush(queue, (max(level, height[a, b]), a, b))
    rise = np.max(highest - height)
    return Finding(
        printed=height[50, 20] == height[20, 50] == 0 and rise == 0,
        shown=(
            f"From each of the {height.size} points of a grid over $[-3, 4]^2$, the"
            f" best path to the minimum climbs {rise:.0f}."
        ),
    )


@claim("8")
def fixing_the_second_layer():
    S, rng = data.load("landscape"), np.random.default_rng(0)
    W, alpha = rng.uniform(-1, 1, (1000, 2, 1)), rng.uniform(-1, 1, (1000, 2))
    trained = descend_many(S.X, S.y, W, alpha).loss.round(4) + 0.0
    fixed = descended(S).round(4) + 0.0
    signed = np.array([-1.0, 2.0])
    negative = descended(replace(S, y=signed)).min()
    free = descend_many(S.X, signed, W, alpha).loss.min()
    return Finding(
        printed=set(trained) == set(fixed) and negative < 0.1,
        conditioned=trained.min() == fixed.min() == 0,
        shown=(
            "Both layers trained, 1000 starts: losses"
            f" {', '.join(f'{v:g}' for v in np.unique(trained))}; 5 in"
            f" {100 * np.mean(trained == 5):.0f}% of them. With $y_1 = -1$ and"
            f" $\\alpha = 1$ the least loss is {negative:.0f}, with both layers trained"
            f" {free:.0f}."
        ),
        corrected=set(trained) == {0, 1, 4, 5} and free < 1e-9 < negative,
    )


@claim("6")
def loss_on_the_red_lines():
    S, t = data.load("landscape"), np.linspace(0.1, 0.9, 9)[:, None]
    left, right = (losses(S.X, S.y, total * np.hstack([t, 1 - t])[..., None]) for total in (-1, 2))
    y1, y2 = S.y**2
    return Finding(
        printed=np.allclose(left, y1) and np.allclose(right, y2),
        corrected=np.allclose(left, y2) and np.allclose(right, y1),
        shown=(
            f"Left line ($w_1 + w_2 = -1$): loss {left.mean():.0f} $= y_2^2$"
            f" everywhere; right line ($w_1 + w_2 = 2$): {right.mean():.0f} $= y_1^2$."
        ),
    )


@claim("7")
def convex_quadrant():
    S = data.load("landscape")
    a, b = sp.symbols("a b", positive=True)  # w_1 = a > 0, w_2 = -b < 0
    total = sum(
        (sum(sp.Max(0, int(x) * w) for w in (a, -b)) - int(y)) ** 2 for x, y in zip(S.X[:, 0], S.y)
    )
    hessian = sp.hessian(sp.expand(total), (a, b))
    starts = SPREAD[(SPREAD[:, 0] > 0) & (SPREAD[:, 1] < 0)]
    worst = descended(S, starts).max()
    return Finding(
        printed=bool(hessian.is_positive_definite and worst < 1e-12),
        shown=(
            f"The Hessian there is ${sp.latex(hessian, mat_str='pmatrix', mat_delim='')}$, positive"
            f" definite; descent from"
            f" {len(starts)} starts of the quadrant ends at a loss below 1e-12 (step"
            " 0.05)."
        ),
    )
