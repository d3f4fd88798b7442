"""The article's data sets: their shapes, what the article prints of them, what is refused."""

import numpy as np
import pytest

from helpers import data, experiments


@pytest.mark.parametrize("name", data.names())
def test_a_data_set_has_its_place_and_shapes(name):
    S = data.load(name)
    assert S.X.ndim == 2
    assert S.y.shape == (len(S.X),)
    assert S.place.startswith(("section", "the animation", "the notebook"))


@pytest.mark.parametrize("name", ["teaser", "sine", "two-points", "four-positions", "line"])
def test_points_on_a_line_have_a_bias_column(name):
    X = data.load(name).X
    assert X.shape[1] == 2
    np.testing.assert_array_equal(X[:, 1], 1)


def test_the_labels_are_those_of_the_pictures():
    one_pixel = 0.0017
    read = experiments.readings("teaser").labels
    assert np.abs(data.load("teaser").y - read).max() < one_pixel
    assert data.load("two-points").y.tolist() == [0.5, 1.0]
    S = data.load("sine")
    np.testing.assert_allclose(S.X[:, 0], -1 + np.arange(10) * 2 / 9, atol=1e-15)
    np.testing.assert_allclose(S.y, np.sin(10 * S.X[:, 0]))
    S = data.load("line")
    np.testing.assert_allclose(S.y, 0.6 * S.X[:, 0] + 0.7)
    assert np.mean(data.load("plane").y ** 2) == pytest.approx(0.6945, abs=5e-5)


@pytest.mark.parametrize("name", data.DRAWN)
def test_another_seed_draws_other_data_alike(name):
    S = data.load(name)
    other = data.load(name, seed=99)
    assert other.X.shape == S.X.shape
    assert np.abs(other.y - S.y).max() > 0.01
    np.testing.assert_array_equal(other.y, data.load(name, seed=99).y)


@pytest.mark.parametrize("x", [[1.0, 2.0], [[1.0], [2.0]]])
def test_a_bias_column_is_appended(x):
    assert data.with_bias(x).tolist() == [[1.0, 1.0], [2.0, 1.0]]


def test_what_there_is_not_is_refused():
    with pytest.raises(ValueError, match="name must be one of teaser, .*'nothing'"):
        data.load("nothing")
    with pytest.raises(ValueError, match="seed must be None.*'line'"):
        data.load("line", seed=1)
    with pytest.raises(ValueError, match="finite"):
        data.with_bias([np.nan])
