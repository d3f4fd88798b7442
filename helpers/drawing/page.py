"""How figures live in a page: their parts in one piece of HTML, with no request to anywhere."""

import base64
import html
import json
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent


def block(
    name: str,
    content: str,
    scene: dict | list,
) -> str:
    """The HTML of a figure: content, its scene as JSON, the style, and the script of its name."""
    # A "</" would end the script element early.
    data = json.dumps(scene, separators=(",", ":")).replace("</", "<\\/")
    script = (FOLDER / f"{name}.js").read_text(encoding="utf-8")
    return (
        f'<div class="{name}"><style>{look()}</style>{content}'
        f'<script type="application/json">{data}</script>'
        f"<script>{script}</script></div>"
    )


def look() -> str:
    """The style sheet of players and explore figures."""
    return (FOLDER / "figures.css").read_text(encoding="utf-8")


def img(picture: bytes, alt: str) -> str:
    """An image element of WebP bytes."""
    data = base64.b64encode(picture).decode()
    return f'<img src="data:image/webp;base64,{data}" alt="{html.escape(alt)}">'


def short(value: float) -> float | None:
    """A number to the five digits that a picture needs; None where it is not finite."""
    return float(f"{value:.5g}") if np.isfinite(value) else None
