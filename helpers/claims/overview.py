"""Claims of section I, overview and motivation."""

import heapq
from dataclasses import replace
from itertools import product

import numpy as np
import sympy as sp

from .. import data, experiments, train
from ..loss import losses
from ..train import descend_many
from .registry import Finding, claim


@claim("2")
def notebook_of_the_plot():
    linked = data.load("sine")
    plot = data.load("teaser")
    read = experiments.readings("teaser").labels
    apart = np.abs(linked.y - read).max()
    ours = np.abs(plot.y - read).max()
    return Finding(
        printed=apart < 0.01,
        corrected=ours < 0.002 and (linked.y < 0).any(),
        shown=(
            "Labels read from the picture differ from the linked notebook's by up to"
            f" {apart:.2f}, from our data set `teaser` by at most {ours:.4f} (one pixel)."
        ),
    )


@claim("3b")
def mean_or_sum():
    S = data.load("line")
    n = len(S.y)
    network = train.uniform_network(50, 2, 0.5, np.random.default_rng(0))

    def after_200_steps(step, lam, reduction):
        run = train.gradient_descent(
            S.X, S.y, *network, step=step, lam=lam, steps=200, reduction=reduction
        )
        return run.W[-1]

    mean = after_200_steps(0.02, 0.01, "mean")
    same = np.abs(after_200_steps(0.02, 0.01, "sum") - mean).max()
    scaled = np.abs(after_200_steps(0.02 / n, 0.01 * n, "sum") - mean).max()
    return Finding(
        printed=same < 1e-9,
        conditioned=scaled < 1e-9,
        shown=(
            f"Weights after 200 steps on four points: {same:.2f} apart with the same step"
            " and decay, equal to rounding with $\\gamma/n$ and $n\\lambda$."
        ),
    )


@claim("4")
def three_values():
    S = data.load("landscape")
    ends = experiments.landscape_ends(S, experiments.landscape_starts())
    values, counts = np.unique(ends.round(6) + 0.0, return_counts=True)
    counted = "; ".join(
        f"{count} starts end at {value:.0f}" for value, count in zip(values, counts, strict=True)
    )
    return Finding(
        printed=len(values) == 3 and values[0] == 0 < values[1],
        corrected=list(values) == [0, 1, 4],
        shown=f"{counted} (of {len(ends)} on a grid).",
    )


@claim("5")
def path_that_never_climbs():
    S = data.load("landscape")
    t = np.arange(-30, 41) / 10
    grid = np.stack(np.meshgrid(t, t, indexing="ij"), -1)
    height = losses(S.X, S.y, grid[..., None]).round(12)
    minima = [(50, 20), (20, 50)]  # the weights (2, -1) and (-1, 2)

    # The highest point of the best path to a minimum: Dijkstra with the maximum for the sum.
    highest = np.full(height.shape, np.inf)
    queue = [(0.0, *minimum) for minimum in minima]
    while queue:
        level, i, j = heapq.heappop(queue)
        if level >= highest[i, j]:
            continue
        highest[i, j] = level
        for a, b in product((i - 1, i, i + 1), (j - 1, j, j + 1)):
            inside = 0 <= a < len(t) and 0 <= b < len(t)
            if inside and max(level, height[a, b]) < highest[a, b]:
                heapq.heappush(queue, (max(level, height[a, b]), a, b))
    rise = np.max(highest - height)
    return Finding(
        printed=rise == 0 and all(height[minimum] == 0 for minimum in minima),
        shown=(
            f"From each of the {height.size} points of a grid over $[-3, 4]^2$, the best path"
            f" to the minimum climbs {rise:.0f}."
        ),
    )


@claim("8")
def fixing_the_second_layer():
    S = data.load("landscape")
    rng = np.random.default_rng(0)
    W = rng.uniform(-1, 1, (1000, 2, 1))
    alpha = rng.uniform(-1, 1, (1000, 2))
    grid = experiments.landscape_starts()
    trained = descend_many(S.X, S.y, W, alpha).loss.round(4) + 0.0
    fixed = experiments.landscape_ends(S, grid).round(4) + 0.0

    signed = replace(S, y=np.array([-1.0, 2.0]))
    negative = experiments.landscape_ends(signed, grid).min()
    free = descend_many(signed.X, signed.y, W, alpha).loss.min()
    return Finding(
        printed=set(trained) == set(fixed) and negative < 0.1,
        conditioned=trained.min() == fixed.min() == 0,
        corrected=set(trained) == {0, 1, 4, 5} and free < 1e-9 < negative,
        shown=(
            "Both layers trained, 1000 starts: losses"
            f" {', '.join(f'{v:g}' for v in np.unique(trained))}; 5 in"
            f" {100 * np.mean(trained == 5):.0f}% of them. With $y_1 = -1$ and $\\alpha = 1$"
            f" the least loss is {negative:.0f}, with both layers trained {free:.0f}."
        ),
    )


@claim("6")
def loss_on_the_red_lines():
    S = data.load("landscape")
    t = np.linspace(0.1, 0.9, 9)[:, None]
    shares = np.hstack([t, 1 - t])
    left = losses(S.X, S.y, -1 * shares[..., None])  # w_1 + w_2 = -1
    right = losses(S.X, S.y, 2 * shares[..., None])  # w_1 + w_2 = 2
    y1, y2 = S.y**2
    return Finding(
        printed=np.allclose(left, y1) and np.allclose(right, y2),
        corrected=np.allclose(left, y2) and np.allclose(right, y1),
        shown=(
            f"Left line ($w_1 + w_2 = -1$): loss {left.mean():.0f} $= y_2^2$ everywhere;"
            f" right line ($w_1 + w_2 = 2$): {right.mean():.0f} $= y_1^2$."
        ),
    )


@claim("7")
def convex_quadrant():
    S = data.load("landscape")
    a, b = sp.symbols("a b", positive=True)
    w = (a, -b)  # w_1 is positive, w_2 negative
    outputs = [sum(sp.Max(0, int(x) * v) for v in w) for x in S.X[:, 0]]
    total = sum((output - int(y)) ** 2 for output, y in zip(outputs, S.y, strict=True))
    hessian = sp.hessian(sp.expand(total), (a, b))
    printable = sp.latex(hessian, mat_str="pmatrix", mat_delim="")

    grid = experiments.landscape_starts()
    starts = grid[(grid[:, 0] > 0) & (grid[:, 1] < 0)]
    worst = experiments.landscape_ends(S, starts).max()
    return Finding(
        printed=bool(hessian.is_positive_definite and worst < 1e-12),
        shown=(
            f"The Hessian there is ${printable}$, positive definite; descent from"
            f" {len(starts)} starts of the quadrant ends at a loss below 1e-12 (step 0.05)."
        ),
    )
