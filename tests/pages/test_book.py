"""The book, built clean with warnings as errors, and its pages in a real browser, opened from disk."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.conftest import opened

ROOT = Path(__file__).parents[1]
SOURCES = ["_config.yml", "_toc.yml", "book", "notebooks", "helpers", "benchmarks"]


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    root = tmp_path_factory.mktemp("book")
    for name in SOURCES:
        source = ROOT / name
        shutil.copytree(source, root / name) if source.is_dir() else shutil.copy(
            source, root / name
        )
    built = subprocess.run(
        [Path(sys.executable).with_name("jupyter-book"), "build", "-W", "--keep-going", str(root)],
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stdout[-3000:] + built.stderr[-3000:]
    html = root / "_build" / "html"
    return [p for p in sorted(html.rglob("*.html")) if p.parent.name in ("book", "notebooks")]


def test_pages_ask_nobody_and_fit_a_phone(browser, pages):
    assert len(pages) >= 4
    for path in pages:
        page = opened(browser, path, viewport={"width": 390, "height": 800})
        assert not [u for u in page.requests if not u.startswith(("file:", "data:", "blob:"))], path
        assert not page.faults, path
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        images = page.evaluate("[...document.querySelectorAll('.bd-article img')].map(i => i.alt)")
        assert all(len(alt) > 25 and " " in alt for alt in images), (path, images)
        assert page.evaluate(
            "!document.querySelector('.math') || !!document.querySelector('mjx-container')"
        ), path


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_are_accessible(browser, pages, theme):
    for path in pages:
        page = opened(browser, path, color_scheme=theme)
        violations = Axe().run(page).response["violations"]
        assert not [
            (v["id"], v["nodes"][0]["html"])
            for v in violations
            if v["impact"] in ("serious", "critical")
        ], path


def test_a_page_stays_small(pages):
    for path in pages:
        images = path.parents[1] / "_images"
        used = (
            [i for i in images.iterdir() if i.name in path.read_text()] if images.exists() else []
        )
        assert path.stat().st_size + sum(i.stat().st_size for i in used) < 2_000_000, path


@pytest.mark.parametrize("touch", [False, True])
def test_the_player_plays_and_scrubs(browser, pages, touch):
    path = next(p for p in pages if "overview" in p.name)
    page = opened(browser, path, viewport={"width": 390, "height": 800}, has_touch=touch)
    player = page.locator(".player").first
    caption, slider, button = (
        player.locator(s) for s in (".player-caption", "input", ".player-play")
    )
    assert caption.inner_text().startswith("step 6266")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    assert caption.inner_text().startswith("step 6240")
    assert "step 6240" in player.locator("canvas").get_attribute("aria-label")
    slider.fill("241")
    button.tap() if touch else button.click()
    page.wait_for_timeout(500)
    assert button.inner_text() == "Pause" and 0 < int(slider.input_value()) < 241
    assert not page.faults


def test_the_playground_opens_at_a_setting(browser, pages):
    path = next(p for p in pages if "playground" in p.name)
    page = opened(
        browser,
        path,
        viewport={"width": 390, "height": 800},
        has_touch=True,
        reduced_motion="reduce",
    )
    page.evaluate("location.hash = 'playground=teaser&neurons=20&steps=50'")
    page.reload()
    page.wait_for_function("document.querySelector('.live-figure').playground.session.finished")
    assert "Step 50 of 50 on 10 points" in page.locator(".pg-summary").first.inner_text()
    assert page.locator(".pg-root").count() == 4 and not page.faults
    page.locator("summary", has_text="1,000 times smaller").click()
    page.get_by_role("button", name="Set the scale to 0.00005").tap()
    page.wait_for_function("document.querySelector('.live-figure').playground.session.finished")
    assert (
        "Step 2,500 of 2,500 on 5 points" in page.locator(".pg-summary").first.inner_text()
        and not page.faults
    )
