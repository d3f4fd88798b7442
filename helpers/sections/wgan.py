"""Section Wasserstein GANs: the games of one set of points, played and in closed form."""

from typing import NamedTuple

import numpy as np

from ..extensions import wgan
from ..extensions.wgan import ClosedForm, Play

POINTS = 6  # that the generator may place

# With fewer some games lose all their discriminators: those with alpha = 0 do not turn any more.
NEURONS = 8

# So small that one sees the games swing, not jump.
RATE = 0.004


class Game(NamedTuple):
    """A game of the page: its closed form, and how it was played."""

    closed: ClosedForm
    beta: float
    play: Play


def points() -> np.ndarray:
    """Twelve points of the plane, longer than wide, around a place off the origin."""
    rng = np.random.default_rng(4)
    return np.array([0.3, 0.1]) + rng.standard_normal((12, 2)) * [1.0, 0.6]


def linear_game(X: np.ndarray, runs: int = 50, steps: int = 3000) -> Game:
    """Linear discriminators, beta half the length of the sum of the points."""
    beta = 0.5 * float(np.linalg.norm(X.sum(axis=0)))
    settings = dict(kind="linear", neurons=NEURONS, runs=runs, steps=steps, rate=RATE)
    return Game(wgan.linear(X, POINTS, beta), beta, wgan.play(X, POINTS, beta, **settings))


def quadratic_game(X: np.ndarray, runs: int = 50, steps: int = 3000) -> Game:
    """Quadratic discriminators, beta a fifth of the largest squared singular value."""
    beta = 0.2 * float(np.linalg.norm(X, 2)) ** 2
    settings = dict(kind="quadratic", neurons=NEURONS, runs=runs, steps=steps, rate=RATE)
    return Game(wgan.quadratic(X, POINTS, beta), beta, wgan.play(X, POINTS, beta, **settings))


def second_half(values: np.ndarray) -> np.ndarray:
    """What a record (steps + 1, runs) holds after the first half of the game."""
    return values[len(values) // 2 :]
