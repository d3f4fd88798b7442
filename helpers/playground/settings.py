"""The settings the playground starts from: five points of our own; the article's data sets on
a line, with its runs.

The runs minimise the mean of the squares plus a decay, the playground minimises eq. 1, their
sum: a step of gradient descent is divided by n and the decay multiplied by n. Adam does not
feel the factor.
"""

import numpy as np

from .. import checks, convex, data, experiments, train

RANGES = {
    "scale": (1e-5, 10),
    "neurons": (1, 1000),
    "decay": (1e-5, 1),
    "step": (1e-7, 1),
    "steps": (10, 100_000),
    "seed": (0, 2**32 - 1),
}
MOST_POINTS = 30
_DEFAULT = dict(
    scale=0.01,
    neurons=100,
    decay=0.01,
    step="auto",
    method="gradient_descent",
    seed=7,
    steps=2000,
    weights=None,
)
_VALLEY = ([-1.0, -0.6, 0.0, 0.5, 1.0], [0.8, 0.5, -0.3, 0.2, 0.9])
_PRESETS = {  # name: (label, data set, the article's run or None, changes)
    "valley": ("five points of our own", None, None, dict(scale=0.05, neurons=200, steps=1000)),
    "small": ("four points, very small scale", "line", "small scale", {}),
    "large": ("four points, large scale", "line", "large scale", {}),
    "teaser": ("ten points, the opening animation", "teaser", "teaser", {}),
    "two-points": ("two points, one neuron", "two-points", "one neuron", {}),
    "four-positions": ("four positions", "four-positions", None, {}),
    "sine": (
        "a sine, the linked notebook",
        "sine",
        None,
        dict(scale=0.5, neurons=500, decay=1e-3, steps=20000),
    ),
    "landscape": ("two points of the landscape, with a bias", "landscape", None, dict(decay=1e-3)),
    "one-neuron": (
        "two points of the walkthrough, with a bias",
        "one-neuron",
        None,
        dict(decay=1e-3),
    ),
}


def names():
    """Names of the presets."""
    return list(_PRESETS)


def presets():
    """All settings by name, as the page reads them."""
    return {name: _preset(*entry) for name, entry in _PRESETS.items()}


def own(x, y, settings):
    """The setting of a reader's own points x (n,), y (n,). Raises ValueError on what the page
    cannot take.
    """
    x = checks.as_float(x, "x").ravel()
    y = checks.as_labels(y, len(x))
    if not 1 <= len(x) <= MOST_POINTS:
        raise ValueError(
            f"x must hold 1 to {MOST_POINTS} points; got {len(x)}: take a sample of them"
        )
    for key, value in settings.items():
        if key == "step" and value == "auto":
            continue
        if key == "method" and value not in ("gradient_descent", "adam"):
            raise ValueError(f'method must be "gradient_descent" or "adam"; got {value!r}')
        elif key in RANGES and not RANGES[key][0] <= value <= RANGES[key][1]:
            raise ValueError(
                f"{key} must lie between {RANGES[key][0]} and {RANGES[key][1]}; got {value!r}"
            )
        elif key not in _DEFAULT or key == "weights":
            raise ValueError(
                f"{key} is not a setting; there are scale, neurons, decay, step, method, seed and steps"
            )
    return _points("your points", x, y) | settings


def _points(label, x, y):
    return dict(label=label, points=[[float(a), float(b)] for a, b in zip(x, y)]) | _DEFAULT


def _preset(label, name, run, changes):
    if name is None:
        return _points(label, *_VALLEY) | changes
    S = data.load(name)
    setting = _points(label, S.X[:, 0], S.y)
    return setting | (_of_run(S, experiments.setting(run)) if run else changes)


def _of_run(S, experiment):
    """The article's run, its decay as a fraction of lambda_max, scale and decay at least what
    the sliders reach.
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
