"""Figures: what they are shown as, and how large."""

import io

import numpy as np
from matplotlib.image import imread

from helpers.drawing import style


def pixels(picture, format):
    """The picture as an array (height, width, 4)."""
    return imread(io.BytesIO(picture), format)


def test_a_figure_is_one_plot_or_a_grid():
    fig, ax = style.figure()
    assert fig.axes == [ax]
    fig, axes = style.figure(rows=2, columns=3)
    assert axes.shape == (2, 3)


def test_a_notebook_shows_a_png_and_a_page_carries_webp():
    fig, _ = style.figure(4, 3)
    png, options = fig._repr_png_()
    webp = fig.image()
    assert png.startswith(b"\x89PNG")
    assert webp[:4] + webp[8:12] == b"RIFFWEBP"
    for picture, format, width in ((png, "png", 1344), (webp, "webp", 1280)):
        assert pixels(picture, format).shape[:2] == (3 * width // 4, width)  # twice the column's
    assert b"Software" not in png
    assert options == {"needs_background": "light"}


def test_a_picture_of_many_tints_keeps_them():
    fig, ax = style.figure(3, 3)
    ax.imshow(np.linspace(0, 1, 10_000).reshape(100, 100), cmap="viridis")

    def tints():
        return len(np.unique(pixels(fig.image("png"), "png").reshape(-1, 4), axis=0))

    assert tints() <= 256
    fig.shaded = True
    assert tints() > 256


def test_text_is_as_large_as_a_phone_needs_at_any_width():
    for width in (3, 6.4):
        text = style.figure(width, 3)[1].set_title("title")
        pixels_on_a_phone = text.get_fontsize() / 72 / width * 350
        assert 10 <= pixels_on_a_phone < 10.5


def test_the_ground_of_a_picture_is_transparent():
    fig, _ = style.figure(2, 2)
    assert (pixels(fig.image("png"), "png")[0, :, 3] == 0).all()


def test_a_figure_is_told_by_its_words():
    fig, _ = style.figure()
    fig.alt = "a line"
    assert repr(fig) == "Figure: a line"
