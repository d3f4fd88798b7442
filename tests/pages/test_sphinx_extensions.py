"""What the book's own Sphinx extensions make of text, notebooks and folders."""

import base64
import io
from pathlib import Path

from docutils.core import publish_doctree
from PIL import Image

from book._ext import accessible, page_head, source_archive, thumbnails

ROOT = Path(__file__).parents[2]


def png(width, height):
    buffer = io.BytesIO()
    Image.new("RGBA", (width, height), "red").save(buffer, "png")
    return buffer.getvalue()


def cell(kind, source, data=None, name=None):
    figure = {"mystnb": {"figure": {"name": name}}} if name else {}
    outputs = [{"output_type": "display_data", "data": data}] if data else []
    return {"cell_type": kind, "source": [source], "metadata": figure, "outputs": outputs}


def test_pages_are_mended_once():
    viewport = '<meta name="viewport" content="width=device-width"/>\n'
    page = (
        f"<head>{viewport}{viewport}</head>"
        '<a href="../_sources/a.ipynb" target="_blank" class="btn">save</a>'
        '<a href="a.md" target="_blank">source</a>'
        '<summary aria-label="Toggle hidden content">Show</summary>'
    )
    mended = accessible.mended(page)
    assert mended.count("viewport") == 1
    assert '<a href="../_sources/a.ipynb" download class="btn">' in mended
    assert '<a href="a.md" target="_blank">' in mended
    assert "<summary>Show</summary>" in mended
    assert accessible.mended(mended) == mended


def test_a_description_is_the_first_paragraph_that_says_something():
    says = "Here begins a paragraph that says what the page is about."
    doctree = publish_doctree(
        f"Title\n=====\n\nShort.\n\n{says}\n\nAnother one, which comes later."
    )
    assert page_head.description(doctree) == says
    long = publish_doctree(" ".join(["word"] * 100))
    assert page_head.description(long).endswith("word …")
    assert len(page_head.description(long)) <= page_head.LONGEST + 2
    assert page_head.description(publish_doctree("Nothing.")) == ""


def test_the_preview_is_a_picture_of_the_size_asked_for():
    assert Image.open(io.BytesIO(page_head.preview())).size == page_head.SIZE


def test_a_picture_is_found_by_its_figure_or_by_the_label_above_it():
    encoded = base64.b64encode(png(4, 4)).decode()
    notebook = {
        "cells": [
            cell("code", "a", {"image/png": base64.b64encode(png(8, 2)).decode()}, "fig-a"),
            cell("markdown", "(player)=\n## A player"),
            cell("code", "print()", {"text/plain": "5"}),
            cell("code", "b", {"text/html": [f'<img src="data:image/png;base64,{encoded}">']}),
            cell("markdown", "(words)=\n## Words alone"),
        ]
    }
    assert thumbnails.picture(notebook, "fig-a") == png(8, 2)
    assert thumbnails.picture(notebook, "player") == png(4, 4)
    assert thumbnails.picture(notebook, "words") is None
    assert thumbnails.picture(notebook, "elsewhere") is None


def test_a_thumbnail_is_small():
    address = thumbnails.thumbnail(png(1000, 500))
    image = base64.b64decode(address.removeprefix("data:image/webp;base64,"))
    assert Image.open(io.BytesIO(image)).size == (320, 160)


def test_the_archive_holds_the_whole_source():
    held = {path.relative_to(ROOT).as_posix() for path in source_archive.sources(ROOT)}
    above = {path.name for path in ROOT.iterdir() if path.is_file() and path.name[0] != "."}
    assert above == set(source_archive.FILES)
    for name in (
        "helpers/convex.py",
        "notebooks/01_overview.ipynb",
        "book/intro.md",
        "tests/conftest.py",
    ):
        assert name in held
    assert not any("__pycache__" in name for name in held)
