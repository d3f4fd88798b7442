"""Numbers in words and signs that a reader need not know Python for."""

from collections.abc import Iterable

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def scientific(value: float, digits: int = 1) -> str:
    """A number of `digits` digits: small and large as 10⁻⁶ or 3.8·10¹², others as 0.02."""
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return f"{float(f'{value:.{digits}g}'):g}"
    return _with_power(f"{value:.{digits - 1}e}")


def plain(value: float) -> str:
    """A number as it was given, 0.0015 or 10⁻⁹."""
    return _with_power(f"{value:g}")


def _with_power(text: str) -> str:
    """A number in Python's notation as a reader knows it: 1e-09 as 10⁻⁹."""
    mantissa, letter, exponent = text.partition("e")
    if not letter:
        return text
    power = "10" + str(int(exponent)).translate(RAISED)
    return power if mantissa == "1" else f"{mantissa}·{power}"


def yes_no(value: bool) -> str:
    """Whether something holds, as a reader says it."""
    return "yes" if value else "no"


def vectors(rows: Iterable[Iterable[float]], form: str = "g") -> str:
    """Rows of numbers, or patterns, as (1, 0) (0.87, -0.87); `form` formats each number."""
    texts = ([f"{float(value) + 0.0:{form}}" for value in row] for row in rows)
    return " ".join(f"({', '.join(text)})" for text in texts)
