"""Claims of section II, small example walkthrough: one ReLU neuron, no second layer."""

import numpy as np
import sympy as sp

from .. import convex, data, patterns
from ..loss import loss, predict, relu
from .registry import Finding, claim


def _loss(w, S):
    """The loss of the weight w, a number: eq. 2."""
    return loss(S.X, S.y, [[float(w)]], [1.0])


@claim("9")
def two_local_minima():
    w, gap = sp.symbols("w"), sp.symbols("G", positive=True)
    y1, y2 = sp.symbols("y1 y2", positive=True)
    left = (-w - y1) ** 2 + y2**2  # the loss for w < 0, with x = (-1, 1)
    right = y1**2 + (w - y2) ** 2  # and for w > 0
    least = [
        (
            sp.solve(sp.diff(f, w), w),
            sp.factor(f.subs(w, sp.solve(sp.diff(f, w), w)[0])),
        )
        for f in (left, right)
    ]
    reached = sp.simplify((y1**2 - y2**2).subs(y1, sp.sqrt(y2**2 + gap)))
    S = data.load("one-neuron")
    values = [_loss(v, S) for v in (-1, 0.5)]
    return Finding(
        printed=least == [([-y1], y2**2), ([y2], y1**2)]
        and reached == gap
        and values == [0.25, 1.0],
        shown=(
            f"Symbolically: minimum ${least[0][1]}$ at $w = -y_1$, ${least[1][1]}$ at"
            " $w = y_2$ (for $x = (-1, 1)$); $y_1^2 = y_2^2 + G$ makes the gap any"
            f" $G$. Here: {values[0]} and {values[1]}."
        )
        .replace("**", "^")
        .replace("$y2", "$y_2")
        .replace("$y1", "$y_1"),
    )


@claim("10")
def no_switch():
    S, starts = data.load("one-neuron"), np.linspace(-3, 3, 120)

    def switches(step):
        w = starts
        for _ in range(300):
            Z = w[:, None] * S.X[:, 0]
            w = w - step * 2 * ((relu(Z) - S.y) * (Z > 0)) @ S.X[:, 0]
        return int(np.sum(w * starts < 0))

    jump, small = switches(0.7), [switches(step) for step in (0.01, 0.3, 0.49)]
    return Finding(
        printed=jump == 0,
        conditioned=not any(small),
        shown=(
            f"Of 120 starts in $[-3, 3]$, {jump} change sign with step 0.7, none with"
            " 0.01, 0.3 or 0.49."
        ),
    )


@claim("14")
def activate():
    rng = np.random.default_rng(0)
    X, W = rng.normal(size=(200, 3)), rng.normal(size=(50, 3))
    apart = np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])  # w'x = 0

    def agree(X, W):
        output = np.array([predict(X, w[None], [1.0]) for w in W])
        return bool((patterns.activation_patterns(X, W) == (output != 0)).all())

    return Finding(
        printed=agree(X, W) and agree(*apart),
        conditioned=agree(X, W) and (W @ X.T != 0).all(),
        shown=(
            "The two definitions agree on 10,000 random pairs of a neuron and a point;"
            " they differ at $w = (0, 1)$, $x = (1, 0)$."
        ),
    )


@claim("11")
def from_any_start():
    u, step, x, y = sp.symbols("u gamma x2 y2", real=True)
    update = u - step * sp.diff((x * u - y) ** 2, u)
    factor = sp.factor(
        sp.simplify((update - y / x) / (u - y / x))
    )  # of the distance to the minimum, at every step
    good, bad = (
        abs(factor.subs({x: 1, step: s})) for s in (sp.Rational(9, 10), sp.Rational(11, 10))
    )
    bounds = sp.solve(sp.Abs(factor.subs(x, 1)) < 1, step)
    open_interval = sp.And(0 < step, step < 1)
    return Finding(
        printed=bool(bad < 1),
        conditioned=bool(good < 1) and sp.simplify_logic(bounds) == open_interval,
        shown=(
            "Each step multiplies the distance to the minimum by $1 - 2\\gamma x_2^2$:"
            f" by {float(good):.1f} in size for $\\gamma = 0.9$, by {float(bad):.1f}"
            " for 1.1 ($x_2 = 1$)."
        ),
        corrected=sp.simplify(factor - (1 - 2 * step * x**2)) == 0,
    )


@claim("12")
def sign_of_u2():
    S, u = data.load("one-neuron"), sp.symbols("u")
    x1, y1, y2 = sp.Rational(S.X[0, 0]), sp.Rational(S.y[0]), sp.Rational(S.y[1])
    objective = (x1 * u - y1) ** 2 + y2**2
    values = [objective.subs(u, s * y1 / x1) for s in (-1, 1)]
    best = sp.solve(sp.diff(objective, u), u)
    return Finding(
        printed=best == [-y1 / x1],
        corrected=best == [y1 / x1] and values[1] == y2**2,
        shown=(
            f"The problem's value is {float(values[1])} at $u_2 = y_1/x_1$ and"
            f" {float(values[0])} at $-y_1/x_1$."
        ),
    )


@claim("13")
def both_points():
    S, u = data.load("one-neuron"), sp.symbols("u", real=True)
    allowed = sp.And(*[sp.Rational(x) * u >= 0 for x in S.X[:, 0]]).as_set()
    free = sp.minimum(
        sum((sp.Rational(x) * u - sp.Rational(y)) ** 2 for x, y in zip(S.X[:, 0], S.y)),
        u,
    )
    held = convex.solve(S.X, S.y, 0.0, [[1, 1]], signs=[1.0]).objective
    return Finding(
        printed=allowed == sp.FiniteSet(0),
        corrected=free == sp.Rational(9, 8) and abs(held - 1.25) < 1e-9,
        shown=(
            f"The set allowed is {allowed}. The optimum is {float(free)} without the"
            f" constraints, {held:.2f} with them."
        ),
    )


@claim("13b")
def matrix_of_the_constraints():
    a, b, z1, z2 = sp.symbols("a b z1 z2", real=True)
    M = 2 * sp.diag(a, b) - sp.eye(2)
    active = [
        sp.sign(M.subs({a: i, b: j})[0, 0]) == (1 if i else -1) for i in (0, 1) for j in (0, 1)
    ]
    printed = M.subs({a: 0, b: 1}) == sp.Matrix([[-1, 0], [0, 1]])
    return Finding(
        printed=printed and all(active),
        shown=(
            "$2\\,\\mathrm{diag}(0, 1) - I ="
            f" {sp.latex(M.subs({a: 0, b: 1}), mat_str='pmatrix', mat_delim='')}$; for"
            " every pattern the diagonal is $+1$ where a point is active, $-1$ where"
            " it is not."
        ),
    )


@claim("13c")
def two_patterns_on_a_line():
    rng = np.random.default_rng(0)

    def as_said(x):
        D = {tuple(row) for row in patterns.enumerate_patterns(x[:, None])}
        return D == {tuple(x > 0), tuple(x < 0)}

    nonzero = [
        as_said(x) for n in range(2, 12) for x in (rng.standard_normal(n), rng.exponential(size=n))
    ]
    zero = as_said(np.array([-1.0, 0.0, 2.0]))
    four = sum(1 for _ in np.ndindex(2, 2))
    return Finding(
        printed=zero and all(nonzero),
        conditioned=all(nonzero) and as_said(data.load("one-neuron").X[:, 0]),
        shown=(
            f"The article's two points: {four} matrices,"
            f" {len(patterns.enumerate_patterns([[-1.0], [1.0]]))} interesting. So it"
            f" is for {len(nonzero)} random sets; with $x = (-1, 0, 2)$ both patterns"
            " also activate the 0."
        ),
    )
