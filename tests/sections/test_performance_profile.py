"""Section The performance profile, run again: a made-up table by hand, the small one live."""

import numpy as np
import pytest

from helpers.figures import performance_profile as figures
from helpers.profile import protocol, table
from helpers.profile.methods import Trace
from helpers.profile.table import CLOCKS, YARDSTICKS, Rule
from helpers.sections import performance_profile as section

pytest.importorskip("torch")


@pytest.fixture
def found():
    """Three methods on two problems: pyscnn is first, Adam best of those published, ours better."""
    data = protocol.problem(np.arange(1.0, 9)[:, None], np.arange(8) % 2)

    def line(method, lam, seconds, objective, bound=0.0):
        objective = np.array(objective, float)
        trace = Trace(np.array(seconds, float), objective, float(objective.min()), bound)
        return {"set": "made-up", "lam": lam, "method": method} | table.record(trace, data)

    records = [
        line("Adam", 0.1, [1, 2], [[4, 1], [4, 3]]),
        line("pyscnn", 0.1, [0.5, 6], [[1.5, 1.4]]),
        line("searched", 0.1, [3], [[1.0]], bound=0.5),
        line("Adam", 0.2, [1, 2], [[5, 2], [5, 3]]),
        line("pyscnn", 0.2, [0.5, 6], [[3, 2.9]]),
        line("searched", 0.2, [3], [[0.5]], bound=0.25),
    ]
    return table.table(records, protocol.Size(rows=8, epochs=40, seconds=6.0))


def test_counts_and_halves_by_hand(found):
    both = Rule(1.0, "published methods")
    assert section.solved(found, both) == {"Adam": 2, "pyscnn": 2, "searched": 2}
    assert section.half(found, both) == {"Adam": 2, "pyscnn": 0.5, "searched": 3}
    whole = Rule(1.0, "all methods", tuned=True)
    assert section.solved(found, whole) == {"Adam": 1, "pyscnn": 1, "searched": 2}
    assert section.half(found, whole) == {"Adam": 4, "pyscnn": 0.5, "searched": 3}
    assert section.over_bound(found, 0.1) == 2
    assert section.over_best(found, 0.2, "Adam") == 4
    assert section.still_falling(found, "pyscnn") == 2
    assert section.leads(found, "pyscnn") == (0, 4)
    assert section.leads(found, "searched") == (8, 8)
    assert len(set(section.rules())) == 16
    assert section.sets(found) == ["made-up"] and section.lams(found) == [0.1, 0.2]


def test_the_tables_say_it(found):
    counts = figures.solved_table(found)
    assert counts.head[1:] == [figures.NAMES[name] for name in ("pyscnn", "Adam", "searched")]
    assert [row[1:] for row in counts.rows] == [
        ["2", "2", ""],
        ["0", "2", ""],
        ["1", "1", "2"],
        ["0", "1", "2"],
    ]
    halves = figures.half_table(found)
    assert halves.rows[0][1:] == ["0.5", "2", "3"]
    assert halves.rows[2] == ["factor 2, own minimum, tuning free", "6", "2", "3"]
    said = figures.verdicts(found)
    assert len(said.rows) == 16
    assert said.rows[0][1:] == ["Adam, " + figures.NAMES["pyscnn"], figures.NAMES["pyscnn"]]
    values = figures.values_table(found)
    assert values.rows[1] == ["0.2", "5.80", "4.00", "1.00", "2"]
    sizes = dict((row[0], row[2]) for row in figures.size_table(found).rows)
    assert sizes["the step is halved"] == "every 2 epochs"
    assert sizes["points of a set"] == "at most 8: 6 to train on"


def test_the_profile_draws_a_step_for_every_problem_solved(found):
    fig = figures.profile(found, figures.rule("factor 2", CLOCKS[0], "free", YARDSTICKS[0]))
    assert "augmented Lagrangian (pyscnn) 2 of 2, half after 0.5 s" in fig.alt
    curve = fig.axes[0].lines[0]
    np.testing.assert_allclose(curve.get_xdata()[1:-1], [0.5, 0.5])
    np.testing.assert_allclose(curve.get_ydata(), [0, 0.5, 1, 1])
    strict = figures.profile(found, figures.rule("1 %", CLOCKS[1], "counted", YARDSTICKS[1]))
    assert "pyscnn) 0 of 2, half never" in strict.alt
    assert "Adam 1 of 2, half after 4 s" in strict.alt


def test_live_values_are_certified_for_the_sampled_patterns():
    found = section.live()
    assert len(found["problems"]) == 12
    for row in found["problems"]:
        assert row["methods"]["listed"]["gap"] <= 1e-3
        assert table.best(row) <= 0.5 + 1e-9
    shown = figures.live_table(found)
    assert [row[2:] for row in shown.rows if row[1] == "0.1"] == [["1.0", "1.0"]] * 2
