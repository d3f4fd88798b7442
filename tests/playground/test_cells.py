"""The cells of the weight plane against the patterns that the helpers list."""

import numpy as np
import pytest

from helpers import data
from helpers.patterns import enumerate_patterns

CELLS = """(x) => lib.cellsOf(x).map(({ edges, from, to, middle, active, first, last }) =>
  ({ edges, from, to, middle, active, first, last }))"""


def sets():
    rng = np.random.default_rng(3)
    return [rng.uniform(-2, 2, n) for n in (1, 2, 3, 7, 30)] + [
        np.array([0.5, 0.5, 0.5]),
        np.array([1.0, -1.0, 1.0, 0.0, -1.0]),
        1e6 + np.array([0.0, 1e-6, -1e-6]),
        np.array([0.1, 0.1 + 1e-12, 0.3]),
    ]


@pytest.mark.parametrize("x", sets(), ids=str)
def test_every_pattern_has_one_cell(script, x):
    cells = script.evaluate(CELLS, x.tolist())
    ours = {tuple(cell["active"]) for cell in cells}
    theirs = {tuple(map(int, row)) for row in enumerate_patterns(data.with_bias(x))}
    assert ours == theirs
    assert len(cells) == len(theirs) == 2 * len(set(x))


@pytest.mark.parametrize("x", sets(), ids=str)
def test_the_cells_go_once_round_the_plane(script, x):
    cells = script.evaluate(CELLS, x.tolist())
    for cell, following in zip(cells, cells[1:] + cells[:1], strict=True):
        assert cell["edges"][1] == following["edges"][0]
        assert cell["from"] <= cell["to"]  # narrower than a double can tell, at times
        assert (cell["to"] - following["from"]) % (2 * np.pi) == pytest.approx(0, abs=1e-12)
    assert sum(cell["to"] - cell["from"] for cell in cells) == pytest.approx(2 * np.pi)
    assert cells[0]["edges"][0] == dict(w1=1, kink=max(x))
    ascending = sorted(set(x))
    for cell in cells:
        for angle, edge in zip((cell["from"], cell["to"]), cell["edges"], strict=True):
            direction = np.array([edge["w1"], -edge["w1"] * edge["kink"]])
            there = np.array([np.cos(angle), np.sin(angle)])
            assert there @ direction == pytest.approx(np.linalg.norm(direction), rel=1e-12)
        half = (cell["from"] + cell["to"]) / 2
        assert np.allclose(cell["middle"], [np.cos(half), np.sin(half)], atol=1e-12)
        chosen = ascending[cell["first"] : cell["last"]]
        assert [int(value in chosen) for value in x] == cell["active"]


def test_a_neuron_is_in_the_cell_of_its_pattern(script):
    rng = np.random.default_rng(5)
    for x in sets():
        W = rng.normal(size=(60, 2))
        kinks = rng.choice(x, 40)
        W[:40, 1] = rng.normal(scale=2, size=40)
        W[:20, 1] = -W[:20, 0] * kinks[:20]  # on a line, up to rounding
        W[20] = [0, 1]
        W[21] = [0, -1]
        found = script.evaluate(
            """([x, W]) => { const cells = lib.cellsOf(x);
              return W.map(([w1, w2]) => [...cells[lib.cellOf(cells, w1, w2)].active]); }""",
            [x.tolist(), W.tolist()],
        )
        assert found == (np.outer(W[:, 0], x) + W[:, 1:] >= 0).astype(int).tolist()


def test_zero_weights_are_in_no_cell(script):
    assert script.evaluate("lib.cellOf(lib.cellsOf([1, 2]), 0, 0)") == -1
    assert script.evaluate("lib.differentOf([3, -1, 3, 0])") == [-1, 0, 3]
