"""The convex program as the page solves it, against the helpers' solver and against itself."""

import numpy as np
import pytest

from helpers import convex, data, playground, train

NAMES = ["teaser", "sine", "two-points", "four-positions", "line", "landscape", "one-neuron"]

SOLVE = """([points, decay]) => {
  const problem = lib.lineData(points);
  const largest = lib.lambdaMax(problem);
  const solution = lib.solveConvex(problem, decay * largest);
  const neurons = solution.neurons.map(({ cell, sign, u, size }) =>
    ({ sign, u, size, active: cell.active }));
  return { ...solution, largest, neurons }; }"""


def points(x, y):
    return np.column_stack([x, y]).tolist()


def random_sets(count):
    rng = np.random.default_rng(11)
    for k in range(count):
        n = int(rng.integers(1, 31))
        x = rng.uniform(-2, 2, n)
        y = rng.normal(size=n)
        if k % 2 and n > 2:  # duplicates, with equal and with different labels
            x[rng.integers(0, n, n // 2)] = x[0]
            y[rng.integers(0, n, n // 3)] = y[0]
        yield points(x, y), float(10 ** rng.uniform(-4, 0))


def check_itself(solution, points, decay):
    """What holds whatever any solver says."""
    x, y = np.array(points).T
    lam = decay * solution["largest"]
    objective = solution["objective"]
    value = objective_of(solution["neurons"], x, y, lam)
    assert value == pytest.approx(objective, rel=1e-9, abs=1e-300)  # weights cancel far from 0
    assert solution["lowerBound"] <= objective * (1 + 1e-12)
    difference = max(0.0, objective - solution["lowerBound"])
    assert solution["gap"] == (difference / objective if objective > 0 else 0)
    assert solution["proved"] is (solution["gap"] <= 1e-4)
    check_neurons(solution["neurons"], x)


def objective_of(neurons, x, y, lam):
    """Eq. 1 of the balanced network of these neurons."""
    fit = np.zeros(len(x))
    for neuron in neurons:
        fit += neuron["sign"] * np.maximum(data.with_bias(x) @ neuron["u"], 0)
    sizes = sum(np.hypot(*neuron["u"]) for neuron in neurons)
    return np.sum((fit - y) ** 2) + 2 * lam * sizes


def check_neurons(neurons, x):
    """At most one a point, each in its cell, no two in one direction."""
    assert len(neurons) <= len(set(x))
    for neuron in neurons:
        assert neuron["size"] == pytest.approx(np.hypot(*neuron["u"]), rel=1e-12)
        output = data.with_bias(x) @ neuron["u"]
        room = 1e-9 * neuron["size"] * np.hypot(x, 1)
        active = np.array(neuron["active"], bool)
        assert (output[active] >= -room[active]).all()
        assert (output[~active] <= room[~active]).all()
    for k, one in enumerate(neurons):
        for other in neurons[:k]:
            first = np.array(one["u"]) / one["size"]
            second = np.array(other["u"]) / other["size"]
            assert one["sign"] != other["sign"] or np.linalg.norm(first - second) > 1e-12


def check_optimum(script, points, decay):
    x, y = np.array(points).T
    X = data.with_bias(x)
    ours = script.evaluate(SOLVE, [points, decay])
    check_itself(ours, points, decay)
    largest = convex.lambda_max(X, y)
    theirs = convex.solve(X, y, decay * largest, tol=1e-8)
    assert ours["largest"] == pytest.approx(largest, rel=1e-9)
    assert ours["gap"] < 1e-6
    assert ours["objective"] == pytest.approx(theirs.objective, rel=1e-6)
    assert ours["lowerBound"] <= theirs.objective * (1 + 1e-9)
    assert ours["iterations"] <= 200


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("decay", [1e-5, 1e-3, 0.1, 0.9])
def test_the_optimum_on_the_article_s_data(script, name, decay):
    S = data.load(name)
    check_optimum(script, points(S.X[:, 0], S.y), decay)


def test_the_optimum_on_fifty_random_sets(script):
    for points, decay in random_sets(50):
        check_optimum(script, points, decay)


def adversarial():
    """Points a reader can draw or link to that strain the solver: [(kind, points, decay)]."""
    rng = np.random.default_rng(4)
    found = []
    for _ in range(6):
        n = int(rng.integers(3, 31))
        spread = np.linspace(-1, 1, n)
        noise = rng.normal(size=n)
        wave = np.sin(3 * spread)
        zigzag = (-1.0) ** np.arange(n)
        found += [
            ("far", points(100 + spread, noise), 1e-5),
            ("far, labels about 0", points(100 + spread, wave - wave.mean()), 1e-5),
            ("very far", points(1e5 + spread, wave - wave.mean()), 1e-5),
            ("far, zigzag", points(100 + spread, zigzag), 1e-5),
            ("close", points(0.3 + 1e-4 * spread, noise - noise.mean()), 1e-5),
            (
                "twins",
                points(np.repeat(spread, 2) + np.tile([0, 1e-9], n), np.tile(noise, 2)),
                1e-3,
            ),
            ("far labels", points(spread, 1e5 + noise), 1e-5),
            ("one far label", points(spread, np.append(noise[1:], 1e5)), 1e-4),
            ("many scales", points(10 ** rng.uniform(-3, 5, n), noise), 1e-4),
            ("a line", points(spread, 2 * spread + 1), 1e-5),
            ("all but lambda_max", points(spread, noise), 1 - 1e-9),
        ]
    return [(kind, p[:30], decay) for kind, p, decay in found]


@pytest.mark.parametrize("kind", sorted({kind for kind, *_ in adversarial()}))
def test_data_that_strain_the_solver_are_solved_too(script, kind):
    for found, points, decay in adversarial():
        if found != kind:
            continue
        solution = script.evaluate(SOLVE, [points, decay])
        check_itself(solution, points, decay)
        assert solution["gap"] < 1e-6
        assert solution["iterations"] <= 250


def test_a_solution_that_is_not_proved_says_so_and_its_bound_holds(script):
    """Scales from 1e-9 to 1e6 in both coordinates: more than doubles can solve."""
    rng = np.random.default_rng(8)
    gaps = []
    for _ in range(20):
        n = int(rng.integers(10, 31))
        x = 10 ** rng.uniform(-9, 6, n) * rng.choice([-1, 1], n)
        y = 10 ** rng.uniform(-9, 6, n) * rng.choice([-1, 1], n)
        solution = script.evaluate(SOLVE, [points(x, y), 1e-5])
        check_bound(solution, x, y)
        gaps.append(solution["gap"])
    assert max(gaps) > 1e-4  # else these data test nothing


def check_bound(solution, x, y):
    """No network that can be had goes below the bound, and `proved` is the gap's word."""
    lam = 1e-5 * solution["largest"]
    assert objective_of(solution["neurons"], x, y, lam) >= solution["lowerBound"] * (1 - 1e-12)
    assert solution["proved"] is (solution["gap"] <= 1e-4)


@pytest.mark.parametrize(
    "points, least",
    [
        ([[0, 0]], 0),
        ([[1, 1], [1, -1]], 2),  # no network tells them apart
        ([[2, 0.1], [2, 0.2], [2, -0.3]], 0.14),
        ([[0.5, 3], [0.5, 3], [1, 0]], None),
        ([[-1, 1]] * 3, None),
        ([[0, 0], [1, 0]], 0),
    ],
)
def test_degenerate_data_have_an_optimum_too(script, points, least):
    solution = script.evaluate(SOLVE, [points, 0.1])
    check_itself(solution, points, 0.1)
    assert solution["gap"] < 1e-7
    y = np.array(points)[:, 1]
    assert solution["objective"] <= y @ y * (1 + 1e-12)
    if least is not None:
        assert solution["objective"] == pytest.approx(least, rel=1e-12)


def test_one_point_is_solved_by_hand(script):
    """One neuron along (x, 1): f = y - lam / r with r^2 = x^2 + 1, its size |f| / r."""
    x, y, lam = 1.5, 2.0, 0.7
    r = np.hypot(x, 1)
    fit = y - lam / r
    expected = (fit - y) ** 2 + 2 * lam * fit / r
    found = script.evaluate(
        "([x, y, lam]) => lib.solveConvex(lib.lineData([[x, y]]), lam)", [x, y, lam]
    )
    assert found["objective"] == pytest.approx(expected, rel=1e-9)
    assert script.evaluate("([x, y]) => lib.lambdaMax(lib.lineData([[x, y]]))", [x, y]) == (
        pytest.approx(y * r, rel=1e-12)
    )
    [neuron] = found["neurons"]
    assert neuron["sign"] == 1
    assert np.allclose(neuron["u"], np.array([x, 1]) * fit / r**2, rtol=1e-5)


def test_zero_is_optimal_from_lambda_max_on_and_not_before(script):
    for points, _ in random_sets(10):
        for factor, count in ((1.0, 0), (1.5, 0), (0.99, 1)):
            solution = script.evaluate(SOLVE, [points, factor])
            assert len(solution["neurons"]) >= count
            assert count or not solution["neurons"]
            assert solution["gap"] < 1e-8


def test_the_optimum_of_given_patterns_and_signs(script):
    S = data.load("teaser")
    lam = 0.02 * convex.lambda_max(S.X, S.y)
    for seed in range(5):
        W, alpha = train.uniform_network(6, 2, 1.0, np.random.default_rng(seed))
        rows = np.column_stack([W, alpha]).tolist()
        state = playground.presets()["teaser"] | dict(decay=0.02, weights=rows)
        ours = script.evaluate(
            "(state) => new lib.Session(state, { ownOptimum: true }).frame.own", state
        )
        active = S.X @ W.T >= 0
        blocks = np.unique(np.column_stack([active.T, alpha > 0]), axis=0)
        signs = np.where(blocks[:, -1], 1.0, -1.0)
        theirs = convex.solve(S.X, S.y, lam, blocks[:, :-1], signs=signs)
        assert ours["objective"] == pytest.approx(theirs.objective, rel=1e-6)
        assert ours["gap"] < 1e-6


def test_no_blocks_mean_the_zero_network(script):
    found = script.evaluate(
        "() => lib.solveConvex(lib.lineData([[0, 1], [1, 2]]), 0.1, { blocks: [] })"
    )
    assert found["objective"] == 5
    assert found["neurons"] == []
    assert found["lowerBound"] == pytest.approx(5, rel=1e-12)


def test_the_neurons_as_a_balanced_network(script):
    net, outputs = script.evaluate(
        """() => {
          const neurons = [{ sign: 1, u: [3, 4], size: 5 }, { sign: -1, u: [-1, 0], size: 1 }];
          const net = lib.balanced(neurons);
          const at = [-2, 0.5, 1];
          return [net, at.map((x) => [lib.output(net, x), lib.outputOf(neurons, x)])]; }"""
    )
    assert net["m"] == 2
    decay = sum(np.sum(np.square(net[name])) for name in ("w1", "w2", "alpha"))
    assert decay == pytest.approx(2 * (5 + 1))
    assert np.allclose(np.abs(net["alpha"]), np.hypot(net["w1"], net["w2"]))
    expected = [-2, 5.5, 7]
    assert np.allclose(outputs, np.column_stack([expected, expected]))


# --- At most one neuron a point.


def dependent_neurons(seed):
    rng = np.random.default_rng(seed)
    x = np.sort(rng.uniform(-1, 1, int(rng.integers(1, 8))))
    count = len(x) + int(rng.integers(0, 12))
    kinks = rng.choice(np.append(x[:-1], -3.0), count)
    u = np.column_stack([np.ones(count), -kinks]) * rng.uniform(0.1, 3, count)[:, None]
    signs = rng.choice([-1, 1], count)
    return x, u, signs


FEWEST = """([x, root, neurons]) => lib.fewest({ n: x.length, x, root }, neurons)"""


@pytest.mark.parametrize("seed", range(25))
def test_neurons_are_traded_away_at_no_cost(script, seed):
    x, u, signs = dependent_neurons(seed)
    neurons = [
        dict(sign=int(sign), u=row.tolist(), size=float(np.hypot(*row)))
        for sign, row in zip(signs, u, strict=True)
    ]
    root = np.sqrt(np.arange(1, len(x) + 1))
    left = script.evaluate(FEWEST, [x.tolist(), root.tolist(), neurons])
    assert len(left) <= len(x)
    before = signs @ np.maximum(u @ np.vstack([x, np.ones(len(x))]), 0)
    after = np.zeros(len(x))
    for neuron in left:
        assert neuron["size"] == pytest.approx(np.hypot(*neuron["u"]), rel=1e-9)
        after += neuron["sign"] * np.maximum(neuron["u"][0] * x + neuron["u"][1], 0)
    assert np.allclose(after, before, atol=1e-9 * np.abs(u).sum())
    total = sum(neuron["size"] for neuron in left)
    assert total <= np.hypot(*u.T).sum() * (1 + 1e-9)


def test_an_optimum_has_no_more_neurons_than_points(script):
    for points, decay in random_sets(60):
        found = script.evaluate(SOLVE, [points, decay])
        assert len(found["neurons"]) <= len({x for x, _ in points})


def test_few_neurons_stay_as_they_are(script):
    neurons = [dict(sign=1, u=[1, 2], size=5**0.5), dict(sign=-1, u=[0, 1], size=1)]
    assert script.evaluate(FEWEST, [[0, 1], [1, 1], neurons]) == neurons


def test_of_equal_trades_the_first_neuron_goes(script):
    """Two neurons of one direction and sign: either could go."""
    neurons = [dict(sign=1, u=[1, 0], size=1), dict(sign=1, u=[2, 0], size=2)]
    assert script.evaluate(FEWEST, [[1], [1], neurons]) == [dict(sign=1, u=[3, 0], size=3)]


@pytest.mark.parametrize("size", [1e-162, 1e-160, 1e-150, 1e-140, 1e-100])
def test_of_losses_that_have_lost_digits_nothing_is_claimed(script, size):
    """Labels of 1e-160 have squares that doubles hold to a few digits only."""
    points = [[-1e9, 3 * size], [0, -size], [0, 2 * size], [2, size]]
    found = script.evaluate("(points) => lib.problem(points, 0.01).optimum", points)
    plain = script.evaluate(
        "(points) => lib.problem(points, 0.01).optimum", [[x, y / size] for x, y in points]
    )
    assert found["lowerBound"] <= plain["objective"] * size * size
    assert found["proved"] is (size > 1e-145)
    assert (found["lowerBound"] > 0) is (size > 1e-145)
