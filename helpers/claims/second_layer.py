"""Claims of section II, multiplicative non-convexity from the second layer, and the problem with two neurons."""

import numpy as np
import sympy as sp

from .. import convex, data, train
from ..landscape import descend, descend_both, two_neuron_loss
from ..loss import loss
from .overview import SPREAD
from .registry import FAILS, HOLDS, IF, Finding, claim

SECOND = "section II, multiplicative non-convexity"
PAIR = "section II, equivalent convex problem with two neurons"
x, y, z, lam = sp.symbols("x y z lambda", real=True)


@claim("18", "The minima of $(xy - 1)^2$", SECOND + ", eq. 4",
       "$(xy - 1)^2$ “is not convex, it has two local minima”.", FAILS,
       "Not convex, yes; but every point of the hyperbola $xy = 1$ is a minimum and the origin is a saddle. Two minima appear with "
       "the decay that follows, for $0 < \\lambda < 2$; from 2 on, only the origin.")
def minima_of_the_product():
    f = (x * y - 1) ** 2
    on_curve = [sp.simplify(sp.diff(f, v).subs(y, 1 / x)) for v in (x, y)] == [0, 0] and f.subs({x: 2, y: sp.Rational(1, 2)}) == 0
    saddle = sorted(sp.hessian(f, (x, y)).subs({x: 0, y: 0}).eigenvals())

    def minima(decay):
        g = f + sp.Rational(decay) / 2 * (x**2 + y**2)
        critical = sp.solve([sp.diff(g, x), sp.diff(g, y)], [x, y])
        H = sp.hessian(g, (x, y))
        return [p for p in critical if all(e > 0 for e in H.subs(dict(zip((x, y), p))).eigenvals())]

    counts = {decay: len(minima(decay)) for decay in ("1/2", "1", "3/2", "3")}
    return Finding(printed=not on_curve, corrected=saddle == [-2, 2] and list(counts.values()) == [2, 2, 2, 1], shown=(
        f"Value 0 at $(2, 1/2)$ and all along $y = 1/x$; eigenvalues {saddle} at the origin. With decay: "
        + ", ".join(f"{n} minim{'a' if n > 1 else 'um'} for $\\lambda = {d}$" for d, n in counts.items()) + "."))


@claim("19", "The decayed product is convex in $z$", SECOND,
       "$(xy - 1)^2 + \\frac{\\lambda}{2}(x^2 + y^2)$ becomes $(z - 1)^2 + \\lambda |z|$, by the mapping "
       "$z \\to (\\mathrm{sgn}(z)\\sqrt{|z|}, \\sqrt{|z|})$, with the same value.", HOLDS,
       "The solution is $z = \\max(0, 1 - \\lambda/2)$. Keep the factor in mind: $\\frac{\\lambda}{2}$ here goes with $\\lambda$ "
       "there, so the $\\lambda$ of eq. 1 goes with $2\\lambda$ (entry [22](#claim-22)).")
def decayed_product():
    product = (x * y - 1) ** 2 + lam / 2 * (x**2 + y**2)
    convex_form = (z - 1) ** 2 + lam * sp.Abs(z)
    mapped = product.subs({x: sp.sign(z) * sp.sqrt(sp.Abs(z)), y: sp.sqrt(sp.Abs(z))}, simultaneous=True)
    r = sp.symbols("r", positive=True)
    same = [sp.simplify((mapped - convex_form).subs(z, v)) for v in (r, -r)]
    never_below = sp.expand(lam / 2 * (x**2 + y**2) - lam * x * y - lam / 2 * (x - y) ** 2)  # x^2 + y^2 - 2xy is a square
    solution = sp.solve(sp.diff((z - 1) ** 2 + lam * z, z), z)
    return Finding(printed=same == [0, 0] and never_below == 0, corrected=solution == [1 - lam / 2], shown=(
        f"Difference of the two objectives under the mapping: {same[0]} for $z > 0$, {same[1]} for $z < 0$; and "
        f"$\\frac{{\\lambda}}{{2}}(|x|^2 + |y|^2) \\geq \\lambda |xy|$, a square apart. Stationary for $z > 0$ at ${sp.latex(solution[0])}$."))


@claim("60", "The mapping without decay", SECOND, "Replace $xy$ by $z$; “a simple mapping such as $z \\to (1, z)$” gives back a "
       "solution of $(xy - 1)^2$.", HOLDS)
def mapping_without_decay():
    difference = sp.expand((x * y - 1) ** 2).subs({x: 1, y: z}) - sp.expand((z - 1) ** 2)
    return Finding(printed=sp.simplify(difference) == 0, shown=f"$(1 \\cdot z - 1)^2 - (z - 1)^2 = {sp.simplify(difference)}$.")


@claim("61", "Why a second variable is needed", SECOND + ", before eq. 7",
       "$\\max(0, x_1 z_1)\\alpha_1$ “can be negative but not” $x_1 z_1$ under the constraint; a second variable $v_1$ takes the "
       "role of a negative $\\alpha_1$.", HOLDS)
def second_variable():
    X, y = np.array([[1.0]]), np.array([-1.0])
    alone, pair = convex.solve(X, y, 0.05, [[1]], signs=[1.0]), convex.solve(X, y, 0.05, [[1]])
    network = loss(X, y, *pair.to_network(), 0.05)
    return Finding(printed=abs(alone.objective - 1) < 1e-6 and abs(pair.objective - network) < 1e-9 < 1 - network, shown=(
        f"One point, label $-1$, $\\lambda = 0.05$: the best value is {alone.objective:.3f} with $z$ alone and "
        f"{pair.objective:.4f} with $v$, and the network it maps to has loss {network:.4f}."))


@claim("20", "Only one of the pair", SECOND + ", eq. 7",
       "“At the optimum, only one of the two variables will be non-zero.”", IF,
       "$0 < \\lambda$ and the decay is not so strong that both are zero. Without decay other optima, such as $(z, v) = (2, 1)$, "
       "are as good.")
def only_one_of_the_pair():
    X, y = np.array([[1.0]]), np.array([1.0])

    def value(z, v, decay):  # eq. 7, with X = y = 1
        return (z - v - 1) ** 2 + decay * (z + v)

    counts = {}
    for decay in (0.1, 1.0, 1.9, 3.0):
        best = convex.solve(X, y, decay / 2, [[1]])
        counts[decay] = int(np.sum(np.abs([best.U, best.V]) > 1e-6))
    z, v, m, decay = sp.symbols("z v m lambda", positive=True)  # taking m from both: the same output, 2 lambda m cheaper
    cheaper = sp.expand(value(z, v, decay) - value(z - m, v - m, decay)) == 2 * decay * m
    also = value(2, 1, 0) == value(1, 0, 0) == 0
    return Finding(printed=set(counts.values()) == {1} and not also, conditioned=cheaper and all(
        counts[d] == 1 for d in (0.1, 1.0, 1.9)), corrected=also and counts[3.0] == 0, shown=(
        "Non-zero variables for one point with label 1: "
        + ", ".join(f"{c} for $\\lambda = {d:g}$" for d, c in counts.items())
        + "; without decay $(1, 0)$ and $(2, 1)$ both have loss 0. Taking $m$ off both saves $2 \\lambda m$."))


@claim("21", "The summary problem", SECOND + ", “To summarize”",
       "The convex problem of one ReLU neuron “with regularization and a second layer” is $\\|D_i X(u_1 - v_1) - Y\\|^2$.", FAILS,
       "The penalty $\\lambda(\\|u_1\\| + \\|v_1\\|)$ is missing (the line before has it). And with two inputs or more, $u_1$ and "
       "$v_1$ may both be needed: that is a network of two neurons, not one.")
def summary_problem():
    S = data.load("one-neuron")
    D, decay = [[1, 0]], 0.1  # (lambda / 2)(w^2 + alpha^2) with lambda = 0.2 is `decay` in the convention of eq. 1
    network = descend_both(S.X, S.y, -np.ones((1, 1, 1)), np.ones((1, 1)), decay)[0][0]
    bare, full = (convex.solve(S.X, S.y, d, D).objective for d in (0.0, decay))
    X, y = np.eye(2), np.array([1.0, -1.0])
    pair = convex.solve(X, y, 1e-3, [[1, 1]])
    alone = min(convex.solve(X, y, 1e-3, [row], signs=[s]).objective for row in np.ndindex(2, 2) for s in (-1.0, 1.0))
    return Finding(printed=abs(network - bare) < 1e-6, shown=(
        f"The article's two points, $\\lambda = 0.2$ in its convention: one neuron {network:.3f}, the problem as printed "
        f"{bare:.3f}, with the penalty {full:.3f}. $X = I$, $y = (1, -1)$: the pair reaches {pair.objective:.3f}, the best "
        f"single neuron {alone:.3f}."), corrected=abs(network - full) < 1e-6 and pair.objective < 0.01 < 1 < alone
        and len(pair.to_network()[1]) == 2)


@claim("22", "The factor of the convex penalty", PAIR + "; eq. 8; $\\mathcal{L}(u_1, u_2)$",
       "The network's decay $\\lambda \\sum (w_i^2 + \\alpha_i^2)$ becomes $\\lambda \\sum (|u_i| + |v_i|)$, and the two problems "
       "have the same optimum.", FAILS,
       "With $2\\lambda \\sum (\\|u_i\\| + \\|v_i\\|)$ they do, because $\\|w\\|^2 + \\alpha^2 \\geq 2 |\\alpha| \\|w\\|$. Everything "
       "said about the equivalence is right with this factor.")
def factor_of_the_penalty():
    def compare(X, y, decay, m, step=0.03):
        rng = np.random.default_rng(0)
        network = descend_both(X, y, rng.normal(size=(60, m, X.shape[1])), rng.normal(size=(60, m)), decay, step, 6000)[0].min()
        return network, convex.solve(X, y, decay / 2).objective, convex.solve(X, y, decay).objective  # lambda, 2 lambda

    S, rng = data.load("landscape"), np.random.default_rng(5)
    cases = [compare(S.X, S.y, decay, 4) for decay in (0.1, 0.5)]
    cases.append(compare(rng.normal(size=(5, 2)), rng.normal(size=5), 0.1, 12, 0.01))
    printed, corrected = (all(abs(c[0] - c[k]) < 1e-3 * c[0] for c in cases) for k in (1, 2))
    return Finding(printed, corrected=corrected, shown="Best network, convex optimum with $\\lambda$, with $2\\lambda$: " + "; ".join(
        f"{a:.3f}, {b:.3f}, {c:.3f}" for a, b, c in cases) + ". (The article's two points with $\\lambda = 0.1$ and $0.5$; five "
        "random points. The best of 60 descents.)")


@claim("23", "Leaving out constraints and $v$", "section II, specifics, $\\mathcal{L}(u_1, u_2)$",
       "Solving $\\mathcal{L}(u_1, u_2)$, without constraints and without $v_i$, “will give the global optimum of the non-convex "
       "objective” (with the factor of entry 22).", IF, "the labels are positive: then neither is missed. With a negative label "
       "the solution leaves its cone and no longer maps to a network of that loss.")
def leaving_out_constraints():
    X, decay = np.array([[-1.0], [1.0]]), 0.1

    def gap(y):  # of the network that the unconstrained solution maps to, above the best network
        target = y[::-1] * [1, -1]  # u_1 sees the second point, u_2 the first: two soft thresholds
        u = np.sign(target) * np.maximum(np.abs(target) - decay, 0)
        size = np.sqrt(np.abs(u))
        return loss(X, y, (u / size)[:, None], size, decay) - convex.solve(X, y, decay).objective

    positive, negative = [gap(np.array(y)) for y in ((1.0, 2.0), (0.5, 3.0))], gap(np.array([1.0, -2.0]))
    return Finding(printed=abs(negative) < 1e-6 and max(positive) < 1e-6, conditioned=max(np.abs(positive)) < 1e-6, shown=(
        f"Mapped back, its solution is {max(map(abs, positive)):.3f} above the best network for two sets of positive labels, "
        f"{negative:.2f} above for $y = (1, -2)$."), corrected=negative > 1)


@claim("24", "Three local minima", "section II, specifics, figure of two neurons",
       "The problem with two neurons has “three possible local minima (if there is some regularization, otherwise there’s an "
       "infinite number of them)”.", IF, "the second layer is fixed to 1 and one counts values of the loss. With both layers trained "
       "a fourth value appears, $y_1^2 + y_2^2$, and minima again form a continuum: two neurons of one pattern share their sum freely.")
def three_local_minima():
    S, rng, decay = data.load("landscape"), np.random.default_rng(0), 0.1
    W, alpha = rng.uniform(-2, 2, (400, 2, 1)), rng.uniform(-2, 2, (400, 2))
    trained, ends, second = descend_both(S.X, S.y, W, alpha, decay, 0.03, 3000)
    u = (second[..., None] * ends)[:, :, 0]
    shared = np.round(u[(u > 1e-3).all(axis=1)], 3)  # both neurons on the second point
    fixed = [train.gradient_descent(S.X, S.y, w, np.ones(2), step=0.05, steps=600, lam=decay, train_alpha=False).loss[-1]
             - 2 * decay for w in W[:60]]  # without the constant decay of the fixed layer
    values = [np.unique(np.round(v, 3) + 0.0) for v in (fixed, trained)]
    return Finding(printed=len(values[1]) == 3, conditioned=len(values[0]) == 3, corrected=len(values[1]) == 4
                   and len(np.unique(shared, axis=0)) > 10 and np.ptp(shared.sum(axis=1)) < 0.01, shown=(
        f"$\\lambda = 0.1$: losses {', '.join(f'{v:.3f}' for v in values[0])} with $\\alpha = 1$; "
        f"{', '.join(f'{v:.3f}' for v in values[1])} with both layers trained, the second of them at "
        f"{len(np.unique(shared, axis=0))} different pairs of products $\\alpha_i w_i$ of one sum."))


@claim("4b", "Either a neuron for each pattern, or both in one", "section II, specifics, figure of two neurons",
       "“Either we initialize a neuron for each activation and it will reach the global optima, or two of them will end up in the "
       "same pattern.”", IF, "the step is small, and “initialize” is not read as the only way: two neurons that start in one "
       "pattern also separate if $|w_1 - w_2| > 2$ (both positive) or $> 1$ (both negative).")
def one_neuron_for_each_pattern():
    S = data.load("landscape")
    solved = two_neuron_loss(S.X, S.y, descend(S.X, S.y, SPREAD)) < 1e-9
    a, b = SPREAD.T
    gap, opposite = np.abs(a - b), a * b < 0
    rule = opposite | (gap > np.where(a > 0, 2, 1))
    sure = opposite | (np.abs(gap - np.where(a > 0, 2, 1)) > 0.05)  # away from the edge of the basin
    jumps = np.mean(two_neuron_loss(S.X, S.y, descend(S.X, S.y, SPREAD, step=0.6, steps=3000)) < 1e-9)
    return Finding(printed=bool(np.array_equal(solved, opposite)), conditioned=bool(solved[opposite].all()), shown=(
        f"All {opposite.sum()} starts with opposite signs reach loss 0, and so do {np.sum(solved & ~opposite)} of the "
        f"{np.sum(~opposite)} others, exactly those the rule names. With step 0.6, more than 90 % of all starts do."),
        corrected=bool(np.array_equal(solved[sure], rule[sure])) and jumps > 0.9)
