"""Neurons taken by hand, the dual view, points pasted and networks exported, in a browser."""

import json

import numpy as np
import pytest
import torch

from helpers import playground
from tests.browser import opened, watched, written

PLAYGROUND = "document.querySelector('.live-figure').playground"
CALM = dict(reduced_motion="reduce")
PHONE = dict(viewport={"width": 390, "height": 844}, has_touch=True)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("hands") / "page.html"
    figure = playground.show(neurons=12, scale=0.5, steps=300)._html()
    room = "<p style='height: 900px'>"  # to scroll down to
    return written(path, "Hands", f"<main style='max-width: 688px'>{figure}</main>{room}")


@pytest.fixture
def show(browser, path):
    with watched() as pages:

        def show(**context):
            page = opened(browser, path, **(CALM | context))
            pages.append(page)
            page.wait_for_function(f"{PLAYGROUND}.session.finished")
            return page

        yield show


def neuron(page, i):
    return page.evaluate(
        f"""(i) => {{ const {{ w1, w2, alpha }} = {PLAYGROUND}.network;
          return [w1[i], w2[i], alpha[i]]; }}""",
        i,
    )


def place(page, view, i):
    """Where a neuron is drawn on the screen."""
    return page.evaluate(
        f"""([view, i]) => {{ const drawn = {PLAYGROUND}[view];
          const box = drawn.plot.canvas.getBoundingClientRect();
          const [x, y] = drawn.position(i);
          return [box.left + x, box.top + y]; }}""",
        [view, i],
    )


def alone(page, view):
    """A neuron in the view with no other, and no point, near it."""
    found = page.evaluate(
        f"""(view) => {{ const drawn = {PLAYGROUND}[view], {{ plot }} = drawn;
          const {{ data }} = {PLAYGROUND}.session;
          const at = Array.from(drawn.net.w1, (_, i) => drawn.position(i));
          const points = view === "data"
            ? Array.from(data.x, (x, j) => [plot.px(x), plot.py(data.y[j])]) : [];
          const {{ left, right, top, bottom }} = plot.area;
          return at.findIndex(([x, y], i) => x > left + 30 && x < right - 60 && y > top + 30
            && y < bottom - 5
            && [...at.filter((_, k) => k !== i), ...points]
              .every(([a, b]) => Math.hypot(a - x, b - y) > 26)); }}""",
        view,
    )
    assert found >= 0
    return found


@pytest.fixture
def held(show):
    page = show()
    page.evaluate(f"{PLAYGROUND}.runner.playSoon = () => {{}}")  # to see what was let go
    return page


def test_a_kink_is_dragged_by_mouse_and_training_goes_on(show):
    page = show()
    i = alone(page, "data")
    w1, w2, alpha = neuron(page, i)
    before = page.evaluate(f"{PLAYGROUND}.session.frame.loss")
    x, y = place(page, "data", i)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y - 30, steps=4)
    assert "Let go of the neuron" in page.locator(".pg-summary").inner_text()
    moved = neuron(page, i)
    there = page.evaluate(
        f"{PLAYGROUND}.data.plot.x({x + 40} - {PLAYGROUND}.data.plot.canvas"
        ".getBoundingClientRect().left)"
    )
    assert -moved[1] / moved[0] == pytest.approx(there, abs=0.02)
    assert abs(moved[0] * moved[2]) > abs(w1 * alpha)
    assert np.sign(moved[0]) == np.sign(w1) and moved[2] / moved[0] == pytest.approx(alpha / w1)
    shown = page.evaluate(
        f"""() => {{ const {{ session }} = {PLAYGROUND};
          return [session.frame.loss, {PLAYGROUND}.keys.values.network.textContent]; }}"""
    )
    assert shown[0] > before and shown[1].startswith("loss ")
    page.mouse.up()
    page.wait_for_function(
        f"{PLAYGROUND}.session.finished && {PLAYGROUND}.session.frames.length > 9"
    )
    frames = page.evaluate(f"{PLAYGROUND}.session.frames.map(({{ loss }}) => loss)")
    assert frames[0] == pytest.approx(shown[0]) and frames[-1] < frames[0]
    start = page.evaluate(f"{PLAYGROUND}.session.frames[0].net")
    assert [
        start[name][str(i)] if isinstance(start[name], dict) else start[name][i]
        for name in ("w1", "w2", "alpha")
    ] == pytest.approx(moved)
    page.get_by_role("button", name="Reset training").click()
    assert page.evaluate(f"{PLAYGROUND}.state.weights") is None


def test_a_dot_is_dragged_in_the_plane_of_weights(held):
    held.locator(".pg-plot-plane").scroll_into_view_if_needed()
    i = alone(held, "plane")
    before = neuron(held, i)
    x, y = place(held, "plane", i)
    held.mouse.move(x, y)
    held.mouse.down()
    held.mouse.move(x + 25, y + 20, steps=4)
    held.mouse.up()
    after = neuron(held, i)
    assert after[2] == before[2] and after[:2] != before[:2]
    assert held.evaluate(f"{PLAYGROUND}.state.weights")[i] == after
    others = [neuron(held, k) for k in range(12) if k != i]
    rows = held.evaluate(f"{PLAYGROUND}.session.initial")
    assert len(others) == 11 and rows["m"] == 12


def test_the_place_in_the_plane_and_its_weights_are_inverse(held):
    errors = held.evaluate(
        f"""() => {{ const {{ plane }} = {PLAYGROUND}, {{ w1, w2 }} = plane.net;
          return Array.from(w1, (w, i) => {{
            const back = plane.neuronAt(i, plane.position(i));
            return Math.hypot(back.w1 - w, back.w2 - w2[i]) / Math.hypot(w, w2[i]); }}); }}"""
    )
    assert max(errors) < 1e-9
    errors = held.evaluate(
        f"""() => {{ const {{ data }} = {PLAYGROUND}, {{ net }} = data;
          return Array.from(net.w1, (w, i) => {{
            const back = data.neuronAt(i, data.position(i));
            const slope = Math.abs(w * net.alpha[i]);
            const least = 1.01e-3 * data.peak;
            const missed = Math.abs(Math.abs(back.w1 * back.alpha) - slope);
            return [Math.abs(back.w2 / back.w1 - net.w2[i] / w), slope > least ? missed : 0]; }});
          }}"""
    )
    assert np.max(errors) < 1e-6


def test_a_neuron_is_moved_by_keyboard_alone(held):
    grip = held.locator(".pg-plot-data .pg-grip")
    grip.focus()
    words = grip.get_attribute("aria-label")
    assert words.startswith("Neuron ") and "kink at" in words
    assert "Neuron" in held.locator(".pg-summary").inner_text()
    held.keyboard.press("PageDown")
    assert grip.get_attribute("aria-label") != words
    i = held.evaluate(f"{PLAYGROUND}.data.grip.neuron")
    w1, w2, alpha = neuron(held, i)
    held.keyboard.press("ArrowRight")
    moved = neuron(held, i)
    low, high = held.evaluate(f"{PLAYGROUND}.data.xlim")
    assert -moved[1] / moved[0] + w2 / w1 == pytest.approx(0.02 * (high - low), rel=1e-6)
    held.keyboard.press("Shift+ArrowUp")
    assert abs(np.prod(np.take(neuron(held, i), [0, 2]))) > abs(moved[0] * moved[2])
    held.locator(".pg-plot-plane .pg-grip").focus()
    before = neuron(held, i)
    held.keyboard.press("ArrowUp")
    assert neuron(held, i)[1] != before[1] and neuron(held, i)[2] == before[2]
    assert held.evaluate(f"{PLAYGROUND}.data.grip.neuron") == i


def swipe(page, x, y, dx, dy):
    session = page.context.new_cdp_session(page)
    moves = [(x + dx * k / 4, y + dy * k / 4) for k in range(5)]
    for kind, points in [
        ("touchStart", moves[:1]),
        *[("touchMove", [at]) for at in moves[1:]],
        ("touchEnd", []),
    ]:
        touches = [{"x": a, "y": b} for a, b in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})
        page.wait_for_timeout(30)


def test_by_touch_a_tap_takes_a_neuron_and_a_swipe_scrolls(show):
    page = show(**PHONE)
    i = 3
    page.evaluate(
        f"""() => {{ const playground = {PLAYGROUND};
          playground.runner.playSoon = () => {{}};
          playground.hold(3, {{ w1: 3, w2: -0.75, alpha: 3 }});  // above all others
          playground.release();
          playground.select(null); }}"""
    )
    x, y = place(page, "data", i)
    before = neuron(page, i)
    swipe(page, x, y, 0, -80)
    assert neuron(page, i) == before
    page.wait_for_timeout(300)
    assert page.evaluate("scrollY") > 20
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(200)
    x, y = place(page, "data", i)
    page.touchscreen.tap(x, y)
    assert page.evaluate(f"{PLAYGROUND}.chosen") == {"neuron": i}
    swipe(page, x, y, 30, -20)
    moved = neuron(page, i)
    assert -moved[1] / moved[0] > -before[1] / before[0]
    assert page.evaluate("scrollY") == 0


def test_the_link_says_that_the_neuron_is_not_in_it(held):
    held.locator(".pg-plot-data .pg-grip").focus()
    held.keyboard.press("ArrowRight")
    assert held.locator("[data-key=preset]").input_value() == ""
    held.get_by_role("button", name="Share").click()
    note = held.locator(".pg-note")
    held.wait_for_function("document.querySelector('.pg-note').textContent")
    assert "neuron" in note.inner_text() or "by hand" in note.inner_text()
    held.get_by_role("button", name="Restore the preset").click()
    assert held.evaluate(f"{PLAYGROUND}.state.weights") is None


# --- The dual view.


def test_the_dual_view_follows_a_point_that_is_dragged(show):
    page = show()
    words = page.locator(".pg-caption").first
    before = words.inner_text()
    point = page.locator(".pg-point").nth(2).bounding_box()
    x, y = point["x"] + point["width"] / 2, point["y"] + point["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    seen = set()
    for k in range(4):
        page.mouse.move(x, y - 25 * (k + 1), steps=2)
        page.wait_for_timeout(60)
        seen.add(words.inner_text())
    page.mouse.up()
    assert before not in seen or len(seen) > 1
    assert len(seen) >= 2


def test_the_dual_view_draws_the_curves_and_the_band(show):
    page = show()
    found = page.evaluate(
        f"""() => {{ const {{ dual, session }} = {PLAYGROUND}, {{ plot }} = dual, lines = [];
          const {{ line, diamond }} = plot, diamonds = [];
          plot.line = (points, colour) => lines.push([points, colour]);
          plot.diamond = (x, y) => diamonds.push([plot.x(x), plot.y(y)]);
          {PLAYGROUND}.draw();
          Object.assign(plot, {{ line, diamond }});
          return {{ lines, diamonds, colours: plot.colours, ylim: plot.ylim,
                   angles: session.optimum.neurons.map(({{ u }}) => Math.atan2(u[1], u[0])),
                   signs: session.optimum.neurons.map(({{ sign }}) => sign) }}; }}"""
    )
    (best, orange), (ours, blue) = found["lines"]
    assert (orange, blue) == (found["colours"]["convex"], found["colours"]["network"])
    heights = np.array(best)[:, 1]
    assert np.abs(heights).max() == pytest.approx(1, abs=1e-3)  # in units of lambda
    assert found["diamonds"]
    for (angle, height), at, sign in zip(
        found["diamonds"], found["angles"], found["signs"], strict=True
    ):
        assert height == pytest.approx(sign, abs=1e-4)
        assert angle == pytest.approx(np.degrees(at), abs=1e-6)
    assert found["ylim"][1] >= np.abs(np.array(ours)[:, 1]).max()


def test_a_tap_on_the_dual_view_lights_a_cell(show):
    page = show()
    plot = page.locator(".pg-plot-dual canvas")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    x = page.evaluate(f"{PLAYGROUND}.dual.plot.px(90)")  # straight up: all points
    page.mouse.click(box["x"] + x, box["y"] + 40)
    assert "activates points 1, 2, 3, 4, 5" in page.locator(".pg-summary").inner_text()


# --- Points and networks as text.


def test_points_are_pasted(show):
    page = show()
    page.get_by_text("Paste points of your own").click()
    area = page.locator("textarea")
    assert area.input_value().splitlines()[0] == "-1\t0.8"
    area.fill("x, y\n1, 2\n2, two\n3, 4")
    use = page.get_by_role("button", name="Use these points")
    use.click()
    assert "Line 3 (“2, two”) cannot be read" in page.locator(".pg-paste").inner_text()
    assert len(page.evaluate(f"{PLAYGROUND}.state.points")) == 5
    assert area.get_attribute("aria-invalid") == "true"
    area.fill("100 2000\n300\t-500\n500,1000")
    use.click()
    assert page.evaluate(f"{PLAYGROUND}.state.points") == [[100, 2000], [300, -500], [500, 1000]]
    low, high = page.evaluate(f"{PLAYGROUND}.data.xlim")
    assert low < 100 and high > 500
    assert page.locator(".pg-point").count() == 3
    assert area.get_attribute("aria-invalid") == "false"
    page.wait_for_function("location.hash.includes('points=100,2000')")


def test_the_network_shown_is_exported(show):
    page = show()
    page.get_by_text("Export the network").click()
    lines = page.locator(".pg-export code")
    page.wait_for_function("document.querySelector('.pg-export code').textContent")
    scope = {}
    exec(lines.inner_text(), scope)
    with torch.no_grad():
        output = scope["network"](scope["x"][:, None])[:, 0].numpy()
    expected = page.evaluate(
        f"""() => {{ const {{ w1, w2, alpha }} = {PLAYGROUND}.network;
          return {PLAYGROUND}.state.points.map(([x]) => w1.reduce((sum, w, i) =>
            sum + alpha[i] * Math.max(0, w * x + w2[i]), 0)); }}"""
    )
    assert output == pytest.approx(expected, abs=1e-6)
    page.get_by_label("Step of the training shown").fill("0")
    other = {}
    exec(lines.inner_text(), other)
    assert not torch.equal(other["hidden"].weight, scope["hidden"].weight)
    with page.expect_download() as download:
        page.get_by_text("Download JSON").click()
    saved = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert download.value.suggested_filename == "network.json"
    assert saved["step"] == 0 and len(saved["W"]) == len(saved["alpha"]) == 12
