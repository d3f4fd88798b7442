"""Checks of arguments, shared by the helpers: the one gate between a caller's input and numbers.

What passes is what is used: every function returns the plain array or number that the caller then
computes with. Every refusal is a ValueError that names the argument, what was found and what would
do.
"""

from numbers import Rational, Real

import numpy as np
from scipy import sparse

LARGEST = 1e150  # above it squares leave the range of doubles
SMALLEST = 1e-150  # below it squares vanish: data may not be that small throughout

AXES = 4  # no argument has more

# Arrays whose largest number lies between these stay in single precision, if they were: its range
# is 1e-38 to 1e38, and a gradient multiplies five such numbers.
SINGLE = (1e-10, 1e6)


def as_array(a, name):
    """Return `a` as a plain NumPy array of its own type; tensors of PyTorch are detached."""
    a = _opened(a, name)
    try:
        return np.asarray(a)
    except (TypeError, ValueError):
        kind = type(a).__name__
        raise ValueError(
            f"{name} must be one array, all rows of one length; got a {kind} that is none"
        ) from None


def _opened(a, name, axes=AXES):
    """What NumPy can read of `a`: nothing masked, sparse or on a tape, in lists neither."""
    if isinstance(a, list | tuple):
        closed = {kind for kind in set(map(type, a)) if _is_closed(kind)}
        if not closed:
            return a
        if not axes:
            raise ValueError(f"{name} must be an array; got lists in lists, {AXES} deep and more")
        return [_opened(part, name, axes - 1) if type(part) in closed else part for part in a]
    if sparse.issparse(a):
        raise ValueError(f"{name} must be a dense array; got a sparse one: use {name}.toarray()")
    if np.ma.isMaskedArray(a):
        hidden = int(np.ma.count_masked(a))
        if hidden:
            raise ValueError(
                f"{name} must not be masked; got {hidden} masked entries: drop their rows, or fill "
                f"them with {name}.filled(value)"
            )
        return a.data
    return _detached(a, name) if hasattr(a, "detach") else a


def _is_closed(kind):
    """Whether NumPy would misread what is of that type, or may, as it may hold something such."""
    holders = (list, tuple, np.ma.MaskedArray, sparse.sparray, sparse.spmatrix)
    return issubclass(kind, holders) or hasattr(kind, "detach")


def _detached(a, name):
    """A tensor of PyTorch as an array."""
    try:
        return a.numpy(force=True)
    except (TypeError, RuntimeError):
        raise ValueError(
            f"{name} must be a dense tensor of a type that NumPy has; got {a.dtype}, {a.layout}: "
            f"use {name}.to_dense().float()"
        ) from None


def as_float(a, name):
    """Return `a` as finite floats, rows one after the other in memory.

    float32 is kept, unless products of its numbers would leave its range; any other real type
    becomes float64. Raises ValueError for complex numbers, text, dates, missing values, and
    numbers beyond 1e150.
    """
    a = as_array(a, name)
    if a.dtype == object:
        a = _reals(a, name)
    if a.dtype.kind not in "biuf":
        raise ValueError(
            f"{name} must be an array of real numbers; got {a.dtype}: use {name}.real, or encode "
            "text and categories as numbers"
        )
    dtype = np.float32 if a.dtype == np.float32 else np.float64
    with np.errstate(over="ignore"):
        a = np.asarray(a, dtype, order="C")
    size = largest(a)
    if size <= LARGEST:
        single = dtype == np.float64 or size == 0 or SINGLE[0] <= size <= SINGLE[1]
        return a if single else a.astype(np.float64)
    if np.isfinite(size):
        raise ValueError(
            f"{name} must not hold numbers beyond {LARGEST:g}; found {size:g}: choose other units"
        )
    found = f"{np.isnan(a).sum()} NaN and {np.isinf(a).sum()} infinite entries"
    raise ValueError(f"{name} must be finite; found {found}: remove or replace them")


def _reals(a, name):
    """The entries of an array of objects as floats, where all of them are real numbers."""
    for entry in a.flat:
        if not isinstance(entry, (Real, np.bool_)):
            raise ValueError(
                f"{name} must be an array of real numbers; got an array of objects, one of them "
                f"{entry!r}: use {name}.to_numpy(float, na_value=np.nan) for a table with missing "
                f"values, else {name}.astype(float)"
            )
    try:
        return a.astype(np.float64)
    except OverflowError:
        raise ValueError(f"{name} must not hold numbers beyond {LARGEST:g}") from None


def largest(a):
    """The largest absolute value in `a`, 0 if it is empty, NaN if it holds one."""
    return float(np.abs(a).max(initial=0))


def _not_tiny(a, name):
    """Return `a`, whose largest entry is zero or at least SMALLEST."""
    size = largest(a)
    if 0 < size < SMALLEST:
        raise ValueError(
            f"{name} must be zero or hold a number above {SMALLEST:g}; found none above "
            f"{size:g}: choose other units"
        )
    return a


def as_data(X, name="X"):
    """Return `X` as floats of shape (n, d) with n, d >= 1."""
    X = as_float(X, name)
    if X.ndim != 2:
        raise ValueError(
            f"{name} must have shape (n, d), one row a data point; got {X.shape}: "
            "use X[:, None] for one-dimensional data"
        )
    if 0 in X.shape:
        raise ValueError(
            f"{name} must hold at least one data point and one column; got shape {X.shape}"
        )
    return _not_tiny(X, name)


def as_numbers(X, name="X"):
    """Return `X`, data of shape (n, d), with its numbers as they are.

    Integers and rationals of any size are not rounded to floats: `helpers.patterns` decides them
    exactly.
    """
    X = as_array(X, name)
    if X.dtype == object and all(isinstance(x, (Rational, np.integer)) for x in X.flat):
        as_data(np.zeros(X.shape), name)  # the shape alone: rationals may be of any size
        return X
    if X.dtype.kind in "iub":
        as_data(X, name)
        return X
    return as_data(X, name).astype(float, copy=False)


def as_vector(a, length, name, per):
    """Return `a` as floats of shape (length,), `length` being the number of what `per` names."""
    a = as_float(a, name)
    if a.shape != (length,):
        hint = f": use {name}.ravel()" if a.ndim > 1 and a.size == length else ""
        raise ValueError(
            f"{name} must have shape ({length},), one entry per {per}; got {a.shape}{hint}"
        )
    return a


def as_labels(y, n, name="y"):
    """Return `y` as floats of shape (n,)."""
    return _not_tiny(as_vector(y, n, name, "row of X"), name)


def as_weights(W, d):
    """Return `W`, a first layer, as floats of shape (m, d), one row a neuron; m may be 0."""
    W = as_float(W, "W")
    if W.ndim != 2 or W.shape[1] != d:
        raise ValueError(
            f"W must have shape (m, {d}), one row a neuron and as many columns as X; got {W.shape}"
        )
    return W


def as_network(W, alpha, d):
    """Return `W` as floats of shape (m, d) and `alpha` of shape (m,); no neuron (m = 0) will do."""
    W = as_weights(W, d)
    return W, as_vector(alpha, len(W), "alpha", "row of W")


def as_networks(W, alpha, d):
    """Return many networks as floats: W (..., m, d), and alpha, spread out to shape (..., m)."""
    W = as_float(W, "W")
    if W.ndim < 2 or W.shape[-1] != d:
        raise ValueError(
            f"W must have shape (..., m, {d}), one row a neuron and as many columns as X; "
            f"got {W.shape}"
        )
    alpha = as_float(alpha, "alpha")
    try:
        return W, np.broadcast_to(alpha, W.shape[:-1])
    except ValueError:
        raise ValueError(
            f"alpha must have shape {W.shape[:-1]}, one entry per neuron, or one that NumPy "
            f"spreads out to it; got {alpha.shape}"
        ) from None


def as_patterns(D, n, name="patterns"):
    """Return `D` as booleans of shape (P, n), one activation pattern a row."""
    D = as_array(D, name)
    if D.ndim != 2 or D.shape[1] != n:
        raise ValueError(
            f"{name} must have shape (P, {n}), one row a pattern and one column per row of X; "
            f"got {D.shape}"
        )
    if D.dtype != bool:
        if D.size and not np.isin(D, (0, 1)).all():
            raise ValueError(
                f"{name} must hold booleans (or 0 and 1); got other values of type {D.dtype}"
            )
        D = D.astype(bool)
    return D


def as_number(value, name):
    """Return `value`, a real number that is not NaN, as a float; it may be infinite."""
    number = as_array(value, name)
    if number.dtype == object and isinstance(value, Real):
        number = _reals(number, name)  # an integer of more than 64 bits, or a fraction
    if number.ndim or number.dtype.kind not in "iuf" or np.isnan(number):
        raise ValueError(f"{name} must be a single real number; got {value!r}")
    return float(number)


def as_nonnegative(value, name):
    """Return `value` as a finite float >= 0."""
    number = as_number(value, name)
    if number < 0 or number == np.inf:
        raise ValueError(f"{name} must be a finite number >= 0; got {value}")
    return number


def as_positive(value, name):
    """Return `value` as a finite float > 0."""
    number = as_number(value, name)
    if not 0 < number < np.inf:
        raise ValueError(f"{name} must be a finite number > 0; got {value}")
    return number


def as_share(value, name):
    """Return `value` as a float >= 0 and < 1."""
    number = as_number(value, name)
    if not 0 <= number < 1:
        raise ValueError(f"{name} must be a number >= 0 and < 1; got {value}")
    return number


def as_seconds(value, name="seconds"):
    """Return `value`, a time limit, as a float >= 0; infinite for none."""
    number = as_number(value, name)
    if number < 0:
        raise ValueError(f"{name} must be >= 0, or numpy.inf for no limit; got {value}")
    return number


def as_count(value, name, least=0):
    """Return `value` as an int >= `least`."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise ValueError(f"{name} must be an integer >= {least}; got {value!r}")
    return int(value)


def as_flag(value, name):
    """Return `value`, True or False, as a bool."""
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{name} must be True or False; got {value!r}")
    return bool(value)


def as_generator(rng, name="rng"):
    """Return `rng`, a numpy.random.Generator."""
    if not isinstance(rng, np.random.Generator):
        raise ValueError(
            f"{name} must be a numpy.random.Generator, such as numpy.random.default_rng(0); "
            f"got {rng!r}"
        )
    return rng


def as_choice(value, name, choices):
    """Return `value`, one of the texts `choices`."""
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}; got {value!r}")
    return value


def within_range(result, what):
    """Return `result`, numbers computed from what has passed the other checks, if all are finite.

    Arguments may be within 1e150 and their products beyond the range of doubles: a ValueError then
    says that of `what`.
    """
    if not np.isfinite(result).all():
        raise ValueError(
            f"{what} must stay within the range of double precision, 1e308; X, y, the weights or "
            "lam are too large for that: choose other units"
        )
    return result
