"""The live figures on a page of their own, opened from disk: by mouse, touch and keyboard."""

import html
import math

import pytest

from helpers import playground
from tests.browser import barriers, opened, watched, written

PHONE = dict(viewport={"width": 390, "height": 800}, has_touch=True)
CALM = dict(reduced_motion="reduce")


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "page.html"
    figures = [
        playground.show(),
        playground.landscape(code=False),
        playground.path(code=False),
        playground.own_patterns(neurons=8, scale=0.2, code=False),
    ]
    body = "".join(f"<h2>Figure {k}</h2>{figure._html()}" for k, figure in enumerate(figures))
    body += '<button type="button" data-setting="scale=0.001">tiny</button>'
    return written(path, "Live figures", f"<main><h1>Live figures</h1>{body}</main>")


@pytest.fixture
def show(browser, path):
    with watched("blob:") as pages:

        def show(hash="", **context):
            pages.append(opened(browser, path, **context))
            if hash:
                pages[-1].evaluate("hash => location.hash = hash", hash)
                pages[-1].reload()
                pages[-1].wait_for_timeout(500)
            return pages[-1]

        yield show


def state(page):
    return page.evaluate("""() => {
      const { state, session } = document.querySelector(".live-figure").playground;
      const { frame, optimum, finished } = session;
      const { objective, gap } = optimum;
      const shown = { frame: frame.step, loss: frame.loss, optimum: objective, gap, finished };
      return { ...state, ...shown }; }""")


def finished(page, timeout=20_000):
    page.wait_for_function(
        "document.querySelector('.live-figure').playground.session.finished", timeout=timeout
    )
    page.wait_for_timeout(100)
    return state(page)


def place(page, selector):
    page.locator(selector).first.scroll_into_view_if_needed()
    box = page.locator(selector).first.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_left_alone_it_makes_the_point_once_and_stops(show):
    page = show(viewport={"width": 1280, "height": 900})
    end = finished(page)
    assert end["loss"] < 1.02 * end["optimum"] and end["gap"] < 1e-4
    assert page.get_by_role("button", name="Play again").first.is_visible()
    words = page.locator(".pg-summary").first.inner_text()
    assert "Step 1,000 of 1,000" in words and "duality gap" in words
    page.wait_for_timeout(300)
    assert state(page)["frame"] == 1000 and page.evaluate("location.hash") == ""


def test_without_motion_the_end_is_shown_and_nothing_moves(show):
    page = show(**CALM)
    assert finished(page)["frame"] == 1000
    assert (
        page.evaluate("document.querySelector('.live-figure').playground.runner.playing") is False
    )


def test_without_scripts_there_are_pictures(browser, path):
    page = opened(browser, path, java_script_enabled=False)
    images = page.locator(".live-figure img")
    assert images.count() == 4
    for k in range(4):
        assert images.nth(k).is_visible() and len(images.nth(k).get_attribute("alt")) > 60
    page.context.close()


@pytest.mark.parametrize("touch", [False, True])
def test_a_point_is_dragged(show, touch):
    page = show(**(PHONE if touch else {}))
    before = finished(page)
    x, y = place(page, ".pg-point")
    if touch:
        session = page.context.new_cdp_session(page)
        for kind, dy in (
            ("touchStart", 0),
            ("touchMove", 20),
            ("touchMove", 40),
            ("touchEnd", None),
        ):
            points = [] if dy is None else [{"x": x, "y": y + dy}]
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
            page.wait_for_timeout(30)
    else:
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x, y + 20, steps=3)
        page.mouse.move(x, y + 40, steps=3)
        page.mouse.up()
    after = finished(page)
    assert (
        after["points"][0][1] < before["points"][0][1] - 0.1
        and after["points"][1:] == before["points"][1:]
    )
    assert after["optimum"] != before["optimum"] and after["gap"] < 1e-4
    assert "points=" in page.evaluate("location.hash")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_everything_by_keyboard(show):
    page = show(**CALM)
    first = finished(page)
    page.locator(".pg-point").first.focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowRight")
    moved = finished(page)["points"]
    assert moved[0][1] > first["points"][0][1] and moved[0][0] > first["points"][0][0]
    page.keyboard.press("Delete")
    assert len(state(page)["points"]) == 4 and page.evaluate(
        "document.activeElement.className"
    ).startswith("pg-point")
    page.get_by_role("button", name="Add a point").first.focus()
    page.keyboard.press("Enter")
    assert len(state(page)["points"]) == 5
    scale = page.locator("[data-key=scale]").first
    scale.focus()
    page.keyboard.press("Home")
    assert state(page)["scale"] == 1e-5 and scale.get_attribute("aria-valuetext") == "10⁻⁵"
    page.keyboard.press("End")
    assert state(page)["scale"] == 10
    cells = page.get_by_label("Highlight a cell").first
    cells.focus()
    page.keyboard.press("ArrowRight")
    assert "Cell 1 of 10 activates" in page.locator(".pg-summary").first.inner_text()
    page.get_by_role("button", name="Reset").first.press("Enter")
    assert state(page)["frame"] == 0
    page.get_by_role("button", name="Step").first.press("Enter")
    assert state(page)["frame"] == 1


def test_every_control_is_reached_by_tab(show):
    page = show(**CALM)
    finished(page)
    page.evaluate("document.querySelectorAll('.live-figure details').forEach(d => d.open = true)")
    wanted = page.evaluate("""[...document.querySelectorAll('.live-figure')]
      .flatMap(f => [...f.querySelectorAll('button, input:not([hidden]), select, summary, pre')])
      .map((node, k) => (node.dataset.mark = k))""")
    seen = set()
    for _ in range(len(wanted) + 10):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.dataset.mark"))
    assert seen >= {str(k) for k in wanted}


# --- On one screen.


FIRST = ".pg-plot-data, .pg-transport, .pg-transport input, [data-key=preset], [data-key=scale], "
FIRST += "[data-key=neurons], [data-key=decay]"


@pytest.mark.parametrize("width, height", [(1280, 800), (390, 844)])
def test_plot_transport_and_first_controls_are_on_one_screen(show, width, height):
    """As wide as the page of the book leaves them, at the place to which a reader scrolls."""
    page = show(viewport={"width": width, "height": height}, **CALM)
    finished(page)
    page.evaluate("document.querySelector('main').style.maxWidth = '688px'")
    page.wait_for_timeout(100)
    page.evaluate("document.querySelector('.live-figure .pg-plot-data').scrollIntoView()")
    boxes = page.evaluate(
        """(selector) => [...document.querySelector(".live-figure").querySelectorAll(selector)]
          .map((node) => node.getBoundingClientRect()).map((box) => [box.top, box.bottom])""",
        FIRST,
    )
    assert len(boxes) == 7
    assert min(top for top, _ in boxes) >= -1
    assert max(bottom for _, bottom in boxes) <= height - 60  # the book's head stays in sight
    assert page.locator(".pg-plot-plane").first.bounding_box()["y"] > boxes[-1][1]


def drawn_words(page):
    """The texts on the canvas of the data, as they are drawn again."""
    return page.evaluate(
        """() => {
          const { playground } = document.querySelector(".live-figure");
          const { plot } = playground.data, { text } = plot, words = [];
          plot.text = (...given) => words.push([...given, plot.c.measureText(given[0]).width]);
          playground.draw();
          plot.text = text;
          return words; }"""
    )


@pytest.mark.parametrize("preset", ["small", "large", "two-points", "landscape", "one-neuron"])
def test_a_preset_shows_the_neurons_that_it_is_about(show, preset):
    page = show(f"playground={preset}", **CALM)
    kinks, limits, edges = page.evaluate(
        """() => {
          const { session, data } = document.querySelector(".live-figure").playground;
          const { w1, w2 } = data.net;
          return [session.optimum.neurons.map(({ u }) => -u[1] / u[0]), data.xlim,
                  Array.from(w1, (w, i) => -w2[i] / w)]; }"""
    )
    low, high = limits
    assert kinks and all(low < kink < high for kink in kinks)
    words = [words for words, *_ in drawn_words(page)]
    left = sum(kink < low for kink in edges)
    right = sum(kink > high for kink in edges)
    for count, text in ((left, f"← {left:,} neuron"), (right, f"{right:,} neuron")):
        assert any(word.startswith(text) for word in words) == (count > 0)


def test_choosing_the_preset_again_restores_it(show):
    page = show(**CALM)
    start = finished(page)
    preset = page.locator("[data-key=preset]").first
    page.locator("[data-key=decay]").first.fill("700")
    assert preset.input_value() == ""
    chosen = "select => select.selectedOptions[0].textContent"
    assert preset.evaluate(chosen) == "five points of our own, changed"
    preset.select_option("valley")
    assert state(page)["decay"] == start["decay"] and preset.input_value() == "valley"
    page.locator(".pg-point").first.focus()
    page.keyboard.press("ArrowUp")
    moved = state(page)["points"]
    page.get_by_role("button", name="Reset training").first.click()
    assert state(page)["points"] == moved and state(page)["frame"] == 0
    page.get_by_role("button", name="Restore the preset").first.click()
    assert state(page)["points"] == start["points"] and preset.input_value() == "valley"


def test_the_view_grows_with_a_point_that_leaves_it(show):
    page = show(viewport={"width": 1280, "height": 900}, **CALM)
    finished(page)
    limits = "document.querySelector('.live-figure').playground.data.ylim"
    low, high = page.evaluate(limits)
    x, y = place(page, ".pg-point")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 1500, steps=40)
    held = state(page)["points"][0][1]
    assert held > 3 * high and page.evaluate(limits)[1] > held
    page.mouse.up()
    page.wait_for_timeout(100)
    assert page.evaluate(limits)[1] > 1.1 * held  # and there is room to go on


@pytest.mark.parametrize("size", [1e-8, 0.01, 1234, 23456, 1e6 + 1, 9e8])
def test_tick_labels_are_not_cut(show, size):
    points = ";".join(f"{x},{y * size}" for x, y in [(-1, -1), (0, 0.4), (1, 1)])
    page = show(f"playground=valley&points={points}&steps=10", **CALM)
    finished(page)
    left = "document.querySelector('.live-figure').playground.data.plot.area.left"
    edge = page.evaluate(left)
    ticks = [(words, width) for words, x, _, width in drawn_words(page) if x == edge - 6]
    assert len(ticks) >= 3 and all(width < edge - 6 for _, width in ticks)


def test_on_paper_the_points_are_drawn(show):
    page = show(**CALM)
    finished(page)
    exact = page.evaluate("getComputedStyle(document.querySelector('.pg-point')).printColorAdjust")
    assert exact == "exact"


def test_cells_points_and_neurons_light_up_together(show):
    page = show(**CALM)
    finished(page)
    x, y = place(page, ".pg-plot-plane canvas")
    page.mouse.click(x, y - 60)  # straight up: the bias alone, which activates all points
    words = page.locator(".pg-summary").first
    assert "activates points 1, 2, 3, 4, 5" in words.inner_text()
    page.mouse.click(x, y + 60)
    assert "activates no point" in words.inner_text()
    assert page.locator(".live-figure").first.locator(".pg-point.pg-inactive").count() == 5
    page.locator(".pg-point").nth(2).click()
    assert "Point 3 is activated in 5 cells" in words.inner_text()
    position = page.evaluate("""() => {
      const { data } = document.querySelector(".live-figure").playground;
      const i = data.net.w1.findIndex((_, i) => {
        const [x, y] = data.position(i), { area } = data.plot;
        return x > area.left + 20 && x < area.right - 20 && y > area.top; });
      const box = data.plot.canvas.getBoundingClientRect();
      return data.position(i).map((v, k) => v + (k ? box.top : box.left)); }""")
    page.mouse.click(*position)
    assert "it holds" in words.inner_text() and "it holds 0" not in words.inner_text()


def test_play_pause_scrub(show):
    page = show(viewport={"width": 1280, "height": 900})
    finished(page)
    page.get_by_role("button", name="Play again").first.click()
    page.wait_for_timeout(400)
    page.get_by_role("button", name="Pause").first.click()
    here = state(page)["frame"]
    assert 0 < here < 1000
    page.wait_for_timeout(200)
    assert state(page)["frame"] == here
    slider = page.get_by_label("Step of the training shown").first
    slider.fill("0")
    assert state(page)["frame"] == 0 and slider.get_attribute("aria-valuetext").startswith(
        "step 0, loss"
    )


def test_the_url_holds_the_setting_and_the_step(show):
    page = show(**CALM)
    finished(page)
    page.locator("[data-key=preset]").first.select_option("teaser")
    page.locator("[data-key=decay]").first.fill("700")
    page.wait_for_timeout(100)
    page.get_by_role("button", name="Reset").first.click()
    for _ in range(3):
        page.get_by_role("button", name="Step").first.click()
    page.get_by_role("button", name="Share").first.click()
    link, there = page.locator(".pg-link").first.input_value(), state(page)
    assert "playground=teaser" in link and "at=3" in link
    page.wait_for_function(
        "link => location.href === link", arg=link
    )  # written within half a second
    other = show(link[link.index("#") :], **CALM)
    other.wait_for_function(
        "document.querySelector('.live-figure').playground.session.frame.step === 3"
    )
    back = state(other)
    assert back == there and math.isclose(back["loss"], there["loss"])


def test_a_button_of_the_text_sets_the_figure(show):
    page = show(**CALM)
    finished(page)
    page.get_by_role("button", name="tiny").click()
    assert finished(page)["scale"] == 0.001 and "scale=0.001" in page.url


def test_the_ball_rolls_to_the_loss_of_its_basin(show):
    page = show(**CALM)
    figure = page.locator("[data-figure=landscape]")
    figure.scroll_into_view_if_needed()
    words = figure.locator(".pg-summary")
    page.wait_for_timeout(300)
    assert "Drop the ball" in words.inner_text()  # not before the reader has said where it ends
    figure.get_by_role("button", name="Drop the ball").click()
    words.filter(has_text="came to rest").wait_for()
    assert "loss 1: stuck; the global minimum has loss 0." in words.inner_text()
    ball = figure.locator(".pg-ball")
    ball.focus()
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    for _ in range(20):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    words.filter(has_text="loss 0: the global minimum.").wait_for()


def test_neurons_die_along_the_path(show):
    page = show(**CALM)
    figure = page.locator("[data-figure=path]")
    figure.scroll_into_view_if_needed()
    alive = []
    for value in ("0", "500", "900", "1000"):
        figure.locator("input[type=range]").fill(value)
        page.wait_for_timeout(100)
        alive.append(int(figure.locator(".pg-summary").inner_text().split("uses ")[1].split()[0]))
    assert alive[0] >= 3 and alive[-1] == 0 and alive[2] < alive[0]


def test_the_loss_stays_above_the_optimum_of_its_own_patterns(show):
    page = show(**CALM)
    page.locator("[data-figure=patterns]").scroll_into_view_if_needed()
    page.wait_for_function(
        "document.querySelector('[data-figure=patterns]').playground.session.finished"
    )
    frames = page.evaluate("""document
      .querySelector('[data-figure=patterns]').playground.session.frames
      .map(f => [f.loss, f.own.objective, f.own.gap])""")
    optimum = page.evaluate(
        "document.querySelector('[data-figure=patterns]').playground.session.optimum.objective"
    )
    assert all(
        loss >= own * (1 - 1e-7) and own >= optimum * (1 - 1e-7) and gap < 1e-4
        for loss, own, gap in frames
    )
    assert frames[-1][0] > 1.3 * optimum  # eight neurons miss a pattern


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_no_serious_barrier(show, theme, width):
    page = show(viewport={"width": width, "height": 800}, color_scheme=theme, **CALM)
    page.evaluate(
        """theme => { document.documentElement.dataset.theme = theme;
      document.body.style.background = theme === "dark" ? "#121212" : "#fff";
      document.body.style.color = theme === "dark" ? "#eee" : "#111";
      document.querySelectorAll('.live-figure details').forEach(d => d.open = true) }""",
        theme,
    )
    finished(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not barriers(page)


# --- Where the browser refuses.


REFUSE = """history.replaceState = () => { throw new DOMException("no", "SecurityError"); };
  Object.defineProperty(navigator, "clipboard", { value: undefined });"""


def test_a_browser_that_lets_no_address_be_written_still_plays(browser, path):
    page = opened(browser, path, init=REFUSE, **CALM)
    finished(page)
    slider = page.locator("[data-key=scale]").first
    slider.fill("500")
    page.locator("[data-key=preset]").first.select_option("teaser")
    page.locator("[data-key=neurons]").first.fill("100")
    page.wait_for_timeout(700)
    finished(page)
    page.get_by_role("button", name="Share").first.click()
    link = page.locator(".pg-link").first.input_value()
    assert link == f"{path.as_uri()}#playground=teaser&neurons=2"
    assert "Copy it by hand" in page.locator(".pg-note").first.inner_text()
    assert page.evaluate("location.hash") == ""
    assert not page.faults
    page.context.close()


def test_a_sandboxed_frame_without_an_address_plays(browser, path, tmp_path):
    outer = tmp_path / "outer.html"
    inner = html.escape(path.read_text(encoding="utf-8"))
    outer.write_text(
        f'<!doctype html><iframe sandbox="allow-scripts" width=800 height=900 srcdoc="{inner}">',
        encoding="utf-8",
    )
    page = opened(browser, outer, **CALM)
    frame = page.frames[1]
    frame.wait_for_function(
        "document.querySelector('.live-figure').playground.session.finished", timeout=60_000
    )
    frame.locator("[data-key=scale]").first.fill("500")
    frame.get_by_role("button", name="Share").first.click()
    assert "scale=" in frame.locator(".pg-link").first.input_value()
    assert all("Clipboard" in fault for fault in page.faults)  # the browser's own words on the copy
    page.context.close()


def test_a_slider_that_is_moved_fast_writes_the_address_seldom(show):
    page = show(**CALM)
    finished(page)
    page.wait_for_timeout(600)
    calls = page.evaluate(
        """() => {
          let calls = 0;
          const { replaceState } = history;
          history.replaceState = function (...given) {
            calls++;
            replaceState.apply(history, given);
          };
          const slider = document.querySelector("[data-key=scale]");
          const began = performance.now();
          for (let k = 0; k < 60; k++) {
            slider.value = 5 * k;
            slider.dispatchEvent(new Event("input"));
          }
          return [calls, (performance.now() - began) / 500]; }"""
    )
    assert calls[0] <= 1 + calls[1]
    scale = state(page)["scale"]
    page.wait_for_function("scale => location.hash.includes(`scale=${scale}`)", arg=scale)


def test_a_link_followed_while_an_address_waits_is_the_one_that_counts(show):
    page = show(**CALM)
    finished(page)
    page.evaluate(
        """() => {
          const slider = document.querySelector("[data-key=scale]");
          for (const value of [300, 400]) {
            slider.value = value;
            slider.dispatchEvent(new Event("input"));
          }
          location.hash = "playground=teaser&neurons=9"; }"""
    )
    page.wait_for_timeout(900)
    assert page.evaluate("location.hash") == "#playground=teaser&neurons=9"
    assert state(page)["neurons"] == 9


def test_an_encoded_link_is_followed(show):
    page = show("playground%3Dteaser%26neurons%3D11%26at%3D3", **CALM)
    page.wait_for_function(
        "document.querySelector('.live-figure').playground.session.frame.step === 3"
    )
    assert (state(page)["preset"], state(page)["neurons"]) == ("teaser", 11)


# --- What is said.


def test_what_is_not_proved_is_not_called_an_optimum(show):
    """Scales from 1e-9 to 1e6: more than the page's arithmetic can prove."""
    x = [f"{(-1) ** k * 10 ** (15 * k / 14 - 9):.3g}" for k in range(14)]
    y = [f"{(-1) ** (11 * k % 5) * 10.0 ** (11 * k % 14 - 8):g}" for k in range(14)]
    points = ";".join(f"{a},{b}" for a, b in zip(x, y, strict=True))
    page = show(f"playground=valley&points={points}&decay=1e-5&steps=10", **CALM)
    finished(page)
    gap = state(page)["gap"]
    assert gap > 1e-3
    figure = page.locator(".live-figure").first
    legend = figure.locator(".pg-legend").inner_text()
    assert "convex program, not proved optimal" in legend
    assert "not proved optimal: gap" in legend
    words = figure.locator(".pg-summary").inner_text()
    assert "not proved optimal" in words and "No network of any width goes below" in words
    for text in (legend, words, figure.locator(".pg-views").inner_text()):
        assert "convex optimum" not in text and "certified" not in text
    label = figure.locator(".pg-plot-data canvas").get_attribute("aria-label")
    assert "convex program, not proved optimal" in label


def test_the_line_is_drawn_at_the_bound(show):
    """Orange lies at the lower bound; the words beside it are the certificate's."""
    page = show(**CALM)
    finished(page)
    drawn = page.evaluate(
        """() => {
          const { playground } = document.querySelector(".live-figure");
          const { loss } = playground.loss;
          const lines = [], texts = [];
          const line = loss.line, text = loss.text;
          loss.line = (points, colour, width, dash) => lines.push([points, colour, width, dash]);
          loss.text = (words, x, y) => texts.push([words, y]);
          const { optimum } = playground.session;
          const draw = (solution) => {
            lines.length = texts.length = 0;
            playground.session.optimum = solution;
            playground.loss.draw(playground.session);
            const orange = lines.filter(([, colour]) => colour === loss.colours.convex);
            return { orange: orange.map(([points, , , dash]) => [points.map((p) => p[1]), dash]),
                     texts: texts.map(([words]) => words) };
          };
          const proved = draw(optimum);
          const loose = { objective: 0.2, lowerBound: 0.1, gap: 0.5, proved: false };
          const open = draw({ ...optimum, ...loose });
          const none = draw({ ...optimum, objective: 0.2, lowerBound: 0, gap: 1, proved: false });
          Object.assign(loss, { line, text });
          playground.session.optimum = optimum;
          return { bound: optimum.lowerBound, proved, open, none }; }"""
    )
    bound = drawn["bound"]
    words = "certified: no network goes lower"
    assert drawn["proved"]["orange"] == [[[bound, bound], None]]
    assert words in drawn["proved"]["texts"]
    assert drawn["open"]["orange"] == [[[0.1, 0.1], None], [[0.2, 0.2], [14, 6]]]
    assert words in drawn["open"]["texts"]
    assert "convex program, not proved optimal: gap 0.5" in drawn["open"]["texts"]
    assert drawn["none"]["orange"] == [[[0.2, 0.2], [14, 6]]]
    assert words not in drawn["none"]["texts"]


def test_a_seed_that_is_none_is_refused_in_words(show):
    page = show(**CALM)
    finished(page)
    page.evaluate("document.querySelectorAll('.live-figure details').forEach(d => d.open = true)")
    seed = page.locator("[data-key=seed]").first
    seed.fill("-5")
    seed.press("Tab")
    refusal = page.locator(".pg-refusal").first
    assert "whole number from 0 to 4,294,967,295" in refusal.inner_text()
    assert state(page)["seed"] == 7 and seed.get_attribute("aria-invalid") == "true"
    seed.fill("8")
    seed.press("Tab")
    assert state(page)["seed"] == 8 and refusal.inner_text() == ""


def test_while_a_point_is_dragged_the_words_do_not_speak_of_the_old_data(show):
    page = show(**CALM)
    finished(page)
    x, y = place(page, ".pg-point")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 30, steps=3)
    assert "Let go of the point" in page.locator(".pg-summary").first.inner_text()
    page.mouse.up()
    finished(page)
    assert "Let go" not in page.locator(".pg-summary").first.inner_text()
    page.get_by_role("button", name="Restore the preset").first.click()
    assert state(page)["points"][0] == [-1, 0.8]
