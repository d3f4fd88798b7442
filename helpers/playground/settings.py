"""The settings the playground starts from: points of our own, and the article's data and runs.

The runs minimise the mean of the squares plus a decay, the playground minimises eq. 1, their sum: a
step of gradient descent is divided by n and the decay multiplied by n. Adam does not feel the
factor.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .. import checks, convex, data, experiments, train
from ..data import Dataset
from ..experiments import Experiment
from . import limits
from .limits import RANGES

_DEFAULT = dict(
    scale=0.01,
    neurons=100,
    decay=0.01,
    step="auto",
    method="gradient_descent",
    seed=7,
    steps=2000,
    weights=None,
    view=None,
)
_AROUND_THE_COLUMN = (-3.3, 2.3)  # of the article's animation, to which the neurons gather
_VALLEY = ([-1.0, -0.6, 0.0, 0.5, 1.0], [0.8, 0.5, -0.3, 0.2, 0.9])


class _Preset(NamedTuple):
    """A label, a data set (None: the valley), the article's run on it, changes of the default.

    view: limits of x that hold the neurons that the preset is about, where they are far from the
    points.
    """

    label: str
    data: str | None = None
    run: str | None = None
    changes: dict = {}
    view: tuple[float, float] | None = None


_PRESETS = {
    "valley": _Preset("five points of our own", changes=dict(scale=0.05, neurons=200, steps=1000)),
    "small": _Preset(
        "four points, very small scale", "line", "small scale", view=_AROUND_THE_COLUMN
    ),
    "large": _Preset("four points, large scale", "line", "large scale", view=_AROUND_THE_COLUMN),
    "teaser": _Preset("ten points, the opening animation", "teaser", "teaser"),
    "two-points": _Preset("two points, one neuron", "two-points", "one neuron", view=(-2.2, 1.8)),
    "four-positions": _Preset("four positions", "four-positions", view=(-5.0, 5.0)),
    "sine": _Preset(
        "a sine, the linked notebook",
        "sine",
        changes=dict(scale=0.5, neurons=500, decay=1e-3, steps=20000),
    ),
    "landscape": _Preset(
        "two points of the landscape, with a bias",
        "landscape",
        changes=dict(decay=1e-3),
        view=(-3.8, 2.2),
    ),
    "one-neuron": _Preset(
        "two points of the walkthrough, with a bias",
        "one-neuron",
        changes=dict(decay=1e-3),
        view=(-2.2, 3.8),
    ),
}


def names() -> list[str]:
    """Names of the presets."""
    return list(_PRESETS)


def presets() -> dict[str, dict]:
    """All settings by name, as the page reads them."""
    return {
        name: _setting(preset) | dict(view=preset.view and list(preset.view))
        for name, preset in _PRESETS.items()
    }


def own(
    x: ArrayLike,
    y: ArrayLike,
    settings: dict,
) -> dict:
    """The setting of a reader's own points x (n,), y (n,).

    Raises ValueError on what the page cannot take.
    """
    x = limits.coordinates(x, "x")
    y = checks.as_labels(limits.coordinates(y, "y"), len(x))
    return _points("your points", x, y) | limits.checked(settings)


def _points(
    label: str,
    x: ArrayLike,
    y: ArrayLike,
) -> dict:
    points = [[float(a), float(b)] for a, b in zip(x, y, strict=True)]
    return dict(label=label, points=points) | _DEFAULT


def _setting(preset: _Preset) -> dict:
    if preset.data is None:
        return _points(preset.label, *_VALLEY) | preset.changes
    S = data.load(preset.data)
    setting = _points(preset.label, S.X[:, 0], S.y)
    if preset.run is None:
        return setting | preset.changes
    return setting | _of_run(S, experiments.setting(preset.run))


def _of_run(S: Dataset, experiment: Experiment) -> dict:
    """The article's run, its decay as a share of lambda_max.

    Scale and decay are at least what the sliders reach.
    """
    n = len(S.y)
    settings = experiment.settings
    adam = experiment.optimiser is train.adam
    decay = n * settings.get("lam", 0.0) / convex.lambda_max(S.X, S.y)
    setting = dict(
        decay=max(float(f"{decay:.6g}"), RANGES["decay"][0]),
        steps=settings["steps"],
        step=settings["step"] / (1 if adam else n),
        method="adam" if adam else "gradient_descent",
    )
    network = experiment.network
    if isinstance(network, experiments.Given):
        rows = np.column_stack([network.W, network.alpha]).tolist()
        return setting | dict(neurons=len(rows), weights=rows)
    scale = max(network.scale, RANGES["scale"][0])
    return setting | dict(neurons=network.m, scale=scale, seed=network.seed)
