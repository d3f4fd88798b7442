"""Checks of arguments, shared by the helpers: every refusal names the argument, what was found and what would do."""

import numpy as np


def as_float(a, name):
    """Return `a` as an array of floats (float32 is kept, any other real type becomes float64) with finite entries."""
    try:
        a = np.asarray(a)
        a = a if a.dtype in (np.float32, np.float64) else a.astype(np.float64, casting="same_kind")
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be an array of real numbers; got {error}") from None
    if not np.isfinite(a).all():
        found = f"{np.isnan(a).sum()} NaN and {np.isinf(a).sum()} infinite entries"
        raise ValueError(f"{name} must be finite; found {found}: remove or replace them")
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
    return X


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
    return as_vector(y, n, name, "row of X")


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


def as_patterns(D, n, name="patterns"):
    """Return `D` as booleans of shape (P, n), one activation pattern a row."""
    D = np.asarray(D)
    if D.ndim != 2 or D.shape[1] != n:
        raise ValueError(
            f"{name} must have shape (P, {n}), one row a pattern and one column per row of X; got {D.shape}"
        )
    if D.dtype != bool:
        if D.size and not np.isin(D, (0, 1)).all():
            raise ValueError(
                f"{name} must hold booleans (or 0 and 1); got other values of type {D.dtype}"
            )
        D = D.astype(bool)
    return D


def as_nonnegative(value, name):
    """Return `value` as a finite float >= 0."""
    value = as_float(value, name)
    if value.ndim or value < 0:
        raise ValueError(f"{name} must be a single number >= 0; got {value}")
    return float(value)


def as_count(value, name, least=0):
    """Return `value` as an int >= `least`."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise ValueError(f"{name} must be an integer >= {least}; got {value!r}")
    return int(value)
