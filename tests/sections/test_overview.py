"""Section Overview and Motivation: where descent on two neurons ends, and the teaser's optimum."""

import numpy as np
import pytest

from helpers import convex, data, experiments
from helpers.figures import overview as figures
from helpers.loss import losses
from helpers.patterns import activation_points
from helpers.sections import overview
from helpers.train import descend_many

S = data.load("landscape")
CORNERS = [[1.5, 1.5], [1, 1], [0, 2], [-1, 2]]


def test_exactly_three_terminal_values():
    starts = np.random.default_rng(1).uniform(-2.5, 3.5, (4000, 2, 1))
    ends = descend_many(S.X, S.y, starts, step=0.05, steps=400, train_alpha=False)
    values = {0, S.y[0] ** 2, S.y[1] ** 2}
    assert set(np.round(ends.loss, 6)) == values
    assert set(figures.LEVELS) == values


def test_a_polygon_has_its_points_evenly_on_every_leg():
    path = overview.polyline(CORNERS, count=5)
    assert path.shape == (15, 2)
    for leg, a, b in zip(path.reshape(3, 5, 2), CORNERS[:-1], CORNERS[1:], strict=True):
        np.testing.assert_allclose(leg, np.linspace(a, b, 5))
    with pytest.raises(ValueError, match="count"):
        overview.polyline(CORNERS, count=1)


def test_a_path_of_non_increasing_loss():
    values = losses(S.X, S.y, overview.polyline(CORNERS)[..., None])
    assert np.diff(values).max() <= 1e-12
    assert values[-1] == 0


def test_the_teasers_convex_optimum_interpolates_with_kinks_on_the_data():
    T = data.load("teaser")
    optimum = convex.solve(T.X, T.y, 6e-5)
    assert optimum.converged
    assert np.abs(optimum.predict(T.X) - T.y).max() < 0.003
    W, alpha = optimum.to_network()
    kinks = activation_points(W[np.abs(alpha) > 0.01])
    from_data = np.abs(kinks[:, None] - T.X[:, 0]).min(axis=1)
    assert from_data.max() < 1e-4


def test_the_teaser_shows_every_run_and_its_loss():
    T, run = experiments.run("teaser", steps=52)
    optimum = convex.solve(T.X, T.y, 6e-5)
    player = figures.teaser(T, {"Adam": run, "again": run}, optimum)
    assert player.captions[1] == f"step 26: Adam loss {run.fit[1]:.2g}, again loss {run.fit[1]:.2g}"
    names = [curve.name for curve in player.curves]
    assert names == ["convex optimum", "Adam", "again"]
    x = player.curves[1].x
    np.testing.assert_array_equal(player.curves[1].y, run.outputs(data.with_bias(x)))
