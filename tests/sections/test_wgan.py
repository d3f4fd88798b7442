"""Section Wasserstein GANs: its games and what is drawn of them."""

import numpy as np
import pytest

from helpers.figures import wgan as figures
from helpers.sections import wgan as section

X = section.points()


@pytest.fixture(scope="module")
def games():
    return section.linear_game(X, runs=3, steps=400), section.quadratic_game(X, runs=3, steps=400)


def test_the_points_are_longer_than_wide_and_off_the_origin():
    assert X.shape == (12, 2)
    assert X[:, 0].std() > 1.2 * X[:, 1].std()
    assert np.linalg.norm(X.mean(axis=0)) > 0.1


def test_the_shares_of_beta_are_those_told(games):
    linear, quadratic = games
    assert linear.beta == pytest.approx(np.linalg.norm(X.sum(axis=0)) / 2)
    assert quadratic.beta == pytest.approx(np.linalg.eigvalsh(X.T @ X)[-1] / 5)


def test_the_closed_forms_by_hand(games):
    """Linear: the sum of the points, shortened by beta, shared evenly by the points generated."""
    linear, quadratic = games
    total = X.sum(axis=0)
    shared = total * (1 - linear.beta / np.linalg.norm(total)) / section.POINTS
    assert linear.closed.generated == pytest.approx(np.tile(shared, (section.POINTS, 1)))
    squares = np.maximum(np.linalg.eigvalsh(X.T @ X) - quadratic.beta, 0)
    assert quadratic.closed.value == pytest.approx(squares.sum())


def test_every_game_is_recorded_from_its_start(games):
    for game in games:
        assert game.play.values.shape == (401, 3)
        assert (game.play.values[0] < 0.2 * game.closed.value).all()
        assert len(section.second_half(game.play.values)) == 201


def test_the_figure_draws_two_games_of_either_kind(games):
    fig = figures.traces(*games)
    for ax, game in zip(fig.axes, games, strict=True):
        *traces, optimum = ax.lines
        assert len(traces) == 2
        for run, line in enumerate(traces):
            assert (line.get_ydata() == game.play.values[:, run]).all()
        assert set(optimum.get_ydata()) == {game.closed.value}
