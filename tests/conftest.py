"""The fixture `browser`: one Chromium for all page tests of a run."""

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
