"""A figure with sliders: live in JupyterLab, pre-rendered in the page, drawn by one function.

``explore(draw, scale=[0.1, 1, 10, 100])`` calls ``draw(scale=...)`` for every choice of the
sliders' values. Few values are radio buttons.
"""

import base64
import html
import itertools
import json
from collections.abc import Callable
from functools import lru_cache

import ipywidgets

from . import page
from .style import Figure
from .words import plain

MOST = 80  # choices: at about 10 kB a frame, a figure adds at most a megabyte to its page
BUTTONS = 3  # values: more of them are a slider
VIEW = "application/vnd.jupyter.widget-view+json"


class Explore:
    """A figure per choice of values.

    sliders: name -> its values; start: name -> index of the value shown first; labels: name -> what
    the page calls it; shows: what one sees in all of them.
    """

    def __init__(
        self,
        draw: Callable[..., Figure],
        sliders: dict[str, list],
        start: dict[str, int],
        labels: dict[str, str],
        shows: str = "",
    ):
        self.sliders = sliders
        self.start = start
        self.labels = labels
        self.shows = shows
        self.figure = lru_cache(None)(lambda *values: self._drawn(draw, values))

    def _drawn(self, draw: Callable[..., Figure], values: tuple) -> tuple[bytes, str]:
        fig = draw(**dict(zip(self.sliders, values, strict=True)))
        if not getattr(fig, "alt", ""):
            raise ValueError(
                "draw must return a Figure with its `alt` text set: what one sees, for these values"
            )
        return fig.image(), fig.alt

    def __repr__(self):
        choices = "; ".join(
            f"{self.labels[name]} in {', '.join(map(_text, values))}"
            for name, values in self.sliders.items()
        )
        first = [self.sliders[name][k] for name, k in self.start.items()]
        alt = self.figure(*first)[1]
        return f"Explore: {choices}. At {', '.join(map(_text, first))}: {alt}"

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = {"text/plain": repr(self), "text/html": self._html()}
        live = self._widget()._repr_mimebundle_()
        return bundle | {VIEW: live[VIEW]} if VIEW in live else bundle

    def _widget(self) -> ipywidgets.VBox:
        picture = ipywidgets.HTML()
        caption = ipywidgets.HTML()
        boxes = [self._box(name) for name in self.sliders]

        def show(_=None):
            image, said = self.figure(*(box.value for box in boxes))
            look = f"<style>{page.look()}</style>"
            picture.value = f'{look}<div class="explore">{self._img(image, said)}</div>'
            caption.value = f"<p>{html.escape(said)}</p>"

        for box in boxes:
            box.observe(show, "value")
        show()
        return ipywidgets.VBox([*boxes, picture, caption])

    def _box(self, name: str) -> ipywidgets.RadioButtons | ipywidgets.SelectionSlider:
        values = self.sliders[name]
        given = dict(
            options=[(_text(v), v) for v in values],
            description=self.labels[name],
            value=values[self.start[name]],
        )
        if len(values) <= BUTTONS:
            return ipywidgets.RadioButtons(**given)
        return ipywidgets.SelectionSlider(continuous_update=False, **given)

    def _img(self, image: bytes, said: str) -> str:
        return page.img(image, f"{self.shows} {said}".strip())

    def _html(self) -> str:
        frames = [self.figure(*values) for values in itertools.product(*self.sliders.values())]
        first = 0  # the index of the frame shown first: the last slider varies fastest
        for name, values in self.sliders.items():
            first = first * len(values) + self.start[name]
        rows = "".join(self._row(name) for name in self.sliders)
        content = (
            f'{self._img(*frames[first])}<form class="explore-bar" hidden>{rows}</form>'
            f'<p class="explore-caption" aria-live="polite">{html.escape(frames[first][1])}</p>'
        )
        pictures = [(base64.b64encode(image).decode(), said) for image, said in frames]
        return page.block("explore", content, dict(shows=self.shows, frames=pictures))

    def _row(self, name: str) -> str:
        """A choice: radio buttons, or a slider with its ticks and its value."""
        texts = [_text(v) for v in self.sliders[name]]
        carried = f"data-texts='{html.escape(json.dumps(texts))}'"
        label = html.escape(self.labels[name])
        shown = self.start[name]
        if len(texts) <= BUTTONS:
            buttons = "".join(_button(name, k, texts[k], k == shown) for k in range(len(texts)))
            return f"<fieldset {carried}><legend>{label}</legend>{buttons}</fieldset>"
        first = html.escape(texts[shown])
        ticks = "<i></i>" * len(texts)
        return (
            f"<label {carried}><span>{label}</span> "
            f'<span class="explore-slider"><input type="range" min="0" max="{len(texts) - 1}" '
            f'value="{shown}" aria-valuetext="{first}"><span aria-hidden="true">{ticks}</span>'
            f"</span><output>{first}</output></label>"
        )


def _button(name: str, k: int, text: str, is_first: bool) -> str:
    checked = " checked" if is_first else ""
    return (
        f'<label><input type="radio" name="{html.escape(name)}" value="{k}"{checked}> '
        f"{html.escape(text)}</label>"
    )


def explore(
    draw: Callable[..., Figure],
    start: dict | None = None,
    labels: dict[str, str] | None = None,
    shows: str = "",
    **sliders,
) -> Explore:
    """An explore figure of ``draw(**values)``, each keyword a slider with its list of values.

    start: name -> the value shown first; labels: name -> what its slider is called on the page,
    where that is not the name; shows: what one sees whatever the choice, for those who do not see
    it. `draw` returns a Figure with its `alt` text set: what these values change, the sentence
    below the picture. Raises ValueError when there are too many choices for a page, or a start that
    is not among a slider's values.
    """
    sliders = {name: list(values) for name, values in sliders.items()}
    count = 1
    for name, values in sliders.items():
        count *= len(values)
        if not values:
            raise ValueError(f"{name} must hold at least one value")
    if count > MOST:
        raise ValueError(
            f"sliders must have at most {MOST} choices together; got {count}: use fewer values"
        )
    first = {name: values[0] for name, values in sliders.items()} | (start or {})
    for name, value in first.items():
        if value not in sliders.get(name, []):
            raise ValueError(f"start must name values of the sliders; got {name} = {value!r}")
    return Explore(
        draw,
        sliders,
        start={name: sliders[name].index(value) for name, value in first.items()},
        labels={name: name for name in sliders} | (labels or {}),
        shows=shows,
    )


def _text(value) -> str:
    return plain(value) if isinstance(value, (int, float)) else str(value)
