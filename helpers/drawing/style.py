"""The book's look: the article's palette, darkened where needed to pass 3:1 on white and on dark, and figures that do too.

Importing this module sets matplotlib's defaults to it (rcParams), as a style sheet would.
"""

import io

import matplotlib as mpl
from matplotlib.figure import Figure as _Figure

DATA, NETWORK, CONVEX, GREEN, LIGHT = "#e61d00", "#3f6dfb", "#c27d00", "#008f68", "#2b8ac2"
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


class Figure(_Figure):
    """A matplotlib figure outside pyplot's state: a notebook shows it where it is a cell's value, once.

    `alt`, a text that says what one sees, is what a screen reader gets of it in a player or an explore figure.
    """

    alt = ""

    def _repr_png_(self):
        return self.image("png", 150)

    def __repr__(self):
        return f"Figure: {self.alt}" if self.alt else super().__repr__()

    def image(self, format="webp", dpi=110):
        """The picture as bytes, on a transparent ground."""
        buffer = io.BytesIO()
        options = (
            {"pil_kwargs": {"quality": 80, "method": 4}}
            if format == "webp"
            else {"metadata": {"Software": None}}
        )
        self.savefig(buffer, format=format, dpi=dpi, **options)
        return buffer.getvalue()


def figure(width=6.4, height=4.0, rows=1, columns=1, **kwargs):
    """A new figure, size in inches: (Figure, its axes), `kwargs` as for matplotlib's Figure.subplots."""
    fig = Figure(figsize=(width, height), layout="constrained")
    return fig, fig.subplots(rows, columns, **kwargs)
