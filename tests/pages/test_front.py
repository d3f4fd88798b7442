"""The figure of the first page, on a page of its own: by mouse, by touch and by keys."""

import pytest

from helpers import convex, data, playground
from tests.browser import barriers, opened, watched, written

CALM = dict(reduced_motion="reduce")  # the training shown is the finished one
PHONE = dict(viewport={"width": 390, "height": 800}, has_touch=True)
FINISHED = "document.querySelector('.live-figure').playground.session.finished"


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("front") / "page.html"
    figure = playground.opening()._html()
    return written(path, "First page", f"<main><h1>First page</h1>{figure}</main>")


@pytest.fixture
def show(browser, path):
    with watched() as pages:

        def show(**context):
            pages.append(opened(browser, path, **context))
            return pages[-1]

        yield show


def state(page):
    return page.evaluate("""() => {
      const { session, state, pending } = document.querySelector(".live-figure").playground;
      const { frame, optimum } = session;
      const { objective, gap } = optimum;
      return { points: state.points, pending, loss: frame.loss, objective, gap }; }""")


def optimum(points, decay):
    """The same optimum from the library."""
    x, y = zip(*points, strict=True)
    X = data.with_bias(x)
    return convex.solve(X, y, decay * convex.lambda_max(X, y)).objective


def test_left_alone_the_network_comes_near_the_best_one(show):
    page = show()
    page.wait_for_function(FINISHED, timeout=20_000)
    end = state(page)
    assert end["objective"] < end["loss"] < 1.05 * end["objective"]
    words = page.locator(".pg-summary").inner_text()
    assert "No network, however large, goes below a loss of 0.12" in words
    assert "that is proved" in words
    assert "Training ends" in words


def test_the_best_network_follows_a_point_while_it_is_dragged(show):
    page = show(**CALM)
    page.wait_for_function(FINISHED)
    before = state(page)
    box = page.locator(".pg-point").nth(2).bounding_box()
    x = box["x"] + box["width"] / 2
    y = box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 60, steps=3)
    page.wait_for_timeout(300)
    held = state(page)
    assert held["pending"]
    assert held["points"] != before["points"]
    decay = playground.presets()["valley"]["decay"]
    assert held["objective"] == pytest.approx(optimum(held["points"], decay), rel=1e-4)
    assert held["gap"] < 1e-4
    page.mouse.up()
    page.wait_for_timeout(400)
    page.wait_for_function(FINISHED)
    assert state(page)["pending"] is None
    assert state(page)["objective"] == pytest.approx(held["objective"])
    page.get_by_role("button", name="Back to the first points").click()
    assert state(page)["points"] == before["points"]


def test_keys_and_touch_do_the_same(show):
    page = show(**PHONE, **CALM)
    page.locator(".pg-point").first.focus()
    before = state(page)
    page.keyboard.press("ArrowUp")
    page.wait_for_timeout(100)
    assert state(page)["points"][0][1] > before["points"][0][1]
    page.keyboard.press("Delete")
    assert len(state(page)["points"]) == len(before["points"]) - 1
    page.get_by_role("button", name="Back to the first points").tap()
    assert len(state(page)["points"]) == len(before["points"])
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_accessible(show, theme):
    page = show(**CALM)
    page.evaluate(
        """theme => {
          document.documentElement.dataset.theme = theme;
          document.body.style.background = theme == "dark" ? "#14181e" : "#fff";
          document.body.style.color = theme == "dark" ? "#fff" : "#000"; }""",
        theme,
    )
    page.wait_for_function(FINISHED)
    assert not barriers(page)


def test_without_scripts_a_picture_stands_there(browser, path):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(path.as_uri())
    assert page.locator("details.pg-static img").is_visible()
    page.context.close()
