"""Claims of section III, large initialisation scale."""

import numpy as np

from .. import convex, data, experiments, patterns, train
from ..loss import predict
from .registry import Finding, claim

BETWEEN = data.with_bias(np.linspace(-0.7, 0.8, 301))  # the range of the four points on a line
LABELS = 0.6 * BETWEEN[:, 0] + 0.7


def _switched(S, run):
    """How many neurons have another pattern at the end of a run than at its start."""
    D = run.patterns(S.X)
    return int(np.any(D[0] != D[-1], axis=1).sum())


def _scaled(scale, m=1000, opposite=False, steps=971, seed=7):
    """The four points fitted from weights uniform on +-scale, step 1 / (m scale^2): (Dataset, Trajectory).

    `opposite`: neurons in pairs of opposite second layers, so that the network starts at output 0.
    """
    S = data.load("line")
    W, alpha = train.uniform_network(m, 2, scale, np.random.default_rng(seed))
    if opposite:
        W, alpha = np.tile(W[: m // 2], (2, 1)), np.concatenate([alpha[: m // 2], -alpha[: m // 2]])
    return S, train.gradient_descent(
        S.X,
        S.y,
        W,
        alpha,
        step=1 / (m * scale**2),
        steps=steps,
        reduction="mean",
        record_every=steps,
    )


@claim("47")
def he_initialisation():
    import torch  # slow to import, and needed here only

    m, d, runs = 1000, 2, 20
    torch.manual_seed(0)

    def variance(outputs, inputs, he):
        draws = []
        for _ in range(runs):
            weight = torch.nn.Linear(inputs, outputs, bias=False).weight
            draws.append(
                float((torch.nn.init.kaiming_normal_(weight) if he else weight).detach().var())
            )
        return np.mean(draws)

    first, second, default_first, default_second = (
        variance(*shape, he) for he in (True, False) for shape in ((m, d), (1, m))
    )
    near = [
        abs(v / e - 1) < 5 * np.sqrt(2 / (size * runs))
        for v, e, size in (  # five standard deviations of the estimate
            (first, 2 / d, m * d),
            (second, 2 / m, m),
            (default_first, 1 / (3 * d), m * d),
            (default_second, 1 / (3 * m), m),
        )
    ]
    return Finding(
        printed=abs(first * m - 1) < 0.1 or abs(default_first * m - 1) < 0.1,
        corrected=all(near),
        shown=(
            f"$m = 1000$, $d = 2$, 20 draws: He {first:.2f} and {second:.1e} (first, second"
            f" layer), PyTorch's default {default_first:.3f} and {default_second:.1e}; each"
            " is its formula's value to within five standard deviations, $1/m$ is not the"
            " first layer's."
        ),
    )


@claim("48")
def pushing_the_scale():
    scales = (1, 3, 10, 30)
    plain = [sum(_switched(*_scaled(scale, seed=seed)) for seed in range(6, 9)) for scale in scales]
    pairs = [
        [_scaled(scale, opposite=True, steps=5000, seed=seed) for seed in range(6, 9)]
        for scale in scales
    ]
    changed, worst = (
        [sum(_switched(*p) for p in row) for row in pairs],
        max(p[1].fit[-1] for row in pairs for p in row),
    )
    wide = [
        sum(_switched(*_scaled(1, m, seed=seed)) for seed in range(6, 9)) / (3 * m)
        for m in (100, 1000, 10000)
    ]
    return Finding(
        printed=plain[-1] < plain[0] / 2,
        conditioned=changed[0] > changed[-1] == 0 and worst < 1e-12,
        corrected=min(plain) > 20 and wide[0] > wide[1] > wide[2],
        shown=(
            f"Three networks of 1000 neurons at scales {', '.join(map(str, scales))} (step in"
            f" inverse proportion to the scale's square): {', '.join(map(str, plain))} of"
            " 3000 neurons change pattern; in opposite pairs, trained to a loss below 1e-12:"
            f" {', '.join(map(str, changed))}. From plain weights, by width 100, 1000, 10000:"
            f" {', '.join(f'{v:.1%}' for v in wide)} (the same three seeds; the means of ten are"
            " in [Large initialisation](09_large_initialisation))."
        ),
    )


@claim("51")
def what_the_patterns_determine():
    (S, run), (_, other) = (_scaled(30, opposite=True, steps=5000, seed=seed) for seed in (7, 8))
    D = [np.unique(r.patterns(S.X).reshape(-1, 4), axis=0) for r in (run, other)]  # of all the run
    wide = data.with_bias(np.linspace(-1.3, 1.3, 261))
    one, two = (predict(wide, *r.final) for r in (run, other))
    apart, kept = (
        np.abs(one - two).max(),
        _switched(S, run) == _switched(S, other) == 0 and np.array_equal(*D),
    )
    first, second = (
        convex.solve(S.X, S.y, 1e-3, rows).predict(BETWEEN) for rows in (D[0], D[0][::-1])
    )
    return Finding(
        printed=apart < 1e-3,
        conditioned=np.abs(first - second).max() < 1e-3,
        shown=(
            f"Two seeds, the same {len(D[0])} patterns at every step and so the same program,"
            f" both losses below 1e-9: outputs up to {apart:.2f} apart on $[-1.3, 1.3]$. With"
            " decay 0.001 the program has one output, to 0.001, in whatever order it is"
            " given the patterns."
        ),
        corrected=bool(kept and max(run.fit[-1], other.fit[-1]) < 1e-9 and apart > 0.01),
    )


@claim("49")
def too_slow():
    run = experiments.run("large scale", lam=0.0, steps=10000, record_every=100)[1]
    below = int(run.step[np.argmax(run.fit < 1e-20)])
    return Finding(
        printed=run.fit[-1] > 1e-12,
        corrected=run.fit[-1] < 1e-24,
        shown=(
            f"The animation's network without decay: loss below 1e-20 by step {below}, below"
            " 1e-24 at step 10000."
        ),
    )


@claim("50")
def uniform_activation_points():
    W, _ = train.uniform_network(400_000, 2, 1.0, np.random.default_rng(0))
    a = patterns.activation_points(W)
    inside = np.histogram(a, np.linspace(-1, 1, 21))[0] / len(a)
    outer = [np.mean((np.abs(a) > low) & (np.abs(a) < low + 1)) for low in (1, 2, 3)]
    expected = [0.5 * (1 / low - 1 / (low + 1)) for low in (1, 2, 3)]
    sigma = np.sqrt(0.25 / len(a))
    even, tail = (
        np.abs(inside - 0.025).max() < 5 * np.sqrt(0.025 / len(a)),
        np.allclose(outer, expected, atol=5 * sigma),
    )
    return Finding(
        printed=abs(outer[0] - 0.5) < 0.01,
        conditioned=bool(even),
        corrected=tail and abs(inside.sum() - 0.5) < 5 * sigma,
        shown=(
            f"400,000 neurons: {100 * inside.sum():.0f}% within $[-1, 1]$, evenly over 20"
            " bins up to five standard deviations; at distance 1 to 2, 2 to 3, 3 to 4:"
            f" {', '.join(f'{100 * v:.1f}%' for v in outer)}, as $1/(4a^2)$ gives."
        ),
    )


@claim("50b")
def only_a_few_change():
    S, run = experiments.run("large scale")
    return Finding(
        printed=_switched(S, run) < 0.05 * 1000,
        corrected=_switched(S, run) == 14,
        shown=f"{_switched(S, run)} of {len(run.alpha[0])} by step {run.step[-1]}.",
    )


@claim("51b")
def single_neuron():
    S, run = experiments.run("large scale")
    best = convex.solve(S.X, S.y, 1e-6)
    used = np.linalg.norm(best.U, axis=1) > 1e-3
    other = np.linalg.norm(best.V, axis=1).max() < 1e-3
    wide = data.with_bias(np.linspace(-1.3, 1.3, 261))
    near, far = (np.abs(predict(x, *run.final) - best.predict(x)).max() for x in (BETWEEN, wide))
    return Finding(
        printed=used.sum() == 1 and other and near > 0.2,
        corrected=np.abs(best.U[used][0] - [0.6, 0.7]).max() < 1e-4,
        shown=(
            f"{used.sum()} neuron, $u = ({best.U[used][0, 0]:.3f},"
            f" {best.U[used][0, 1]:.3f})$. The animation's network (with decay, step"
            f" {run.step[-1]}) is up to {near:.2f} away between the data and {far:.1f} on the"
            " range of the picture."
        ),
    )


@claim("69")
def large_variations():
    def ends(name, seed, **settings):
        S = data.load("line")
        scale, step, steps = (1.0, 1e-3, 971) if name == "large" else (1e-9, 0.1, 265)
        net = train.uniform_network(1000, 2, scale, np.random.default_rng(seed))
        f = predict(
            BETWEEN,
            *train.gradient_descent(
                S.X,
                S.y,
                *net,
                step=step,
                steps=steps,
                lam=0.005,
                reduction="mean",
                record_every=steps,
            ).final,
        )
        return np.abs(np.diff(f)).sum(), np.mean((f - LABELS) ** 2)

    large, small = (
        np.array([ends(name, seed) for seed in range(12)]) for name in ("large", "small")
    )
    error = large[:, 1].std(ddof=1) / np.sqrt(12)
    return Finding(
        printed=bool(
            (large[:, 0] > 1.2 * small[:, 0]).all()
            and large[:, 1].mean() - 3 * error > 10 * small[:, 1].max()
        ),
        shown=(
            "12 seeds, output between $-0.7$ and 0.8: it goes up and down by"
            f" {large[:, 0].mean():.1f} in all (a line: 0.9; very small initialisation:"
            f" {small[:, 0].mean():.1f}). Mean squared error there {large[:, 1].mean():.3f} ±"
            f" {error:.3f}, against {small[:, 1].max():.0e} at most."
        ),
    )
