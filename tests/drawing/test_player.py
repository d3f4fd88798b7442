"""Players: what they carry, and what a reader can do with them in a page."""

import base64
import zlib

import numpy as np
import pytest

from helpers.drawing import style
from helpers.drawing.player import STEPS, Curve, Player, Triangles
from tests.browser import opened


def animation(T=5):
    """Two curves, three triangles and a point, T frames."""
    rng = np.random.default_rng(0)
    x = np.linspace(-1, 1, 7)
    still = Curve("still", x, x + 1, style.CONVEX)
    moving = Curve("moving", x, rng.uniform(-9, 9, (T, 7)), style.NETWORK)
    places = rng.uniform(-3, 3, (T, 3))
    heights = rng.uniform(0, 2, (T, 3))
    return Player(
        "two curves and three marks",
        [f"step {t}" for t in range(T)],
        (-1, 1),
        (0, 2),
        points=[[0, 1]],
        curves=[still, moving],
        triangles=[Triangles("neurons", places, heights, [True, False, True])],
    )


def written(player, path):
    """A page that holds the player."""
    html = player._repr_mimebundle_()["text/html"]
    path.write_text(f"<!doctype html><meta charset=utf-8>{html}", encoding="utf-8")
    return path


def unpacked(track, low, high):
    """The values that the script reads from a track."""
    data = zlib.decompress(base64.b64decode(track["data"]))
    differences = np.frombuffer(data, "<i2").reshape(-1, track["width"])
    steps = np.cumsum(differences, axis=0, dtype="<i2")
    return low + steps / STEPS * (high - low)


def test_a_player_carries_its_data_to_four_digits():
    player = animation()
    scene = player.scene()
    curve = unpacked(scene["curves"][1]["y"], 0, 2)
    farthest = 8  # four plots off
    expected = np.clip(player.curves[1].y, -farthest, farthest)
    np.testing.assert_allclose(curve, expected, atol=2e-4)
    marks = unpacked(scene["triangles"][0]["x"], -1, 1)
    np.testing.assert_allclose(marks, player.triangles[0].x, atol=2e-4)


def test_what_is_not_a_number_is_far_off_the_plot():
    player = animation()
    player.triangles[0].x[2, 1] = np.nan
    assert unpacked(player.scene()["triangles"][0]["x"], -1, 1)[2, 1] < -8


def test_a_frame_is_drawn_with_its_caption():
    player = animation()
    fig = player.frame(1)
    assert fig.alt == "two curves and three marks. step 1"
    lines = {line.get_label(): line for line in fig.axes[0].lines}
    np.testing.assert_array_equal(lines["moving"].get_ydata(), player.curves[1].y[1])
    np.testing.assert_array_equal(lines["neurons"].get_xdata(), player.triangles[0].x[1, [0, 2]])


@pytest.mark.parametrize(
    "content, name",
    [
        (dict(curves=[Curve("moving", [0, 1], np.zeros((3, 2)), "red")]), "moving"),
        (dict(triangles=[Triangles("marks", np.zeros((3, 1)), np.zeros((3, 1)), [True])]), "marks"),
    ],
)
def test_a_player_refuses_what_has_no_row_a_frame(content, name):
    with pytest.raises(ValueError, match=name):
        Player("", ["a", "b"], (0, 1), (0, 1), **content)


@pytest.mark.parametrize("touch", [False, True])
def test_a_player_is_stepped_played_and_scrubbed_from_disk(browser, tmp_path, touch):
    path = written(animation(30), tmp_path / "player.html")
    page = opened(browser, path, viewport={"width": 390, "height": 800}, has_touch=touch)
    caption = page.locator(".player-caption")
    slider = page.locator("input")
    canvas = page.locator("canvas")
    assert page.locator("img").is_hidden()
    assert canvas.is_visible()
    assert caption.inner_text() == "step 29"
    back = page.get_by_label("One frame back")
    if touch:
        back.tap()
    else:
        back.click()
    assert "step 28" in canvas.get_attribute("aria-label")
    slider.focus()
    page.keyboard.press("Home")
    assert caption.inner_text() == "step 0"
    assert slider.get_attribute("aria-valuetext") == "step 0"
    play = page.locator(".player-play")
    play.focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(200)
    assert play.inner_text() == "Pause"
    assert 0 < int(slider.input_value()) < 29
    page.wait_for_function("document.querySelector('.player-play').innerText === 'Play'")
    assert caption.inner_text() == "step 29"
    assert not page.faults


def test_without_scripts_a_player_is_a_picture(browser, tmp_path):
    path = written(animation(), tmp_path / "player.html")
    image = opened(browser, path, java_script_enabled=False).locator("img")
    assert image.is_visible()
    assert "step 4" in image.get_attribute("alt")
