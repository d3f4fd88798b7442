"""Claims of section II, the second layer's non-convexity, and the problem with two neurons."""

from itertools import product

import numpy as np
import sympy as sp

from .. import convex, data
from ..loss import loss
from ..train import descend_many
from .registry import Finding, claim

x, y, z, lam = sp.symbols("x y z lambda", real=True)


@claim("18")
def minima_of_the_product():
    f = (x * y - 1) ** 2
    slopes_on_curve = [sp.simplify(sp.diff(f, v).subs(y, 1 / x)) for v in (x, y)]
    another = f.subs({x: 2, y: sp.Rational(1, 2)})
    all_the_curve = slopes_on_curve == [0, 0] and another == 0
    saddle = sorted(sp.hessian(f, (x, y)).subs({x: 0, y: 0}).eigenvals())

    def minima(decay):
        g = f + sp.Rational(decay) / 2 * (x**2 + y**2)
        critical = sp.solve([sp.diff(g, x), sp.diff(g, y)], [x, y])
        hessians = [sp.hessian(g, (x, y)).subs({x: a, y: b}) for a, b in critical]
        return sum(all(e > 0 for e in H.eigenvals()) for H in hessians)

    counts = {decay: minima(decay) for decay in ("1/2", "1", "3/2", "3")}
    counted = ", ".join(
        f"{n} {'minima' if n > 1 else 'minimum'} for $\\lambda = {decay}$"
        for decay, n in counts.items()
    )
    return Finding(
        printed=not all_the_curve,
        corrected=saddle == [-2, 2] and list(counts.values()) == [2, 2, 2, 1],
        shown=(
            "Value 0 at $(2, 1/2)$ and all along $y = 1/x$; at the origin the eigenvalues"
            f" {saddle[0]} and {saddle[1]}. With decay: {counted}."
        ),
    )


@claim("60")
def mapping_without_decay():
    of_pair = ((x * y - 1) ** 2).subs({x: 1, y: z})
    difference = sp.simplify(of_pair - (z - 1) ** 2)
    return Finding(
        printed=difference == 0,
        shown=f"$(1 \\cdot z - 1)^2 - (z - 1)^2 = {difference}$.",
    )


@claim("19")
def decayed_product():
    of_pair = (x * y - 1) ** 2 + lam / 2 * (x**2 + y**2)
    of_product = (z - 1) ** 2 + lam * sp.Abs(z)
    pair = {x: sp.sign(z) * sp.sqrt(sp.Abs(z)), y: sp.sqrt(sp.Abs(z))}
    mapped = of_pair.subs(pair, simultaneous=True)
    r = sp.symbols("r", positive=True)
    for_positive = sp.simplify((mapped - of_product).subs(z, r))
    for_negative = sp.simplify((mapped - of_product).subs(z, -r))
    # x^2 + y^2 - 2xy is a square, so that no pair of product z has a smaller decay
    more_than_square = sp.expand(lam / 2 * (x**2 + y**2 - 2 * x * y) - lam / 2 * (x - y) ** 2)
    solution = sp.solve(sp.diff((z - 1) ** 2 + lam * z, z), z)
    return Finding(
        printed=for_positive == for_negative == more_than_square == 0,
        corrected=solution == [1 - lam / 2],
        shown=(
            f"Difference of the two objectives under the mapping: {for_positive} for $z > 0$,"
            f" {for_negative} for $z < 0$; and $\\frac{{\\lambda}}{{2}}(|x|^2 + |y|^2) \\geq"
            " \\lambda |xy|$, a square apart. Stationary for $z > 0$ at"
            f" ${sp.latex(solution[0])}$."
        ),
    )


@claim("61")
def second_variable():
    X = np.array([[1.0]])
    y = np.array([-1.0])
    alone = convex.solve(X, y, 0.05, [[1]], signs=[1.0])
    pair = convex.solve(X, y, 0.05, [[1]])
    network = loss(X, y, *pair.to_network(), 0.05)
    mapped = abs(pair.objective - network) < 1e-9
    return Finding(
        printed=abs(alone.objective - 1) < 1e-6 and mapped and 1e-9 < 1 - network,
        shown=(
            "One point, label $-1$, $\\lambda = 0.05$: the best value is"
            f" {alone.objective:.3f} with $z$ alone and {pair.objective:.4f} with $v$, and the"
            f" network it maps to has loss {network:.4f}."
        ),
    )


@claim("20")
def only_one_of_the_pair():
    def value(z, v, decay):
        """Eq. 7, with X = y = 1."""
        return (z - v - 1) ** 2 + decay * (z + v)

    counts = {}
    for decay in (0.1, 1.0, 1.9, 3.0):
        best = convex.solve(np.array([[1.0]]), np.array([1.0]), decay / 2, [[1]])
        counts[decay] = int(np.sum(np.abs([best.U, best.V]) > 1e-6))
    counted = ", ".join(f"{c} for $\\lambda = {decay:g}$" for decay, c in counts.items())

    # Taking m from both keeps the output and is 2 lambda m cheaper.
    z, v, m, decay = sp.symbols("z v m lambda", positive=True)
    saved = sp.expand(value(z, v, decay) - value(z - m, v - m, decay))
    free = value(2, 1, 0) == value(1, 0, 0) == 0
    return Finding(
        printed=set(counts.values()) == {1} and not free,
        conditioned=saved == 2 * decay * m and all(counts[d] == 1 for d in (0.1, 1.0, 1.9)),
        corrected=free and counts[3.0] == 0,
        shown=(
            f"Non-zero variables for one point with label 1: {counted}; without decay"
            " $(1, 0)$ and $(2, 1)$ both have loss 0. Taking $m$ off both saves"
            " $2 \\lambda m$."
        ),
    )


@claim("21")
def summary_problem():
    S = data.load("one-neuron")
    first_only = [[1, 0]]
    decay = 0.1  # of eq. 1; the article's (lambda / 2)(w^2 + alpha^2) with lambda = 0.2
    start = (-np.ones((1, 1, 1)), np.ones((1, 1)))
    network = descend_many(S.X, S.y, *start, lam=decay).loss[0]
    bare = convex.solve(S.X, S.y, 0.0, first_only).objective
    full = convex.solve(S.X, S.y, decay, first_only).objective

    X = np.eye(2)
    y = np.array([1.0, -1.0])
    pair = convex.solve(X, y, 1e-3, [[1, 1]])
    alone = min(
        convex.solve(X, y, 1e-3, [pattern], signs=[sign]).objective
        for pattern in product((0, 1), repeat=2)
        for sign in (-1.0, 1.0)
    )
    both_needed = pair.objective < 0.01 < 1 < alone and len(pair.to_network()[1]) == 2
    return Finding(
        printed=abs(network - bare) < 1e-6,
        corrected=abs(network - full) < 1e-6 and both_needed,
        shown=(
            "The article's two points, $\\lambda = 0.2$ in its convention: one neuron"
            f" {network:.3f}, the problem as printed {bare:.3f}, with the penalty {full:.3f}."
            f" $X = I$, $y = (1, -1)$: the pair reaches {pair.objective:.3f}, the best single"
            f" neuron {alone:.3f}."
        ),
    )


@claim("22")
def factor_of_the_penalty():
    def best_network(X, y, decay, m, step):
        """The lowest of 60 descents of m neurons."""
        rng = np.random.default_rng(0)
        W = rng.normal(size=(60, m, X.shape[1]))
        alpha = rng.normal(size=(60, m))
        return descend_many(X, y, W, alpha, lam=decay, step=step, steps=6000).loss.min()

    def compare(X, y, decay, m, step):
        """The network and the convex optima with penalty lambda and 2 lambda."""
        network = best_network(X, y, decay, m, step)
        once = convex.solve(X, y, decay / 2).objective
        twice = convex.solve(X, y, decay).objective
        return network, once, twice

    S = data.load("landscape")
    rng = np.random.default_rng(5)
    X = rng.normal(size=(5, 2))
    y = rng.normal(size=5)
    cases = [
        compare(S.X, S.y, 0.1, m=4, step=0.03),
        compare(S.X, S.y, 0.5, m=4, step=0.03),
        compare(X, y, 0.1, m=12, step=0.01),
    ]
    return Finding(
        printed=all(abs(network - once) < 1e-3 * network for network, once, _ in cases),
        corrected=all(abs(network - twice) < 1e-3 * network for network, _, twice in cases),
        shown=(
            "Best network, convex optimum with $\\lambda$, with $2\\lambda$: "
            + "; ".join(f"{a:.3f}, {b:.3f}, {c:.3f}" for a, b, c in cases)
            + ". (The article's two points with $\\lambda = 0.1$ and $0.5$; five random"
            " points. The best of 60 descents.)"
        ),
    )
