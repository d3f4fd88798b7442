"""Sphinx extension: what a page says of itself to search engines, chats and the book's search."""

import html
import io
import json

from docutils import nodes
from matplotlib import font_manager
from PIL import Image, ImageDraw, ImageFont
from sphinx.application import Sphinx

from helpers import files, playground

PREVIEW = "_static/preview.png"
SIZE = (1200, 630)  # pixels: what those who show a preview ask for
WORDS = "Is this the best network there is?"
LONGEST = 200  # characters of a description
SHORTEST = 40  # a paragraph with fewer is none that describes


def description(doctree: nodes.document) -> str:
    """The beginning of the first paragraph that says something."""
    texts = (" ".join(p.astext().split()) for p in doctree.findall(nodes.paragraph))
    text = next((text for text in texts if len(text) >= SHORTEST), "")
    if len(text) <= LONGEST:
        return text
    return text[:LONGEST].rsplit(" ", 1)[0] + " …"


def describe(app, pagename, templatename, context, doctree):
    """Add the description and the preview picture to the head of a page."""
    if pagename == "search":
        app.add_js_file("descriptions.js")
    if doctree is None:
        return
    told = description(doctree)
    base = app.config.html_baseurl  # an address that is not known leaves a path
    values = {
        "og:type": "article",
        "og:title": context["title"],
        "og:description": told,
        "og:image": base + PREVIEW if base else context["pathto"](PREVIEW, 1),
        "og:site_name": app.config.html_title,
    }
    lines = [f'<meta name="description" content="{html.escape(told)}">']
    for name, value in values.items():
        lines.append(f'<meta property="{name}" content="{html.escape(value)}">')
    context["metatags"] = context.get("metatags", "") + "\n".join(lines)


def preview() -> bytes:
    """The figure of the first page as it stands after training, under its question: a PNG."""
    drawn = Image.open(io.BytesIO(playground.opening().picture)).convert("RGBA")
    scale = min((SIZE[0] - 80) / drawn.width, (SIZE[1] - 110) / drawn.height)
    drawn = drawn.resize((int(scale * drawn.width), int(scale * drawn.height)))
    card = Image.new("RGBA", SIZE, "white")
    card.alpha_composite(drawn, ((SIZE[0] - drawn.width) // 2, 90))
    font = ImageFont.truetype(font_manager.findfont("DejaVu Sans"), 48)
    ImageDraw.Draw(card).text((SIZE[0] // 2, 50), WORDS, "#1d1d1f", font, anchor="mm")
    buffer = io.BytesIO()
    card.convert("RGB").quantize(64).save(buffer, "png")
    return buffer.getvalue()


def write(app, exception):
    """The preview picture, and the descriptions for the search.

    Where the book is opened from a folder, the search can read no page to quote from.
    """
    if exception or app.builder.format != "html":
        return
    names = sorted(app.env.found_docs)
    told = {name: description(app.env.get_doctree(name)) for name in names}
    files.write_at_once(app.outdir / PREVIEW, preview())
    path = app.outdir / "_static" / "descriptions.js"
    text = json.dumps(told, ensure_ascii=False)
    files.write_at_once(path, f"window.pageDescriptions = {text};\n")


def setup(app: Sphinx):
    app.connect("html-page-context", describe)
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
