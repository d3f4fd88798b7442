"""Section Activation patterns are not a constant: the optimum of the patterns a network has now."""

import cvxpy as cp
import numpy as np
import pytest

from helpers import convex, experiments, train
from helpers.figures import moving_patterns as figures
from helpers.sections import moving_patterns


@pytest.fixture(scope="module")
def plane():
    """Data, run, and the mean of y^2, to which the article's losses are relative."""
    S, run = experiments.run("plane")
    return S, run, np.mean(S.y**2)


def small_problem(seed, n=12, d=3, m=5):
    """X, y, and the patterns and signs of a random network."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d))
    y = rng.standard_normal(n)
    W, alpha = train.uniform_network(m, d, 1.0, rng)
    return X, y, W @ X.T >= 0, alpha


# The optimum of the current patterns


def stated_neuron_by_neuron(X, y, D, signs):
    """The program of own signs, solved by another solver: (value, sum_i ||u_i||)."""
    U = [cp.Variable(X.shape[1]) for _ in D]
    outputs = [X @ u for u in U]
    total = 0
    cones = []
    for output, row, sign in zip(outputs, D, signs, strict=True):
        total += sign * cp.multiply(row.astype(float), output)
        cones.append(cp.multiply(2.0 * row - 1, output) >= 0)
    problem = cp.Problem(cp.Minimize(cp.sum_squares(total - y)), cones)
    problem.solve(solver=cp.SCS, eps=1e-7, max_iters=50000)
    return problem.value, sum(np.linalg.norm(u.value) for u in U)


@pytest.mark.parametrize("seed", range(6))
def test_own_signs_is_the_limit_of_the_certified_program(seed):
    X, y, D, alpha = small_problem(seed)
    signs = np.sign(alpha)
    value = moving_patterns.own_signs(X, y, D, alpha) * len(y)
    other_value, norms = stated_neuron_by_neuron(X, y, D, signs)
    assert value == pytest.approx(other_value, rel=1e-4, abs=1e-5)
    lam = 1e-4 * np.linalg.norm(X.T @ y)
    certified = convex.solve(X, y, lam, D, signs=signs)
    misfit = np.sum((certified.predict(X) - y) ** 2)
    assert value <= misfit + 1e-6  # no point is better than the optimum without decay
    assert certified.lower_bound - 1e-6 <= value + 2 * lam * norms


@pytest.mark.parametrize("seed", range(4))
def test_both_signs_need_no_constraints(seed):
    X, y, D, _ = small_problem(seed, n=20)
    U = cp.Variable((len(D), 3))
    V = cp.Variable((len(D), 3))
    total = 0
    cones = []
    for i, row in enumerate(D):
        total += cp.multiply(row.astype(float), X @ (U[i] - V[i]))
        cones += [cp.multiply(2.0 * row - 1, X @ side[i]) >= 0 for side in (U, V)]
    program = cp.Problem(cp.Minimize(cp.sum_squares(total - y)), cones)
    oracle = program.solve(solver=cp.CLARABEL) / len(y)
    assert moving_patterns.both_signs(X, y, D) == pytest.approx(oracle, rel=1e-5, abs=1e-8)


def test_repeated_neurons_change_nothing():
    X, y, D, alpha = small_problem(9)
    once = moving_patterns.own_signs(X, y, D, alpha)
    twice = moving_patterns.own_signs(X, y, np.vstack([D, D]), np.tile(alpha, 2) * 7)
    assert twice == pytest.approx(once)


def test_labels_of_zero_are_met():
    X, y, D, alpha = small_problem(9)
    assert abs(moving_patterns.own_signs(X, 0 * y, D, alpha)) < 1e-9
    assert moving_patterns.both_signs(X, 0 * y, D) < 1e-20


def test_bad_input_is_refused():
    X, y, D, alpha = small_problem(0)
    with pytest.raises(ValueError, match="D must have shape"):
        moving_patterns.own_signs(X, y, D.T, alpha)
    with pytest.raises(ValueError, match="alpha"):
        moving_patterns.own_signs(X, y, D, alpha[1:])
    with pytest.raises(ValueError, match="signs"):
        moving_patterns.along(*experiments.run("plane", steps=1), signs="mine")


# The article's run


def test_the_fewest_patterns_come_at_step_128(plane):
    S, run, _ = plane
    counts = run.pattern_counts(S.X)
    assert (counts[:26] == 20).all()
    assert counts[26] == 19
    assert counts.min() == 3
    assert counts.argmin() == 128


def test_the_losses_are_the_articles(plane):
    _, run, scale = plane
    assert run.fit[0] == pytest.approx(0.69449, abs=5e-6)
    loss = run.fit / scale
    np.testing.assert_allclose(loss[[110, 175]], [0.5, 0.025], rtol=5e-3)
    assert loss[441] == pytest.approx(2.6e-4, rel=0.01)


def test_the_dashes_are_the_articles(plane):
    S, run, scale = plane
    first = [
        moving_patterns.own_signs(S.X, S.y, D, alpha) / scale
        for D, alpha in zip(run.patterns(S.X)[:8], run.alpha[:8], strict=True)
    ]
    read = [0.0977, 0.0567, 0.0546, 0.0503, 0.0485, 0.0454, 0.0361, 0.0261]
    np.testing.assert_allclose(first, read, rtol=6e-3)
    beaten = experiments.reached(run, first[0] * scale)
    assert run.step[beaten] == 147


@pytest.mark.parametrize("step, value", [(95, 3.03e-3), (143, 4.60e-2), (441, 3.4e-5)])
def test_the_optimum_falls_and_rises_below_the_loss(plane, step, value):
    S, run, scale = plane
    D = run.patterns(S.X)[step]
    own = moving_patterns.own_signs(S.X, S.y, D, run.alpha[step]) / scale
    assert own == pytest.approx(value, rel=0.01)
    assert own < run.fit[step] / scale


def test_optima_along_a_run_are_those_of_each_step(plane):
    S, run, _ = plane
    own = moving_patterns.along(S, run, every=40)
    both = moving_patterns.along(S, run, "both", every=40)
    assert own.programs <= len(own.values) == len(both.values) == 12
    for k in (0, 5, 11):
        D = run.patterns(S.X)[40 * k]
        alone = moving_patterns.own_signs(S.X, S.y, D, run.alpha[40 * k])
        assert own.values[k] == pytest.approx(alone, rel=1e-6)
        alone = moving_patterns.both_signs(S.X, S.y, D)
        assert both.values[k] == pytest.approx(alone, rel=1e-9, abs=1e-20)
    assert (both.values <= own.values + 1e-9).all()
    assert (own.values < run.fit[::40]).all()


def test_with_both_signs_the_optimum_is_zero_at_first(plane):
    S, run, scale = plane
    both = moving_patterns.along(S, run, "both").values / scale
    assert both[:57].max() < 1e-20
    assert both[57] > 1e-6
    np.testing.assert_allclose(both[[100, 143]], [5.0e-3, 1.6e-2], rtol=0.02)


def test_seeds_draw_data_and_network_anew(plane):
    S, run, scale = plane
    study = moving_patterns.over_seeds([0, 4], every=147)
    assert study.loss.shape == (2, 443)
    assert study.own.shape == study.both.shape == (2, 4)
    np.testing.assert_array_equal(study.counts[1], run.pattern_counts(S.X))
    np.testing.assert_array_equal(study.loss[1], run.fit / scale)
    assert study.beaten[1] == 147
    assert np.abs(study.loss[0] - study.loss[1]).max() > 0.01
    assert study.counts[:, 0].tolist() == [20, 20]
    assert study.both[:, 0].max() < 1e-20
    words = figures.one_seed(study, 4).alt
    assert "seed 4: 20 patterns at the start, 4 at step 300" in words
    assert words.endswith("is beaten at step 147")


def test_every_stretch_of_one_optimum_is_a_dash():
    step = np.arange(6)
    own = np.array([0.5, 0.5, 0.2, 0.2, 0.2, 0.1])
    fig = figures.against_optimum(step, own + 0.1, own)
    (dashes,) = fig.axes[0].collections
    ends = [(segment[:, 0].tolist(), segment[0, 1]) for segment in dashes.get_segments()]
    assert ends == [([-3, 4], 0.5), ([-1, 7], 0.2), ([2, 8], 0.1)]
