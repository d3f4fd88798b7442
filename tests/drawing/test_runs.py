"""A training run on a line, moving or at rest."""

import numpy as np
import pytest

from helpers import convex, experiments
from helpers.drawing import runs
from helpers.patterns import activation_points


@pytest.fixture(scope="module")
def tiny():
    """Data, a short run from tiny weights, and the optimum."""
    S, run = experiments.run("small scale", steps=20)
    return S, run, convex.solve(S.X, S.y, 0.02)


def test_the_animation_carries_every_neuron_in_sight(tiny):
    player = runs.training(*tiny, xlim=(-3.3, 2.3), top=0.4, label="tiny")
    _, run, _ = tiny
    (marks,) = player.triangles
    assert marks.x.shape == (11, 1000)
    assert player.captions[0] == "step 0, loss 0.7489"
    points = activation_points(run.W[0])
    in_sight = (points > 2 * -3.3) & (points < 2 * 2.3)
    np.testing.assert_array_equal(marks.x[0], np.where(in_sight, points, np.nan))
    slope = np.abs(run.W[0, :, 0] * run.alpha[0])
    np.testing.assert_allclose(marks.y[0] / marks.y.max(), slope / slope_of_all(run).max())
    assert marks.y.max() == pytest.approx(0.4)


def slope_of_all(run):
    return np.abs(run.W[:, :, 0] * run.alpha)


def test_the_end_beside_the_optimum_says_how_far_it_is(tiny):
    S, run, optimum = tiny
    fig = runs.beside_optimum(S, run, optimum, title="tiny weights")
    gap = experiments.laziness(S, run, optimum).gap
    changed = run.changed_neurons(S.X).sum()
    assert fig.alt == (
        f"tiny weights: loss {run.fit[-1]:.1g} at step 20, "
        f"{changed} of 1000 neurons changed pattern, "
        f"between the data the output is at most {gap:.2g} from the convex optimum"
    )
