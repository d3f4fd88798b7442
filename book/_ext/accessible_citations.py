"""Sphinx extension: the list of references without some of its ARIA roles.

docutils nests them in a way that screen readers reject.
"""

import re


def without_roles(app, pagename, templatename, context, doctree):
    body = context.get("body", "").replace(
        'role="list" class="citation-list"', 'class="citation-list"'
    )
    context["body"] = re.sub(r' role="doc-(biblioentry|backlink)"', "", body)


def setup(app):
    app.connect("html-page-context", without_roles)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
