"""Players: what they carry, and what a reader can do with them in a page."""

import base64
import re
import zlib

import numpy as np
import pytest

from helpers.drawing import page, style
from helpers.drawing.player import CROWD, STEPS, Curve, Player, Triangles
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
    np.testing.assert_array_equal(lines["still"].get_ydata(), player.curves[0].y)
    places = player.triangles[0].x[1]
    heights = player.triangles[0].y[1]
    marks = {line.get_marker(): line for line in fig.axes[0].lines}
    for marker, some in ((">", [0, 2]), ("<", [1])):
        np.testing.assert_array_equal(marks[marker].get_xdata(), places[some])
        np.testing.assert_array_equal(marks[marker].get_ydata(), heights[some])
    np.testing.assert_array_equal(marks["x"].get_xydata(), [[0, 1]])
    (ax,) = fig.axes
    assert ax.get_title() == "step 1"
    assert ax.get_xlabel() == "$x$"
    assert ax.get_ylabel() == "output"
    assert ax.get_xlim() == (-1, 1)
    assert ax.get_ylim() == (0, 2)
    named = [text.get_text() for text in ax.get_legend().get_texts()]
    assert named == ["still", "moving", "neurons", "data"]


def test_a_frame_of_no_points_has_no_cross():
    player = animation()
    player.points = np.empty((0, 2))
    assert "x" not in [line.get_marker() for line in player.frame().axes[0].lines]


def test_many_triangles_are_smaller():
    def size(count):
        marks = Triangles("m", np.zeros((1, count)), np.zeros((1, count)), np.ones(count, bool))
        player = Player("", ["only"], (-1, 1), (-1, 1), triangles=[marks])
        return player.frame().axes[0].lines[0].get_markersize()

    assert size(CROWD + 1) < size(CROWD)


def test_a_scene_says_what_the_picture_does():
    player = animation()
    scene = player.scene()
    assert all(-1 <= tick <= 1 for tick in scene["ticks"][0])
    assert {-1, 0, 1} <= set(scene["ticks"][0])
    assert {0, 1, 2} <= set(scene["ticks"][1])
    assert all(0 <= tick <= 2 for tick in scene["ticks"][1])
    assert scene["points"] == [[0, 1]]
    assert scene["names"] == ["x", "output"]
    player.ylabel = r"in units of $\lambda$"
    assert player.scene()["names"][1] == "in units of λ"
    assert (scene["ink"], scene["data"]) == (style.NEUTRAL, style.DATA)
    assert scene["curves"][0]["x"] == [page.short(x) for x in player.curves[0].x]
    bits = zlib.decompress(base64.b64decode(scene["triangles"][0]["right"]))
    assert [byte & 7 for byte in bits] == [0b101] * 5  # the first triangle is the lowest bit


def test_the_page_begins_at_the_first_frame_with_a_key():
    player = animation()
    player.curves.append(Curve("dashed", [0, 1], np.zeros(2), style.GREEN, (5, 3)))
    html = player._repr_mimebundle_()["text/html"]
    (slider,) = re.findall("<input[^>]*>", html)
    assert 'min="0" max="4" value="0"' in slider
    assert 'aria-valuetext="step 0"' in slider
    # Without scripts it is the last one: the end of the story.
    assert re.search('<p class="player-caption">([^<]*)</p>', html)[1] == "step 4"
    entries = re.findall(r"<span><svg.*?</svg> (.*?)</span>", html)
    assert entries == ["data", "still", "moving", "dashed", "neurons"]
    assert html.count('stroke-dasharray=""') == 4
    player.points = np.empty((0, 2))
    assert "</svg> data" not in player._repr_mimebundle_()["text/html"]


@pytest.mark.parametrize(
    "content, name",
    [
        (dict(curves=[Curve("moving", [0, 1], np.zeros((3, 2)), "red")]), "moving"),
        (dict(triangles=[Triangles("marks", np.zeros((3, 1)), np.zeros((3, 1)), [True])]), "marks"),
        (dict(triangles=[Triangles("marks", np.zeros((2, 1)), np.zeros((2, 2)), [True])]), "marks"),
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
    assert caption.inner_text() == "step 0"
    on = page.get_by_label("One frame on")
    if touch:
        on.tap()
    else:
        on.click()
    assert "step 1" in canvas.get_attribute("aria-label")
    page.get_by_label("Speed").select_option("0.5")
    slider.focus()
    page.keyboard.press("Home")
    assert caption.inner_text() == "step 0"
    assert slider.get_attribute("aria-valuetext") == "step 0"
    play = page.locator(".player-play")
    play.focus()
    page.keyboard.press("Enter")
    page.wait_for_function(  # it is on its way
        """() => {
            const step = Number(document.querySelector("input").value);
            const said = document.querySelector(".player-play").innerText;
            return said === "Pause" && step > 0 && step < 29;
        }"""
    )
    page.wait_for_function("document.querySelector('.player-play').innerText === 'Play'")
    assert caption.inner_text() == "step 29"
    assert not page.faults


def test_without_scripts_a_player_is_a_picture(browser, tmp_path):
    path = written(animation(), tmp_path / "player.html")
    image = opened(browser, path, java_script_enabled=False).locator("img")
    assert image.is_visible()
    assert "step 4" in image.get_attribute("alt")
