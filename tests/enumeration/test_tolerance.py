"""What counts as zero: the bounds by hand, and that no sine is zero and nonzero at once."""

from fractions import Fraction

import numpy as np
import pytest

from helpers.enumeration import tolerance
from helpers.enumeration.tolerance import ERROR, most_doubtful, surely_zero

EPS = np.finfo(float).eps


@pytest.mark.parametrize(
    "r, cancellation, roundings",
    [
        # Reflections: 2 r (r + 10). Products: (r + 2) times what cancels. Then 2 r / 2 of them.
        (4, 10.0, (112 + 60) * 4),
        (3, 1.0, (78 + 5) * 3),
        (6, 0.0, 192 * 6),
    ],
)
def test_the_proven_error_is_what_its_roundings_add_up_to(r, cancellation, roundings):
    assert tolerance.proven_error(r, cancellation) / EPS == pytest.approx(roundings, rel=1e-14)


@pytest.mark.parametrize("seed", range(5))
def test_a_dependent_row_is_within_the_proven_error(seed):
    """The sine that rounding leaves of zero, for thirds that no double holds."""
    rng = np.random.default_rng(seed)
    Z = rng.integers(-9, 10, (4, 4)).astype(object)
    a = rng.integers(-3, 4, 3).tolist()
    Z[3] = sum(a[q] * Z[q] for q in range(3)) if any(a) else Z[0]
    rows = np.array([[float(Fraction(z, 3)) for z in row] for row in Z])
    Q, _ = np.linalg.qr(rows[:3].T, mode="complete")
    sine = abs(rows[3] @ Q[:, 3]) / np.linalg.norm(rows[3])
    unit = rows / np.linalg.norm(rows, axis=1)[:, None]
    coefficients = np.linalg.lstsq(unit[:3].T, unit[3], rcond=None)[0]
    size = np.sqrt(1 + coefficients @ coefficients)
    assert sine <= tolerance.proven_error(4, 1.0) * size


def test_exact_sines_are_zero_below_the_least_one():
    rule = tolerance.of_integers(1e-3, 1e-6)
    error = 1e-5
    assert most_doubtful(error, rule) == error
    assert surely_zero(8.8e-4, error, rule)
    assert not surely_zero(8.95e-4, error, rule)  # it may be above nine tenths of the least
    assert not surely_zero(8.8e-4, 10 * error, rule)
    assert rule.error == 1e-6


def test_sines_of_floats_are_zero_or_open_or_neither_by_their_errors():
    lost = 3.0
    rule = tolerance.of_floats(lost)
    error = 1e-13
    assert rule.error == ERROR
    assert surely_zero(2.9 * error, error, rule)
    assert not surely_zero(3.1 * error, error, rule)
    assert most_doubtful(error, rule) == pytest.approx(400 * 3 * error)
    assert not surely_zero(0.99e-11, error, rule)  # as large as that, no error makes it zero
    assert surely_zero(0.9e-11, 0.9e-12, tolerance.of_floats(100.0))
    assert not surely_zero(0.9e-11, 1.1e-12, tolerance.of_floats(100.0))


def test_no_sine_of_floats_is_zero_and_not_zero():
    for lost in (1.0, 7.0, 1e3):
        rule = tolerance.of_floats(lost)
        for error in 10.0 ** np.arange(-17, -12):
            assert not surely_zero(1.01 * most_doubtful(error, rule), error, rule)
