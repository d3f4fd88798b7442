"""The rules of success by hand, on made-up traces."""

import json

import numpy as np
import pytest

from helpers.profile import protocol, table
from helpers.profile.methods import Trace
from helpers.profile.table import Rule


@pytest.fixture
def data():
    return protocol.problem(np.arange(1.0, 9)[:, None], np.arange(8) % 2)


def line(data, method, seconds, objective, lam=0.1, bound=0.0):
    objective = np.array(objective, float)
    trace = Trace(np.array(seconds, float), objective, float(objective.min()), bound)
    return {"set": "made-up", "lam": lam, "method": method} | table.record(trace, data)


@pytest.fixture
def found(data):
    records = [
        line(data, "Adam", [0, 1, 2, 3], [[8, 3, 1, 2], [8, 8, 2, 1.005]]),
        line(data, "SGD", [0, 1, 2, 3], [[4, 1.9, 1.8, np.inf]]),
        line(data, "searched", [5, 9], [[0.7, 0.6]], bound=0.3),
    ]
    return json.loads(json.dumps(table.table(records, protocol.Size())))


@pytest.mark.parametrize(
    "tol, yardstick, clock, tuned, adam, sgd, searched",
    [
        (1.0, "published methods", "first close enough", False, 2, 1, 5),
        (1.0, "published methods", "first close enough", True, 4, 1, 5),
        (1.0, "published methods", "own minimum", False, 2, 2, 9),
        (0.01, "published methods", "first close enough", False, 2, np.inf, 5),
        (1.0, "all methods", "first close enough", False, 2, np.inf, 5),
        (0.01, "all methods", "own minimum", True, np.inf, np.inf, 9),
    ],
)
def test_success_clocks_and_tuning(found, tol, yardstick, clock, tuned, adam, sgd, searched):
    seconds = table.needed(found, Rule(tol, yardstick, clock, tuned))
    assert {name: t.tolist() for name, t in seconds.items()} == {
        "Adam": [adam],
        "SGD": [sgd],
        "searched": [searched],
    }


def test_the_fastest_successful_run_counts_by_its_own_minimum(data):
    """The second run is within the tolerance, and ends earlier than the best one."""
    records = [line(data, "Adam", [0, 1, 2, 3], [[4, 3, 2, 1.0], [4, 1.5, 2, 2]])]
    found = table.table(records, protocol.Size())
    loose = table.needed(found, Rule(1.0, clock="own minimum"))
    strict = table.needed(found, Rule(0.01, clock="own minimum"))
    assert (loose["Adam"][0], strict["Adam"][0]) == (1, 3)


def test_the_table_has_the_bound_and_only_problems_that_are_whole(data):
    records = [
        line(data, "Adam", [0, 1], [[2, 1]]),
        line(data, "searched", [1], [[0.9]], bound=0.4),
        line(data, "Adam", [0, 1], [[2, 1]], lam=0.2),
    ]
    found = table.table(records, protocol.Size(rows=10))
    (row,) = found["problems"]
    assert (row["lam"], row["bound"], table.best(row)) == (0.1, 0.4, 0.9)
    assert found["size"]["rows"] == 10 and found["size"]["seconds"] is None


@pytest.mark.parametrize(
    "rule, word",
    [
        (Rule(tol=0.5), "tol"),
        (Rule(yardstick="mine"), "yardstick"),
        (Rule(clock="wall"), "clock"),
        (Rule(tuned=1), "tuned"),
    ],
)
def test_a_rule_that_will_not_do_is_refused(found, rule, word):
    with pytest.raises(ValueError, match=word):
        table.needed(found, rule)
