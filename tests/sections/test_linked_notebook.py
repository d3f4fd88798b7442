"""The article's own notebook: its beginning, its program, and what the record tells of it."""

import numpy as np
import pytest

from helpers import data, files
from helpers.figures import linked_notebook as figures
from helpers.sections import linked_notebook

LINKED = files.read_json(files.record("linked"))


def test_the_published_losses_lie_within_the_spread_of_the_seeds():
    losses = np.array(LINKED["losses"])
    assert losses.shape == (10, len(linked_notebook.PRINTED))
    spread = losses.std(axis=0, ddof=1)
    away = (linked_notebook.PRINTED - losses.mean(axis=0)) / spread
    assert (np.abs(away) < 2).all(), np.round(away, 2)
    assert (spread < 0.25 * losses.mean(axis=0)).all()  # so that this says something


def test_the_linked_notebook_begins_as_recorded():
    run = linked_notebook.train(seed=3, steps=1)
    assert run.losses == pytest.approx(LINKED["losses"][3][:1], rel=1e-5)


def test_the_program_of_the_linked_notebook_is_a_mean_and_its_norms():
    run = linked_notebook.train(seed=0, steps=1)
    own = linked_notebook.program(run.begin)
    B = np.vstack([own.solution.U, own.solution.V])
    penalty = linked_notebook.BETA * np.linalg.norm(B, axis=1).sum()
    assert own.objective == pytest.approx(own.mse + penalty, rel=1e-9)
    assert own.objective == pytest.approx(LINKED["own"]["objective"], rel=1e-5)
    assert LINKED["best"]["objective"] <= own.objective * (1 + 1e-6)


def test_the_table_and_the_picture_show_the_losses_of_the_record():
    losses = np.array(LINKED["losses"])
    rows = figures.loss_table(losses).rows
    assert [row[0] for row in rows[:2]] == ["0", "2,000"]
    assert [float(row[1]) for row in rows] == list(linked_notebook.PRINTED)
    assert [float(row[4]) for row in rows] == pytest.approx(losses.max(axis=0), abs=5e-5)
    fig = figures.losses(losses)
    *seeds, published = fig.axes[0].lines
    np.testing.assert_array_equal([line.get_ydata() for line in seeds], losses)
    assert published.get_ydata().tolist() == list(linked_notebook.PRINTED)
    below = sum(row[1] < row[2] for row in rows)
    assert f"below all ten at {below} of 11" in fig.alt


def test_the_outputs_are_drawn_from_the_record():
    fig = figures.outputs(data.load("sine"), LINKED)
    drawn = {line.get_label(): line for line in fig.axes[0].lines}
    curve = drawn["convex, all patterns, certified"].get_ydata()
    np.testing.assert_array_equal(curve, LINKED["curves"]["best"])
    trained = np.array(LINKED["curves"]["trained"]) - LINKED["curves"]["best"]
    inside = np.abs(LINKED["x"]) <= 1
    assert f"at most {np.abs(trained)[inside].max():.2f} from the certified optimum" in fig.alt
