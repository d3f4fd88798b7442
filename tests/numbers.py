"""Numbers read back from the words of a page."""

import re

DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
RAISED = str.maketrans(f"⁻{DIGITS}", "-0123456789")
NUMBER = rf"[\d.,·⁻{DIGITS}]*[\d{DIGITS}]"  # in a sentence, without its full stop


def value_of(text: str) -> float:
    """The number that a text writes: 0.0123, 1,240, 10⁻⁹ or 1.2·10⁻⁵."""
    written = rf"(-?[\d.,]*?)·?(?:10([⁻{DIGITS}]+))?"
    factor, power = re.fullmatch(written, text).groups()
    if factor in ("", "-"):  # a bare power
        factor += "1"
    return float(f"{factor.replace(',', '')}e{(power or '0').translate(RAISED)}")
