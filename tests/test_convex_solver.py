"""The solver against independent judges: cvxpy's optimum of the same program, and projections by quadratic programming."""

import cvxpy as cp
import numpy as np
import pytest

from helpers import convex, data, gated, networks, train
from helpers.loss import loss
from helpers.patterns import activation_patterns, enumerate_patterns, sample_patterns
from helpers.solver import adaptive, cones, conic, pricing, workingset


def projection(C, z):
    """The nearest point of {u : C u >= 0} by quadratic programming."""
    p = cp.Variable(len(z))
    problem = cp.Problem(cp.Minimize(cp.sum_squares(p - z)), [C @ p >= 0])
    problem.solve(solver=cp.CLARABEL, tol_gap_abs=1e-13, tol_feas=1e-12)
    return p.value


def correlation(C, z):
    """max {z'u : C u >= 0, ||u|| <= 1} through its dual, min ||z + C' mu|| over mu >= 0."""
    mu, size = cp.Variable(len(C), nonneg=True), max(np.linalg.norm(z), 1e-300)
    scale = np.maximum(np.linalg.norm(C, axis=1), 1e-300)
    cp.Problem(cp.Minimize(cp.norm(z / size + (C / scale[:, None]).T @ mu))).solve(
        solver=cp.CLARABEL
    )
    return size * np.linalg.norm(z / size + (C / scale[:, None]).T @ np.maximum(mu.value, 0))


def judge(X, y, lam, solution, signs=None):
    """Recompute what a Solution claims: its objective from cone members, its bound from a dual point checked by projections."""
    for B in (solution.U, solution.V):
        for D_i, u in zip(solution.patterns, B):
            assert (np.where(D_i, 1, -1) * (X @ u)).min() >= -1e-9 * (1 + np.abs(X @ u).max())
    fitted = sum(
        (D_i[:, None] * X) @ (u - v) for D_i, u, v in zip(solution.patterns, solution.U, solution.V)
    )
    penalty = (
        2
        * lam
        * (np.linalg.norm(solution.U, axis=1).sum() + np.linalg.norm(solution.V, axis=1).sum())
    )
    assert solution.objective == pytest.approx(
        np.sum((fitted - y) ** 2) + penalty, rel=1e-7, abs=1e-9 * (y @ y)
    )
    for i, D_i in enumerate(solution.patterns):
        for s in (1, -1) if signs is None else (signs[i],):
            h = correlation(np.where(D_i, 1, -1)[:, None] * X, s * X.T @ (D_i * solution.dual))
            assert h <= lam * (1 + 1e-6) + 1e-8 * np.linalg.norm(X) * np.linalg.norm(y)
    assert solution.lower_bound <= y @ y - np.sum((y - solution.dual) ** 2) + 1e-9 * (y @ y)
    assert solution.gap == pytest.approx(
        (solution.objective - solution.lower_bound) / solution.objective, abs=1e-9
    )


def optimum(X, y, lam, D, signs=None):
    """cvxpy's value of the program, in columns of one scale."""
    keep = np.ones((2, len(D)), bool) if signs is None else np.array([signs > 0, signs < 0])
    problem, _ = conic.program(X, y, lam, D, keep)
    return problem.solve(solver=cp.CLARABEL, tol_gap_abs=1e-11, tol_gap_rel=1e-11)


def instance(rng):
    """A small random program: often degenerate, sometimes with patterns that no weight vector meets."""
    n, d = int(rng.integers(1, 9)), int(rng.integers(1, 5))
    X, y = rng.standard_normal((n, d)), rng.standard_normal(n)
    kinks = rng.random(6)
    if n > 2 and kinks[0] < 0.3:
        X[1] = X[0]
    if n > 2 and kinks[1] < 0.3:
        X[2] = -2 * X[0]
    if kinks[2] < 0.2:
        X[0] = 0
    if d > 1 and kinks[3] < 0.2:
        X[:, 1] = X[:, 0]
    if kinks[4] < 0.2:
        X = np.round(X)
    D = (
        enumerate_patterns(X)[:40]
        if kinks[5] < 0.7
        else rng.random((int(rng.integers(1, 6)), n)) < 0.5
    )
    return X, y, D, rng.choice([-1, 1], len(D)) if rng.random() < 0.3 else None


@pytest.mark.parametrize("seed", range(40))
def test_degenerate_programs_against_cvxpy(seed):
    X, y, D, signs = instance(np.random.default_rng(seed))
    for share in (0.5, 0.03, 1e-3):
        lam = share * convex.lambda_max(X, y, D)
        solution = convex.solve(X, y, lam, D, signs=signs)
        if lam == 0:
            continue
        value = optimum(X, y, lam, D, signs)
        assert solution.converged and solution.gap <= 1e-6
        assert solution.objective == pytest.approx(value, rel=3e-6, abs=1e-8 * (y @ y))
        assert solution.lower_bound <= value + 1e-7 * (y @ y)
        assert loss(X, y, *solution.to_network(), lam) == pytest.approx(
            solution.objective, rel=1e-6
        )
    judge(X, y, lam, solution, signs)


@pytest.mark.parametrize("seed", range(12))
def test_no_regularisation_against_cvxpy(seed):
    X, y, D, signs = instance(np.random.default_rng(100 + seed))
    solution = convex.solve(X, y, 0.0, D, signs=signs)
    value = optimum(X, y, 0.0, D, signs)
    assert solution.objective == pytest.approx(value, abs=1e-6 * (y @ y))
    assert solution.lower_bound <= value + 1e-7 * (y @ y)


@pytest.mark.parametrize("compiled", [True, False])
def test_projections_against_quadratic_programming(compiled):
    rng = np.random.default_rng(1)
    X = rng.standard_normal((9, 4))
    X[3], X[4], X[5] = X[0], -X[1], 0
    D = np.vstack([enumerate_patterns(X)[::7], rng.random((3, 9)) < 0.5])
    rows, Z = cones.unit_rows(X), rng.standard_normal((len(D), 4))
    held = (cones.Polyhedra if compiled else cones.Loops)(rows, D)
    P = held.project(Z)
    for D_i, z, p in zip(D, Z, P):
        assert p == pytest.approx(projection(np.where(D_i, 1, -1)[:, None] * rows, z), abs=1e-6)
    assert held.project(P) == pytest.approx(P, abs=1e-12)
    held.project(Z)
    bases, dims = held.faces(np.arange(len(D)))
    for basis, dim, p, z in zip(
        bases, dims, P, Z
    ):  # on its face the projection is linear: p = Z_k Z_k' z
        assert basis[:dim].T @ (basis[:dim] @ z) == pytest.approx(p, abs=1e-12)
        assert basis[:dim] @ basis[:dim].T == pytest.approx(np.eye(dim), abs=1e-12)


@pytest.mark.parametrize("room", [10**6, 10**3, 0])
def test_projections_follow_a_changing_working_set(room, monkeypatch):
    monkeypatch.setattr(cones, "HELD", room)  # factors kept, given up on the way, never kept
    rng = np.random.default_rng(4)
    X = rng.standard_normal((12, 5))
    D, rows = enumerate_patterns(X)[::11], cones.unit_rows(X)
    now, rest = np.arange(0, 30), np.arange(30, 60)
    polyhedra = cones.Polyhedra(rows, D[now])
    for _ in range(6):
        Z = rng.standard_normal((len(now), 5))
        assert polyhedra.project(Z) == pytest.approx(
            cones.Loops(rows, D[now]).project(Z), abs=1e-11
        )
        stay = np.flatnonzero(rng.random(len(now)) < 0.6)
        polyhedra.select(stay)
        polyhedra.join(cones.Polyhedra(rows, D[rest[:4]]))
        now, rest = np.append(now[stay], rest[:4]), rest[4:]


def test_wedges_against_the_general_projection():
    rng = np.random.default_rng(2)
    for X in (
        rng.standard_normal((7, 2)),
        np.array([[1.0, 0], [1, 0], [-2, 0], [0, 0], [1, 1]]),
        np.zeros((2, 2)),
    ):
        D = np.vstack([enumerate_patterns(X), rng.random((20, len(X))) < 0.5])
        Z, rows = rng.standard_normal((len(D), 2)), cones.unit_rows(X)
        assert cones.Wedges(rows, D).project(Z) == pytest.approx(
            cones.Loops(rows, D).project(Z), abs=1e-11
        )


@pytest.mark.parametrize("keep", [True, False])
@pytest.mark.parametrize("n, d", [(11, 3), (16, 5)])
def test_prices_are_the_projections_lengths(n, d, keep):
    rng = np.random.default_rng(3)
    X, theta = rng.standard_normal((n, d)), rng.standard_normal(n)
    D, rows = sample_patterns(X, 300, rng), cones.unit_rows(X)
    h = np.full((len(D), 2), np.inf)

    def faces():
        factors = np.full((2, len(D) if keep else 1, 2, d, d), np.nan)
        return np.zeros((len(D), 2, d), np.int32), np.zeros((len(D), 2), np.int32), *factors, keep

    packed, columns, used = np.packbits(D, axis=1), np.ascontiguousarray(rows.T), faces()
    for other in (
        rng.standard_normal(n),
        theta + 0.1 * rng.standard_normal(n),
    ):  # where the last search begins
        pricing.price(
            packed, pricing.byte_table(X, other), rows, columns, 0.0, 0.0, True, *used, np.copy(h)
        )
    table = pricing.byte_table(X, theta)
    pricing.price(packed, table, rows, columns, 0.0, 0.0, True, *used, h)
    held = cones.Loops(rows, D)
    for s in (0, 1):
        exact = np.linalg.norm(held.project((1 - 2 * s) * (D * theta) @ X), axis=1)
        assert h[:, s] == pytest.approx(exact, abs=1e-11)
    one_sided = np.column_stack([np.full(len(D), -np.inf), np.full(len(D), np.inf)])
    pricing.price(packed, table, rows, columns, 0.0, 0.0, True, *faces(), one_sided)
    assert (one_sided[:, 0] == -np.inf).all() and one_sided[:, 1] == pytest.approx(h[:, 1])
    early = np.full((len(D), 2), np.inf)
    pricing.price(packed, table, rows, columns, 0.0, np.median(h), True, *faces(), early)
    assert (early >= h - 1e-11).all()
    assert early[h > np.median(h)] == pytest.approx(h[h > np.median(h)])


def test_many_patterns_with_and_without_a_list():
    rng = np.random.default_rng(4)
    X, y = rng.standard_normal((40, 4)), rng.standard_normal(40)
    D = enumerate_patterns(X)
    top = convex.lambda_max(X, y, D)
    listed = convex.solve(X, y, 0.05 * top, D)
    assert listed.converged
    units = convex.Units(X, y, 0.05 * top)
    streamed = workingset.optimise(units.X, units.y, units.lam, workingset.Streamed(X), 1e-6)
    assert streamed.reason == "" and streamed.objective * (y @ y) == pytest.approx(
        listed.objective, rel=2e-6
    )
    searched = convex.solve(X, y, 0.05 * top, "adaptive")
    assert searched.objective == pytest.approx(listed.objective, rel=1e-5)


def test_walks_climb_to_the_largest_correlation():
    rng = np.random.default_rng(5)
    X, theta = rng.standard_normal((25, 3)), rng.standard_normal(25)
    top = workingset.largest(X, theta, workingset.Listed(enumerate_patterns(X)))
    walks = adaptive.Walks(X, rng)
    blocks = workingset.newton.Blocks(
        X, walks.rows, cones.Polyhedra, np.zeros((0, 25)), np.zeros(0)
    )
    h, found = walks.sweep(theta, 0.0, top * (1 + 1e-9), 10, blocks)
    assert found is None and h == pytest.approx(top)


def test_a_short_training_run_gives_a_feasible_point_to_start_from():
    rng = np.random.default_rng(13)
    X, y = (
        100 * rng.standard_normal((50, 6)) * [1, 1, 1e-3, 1, 10, 1],
        1e-3 * rng.standard_normal(50),
    )
    lam = 0.02 * convex.lambda_max(X, y, sample_patterns(X, 50, rng))
    D, s, b = adaptive.trained(X, y, lam, rng)
    assert (np.where(D, 1, -1) * (b @ X.T)).min() >= -1e-9 * np.abs(b @ X.T).max()
    objective = np.sum((s @ (D * (b @ X.T)) - y) ** 2) + 2 * lam * np.linalg.norm(b, axis=1).sum()
    best = convex.solve(X, y, lam, "adaptive").objective
    assert best < objective < 1.2 * best and best < 0.9 * (y @ y)


def test_adaptive_says_that_it_proves_nothing_and_polish_never_loses():
    rng = np.random.default_rng(6)
    X, y = rng.standard_normal((60, 8)), rng.standard_normal(60)
    W, alpha = train.uniform_network(30, 8, 0.5, rng)
    network = train.adam(X, y, W, alpha, step=1e-2, steps=300, lam=0.3, record_every=300).final
    start = loss(X, y, *network, 0.3)
    own = convex.polish(X, y, *network, 0.3, adaptively=False)
    best = convex.polish(X, y, *network, 0.3)
    assert best.objective <= own.objective <= start
    assert loss(X, y, *best.to_network(), 0.3) == pytest.approx(best.objective)
    assert not best.converged and best.lower_bound == 0 and "searched" in best.reason
    certificate = convex.certify(X, y, *network, 0.3)
    assert not certificate.proved and certificate.lower_bound == 0 and certificate.gap == 1
    assert certificate.best == pytest.approx(best.objective, rel=1e-4)


def test_certificate_of_a_good_and_a_poor_network():
    S = data.load("teaser")
    good = convex.certify(S.X, S.y, *convex.solve(S.X, S.y, 1e-3).to_network(), 1e-3)
    assert (
        good.proved
        and good.gap < 1e-6
        and good.stationarity < 1e-3
        and good.too_few_patterns < 1e-6
    )
    poor = convex.certify(S.X, S.y, np.array([[0.1, 0.2]]), np.array([0.3]), 1e-3)
    assert (
        poor.stationarity > 0.1
        and poor.loss > poor.local_optimum > poor.best >= poor.lower_bound > 0
    )
    assert poor.too_few_patterns == pytest.approx((poor.local_optimum - poor.best) / poor.loss)


def test_path_decreases_and_zero_at_its_end():
    S = data.load("sine")
    lams = convex.lambda_max(S.X, S.y) * np.array([0.01, 1.0, 0.1])
    solutions = convex.path(S.X, S.y, lams)
    assert [s.lam for s in solutions] == list(lams) and all(s.converged for s in solutions)
    assert solutions[0].objective < solutions[2].objective < solutions[1].objective
    assert solutions[1].objective == pytest.approx(S.y @ S.y) and solutions[1].gap == 0
    assert solutions[0].objective == pytest.approx(
        convex.solve(S.X, S.y, lams[0]).objective, rel=2e-6
    )


def test_gated_relaxation_and_its_decomposition_bracket_the_optimum():
    rng = np.random.default_rng(7)
    X, y = rng.standard_normal((30, 5)), rng.standard_normal(30)
    D = sample_patterns(X, 25, rng)
    for share in (0.3, 0.02):
        lam = share * convex.lambda_max(X, y, D)
        relaxed, best = gated.solve(X, y, lam, D), convex.solve(X, y, lam, D)
        W = cp.Variable((len(D), 5))
        fitted = cp.sum(cp.multiply(D.T.astype(float), X @ W.T), axis=1)
        penalty = 2 * lam * cp.sum(cp.norm(W, axis=1))
        value = cp.Problem(cp.Minimize(cp.sum_squares(fitted - y) + penalty)).solve(cp.CLARABEL)
        assert relaxed.converged and relaxed.objective == pytest.approx(value, rel=1e-5)
        split = gated.decompose(X, y, relaxed)
        assert relaxed.lower_bound <= best.objective <= split.objective * (1 + 1e-6)
        assert loss(X, y, *split.to_network(), lam) == pytest.approx(split.objective)
        assert split.predict(X) == pytest.approx((D.T * (X @ relaxed.W.T)).sum(axis=1), abs=1e-6)


def test_pruning_leaves_at_most_n_neurons():
    rng = np.random.default_rng(8)
    X, y = data.with_bias(rng.uniform(-1, 1, 6)), rng.standard_normal(6)
    W, alpha = rng.standard_normal((200, 2)), rng.standard_normal(200)
    W_, alpha_ = networks.prune(X, W, alpha)
    assert len(W_) <= 6 and loss(X, y, W_, alpha_) == pytest.approx(loss(X, y, W, alpha))
    assert loss(X, y, W_, alpha_, 0.3) <= loss(X, y, W, alpha, 0.3) * (1 + 1e-12)
    X[2] = X[1]
    W_, alpha_ = networks.prune(X, W, alpha)
    assert len(W_) <= 6 and loss(X, y, W_, alpha_) == pytest.approx(loss(X, y, W, alpha))


def test_stationarity_at_a_kink_and_away_from_it():
    X, y = np.array([[1.0, -0.5], [0.0, 1.0]]), np.array([1.0, 0.1])
    W, alpha = (
        np.array([[np.sqrt(0.9), 0.0]]),
        np.array([np.sqrt(0.9)]),
    )  # Clarke stationary, and yet not optimal
    assert networks.stationarity(X, y, W, alpha, 0.1) == pytest.approx(0, abs=1e-8)
    certificate = convex.certify(X, y, W, alpha, 0.1)
    assert certificate.best < certificate.loss - 1e-3
    rng = np.random.default_rng(9)
    from helpers.loss import gradient

    W, alpha = rng.standard_normal((3, 2)), rng.standard_normal(3)
    dW, dalpha = gradient(X, y, W, alpha, 0.1)
    assert networks.stationarity(X, y, W, alpha, 0.1) == pytest.approx(
        np.sqrt(np.sum(dW**2) + np.sum(dalpha**2))
    )


def test_one_vs_all_separates_three_clusters():
    rng = np.random.default_rng(10)
    labels = np.repeat(["a", "b", "c"], 8)
    X = data.with_bias(
        rng.standard_normal((24, 2)) * 0.2 + np.repeat([[0, 2], [2, -1], [-2, -1]], 8, axis=0)
    )
    classes, solutions = convex.one_vs_all(X, labels, 0.1, sample_patterns(X, 60, rng))
    assert all(s.converged for s in solutions)
    assert (classes[np.argmax([s.predict(X) for s in solutions], axis=0)] == labels).all()


def test_degenerate_ends():
    X, y = np.array([[1.0, 2], [3, -1], [0.5, 1]]), np.array([1.0, -1, 2])
    none = convex.solve(X, y, 0.1, np.zeros((0, 3), bool))
    assert none.objective == none.lower_bound == y @ y and none.gap == 0 and none.converged
    assert (
        convex.solve(X, 0 * y, 0.0).objective == 0
        and convex.solve(0 * X, y, 0.1).objective == y @ y
    )
    top = convex.lambda_max(X, y)
    for share in (1, 1.5, 1e6):
        zero = convex.solve(X, y, share * top)
        assert zero.objective == y @ y and zero.gap == 0 and zero.converged and not zero.U.any()
    one = convex.solve(X, y, 0.1, [[1, 1, 1]])
    assert one.converged and one.U.shape == (1, 2)
    twice = convex.solve(X, y, 0.1, [[1, 1, 1], [1, 1, 1]])
    assert twice.objective == pytest.approx(one.objective, rel=1e-6)
    many = np.random.default_rng(0).standard_normal((60, 9))  # far more patterns than can be listed
    for y_, lam in ((np.zeros(60), 0.1), (many[:, 0], 1e3)):
        zero = convex.solve(many, y_, lam, "adaptive")
        assert zero.objective == pytest.approx(y_ @ y_) and zero.gap == 0 and zero.converged
    wide = np.random.default_rng(0).standard_normal((4, 30))
    assert convex.solve(wide, np.array([1.0, -2, 0.5, 1]), 0.1).converged


@pytest.mark.parametrize(
    "columns", [[1e-6, 1e6], [1e6, 1, 1e-6], [1e-6, 1e-6], [1e6, 1e3, 1, 1e-3]]
)
def test_columns_of_very_different_scales_never_give_a_wrong_gap(columns):
    rng = np.random.default_rng(11)
    X, y = rng.standard_normal((7, len(columns))) * columns, rng.standard_normal(7)
    D = enumerate_patterns(X / columns)
    for share in (0.5, 1e-3, 0):
        lam = share * convex.lambda_max(X, y, D)
        solution = convex.solve(X, y, lam, D)
        assert loss(X, y, *solution.to_network(), lam) <= solution.objective + 1e-6 * (y @ y)
        assert solution.lower_bound <= solution.objective and (
            solution.converged or solution.reason
        )
        W = 3 * rng.standard_normal((200, len(columns))) / columns
        for w in W:  # no network of one neuron, at its best size, beats the bound
            f = np.maximum(X @ w, 0)
            c = max(0.0, abs(f @ y) - lam * np.linalg.norm(w)) / max(f @ f, 1e-300)
            value = np.sum((np.sign(f @ y) * c * f - y) ** 2) + 2 * lam * c * np.linalg.norm(w)
            assert solution.lower_bound <= value * (1 + 1e-9)


def test_stopped_early_says_so_and_warm_start_goes_on():
    rng = np.random.default_rng(12)
    X, y = rng.standard_normal((60, 8)), rng.standard_normal(60)
    D = sample_patterns(X, 400, rng)
    lam, seen = 1e-3 * convex.lambda_max(X, y, D), []
    short = convex.solve(X, y, lam, D, seconds=1e-3, progress=seen.append)
    assert (
        not short.converged
        and short.reason == "time limit"
        and short.gap > 1e-6
        and seen[0]["round"] == 0
    )
    full = convex.solve(X, y, lam, D, start=short)
    assert full.converged and full.objective < short.objective
    again = []
    convex.solve(X, y, lam, D, start=full, progress=again.append)
    assert len(again) <= len(seen) + 3
    with pytest.raises(ValueError, match="start"):
        convex.solve(X[:5], y[:5], lam, D[:, :5], start=full)
    with pytest.raises(ValueError, match="patterns"):
        convex.solve(X, y, lam, "all")
    with pytest.raises(ValueError, match="too many"):
        convex.solve(rng.standard_normal((500, 9)), rng.standard_normal(500), 1.0)
    assert activation_patterns(X, full.to_network()[0]).shape[1] == 60
