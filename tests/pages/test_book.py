"""The book, built clean with warnings as errors, its pages in a real browser, opened from disk."""

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe

from book.execute import Cache
from tests.browser import SETTLED, opened

ROOT = Path(__file__).parents[2]
SOURCES = ["_config.yml", "_toc.yml", "book", "notebooks", "helpers", "benchmarks"]
# The others stand in the cache as they are stored: nbval executes every notebook, and compares.
EXECUTED = ("01_overview", "14_playground")
PHONE = {"width": 390, "height": 800}


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def contents():
    """Every page of the table of contents, as its path without suffix."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    chapters = [chapter for part in toc["parts"] for chapter in part["chapters"]]
    return {toc["root"], *(chapter["file"] for chapter in chapters)}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    root = tmp_path_factory.mktemp("book")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, root / name)
        else:
            shutil.copy(ROOT / name, root / name)
    cache = Cache(root / "_build" / ".jupyter_cache")
    for path in (root / "notebooks").glob("*.ipynb"):
        if path.stem not in EXECUTED:
            cache.keep(path, nbformat.read(path, 4), 0)
    executed = run(sys.executable, root / "book" / "execute.py")
    assert executed.count("executing ") == len(EXECUTED)
    assert run(sys.executable, root / "book" / "execute.py") == ""
    book = Path(sys.executable).with_name("jupyter-book")
    built = run(book, "build", "-W", "--keep-going", root)
    assert "Executing notebook" not in built
    html = root / "_build" / "html"
    paths = [p for p in sorted(html.rglob("*.html")) if p.parent.name in ("book", "notebooks")]
    assert {p.relative_to(html).with_suffix("").as_posix() for p in paths} == contents()
    return paths


def test_every_notebook_is_in_the_book():
    notebooks = {f"notebooks/{path.stem}" for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert notebooks == {page for page in contents() if page.startswith("notebooks/")}


def test_pages_ask_nobody_and_fit_a_phone(browser, pages):
    for path in pages:
        page = opened(browser, path, viewport=PHONE)
        asked = [u for u in page.requests if not u.startswith(("file:", "data:", "blob:"))]
        assert not asked, path
        assert not page.faults, path
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
        images = page.evaluate("[...document.querySelectorAll('.bd-article img')].map(i => i.alt)")
        assert all(len(alt) > 25 and " " in alt for alt in images), (path, images)
        formulas = page.locator(".math").count()
        assert not formulas or page.locator("mjx-container").count(), path
        page.context.close()


def test_pages_are_accessible_in_light_and_dark(browser, pages):
    for path in pages:
        page = opened(browser, path, color_scheme="light")
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            page.wait_for_function(f"document.documentElement.dataset.theme == '{theme}'")
            page.wait_for_timeout(SETTLED)
            violations = Axe().run(page).response["violations"]
            grave = [v for v in violations if v["impact"] in ("serious", "critical")]
            assert not [(v["id"], v["nodes"][0]["html"]) for v in grave], (path, theme)
        page.context.close()


def test_a_page_stays_small(pages):
    images = list((pages[0].parents[1] / "_images").iterdir())
    assert images
    for path in pages:
        text = path.read_text(encoding="utf-8")
        shown = [image for image in images if image.name in text]
        assert sum(file.stat().st_size for file in [path, *shown]) < 2_000_000, path


def named(pages, name):
    """The page of that name."""
    (path,) = (path for path in pages if path.stem == name)
    return path


@pytest.mark.parametrize("touch", [False, True])
def test_the_player_plays_and_scrubs(browser, pages, touch):
    page = opened(browser, named(pages, "01_overview"), viewport=PHONE, has_touch=touch)
    player = page.locator(".player").first
    caption = player.locator(".player-caption")
    slider = player.locator("input")
    button = player.locator(".player-play")
    assert caption.inner_text().startswith("step 0:")
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert caption.inner_text().startswith("step 26:")
    assert "step 26:" in player.locator("canvas").get_attribute("aria-label")
    slider.fill("241")
    if touch:
        button.tap()
    else:
        button.click()
    page.wait_for_timeout(500)
    assert button.inner_text() == "Pause"
    assert 0 < int(slider.input_value()) < 241
    assert not page.faults


def test_the_playground_opens_at_a_setting(browser, pages):
    context = dict(viewport=PHONE, has_touch=True, reduced_motion="reduce")
    page = opened(browser, named(pages, "14_playground"), **context)
    finished = "document.querySelector('.live-figure').playground.session.finished"
    summary = page.locator(".pg-summary").first
    page.evaluate("location.hash = 'playground=teaser&neurons=20&steps=50'")
    page.reload()
    page.wait_for_function(finished)
    assert "Step 50 of 50 on 10 points" in summary.inner_text()
    assert page.locator(".pg-root").count() == 4
    page.locator("summary", has_text="1,000 times smaller").click()
    page.get_by_role("button", name="Set the scale to 0.00005").tap()
    page.wait_for_function(finished)
    assert "Step 2,500 of 2,500 on 5 points" in summary.inner_text()
    assert not page.faults
