"""Descents brought to rest, held against the trainers; the records, against what they tell of."""

import numpy as np
import pytest

from helpers import data, files, train
from helpers.figures import local_minima as figures
from helpers.sections import local_minima

RECORD = files.read_json(files.record("minima"))


@pytest.fixture
def start():
    rng = np.random.default_rng(0)
    return rng.uniform(-1, 1, (70, 3, 2)), rng.uniform(-1, 1, (70, 3))


def test_it_is_the_descent_of_the_trainer(start):
    S = data.load("line")
    phases = ((1.0, 300), (0.1, 200))
    ends = local_minima.to_rest(S.X, S.y, *start, 0.05, step=0.02, phases=phases)
    other = train.descend_many(S.X, S.y, *start, lam=0.05, step=0.02, steps=300)
    other = train.descend_many(S.X, S.y, other.W, other.alpha, lam=0.05, step=0.002, steps=200)
    np.testing.assert_allclose(ends.W, other.W, atol=1e-12)
    np.testing.assert_allclose(ends.loss, other.loss, rtol=1e-12)


def test_it_is_the_adam_of_the_trainer(start, monkeypatch):
    monkeypatch.setattr(local_minima, "ADAM", 200)
    S = data.load("line")
    W, alpha = start
    ends = local_minima.to_rest(S.X, S.y, W, alpha, 0.05, optimiser="Adam", phases=())
    for k in (0, 69):
        run = train.adam(S.X, S.y, W[k], alpha[k], step=0.01, steps=200, lam=0.05)
        np.testing.assert_allclose(ends.W[k], run.W[-1], atol=1e-9)
        np.testing.assert_allclose(ends.alpha[k], run.alpha[-1], atol=1e-9)


def test_every_descent_is_counted_once():
    problem = local_minima.problem("plane", 2)
    found = problem.list()
    reached = local_minima.shares(problem, found, 60)
    assert reached.nowhere == 0
    assert reached.counts.sum() == 60
    assert (reached.counts.sum(axis=0) == 10).all()  # of two optimisers and three scales


def test_a_descent_that_rests_elsewhere_is_told():
    problem = local_minima.problem("plane", 2)
    found = problem.list()
    found.points[:] = [point for point in found.points if not point.is_global][3:]
    assert local_minima.shares(problem, found, 12).nowhere > 0


@pytest.mark.parametrize("name", RECORD["ladders"])
def test_the_record_is_of_this_list(name):
    told = RECORD["ladders"][name]
    data_name, width = name.split()
    found = local_minima.problem(data_name, int(width)).list()
    points = local_minima.entries(found)
    assert [str(point.kind) for point in points] == [entry["kind"] for entry in told["entries"]]
    losses = [entry["loss"] for entry in told["entries"]]
    np.testing.assert_allclose([point.loss for point in points], losses, rtol=1e-6)
    assert np.sum(told["counts"]) + told["nowhere"] == told["runs"] == 10_000


def test_a_minimum_stays_one_in_a_wider_network():
    narrow = local_minima.problem("plane", 2).list()
    wide = local_minima.problem("plane", 3).list()
    for loss in narrow.losses:
        assert np.abs(wide.losses - loss).min() < 1e-8


def test_a_closed_minimum_has_no_neuron_in_place_of_others():
    problem = local_minima.problem("plane", 2)
    found = problem.list()
    for point in found.minima:
        outputs = np.maximum(problem.S.X @ point.W.T, 0) * point.alpha
        # Where they are not unique, sizes move without a change of the output or of their sum.
        columns = np.vstack([outputs, np.ones(2) * np.abs(point.alpha) ** 2])
        unique = np.linalg.matrix_rank(columns, tol=1e-8) == 2
        assert unique == (len(point.patterns) == 2)


def test_the_ladder_has_a_row_for_every_point():
    problem = local_minima.problem("plane", 2)
    found = problem.list()
    counts = RECORD["ladders"]["plane 2"]["counts"]
    fig = figures.ladder(problem.S, found, counts)
    points = local_minima.entries(found)
    words = [text.get_text() for ax in fig.axes for text in ax.texts]
    assert len(fig.axes) == 3 * len(points)
    for point in points:
        assert f"{point.loss:.4f}" in words
    assert sum(word in ("minimum", "global") for word in words) == len(found.minima)
    assert f"A ladder of {len(found.minima)} local minima" in fig.alt


def test_the_figures_of_the_records_show_them():
    best = min(row["entries"][0]["loss"] for row in RECORD["widths"].values())
    left, right = figures.widths(RECORD["widths"], best).axes
    rungs = sum(
        entry["kind"] == "minimum" for row in RECORD["widths"].values() for entry in row["entries"]
    )
    assert len(left.lines) == rungs
    shares = [100 * row["global"] / row["runs"] for row in RECORD["widths"].values()]
    assert right.lines[0].get_ydata().tolist() == shares
    programs = figures.growth(RECORD["growth"]).axes[0]
    families = [line for line in programs.lines if line.get_marker() == "o"]
    drawn = sorted(y for line in families for y in line.get_ydata())
    assert drawn == sorted(row["programs"] for row in RECORD["growth"])
