"""Claims about other networks, decided on their programs and on networks that were trained."""

import cvxpy as cp
import numpy as np

from ..extensions import deep_linear, optimal_set, three_layer, wgan
from ..loss import loss, predict
from ..sections import batch_norm, descent_limits, layer_by_layer, vector_output
from ..sections import deep_linear as deep_linear_section
from ..sections import gated as gated_section
from ..sections import optimal_set as optimal_set_section
from ..sections import three_layer as three_layer_section
from ..sections import wgan as wgan_section
from .registry import Finding, claim

MET = 1e-4  # of a loss: as close as trainings come to an optimum in some thousand steps
PROVED = 1e-6  # of a loss: the gap that programs are solved to
STEPS = 1500  # of a training: enough for one in ten to come as close
MET = 1e-4  # of a loss: as close as trainings come to an optimum in some thousand steps
PROVED = 1e-6  # of a loss: the gap that programs are solved to
STEPS = 1500  # of a training: enough for one in ten to come as close


def _met(loss, value):
    """Whether the best of some trainings ends at the value, and not below."""
    return -PROVED < loss / value - 1 < MET


@claim("89")
def batch_normalisation_solved():
    S = batch_norm.eight_points()
    X = S.X[:5]
    y = S.y[:5]
    lam = 0.3
    printed = batch_norm.article_program(X, y, lam)
    neither = batch_norm.trained(X, y, lam, batch_norm.NEITHER, steps=STEPS).best
    found = batch_norm.solved_both(X, y, lam)
    best = {where: batch_norm.trained(X, y, lam, where, steps=STEPS).best for where in found}

    def met(loss, value):
        """A training that ends at the value, and none below."""
        return -PROVED < loss / value - 1 < MET

    return Finding(
        printed=met(best["before"], printed),
        conditioned=met(neither, printed),
        corrected=all(
            result.gap < PROVED and met(best[where], result.objective)
            for where, result in found.items()
        ),
        shown=(
            f"Five random points in space: the printed program has the least value {printed:.3f}."
            f" The best of {batch_norm.RUNS} trainings reaches {neither:.3f} if the normalisation"
            " comes after the ReLU and neither centres nor shifts,"
            f" {best['before']:.3f} before the ReLU and {best['after']:.3f} after it, with mean"
            f" and shift; there the programs have {found['before'].objective:.3f} and"
            f" {found['after'].objective:.3f}."
        ),
    )


@claim("90")
def several_outputs():
    S = vector_output.three_classes()
    lam = 0.2
    found = vector_output.solved_all(S.X, S.y, lam)
    best = {kind: vector_output.trained(S.X, S.y, lam, kind).best for kind in ("relu", "gated")}
    nuclear = found["gated"].objective
    return Finding(
        printed=_met(best["relu"], nuclear),
        conditioned=_met(best["gated"], nuclear) and found["gated"].gap < PROVED,
        corrected=_met(best["relu"], found["relu"].objective) and found["relu"].gap < PROVED,
        shown=(
            f"Nine points in three classes: with nuclear norms the least value is {nuclear:.3f},"
            f" and the best of {vector_output.RUNS} gated networks reaches {best['gated']:.3f}, but"
            f" the best ReLU network {best['relu']:.3f}. With the cones in the norm the value is"
            f" {found['relu'].objective:.3f}; if every neuron feeds one output,"
            f" {found['one-vs-all'].objective:.3f}."
        ),
    )


@claim("91")
def three_layers():
    P = three_layer_section.problem()
    best = three_layer.solve(P.X, P.y, P.lam, P.width)
    listed = three_layer.blocks(P.X, P.width)
    attained = three_layer.loss(P.X, P.y, best.network, P.lam)
    proved = best.lower_bound > attained * (1 - 1e-6)

    pairs = zip(listed.first, listed.eps, listed.second, strict=True)
    known = {(D1.tobytes(), eps.tobytes(), D2.tobytes()) for D1, eps, D2 in pairs}
    rng = np.random.default_rng(0)
    drawn = 0
    missing = 0
    for Z in rng.normal(size=(2000, P.width, P.X.shape[1])):
        eps = rng.choice([-1, 1], P.width)
        sums = np.maximum(P.X @ Z.T, 0) @ eps
        D1 = (P.X @ Z.T > 0).T
        if sums.max() > 0 and D1.any(axis=1).all():
            orders = (D1, eps), (D1[::-1], eps[::-1])
            second = (sums > 0).tobytes()
            drawn += 1
            missing += not any((D.tobytes(), e.tobytes(), second) in known for D, e in orders)

    scales = np.geomspace(1e-3, 1e3, 6001)

    def price(size):
        """The least ordinary decay of a chain of three weights whose product is that."""
        return float(np.min(2 * scales**2 + (size / scales**2) ** 2))

    return Finding(
        printed=price(0.5) <= (price(1e-9) + price(1)) / 2,
        conditioned=proved and missing == 0,
        corrected=price(0.5) > 1.2 * (price(1e-9) + price(1)) / 2,
        shown=(
            f"Four points in the plane, sub-networks of two neurons: {len(listed)} blocks, and all"
            f" {drawn:,} random sub-networks drawn lie in one of them. The network mapped back has"
            f" the loss {attained:.4f}, proved to be the least to one in a million. Ordinary decay"
            f" of three weights of product 0, 1/2 and 1: {price(1e-9):.2f}, {price(0.5):.2f} and"
            f" {price(1):.2f}, more in the middle than on average at the ends."
        ),
    )


@claim("92")
def parallel_networks():
    P = deep_linear_section.problem()
    best = deep_linear.solve(*P, depth=3)
    network = best.network
    fewest = np.linalg.matrix_rank(network.product(), tol=1e-6)
    attained = deep_linear.loss(P.X, P.Y, network, P.lam)
    meets = abs(attained - best.lower_bound) < 1e-6 * attained and network.branches == fewest

    one = np.diag([1.0, 0.0])
    other = np.diag([0.0, 1.0])
    middle = (one + other) / 2

    def bulges(cost):
        """Whether a cost is larger in the middle than on average at the ends: not convex."""
        return cost(middle) > (cost(one) + cost(other)) / 2 + 1e-9

    def plain(W):
        return deep_linear_section.plain_decay(W, 3)

    def alone(W):
        return deep_linear.quasi_norm(np.linalg.svd(W, compute_uv=False), 3)

    return Finding(
        printed=not bulges(plain),
        conditioned=meets,
        corrected=bulges(plain) and bulges(alone),
        shown=(
            f"Depth 3, twenty points, four outputs: the optimum {attained:.3f} of the program is"
            f" proved to less than one in a million, and {network.branches} branches attain it, the"
            " rank of the best map. Ordinary decay for the maps diag(1, 0), diag(0, 1) and the one"
            f" in the middle: {plain(one):.2f}, {plain(other):.2f} and {plain(middle):.2f}. (One"
            f" branch with the other decay: {alone(one):.2f}, {alone(other):.2f} and"
            f" {alone(middle):.2f}.)"
        ),
    )


@claim("93")
def convex_concave_games():
    X = wgan_section.points()
    moments = X.T @ X
    beta = 0.2 * np.linalg.norm(moments, 2)
    closed = wgan.quadratic(X, 6, beta)
    G = closed.generated

    Q = cp.Variable(moments.shape, PSD=True)
    near = [moments - Q << beta * np.eye(2), Q - moments << beta * np.eye(2)]
    in_moments = cp.Problem(cp.Minimize(cp.trace(Q)), near).solve(solver=cp.CLARABEL)
    points = cp.Variable((6, 2))
    sum_near = cp.norm(X.sum(axis=0) - cp.sum(points, axis=0)) <= 1.0
    game = cp.Problem(cp.Minimize(cp.sum_squares(points)), [sum_near])
    in_points = game.solve(solver=cp.CLARABEL)
    linear = wgan.linear(X, 6, 1.0)

    def passes(G):
        """Whether no quadratic discriminator gains."""
        return np.linalg.norm(moments - G.T @ G, 2) <= beta * (1 + 1e-9)

    def gain(size):
        """Of one quadratic neuron, both weights of that size, less the decay of both layers."""
        values, directions = np.linalg.eigh(moments - G.T @ G)
        u = size * directions[:, np.argmax(values)]
        return size * (u @ (moments - G.T @ G) @ u) - beta / 2 * 2 * size**2

    gains = [gain(size) for size in (0.1, 10, 100)]
    return Finding(
        printed=passes(G) and passes(-G) and passes(np.zeros_like(G)),
        conditioned=abs(closed.value - in_moments) < 1e-5 * in_moments
        and abs(linear.value - in_points) < 1e-5 * in_points,
        corrected=gains[0] < 0 < gains[1] < gains[2],
        shown=(
            f"Twelve points. Quadratic neurons: closed form {closed.value:.3f}, the convex program"
            f" in the moments {in_moments:.3f}; $G$ and $-G$ pass, the points halfway, at the"
            f" origin, do not. Linear neurons: closed form {linear.value:.3f}, the convex program"
            f" in the points {in_points:.3f}. With decay on both layers a quadratic neuron of size"
            f" 10 gains {gains[1]:,.0f} against the closed form, of size 100 {gains[2]:,.0f}."
        ),
    )


@claim("94")
def unconstrained_version():
    shares = np.array([1e-4, 1e-2, 0.3])
    few = [gated_section.points(4, 6), gated_section.points(5, 5, seed=0)]
    many = [gated_section.points(12, 3), gated_section.points_in_a_plane(8, 10)]

    def factors(S):
        """ReLU optimum over gated optimum and split over ReLU optimum, (2, 3), and 1 + 2 kappa."""
        found = gated_section.values(S, shares)
        relaxed, exact, split = np.array(found.bracket)
        worse_than_none = bool((split > found.square).any())
        return np.array([exact / relaxed, split / exact]), found.constant, worse_than_none

    near = [factors(S) for S in few]
    far = [factors(S) for S in many]
    ordered = all(f.min() > 1 - 1e-5 for f, _, _ in near + far)
    within = all(f.prod(axis=0).max() <= constant for f, constant, _ in near)
    beyond = all(f.prod(axis=0).max() > constant for f, constant, _ in far)
    loosest = max(f[0].max() for f, _, _ in near)
    return Finding(
        printed=not beyond,
        conditioned=ordered and within,
        corrected=far[0][0][0].max() > 2 * loosest and far[0][2],
        shown=(
            "ReLU optimum over gated optimum, split over ReLU optimum, at most: "
            + "; ".join(
                f"{n} points of rank {r} {f[0].max():.1f} and {f[1].max():.0f}"
                for (n, r), (f, _, _) in zip(
                    ((4, 4), (5, 5), (12, 3), (8, 2)), near + far, strict=True
                )
            )
            + ", at three decays. $1 + 2\\kappa$ bounds the product for the first two only."
        ),
    )


@claim("95")
def only_layer_by_layer():
    problem = layer_by_layer.twelve_points()
    training = problem.train(3)
    objectives = [stage.objective for stage in training.stages]
    scaled = [stage.objective for stage in problem.train(3, "features").stages]
    deeper = training.stages[1:]
    # ten runs, one of them from the network that was trained layer by layer
    reached = [
        layer_by_layer.together(problem, stage.network, runs=10, steps=600).best for stage in deeper
    ]
    lower = [best / stage.objective for best, stage in zip(reached, deeper, strict=True)]
    proved = max(stage.gap for stage in training.stages) < 1e-5
    return Finding(
        printed=min(lower) > 1 - 1e-4,
        corrected=proved
        and max(lower) < 0.99
        and max(np.diff(objectives)) <= 0 < max(np.diff(scaled)),
        shown=(
            "Twelve random points in space, one, two and three layers of ReLUs: layer by layer"
            f" {', '.join(f'{value:.3f}' for value in objectives)}, each stage proved to one part"
            " in 100,000; with features of length 1 instead of weights"
            f" {', '.join(f'{value:.3f}' for value in scaled)}. Adam on all layers at once, from"
            " what was trained in turn and from nine random starts, ends more than 1% below."
        ),
    )


@claim("96")
def infinite_width():
    scales = (1, 10, 30)
    pairs = [descent_limits.apart_from_linearised(scale, mirrored=True) for scale in scales]
    drawn = [descent_limits.apart_from_linearised(scale, mirrored=False) for scale in scales]
    widths = (2, 8, 64)
    both = descent_limits.success(widths, positive=False, runs=20)
    positive = descent_limits.success(widths, positive=True, runs=20)
    return Finding(
        printed=positive[-1] > 0.9 and drawn[-1] < 0.01,
        conditioned=max(np.diff(pairs)) < 0 and pairs[-1] < 1e-3 and both[-1] > 0.9,
        corrected=both[0] < 0.1 and max(positive) == 0 and min(drawn) > 0.05,
        shown=(
            f"From opposite pairs of scale {', '.join(map(str, scales))} the article's network ends"
            f" {', '.join(f'{100 * v:.1g}%' for v in pairs)} of the output's range from its"
            f" linearisation, as drawn {', '.join(f'{100 * v:.0f}%' for v in drawn)}. Five points,"
            f" {', '.join(map(str, widths))} neurons:"
            f" {', '.join(f'{100 * v:.0f}%' for v in both)} of 20 descents end within 1% of the"
            " best loss of any width if neurons of both signs look everywhere;"
            f" {', '.join(f'{100 * v:.0f}%' for v in positive)} if all are positive."
        ),
    )


@claim("97")
def one_best_network():
    many = optimal_set_section.solved(optimal_set_section.two_points())
    every = optimal_set.describe(many)
    corners = [every.network(sizes) for sizes in optimal_set.vertices(many)]
    losses = [loss(every.X, every.y, *network, every.lam) for network in corners]
    middle = np.array([[0.0, 1.0]])
    band = optimal_set.band(many, np.vstack([middle, every.X]))
    width = band.high - band.low
    predictions = [predict(middle, *network)[0] for network in corners]

    def alone(seed):
        """Whether random points have one best network only, by the equations and by the band."""
        S = gated_section.points(6, 2, seed)
        solution = optimal_set_section.solved(S)
        new = gated_section.points(3, 2, seed + 100).X
        found = optimal_set.band(solution, new)
        independent = len(optimal_set.describe(solution).free) == 0
        return independent and (found.high - found.low).max() < 1e-3

    agreed = max(losses) - min(losses) < 1e-9 and width[1:].max() < 1e-4
    neurons = sorted(len(alpha) for _, alpha in corners)
    return Finding(
        printed=width[0] < 1e-3,
        conditioned=len(every.free) > 0 and all(alone(seed) for seed in range(10)),
        corrected=agreed
        and neurons == [1, 2]
        and abs(np.ptp(predictions) - width[0]) < 1e-4
        and optimal_set.minimal_width(many) == 1,
        shown=(
            f"Two points at $\\pm\\sqrt3$, labels 1: best networks of {neurons[0]} and of"
            f" {neurons[-1]} neurons, both of loss {losses[0]:.4f}, predict"
            f" {min(predictions):.2f} and {max(predictions):.2f} between the points; no best"
            f" network is beyond {band.low[0]:.2f} to {band.high[0]:.2f}, proved. Ten sets of six"
            " random points have one best network each."
        ),
    )
