"""Claims of section II, specifics about equivalence: the theorem; one, two and many neurons."""

from itertools import product

import numpy as np
from scipy.optimize import linprog

from .. import convex, data, experiments, networks, patterns
from ..loss import loss, losses
from ..sections.equivalence import restricted_optimum
from ..train import descend_many
from .registry import Finding, claim


@claim("27")
def close_to_all():
    rng = np.random.default_rng(0)
    sizes = [(n, r) for n in range(2, 9) for r in range(1, min(n, 5) + 1)]
    counted = all(
        len(patterns.enumerate_patterns(rng.normal(size=(n, r)))) == patterns.cover_count(n, r)
        for n, r in sizes
    )
    share = {r: patterns.cover_count(100, r) / 2**100 for r in (10, 50, 90, 100)}
    half = patterns.cover_count(100, 50) * 2 == 2**100
    every = patterns.cover_count(100, 100) == 2**100
    return Finding(
        printed=share[10] > 0.5,
        conditioned=every and share[90] > 0.99,
        corrected=counted and half and share[10] < 1e-17,
        shown=(
            "Share of the $2^{100}$ for $n = 100$: "
            + ", ".join(f"{v:.2g} at rank {r}" for r, v in share.items())
            + f". Enumeration agrees with Cover's count on {len(sizes)} random sets."
        ),
    )


@claim("28")
def interesting():
    def has_nonzero_vector(X, D):
        """Has a vector that respects the constraints of D some coordinate other than 0?"""
        A = -np.where(np.array(D), 1.0, -1.0)[:, None] * X
        b = np.zeros(len(X))
        axes = [*np.eye(X.shape[1]), *-np.eye(X.shape[1])]
        return any(linprog(axis, A, b, bounds=(-1, 1)).fun < -1e-7 for axis in axes)

    def compare(X):
        """Patterns with a non-zero vector, and patterns with an open cone."""
        respected = sum(has_nonzero_vector(X, D) for D in product((0, 1), repeat=len(X)))
        return respected, len(patterns.enumerate_patterns(X))

    rng = np.random.default_rng(0)
    general = [compare(rng.normal(size=shape)) for shape in ((5, 2), (4, 3))]
    opposite = compare(np.array([[1.0, 0.0], [-1.0, 0.0]]))
    general_agree = all(a == b for a, b in general)
    return Finding(
        printed=general_agree and opposite[0] == opposite[1],
        conditioned=general_agree,
        corrected=opposite == (4, 2),
        shown=(
            f"Two opposite points in the plane: {opposite[0]} patterns have a non-zero vector,"
            f" {opposite[1]} an open cone. Random points:"
            f" {', '.join(f'{a} and {b}' for a, b in general)}."
        ),
    )


@claim("25b")
def best_any_network_reaches():
    rng = np.random.default_rng(3)
    lam = 0.05
    true = []
    shown = []
    for n in (5, 6):
        X = rng.normal(size=(n, 2))
        y = rng.normal(size=n)
        W = rng.normal(size=(60, 16, 2))
        alpha = rng.normal(size=(60, 16))
        best = convex.solve(X, y, lam)
        optimum = best.objective
        own = loss(X, y, *best.to_network(), lam)
        low = descend_many(X, y, W, alpha, lam=lam, step=0.005, steps=12000).loss.min()

        proved = abs(own - optimum) < 1e-8 and best.gap < 1e-6
        true.append(proved and -1e-6 < (low - optimum) / optimum < 2e-3)
        shown.append(
            f"convex optimum {optimum:.3f}, its network {own:.3f}, the best of 60 descents"
            f" {low:.3f}"
        )
    return Finding(
        printed=all(true),
        shown=(
            f"Two random sets: {'; '.join(shown)}. The gap to the dual bound is below 1e-6, so"
            " no network is better."
        ),
    )


@claim("25c")
def more_neurons_than_patterns():
    rng = np.random.default_rng(0)
    sizes = list(product(range(2, 9), (2, 3, 4)))
    enough = True
    for n, r in sizes:
        X = rng.normal(size=(n, r))
        on_the_same_rays = rng.uniform(0.5, 2, (n, 1)) * X
        opposite = -1 * X
        enough &= patterns.count_patterns(np.vstack([X, on_the_same_rays])) >= n
        enough &= patterns.count_patterns(np.vstack([X, opposite])) >= 2 * n

    S = data.load("landscape")
    best = convex.solve(S.X, S.y, 0.1).objective
    by_width = []
    for m in (1, 2, 3, 6):
        W = rng.normal(size=(60, m, 1))
        alpha = rng.normal(size=(60, m))
        by_width.append(descend_many(S.X, S.y, W, alpha, lam=0.1).loss.min())
    no_better = np.ptp(by_width[1:]) < 1e-6 and abs(by_width[-1] - best) < 1e-6
    return Finding(
        printed=enough and no_better,
        corrected=by_width[0] > best + 0.1,
        shown=(
            f"The two points of section I have {patterns.count_patterns(S.X)} patterns; best"
            f" loss with 1, 2, 3 and 6 neurons: {', '.join(f'{v:.3f}' for v in by_width)}."
            f" In {len(sizes)} random sets of $n$ points, each with another on its ray and"
            " then with"
            " its opposite, there are never fewer patterns than rays."
        ),
    )


@claim("29")
def subset_of_patterns():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(5, 2))
    y = rng.normal(size=5)
    D = patterns.enumerate_patterns(X)
    binding = []  # how far descent lowers the loss where a constraint binds
    free = []  # and where none does
    for _ in range(40):
        chosen = D[rng.choice(len(D), 3, replace=False)]
        signs = rng.choice([-1.0, 1.0], 3)
        tried = restricted_optimum(X, y, 0.01, chosen, signs, step=0.01, steps=3000)
        if np.isinf(tried.margin):
            continue  # the optimum has no neuron
        lowered = free if tried.margin > 1e-3 else binding
        lowered.append(tried.optimum - tried.after)
    moved = np.mean(np.array(binding) > 1e-3)
    return Finding(
        printed=moved < 0.1,
        conditioned=len(free) >= 2 and max(free) < 1e-6,
        corrected=moved > 0.25,
        shown=(
            "Random triples of a pattern and a sign, five points: from 1e-5 beside the"
            " solution, gradient descent lowers the loss in about"
            f" {10 * round(10 * moved)}% of {len(binding)} cases with a binding constraint, in"
            f" none of {len(free)} without."
        ),
    )


@claim("29b")
def not_enough_neurons():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(5, 2))
    y = rng.normal(size=5)
    lam = 0.01
    D, inside = patterns.enumerate_patterns(X, weights=True)
    best = convex.solve(X, y, lam)
    W, alpha = best.to_network()
    narrow = []  # losses of networks of a neuron a region, over the program of their regions
    crowded = []  # and of networks of ten
    lost = []  # the program over the optimum
    found = []  # with the optimum's own regions added
    for _ in range(20):
        chosen = rng.choice(len(D), 3, replace=False)
        signs = rng.choice([-1.0, 1.0], 3)
        program = convex.solve(X, y, lam, D[chosen], signs=signs)
        narrow.append(loss(X, y, *program.to_network(), lam) / program.objective - 1)
        many = rng.uniform(0.5, 1.5, (10, 3, 1)) * inside[chosen]
        many = many.reshape(-1, 2)
        theirs = np.tile(signs, 10)
        crowd = convex.own_program(X, y, many, theirs, lam)
        crowded.append(crowd.objective / program.objective - 1)
        lost.append(program.objective / best.objective - 1)
        both = np.vstack([many, W]), np.append(theirs, alpha)
        found.append(convex.own_program(X, y, *both, lam).objective / best.objective - 1)
    same = max(np.abs(narrow).max(), np.abs(crowded).max())
    return Finding(
        printed=same < 1e-4 and min(lost) > 1e-2,
        corrected=max(np.abs(found)) < 1e-4,
        shown=(
            f"{len(lost)} random triples of a pattern and a sign, five points: a network of three"
            " neurons has the value of the program, thirty neurons in the same three regions have"
            f" no lower one, and both are {100 * min(lost):.0f}% or more above the optimum. With"
            " neurons in the optimum's regions too, the program reaches it."
        ),
    )


@claim("17")
def exactly_two():
    S = data.load("one-neuron")
    w = np.linspace(-3, 3, 1201)
    values = losses(S.X, S.y, w[:, None, None])
    inner = values[1:-1]
    minima = w[1:-1][(inner < values[:-2]) & (inner < values[2:])]
    curve = [loss(S.X, S.y, [[-1 / alpha]], [alpha]) for alpha in (0.5, 1.0, 2.0, 4.0)]
    return Finding(
        printed=np.ptp(curve) > 1e-9,
        conditioned=len(minima) == 2,
        shown=(
            f"Local minima on a grid of [-3, 3]: {', '.join(f'{v:g}' for v in minima)}. With"
            " $\\alpha$ free, $(w, \\alpha) = (-1/\\alpha, \\alpha)$ has the loss"
            f" {curve[0]:.2f} for every $\\alpha > 0$."
        ),
    )


@claim("16")
def global_minimum_from_one_pattern():
    S = data.load("one-neuron")
    best = losses(S.X, S.y, np.linspace(-3, 3, 1201)[:, None, None]).min()
    left = convex.solve(S.X, S.y, 0.0, [(1, 0)], signs=[1.0]).objective
    right = convex.solve(S.X, S.y, 0.0, [(0, 1)], signs=[1.0]).objective
    return Finding(
        printed=min(left, right) > best + 1e-6,
        conditioned=right > best + 0.5,
        corrected=abs(left - best) < 1e-9,
        shown=(
            f"Least loss of the neuron {best:.2f}; pattern (1, 0) reaches {left:.2f}, pattern"
            f" (0, 1) only {right:.2f}."
        ),
    )


@claim("24")
def three_local_minima():
    S = data.load("landscape")
    rng = np.random.default_rng(0)
    lam = 0.1
    W = rng.uniform(-2, 2, (400, 2, 1))
    alpha = rng.uniform(-2, 2, (400, 2))

    def different(losses):
        return np.unique(np.round(losses, 3) + 0.0)

    ends = descend_many(S.X, S.y, W, alpha, lam=lam, step=0.03)
    trained = different(ends.loss)
    products = ends.alpha * ends.W[:, :, 0]
    on_second_point = np.round(products[(products > 1e-3).all(axis=1)], 2)
    shared = len(np.unique(on_second_point, axis=0)) > 10
    one_sum = np.ptp(on_second_point.sum(axis=1)) < 0.03

    second_layer_of_1 = descend_many(
        S.X, S.y, W[:60], lam=lam, step=0.05, steps=600, train_alpha=False
    )
    constant = 2 * lam  # the decay of the two fixed weights
    fixed = different(second_layer_of_1.loss - constant)

    zero = np.zeros((2, 1))
    still = networks.stationarity(S.X, S.y, zero, zero[:, 0], lam)
    grown = np.array([[0.01], [0.0]])
    way_down = loss(S.X, S.y, grown, grown[:, 0], lam) - loss(S.X, S.y, zero, zero[:, 0], lam)
    saddle = still == 0 > way_down and abs(trained[-1] - S.y @ S.y) < 1e-2
    return Finding(
        printed=len(trained) == 3,
        conditioned=len(fixed) == 3,
        corrected=len(trained) == 4 and shared and one_sum and saddle,
        shown=(
            f"$\\lambda = 0.1$: losses {', '.join(f'{v:.3f}' for v in fixed)} with $\\alpha"
            f" = 1$; {', '.join(f'{v:.3f}' for v in trained)} with both layers trained, the"
            " second of them at more than ten different pairs of products $\\alpha_i w_i$ of"
            " one sum. The last is the loss of the zero network, where the gradient vanishes; one"
            f" neuron of size 0.01 on the second point changes it by {way_down:.1e}: a saddle."
        ),
    )


@claim("4b")
def one_neuron_for_each_pattern():
    S = data.load("landscape")
    starts = experiments.landscape_starts()
    solved = experiments.landscape_ends(S, starts) < 1e-9
    a, b = starts.T
    opposite = a * b < 0
    apart = np.abs(a - b)
    needed = np.where(a > 0, 2, 1)  # how far apart two neurons of one pattern have to start
    rule = opposite | (apart > needed)
    sure = opposite | (np.abs(apart - needed) > 0.05)  # away from the edge of the basin
    long_steps = experiments.landscape_ends(S, starts, step=0.6, steps=3000)
    jumps = np.mean(long_steps < 1e-9)
    return Finding(
        printed=bool(np.array_equal(solved, opposite)),
        conditioned=bool(solved[opposite].all()),
        corrected=bool(np.array_equal(solved[sure], rule[sure])) and jumps > 0.9,
        shown=(
            f"All {opposite.sum()} starts with opposite signs reach loss 0, and so do"
            f" {np.sum(solved & ~opposite)} of the {np.sum(~opposite)} others, exactly those"
            " the rule names. With step 0.6, more than 90% of all starts do."
        ),
    )


@claim("23")
def leaving_out_constraints():
    X = np.array([[-1.0], [1.0]])
    lam = 0.1

    def excess(*y):
        """Of the network that the unconstrained solution maps to, above the best network."""
        # u_1 sees the second point and u_2 the first, with a minus: two soft thresholds
        target = np.array([y[1], -y[0]])
        u = np.sign(target) * np.maximum(np.abs(target) - lam, 0)
        size = np.sqrt(np.abs(u))
        mapped = loss(X, np.array(y), (u / size)[:, None], size, lam)
        return mapped - convex.solve(X, np.array(y), lam).objective

    positive = [excess(1.0, 2.0), excess(0.5, 3.0)]
    negative = excess(1.0, -2.0)
    return Finding(
        printed=abs(negative) < 1e-6 and max(positive) < 1e-6,
        conditioned=max(np.abs(positive)) < 1e-6,
        corrected=negative > 1,
        shown=(
            f"Mapped back, its solution is {max(map(abs, positive)):.3f} above the best"
            f" network for two sets of positive labels, {negative:.2f} above for $y = (1,"
            " -2)$."
        ),
    )


@claim("30")
def merging():
    S = data.load("two-points")
    W = np.array([[0.5, 0.025], [1.0, -0.9]])  # both activate the second point only
    same_sign = np.array([1.0, 1.0])
    one = networks.merge(S.X, W, same_sign)
    on_data = networks.largest_gap(one, (W, same_sign), S.X)
    between = networks.largest_gap(one, (W, same_sign), data.with_bias([0.4]))

    summed = (W.sum(axis=0, keepdims=True), np.ones(1))
    mixed = networks.largest_gap(summed, (W, np.array([1.0, -1.0])), S.X)

    rng = np.random.default_rng(0)
    never_dearer = True
    for _ in range(50):
        V = rng.normal(size=(8, 2))
        alpha = np.abs(rng.normal(size=8))
        merged = loss(S.X, S.y, *networks.merge(S.X, V, alpha), 0.1)
        never_dearer &= merged <= loss(S.X, S.y, V, alpha, 0.1) + 1e-12
    same = len(one[1]) == 1 and on_data < 1e-12
    return Finding(
        printed=same and between < 1e-9 and mixed < 1e-9,
        conditioned=same and never_dearer,
        corrected=mixed > 0.1,
        shown=(
            "Two neurons of one pattern: output on the data unchanged to rounding, at $x ="
            f" 0.4$ changed by {between:.2f}; with opposite signs, summing the weights is"
            f" off by {mixed:.1f}. The loss with decay never rose in 50 random merges."
        ),
    )
