"""Section on large initialisation: the record of the long run, its beginning run again."""

import numpy as np
import pytest

from helpers import convex, experiments
from helpers.data import with_bias
from helpers.figures import large_initialisation as figures
from helpers.loss import predict
from helpers.sections import large_initialisation
from helpers.sections.large_initialisation import carried_on


@pytest.fixture(scope="module")
def record():
    return carried_on()


def test_the_record_begins_as_the_run_does(record):
    S, run = experiments.run("large scale", record_every=1)
    for k in np.flatnonzero(record.step <= run.step[-1]):
        t = record.step[k]
        assert run.loss[t] == pytest.approx(record.loss[k], rel=1e-5)
        changed = (run.patterns(S.X)[t] != run.patterns(S.X)[0]).any(axis=1).sum()
        assert changed == record.changed[k]
        output = predict(with_bias(record.x), run.W[t], run.alpha[t])
        np.testing.assert_allclose(output, record.output[k], atol=1e-4)


def test_the_record_ends_at_the_certified_optimum(record):
    S = experiments.run("large scale", steps=0)[0]
    best = convex.solve(S.X, S.y, 4 * 0.005, tol=1e-8)
    assert record.optimum == pytest.approx(best.objective / 4, rel=1e-5)
    assert record.step[-1] == 800_000
    assert record.loss[-1] == pytest.approx(best.lower_bound / 4, rel=1e-3)
    assert (record.loss >= best.lower_bound / 4 * (1 - 1e-5)).all()
    between = np.abs(record.x) <= 0.7
    optimal = best.predict(with_bias(record.x[between]))
    assert np.abs(record.output[-1][between] - optimal).max() < 0.02


def test_the_figure_shows_the_record(record):
    S = experiments.run("large scale", steps=0)[0]
    best = convex.solve(S.X, S.y, 4 * 0.005)
    fig = figures.to_the_end(S, record, best)
    top, middle, bottom = fig.axes
    assert len(top.lines) == 6  # four steps, the optimum, the data
    assert middle.lines[0].get_ydata()[-1] == record.loss[-1]
    assert bottom.lines[0].get_ydata()[-1] == record.changed[-1]
    assert f"{record.changed[-1]} neurons" in fig.alt


def test_the_features_are_the_derivatives_of_the_output():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(3, 2))
    W = rng.normal(size=(4, 2))
    alpha = rng.normal(size=4)
    J = large_initialisation.features(X, (W, alpha))
    step = 1e-6
    by_hand = []
    for k in range(4):
        moved = alpha + step * (np.arange(4) == k)
        by_hand.append((predict(X, W, moved) - predict(X, W, alpha)) / step)
    for k in range(8):
        moved = W + step * (np.arange(8) == k).reshape(4, 2)
        by_hand.append((predict(X, moved, alpha) - predict(X, W, alpha)) / step)
    np.testing.assert_allclose(J, np.array(by_hand).T, atol=1e-6)


def test_the_linearised_network_ends_where_descent_on_it_does():
    S, run = experiments.run("large scale", m=20, steps=0)
    network = run.final
    x = with_bias(np.linspace(-1, 1, 7))
    J = large_initialisation.features(S.X, network)
    change = np.zeros(J.shape[1])
    missing = S.y - predict(S.X, *network)
    for _ in range(200_000):
        change += 0.02 * J.T @ (missing - J @ change)
    output = predict(x, *network) + large_initialisation.features(x, network) @ change
    found = large_initialisation.linearised(S, network, x)
    np.testing.assert_allclose(found, output, atol=1e-3)
    np.testing.assert_allclose(large_initialisation.linearised(S, network, S.X), S.y)


def test_the_figure_and_the_table_tell_how_far_the_linearisation_is():
    S, drawn = experiments.run("large scale", scale=3, step=1e-4, lam=0.0, steps=200)
    pairs = experiments.run("large scale", scale=3, step=1e-4, lam=0.0, steps=200, mirrored=True)[1]
    fig = figures.beside_linearised(S, {"as drawn": drawn, "pairs": pairs})
    assert len(fig.axes) == 2
    for ax in fig.axes:
        network, approximation, data = ax.lines
        x = network.get_xdata().round(9)
        between = (x >= S.X[:, 0].min()) & (x <= S.X[:, 0].max())
        apart = np.abs(network.get_ydata() - approximation.get_ydata())[between].max()
        assert ax.get_title().endswith(f"up to {apart:.2g} apart between the data")
        np.testing.assert_array_equal(data.get_ydata(), S.y)
    rows = figures.gaps(S, {("as drawn", 3): drawn, ("pairs", 3): pairs}).rows
    assert [row[0] for row in rows] == ["as drawn", "pairs"]
    assert float(rows[0][2]) > 10 * float(rows[1][2])


def test_a_step_is_looked_up_where_the_record_is_nearest(record):
    assert record.step[record.at(0)] == 0
    assert record.at(10**9) == len(record.step) - 1
    middle = len(record.step) // 2
    assert record.at(record.step[middle] + 1) == middle
