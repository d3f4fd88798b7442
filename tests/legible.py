"""What a figure of the book must be for eyes: contrast on white and in the dark, and text size.

The measures are WCAG's; the dark page is what the filter of book.css makes of a picture.
"""

import re
from pathlib import Path

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from matplotlib.text import Text

from helpers.drawing import style

ROOT = Path(__file__).parents[1]
BOOK = (ROOT / "book" / "_static" / "book.css").read_text(encoding="utf-8")
FILTER = "filter: invert(1) hue-rotate(180deg);"
WHITE = np.ones(3)
DARK = np.array([0x14, 0x18, 0x1E]) / 255  # the lightest ground of the dark pages
READ = 4.5  # contrast of text
SEEN = 3.0  # contrast of what carries meaning
# Half a turn of the hue, as CSS defines the filter.
LUMA = np.array([0.213, 0.715, 0.072])
TURNED = 2 * np.tile(LUMA, (3, 1)) - np.eye(3)


def in_the_dark(colour: np.ndarray) -> np.ndarray:
    """What the filter makes of a colour in [0, 1]^3."""
    return np.clip(TURNED @ (1 - colour), 0, 1)


def luminance(colour: np.ndarray) -> float:
    linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(colour: np.ndarray, ground: np.ndarray) -> float:
    dark, light = sorted([luminance(colour), luminance(ground)])
    return (light + 0.05) / (dark + 0.05)


def least_contrast(colour, alpha: float | None = None) -> float:
    """The contrast of a colour of matplotlib's on the white page, or on the dark one if lower."""
    *rgb, opacity = to_rgba(colour)
    rgb = np.array(rgb)
    opacity *= 1 if alpha is None else alpha
    found = []
    for shown, ground in ((rgb, WHITE), (in_the_dark(rgb), DARK)):
        found.append(contrast(opacity * shown + (1 - opacity) * ground, ground))
    return min(found)


def texts(fig) -> list[Text]:
    """The texts that a figure shows."""
    hidden = {text for ax in fig.axes if not ax.axison for text in _of_axes(ax)}
    everything = [text for text in fig.findobj(Text) if text not in hidden]
    return [text for text in everything if text.get_visible() and text.get_text().strip()]


def _of_axes(ax):
    return [text for axis in (ax.xaxis, ax.yaxis) for text in axis.findobj(Text)]


def faults(fig) -> list[str]:
    """What cannot be read in a figure: pale text, small text, pale lines that the legend names."""
    assert FILTER in re.sub(r"\s+", " ", BOOK)
    found = []
    for text in texts(fig):
        said = text.get_text()
        height = text.get_fontsize() / 72 / fig.get_figwidth() * style.PHONE
        if height < style.SMALLEST:
            found.append(f"{said!r} is {height:.1f} pixels high on a phone")
        ratio = least_contrast(text.get_color(), text.get_alpha())
        if ratio < READ:
            found.append(f"{said!r} has a contrast of {ratio:.2f}")
    for line in fig.findobj(Line2D):
        if line.get_label() and not line.get_label().startswith("_"):
            colours = (
                {line.get_color(), line.get_markeredgecolor()}
                if line.get_marker()
                else {line.get_color()}
            )
            ratio = max(least_contrast(colour, line.get_alpha()) for colour in colours)
            if ratio < SEEN:
                found.append(f"the line {line.get_label()!r} has a contrast of {ratio:.2f}")
    return found
