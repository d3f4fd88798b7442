"""The regularisation path and the ball on the map, as they are drawn: on a page of their own."""

from pathlib import Path
from urllib.parse import unquote, urlparse

import numpy as np
import pytest

from helpers import playground
from tests.browser import opened

PATH = "document.querySelector('[data-figure=path]').playground"
BALL = "document.querySelector('[data-figure=landscape]').playground"

# Runs a drawing with a plot's `line` and `text` recorded:
# {lines: [[points, colour, width, dash]], texts: [[words, x, y]]}.
RECORDED = """(plot, draw) => {
  const lines = [], texts = [], { line, text } = plot;
  plot.line = (...given) => lines.push(given);
  plot.text = (...given) => texts.push(given);
  draw();
  Object.assign(plot, { line, text });
  return { lines, texts }; }"""


@pytest.fixture(scope="module")
def page(browser, tmp_path_factory):
    place = tmp_path_factory.mktemp("views") / "views.html"
    figures = [playground.path(), playground.landscape(code=False)]
    body = "".join(figure._html() for figure in figures)
    place.write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Views</title><body>{body}',
        encoding="utf-8",
    )
    page = opened(browser, place, reduced_motion="reduce", viewport=dict(width=1000, height=2000))
    yield page
    assert not page.faults
    page.context.close()


def settled(page):
    """Two frames on: whatever was asked for has been drawn."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


# --- The path.


@pytest.fixture
def path(page):
    """The path figure, back at its start."""
    page.evaluate(
        f"""() => {{ const path = {PATH};
          path.chosen = null;
          path.change([[-1, 0.8], [-0.6, 0.5], [0, -0.3], [0.5, 0.2], [1, 0.9]]);
          path.data.fit(path.points);
          path.set(0.05);
          path.draw(); }}"""
    )
    return page


def drawn_path(page):
    return page.evaluate(
        f"""() => {{ const path = {PATH};
          const drawn = ({RECORDED})(path.sizes, () => path.draw());
          const along = path.along.map(({{ decay, optimum }}) => ({{
            decay,
            neurons: optimum.neurons.map(({{ u, sign, size }}) => ({{ u, sign, size }})) }}));
          return {{ ...drawn, along, words: path.words.textContent, xlim: path.sizes.xlim,
                   ylim: path.sizes.ylim, decay: path.decay }}; }}"""
    )


def test_every_neuron_is_a_line_to_what_continues_it(path):
    drawn = drawn_path(path)
    along = drawn["along"]
    assert len(along) == 49
    assert np.allclose([step["decay"] for step in along], np.geomspace(1e-5, 1, 49))
    expected = []
    for k, step in enumerate(along):
        following = along[k + 1] if k + 1 < len(along) else dict(decay=step["decay"], neurons=[])
        for neuron in step["neurons"]:
            heir = continued(neuron, following["neurons"])
            ends = [[step["decay"], neuron["size"]], [following["decay"], heir]]
            expected.append([ends, 2.5, [2, 5] if neuron["sign"] < 0 else []])
    assert [[line[0], *line[2:]] for line in drawn["lines"]] == expected
    assert drawn["xlim"] == [1e-5, 1]
    sizes = [neuron["size"] for step in along for neuron in step["neurons"]]
    assert drawn["ylim"] == pytest.approx([0, 1.15 * max(sizes)])
    names = [words for words, *_ in drawn["texts"]]
    assert "size ‖u‖ of every neuron against λ / λmax" in names


def continued(neuron, others):
    """Size of the neuron of the same sign nearest in direction, within 11.5 degrees; else 0."""
    best, size = 0.98, 0
    for other in others:
        cosine = np.dot(neuron["u"], other["u"]) / (neuron["size"] * other["size"])
        if other["sign"] == neuron["sign"] and cosine > best:
            best, size = cosine, other["size"]
    return size


def test_the_colour_of_a_line_is_that_of_its_direction(path):
    drawn = drawn_path(path)
    neurons = [neuron for step in drawn["along"] for neuron in step["neurons"]]
    for neuron, line in zip(neurons, drawn["lines"], strict=True):
        hue = float(line[1].split("(")[1].split(" ")[0])
        w1, w2 = neuron["u"]
        assert hue == pytest.approx(np.degrees(np.arctan2(w2, w1)) + 200)
        assert line[1].endswith("/ 1)")


def test_with_a_cell_chosen_the_other_neurons_are_pale(path):
    path.evaluate(f"{PATH}.select({{ cell: 4 }})")
    drawn = drawn_path(path)
    cells = path.evaluate(
        f"""() => {PATH}.along.flatMap(({{ optimum, cells }}) =>
          optimum.neurons.map(({{ cell }}) => cells.indexOf(cell)))"""
    )
    pale = [line[1].endswith("/ 0.2)") for line in drawn["lines"]]
    assert any(pale) and not all(pale)
    inside = [k for k, cell in enumerate(cells) if cell == 4]
    assert all(not pale[k] for k in inside if not on_edge(drawn, k))
    assert "Cell 5 of 10 activates points 1, 2, 3, 4, 5" in drawn["words"]


def on_edge(drawn, k):
    neurons = [neuron for step in drawn["along"] for neuron in step["neurons"]]
    w1, w2 = neurons[k]["u"]
    kinks = np.array([-1, -0.6, 0, 0.5, 1])
    return np.abs(kinks * w1 + w2).min() < 1e-9 * neurons[k]["size"]


def test_what_is_not_proved_is_thin_and_said(path):
    drawn = path.evaluate(
        f"""() => {{ const path = {PATH};
          path.along.slice(0, 3).forEach(({{ optimum }}) => (optimum.proved = false));
          const {{ lines }} = ({RECORDED})(path.sizes, () => path.draw());
          const counts = path.along.map(({{ optimum }}) => optimum.neurons.length);
          path.along = null;
          return [lines.map((line) => line[2]), counts, path.words.textContent]; }}"""
    )
    widths, counts, words = drawn
    thin = sum(counts[:3])
    assert widths == [1] * thin + [2.5] * (sum(counts) - thin)
    assert words.endswith("At 3 values of λ along the path the optimum is not proved.")


def test_the_words_of_the_path(path):
    drawn = drawn_path(path)
    assert drawn["words"].startswith(
        "At λ = 0.05 λmax the convex optimum uses 3 neurons: loss 0.46, certified to a gap of"
    )
    assert "not proved" not in drawn["words"]


@pytest.mark.parametrize("given, kept", [(0.0123456, 0.0123), (7, 1), (1e-9, 1e-5)])
def test_the_decay_is_kept_in_range_and_shown(path, given, kept):
    path.evaluate(f"(decay) => {PATH}.set(decay)", given)
    settled(path)
    assert path.evaluate(f"{PATH}.decay") == kept
    slider = path.locator("[data-figure=path] input[type=range]")
    assert slider.get_attribute("aria-valuetext") == path.evaluate(
        "(v) => String(v)", kept
    ).replace("0.00001", "10⁻⁵")
    cursor = path.evaluate(
        f"""() => {{ const {{ sizes }} = {PATH}, moves = [];
          const move = CanvasRenderingContext2D.prototype.lineTo;
          CanvasRenderingContext2D.prototype.lineTo = function (x, y) {{
            if (this === sizes.c) moves.push([x, y]);
            move.call(this, x, y); }};
          {PATH}.draw();
          CanvasRenderingContext2D.prototype.lineTo = move;
          return [moves.at(-1), sizes.px({kept}), sizes.h]; }}"""
    )
    assert cursor[0] == [cursor[1], cursor[2]]


def test_a_click_on_the_path_sets_the_decay(path):
    box = path.locator("[data-figure=path] .pg-plot-path canvas").bounding_box()
    x = path.evaluate(f"{PATH}.sizes.px(0.01)")
    path.mouse.click(box["x"] + x, box["y"] + 50)
    settled(path)
    assert path.evaluate(f"{PATH}.decay") == pytest.approx(0.01, rel=0.05)  # a pixel is 4 %


def test_points_are_moved_added_and_removed(path):
    count = f"{PATH}.points.length"
    before = drawn_path(path)["along"]
    path.evaluate(f"{PATH}.data.on.move(1, [-0.5, 2])")
    settled(path)
    assert path.evaluate(f"{PATH}.points[1]") == [-0.5, 2]
    assert drawn_path(path)["along"] != before
    path.evaluate(f"{PATH}.data.on.remove(1)")
    assert path.evaluate(f"{PATH}.points") == [[-1, 0.8], [0, -0.3], [0.5, 0.2], [1, 0.9]]
    path.evaluate(f"{PATH}.data.on.add([0.25, 0.5])")
    assert path.evaluate(f"{PATH}.points.at(-1)") == [0.25, 0.5]
    path.evaluate(f"for (let k = 0; k < 40; k++) {PATH}.data.on.add([0.1, 0.1])")
    assert path.evaluate(count) == 30
    path.evaluate(f"for (let k = 0; k < 40; k++) {PATH}.data.on.remove(0)")
    assert path.evaluate(count) == 1


def test_a_point_let_go_at_the_edge_widens_the_view(path):
    limits = path.evaluate(f"{PATH}.data.ylim")
    path.evaluate(f"{PATH}.data.on.move(0, [-1, 0.85])")
    path.evaluate(f"{PATH}.data.on.drop()")
    assert path.evaluate(f"{PATH}.data.ylim") == limits
    path.evaluate(f"{PATH}.data.on.move(0, {PATH}.data.inside([-1, 99]))")
    path.evaluate(f"{PATH}.data.on.drop()")
    assert path.evaluate(f"{PATH}.data.ylim[1]") > limits[1] + 0.1


def test_the_optimum_is_drawn_and_no_network(path):
    drawn = path.evaluate(
        f"""() => {{ const path = {PATH}, {{ plot }} = path.data;
          const {{ lines }} = ({RECORDED})(plot, () => path.draw());
          return [lines.map((line) => line[1]), plot.colours.convex]; }}"""
    )
    assert drawn[0] == [drawn[1]]


# --- The ball.


@pytest.fixture
def ball(page):
    """The map with the ball at its first place, lying still."""
    page.evaluate(f"() => {{ {BALL}.put([1.2, 0.4]); {BALL}.visited = 0; }}")
    return page


def fallen(page):
    page.wait_for_function(f"{BALL}.words.textContent.startsWith('The ball came to rest')")
    return page.evaluate(f"[{BALL}.words.textContent, {BALL}.ball, {BALL}.trail.length]")


def test_the_ball_falls_into_the_basin_it_is_over(ball):
    for start, words in [
        ([1.2, 0.4], "loss 1: stuck; the global minimum has loss 0."),
        ([2.6, -1.8], "loss 0: the global minimum."),
        ([-0.4, -0.5], "loss 4: stuck; the global minimum has loss 0."),
    ]:
        ball.evaluate(f"(start) => {BALL}.put(start)", start)
        assert ball.evaluate(f"{BALL}.words.textContent").endswith("Drop the ball.")
        assert ball.evaluate(f"{BALL}.trail") == [start]
        ball.evaluate(f"{BALL}.drop()")
        text, _, _ = fallen(ball)
        assert text.endswith(words)


def test_the_words_before_the_fall(ball):
    words, label = ball.evaluate(f"[{BALL}.words.textContent, {BALL}.handle.ariaLabel]")
    loss = (1.6 - 2) ** 2 + 1
    assert words == (
        f"At (1.2, 0.4) the loss is {loss:.3g}. Where will gradient descent end? Drop the ball."
    )
    assert label == f"Ball at (1.2, 0.4), loss {loss:.3g}; Enter drops it"


def test_the_ball_moves_by_keys_and_stays_on_the_map(ball):
    handle = ball.locator(".pg-ball")
    handle.focus()
    for key, place in [
        ("ArrowRight", [1.3, 0.4]),
        ("ArrowUp", [1.3, 0.5]),
        ("ArrowLeft", [1.2, 0.5]),
        ("ArrowDown", [1.2, 0.4]),
    ]:
        ball.keyboard.press(key)
        assert ball.evaluate(f"{BALL}.ball") == place
    ball.keyboard.press("a")
    assert ball.evaluate(f"{BALL}.ball") == [1.2, 0.4]
    ball.evaluate(f"{BALL}.put([99, -99])")
    assert ball.evaluate(f"{BALL}.ball") == [3.5, -2.5]
    ball.evaluate(f"{BALL}.put([0.12345, 0.98765])")
    assert ball.evaluate(f"{BALL}.ball") == [0.123, 0.988]
    for key in ("Enter", " "):
        ball.evaluate(f"{BALL}.put([2.6, -1.8])")
        ball.keyboard.press(key)
        fallen(ball)


def test_the_handle_is_where_the_ball_is(ball):
    for place in ([1.2, 0.4], [-2, 3]):
        ball.evaluate(f"(place) => {BALL}.put(place)", place)
        left, top, x, y = ball.evaluate(
            f"""() => {{ const {{ handle, map, ball }} = {BALL};
              return [handle.style.left, handle.style.top, map.px(ball[0]), map.py(ball[1])]; }}"""
        )
        assert float(left.removesuffix("px")) == pytest.approx(x, abs=1e-3)
        assert float(top.removesuffix("px")) == pytest.approx(y, abs=1e-3)


def test_the_ball_is_dragged_and_dropped_by_hand(ball):
    box = ball.locator(".pg-ball").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    ball.mouse.move(x, y)
    ball.mouse.down()
    ball.mouse.move(x + 40, y + 60, steps=4)
    held = ball.evaluate(f"{BALL}.ball")
    canvas = ball.locator(".pg-plot-landscape canvas").bounding_box()
    there = [x + 40 - canvas["x"], y + 60 - canvas["y"]]
    expected = ball.evaluate(f"([x, y]) => [{BALL}.map.x(x), {BALL}.map.y(y)]", there)
    assert held == pytest.approx(expected, abs=0.02)
    assert ball.evaluate(f"{BALL}.words.textContent").endswith("Drop the ball.")
    ball.mouse.up()
    _, end, trail = fallen(ball)
    assert end != held and trail > 2
    ball.mouse.move(x, y)  # no longer held
    assert ball.evaluate(f"{BALL}.ball") == end


def test_a_tap_on_the_map_puts_and_drops_the_ball(ball):
    canvas = ball.locator(".pg-plot-landscape canvas").bounding_box()
    x, y = ball.evaluate(f"[{BALL}.map.px(2.5), {BALL}.map.py(-1.5)]")
    ball.mouse.click(canvas["x"] + x, canvas["y"] + y)
    fallen(ball)
    start = ball.evaluate(f"{BALL}.trail[0]")
    assert start == pytest.approx([2.5, -1.5], abs=0.03)


def test_the_tour_visits_every_basin_and_comes_round(ball):
    starts, ends = [], set()
    for _ in range(5):
        ball.get_by_role("button", name="Start elsewhere").click()
        text, _, _ = fallen(ball)
        starts.append(tuple(ball.evaluate(f"{BALL}.trail[0]")))
        ends.add(text.split("loss ")[1].split(":")[0])
        ball.evaluate(f"{BALL}.words.textContent = ''")
    assert starts == [(-0.4, -0.5), (2.6, -1.8), (-1.8, 2.8), (0.5, 1.9), (1.2, 0.4)]
    assert ends == {"0", "1", "4"}


def test_the_trail_is_descent_step_by_step_until_it_rests(ball):
    ball.get_by_role("button", name="Drop the ball").click()
    fallen(ball)
    trail = np.array(ball.evaluate(f"{BALL}.trail"))
    assert len(trail) == 401  # without motion all steps at once
    w = np.array([1.2, 0.4])
    for place in trail[1:30]:
        slope = 2 * (w.sum() - 2)  # both active on the point at x = 1 only
        w = w - 0.05 * slope
        assert np.allclose(place, w, atol=1e-12)


def test_with_motion_the_fall_is_shown_and_stops_at_rest(browser, page):
    moving = opened(
        browser,
        _path_of(page),
        reduced_motion="no-preference",
        viewport=dict(width=1000, height=2000),
    )
    lengths = moving.evaluate(
        f"""async () => {{ const ball = {BALL}, lengths = [];
          ball.put([1.2, 0.4]);
          ball.drop();
          for (let k = 0; k < 4; k++) {{
            await new Promise(requestAnimationFrame);
            lengths.push(ball.trail.length);
          }}
          return lengths; }}"""
    )
    assert lengths == [3, 5, 7, 9] or lengths == [1, 3, 5, 7]
    _, _, count = fallen(moving)
    assert 20 < count < 300  # it lies still long before 400 steps
    moving.evaluate(f"() => {{ {BALL}.put([1.2, 0.4]); {BALL}.drop(); {BALL}.put([2, 2]); }}")
    settled(moving)
    settled(moving)
    assert moving.evaluate(f"[{BALL}.ball, {BALL}.trail.length]") == [[2, 2], 1]  # the fall is off
    assert not moving.faults
    moving.context.close()


def _path_of(page):
    return Path(unquote(urlparse(page.url).path))


def test_the_map_is_painted_with_its_numbers_and_its_trail(ball):
    drawn = ball.evaluate(
        f"""() => {{ const ball = {BALL}, {{ map }} = ball;
          const images = [], {{ drawImage }} = CanvasRenderingContext2D.prototype;
          CanvasRenderingContext2D.prototype.drawImage = function (image, ...place) {{
            images.push([image.width, image.height, ...place]);
            drawImage.call(this, image, ...place); }};
          const {{ lines, texts }} = ({RECORDED})(map, () => ball.draw());
          CanvasRenderingContext2D.prototype.drawImage = drawImage;
          const {{ ends }} = ball.basins;
          const at = (k) => -2.5 + ((k + 0.5) / 96) * 6;
          const numbers = [];
          for (let q = 9; q < 96; q += 13)
            for (let p = 9; p < 96; p += 13)
              numbers.push([String(ends[q * 96 + p]), map.px(at(p)), map.py(at(q))]);
          const {{ left, right, top, bottom }} = map.area;
          return {{ images, lines, texts, numbers,
                   place: [96, 96, left, top, right - left, bottom - top],
                   ink: map.colours.ink, smooth: map.c.imageSmoothingEnabled,
                   limits: [map.xlim, map.ylim] }}; }}"""
    )
    assert drawn["images"] == [drawn["place"]]
    assert drawn["smooth"] is False
    assert drawn["lines"] == [[[[1.2, 0.4]], drawn["ink"], 2.5]]
    assert drawn["limits"] == [[-2.5, 3.5], [-2.5, 3.5]]
    for number in drawn["numbers"]:
        assert number in drawn["texts"]
    assert len(drawn["numbers"]) == 49
    names = [words for words, *_ in drawn["texts"]]
    assert "w₁" in names and "w₂" in names


def test_the_picture_is_that_of_the_basins(ball):
    same = ball.evaluate(
        f"""() => {{ const ball = {BALL};
          const picture = ball.painted().getContext("2d").getImageData(0, 0, 96, 96).data;
          const first = (p, q) => 4 * ((95 - q) * 96 + p);
          const pixel = (p, q) => [...picture.slice(first(p, q), first(p, q) + 4)];
          return [pixel(80, 10), pixel(70, 70), pixel(5, 5)]; }}"""
    )
    blue, orange, red = (
        same  # loss 0, 1 and 4, each nearly its ink whatever the rounding of opacity
    )
    assert blue[2] > blue[0] and orange[0] > orange[2] and red[0] > red[1] + 100


def test_the_two_neurons_and_their_sum_are_drawn(ball):
    drawn = ball.evaluate(
        f"""() => {{ const ball = {BALL}, {{ fit }} = ball;
          const drawn = ({RECORDED})(fit, () => ball.draw());
          const {{ green, network }} = fit.colours;
          return {{ ...drawn, green, network, limits: [fit.xlim, fit.ylim],
                   top: [fit.px(0), fit.area.top + 4] }}; }}"""
    )
    first, second, total = drawn["lines"]
    x = [-1.4, 0, 1.4]
    assert first == [[[v, max(0, 1.2 * v)] for v in x], drawn["green"], 2, [8, 5]]
    assert second == [[[v, max(0, 0.4 * v)] for v in x], drawn["green"], 2, [2, 5]]
    assert np.allclose(total[0], [[v, max(0, 1.6 * v)] for v in x])
    assert total[1:] == [drawn["network"], 3]
    assert drawn["limits"] == [[-1.4, 1.4], [-0.3, pytest.approx(2.8)]]
    assert ["loss 1.16", *drawn["top"]] in drawn["texts"]
    names = [words for words, *_ in drawn["texts"]]
    assert "x" in names and "output" in names


def test_the_points_are_crosses(ball):
    strokes = ball.evaluate(
        f"""() => {{ const ball = {BALL}, {{ fit }} = ball, moves = [];
          const {{ prototype }} = CanvasRenderingContext2D, {{ moveTo, lineTo }} = prototype;
          const recorded = (method) => function (...at) {{
            if (this === fit.c) moves.push(at);
            method.apply(this, at); }};
          Object.assign(prototype, {{ moveTo: recorded(moveTo), lineTo: recorded(lineTo) }});
          ball.drawFit();
          Object.assign(prototype, {{ moveTo, lineTo }});
          const {{ x, y }} = ball.points;
          return [moves.slice(-8), x.map((v, j) => [fit.px(v), fit.py(y[j])])]; }}"""
    )
    moves, centres = strokes
    expected = []
    for x, y in centres:
        expected += [[x - 6, y - 6], [x + 6, y + 6], [x - 6, y + 6], [x + 6, y - 6]]
    assert moves == expected
