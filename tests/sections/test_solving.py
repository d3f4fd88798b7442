"""Section Solving the convex problem efficiently is hard: costs, approximations, neurons."""

import numpy as np
import pytest
from scipy.optimize import linprog

from helpers import convex, data, gated, networks, patterns
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


def test_with_at_most_as_many_points_as_dimensions_the_bracket_is_tight_at_every_lambda():
    shares = [1e-4, 1e-2, 0.3]
    wide = solving.bracket(*standard_normal(5, 5), shares)
    narrow = solving.bracket(*standard_normal(12, 3), shares)
    for values in (wide, narrow):
        for lower, exact, upper in zip(*values, strict=True):
            assert lower <= exact * (1 + 1e-6) <= upper * (1 + 2e-6)
    assert np.divide(wide.exact, wide.gated).max() < 1.5
    assert np.divide(wide.split, wide.exact).max() < 2
    assert np.divide(narrow.exact, narrow.gated)[0] > 3
    assert np.divide(narrow.split, narrow.exact).min() > 3
    shown = figures.bracket_table(shares, wide)
    assert shown.head == ["λ / λmax", "gated", "exact", "split into ReLUs"]
    assert [row[0] for row in shown.rows] == ["0.0001", "0.01", "0.3"]
    assert [float(row[2]) for row in shown.rows] == pytest.approx(wide.exact, abs=0.005)


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


def test_the_neurons_that_the_page_prints_are_those_of_pruned_optima():
    S = data.load("teaser")
    assert solving.neurons_along(S.X, S.y, [0.0003, 0.001, 0.5, 1]) == [10, 8, 1, 0]


def test_a_neuron_whose_output_is_the_sum_of_others_can_be_spared():
    W = np.array([[1.0, 0], [0, 1], [2, 2]])
    alpha = np.array([1.0, 1, -1])
    assert solving.independent(np.eye(2), W[:2], alpha[:2])
    assert not solving.independent(np.eye(2), W, alpha)
    assert solving.independent(np.array([[1, 0], [0, 1], [1, -1]]), W, alpha)
    assert solving.independent(np.eye(2), W, np.array([1.0, 1, 0]))
    assert solving.independent(np.eye(2), np.vstack([W[:2], W[:1]]), np.ones(3))


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
