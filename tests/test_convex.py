"""The convex program's public functions against independent models."""

import cvxpy as cp
import numpy as np
import pytest

from helpers import convex, data, networks, train
from helpers.loss import loss
from helpers.patterns import activation_patterns, enumerate_patterns, sample_patterns
from helpers.solver.solution import Reason
from tests.solver.judge import judge


def model(X, y, lam, D):
    """The convex program written pattern by pattern, with another solver than the helper's."""
    fit = 0
    penalty = 0
    constraints = []
    for row in D:
        u = cp.Variable(X.shape[1])
        v = cp.Variable(X.shape[1])
        fit = fit + (row[:, None] * X) @ (u - v)
        penalty = penalty + cp.norm(u) + cp.norm(v)
        cone = np.where(row, 1, -1)[:, None] * X
        constraints += [cone @ u >= 0, cone @ v >= 0]
    problem = cp.Problem(cp.Minimize(cp.sum_squares(fit - y) + 2 * lam * penalty), constraints)
    return problem.solve(solver=cp.SCS, eps=1e-8, max_iters=200_000)


@pytest.mark.parametrize("seed, n, d", [(0, 4, 1), (1, 6, 2), (2, 5, 3), (3, 2, 3), (4, 12, 2)])
def test_agrees_with_an_independent_model(seed, n, d):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d))
    y = rng.standard_normal(n)
    lam = 0.1 * convex.lambda_max(X, y)
    solution = convex.solve(X, y, lam)
    assert solution.converged and solution.gap <= 1e-6
    optimum = model(X, y, lam, enumerate_patterns(X))
    assert solution.objective == pytest.approx(optimum, abs=1e-6 * (y @ y))
    network = loss(X, y, *solution.to_network(), lam)
    assert network == pytest.approx(solution.objective, rel=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_no_network_beats_the_lower_bound(seed):
    rng = np.random.default_rng(seed)
    X = data.with_bias(rng.uniform(-1, 1, 6))
    y = rng.standard_normal(6)
    lam = 0.05
    solution = convex.solve(X, y, lam)
    network = train.uniform_network(30, 2, 0.5, rng)
    run = train.gradient_descent(X, y, *network, step=5e-3, steps=4000, lam=lam, record_every=4000)
    assert run.loss[-1] >= solution.lower_bound > 0.9 * solution.objective
    certificate = convex.certify(X, y, *run.final, lam)
    assert certificate.loss == pytest.approx(run.loss[-1])
    assert certificate.lower_bound <= certificate.local_optimum <= certificate.loss * (1 + 1e-9)


def test_zero_from_lambda_max_on_and_not_below():
    S = data.load("teaser")
    square = S.y @ S.y
    top = convex.lambda_max(S.X, S.y)
    assert convex.solve(S.X, S.y, 1.0001 * top).objective == pytest.approx(square, rel=1e-12)
    assert convex.solve(S.X, S.y, 0.99 * top).objective < square * (1 - 1e-6)


def test_one_neuron_per_sign_closed_form():
    # x = (-1, 1): each cone fits one point, min (u - y)^2 + 2 lam u, so u = y - lam
    S = data.load("landscape")
    lam = 0.2
    least = sum(2 * lam * S.y - lam**2)
    assert convex.solve(S.X, S.y, lam).objective == pytest.approx(least, rel=1e-8)


def test_signs_fix_the_second_layer():
    X = np.array([[1.0], [2.0]])
    y = np.array([-1.0, -2.0])
    active = [[1, 1]]
    assert convex.solve(X, y, 0.0, active, signs=[1]).objective == pytest.approx(5)
    assert convex.solve(X, y, 0.0, active, signs=[-1]).objective == pytest.approx(0, abs=1e-8)


def test_signs_of_all_patterns_in_their_order():
    rng = np.random.default_rng(3)
    X = rng.standard_normal((8, 3))
    y = rng.standard_normal(8)
    D = enumerate_patterns(X)
    signs = rng.choice([-1, 1], len(D))
    listed = convex.solve(X, y, 0.1, D, signs=signs)
    assert convex.solve(X, y, 0.1, signs=signs).objective == listed.objective
    assert not listed.U[signs < 0].any() and not listed.V[signs > 0].any()


def test_degenerate_data():
    X = np.array([[0.0, 0], [1, 1], [1, 1], [-2, -2]])
    y = np.array([1.0, 2, 1, 3])
    solution = convex.solve(X, y, 0.1)
    assert solution.converged
    network = loss(X, y, *solution.to_network(), 0.1)
    assert network == pytest.approx(solution.objective)
    assert convex.solve(X, 0 * y, 0.1).objective == 0
    scaled = convex.solve(X * [1e-6, 1e6], y, 0.1)
    assert 0 < scaled.lower_bound <= scaled.objective <= y @ y


def test_degenerate_ends():
    X = np.array([[1.0, 2], [3, -1], [0.5, 1]])
    y = np.array([1.0, -1, 2])
    none = convex.solve(X, y, 0.1, np.zeros((0, 3), bool))
    assert none.objective == none.lower_bound == y @ y and none.gap == 0 and none.converged
    assert convex.lambda_max(X, y, np.zeros((0, 3), bool)) == 0
    assert convex.solve(X, 0 * y, 0.0).objective == 0
    assert convex.solve(0 * X, y, 0.1).objective == y @ y
    top = convex.lambda_max(X, y)
    for share in (1, 1.5, 1e6):
        zero = convex.solve(X, y, share * top)
        assert zero.objective == y @ y and zero.gap == 0 and zero.converged and not zero.U.any()
    one = convex.solve(X, y, 0.1, [[1, 1, 1]])
    assert one.converged and one.U.shape == (1, 2)
    twice = convex.solve(X, y, 0.1, [[1, 1, 1], [1, 1, 1]])
    assert twice.objective == pytest.approx(one.objective, rel=1e-6)


def test_a_search_of_a_trivial_program_is_proved():
    many = np.random.default_rng(0).standard_normal((60, 9))  # far more patterns than are listed
    for y, lam in ((np.zeros(60), 0.1), (many[:, 0], 1e3)):
        zero = convex.search(many, y, lam)
        assert zero.objective == pytest.approx(y @ y) and zero.gap == 0 and zero.converged
        assert zero.patterns.shape == (0, 60)


def test_more_columns_than_points():
    rng = np.random.default_rng(0)
    wide = rng.standard_normal((4, 30))
    y = np.array([1.0, -2, 0.5, 1])
    solution = convex.solve(wide, y, 0.1)
    assert solution.converged and solution.U.shape[1] == 30
    network = loss(wide, y, *solution.to_network(), 0.1)
    assert network == pytest.approx(solution.objective, rel=1e-6)


def best_of_one_neuron(X, y, w, lam):
    """The least loss of a network of one neuron in the direction w."""
    f = np.maximum(X @ w, 0)
    size = max(0.0, abs(f @ y) - lam * np.linalg.norm(w)) / max(f @ f, 1e-300)
    misfit = np.sum((np.sign(f @ y) * size * f - y) ** 2)
    return misfit + 2 * lam * size * np.linalg.norm(w)


@pytest.mark.parametrize(
    "columns", [[1e-6, 1e6], [1e6, 1, 1e-6], [1e-6, 1e-6], [1e6, 1e3, 1, 1e-3]]
)
def test_columns_of_very_different_scales_never_give_a_wrong_gap(columns):
    rng = np.random.default_rng(11)
    X = rng.standard_normal((7, len(columns))) * columns
    y = rng.standard_normal(7)
    D = enumerate_patterns(X / columns)
    for share in (0.5, 1e-3, 0):
        lam = share * convex.lambda_max(X, y, D)
        solution = convex.solve(X, y, lam, D)
        network = loss(X, y, *solution.to_network(), lam)
        assert network <= solution.objective + 1e-6 * (y @ y)
        assert solution.lower_bound <= solution.objective
        assert solution.converged or str(solution.reason)
        for w in 3 * rng.standard_normal((200, len(columns))) / columns:
            assert solution.lower_bound <= best_of_one_neuron(X, y, w, lam) * (1 + 1e-9)


def test_path_decreases_and_zero_at_its_end():
    S = data.load("sine")
    lams = convex.lambda_max(S.X, S.y) * np.array([0.01, 1.0, 0.1])
    solutions = convex.path(S.X, S.y, lams)
    assert [s.lam for s in solutions] == list(lams) and all(s.converged for s in solutions)
    assert solutions[0].objective < solutions[2].objective < solutions[1].objective
    assert solutions[1].objective == pytest.approx(S.y @ S.y) and solutions[1].gap == 0
    alone = convex.solve(S.X, S.y, lams[0])
    assert solutions[0].objective == pytest.approx(alone.objective, rel=2e-6)


def test_path_down_to_no_decay():
    S = data.load("sine")
    lams = [0.01, 0.0]
    last = convex.path(S.X, S.y, lams)[1]
    assert last.lam == 0 and last.converged
    assert last.objective == pytest.approx(0, abs=2e-6 * (S.y @ S.y))


def test_polish_never_loses():
    rng = np.random.default_rng(6)
    X = rng.standard_normal((60, 8))
    y = rng.standard_normal(60)
    network = train.uniform_network(30, 8, 0.5, rng)
    run = train.adam(X, y, *network, step=1e-2, steps=300, lam=0.3, record_every=300)
    trained = loss(X, y, *run.final, 0.3)
    own = convex.polish(X, y, *run.final, 0.3, search_patterns=False)
    best = convex.polish(X, y, *run.final, 0.3)
    assert best.objective < own.objective < trained
    assert loss(X, y, *best.to_network(), 0.3) == pytest.approx(best.objective)
    assert not best.converged and best.lower_bound > 0 and best.reason is Reason.SEARCHED
    certificate = convex.certify(X, y, *run.final, 0.3, seconds=3)
    assert not certificate.proved and 0 < certificate.lower_bound < certificate.best
    assert certificate.best == pytest.approx(best.objective, rel=1e-2)


def test_polish_keeps_a_network_that_it_cannot_improve():
    rng = np.random.default_rng(16)
    X = rng.standard_normal((20, 4))
    y = rng.standard_normal(20)
    D = sample_patterns(X, 30, rng)
    exact = convex.solve(X, y, 0.1, D, tol=1e-10)
    W, alpha = exact.to_network()
    own = loss(X, y, W, alpha, 0.1)
    loose = convex.solve(X, y, 0.1, D, tol=0.3)
    assert loose.objective > own * (1 + 1e-6)  # what the tolerance alone would allow
    kept = convex.polish(X, y, W, alpha, 0.1, tol=0.3, search_patterns=False)
    assert kept.objective <= own
    assert loss(X, y, *kept.to_network(), 0.1) == pytest.approx(kept.objective, rel=1e-9)
    assert set(map(bytes, kept.patterns)) == set(map(bytes, activation_patterns(X, W)))


def test_polish_replaces_a_worse_optimum_by_the_network_merged(monkeypatch):
    S = data.load("line")
    W, alpha = convex.solve(S.X, S.y, 0.01).to_network()
    worse = convex.solve(S.X, S.y, 0.01, np.zeros((0, len(S.X)), bool))
    monkeypatch.setattr(convex, "solve", lambda *args, **settings: worse)
    kept = convex.polish(S.X, S.y, W, alpha, 0.01, search_patterns=False)
    own = loss(S.X, S.y, W, alpha, 0.01)
    assert own < worse.objective
    assert kept.objective == own
    U, V, D = networks.from_network(S.X, W, alpha)
    assert (kept.U == U).all() and (kept.V == V).all() and (kept.patterns == D).all()


def test_certificate_of_the_optimum_is_tight():
    S = data.load("line")
    best = convex.solve(S.X, S.y, 0.01)
    certificate = convex.certify(S.X, S.y, *best.to_network(), 0.01)
    assert certificate.proved and 0 <= certificate.gap < 1e-6
    assert certificate.lower_bound == pytest.approx(best.objective, rel=1e-6)


def test_certificate_of_a_good_and_a_poor_network():
    S = data.load("teaser")
    best = convex.solve(S.X, S.y, 1e-3)
    good = convex.certify(S.X, S.y, *best.to_network(), 1e-3)
    assert good.proved and good.gap < 1e-6
    assert good.stationarity < 1e-3 and good.too_few_patterns < 1e-6
    poor = convex.certify(S.X, S.y, np.array([[0.1, 0.2]]), np.array([0.3]), 1e-3)
    assert poor.stationarity > 0.1
    assert poor.loss > poor.local_optimum > poor.best >= poor.lower_bound > 0
    assert poor.gap == pytest.approx((poor.loss - poor.lower_bound) / poor.loss)
    missed = (poor.local_optimum - poor.best) / poor.loss
    assert poor.too_few_patterns == pytest.approx(missed)


@pytest.mark.parametrize("lam", [0.1, 0.0])
def test_certificate_of_a_network_with_dead_neurons(lam):
    rng = np.random.default_rng(17)
    X = rng.standard_normal((8, 3))
    y = rng.standard_normal(8)
    W = rng.standard_normal((4, 3))
    alpha = rng.standard_normal(4)
    W[0] = 0
    alpha[1] = 0
    alive = convex.certify(X, y, W[2:], alpha[2:], lam)
    certificate = convex.certify(X, y, W, alpha, lam)
    assert certificate.proved
    assert certificate.loss == pytest.approx(loss(X, y, W, alpha, lam))
    assert certificate.lower_bound == pytest.approx(alive.lower_bound, abs=1e-5 * (y @ y))
    assert certificate.lower_bound <= certificate.best <= certificate.local_optimum
    assert certificate.local_optimum <= certificate.loss


def test_the_program_of_a_networks_own_patterns_and_signs():
    rng = np.random.default_rng(18)
    X = rng.standard_normal((8, 3))
    y = rng.standard_normal(8)
    W = rng.standard_normal((6, 3))
    alpha = rng.standard_normal(6)
    own = convex.own_program(X, y, W, alpha, 0.1)
    D, signs = networks.patterns_and_signs(activation_patterns(X, W), alpha)
    judge(X, y, 0.1, own, signs)
    assert (own.patterns == D).all() and own.objective <= loss(X, y, W, alpha, 0.1)
    assert not own.U[signs < 0].any() and not own.V[signs > 0].any()


def test_one_vs_all_separates_three_clusters():
    rng = np.random.default_rng(10)
    labels = np.repeat(["a", "b", "c"], 8)
    centres = np.repeat([[0, 2], [2, -1], [-2, -1]], 8, axis=0)
    X = data.with_bias(rng.standard_normal((24, 2)) * 0.2 + centres)
    D = sample_patterns(X, 60, rng)
    classes, solutions = convex.one_vs_all(X, labels, 0.1, D)
    assert list(classes) == ["a", "b", "c"] and all(s.converged for s in solutions)
    assert (classes[np.argmax([s.predict(X) for s in solutions], axis=0)] == labels).all()
    alone = convex.solve(X, np.where(labels == "b", 1.0, -1.0), 0.1, D)
    assert solutions[1].objective == alone.objective
    loose = convex.one_vs_all(X, labels, 0.1, D, tol=0.5)[1]
    assert all(s.converged for s in loose) and max(s.gap for s in loose) > 1e-6


def test_value_and_margin_of_a_point():
    X = np.array([[1.0, 0], [0, 1]])
    y = np.array([1.0, 2])
    D = [[1, 1], [1, 0]]
    U = np.array([[3.0, 4], [0, 0]])
    V = np.array([[0.0, 0], [6, 8]])
    # the first pattern gives (3, 4), the second takes (6, 0)
    value = (3 - 6 - 1) ** 2 + (4 - 2) ** 2 + 2 * 0.5 * (5 + 10)
    assert convex.program_value(X, y, U, V, D, 0.5) == pytest.approx(value)
    assert convex.cone_margin(X, [3, 4], D[0]) == 3
    assert convex.cone_margin(X, [6, 8], D[1]) == -8
    with pytest.raises(ValueError, match=r"V must have shape \(2, 2\)"):
        convex.program_value(X, y, U, V[:1], D, 0.5)
    with pytest.raises(ValueError, match="patterns"):
        convex.program_value(X, y, U, V, None, 0.5)


GOOD = dict(X=[[1.0], [2.0]], y=[1.0, 2.0], lam=0.1)


@pytest.mark.parametrize(
    "change",
    [
        dict(lam=-1),
        dict(lam=np.nan),
        dict(y=[[1.0], [2]]),
        dict(y=[1.0]),
        dict(patterns=[[1, 1, 1]]),
        dict(patterns=[[1, 2]]),
        dict(patterns="all"),
        dict(tol=-1e-6),
        dict(seconds=-1),
        dict(progress=3),
        dict(signs=[1], patterns=[[1, 1], [0, 0]]),
        dict(signs=[1, 2], patterns=[[1, 1], [0, 0]]),
        dict(signs=[1]),
        dict(start="zero"),
    ],
)
def test_bad_input_is_refused(change):
    with pytest.raises(ValueError, match=next(iter(change))):
        convex.solve(**(GOOD | change))


@pytest.mark.parametrize(
    "call, match",
    [
        (lambda: convex.search(**GOOD, rng=0), "rng must be a numpy.random.Generator"),
        (lambda: convex.search(**GOOD, tol=np.nan), "tol"),
        (lambda: convex.one_vs_all(GOOD["X"], ["a"], 0.1), r"labels must have shape \(2,\)"),
        (lambda: convex.path(GOOD["X"], GOOD["y"], None), "lams"),
        (lambda: convex.cone_margin([[1.0]], [1.0], [2]), "pattern"),
    ],
)
def test_bad_arguments_of_the_others_are_refused(call, match):
    with pytest.raises((ValueError, TypeError), match=match):
        call()
