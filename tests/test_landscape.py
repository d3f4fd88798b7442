import numpy as np
import pytest

from helpers import data, experiments
from helpers.landscape import descend, polyline, two_neuron_loss
from helpers.loss import loss

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
