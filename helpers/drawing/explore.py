"""A figure with sliders: live in JupyterLab, pre-rendered in the page, drawn by one function.

``explore(draw, scale=[0.1, 1, 10])`` calls ``draw(scale=...)`` for every choice of the sliders'
values.
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
VIEW = "application/vnd.jupyter.widget-view+json"


class Explore:
    """A figure per choice of values.

    sliders: name -> its values; start: name -> index of the value shown first; labels: name -> what
    the page calls it.
    """

    def __init__(
        self,
        draw: Callable[..., Figure],
        sliders: dict[str, list],
        start: dict[str, int],
        labels: dict[str, str],
    ):
        self.sliders = sliders
        self.start = start
        self.labels = labels
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
        boxes = [
            ipywidgets.SelectionSlider(
                options=[(_text(v), v) for v in values],
                description=self.labels[name],
                value=values[self.start[name]],
                continuous_update=False,
            )
            for name, values in self.sliders.items()
        ]

        def show(_=None):
            picture.value = page.img(*self.figure(*(box.value for box in boxes)))

        for box in boxes:
            box.observe(show, "value")
        show()
        return ipywidgets.VBox([*boxes, picture])

    def _html(self) -> str:
        frames = [self.figure(*values) for values in itertools.product(*self.sliders.values())]
        first = 0  # the index of the frame shown first: the last slider varies fastest
        for name, values in self.sliders.items():
            first = first * len(values) + self.start[name]
        rows = "".join(self._row(name) for name in self.sliders)
        content = (
            f'{page.img(*frames[first])}<div class="explore-bar" hidden>{rows}</div>'
            f'<p class="explore-caption" aria-live="polite">{html.escape(frames[first][1])}</p>'
        )
        scene = [(base64.b64encode(image).decode(), alt) for image, alt in frames]
        return page.block("explore", content, scene)

    def _row(self, name: str) -> str:
        """A label, a slider and its value."""
        texts = [_text(v) for v in self.sliders[name]]
        k = self.start[name]
        return (
            f"<label>{html.escape(self.labels[name])} "
            f'<input type="range" min="0" max="{len(texts) - 1}" value="{k}" '
            f"data-texts='{html.escape(json.dumps(texts))}'>"
            f"<output>{html.escape(texts[k])}</output></label>"
        )


def explore(
    draw: Callable[..., Figure],
    start: dict | None = None,
    labels: dict[str, str] | None = None,
    **sliders,
) -> Explore:
    """An explore figure of ``draw(**values)``, each keyword a slider with its list of values.

    start: name -> the value shown first; labels: name -> what its slider is called on the page,
    where that is not the name. `draw` returns a Figure with its `alt` text set. Raises ValueError
    when there are too many choices for a page, or a start that is not among a slider's values.
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
    )


def _text(value) -> str:
    return plain(value) if isinstance(value, (int, float)) else str(value)
