"""An animation of curves that a reader can play, step and scrub, in JupyterLab and in the static page, without a kernel.

The page draws it from the data themselves: 16-bit values, compressed, with the script of ``player.js``.
"""

import base64
import html
import json
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .. import checks


@dataclass
class Player:
    """What is drawn: points (k, 2); fixed and moving curves (name, x (K,), y (K,) or (T, K), colour); T captions."""

    xlim: tuple
    ylim: tuple
    points: np.ndarray
    fixed: list
    moving: list
    captions: list
    label: str

    def __post_init__(self):
        for name, x, y, _ in self.moving:
            if np.shape(y) != (len(self.captions), len(x)):
                raise ValueError(f"moving curve {name!r} must have shape {(len(self.captions), len(x))}; got {np.shape(y)}")
            checks.as_float(y, name)

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self._html(), "text/plain": repr(self)}

    def __repr__(self):
        return f"Player of {len(self.captions)} frames: {self.label}. Last frame: {self.captions[-1]}"

    def _html(self):
        curves = [dict(name=n, x=self._round(x), color=c, data=self._pack(np.atleast_2d(y)), moves=np.ndim(y) == 2)
                  for n, x, y, c in (*self.fixed, *self.moving)]
        scene = dict(xlim=self.xlim, ylim=self.ylim, points=[self._round(p) for p in self.points], curves=curves,
                     captions=self.captions, label=self.label)
        keys = "".join(f'<span style="white-space:nowrap;margin-right:1em"><b style="color:{c["color"]}">&#8212;</b> '
                       f'{html.escape(c["name"])}</span>' for c in curves)
        data = json.dumps(scene).replace("</", "<\\/")
        script = (Path(__file__).parent / "player.js").read_text()
        return (f'<div class="player" style="max-width:640px"><canvas role="img" style="width:100%;aspect-ratio:16/10" '
                f'aria-label="{html.escape(self.label)}"></canvas><div>'
                f'<span style="white-space:nowrap;margin-right:1em"><b style="color:#e61d00">&#215;</b> data</span>{keys}</div>'
                f'<div style="display:flex;gap:.5em;align-items:center"><button type="button">Play</button>'
                f'<input type="range" min="0" max="{len(self.captions) - 1}" value="{len(self.captions) - 1}" '
                f'aria-label="Frame" style="flex:1;min-width:0"></div>'
                f'<p class="player-caption">{html.escape(self.captions[-1])}</p>'
                f'<script type="application/json">{data}</script>'
                f"<script>{script}</script></div>")

    def _pack(self, y):
        low, high = self.ylim
        span = high - low
        steps = np.clip(np.round((np.asarray(y) - low) / span * 8000), -32000, 32000).astype("<i2")
        return base64.b64encode(zlib.compress(np.diff(steps, axis=0, prepend=0).astype("<i2").tobytes(), 9)).decode()

    @staticmethod
    def _round(a):
        return [float(f"{v:.5g}") for v in a]
