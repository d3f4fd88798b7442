"""The network to take away, as PyTorch and Python read it, and points as readers paste them."""

import json

import numpy as np
import pytest
import torch

from helpers import data, playground
from helpers.loss import loss, predict

EXPORTED = """([state, steps]) => {
  const session = new lib.Session(state);
  while (session.trainer.step < steps) session.train(1e9, steps);
  const { net } = session.trainer;
  const at = [...session.data.x];
  return { lines: lib.pytorch(session, net), json: lib.networkJson(session, net),
           output: at.map((x) => lib.output(net, x)), lam: session.lam,
           loss: session.frame.loss }; }"""


def states():
    presets = playground.presets()
    scales = {"valley": 0.05, "teaser": 1.0, "two-points": 0.01, "small": 1e-5}
    return [presets[name] | dict(steps=100) for name in scales]


@pytest.mark.parametrize("state", states(), ids=lambda state: state["label"])
def test_the_lines_for_pytorch_give_the_same_output(script, state, capsys):
    found = script.evaluate(EXPORTED, [state, 60])
    scope = {}
    exec(found["lines"], scope)
    with torch.no_grad():
        output = scope["network"](scope["x"][:, None])[:, 0].numpy()
    assert output == pytest.approx(found["output"], rel=1e-9, abs=1e-12)
    assert capsys.readouterr().out.startswith("tensor(")
    assert sum(p.numel() for p in scope["network"].parameters()) == 3 * state["neurons"]


@pytest.mark.parametrize("state", states(), ids=lambda state: state["label"])
def test_the_json_is_the_network_digit_by_digit(script, state):
    found = script.evaluate(EXPORTED, [state, 60])
    read = json.loads(found["json"])
    X = data.with_bias(np.array(read["x"]))
    W, alpha = np.array(read["W"]), np.array(read["alpha"])
    assert predict(X, W, alpha) == pytest.approx(found["output"], rel=1e-12, abs=1e-15)
    assert [list(point) for point in zip(read["x"], read["y"], strict=True)] == state["points"]
    assert (read["step"], read["loss"], read["lam"]) == (60, found["loss"], found["lam"])
    y = np.array(read["y"])
    assert loss(X, y, W, alpha, read["lam"]) == pytest.approx(read["loss"], rel=1e-9)


# --- Points as text.


def read(script, text):
    return script.evaluate("(text) => lib.readLines(text)", text)


@pytest.mark.parametrize(
    "text",
    [
        "1\t2\n-3\t4.5e-1",
        "1,2\n-3,0.45",
        "1 2\n-3   .45",
        "1, 2\r\n-3, 0.45\r\n",
        "  1 ; 2\n\n\n-3;0.45  \n",
        "x\ty\n1\t2\n-3\t0.45",
        "input, label\n1, 2\n−3, 0.45",
    ],
)
def test_two_columns_are_points(script, text):
    assert read(script, text) == dict(points=[[1, 2], [-3, 0.45]])


@pytest.mark.parametrize(
    "text, words",
    [
        ("1 2\n3", "Line 2 (“3”) cannot be read"),
        ("1 2\n\n3 4 5\n6 7", "Line 3 (“3 4 5”) cannot be read"),
        ("1 2\na b\nNaN 3\n1e999 0\n5 6", "Lines 2 (“a b”), 3 (“NaN 3”), 4 (“1e999 0”) cannot"),
        ("1 2\n" + "x 1\n" * 5, "“x 1”), 4 (“x 1”) and 2 more cannot be read"),
        ("2e9 1\n0 0", "Line 1 (“2e9 1”) cannot"),
        ("1,5\t2\n0\t0", "Line 1 (“1,5\t2”) cannot"),
        ("x y", "Line 1 (“x y”) cannot"),
        ("", "no point"),
        ("1 2\n" * 31, "At most 30 points; these are 31."),
        ("1 " + "2" * 400, "2…”) cannot be read"),
    ],
)
def test_what_cannot_be_read_is_named(script, text, words):
    found = read(script, text)
    assert list(found) == ["refusal"]
    assert words in found["refusal"] and len(found["refusal"]) < 200


def test_points_are_written_as_they_are_read(script):
    rng = np.random.default_rng(0)
    points = (rng.normal(size=(30, 2)) * 10.0 ** rng.integers(-12, 8, (30, 2))).tolist()
    found = script.evaluate("(points) => lib.readLines(lib.asLines(points))", points)
    assert found == dict(points=points)


# --- A neuron moved by hand.


def test_a_kink_is_moved_and_nothing_else(script):
    rng = np.random.default_rng(3)
    for _ in range(50):
        w1, w2, alpha = rng.normal(size=3)
        kink, slope = rng.normal(), rng.exponential()
        moved = script.evaluate(
            "([neuron, kink, slope]) => lib.withKink(neuron, kink, slope)",
            [dict(w1=w1, w2=w2, alpha=alpha), kink, slope],
        )
        assert -moved["w2"] / moved["w1"] == pytest.approx(kink)
        assert abs(moved["w1"] * moved["alpha"]) == pytest.approx(slope)
        assert np.sign([moved["w1"], moved["alpha"]]).tolist() == np.sign([w1, alpha]).tolist()
        assert moved["alpha"] / moved["w1"] == pytest.approx(alpha / w1)


@pytest.mark.parametrize("w1, alpha", [(0, 2), (1, 0), (0, -1), (0, 0)])
def test_a_neuron_without_slope_gets_one(script, w1, alpha):
    moved = script.evaluate(
        "(neuron) => lib.withKink(neuron, 3, 4)", dict(w1=w1, w2=1, alpha=alpha)
    )
    assert abs(moved["w1"] * moved["alpha"]) == pytest.approx(4)
    assert -moved["w2"] / moved["w1"] == pytest.approx(3)
    assert (moved["alpha"] < 0) == (alpha < 0)


def test_training_goes_on_from_a_network_of_the_readers_hand(script):
    state = playground.presets()["valley"] | dict(neurons=6, steps=30, preset="valley")
    found = script.evaluate(
        """(state) => {
          const session = new lib.Session(state);
          while (!session.finished) session.train(1e9);
          const moved = lib.withNeuron(session.trainer.net, 2, { w1: 1, w2: -0.5, alpha: 2 });
          session.take(moved);
          const { step, loss } = session.frame;
          const shown = session.frames.length;
          const hand = lib.byHand(state, session.trainer.net);
          const again = lib.byHand(hand, session.initial);
          const run = new lib.Session(hand);
          run.train(1e9, 1);
          session.train(1e9, 1);
          return { step, loss, shown, moved, net: run.initial, hand, again,
                   once: [run.step, session.step].every((size) => size > 0),
                   redrawn: lib.changed(hand, { scale: 0.3 }), 
                   slower: lib.changed(hand, { decay: 1 }),
                   drawn: lib.asDrawn(hand), same: lib.asDrawn(state) }; }""",
        state,
    )
    assert found["moved"] == found["net"] and (found["step"], found["shown"]) == (0, 1)
    assert found["hand"]["weights"][2] == [1, -0.5, 2] and found["hand"]["drawn"] is None
    assert found["again"]["drawn"] is None
    assert found["drawn"] == found["same"] == state
    assert found["redrawn"] == state | dict(scale=0.3)
    assert found["slower"]["weights"] == found["hand"]["weights"]
