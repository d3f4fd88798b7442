"""What a figure puts into a page."""

import base64
import json
import re

import pytest

from helpers.drawing import page


def test_a_figure_brings_its_scene_its_look_and_its_script():
    scene = {"captions": ["a </script> in a text", "“quoted”"], "values": [0.5, None]}
    html = page.block("player", "<p>content</p>", scene)
    assert html.startswith('<div class="player">')
    assert "<p>content</p>" in html
    (carried,) = re.findall(r'<script type="application/json">(.*?)</script>', html)
    assert json.loads(carried) == scene
    for name in ("figures.css", "player.js"):
        assert (page.FOLDER / name).read_text(encoding="utf-8") in html


def test_a_picture_is_carried_with_its_words():
    html = page.img(b"\x00\xff", 'a "line" < 1')
    source, alt = re.fullmatch(r'<img src="data:image/webp;base64,(.*)" alt="(.*)">', html).groups()
    assert base64.b64decode(source) == b"\x00\xff"
    assert alt == "a &quot;line&quot; &lt; 1"


@pytest.mark.parametrize(
    "value, short",
    [(1 / 3, 0.33333), (123456.7, 123460.0), (-2.0, -2.0), (float("nan"), None)],
)
def test_a_number_has_five_digits(value, short):
    assert page.short(value) == short


def test_what_is_infinite_is_left_out():
    assert page.short(float("inf")) is None
