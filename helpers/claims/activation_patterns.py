"""Claims of section II, activation patterns."""

from itertools import pairwise

import numpy as np

from .. import data, experiments, patterns
from ..drawing.words import vectors
from ..loss import predict, relu
from .registry import Finding, claim


@claim("65")
def exponential_in_the_dimension():
    n = 8
    rng = np.random.default_rng(0)
    counts = [len(patterns.enumerate_patterns(rng.normal(size=(n, d)))) for d in range(1, 11)]

    def factors(n, ranks):
        """By how much each dimension more multiplies the number of patterns of n points."""
        count = [patterns.cover_count(n, d) for d in range(1, ranks + 1)]
        return [more / fewer for fewer, more in pairwise(count)]

    sizes = [*range(3, 41), 100, 200, 300]
    third = min(min(factors(n, n // 3 + 1)) for n in sizes)
    last = factors(n, n)[-1]
    thousand = sum(factor >= 2 for factor in factors(1000, 350))
    return Finding(
        printed=counts[9] > counts[7],
        conditioned=third >= 2,
        corrected=counts[7] == counts[9] == 2**n and last < 1.02 and 333 <= thousand <= 336,
        shown=(
            f"Eight random points in 1 to 10 dimensions: {', '.join(map(str, counts))}. By"
            f" Cover's count a dimension more, up to $n/3 + 1$, multiplies it by {third:.2f} or"
            f" more, for all $n$ from 3 to 40 and for 100, 200 and 300; with 1000 points the first"
            f" {thousand} do; from seven dimensions to eight, eight points gain {last:.2f}-fold."
        ),
    )


@claim("32")
def start_of_the_neuron():
    S, run = experiments.run("one neuron", steps=0)
    printed = np.array([[0.3, 0.15]])
    used = run.W[0]

    def as_told(w):
        first, second = predict(S.X, w, [1.0])
        point = patterns.activation_points(w)[0]
        return first == 0 < second and abs(point - 0.5) < 1e-12

    def described(w):
        first, second = predict(S.X, w, [1.0])
        point = patterns.activation_points(w)[0]
        return (
            f"$w = ({w[0, 0]:g}, {w[0, 1]:g})$: outputs {first:.2f} and {second:.2f},"
            f" activation point {point:g}"
        )

    return Finding(
        printed=as_told(printed),
        corrected=as_told(used) and abs(run.fit[0] - 0.4862) < 5e-5,
        shown=(
            f"{described(printed)}; {described(used)}, and the loss {run.fit[0]:.4f} that the"
            " animation's first frame prints."
        ),
    )


@claim("32b")
def three_other_patterns():
    D = patterns.enumerate_patterns(data.load("two-points").X).astype(int)
    different = {tuple(row) for row in D.tolist()}
    return Finding(
        printed=different == {(0, 1), (1, 1), (1, 0), (0, 0)},
        shown=f"Enumerated: {vectors(sorted(different, reverse=True))}.",
    )


@claim("33b")
def one_step_a_frame():
    frames = 229  # of the picture
    last = 1595  # the step that its last frame prints

    def recorded(every):
        return len(experiments.run("one neuron", record_every=every)[1])

    end = experiments.run("one neuron")[1].step[-1]
    return Finding(
        printed=recorded(1) == frames,
        corrected=recorded(7) == frames and end == last,
        shown=(
            f"The picture has {frames} frames up to step {last}; a run of {last} steps has"
            f" {recorded(1)} if each is a frame, {recorded(7)} with every seventh."
        ),
    )


# Heights of the triangle in frames of the picture, by step; one pixel is 0.0028.
HEIGHTS = {0: 0.201, 168: 0.303, 336: 0.387, 504: 0.387, 672: 0.342, 840: 0.308, 1008: 0.283}
HEIGHTS |= {1176: 0.269, 1344: 0.258, 1512: 0.255}
PIXEL = 0.0028


@claim("33")
def height_of_the_triangle():
    run = experiments.run("one neuron")[1]
    slope = run.W[:, 0, 0] * run.alpha[:, 0]
    shown = slope[[run.at(step) for step in HEIGHTS]]
    read = np.array(list(HEIGHTS.values()))
    share = (shown - slope.min()) / (slope.max() - slope.min())
    off = np.abs(shown - read).max()
    fitted = np.abs(0.2 + 0.2 * share - read).max()
    return Finding(
        printed=off < 2 * PIXEL,
        corrected=fitted < PIXEL,
        shown=(
            f"The heights measured in {len(read)} frames lie between {read.min():.2f} and"
            f" {read.max():.2f}, the slopes between {shown.min():.2f} and {shown.max():.2f}, up to"
            f" {off:.2f} apart. The slope brought linearly from its range in the run,"
            f" {slope.min():.3f} to {slope.max():.3f}, to 0.2 to 0.4 is the height to within a"
            " pixel."
        ),
    )


@claim("62")
def first_one_then_both():
    S, run = experiments.run("one neuron", record_every=1)
    first, second = run.patterns(S.X)[:, 0].T  # is the point active, at every step?
    switch = int(np.argmax(first))
    steady = switch > 0 and second.all() and not first[:switch].any() and first[switch:].all()

    output = run.W[: switch + 1, 0] @ S.X[1] * run.alpha[: switch + 1, 0]
    error = np.abs(output - S.y[1])
    return Finding(
        printed=bool(steady and error[-1] < error[0] and run.fit[-1] < 5e-5),
        shown=(
            f"$x_1$ becomes active at step {switch} and stays so for the other"
            f" {len(first) - 1 - switch}; the error at $x_2$ has fallen from {error[0]:.2f} to"
            f" {error[-1]:.2f} by then; loss at the end {run.fit[-1]:.4f}."
        ),
    )


@claim("63")
def more_patterns_only_from_more_data():
    x = np.array([-1.5, -0.5, 0.5, 1.5])

    def count(x):
        return len(patterns.enumerate_patterns(data.with_bias(x)))

    four = count(x)
    five = count([*x, 0.9])
    repeated = count([*x, 0.5])
    wider = count(np.column_stack([x, x**2]))
    return Finding(
        printed=wider == four,
        conditioned=five > four,
        corrected=repeated == four < wider,
        shown=(
            f"Four points: {four} patterns; a fifth point: {five}; a point repeated:"
            f" {repeated}; the feature $x^2$ added: {wider}."
        ),
    )


@claim("34")
def ten_patterns():
    X = data.load("four-positions").X
    D = patterns.enumerate_patterns(X)
    useful = int(D.any(axis=1).sum())
    kinks = (-2, -1, 0, 1, 2)
    half_lines = np.array([[s, -s * kink] for kink in kinks for s in (1.0, -1.0)])
    drawn = len(np.unique(patterns.activation_patterns(X, half_lines), axis=0))
    on_a_line = all(
        patterns.count_patterns(data.with_bias(np.arange(n))) == 2 * n for n in range(2, 20)
    )
    return Finding(
        printed=len(D) == 10,
        corrected=len(D) == drawn == 8 and useful == 7 and on_a_line,
        shown=(
            f"{len(D)} patterns, {useful} useful; the {len(half_lines)} half-lines drawn have"
            f" {drawn} different patterns. For 2 to 19 points on a line there are always $2n$."
        ),
    )


@claim("64")
def moving_the_activation_point():
    X = data.load("four-positions").X
    ends = [-3, -1.5, -0.5, 0.5, 1.5, 3]
    gaps = [np.linspace(a, b, 103)[1:-1] for a, b in pairwise(ends)]

    def different(gap, s):
        """Number of patterns among the neurons of slope s with activation points in the gap."""
        W = np.column_stack([np.full(len(gap), s), -s * gap])
        return len(np.unique(patterns.activation_patterns(X, W), axis=0))

    return Finding(
        printed=all(different(gap, s) == 1 for gap in gaps for s in (1.0, -1.0)),
        shown=(
            f"One pattern in each of the {len(gaps)} gaps and for either side"
            f" ({len(gaps[0])} positions each)."
        ),
    )


@claim("35")
def only_the_middle():
    x = np.array([-1.5, -0.5, 0.5, 1.5])
    middle = [0, 1, 1, 0]

    def listed(x):
        return patterns.enumerate_patterns(data.with_bias(x)).astype(int).tolist()

    line = listed(x)
    parabola = listed(np.column_stack([x, x**2]))
    second_layer = relu(1 - relu(x) - relu(-x))
    active = (second_layer > 0).astype(int).tolist()
    return Finding(
        printed=middle not in line and middle in parabola and active == middle,
        shown=(
            f"Not among the {len(line)} patterns on the line, among the {len(parabola)} with"
            f" the feature $x^2$; two layers, $(1 - (x)_+ - (-x)_+)_+$, give"
            f" {vectors([second_layer])}."
        ),
    )


@claim("36")
def batch_normalisation():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(12, 3))
    W = rng.normal(size=(40, 3))

    def coefficients(h, A):
        return np.linalg.lstsq(A, h, rcond=None)[0]

    def miss(h, A):
        """How far an output is from the span of A's columns."""
        return np.linalg.norm(h - A @ coefficients(h, A))

    def left_singular(A):
        return np.linalg.svd(A, full_matrices=False)[0]

    after = []  # cut, then scaled to norm 1
    before = []  # centred and scaled to norm 1, then cut
    ours = []
    U = np.column_stack([left_singular(X - X.mean(axis=0)), np.full(12, 1 / np.sqrt(12))])
    for z in W @ X.T:
        h = relu(z) / np.linalg.norm(relu(z))
        A = left_singular((z > 0)[:, None] * X)
        after += [miss(h, A), abs(np.linalg.norm(coefficients(h, A)) - 1)]
        z = z - z.mean()
        h = relu(z / np.linalg.norm(z))
        D = (h > 0)[:, None]
        before.append(miss(h, left_singular(D * X)))
        ours.append(miss(h, D * U))
    return Finding(
        printed=max(before) < 1e-9,
        conditioned=max(after) < 1e-9,
        corrected=max(ours) < 1e-9,
        shown=(
            "40 normalised neurons on 12 points. Cut, then scaled: each is a combination of the"
            " columns of $U_i$ with coefficients of norm 1, to rounding. Scaled, then cut: the"
            f" columns of $D_i U'$ reproduce each to rounding, those of $U_i$ miss by up to"
            f" {max(before):.2f} (the outputs have norm 1 before the ReLU)."
        ),
    )
