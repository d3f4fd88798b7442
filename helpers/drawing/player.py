"""An animation that a reader can play, step and scrub without a kernel, in JupyterLab or the page.

The page draws it from the data themselves (16-bit values, compressed) with ``player.js``, from the
first frame on; where scripts do not run it shows a picture of the last one.
"""

import base64
import html
import textwrap
import zlib
from dataclasses import dataclass, field

import numpy as np

from .. import checks
from . import page, style
from .style import Figure

STEPS = 8000  # of a 16-bit value across the plot: what lies four plots off still fits
OFF = 32000  # steps: the farthest value
SPEEDS = "".join(  # of 25 frames a second
    f'<option value="{speed}"{" selected" if speed == 1 else ""}>{name} ×</option>'
    for speed, name in ((0.25, "¼"), (0.5, "½"), (1, "1"), (2, "2"))
)
CROWD = 50  # more triangles than this are drawn smaller

# Symbols of the key, paths in a box of 22 by 12.
CROSS = "M6 2l8 8m0-8l-8 8"
LINE = "M0 6h22"
TRIANGLE = "M6 1v10l9-5z"


@dataclass(frozen=True)
class Curve:
    """A line: x (K,); y (K,) where it stays, (T, K) where it moves, a row a frame."""

    name: str
    x: np.ndarray
    y: np.ndarray
    color: str
    dash: tuple = ()


@dataclass(frozen=True)
class Triangles:
    """Marks that move: x and y (T, m), a row a frame, and the side they point to.

    right: booleans of that shape or (m,).
    """

    name: str
    x: np.ndarray
    y: np.ndarray
    right: np.ndarray
    color: str = style.GREEN


@dataclass
class Player:
    """T frames, one per text of `captions`, of curves, triangles and fixed points (k, 2), the data.

    label says what the animation shows; `frame(t)` draws one frame as a figure. Raises ValueError
    when an array does not have a row a frame.
    """

    label: str
    captions: list[str]
    xlim: tuple[float, float]
    ylim: tuple[float, float]
    points: np.ndarray = field(default_factory=lambda: np.empty((0, 2)))
    curves: list[Curve] = field(default_factory=list)
    triangles: list[Triangles] = field(default_factory=list)
    xlabel: str = "$x$"
    ylabel: str = "output"

    def __post_init__(self):
        T = len(self.captions)
        for curve in self.curves:
            K = len(curve.x)
            if np.shape(curve.y) not in ((K,), (T, K)):
                raise ValueError(
                    f"curve {curve.name!r} must have y of shape {(K,)} or {(T, K)}; "
                    f"got {np.shape(curve.y)}"
                )
            checks.as_float(curve.y, curve.name)
        for marks in self.triangles:
            if len(marks.x) != T or np.shape(marks.x) != np.shape(marks.y):
                raise ValueError(
                    f"triangles {marks.name!r} must have x and y of one shape ({T}, m); "
                    f"got {np.shape(marks.x)} and {np.shape(marks.y)}"
                )

    def __repr__(self):
        frames = len(self.captions)
        return f"Player of {frames} frames: {self.label}. Last frame: {self.captions[-1]}"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self._html(), "text/plain": repr(self)}

    def frame(self, t: int = -1) -> Figure:
        """Frame t as a figure."""
        fig, ax = style.figure(6.4, 4.0)
        for curve in self.curves:
            moving = np.ndim(curve.y) == 2
            y = curve.y[t] if moving else curve.y
            dashes = curve.dash or (None, None)
            ax.plot(curve.x, y, color=curve.color, dashes=dashes, label=curve.name)
        for marks in self.triangles:
            _draw(ax, marks, t)
        if len(self.points):
            ax.plot(
                *np.transpose(self.points),
                "x",
                color=style.DATA,
                label="data",
                mew=2,
            )
        ax.set(xlim=self.xlim, ylim=self.ylim, title=textwrap.fill(self.captions[t], 52))
        ax.set(xlabel=self.xlabel, ylabel=self.ylabel)
        ax.legend()
        fig.alt = f"{self.label}. {self.captions[t]}"
        return fig

    def _html(self) -> str:
        last = len(self.captions) - 1
        caption = html.escape(self.captions[-1])
        poster = self.frame()
        content = (
            f'{page.img(poster.image(), poster.alt)}<canvas role="img" hidden></canvas>'
            f'<div class="player-key">{self._key()}</div><div class="player-bar" hidden>'
            f'<button type="button" class="player-play">Play</button>'
            f'<button type="button" aria-label="One frame back">&#8249;</button>'
            f'<button type="button" aria-label="One frame on">&#8250;</button>'
            f'<input type="range" min="0" max="{last}" value="0" aria-label="Frame" '
            f'aria-valuetext="{html.escape(self.captions[0])}">'
            f'<select aria-label="Speed">{SPEEDS}</select></div>'
            f'<p class="player-caption">{caption}</p>'
        )
        return page.block("player", content, self.scene())

    def _key(self) -> str:
        entries = []
        if len(self.points):
            entries.append(_entry("data", CROSS, style.DATA))
        for curve in self.curves:
            dash = " ".join(str(2 * k) for k in curve.dash)
            entries.append(_entry(curve.name, LINE, curve.color, dash=dash))
        for marks in self.triangles:
            entries.append(_entry(marks.name, TRIANGLE, marks.color, fill=marks.color))
        return "".join(entries)

    def scene(self) -> dict:
        """What the script draws from: axes, colours, and every curve and triangle packed."""
        axis = style.figure()[1]
        axis.set(xlim=self.xlim, ylim=self.ylim)
        ticks = [
            _within(axis.get_xticks(), self.xlim),
            _within(axis.get_yticks(), self.ylim),
        ]
        return dict(
            xlim=self.xlim,
            ylim=self.ylim,
            ticks=ticks,
            names=[_plain(self.xlabel), _plain(self.ylabel)],
            ink=style.NEUTRAL,
            data=style.DATA,
            curves=[self._packed_curve(curve) for curve in self.curves],
            triangles=[self._packed_triangles(marks) for marks in self.triangles],
            label=self.label,
            points=[_short(point) for point in self.points],
            captions=self.captions,
        )

    def _packed_curve(self, curve: Curve) -> dict:
        return dict(
            x=_short(curve.x),
            y=_track(curve.y, self.ylim),
            color=curve.color,
            dash=list(curve.dash),
        )

    def _packed_triangles(self, marks: Triangles) -> dict:
        right = np.broadcast_to(marks.right, np.shape(marks.x))
        return dict(
            x=_track(marks.x, self.xlim),
            y=_track(marks.y, self.ylim),
            color=marks.color,
            right=_pack(np.packbits(right, axis=1, bitorder="little")),
        )


def _draw(
    ax,
    marks: Triangles,
    t: int,
) -> None:
    """The triangles of frame t, those that point to the right first."""
    x = marks.x[t]
    y = marks.y[t]
    right = np.broadcast_to(marks.right, np.shape(marks.x))[t]
    size = 6 if right.size > CROWD else 8
    look = dict(color=marks.color, alpha=0.9, mew=0, ms=size, zorder=1)
    ax.plot(x[right], y[right], ">", label=marks.name, **look)
    ax.plot(x[~right], y[~right], "<", **look)


def _entry(
    name: str,
    path: str,
    color: str,
    fill: str = "none",
    dash: str = "",
) -> str:
    """A symbol of the key and its name."""
    return (
        f'<span><svg width="22" height="12" aria-hidden="true">'
        f'<path d="{path}" stroke="{color}" fill="{fill}" '
        f'stroke-width="2.2" stroke-dasharray="{dash}"/></svg> {html.escape(name)}</span> '
    )


def _plain(label: str) -> str:
    """A label without the marks of its formulas."""
    return label.replace("$", "").replace(r"\lambda", "λ")


def _short(values: np.ndarray) -> list[float | None]:
    return [page.short(v) for v in values]


def _within(ticks: np.ndarray, limits: tuple[float, float]) -> list[float]:
    low, high = limits
    return _short(ticks[(ticks >= low) & (ticks <= high)])


def _track(values: np.ndarray, limits: tuple[float, float]) -> dict:
    """Values (T, m) or (m,) as the script reads them.

    data: the differences from frame to frame, packed; width: how many values a frame has.
    """
    low, high = limits
    with np.errstate(invalid="ignore"):
        steps = np.round((np.atleast_2d(values) - low) / (high - low) * STEPS)
    steps = np.clip(np.nan_to_num(steps, nan=-OFF), -OFF, OFF).astype("<i2")
    # Differences wrap around in 16 bits, and so do the script's sums of them.
    differences = np.diff(steps, axis=0, prepend=np.zeros_like(steps[:1]))
    return dict(width=steps.shape[1], data=_pack(differences))


def _pack(a: np.ndarray) -> str:
    return base64.b64encode(zlib.compress(np.ascontiguousarray(a).tobytes(), 9)).decode()
