"""What a reader can set, and how far: read from limits.js, where it stands for both languages."""

import json
from pathlib import Path

from .. import checks

_SOURCE = Path(__file__).with_name("limits.js").read_text(encoding="utf-8")
_LIMITS = json.loads(_SOURCE.split("`")[1])

RANGES = {name: tuple(limits) for name, limits in _LIMITS["ranges"].items()}
WHOLE = _LIMITS["whole"]
METHODS = _LIMITS["methods"]
MOST_POINTS = _LIMITS["most_points"]
LARGEST_VALUE = _LIMITS["largest_value"]


def checked(settings):
    """Return settings, by name, as plain numbers and text.

    Raises ValueError on what the page cannot take.
    """
    return {name: _checked(name, value) for name, value in settings.items()}


def coordinates(a, name):
    """Return `a`, coordinates of points, as floats of shape (n,).

    Raises ValueError for more points than the page takes, or too large ones.
    """
    a = checks.as_float(a, name)
    if a.ndim > 1 and a.size > len(a):
        raise ValueError(f"{name} must have shape (n,), one number a point; got {a.shape}")
    a = a.ravel()
    if not 1 <= len(a) <= MOST_POINTS:
        raise ValueError(
            f"{name} must hold 1 to {MOST_POINTS} points; got {len(a)}: take a sample of them"
        )
    if checks.largest(a) > LARGEST_VALUE:
        raise ValueError(
            f"{name} must not hold numbers beyond {LARGEST_VALUE:g}; found {checks.largest(a):g}: "
            "choose other units"
        )
    return a


def _checked(name, value):
    if name == "method":
        return _method(value)
    if name not in RANGES:
        names = ", ".join(sorted([*RANGES, "method"]))
        raise ValueError(f"{name} is not a setting; there are {names}")
    if name == "step" and isinstance(value, str) and value == "auto":
        return value
    low, high = RANGES[name]
    number = checks.as_count(value, name) if name in WHOLE else checks.as_number(value, name)
    if not low <= number <= high:
        raise ValueError(f"{name} must lie between {low} and {high}; got {value!r}")
    return number


def _method(value):
    if not isinstance(value, str) or value not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}; got {value!r}")
    return value
