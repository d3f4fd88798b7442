"""Claims of section III on the scale of the initialisation, large and very small, and on the optimiser."""

import numpy as np
import torch

from .. import convex, data, experiments, patterns, train
from ..loss import predict
from .registry import FAILS, HOLDS, IF, Finding, claim

LARGE, SMALL = "section III, large initialization scale", "section III, very small initialization"
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
        W, alpha = np.tile(W[:m // 2], (2, 1)), np.concatenate([alpha[:m // 2], -alpha[:m // 2]])
    return S, train.gradient_descent(S.X, S.y, W, alpha, step=1 / (m * scale**2), steps=steps, reduction="mean", record_every=steps)


def _cluster(run):
    """Median activation point of the neurons that activate to the right, at every recorded step."""
    return np.array([np.median(patterns.activation_points(W[W[:, 0] > 0])) for W in run.W])


@claim("47", "He initialisation", LARGE, "“By default in popular libraries, He initialization is used, it draws neurons from a normal "
       "distribution centered on 0 and with a variance in $1/m$ with $m$ the number of neurons.”", FAILS,
       "He's variance is 2 over the number of inputs of a layer: $2/d$ for the first, $2/m$ for the second. PyTorch's default is "
       "neither: uniform, with variance 1 over three times the number of inputs.")
def he_initialisation():
    m, d, runs = 1000, 2, 20
    torch.manual_seed(0)

    def variance(outputs, inputs, he):
        draws = []
        for _ in range(runs):
            weight = torch.nn.Linear(inputs, outputs, bias=False).weight
            draws.append(float((torch.nn.init.kaiming_normal_(weight) if he else weight).detach().var()))
        return np.mean(draws)

    first, second, default_first, default_second = (variance(*shape, he) for he in (True, False) for shape in ((m, d), (1, m)))
    near = [abs(v / e - 1) < 5 * np.sqrt(2 / (size * runs)) for v, e, size in (  # five standard deviations of the estimate
        (first, 2 / d, m * d), (second, 2 / m, m), (default_first, 1 / (3 * d), m * d), (default_second, 1 / (3 * m), m))]
    return Finding(printed=abs(first * m - 1) < 0.1 or abs(default_first * m - 1) < 0.1, corrected=all(near), shown=(
        f"$m = 1000$, $d = 2$, 20 draws: He {first:.2f} and {second:.1e} (first, second layer), PyTorch's default {default_first:.3f} "
        f"and {default_second:.1e}; each is its formula's value to within five standard deviations, $1/m$ is not the first layer's."))


@claim("48", "Pushing the scale up", LARGE, "“You can push the scale used high enough so that neurons will not change their activation "
       "patterns at all.”", IF, "the network starts at output 0, say with neurons in opposite pairs. From plain uniform weights the scale "
       "alone does not help, as the starting output grows with it; more neurons do.")
def pushing_the_scale():
    scales = (1, 3, 10, 30)
    plain = [sum(_switched(*_scaled(scale, seed=seed)) for seed in range(6, 11)) for scale in scales]
    pairs = [[_scaled(scale, opposite=True, steps=5000, seed=seed) for seed in range(6, 11)] for scale in scales]
    changed, worst = [sum(_switched(*p) for p in row) for row in pairs], max(p[1].fit[-1] for row in pairs for p in row)
    wide = [100 * _switched(*_scaled(1, m)) / m for m in (100, 1000, 10000)]
    return Finding(printed=plain[-1] < plain[0] / 2, conditioned=changed[0] > changed[-1] == 0 and worst < 1e-12,
                   corrected=min(plain) > 20 and wide[0] > wide[1] > wide[2], shown=(
        f"Five networks of 1000 neurons at scales {', '.join(map(str, scales))} (step in inverse proportion to the scale's square): "
        f"{', '.join(map(str, plain))} of 5000 neurons change pattern; in opposite pairs, trained to a loss below 1e-12: "
        f"{', '.join(map(str, changed))}. From plain weights, by width 100, 1000, 10000: {', '.join(f'{v:.1f} %' for v in wide)}."))


@claim("51", "What the patterns determine", LARGE, "If the patterns do not change, “the convex reformulation will describe exactly the minima "
       "that gradient descent will reach”.", IF, "there is some decay. Without, many networks of the same patterns fit the data, and the "
       "program does not tell which one descent chooses.")
def what_the_patterns_determine():
    (S, run), (_, other) = (_scaled(30, opposite=True, steps=5000, seed=seed) for seed in (7, 8))
    D = [np.unique(r.patterns(S.X).reshape(-1, 4), axis=0) for r in (run, other)]  # of all the run
    wide = data.with_bias(np.linspace(-1.3, 1.3, 261))
    one, two = (predict(wide, *r.final) for r in (run, other))
    apart, kept = np.abs(one - two).max(), _switched(S, run) == _switched(S, other) == 0 and np.array_equal(*D)
    first, second = (convex.solve(S.X, S.y, 1e-3, rows).predict(BETWEEN) for rows in (D[0], D[0][::-1]))
    return Finding(printed=apart < 1e-3, conditioned=np.abs(first - second).max() < 1e-3, shown=(
        f"Two seeds, the same {len(D[0])} patterns at every step and so the same program, both losses below 1e-9: outputs up to {apart:.2f} "
        f"apart on $[-1.3, 1.3]$. With decay 0.001 the program has one output, to 0.001, in whatever order it is given the patterns."),
        corrected=bool(kept and max(run.fit[-1], other.fit[-1]) < 1e-9 and apart > 0.01))


@claim("49", "Too slow to observe", LARGE, "“It is not possible to observe this in practice as the loss becomes very small and the training "
       "process is too slow.”", FAILS, "The training is fast: without weight decay the loss reaches rounding error in under 10,000 steps, a "
       "fraction of a second. (The animation stops at 971.)")
def too_slow():
    run = experiments.run("large scale", lam=0.0, steps=10000, record_every=100)[1]
    below = int(run.step[np.argmax(run.fit < 1e-20)])
    return Finding(printed=run.fit[-1] > 1e-12, corrected=run.fit[-1] < 1e-24, shown=(
        f"The animation's network without decay: loss below 1e-20 by step {below}, below 1e-24 at step 10000."))


@claim("50", "Uniform activation points", LARGE + " and " + SMALL.split(", ")[1], "“At initialization, the repartition of the activation point is "
       "uniform.”", IF, "one looks at $[-1, 1]$, where half of the neurons are. Outside, the density falls as $1/(4a^2)$.")
def uniform_activation_points():
    W, _ = train.uniform_network(400_000, 2, 1.0, np.random.default_rng(0))
    a = patterns.activation_points(W)
    inside = np.histogram(a, np.linspace(-1, 1, 21))[0] / len(a)
    outer = [np.mean((np.abs(a) > low) & (np.abs(a) < low + 1)) for low in (1, 2, 3)]
    expected = [0.5 * (1 / low - 1 / (low + 1)) for low in (1, 2, 3)]
    sigma = np.sqrt(0.25 / len(a))
    even, tail = np.abs(inside - 0.025).max() < 5 * np.sqrt(0.025 / len(a)), np.allclose(outer, expected, atol=5 * sigma)
    return Finding(printed=abs(outer[0] - 0.5) < 0.01, conditioned=bool(even), corrected=tail and abs(inside.sum() - 0.5) < 5 * sigma, shown=(
        f"400,000 neurons: {100 * inside.sum():.0f} % within $[-1, 1]$, evenly over 20 bins up to five standard deviations; at distance "
        f"1 to 2, 2 to 3, 3 to 4: {', '.join(f'{100 * v:.1f} %' for v in outer)}, as $1/(4a^2)$ gives."))


@claim("50b", "Only a few change their patterns", LARGE, "“Only a few neurons will change their patterns, among the thousands.”", HOLDS)
def only_a_few_change():
    S, run = experiments.run("large scale")
    return Finding(printed=_switched(S, run) < 0.05 * 1000, corrected=_switched(S, run) == 14, shown=(
        f"{_switched(S, run)} of {len(run.alpha[0])} by step {run.step[-1]}."))


@claim("51b", "A single neuron fits the line", LARGE, "“Computing the convex optimal gives us a single neuron to fit the linear data … their "
       "outputs are completely different.”", HOLDS, "The neuron is $0.6x + 0.7$ with its kink at $-7/6$.")
def single_neuron():
    S, run = experiments.run("large scale")
    best = convex.solve(S.X, S.y, 1e-6)
    used = np.linalg.norm(best.U, axis=1) > 1e-3
    other = np.linalg.norm(best.V, axis=1).max() < 1e-3
    wide = data.with_bias(np.linspace(-1.3, 1.3, 261))
    near, far = (np.abs(predict(x, *run.final) - best.predict(x)).max() for x in (BETWEEN, wide))
    return Finding(printed=used.sum() == 1 and other and near > 0.2, corrected=np.abs(best.U[used][0] - [0.6, 0.7]).max() < 1e-4, shown=(
        f"{used.sum()} neuron, $u = ({best.U[used][0, 0]:.3f}, {best.U[used][0, 1]:.3f})$. The trained network is up to {near:.2f} away "
        f"between the data and {far:.1f} on the range of the picture."))


@claim("69", "Large variations between the data", LARGE, "Large initialisation has “very large variations between data points which will "
       "negatively impact test loss”.", HOLDS)
def large_variations():
    def ends(name, seed, **settings):
        S = data.load("line")
        scale, step, steps = (1.0, 1e-3, 971) if name == "large" else (1e-9, 0.1, 265)
        net = train.uniform_network(1000, 2, scale, np.random.default_rng(seed))
        f = predict(BETWEEN, *train.gradient_descent(S.X, S.y, *net, step=step, steps=steps, lam=0.005, reduction="mean",
                                                     record_every=steps).final)
        return np.abs(np.diff(f)).sum(), np.mean((f - LABELS) ** 2)

    large, small = (np.array([ends(name, seed) for seed in range(12)]) for name in ("large", "small"))
    error = large[:, 1].std(ddof=1) / np.sqrt(12)
    return Finding(printed=bool((large[:, 0] > 1.2 * small[:, 0]).all() and large[:, 1].mean() - 3 * error > 10 * small[:, 1].max()), shown=(
        f"12 seeds, output between $-0.7$ and 0.8: it goes up and down by {large[:, 0].mean():.1f} in all (a line: 0.9; very small "
        f"initialisation: {small[:, 0].mean():.1f}). Mean squared error there {large[:, 1].mean():.3f} ± {error:.3f}, against "
        f"{small[:, 1].max():.0e} at most."))


@claim("52", "Convergence to $-1.3$", SMALL, "“Most neurons that activate toward the right converge to $-1.3$.”", FAILS,
       "They align at $-\\sum y_j / \\sum x_j y_j = -2.25$ first, where the loss starts to fall, and end at $-1.175$ ($-7/6$ without decay). "
       "“Most” is right.")
def convergence_to():
    S, run = experiments.run("small scale")
    start = -S.y.sum() / (S.y @ S.X[:, 0])
    cluster = _cluster(run)
    plateau, end = cluster[run.step == 84][0], cluster[-1]
    right = run.W[-1][:, 0] > 0
    share = np.mean(np.abs(patterns.activation_points(run.W[-1][right]) - end) < 0.05)
    free = _cluster(experiments.run("small scale", lam=0.0, steps=600, record_every=600)[1])[-1]
    return Finding(printed=abs(end + 1.3) < 0.05, corrected=abs(plateau - start) < 0.01 and abs(end + 1.175) < 2e-3
                   and abs(free + 7 / 6) < 2e-3 and share > 0.5, shown=(
        f"Median activation point: {plateau:.3f} at step 84 (formula {start:.4f}), {end:.3f} at the end, {free:.3f} without decay. At the end "
        f"{100 * share:.0f} % of the {right.sum()} neurons that activate to the right are there."))


@claim("52b", "When the loss decreases", SMALL, "“Once the norm of the neuron activating at $-1.3$ is large enough, the loss decreases.”", FAILS,
       "The loss falls while the cluster is still on its way from $-2.25$; when it passes $-1.3$ the fit is nearly done.")
def when_the_loss_decreases():
    run = experiments.run("small scale", record_every=1)[1]
    cluster = _cluster(run)
    passes, half = int(np.argmax((cluster > -1.3) & (run.step > 100))), int(np.argmax(run.fit < run.fit[0] / 2))
    return Finding(printed=run.fit[passes] > run.fit[0] / 2, corrected=cluster[half] < -2 and run.fit[passes] < 0.01 * run.fit[0], shown=(
        f"The loss has halved at step {half}, the cluster then at {cluster[half]:.2f}; it passes $-1.3$ at step {passes}, with "
        f"{100 * run.fit[passes] / run.fit[0]:.1f} % of the loss left."))


def _loss_plot():
    """A run that meets the plot of the loss: no decay, single precision (the data, and the Trajectory)."""
    S = data.load("line")
    W, alpha = train.uniform_network(100, 2, 1e-7, np.random.default_rng(4))
    cast = [np.asarray(v, np.float32) for v in (S.X, S.y, W, alpha)]
    return S, train.gradient_descent(*cast, step=0.1, steps=349, reduction="mean")


@claim("70", "Two regimes", SMALL, "In the loss “we can identify the two distinct regimes: alignment and fitting (then convergence)”.", HOLDS)
def two_regimes():
    run = _loss_plot()[1]
    level = int(np.argmax(run.fit < 0.99 * run.fit[0]))
    late = run.fit[170:221]
    rate = (late[-1] / late[0]) ** (1 / 50)
    steady = np.abs(np.log(late[1:] / late[:-1]) - np.log(rate)).max()
    return Finding(printed=level > 50 and run.fit[100] > 100 * late[0] and steady < 0.02, corrected=abs(rate - 0.844) < 2e-3, shown=(
        f"The loss is level to within 1 % for {level} steps, then falls; from step 170 to 220 by the factor {rate:.3f} a step, to "
        f"{run.fit.min():.0e} in single precision."))


@claim("53", "The same setting as the animation", SMALL + ", plot of the loss", "The loss is plotted “in the same setting as the animation above”.",
       FAILS, "In the animation's setting its weight decay stops the loss at $3 \\cdot 10^{-5}$; the plot, down to $10^{-13}$, is a run without.")
def same_setting():
    animation = experiments.run("small scale", steps=600)[1].fit.min()
    plot = _loss_plot()[1].fit.min()
    return Finding(printed=animation < 1e-12, corrected=1e-5 < animation < 1e-4 and plot < 1e-12, shown=(
        f"Least mean squared error in 600 steps of the animation's setting: {animation:.1e}; without decay below 1e-12 within 350."))


@claim("53b", "In the first half only the directions change", SMALL + ", plot of the loss", "“In the first half only the directions of the neurons are "
       "changing (i.e. their activation patterns).”", FAILS, "The loss is level for the first quarter; norms grow all along, exponentially, only "
       "too small to be seen; and nine of ten changes of pattern come in its first part.")
def only_directions():
    S, run = _loss_plot()
    level = int(np.argmax(run.fit < 0.99 * run.fit[0]))
    norms = np.linalg.norm(run.W, axis=2).mean(axis=1)
    flips = np.any(np.diff(run.patterns(S.X), axis=0), axis=2).sum(axis=1).cumsum()
    most = int(np.argmax(flips >= 0.9 * flips[-1])) + 1
    return Finding(printed=level > 160 and norms[level] < 2 * norms[0], corrected=level < 0.3 * 349 and norms[level] > 1e4 * norms[0]
                   and most < level, shown=(
        f"Level until step {level} of 349; by then the mean norm has grown {norms[level] / norms[0]:.0e}-fold; 90 % of the pattern changes "
        f"happen before step {most}."))


@claim("71", "Orthogonal data", SMALL, "“If you take orthogonal data and a small scale, the behavior is very predictable even in a regression "
       "setting.”", IF, "the network is wide enough: descent then ends at the network of least norm, two vectors known beforehand, "
       "$D_\\pm = \\sum_{\\pm y_j > 0} y_j x_j / \\|x_j\\|^2$. A narrow one may lack a neuron that sees all it needs.")
def orthogonal_data():
    rng = np.random.default_rng(0)
    Q = np.linalg.qr(rng.normal(size=(5, 5)))[0][:4]
    X, y = Q * np.array([[1.0], [1.5], [0.8], [1.2]]), np.array([1.0, -0.7, 0.6, -1.2])
    predicted = 2 * sum(np.linalg.norm(((y * s > 0) * y / (X**2).sum(axis=1)) @ X) for s in (1, -1))

    def norms(m, scale=1e-12):
        for seed in range(4):
            W, alpha = train.uniform_network(m, 5, scale, np.random.default_rng(seed))
            alpha = np.sign(alpha) * np.linalg.norm(W, axis=1)  # balanced
            W, alpha = train.gradient_descent(X, y, W, alpha, step=0.02, steps=4000, record_every=4000).final
            yield (W**2).sum() + (alpha**2).sum()

    narrow, wide = np.array(list(norms(40))), np.array(list(norms(200)))
    return Finding(printed=np.abs(narrow / predicted - 1).max() < 0.01, conditioned=np.abs(wide / predicted - 1).max() < 0.001, shown=(
        f"Four orthogonal points, four starts: squared norm of the trained weights {wide.min():.3f} to {wide.max():.3f} with 200 neurons, "
        f"{narrow.min():.2f} to {narrow.max():.2f} with 40; predicted {predicted:.3f}."))


@claim("72", "Adam is faster", "section III, last paragraph", "“Adding momentum or using the Adam optimizer is … faster to converge.”", HOLDS,
       "On the article's own one-neuron run, with equal steps. (Whether its behaviour is less predictable we leave open.)")
def adam_is_faster():
    first = []
    for optimiser in (train.adam, train.gradient_descent):
        run = experiments.run("one neuron", optimiser, steps=8000, record_every=1)[1]
        first.append(int(np.argmax(run.fit < 5e-5)))
    return Finding(printed=0 < first[0] < first[1], shown=f"Step 0.001: loss prints as 0.0000 from step {first[0]} with Adam, {first[1]} with "
                   f"gradient descent.")
