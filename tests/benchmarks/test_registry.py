"""The registry of certified optima: its entries, and the proof that uses no solver.

Oracles: the peak of a dual curve by the library's enumeration, points of the sphere drawn at
random, and entries with a slip planted in them.
"""

import copy
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks import registry
from benchmarks.registry import __main__ as main
from benchmarks.registry import adam, check, entries, problems
from helpers import dual
from helpers.loss import loss

ROOT = Path(__file__).parents[2]
TABLE = json.loads(entries.TABLE.read_text(encoding="utf-8"))
SMALLEST = [row["name"] for row in TABLE if row["n"] <= 10]
SAMPLED = np.random.default_rng(0).permutation([row["name"] for row in TABLE])[:8]


def rows():
    """(row of the table, row of its optima) of every optimum."""
    return [(row, found) for row in TABLE for found in row["optima"]]


def at(name, share):
    """X, y, the entry and its optimum at a share, safe to change."""
    entry = copy.deepcopy(entries.read(name))
    found = next(found for found in entry["optima"] if found["share"] == share)
    return *problems.PROBLEMS[name](), entry, found


def test_sixty_problems_and_more_have_all_three_optima_in_three_megabytes():
    assert sum(len(row["optima"]) == 3 for row in TABLE) >= 60
    assert sum(path.stat().st_size for path in entries.ENTRIES.iterdir()) < 3e6
    assert [row["name"] for row in TABLE] == registry.names()


def test_the_data_are_those_that_were_solved():
    for name in registry.names():
        X, y = problems.PROBLEMS[name]()
        entry = entries.read(name)
        assert problems.digest(X, y) == entry["digest"], name
        assert X.shape == (entry["n"], entry["d"])


def test_every_gap_is_at_most_a_millionth_and_the_table_is_that_of_the_entries():
    for row, found in rows():
        assert 0 <= found["gap"] <= 1e-6
        entry = entries.read(row["name"])
        stored = {one["share"]: one for one in entry["optima"]}[found["share"]]
        assert found == {key: stored[key] for key in found}
        assert found["neurons"] == len(stored["alpha"])
        assert row["lam_max"] == entry["lam_max"]


def test_no_training_ends_below_the_bound():
    for row, found in rows():
        least = found["objective"] * (1 + found["adam"]["excess"])
        assert least >= found["lower_bound"] * (1 - 1e-12), row["name"]
        assert found["adam"]["median"] >= found["adam"]["excess"]


@pytest.mark.parametrize("name", sorted({*SMALLEST, *SAMPLED}))
def test_an_entry_is_proved(name):
    X, y = problems.PROBLEMS[name]()
    entry = entries.read(name)
    quick = [found for found in entry["optima"] if found["proved in"] < 1.5]
    assert quick
    assert [check.faults(X, y, entry, found) for found in quick] == [[]] * len(quick)


def test_the_proof_has_nothing_of_the_solver():
    code = "import sys; import benchmarks.registry.check; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    loaded = done.stdout.split()
    assert "helpers.patterns" in loaded
    assert not [name for name in loaded if name.startswith(("helpers.solver", "helpers.convex"))]


def heavier_weight(entry, found):
    """By so much that the loss shows it: at an optimum it changes with the square."""
    found["W"][0][0] *= 1 + 1e-3


def other_second_layer(entry, found):
    found["alpha"][-1] *= -1


def longer_theta(entry, found):
    """Of a larger bound, which is stated as it is."""
    theta = 1.00001 * np.array(found["theta"])
    _, y = problems.PROBLEMS[entry["name"]]()
    found["theta"] = theta.tolist()
    found["lower_bound"] = float(y @ y - (y - theta) @ (y - theta))


def one_entry_of_theta(entry, found):
    found["theta"][0] *= 1.0001


def smaller_objective(entry, found):
    found["objective"] *= 1 - 1e-9


def larger_bound(entry, found):
    found["lower_bound"] *= 1 + 1e-9


def another_lambda(entry, found):
    found["lam"] = 0.01 / found["share"] * found["lam"] * 2


def larger_lambda_max(entry, found):
    """And every lambda with it, so that the shares are right."""
    entry["lam_max"] *= 1 + 1e-5
    found["lam"] *= 1 + 1e-5


def smaller_lambda_max(entry, found):
    entry["lam_max"] *= 1 - 1e-5
    found["lam"] *= 1 - 1e-5


def another_peak(entry, found):
    entry["peak"] = entry["peak"][::-1]


SLIPS = {
    heavier_weight: "objective",
    other_second_layer: "objective",
    longer_theta: "dual point",
    one_entry_of_theta: "lower bound",
    smaller_objective: "objective",
    larger_bound: "lower bound",
    another_lambda: "lambda",
    larger_lambda_max: "largest lambda",
    smaller_lambda_max: "no larger lambda",
    another_peak: "largest lambda",
}


@pytest.mark.parametrize("name", ["teaser", "moons-bias"])
@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.__name__)
def test_a_slip_in_an_entry_is_noticed(name, slip):
    X, y, entry, found = at(name, 0.01)
    assert check.faults(X, y, entry, found) == []
    slip(entry, found)
    assert SLIPS[slip] in check.faults(X, y, entry, found)


@pytest.mark.parametrize("name, other", [("teaser", "sine"), ("moons-bias", "iris-2")])
def test_labels_of_another_problem_are_noticed(name, other):
    X, y, entry, found = at(name, 0.1)
    others = problems.PROBLEMS[other]()[1][: len(y)]
    assert {"objective", "lower bound"} <= set(check.faults(X, others, entry, found))
    assert "dual point" not in check.faults(X, others, entry, found)  # no label is in it


def degenerate(kind):
    rng = np.random.default_rng(5)
    X = rng.standard_normal((12, 3))
    if kind == "integers":
        return rng.integers(-2, 3, (20, 3)).astype(float)
    if kind == "repeated and opposite":
        return np.vstack([X, X[:4], -X[4:8], 2 * X[:2], np.zeros((1, 3))])
    if kind == "of rank two":
        return X[:, :2] @ rng.standard_normal((2, 4))
    if kind == "scales":
        return X * [1e3, 1.0, 1e-2]
    return rng.standard_normal((14, int(kind)))


KINDS = ("1", "2", "3", "4", "integers", "repeated and opposite", "of rank two", "scales")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("route", [check.listed, check.branch_and_bound], ids=lambda r: r.__name__)
def test_both_routes_tell_a_dual_point_from_what_is_none(kind, route):
    X = degenerate(kind)
    theta = np.random.default_rng(6).standard_normal(len(X))
    height = dual.peak(X, theta).height
    drawn = np.random.default_rng(7).standard_normal((20_000, X.shape[1]))
    assert np.abs(dual.dual_curve(X, theta, drawn)).max() <= height * (1 + 1e-12)
    assert route(X, theta, height * (1 + 1e-7))
    assert not route(X, theta, height * (1 - 1e-7))


def test_a_problem_tells_how_far_a_network_is():
    problem = registry.load("teaser", 0.01)
    assert abs(problem.excess(problem.W, problem.alpha)) < 1e-12
    nothing = problem.excess(np.zeros((1, 2)), np.zeros(1))
    assert nothing == pytest.approx(problem.y @ problem.y / problem.objective - 1)
    best = loss(problem.X, problem.y, problem.W, problem.alpha, problem.lam)
    assert problem.lower_bound <= best <= (1 + 1e-6) * problem.lower_bound


def test_the_trainings_are_those_of_adam(monkeypatch):
    monkeypatch.setattr(adam, "UPDATES", 40)
    monkeypatch.setattr(adam, "WIDTH", 6)
    X, y = problems.PROBLEMS["teaser"]()
    lams = np.array([0.1, 0.02])
    W, alpha = adam.trained(X, y, lams)
    start = [torch.tensor(part[1, 2, 1]) for part in started(X, y, lams, monkeypatch)]
    parameters = [part.requires_grad_() for part in start]
    optimiser = torch.optim.Adam(parameters, lr=adam.STEPS[2])
    for t in range(1, 41):
        optimiser.param_groups[0]["lr"] = adam.STEPS[2] * (1 + np.cos(np.pi * t / 40)) / 2
        optimiser.zero_grad()
        output = torch.relu(torch.tensor(X) @ parameters[0].T) @ parameters[1]
        decay = sum((part**2).sum() for part in parameters)
        (((output - torch.tensor(y)) ** 2).sum() + 0.02 * decay).backward()
        optimiser.step()
    np.testing.assert_allclose(W[1, 2, 1], parameters[0].detach().numpy(), atol=1e-4)
    np.testing.assert_allclose(alpha[1, 2, 1], parameters[1].detach().numpy(), atol=1e-4)


def started(X, y, lams, monkeypatch):
    """The networks before the first step."""
    with monkeypatch.context() as patch:
        patch.setattr(adam, "UPDATES", 0)
        return adam.trained(X, y, lams)


def test_what_the_registry_does_not_hold_is_refused():
    with pytest.raises(ValueError, match="name must be one of teaser"):
        registry.load("no such")
    with pytest.raises(ValueError, match=r"share must be one of 0\.1, 0\.01, 0\.001"):
        registry.load("teaser", 0.5)


def test_changed_data_are_refused(monkeypatch):
    monkeypatch.setitem(problems.PROBLEMS, "teaser", problems.PROBLEMS["sine"])
    with pytest.raises(ValueError, match="have changed"):
        registry.load("teaser")
    assert main.prove(["teaser"]) == 1


def test_an_entry_is_made_once_and_gone_on_with(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(entries, "ENTRIES", tmp_path)
    monkeypatch.setattr(entries, "TABLE", tmp_path / "table")
    monkeypatch.setattr(adam, "UPDATES", 50)
    monkeypatch.setattr("sys.argv", ["registry", "normal-20x5", "two-points"])
    name = "two-points"
    main.fill(name)
    begun = entries.read(name)
    assert "adam" not in begun["optima"][0]
    main.main()  # what a stop left out
    whole = entries.read(name)
    assert [found["adam"]["excess"] > -1e-6 for found in whole["optima"]] == 3 * [True]
    assert begun["optima"][0]["theta"] == whole["optima"][0]["theta"]
    assert [
        row["name"] for row in json.loads((tmp_path / "table").read_text(encoding="utf-8"))
    ] == registry.names()
    monkeypatch.setattr(main.convex, "lambda_max", lambda *_: 1.0)
    monkeypatch.setattr(adam, "best", None)
    main.main()  # nothing is left to do
    assert entries.read(name) == whole
    assert main.prove(registry.names()) == 0
    assert "all proved" in capsys.readouterr().out


def test_a_network_is_left_its_largest_neurons_only_where_they_do_as_well():
    X, y = problems.PROBLEMS["parity-4"]()
    lam = 0.01 * main.convex.lambda_max(X, y)
    solution = main.convex.solve(X, y, lam)
    W, alpha = main.sparse(X, y, lam, solution)
    assert 0 < len(alpha) <= len(X)
    assert loss(X, y, W, alpha, lam) <= solution.objective * (1 + 2e-9)


def test_principal_components_keep_distances_and_have_a_sign():
    X, _ = problems.components("iris", 4)
    whole = problems.standardised(problems.datasets.load_iris().data)
    np.testing.assert_allclose(X @ X.T, whole @ whole.T, atol=0.02)
    few, _ = problems.components("iris", 2)
    np.testing.assert_array_equal(few, X[:, :2])
    loadings = np.linalg.lstsq(whole, few, rcond=None)[0]
    assert (np.take_along_axis(loadings, np.abs(loadings).argmax(axis=0)[None], axis=0) > 0).all()


def test_spirals_rings_and_moons_are_what_they_are_called():
    X, y = problems.spirals(50, 1.0)
    np.testing.assert_array_equal(X[:50], -X[50:])
    X, y = problems.rings(50, 0)
    radius = np.linalg.norm(X, axis=1)
    assert radius[y > 0].mean() == pytest.approx(0.5, abs=0.05)
    assert radius[y < 0].mean() == pytest.approx(1.0, abs=0.05)
    X, y = problems.parity(3)
    assert len(np.unique(X, axis=0)) == 8
    np.testing.assert_array_equal(y, X[:, 0] * X[:, 1] * X[:, 2])
    X, y = problems.moons(50, 0)
    assert (X[y > 0, 1].max() > 0.5) and (X[y < 0, 1].min() < -0.5)
