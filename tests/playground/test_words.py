"""The words of the page: numbers that are not overstated, "optimum" only where it is proved."""

import re

import numpy as np
import pytest

from helpers import playground
from tests.numbers import NUMBER, value_of

VALLEY = playground.presets()["valley"] | dict(preset="valley", neurons=20, steps=40)


@pytest.mark.parametrize(
    "value, words",
    [
        (0, "0"),
        (0.03124, "0.0312"),
        (1.2e-9, "1.2·10⁻⁹"),
        (1.23456e-9, "1.23·10⁻⁹"),
        (1e-10, "10⁻¹⁰"),
        (1240.4, "1,240"),
        (999999, "999,999"),
        (1e6, "10⁶"),
        (2.5e12, "2.5·10¹²"),
        (-0.5, "-0.5"),
        (-1234, "-1,234"),
        (0.001, "0.001"),
        (123.456, "123"),
        (1000, "1,000"),
    ],
)
def test_numbers_in_three_digits(script, value, words):
    assert script.evaluate("(value) => lib.short(value)", value) == words


def test_numbers_in_other_digits_and_none(script):
    assert script.evaluate("[lib.short(0.1234, 2), lib.short(1.26e-5, 1), lib.short(1e-5, 0)]") == [
        "0.12",
        "10⁻⁵",
        "10⁻⁵",
    ]
    assert script.evaluate("[lib.short(NaN), lib.short(Infinity)]") == ["not finite"] * 2


def test_bounds_are_rounded_to_the_safe_side(script):
    """Of 4,000 numbers of all sizes, and the awkward ones: within a unit of the last digit."""
    rng = np.random.default_rng(0)
    values = (10 ** rng.uniform(-12, 12, 4000)).tolist()
    values += [1.0, 0.3, 999.5, 999.4, 999999.4, 999999.5, 1e6, 0.9995, 9.995, 1000.5, 0.00099999]
    values += [0.1 + 0.2, 0.123, 1e-3, 99.95, 1e-300]
    for digits in (2, 3):
        below, above = script.evaluate(
            """([values, digits]) => [values.map((v) => lib.shortBelow(v, digits)),
                 values.map((v) => lib.shortAbove(v, digits))]""",
            [values, digits],
        )
        room = 1.0001 * 10.0 ** (1 - digits)
        for value, low, high in zip(values, below, above, strict=True):
            assert value * (1 - room) <= value_of(low) <= value
            assert value <= value_of(high) <= value * (1 + room)
    exact = script.evaluate("[lib.shortBelow(0.3), lib.shortAbove(1234), lib.shortBelow(0)]")
    assert exact == ["0.3", "1,234", "0"]


@pytest.mark.parametrize("count, words", [(0, "0 cells"), (1, "1 cell"), (1200, "1,200 cells")])
def test_counts_in_words(script, count, words):
    assert script.evaluate("(count) => lib.plural(count, 'cell')", count) == words


OPTIMUM = dict(objective=0.12345, lowerBound=0.12339, gap=4.86e-4, proved=False)
PROVED = OPTIMUM | dict(lowerBound=0.123449, gap=8.1e-6, proved=True)


def test_a_solution_is_called_an_optimum_only_where_it_is_proved(script):
    code = "(optimum) => [lib.optimumName(optimum), lib.optimumNumbers(optimum)]"
    assert script.evaluate(code, PROVED) == [
        "convex optimum",
        "loss 0.123, certified to a gap of 8.1·10⁻⁶",
    ]
    assert script.evaluate(code, OPTIMUM) == [
        "convex program, not proved optimal",
        "loss 0.123, not proved optimal: gap 4.9·10⁻⁴",
    ]


@pytest.mark.parametrize(
    "loss, bound, words",
    [
        (0.2, 0.1, "100% above that bound"),
        (0.1004, 0.1, "0.4% above that bound"),
        (0.1, 0.1, "0% above that bound"),
        (0.0999999, 0.1, "0% above that bound"),
        (1.0, 0.1, "10 times that bound"),
        (0.99, 0.1, "890% above that bound"),
        (123.0, 0.1, "1,230 times that bound"),
        (0.5, 0, "0.5 above 0"),
        (1e9, 1e-300, "far above that bound"),
    ],
)
def test_how_far_a_loss_is_above_a_bound(script, loss, bound, words):
    assert script.evaluate("([loss, bound]) => lib.excess(loss, bound)", [loss, bound]) == words


SESSION = """([optimum, frames, shown, diverged, method]) => {
  const net = { m: 3 };
  const frame = { step: 1500, count: 2, net, dead: 0, ...frames[shown] };
  return { optimum: { neurons: [{}, {}], ...optimum }, diverged, frames, frame,
           state: { steps: 2000, method }, data: { n: 4 }, cells: { length: 8 } }; }"""


def words_of(
    script,
    optimum,
    frames=({"loss": 1.0}, {"loss": 0.2}),
    diverged=False,
    neurons=2,
    method="gradient_descent",
):
    optimum = optimum | dict(neurons=[{}] * neurons)
    arguments = [optimum, list(frames), len(frames) - 1, diverged, method]
    return script.evaluate(
        f"""(given) => {{ const session = ({SESSION})(given);
          return [lib.summary(session), lib.playingWords(session)]; }}""",
        arguments,
    )


def test_the_summary_of_a_proved_optimum(script):
    summary, playing = words_of(script, PROVED)
    assert summary == (
        "Step 1,500 of 2,000 on 4 points: the network's loss is 0.2. No network of any width goes "
        "below 0.123, and 2 neurons of the convex optimum reach 0.123 (duality gap 8.1·10⁻⁶): "
        "training is 62% above that bound. 3 neurons with 2 distinct patterns, of 8 possible."
    )
    assert playing == (
        "Training for 2,000 steps, from a loss of 1; no network of any width goes below 0.123."
    )
    one, _ = words_of(script, PROVED, neurons=1)
    assert "and 1 neuron of the convex optimum reaches 0.123" in one


def test_the_summary_of_what_is_not_proved(script):
    summary, playing = words_of(script, OPTIMUM)
    assert (
        "No network of any width goes below 0.123, and 2 neurons found by the convex program"
        in (summary)
    )
    assert "reach 0.123 (duality gap 4.9·10⁻⁴: not proved optimal)" in summary
    assert "optimum" not in summary
    assert playing.endswith("goes below 0.123 (duality gap 4.9·10⁻⁴: not proved optimal).")


def test_a_step_too_large_is_named(script):
    diverged, _ = words_of(script, PROVED, diverged=True)
    assert diverged == (
        "After step 1,500 the loss is no longer finite: the step size is too large. Choose a "
        "smaller one, or the safe one."
    )
    frames = [{"loss": 1.0}, {"loss": 1e18}, {"loss": 1.8, "dead": 3}]
    risen, _ = words_of(script, PROVED, frames=frames)
    before = "At step 1,500 the loss is 1.8, after a rise from 1 to 10¹⁸: the step"
    assert risen.startswith(before)
    assert risen.endswith("Every neuron is dead: active on no point, none can learn.")
    little, _ = words_of(script, PROVED, frames=[{"loss": 1.0}, {"loss": 9.9, "step": 9}])
    assert "too large" not in little


def test_a_dead_network_is_named(script):
    def words(count):
        return words_of(script, PROVED, frames=[{"loss": 1.0}, {"loss": 1.0, "dead": count}])[0]

    assert words(3).endswith(
        "8 possible. Every neuron is dead: active on no point, none can learn."
    )
    assert words(2).endswith("2 of them are dead: active on no point, with nothing to learn from.")
    assert words(1).endswith("1 of them is dead: active on no point, with nothing to learn from.")
    assert "dead" not in words(0)


def test_a_loss_that_jumps_is_named(script):
    frames = [{"loss": 1.0}, {"loss": 0.5, "step": 10}, {"loss": 0.9, "step": 20}, {"loss": 0.4}]
    words, _ = words_of(script, PROVED, frames=frames)
    assert words.endswith("The loss jumped from 0.5 to 0.9 by step 20: the step size is large.")
    frames[2]["loss"] = 0.51
    assert "jumped" not in words_of(script, PROVED, frames=frames)[0]
    assert "jumped" not in words_of(script, PROVED, frames=frames, method="adam")[0]


@pytest.mark.parametrize("seed", range(6))
def test_safe_steps_do_not_jump(script, seed):
    """What is called a jump does not happen with the step that the page chooses."""
    rng = np.random.default_rng(seed)
    points = np.column_stack([rng.uniform(-2, 2, 8), rng.normal(size=8)]).tolist()
    state = VALLEY | dict(points=points, scale=float(10 ** rng.uniform(-3, 1)), steps=400)
    words = script.evaluate(
        """(state) => {
          const session = new lib.Session(state);
          while (!session.finished) session.train(1e9);
          return lib.summary(session); }""",
        state | dict(seed=seed),
    )
    assert "jumped" not in words and "too large" not in words


RESOLVE = """([state, chosen]) => {
  const session = new lib.Session(state);
  const found = lib.resolve(session, session.trainer.net, chosen);
  const cells = found.cells && [...found.cells].map((cell) => session.cells.indexOf(cell));
  const { w1, w2 } = session.trainer.net;
  const own = [...w1].map((_, i) => lib.cellOf(session.cells, w1[i], w2[i]));
  const best = session.optimum.neurons.map(({ cell }) => session.cells.indexOf(cell));
  const active = session.cells.map((cell) => [...cell.active]);
  return { ...found, cells, own, best, patterns: active }; }"""


def test_a_cell_in_words(script):
    for k in range(10):
        found = script.evaluate(RESOLVE, [VALLEY, {"cell": k}])
        pattern = found["patterns"][k]
        assert found["cells"] == [k]
        assert found["active"] == pattern
        assert found["point"] is None
        points = [str(j + 1) for j in np.flatnonzero(pattern)]
        named = f"point{'s' * (len(points) > 1)} {', '.join(points)}" if points else "no point"
        held, best = found["own"].count(k), found["best"].count(k)
        assert found["text"] == (
            f"Cell {k + 1} of 10 activates {named}; it holds {held} neuron{'s' * (held != 1)} and "
            f"{best} neuron{'s' * (best != 1)} of the convex optimum."
        )


def test_a_point_in_words(script):
    for j in range(5):
        found = script.evaluate(RESOLVE, [VALLEY, {"point": j}])
        activating = [k for k, pattern in enumerate(found["patterns"]) if pattern[j]]
        assert found["cells"] == activating
        assert (found["active"], found["point"]) == (None, j)
        held = sum(k in activating for k in found["own"])
        assert found["text"] == f"Point {j + 1} is activated in 5 cells, by {held} neurons."


@pytest.mark.parametrize("chosen", [None, {"cell": 10}, {"cell": -1}, {"point": 5}, {}])
def test_what_is_not_there_selects_nothing(script, chosen):
    found = script.evaluate(RESOLVE, [VALLEY, chosen])
    assert [found[key] for key in ("cells", "active", "point", "text")] == [None, None, None, ""]


def test_whatever_is_printed_is_below_every_network_that_is_seen(script):
    """Of random settings: bounds in words against losses of training and of the solution."""
    rng = np.random.default_rng(2)
    for _ in range(30):
        n = int(rng.integers(1, 20))
        x = rng.uniform(-1, 1, n) + rng.choice([0, 100])
        state = VALLEY | dict(
            points=np.column_stack([x, rng.normal(size=n)]).tolist(),
            decay=float(10 ** rng.uniform(-5, 0)),
            neurons=40,
        )
        words, playing, least = script.evaluate(
            """(state) => {
              const session = new lib.Session(state);
              const playing = lib.playingWords(session);
              while (!session.finished) session.train(1e9);
              const losses = session.frames.map(({ loss }) => loss);
              const least = Math.min(...losses, session.optimum.objective);
              return [lib.summary(session), playing, least]; }""",
            state,
        )
        for text in (words, playing):
            [bound] = re.findall(rf"goes below ({NUMBER})", text)
            assert value_of(bound) <= least
