"""Claims of section I, overview and motivation."""

import heapq

import numpy as np
import sympy as sp

from .. import data, experiments, train
from ..landscape import descend, descend_both, two_neuron_loss
from .registry import FAILS, HOLDS, IF, Finding, claim

ONE_NEURON_READ = {0: .4862, 77: .3525, 168: .2287, 371: .1294, 378: .1260, 448: .0740, 665: .0208}  # step: printed loss
LARGE_SCALE_READ = {0: 3.3537, 4: .4325, 8: .2625, 12: .2267, 100: .0308, 200: .0062, 400: .0011}
TEASER_READ = [.585, .275, .611, .318, .628, .289, .591, .295, .603, .326]  # labels, measured on the picture
INTERVAL = [-0.5, 0.5]  # where its data lie
SPREAD = np.stack(np.meshgrid(np.linspace(-2.47, 3.49, 50), np.linspace(-2.47, 3.49, 50)), -1).reshape(-1, 2)


def _misses(run, read):
    """The largest difference between the losses of a run and those printed in the picture."""
    return max(abs(run.fit[run.step == t][0] - loss) for t, loss in read.items())


@claim("2", "The notebook of the opening plot", "above section I",
       "“The code for this plot is available and reproducible” in the linked notebook.", FAILS,
       "The linked notebook fits another function, $\\sin(10x)$ on $[-1, 1]$; the plot has ten labels between 0.27 and 0.63. "
       "Both make the same point, and our [overview](01_overview) draws the plot itself.")
def notebook_of_the_plot():
    linked, plot = data.load("sine"), data.load("teaser")
    apart = np.abs(linked.y - TEASER_READ).max()
    ours = np.abs(plot.y - TEASER_READ).max()
    return Finding(printed=apart < 0.01, corrected=ours < 0.002 and (linked.y < 0).any(), shown=(
        f"Labels read from the picture differ from the linked notebook's by up to {apart:.2f}, "
        f"from our data set `teaser` by at most {ours:.4f} (one pixel)."))


@claim("3", "Vanilla gradient descent everywhere", "section III, last paragraph",
       "“Unless mentioned otherwise, all experiments were run using full batch vanilla gradient descent.”", FAILS,
       "Two animations are met only by Adam with step 0.001, and the two of section III only with a weight decay of 0.01. "
       "All minimise the mean of the squared errors, where eq. 1 has their sum.")
def vanilla_descent():
    _, adam = experiments.run("one neuron")
    plain = min(_misses(experiments.run("one neuron", train.gradient_descent, step=step)[1], ONE_NEURON_READ)
                for step in np.geomspace(2e-4, 2e-2, 21))
    decayed, free = (_misses(experiments.run("large scale", **lam)[1], LARGE_SCALE_READ) for lam in ({}, {"lam": 0.0}))
    return Finding(printed=plain < 5.1e-5, corrected=_misses(adam, ONE_NEURON_READ) < 5.1e-5 and decayed < 5.1e-5 < free,
                   shown=f"One neuron, seven losses printed in the picture: Adam meets all to their four digits, the best of 21 "
                         f"step sizes of gradient descent misses by {plain:.3f}. Large scale: met to four digits with the "
                         f"decay, missed by {free:.4f} without.")


@claim("3b", "A mean squared error", "section I, problem and notation, eq. 1",
       "The loss is “a mean squared error”, and eq. 1 is its formula.", IF,
       "the step is divided by $n$: eq. 1 sums over the data, and descent on a sum with step $\\gamma / n$ and decay "
       "$n\\lambda$ is descent on the mean with $\\gamma$ and $\\lambda$. (The decay also needs brackets: "
       "$\\lambda \\sum_i (\\|w_i\\|^2 + \\alpha_i^2)$.)")
def mean_or_sum():
    S, n = data.load("line"), 4
    W, alpha = train.uniform_network(50, 2, 0.5, np.random.default_rng(0))
    mean = train.gradient_descent(S.X, S.y, W, alpha, step=0.02, lam=0.01, steps=200, reduction="mean")
    same = train.gradient_descent(S.X, S.y, W, alpha, step=0.02, lam=0.01, steps=200)
    scaled = train.gradient_descent(S.X, S.y, W, alpha, step=0.02 / n, lam=0.01 * n, steps=200)
    apart = [np.abs(run.W[-1] - mean.W[-1]).max() for run in (same, scaled)]
    return Finding(printed=apart[0] < 1e-9, conditioned=apart[1] < 1e-9, shown=(
        f"Weights after 200 steps on four points: {apart[0]:.2f} apart with the same step and decay, equal to rounding "
        f"with $\\gamma/n$ and $n\\lambda$."))


@claim("4", "Three values", "section I, figure of the loss landscape",
       "Gradient descent from a random start “can converge to three different values, two of them being bigger than zero”.",
       HOLDS, "The values are 0, $y_1^2 = 1$ and $y_2^2 = 4$.")
def three_values():
    S = data.load("landscape")
    ends = two_neuron_loss(S.X, S.y, descend(S.X, S.y, SPREAD)).round(6) + 0.0
    values, counts = np.unique(ends, return_counts=True)
    return Finding(printed=len(values) == 3 and values[0] == 0 < values[1], corrected=list(values) == [0, 1, 4],
                   shown="; ".join(f"{c} starts end at {v:.0f}" for v, c in zip(values, counts)) + " (of 2500 on a grid).")


@claim("5", "A path that never climbs", "section I, figure of the loss landscape, and research context",
       "“There always exists a path of non-increasing loss from initialization to the global minimum.”", HOLDS,
       "Here from every start, with as many neurons as data: fewer than the “more neurons than data points” that the "
       "article asks for. Entry [57](#claim-57) builds the path with weight decay.")
def path_that_never_climbs():
    S, t = data.load("landscape"), np.arange(-30, 41) / 10
    height = two_neuron_loss(S.X, S.y, np.stack(np.meshgrid(t, t, indexing="ij"), -1)).round(12)
    highest = np.full(height.shape, np.inf)  # on the best path to a minimum, (2, -1) or (-1, 2): Dijkstra, the maximum for the sum
    queue = [(0.0, 50, 20), (0.0, 20, 50)]
    while queue:
        level, i, j = heapq.heappop(queue)
        if level < highest[i, j]:
            highest[i, j] = level
            for a, b in ((i + p, j + q) for p in (-1, 0, 1) for q in (-1, 0, 1)):
                if 0 <= a < 71 and 0 <= b < 71 and max(level, height[a, b]) < highest[a, b]:
                    heapq.heappush(queue, (max(level, height[a, b]), a, b))
    rise = np.max(highest - height)
    return Finding(printed=height[50, 20] == height[20, 50] == 0 and rise == 0, shown=(
        f"From each of the {height.size} points of a grid over $[-3, 4]^2$, the best path to the minimum climbs {rise:.0f}."))


@claim("8", "Fixing the second layer", "section I, caption of the loss landscape",
       "“Since all labels are positive, we fix the second layer to 1 … without a loss of generality.”", IF,
       "one asks for the global minimum only, and all labels are positive. Training $\\alpha$ adds a fourth place to end: loss "
       "$y_1^2 + y_2^2 = 5$, both neurons switched off. A negative label cannot be fitted with $\\alpha = 1$.")
def fixing_the_second_layer():
    S, rng = data.load("landscape"), np.random.default_rng(0)
    W, alpha = rng.uniform(-1, 1, (1000, 2, 1)), rng.uniform(-1, 1, (1000, 2))
    trained = descend_both(S.X, S.y, W, alpha)[0].round(4) + 0.0
    fixed = two_neuron_loss(S.X, S.y, descend(S.X, S.y, SPREAD)).round(4) + 0.0
    signed = np.array([-1.0, 2.0])
    negative = two_neuron_loss(S.X, signed, descend(S.X, signed, SPREAD)).min()
    free = descend_both(S.X, signed, W, alpha)[0].min()
    return Finding(printed=set(trained) == set(fixed) and negative < 0.1, conditioned=trained.min() == fixed.min() == 0,
                   shown=f"Both layers trained, 1000 starts: losses {', '.join(f'{v:g}' for v in np.unique(trained))}; "
                         f"5 in {100 * np.mean(trained == 5):.0f} % of them. With $y_1 = -1$ and $\\alpha = 1$ the least loss "
                         f"is {negative:.0f}, with both layers trained {free:.0f}.",
                   corrected=set(trained) == {0, 1, 4, 5} and free < 1e-9 < negative)


@claim("6", "The loss on the red lines", "section I, caption of the loss landscape",
       "“$(y_1)^2$ for the red line on the left and $(y_2)^2$ for the other”.", FAILS,
       "The other way round for the data stated: on the left both weights are negative, the neurons fit $(x_1, y_1) = (-1, 1)$ "
       "and miss $y_2$. (The picture is drawn for $x_1 > 0 > x_2$.)")
def loss_on_the_red_lines():
    S, t = data.load("landscape"), np.linspace(0.1, 0.9, 9)[:, None]
    left, right = (two_neuron_loss(S.X, S.y, total * np.hstack([t, 1 - t])) for total in (-1, 2))
    y1, y2 = S.y**2
    return Finding(printed=np.allclose(left, y1) and np.allclose(right, y2), corrected=np.allclose(left, y2) and np.allclose(
        right, y1), shown=f"Left line ($w_1 + w_2 = -1$): loss {left.mean():.0f} $= y_2^2$ everywhere; right line "
                          f"($w_1 + w_2 = 2$): {right.mean():.0f} $= y_1^2$.")


@claim("7", "The convex quadrant", "section I, after the loss landscape",
       "With $w_1$ positive and $w_2$ negative the problem is convex and “a simple gradient descent will find the global minima”.",
       HOLDS)
def convex_quadrant():
    S = data.load("landscape")
    a, b = sp.symbols("a b", positive=True)  # w_1 = a > 0, w_2 = -b < 0
    total = sum((sum(sp.Max(0, int(x) * w) for w in (a, -b)) - int(y)) ** 2 for x, y in zip(S.X[:, 0], S.y))
    hessian = sp.hessian(sp.expand(total), (a, b))
    starts = SPREAD[(SPREAD[:, 0] > 0) & (SPREAD[:, 1] < 0)]
    worst = two_neuron_loss(S.X, S.y, descend(S.X, S.y, starts)).max()
    return Finding(printed=bool(hessian.is_positive_definite and worst < 1e-12), shown=(
        f"The Hessian there is {hessian.tolist()}, positive definite; descent from {len(starts)} starts of the quadrant "
        f"ends at loss {worst:.0e} at most (step 0.05)."))
