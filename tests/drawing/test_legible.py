"""The eyes that look at every figure see what they should."""

import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb

from helpers.drawing import style
from tests import legible

ROOT = Path(__file__).parents[2]
COLOURS = ("DATA", "NETWORK", "CONVEX", "GREEN", "LIGHT", "PURPLE", "NEUTRAL")


@pytest.mark.parametrize(
    "one, other, ratio",
    [("#000000", "#ffffff", 21), ("#767676", "#ffffff", 4.54), ("#ff0000", "#ffffff", 4.0)],
)
def test_contrasts_are_the_known_ones(one, other, ratio):
    colours = [np.array([int(c[k : k + 2], 16) / 255 for k in (1, 3, 5)]) for c in (one, other)]
    assert legible.contrast(*colours) == pytest.approx(ratio, abs=0.005)


def test_the_filter_turns_lightness_and_keeps_hue():
    np.testing.assert_allclose(legible.in_the_dark(np.full(3, 0.3)), 0.7)
    blue, red = legible.in_the_dark(np.array([[0.1, 0.2, 0.7], [0.7, 0.1, 0.1]]).T).T
    assert blue.argmax() == 2
    assert red.argmax() == 0


@pytest.mark.parametrize("name", COLOURS)
def test_text_of_every_colour_can_be_read(name):
    assert legible.least_contrast(getattr(style, name)) > legible.READ


def test_the_playground_has_the_same_colours():
    look = (ROOT / "helpers" / "playground" / "playground.css").read_text(encoding="utf-8")
    for name in ("DATA", "NETWORK", "CONVEX", "GREEN", "LIGHT"):
        light = np.array(to_rgb(getattr(style, name)))
        found = re.findall(rf"--pg-{name.lower()}: (#\w+);", look)
        expected = [to_hex(light), to_hex(legible.in_the_dark(light))]
        assert found == expected, name


def test_pale_and_small_text_and_pale_lines_are_found(drawn):
    fig, ax = style.figure()
    drawn.clear()  # it is meant to be bad
    assert legible.faults(fig) == []
    ax.set_title("pale", color="#7f7f7f")
    ax.set_xlabel("small", fontsize=11)
    ax.text(0, 0, "thin", alpha=0.6)
    ax.plot([0, 1], color=style.CONVEX, alpha=0.6, label="line")
    ax.plot([0, 1], color=style.FAINT)
    found = " ".join(legible.faults(fig))
    assert all(name in found for name in ("'pale'", "'small'", "'thin'", "'line'"))
    assert found.count("has a contrast") == 3
