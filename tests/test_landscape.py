import numpy as np
import pytest

from helpers import convex, data, experiments
from helpers.landscape import descend, polyline, two_neuron_loss
from helpers.loss import loss, predict
from helpers.patterns import activation_points

S = data.load("landscape")


def test_the_loss_is_that_of_the_network():
    for w in np.random.default_rng(0).uniform(-3, 3, (20, 2)):
        assert two_neuron_loss(S.X, S.y, w) == pytest.approx(loss(S.X, S.y, w[:, None], [1.0, 1.0]))


def test_exactly_three_terminal_values():
    starts = np.random.default_rng(1).uniform(-2.5, 3.5, (4000, 2))
    ends = two_neuron_loss(S.X, S.y, descend(S.X, S.y, starts))
    assert set(np.round(ends, 6)) == {0, S.y[0] ** 2, S.y[1] ** 2}


def test_a_path_of_non_increasing_loss():
    path = polyline([[1.5, 1.5], [1, 1], [0, 2], [-1, 2]])
    values = two_neuron_loss(S.X, S.y, path)
    assert (np.diff(values) <= 1e-12).all() and values[-1] == 0


def test_the_teaser_meets_the_original():
    T, run = experiments.run("teaser")
    assert len(run) == 242 and run.step[-1] == 6266
    assert abs(run.fit[0] - 47.43) < 0.01 and abs(run.fit[-1] - 2.888e-4) < 2e-6
    read = [.585, .275, .611, .318, .628, .289, .591, .295, .603, .326]
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
