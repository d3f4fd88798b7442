"""The interior-point method piece by piece: its cones, its scaling, its steps."""

import numpy as np
import pytest

from helpers.patterns import enumerate_patterns
from helpers.solver import cones, interior
from helpers.solver.blocks import Blocks, WorkingSet
from helpers.solver.interior import Vectors
from helpers.solver.limits import Limits
from helpers.solver.scaling import Scaled


def inside(seed, B=6, d=3):
    """Vectors well inside their cones."""
    rng = np.random.default_rng(seed)
    tail = rng.standard_normal((B, d))
    return Vectors(np.linalg.norm(tail, axis=1) + rng.uniform(0.1, 2, B), tail)


def anywhere(seed, B=6, d=3):
    rng = np.random.default_rng(seed)
    return Vectors(rng.standard_normal(B), rng.standard_normal((B, d)))


def assert_close(x, y):
    np.testing.assert_allclose(x, y, atol=1e-12)


def assert_equal(x, y):
    assert_close(x.head, y.head)
    assert_close(x.tail, y.tail)


def test_the_depth_is_that_of_the_hyperboloid():
    x = inside(0)
    np.testing.assert_allclose(x.depth() ** 2, x.head**2 - np.sum(x.tail**2, axis=1))
    outside = Vectors(np.array([1.0]), np.array([[2.0]]))
    assert outside.depth() == 0


def test_products_in_the_algebra_are_commutative_and_can_be_undone():
    x = inside(1)
    z = anywhere(2)
    assert_equal(x.jordan(z), z.jordan(x))
    unit = Vectors(np.ones(6), np.zeros((6, 3)))
    assert_equal(unit.jordan(z), z)
    np.testing.assert_allclose(x.jordan(z).head, x.dot(z))
    assert_equal(x.jordan(x.jordan_divide(z)), z)
    # x and its mirror image multiply to the square of the depth.
    np.testing.assert_allclose(x.jordan(x.mirrored()).head, x.depth() ** 2)
    np.testing.assert_allclose(x.jordan(x.mirrored()).tail, 0, atol=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_the_reach_ends_on_the_boundary_of_a_cone(seed):
    x = inside(seed, B=3)
    step = anywhere(100 + seed, B=3).times(np.array([1.0, 3.0, 0.3]))
    if seed % 4 == 0:
        step = inside(seed, B=3)  # never leaves
    a = x.reach(step)
    far = min(a, 1e3)
    for share in np.linspace(0, 0.999, 200):
        y = x + step.times(share * far)
        assert (y.head > np.linalg.norm(y.tail, axis=1)).all()
    if np.isfinite(a):
        y = x + step.times(1.001 * a)
        assert (y.head < np.linalg.norm(y.tail, axis=1)).any()
    else:
        assert seed % 4 == 0


def test_the_scaling_takes_both_points_to_one():
    s = inside(3)
    z = inside(4)
    W = interior.Scaling(s, z)
    assert_equal(W.times(z), W.over(s))
    x = anywhere(5)
    assert_equal(W.over(W.times(x)), x)
    assert_equal(W.over_twice(x), W.over(W.over(x)))
    # It is symmetric, and maps the cones onto themselves.
    other = anywhere(6)
    np.testing.assert_allclose(W.times(x).dot(other), x.dot(W.times(other)))
    mapped = W.times(inside(7))
    assert (mapped.head > np.linalg.norm(mapped.tail, axis=1)).all()


@pytest.fixture(params=["cones", "relaxed", "zero row"])
def path(request):
    """Centres of a small program, and the program itself: (path, working, y, lam)."""
    rng = np.random.default_rng(1)
    X = rng.standard_normal((8, 3)) * [1.0, 3.0, 0.3]
    if request.param == "zero row":
        X[2] = 0
    scaled = Scaled(X, rng.standard_normal(8), 1.0)
    D = enumerate_patterns(X)[::9]
    working = WorkingSet(scaled, cones.Whole if request.param == "relaxed" else cones.Loops)
    s = np.where(np.arange(len(D)) % 2, -1.0, 1.0)
    working.add(Blocks(D.astype(float), s))
    return interior.Centres(working, scaled.y, scaled.lam), working, scaled.y, scaled.lam


def left(path):
    """What the linear equations leave, as one vector."""
    parts = (
        path.rest_theta,
        path.rest_v,
        path.rest_t,
        path.rest_slack,
        path.rest_s.head,
        path.rest_s.tail,
    )
    return np.concatenate([part.ravel() for part in parts])


def test_the_equations_are_those_of_the_program(path):
    path, working, y, lam = path
    for _ in range(3):
        path.advance()
    assert_close(path.b, path.v @ path.L.T)
    assert_close(path.rest_theta, y - working.output(path.b) - path.theta)
    assert_close(path.rest_t, lam - path.z.head)
    assert_close(path.rest_s.tail, path.b - path.s.tail)
    assert_close(path.rest_s.head, path.t - path.s.head)
    # Stationary in b: the pull of theta, of the walls and of the norm's cone are in balance.
    rows = working.normals.rows[working.normals.rows.any(axis=1)]
    used = working.D[:, working.normals.rows.any(axis=1)]
    if path.slack.size:
        sides = np.where(used > 0, 1.0, -1.0)
        length = np.linalg.norm(working.X[working.normals.rows.any(axis=1)] @ path.L, axis=1)
        walls = working.X[working.normals.rows.any(axis=1)] / length[:, None]
        np.testing.assert_allclose(
            path.rest_slack, sides * (path.b @ walls.T) - path.slack, atol=1e-12
        )
        pull = (sides * path.price) @ walls
    else:
        pull = 0.0
    assert len(rows)
    force = working.correlate(path.theta) + pull + path.z.tail
    np.testing.assert_allclose(path.rest_v, -force @ path.L, atol=1e-12)


def test_a_step_solves_the_linear_equations(path):
    path = path[0]
    for _ in range(6):
        before = left(path)
        a = path.advance()
        assert 0 < a <= 1
        np.testing.assert_allclose(left(path), (1 - a) * before, atol=1e-10)
        for inner in (path.slack, path.price, path.s.depth(), path.z.depth()):
            assert (inner > 0).all()


def test_the_path_leads_to_the_optimum_in_few_steps(path):
    path, working, y, lam = path
    gaps = [path.gap()]
    shares = []
    while gaps[-1] > 1e-10 and len(gaps) < 40:
        shares.append(path.advance())
        gaps.append(path.gap())
    assert len(gaps) <= 22
    assert min(shares) > 0.2
    working.b = path.b
    objective = working.objective(y, lam)
    h = np.linalg.norm(working.cones.project(working.correlate(path.theta)), axis=1).max()
    assert h == pytest.approx(lam, rel=1e-6)
    bound = 1 - np.sum((y - path.theta) ** 2)
    assert objective == pytest.approx(bound, abs=1e-8)
    # Nearly centred: the products are of one size.
    products = np.concatenate([(path.slack * path.price).ravel(), path.s.dot(path.z)])
    assert products.max() < 1e3 * products.mean()


def test_the_gap_is_that_of_the_program_once_the_equations_hold(path):
    path, working, y, lam = path
    for _ in range(12):
        if np.abs(left(path)).max() > 1e-9:
            path.advance()
    residual = y - working.output(path.b)
    primal = residual @ residual + 2 * lam * path.t.sum()
    dual = 1 - np.sum((y - path.theta) ** 2)
    assert path.gap() == pytest.approx(primal - dual, rel=1e-4, abs=1e-8)


def test_what_is_affordable_grows_with_no_size():
    assert interior.affordable(100, 10, 100)
    assert not interior.affordable(4000, 10, 1)  # the n x n system
    assert not interior.affordable(1000, 50, 1000)
    assert interior.handy(10, 3) > interior.handy(100, 3) > interior.handy(1000, 30)
    assert interior.handy(4000, 3) == 0
    for n, d in ((10, 3), (100, 3), (1000, 3), (300, 30)):
        assert interior.affordable(n, d, max(1, interior.handy(n, d) // 2))


def test_out_of_time_at_once_it_keeps_what_it_began_with(path):
    _, working, y, lam = path
    before = working.b.copy()
    solved = interior.minimise(working, y, lam, 1e-8, Limits(0.0))
    assert solved.objective <= 1 + 1e-12
    assert working.objective(y, lam) <= 1 + 1e-12
    assert before.shape == working.b.shape
