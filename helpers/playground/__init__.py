"""Figures a reader can move, in the page and in JupyterLab, without a kernel.

``show`` the playground on any points, ``landscape`` a ball on the loss of two neurons, ``path`` the
regularisation path, ``own_patterns`` training against the convex optimum of its current patterns,
``opening`` the figure of the book's first page.

The scripts (*.js, one concern each) are put into the output as one inline module, which works from
a file too.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from numpy.typing import ArrayLike

from .. import checks, data
from ..drawing import page
from . import limits, pictures
from .settings import own, presets

_FOLDER = Path(__file__).parent
_IMPORT = re.compile(r'^import (\{[^}]*\}) from "\./(\w+)\.js";\n', flags=re.M)
_EXPORT = re.compile(r"^export (?=(?:const|function|class) (\w+))", flags=re.M)


def script() -> str:
    """All modules as one: what an inline <script type="module"> runs.

    A module becomes a function that is called at once and returns its exports, so that modules may
    use the same names; it comes after those that it imports.
    """
    texts = {}
    _collect("mount", texts)
    return "\n".join(texts.values())


def _collect(name: str, texts: dict[str, str]) -> None:
    """Add a module to `texts`, after those that it imports."""
    source = (_FOLDER / f"{name}.js").read_text(encoding="utf-8")
    for imported in _IMPORT.finditer(source):
        if imported[2] not in texts:
            _collect(imported[2], texts)
    exports = ", ".join(_EXPORT.findall(source))
    body = _EXPORT.sub("", _IMPORT.sub(r"const \1 = module_\2;\n", source))
    texts[name] = f"const module_{name} = (() => {{\n{body}\nreturn {{ {exports} }};\n}})();"


@dataclass(frozen=True)
class LiveFigure:
    """A figure for the page: its kind, its options, and a static picture (WebP) with its words.

    code: whether to ship the scripts. A page needs them once: its later figures can leave them out.
    Raises ValueError where code is neither True nor False.
    """

    figure: str
    options: dict
    picture: bytes
    words: str
    code: bool = True

    def __post_init__(self):
        checks.as_flag(self.code, "code")

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self._html(), "text/plain": repr(self)}

    def __repr__(self):
        return f"Live figure ({self.figure}). {self.words}"

    def _html(self) -> str:
        # A "</" would end the script element early.
        options = json.dumps(self.options).replace("</", "<\\/")
        if self.code:
            look = (_FOLDER / "playground.css").read_text(encoding="utf-8")
            code = f'<style>{look}</style><script type="module">{script()}</script>'
        else:
            code = "<script>window.startLiveFigures?.()</script>"
        return (
            f'<div class="live-figure" data-figure="{self.figure}">'
            f'<details class="pg-static" open><summary>Static picture</summary>'
            f"{page.img(self.picture, self.words)}</details>"
            f'<script type="application/json">{options}</script>{code}</div>'
        )


def show(
    x: ArrayLike | None = None,
    y: ArrayLike | None = None,
    preset: str = "valley",
    code: bool = True,
    **settings,
) -> LiveFigure:
    """The playground, on your points x (n,), y (n,) or on a preset's.

    `settings`: scale, neurons, decay (lambda / lambda_max), step (or "auto"), method, steps, seed.
    `code=False` leaves out the scripts when an earlier figure of the same page has them. Raises
    ValueError on what the page cannot take.
    """
    return _trained("playground", *_sets(x, y, preset, settings), code)


def own_patterns(
    x: ArrayLike | None = None,
    y: ArrayLike | None = None,
    preset: str = "valley",
    code: bool = True,
    **settings,
) -> LiveFigure:
    """Training against the optimum of the network's current patterns and signs; as `show`."""
    return _trained("patterns", *_sets(x, y, preset, settings), code)


def path(
    x: ArrayLike | None = None,
    y: ArrayLike | None = None,
    preset: str = "valley",
    code: bool = True,
) -> LiveFigure:
    """The neurons of the convex optimum as lambda grows to lambda_max; arguments as `show`."""
    sets, name = _sets(x, y, preset, {})
    picture = pictures.path(*zip(*sets[name]["points"], strict=True))
    return LiveFigure("path", dict(presets=sets, preset=name), *picture, code)


def landscape(code: bool = True) -> LiveFigure:
    """The loss over two first-layer weights, a ball to drop, and where every start ends."""
    S = data.load("landscape")
    options = dict(x=S.X[:, 0].tolist(), y=S.y.tolist())
    return LiveFigure("landscape", options, *pictures.landscape(S), code)


def opening(preset: str = "valley", code: bool = True) -> LiveFigure:
    """A preset's points to drag, and the best network, which follows; arguments as `show`."""
    sets, name = _sets(None, None, preset, {})
    return _trained("opening", {name: sets[name]}, name, code)


def _sets(
    x: ArrayLike | None,
    y: ArrayLike | None,
    preset: str,
    settings: dict,
) -> tuple[dict, str]:
    """All settings the page offers, and the name of the one it starts from."""
    sets = presets()
    if (x is None) != (y is None):
        raise ValueError("x and y must be given together, or neither")
    if x is not None:
        return {"own": own(x, y, settings)} | sets, "own"
    if not isinstance(preset, str) or preset not in sets:
        raise ValueError(f"preset must be one of {', '.join(sets)}; got {preset!r}")
    if settings:
        base = sets[preset]
        changed = limits.checked(settings)
        if {"scale", "neurons", "seed"} & set(settings):
            changed["weights"] = None  # the network is drawn anew
        sets[preset] = base | changed
    return sets, preset


def _trained(
    figure: str,
    sets: dict,
    name: str,
    code: bool,
) -> LiveFigure:
    picture = pictures.trained(sets[name])
    return LiveFigure(figure, dict(presets=sets, preset=name), *picture, code)
