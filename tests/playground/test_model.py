"""The network of the page against that of the helpers, and its random numbers against NumPy's."""

import numpy as np
import pytest

from helpers import data, loss, train
from helpers.patterns import activation_patterns


def random_case(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 12))
    m = int(rng.integers(1, 9))
    x = rng.uniform(-2, 2, n)
    W = rng.normal(size=(m, 2))
    return x, rng.normal(size=n), W, rng.normal(size=m)


def arguments(x, y, W, alpha):
    points = np.column_stack([x, y]).tolist()
    return [points, W[:, 0].tolist(), W[:, 1].tolist(), alpha.tolist()]


@pytest.mark.parametrize("seed", range(8))
def test_output_loss_and_gradient_are_those_of_the_helpers(script, seed):
    x, y, W, alpha = random_case(seed)
    X = data.with_bias(x)
    ours = script.evaluate(
        """([points, w1, w2, alpha]) => {
          const problem = lib.lineData(points);
          const net = { m: alpha.length, w1, w2, alpha };
          const empty = () => new Float64Array(net.m);
          const slope = { w1: empty(), w2: empty(), alpha: empty() };
          return {
            output: points.map(([x]) => lib.output(net, x)),
            residual: lib.residual(problem, net),
            plain: lib.loss(problem, net),
            decayed: lib.loss(problem, net, 0.3),
            mean: lib.loss(problem, net, 0.3, 1 / problem.n),
            slope: lib.gradient(problem, net, slope),
          }; }""",
        arguments(x, y, W, alpha),
    )
    fit = loss.predict(X, W, alpha)
    squares = np.sum((fit - y) ** 2)
    weights = np.sum(W**2) + np.sum(alpha**2)
    assert np.allclose(ours["output"], fit, rtol=1e-12, atol=1e-12)
    assert np.allclose(ours["residual"], fit - y, rtol=1e-12, atol=1e-12)
    assert ours["plain"] == pytest.approx(squares, rel=1e-12)
    assert ours["decayed"] == pytest.approx(loss.loss(X, y, W, alpha, 0.3), rel=1e-12)
    assert ours["mean"] == pytest.approx(squares / len(y) + 0.3 * weights, rel=1e-12)
    slope_W, slope_alpha = loss.gradient(X, y, W, alpha)
    theirs = [*slope_W.T, slope_alpha]
    found = [ours["slope"][name] for name in ("w1", "w2", "alpha")]
    assert np.allclose(found, theirs, rtol=1e-10, atol=1e-10)


def test_a_neuron_on_its_kink_is_active_but_does_not_learn(script):
    """At w'x = 0 the pattern says active (>= 0), the subgradient is 0, as in PyTorch."""
    count, slope = script.evaluate(
        """() => {
          const problem = lib.lineData([[1, 3], [2, 3]]);
          const net = { m: 2, w1: [1, -1], w2: [-1, 1], alpha: [1, 1] };
          const slope = { w1: [], w2: [], alpha: [] };
          const { keys } = lib.patterns(problem, net);
          return [[...keys], lib.gradient(problem, net, slope)]; }"""
    )
    assert count == [3, 1]  # the first neuron is active at both points, the second at the first
    # residual at x = 2: 1 - 3 = -2, so the first slope is 2 * (-2) * (2, 1); nothing from x = 1
    assert slope == {"w1": [-8, 0], "w2": [-4, 0], "alpha": [-4, 0]}


@pytest.mark.parametrize("seed", range(4))
def test_patterns_are_those_of_the_helpers(script, seed):
    x, y, W, alpha = random_case(seed + 50)
    keys, count = script.evaluate(
        """([points, w1, w2, alpha]) => {
          const { keys, count } = lib.patterns(lib.lineData(points), { m: alpha.length, w1, w2 });
          return [keys, count]; }""",
        arguments(x, y, W, alpha),
    )
    D = activation_patterns(data.with_bias(x), W)
    D = D if D.shape == (len(W), len(x)) else D.T
    assert keys == [sum(2**j for j in np.flatnonzero(row)) for row in D]
    assert count == len(np.unique(D, axis=0))


@pytest.mark.parametrize(
    "net, dead",
    [
        ([[1, -5, 1]], 1),  # active to the right of 5
        ([[1, -5, 1], [-1, -5, 1]], 2),
        ([[1, -5, 1], [1, -1.5, 1]], 1),  # active at 2
        ([[0, 0, 1]], 1),
        ([[-1, 1, 1]], 1),  # on its kink at 1: no slope
        ([[-1, 1.5, 0]], 0),
    ],
)
def test_a_dead_neuron_is_active_at_no_point(script, net, dead):
    w1, w2, alpha = np.transpose(net).tolist()
    found = script.evaluate(
        """([w1, w2, alpha]) => lib.deadCount(lib.lineData([[1, 0], [2, 0]]),
             { m: alpha.length, w1, w2, alpha })""",
        [w1, w2, alpha],
    )
    assert found == dead


def test_a_copy_is_a_network_of_its_own(script):
    copied, original = script.evaluate(
        """() => {
          const net = { m: 1, w1: [1], w2: [2], alpha: [3] };
          const copy = lib.copyNetwork(net);
          copy.w1[0] = copy.w2[0] = copy.alpha[0] = 9;
          return [copy, net]; }"""
    )
    assert copied == dict(m=1, w1=[9], w2=[9], alpha=[9])
    assert original == dict(m=1, w1=[1], w2=[2], alpha=[3])


@pytest.mark.parametrize(
    "m, scale, seed",
    [(1, 1.0, 0), (7, 0.3, 7), (400, 1e-5, 8), (33, 10.0, 4294967295), (5, 1.0, 2**31)],
)
def test_a_seed_gives_the_network_of_numpy_bit_for_bit(script, m, scale, seed):
    net = script.evaluate("([m, scale, seed]) => lib.network(m, scale, seed)", [m, scale, seed])
    W, alpha = train.uniform_network(m, 2, scale, np.random.default_rng(seed))
    assert net["m"] == m
    assert (np.array([net["w1"], net["w2"]]).T == W).all()
    assert (net["alpha"] == alpha).all()


@pytest.mark.parametrize("seed", [0, 1, 12345, 4294967295])
def test_the_generator_is_numpy_s(script, seed):
    numbers = script.evaluate(
        """(seed) => { const random = lib.generator(seed);
          return Array.from({ length: 3000 }, random); }""",
        seed,
    )
    assert (np.array(numbers) == np.random.default_rng(seed).random(3000)).all()


# --- A neuron moved by hand.


def test_a_kink_is_moved_and_nothing_else(script):
    rng = np.random.default_rng(3)
    for _ in range(50):
        w1, w2, alpha = rng.normal(size=3)
        kink, slope = rng.normal(), rng.exponential()
        moved = script.evaluate(
            "([neuron, kink, slope]) => lib.withKink(neuron, kink, slope)",
            [dict(w1=w1, w2=w2, alpha=alpha), kink, slope],
        )
        assert -moved["w2"] / moved["w1"] == pytest.approx(kink)
        assert abs(moved["w1"] * moved["alpha"]) == pytest.approx(slope)
        assert np.sign([moved["w1"], moved["alpha"]]).tolist() == np.sign([w1, alpha]).tolist()
        assert moved["alpha"] / moved["w1"] == pytest.approx(alpha / w1)


@pytest.mark.parametrize("w1, alpha", [(0, 2), (1, 0), (0, -1), (0, 0)])
def test_a_neuron_without_slope_gets_one(script, w1, alpha):
    moved = script.evaluate(
        "(neuron) => lib.withKink(neuron, 3, 4)", dict(w1=w1, w2=1, alpha=alpha)
    )
    assert abs(moved["w1"] * moved["alpha"]) == pytest.approx(4)
    assert -moved["w2"] / moved["w1"] == pytest.approx(3)
    assert (moved["alpha"] < 0) == (alpha < 0)
