"""Sphinx extension: `{live-figure} name`, a figure of `helpers.playground` on a page of prose."""

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx

from helpers import playground


class LiveFigure(Directive):
    required_arguments = 1

    def run(self):
        figure = getattr(playground, self.arguments[0])()
        bundle = figure._repr_mimebundle_()
        return [nodes.raw("", bundle["text/html"], format="html")]


def setup(app: Sphinx):
    app.add_directive("live-figure", LiveFigure)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
