"""A figure with sliders: live in JupyterLab, pre-rendered in the static page, the same function drawing both.

``explore(draw, scale=[0.1, 1, 10])`` calls ``draw(scale=...)`` for every choice of the sliders' values.
"""

import base64
import html
import itertools
import json
from functools import lru_cache

from . import page

MOST = 80  # frames a page can hold


class Explore:
    """A figure per choice of values; the first shown is `start` (of every slider's name -> its value)."""

    def __init__(self, draw, sliders, start, labels):
        self.sliders, self.start, self.labels = sliders, start, labels
        self.figure = lru_cache(None)(lambda *values: self._drawn(draw, values))

    def _drawn(self, draw, values):
        fig = draw(**dict(zip(self.sliders, values)))
        if not getattr(fig, "alt", ""):
            raise ValueError(
                "draw must return a Figure with its `alt` text set: what one sees, for these values"
            )
        return fig.image(), fig.alt

    def __repr__(self):
        values = tuple(self.sliders[name][k] for name, k in self.start.items())
        choices = "; ".join(
            f"{self.labels[name]} in {', '.join(map(_text, v))}" for name, v in self.sliders.items()
        )
        return f"Explore: {choices}. At {', '.join(map(_text, values))}: {self.figure(*values)[1]}"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": repr(self), "text/html": self._html(), **_live_view(self._widget())}

    def _widget(self):
        import ipywidgets

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

    def _html(self):
        frames = [self.figure(*values) for values in itertools.product(*self.sliders.values())]
        first = 0
        for name, values in self.sliders.items():
            first = first * len(values) + self.start[name]
        rows = "".join(
            f"<label>{html.escape(self.labels[name])} "
            f'<input type="range" min="0" max="{len(values) - 1}" value="{self.start[name]}" '
            f"data-texts='{html.escape(json.dumps([_text(v) for v in values]))}'>"
            f"<output>{html.escape(_text(values[self.start[name]]))}</output></label>"
            for name, values in self.sliders.items()
        )
        content = (
            f'{page.img(*frames[first])}<div class="explore-bar" hidden>{rows}</div>'
            f'<p class="explore-caption" aria-live="polite">{html.escape(frames[first][1])}</p>'
        )
        return page.block(
            "explore", content, [(base64.b64encode(image).decode(), alt) for image, alt in frames]
        )


def explore(draw, start=None, labels=None, **sliders):
    """An explore figure of ``draw(**values)``, each keyword a slider with its list of values; start: {name: value};
    labels: {name: what its slider is called on the page}, where that is not the name.

    `draw` returns a Figure with its `alt` text set. Raises ValueError when there are too many choices for a page, or a
    start that is not among a slider's values.
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
    start = {name: values[0] for name, values in sliders.items()} | (start or {})
    for name, value in start.items():
        if value not in sliders.get(name, []):
            raise ValueError(f"start must name values of the sliders; got {name} = {value!r}")
    return Explore(
        draw,
        sliders,
        {name: sliders[name].index(value) for name, value in start.items()},
        {name: name for name in sliders} | (labels or {}),
    )


def _live_view(widget):
    bundle = widget._repr_mimebundle_()
    view = "application/vnd.jupyter.widget-view+json"
    return {view: bundle[view]} if view in bundle else {}


def _text(value):
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)
