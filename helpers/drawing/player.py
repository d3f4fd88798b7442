"""An animation that a reader can play, step and scrub, in JupyterLab and in the static page, without a kernel.

The page draws it from the data themselves (16-bit values, compressed) with ``player.js``; where scripts do not run it
shows a picture of the last frame.
"""

import base64
import html
import zlib
from dataclasses import dataclass, field

import numpy as np

from .. import checks
from . import page, style

STEPS = 8000  # of a 16-bit value across the plot
CROWD = 50  # more triangles than this are drawn smaller


@dataclass(frozen=True)
class Curve:
    """A line: x (K,); y (K,) where it stays, (T, K) where it moves, a row a frame; a colour and a dash pattern."""

    name: str
    x: np.ndarray
    y: np.ndarray
    color: str
    dash: tuple = ()


@dataclass(frozen=True)
class Triangles:
    """Marks that move: x and y (T, m), a row a frame; right, booleans of that shape or (m,), the side they point to."""

    name: str
    x: np.ndarray
    y: np.ndarray
    right: np.ndarray
    color: str = style.GREEN


@dataclass
class Player:
    """T frames, one per text of `captions`, of curves, triangles and fixed points (k, 2), the data.

    label says what the animation shows; `frame(t)` draws one frame as a figure. Raises ValueError when an array does
    not have a row a frame.
    """

    label: str
    captions: list
    xlim: tuple
    ylim: tuple
    points: np.ndarray = field(default_factory=lambda: np.empty((0, 2)))
    curves: list = field(default_factory=list)
    triangles: list = field(default_factory=list)
    xlabel: str = "$x$"
    ylabel: str = "output"

    def __post_init__(self):
        T = len(self.captions)
        for curve in self.curves:
            if np.shape(curve.y) not in ((len(curve.x),), (T, len(curve.x))):
                raise ValueError(
                    f"curve {curve.name!r} must have y of shape {(len(curve.x),)} or {(T, len(curve.x))}; "
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
        return (
            f"Player of {len(self.captions)} frames: {self.label}. Last frame: {self.captions[-1]}"
        )

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self._html(), "text/plain": repr(self)}

    def frame(self, t=-1):
        """Frame t as a figure."""
        fig, ax = style.figure(6.4, 4.0)
        for curve in self.curves:
            y = np.atleast_2d(curve.y)
            ax.plot(
                curve.x,
                y[t if len(y) > 1 else 0],
                color=curve.color,
                dashes=curve.dash or (None, None),
                label=curve.name,
            )
        for marks in self.triangles:
            right = np.broadcast_to(marks.right, np.shape(marks.x))[t]
            for side, shape in ((True, ">"), (False, "<")):
                ax.plot(
                    marks.x[t][right == side],
                    marks.y[t][right == side],
                    shape,
                    color=marks.color,
                    alpha=0.9,
                    mew=0,
                    ms=6 if right.size > CROWD else 8,
                    zorder=1,
                    label=marks.name if side else None,
                )
        if len(self.points):
            ax.plot(*np.transpose(self.points), "x", color=style.DATA, label="data", mew=2)
        ax.set(
            xlim=self.xlim,
            ylim=self.ylim,
            xlabel=self.xlabel,
            ylabel=self.ylabel,
            title=self.captions[t],
        )
        ax.legend()
        fig.alt = f"{self.label}. {self.captions[t]}"
        return fig

    def _html(self):
        last, text = len(self.captions) - 1, html.escape(self.captions[-1])
        poster = self.frame()
        return page.block(
            "player",
            (
                f'{page.img(poster.image(), poster.alt)}<canvas role="img" hidden></canvas>'
                f'<div class="player-key">{self._key()}</div><div class="player-bar" hidden>'
                f'<button type="button" class="player-play">Play</button>'
                f'<button type="button" aria-label="One frame back">&#8249;</button>'
                f'<button type="button" aria-label="One frame on">&#8250;</button>'
                f'<input type="range" min="0" max="{last}" value="{last}" aria-label="Frame"></div>'
                f'<p class="player-caption">{text}</p>'
            ),
            self._scene(),
        )

    def _key(self):
        cross, triangle = "M6 2l8 8m0-8l-8 8", "M6 1v10l9-5z"
        entries = [(style.DATA, cross, "none", "", "data")] if len(self.points) else []
        entries += [
            (c.color, "M0 6h22", "none", " ".join(str(2 * k) for k in c.dash), c.name)
            for c in self.curves
        ]
        entries += [(m.color, triangle, m.color, "", m.name) for m in self.triangles]
        return "".join(
            f'<span><svg width="22" height="12" aria-hidden="true"><path d="{path}" stroke="{color}" fill="{fill}" '
            f'stroke-width="2.2" stroke-dasharray="{dash}"/></svg> {html.escape(name)}</span> '
            for color, path, fill, dash, name in entries
        )

    def _scene(self):
        curves = [
            dict(
                x=[page.short(v) for v in c.x],
                y=self._track(c.y, self.ylim),
                color=c.color,
                dash=list(c.dash),
            )
            for c in self.curves
        ]
        triangles = [
            dict(
                x=self._track(m.x, self.xlim),
                y=self._track(m.y, self.ylim),
                color=m.color,
                right=_pack(
                    np.packbits(np.broadcast_to(m.right, np.shape(m.x)), axis=1, bitorder="little")
                ),
            )
            for m in self.triangles
        ]
        axis = style.figure()[1]
        axis.set(xlim=self.xlim, ylim=self.ylim)
        ticks = [
            [page.short(v) for v in at[(at >= low) & (at <= high)]]
            for at, (low, high) in ((axis.get_xticks(), self.xlim), (axis.get_yticks(), self.ylim))
        ]
        return dict(
            xlim=self.xlim,
            ylim=self.ylim,
            ticks=ticks,
            curves=curves,
            triangles=triangles,
            label=self.label,
            points=[[page.short(v) for v in p] for p in self.points],
            captions=self.captions,
        )

    def _track(self, values, limits):
        """Values as the script reads them: {data: differences from frame to frame, packed; width: values a frame}."""
        values, (low, high) = np.atleast_2d(values), limits
        with np.errstate(invalid="ignore"):
            steps = np.round((values - low) / (high - low) * STEPS)
        steps = np.clip(np.nan_to_num(steps, nan=-32000), -32000, 32000).astype("<i2")
        # differences wrap around in 16 bits, and so do the script's sums of them
        return dict(
            width=steps.shape[1],
            data=_pack(np.diff(steps, axis=0, prepend=np.zeros_like(steps[:1]))),
        )


def _pack(a):
    return base64.b64encode(zlib.compress(np.ascontiguousarray(a).tobytes(), 9)).decode()
