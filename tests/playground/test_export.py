"""The network to take away, as PyTorch and Python read it."""

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
