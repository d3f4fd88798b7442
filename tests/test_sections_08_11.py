"""What the pages on moving patterns, large and very small initialisation and the conclusion say, computed again."""

import cvxpy as cp
import numpy as np
import pytest

from helpers import convex, data, experiments, train
from helpers.drawing import runs
from helpers.drawing.table import Table
from helpers.figures import moving_patterns
from helpers.loss import predict
from helpers.patterns import activation_points
from helpers.sections import conclusion
from helpers.sections import moving_patterns as current_patterns
from helpers.sections import small_initialisation as neurons


@pytest.fixture(scope="module")
def plane():
    S, path = experiments.run("plane")
    return S, path, np.mean(S.y**2)


def small_problem(rng, n=12, d=3, m=5):
    X, y = rng.standard_normal((n, d)), rng.standard_normal(n)
    W, alpha = train.uniform_network(m, d, 1.0, rng)
    return X, y, W @ X.T >= 0, alpha


# The optimum of the current patterns


@pytest.mark.parametrize("seed", range(6))
def test_own_signs_is_the_limit_of_the_certified_program(seed):
    X, y, D, alpha = small_problem(np.random.default_rng(seed))
    value = current_patterns.own_signs(X, y, D, alpha) * len(y)
    lam = 1e-4 * np.linalg.norm(X.T @ y)
    certified = convex.solve(X, y, lam, D, signs=np.sign(alpha))
    misfit = np.sum((certified.predict(X) - y) ** 2)
    assert value <= misfit + 1e-6  # no point is better than the optimum without decay
    assert certified.lower_bound - 1e-6 <= value + 2 * lam * norms_of_a_minimiser(
        X, y, D, np.sign(alpha)
    )


def norms_of_a_minimiser(X, y, D, s):
    """sum_i ||u_i|| of the program stated neuron by neuron, solved by another solver (SCS)."""
    U = [cp.Variable(X.shape[1]) for _ in D]
    total = sum(s_i * cp.multiply(D_i.astype(float), X @ u) for s_i, D_i, u in zip(s, D, U))
    problem = cp.Problem(
        cp.Minimize(cp.sum_squares(total - y)),
        [cp.multiply(2.0 * D_i - 1, X @ u) >= 0 for D_i, u in zip(D, U)],
    )
    problem.solve(solver=cp.SCS, eps=1e-7, max_iters=50000)
    assert np.isclose(
        problem.value, current_patterns.own_signs(X, y, D, s) * len(y), rtol=1e-4, atol=1e-5
    )
    return sum(np.linalg.norm(u.value) for u in U)


@pytest.mark.parametrize("seed", range(4))
def test_both_signs_need_no_constraints(seed):
    X, y, D, _ = small_problem(np.random.default_rng(seed), n=20)
    U = [cp.Variable((len(D), 3)) for _ in range(2)]
    total = sum(cp.multiply(D_i.astype(float), X @ (U[0][i] - U[1][i])) for i, D_i in enumerate(D))
    cones = [cp.multiply(2.0 * D_i - 1, X @ side[i]) >= 0 for i, D_i in enumerate(D) for side in U]
    oracle = cp.Problem(cp.Minimize(cp.sum_squares(total - y)), cones).solve(
        solver=cp.CLARABEL
    ) / len(y)
    assert np.isclose(current_patterns.both_signs(X, y, D), oracle, rtol=1e-5, atol=1e-8)


def test_repeated_neurons_and_zero_labels_change_nothing():
    X, y, D, alpha = small_problem(np.random.default_rng(9))
    once = current_patterns.own_signs(X, y, D, alpha)
    assert np.isclose(
        once, current_patterns.own_signs(X, y, np.vstack([D, D]), np.tile(alpha, 2) * 7)
    )
    assert abs(current_patterns.own_signs(X, 0 * y, D, alpha)) < 1e-9
    assert current_patterns.both_signs(X, 0 * y, D) < 1e-20


def test_bad_input_is_refused():
    X, y, D, alpha = small_problem(np.random.default_rng(0))
    with pytest.raises(ValueError, match="D must have shape"):
        current_patterns.own_signs(X, y, D.T, alpha)
    with pytest.raises(ValueError, match="alpha"):
        current_patterns.own_signs(X, y, D, alpha[1:])
    with pytest.raises(ValueError, match="signs"):
        current_patterns.along(*experiments.run("plane", steps=1), signs="mine")


# Activation patterns are not a constant


def test_pattern_counts_of_the_article(plane):
    S, path, _ = plane
    counts = path.pattern_counts(S.X)
    read = {0: 20, 25: 20, 36: 16, 42: 13, 84: 16, 128: 3, 292: 5, 300: 4}
    assert {t: counts[t] for t in read} == read and (counts[:26] == 20).all() and counts[26] == 19
    assert counts.min() == 3 and counts.argmin() == 128
    D = path.patterns(S.X)[128]
    assert (
        counts[128]
        == len({tuple(S.X @ w >= 0) for w in path.W[128]})
        == len({tuple(row) for row in D})
    )


def test_loss_of_the_article(plane):
    _, path, scale = plane
    assert np.isclose(scale, 0.6945, atol=5e-5) and np.isclose(path.fit[0], 0.69449, atol=5e-6)
    loss = path.fit / scale
    assert np.isclose(loss[110], 0.5, rtol=5e-3) and np.isclose(loss[175], 0.025, rtol=5e-3)
    assert np.isclose(loss[441], 2.6e-4, rtol=0.01)


def test_dashes_of_the_article_and_the_crossing(plane):
    S, path, scale = plane
    first = np.array(
        [
            current_patterns.own_signs(S.X, S.y, D, alpha) / scale
            for D, alpha in zip(path.patterns(S.X)[:8], path.alpha)
        ]
    )
    assert np.allclose(
        first, [0.0977, 0.0567, 0.0546, 0.0503, 0.0485, 0.0454, 0.0361, 0.0261], rtol=6e-3
    )
    beaten = experiments.reached(path, first[0] * scale)
    assert path.step[beaten] == 147
    for t, value in ((95, 3.03e-3), (143, 4.60e-2), (441, 3.4e-5)):
        own = current_patterns.own_signs(S.X, S.y, path.patterns(S.X)[t], path.alpha[t]) / scale
        assert np.isclose(own, value, rtol=0.01) and own < path.fit[t] / scale


def test_optima_along_a_run_are_those_of_each_step(plane):
    S, path, scale = plane
    own, programs = current_patterns.along(S, path, every=40)
    both, _ = current_patterns.along(S, path, "both")
    assert programs <= len(own) == 12
    for k in (0, 5, 11):
        D, alpha = path.patterns(S.X)[40 * k], path.alpha[40 * k]
        assert np.isclose(own[k], current_patterns.own_signs(S.X, S.y, D, alpha), rtol=1e-6)
        assert np.isclose(
            both[40 * k], current_patterns.both_signs(S.X, S.y, D), rtol=1e-9, atol=1e-20
        )
    assert (both[::40] <= own + 1e-9).all() and (own < path.fit[::40]).all()
    assert (both[:57] / scale < 1e-20).all() and both[57] / scale > 1e-6
    assert np.allclose(both[[100, 143]] / scale, [5.0e-3, 1.6e-2], rtol=0.02)


def test_seeds_draw_data_and_network_anew():
    study = current_patterns.over_seeds([0, 4], every=147)
    S, path = experiments.run("plane")
    assert np.array_equal(study.counts[1], path.pattern_counts(S.X)) and study.beaten[1] == 147
    assert (study.counts[:, 0] == 20).all() and (study.both[:, 0] < 1e-20).all()
    assert study.loss.shape == (2, 443) and study.own.shape == study.both.shape == (2, 4)
    assert not np.allclose(study.loss[0], study.loss[1], rtol=1e-3)
    assert (
        "seed 4: 20 patterns at the start, 4 at step 300" in moving_patterns.one_seed(study, 4).alt
    )


# Large initialisation


def test_losses_of_the_large_scale_animation():
    S, path = experiments.run("large scale")
    assert [f"{path.fit[k]:.4f}" for k in (0, 1, 2, 3, 25, 50, 100)] == [
        "3.3537",
        "0.4325",
        "0.2625",
        "0.2267",
        "0.0308",
        "0.0062",
        "0.0011",
    ]
    printed = [f"{loss:.4f}" for loss in path.fit]
    assert path.step[printed.index("0.0000")] == 900 and path.step[-1] == 971
    assert path.changed_neurons(S.X).sum() == 14
    plain = experiments.run("large scale", lam=0.0)[1]
    assert 30 <= np.sum(plain.fit[:80].round(4) != path.fit[:80].round(4)) <= 36


def test_the_convex_optimum_of_the_line_is_one_neuron():
    S = data.load("line")
    for lam, tol in ((1e-6, 1e-4), (1e-4, 2e-4), (1e-2, 5e-3)):
        optimum = convex.solve(S.X, S.y, lam)
        assert (
            np.allclose(optimum.U.sum(axis=0), [0.6, 0.7], atol=tol)
            and np.abs(optimum.V).max() < 1e-3
        )
        W, alpha = optimum.to_network()
        assert np.sum(np.abs(alpha) > 1e-2) == 1
        assert np.isclose(activation_points(W[np.abs(alpha) > 1e-2])[0], -7 / 6, atol=5e-3)


def test_large_weights_do_not_freeze_patterns_but_balanced_ones_do():
    for scale in (3, 30):
        change = dict(scale=scale, step=1e-3 / scale**2, lam=0.0, record_every=971)
        S, drawn = experiments.run("large scale", **change)
        assert 5 <= drawn.changed_neurons(S.X).sum() <= 30
        S, balanced = experiments.run("large scale", balanced=True, **change)
        assert balanced.changed_neurons(S.X).sum() == 0
        assert np.abs(predict(S.X, balanced.W[0], balanced.alpha[0])).max() < 1e-9 * scale**2


def test_training_to_the_end_is_not_slow():
    _, path = experiments.run("large scale", lam=0.0, steps=10000, record_every=10000)
    assert path.fit[-1] < 1e-25


# Very small initialisation


def test_losses_of_the_small_scale_animation():
    _, path = experiments.run("small scale")
    read = {
        0: 0.7489,
        84: 0.7489,
        100: 0.7445,
        110: 0.6574,
        116: 0.3534,
        120: 0.1066,
        124: 0.0243,
        128: 0.0101,
        174: 0.0,
    }
    assert {t: round(path.fit[t // 2], 4) for t in read} == read and path.step[-1] == 265


def test_where_the_neurons_gather():
    S, path = experiments.run("small scale", record_every=1)
    predicted = neurons.alignment_point(S.X, S.y)
    assert np.isclose(predicted, -S.y.sum() / (S.X[:, 0] @ S.y)) and np.isclose(
        predicted, -2.2529, atol=5e-5
    )
    point, share = neurons.gathering(path)
    assert np.allclose(point[[90, 124, 140, 265]], [-2.253, -1.820, -1.326, -1.1749], atol=2e-3)
    assert np.isclose(share[265], 0.71, atol=0.01)
    right = path.W[265, :, 0] > 0
    kinks = -path.W[265, right, 1] / path.W[265, right, 0]
    assert np.isclose(share[265], np.mean(np.abs(kinks + 1.1749) < 0.05), atol=0.005)
    others = right_and_elsewhere(path.W[265], point[265])
    assert np.mean((path.W[265, others] @ S.X.T < 0).all(axis=1)) > 0.95
    assert np.abs(path.alpha[265, others]).max() < 1e-6 * np.abs(path.alpha[265]).max()
    plain = experiments.run("small scale", record_every=1, lam=0.0)[1]
    assert np.isclose(neurons.gathering(plain)[0][-1], -7 / 6, atol=1e-4)
    assert (
        path.step[np.argmax(path.fit < 0.02)] < path.step[140]
    )  # the loss is down before the column passes -1.3


def right_and_elsewhere(W, point):
    return (W[:, 0] > 0) & (np.abs(-W[:, 1] / W[:, 0] - point) >= 0.05)


def test_ten_times_smaller_weights_wait_fifteen_steps_longer():
    half = [
        np.argmax(path.fit < path.fit[0] / 2)
        for path in (
            experiments.run("small scale", scale=s, record_every=1)[1] for s in (1e-9, 1e-10)
        )
    ]
    assert half[1] - half[0] == 15


def test_two_regimes_of_the_loss():
    _, path = experiments.run("two regimes")
    assert path.W.dtype == np.float32 and path.fit[80] > 0.9 * path.fit[0] and path.fit[120] < 1e-3
    assert np.isclose((path.fit[220] / path.fit[180]) ** (1 / 40), 0.844, atol=5e-4)
    assert 1e-15 < path.fit[-1] < 1e-13 and path.fit[267] < 1e-13


def test_flips_and_growth():
    S, path = experiments.run("small scale", record_every=1)
    flips = neurons.flips(S.X, path)
    signs = np.einsum("tmd,nd->tmn", path.W, S.X) >= 0
    assert flips.sum() == sum((a != b).sum() for a, b in zip(signs, signs[1:]))
    assert 0.88 < flips[:50].sum() / flips.sum() < 0.94 and np.flatnonzero(flips)[-1] + 1 == 116
    size = np.linalg.norm(path.W, axis=2).mean(axis=1)
    assert np.isclose(size[90] / size[0], 2.4e5, rtol=0.02)


def test_from_feature_learning_to_lazy():
    S = data.load("line")
    line = convex.solve(S.X, S.y, 1e-4)
    tiny, large = (
        experiments.laziness_over_scales([scale], 100, (7, 8), line)[:, 0] for scale in (1e-6, 1.0)
    )
    assert (tiny[:, 0] > 0.25).all() and (large[:, 0] < 0.2).all()
    assert (tiny[:, 1] > 1e3).all() and (large[:, 1] < 0.1).all()
    assert (tiny[:, 2] < 1e-3).all() and (large[:, 2] > 0.1).all()


def test_a_run_is_what_its_settings_say():
    S, path = experiments.run("two regimes", m=6, balanced=True, seed=3, steps=2)
    assert np.array_equal(path.W[0, :3], path.W[0, 3:]) and np.array_equal(
        path.alpha[0, :3], -path.alpha[0, 3:]
    )
    W, alpha = train.uniform_network(3, 2, 1e-7, np.random.default_rng(3))
    assert np.array_equal(path.W[0, :3], W.astype(np.float32))
    assert np.array_equal(path.alpha[0, :3], alpha.astype(np.float32))
    start, end = experiments.at_scale(1e-3, m=50)[1].fit
    assert start > 0.1 > 1e-8 > end
    for wrong, match in ((dict(m=5, balanced=True), "even"), (dict(m=0), "m must")):
        with pytest.raises(ValueError, match=match):
            experiments.run("large scale", **wrong)
    with pytest.raises(ValueError, match="given, not drawn"):
        experiments.run("one neuron", seed=1)
    with pytest.raises(ValueError, match="seed must be None"):
        data.load("line", seed=1)


# Conclusion and figures


def test_every_local_minimum_is_the_optimum_of_its_patterns_and_signs():
    loss, own, best = conclusion.local_minima(runs=4)
    assert (
        (loss < own * (1 + 1e-3)).all()
        and (own > best * (1 - 1e-6)).all()
        and (loss > best * (1 + 1e-3)).any()
    )


def test_the_animations_carry_every_neuron():
    S, path = experiments.run("small scale", steps=20)
    player = runs.training(S, path, convex.solve(S.X, S.y, 0.02), (-3.3, 2.3), 0.4, "tiny")
    marks = player.triangles[0]
    assert marks.x.shape == (11, 1000) and np.isclose(np.nanmax(marks.y), 0.4)
    assert player.captions[0] == "step 0, loss 0.7489"
    shown = np.abs(marks.x[0]) < 2.3
    assert np.allclose(marks.x[0][shown], activation_points(path.W[0])[shown])
    figure = runs.beside_optimum(S, path, convex.solve(S.X, S.y, 0.02), title="tiny weights")
    assert f"{path.changed_neurons(S.X).sum()} of 1000 neurons changed pattern" in figure.alt


def test_a_table_is_text_and_html():
    table = Table(["a", "b"], [["1 < 2", "x"]])
    assert (
        repr(table) == "a | b\n1 < 2 | x"
        and "<td>1 &lt; 2</td>" in table._repr_mimebundle_()["text/html"]
    )
    assert "gap 1e\u201106</td>" in Table(["a"], [["gap 1e-06"]])._repr_mimebundle_()["text/html"]
