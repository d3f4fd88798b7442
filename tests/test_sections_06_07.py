"""What the pages Activation patterns and Solving the convex problem show, computed again through the helpers."""

import itertools
import json

import numpy as np
import pytest
from scipy.optimize import linprog

from helpers import convex, data, experiments, gated, networks, patterns, train
from helpers.figures import activation_patterns as figures
from helpers.figures import solving as benchmarks
from helpers.sections import activation_patterns as geometry
from helpers.sections import solving as performance

# Losses read off the published animation of one neuron, at some of its 229 steps.
ANIMATION = {
    0: 0.4862,
    77: 0.3525,
    168: 0.2287,
    371: 0.1294,
    378: 0.1260,
    448: 0.0740,
    665: 0.0208,
    1456: 0.0,
    1595: 0,
}


@pytest.fixture(scope="module")
def one_neuron():
    return experiments.run("one neuron", record_every=1)


def test_the_neuron_of_the_two_point_example():
    S = data.load("two-points")
    assert patterns.activation_patterns(S.X, [[0.3, -0.15], [0.3, 0.15]]).tolist() == [
        [False, True],
        [True, True],
    ]
    assert patterns.activation_points([[0.3, -0.15], [0.3, 0.15]]) == pytest.approx([0.5, -0.5])
    assert len(patterns.enumerate_patterns(S.X)) == 4


def test_the_animation_has_the_published_frames_and_losses(one_neuron):
    S, frames = experiments.run("one neuron")
    assert (
        len(frames) == 229
        and frames.step[:3].tolist() == [0, 7, 14]
        and frames.step[-2:].tolist() == [1589, 1595]
    )
    for t, loss in ANIMATION.items():
        assert frames.fit[frames.step == t] == pytest.approx(loss, abs=5e-5)
        assert one_neuron[1].fit[t] == pytest.approx(loss, abs=5e-5)
    assert frames.fit[frames.step == 1449] > 5e-5


def test_the_pattern_switches_once_and_the_neuron_ends_at_its_kink(one_neuron):
    S, run = one_neuron
    D = run.patterns(S.X)[:, 0]
    assert D[:372].tolist() == [[False, True]] * 372 and D[372:].all()
    assert run.fit[-1] == pytest.approx(1.16e-5, abs=5e-8)
    assert patterns.activation_points(run.W[-1])[0] == pytest.approx(-1.374, abs=5e-4)
    slope = run.W[:, 0, 0] * run.alpha[:, 0]
    assert [slope.min(), slope.max()] == pytest.approx([0.3, 0.763], abs=5e-4)


def test_gradient_descent_tells_the_same_story_later():
    S, run = experiments.run("one neuron", train.gradient_descent, steps=5100, record_every=1)
    assert run.patterns(S.X)[:, 0, 0].argmax() == 492 and (run.fit < 5e-5).argmax() == 5033


def test_with_its_first_pattern_the_neuron_would_stop_at_an_eighth():
    S = data.load("two-points")
    assert convex.solve(S.X, S.y, 0, [[0, 1]]).objective / 2 == pytest.approx(0.125, abs=1e-6)
    assert convex.solve(S.X, S.y, 0, [[1, 1]]).objective == pytest.approx(0, abs=1e-6)


def test_the_player_shows_the_rescaled_slope(one_neuron):
    S, run = one_neuron
    player = figures.fitting(S, {"Adam": run})
    height = player.triangles[0].y[:, 0]
    assert [height.min(), height.max()] == pytest.approx([0.2, 0.4])
    assert player.captions[378] == "step 378: Adam 0.1260 (1, 1)"
    assert player.triangles[0].x[0] == pytest.approx(0.5)


def test_ten_half_lines_have_eight_patterns():
    X = data.load("four-positions").X
    points, right = geometry.drawn_half_lines(X[:, 0])
    D = patterns.activation_patterns(X, geometry.half_lines(points, right))
    pairs = [
        (i + 1, j + 1) for i, j in itertools.combinations(range(10), 2) if (D[i] == D[j]).all()
    ]
    assert len(points) == 10 and right.tolist() == [False, True] * 5 and pairs == [(1, 10), (2, 9)]
    assert not D[0].any() and D[1].all()
    assert {tuple(row) for row in D} == {tuple(row) for row in patterns.enumerate_patterns(X)}


def test_the_middle_points_alone_need_another_dimension():
    X = data.load("four-positions").X
    assert [0, 1, 1, 0] not in patterns.enumerate_patterns(X).astype(int).tolist()
    curved = patterns.enumerate_patterns(np.column_stack([X[:, 0] ** 2, X])).astype(int).tolist()
    assert len(curved) == 14 and [0, 1, 1, 0] in curved


def test_half_lines_bend_at_their_activation_point_and_refuse_crowded_points():
    W = geometry.half_lines([0.4, -1.0], [True, False])
    assert patterns.activation_points(W) == pytest.approx([0.4, -1.0])
    assert patterns.activation_patterns(data.with_bias([-2.0, 2.0]), W).tolist() == [
        [False, True],
        [True, False],
    ]
    with pytest.raises(ValueError, match="x must hold"):
        geometry.drawn_half_lines([0, 0.5])
    with pytest.raises(ValueError, match="right"):
        geometry.half_lines([0.4], [True, False])


def test_the_hemisphere_shows_half_of_the_cells():
    X = np.random.default_rng(5).standard_normal((6, 3))
    W = geometry.hemisphere(X[0], 300).reshape(-1, 3)
    W = W[~np.isnan(W[:, 0])]
    assert np.linalg.norm(W, axis=1) == pytest.approx(1) and (W @ X[0] >= -1e-12).all()
    assert len(np.unique(W @ X[1:].T >= 0, axis=0)) == patterns.count_patterns(X) // 2
    with pytest.raises(ValueError, match="zero"):
        geometry.hemisphere(np.zeros(3))


def test_the_numbers_of_patterns_the_page_quotes():
    assert patterns.cover_count(100, 10) == pytest.approx(3.84e12, rel=1e-3)
    assert patterns.article_bound(100, 10) == pytest.approx(3.98e15, rel=2e-3)
    assert patterns.cover_count(100, 50) * 2 == 2**100
    assert patterns.cover_count(100, 28) < 1e25 <= patterns.cover_count(100, 29)


def test_normalised_neurons_need_one_factor_for_all_patterns():
    rng = np.random.default_rng(1)
    X, w = rng.standard_normal((9, 3)), rng.standard_normal(3)
    C = X - X.mean(axis=0)
    U = np.column_stack([np.linalg.svd(C, full_matrices=False)[0], np.full(9, 1 / 3)])
    output = np.maximum(0.5 * C @ w / np.linalg.norm(C @ w) + 0.2 / 3, 0)
    D = output > 0
    fit = np.linalg.lstsq(D[:, None] * U, output, rcond=None)[0]
    assert D[:, None] * U @ fit == pytest.approx(output, abs=1e-12)
    own = np.linalg.svd(D[:, None] * X, full_matrices=False)[0]
    assert np.linalg.norm(output - own @ (own.T @ output)) > 0.01


def test_distinct_neurons_counts_a_split_neuron_once_and_opposite_signs_twice():
    W = np.array([[1.0, 2.0], [2.0, 4.0], [1.0, 2.0], [1.0, -2.0], [1e-9, 0.0]])
    assert networks.distinct_neurons(W, np.array([1.0, 0.5, -1.0, 1.0, 1.0])) == 3
    assert networks.distinct_neurons(np.zeros((0, 2)), np.zeros(0)) == 0


def test_the_gated_bracket_is_as_loose_as_the_page_says():
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((20, 3)), rng.standard_normal(20)
    X, y = X[:12], y[:12]
    lam, D = 0.1 * convex.lambda_max(X, y), patterns.enumerate_patterns(X)
    for tol in (1e-6, 1e-9):
        lower = gated.solve(X, y, lam, D, tol)
        assert lower.objective == pytest.approx(3.41, abs=0.01)
        assert convex.solve(X, y, lam, D, tol).objective == pytest.approx(6.04, abs=0.01)
        assert gated.decompose(X, y, lower).objective == pytest.approx(214.47, abs=0.05)


def test_a_split_is_the_shortest():
    # One point, x = 1: the cone of "active" is u >= 0, so w = 2 is u = 2 alone, and w = -3 is v = 3 alone.
    relaxed = gated.Gated(
        np.array([[2.0], [-3.0]]), np.ones((2, 2), bool), 0.1, 1.0, 0.0, 1.0, False
    )
    split = gated.decompose([[1.0], [1.0]], [1.0, 2.0], relaxed)
    assert split.U.ravel() == pytest.approx([2, 0], abs=1e-6) and split.V.ravel() == pytest.approx(
        [0, 3], abs=1e-6
    )
    flat = gated.Gated(np.array([[2.0]]), np.ones((1, 2), bool), 0.1, 1.0, 0.0, 1.0, False)
    with pytest.raises(ValueError, match="interior"):
        gated.decompose([[1.0], [-1.0]], [1.0, 2.0], flat)


def test_the_cost_of_the_exact_program_counts_its_numbers():
    small, large = performance.costs([(5, 2), (6, 3)])
    assert (small.P, small.unknowns, small.inequalities) == (10, 40, 100)
    assert (large.P, large.unknowns, large.inequalities) == (32, 192, 384)
    assert small.listing > 0 and large.solving > 0 and large.interior > 0


def test_columns_of_the_small_problems_have_norm_one_and_labels_are_signs():
    for X, y in performance.small_problems().values():
        assert np.linalg.norm(X, axis=0) == pytest.approx(1) and set(y) == {-1.0, 1.0}


@pytest.mark.parametrize("adam", [False, True])
def test_stochastic_with_one_batch_is_full_batch_training(monkeypatch, adam):
    monkeypatch.setattr(performance, "BATCHES", 1)
    rng = np.random.default_rng(3)
    X, y, lam = rng.standard_normal((9, 2)), rng.standard_normal(9), 0.01
    runs = performance.stochastic(
        X, y, np.array([lam]), 5, [0.02], 25, np.random.default_rng(0), seeds=1, adam=adam
    )
    start = np.random.default_rng(0)
    W, alpha = start.standard_normal((5, 2)) / np.sqrt(2), start.standard_normal(5) / np.sqrt(5)
    optimiser, step = (train.adam, 0.02) if adam else (train.gradient_descent, 0.01)
    same = optimiser(X, y, W, alpha, step=step, steps=25, lam=lam, reduction="mean")
    assert runs.objective[0, 0] == pytest.approx(same.loss / 2, rel=1e-5)
    assert runs.passes.tolist() == list(range(26))


def test_the_augmented_lagrangian_reaches_the_certified_optimum():
    rng = np.random.default_rng(4)
    X, y, lams = rng.standard_normal((15, 3)), rng.standard_normal(15), np.array([0.003, 0.03, 3.0])
    D = patterns.sample_patterns(X, 20, rng)
    runs = performance.augmented_lagrangian(X, y, lams, D, 6000, inner=200)
    for k, lam in enumerate(lams):
        exact = convex.solve(X, y, 15 * lam, D)
        assert exact.converged and runs.objective[k, 0, -1] == pytest.approx(
            exact.objective / 30, rel=1e-2
        )


def test_success_and_both_timing_rules_on_made_up_runs():
    losses = np.array([[[8.0, 3.0, 1.0, 2.0], [8, 8, 2, 1.5]]])
    falling = performance.Runs(np.array([0, 10, 20, 30]), np.arange(4), losses)
    stuck = performance.Runs(np.arange(4), np.arange(4), np.array([[[4.0, 2.5, 2.1, np.inf]]]))
    results = [{"falling": falling, "stuck": stuck}]
    needed = performance.solved(results, 1.0)
    assert needed["falling"].tolist() == [20] and needed["stuck"].tolist() == [np.inf]
    assert performance.solved(results, 2.0)["stuck"].tolist() == [1]
    assert performance.solved(results, 2.0, "minimum")["stuck"].tolist() == [2]
    assert performance.solved(results, 0.6, "minimum")["falling"].tolist() == [20]
    assert performance.solved(results, 0.6, work="passes")["falling"].tolist() == [2]
    for rule, work, name in (("last", "passes", "rule"), ("first", "seconds", "work")):
        with pytest.raises(ValueError, match=name):
            performance.solved(results, 1.0, rule, work)


def test_sampled_patterns_miss_the_optimum_until_they_are_most_of_all():
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((20, 3)), rng.standard_normal(20)
    lam = 0.01 * convex.lambda_max(X, y)
    best = convex.solve(X, y, lam)
    found = {
        k: convex.solve(X, y, lam, patterns.sample_patterns(X, k, np.random.default_rng(0)))
        for k in (10, 1000)
    }
    assert best.converged and len(best.patterns) == 382 and all(s.converged for s in found.values())
    assert found[10].objective > 1.3 * best.objective
    assert found[1000].objective == pytest.approx(best.objective, rel=1e-4)


def test_the_numbers_of_parameters_the_page_quotes():
    assert 2 * 10 * patterns.cover_count(100, 10) == pytest.approx(7.7e13, rel=5e-3)
    assert patterns.cover_count(100, 5) == pytest.approx(8.0e6, rel=0.02)


@pytest.mark.parametrize("tol", [1e-8, 1e-10])
def test_the_neurons_of_a_minimal_optimum_do_not_depend_on_the_tolerance(tol):
    def count(X, s, least):
        return networks.distinct_neurons(*networks.prune(X, *s.to_network()), least)

    S = data.load("teaser")
    lams = convex.lambda_max(S.X, S.y) * np.array([0.0003, 0.001, 0.002, 0.5, 1])
    path = convex.path(S.X, S.y, lams, tol=tol)
    assert [count(S.X, s, least) for s in path for least in (1e-3, 1e-4)] == [
        10,
        10,
        8,
        8,
        4,
        4,
        1,
        1,
        0,
        0,
    ]
    for seed, counts in (
        (1, [7, 5, 5, 2, 1, 1]),
        (7, [4, 3, 2, 3, 1, 1]),
        (13, [4, 4, 5, 5, 3, 2]),
    ):
        rng = np.random.default_rng(seed)
        X, y = rng.standard_normal((8, 3)), rng.standard_normal(8)
        lams = np.array([0.01, 0.03, 0.1, 0.2, 0.4, 0.8]) * convex.lambda_max(X, y)
        path = convex.path(X, y, lams, tol=tol)
        assert [[count(X, s, least) for s in path] for least in (1e-2, 1e-4)] == [counts] * 2


def test_every_vertex_of_the_optimal_set_has_as_many_neurons():
    S = data.load("teaser")
    rng = np.random.default_rng(0)
    for share, size in ((0.0003, 10), (0.001, 8), (0.002, 4)):
        optimum = convex.solve(S.X, S.y, share * convex.lambda_max(S.X, S.y), tol=1e-10)
        W, alpha = optimum.to_network()
        sizes = np.abs(alpha) * np.linalg.norm(W, axis=1)
        F = np.sign(alpha) * np.maximum(S.X @ (W / np.linalg.norm(W, axis=1)[:, None]).T, 0)
        for _ in range(10):  # a vertex, the optimum of a linear program with random costs
            vertex = linprog(
                rng.standard_normal(len(sizes)),
                A_eq=np.vstack([F, np.ones(len(sizes))]),
                b_eq=np.r_[F @ sizes, sizes.sum()],
            ).x
            assert np.sum(vertex > 1e-5 * vertex.max()) == size


def test_the_exact_optima_of_the_profile_are_certified_and_tell_both_stories():
    lams = np.logspace(-5, -1, 6)
    optima, certified = performance.exact(lams)
    results = performance.race(lams, evaluations=100)
    ratios = np.array([performance.best_found(runs) / best for runs, best in zip(results, optima)])
    assert certified and ratios.shape == (6, 6)
    assert (ratios[:, 0] > 1.05).all() and ratios[:, -1] == pytest.approx(1, abs=0.01)
    loose, strict = (performance.solved(results, 1.0, known=known) for known in (None, optima))
    assert all((loose[name] <= strict[name]).all() for name in loose)
    assert sum(np.isfinite(strict["SGD"])) < sum(np.isfinite(loose["SGD"]))


def test_the_speed_figure_draws_a_bar_a_number_and_says_why_one_is_missing(tmp_path):
    rows = [
        {
            "data": "20x3",
            "ours": 1e6,
            "scipy_incremental": 5000.0,
            "relucent_search": "not installed",
        },
        {"data": "60x3", "ours": 2e6, "scipy_incremental": 8000.0, "relucent_search": 400.0},
    ]
    (tmp_path / "patterns.json").write_text(json.dumps({"other tools": rows}))
    ax = figures.speed(tmp_path / "patterns.json").axes[0]
    assert sorted(bar.get_width() for bar in ax.patches) == [200, 250, 5000, 1e6, 2e6]
    assert [text.get_text().strip() for text in ax.texts] == ["not installed"]


def test_what_the_solvers_benchmark_recorded_is_drawn_against_the_proven_bound(tmp_path):
    def record(method, **rest):
        return {"instance": "sine-10", "share": 0.01, "method": method, "patterns": 20} | rest

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
    path.write_text(json.dumps(rows))
    shown = benchmarks.table(path)
    assert shown.head == ["problem, patterns", "working set", "CLARABEL", "ECOS", "QOCO", "Adam"]
    assert shown.rows == [
        ["sine, 20", "gap 1e-07", "4 x, 9e-02", "slower", "over 60 s", "10 x, -5.0%"]
    ]
    fig = benchmarks.gaps(path, 0.01)
    points = {line.get_label(): line.get_xydata().ravel() for line in fig.axes[0].lines[:2]}
    assert (
        points["CLARABEL"] == pytest.approx([0.4, (0.2 + 2e-7) / 2.2])
        and points["working set"][1] < 1e-6
    )
    assert (
        "CLARABEL on 1, largest gap 9e-02, up to 4 x the time" in fig.alt and "QOCO" not in fig.alt
    )


def test_the_race_of_searched_patterns_is_told_by_its_record(tmp_path):
    drawn = {
        "500": {"objective": 13.0, "patterns": 490},
        "1000000": {"objective": 11.0, "patterns": 10**6},
    }
    problem = {
        "adam": {"time": [0, 10, 20], "objective": [20, 10.5, 10.2]},
        "adaptive": {"time": [0, 1, 2, 3], "objective": [20, 11, 10.1, 10]},
        "sampled": drawn,
    }
    path = tmp_path / "adaptive.json"
    lost = problem | {"adam": {"time": [0, 1], "objective": [20, 9]}}
    path.write_text(json.dumps({"diabetes": problem, "random": lost}))
    assert benchmarks.race_table(path).rows == [
        ["diabetes", "+30.0%", "+10.0%", "+2.00%", "10%"],
        ["random", "+30.0%", "+10.0%", "-10.00%", "never"],
    ]
    assert benchmarks.largest_sample(path, "random") == (10**6, 11)
    left, right = benchmarks.race(path).axes
    assert (
        left.lines[0].get_ydata() == pytest.approx([1, 0.05, 0.02])
        and right.lines[2].get_ydata()[-1] > 0.1
    )
    assert [line.get_ydata()[0] for line in left.lines[4:]] == pytest.approx([0.3, 0.1])
