"""A real browser for the page tests: where it is, and a page in it that keeps its faults."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
COLOURS = ("color-contrast", "link-in-text-block")  # axe's rules of what a theme changes
SETTLED = 1000  # milliseconds after loading: scripts that draw the page have run by then


def chromium() -> str:
    """Path of the installed Chromium. Raises FileNotFoundError when there is none."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    raise FileNotFoundError("Chromium was not found (Debian: apt-get install chromium)")


def opened(browser, path: Path, init: str = "", **context):
    """The page at a path on disk, loaded in a context of its own, after the script `init`.

    page.faults: errors of its console and scripts; page.requests: the addresses it asked for.
    """
    page = browser.new_context(**context).new_page()
    page.add_init_script(init)
    page.faults = []
    page.requests = []
    page.on("console", lambda m: m.type == "error" and page.faults.append(m.text))
    page.on("pageerror", lambda e: page.faults.append(str(e)))
    page.on("request", lambda r: page.requests.append(r.url))
    page.goto(path.as_uri())
    page.wait_for_load_state("load")
    page.wait_for_timeout(SETTLED)
    return page


def written(path: Path, title: str, body: str) -> Path:
    """The path, at which there is a page of that title and body."""
    path.write_text(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"></head>'
        f"<body>{body}</body></html>",
        encoding="utf-8",
    )
    return path


@contextmanager
def watched(*own: str) -> Iterator[list]:
    """A list for pages that are opened: in the end none has a fault or has asked anybody.

    own: what else than files and data addresses may begin with, as "blob:".
    """
    pages = []
    yield pages
    for page in pages:
        assert not page.faults
        assert all(url.startswith(("file:", "data:", *own)) for url in page.requests)
        page.context.close()


def barriers(page, rules: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """What keeps readers out, by axe: the rule and the first element, where serious or critical.

    rules: those that are looked at; without any all are.
    """
    from axe_playwright_python.sync_playwright import Axe  # tests of the library alone do without

    options = {"resultTypes": ["violations"]}  # of these alone, which takes half the time
    if rules:
        options["runOnly"] = list(rules)
    found = Axe().run(page, options=options).response["violations"]
    grave = [rule for rule in found if rule["impact"] in ("serious", "critical")]
    return [(rule["id"], rule["nodes"][0]["html"]) for rule in grave]
