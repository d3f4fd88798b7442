"""Section The global optimum, with its proof: tables and figures of made-up records."""

import json

import numpy as np
import pytest

from helpers.figures import global_optimum as figures
from helpers.sections import global_optimum


def record(method, **rest):
    problem = {"instance": "sine-10", "share": 0.01, "patterns": 20}
    return problem | {"method": method} | rest


@pytest.fixture
def convex_record(tmp_path):
    ours = record("ours", seconds=0.1, objective=2.0, bound=2.0 - 2e-7)
    rows = [
        ours,
        record("clarabel", seconds=0.4, objective=2.2, bound=None),
        record("adam", seconds=1.0, objective=1.9),
        record("qoco", failed="over 60 s"),
        record("ecos", failed="not run: a smaller one took too long"),
        ours | {"share": 0.1},
        record("qoco", seconds=1.0, objective=1.0) | {"instance": "sine-50"},
    ]
    path = tmp_path / "convex.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    return path


def test_the_table_of_the_solvers_gives_times_and_gaps(convex_record):
    shown = figures.table(convex_record)
    assert shown.head == ["problem, patterns", "working set", "CLARABEL", "ECOS", "QOCO"]
    assert shown.rows == [["sine, 20", "gap 1e-07", "4 x, 9e-02", "slower", "over 60 s"]]
    shown = figures.descent_table(convex_record)
    assert shown.head == ["problem, patterns", "Adam"]
    assert shown.rows == [["sine, 20", "10 x, -5.0%"]]


def test_gaps_are_drawn_against_the_proven_bound(convex_record):
    fig = figures.gaps(convex_record, 0.01)
    points = {line.get_label(): line.get_xydata().ravel() for line in fig.axes[0].lines[:2]}
    assert points["CLARABEL"] == pytest.approx([0.4, (0.2 + 2e-7) / 2.2])
    assert points["working set"][1] < 1e-6
    assert "CLARABEL on 1, largest gap 9e-02, up to 4 x the time" in fig.alt
    assert "QOCO" not in fig.alt


@pytest.fixture
def search_record(tmp_path):
    problem = {
        "adam": {"time": [0, 10, 20], "objective": [20, 10.5, 10.2]},
        "search": {"time": [0, 1, 2, 3], "objective": [20, 11, 10.1, 10]},
        "sampled": {
            "500": {"objective": 13.0, "patterns": 490},
            "1000000": {"objective": 11.0, "patterns": 10**6},
        },
    }
    lost = problem | {"adam": {"time": [0, 1], "objective": [20, 9]}}
    path = tmp_path / "search.json"
    path.write_text(json.dumps({"diabetes": problem, "random": lost}), encoding="utf-8")
    return path


def test_the_table_of_the_search_says_when_adam_is_passed(search_record):
    assert figures.race_table(search_record).rows == [
        ["diabetes", "+30.0%", "+10.0%", "+2.00%", "10%"],
        ["random", "+30.0%", "+10.0%", "-10.00%", "never"],
    ]
    problems = json.loads(search_record.read_text(encoding="utf-8"))
    problems["diabetes"]["search"]["time"] = [0, 0.01, 0.05, 0.06]
    search_record.write_text(json.dumps(problems), encoding="utf-8")
    assert figures.race_table(search_record).rows[0][-1] == "under 1%"
    assert global_optimum.largest_sample(search_record, "random") == (10**6, 11)


def test_the_race_is_drawn_from_its_record(search_record):
    left, right = figures.race(search_record).axes
    np.testing.assert_allclose(left.lines[0].get_ydata(), [1, 0.05, 0.02])
    levels = [line.get_ydata()[0] for line in left.lines[4:]]
    np.testing.assert_allclose(levels, [0.3, 0.1])
    assert right.lines[2].get_ydata()[-1] > 0.1
