"""Section Why it is convex: every step of the chain, the hull, the dual curve, two points."""

import cvxpy as cp
import numpy as np
import pytest

from helpers import convex, data, dual, networks, train
from helpers.figures import why_convex as figures
from helpers.loss import loss, predict
from helpers.patterns import activation_patterns
from helpers.sections import why_convex

S = why_convex.five_points()
LAM = 0.027
AROUND = dual.circle(np.linspace(-180, 180, 7201))


def random_network(seed, m=12):
    return train.uniform_network(m, 2, 1.0, np.random.default_rng(seed))


@pytest.fixture(scope="module")
def runs():
    """The three stuck neurons, and what becomes of them."""
    narrow = random_start()
    return why_convex.freed(S.X, S.y, narrow, LAM, step=0.04, steps=8000, record_every=200)


def random_start():
    return train.uniform_network(3, 2, 0.7, np.random.default_rng(0))


@pytest.mark.parametrize("seed", range(4))
def test_no_scaling_of_the_layers_beats_the_balanced_network(seed):
    W, alpha = random_network(seed, m=1)
    scales = np.geomspace(0.01, 100, 20001)
    decay = (scales * np.linalg.norm(W)) ** 2 + (alpha / scales) ** 2
    W_b, alpha_b = why_convex.balance(W, alpha)
    balanced = np.sum(W_b**2) + np.sum(alpha_b**2)
    assert balanced == pytest.approx(decay.min(), rel=1e-6)
    assert balanced == pytest.approx(2 * abs(alpha[0]) * np.linalg.norm(W))
    np.testing.assert_allclose(predict(S.X, W_b, alpha_b), predict(S.X, W, alpha))


@pytest.mark.parametrize("seed", range(4))
def test_the_chain_goes_down_to_the_optimum(seed):
    W, alpha = random_network(seed)
    chain = why_convex.chain(S.X, S.y, W, alpha, LAM)
    assert chain.network == loss(S.X, S.y, W, alpha, LAM)
    assert chain.network > chain.balanced > chain.merged > chain.optimum
    assert chain.split == pytest.approx(chain.optimum, rel=1e-6)
    # A step changes the decay alone, and the program prices the merged network at its own loss.
    U, V, D = networks.from_network(S.X, W, alpha)
    assert chain.merged == pytest.approx(convex.program_value(S.X, S.y, U, V, D, LAM))
    assert chain.optimum == pytest.approx(by_cvxpy(S.X, S.y, LAM), rel=1e-4)
    fit = loss(S.X, S.y, W, alpha)
    products = np.abs(alpha) * np.linalg.norm(W, axis=1)
    assert chain.balanced == pytest.approx(fit + 2 * LAM * products.sum())


def by_cvxpy(X, y, lam):
    """The least loss as a lasso over a scan of neurons, those at a kink among them: an oracle."""
    kinks = np.column_stack([-X[:, 1], X[:, 0]])
    kinks /= np.linalg.norm(kinks, axis=1, keepdims=True)
    outputs = np.maximum(X @ np.vstack([AROUND[::10], kinks, -kinks]).T, 0)
    sizes = cp.Variable((2, outputs.shape[1]), nonneg=True)
    fit = cp.sum_squares(outputs @ (sizes[0] - sizes[1]) - y)
    return cp.Problem(cp.Minimize(fit + 2 * lam * cp.sum(sizes))).solve(solver=cp.CLARABEL)


def test_the_merged_arrows_stay_in_their_cells():
    X = figures.THREE
    for _, U in figures.GROUPS:
        D = activation_patterns(X, np.vstack([U, U.sum(axis=0)]))
        assert (D == D[0]).all()
        along = np.linalg.norm(U, axis=1).sum()
        assert np.linalg.norm(U.sum(axis=0)) < along
    cells = [activation_patterns(X, U)[0].tolist() for _, U in figures.GROUPS]
    assert cells[0] != cells[1]


def test_the_way_in_the_program_lies_below_its_chord(runs):
    best = convex.solve(S.X, S.y, LAM)
    ends = (runs[0].final, best.to_network())
    way = why_convex.crossing(S.X, S.y, ends, LAM)
    own = [loss(S.X, S.y, *network, LAM) for network in ends]
    np.testing.assert_allclose(way.weights[[0, -1]], own)
    np.testing.assert_allclose(way.program[[0, -1]], own, rtol=1e-6)
    chord = own[0] + way.t * (own[1] - own[0])
    assert (way.program <= chord + 1e-9).all()
    assert (np.diff(way.program) < 0).all()
    assert way.weights.max() > 1.5 * own[0]
    half = len(way.t) // 2
    middle = [(W / np.sqrt(2), alpha / np.sqrt(2)) for W, alpha in ends]  # both, of half the size
    W, alpha = (np.concatenate(layer) for layer in zip(*middle, strict=True))
    together = loss(S.X, S.y, *networks.merge(S.X, W, alpha), LAM)
    assert way.program[half] == pytest.approx(together, rel=1e-6)


@pytest.mark.parametrize("y", [(0.6, 1.5), (-0.9, 1.3), (1.0, -0.2)])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_the_best_output_is_where_the_hull_meets_the_ball(y, share):
    X = data.with_bias([-0.7, 0.8])
    y = np.array(y)
    lam = share * convex.lambda_max(X, y)
    solution = convex.solve(X, y, lam, tol=1e-10)
    met = why_convex.meeting(X, y, solution)
    np.testing.assert_allclose(met.output, solution.predict(X), atol=1e-4)
    np.testing.assert_allclose(met.output, met.shares @ met.corners)
    assert met.shares.sum() == pytest.approx(1)
    assert met.radius**2 + 2 * lam * met.total == pytest.approx(solution.objective, rel=1e-5)
    body = met.total * why_convex.neuron_outputs(X, AROUND)
    nearest = nearest_in_hull(np.vstack([body, -body])[::20], y)
    np.testing.assert_allclose(nearest, met.output, atol=5e-3)
    # The tangent there has the whole hull on one side.
    theta = y - met.output
    assert np.abs(body @ theta).max() <= theta @ met.output * (1 + 1e-3)
    assert len(met.corners) <= 2


def nearest_in_hull(corners, y):
    """The point of the hull nearest to y, by cvxpy."""
    shares = cp.Variable(len(corners), nonneg=True)
    point = corners.T @ shares
    program = cp.Problem(cp.Minimize(cp.sum_squares(point - y)), [cp.sum(shares) == 1])
    program.solve(solver=cp.CLARABEL)
    return point.value


def test_a_flat_side_needs_two_neurons_and_a_round_one_one():
    X = data.with_bias([-0.7, 0.8])
    for y, corners in (((0.6, 1.5), 1), ((-0.9, 1.3), 2)):
        solution = convex.solve(X, y, 0.3 * convex.lambda_max(X, y))
        assert len(why_convex.meeting(X, y, solution).corners) == corners
    X = data.with_bias([-0.8, 0.1, 0.7])
    y = [-0.8, 1.2, -0.7]
    solution = convex.solve(X, y, 0.4 * convex.lambda_max(X, y))
    assert len(why_convex.meeting(X, y, solution).corners) == 3


@pytest.mark.parametrize("seed", range(6))
def test_n_neurons_are_enough(seed):
    rng = np.random.default_rng(seed)
    X = data.with_bias(rng.uniform(-1, 1, 4))
    y = rng.uniform(-1, 1, 4)
    solution = convex.solve(X, y, 0.003, tol=1e-8)
    W, alpha = why_convex.distinct_network(X, solution)
    assert len(alpha) <= 4
    assert len(alpha) == networks.distinct_neurons(W, alpha)
    assert loss(X, y, W, alpha, 0.003) == pytest.approx(solution.objective, rel=1e-4)


@pytest.mark.parametrize("share", [0.003, 0.01, 0.013, 0.02, 0.1, 0.9])
def test_the_curve_of_an_optimum_touches_the_band_at_its_neurons_only(share):
    lam = share * convex.lambda_max(S.X, S.y)
    best = convex.solve(S.X, S.y, lam, tol=1e-9)
    theta = S.y - best.predict(S.X)
    curve = dual.dual_curve(S.X, theta, AROUND) / lam
    assert np.abs(curve).max() <= 1.001
    W, alpha = why_convex.distinct_network(S.X, best)
    at_neurons = dual.dual_curve(S.X, theta, W) / lam
    np.testing.assert_allclose(at_neurons, np.sign(alpha), atol=1e-3)
    touching = AROUND[np.abs(curve) > 1 - 1e-5]
    directions = W / np.linalg.norm(W, axis=1, keepdims=True)
    assert np.abs(touching @ directions.T).max(axis=1).min() > np.cos(np.deg2rad(1))


def test_from_lambda_max_on_there_is_no_neuron():
    largest = convex.lambda_max(S.X, S.y)
    scanned = np.abs(dual.dual_curve(S.X, S.y, AROUND)).max()
    assert largest == pytest.approx(scanned, rel=1e-6)
    assert by_cvxpy(S.X, S.y, 1.01 * largest) == pytest.approx(S.y @ S.y, rel=1e-4)
    assert by_cvxpy(S.X, S.y, 0.98 * largest) < S.y @ S.y * 0.9999
    solution = convex.solve(S.X, S.y, largest)
    assert len(why_convex.distinct_network(S.X, solution)[1]) == 0


@pytest.mark.parametrize("x", [(-1, 1), (-1, 2), (0.5, -3)])
@pytest.mark.parametrize("y", [(1, 2), (1, -1), (-0.4, -2)])
@pytest.mark.parametrize("lam", [0.0, 0.1, 0.5, 1.5, 7.0])
def test_two_points_by_hand(x, y, lam):
    hand = why_convex.by_hand(x, y, lam)
    X = np.reshape(x, (2, 1))
    u = cp.Variable(2, nonneg=True)
    v = cp.Variable(2, nonneg=True)
    fit = cp.sum_squares(cp.multiply(np.abs(x), u - v) - np.array(y))
    program = cp.Problem(cp.Minimize(fit + 2 * lam * cp.sum(u + v)))
    assert hand.value == pytest.approx(program.solve(solver=cp.CLARABEL), abs=1e-5)
    assert hand.value == pytest.approx(convex.solve(X, y, lam).objective, abs=1e-5)
    assert hand.bound == pytest.approx(hand.value)
    np.testing.assert_allclose(hand.size, np.abs(u.value - v.value), atol=2e-3)
    largest = max(abs(x[0] * y[0]), abs(x[1] * y[1]))
    assert convex.lambda_max(X, y) == pytest.approx(largest)
    assert hand.size.any() == (lam < largest)


def test_the_numbers_of_the_page_by_hand():
    hand = why_convex.by_hand([-1, 1], [1, 2], 0.1)
    np.testing.assert_allclose(hand.residual, [0.1, 0.1])
    np.testing.assert_allclose(hand.size, [0.9, 1.9])
    assert hand.value == pytest.approx(0.58)
    with pytest.raises(ValueError, match="opposite"):
        why_convex.by_hand([1, 2], [1, 2], 0.1)


def test_a_stuck_network_pokes_out_and_the_missing_neurons_free_it(runs):
    best = convex.solve(S.X, S.y, LAM).objective
    rests = [why_convex.at_rest(S.X, S.y, run.final, LAM) for run in runs]
    first = rests[0]
    assert networks.stationarity(S.X, S.y, *runs[0].final, LAM) < 1e-6
    assert first.loss == pytest.approx(0.394, abs=5e-4)
    assert first.height == pytest.approx(2.66, abs=0.005)
    peak = dual.peak(S.X, S.y - predict(S.X, *runs[0].final))
    assert dual.angle(peak.direction[None])[0] == pytest.approx(-151.2, abs=0.1)
    assert peak.sign == -1
    assert [rest.neurons for rest in rests] == [3, 4, 5, 6, 7]
    assert (np.diff([rest.loss for rest in rests]) < 0).all()
    assert all(rest.bound <= best + 1e-9 for rest in rests)
    assert rests[-1].height <= why_convex.POKES_OUT
    assert rests[-1].loss == pytest.approx(best, rel=1e-3)
    assert rests[-1].bound == pytest.approx(best, rel=2e-3)
    for run in runs:  # each goes on from the last one, and steps are counted on
        assert (np.diff(run.step) >= 0).all()
        assert run.step[-1] == 24000


def test_its_own_neurons_stand_on_the_edge_of_the_band(runs):
    W, alpha = runs[0].final
    residual = S.y - predict(S.X, W, alpha)
    alive = np.abs(alpha) > 1e-6
    edge = dual.dual_curve(S.X, residual, W[alive]) / LAM
    np.testing.assert_allclose(edge, np.sign(alpha[alive]), atol=1e-6)
    assert alive.sum() == 2
    assert not activation_patterns(S.X, W[~alive]).any()


def test_the_chain_is_a_diagram_whose_arrows_are_links():
    W, alpha = random_network(0)
    diagram = figures.chain(why_convex.chain(S.X, S.y, W, alpha, LAM))
    page = diagram._repr_mimebundle_()["text/html"]
    for step in figures.STEPS:
        assert f'href="#{step.figure}"' in page
    assert page.count("<a ") == page.count("<foreignObject") == len(figures.STEPS)
    assert repr(diagram).count("≥") == 3
    assert f"loss {loss(S.X, S.y, W, alpha, LAM):.3f}" in page


def test_stills_show_what_they_say(runs):
    best = convex.solve(S.X, S.y, LAM)
    lines = {line.get_label(): line for line in figures.split(S, best).axes[0].lines}
    x, y = lines["their sum"].get_data()
    np.testing.assert_allclose(y, best.predict(data.with_bias(x)))
    neurons = [line.get_ydata() for line in figures.split(S, best).axes[0].lines if is_blue(line)]
    np.testing.assert_allclose(np.sum(neurons, axis=0), y, atol=1e-9)
    way = why_convex.crossing(S.X, S.y, (runs[0].final, best.to_network()), LAM)
    lines = {line.get_label(): line for line in figures.crossing(way).axes[0].lines}
    np.testing.assert_array_equal(lines["in the program"].get_ydata(), way.program)
    circles = [line.get_data() for line in figures.balance().axes[0].lines[1:3]]
    np.testing.assert_allclose([np.hypot(*c)[0] ** 2 for c in circles], [4.25, 2])
    assert figures.merging().axes
    axes = figures.poking_out(S, LAM, runs[0].final, best).axes[0]
    (arrow,) = axes.texts
    assert arrow.xy == pytest.approx((-151.2, -2.66), abs=0.1)
    lines = {line.get_label(): line for line in axes.lines}
    assert np.abs(lines["stuck network"].get_ydata()).max() == pytest.approx(2.66, abs=0.005)
    assert np.abs(lines["best network"].get_ydata()).max() == pytest.approx(1, abs=0.002)


def is_blue(line):
    return line.get_color() == figures.style.NETWORK


def test_explorers_say_in_words_what_they_show():
    X = data.with_bias([-0.7, 0.8])
    labels = {"opposite": np.array([-0.9, 1.3])}
    largest = convex.lambda_max(X, labels["opposite"])
    optima = {
        "opposite": {s: convex.solve(X, labels["opposite"], s * largest) for s in (0, 0.5, 0.9, 1)}
    }
    draw = figures.hull(X, labels, optima)
    assert "between two corners, two neurons" in draw("opposite", 0.5).alt
    assert "in a corner, one neuron" in draw("opposite", 0.9).alt
    assert "no neuron" in draw("opposite", 1).alt
    X = data.with_bias([-0.8, 0.1, 0.7])
    y = np.array([-0.8, 1.2, -0.7])
    space = figures.hull_in_space(X, y, convex.solve(X, y, 0.4 * convex.lambda_max(X, y)))
    assert "three neurons" in space(30).alt
    largest = convex.lambda_max(S.X, S.y)
    solutions = {s: convex.solve(S.X, S.y, s * largest, tol=1e-8) for s in (0, 0.01, 0.1, 1)}
    draw = figures.dual_along_lambda(S, largest, solutions)
    assert "the labels are met" in draw(0).alt
    assert "5 neurons touch" in draw(0.01).alt
    assert "one neuron touches" in draw(0.1).alt
    assert "no neuron" in draw(1).alt
    assert len(draw(0.01).axes) == 2


def test_a_view_keeps_lengths_across_it():
    for turned in (-30, 0, 75):
        seen = figures._seen_from(turned)
        np.testing.assert_allclose(seen.T @ seen, np.eye(2), atol=1e-12)
