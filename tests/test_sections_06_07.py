"""What the pages Activation patterns and Solving the convex problem show, computed again through the helpers."""

import itertools

import numpy as np
import pytest

from helpers import convex, data, experiments, geometry, patterns, train
from helpers.figures import activation_patterns as figures

# Losses read off the published animation of one neuron, at some of its 229 steps.
ANIMATION = {0: 0.4862, 77: 0.3525, 168: 0.2287, 371: 0.1294, 378: 0.1260, 448: 0.0740, 665: 0.0208, 1456: 0.0, 1595: 0.0}


@pytest.fixture(scope="module")
def one_neuron():
    return experiments.run("one neuron", record_every=1)


def test_the_neuron_of_the_two_point_example():
    S = data.load("two-points")
    assert patterns.activation_patterns(S.X, [[0.3, -0.15], [0.3, 0.15]]).tolist() == [[False, True], [True, True]]
    assert patterns.activation_points([[0.3, -0.15], [0.3, 0.15]]) == pytest.approx([0.5, -0.5])
    assert len(patterns.enumerate_patterns(S.X)) == 4


def test_the_animation_has_the_published_frames_and_losses(one_neuron):
    S, frames = experiments.run("one neuron")
    assert len(frames) == 229 and frames.step[:3].tolist() == [0, 7, 14] and frames.step[-2:].tolist() == [1589, 1595]
    for t, loss in ANIMATION.items():
        assert frames.fit[frames.step == t] == pytest.approx(loss, abs=5e-5)
        assert one_neuron[1].fit[t] == pytest.approx(loss, abs=5e-5)
    assert frames.fit[frames.step == 1449] > 5e-5


def test_the_pattern_switches_once_and_the_neuron_ends_at_its_kink(one_neuron):
    S, run = one_neuron
    D = run.patterns(S.X)[:, 0]
    assert D[:372].tolist() == [[False, True]] * 372 and D[372:].all()
    assert run.fit[-1] == pytest.approx(1.16e-5, abs=5e-8)
    assert patterns.activation_points(run.W[-1])[0] == pytest.approx(-1.374, abs=5e-4)
    slope = run.W[:, 0, 0] * run.alpha[:, 0]
    assert [slope.min(), slope.max()] == pytest.approx([0.3, 0.763], abs=5e-4)


def test_gradient_descent_tells_the_same_story_later():
    S, run = experiments.run("one neuron", train.gradient_descent, steps=5100, record_every=1)
    assert run.patterns(S.X)[:, 0, 0].argmax() == 492 and (run.fit < 5e-5).argmax() == 5033


def test_with_its_first_pattern_the_neuron_would_stop_at_an_eighth():
    S = data.load("two-points")
    assert convex.solve(S.X, S.y, 0, [[0, 1]]).objective / 2 == pytest.approx(0.125, abs=1e-6)
    assert convex.solve(S.X, S.y, 0, [[1, 1]]).objective == pytest.approx(0, abs=1e-6)


def test_the_player_shows_the_rescaled_slope(one_neuron):
    S, run = one_neuron
    player = figures.fitting(S, {"Adam": run})
    height = player.triangles[0].y[:, 0]
    assert [height.min(), height.max()] == pytest.approx([0.2, 0.4])
    assert player.captions[378] == "step 378: Adam 0.1260 (1, 1)"
    assert player.triangles[0].x[0] == pytest.approx(0.5)


def test_ten_half_lines_have_eight_patterns():
    X = data.load("four-positions").X
    points, right = geometry.drawn_half_lines(X[:, 0])
    D = patterns.activation_patterns(X, geometry.half_lines(points, right))
    pairs = [(i + 1, j + 1) for i, j in itertools.combinations(range(10), 2) if (D[i] == D[j]).all()]
    assert len(points) == 10 and right.tolist() == [False, True] * 5 and pairs == [(1, 10), (2, 9)]
    assert not D[0].any() and D[1].all()
    assert {tuple(row) for row in D} == {tuple(row) for row in patterns.enumerate_patterns(X)}


def test_the_middle_points_alone_need_another_dimension():
    X = data.load("four-positions").X
    assert [0, 1, 1, 0] not in patterns.enumerate_patterns(X).astype(int).tolist()
    curved = patterns.enumerate_patterns(np.column_stack([X[:, 0] ** 2, X])).astype(int).tolist()
    assert len(curved) == 14 and [0, 1, 1, 0] in curved


def test_half_lines_bend_at_their_activation_point_and_refuse_crowded_points():
    W = geometry.half_lines([0.4, -1.0], [True, False])
    assert patterns.activation_points(W) == pytest.approx([0.4, -1.0])
    assert patterns.activation_patterns(data.with_bias([-2.0, 2.0]), W).tolist() == [[False, True], [True, False]]
    with pytest.raises(ValueError, match="x must hold"):
        geometry.drawn_half_lines([0, 0.5])
    with pytest.raises(ValueError, match="right"):
        geometry.half_lines([0.4], [True, False])


def test_the_hemisphere_shows_half_of_the_cells():
    X = np.random.default_rng(5).standard_normal((6, 3))
    W = geometry.hemisphere(X[0], 300).reshape(-1, 3)
    W = W[~np.isnan(W[:, 0])]
    assert np.linalg.norm(W, axis=1) == pytest.approx(1) and (W @ X[0] >= -1e-12).all()
    assert len(np.unique(W @ X[1:].T >= 0, axis=0)) == patterns.count_patterns(X) // 2
    with pytest.raises(ValueError, match="zero"):
        geometry.hemisphere(np.zeros(3))


def test_the_numbers_of_patterns_the_page_quotes():
    assert patterns.cover_count(100, 10) == pytest.approx(3.84e12, rel=1e-3)
    assert patterns.article_bound(100, 10) == pytest.approx(3.98e15, rel=2e-3)
    assert patterns.cover_count(100, 50) * 2 == 2**100
    assert patterns.cover_count(100, 28) < 1e25 <= patterns.cover_count(100, 29)


def test_normalised_neurons_need_one_factor_for_all_patterns():
    rng = np.random.default_rng(1)
    X, w = rng.standard_normal((9, 3)), rng.standard_normal(3)
    C = X - X.mean(axis=0)
    U = np.column_stack([np.linalg.svd(C, full_matrices=False)[0], np.full(9, 1 / 3)])
    output = np.maximum(0.5 * C @ w / np.linalg.norm(C @ w) + 0.2 / 3, 0)
    D = output > 0
    fit = np.linalg.lstsq(D[:, None] * U, output, rcond=None)[0]
    assert D[:, None] * U @ fit == pytest.approx(output, abs=1e-12)
    own = np.linalg.svd(D[:, None] * X, full_matrices=False)[0]
    assert np.linalg.norm(output - own @ (own.T @ output)) > 0.01
