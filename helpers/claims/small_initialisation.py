"""Claims of section III, very small initialisation."""

import numpy as np

from .. import data, experiments, patterns, train
from .registry import Finding, claim


def _cluster(run):
    """Median activation point of the neurons that activate to the right, at every recorded step."""
    return np.array([np.median(patterns.activation_points(W[W[:, 0] > 0])) for W in run.W])


@claim("52")
def convergence_to():
    S, run = experiments.run("small scale")
    start = -S.y.sum() / (S.y @ S.X[:, 0])
    cluster = _cluster(run)
    plateau, end = cluster[run.step == 84][0], cluster[-1]
    right = run.W[-1][:, 0] > 0
    share = np.mean(np.abs(patterns.activation_points(run.W[-1][right]) - end) < 0.05)
    free = _cluster(experiments.run("small scale", lam=0.0, steps=600, record_every=600)[1])[-1]
    return Finding(
        printed=abs(end + 1.3) < 0.05,
        corrected=abs(plateau - start) < 0.01
        and abs(end + 1.175) < 2e-3
        and abs(free + 7 / 6) < 2e-3
        and share > 0.5,
        shown=(
            f"Median activation point: {plateau:.3f} at step 84 (formula {start:.4f}),"
            f" {end:.3f} at the end, {free:.3f} without decay. At the end"
            f" {100 * share:.0f}% of the {right.sum()} neurons that activate to the"
            " right are there."
        ),
    )


@claim("52b")
def when_the_loss_decreases():
    run = experiments.run("small scale", record_every=1)[1]
    cluster = _cluster(run)
    passes, half = (
        int(np.argmax((cluster > -1.3) & (run.step > 100))),
        int(np.argmax(run.fit < run.fit[0] / 2)),
    )
    return Finding(
        printed=run.fit[passes] > run.fit[0] / 2,
        corrected=cluster[half] < -2 and run.fit[passes] < 0.01 * run.fit[0],
        shown=(
            f"The loss has halved at step {half}, the cluster then at"
            f" {cluster[half]:.2f}; it passes $-1.3$ at step {passes}, with"
            f" {100 * run.fit[passes] / run.fit[0]:.1f}% of the loss left."
        ),
    )


def _loss_plot():
    """A run that meets the plot of the loss: no decay, single precision (the data, and the Trajectory)."""
    S = data.load("line")
    W, alpha = train.uniform_network(100, 2, 1e-7, np.random.default_rng(4))
    cast = [np.asarray(v, np.float32) for v in (S.X, S.y, W, alpha)]
    return S, train.gradient_descent(*cast, step=0.1, steps=349, reduction="mean")


@claim("70")
def two_regimes():
    run = _loss_plot()[1]
    level = int(np.argmax(run.fit < 0.99 * run.fit[0]))
    late = run.fit[170:221]
    rate = (late[-1] / late[0]) ** (1 / 50)
    steady = np.abs(np.log(late[1:] / late[:-1]) - np.log(rate)).max()
    return Finding(
        printed=level > 50 and run.fit[100] > 100 * late[0] and steady < 0.02,
        corrected=abs(rate - 0.844) < 2e-3 and run.fit.min() < 1e-12,
        shown=(
            f"The loss is level to within 1% for {level} steps, then falls; from step"
            f" 170 to 220 by the factor {rate:.3f} a step, to below 1e-12 in single"
            " precision."
        ),
    )


@claim("53")
def same_setting():
    animation = experiments.run("small scale", steps=600)[1].fit.min()
    plot = _loss_plot()[1].fit.min()
    return Finding(
        printed=animation < 1e-12,
        corrected=1e-5 < animation < 1e-4 and plot < 1e-12,
        shown=(
            "Least mean squared error in 600 steps of the animation's setting:"
            f" {animation:.1e}; without decay below 1e-12 within 350."
        ),
    )


@claim("53b")
def only_directions():
    S, run = _loss_plot()
    level = int(np.argmax(run.fit < 0.99 * run.fit[0]))
    norms = np.linalg.norm(run.W, axis=2).mean(axis=1)
    flips = np.any(np.diff(run.patterns(S.X), axis=0), axis=2).sum(axis=1).cumsum()
    most = int(np.argmax(flips >= 0.9 * flips[-1])) + 1
    return Finding(
        printed=level > 160 and norms[level] < 2 * norms[0],
        corrected=level < 0.3 * 349 and norms[level] > 1e4 * norms[0] and most < level,
        shown=(
            f"Level until step {level} of 349; by then the mean norm has grown"
            f" {round(norms[level] / norms[0], -4):,.0f}-fold; 90% of the pattern"
            f" changes happen before step {most}."
        ),
    )


@claim("71")
def orthogonal_data():
    rng = np.random.default_rng(0)
    Q = np.linalg.qr(rng.normal(size=(5, 5)))[0][:4]
    X, y = Q * np.array([[1.0], [1.5], [0.8], [1.2]]), np.array([1.0, -0.7, 0.6, -1.2])
    predicted = 2 * sum(np.linalg.norm(((y * s > 0) * y / (X**2).sum(axis=1)) @ X) for s in (1, -1))

    def norms(m, scale=1e-12):
        for seed in range(4):
            W, alpha = train.uniform_network(m, 5, scale, np.random.default_rng(seed))
            alpha = np.sign(alpha) * np.linalg.norm(W, axis=1)  # balanced
            W, alpha = train.gradient_descent(
                X, y, W, alpha, step=0.02, steps=4000, record_every=4000
            ).final
            yield (W**2).sum() + (alpha**2).sum()

    narrow, wide = np.array(list(norms(40))), np.array(list(norms(200)))
    return Finding(
        printed=np.abs(narrow / predicted - 1).max() < 0.01,
        conditioned=np.abs(wide / predicted - 1).max() < 0.001,
        shown=(
            "Four orthogonal points, four starts: squared norm of the trained weights"
            f" {wide.min():.3f} to {wide.max():.3f} with 200 neurons,"
            f" {narrow.min():.2f} to {narrow.max():.2f} with 40; predicted"
            f" {predicted:.3f}."
        ),
    )
