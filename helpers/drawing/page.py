"""What players and explore figures share to live in a page: their parts in one piece of HTML, no request to anywhere."""

import base64
import html
import json
from pathlib import Path

import numpy as np


def block(name, content, scene):
    """The HTML of a figure `name`: content, its scene as JSON, and the style and script of that name."""
    folder = Path(__file__).parent
    data = json.dumps(scene, separators=(",", ":")).replace("</", "<\\/")
    return (
        f'<div class="{name}"><style>{(folder / "figures.css").read_text()}</style>{content}'
        f'<script type="application/json">{data}</script>'
        f"<script>{(folder / f'{name}.js').read_text()}</script></div>"
    )


def img(picture, alt):
    """An image element of WebP bytes."""
    return f'<img src="data:image/webp;base64,{base64.b64encode(picture).decode()}" alt="{html.escape(alt)}">'


def short(value):
    """A number to the five digits that a picture needs."""
    return float(f"{value:.5g}") if np.isfinite(value) else None
