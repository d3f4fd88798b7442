import numpy as np
import pytest

from helpers import convex, data, experiments
from helpers.loss import loss, losses, predict
from helpers.patterns import activation_points
from helpers.sections.overview import polyline
from helpers.train import descend_many

S = data.load("landscape")


def test_the_loss_is_that_of_the_network():
    for w in np.random.default_rng(0).uniform(-3, 3, (20, 2)):
        assert losses(S.X, S.y, w[:, None]) == pytest.approx(loss(S.X, S.y, w[:, None], [1.0, 1.0]))


def test_exactly_three_terminal_values():
    starts = np.random.default_rng(1).uniform(-2.5, 3.5, (4000, 2))
    ends = descend_many(S.X, S.y, starts[..., None], step=0.05, steps=400, train_alpha=False).loss
    assert set(np.round(ends, 6)) == {0, S.y[0] ** 2, S.y[1] ** 2}


def test_a_path_of_non_increasing_loss():
    path = polyline([[1.5, 1.5], [1, 1], [0, 2], [-1, 2]])
    values = losses(S.X, S.y, path[..., None])
    assert (np.diff(values) <= 1e-12).all() and values[-1] == 0


def test_the_teaser_meets_the_original():
    T, run = experiments.run("teaser")
    assert len(run) == 242 and run.step[-1] == 6266
    assert abs(run.fit[0] - 47.43) < 0.01 and abs(run.fit[-1] - 2.888e-4) < 2e-6
    read = [0.585, 0.275, 0.611, 0.318, 0.628, 0.289, 0.591, 0.295, 0.603, 0.326]
    assert np.abs(T.y - read).max() < 0.0017
    with pytest.raises(ValueError, match="teaser"):
        experiments.run("nothing")


def test_the_teasers_convex_optimum_interpolates_with_kinks_on_the_data():
    T = data.load("teaser")
    optimum = convex.solve(T.X, T.y, 6e-5)
    W, alpha = optimum.to_network()
    assert optimum.converged and np.abs(optimum.predict(T.X) - T.y).max() < 0.003
    kinks = activation_points(W[np.abs(alpha) > 0.01])
    assert np.abs(kinks[:, None] - T.X[:, 0]).min(axis=1).max() < 1e-4


def test_the_teasers_last_frame():
    T, run = experiments.run("teaser")
    residual = np.abs(predict(T.X, *run.final) - T.y)
    assert residual.argmax() == 6 and residual.max() == pytest.approx(0.033, abs=1e-3)
    assert (predict(T.X, run.W[0], run.alpha[0]) < 0).all()
