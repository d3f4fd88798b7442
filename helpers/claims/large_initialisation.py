"""Claims of section III, large initialisation scale."""

import numpy as np

from .. import convex, data, experiments, networks, patterns, train
from ..loss import fit_gradients, predict, relu
from ..sections.large_initialisation import carried_on, fitted, linearised
from .registry import Finding, claim

BETWEEN = data.with_bias(np.linspace(-0.7, 0.8, 301))  # the range of the four points on a line
PICTURE = data.with_bias(np.linspace(-1.3, 1.3, 261))  # the range that the picture shows


@claim("47")
def he_initialisation():
    m = 1000
    d = 2
    draws = 20
    rng = np.random.default_rng(0)

    def he(outputs, inputs):
        return rng.normal(scale=np.sqrt(2 / inputs), size=(draws, outputs, inputs)).var()

    def pytorch(outputs, inputs):
        bound = 1 / np.sqrt(inputs)  # as documented for torch.nn.Linear
        return rng.uniform(-bound, bound, size=(draws, outputs, inputs)).var()

    def near(variance, formula, weights):
        """To within five standard deviations of the estimate."""
        return abs(variance / formula - 1) < 5 * np.sqrt(2 / (weights * draws))

    first = he(m, d)
    second = he(1, m)
    default_first = pytorch(m, d)
    default_second = pytorch(1, m)
    he_as_said = near(first, 2 / d, m * d) and near(second, 2 / m, m)
    default_as_said = near(default_first, 1 / (3 * d), m * d) and near(
        default_second, 1 / (3 * m), m
    )
    return Finding(
        printed=abs(first * m - 1) < 0.1 or abs(default_first * m - 1) < 0.1,
        corrected=he_as_said and default_as_said,
        shown=(
            f"$m = {m}$, $d = {d}$, {draws} draws: He {first:.2f} and {second:.1e} (first,"
            f" second layer), PyTorch's default {default_first:.3f} and {default_second:.1e};"
            " each is its formula's value to within five standard deviations, $1/m$ is not the"
            " first layer's."
        ),
    )


@claim("48")
def pushing_the_scale():
    seeds = range(10)
    scales = (1, 3, 10)

    def changed(S, run):
        return run.changed_neurons(S.X).sum()

    plain = [sum(changed(*fitted(scale, seed=seed)) for seed in seeds) for scale in scales]
    pairs = []  # by scale, how many neurons change in each of the networks
    worst = 0.0
    for scale in scales:
        runs = [fitted(scale, mirrored=True, seed=seed) for seed in seeds]
        pairs.append([changed(S, run) for S, run in runs])
        worst = max(worst, *(run.fit[-1] for _, run in runs))
    frozen = [sum(count == 0 for count in counts) for counts in pairs]
    wide = [
        np.mean([changed(*fitted(1, m=m, seed=seed)) / m for seed in seeds[:4]])
        for m in (100, 1000, 10000)
    ]
    return Finding(
        printed=plain[-1] < plain[0] / 2,
        conditioned=frozen[-1] == len(seeds) > frozen[0] and worst < 1e-6,
        corrected=min(plain) > 6 * len(seeds) and wide[0] > wide[1] > wide[2],
        shown=(
            f"Ten networks of 1,000 neurons at scales {', '.join(map(str, scales))} (step in"
            f" inverse proportion to the scale's square): {', '.join(map(str, plain))} of 10,000"
            " neurons change pattern. In opposite pairs, trained to a loss below 1e-6:"
            f" {', '.join(str(sum(counts)) for counts in pairs)}, none at all in"
            f" {', '.join(map(str, frozen))} of the ten. From plain weights, by width 100, 1,000,"
            f" 10,000: {', '.join(f'{v:.1%}' for v in wide)}."
        ),
    )


@claim("51")
def what_the_patterns_determine():
    S, run = fitted(30, mirrored=True, steps=5000, seed=7)
    _, other = fitted(30, mirrored=True, steps=5000, seed=8)
    D, of_other = (np.unique(r.patterns(S.X).reshape(-1, 4), axis=0) for r in (run, other))
    unchanged = not (run.changed_neurons(S.X).any() or other.changed_neurons(S.X).any())
    fit = max(run.fit[-1], other.fit[-1])
    apart = networks.largest_gap(run.final, other.final, PICTURE)

    decayed = carried_on()
    early = decayed.changed[decayed.at(971)]
    late = decayed.changed[-1]
    return Finding(
        printed=apart < 1e-3,
        conditioned=decayed.loss[-1] < 1.001 * decayed.optimum,
        corrected=unchanged
        and np.array_equal(D, of_other)
        and fit < 1e-9
        and apart > 0.01
        and late > 10 * early,
        shown=(
            f"Two seeds without decay, the same {len(D)} patterns at every step and so the same"
            f" program, both losses below 1e-9: outputs up to {apart:.2f} apart on $[-1.3, 1.3]$."
            f" The animation, carried on with its decay to step {decayed.step[-1]:,}, ends within"
            f" 0.1% of the convex optimum; by step 971 {early} of its 1000 neurons have changed"
            f" pattern, at the end {late}."
        ),
    )


@claim("49")
def too_slow():
    run = experiments.run("large scale", lam=0.0, steps=10000, record_every=100)[1]
    below = run.step[experiments.reached(run, 1e-20)]
    decayed = carried_on()
    return Finding(
        printed=run.fit[-1] > 1e-12,
        corrected=run.fit[-1] < 1e-24 and decayed.loss[-1] < 1.001 * decayed.optimum,
        shown=(
            f"The animation's network without decay: loss below 1e-20 by step {below:,}, below"
            f" 1e-24 at step 10,000. With its decay the recorded run ends at step"
            f" {decayed.step[-1]:,} with {decayed.loss[-1]:.6f}; the convex optimum is"
            f" {decayed.optimum:.6f}."
        ),
    )


@claim("50")
def uniform_activation_points():
    W, _ = train.uniform_network(400_000, 2, 1.0, np.random.default_rng(0))
    a = patterns.activation_points(W)
    inside = np.histogram(a, np.linspace(-1, 1, 21))[0] / len(a)
    even = np.abs(inside - 0.025).max() < 5 * np.sqrt(0.025 / len(a))

    distances = np.array([1, 2, 3])
    outer = [np.mean((np.abs(a) > low) & (np.abs(a) < low + 1)) for low in distances]
    # twice the integral of 1 / (4 a^2)
    expected = 0.5 * (1 / distances - 1 / (distances + 1))
    sigma = np.sqrt(0.25 / len(a))
    half_inside = abs(inside.sum() - 0.5) < 5 * sigma
    return Finding(
        printed=abs(outer[0] - 0.5) < 0.01,
        conditioned=bool(even),
        corrected=half_inside and np.allclose(outer, expected, atol=5 * sigma),
        shown=(
            f"400,000 neurons: {100 * inside.sum():.0f}% within $[-1, 1]$, evenly over 20 bins"
            " up to five standard deviations; at distance 1 to 2, 2 to 3, 3 to 4:"
            f" {', '.join(f'{100 * v:.1f}%' for v in outer)}, as $1/(4a^2)$ gives."
        ),
    )


@claim("50b")
def only_a_few_change():
    S, run = experiments.run("large scale")
    changed = run.changed_neurons(S.X)
    return Finding(
        printed=changed.mean() < 0.05,
        corrected=changed.sum() == 14,
        shown=f"{changed.sum()} of {len(changed)} by step {run.step[-1]}.",
    )


@claim("51b")
def single_neuron():
    S, run = experiments.run("large scale")
    best = convex.solve(S.X, S.y, 1e-6)
    used = best.U[np.linalg.norm(best.U, axis=1) > 1e-3]
    single = len(used) == 1 and np.linalg.norm(best.V, axis=1).max() < 1e-3
    near = np.abs(predict(BETWEEN, *run.final) - best.predict(BETWEEN)).max()
    far = np.abs(predict(PICTURE, *run.final) - best.predict(PICTURE)).max()
    return Finding(
        printed=single and near > 0.2,
        corrected=np.abs(used[0] - [0.6, 0.7]).max() < 1e-4,
        shown=(
            f"{len(used)} neuron, $u = ({used[0, 0]:.3f}, {used[0, 1]:.3f})$. The animation's"
            f" network (with decay, step {run.step[-1]}) is up to {near:.2f} away between the"
            f" data and {far:.1f} on the range of the picture."
        ),
    )


@claim("69")
def large_variations():
    labels = 0.6 * BETWEEN[:, 0] + 0.7  # of the line on which the four points lie

    def swing(scale, mirrored, seed):
        """How far a fitted network's output goes up and down between the data."""
        run = fitted(scale, mirrored=mirrored, seed=seed, steps=5000)[1]
        return np.abs(np.diff(predict(BETWEEN, *run.final))).sum()

    scales = (1, 3, 10)
    seeds = (6, 7, 8)
    drawn = [np.mean([swing(scale, False, seed) for seed in seeds]) for scale in scales]
    pairs = [max(swing(scale, True, seed) for seed in seeds) for scale in scales]
    line = np.abs(np.diff(labels)).sum()
    return Finding(
        printed=min(pairs) > 1.2 * line,
        conditioned=all(np.diff(drawn) > 0) and drawn[0] > 1.2 * line,
        corrected=max(pairs) < 1.01 * line,
        shown=(
            f"Three seeds fitted to below 1e-9 at scales {', '.join(map(str, scales))}: between"
            f" $-0.7$ and 0.8 the output goes up and down by"
            f" {', '.join(f'{v:.1f}' for v in drawn)} in all (mean), from opposite pairs by"
            f" {', '.join(f'{v:.3f}' for v in pairs)} at most; the line itself by {line:.3f}."
        ),
    )


@claim("84")
def linear_approximation():
    scales = (1, 3, 10, 30)

    def apart(scale, mirrored, seed):
        """The largest gap to the linearised network between the data, over the output's range."""
        S, run = fitted(scale, mirrored=mirrored, seed=seed, steps=3000)
        output = predict(BETWEEN, *run.final)
        approximation = linearised(S, (run.W[0], run.alpha[0]), BETWEEN)
        return np.abs(output - approximation).max() / np.ptp(output)

    seeds = (6, 7)
    drawn = [np.mean([apart(scale, False, seed) for seed in seeds]) for scale in scales]
    pairs = [max(apart(scale, True, seed) for seed in seeds) for scale in scales]
    return Finding(
        printed=drawn[-1] < drawn[0] / 3,
        conditioned=all(np.diff(pairs) < 0) and pairs[-1] < 1e-3,
        corrected=min(drawn) > 0.03,
        shown=(
            f"Two seeds fitted without decay at scales {', '.join(map(str, scales))}: between the"
            " data the trained network and the linearised one are apart by"
            f" {', '.join(f'{100 * v:.0f}%' for v in drawn)} of the output's range (mean), from"
            f" opposite pairs by {', '.join(f'{100 * v:.2g}%' for v in pairs)} at most."
        ),
    )


@claim("85")
def first_layer_step():
    def ends(seed, m, ratio):
        """What descent leaves of the loss, and what the second layer alone can leave at best.

        Ten points in space, tiny weights. ratio: of the first layer's step to the second's;
        None: both steps are 0.01. The second layer's step is the largest that is stable.
        """
        rng = np.random.default_rng(seed)
        X = rng.normal(size=(10, 3))
        y = rng.normal(size=10)
        W = 1e-3 * rng.normal(size=(m, 3))
        alpha = np.sign(rng.normal(size=m)) * np.linalg.norm(W, axis=1)
        H = relu(X @ W.T)
        second = 0.01 if ratio is None else 0.5 / np.linalg.norm(H, 2) ** 2
        first = 0.01 if ratio is None else ratio * second
        for _ in range(6000):
            (dW,), (dalpha,) = fit_gradients(X, y, W[None], alpha[None])
            W = W - first * dW
            alpha = alpha - second * dalpha
        least = H @ np.linalg.lstsq(H, y, rcond=None)[0] - y
        return np.sum((predict(X, W, alpha) - y) ** 2) / (y @ y), least @ least / (y @ y)

    seeds = (0, 4)
    equal = [ends(seed, 60, None)[0] for seed in seeds]
    smaller = [ends(seed, 60, 1e-9)[0] for seed in seeds]
    narrow = [ends(seed, 6, 0) for seed in seeds]
    return Finding(
        printed=max(left for left, _ in narrow) < 1e-3,
        conditioned=max(smaller) < 1e-3 and min(equal) > 0.01,
        corrected=all(left > 0.99 * least > 0.01 for left, least in narrow),
        shown=(
            "Two sets of ten random points in space, tiny weights, 6000 steps. 60 neurons: with one"
            f" step for both layers {' and '.join(f'{100 * v:.1f}%' for v in equal)} of the loss is"
            " left, with a first-layer step a billionth of the second's less than 0.1%. Six"
            " neurons,"
            f" the first layer still: {' and '.join(f'{100 * v:.0f}%' for v, _ in narrow)}"
            " left, where"
            " their first patterns' outputs leave"
            f" {' and '.join(f'{100 * v:.0f}%' for _, v in narrow)} at best."
        ),
    )
