"""Section Solving the convex problem efficiently is hard: costs, approximations, race, records."""

import json

import numpy as np
import pytest
from scipy.optimize import linprog

from helpers import convex, data, gated, networks, patterns, train
from helpers.figures import solving as figures
from helpers.loss import relu
from helpers.sections import solving


def standard_normal(n, d, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, d)), rng.standard_normal(n)


# Costs


def test_the_cost_of_the_exact_program_counts_its_numbers():
    small, large = solving.costs([(5, 2), (6, 3)])
    assert (small.P, small.unknowns, small.inequalities) == (10, 40, 100)
    assert (large.P, large.unknowns, large.inequalities) == (32, 192, 384)


def test_what_is_timed_is_the_whole_program():
    X, y = standard_normal(7, 3)
    D = patterns.enumerate_patterns(X)
    tasks = solving.tasks(X, y, 0.1, D)
    np.testing.assert_array_equal(tasks["listing"](), D)
    optimum = tasks["solving"]()
    assert optimum.converged
    assert optimum.objective == pytest.approx(convex.solve(X, y, 0.1).objective)
    assert tasks["interior"]() == pytest.approx(optimum.objective, rel=1e-6)


def test_a_time_is_the_best_of_several(monkeypatch):
    clock = iter([0, 5, 10, 12, 20, 29, 30, 33, 40, 44])
    monkeypatch.setattr(solving.time, "perf_counter", lambda: next(clock))
    X, y = standard_normal(4, 2)
    monkeypatch.setattr(solving, "tasks", lambda *problem: {"listing": lambda: None})
    monkeypatch.setattr(solving, "Cost", lambda *sizes, listing, **counts: listing)
    monkeypatch.setattr(solving.convex, "solve", lambda *problem: None)
    assert solving.costs([(4, 2)]) == [2]


def test_the_numbers_of_parameters_the_page_quotes():
    assert 2 * 10 * patterns.cover_count(100, 10) == pytest.approx(7.7e13, rel=5e-3)
    assert patterns.cover_count(100, 5) == pytest.approx(8.0e6, rel=0.02)


# Approximations


def test_sampled_patterns_miss_the_optimum_until_they_are_most_of_all():
    X, y = standard_normal(20, 3)
    lam = 0.01 * convex.lambda_max(X, y)
    best = convex.solve(X, y, lam)
    assert best.converged
    assert len(best.patterns) == 382
    found = {}
    for count in (10, 1000):
        D = patterns.sample_patterns(X, count, np.random.default_rng(0))
        found[count] = convex.solve(X, y, lam, D)
        assert found[count].converged
    assert found[10].objective > 1.3 * best.objective
    assert found[1000].objective == pytest.approx(best.objective, rel=1e-4)


@pytest.mark.parametrize("tol", [1e-6, 1e-9])
def test_the_gated_bracket_is_as_loose_as_the_page_says(tol):
    X, y = standard_normal(20, 3)
    X = X[:12]
    y = y[:12]
    lam = 0.1 * convex.lambda_max(X, y)
    D = patterns.enumerate_patterns(X)
    lower = gated.solve(X, y, lam, D, tol)
    assert lower.objective == pytest.approx(3.41, abs=0.01)
    assert convex.solve(X, y, lam, D, tol).objective == pytest.approx(6.04, abs=0.01)
    assert gated.decompose(X, y, lower).objective == pytest.approx(214.47, abs=0.05)


# The regularisation path


def sizes_along(X, y, shares, tol, least):
    """Numbers of different neurons of pruned optima along the path."""
    lams = convex.lambda_max(X, y) * np.array(shares)
    pruned = (networks.prune(X, *s.to_network()) for s in convex.path(X, y, lams, tol=tol))
    return [networks.distinct_neurons(*network, least) for network in pruned]


@pytest.mark.parametrize("tol", [1e-8, 1e-10])
@pytest.mark.parametrize("least", [1e-3, 1e-4])
def test_the_neurons_of_the_teasers_optima_do_not_depend_on_the_tolerance(tol, least):
    S = data.load("teaser")
    shares = [0.0003, 0.001, 0.002, 0.5, 1]
    assert sizes_along(S.X, S.y, shares, tol, least) == [10, 8, 4, 1, 0]


@pytest.mark.parametrize("tol", [1e-8, 1e-10])
@pytest.mark.parametrize("least", [1e-2, 1e-4])
@pytest.mark.parametrize(
    "seed, sizes",
    [(1, [7, 5, 5, 2, 1, 1]), (7, [4, 3, 2, 3, 1, 1]), (13, [4, 4, 5, 5, 3, 2])],
)
def test_nor_do_those_of_random_data(tol, least, seed, sizes):
    X, y = standard_normal(8, 3, seed)
    assert sizes_along(X, y, [0.01, 0.03, 0.1, 0.2, 0.4, 0.8], tol, least) == sizes


@pytest.mark.parametrize("share, size", [(0.0003, 10), (0.001, 8), (0.002, 4)])
def test_every_vertex_of_the_optimal_set_has_as_many_neurons(share, size):
    S = data.load("teaser")
    rng = np.random.default_rng(0)
    optimum = convex.solve(S.X, S.y, share * convex.lambda_max(S.X, S.y), tol=1e-10)
    W, alpha = optimum.to_network()
    lengths = np.linalg.norm(W, axis=1)
    sizes = np.abs(alpha) * lengths
    F = np.sign(alpha) * relu(S.X @ (W / lengths[:, None]).T)
    fixed = np.vstack([F, np.ones(len(sizes))])  # the output and the penalty
    for _ in range(10):  # a vertex is the optimum of a linear program with random costs
        costs = rng.standard_normal(len(sizes))
        vertex = linprog(costs, A_eq=fixed, b_eq=fixed @ sizes).x
        assert np.sum(vertex > 1e-5 * vertex.max()) == size


# The race of methods


def test_columns_of_the_small_problems_have_norm_one_and_labels_are_signs():
    problems = solving.small_problems()
    assert len(problems) == 6
    for X, y in problems.values():
        assert len(X) == 60
        np.testing.assert_allclose(np.linalg.norm(X, axis=0), 1)
        assert set(y) == {-1.0, 1.0}


@pytest.mark.parametrize(
    "adam, optimiser, step", [(False, train.gradient_descent, 0.01), (True, train.adam, 0.02)]
)
def test_stochastic_with_one_batch_is_full_batch_training(monkeypatch, adam, optimiser, step):
    monkeypatch.setattr(solving, "BATCHES", 1)
    X, y = standard_normal(9, 2, seed=3)
    lam = 0.01
    lams = np.array([lam])
    rng = np.random.default_rng(0)
    runs = solving.stochastic(X, y, lams, 5, [0.02], 25, rng, seeds=1, adam=adam)
    start = np.random.default_rng(0)
    W = start.standard_normal((5, 2)) / np.sqrt(2)
    alpha = start.standard_normal(5) / np.sqrt(5)
    same = optimiser(X, y, W, alpha, step=step, steps=25, lam=lam, reduction="mean")
    np.testing.assert_allclose(runs.objective[0, 0], same.loss / 2, rtol=1e-5)
    assert runs.passes.tolist() == list(range(26))


def test_the_augmented_lagrangian_reaches_the_certified_optimum():
    X, y = standard_normal(15, 3, seed=4)
    lams = np.array([0.003, 0.03, 3.0])
    D = patterns.sample_patterns(X, 20, np.random.default_rng(4))
    runs = solving.augmented_lagrangian(X, y, lams, D, 6000, inner=200)
    for k, lam in enumerate(lams):
        exact = convex.solve(X, y, 15 * lam, D)
        assert exact.converged
        assert runs.objective[k, 0, -1] == pytest.approx(exact.objective / 30, rel=1e-2)


@pytest.fixture
def made_up():
    """Two methods on one data set: one falls, on two settings, one gets stuck."""
    objective = np.array([[[8.0, 3.0, 1.0, 2.0], [8, 8, 2, 1.5]]])
    falling = solving.Runs(np.array([0, 10, 20, 30]), np.arange(4), objective)
    stuck = np.array([[[4.0, 2.5, 2.1, np.inf]]])
    return [{"falling": falling, "stuck": solving.Runs(np.arange(4), np.arange(4), stuck)}]


@pytest.mark.parametrize(
    "tol, rule, work, falling, stuck",
    [
        (1.0, "first", "evaluations", 20, np.inf),
        (2.0, "first", "evaluations", 10, 1),
        (2.0, "minimum", "evaluations", 20, 2),
        (0.6, "minimum", "evaluations", 20, np.inf),
        (0.6, "first", "passes", 2, np.inf),
    ],
)
def test_success_and_both_timing_rules(made_up, tol, rule, work, falling, stuck):
    needed = solving.solved(made_up, tol, rule, work)
    assert needed["falling"].tolist() == [falling]
    assert needed["stuck"].tolist() == [stuck]


def test_a_better_optimum_known_is_harder_to_reach(made_up):
    needed = solving.solved(made_up, 1.0, known=[np.array([0.6])])
    assert needed["falling"].tolist() == [20]
    needed = solving.solved(made_up, 1.0, known=[np.array([0.4])])
    assert needed["falling"].tolist() == [np.inf]


@pytest.mark.parametrize(
    "rule, work, name", [("last", "passes", "rule"), ("first", "seconds", "work")]
)
def test_another_rule_or_work_is_refused(made_up, rule, work, name):
    with pytest.raises(ValueError, match=name):
        solving.solved(made_up, 1.0, rule, work)


def test_the_exact_optima_of_the_profile_are_certified_and_tell_both_stories():
    lams = np.logspace(-5, -1, 6)
    optima, certified = solving.exact(lams)
    assert certified
    results = solving.race(lams, evaluations=100)
    ratios = [solving.best_found(runs) / best for runs, best in zip(results, optima, strict=True)]
    ratios = np.array(ratios)
    assert ratios.shape == (6, 6)
    assert ratios[:, 0].min() > 1.05
    np.testing.assert_allclose(ratios[:, -1], 1, atol=0.01)
    loose = solving.solved(results, 1.0)
    strict = solving.solved(results, 1.0, known=optima)
    for name in loose:
        assert (loose[name] <= strict[name]).all()
    assert np.isfinite(strict["SGD"]).sum() < np.isfinite(loose["SGD"]).sum()


def test_a_profile_says_how_many_problems_are_solved(made_up):
    words = figures.profile(made_up, 2.0, "first", "evaluations").alt
    assert "falling 1 of 1, half by 10 evaluations" in words
    words = figures.profile(made_up, 1.0, "first", "passes", [np.array([0.6])]).alt
    assert "best known: falling 1 of 1" in words
    assert "stuck 0 of 1, half by no amount of work" in words


# Records of the benchmarks


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
    assert shown.head == ["problem, patterns", "working set", "CLARABEL", "ECOS", "QOCO", "Adam"]
    row = ["sine, 20", "gap 1e-07", "4 x, 9e-02", "slower", "over 60 s", "10 x, -5.0%"]
    assert shown.rows == [row]


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
    assert figures.largest_sample(search_record, "random") == (10**6, 11)


def test_the_race_is_drawn_from_its_record(search_record):
    left, right = figures.race(search_record).axes
    np.testing.assert_allclose(left.lines[0].get_ydata(), [1, 0.05, 0.02])
    levels = [line.get_ydata()[0] for line in left.lines[4:]]
    np.testing.assert_allclose(levels, [0.3, 0.1])
    assert right.lines[2].get_ydata()[-1] > 0.1
