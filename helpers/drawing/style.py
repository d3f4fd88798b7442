"""The book's look: one palette, and pictures that are read on a phone and in the dark.

Figures are drawn for a white page: text and marks in these colours have a contrast of 4.5:1 and
more. In the dark the book shows every picture through the filter of its style sheet, which turns
lightness around and keeps the hue, so that one picture and one meaning of a colour do for both.
Importing this module sets matplotlib's defaults (rcParams), as a style sheet would.
"""

import io

import matplotlib as mpl
from matplotlib.figure import Figure as _Figure
from PIL.Image import Quantize
from PIL.PngImagePlugin import PngImageFile

# The article's colours, darkened. Each has one meaning; LIGHT and PURPLE what else is compared.
DATA = "#d81b2c"  # data, what they mark in the space of weights, and the loss of the small example
NETWORK = "#345fec"  # a network in training, by gradient descent where there are several
CONVEX = "#b45c00"  # the convex program and its optimum
GREEN = "#00815d"  # neurons, and what concerns one neuron
LIGHT = "#0f7aad"  # what the article draws in light blue: a ReLU, the convex quadrant
PURPLE = "#8a3ec9"  # a second training, by Adam, beside the first
NEUTRAL = "#595959"  # axes, text, and what the article draws in black
FAINT = "#8c8c8c"  # lines that carry no meaning of their own
SHADE = "#bdbdbd"  # surfaces and regions

# For what is compared and has no colour of its own.
SERIES = [LIGHT, PURPLE, "#5f6b00", "#a8287f", "#7a4b2a", NEUTRAL]

PHONE = 350  # CSS pixels: what a page of 390 has for a picture
SMALLEST = 10  # CSS pixels: the height of text there
TEXT = 1.01 * 72 * SMALLEST / PHONE  # points of text, for every inch that a figure is wide

mpl.rcParams.update(
    {
        "text.color": NEUTRAL,
        "axes.labelcolor": NEUTRAL,
        "axes.edgecolor": NEUTRAL,
        "xtick.color": NEUTRAL,
        "ytick.color": NEUTRAL,
        "axes.facecolor": "none",
        "figure.facecolor": "none",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlesize": "medium",
        "figure.labelsize": "medium",
        "legend.framealpha": 0,
        "legend.handlelength": 1.6,
        "legend.handletextpad": 0.5,
        "legend.columnspacing": 1.0,
        "axes.prop_cycle": mpl.cycler(color=SERIES),
    }
)

# Twice the pixels of the page's column, for sharp screens; a player or explore figure has 640.
STILL = 1344
MOVING = 1280
COLOURS = 255  # of a picture, and transparent


class Figure(_Figure):
    """A matplotlib figure outside pyplot's state: a notebook shows it once, as a cell's value.

    `alt`, a text that says what one sees, is what a screen reader gets of it in a player or an
    explore figure. Its text is as large as a phone needs, whatever the figure's width.
    """

    alt = ""
    shaded = False  # of many tints, which a palette would break into bands

    def __init__(self, figsize: tuple[float, float], **kwargs):
        # Matplotlib reads the default when it makes a text: this is for those to come.
        mpl.rcParams["font.size"] = TEXT * figsize[0]
        super().__init__(figsize=figsize, **kwargs)

    def _repr_png_(self):
        # JupyterLab gives it a white ground in the dark; the book has its filter.
        return self.image("png", STILL), {"needs_background": "light"}

    def __repr__(self):
        return f"Figure: {self.alt}" if self.alt else super().__repr__()

    def image(self, format: str = "webp", width: int = MOVING) -> bytes:
        """The picture as bytes, so many pixels wide, on a transparent ground."""
        drawn = io.BytesIO()
        self.savefig(drawn, format="png", dpi=width / self.get_figwidth())
        drawn.seek(0)
        shown = PngImageFile(drawn)
        if not self.shaded:
            shown = shown.quantize(COLOURS, method=Quantize.FASTOCTREE)
        picture = io.BytesIO()
        shown.save(picture, format=format, **OPTIONS[format])
        return picture.getvalue()


OPTIONS = {
    "png": {"optimize": True},
    "webp": {"lossless": True, "quality": 60, "method": 4},
}


def figure(
    width: float = 6.4,
    height: float = 4.0,
    rows: int = 1,
    columns: int = 1,
    **kwargs,
):
    """A new figure, size in inches: (Figure, its axes); kwargs as for Figure.subplots."""
    fig = Figure(figsize=(width, height), layout="constrained")
    return fig, fig.subplots(rows, columns, **kwargs)
