"""The problems of the registry by name, made by code: X (n, d) and y (n,).

Columns of scikit-learn's sets are standardised and turned to their principal components, the
largest loading of each positive; `raw` ones are as they come. `bias`: a column of ones. Numbers
that are computed are rounded to multiples of 1/1024, so that every machine has the same.
"""

import hashlib
from collections.abc import Callable
from functools import partial

import numpy as np
from sklearn import datasets

from helpers import data

GRID = 1024
DIGESTED = 2**30  # the last bits of a sine differ from machine to machine
Labelled = tuple[np.ndarray, np.ndarray]


def rounded(values: np.ndarray) -> np.ndarray:
    """The nearest multiples of 1/1024."""
    return np.round(GRID * np.asarray(values, float)) / GRID


def standardised(values: np.ndarray) -> np.ndarray:
    """Every column less its mean, over its standard deviation."""
    return (values - values.mean(axis=0)) / values.std(axis=0)


def article(name: str) -> Labelled:
    """A data set of the article."""
    found = data.load(name)
    return found.X, found.y


def raw(name: str) -> Labelled:
    """A set of scikit-learn's with its own columns, class numbers less their mean."""
    X, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    return X, rounded(y - y.mean())


def components(name: str, count: int) -> Labelled:
    """The first principal components of a set of scikit-learn's."""
    X, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    X = standardised(X)
    axes = np.linalg.svd(X, full_matrices=False)[2][:count]
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=1)[:, None], axis=1)
    y = standardised(y) if name == "diabetes" else y - y.mean()
    return rounded(X @ (axes * np.sign(largest)).T), rounded(y)


def exercise(target: int) -> Labelled:
    """Linnerud's three exercises, and a bodily measure of the twenty men."""
    X, Y = datasets.load_linnerud(return_X_y=True)
    return rounded(standardised(X)), rounded(standardised(Y)[:, target])


def column(name: str, feature: int) -> Labelled:
    """One standardised column of a set of scikit-learn's."""
    X, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    y = standardised(y) if name == "diabetes" else y - y.mean()
    return rounded(standardised(X)[:, [feature]]), rounded(y)


def normal(n: int, d: int, seed: int) -> Labelled:
    """Normal points and normal labels: nothing to learn."""
    rng = np.random.default_rng(seed)
    return rounded(rng.standard_normal((n, d))), rounded(rng.standard_normal(n))


def teacher(n: int, d: int, seed: int, neurons: int = 3, noise: float = 0.1) -> Labelled:
    """Normal points labelled by a random network of a few neurons, with a little noise."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d))
    W = rng.standard_normal((neurons, d))
    y = np.maximum(X @ W.T, 0) @ rng.choice([-1.0, 1.0], neurons)
    return rounded(X), rounded(y + noise * rng.standard_normal(n))


def signs(n: int, d: int, seed: int) -> Labelled:
    """Points of the unit sphere with labels +1 and -1 by the toss of a coin."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d))
    return rounded(X / np.linalg.norm(X, axis=1)[:, None]), rng.choice([-1.0, 1.0], n)


def curve(f: Callable, n: int, width: float = 1.0) -> Labelled:
    """Values of a function at n even places of [-width, width]."""
    x = np.linspace(-width, width, n)
    return rounded(x[:, None]), rounded(f(x))


def surface(f: Callable, side: int) -> Labelled:
    """Values of a function on a grid of side x side points of the square [-1, 1]^2."""
    ticks = np.linspace(-1, 1, side)
    X = np.stack(np.meshgrid(ticks, ticks), axis=2).reshape(-1, 2)
    return rounded(X), rounded(f(*X.T))


def parity(bits: int) -> Labelled:
    """All sign vectors of that length, labelled by the product of their signs."""
    X = np.array(np.meshgrid(*bits * [[-1.0, 1.0]])).reshape(bits, -1).T
    return X, X.prod(axis=1)


def spirals(n: int, turns: float) -> Labelled:
    """Two spirals of n points each, labelled +1 and -1."""
    angle = np.sqrt(np.linspace(0.05, 1, n)) * 2 * np.pi * turns
    arm = (angle / angle[-1])[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return rounded(np.vstack([arm, -arm])), np.repeat([1.0, -1.0], n)


def rings(n: int, seed: int) -> Labelled:
    """Two noisy circles about zero of n points each, the inner one labelled +1."""
    rng = np.random.default_rng(seed)
    angle = rng.uniform(0, 2 * np.pi, 2 * n)
    radius = np.repeat([0.5, 1.0], n) + 0.1 * rng.standard_normal(2 * n)
    X = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return rounded(X), np.repeat([1.0, -1.0], n)


def moons(n: int, seed: int) -> Labelled:
    """Two noisy half circles of n points each, one in the other's hollow, labelled +1 and -1."""
    rng = np.random.default_rng(seed)
    angle = np.pi * rng.uniform(size=n)
    upper = np.column_stack([np.cos(angle) - 0.5, np.sin(angle) - 0.25])
    X = np.vstack([upper, -upper]) + 0.1 * rng.standard_normal((2 * n, 2))
    return rounded(X), np.repeat([1.0, -1.0], n)


def biased(make: Callable[[], Labelled]) -> Labelled:
    """The same problem with a column of ones behind the others."""
    X, y = make()
    return data.with_bias(X), y


def _with_and_without(makes):
    """Every problem, and behind it the one with a bias column."""
    both = {}
    for name, make in makes.items():
        both[name] = make
        both[f"{name}-bias"] = partial(biased, make)
    return both


SETS = {"iris": "iris", "wine": "wine", "cancer": "breast_cancer", "diabetes": "diabetes"}
COMPONENTS = {"iris": (2, 3), "wine": (2, 3, 4), "cancer": (2, 3), "diabetes": (2, 3)}
CURVES = {
    "step": (lambda x: np.where(x > 0, 1.0, -1.0), 20),
    "hat": (lambda x: np.maximum(0, 1 - 2 * np.abs(x)), 40),
    "runge": (lambda x: 1 / (1 + 25 * x**2), 50),
    "parabola": (lambda x: x**2, 50),
    "cubic": (lambda x: x**3, 30),
    "bumps": (lambda x: np.cos(2 * np.pi * x) * np.exp(-3 * x**2), 40),
    "wave": (lambda x: np.sin(3 * np.pi * x), 60),
    "chirp": (lambda x: np.sin(8 * np.pi * x**2), 100),
    "sawtooth": (lambda x: 4 * x - np.floor(4 * x) - 0.5, 80),
}
SURFACES = {
    "saddle": (lambda a, b: a * b, 7),
    "bowl": (lambda a, b: a**2 + b**2, 7),
    "checkers": (lambda a, b: np.sign(np.sin(np.pi * (a + 1)) * np.sin(np.pi * (b + 1))), 8),
    "bell": (lambda a, b: np.exp(-4 * (a**2 + b**2)), 9),
}
NORMAL = (
    *((10, 2), (20, 2), (50, 2), (200, 2), (10, 3), (20, 3), (50, 3), (100, 3), (200, 3)),
    *((30, 4), (50, 4), (100, 4), (20, 5), (40, 5), (20, 6)),
)
TEACHER = (
    *((20, 2), (50, 2), (100, 2), (20, 3), (50, 3), (100, 3), (200, 3)),
    *((50, 4), (100, 4), (50, 5)),
)
SIGNS = ((20, 2), (40, 2), (60, 2), (20, 3), (40, 3), (60, 3), (120, 3), (40, 4), (60, 4))
SMALL = ("teaser", "sine", "landscape", "one-neuron", "two-points", "four-positions", "line")
PROBLEMS = {
    **{name: partial(article, name) for name in SMALL},
    **_with_and_without({"iris-raw": partial(raw, "iris")}),
    **_with_and_without(
        {
            f"{short}-{count}": partial(components, SETS[short], count)
            for short, counts in COMPONENTS.items()
            for count in counts
        }
    ),
    "wine-5": partial(components, "wine", 5),
    "wine-6": partial(components, "wine", 6),
    "cancer-4": partial(components, "breast_cancer", 4),
    "cancer-5": partial(components, "breast_cancer", 5),
    "cancer-6": partial(components, "breast_cancer", 6),
    "diabetes-4": partial(components, "diabetes", 4),
    "diabetes-bmi-bias": partial(biased, partial(column, "diabetes", 2)),
    "diabetes-pressure-bias": partial(biased, partial(column, "diabetes", 3)),
    "cancer-radius-bias": partial(biased, partial(column, "breast_cancer", 0)),
    "wine-alcohol-bias": partial(biased, partial(column, "wine", 0)),
    "exercise-weight-bias": partial(biased, partial(exercise, 0)),
    "exercise-waist-bias": partial(biased, partial(exercise, 1)),
    "exercise-pulse-bias": partial(biased, partial(exercise, 2)),
    **{f"{name}-bias": partial(biased, partial(curve, *f)) for name, f in CURVES.items()},
    **{f"{name}-bias": partial(biased, partial(surface, *f)) for name, f in SURFACES.items()},
    "parity-2": partial(parity, 2),
    "parity-3-bias": partial(biased, partial(parity, 3)),
    **_with_and_without({"parity-4": partial(parity, 4)}),
    "spirals-bias": partial(biased, partial(spirals, 50, 1.0)),
    "rings-bias": partial(biased, partial(rings, 50, 0)),
    "moons-bias": partial(biased, partial(moons, 50, 0)),
    **{f"normal-{n}x{d}": partial(normal, n, d, 1000 * d + n) for n, d in NORMAL},
    **{f"teacher-{n}x{d}": partial(teacher, n, d, 1000 * d + n) for n, d in TEACHER},
    **{f"signs-{n}x{d}": partial(signs, n, d, 1000 * d + n) for n, d in SIGNS},
}


def digest(X: np.ndarray, y: np.ndarray) -> str:
    """What tells these data from others: the same for numbers that differ in their last bits."""
    table = np.round(DIGESTED * np.column_stack([X, y])).astype("<i8")
    shape = f"{table.shape[0]} x {table.shape[1]} "
    return hashlib.sha256(shape.encode() + table.tobytes()).hexdigest()[:16]
