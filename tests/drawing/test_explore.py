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
    assert [alt for _, alt in frames] == every


def test_its_sliders_move_in_a_page(browser, tmp_path):
    shown = explore(draw, scale=[0.1, 1, 10], seed=[1, 2], start={"scale": 1})
    path = tmp_path / "explore.html"
    html = shown._repr_mimebundle_()["text/html"]
    path.write_text(f"<!doctype html><meta charset=utf-8>{html}", encoding="utf-8")
    page = opened(browser, path)
    image = page.locator("img")
    assert image.get_attribute("alt") == "a line to (1, 1)"
    page.get_by_label("scale").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_label("seed").fill("1")
    assert image.get_attribute("alt") == "a line to (10, 2)"
    assert page.locator(".explore-caption").inner_text() == "a line to (10, 2)"
    assert not page.faults


def test_the_live_figure_is_the_same():
    box = explore(draw, scale=[0.1, 1], seed=[1, 2])._widget()
    box.children[0].value = 1
    box.children[1].value = 2
    assert 'alt="a line to (1, 2)"' in box.children[-1].value


def test_a_slider_may_be_called_otherwise():
    shown = explore(draw, labels={"scale": "λ"}, scale=[0.1, 1], seed=[1])
    assert repr(shown).startswith("Explore: λ in 0.1, 1; seed in 1.")
    assert "<label>λ <input" in shown._repr_mimebundle_()["text/html"]
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
