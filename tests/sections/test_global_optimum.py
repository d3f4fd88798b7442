"""Section The global optimum, with its proof: tables and figures of made-up records."""

import json

import numpy as np
import pytest

from helpers import convex, dual
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
    assert shown.rows == [["sine, 20", "gap 10⁻⁷", "4 x, 0.09", "slower", "over 60 s"]]
    shown = figures.descent_table(convex_record)
    assert shown.head == ["problem, patterns", "Adam"]
    assert shown.rows == [["sine, 20", "10 x, -5.0%"]]


def test_gaps_are_drawn_against_the_proven_bound(convex_record):
    fig = figures.gaps(convex_record, 0.01)
    points = {line.get_label(): line.get_xydata().ravel() for line in fig.axes[0].lines[:2]}
    assert points["CLARABEL"] == pytest.approx([0.4, (0.2 + 2e-7) / 2.2])
    assert points["working set"][1] < 1e-6
    assert "CLARABEL on 1, largest gap 0.09, up to 4 x the time" in fig.alt
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


@pytest.fixture(scope="module")
def noisy():
    """Many points on a line, their optimum's dual point: (X, theta, lam)."""
    rng = np.random.default_rng(4)
    x = rng.uniform(-1, 1, 200)
    X = np.column_stack([x, np.ones(200)])
    y = np.sin(5 * x) + 0.3 * rng.standard_normal(200)
    lam = 0.005 * convex.lambda_max(X, y)
    return X, convex.solve(X, y, lam).dual, lam


@pytest.mark.parametrize("cuts", range(5))
def test_open_arcs_are_below_their_bounds_and_the_others_below_lambda(noisy, cuts):
    X, theta, lam = noisy
    arcs = global_optimum.open_arcs(X, theta, lam, 1 + 1e-6, cuts)
    angles = np.linspace(0, 180, 1801)
    both = [dual.dual_curve(X, theta, dual.circle(angles + turn)) for turn in (0, 180)]
    height = np.abs(both).max(axis=0) / lam
    opened = np.zeros(len(angles), bool)
    for begin, end, bound in zip(*arcs, strict=True):
        assert 0 < end - begin <= 90 and bound > 1
        inside = (angles - begin) % 180 <= end - begin
        assert height[inside].max() <= bound
        opened |= inside
    assert height[~opened].max(initial=0) <= 1 + 1e-6
    assert opened.all() if cuts == 0 else cuts < 4 or not opened.any()
    figure = figures.arcs(X, theta, lam, arcs, cuts)
    assert f"{len(arcs.bound)} arcs of each half are open" in figure.alt


@pytest.fixture
def certificate_record(tmp_path):
    def run(name, share, rank, nodes, gap=1e-7):
        sizes = {"n": 150, "rank": rank, "patterns": 4.1e7, "share": share}
        return {"name": name, "nodes": nodes, "seconds": 1.25, "gap": gap} | sizes

    runs = [
        run("wine-3", 0.01, 4, 2000),
        run("wine-3", 0.1, 4, 100),
        run("wine-5", 0.1, 6, 3000),
        run("wine-5", 0.01, 6, 10**6, gap=0.127),
    ]
    path = tmp_path / "certificate.json"
    path.write_text(json.dumps(runs), encoding="utf-8")
    return path


def test_the_table_of_certificates(certificate_record):
    table = figures.certificates(certificate_record)
    first, second = table.rows
    assert first == ["wine 3", "150 × 4", "10⁷", "1.2 s, 100 nodes", "1.2 s, 2,000 nodes", ""]
    assert second[3:] == ["1.2 s, 3,000 nodes", "gap 13% in 1 s", ""]


def test_the_growth_of_the_proof_is_drawn_from_what_closed(certificate_record):
    ax = figures.growth(certificate_record).axes[0]
    patterns, nodes = ax.lines
    assert list(nodes.get_ydata()) == [100, 3000] and list(nodes.get_xdata()) == [4, 6]
    assert list(patterns.get_ydata()) == [4.1e7, 4.1e7]
