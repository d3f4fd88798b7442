"""Claims of section II, general case."""

from itertools import product

import numpy as np

from .. import convex, experiments, networks, patterns, train
from ..drawing.words import vectors
from ..loss import loss, predict, relu
from ..sections.convex_program import cone_descent
from .registry import Finding, claim


@claim("15")
def pattern_of_a_feasible_neuron():
    def respected(X, u):
        """The patterns whose constraints u respects."""
        every = product((0, 1), repeat=len(X))
        return [D for D in every if ((2 * np.array(D) - 1) * (X @ u) >= 0).all()]

    on_border = respected(np.eye(2), np.array([1.0, 0.0]))
    rng = np.random.default_rng(0)
    X = rng.integers(-3, 4, (6, 3)).astype(float)
    U = rng.integers(-3, 4, (200, 3))
    exact = all(np.array_equal(D * (X @ u), relu(X @ u)) for u in U for D in respected(X, u))
    inside = [u for u in U if (X @ u != 0).all()]
    own = [respected(X, u) == [tuple(patterns.activation_patterns(X, [u])[0])] for u in inside]
    return Finding(
        printed=len(on_border) == 1,
        conditioned=len(own) > 20 and all(own),
        corrected=exact and len(on_border) == 2,
        shown=(
            f"Of 200 integer vectors {len(inside)} lie inside a cone: each respects the"
            " constraints of its own pattern alone. $X = I$, $u = (1, 0)$ respects those of"
            f" {' and '.join(map(str, on_border))}. $D X u = (X u)_+$ for all 200 and each"
            " pattern whose constraints they respect, exactly."
        ),
    )


@claim("25")
def only_n_neurons():
    rng = np.random.default_rng(1)
    counts = {}
    change = 0.0
    for n, d in ((4, 2), (5, 3), (6, 2), (7, 3)):
        X = rng.normal(size=(n, d))
        y = rng.normal(size=n)
        network = convex.solve(X, y, 0.01).to_network()
        pruned = networks.prune(X, *network)
        before = loss(X, y, *network, 0.01)
        after = loss(X, y, *pruned, 0.01)
        counts[n] = len(pruned[1])
        change = max(change, (after - before) / before)
    never_dearer = change < 1e-9
    return Finding(
        printed=all(neurons <= n for n, neurons in counts.items()) and never_dearer,
        shown=(
            f"An optimum with decay 0.01, pruned, for $n$ of {', '.join(map(str, counts))}"
            " points: never more than $n$ neurons,"
            f" {'and the loss never rises' if never_dearer else 'but the loss rises'}."
        ),
    )


@claim("80")
def all_matrices():
    rng = np.random.default_rng(0)
    lam = 0.05
    straight = []  # neurons that the mapping gives, over 2^n
    pruned = []  # and after pruning
    change = []  # of the output, and what pruning adds to the decay
    best = []
    for n, d in ((2, 1), (3, 2), (3, 3), (4, 4)):
        X = rng.normal(size=(n, d))
        y = rng.normal(size=n)
        D, inside = patterns.enumerate_patterns(X, weights=True)
        U = rng.uniform(0.1, 1, (len(D), 1)) * inside
        V = rng.uniform(0.1, 1, (len(D), 1)) * inside
        network = networks.to_network(U, V)
        fewer = networks.prune(X, *network)
        straight.append(len(network[1]) / 2**n)
        pruned.append(len(fewer[1]) / 2**n)
        output = np.sum(D.T * (X @ (U - V).T), axis=1)
        change.append(np.abs(predict(X, *fewer) - output).max())
        cost = convex.program_value(X, output, U, V, D, lam)
        change.append(loss(X, output, *fewer, lam) / cost - 1)
        every = list(product((0, 1), repeat=n))
        optima = [convex.solve(X, y, lam, patterns).objective for patterns in (every, None)]
        best.append(abs(optima[0] / optima[1] - 1))
    return Finding(
        printed=max(pruned) <= 1 and max(change) < 1e-9 and max(best) < 1e-5,
        corrected=max(straight) == 2,
        shown=(
            f"{len(straight)} random sets of 2 to 4 points, a point of the program drawn in all its"
            f" cones: the mapping alone gives up to ${max(straight):.0f} \\cdot 2^n$"
            " neurons, pruned"
            " there are never more than $2^n$, of the same output on the data and no larger loss."
            " The optimum over all $2^n$ matrices is that over those with an open cone."
        ),
    )


@claim("26")
def mapping_to_a_network():
    def mapped(X, y, D):
        """Neurons of the network that the optimum maps to, its loss, and the optimum."""
        best = convex.solve(X, y, 0.01, D)
        W, alpha = best.to_network()
        neurons = int(np.sum(np.abs(alpha) > 1e-3))
        return neurons, loss(X, y, W, alpha, 0.01), best.objective

    X = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    single, its_loss, its_optimum = mapped(X, np.array([1.0, 2.0, 3.0]), [[1, 1, 1]])
    both, network, optimum = mapped(np.eye(2), np.array([1.0, -1.0]), [[1, 1]])
    return Finding(
        printed=both == 1,
        conditioned=single == 1 and abs(its_loss - its_optimum) < 1e-9,
        corrected=both == 2 and abs(network - optimum) < 1e-9,
        shown=(
            f"One pattern, positive labels: {single} neuron, loss equal to the convex"
            f" optimum. $X = I$, $y = (1, -1)$, one pattern: {both} neurons, loss"
            f" {network:.4f}, again the convex optimum."
        ),
    )


@claim("31")
def similar_trajectories():
    X = np.eye(2)
    y = np.array([1.0, 0.3])  # (1, 1) is the pattern of every neuron on the way
    halved = {}
    ends = []
    for size in (1.0, 0.1, 0.01):
        u = size**2 * np.ones(2)
        W = np.array([u / np.sqrt(np.linalg.norm(u))])
        alpha = np.array([np.sqrt(np.linalg.norm(u))])
        network = train.gradient_descent(X, y, W, alpha, step=0.01, steps=9000, record_every=1)
        cone = cone_descent(X, y, u, step=0.01, steps=9000)
        kept = (network.patterns(X) == network.patterns(X)[0]).all()
        half = [int(np.argmax(run < run[0] / 2)) for run in (network.loss, cone.value)]
        halved[size] = half
        ends.append(kept and max(network.loss[-1], cone.value[-1]) < 1e-9)

    S, run = experiments.run("one neuron", train.gradient_descent, step=0.01, steps=6000)
    descent = cone_descent(S.X, S.y, run.W[0, 0], step=0.01, steps=6000)
    error = descent.value[-1]
    D = run.patterns(S.X)[0]
    kink = patterns.activation_points(descent.u[-1:])[0]
    bound = convex.solve(S.X, S.y, 0.0, D, signs=[1.0]).objective / 2
    stopped = abs(error - bound) < 1e-6 and abs(kink + 0.2) < 1e-6
    slower = [network / cone for network, cone in halved.values()]
    return Finding(
        printed=max(slower) < 1.5,
        corrected=all(ends) and max(slower) > 5 and run.fit[-1] < 1e-9 and stopped,
        shown=(
            "$X = I$, $y = (1, 0.3)$, one pattern all the way: from $\\|w\\|$ of about"
            f" {', '.join(map(str, halved))} the network halves its loss in"
            f" {', '.join(str(network) for network, _ in halved.values())} steps, the convex"
            f" neuron in {', '.join(str(cone) for _, cone in halved.values())}; both end at 0."
            f" The article's start $w = (0.3, -0.15)$, pattern {vectors(D[:1])}: the"
            f" convex neuron stops with its kink at {kink:.1f}, on the first point, and mean"
            f" squared error {error:.3f}, the optimum of its program; the network goes on to a"
            " loss below 1e-9."
        ),
    )
