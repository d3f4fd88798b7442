"""Sphinx extension: on the page of every figure, a small picture of each, from the notebooks.

A row of that page links to a label of a notebook page. The picture is the first one that the
notebook shows under that label, as it is stored: a figure's, or the still one of a player.
"""

import base64
import html
import io
import re
from pathlib import Path

from PIL import Image
from sphinx.application import Sphinx

from helpers import files

PAGE = "book/figures"
WIDTH = 320  # pixels: twice what is shown
ROW = re.compile(
    r"(?P<cell><td>(?:<p>)?)(?P<what>[^\n]*?)(?P<between>(?:</p>)?</td>\s*<td>(?:<p>)?)"
    r'<a href="\.\./notebooks/(?P<page>\w+)\.html#(?P<label>[\w-]+)">'
)
INLINE = re.compile(r"data:image/(?:webp|png);base64,([A-Za-z0-9+/=]+)")
NEXT_FIGURE = 6  # cells: below a label, further down stands another figure


def picture(notebook: dict, label: str) -> bytes | None:
    """The picture under a label, as its notebook stores it; None for what has none."""
    cells = notebook["cells"]
    for k, cell in enumerate(cells):
        if cell["metadata"].get("mystnb", {}).get("figure", {}).get("name") == label:
            return shown(cell)
        if cell["cell_type"] == "markdown" and f"({label})=\n" in "".join(cell["source"]):
            pictures = map(shown, cells[k + 1 : k + 1 + NEXT_FIGURE])
            return next(filter(None, pictures), None)
    return None


def shown(cell: dict) -> bytes | None:
    """The first picture among the outputs of a cell."""
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if "image/png" in data:
            return base64.b64decode("".join(data["image/png"]))
        inline = INLINE.search("".join(data.get("text/html", [])))
        if inline:
            return base64.b64decode(inline[1])
    return None


def thumbnail(image: bytes) -> str:
    """The address (data:) of the same picture, small."""
    small = Image.open(io.BytesIO(image)).convert("RGBA")
    small.thumbnail((WIDTH, WIDTH), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.save(buffer, "webp", quality=60, alpha_quality=60)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode()


def illustrate(app, pagename, templatename, context, doctree):
    if pagename != PAGE:
        return
    folder = Path(app.srcdir) / "notebooks"

    def with_picture(row):
        image = picture(files.read_json(folder / f"{row['page']}.ipynb"), row["label"])
        if image is None:
            return row[0]
        words = html.escape(re.sub(r"<[^>]+>|\\[()]", "", row["what"]))
        address = f"../notebooks/{row['page']}.html#{row['label']}"
        small = f'<img class="thumbnail" src="{thumbnail(image)}" alt="Small picture: {words}">'
        link = f'<a class="thumbnail" href="{address}">{small}</a>'
        return row["cell"] + link + row[0].removeprefix(row["cell"])

    context["body"] = ROW.sub(with_picture, context["body"])


def setup(app: Sphinx):
    app.connect("html-page-context", illustrate)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
