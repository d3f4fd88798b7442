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
    """

    zero_below: float
    zero_errors: float
    nonzero_errors: float


def of_integers(least: float) -> Tolerance:
    """The Tolerance for exact data, of which no sine but zero is below `least`.

    0.9 leaves a tenth for the rounding of `least` itself.
    """
    return Tolerance(zero_below=0.9 * least, zero_errors=np.inf, nonzero_errors=1.0)


def of_floats(lost: float) -> Tolerance:
    """The Tolerance for floats whose rounding was multiplied by `lost` on the way to unit rows.

    A sine that may be above 10 ZERO is left open however large its error: nothing that large
    should pass for zero unseen.
    """
    return Tolerance(zero_below=10 * ZERO, zero_errors=lost, nonzero_errors=DOUBTFUL * lost)


@kernel
def most_doubtful(error, tolerance):
    """A sine with this error is not zero if it is above the number returned."""
    return tolerance.nonzero_errors * error


@kernel
def surely_zero(sine, error, tolerance):
    """Is a sine with this error zero?"""
    return sine + error <= tolerance.zero_below and sine <= tolerance.zero_errors * error
