"""Claims of section II, general case and specifics about equivalence."""

from itertools import product

import numpy as np
from scipy.optimize import linprog

from .. import convex, data, descent_path, experiments, patterns, train
from ..landscape import descend_both
from ..loss import loss, predict
from .registry import FAILS, HOLDS, IF, Finding, claim

GENERAL, SPECIFICS = "section II, general case", "section II, specifics about equivalence"


@claim("15", "The pattern of a feasible neuron", GENERAL + ", after eq. 8",
       "“If $u_i$ respects the constraint, its activation pattern is exactly $D_i$ and this is crucial.”", FAILS,
       "On the border of two cones it respects both. What is crucial, and true: $D_i X u = (Xu)_+$ for every $u$ in the cone.")
def pattern_of_a_feasible_neuron():
    X, u, rng = np.eye(2), np.array([1.0, 0.0]), np.random.default_rng(0)
    respected = [D for D in product((0, 1), repeat=2) if ((2 * np.array(D) - 1) * (X @ u) >= 0).all()]
    Y = rng.integers(-3, 4, (6, 3)).astype(float)
    exact = all(np.array_equal(D * (Y @ v), np.maximum(Y @ v, 0)) for v in rng.integers(-3, 4, (200, 3))
                for D in product((0, 1), repeat=6) if ((2 * np.array(D) - 1) * (Y @ v) >= 0).all())
    return Finding(printed=len(respected) == 1, corrected=exact and len(respected) == 2, shown=(
        f"$X = I$, $u = (1, 0)$ respects the constraints of the patterns {' and '.join(map(str, respected))}. $D X u = (X u)_+$ for "
        f"200 integer vectors, many on borders, and each pattern whose constraints they respect, exactly."))


@claim("25", "Only $n$ neurons are required", GENERAL,
       "“In theory only $n$ neurons and activation patterns are required (using carathéodory’s theorem).”", HOLDS,
       "Any optimum can be pruned to at most $n$ neurons of the same output and loss; entry [58](#claim-58) does it.")
def only_n_neurons():
    rng, counts, change = np.random.default_rng(1), [], 0.0
    for n, d in ((4, 2), (5, 3), (6, 2), (7, 3)):
        X, y = rng.normal(size=(n, d)), rng.normal(size=n)
        W, alpha = convex.solve(X, y, 0.01).to_network()
        U, s = np.abs(alpha)[:, None] * W, np.sign(alpha)
        pruned = [U, *descent_path.merge_moves(X, U, s)][-1]
        pruned = [pruned, *descent_path.prune_moves(X, pruned, s)][-1]
        before, after = (loss(X, y, *descent_path.balanced(V, s), 0.01) for V in (U, pruned))
        counts.append((n, int(np.sum(np.linalg.norm(pruned, axis=1) > descent_path.EMPTY))))
        change = max(change, (after - before) / before)
    return Finding(printed=all(k <= n for n, k in counts) and change < 1e-9, shown="An optimum with decay 0.01, pruned: " + ", ".join(
        f"{k} neurons for $n = {n}$" for n, k in counts) + "; the loss never rises.")


@claim("26", "The mapping to a network", GENERAL + ", mapping",
       "$(w_i, \\alpha_i) = (u_i/\\sqrt{\\|u_i\\|}, \\sqrt{\\|u_i\\|})$ if $u_i$ is non-zero, $(v_i/\\sqrt{\\|v_i\\|}, "
       "-\\sqrt{\\|v_i\\|})$ if $v_i$ is.", IF, "at most one of the pair is non-zero. If both are, the pair becomes two neurons; "
       "with two inputs or more this does happen.")
def mapping_to_a_network():
    def losses(X, y, D):
        S = convex.solve(X, y, 0.01, D)
        W, alpha = S.to_network()
        return int(np.sum(np.abs(alpha) > 1e-3)), loss(X, y, W, alpha, 0.01), S.objective

    X = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    single = losses(X, np.array([1.0, 2.0, 3.0]), [[1, 1, 1]])
    both = losses(np.eye(2), np.array([1.0, -1.0]), [[1, 1]])
    return Finding(printed=both[0] == 1, conditioned=single[0] == 1 and abs(single[1] - single[2]) < 1e-9, shown=(
        f"One pattern, positive labels: {single[0]} neuron, loss equal to the convex optimum. $X = I$, $y = (1, -1)$, one pattern: "
        f"{both[0]} neurons, loss {both[1]:.4f}, again the convex optimum."), corrected=both[0] == 2 and abs(both[1] - both[2]) < 1e-9)


@claim("31", "Similar trajectories", GENERAL, "“One can expect similar trajectories between the non-convex and convex neurons during "
       "gradient descent.”", FAILS, "Only while the pattern stays. In the article's own animation of one neuron the network passes "
       "through the wall that stops the convex neuron.")
def similar_trajectories():
    S, run = experiments.run("one neuron", train.gradient_descent, step=0.01, steps=6000)
    D = patterns.activation_patterns(S.X, run.W[0])
    u = run.W[0, 0].copy()
    for _ in range(2000):  # projected gradient descent on the convex neuron, from the same start
        u = convex.project(S.X, D[0], u - 0.01 * 2 * (D[0] * (S.X @ u) - S.y) * D[0] @ S.X)
    kink, error = patterns.activation_points(u[None])[0], np.mean((D[0] * (S.X @ u) - S.y) ** 2)
    bound = convex.solve(S.X, S.y, 0.0, D, signs=[1.0]).objective / 2
    return Finding(printed=abs(error - run.fit[-1]) < 0.01, corrected=run.fit[-1] < 1e-9 and abs(error - bound) < 1e-9
                   and abs(kink + 0.2) < 1e-9, shown=(
        f"Start $w = (0.3, -0.15)$, pattern {D[0].astype(int).tolist()}: the convex neuron stops with its kink at {kink:.1f}, on the "
        f"first point, and mean squared error {error:.3f}, the optimum of its program. The network goes on to a loss below 1e-9."))


@claim("27", "Close to $2^n$ patterns", SPECIFICS, "“There are close to $2^n$ interesting patterns when the data dimension is higher.”",
       FAILS, "Only when the rank is close to $n$. There are $2 \\sum_{k<r} \\binom{n-1}{k}$ for $n$ points in general position of "
       "rank $r$ (Cover): all $2^n$ for $r = n$, exactly half for $r = n/2$, next to none of them for $r \\ll n$.")
def close_to_all():
    rng = np.random.default_rng(0)
    counted = all(len(patterns.enumerate_patterns(rng.normal(size=(n, r)))) == patterns.cover_count(n, r)
                  for n in range(2, 9) for r in range(1, n + 1) if r < 6)
    share = {r: patterns.cover_count(100, r) / 2**100 for r in (10, 50, 90, 100)}
    exact = patterns.cover_count(100, 50) * 2 == 2**100 == patterns.cover_count(100, 100)
    return Finding(printed=share[10] > 0.5, corrected=counted and exact and share[10] < 1e-17, shown=(
        "Share of the $2^{100}$ for $n = 100$: " + ", ".join(f"{v:.2g} at rank {r}" for r, v in share.items())
        + ". Enumeration agrees with Cover's count on 30 random sets."))


@claim("28", "What “interesting” means", SPECIFICS, "A pattern is interesting “if there exists a non-zero vector that can respect the "
       "constraints and in fine, the activation pattern”.", IF, "the points are in general position. Otherwise ask for an open cone: "
       "a vector on a border respects the constraints of patterns that no neuron adds anything with.")
def interesting():
    def respected(X):
        def nonzero(D):
            A = -np.where(np.array(D), 1.0, -1.0)[:, None] * X
            return any(linprog(s * np.eye(X.shape[1])[k], A, np.zeros(len(X)), bounds=(-1, 1)).fun < -1e-7
                       for k in range(X.shape[1]) for s in (-1, 1))
        return sum(map(nonzero, product((0, 1), repeat=len(X))))

    opposite, rng = np.array([[1.0, 0.0], [-1.0, 0.0]]), np.random.default_rng(0)
    general = [(respected(X), len(patterns.enumerate_patterns(X))) for X in (rng.normal(size=(5, 2)), rng.normal(size=(4, 3)))]
    special = respected(opposite), len(patterns.enumerate_patterns(opposite))
    return Finding(printed=special[0] == special[1] and all(a == b for a, b in general), conditioned=all(a == b for a, b in general),
                   corrected=special == (4, 2), shown=(
        f"Two opposite points in the plane: {special[0]} patterns have a non-zero vector, {special[1]} an open cone. Random points: "
        + ", ".join(f"{a} and {b}" for a, b in general) + "."))


@claim("25b", "The best any network can reach", SPECIFICS, "“The (unique) optimal loss of the convex problem with all possible activation "
       "patterns is the best loss any non-convex network can reach.”", HOLDS, "With the factor of entry [22](#claim-22). It is the value "
       "that is unique, not the minimiser.")
def best_any_network_reaches():
    rng, rows = np.random.default_rng(3), []
    for n, d in ((5, 2), (6, 2)):
        X, y = rng.normal(size=(n, d)), rng.normal(size=n)
        best = convex.solve(X, y, 0.05)
        tries = descend_both(X, y, rng.normal(size=(60, 16, d)), rng.normal(size=(60, 16)), 0.05, 0.005, 12000)[0]
        rows.append((best.objective, best.gap, loss(X, y, *best.to_network(), 0.05), tries.min()))
    return Finding(printed=all(abs(own - p) < 1e-8 and gap < 1e-6 and -1e-6 < (low - p) / p < 2e-3 for p, gap, own, low in rows), shown=(
        "; ".join(f"convex optimum {p:.4f}, its network {own:.4f}, the best of 60 descents {low:.4f}" for p, _, own, low in rows)
        + ". The gap to the dual bound is below 1e-6, so no network is better."))


@claim("25c", "More neurons than patterns", SPECIFICS, "“Adding more neurons than there are activation patterns will not improve the loss.”",
       HOLDS, "Indeed $n$ neurons are enough (entry 25), and data of rank 2 or more have at least $n$ patterns if no two points are "
       "parallel; in rank 1, two neurons are enough.")
def more_neurons_than_patterns():
    rng = np.random.default_rng(0)
    counts = [(n, patterns.count_patterns(rng.normal(size=(n, r)))) for n in range(2, 9) for r in (2, 3, 4)]
    S = data.load("landscape")
    P, best = len(patterns.enumerate_patterns(S.X)), convex.solve(S.X, S.y, 0.1).objective
    by_width = [descend_both(S.X, S.y, rng.normal(size=(60, m, 1)), rng.normal(size=(60, m)), 0.1)[0].min() for m in (1, 2, 3, 6)]
    return Finding(printed=all(p >= n for n, p in counts) and np.ptp(by_width[1:]) < 1e-6 and abs(by_width[-1] - best) < 1e-6,
                   shown=f"The two points of section I have {P} patterns; best loss with 1, 2, 3 and 6 neurons: "
                         + ", ".join(f"{v:.3f}" for v in by_width) + f". In {len(counts)} random sets there are always at least $n$ "
                         f"patterns.", corrected=by_width[0] > best + 0.1)


@claim("29", "A subset of patterns gives a local optimum", SPECIFICS, "“If we only consider a subset of all patterns, the convex problem "
       "will in general correspond to a local optimum of the non-convex network.”", FAILS, "Often its solution sits on the border of a "
       "cone, where gradient descent finds a way on. It is a local optimum when no constraint binds.")
def subset_of_patterns():
    rng, left, stayed = np.random.default_rng(0), [], []
    X, y = rng.normal(size=(5, 2)), rng.normal(size=5)
    D = patterns.enumerate_patterns(X)
    for _ in range(40):
        chosen = rng.choice(len(D), 3, replace=False)
        S = convex.solve(X, y, 0.01, D[chosen], signs=rng.choice([-1.0, 1.0], 3))
        W, alpha = S.to_network()
        used = np.abs(alpha) > 1e-3 * np.abs(alpha).max(initial=0.0)  # the others are zeros up to the solver's tolerance
        W, alpha = W[used], alpha[used]
        if not len(W):
            continue
        slack = (np.abs(X @ W.T) > 1e-3 * np.linalg.norm(W, axis=1)).all()
        start = W + 1e-5 * rng.normal(size=W.shape)
        fall = S.objective - train.gradient_descent(X, y, start, alpha, step=0.01, steps=3000, lam=0.01, record_every=3000).loss[-1]
        (stayed if slack else left).append(fall)
    moved = np.array(left) > 1e-3
    return Finding(printed=moved.mean() < 0.1, corrected=len(stayed) >= 2 and max(stayed) < 1e-6 and moved.mean() > 0.25, shown=(
        f"Random triples of a pattern and a sign, five points: from 1e-5 beside the solution, gradient descent lowers the loss in "
        f"{moved.sum()} of {len(left)} cases with a binding constraint, and in none of the {len(stayed)} without."))


@claim("16", "The global minimum from one pattern", SPECIFICS + ", one neuron", "With one pattern only, “the global minimum of the "
       "non-convex cannot be achieved in the convex problem”.", FAILS, "One of the two patterns achieves it, the other does not.")
def global_minimum_from_one_pattern():
    S = data.load("one-neuron")
    w = np.linspace(-3, 3, 1201)
    best = min(loss(S.X, S.y, [[v]], [1.0]) for v in w)
    left, right = (convex.solve(S.X, S.y, 0.0, [D], signs=[1.0]).objective for D in ((1, 0), (0, 1)))
    return Finding(printed=min(left, right) > best + 1e-6, corrected=abs(left - best) < 1e-9 and right > best + 0.5, shown=(
        f"Least loss of the neuron {best:.2f}; pattern (1, 0) reaches {left:.2f}, pattern (0, 1) only {right:.2f}."))


@claim("17", "Exactly two local minima", SPECIFICS + ", one neuron", "“In the non-convex problem with only one neuron, there are exactly "
       "two local minima.”", IF, "the second layer is fixed. Trained, each becomes a curve $\\alpha w = $ constant.")
def exactly_two():
    S, w = data.load("one-neuron"), np.linspace(-3, 3, 1201)
    values = np.array([loss(S.X, S.y, [[v]], [1.0]) for v in w])
    least = w[1:-1][(values[1:-1] < values[:-2]) & (values[1:-1] < values[2:])]
    curve = [loss(S.X, S.y, [[-1 / a]], [a]) for a in (0.5, 1.0, 2.0, 4.0)]
    return Finding(printed=np.ptp(curve) > 1e-9, conditioned=len(least) == 2, shown=(
        f"Local minima on a grid of [-3, 3]: {', '.join(f'{v:g}' for v in least)}. With $\\alpha$ free, "
        f"$(w, \\alpha) = (-1/\\alpha, \\alpha)$ has the loss {curve[0]:.2f} for every $\\alpha > 0$."))


@claim("30", "Merging neurons of one pattern", SPECIFICS + ", many neurons", "“We can merge neurons that are in the same activation "
       "pattern by summing them up … keeping both the output and the loss unchanged (although regularization might decrease).”", IF,
       "their second layers have the same sign, and the output is that on the data. Between the data points it may change.")
def merging():
    S, rng = data.load("two-points"), np.random.default_rng(0)
    W, alpha = np.array([[0.5, 0.05], [1.0, -0.9]]), np.array([1.0, 1.0])
    W[0] = [0.5, 0.025]
    one, between = convex.merge(S.X, W, alpha), data.with_bias([0.4])
    data_change, change = (abs(predict(Z, *one)[0] - predict(Z, W, alpha)[0]) for Z in (S.X, between))
    signed = W.sum(axis=0, keepdims=True), np.ones(1)
    mixed = np.abs(predict(S.X, *signed) - predict(S.X, W, np.array([1.0, -1.0]))).max()
    cheaper = []
    for _ in range(50):
        V, a = rng.normal(size=(8, 2)), np.abs(rng.normal(size=8))
        cheaper.append(loss(S.X, S.y, *convex.merge(S.X, V, a), 0.1) <= loss(S.X, S.y, V, a, 0.1) + 1e-12)
    same = len(one[1]) == 1 and data_change < 1e-12
    return Finding(printed=same and change < 1e-9 and mixed < 1e-9, conditioned=same and all(cheaper), corrected=mixed > 0.1, shown=(
        f"Two neurons of one pattern: output on the data changed by {data_change:.0e}, at $x = 0.4$ by {change:.2f}; with opposite "
        f"signs, summing the weights is off by {mixed:.1f}. The loss with decay never rose in 50 random merges."))
