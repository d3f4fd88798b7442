"""A real browser for the page tests: the fixture `browser`, and `opened(browser, path, ...)`, a page that keeps its faults."""

import shutil

import pytest
from playwright.sync_api import sync_playwright


@pytest.fixture(scope="session")
def browser():
    chromium = (
        shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    assert chromium, "the page tests need Chromium (Debian: apt-get install chromium)"
    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield instance
        instance.close()


def opened(browser, path, init="", **context):
    """The page at a path on disk, loaded; page.faults: console and script errors; page.requests: addresses it asked for."""
    page = browser.new_context(**context).new_page()
    page.add_init_script(init)
    page.faults, page.requests = [], []
    page.on("console", lambda m: m.type == "error" and page.faults.append(m.text))
    page.on("pageerror", lambda e: page.faults.append(str(e)))
    page.on("request", lambda r: page.requests.append(r.url))
    page.goto(path.as_uri())
    page.wait_for_load_state("load")
    page.wait_for_timeout(1000)
    return page
