"""Section Activation patterns: the neuron that fits two points, half-lines, the numbers quoted."""

import itertools
import json

import numpy as np
import pytest

from helpers import convex, data, experiments, patterns, train
from helpers.figures import activation_patterns as figures
from helpers.sections import activation_patterns


@pytest.fixture(scope="module")
def one_neuron():
    """The data and the run of the animation, every step recorded."""
    return experiments.run("one neuron", record_every=1)


def test_the_neuron_of_the_two_point_example():
    S = data.load("two-points")
    W = [[0.3, -0.15], [0.3, 0.15]]
    D = patterns.activation_patterns(S.X, W)
    assert D.astype(int).tolist() == [[0, 1], [1, 1]]
    assert patterns.activation_points(W) == pytest.approx([0.5, -0.5])
    assert len(patterns.enumerate_patterns(S.X)) == 4


def test_the_pattern_switches_once_and_the_neuron_ends_at_its_kink(one_neuron):
    S, run = one_neuron
    D = run.patterns(S.X)[:, 0].astype(int).tolist()
    assert D == 372 * [[0, 1]] + (len(run) - 372) * [[1, 1]]
    assert run.fit[-1] == pytest.approx(1.16e-5, abs=5e-8)
    assert patterns.activation_points(run.W[-1])[0] == pytest.approx(-1.374, abs=5e-4)
    slope = run.W[:, 0, 0] * run.alpha[:, 0]
    assert [slope.min(), slope.max()] == pytest.approx([0.3, 0.763], abs=5e-4)


def test_gradient_descent_tells_the_same_story_later():
    S, run = experiments.run("one neuron", train.gradient_descent, steps=5100, record_every=1)
    assert run.patterns(S.X)[:, 0, 0].argmax() == 492
    assert (run.fit < 5e-5).argmax() == 5033


def test_with_its_first_pattern_the_neuron_would_stop_at_an_eighth():
    S = data.load("two-points")
    first = convex.solve(S.X, S.y, 0, [[0, 1]]).objective
    second = convex.solve(S.X, S.y, 0, [[1, 1]]).objective
    assert first / 2 == pytest.approx(0.125, abs=1e-6)
    assert second == pytest.approx(0, abs=1e-6)


def test_the_player_shows_the_rescaled_slope(one_neuron):
    S, run = one_neuron
    player = figures.fitting(S, {"Adam": run})
    marks = player.triangles[0]
    assert [marks.y.min(), marks.y.max()] == pytest.approx(figures.HEIGHTS)
    assert marks.x[0] == pytest.approx(0.5)
    assert player.captions[378] == "step 378: Adam 0.1260 (1, 1)"


def test_ten_half_lines_have_eight_patterns():
    X = data.load("four-positions").X
    points, right = activation_patterns.drawn_half_lines(X[:, 0])
    D = patterns.activation_patterns(X, activation_patterns.half_lines(points, right))
    pairs = itertools.combinations(range(10), 2)
    equal = [(i + 1, j + 1) for i, j in pairs if (D[i] == D[j]).all()]
    assert right.tolist() == [False, True] * 5
    assert equal == [(1, 10), (2, 9)]
    assert not D[0].any()
    assert D[1].all()
    every = {tuple(row) for row in patterns.enumerate_patterns(X)}
    assert {tuple(row) for row in D} == every
    assert len(every) == 8


def test_the_middle_points_alone_need_another_dimension():
    X = data.load("four-positions").X
    middle = [0, 1, 1, 0]
    assert middle not in patterns.enumerate_patterns(X).astype(int).tolist()
    curved = patterns.enumerate_patterns(np.column_stack([X[:, 0] ** 2, X]))
    assert len(curved) == 14
    assert middle in curved.astype(int).tolist()


def test_half_lines_bend_at_their_activation_point():
    W = activation_patterns.half_lines([0.4, -1.0], [True, False])
    assert patterns.activation_points(W) == pytest.approx([0.4, -1.0])
    D = patterns.activation_patterns(data.with_bias([-2.0, 2.0]), W)
    assert D.astype(int).tolist() == [[0, 1], [1, 0]]


def test_half_lines_that_will_not_do_are_refused():
    with pytest.raises(ValueError, match="x must hold"):
        activation_patterns.drawn_half_lines([0, 0.5])
    with pytest.raises(ValueError, match="right"):
        activation_patterns.half_lines([0.4], [True, False])


@pytest.mark.parametrize("size", [200, 301])
def test_the_hemisphere_is_a_disc_with_its_pole_in_the_middle(size):
    x = np.array([1.0, -2.0, 0.5])
    W = activation_patterns.hemisphere(x, size)
    t = np.linspace(-1, 1, size)
    outside = t[:, None] ** 2 + t**2 > 1
    np.testing.assert_array_equal(np.isnan(W).all(axis=2), outside)
    np.testing.assert_array_equal(np.isnan(W).any(axis=2), outside)
    inside = W[~outside]
    np.testing.assert_allclose(np.linalg.norm(inside, axis=1), 1)
    assert (inside @ x).min() >= -1e-12
    # Opposite pixels are mirror images in the pole, so the middle is the pole itself.
    pole = x / np.linalg.norm(x)
    shown = ~(outside | outside[::-1, ::-1])
    both = (W + W[::-1, ::-1])[shown]
    heights = W[shown] @ pole
    np.testing.assert_allclose(both, 2 * heights[:, None] * pole, atol=1e-12)


def test_the_hemisphere_shows_half_of_the_cells():
    X = np.random.default_rng(5).standard_normal((6, 3))
    W = activation_patterns.hemisphere(X[0], 300).reshape(-1, 3)
    W = W[~np.isnan(W[:, 0])]
    shown = np.unique(W @ X[1:].T >= 0, axis=0)
    assert len(shown) == patterns.count_patterns(X) // 2
    with pytest.raises(ValueError, match="zero"):
        activation_patterns.hemisphere(np.zeros(3))


def test_the_numbers_of_patterns_the_page_quotes():
    assert patterns.cover_count(100, 10) == pytest.approx(3.84e12, rel=1e-3)
    assert patterns.article_bound(100, 10) == pytest.approx(3.98e15, rel=2e-3)
    assert patterns.cover_count(100, 50) * 2 == 2**100
    assert patterns.cover_count(100, 28) < figures.ARTICLE_COUNT
    assert patterns.cover_count(100, 29) >= figures.ARTICLE_COUNT


def test_normalised_neurons_need_one_factor_for_all_patterns():
    rng = np.random.default_rng(1)
    X = rng.standard_normal((9, 3))
    w = rng.standard_normal(3)
    C = X - X.mean(axis=0)
    U = np.column_stack([np.linalg.svd(C, full_matrices=False)[0], np.full(9, 1 / 3)])
    output = np.maximum(0.5 * C @ w / np.linalg.norm(C @ w) + 0.2 / 3, 0)
    D = output > 0
    active = D[:, None] * U
    fit = np.linalg.lstsq(active, output, rcond=None)[0]
    np.testing.assert_allclose(active @ fit, output, atol=1e-12)
    own = np.linalg.svd(D[:, None] * X, full_matrices=False)[0]
    assert np.linalg.norm(output - own @ (own.T @ output)) > 0.01


def test_the_figure_of_a_moving_neuron_says_its_pattern():
    S = data.load("four-positions")
    assert figures.moving_neuron(S, 0.25, "right").alt.endswith("its pattern is (0, 0, 1, 1).")
    assert figures.moving_neuron(S, 0.25, "left").alt.endswith("its pattern is (1, 1, 0, 0).")


def test_the_figure_of_the_cells_counts_them():
    fig = figures.cells(np.random.default_rng(0).standard_normal((3, 3)))
    assert "4 cells. With the opposite half, 8 patterns of 8." in fig.alt


def test_the_speed_figure_draws_a_bar_a_number_and_says_why_one_is_missing(tmp_path):
    first = {"data": "20x3", "ours": 1e6, "scipy": 5000.0, "relucent": "not installed"}
    second = {"data": "60x3", "ours": 2e6, "scipy": 8000.0, "relucent": 400.0}
    record = tmp_path / "patterns.json"
    record.write_text(json.dumps({"other tools": [first, second]}), encoding="utf-8")
    ax = figures.speed(record).axes[0]
    assert sorted(bar.get_width() for bar in ax.patches) == [200, 250, 5000, 1e6, 2e6]
    assert [text.get_text().strip() for text in ax.texts] == ["not installed"]
