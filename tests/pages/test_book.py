"""The book, built clean with warnings as errors, its pages in a real browser, opened from disk."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
import yaml
from filelock import FileLock

from book._ext.source_archive import FILES, FOLDERS
from book.execute import Cache
from tests.browser import COLOURS, SETTLED, barriers, opened

ROOT = Path(__file__).parents[2]
SOURCES = [*FILES, *FOLDERS]
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


def build(root):
    """Build the book in a folder of its own."""
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
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


@pytest.fixture(scope="session")
def html(tmp_path_factory):
    """The folder of the book, built once for all processes that test its pages."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    root = folder / "book"
    with FileLock(folder / "book.lock"):
        if not root.exists():
            root.mkdir()
            build(root)
    return root / "_build" / "html"


@pytest.fixture(scope="session")
def pages(html):
    """The paths of its pages."""
    return [html / f"{name}.html" for name in sorted(contents())]


@pytest.fixture
def path(request, html):
    """The path of one of them."""
    return html / f"{request.param}.html"


every_page = pytest.mark.parametrize("path", sorted(contents()), indirect=True)


def test_the_pages_are_those_of_the_contents(html, pages):
    built = {p for p in html.rglob("*.html") if p.parent.name in ("book", "notebooks")}
    assert built == set(pages)


def test_every_notebook_is_in_the_book():
    notebooks = {f"notebooks/{path.stem}" for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert notebooks == {page for page in contents() if page.startswith("notebooks/")}


@every_page
def test_pages_ask_nobody_and_fit_a_phone(browser, path):
    page = opened(browser, path, viewport=PHONE)
    assert not [u for u in page.requests if not u.startswith(("file:", "data:", "blob:"))]
    assert not page.faults
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    images = page.evaluate("[...document.querySelectorAll('.bd-article img')].map(i => i.alt)")
    assert all(len(alt) > 25 and " " in alt for alt in images), images
    formulas = page.locator(".math").count()
    assert not formulas or page.locator("mjx-container").count()
    page.context.close()


@every_page
def test_pages_are_accessible_in_light_and_dark(browser, path):
    page = opened(browser, path, color_scheme="light")
    assert not barriers(page)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("document.documentElement.dataset.theme == 'dark'")
    page.wait_for_timeout(SETTLED)
    assert not barriers(page, COLOURS)
    page.context.close()


def test_a_page_stays_small(html, pages):
    images = list((html / "_images").iterdir())
    assert images
    for path in pages:
        text = path.read_text(encoding="utf-8")
        shown = [image for image in images if image.name in text]
        assert sum(file.stat().st_size for file in [path, *shown]) < 2_000_000, path


def test_every_page_says_what_it_is(browser, pages):
    told = []
    for path in pages:
        text = path.read_text(encoding="utf-8")
        (words,) = re.findall(r'<meta name="description" content="([^"]+)">', text)
        (picture,) = re.findall(r'<meta property="og:image" content="([^"]+)">', text)
        (title,) = re.findall(r"<title>(.*) &#8212; (?:.*)</title>", text)
        assert text.count('name="viewport"') == 1, path
        assert (path.parent / picture).exists(), path
        assert title not in text.split("</title>")[0].split("&#8212;")[1], path
        told.append(words)
    assert len(set(told)) == len(told)


def test_the_source_beside_the_pages_is_whole(html, pages):
    with zipfile.ZipFile(html / "hidden-convex-relu.zip") as archive:
        assert archive.testzip() is None
        names = {name.removeprefix("hidden-convex-relu/") for name in archive.namelist()}
    assert {"Makefile", "helpers/convex.py", "notebooks/01_overview.ipynb"} <= names
    run_page = named(pages, "run").read_text(encoding="utf-8")
    assert 'href="../hidden-convex-relu.zip" download' in run_page


def test_links_inside_the_book_lead_somewhere(pages):
    for path in pages:
        for address in re.findall(r'href="([^"#:]+)(?:#[^"]*)?"', path.read_text(encoding="utf-8")):
            assert (path.parent / unquote(address.split("?")[0])).exists(), (path, address)


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


def test_the_first_page_answers_to_the_hand(browser, pages):
    page = opened(browser, named(pages, "intro"), viewport=PHONE, reduced_motion="reduce")
    best = page.locator(".pg-key-convex strong")
    before = best.inner_text()
    page.locator(".pg-point").first.focus()
    for _ in range(5):
        page.keyboard.press("ArrowUp")
    page.wait_for_timeout(300)
    assert best.inner_text() != before
    doors = page.locator(".sd-card a").evaluate_all("links => links.map((a) => a.pathname)")
    ends = ("01_overview.html", "14_playground.html", "00_article_checked.html")
    assert [any(door.endswith(end) for door in doors) for end in ends] == [True] * 3
    assert not page.faults
    page.context.close()


def test_claims_are_filtered_by_verdict_and_by_place(browser, pages):
    page = opened(browser, named(pages, "00_article_checked"))
    rows = page.locator("tr.claim")
    shown = page.locator("tr.claim:visible")
    status = page.locator(".claims-filter [role=status]")
    total = rows.count()
    assert status.inner_text() == f"{total} of {total} claims shown"
    by_verdict = 0
    for value in ("✓", "◐", "✗"):
        page.get_by_label("Verdict").select_option(value)
        assert all(value in text for text in shown.all_inner_texts())
        assert status.inner_text() == f"{shown.count()} of {total} claims shown"
        by_verdict += shown.count()
    assert by_verdict == total
    page.get_by_label("Verdict").select_option("✗")
    page.get_by_label("Place").focus()
    page.keyboard.press("ArrowDown")  # by keys alone: the first place, § I
    assert 0 < shown.count() < total
    assert all(re.search("✗", text) for text in shown.all_inner_texts())
    assert all(re.search(r"§ I\b", text) for text in shown.all_inner_texts())
    page.context.close()


def test_claims_read_without_scripts(browser, pages):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(named(pages, "00_article_checked").as_uri())
    assert page.locator(".cell_output table tbody tr:visible").count() > 80
    context.close()


def test_entries_are_in_the_contents_beside_them(pages):
    text = named(pages, "05_equivalence_checked").read_text(encoding="utf-8")
    shown = '<ul class="visible nav section-nav flex-column">\n<li class="toc-h3'
    assert shown in text.split('id="pst-secondary-sidebar"')[-1]
    assert "claims.check(" not in text


def test_every_figure_has_its_small_picture(browser, pages):
    page = opened(browser, named(pages, "figures"))
    pictures = page.locator("img.thumbnail")
    links = page.locator("a.thumbnail")
    assert pictures.count() == links.count() > 30
    assert all(pictures.evaluate_all("images => images.map((i) => i.naturalWidth > 50)"))
    page.context.close()


def test_code_is_folded_on_a_phone_only(browser, pages):
    for viewport, folded in ((PHONE, True), ({"width": 1280, "height": 800}, False)):
        page = opened(browser, named(pages, "04_convex_program"), viewport=viewport)
        code = page.locator(".cell_input pre:visible")
        assert (code.count() == 0) == folded
        if folded:
            page.locator("details.folded summary").first.click()
            assert code.count() == 1
        page.context.close()


def test_formulas_are_no_tab_stops_unless_they_scroll(browser, pages):
    page = opened(browser, named(pages, "02_small_example"), viewport=PHONE)
    stops = page.evaluate("""() => [...document.querySelectorAll("mjx-container[tabindex]")]
      .map((f) => [f.getAttribute("display"), f.scrollWidth > f.clientWidth])""")
    assert all(stop == ["true", True] for stop in stops)
    assert page.locator("mjx-container").count() > 20
    names = page.locator("button.toggle-button").evaluate_all(
        "buttons => buttons.map((b) => b.getAttribute('aria-label'))"
    )
    assert names and "Toggle hidden content" not in names
    page.context.close()


def test_the_search_in_a_folder_tells_how_pages_begin(browser, html):
    search = html / "search.html"
    page = opened(browser, search)
    page.goto(f"{search.as_uri()}?q=Adam")
    page.wait_for_selector("ul.search > li p.context")
    assert page.locator("ul.search > li").count() > 3
    assert not page.faults
    page.context.close()


@pytest.mark.parametrize("missing", ["nowhere.html", "book/nowhere.html", "notebooks/a/b.html"])
def test_a_missing_page_leads_to_the_first_one(browser, html, missing):
    page = browser.new_page(viewport=PHONE)
    page.route("**", lambda route: route.fulfill(path=html / "404.html", status=404))
    page.goto(f"http://somewhere.test/folder/{missing}")
    links = page.locator("a").evaluate_all("links => links.map((link) => link.pathname)")
    assert links == ["/folder/book/intro.html", "/folder/search.html"]
    assert all((html / link.removeprefix("/folder/")).exists() for link in links)
    assert not barriers(page)
    page.close()
