"""Section Layer by layer: its figure and its table show the numbers they are given."""

import numpy as np
import pytest

from helpers.extensions import layer_by_layer as extension
from helpers.extensions.restarts import Runs
from helpers.figures import layer_by_layer as figures
from helpers.loss import loss
from helpers.sections import layer_by_layer


@pytest.fixture(scope="module")
def trained():
    problem = layer_by_layer.twelve_points()
    return problem.train(2), problem.train(2, "features")


def runs_of(*losses):
    return Runs(np.array(losses), [])


def test_the_figure_draws_the_objectives(trained):
    weights, features = trained
    together = [runs_of(6.6, 6.4, 99.0), runs_of(5.1, 5.9)]
    (ax,) = figures.objectives(weights, features, together).axes
    drawn = {line.get_label(): line.get_ydata() for line in ax.lines}
    for label, training in (
        ("weights of length 1", weights),
        ("features of length 1", features),
    ):
        objectives = [stage.objective for stage in training.stages]
        np.testing.assert_allclose(drawn[label], objectives)
    np.testing.assert_allclose(drawn["the best of those"], [6.4, 5.1])
    np.testing.assert_allclose(drawn["all layers at once, Adam"], [6.6, 6.4])


def test_the_table_says_what_every_stage_found(trained):
    weights, _ = trained
    first, second = weights.stages
    table = figures.stages(weights, [runs_of(2 * first.objective, 9e9), runs_of(second.objective)])
    assert [row[0] for row in table.rows] == ["1", "2"]
    neurons = str(second.features.shape[1])
    assert table.rows[0][1:4] == ["3", neurons, f"{first.objective:.4f}"]
    assert table.rows[1][1] == str(second.features.shape[1])
    assert [row[-1] for row in table.rows] == ["100.00%", "0.00%"]


def test_all_layers_at_once_are_trained_on_the_loss_of_the_whole_network(trained):
    problem = layer_by_layer.twelve_points()
    weights, _ = trained
    network = weights.stages[1].network
    runs = layer_by_layer.together(problem, network, runs=2, steps=20)
    for run, reported in enumerate(runs.losses):
        first, W, alpha = runs.network(run)
        unit = first / np.linalg.norm(first, axis=1)[:, None]
        whole = extension.Network((unit,), W, alpha)
        own = extension.loss(problem.S.X, problem.S.y, whole, problem.lam)
        assert own == pytest.approx(reported)


def test_trainings_on_the_features_of_a_stage_report_its_loss(trained):
    problem = layer_by_layer.twelve_points()
    weights, _ = trained
    stage = weights.stages[1]
    runs = layer_by_layer.on_features(problem, stage, runs=2, steps=20)
    W, alpha = runs.network(1)
    own = loss(stage.features, problem.S.y, W, alpha, problem.lam)
    assert own == pytest.approx(runs.losses[1])
