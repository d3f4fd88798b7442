"""Figures: what they are shown as, and how large."""

import io

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
    png = fig._repr_png_()
    webp = fig.image()
    assert png.startswith(b"\x89PNG")
    assert webp[:4] + webp[8:12] == b"RIFFWEBP"
    shapes = [pixels(png, "png").shape, pixels(webp, "webp").shape]
    assert all(3 * width == 4 * height for height, width, _ in shapes)
    assert shapes[0] > shapes[1]  # a page holds many of these
    assert b"Software" not in png


def test_the_ground_of_a_picture_is_transparent():
    fig, _ = style.figure(2, 2)
    assert (pixels(fig.image("png"), "png")[0, :, 3] == 0).all()


def test_a_figure_is_told_by_its_words():
    fig, _ = style.figure()
    fig.alt = "a line"
    assert repr(fig) == "Figure: a line"
