"""The book's look: the article's palette, darkened where needed to pass 3:1 on white and on dark, and axes that do too."""

import matplotlib as mpl
import matplotlib.pyplot as plt

DATA, NETWORK, CONVEX, GREEN, LIGHT = "#e61d00", "#3f6dfb", "#c27d00", "#008f68", "#2b8ac2"
NEUTRAL = "#7a7a7a"  # axes, text, and what the article draws in black


def figure(width=7.0, height=4.0, **kwargs):
    """A new figure on a transparent ground with grey axes: (fig, axes), as plt.subplots."""
    rc = {"text.color": NEUTRAL, "axes.labelcolor": NEUTRAL, "axes.edgecolor": NEUTRAL, "xtick.color": NEUTRAL,
          "ytick.color": NEUTRAL, "axes.facecolor": "none", "figure.facecolor": "none", "savefig.facecolor": "none",
          "axes.spines.top": False, "axes.spines.right": False, "legend.framealpha": 0, "font.size": 11}
    mpl.rcParams.update(rc)
    return plt.subplots(figsize=(width, height), layout="constrained", **kwargs)
