"""Section An accuracy table of our own: eq. 1 and made-up images and records as oracles."""

import re
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from helpers import real_data
from helpers.figures import accuracy as figures
from helpers.loss import gradient, loss
from helpers.sections import accuracy
from helpers.sections.accuracy import Points, Setting


def test_pooled_images_are_means_of_blocks():
    image = np.arange(16.0).reshape(4, 4)
    found = accuracy.pooled(image.reshape(1, 16), 2)
    means = [image[:2, :2].mean(), image[:2, 2:].mean(), image[2:, :2].mean(), image[2:, 2:].mean()]
    np.testing.assert_allclose(found, [np.array(means) / 15])
    np.testing.assert_allclose(accuracy.pooled(image.reshape(1, 16), 4), image.reshape(1, 16) / 15)
    for pixels, side in ((16, 3), (15, 3)):
        with pytest.raises(ValueError, match=f"side must divide.*got {side} for {pixels} pixels"):
            accuracy.pooled(np.ones((1, pixels)), side)


@pytest.mark.parametrize("official", [None, 60])
def test_no_point_is_in_two_parts_and_official_test_rows_stay_so(monkeypatch, official):
    values = np.arange(1.0, 101)
    images = SimpleNamespace(X=np.outer(values, np.ones(16)), y=np.arange(100), train=official)
    monkeypatch.setattr(real_data, "load", lambda name: images)
    parts = accuracy.split("made up", 3, side=2, sizes=(30, 20, 25))
    rows = [part.labels for part in (parts.train, parts.validation, parts.test)]
    assert [len(part) for part in rows] == [30, 20, 25]
    assert len(np.unique(np.concatenate(rows))) == 75
    if official:
        assert (rows[0] < 60).all() and (rows[1] < 60).all() and (rows[2] >= 60).all()
    np.testing.assert_allclose(parts.train.X[:, :4].mean(axis=0), 0, atol=1e-12)
    for part in (parts.train, parts.validation, parts.test):
        np.testing.assert_array_equal(part.X[:, 4], 1)
        shift = part.X[:, 0] - values[part.labels] / 100
        np.testing.assert_allclose(shift, shift[0])
    with pytest.raises(ValueError, match="sizes must leave rows of made up to test on"):
        accuracy.split("made up", 3, side=2, sizes=(60, 20, 25))
    again = accuracy.split("made up", 4, side=2, sizes=(30, 20, 25))
    assert set(again.train.labels) != set(rows[0])


@pytest.fixture
def points():
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.standard_normal((24, 3)), np.ones(24)])
    return Points(X, np.arange(24) % 3)


def squares(fit, points):
    """The data term over 2n, of the scores."""
    residual = fit.scores(points.X) - accuracy.signs(points.labels)
    return np.sum(residual**2) / (2 * len(points.X))


@pytest.mark.parametrize("method", accuracy.METHODS)
def test_scores_are_those_of_what_was_minimised(points, method):
    step = accuracy.STEPS[method][-1] if method in accuracy.STEPS else None
    free = accuracy.fit(Setting(method, 0.0, step), points, seed=1, gates=8)
    assert free.objective == pytest.approx(squares(free, points), rel=1e-6)
    decayed = accuracy.fit(Setting(method, 0.5, step), points, seed=1, gates=8)
    assert decayed.objective > squares(decayed, points)
    predicted = free.scores(points.X).argmax(axis=1)
    assert free.accuracy(points) == np.mean(predicted == points.labels)


def test_the_relaxation_is_below_the_program_and_training_above_no_pattern(points):
    gated = accuracy.fit(Setting("gated", 0.5, None), points, seed=1, gates=8)
    convex = accuracy.fit(Setting("ReLU, convex", 0.5, None), points, seed=1, gates=8)
    zero = 3 / 2
    assert gated.objective * (1 - accuracy.TOLERANCE) <= convex.objective <= zero


def networks(d, m, seed, classes=3):
    """The networks that training begins with."""
    torch.manual_seed(seed)
    W = torch.randn(classes, m, d, dtype=torch.float64) / d**0.5
    alpha = torch.randn(classes, m, dtype=torch.float64) / m**0.5
    return W.numpy(), alpha.numpy()


def test_training_minimises_eq_1_over_2n_by_its_gradient(monkeypatch, points):
    monkeypatch.setattr(accuracy, "BATCHES", 1)
    monkeypatch.setattr(accuracy, "EPOCHS", 1)
    lam = 0.5
    step = 0.01
    n = len(points.X)
    wanted = 0
    for y, W, alpha in zip(accuracy.signs(points.labels).T, *networks(4, 8, 5), strict=True):
        dW, dalpha = gradient(points.X, y, W, alpha, lam)
        moved = W - step * dW / (2 * n), alpha - step * dalpha / (2 * n)
        wanted += loss(points.X, y, *moved, lam) / (2 * n)
    found = accuracy.fit(Setting("SGD", lam, step), points, seed=5, gates=4)
    assert found.objective == pytest.approx(wanted)


@pytest.mark.parametrize("method", accuracy.STEPS)
def test_the_same_seed_trains_the_same_and_goes_down(points, method):
    setting = Setting(method, 0.1, accuracy.STEPS[method][-1])
    first = accuracy.fit(setting, points, seed=2, gates=4)
    again = accuracy.fit(setting, points, seed=2, gates=4)
    assert first.objective == again.objective
    begin = networks(4, 8, 2)
    signs = accuracy.signs(points.labels).T
    value = sum(loss(points.X, y, W, a, 0.1) for y, W, a in zip(signs, *begin, strict=True))
    assert first.objective < 0.8 * value / (2 * len(points.X))


def test_another_method_is_refused(points):
    with pytest.raises(ValueError, match="method must be one of gated, .*; got 'Lion'"):
        accuracy.fit(Setting("Lion", 0.1, 0.1), points, seed=0)


def run(method, seed, validation, test, objective=1.0, lam=1.0, step=None):
    return {
        "set": "digits",
        "seed": seed,
        "width": accuracy.GATES,
        "method": method,
        "lam": lam,
        "step": step,
        "validation": validation,
        "test": test,
        "objective": objective,
    }


def test_settings_are_chosen_on_validation_points_for_each_seed():
    runs = []
    for method in accuracy.METHODS:
        runs += [
            run(method, 0, 0.8, 0.95, lam=1.0),
            run(method, 0, 0.9, 0.7, lam=0.1),
            run(method, 1, 0.8, 0.6, lam=1.0, objective=2.0),
            run(method, 1, 0.8, 0.5, lam=0.1, objective=1.0),
        ]
    runs.append({**run("Adam", 0, 1.0, 0.1), "set": "another"})
    runs.append({**run("Adam", 0, 1.0, 0.2), "width": 7})
    found = accuracy.chosen({"runs": runs}, "digits")
    for method in accuracy.METHODS:
        np.testing.assert_array_equal(found[method].accuracy, [0.7, 0.5])
        assert [setting.lam for setting in found[method].chosen] == [0.1, 0.1]
    (wide,) = accuracy.chosen({"runs": runs}, "digits", width=7).items()
    assert wide[0] == "Adam" and wide[1].accuracy == [0.2]


SETS = ("digits", "mnist-5000")
WIDTHS = (accuracy.GATES, 60, 120)


@pytest.fixture(scope="module")
def record():
    return accuracy.stored()


@pytest.fixture(scope="module")
def results(record):
    return {name: accuracy.chosen(record, name) for name in SETS}


@pytest.mark.parametrize(
    ("name", "width", "methods"),
    [
        *((name, accuracy.GATES, accuracy.METHODS) for name in SETS),
        *(("digits", width, figures.WIDENED) for width in WIDTHS[1:]),
    ],
)
def test_the_record_holds_every_setting_once_for_three_seeds(record, name, width, methods):
    tried = {s for s in accuracy.settings() if s.method in methods}
    mine = [run for run in record["runs"] if (run["set"], run["width"]) == (name, width)]
    assert len(mine) == 3 * len(tried)
    for seed in range(3):
        found = [run for run in mine if run["seed"] == seed]
        assert {Setting(run["method"], run["lam"], run["step"]) for run in found} == tried


def test_the_record_agrees_with_the_relaxation(record):
    """The gated optimum is below that of the program with cones, patterns and decay the same."""
    value = {
        tuple(run[part] for part in ("set", "seed", "width", "lam", "method")): run["objective"]
        for run in record["runs"]
    }
    compared = 0
    for (*where, method), objective in value.items():
        if method == "gated":
            assert objective * (1 - accuracy.TOLERANCE) <= value[*where, "ReLU, convex"]
            compared += 1
    assert compared >= 3 * 3 * 4


def test_the_figure_shows_every_seed_and_the_mean(results):
    fig = figures.accuracies(results)
    names = [label.get_text() for label in fig.axes[0].get_yticklabels()]
    assert names == list(reversed(accuracy.METHODS))
    for ax, reached in zip(fig.axes, results.values(), strict=True):
        for height, method in enumerate(names):
            percent = 100 * reached[method].accuracy
            ends, dots, mean = [line for line in ax.lines if line.get_ydata()[0] == height]
            np.testing.assert_allclose(dots.get_xdata(), percent)
            np.testing.assert_allclose(ends.get_xdata(), [percent.min(), percent.max()])
            np.testing.assert_allclose(mean.get_xdata(), [percent.mean()])


def test_the_figure_by_width_shows_means_and_ends(record):
    widened = {width: accuracy.chosen(record, "digits", width) for width in WIDTHS}
    (ax,) = figures.by_width(widened).axes
    assert len(ax.containers) == len(figures.WIDENED)
    for drawn, method in zip(ax.containers, figures.WIDENED, strict=True):
        percent = np.array([100 * reached[method].accuracy for reached in widened.values()])
        line, _, (bars,) = drawn
        np.testing.assert_allclose(line.get_ydata(), percent.mean(axis=1))
        ends = np.array([segment[:, 1] for segment in bars.get_segments()])
        np.testing.assert_allclose(ends, np.stack([percent.min(1), percent.max(1)], axis=1))


def test_the_tables_hold_mean_spread_and_ratio(results):
    for method, *cells in figures.accuracy_table(results).rows:
        for cell, reached in zip(cells, results.values(), strict=True):
            mean, low, high = map(float, re.fullmatch(r"(.*) \((.*) to (.*)\)", cell).groups())
            percent = 100 * reached[method].accuracy
            assert (mean, low, high) == pytest.approx(
                (percent.mean(), percent.min(), percent.max()), abs=0.051
            )
    ratios = {row[0]: row[1:] for row in figures.objective_table(results).rows}
    assert set(ratios["ReLU, convex"]) == {"1.00"}
    assert all(float(ratio) < 1 for ratio in ratios["gated"] if ratio != "–")
