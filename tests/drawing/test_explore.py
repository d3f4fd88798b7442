"""Figures with sliders: a frame for every choice, in the page and live."""

import json
import re

import pytest

from helpers.drawing import style
from helpers.drawing.explore import explore
from tests.browser import opened


def draw(scale, seed):
    fig, ax = style.figure(4, 3)
    ax.plot([0, scale], [0, seed])
    fig.alt = f"a line to ({scale:g}, {seed})"
    return fig


def test_an_explore_figure_has_a_frame_for_every_choice():
    shown = explore(draw, scale=[0.1, 1, 10], seed=[1, 2], start={"scale": 1})
    assert repr(shown) == "Explore: scale in 0.1, 1, 10; seed in 1, 2. At 1, 1: a line to (1, 1)"
    html = shown._repr_mimebundle_()["text/html"]
    frames = json.loads(re.search(r'application/json">(.*?)</script>', html)[1])
    every = [f"a line to ({s:g}, {k})" for s in (0.1, 1, 10) for k in (1, 2)]
    assert [alt for _, alt in frames["frames"]] == every
    assert frames["shows"] == ""


def test_its_sliders_move_in_a_page(browser, tmp_path):
    choices = dict(scale=[0.1, 1, 10, 100], seed=[1, 2])
    shown = explore(draw, start={"scale": 1}, shows="A line from the origin:", **choices)
    path = tmp_path / "explore.html"
    html = shown._repr_mimebundle_()["text/html"]
    path.write_text(f"<!doctype html><meta charset=utf-8>{html}", encoding="utf-8")
    page = opened(browser, path)
    image = page.locator("img")
    assert image.get_attribute("alt") == "A line from the origin: a line to (1, 1)"
    slider = page.get_by_label("scale")
    assert slider.get_attribute("aria-valuetext") == "1"
    assert page.locator(".explore-slider i").count() == 4  # a tick a value
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "10"
    seeds = page.get_by_role("group", name="seed").get_by_role("radio")
    assert [seeds.nth(k).is_checked() for k in (0, 1)] == [True, False]
    page.get_by_label("2", exact=True).check()
    assert image.get_attribute("alt") == "A line from the origin: a line to (10, 2)"
    assert page.locator(".explore-caption").inner_text() == "a line to (10, 2)"
    assert not page.faults


def test_the_live_figure_is_the_same():
    box = explore(draw, scale=[0.1, 1, 10, 100], seed=[1, 2], shows="A line:")._widget()
    scale, seed, picture, caption = box.children
    assert type(scale).__name__ == "SelectionSlider"
    assert type(seed).__name__ == "RadioButtons"
    scale.value = 1
    seed.value = 2
    assert 'alt="A line: a line to (1, 2)"' in picture.value
    assert "max-width: 640px" in picture.value  # of a picture of twice the pixels
    assert caption.value == "<p>a line to (1, 2)</p>"


def test_a_slider_may_be_called_otherwise():
    shown = explore(draw, labels={"scale": "λ"}, scale=[0.1, 1], seed=[1])
    assert repr(shown).startswith("Explore: λ in 0.1, 1; seed in 1.")
    assert "<legend>λ</legend>" in shown._repr_mimebundle_()["text/html"]
    assert shown._widget().children[0].description == "λ"


def test_what_a_page_cannot_hold_is_refused():
    with pytest.raises(ValueError, match="81"):
        explore(draw, scale=range(9), seed=range(9))
    with pytest.raises(ValueError, match="scale"):
        explore(draw, scale=[1], seed=[1], start={"scale": 2})
    with pytest.raises(ValueError, match="seed must hold at least one"):
        explore(draw, scale=[1], seed=[])
    with pytest.raises(ValueError, match="alt"):
        repr(explore(lambda scale: style.figure()[0], scale=[1]))
