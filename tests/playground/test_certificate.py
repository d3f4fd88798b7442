"""What a dual point proves on the page, against arithmetic of 40 digits."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest

KINDS = ["plain", "far", "close", "large", "one"]


def case(kind, seed):
    rng = np.random.default_rng([KINDS.index(kind), seed])
    n = 1 if kind == "one" else int(rng.integers(2, 13))
    x = np.sort(rng.uniform(-1, 1, n))
    if kind == "far":
        x += 10 ** rng.uniform(2, 6)
    if kind == "close":
        x = np.unique(0.5 + 10 ** rng.uniform(-9, -3) * x)
    if kind == "large":
        x *= 10 ** rng.uniform(2, 6)
    root = np.sqrt(rng.integers(1, 4, len(x)))
    return x, root, rng.normal(size=len(x))


def exact_maximum(x, root, theta, signs=(1, -1)):
    """max over |u| = 1 and signs of sign * theta'(Xu)_+, rows root (x, 1), cell by cell."""
    x = [Fraction(value) for value in x]
    weights = [Fraction(r) * Fraction(t) for r, t in zip(root, theta, strict=True)]
    best = mpmath.mpf(0)
    n = len(x)
    right = [(range(k + 1, n), (1, -x[k + 1]), (1, -x[k])) for k in range(n - 1)]
    left = [(range(k + 1), (-1, x[k + 1]), (-1, x[k])) for k in range(n - 1)]
    everything = [(range(n), (1, -x[0]), (-1, x[-1]))]
    for members, start, end in right + left + everything:
        c1 = sum(weights[g] * x[g] for g in members)
        c2 = sum(weights[g] for g in members)
        for sign in signs:
            after_start = start[0] * sign * c2 - start[1] * sign * c1 >= 0
            before_end = sign * c1 * end[1] - sign * c2 * end[0] >= 0
            if after_start and before_end:
                best = max(best, root_of(c1**2 + c2**2))
            for w1, w2 in (start, end):
                along = sign * (c1 * w1 + c2 * w2)
                best = max(best, number(along) / root_of(w1**2 + w2**2))
    return best


def number(value):
    return mpmath.mpf(value.numerator) / value.denominator


def root_of(value):
    return mpmath.sqrt(number(Fraction(value)))


CORRELATION = """([x, root, theta, y, signs, lam]) => {
  const pooled = { n: x.length, x, root, y };
  const blocks = lib.cellsOf(x).flatMap((cell) => signs.map((sign) => ({ cell, sign })));
  return { ...lib.correlation(pooled, blocks, theta),
           bound: lib.lowerBound(pooled, blocks, theta, lam) }; }"""


@pytest.mark.parametrize("kind", KINDS)
def test_the_largest_correlation_is_exact_and_widened(script, kind):
    with mpmath.workdps(40):
        for seed in range(12):
            x, root, theta = case(kind, seed)
            for signs in ([1, -1], [1], [-1]):
                arguments = [a.tolist() for a in (x, root, theta, theta)] + [signs, 1]
                found = script.evaluate(CORRELATION, arguments)
                exact = exact_maximum(x, root, theta, signs)
                sizes = np.sum(np.abs(root * theta) * np.hypot(x, 1))
                assert found["upper"] >= exact
                assert found["upper"] - exact <= 1e-14 * sizes
                assert abs(found["value"] - exact) <= 1e-14 * sizes


def test_what_is_lost_to_rounding_is_small_far_from_zero(script):
    """With a sum of zero only edges are left, whose sums of differences lose nothing."""
    x = 1e6 + np.array([-1.0, -0.5, 0.0, 0.5, 1.0])
    theta = np.array([1.0, -2.0, 2.0, -2.0, 1.0])
    arguments = [x.tolist(), [1] * 5, theta.tolist(), theta.tolist(), [1, -1], 1]
    found = script.evaluate(CORRELATION, arguments)
    with mpmath.workdps(40):
        exact = exact_maximum(x, np.ones(5), theta)
    assert found["value"] == pytest.approx(float(exact), rel=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_the_bound_is_the_best_along_the_ray_and_never_above_it(script, kind):
    with mpmath.workdps(40):
        for seed in range(12):
            x, root, theta = case(kind, seed)
            rng = np.random.default_rng(seed)
            y = theta + rng.normal(size=len(theta)) * rng.choice([0.1, 3])
            most = exact_maximum(x, root, y)
            for share in (1e-4, 0.1, 0.9, 5):
                lam = float(share * most)
                arguments = [a.tolist() for a in (x, root, theta, y)] + [[1, -1], lam]
                found = script.evaluate(CORRELATION, arguments)["bound"]
                exact = best_along(theta, y, lam, exact_maximum(x, root, theta))
                assert found <= exact
                assert found >= exact * (1 - 1e-7)


def best_along(theta, y, lam, norm):
    """max over s of s theta'y - s^2 |theta|^2 / 2 with s norm <= lam, in many digits."""
    square = sum(mpmath.mpf(t) ** 2 for t in theta)
    along = sum(mpmath.mpf(t) * mpmath.mpf(label) for t, label in zip(theta, y, strict=True))
    if along <= 0:
        return mpmath.mpf(0)
    scale = min(along / square, mpmath.mpf(lam) / norm)
    return scale * along - scale**2 * square / 2


def test_without_blocks_the_labels_themselves_are_the_bound(script):
    bound = script.evaluate(
        """() => lib.lowerBound({ n: 2, x: [0, 1], root: [1, 1], y: [3, 4] }, [], [3, 4], 0.1)"""
    )
    assert bound == pytest.approx(12.5, rel=1e-13)
    assert bound <= 12.5
    pooled = "{ n: 2, x: [0, 1], root: [1, 1], y: [3, 4] }"
    assert script.evaluate(f"lib.lowerBound({pooled}, [], [-3, -4], 0.1)") == 0
    assert script.evaluate(f"lib.lowerBound({pooled}, [], [0, 0], 0.1)") == 0
