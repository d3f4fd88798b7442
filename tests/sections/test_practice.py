"""Section What the published comparison measures: trainers and made-up runs as oracles."""

import numpy as np
import pytest

from helpers import convex, patterns, train
from helpers.figures import practice as figures
from helpers.sections import practice


def standard_normal(n, d, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, d)), rng.standard_normal(n)


def test_columns_of_the_small_problems_have_norm_one_and_labels_are_signs():
    problems = practice.small_problems()
    assert len(problems) == 6
    for X, y in problems.values():
        assert len(X) == 60
        np.testing.assert_allclose(np.linalg.norm(X, axis=0), 1)
        assert set(y) == {-1.0, 1.0}


@pytest.mark.parametrize(
    "adam, optimiser, step", [(False, train.gradient_descent, 0.01), (True, train.adam, 0.02)]
)
def test_stochastic_with_one_batch_is_full_batch_training(monkeypatch, adam, optimiser, step):
    monkeypatch.setattr(practice, "BATCHES", 1)
    X, y = standard_normal(9, 2, seed=3)
    lam = 0.01
    lams = np.array([lam])
    rng = np.random.default_rng(0)
    runs = practice.stochastic(X, y, lams, 5, [0.02], 25, rng, seeds=1, adam=adam)
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
    runs = practice.augmented_lagrangian(X, y, lams, D, 6000, inner=200)
    for k, lam in enumerate(lams):
        exact = convex.solve(X, y, 15 * lam, D)
        assert exact.converged
        assert runs.objective[k, 0, -1] == pytest.approx(exact.objective / 30, rel=1e-2)


@pytest.fixture
def made_up():
    """Two methods on one data set: one falls, on two settings, one gets stuck."""
    objective = np.array([[[8.0, 3.0, 1.0, 2.0], [8, 8, 2, 1.5]]])
    falling = practice.Runs(np.array([0, 10, 20, 30]), np.arange(4), objective)
    stuck = np.array([[[4.0, 2.5, 2.1, np.inf]]])
    return [{"falling": falling, "stuck": practice.Runs(np.arange(4), np.arange(4), stuck)}]


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
    needed = practice.solved(made_up, tol, rule, work)
    assert needed["falling"].tolist() == [falling]
    assert needed["stuck"].tolist() == [stuck]


def test_a_better_optimum_known_is_harder_to_reach(made_up):
    needed = practice.solved(made_up, 1.0, known=[np.array([0.6])])
    assert needed["falling"].tolist() == [20]
    needed = practice.solved(made_up, 1.0, known=[np.array([0.4])])
    assert needed["falling"].tolist() == [np.inf]


@pytest.mark.parametrize(
    "rule, work, name", [("last", "passes", "rule"), ("first", "seconds", "work")]
)
def test_another_rule_or_work_is_refused(made_up, rule, work, name):
    with pytest.raises(ValueError, match=name):
        practice.solved(made_up, 1.0, rule, work)


def test_the_exact_optima_of_the_profile_are_certified_and_tell_both_stories():
    lams = np.logspace(-5, -1, 6)
    optima, certified = practice.exact(lams)
    assert certified
    results = practice.race(lams, evaluations=100)
    ratios = [practice.best_found(runs) / best for runs, best in zip(results, optima, strict=True)]
    ratios = np.array(ratios)
    assert ratios.shape == (6, 6)
    assert ratios[:, 0].min() > 1.05
    np.testing.assert_allclose(ratios[:, -1], 1, atol=0.01)
    loose = practice.solved(results, 1.0)
    strict = practice.solved(results, 1.0, known=optima)
    for name in loose:
        assert (loose[name] <= strict[name]).all()
    assert np.isfinite(strict["SGD"]).sum() < np.isfinite(loose["SGD"]).sum()


def test_a_profile_says_how_many_problems_are_solved(made_up):
    words = figures.profile(made_up, 2.0).alt
    assert "falling 1 of 1, half by 10 evaluations" in words
    words = figures.profile(made_up, 1.0, [np.array([0.6])]).alt
    assert "best known: falling 1 of 1" in words
    assert "stuck 0 of 1, never half" in words


def test_the_tables_of_the_race_count_problems_and_work(made_up):
    counted = figures.solved_table(made_up, (2.0, 1.0))
    assert counted.head == ["solved", "falling", "stuck"]
    assert counted.rows == [["tol = 2", "1", "1"], ["tol = 1", "1", "0"]]
    stricter = figures.solved_table(made_up, (1.0,), [np.array([0.4])])
    assert stricter.rows == [["tol = 1", "0", "0"]]
    work = figures.effort_table(made_up, 2.0)
    assert [row[1:] for row in work.rows] == [["10", "1"], ["1", "1"], ["20", "2"], ["2", "2"]]
    assert [row[2] for row in figures.effort_table(made_up, 1.0).rows] == ["never"] * 4
