"""Columns and rows of very different size: exact coordinates, right values, no false bound."""

import itertools
import warnings
from fractions import Fraction

import numpy as np
import pytest
from sklearn import datasets

from benchmarks.scales import correlation, instance, judge
from helpers import convex, data, gated
from helpers.loss import loss
from helpers.patterns import enumerate_patterns, sample_patterns
from helpers.solver import cones, interior, newton, walks
from helpers.solver.blocks import WorkingSet
from helpers.solver.limits import Limits
from helpers.solver.problem import Problem
from helpers.solver.scaling import Scaled
from tests.solver.judge import instance as small_instance
from tests.solver.judge import optimum


def far(n, d, rng, offset=1e4):
    """n points in d - 1 dimensions at offset +- 1, and a bias column."""
    return data.with_bias(offset + rng.standard_normal((n, d - 1)))


def line():
    """24 points at 100 +- 1."""
    x = np.linspace(-1, 1, 24)
    return data.with_bias(100 + x), np.sin(4 * x), 0.001, None


def years():
    """A wave over 64 years."""
    t = np.arange(1960, 2024, dtype=float)
    return data.with_bias(t), np.sin((t - 1990) / 8), 0.1, None


def bodies():
    """The raw body mass index of scikit-learn's diabetes patients, the first 40 of them."""
    table = datasets.load_diabetes(scaled=False)
    x, first = np.unique(table.data[:40, 2], return_index=True)
    return data.with_bias(x), table.target[:40][first].astype(float), 0.01, None


def cells():
    """All 30 raw columns of scikit-learn's breast cancer table, 100 rows, 30 patterns."""
    table = datasets.load_breast_cancer()
    X = table.data[:100]
    Z = data.with_bias((X - X.mean(axis=0)) / X.std(axis=0))
    D = sample_patterns(Z, 30, np.random.default_rng(1))
    return data.with_bias(X), table.target[:100] * 2.0 - 1, 0.1, D[D.any(axis=1)]


# Optima by cvxpy with CLARABEL, and by networks and duals in extended precision.
@pytest.mark.parametrize(
    "program, value",
    [(line, 2.5204371), (years, 27.8880346), (bodies, 10619.2400), (cells, 13.2117463)],
)
def test_real_numbers_far_from_zero(program, value):
    X, y, lam, D = program()
    solution = convex.solve(X, y, lam, D)
    assert solution.converged and solution.gap <= 1e-6
    assert solution.objective == pytest.approx(value, rel=3e-7)
    verdict = judge(X, y, lam, solution.patterns, solution)
    assert solution.lower_bound <= verdict.bound * (1 + 1e-9)
    assert verdict.objective == pytest.approx(solution.objective, rel=1e-9)


@pytest.mark.parametrize("smallest", [1e-3, 1e-6])
@pytest.mark.parametrize("number", range(12))
def test_against_extended_precision(number, smallest):
    name, X, y, lam, D = instance(number, smallest)
    solution = convex.solve(X, y, lam, D, seconds=60)
    verdict = judge(X, y, lam, solution.patterns, solution)
    assert solution.converged and solution.gap <= 1e-6, name
    assert solution.lower_bound <= verdict.bound + 1e-9 * solution.objective
    assert verdict.objective == pytest.approx(solution.objective, rel=1e-9)
    assert verdict.outside <= 1e-9
    assert loss(X, y, *solution.to_network(), lam) == pytest.approx(solution.objective, rel=1e-9)


@pytest.mark.parametrize("seed", [10_111, *range(10_000, 10_020)])
def test_patterns_that_no_weight_vector_meets_in_mixed_units(seed):
    rng = np.random.default_rng(seed)
    X, y, D, _ = small_instance(rng)
    X = X * 10.0 ** rng.uniform(-4, 4, X.shape[1])
    top = convex.lambda_max(X, y, D)
    if top <= 1e-12 * np.linalg.norm(X) * np.linalg.norm(y):  # zero, but for rounding
        return
    for share in (0.5, 1e-3):
        solution = convex.solve(X, y, share * top, D)
        assert solution.converged
        verdict = judge(X, y, share * top, D, solution)
        assert solution.lower_bound <= verdict.bound + 1e-9 * solution.objective
        assert verdict.objective == pytest.approx(solution.objective, rel=1e-9)


def test_few_neurons_are_left():
    X, y, lam, _ = years()
    solution = convex.solve(X, y, lam)
    assert np.sum(solution.U.any(axis=1)) + np.sum(solution.V.any(axis=1)) == 3


@pytest.mark.parametrize("d", [2, 3, 5])
def test_slanted_coordinates_are_a_rotation(d):
    rng = np.random.default_rng(d)
    X = far(30, d, rng)
    X[3] = 0
    X[4] = X[5]
    scaled = Scaled(X, rng.standard_normal(30), 0.1)
    assert not scaled.X[3].any() and np.array_equal(scaled.normals.rows[4], scaled.normals.rows[5])
    b = rng.standard_normal((20, d)) / np.abs(scaled.X).max(axis=0)  # digits in all coordinates
    u = scaled.back(b)
    assert np.linalg.norm(u, axis=1) == pytest.approx(scaled.rate * np.linalg.norm(b, axis=1))
    values = u.astype(np.longdouble) @ X.T.astype(np.longdouble)
    expected = scaled.length * b @ scaled.X.T
    assert np.abs(values - expected).max() <= 1e-10 * np.abs(expected).max()
    assert scaled.forth(u) @ scaled.X.T == pytest.approx(b @ scaled.X.T, rel=1e-9, abs=1e-9)
    level = scaled.levelled(b)
    assert level @ scaled.even.T == pytest.approx(b @ scaled.X.T, rel=1e-9, abs=1e-9)
    assert scaled.slanted(level) == pytest.approx(b, rel=1e-9)
    assert np.linalg.cond(scaled.even) < 50 < 1e3 < np.linalg.cond(scaled.X)


def test_columns_that_do_not_slant_stay_as_they_are():
    rng = np.random.default_rng(0)
    X = data.with_bias(3 + rng.standard_normal((30, 2)))
    scaled = Scaled(X, rng.standard_normal(30), 0.1)
    assert scaled.X * np.linalg.norm(X, 2) == pytest.approx(X, rel=1e-15)


def exact_projection(C, z):
    """The nearest point of {u : C u >= 0}, in rational arithmetic, of all faces the best."""
    C = [[Fraction(float(c)) for c in row] for row in C]
    z = [Fraction(float(c)) for c in z]
    best = [Fraction(0)] * len(z)
    least = _dot(z, z)
    for k in range(len(z)):
        for face in itertools.combinations(C, k):
            p = _without(face, z)
            if p is None or any(_dot(c, p) < 0 for c in C):
                continue
            gone = [a - b for a, b in zip(z, p, strict=True)]
            if _dot(gone, gone) < least:
                best = p
                least = _dot(gone, gone)
    return np.array([float(c) for c in best])


def _dot(a, b):
    return sum((x * y for x, y in zip(a, b, strict=True)), Fraction(0))


def _without(face, z):
    """z without its part in the span of the rows, by Gram-Schmidt; None if they are dependent."""
    p = list(z)
    basis = []
    for row in face:
        v = list(row)
        for b in basis:
            a = _dot(b, v) / _dot(b, b)
            v = [x - a * y for x, y in zip(v, b, strict=True)]
        if not any(v):
            return None
        basis.append(v)
        a = _dot(v, p) / _dot(v, v)
        p = [x - a * y for x, y in zip(p, v, strict=True)]
    return p


@pytest.mark.parametrize("kind", [cones.Polyhedra, cones.Loops, cones.Wedges])
@pytest.mark.parametrize("d", [2, 3, 4])
def test_projections_on_needles_are_those_of_rational_arithmetic(kind, d):
    if kind is cones.Wedges and d > 2:
        return
    rng = np.random.default_rng(d)
    X = far(7, d, rng)
    scaled = Scaled(X, rng.standard_normal(7), 0.1)
    D = enumerate_patterns(X)[:: 1 if d == 2 else 9]
    Z = (D * rng.standard_normal((len(D), 7))) @ scaled.X
    P = kind(scaled.normals, D).project(Z)
    for D_i, z, p in zip(D, Z, P, strict=True):
        exact = exact_projection(np.where(D_i, 1, -1)[:, None] * scaled.normals.rows, z)
        zero = 1e-15 * np.linalg.norm(z) * scaled.normals.bulk  # what rounds to it
        assert (np.abs(p - exact) <= 1e-9 * np.abs(exact).max() + zero).all()


@pytest.mark.parametrize("offset", [1, 1e2, 1e4, 1e6])
def test_a_point_of_a_needle_is_its_own_projection(offset):
    rng = np.random.default_rng(3)
    x = offset + np.sort(rng.standard_normal(40))
    scaled = Scaled(data.with_bias(x), rng.standard_normal(40), 0.1)
    D = enumerate_patterns(data.with_bias(x))
    wedges = cones.Wedges(scaled.normals, D)
    P = wedges.project(rng.standard_normal((len(D), 2)))
    again = wedges.project(P)
    size = np.abs(P @ scaled.X.T).max(axis=1)
    assert (np.abs((again - P) @ scaled.X.T).max(axis=1) <= 1e-12 * size).all()


@pytest.mark.parametrize("columns", [2, 3])
@pytest.mark.parametrize("relaxed", [False, True])
def test_the_interior_point_method_against_cvxpy(columns, relaxed):
    rng = np.random.default_rng(columns)
    X = rng.standard_normal((9, columns))
    y = rng.standard_normal(9)
    D = enumerate_patterns(X)
    lam = 0.05 * convex.lambda_max(X, y, D)
    problem = Problem.checked(X, y, lam, D)
    if relaxed:
        problem = problem.without_cones()
    scaled = problem.scaled
    kind = cones.Whole if relaxed else cones.suitable(scaled.X, len(D))
    working = WorkingSet(scaled, kind)
    working.add(problem.source.blocks(1000))
    solved = interior.minimise(working, scaled.y, scaled.lam, 1e-8, Limits())
    best = gated.solve(X, y, lam, D, 1e-9).objective if relaxed else optimum(X, y, lam, D)
    square = y @ y
    assert working.objective(scaled.y, scaled.lam) == pytest.approx(solved.objective, rel=1e-12)
    assert solved.objective * square == pytest.approx(best, rel=3e-8)
    assert solved.bound * square <= best * (1 + 1e-9)
    assert solved.bound >= solved.objective - 1e-8
    h = np.linalg.norm(working.cones.project(working.correlate(solved.theta)), axis=1).max()
    assert h <= scaled.lam * (1 + 1e-9)


def test_an_interior_point_method_out_of_time_has_a_valid_bound():
    rng = np.random.default_rng(0)
    X = far(20, 3, rng, 100)
    y = rng.standard_normal(20)
    scaled = Scaled(X, y, 0.01)
    D = sample_patterns(data.with_bias(X[:, :2] - 100), 20, rng)
    working = WorkingSet(scaled, cones.Polyhedra)
    working.add(Problem.checked(X, y, 0.01, D).source.blocks(1000))
    solved = interior.minimise(working, scaled.y, scaled.lam, 1e-9, Limits(0.0))
    best = convex.solve(X, y, 0.01, D)
    assert best.converged
    assert 0 <= solved.bound * (y @ y) <= best.objective <= solved.objective * (y @ y) * (1 + 1e-9)


def test_a_dual_point_beyond_lam_is_scaled_however_small_lam():
    y = np.array([3.0, 4.0]) / 5
    lam = 1e-9
    h = lam + 1e-14
    value = newton.dual_value(y, y, h, lam)
    assert value.scale == pytest.approx(lam / h, rel=1e-12)
    assert value.bound == pytest.approx(1 - (1 - lam / h) ** 2, rel=1e-12)


@pytest.mark.parametrize(
    "c, k", [(1e100, 1e-100), (1e149, 1e149), (1e-149, 1e149), (1e-149, 1e-149)]
)
def test_the_program_is_homogeneous_up_to_the_ends_of_doubles(c, k):
    rng = np.random.default_rng(4)
    for X in (data.with_bias(np.linspace(-1, 1, 8)), rng.standard_normal((7, 3))):
        y = rng.standard_normal(len(X))
        plain = convex.solve(X, y, 0.05)
        solution = convex.solve(c * X, k * y, 0.05 * c * k)
        assert solution.converged
        assert solution.objective / k**2 == pytest.approx(plain.objective, rel=1e-9)
        network = loss(c * X, k * y, *solution.to_network(), 0.05 * c * k)
        assert network / k**2 == pytest.approx(plain.objective, rel=1e-9)
        D = solution.patterns
        relaxed = gated.solve(c * X, k * y, 0.05 * c * k, D)
        assert relaxed.objective / k**2 == pytest.approx(
            gated.solve(X, y, 0.05, D).objective, rel=1e-9
        )


@pytest.mark.parametrize("c, k", [(1e200, 1.0), (1.0, 1e160), (1e-170, 1.0), (1.0, 1e-160)])
def test_numbers_beyond_those_are_refused(c, k):
    X = data.with_bias(np.linspace(-1, 1, 8))
    with pytest.raises(ValueError, match="units"):
        convex.solve(c * X, k * np.ones(8), 0.1)


@pytest.mark.parametrize("program", [line, years, cells])
def test_whatever_numpy_is_told_to_raise(program):
    X, y, lam, D = program()
    quiet = convex.solve(X, y, lam, D)
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        loud = convex.solve(X, y, lam, D)
    assert loud.objective == quiet.objective and loud.lower_bound == quiet.lower_bound


def test_lambda_max_of_needles():
    """Just above the largest correlation zero is optimal: not where rounding has added to it."""
    rng = np.random.default_rng(6)
    X = far(20, 4, rng)
    y = rng.standard_normal(20)
    y -= y.mean()
    D = sample_patterns(data.with_bias(X[:, :3] - 1e4), 15, rng)
    largest = max(
        correlation(X.astype(np.longdouble), D_i, s * y.astype(np.longdouble))
        for D_i in D
        for s in (1, -1)
    )
    assert convex.lambda_max(X, y, D) == pytest.approx(float(largest), rel=1e-9)


@pytest.mark.parametrize("offset", [10, 1e3])
def test_a_search_far_from_the_origin_finds_the_cells_between_the_points(offset):
    rng = np.random.default_rng(8)
    X = far(25, 3, rng, offset)
    y = np.sin(2 * (X[:, 0] - offset))
    y -= y.mean()
    lam = 0.01 * convex.lambda_max(X, y)
    best = convex.solve(X, y, lam)
    scaled = Scaled(X, y, lam)
    found = walks.search(scaled, 1e-6, None, rng, Limits())
    assert best.converged and best.objective < 0.9 * (y @ y)
    assert found.objective * (y @ y) <= best.objective * (1 + 1e-4)
    assert found.objective * (y @ y) >= best.lower_bound
