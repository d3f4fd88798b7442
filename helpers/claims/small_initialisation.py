"""Claims of section III, very small initialisation."""

import numpy as np

from .. import experiments, patterns, train
from ..sections.small_initialisation import alignment_point
from .registry import Finding, claim


def cluster(run):
    """Median activation point of the neurons that activate to the right, by recorded step."""
    return np.array([np.median(patterns.activation_points(W[W[:, 0] > 0])) for W in run.W])


@claim("52")
def convergence_to():
    S, run = experiments.run("small scale")
    aligned = alignment_point(S.X, S.y)
    points = cluster(run)
    plateau = points[run.at(84)]
    end = points[-1]
    W = run.W[-1]
    right = W[W[:, 0] > 0]
    share = np.mean(np.abs(patterns.activation_points(right) - end) < 0.05)
    without_decay = experiments.run("small scale", lam=0.0, steps=600, record_every=600)[1]
    free = cluster(without_decay)[-1]
    ends = abs(end + 1.175) < 2e-3 and abs(free + 7 / 6) < 2e-3
    return Finding(
        printed=abs(end + 1.3) < 0.05,
        corrected=abs(plateau - aligned) < 0.01 and ends and share > 0.5,
        shown=(
            f"Median activation point: {plateau:.3f} at step 84 (formula {aligned:.4f}),"
            f" {end:.3f} at the end, {free:.3f} without decay. At the end {100 * share:.0f}%"
            f" of the {len(right)} neurons that activate to the right are there."
        ),
    )


@claim("52b")
def when_the_loss_decreases():
    run = experiments.run("small scale", record_every=1)[1]
    points = cluster(run)
    passes = int(np.argmax((points > -1.3) & (run.step > 100)))
    half = experiments.reached(run, run.fit[0] / 2)
    return Finding(
        printed=run.fit[passes] > run.fit[0] / 2,
        corrected=points[half] < -2 and run.fit[passes] < 0.01 * run.fit[0],
        shown=(
            f"The loss has halved at step {half}, the cluster then at {points[half]:.2f}; it"
            f" passes $-1.3$ at step {passes}, with"
            f" {100 * run.fit[passes] / run.fit[0]:.1f}% of the loss left."
        ),
    )


@claim("70")
def two_regimes():
    run = experiments.run("two regimes")[1]
    level = experiments.reached(run, 0.99 * run.fit[0])
    late = run.fit[170:221]
    rate = (late[-1] / late[0]) ** (1 / 50)
    steady = np.abs(np.log(late[1:] / late[:-1]) - np.log(rate)).max()
    return Finding(
        printed=level > 50 and run.fit[100] > 100 * late[0] and steady < 0.02,
        corrected=abs(rate - 0.844) < 2e-3 and run.fit.min() < 1e-12,
        shown=(
            f"The loss is level to within 1% for {level} steps, then falls; from step 170 to"
            f" 220 by the factor {rate:.3f} a step, to below 1e-12 in single precision."
        ),
    )


@claim("53")
def same_setting():
    animation = experiments.run("small scale", steps=600)[1].fit.min()
    plot = experiments.run("two regimes")[1].fit.min()
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
    S, run = experiments.run("two regimes")
    level = experiments.reached(run, 0.99 * run.fit[0])
    norms = np.linalg.norm(run.W, axis=2).mean(axis=1)
    growth = norms[level] / norms[0]
    changed = np.diff(run.patterns(S.X), axis=0).any(axis=2)  # by step and neuron
    changes = changed.sum(axis=1).cumsum()
    most = int(np.argmax(changes >= 0.9 * changes[-1])) + 1
    return Finding(
        printed=level > 160 and growth < 2,
        corrected=level < 0.3 * run.step[-1] and growth > 1e4 and most < level,
        shown=(
            f"Level until step {level} of {run.step[-1]}; by then the mean norm has grown"
            f" {round(growth, -4):,.0f}-fold; 90% of the pattern changes happen before step"
            f" {most}."
        ),
    )


@claim("71")
def orthogonal_data():
    rng = np.random.default_rng(0)
    orthonormal = np.linalg.qr(rng.normal(size=(5, 5)))[0][:4]
    X = orthonormal * np.array([[1.0], [1.5], [0.8], [1.2]])
    y = np.array([1.0, -0.7, 0.6, -1.2])

    def vector(sign):
        """The sum of y_j x_j / ||x_j||^2 over the labels of one sign."""
        return (np.where(y * sign > 0, y, 0) / (X**2).sum(axis=1)) @ X

    predicted = 2 * (np.linalg.norm(vector(1)) + np.linalg.norm(vector(-1)))

    def squared_norm(m, seed):
        """Of the weights that descent reaches from tiny, balanced ones."""
        W, alpha = train.uniform_network(m, 5, 1e-12, np.random.default_rng(seed))
        alpha = np.sign(alpha) * np.linalg.norm(W, axis=1)
        run = train.gradient_descent(X, y, W, alpha, step=0.02, steps=4000, record_every=4000)
        W, alpha = run.final
        return (W**2).sum() + (alpha**2).sum()

    narrow = np.array([squared_norm(40, seed) for seed in range(4)])
    wide = np.array([squared_norm(200, seed) for seed in range(4)])
    return Finding(
        printed=np.abs(narrow / predicted - 1).max() < 0.01,
        conditioned=np.abs(wide / predicted - 1).max() < 0.001,
        shown=(
            "Four orthogonal points, four starts: squared norm of the trained weights"
            f" {wide.min():.3f} to {wide.max():.3f} with 200 neurons, {narrow.min():.2f} to"
            f" {narrow.max():.2f} with 40; predicted {predicted:.3f}."
        ),
    )
