"""The article's runs against what was read off their pictures, and what can be changed in them."""

import numpy as np
import pytest

from helpers import convex, data, experiments, train
from helpers.loss import predict

FOUR_DECIMALS = 5.1e-5  # half a unit of the last printed one, and a little for rounding


@pytest.mark.parametrize(
    "name, frames, last",
    [
        ("teaser", 242, 6266),
        ("one neuron", 229, 1595),
        ("large scale", 244, 971),
        ("small scale", 134, 265),
    ],
)
def test_an_animation_has_the_published_frames(name, frames, last):
    _, run = experiments.run(name)
    assert len(run) == frames
    assert run.step[-1] == last


@pytest.mark.parametrize("name", ["one neuron", "large scale", "small scale"])
def test_the_losses_are_those_printed_in_the_picture(name):
    _, run = experiments.run(name)
    read = experiments.readings(name)
    assert read.misses(run) < FOUR_DECIMALS
    printed = [f"{loss:.4f}" for loss in run.fit]
    assert run.step[printed.index("0.0000")] == read.zero_from


def test_other_settings_miss_the_printed_losses():
    read = experiments.readings("large scale")
    _, plain = experiments.run("large scale", lam=0.0)
    assert read.misses(plain) > 2 * FOUR_DECIMALS
    read = experiments.readings("one neuron")
    _, descent = experiments.run("one neuron", train.gradient_descent)
    assert read.misses(descent) > 0.01


def test_the_pattern_counts_are_those_of_the_picture():
    S, run = experiments.run("plane")
    counts = run.pattern_counts(S.X)
    read = experiments.readings("plane").counts
    assert {t: counts[run.at(t)] for t in read} == read


def test_the_teaser_ends_where_the_picture_does():
    S, run = experiments.run("teaser")
    assert run.fit[0] == pytest.approx(47.43, abs=0.01)
    assert run.fit[-1] == pytest.approx(2.888e-4, abs=2e-6)
    residual = np.abs(predict(S.X, *run.final) - S.y)
    assert residual.argmax() == 6
    assert residual.max() == pytest.approx(0.033, abs=1e-3)
    assert (predict(S.X, run.W[0], run.alpha[0]) < 0).all()


def test_a_drawn_network_is_that_of_its_seed():
    _, run = experiments.run("two regimes", m=6, seed=3, steps=2)
    W, alpha = train.uniform_network(6, 2, 1e-7, np.random.default_rng(3))
    np.testing.assert_array_equal(run.W[0], W.astype(np.float32))
    np.testing.assert_array_equal(run.alpha[0], alpha.astype(np.float32))


def test_a_mirrored_network_has_no_output():
    S, run = experiments.run("large scale", m=6, mirrored=True, seed=3, steps=2)
    W, alpha = train.uniform_network(3, 2, 1.0, np.random.default_rng(3))
    np.testing.assert_array_equal(run.W[0], np.vstack([W, W]))
    np.testing.assert_array_equal(run.alpha[0], np.append(alpha, -alpha))
    assert np.abs(predict(S.X, run.W[0], run.alpha[0])).max() < 1e-15


def test_a_seed_draws_random_data_anew_too():
    S, _ = experiments.run("plane", seed=5, steps=0)
    np.testing.assert_array_equal(S.y, data.load("plane", seed=5).y)


@pytest.mark.parametrize(
    "name, change, match",
    [
        ("large scale", dict(m=5, mirrored=True), "even"),
        ("large scale", dict(m=0), "m must"),
        ("one neuron", dict(seed=1), "seed cannot be changed.*given, not drawn"),
        ("nothing", {}, "name must be one of teaser, one neuron"),
    ],
)
def test_a_run_that_will_not_do_is_refused(name, change, match):
    with pytest.raises(ValueError, match=match):
        experiments.run(name, **change)


def test_a_picture_without_numbers_has_no_readings():
    with pytest.raises(ValueError, match="whose pictures print numbers; got 'two regimes'"):
        experiments.readings("two regimes")


def test_a_run_at_a_scale_goes_from_start_to_end():
    S, run = experiments.at_scale(1e-3, m=50)
    start, end = run.fit
    assert start > 0.1
    assert end < 1e-8
    assert run.step[0] == 0
    assert run.W.shape == (2, 50, 2)


def test_the_first_step_below_a_level():
    _, run = experiments.run("one neuron")
    k = experiments.reached(run, 0.2)
    assert run.fit[k] < 0.2 <= run.fit[k - 1]
    assert experiments.reached(run, 0.0) == len(run) - 1


def test_the_convex_optimum_of_the_line_is_one_neuron():
    S = data.load("line")
    for lam, tol in ((1e-6, 1e-4), (1e-4, 2e-4), (1e-2, 5e-3)):
        optimum = convex.solve(S.X, S.y, lam)
        np.testing.assert_allclose(optimum.U.sum(axis=0), [0.6, 0.7], atol=tol)
        assert np.abs(optimum.V).max() < 1e-3
        _, alpha = optimum.to_network()
        assert np.sum(np.abs(alpha) > 1e-2) == 1


def test_from_feature_learning_to_lazy():
    S = data.load("line")
    line = convex.solve(S.X, S.y, 1e-4)
    tiny = experiments.laziness_over_scales([1e-6], 100, (7, 8), line)[:, 0]
    large = experiments.laziness_over_scales([1.0], 100, (7, 8), line)[:, 0]
    for changed, displacement, gap in tiny:
        assert changed > 0.25
        assert displacement > 1e3
        assert gap < 1e-3
    for changed, displacement, gap in large:
        assert changed < 0.2
        assert displacement < 0.1
        assert gap > 0.1


def test_laziness_is_measured_between_the_ends_of_the_data():
    S, run = experiments.at_scale(0.3, m=20)
    optimum = convex.solve(S.X, S.y, 1e-4)
    x = np.linspace(-0.7, 0.8, 2001)
    X = np.column_stack([x, np.ones(2001)])
    apart = np.abs(predict(X, *run.final) - optimum.predict(X)).max()
    lazy = experiments.laziness(S, run, optimum)
    assert lazy.gap == pytest.approx(apart, rel=1e-2)
    assert lazy.changed == run.changed_neurons(S.X).mean()
    assert lazy.displacement == run.displacement()


def test_starts_of_the_landscape_are_a_grid_off_the_kinks():
    W = experiments.landscape_starts()
    assert W.shape == (2500, 2)
    assert len(np.unique(W, axis=0)) == 2500
    assert W.min() == -2.47 and W.max() == 3.49
    side = np.unique(W)
    np.testing.assert_allclose(np.diff(side), (3.49 + 2.47) / 49)
    assert np.abs(side).min() > 0.01


def test_ends_of_the_landscape_are_those_of_plain_descent():
    S = data.load("landscape")
    W = experiments.landscape_starts()[::500]
    ends = experiments.landscape_ends(S, W)
    for first, loss in zip(W, ends, strict=True):
        run = train.gradient_descent(
            S.X, S.y, first[:, None], [1.0, 1.0], step=0.05, steps=400, train_alpha=False
        )
        assert loss == pytest.approx(run.loss[-1], rel=1e-12)


def test_the_loss_of_a_run_is_the_mean_unless_the_sum_is_asked_for():
    _, mean = experiments.run("plane", steps=1)
    S, summed = experiments.run("plane", steps=1, reduction="sum")
    assert summed.fit[0] == pytest.approx(len(S.y) * mean.fit[0])
