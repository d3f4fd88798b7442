"""Claims of section I, overview and motivation."""

import heapq
from dataclasses import replace
from itertools import product

import numpy as np
import sympy as sp

from .. import convex, data, dual, experiments, train
from ..loss import fit_gradients, loss, losses
from ..sections.theorems import one_more_at_a_time, one_neuron_valleys
from ..train import descend_many
from .registry import Finding, claim


@claim("2")
def notebook_of_the_plot():
    linked = data.load("sine")
    plot = data.load("teaser")
    read = experiments.readings("teaser").labels
    ours = np.abs(plot.y - read).max()

    def turns(values):
        """How often a sequence changes between rising and falling."""
        return int(np.sum(np.diff(np.sign(np.diff(values))) != 0))

    sine = turns(np.sin(10 * np.linspace(-1, 1, 100_001)))
    return Finding(
        printed=turns(read) <= sine,
        corrected=ours < 0.002 and turns(plot.y) == turns(read) and turns(linked.y) <= sine,
        shown=(
            f"From left to right the labels read from the picture turn {turns(read)} times"
            f" between rising and falling; $\\sin(10x)$ turns {sine} times on $[-1, 1]$,"
            " and samples"
            " of it no more often. Our data set `teaser` differs from the labels read by at most"
            f" {ours:.4f} (one pixel)."
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


@claim("5b")
def more_neurons_than_points():
    rng = np.random.default_rng(0)
    n = 4
    rises = []
    ends = []
    widths = []
    for parallel in (False, False, True):
        X = rng.normal(size=(n, 2))
        if parallel:
            X[1] = 2 * X[0]  # then no network fits every label
        y = rng.normal(size=n)
        start = (rng.normal(size=(n + 1, 2)), rng.normal(size=n + 1))
        path = one_more_at_a_time(X, y, 0.0, start)
        values = np.array([loss(X, y, *network) for network in path])
        rises.append(np.diff(values).max() / values[0])
        ends.append((values[-1] - convex.solve(X, y, 0.0).objective) / values[0])
        widths.append(max(len(alpha) for _, alpha in path))
    valleys = one_neuron_valleys(0.0)
    return Finding(
        printed=max(rises) < 1e-8 and max(ends) < 1e-6 and max(widths) == n + 1,
        corrected=valleys.between > max(valleys.left, valleys.right) + 0.2,
        shown=(
            f"{len(ends)} random starts of five neurons on four points, two of the points"
            " parallel in"
            " the last: paths of at most five neurons that rise by less than 1e-8 of the loss and"
            " end within 1e-6 of it at a global minimum. One neuron on two points has none: the"
            f" valleys {valleys.left:g} and {valleys.right:g} are a pass of"
            f" {valleys.between:g} apart."
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


@claim("6b")
def gradient_on_the_red_lines():
    S = data.load("landscape")
    t = np.linspace(0.1, 0.9, 9)[:, None]
    shares = np.hstack([t, 1 - t])
    lines = np.vstack([-1 * shares, 2 * shares])[..., None]

    def slopes(W):
        """The largest entry of the gradient of each network's first layer, the second layer 1."""
        dW, _ = fit_gradients(S.X, S.y, W, np.ones(W.shape[:-1]))
        return np.abs(dW).max(axis=(1, 2))

    on = slopes(lines)
    beside = slopes(1.01 * lines)
    return Finding(
        printed=on.max() < 1e-12,
        corrected=beside.min() > 1e-2,
        shown=(
            f"At {len(on)} points of the two lines the gradient is zero to rounding; one hundredth"
            f" beside them it is at least {beside.min():.2f}."
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


@claim("87")
def implicit_bias():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(4, 8))
    y = rng.normal(size=4)
    least = np.linalg.pinv(X) @ y

    def off(scale):
        """How far the linear network ends from the shortest vector that fits, relative to it."""
        return np.linalg.norm(linear_network(X, y, scale) - least) / np.linalg.norm(least)

    line = data.load("line")
    rng = np.random.default_rng(2)
    random = data.Dataset(rng.normal(size=(5, 3)), rng.normal(size=5), "none: random points")
    linear = [off(scale) for scale in (1e-4, 0.3)]
    relu = [decay_over_least(line, scale) for scale in (1e-6, 0.3)]
    elsewhere = decay_over_least(random, 1e-6)
    return Finding(
        printed=max(linear) < 1e-3 and max(relu) < 1.01 and elsewhere < 1.01,
        conditioned=linear[0] < 1e-3 and relu[0] < 1.001,
        corrected=min(linear[1], relu[1] - 1, elsewhere - 1) > 0.1,
        shown=(
            "A linear network of two layers, eight inputs, four points: from tiny weights it ends"
            f" {linear[0]:.2%} of its length beside the shortest vector that fits, from larger ones"
            f" {linear[1]:.0%}. ReLU, without decay, the squared norm of all weights over the least"
            f" that fits: the four points on a line {relu[0]:.3f} from tiny weights, {relu[1]:.1f}"
            f" from larger ones; five random points {elsewhere:.2f} from tiny ones."
        ),
    )


def linear_network(X, y, scale, steps=4000):
    """The vector W'a of a linear network of 20 neurons after descent from weights of that scale."""
    rng = np.random.default_rng(1)
    W = scale * rng.normal(size=(20, X.shape[1]))
    a = scale * rng.normal(size=20)
    for _ in range(steps):
        slope = 2 * X.T @ (X @ (W.T @ a) - y)
        by_W = np.outer(a, slope)
        a = a - 0.01 * W @ slope
        W = W - 0.01 * by_W
    return W.T @ a


def decay_over_least(S, scale):
    """||W||^2 + ||alpha||^2 at the end of descent from that scale, over the least that fits."""
    rng = np.random.default_rng(1)
    W = scale * rng.normal(size=(100, S.X.shape[1]))
    alpha = np.sign(rng.normal(size=100)) * np.linalg.norm(W, axis=1)
    settings = dict(step=0.01, steps=4000, record_every=4000)
    W, alpha = train.gradient_descent(S.X, S.y, W, alpha, **settings).final
    best = convex.solve(S.X, S.y, 1e-4)  # nearly no decay: it fits to 1e-4
    least = 2 * (np.linalg.norm(best.U, axis=1).sum() + np.linalg.norm(best.V, axis=1).sum())
    return ((W**2).sum() + (alpha**2).sum()) / least


@claim("88")
def other_convex_approaches():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(8, 2))
    y = rng.normal(size=8)
    lam = 0.05 * convex.lambda_max(X, y)
    best = convex.solve(X, y, lam)

    # The first neuron's problem: where is |y' (X u)_+| largest on the circle?
    around = np.abs(dual.dual_curve(X, y, dual.circle(np.arange(0, 360, 0.05))))
    hills = np.sum((around > np.roll(around, 1)) & (around > np.roll(around, -1)))
    highest = dual.peak(X, y)
    exact = 0 <= highest.height - around.max() < 1e-4 * highest.height

    neurons = []  # pattern and sign of each one that was added
    theta = y
    while (found := dual.peak(X, theta)).height > lam * (1 + 1e-4) and len(neurons) < 50:
        neurons.append((X @ found.direction > 0, found.sign))
        D, signs = zip(*neurons, strict=True)
        program = convex.solve(X, y, lam, D, signs=signs, tol=1e-9)
        theta = y - program.predict(X)
    return Finding(
        printed=not exact,
        conditioned=hills > 1,
        corrected=abs(program.objective / best.objective - 1) < 1e-4,
        shown=(
            f"Eight points in the plane. The problem of the first neuron has {hills} local"
            " maxima on"
            f" the circle; the highest is the largest of {len(best.patterns)} convex problems for"
            f" either sign. Neuron by neuron, all sizes fitted again each time: {len(neurons)}"
            " neurons, and the certified optimum is reached to 1e-4."
        ),
    )
