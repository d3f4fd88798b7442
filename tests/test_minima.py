"""The list of local minima, held against gradient descent, perturbations and the convex solver."""

import os
from itertools import combinations

import numpy as np
import pytest

from helpers import convex, data, minima
from helpers.loss import loss, losses
from helpers.sections.local_minima import to_rest

PATIENT = (  # (share of the step, steps): what is left of a kink is below 1e-6
    (1.0, 40_000),
    (1e-1, 200_000),
    (1e-2, 200_000),
    (1e-3, 20_000),
    (1e-4, 3_000),
    (1e-5, 1_000),
    (1e-6, 1_000),
)
KINDS = {
    "a line": (5, 2, 2, 0.05, 1),
    "a line, little decay": (4, 2, 2, 0.01, 2),
    "the plane": (5, 3, 2, 0.1, 4),
    "without a bias": (4, 1, 3, 0.05, 5),
    "one neuron": (6, 3, 1, 0.1, 3),
}


def problem(n, d, share, seed):
    """Random points with a bias column (none for d = 1), labels, and lam = share * lambda_max."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (n, max(d - 1, 1)))
    X = x if d == 1 else data.with_bias(x)
    y = rng.uniform(-1, 1, n)
    return X, y, share * convex.lambda_max(X, y)


SHORT = (  # the same from close by, where a long step would leap over a wall
    (1.0, 20_000),
    (1e-1, 40_000),
    (1e-2, 40_000),
    (1e-3, 4_000),
    (1e-4, 1_000),
    (1e-5, 1_000),
    (1e-6, 1_000),
)


def at_rest(X, y, W, alpha, lam, step=0.05):
    """Ends of gradient descent whose step decays to nothing."""
    return to_rest(X, y, W, alpha, lam, step=step, phases=PATIENT)


@pytest.fixture(scope="module", params=KINDS)
def listed(request):
    n, d, width, share, seed = KINDS[request.param]
    X, y, lam = problem(n, d, share, seed)
    return X, y, lam, width, minima.local_minima(X, y, lam, width)


def test_the_loss_is_that_of_the_network(listed):
    X, y, lam, width, found = listed
    for point in found.points:
        assert point.W.shape == (width, X.shape[1])
        assert losses(X, y, point.W, point.alpha, lam) == pytest.approx(point.loss, rel=1e-7)


def test_descents_come_to_rest_only_where_the_list_says(listed):
    X, y, lam, width, found = listed
    rng = np.random.default_rng(0)
    W = rng.uniform(-1, 1, (60, width, X.shape[1]))
    ends = at_rest(X, y, W, rng.uniform(-1, 1, (60, width)), lam)
    known = np.array([point.loss for point in found.points])
    off = np.abs(ends.loss[:, None] - known).min(axis=1)
    assert off.max() < 1e-6


def test_minima_survive_perturbations_and_nothing_else_does(listed):
    X, y, lam, width, found = listed
    rng = np.random.default_rng(1)
    for kind in minima.Kind:
        points = found.of_kind(kind)[:8]
        if not points:
            continue
        W = np.repeat([point.W for point in points], 25, axis=0)
        alpha = np.repeat([point.alpha for point in points], 25, axis=0)
        W += 1e-4 * rng.standard_normal(W.shape)
        alpha += 1e-4 * rng.standard_normal(alpha.shape)
        ends = to_rest(X, y, W, alpha, lam, step=0.005, phases=SHORT).loss.reshape(-1, 25)
        change = ends - np.array([point.loss for point in points])[:, None]
        if kind is minima.Kind.MINIMUM:
            np.testing.assert_allclose(change, 0, atol=1e-6)
        else:
            assert (change.min(axis=1) < 0).all()


def test_whatever_is_no_minimum_has_a_way_down(listed):
    X, y, lam, width, found = listed
    for point in found.points:
        if point.kind is minima.Kind.MINIMUM:
            assert point.way_down is None
            continue
        W, alpha = point.way_down
        assert np.sum(W**2) + np.sum(alpha**2) == pytest.approx(1)
        ways = np.array([1e-3, 1e-4, 1e-5])
        ends = losses(
            X,
            y,
            point.W + ways[:, None, None] * W,
            point.alpha + ways[:, None] * alpha,
            lam,
        )
        begin = losses(X, y, point.W, point.alpha, lam)
        assert (ends[1:] < begin).all()


def test_the_least_is_the_optimum_where_the_width_is_enough():
    X, y, lam = problem(4, 2, 0.3, 7)
    found = minima.local_minima(X, y, lam, 3)
    best = convex.solve(X, y, lam, tol=1e-9)
    assert found.points[0].is_global
    assert found.points[0].loss == pytest.approx(best.objective, rel=1e-7)


@pytest.mark.parametrize("share", [0.3, 0.03, 0.001])
def test_every_program_is_solved_as_by_the_convex_solver(share):
    X, y, lam = problem(5, 2, share, 8)
    blocks = minima.Blocks(X, (1, -1))
    sets = np.array(list(combinations(range(len(blocks)), 3)))
    sets = np.random.default_rng(0).choice(sets, 25, replace=False)
    found = minima.solve_sets(blocks, y, lam, sets)
    for which, objective in zip(sets, found.objective, strict=True):
        signs = blocks.s[which]
        other = convex.solve(X, y, lam, blocks.D[which], 1e-9, signs)
        assert objective == pytest.approx(other.objective, rel=1e-6)


@pytest.mark.parametrize("lam", [1e-1, 1e-2, 1e-4])
def test_two_neurons_on_two_points_have_three_valleys(lam):
    S = data.load("landscape")
    found = minima.local_minima(S.X, S.y, lam, 2, signs=(1,))
    np.testing.assert_allclose(found.losses, [6 * lam, 1 + 4 * lam, 4 + 2 * lam], atol=2 * lam**2)


def test_the_fourth_value_of_the_trained_network_is_no_minimum():
    S = data.load("landscape")
    found = minima.local_minima(S.X, S.y, 1e-4, 2)
    assert len(found.losses) == 3
    assert any(point.loss == 5 for point in found.of_kind(minima.Kind.REST))


def test_with_much_decay_only_the_zero_network_is_left():
    X, y, lam = problem(5, 2, 1.01, 9)
    found = minima.local_minima(X, y, lam, 2)
    assert [point.loss for point in found.points] == [pytest.approx(y @ y)]
    assert found.points[0].is_global


DEGENERATE = {
    "a point at zero": [[0.0, 0.0], [1.0, 1.0], [-1.0, 1.0], [0.5, -2.0]],
    "duplicates": [[0.0, 1.0], [0.0, 1.0], [1.0, 1.0], [-1.0, 1.0]],
    "collinear with zero": [[1.0, 1.0], [2.0, 2.0], [-1.0, -1.0], [3.0, 3.0]],
    "opposite": [[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]],
}


@pytest.mark.parametrize("name", DEGENERATE)
def test_degenerate_data(name):
    X = np.array(DEGENERATE[name])
    y = np.random.default_rng(0).uniform(-1, 1, len(X))
    lam = 0.05 * convex.lambda_max(X, y)
    found = minima.local_minima(X, y, lam, 2)
    rng = np.random.default_rng(0)
    W = rng.uniform(-1, 1, (40, 2, 2))
    ends = at_rest(X, y, W, rng.uniform(-1, 1, (40, 2)), lam, step=0.01)
    known = np.array([point.loss for point in found.points])
    assert np.abs(ends.loss[:, None] - known).min(axis=1).max() < 1e-6
    assert found.largest_gap < 1e-6


def test_both_cores_take_part(monkeypatch):
    workers = []
    real = minima.ThreadPoolExecutor

    def counted(count):
        workers.append(count)
        return real(count)

    monkeypatch.setattr(minima, "ThreadPoolExecutor", counted)
    X, y, lam = problem(4, 2, 0.1, 1)
    minima.local_minima(X, y, lam, 2)
    assert set(workers) == {os.cpu_count()}


def test_the_bar_ends_at_the_number_of_programs(capsys):
    X, y, lam = problem(4, 2, 0.1, 1)
    found = minima.local_minima(X, y, lam, 2, progress=True)
    blocks = len(minima.Blocks(X, (1, -1)))
    assert found.programs == 1 + blocks + blocks * (blocks - 1) // 2
    bar = capsys.readouterr().err.splitlines()[-1]
    assert f"{found.programs}/{found.programs}" in bar


def test_a_refusal_counts_the_programs():
    X = np.random.default_rng(0).standard_normal((30, 3))
    with pytest.raises(ValueError, match="872 patterns: 884,074,585 programs for width 3, more"):
        minima.local_minima(X, X[:, 0], 0.1, 3)


@pytest.mark.parametrize(
    "shape, width, told",
    [
        ((60, 10), 2, r"up to 3e\+10 patterns: \de\+21 programs for width 2"),
        ((200, 4), 1, r"2,627,200 patterns: 5,254,399 programs for width 1"),
        ((30, 3), 400, r"872 patterns: more than 1e\+300 programs for width 400"),
    ],
)
def test_a_hopeless_list_is_refused_before_it_is_made(shape, width, told):
    X = np.random.default_rng(0).standard_normal(shape)
    with pytest.raises(ValueError, match=told):
        minima.local_minima(X, X[:, 0], 0.1, width)


@pytest.mark.parametrize(
    "bad, word", [({"lam": 0}, "lam"), ({"width": 0}, "width"), ({"signs": (2,)}, "signs")]
)
def test_bad_input(bad, word):
    arguments = {"lam": 0.1, "width": 1} | bad
    with pytest.raises(ValueError, match=word):
        minima.local_minima(np.eye(2), np.ones(2), **arguments)


@pytest.mark.parametrize("signs", [5, None, "ab", [[1]], (1, 2), (), np.array([1, np.nan])])
def test_what_are_no_signs(signs):
    with pytest.raises(ValueError, match="signs must"):
        minima.local_minima(np.eye(2), np.ones(2), 0.1, 1, signs=signs)


def test_signs_in_any_order_and_more_than_once():
    X, y, lam = problem(4, 2, 0.05, 2)
    expected = minima.local_minima(X, y, lam, 2)
    for signs in ([-1, 1], np.array([1, -1, 1])):
        found = minima.local_minima(X, y, lam, 2, signs=signs)
        assert found.programs == expected.programs
        np.testing.assert_allclose(found.losses, expected.losses, rtol=1e-9)
    with pytest.raises(ValueError, match="progress must be True or False"):
        minima.local_minima(X, y, lam, 2, progress="yes")


@pytest.mark.parametrize(
    "of_X, of_y", [(140, 140), (-140, -140), (-149, 149), (149, -149), (3, -3)]
)
def test_the_list_does_not_feel_the_units(of_X, of_y):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((4, 2))
    y = rng.standard_normal(4)
    a = 10.0**of_X
    b = 10.0**of_y
    plain = minima.local_minima(X, y, 0.1, 2)
    other = minima.local_minima(a * X, b * y, 0.1 * a * b, 2)
    assert len(plain.minima) == 3
    assert other.largest_gap < minima.CLOSED
    for point, same in zip(other.points, plain.points, strict=True):
        assert point.kind == same.kind
        assert point.loss / b / b == pytest.approx(same.loss, rel=1e-9)
        network = loss(a * X, b * y, point.W, point.alpha, 0.1 * a * b)
        assert network == pytest.approx(point.loss, rel=1e-6)


@pytest.mark.parametrize("width", [2_000_001, 10**400])
def test_more_neurons_than_fit_are_refused(width):
    with pytest.raises(ValueError, match="width must be at most 2,000,000"):
        minima.local_minima([[1.0]], [1.0], 0.1, width)
