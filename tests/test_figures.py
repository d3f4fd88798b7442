import base64
import json
import re
import zlib

import numpy as np
import pytest

from helpers.drawing import style
from helpers.drawing.explore import explore
from helpers.drawing.player import Curve, Player, Triangles
from tests.conftest import opened


def animation(T=5):
    rng = np.random.default_rng(0)
    x = np.linspace(-1, 1, 7)
    return Player(
        "two curves and three marks",
        [f"step {t}" for t in range(T)],
        (-1, 1),
        (0, 2),
        points=[[0, 1]],
        curves=[
            Curve("still", x, x + 1, style.CONVEX),
            Curve("moving", x, rng.uniform(-9, 9, (T, 7)), style.NETWORK),
        ],
        triangles=[
            Triangles(
                "neurons",
                rng.uniform(-3, 3, (T, 3)),
                rng.uniform(0, 2, (T, 3)),
                [True, False, True],
            )
        ],
    )


def unpacked(track, low, high):
    steps = np.frombuffer(zlib.decompress(base64.b64decode(track["data"])), "<i2").reshape(
        -1, track["width"]
    )
    return low + np.cumsum(steps, axis=0, dtype="<i2") / 8000 * (high - low)


def test_a_player_carries_its_data_to_four_digits():
    player = animation()
    scene = player._scene()
    curve, marks = scene["curves"][1], scene["triangles"][0]
    assert np.allclose(unpacked(curve["y"], 0, 2), np.clip(player.curves[1].y, -8, 8), atol=2e-4)
    assert np.allclose(unpacked(marks["x"], -1, 1), player.triangles[0].x, atol=2e-4)


def test_a_player_refuses_curves_without_a_row_a_frame():
    with pytest.raises(ValueError, match="moving"):
        Player(
            "",
            ["a", "b"],
            (0, 1),
            (0, 1),
            curves=[Curve("moving", [0, 1], np.zeros((3, 2)), "red")],
        )
    with pytest.raises(ValueError, match="marks"):
        Player(
            "",
            ["a", "b"],
            (0, 1),
            (0, 1),
            triangles=[Triangles("marks", np.zeros((3, 1)), np.zeros((3, 1)), [True])],
        )


@pytest.mark.parametrize("touch", [False, True])
def test_a_player_is_stepped_played_and_scrubbed_from_disk(browser, tmp_path, touch):
    path = tmp_path / "player.html"
    path.write_text(
        "<!doctype html><meta charset=utf-8>" + animation(30)._repr_mimebundle_()["text/html"]
    )
    page = opened(browser, path, viewport={"width": 390, "height": 800}, has_touch=touch)
    caption, slider, image, canvas = map(
        page.locator, (".player-caption", "input", "img", "canvas")
    )
    act = (
        (lambda name: page.get_by_label(name).tap())
        if touch
        else (lambda name: page.get_by_label(name).click())
    )
    assert image.is_hidden() and canvas.is_visible() and caption.inner_text() == "step 29"
    act("One frame back")
    assert "step 28" in canvas.get_attribute("aria-label")
    slider.focus()
    page.keyboard.press("Home")
    assert caption.inner_text() == "step 0" == slider.get_attribute("aria-valuetext")
    play = page.locator(".player-play")
    play.focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(200)
    assert play.inner_text() == "Pause" and 0 < int(slider.input_value()) < 29
    page.wait_for_timeout(1500)
    assert play.inner_text() == "Play" and caption.inner_text() == "step 29" and not page.faults


def test_without_scripts_a_player_is_a_picture(browser, tmp_path):
    path = tmp_path / "player.html"
    path.write_text(
        "<!doctype html><meta charset=utf-8>" + animation()._repr_mimebundle_()["text/html"]
    )
    page = opened(browser, path, java_script_enabled=False)
    assert page.locator("img").is_visible() and "step 4" in page.locator("img").get_attribute("alt")


def draw(scale, seed):
    fig, ax = style.figure(4, 3)
    ax.plot([0, scale], [0, seed])
    fig.alt = f"a line to ({scale:g}, {seed})"
    return fig


def test_an_explore_figure_has_a_frame_for_every_choice(browser, tmp_path):
    shown = explore(draw, scale=[0.1, 1, 10], seed=[1, 2], start={"scale": 1})
    assert repr(shown) == "Explore: scale in 0.1, 1, 10; seed in 1, 2. At 1, 1: a line to (1, 1)"
    bundle = shown._repr_mimebundle_()
    frames = json.loads(re.search(r'application/json">(.*?)</script>', bundle["text/html"])[1])
    assert [alt for _, alt in frames] == [
        f"a line to ({s:g}, {k})" for s in (0.1, 1, 10) for k in (1, 2)
    ]
    path = tmp_path / "explore.html"
    path.write_text("<!doctype html><meta charset=utf-8>" + bundle["text/html"])
    page = opened(browser, path)
    image = page.locator("img")
    assert image.get_attribute("alt") == "a line to (1, 1)"
    page.get_by_label("scale").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_label("seed").fill("1")
    assert (
        image.get_attribute("alt")
        == "a line to (10, 2)"
        == page.locator(".explore-caption").inner_text()
    )
    assert not page.faults


def test_the_live_figure_is_the_same():
    box = explore(draw, scale=[0.1, 1], seed=[1, 2])._widget()
    box.children[0].value = 1
    box.children[1].value = 2
    assert 'alt="a line to (1, 2)"' in box.children[-1].value


def test_a_slider_may_be_called_otherwise():
    shown = explore(draw, labels={"scale": "λ"}, scale=[0.1, 1], seed=[1])
    assert repr(shown).startswith("Explore: λ in 0.1, 1; seed in 1.")
    assert "<label>λ <input" in shown._html() and shown._widget().children[0].description == "λ"


def test_explore_refuses_what_a_page_cannot_hold():
    with pytest.raises(ValueError, match="81"):
        explore(draw, scale=range(9), seed=range(9))
    with pytest.raises(ValueError, match="scale"):
        explore(draw, scale=[1], seed=[1], start={"scale": 2})
    with pytest.raises(ValueError, match="alt"):
        repr(explore(lambda scale: style.figure()[0], scale=[1]))
