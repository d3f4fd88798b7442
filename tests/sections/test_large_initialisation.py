"""Section on large initialisation: the record of the long run, its beginning run again."""

import numpy as np
import pytest

from helpers import convex, experiments
from helpers.data import with_bias
from helpers.figures import large_initialisation as figures
from helpers.loss import predict
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
