"""Sets that are drawn by their published rule."""

from itertools import product

import numpy as np

MONK = (3, 3, 2, 3, 4, 2)  # how many values each attribute of a robot has

NORM = 2 / np.sqrt(20)  # of the means of twonorm and ringnorm, in each of 20 dimensions

Drawn = tuple[np.ndarray, np.ndarray]  # X (n, d), y (n,)


def monks_2(rng: np.random.Generator, n: int = 169) -> Drawn:
    """n different robots of all 432, the class being that exactly two attributes are 1.

    Thrun et al. 1991, "The MONK's problems", the second one: no noise.
    """
    X = _robots(rng, n)
    return X, np.sum(X == 1, axis=1) == 2


def monks_3(rng: np.random.Generator, n: int = 122, noise: float = 0.05) -> Drawn:
    """n different robots, and a share of wrong labels: the third of the MONK's problems.

    The class is that the jacket (attribute 5) is green (3) and the robot holds (4) a sword (1), or
    that the jacket is not blue (4) and the body (2) not an octagon (3).
    """
    X = _robots(rng, n)
    sword = (X[:, 4] == 3) & (X[:, 3] == 1)
    other = (X[:, 4] != 4) & (X[:, 1] != 3)
    y = sword | other
    wrong = rng.choice(n, round(noise * n), replace=False)
    y[wrong] = ~y[wrong]
    return X, y


def _robots(rng, n):
    every = np.array(list(product(*[range(1, values + 1) for values in MONK])), float)
    return every[rng.choice(len(every), n, replace=False)]


def waveform(rng: np.random.Generator, n: int = 5000) -> Drawn:
    """Random mixtures of two of three triangular waves, 21 values with unit noise each.

    Breiman, Friedman, Olshen and Stone 1984, "Classification and Regression Trees", 2.6.2.
    """
    at = np.arange(1, 22)
    centres = np.array([11, 15, 7])
    waves = np.maximum(6 - np.abs(at - centres[:, None]), 0)
    first = np.array([0, 0, 1])
    second = np.array([1, 2, 2])
    y = rng.integers(3, size=n)
    share = rng.uniform(size=(n, 1))
    X = share * waves[first[y]] + (1 - share) * waves[second[y]]
    return X + rng.standard_normal(X.shape), y


def waveform_noise(rng: np.random.Generator, n: int = 5000) -> Drawn:
    """`waveform`, and 19 more columns of unit noise alone."""
    X, y = waveform(rng, n)
    return np.hstack([X, rng.standard_normal((n, 19))]), y


def ringnorm(rng: np.random.Generator, n: int = 7400) -> Drawn:
    """Two normal distributions in 20 dimensions, one of them inside the other.

    Breiman 1996, "Bias, variance, and arcing classifiers": class 0 has mean 0 and covariance 4 I,
    class 1 mean (a, ..., a) and covariance I, a = 2 / sqrt(20).
    """
    y = rng.integers(2, size=n)
    Z = rng.standard_normal((n, 20))
    return np.where(y[:, None] == 0, 2 * Z, NORM + Z), y


def synthetic_control(rng: np.random.Generator, each: int = 100) -> Drawn:
    """Six kinds of control charts of 60 values, `each` of them: Alcock and Manolopoulos 1999.

    All are m + r s with m = 30, s = 2 and r uniform in [-3, 3]. Then: nothing; a cycle of amplitude
    and period in [10, 15]; a slope in [.2, .5], up or down; a jump of [7.5, 20] in the middle
    third, up or down.
    """
    n = 6 * each
    y = np.repeat(np.arange(6), each)
    t = np.arange(1, 61)
    X = 30 + 2 * rng.uniform(-3, 3, (n, 60))
    amplitude = rng.uniform(10, 15, (n, 1))
    period = rng.uniform(10, 15, (n, 1))
    slope = rng.uniform(0.2, 0.5, (n, 1))
    size = rng.uniform(7.5, 20, (n, 1))
    begin = rng.uniform(20, 40, (n, 1))
    cycle = amplitude * np.sin(2 * np.pi * t / period)
    jump = size * (t >= begin)
    parts = [0 * t, cycle, slope * t, -slope * t, jump, -jump]
    for kind, part in enumerate(parts):
        X[y == kind] += np.broadcast_to(part, (n, 60))[y == kind]
    return X, y


RULES = {
    "monks-2": monks_2,
    "monks-3": monks_3,
    "ringnorm": ringnorm,
    "synthetic-control": synthetic_control,
    "waveform": waveform,
    "waveform-noise": waveform_noise,
}
