"""The map of the ball: the loss of two neurons and the basins of gradient descent on it."""

import numpy as np
import pytest

from helpers import data, train
from helpers.loss import losses

S = data.load("landscape")
POINTS = dict(x=S.X[:, 0].tolist(), y=S.y.tolist())
THREE = dict(x=[-1.0, 0.5, 2.0], y=[1.0, -0.3, 0.7])


@pytest.mark.parametrize("points", [POINTS, THREE])
def test_the_loss_and_a_step_are_those_of_the_helpers(script, points):
    X = np.array(points["x"])[:, None]
    y = np.array(points["y"])
    W = np.random.default_rng(0).uniform(-2, 3, (40, 2))
    found = script.evaluate(
        """([points, W]) => W.map((w) => [lib.lossAt(points, w), ...lib.descend(points, w)])""",
        [points, W.tolist()],
    )
    fit = np.maximum(W[:, :1] * X[:, 0], 0) + np.maximum(W[:, 1:] * X[:, 0], 0)
    assert np.allclose(np.array(found)[:, 0], np.sum((fit - y) ** 2, axis=1), rtol=1e-12)
    slopes = [2 * np.sum((fit - y) * X[:, 0] * (W[:, [k]] * X[:, 0] > 0), axis=1) for k in (0, 1)]
    assert np.allclose(np.array(found)[:, 1:], W - 0.05 * np.transpose(slopes), rtol=1e-12)


def test_at_a_kink_nothing_moves(script):
    assert script.evaluate("(points) => lib.descend(points, [0, 0])", POINTS) == [0, 0]


def test_every_cell_of_the_map_ends_where_descent_ends(script):
    found = script.evaluate("(points) => lib.basins(points)", POINTS)
    cells, low, high, steps = script.evaluate("[lib.CELLS, lib.LOW, lib.HIGH, lib.STEPS]")
    centres = low + (np.arange(cells) + 0.5) / cells * (high - low)
    assert np.allclose(
        script.evaluate("Array.from({ length: lib.CELLS }, (_, k) => lib.centreOf(k))"), centres
    )
    starts = np.stack(np.meshgrid(centres + 0.0013, centres + 0.0013), axis=-1)
    run = train.descend_many(S.X, S.y, starts[..., None], step=0.05, steps=steps, train_alpha=False)
    ends = np.array(found["ends"]).reshape(cells, cells)
    assert (ends == run.loss.round(3)).all()
    assert found["levels"] == np.unique(ends).tolist() == [0, 1, 4]
    assert not np.signbit(ends).any()


@pytest.mark.parametrize(
    "end, levels, words",
    [
        (0, [0, 1, 4], "the global minimum"),
        (1, [0, 1, 4], "stuck; the global minimum has loss 0"),
        (4, [0, 1, 4], "stuck; the global minimum has loss 0"),
        (1, [1, 4], "the lowest end on this map"),
        (4, [1, 4], "stuck; the lowest end on this map has loss 1"),
        (0.5, [1, 4], "the lowest end on this map"),
    ],
)
def test_a_minimum_is_called_global_only_where_no_loss_can_be_lower(script, end, levels, words):
    assert script.evaluate("([end, levels]) => lib.verdict(end, levels)", [end, levels]) == words


def test_the_map_is_painted_cell_by_cell(script):
    inks = ["#0a0b0c", "#203040", "#ff0000"]
    found = script.evaluate(
        """([points, inks]) => lib.pixels(points, lib.basins(points), inks)""", [POINTS, inks]
    )
    picture = np.array(found).reshape(96, 96, 4)[::-1]  # row q from below
    basins = script.evaluate("(points) => lib.basins(points)", POINTS)
    ends = np.array(basins["ends"]).reshape(96, 96)
    colours = np.array([[10, 11, 12], [32, 48, 64], [255, 0, 0]])
    level = np.searchsorted(basins["levels"], ends)
    assert (picture[..., :3] == colours[level]).all()
    centres = -2.5 + (np.arange(96) + 0.5) / 96 * 6
    weights = np.stack(np.meshgrid(centres, centres), axis=-1).reshape(-1, 2)
    loss = losses(S.X, S.y, weights[..., None]).reshape(96, 96)
    band = np.minimum(10, np.floor(2 * np.sqrt(loss)))
    assert np.abs(picture[..., 3] - 255 * (0.62 - 0.055 * band)).max() <= 0.5 + 1e-9


def test_the_inks_are_used_again_where_there_are_more_levels(script):
    found = script.evaluate(
        """([points, inks]) => lib.pixels(points, lib.basins(points), inks)""",
        [POINTS, ["#010101", "#020202"]],
    )
    assert set(np.array(found).reshape(-1, 4)[:, 0].tolist()) == {1, 2}
