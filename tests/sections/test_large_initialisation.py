"""Section on large initialisation: patterns that hardly change, and what becomes of the loss."""

import numpy as np
import pytest

from helpers import convex, experiments
from helpers.loss import predict
from helpers.patterns import activation_points


def test_few_neurons_change_their_pattern():
    S, run = experiments.run("large scale")
    assert run.changed_neurons(S.X).sum() == 14


def test_the_decay_shows_in_a_third_of_the_frames():
    _, run = experiments.run("large scale")
    _, plain = experiments.run("large scale", lam=0.0)
    differ = plain.fit[:80].round(4) != run.fit[:80].round(4)
    assert 30 <= differ.sum() <= 36


@pytest.mark.parametrize("scale", [3, 30])
def test_large_weights_do_not_freeze_patterns_but_balanced_ones_do(scale):
    change = dict(scale=scale, step=1e-3 / scale**2, lam=0.0, record_every=971)
    S, drawn = experiments.run("large scale", **change)
    assert 5 <= drawn.changed_neurons(S.X).sum() <= 30
    S, balanced = experiments.run("large scale", balanced=True, **change)
    assert balanced.changed_neurons(S.X).sum() == 0
    untrained = predict(S.X, balanced.W[0], balanced.alpha[0])
    assert np.abs(untrained).max() < 1e-9 * scale**2


def test_training_to_the_end_is_not_slow():
    _, run = experiments.run("large scale", lam=0.0, steps=10000, record_every=10000)
    assert run.fit[-1] < 1e-25


def test_the_optimum_bends_where_the_line_of_the_labels_meets_zero():
    S, _ = experiments.run("large scale", steps=0)
    optimum = convex.solve(S.X, S.y, 1e-4)
    W, alpha = optimum.to_network()
    used = np.abs(alpha) > 1e-2
    assert activation_points(W[used]) == pytest.approx(-7 / 6, abs=5e-3)
