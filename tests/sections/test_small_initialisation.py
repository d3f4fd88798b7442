"""Section on very small initialisation: where neurons gather, and the two regimes of the loss."""

import numpy as np
import pytest

from helpers import convex, dual, experiments
from helpers.figures import small_initialisation as figures
from helpers.loss import predict
from helpers.sections import small_initialisation
from helpers.train import Trajectory


@pytest.fixture(scope="module")
def decayed():
    """The data and the run of the animation, every step recorded."""
    return experiments.run("small scale", record_every=1)


@pytest.fixture(scope="module")
def plain():
    """The same without decay."""
    return experiments.run("small scale", record_every=1, lam=0.0)


def test_the_direction_before_the_loss_falls_is_predicted(decayed):
    S, run = decayed
    x = S.X[:, 0]
    predicted = small_initialisation.alignment_point(S.X, S.y)
    assert predicted == pytest.approx(-S.y.sum() / (x @ S.y))
    point = small_initialisation.gathering(run).point
    assert point[90] == pytest.approx(predicted, abs=2e-3)


def test_where_the_largest_neuron_activates(decayed, plain):
    _, run = decayed
    point = small_initialisation.gathering(run).point
    np.testing.assert_allclose(
        point[[90, 124, 140, 265]], [-2.253, -1.820, -1.326, -1.1749], atol=2e-3
    )
    end = small_initialisation.gathering(plain[1]).point[-1]
    assert end == pytest.approx(-7 / 6, abs=1e-4)


def test_how_many_neurons_gather_there(decayed):
    S, run = decayed
    share = small_initialisation.gathering(run).share[265]
    W = run.W[265]
    right = W[:, 0] > 0
    points = -W[:, 1] / W[:, 0]
    close = np.abs(points + 1.1749) < 0.05
    assert share == pytest.approx(0.71, abs=0.01)
    assert share == pytest.approx(close[right].mean(), abs=0.005)
    others = right & ~close
    inactive = (W[others] @ S.X.T < 0).all(axis=1)
    assert inactive.mean() > 0.95
    size = np.abs(run.alpha[265])
    assert size[others].max() < 1e-6 * size.max()


def test_the_largest_neuron_is_the_one_with_the_largest_product():
    W = np.array([[[1.0, 0.0], [1.0, 1.0], [10.0, -20.0]]])
    alpha = np.array([[2.0, 1.9, 0.1]])  # products 2, 2.7 and 2.2
    one = np.zeros(1)
    run = Trajectory(step=one, loss=one, fit=one, W=W, alpha=alpha)
    assert small_initialisation.gathering(run).point == pytest.approx([-1.0])


def test_the_loss_is_down_before_the_neurons_pass_the_articles_place(decayed):
    _, run = decayed
    point = small_initialisation.gathering(run).point
    aligned = 90  # the step by which they have gathered, left of the article's place
    passed = aligned + np.argmax(point[aligned:] > figures.ARTICLE)
    assert point[aligned] < figures.ARTICLE < point[passed]
    assert np.argmax(run.fit < 0.02) < passed


def test_ten_times_smaller_weights_wait_fifteen_steps_longer():
    half = []
    for scale in (1e-9, 1e-10):
        _, run = experiments.run("small scale", scale=scale, record_every=1)
        half.append(np.argmax(run.fit < run.fit[0] / 2))
    assert half[1] - half[0] == 15


def test_two_regimes_of_the_loss():
    _, run = experiments.run("two regimes")
    assert run.W.dtype == np.float32
    assert run.fit[80] > 0.9 * run.fit[0]
    assert run.fit[120] < 1e-3
    rate = (run.fit[220] / run.fit[180]) ** (1 / 40)
    assert rate == pytest.approx(0.844, abs=5e-4)
    assert run.fit[267] < 1e-13
    assert 1e-15 < run.fit[-1] < 1e-13
    (label,) = {line.get_label() for line in figures.two_regimes(run).axes[0].lines[1:]}
    assert label == "0.844 a step"


def test_patterns_switch_early_and_neurons_grow(decayed):
    S, run = decayed
    flips = small_initialisation.flips(S.X, run)
    active = np.einsum("tmd,nd->tmn", run.W, S.X) >= 0
    by_hand = [(a != b).sum() for a, b in zip(active[:-1], active[1:], strict=True)]
    assert flips.tolist() == by_hand
    assert 0.88 < flips[:50].sum() / flips.sum() < 0.94
    assert np.flatnonzero(flips)[-1] + 1 == 116
    size = np.linalg.norm(run.W, axis=2).mean(axis=1)
    assert size[90] / size[0] == pytest.approx(2.4e5, rel=0.02)


@pytest.fixture(scope="module")
def rest():
    """A network that descent from tiny weights leaves at rest above the optimum."""
    S = small_initialisation.random_points(7)
    return small_initialisation.rest_from_tiny_weights(S, m=40, steps=8000)


def test_tiny_weights_rest_above_the_optimum(rest):
    left = np.sum((predict(rest.S.X, *rest.network) - rest.S.y) ** 2)
    assert rest.share == pytest.approx(left / np.sum(rest.S.y**2), rel=1e-3)
    assert rest.share > 0.1
    assert rest.stationarity < 1e-6
    best = convex.solve(rest.S.X, rest.S.y, 1e-4)
    assert best.objective < 0.01 * left


def test_the_figures_of_what_is_stuck(rest):
    best = convex.solve(rest.S.X, rest.S.y, 1e-4).to_network()
    fig = figures.stuck([rest] * 4, [best] * 4)
    assert [ax.get_title() for ax in fig.axes] == [f"{100 * rest.share:.0f}% of the loss left"] * 4
    (ax,) = figures.missing_neuron(rest).axes
    named = {line.get_label(): line for line in ax.lines}
    grown = named["neurons that grew"].get_xdata()
    theta = rest.S.y - predict(rest.S.X, *rest.network)
    at_neurons = dual.dual_curve(rest.S.X, theta, dual.circle(grown))
    highest = np.abs(named["the neuron that is missing"].get_ydata()).max()
    assert np.abs(at_neurons).max() < 1e-3 * highest


def test_orthogonal_data_lead_to_two_vectors_known_beforehand():
    S = small_initialisation.orthogonal_points()
    np.testing.assert_allclose(S.X @ S.X.T, np.diag(np.sum(S.X**2, axis=1)), atol=1e-12)
    plus, minus = small_initialisation.predicted_vectors(S)
    W = np.array([plus, minus, [0, 0, 0, 0, 0]])
    alpha = np.array([1.0, -1.0, 1.0])
    W[1] *= -1
    np.testing.assert_allclose(predict(S.X, W, alpha), S.y, atol=1e-12)
    assert small_initialisation.off_the_vectors(S, (W, alpha)) == pytest.approx(0, abs=1e-12)
    W[0] *= 1.1
    assert small_initialisation.off_the_vectors(S, (W, alpha)) > 0.04
