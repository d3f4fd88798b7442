"""Claims of section III, very small initialisation."""

import numpy as np

from .. import convex, dual, experiments, patterns
from ..sections.small_initialisation import (
    alignment,
    alignment_point,
    from_tiny,
    off_the_vectors,
    orthogonal_points,
    predicted_vectors,
    random_points,
)
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


@claim("86")
def finite_set_of_directions():
    def near_the_set(seed, scale):
        """The share of the neurons that activate a point which are near one of the directions.

        Looked at where the loss has fallen by 1%. The directions: where theta' (X u)_+ of the
        labels has its highest points on the circle for positive neurons, its lowest for others.
        Also returns how many they are, and the share of the neurons that activate a point.
        """
        S = random_points(seed)
        W, alpha, summits = alignment(S, scale, seed)
        active = (W @ S.X.T > 0).any(axis=1)
        far = []
        for sign, tops in summits.items():
            those = dual.angle(W[active & (sign * alpha > 0)])
            apart = np.abs((those[:, None] - tops + 180) % 360 - 180)
            far += apart.min(axis=1, initial=np.inf).tolist()
        count = sum(map(len, summits.values()))
        return np.mean(np.array(far) < 3), count, active.mean()

    seeds = (0, 1, 2)
    tiny = [near_the_set(seed, 1e-12) for seed in seeds]
    large = [near_the_set(seed, 0.3)[0] for seed in seeds]
    return Finding(
        printed=min(active for _, _, active in tiny) > 0.99,
        conditioned=min(share for share, _, _ in tiny) > 0.9,
        corrected=max(large) < 0.75,
        shown=(
            "Three sets of six points on a line, 60 neurons of size 1e-12: when the loss"
            " has fallen"
            f" by 1%, {' and '.join(f'{100 * share:.0f}%' for share, _, _ in tiny)} of the neurons"
            " that activate a point are within 3 degrees of one of"
            f" {' and '.join(str(count) for _, count, _ in tiny)} directions known beforehand; from"
            f" size 0.3 {' and '.join(f'{100 * share:.0f}%' for share in large)}. Of all neurons"
            f" {' and '.join(f'{100 * active:.0f}%' for _, _, active in tiny)} activate a point."
        ),
    )


@claim("71")
def orthogonal_data():
    S = orthogonal_points()
    predicted = predicted_vectors(S)

    narrow = np.array([off_the_vectors(S, from_tiny(S, 40, seed)) for seed in range(4)])
    wide = np.array([off_the_vectors(S, from_tiny(S, 200, seed)) for seed in range(4)])
    best = convex.solve(S.X, S.y, 1e-4)
    norms = [np.linalg.norm(blocks, axis=1).sum() for blocks in (best.U, best.V)]
    least = np.linalg.norm(predicted, axis=1)
    return Finding(
        printed=narrow.max() < 0.01,
        conditioned=wide.max() < 0.01,
        corrected=np.allclose(norms, least, rtol=1e-3),
        shown=(
            "Four orthogonal points, four starts. 200 neurons: all point along $D_+$ or $D_-$, and"
            f" their $\\alpha_i w_i$ sum to them, to {wide.max():.1%} of their length; 40 neurons:"
            f" {narrow.min():.0%} to {narrow.max():.0%} off. The lengths, {least[0]:.3f} and"
            f" {least[1]:.3f}, are those of the convex optimum as the decay vanishes: no"
            " network that"
            " fits has a smaller norm."
        ),
    )
