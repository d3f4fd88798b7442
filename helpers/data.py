"""The article's data sets by name, each with its place in the article.

``load(name)`` returns a Dataset; ``names()`` lists them. Points on a line get a bias column,
the input 1, as the article does; ``with_bias`` does it for data of your own.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from . import checks

DRAWN = ("teaser", "plane")  # drawn at random by their author, each from a seed


@dataclass(frozen=True)
class Dataset:
    """Data X (n, d), labels y (n,), and where in the article they stand."""

    X: np.ndarray
    y: np.ndarray
    place: str


def with_bias(x: ArrayLike) -> np.ndarray:
    """Append the constant input 1: x (n,) or (n, d - 1) becomes X (n, d).

    Raises ValueError on bad input.
    """
    x = checks.as_float(x, "x")
    X = checks.as_data(x[:, None] if x.ndim == 1 else x, "x")
    return np.column_stack([X, np.ones(len(X), X.dtype)])


def load(name: str, seed: int | None = None) -> Dataset:
    """The data set of that name.

    `seed` draws another one like it, where the article's was drawn at random. Raises
    ValueError, listing the names, if there is none, or none drawn at random.
    """
    name = checks.as_choice(name, "name", DATASETS)
    if seed is None:
        return DATASETS[name]()
    if name not in DRAWN:
        raise ValueError(
            f"seed must be None for data not drawn at random, such as {name!r}; "
            f"{' and '.join(DRAWN)} take one"
        )
    return DATASETS[name](checks.as_count(seed, "seed"))


def names() -> list[str]:
    """Names of the data sets, in the article's order."""
    return list(DATASETS)


def _teaser(seed: int = 8) -> Dataset:
    rng = np.random.default_rng(seed)
    rng.uniform(-1, 1, 3 * 400)  # the original drew its 400 neurons from this generator first
    y = 0.45 + 0.15 * (-1.0) ** np.arange(10) + 0.03 * rng.uniform(-1, 1, 10)
    return Dataset(with_bias(np.linspace(-0.5, 0.5, 10)), y, "the animation above section I")


def _sine() -> Dataset:
    x = np.linspace(-1, 1, 10)
    return Dataset(with_bias(x), np.sin(10 * x), "the notebook linked below that animation")


def _landscape() -> Dataset:
    return Dataset(
        X=np.array([[-1.0], [1.0]]),
        y=np.array([1.0, 2.0]),
        place="section I, loss landscape of two neurons",
    )


def _one_neuron() -> Dataset:
    return Dataset(
        X=np.array([[-1.0], [1.0]]),
        y=np.array([1.0, 0.5]),
        place="section II, small example walkthrough",
    )


def _two_points() -> Dataset:
    return Dataset(
        X=with_bias([-0.2, 1.0]),
        y=np.array([0.5, 1.0]),
        place="section II, activation patterns",
    )


def _four_positions() -> Dataset:
    return Dataset(
        X=with_bias([-1.5, -0.5, 0.5, 1.5]),
        y=np.ones(4),
        place="section II, activation patterns of four points",
    )


def _plane(seed: int = 4) -> Dataset:
    rng = np.random.default_rng(seed)
    rng.uniform(-1, 1, 11 * 20)  # the original drew its 20 neurons from this generator first
    X = rng.uniform(-1, 1, (100, 9))
    y = X @ rng.uniform(-1, 1, 9) + 0.01 * rng.uniform(-1, 1, 100)
    return Dataset(with_bias(X), y, "section III, activation patterns are not a constant")


def _line() -> Dataset:
    x = np.array([-0.7, -0.3, 0.7, 0.8])
    return Dataset(with_bias(x), 0.6 * x + 0.7, "section III, large and very small initialisation")


DATASETS = {
    "teaser": _teaser,
    "sine": _sine,
    "landscape": _landscape,
    "one-neuron": _one_neuron,
    "two-points": _two_points,
    "four-positions": _four_positions,
    "plane": _plane,
    "line": _line,
}
