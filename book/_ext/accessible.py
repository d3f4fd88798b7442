"""Sphinx extension: markup of the tools, mended for screen readers, keyboard and files on disk."""

import re

from sphinx.application import Sphinx

from helpers import files

VIEWPORT = re.compile(r'<meta (?=[^>]*name="viewport")[^>]*>\s*')
NOTEBOOK = re.compile(r'(<a href="[^"]*\.ipynb") target="_blank"')


def mended(page: str) -> str:
    """The HTML of a page, put right; what is right stays."""
    # docutils nests roles in a list of references in a way that screen readers reject.
    page = page.replace('role="list" class="citation-list"', 'class="citation-list"')
    page = re.sub(r' role="doc-(biblioentry|backlink)"', "", page)
    # The name of what unfolds is what stands there.
    page = page.replace('<summary aria-label="Toggle hidden content">', "<summary>")
    # A link to a notebook saves it, where the browser would show its text.
    page = NOTEBOOK.sub(r"\1 download", page)
    # Three layers of templates say this; once is enough.
    first = VIEWPORT.search(page)
    if not first:
        return page
    head = page[: first.end()]
    return head + VIEWPORT.sub("", page[first.end() :])


def mend(app, exception):
    if exception or app.builder.format != "html":
        return
    for path in app.outdir.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        if page != mended(page):
            files.write_at_once(path, mended(page))


def list_entries(app, pagename, templatename, context, doctree):
    """Beside a page of claims, the contents list every entry."""
    if pagename.endswith("_checked"):
        context["theme_show_toc_level"] = 3


def setup(app: Sphinx):
    app.connect("html-page-context", list_entries)
    app.connect("build-finished", mend)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
