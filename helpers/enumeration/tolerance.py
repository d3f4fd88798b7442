"""What counts as zero: a part of `arrangement` and `chain`.

What is asked is always whether a sine is zero: that of the angle between a row and what others
span. Rounding leaves it known up to an error.
"""

from typing import NamedTuple

import numpy as np

from ..compiling import kernel

# Rounding error of a sine, times the volume of the unit rows it was computed with: the machine
# epsilon, times 16 for the sums and reflections on the way.
ERROR = 16 * np.finfo(float).eps

# A sine up to this may be what rounding left of zero: some thousand machine epsilons.
ZERO = 1e-12

# Floats within so many errors of being dependent are dependent. One error is what is computed
# with them; the factor is for the rounding that the data came with.
SAME = 4

# Above so many errors they are independent, in between they are Ambiguous. The gap is wide, so
# that no other machine's rounding takes for zero what this one's takes for nonzero.
DOUBTFUL = 400


class Ambiguous(ArithmeticError):
    """Floats, up to rounding, do not say which of the data are dependent.

    Take them for the numbers they are, in exact arithmetic.
    """


class Tolerance(NamedTuple):
    """What a computed sine is taken for, given its error.

    It is zero if, with its error, it is at most `zero_below`, and it is at most `zero_errors`
    times that error. It is not zero above `nonzero_errors` times its error. Otherwise it is open.
    error: of a sine, times the volume of the unit rows it was computed with.
    """

    error: float
    zero_below: float
    zero_errors: float
    nonzero_errors: float


def of_integers(least: float, error: float) -> Tolerance:
    """The Tolerance for exact data, of which no sine but zero is below `least`.

    0.9 leaves a tenth for the rounding of `least` itself. error: see `proven_error`.
    """
    return Tolerance(error=error, zero_below=0.9 * least, zero_errors=np.inf, nonzero_errors=1.0)


def proven_error(r: int, cancellation: float) -> float:
    """A bound on the error of a sine in r dimensions, over the length of the dependency.

    A row i that is sum_q a_q member q has, computed, the sine of rows that were moved by at most
    delta each: no more than delta (1 + sum_q abs(a_q)), or r delta times the length of (1, a).
    The factor 2 is for a, which is computed too.

    delta: a product of integers with `basis` has r + 2 roundings, of numbers that are
    `cancellation` times as large as what is left of them. A reflection in w dimensions moves a row
    by at most 2.5 w + 16 roundings: dot products have w, their vectors half as many, and 16 are
    for what is not summed. Together from 3 to r dimensions, and for the line, that is less than
    2 r (r + 10). A rounding is half an epsilon.
    """
    delta = (r * (r + 10) + (r + 2) * cancellation / 2) * np.finfo(float).eps
    return 2 * r * delta


def of_floats(lost: float) -> Tolerance:
    """The Tolerance for floats whose rounding was multiplied by `lost` on the way to unit rows.

    A sine that may be above 10 ZERO is left open however large its error: nothing that large
    should pass for zero unseen.
    """
    return Tolerance(
        error=ERROR,
        zero_below=10 * ZERO,
        zero_errors=lost,
        nonzero_errors=DOUBTFUL * lost,
    )


@kernel
def most_doubtful(error, tolerance):
    """A sine with this error is not zero if it is above the number returned."""
    return tolerance.nonzero_errors * error


@kernel
def surely_zero(sine, error, tolerance):
    """Is a sine with this error zero?"""
    return sine + error <= tolerance.zero_below and sine <= tolerance.zero_errors * error
