"""Claims of section II, activation patterns."""

import numpy as np

from .. import data, experiments, patterns
from ..loss import predict
from .registry import Finding, claim


@claim("65")
def exponential_in_the_dimension():
    n, rng = 8, np.random.default_rng(0)
    counts = [len(patterns.enumerate_patterns(rng.normal(size=(n, d)))) for d in range(1, 11)]
    growing = all(a < b for a, b in zip(counts[: n - 1], counts[1:n]))
    factor = min(
        patterns.cover_count(10**6, d + 1) / patterns.cover_count(10**6, d) for d in range(1, 40)
    )
    return Finding(
        printed=counts[9] > counts[7],
        conditioned=growing and factor > 2,
        corrected=counts[7] == counts[9] == 2**n,
        shown=(
            f"Eight random points in 1 to 10 dimensions: {', '.join(map(str, counts))}."
            " With a million points every dimension up to 40 multiplies the count by"
            " more than 2."
        ),
    )


@claim("32")
def start_of_the_neuron():
    S, run = experiments.run("one neuron", steps=0)

    def as_told(w):
        outputs = np.maximum(S.X @ w, 0)
        return (
            outputs[0] == 0 < outputs[1]
            and abs(patterns.activation_points(w[None])[0] - 0.5) < 1e-12
        )

    printed, used = np.array([0.3, 0.15]), run.W[0, 0]
    text = "; ".join(
        f"$w = ({w[0]:g}, {w[1]:g})$: outputs {predict(S.X[:1], w[None], [1.0])[0]:.2f}"
        f" and {predict(S.X[1:], w[None], [1.0])[0]:.2f}, activation point"
        f" {patterns.activation_points(w[None])[0]:g}"
        for w in (printed, used)
    )
    return Finding(
        printed=as_told(printed),
        corrected=as_told(used) and abs(run.fit[0] - 0.4862) < 5e-5,
        shown=(f"{text}, and the loss {run.fit[0]:.4f} that the animation's first frame prints."),
    )


@claim("32b")
def three_other_patterns():
    D = {
        tuple(row)
        for row in (patterns.enumerate_patterns(data.load("two-points").X).astype(int).tolist())
    }
    return Finding(
        printed=D == {(0, 1), (1, 1), (1, 0), (0, 0)},
        shown=f"Enumerated: {sorted(D, reverse=True)}.",
    )


@claim("33b")
def one_step_a_frame():
    frames, last = (
        229,
        1595,
    )  # of the picture: how many it has, and the step its last one prints
    per = {k: len(experiments.run("one neuron", record_every=k)[1]) for k in (1, 7)}
    return Finding(
        printed=per[1] == frames,
        corrected=per[7] == frames and experiments.run("one neuron")[1].step[-1] == last,
        shown=(
            f"The picture has {frames} frames up to step {last}; a run of {last} steps"
            f" has {per[1]} if each is a frame, {per[7]} with every seventh."
        ),
    )


@claim("33")
def height_of_the_triangle():
    run = experiments.run("one neuron")[1]
    slope, read = (
        run.W[:, 0, 0] * run.alpha[:, 0],
        np.array([0.2, 0.4]),
    )  # least and largest height measured on the picture
    steepest = np.array([slope.min(), slope.max()])
    return Finding(
        printed=np.abs(steepest - read).max() < 0.02,
        corrected=0 < slope.argmax() < len(slope) - 1,
        shown=(
            f"The slope goes from {slope[0]:.3f} up to {steepest[1]:.3f} and ends at"
            f" {slope[-1]:.3f}; the heights measured on the picture lie between"
            f" {read[0]} and {read[1]}."
        ),
    )


@claim("62")
def first_one_then_both():
    S, run = experiments.run("one neuron", record_every=1)
    D = run.patterns(S.X)[:, 0]
    switch = int(np.argmax(D[:, 0]))
    steady = switch > 0 and D[:, 1].all() and not D[:switch, 0].any() and D[switch:, 0].all()
    second = np.abs(run.W[: switch + 1, 0] @ S.X[1] * run.alpha[: switch + 1, 0] - S.y[1])
    return Finding(
        printed=bool(steady and second[-1] < second[0] and run.fit[-1] < 5e-5),
        shown=(
            f"$x_1$ becomes active at step {switch} and stays so for the other"
            f" {len(D) - 1 - switch}; the error at $x_2$ has fallen from"
            f" {second[0]:.2f} to {second[-1]:.2f} by then; loss at the end"
            f" {run.fit[-1]:.4f}."
        ),
    )


@claim("63")
def more_patterns_only_from_more_data():
    x = np.array([-1.5, -0.5, 0.5, 1.5])
    line, twice = data.with_bias(x), data.with_bias([*x, 0.5])
    wider, more = data.with_bias(np.column_stack([x, x**2])), data.with_bias([*x, 0.9])
    four, same, feature, five = (
        len(patterns.enumerate_patterns(X)) for X in (line, twice, wider, more)
    )
    return Finding(
        printed=feature == four,
        conditioned=five > four,
        corrected=same == four < feature,
        shown=(
            f"Four points: {four} patterns; a fifth point: {five}; a point repeated:"
            f" {same}; the feature $x^2$ added: {feature}."
        ),
    )


@claim("34")
def ten_patterns():
    X = data.load("four-positions").X
    D = patterns.enumerate_patterns(X)
    drawn = np.array(
        [[s, -s * kink] for kink in (-2, -1, 0, 1, 2) for s in (1.0, -1.0)]
    )  # the ten half-lines
    distinct = len(np.unique(patterns.activation_patterns(X, drawn), axis=0))
    general = all(
        patterns.count_patterns(data.with_bias(np.arange(n))) == 2 * n for n in range(2, 20)
    )
    useful = int(D.any(axis=1).sum())
    return Finding(
        printed=len(D) == 10,
        corrected=len(D) == distinct == 8 and useful == 7 and general,
        shown=(
            f"{len(D)} patterns, {useful} useful; the {len(drawn)} half-lines drawn"
            f" have {distinct} different patterns. For 2 to 19 points on a line there"
            " are always $2n$."
        ),
    )


@claim("64")
def moving_the_activation_point():
    X = data.load("four-positions").X
    gaps = [
        np.linspace(a, b, 103)[1:-1]
        for a, b in ((-3, -1.5), (-1.5, -0.5), (-0.5, 0.5), (0.5, 1.5), (1.5, 3))
    ]
    kinds = [
        len(
            np.unique(
                patterns.activation_patterns(X, np.column_stack([np.full(101, s), -s * gap])),
                axis=0,
            )
        )
        for gap in gaps
        for s in (1.0, -1.0)
    ]
    return Finding(
        printed=set(kinds) == {1},
        shown=(
            f"One pattern in each of the {len(gaps)} gaps and for either side (101 positions each)."
        ),
    )


@claim("35")
def only_the_middle():
    x, middle = np.array([-1.5, -0.5, 0.5, 1.5]), [0, 1, 1, 0]
    line, parabola = (
        patterns.enumerate_patterns(X).astype(int).tolist()
        for X in (data.with_bias(x), data.with_bias(np.column_stack([x, x**2])))
    )
    first = np.maximum(np.column_stack([x, -x]), 0)
    second = np.maximum(1 - first.sum(axis=1), 0)  # relu(1 - relu(x) - relu(-x))
    return Finding(
        printed=middle not in line
        and middle in parabola
        and (second > 0).astype(int).tolist() == middle,
        shown=(
            f"Not among the {len(line)} patterns on the line, among the {len(parabola)}"
            " with the feature $x^2$; two layers, $(1 - (x)_+ - (-x)_+)_+$, give"
            f" {second.tolist()}."
        ),
    )


def normalised_outputs(X, W):
    """Hidden outputs of batch normalisation before the ReLU, (n, m): X W' centred and scaled to norm 1."""
    Z = X @ W.T
    Z = Z - Z.mean(axis=0)
    return np.maximum(Z / np.linalg.norm(Z, axis=0), 0)


@claim("36")
def batch_normalisation():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(12, 3))
    W = rng.normal(size=(40, 3))
    target = normalised_outputs(X, W)
    centred = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)[0]
    shifted = np.column_stack([centred, np.full(12, 1 / np.sqrt(12))])

    def misses(h, D, basis):  # of the span of D basis from the output h
        A = D[:, None] * basis
        return np.linalg.norm(h - A @ np.linalg.lstsq(A, h, rcond=None)[0])

    ours = max(misses(h, h > 0, shifted) for h in target.T)
    printed = [
        misses(h, h > 0, np.linalg.svd((h > 0)[:, None] * X, full_matrices=False)[0])
        for h in target.T
    ]
    return Finding(
        printed=max(printed) < 1e-9,
        corrected=ours < 1e-9,
        shown=(
            "40 normalised neurons on 12 points: the columns of $D_i U'$ reproduce"
            " each to rounding; those of the decomposition of $D_i X$ miss by up to"
            f" {max(printed):.2f} (the outputs have norm 1 before the ReLU)."
        ),
    )
