"""All best networks: the fewest neurons, corners, and a band whose ends are proved."""

from dataclasses import replace
from functools import cache, partial
from itertools import combinations

import cvxpy as cp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import nnls

from helpers import convex, data, gated, minima
from helpers.dual import circle
from helpers.extensions import optimal_set
from helpers.loss import loss, predict, relu
from helpers.patterns import enumerate_patterns, sample_patterns

LINE = data.with_bias(np.linspace(-3, 3, 7))


def solved(X, y, share):
    """The optimum at a share of lambda_max, to the usual tolerance."""
    X = np.asarray(X, float)
    y = np.asarray(y, float)
    return convex.solve(X, y, share * convex.lambda_max(X, y))


def two_points(share=0.2):
    return solved(data.with_bias([-np.sqrt(3), np.sqrt(3)]), [1, 1], share)


def polygon(n, share=0.2):
    return solved(circle(360 * np.arange(n) / n), np.ones(n), share)


def random_points(n, d, seed, share=0.1):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d))
    X[:, -1] = 1
    return solved(X, rng.standard_normal(n), share)


def with_duplicates():
    """Points that occur twice, with different labels."""
    return solved(data.with_bias([-1, -1, 0.5, 2, 2]), [1, 0.5, -1, 1, 1], 0.1)


CASES = {
    "two points": two_points,
    "triangle": partial(polygon, 3),
    "square": partial(polygon, 4),
    "octagon": partial(polygon, 8),
    "random": partial(random_points, 5, 2, 0),
    "random, three columns": partial(random_points, 6, 3, 1),
    "duplicates": with_duplicates,
    "one point": partial(solved, [[1.0, 1.0]], [1.0], 0.3),
}


@cache
def case(name):
    """The solution of that case, solved when it is first asked for."""
    return CASES[name]()


@pytest.fixture(params=CASES, name="solution")
def one_of_the_cases(request):
    return case(request.param)


def cvxpy_end(solution, x, s, slack):
    """The largest s f(x) of networks whose value is at most the optimum times 1 + slack.

    With the new point among those that cut the cells, f(x) is linear in the blocks.
    """
    every = optimal_set.describe(solution)
    X = every.X
    D = enumerate_patterns(np.vstack([X, x]))
    sides = np.where(D, 1.0, -1.0).T
    blocks = [cp.Variable((len(D), X.shape[1])) for _ in range(2)]
    fitted = 0
    at_x = 0
    constraints = []
    for sign, B in zip((1, -1), blocks, strict=True):
        Z = np.vstack([X, x]) @ B.T
        constraints.append(cp.multiply(sides, Z) >= 0)
        outputs = cp.sum(cp.multiply(D.T.astype(float), Z), axis=1)
        fitted += sign * outputs[:-1]
        at_x += sign * outputs[-1]
    norms = sum(cp.sum(cp.norm(B, axis=1)) for B in blocks)
    value = cp.sum_squares(fitted - every.y) + 2 * every.lam * norms
    constraints.append(value <= every.loss * (1 + slack))
    return s * cp.Problem(cp.Maximize(s * at_x), constraints).solve(cp.CLARABEL)


def test_the_band_is_that_of_the_whole_program(solution):
    x = np.random.default_rng(3).standard_normal((1, solution.X.shape[1]))
    band = optimal_set.band(solution, x)
    inner = optimal_set.reached(solution, x)
    for s, end, attained in zip((-1, 1), band, inner, strict=True):
        # Of a smaller slack CLARABEL's own errors are a part.
        near, far = (cvxpy_end(solution, x, s, slack) for slack in (1e-5, 4e-5))
        # With four times the slack the end moves twice as far, or up to four times: as the square
        # root of the slack where the optimum is curved, in proportion where it has a corner.
        assert s * (2 * near - far) - 2e-3 < s * end[0] < s * near + 1e-5
        assert s * attained[0] < s * near + 1e-5


def test_the_proof_loses_little(solution):
    new = np.random.default_rng(4).standard_normal((20, solution.X.shape[1]))
    band = optimal_set.band(solution, new)
    inner = optimal_set.reached(solution, new)
    assert (band.low <= inner.low).all() and (inner.high <= band.high).all()
    assert np.allclose(band.low, inner.low, atol=5e-5)
    assert np.allclose(band.high, inner.high, atol=5e-5)


def test_on_the_data_all_optima_agree(solution):
    band = optimal_set.band(solution, solution.X)
    output = optimal_set.describe(solution).output
    assert np.allclose(band.low, output, atol=1e-4)
    assert np.allclose(band.high, output, atol=1e-4)


def test_two_points_by_hand():
    # A constant of size f or two hinges of size f / 2, (1 +- sqrt(3) x) / 2 each; f = 1 - lam / 2.
    solution = two_points()
    assert solution.lam == pytest.approx(0.4)
    f = 0.8
    band = optimal_set.band(solution, LINE)
    x = LINE[:, 0]
    hinges = f / 4 * (relu(1 + np.sqrt(3) * x) + relu(1 - np.sqrt(3) * x))
    assert band.low == pytest.approx(np.minimum(hinges, f), abs=1e-5)
    assert band.high == pytest.approx(np.maximum(hinges, f), abs=1e-5)
    assert optimal_set.minimal_width(solution) == 1
    corners = optimal_set.vertices(solution)
    assert sorted((corners > 0).sum(axis=1)) == [1, 2]


def test_every_optimum_has_the_least_loss(solution):
    every = optimal_set.describe(solution)
    corners = optimal_set.vertices(solution)
    shares = np.random.default_rng(0).dirichlet(np.ones(len(corners)), size=5)
    new = np.random.default_rng(1).standard_normal((6, solution.X.shape[1]))
    band = optimal_set.band(solution, new)
    for sizes in [*corners, *(shares @ corners)]:
        network = every.network(sizes)
        assert loss(every.X, every.y, *network, every.lam) == pytest.approx(every.loss, rel=1e-9)
        at_new = predict(new, *network)
        assert (band.low <= at_new).all() and (at_new <= band.high).all()
    assert every.lower_bound <= every.loss <= solution.objective * (1 + 1e-12)


def test_the_extremes_are_networks_at_the_ends(solution):
    x = np.random.default_rng(2).standard_normal(solution.X.shape[1])
    every = optimal_set.describe(solution)
    inner = optimal_set.reached(solution, x[None])
    for network, end in zip(optimal_set.extremes(solution, x), inner, strict=True):
        assert loss(every.X, every.y, *network, every.lam) == pytest.approx(every.loss, rel=1e-9)
        assert predict(x[None], *network) == pytest.approx(end, abs=1e-9)


def brute_force_width(every):
    """The smallest set of directions that gives the output, all sets tried."""
    columns = every.signs * relu(every.X @ every.directions.T)
    size = np.linalg.norm(every.output)
    if size < 1e-6:
        return 0
    for m in range(1, len(every.signs) + 1):
        for some in combinations(range(len(every.signs)), m):
            if nnls(columns[:, some], every.output)[1] < 1e-6 * size:
                return m
    raise AssertionError("no directions give the output")


def test_the_width_is_the_least(solution):
    every = optimal_set.describe(solution)
    fewest = optimal_set.minimal_width(solution)
    assert fewest == brute_force_width(every)
    W, alpha = optimal_set.narrowest(solution)
    assert len(alpha) == fewest <= len(every.X)
    assert loss(every.X, every.y, W, alpha, every.lam) == pytest.approx(every.loss, rel=1e-8)


@pytest.mark.parametrize("name", ["two points", "triangle", "square", "one point"])
def test_a_narrower_network_does_not_reach_the_optimum(name):
    solution = case(name)
    every = optimal_set.describe(solution)
    fewest = optimal_set.minimal_width(solution)
    least = {
        width: min(
            point.loss for point in minima.local_minima(every.X, every.y, every.lam, width).points
        )
        for width in {max(1, fewest - 1), fewest}
    }
    assert least[fewest] == pytest.approx(every.loss, rel=1e-7)
    if fewest > 1:
        assert least[fewest - 1] > every.loss * (1 + 1e-3)


def test_polygons_have_known_widths():
    # In the hexagon every second of six directions will do, in the dodecagon every fourth of 12.
    assert [optimal_set.minimal_width(polygon(n)) for n in (4, 6, 12)] == [2, 3, 3]


NUMBERS = st.integers(-2, 2)


@settings(max_examples=10, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=5),
    st.sampled_from([0.02, 0.3, 1.0, 1.5]),
)
def test_points_that_coincide_or_mirror_each_other(points, share):
    x, y = np.array(points, float).T
    X = data.with_bias(x)
    lam = share * convex.lambda_max(X, y) or 0.1
    solution = convex.solve(X, y, lam)
    every = optimal_set.describe(solution)
    assert optimal_set.minimal_width(solution) == brute_force_width(every)
    band = optimal_set.band(solution, LINE[::3])
    inner = optimal_set.reached(solution, LINE[::3])
    assert (band.low <= inner.low + 1e-9).all() and (inner.high <= band.high + 1e-9).all()
    assert np.allclose(band.low, inner.low, atol=1e-3)
    assert np.allclose(band.high, inner.high, atol=1e-3)


@pytest.mark.parametrize(
    "X, y, lam",
    [
        ([[1.0, 1.0], [0.0, 1.0]], [0.0, 0.0], 0.1),
        ([[0.0, 0.0], [0.0, 0.0]], [1.0, -1.0], 0.1),
        ([[-1.0, 1.0], [1.0, 1.0]], [1.0, 2.0], 100.0),
    ],
)
def test_where_the_best_network_is_none(X, y, lam):
    solution = convex.solve(X, y, lam)
    assert optimal_set.minimal_width(solution) == 0
    assert optimal_set.vertices(solution).tolist() == [[]]
    band = optimal_set.band(solution, LINE)
    assert np.abs(band).max() < 1e-9


def test_at_the_origin_every_network_is_zero():
    band = optimal_set.band(two_points(), [[0.0, 0.0], [1.0, 1.0]])
    assert band.low[0] == band.high[0] == 0
    assert band.low[1] < band.high[1]


def test_units_do_not_matter():
    plain = two_points()
    scaled = convex.solve(1e3 * plain.X, 1e-2 * plain.y, 10 * plain.lam)
    one = optimal_set.band(plain, LINE)
    other = optimal_set.band(scaled, 1e3 * LINE)
    assert np.allclose(one.low, 1e2 * other.low, atol=1e-4)
    assert np.allclose(one.high, 1e2 * other.high, atol=1e-4)
    assert optimal_set.minimal_width(scaled) == 1


def test_a_solution_over_some_patterns_only_is_refused_if_it_misses_the_optimum():
    whole = case("random")
    D = enumerate_patterns(whole.X)
    part = convex.solve(whole.X, whole.y, whole.lam, D[:2])
    with pytest.raises(ValueError, match="over all patterns of X and both signs"):
        optimal_set.minimal_width(part)
    positive = convex.solve(whole.X, whole.y, whole.lam, D, signs=np.ones(len(D)))
    with pytest.raises(ValueError, match="over all patterns of X and both signs"):
        optimal_set.band(positive, LINE)


def cvxpy_value(X, y, lam, D):
    """The program over the patterns D, written out."""
    U, V = (cp.Variable((len(D), X.shape[1])) for _ in range(2))
    sides = np.where(D, 1.0, -1.0).T
    fitted = cp.sum(cp.multiply(D.T.astype(float), X @ (U - V).T), axis=1)
    norms = cp.sum(cp.norm(U, axis=1)) + cp.sum(cp.norm(V, axis=1))
    cones = [cp.multiply(sides, X @ B.T) >= 0 for B in (U, V)]
    value = cp.sum_squares(fitted - y) + 2 * lam * norms
    return cp.Problem(cp.Minimize(value), cones).solve(cp.CLARABEL)


@pytest.mark.parametrize("name", ["triangle", "random", "random, three columns"])
def test_over_its_own_patterns_it_is_that_program_s(name):
    whole = case(name)
    X, y, lam = whole.X, whole.y, whole.lam
    D = enumerate_patterns(X)[::2]
    every = optimal_set.describe(convex.solve(X, y, lam, D), own=True)
    assert every.loss == pytest.approx(cvxpy_value(X, y, lam, D), rel=1e-6)
    assert every.loss == pytest.approx(loss(X, y, *every.network(every.sizes), lam), rel=1e-9)
    theta = y - every.output
    touch = every.signs * (theta @ relu(X @ every.directions.T))
    assert np.allclose(touch, lam, rtol=1e-5)
    met = (X @ every.directions.T > 1e-9).T
    assert all(any((row <= d).all() for d in D) for row in met)
    same = optimal_set.describe(whole, own=True)
    assert len(same.signs) == len(optimal_set.describe(whole).signs)


def test_over_its_own_patterns_there_may_be_more_than_can_be_listed():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((40, 6))
    y = rng.standard_normal(40)
    D = sample_patterns(X, 30, rng)
    part = convex.solve(X, y, 0.2 * convex.lambda_max(X, y, D), D)
    with pytest.raises(ValueError, match="at most 20000"):
        optimal_set.describe(part)
    every = optimal_set.describe(part, own=True)
    assert every.loss == pytest.approx(cvxpy_value(X, y, part.lam, D), rel=1e-6)


def test_a_rough_solution_will_do():
    X = case("triangle").X
    rough = convex.solve(X, np.ones(3), case("triangle").lam, tol=1e-2)
    relaxed = gated.solve(X, np.ones(3), rough.lam, enumerate_patterns(X))
    split = gated.decompose(X, np.ones(3), relaxed)
    for solution in (rough, split):
        assert optimal_set.minimal_width(solution) == 2


def refused(solution, match, X_new=LINE):
    with pytest.raises(ValueError, match=match):
        optimal_set.band(solution, X_new)


def test_limits_and_bad_input_are_refused():
    fine = two_points()
    refused("a solution", "solution must be what convex.solve returns; got a str")
    refused(replace(fine, X=None), "solution must hold its data")
    refused(replace(fine, lam=0.0), "lam > 0")
    many = np.random.default_rng(0).standard_normal((200, 3))
    refused(replace(fine, X=many, y=many[:, 0]), "3.98e\\+04 patterns, .* at most 20000")
    refused(fine, "X_new must have shape \\(m, 2\\)", np.ones((4, 3)))
    refused(fine, "X_new must be finite", [[np.nan, 1.0]])
    with pytest.raises(ValueError, match="x_new must have shape"):
        optimal_set.extremes(fine, np.ones(3))


def test_searches_that_would_take_too_long_are_refused(monkeypatch):
    monkeypatch.setattr(optimal_set, "MOST_FREE", 2)
    monkeypatch.setattr(optimal_set, "MOST_CHOICES", 2)
    with pytest.raises(ValueError, match="at most 2 sizes open .* got 3"):
        optimal_set.minimal_width(two_points())
    with pytest.raises(ValueError, match="at most 2 choices of 2 of 3 neurons"):
        optimal_set.vertices(two_points())
