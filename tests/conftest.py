"""One Chromium for all page tests of a run, and eyes on every figure that any test draws."""

import sys

import pytest

from tests.browser import chromium


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright  # tests of the library alone do without

    with sync_playwright() as playwright:
        # Chromium's sandbox does not start for root, as which containers run.
        started = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def drawn():
    """The figures that were made since one last looked, of the tests that draw."""
    style = sys.modules.get("helpers.drawing.style")  # tests of the library alone do without
    figures = []
    if style:
        init = style.Figure.__init__

        def noted(self, *args, **kwargs):
            init(self, *args, **kwargs)
            figures.append(self)

        style.Figure.__init__ = noted
    return figures


@pytest.fixture(autouse=True)
def legible(drawn):
    """Every figure that a test draws can be read: contrast and size of its text."""
    yield
    if drawn:
        from tests.legible import faults

        found = sorted({fault for fig in drawn for fault in faults(fig)})
        drawn.clear()
        assert not found, found
