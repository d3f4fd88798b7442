"""Numbers read back from the words of a page."""

import re

NUMBER = r"[\d.,·⁻⁰¹²³⁴⁵⁶⁷⁸⁹]*[\d⁰¹²³⁴⁵⁶⁷⁸⁹]"  # in a sentence, without its full stop
RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def value_of(text: str) -> float:
    """The number that a text writes: 0.0123, 1,240, 10⁻⁹ or 1.2·10⁻⁵."""
    factor, power = re.fullmatch(r"(-?[\d.,]*?)·?(?:10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?", text).groups()
    if factor in ("", "-"):  # a bare power
        factor += "1"
    return float(f"{factor.replace(',', '')}e{(power or '0').translate(RAISED)}")
