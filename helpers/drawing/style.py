"""The book's look: the article's palette, and figures that pass on white and on dark.

The colours are the article's, darkened where needed to a contrast of 3:1 on both. Importing this
module sets matplotlib's defaults to them (rcParams), as a style sheet would.
"""

import io

import matplotlib as mpl
from matplotlib.figure import Figure as _Figure

DATA = "#e61d00"
NETWORK = "#3f6dfb"
CONVEX = "#c27d00"
GREEN = "#008f68"
LIGHT = "#2b8ac2"
NEUTRAL = "#7a7a7a"  # axes, text, and what the article draws in black

mpl.rcParams.update(
    {
        "text.color": NEUTRAL,
        "axes.labelcolor": NEUTRAL,
        "axes.edgecolor": NEUTRAL,
        "xtick.color": NEUTRAL,
        "ytick.color": NEUTRAL,
        "axes.facecolor": "none",
        "figure.facecolor": "none",
        "savefig.facecolor": "none",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "legend.framealpha": 0,
        "font.size": 11,
        "axes.prop_cycle": mpl.cycler(color=[NETWORK, CONVEX, GREEN, DATA, LIGHT]),
    }
)

WEBP = {"pil_kwargs": {"quality": 80, "method": 4}}  # method 6 takes ten times as long
OTHERS = {"metadata": {"Software": None}}  # no version: the same picture from another release


class Figure(_Figure):
    """A matplotlib figure outside pyplot's state: a notebook shows it once, as a cell's value.

    `alt`, a text that says what one sees, is what a screen reader gets of it in a player or an
    explore figure.
    """

    alt = ""

    def _repr_png_(self):
        return self.image("png", 150)

    def __repr__(self):
        return f"Figure: {self.alt}" if self.alt else super().__repr__()

    def image(self, format: str = "webp", dpi: int = 110) -> bytes:
        """The picture as bytes, on a transparent ground."""
        buffer = io.BytesIO()
        options = WEBP if format == "webp" else OTHERS
        self.savefig(buffer, format=format, dpi=dpi, **options)
        return buffer.getvalue()


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
