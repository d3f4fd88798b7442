"""What a reader can set: in a link, in Python, within limits. No link makes the page throw."""

import numpy as np
import pytest

from helpers import convex, data, playground
from helpers.playground import limits
from tests.numbers import value_of

SETS = playground.presets()
VALLEY = SETS["valley"] | dict(preset="valley")
DECODE = "([text, sets]) => lib.decode(text, sets)"


@pytest.mark.parametrize("preset", SETS)
@pytest.mark.parametrize(
    "changes",
    [
        {},
        dict(points=[[0.1, 1 / 3], [0.1, -2]]),
        dict(scale=1e-5, neurons=1, seed=4294967295),
        dict(decay=0.0123, step=0.00321, method="adam", steps=77),
        dict(seed=7),
        dict(step="auto", method="gradient_descent"),
        dict(points=[[1e9, -1e-9]], step=1),
    ],
    ids=str,
)
def test_a_state_survives_the_link(script, preset, changes):
    there, back = script.evaluate(
        """([sets, preset, changes]) => {
          const state = lib.changed(lib.fromPreset(sets, preset), changes);
          return [state, lib.decode("#" + lib.encode(state, sets, 12), sets)]; }""",
        [SETS, preset, changes],
    )
    assert back == {"state": there, "at": 12}


def test_a_link_holds_what_differs_and_no_more(script):
    encode = "([state, sets, at]) => lib.encode(state, sets, at)"
    assert script.evaluate(encode, [VALLEY, SETS, None]) == "playground=valley"
    assert script.evaluate(encode, [VALLEY, SETS, 0]) == "playground=valley&at=0"
    changed = VALLEY | dict(neurons=3, points=[[1, 2], [3.5, -4]])
    text = "playground=valley&points=1,2;3.5,-4&neurons=3"
    assert script.evaluate(encode, [changed, SETS, None]) == text


def test_weights_hold_for_their_own_data_and_width(script):
    given = SETS["two-points"] | dict(preset="two-points")
    assert given["weights"]
    for key, value in dict(points=[[1, 1]], scale=0.1, neurons=2, seed=3).items():
        changed = script.evaluate("([s, c]) => lib.changed(s, c)", [given, {key: value}])
        assert changed == given | {key: value, "weights": None}
    for key, value in dict(decay=0.1, step=0.1, method="adam", steps=9).items():
        changed = script.evaluate("([s, c]) => lib.changed(s, c)", [given, {key: value}])
        assert changed == given | {key: value}


def test_a_seed_like_the_preset_s_still_draws_anew(script):
    """The preset has weights of its own; the same seed set by hand means random ones."""
    given = SETS["two-points"] | dict(preset="two-points", weights=None)
    text = script.evaluate("([state, sets]) => lib.encode(state, sets)", [given, SETS])
    assert text == f"playground=two-points&seed={given['seed']}"
    assert script.evaluate(DECODE, [text, SETS])["state"] == given


@pytest.mark.parametrize(
    "text",
    [
        "",
        "#",
        "#section-2",
        "#playground=nothing",
        "#playground=constructor",
        "#playground=__proto__",
        "#playground=",
        "#neurons=3",
        "#%E0%A4%A",
        "#playground%3Dnothing",
    ],
)
def test_another_hash_is_left_alone(script, text):
    assert script.evaluate(DECODE, [text, SETS]) is None


def test_a_broken_setting_keeps_what_can_be_read(script):
    text = (
        "#playground=valley&scale=1e9&neurons=abc&decay=-1&points=1,2;x,3&step=NaN&method=evil"
        "&seed=1.6&steps=99&at=-3.2"
    )
    found = script.evaluate(DECODE, [text, SETS])
    assert found["state"] == VALLEY | dict(scale=10, decay=1e-5, seed=2, steps=99)
    assert found["at"] == 0


@pytest.mark.parametrize("key", ["neurons", "scale", "decay", "seed", "steps", "step", "method"])
@pytest.mark.parametrize(
    "text", ["", "%20", "+", "-", "e", "0x10", "1e", "Infinity", "1e999", "1,5", "."]
)
def test_what_is_no_number_keeps_the_preset_s(script, key, text):
    found = script.evaluate(DECODE, [f"#playground=valley&{key}={text}", SETS])
    assert found == {"state": VALLEY, "at": None}


@pytest.mark.parametrize(
    "text, points",
    [
        ("1,2", [[1, 2]]),
        ("1,2;-3.5,1e2", [[1, 2], [-3.5, 100]]),
        (" 1 , 2 ;.5,+1", [[1, 2], [0.5, 1]]),
        ("1e9,-1e9", [[1e9, -1e9]]),
        ("1e+2,2", [[100, 2]]),
        (";".join(["1,2"] * 30), [[1, 2]] * 30),
        (";".join(["1,2"] * 31), None),
        ("1.01e9,0", None),
        ("", None),
        (",", None),
        ("1", None),
        ("1,2,3", None),
        ("1,2;", None),
        ("1,", None),
    ],
)
def test_points_are_read_whole_or_not_at_all(script, text, points):
    found = script.evaluate(DECODE, [f"#playground=valley&points={text}", SETS])["state"]
    assert found["points"] == (points or VALLEY["points"])
    assert found == VALLEY | dict(points=found["points"])


@pytest.mark.parametrize("rounds", [1, 2])
def test_a_link_encoded_as_a_whole_is_read(script, rounds):
    plain = "playground=teaser&points=1,2;3,4&scale=0.5&step=1e-3&at=7"
    found = script.evaluate(
        """([text, sets, rounds]) => {
          let encoded = text;
          for (let k = 0; k < rounds; k++) encoded = encodeURIComponent(encoded);
          return [lib.decode("#" + encoded, sets), lib.decode("#" + text, sets)]; }""",
        [plain, SETS, rounds],
    )
    assert found[0] == found[1]
    assert found[1]["state"]["scale"] == 0.5
    assert found[1]["at"] == 7


FUZZ = """([sets, seed, count]) => {
  const random = lib.generator(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const names = [...Object.keys(sets), "nothing", "", "__proto__", "toString"];
  const keys = [...Object.keys(lib.RANGES), "method", "points", "at", "playground", "weights", "x"];
  const scraps = ["", " ", "0", "-1", "1e5", "1e-9", "auto", "adam", "NaN", "Infinity", "1e400",
    "%", "%E0%A4%A", "%00", "\\u0000", "\\ud800", "#", "&", "=", ";", ",", "1,2", "1,2;3,4",
    "null", "+", "\\u221e", "9".repeat(400), "[]", "1_000", "0b1", "<script>", "-0"];
  const bytes = () => String.fromCharCode(Math.floor(random() * 300));
  const noise = () => Array.from({ length: Math.floor(random() * 12) }, bytes).join("");
  const value = () => pick([scraps, scraps, [noise()], [random() * 10 ** (40 * random() - 20)]]
    .map((list) => pick(list)));
  const pair = () => `${pick(keys)}=${value()}${random() < 0.2 ? pick([";", ","]) + value() : ""}`;
  const isValid = (state) => {
    for (const [key, [low, high]] of Object.entries(lib.RANGES)) {
      if (key === "step" && state.step === "auto") continue;
      if (!(state[key] >= low && state[key] <= high)) return key;
      if (lib.WHOLE.includes(key) && !Number.isInteger(state[key])) return key;
    }
    if (!lib.METHODS.includes(state.method)) return "method";
    if (!Object.hasOwn(sets, state.preset)) return "preset";
    const { points } = state;
    const isValue = (v) => Number.isFinite(v) && Math.abs(v) <= lib.LARGEST_VALUE;
    const isPoint = (p) => p.length === 2 && p.every(isValue);
    if (!(points.length >= 1 && points.length <= 30 && points.every(isPoint))) return "points";
    return null;
  };
  let read = 0;
  for (let k = 0; k < count; k++) {
    const pairs = Array.from({ length: Math.floor(random() * 6) }, pair);
    let text = [`playground=${pick(names)}`, ...pairs].join(pick(["&", "&", "&", ";", "&&"]));
    if (random() < 0.1) text = noise() + text;
    if (random() < 0.1) text = noise();
    if (random() < 0.1) text = text.toWellFormed ? encodeURIComponent(text.toWellFormed()) : text;
    if (random() < 0.1) text = text.slice(0, Math.floor(random() * text.length));
    const found = lib.decode("#" + text, sets);
    if (found === null) continue;
    read++;
    const wrong = isValid(found.state);
    if (wrong) throw new Error(`${wrong} of ${JSON.stringify(text)}`);
    if (!(found.at === null || (Number.isInteger(found.at) && found.at >= 0)))
      throw new Error(`at of ${JSON.stringify(text)}`);
    const again = lib.decode(lib.encode(found.state, sets, found.at), sets);
    if (JSON.stringify(again) !== JSON.stringify(found))
      throw new Error(`another setting the second time: ${JSON.stringify(text)}`);
  }
  return read; }"""


def test_ten_thousand_malformed_links(script):
    """Read as a valid setting, which the link written from it gives back, or as none."""
    assert script.evaluate(FUZZ, [SETS, 2024, 10_000]) > 4000


@pytest.mark.parametrize(
    "key, value, expected",
    [
        ("decay", 7, 1),
        ("decay", 0, 1e-5),
        ("decay", 0.3, 0.3),
        ("neurons", 2.5, 3),
        ("neurons", 0.4, 1),
        ("seed", -1, 0),
        ("steps", 1e9, 100000),
        ("step", 1e-9, 1e-7),
    ],
)
def test_numbers_are_brought_within_their_range(script, key, value, expected):
    assert script.evaluate("([key, value]) => lib.within(key, value)", [key, value]) == expected


def test_python_and_the_page_have_the_same_limits(script):
    assert script.evaluate("[lib.RANGES, lib.WHOLE, lib.METHODS]") == [
        {name: list(range_) for name, range_ in limits.RANGES.items()},
        limits.WHOLE,
        limits.METHODS,
    ]
    assert script.evaluate("[lib.MOST_POINTS, lib.LARGEST_VALUE]") == [
        limits.MOST_POINTS,
        limits.LARGEST_VALUE,
    ]


@pytest.mark.parametrize(
    "points, expected",
    [
        ([[0, 1], [1, 3], [4, 9]], [2.5, 6]),
        ([[4, 9], [0, 1], [1, 3]], [2.5, 6]),
        ([[0, 1], [2, 3], [4, 9]], [1, 2]),  # of two gaps the first
        ([[0, 1], [0, 3]], [0, 2]),
        ([[0, 0], [3, -9], [4, 1]], [1.5, -4.5]),  # wide in x, whatever y
        ([[1, 5]], [5.5, 5]),
    ],
)
def test_a_new_point_comes_into_the_widest_gap(script, points, expected):
    found = script.evaluate("(points) => lib.inWidestGap(points, [-10, 10])", points)
    assert found == expected


def test_the_lines_of_python_state_the_setting(script):
    given = dict(
        points=[[0.5, -1], [2, 1e-7]],
        decay=0.25,
        method="adam",
        neurons=3,
        scale=0.1,
        seed=5,
        weights=None,
    )
    lines = script.evaluate("(state) => lib.python(state, 0.001, 250)", given).split("\n")
    assert "x = np.array([0.5, 2], float)" in lines
    assert "y = np.array([-1, 1e-7], float)" in lines
    assert "lam = 0.25 * convex.lambda_max(X, y)" in lines
    assert "W, alpha = train.uniform_network(3, 2, 0.1, np.random.default_rng(5))" in lines
    run = "run = train.adam(X, y, W, alpha, step=0.001, steps=250, lam=lam, record_every=3)"
    assert run in lines
    rows = script.evaluate(
        "(state) => lib.python(state, 1, 50)", given | dict(weights=[[1, 2, 3], [4, 5, 6]])
    )
    assert "W, alpha = np.array([[1, 2], [4, 5]]), np.array([3, 6])" in rows
    assert "record_every=1)" in rows


# --- Settings from Python.


@pytest.mark.parametrize(
    "x, y, settings, word",
    [
        ([1], [1, 2], {}, "y"),
        (range(31), range(31), {}, "30"),
        ([], [], {}, "x"),
        ([1.0], [np.nan], {}, "NaN"),
        ([2e9], [1.0], {}, "x"),
        ([1.0], [-2e9], {}, "y"),
        ([1.0], [1.0], dict(neurons=0), "neurons"),
        ([1.0], [1.0], dict(neurons=1001), "neurons"),
        ([1.0], [1.0], dict(neurons="50"), "neurons"),
        ([1.0], [1.0], dict(neurons=2.5), "neurons"),
        ([1.0], [1.0], dict(seed=1.5), "seed"),
        ([1.0], [1.0], dict(seed=True), "seed"),
        ([1.0], [1.0], dict(steps=None), "steps"),
        ([1.0], [1.0], dict(step=None), "step"),
        ([1.0], [1.0], dict(step="safe"), "step"),
        ([1.0], [1.0], dict(step=np.array([0.1, 0.2])), "step"),
        ([1.0], [1.0], dict(scale=np.nan), "scale"),
        ([1.0], [1.0], dict(decay=2), "decay"),
        ([1.0], [1.0], dict(colour=1), "colour"),
        ([1.0], [1.0], dict(weights=[[1, 2, 3]]), "weights"),
        ([1.0], [1.0], dict(method="sgd"), "method"),
        ([1.0], [1.0], dict(method=["adam"]), "method"),
        ([1.0], None, {}, "together"),
        (None, [1.0], {}, "together"),
        (None, None, dict(preset="nothing"), "valley"),
        (None, None, dict(preset=["valley"]), "preset"),
        (None, None, dict(neurons=0), "neurons"),
    ],
)
def test_what_the_page_cannot_take_is_refused(x, y, settings, word):
    with pytest.raises(ValueError, match=word):
        playground.show(x, y, **settings)


def test_numpy_s_numbers_are_numbers():
    x = np.linspace(-1, 1, 4)
    plain = playground.show(x, x, neurons=5, scale=0.5, seed=3, steps=20)
    numpy = playground.show(
        x, x, neurons=np.int64(5), scale=np.float32(0.5), seed=np.int32(3), steps=np.uint8(20)
    )
    assert numpy.options == plain.options
    assert numpy._repr_mimebundle_()["text/html"] == plain._repr_mimebundle_()["text/html"]


def test_settings_of_a_preset_keep_its_weights_where_they_can():
    kept = playground.show(preset="two-points", steps=20).options["presets"]["two-points"]
    assert kept == SETS["two-points"] | dict(steps=20)
    drawn = playground.show(preset="two-points", steps=20, seed=2).options["presets"]["two-points"]
    assert drawn == SETS["two-points"] | dict(steps=20, seed=2, weights=None)


def test_a_figure_tells_a_terminal_what_it_shows():
    figure = playground.show([-1, 0, 1], [1, 0, 2], neurons=20, steps=50)
    assert "3 data points" in repr(figure)
    assert figure._repr_mimebundle_()["text/plain"] == repr(figure)


def test_the_code_is_shipped_once():
    html = playground.show(code=False, neurons=5, steps=20)._html()
    assert html.count("<script") == 2
    assert '<script type="application/json">' in html
    assert "<script>window.startLiveFigures?.()</script>" in html
    assert "class Playground" in playground.show(neurons=5, steps=20)._html()


def test_a_picture_claims_what_is_proved():
    """The bound is rounded down: no network has less."""
    x = [-1, -0.5, 0.1, 1.2]
    y = [0.3, -1, 1, 0.2]
    X = data.with_bias(x)
    lam = 0.01 * convex.lambda_max(X, np.array(y))
    best = convex.solve(X, np.array(y), lam)
    words = playground.show(x, y, neurons=5, steps=20).words
    bound = value_of(words.split("No network of any width goes below ")[1].split(". ")[0])
    assert bound <= best.lower_bound
    assert bound >= best.lower_bound * 0.99
    assert "convex optimum" in words
