"""Claims of section II, multiplicative non-convexity from the second layer, and the problem with two neurons."""

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
    on_curve = [sp.simplify(sp.diff(f, v).subs(y, 1 / x)) for v in (x, y)] == [
        0,
        0,
    ] and f.subs({x: 2, y: sp.Rational(1, 2)}) == 0
    saddle = sorted(sp.hessian(f, (x, y)).subs({x: 0, y: 0}).eigenvals())

    def minima(decay):
        g = f + sp.Rational(decay) / 2 * (x**2 + y**2)
        critical = sp.solve([sp.diff(g, x), sp.diff(g, y)], [x, y])
        H = sp.hessian(g, (x, y))
        return [p for p in critical if all(e > 0 for e in H.subs(dict(zip((x, y), p))).eigenvals())]

    counts = {decay: len(minima(decay)) for decay in ("1/2", "1", "3/2", "3")}
    return Finding(
        printed=not on_curve,
        corrected=saddle == [-2, 2] and list(counts.values()) == [2, 2, 2, 1],
        shown=(
            f"Value 0 at $(2, 1/2)$ and all along $y = 1/x$; eigenvalues {saddle} at"
            " the origin. With decay: "
            + ", ".join(
                f"{n} minim{'a' if n > 1 else 'um'} for $\\lambda = {d}$" for d, n in counts.items()
            )
            + "."
        ),
    )


@claim("60")
def mapping_without_decay():
    difference = sp.expand((x * y - 1) ** 2).subs({x: 1, y: z}) - sp.expand((z - 1) ** 2)
    return Finding(
        printed=sp.simplify(difference) == 0,
        shown=f"$(1 \\cdot z - 1)^2 - (z - 1)^2 = {sp.simplify(difference)}$.",
    )


@claim("19")
def decayed_product():
    product = (x * y - 1) ** 2 + lam / 2 * (x**2 + y**2)
    convex_form = (z - 1) ** 2 + lam * sp.Abs(z)
    mapped = product.subs(
        {x: sp.sign(z) * sp.sqrt(sp.Abs(z)), y: sp.sqrt(sp.Abs(z))}, simultaneous=True
    )
    r = sp.symbols("r", positive=True)
    same = [sp.simplify((mapped - convex_form).subs(z, v)) for v in (r, -r)]
    never_below = sp.expand(
        lam / 2 * (x**2 + y**2) - lam * x * y - lam / 2 * (x - y) ** 2
    )  # x^2 + y^2 - 2xy is a square
    solution = sp.solve(sp.diff((z - 1) ** 2 + lam * z, z), z)
    return Finding(
        printed=same == [0, 0] and never_below == 0,
        corrected=solution == [1 - lam / 2],
        shown=(
            f"Difference of the two objectives under the mapping: {same[0]} for $z >"
            f" 0$, {same[1]} for $z < 0$; and $\\frac{{\\lambda}}{{2}}(|x|^2 + |y|^2)"
            " \\geq \\lambda |xy|$, a square apart. Stationary for $z > 0$ at"
            f" ${sp.latex(solution[0])}$."
        ),
    )


@claim("61")
def second_variable():
    X, y = np.array([[1.0]]), np.array([-1.0])
    alone, pair = convex.solve(X, y, 0.05, [[1]], signs=[1.0]), convex.solve(X, y, 0.05, [[1]])
    network = loss(X, y, *pair.to_network(), 0.05)
    return Finding(
        printed=abs(alone.objective - 1) < 1e-6
        and abs(pair.objective - network) < 1e-9 < 1 - network,
        shown=(
            "One point, label $-1$, $\\lambda = 0.05$: the best value is"
            f" {alone.objective:.3f} with $z$ alone and {pair.objective:.4f} with $v$,"
            f" and the network it maps to has loss {network:.4f}."
        ),
    )


@claim("20")
def only_one_of_the_pair():
    X, y = np.array([[1.0]]), np.array([1.0])

    def value(z, v, decay):  # eq. 7, with X = y = 1
        return (z - v - 1) ** 2 + decay * (z + v)

    counts = {}
    for decay in (0.1, 1.0, 1.9, 3.0):
        best = convex.solve(X, y, decay / 2, [[1]])
        counts[decay] = int(np.sum(np.abs([best.U, best.V]) > 1e-6))
    z, v, m, decay = sp.symbols(
        "z v m lambda", positive=True
    )  # taking m from both: the same output, 2 lambda m cheaper
    cheaper = sp.expand(value(z, v, decay) - value(z - m, v - m, decay)) == 2 * decay * m
    also = value(2, 1, 0) == value(1, 0, 0) == 0
    return Finding(
        printed=set(counts.values()) == {1} and not also,
        conditioned=cheaper and all(counts[d] == 1 for d in (0.1, 1.0, 1.9)),
        corrected=also and counts[3.0] == 0,
        shown=(
            "Non-zero variables for one point with label 1: "
            + ", ".join(f"{c} for $\\lambda = {d:g}$" for d, c in counts.items())
            + "; without decay $(1, 0)$ and $(2, 1)$ both have loss 0. Taking $m$ off"
            " both saves $2 \\lambda m$."
        ),
    )


@claim("21")
def summary_problem():
    S = data.load("one-neuron")
    D, decay = (
        [[1, 0]],
        0.1,
    )  # (lambda / 2)(w^2 + alpha^2) with lambda = 0.2 is `decay` in the convention of eq. 1
    network = descend_many(S.X, S.y, -np.ones((1, 1, 1)), np.ones((1, 1)), lam=decay).loss[0]
    bare, full = (convex.solve(S.X, S.y, d, D).objective for d in (0.0, decay))
    X, y = np.eye(2), np.array([1.0, -1.0])
    pair = convex.solve(X, y, 1e-3, [[1, 1]])
    alone = min(
        convex.solve(X, y, 1e-3, [row], signs=[s]).objective
        for row in np.ndindex(2, 2)
        for s in (-1.0, 1.0)
    )
    return Finding(
        printed=abs(network - bare) < 1e-6,
        shown=(
            "The article's two points, $\\lambda = 0.2$ in its convention: one neuron"
            f" {network:.3f}, the problem as printed {bare:.3f}, with the penalty"
            f" {full:.3f}. $X = I$, $y = (1, -1)$: the pair reaches"
            f" {pair.objective:.3f}, the best single neuron {alone:.3f}."
        ),
        corrected=abs(network - full) < 1e-6
        and pair.objective < 0.01 < 1 < alone
        and len(pair.to_network()[1]) == 2,
    )


@claim("22")
def factor_of_the_penalty():
    def compare(X, y, decay, m, step=0.03):
        rng = np.random.default_rng(0)
        network = descend_many(
            X,
            y,
            rng.normal(size=(60, m, X.shape[1])),
            rng.normal(size=(60, m)),
            lam=decay,
            step=step,
            steps=6000,
        ).loss.min()
        return (
            network,
            convex.solve(X, y, decay / 2).objective,
            convex.solve(X, y, decay).objective,
        )  # lambda, 2 lambda

    S, rng = data.load("landscape"), np.random.default_rng(5)
    cases = [compare(S.X, S.y, decay, 4) for decay in (0.1, 0.5)]
    cases.append(compare(rng.normal(size=(5, 2)), rng.normal(size=5), 0.1, 12, 0.01))
    printed, corrected = (all(abs(c[0] - c[k]) < 1e-3 * c[0] for c in cases) for k in (1, 2))
    return Finding(
        printed,
        corrected=corrected,
        shown="Best network, convex optimum with $\\lambda$, with $2\\lambda$: "
        + "; ".join(f"{a:.3f}, {b:.3f}, {c:.3f}" for a, b, c in cases)
        + ". (The article's two points with $\\lambda = 0.1$ and $0.5$; five "
        "random points. The best of 60 descents.)",
    )
