"""Claims of section II, small example walkthrough: one ReLU neuron, no second layer."""

import numpy as np
import sympy as sp

from .. import convex, data, patterns, train
from ..loss import loss, predict
from .registry import Finding, claim


@claim("9")
def two_local_minima():
    w = sp.symbols("w")
    y1, y2, gap = sp.symbols("y_1 y_2 G", positive=True)
    left = (-w - y1) ** 2 + y2**2  # the loss for w < 0, with x = (-1, 1)
    right = y1**2 + (w - y2) ** 2  # and for w > 0

    def stationary(f):
        return sp.solve(sp.diff(f, w), w)

    lowest_left = sp.factor(left.subs(w, -y1))
    lowest_right = sp.factor(right.subs(w, y2))
    places = stationary(left) == [-y1] and stationary(right) == [y2]
    heights = lowest_left == y2**2 and lowest_right == y1**2
    reached = sp.simplify((y1**2 - y2**2).subs(y1, sp.sqrt(y2**2 + gap)))
    S = data.load("one-neuron")
    values = [loss(S.X, S.y, [[v]], [1.0]) for v in (-1.0, 0.5)]
    return Finding(
        printed=places and heights and reached == gap and values == [0.25, 1.0],
        shown=(
            f"Symbolically: minimum ${lowest_left}$ at $w = -y_1$, ${lowest_right}$ at"
            " $w = y_2$ (for $x = (-1, 1)$); $y_1^2 = y_2^2 + G$ makes the gap any"
            f" $G$. Here: {values[0]} and {values[1]}."
        ).replace("**", "^"),
    )


@claim("10")
def no_switch():
    w, step = sp.symbols("w gamma", real=True)
    x, y = sp.symbols("x y", positive=True)
    update = w - step * sp.diff((x * w - y) ** 2, w)  # of a neuron that activates the point
    as_said = sp.simplify(update - ((1 - 2 * step * x**2) * w + 2 * step * x * y)) == 0

    def switches(x, y, share):
        """How many of 200 starts change sign, the step being that share of 1 / (2 max x_j^2)."""
        starts = np.linspace(-300, 300, 200)
        step = share / (2 * np.max(x**2))
        W = starts[:, None, None]
        ends = train.descend_many(x[:, None], y, W, step=step, steps=300, train_alpha=False)
        return int(np.sum(ends.W[:, 0, 0] * starts < 0))

    S = data.load("one-neuron")
    shares = (0.1, 0.9, 1.0)
    rng = np.random.default_rng(0)
    small = []
    just_above = []
    for k in range(20):
        x = S.X[:, 0] if k == 0 else np.array([-1, 1]) * rng.uniform(0.2, 3, 2)
        y = S.y if k == 0 else rng.uniform(0.2, 3, 2)
        small += [switches(x, y, share) for share in shares]
        just_above.append(switches(x, y, 1.01))
    jump = switches(S.X[:, 0], S.y, 1.4)
    return Finding(
        printed=jump == 0,
        conditioned=as_said and not any(small),
        corrected=just_above[0] > 0,
        shown=(
            "A step takes $w$ to $(1 - 2\\gamma x^2) w + 2\\gamma x y$. Of 200 starts in $[-300,"
            f" 300]$, {jump} change sign with $\\gamma = 0.7 / x_j^2$ and {just_above[0]} with"
            " $0.505 / x_j^2$; with up to $0.5 / x_j^2$ none, on the article's points and on 19"
            " random pairs."
        ),
    )


@claim("14")
def activate():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 3))
    W = rng.normal(size=(50, 3))
    off_the_boundary = (W @ X.T != 0).all()

    def agree(X, W):
        output = np.array([predict(X, w[None], [1.0]) for w in W])
        return bool((patterns.activation_patterns(X, W) == (output != 0)).all())

    on_the_boundary = agree(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]]))
    return Finding(
        printed=agree(X, W) and on_the_boundary,
        conditioned=agree(X, W) and off_the_boundary,
        shown=(
            "The two definitions agree on 10,000 random pairs of a neuron and a point; they"
            " differ at $w = (0, 1)$, $x = (1, 0)$."
        ),
    )


@claim("11")
def from_any_start():
    u, step, x, y = sp.symbols("u gamma x2 y2", real=True)
    update = u - step * sp.diff((x * u - y) ** 2, u)
    # by which every step multiplies the distance to the minimum y / x
    factor = sp.factor(sp.simplify((update - y / x) / (u - y / x)))

    def size(gamma):
        return abs(factor.subs({x: 1, step: gamma}))

    good = size(sp.Rational(9, 10))
    bad = size(sp.Rational(11, 10))
    bounds = sp.simplify_logic(sp.solve(sp.Abs(factor.subs(x, 1)) < 1, step))
    return Finding(
        printed=bool(bad < 1),
        conditioned=bool(good < 1) and bounds == sp.And(0 < step, step < 1),
        corrected=sp.simplify(factor - (1 - 2 * step * x**2)) == 0,
        shown=(
            "Each step multiplies the distance to the minimum by $1 - 2\\gamma x_2^2$: by"
            f" {float(good):.1f} in size for $\\gamma = 0.9$, by {float(bad):.1f} for 1.1"
            " ($x_2 = 1$)."
        ),
    )


@claim("12")
def sign_of_u2():
    S = data.load("one-neuron")
    u = sp.symbols("u")
    x1 = sp.Rational(S.X[0, 0])
    y1, y2 = (sp.Rational(label) for label in S.y)
    objective = (x1 * u - y1) ** 2 + y2**2
    printed = objective.subs(u, -y1 / x1)
    corrected = objective.subs(u, y1 / x1)
    best = sp.solve(sp.diff(objective, u), u)
    return Finding(
        printed=best == [-y1 / x1],
        corrected=best == [y1 / x1] and corrected == y2**2,
        shown=(
            f"The problem's value is {float(corrected)} at $u_2 = y_1/x_1$ and"
            f" {float(printed)} at $-y_1/x_1$."
        ),
    )


@claim("13")
def both_points():
    S = data.load("one-neuron")
    u = sp.symbols("u", real=True)
    points = [(sp.Rational(x), sp.Rational(y)) for x, y in zip(S.X[:, 0], S.y, strict=True)]
    allowed = sp.And(*[x * u >= 0 for x, _ in points]).as_set()
    free = sp.minimum(sum((x * u - y) ** 2 for x, y in points), u)
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
    def constraints(*pattern):
        return 2 * sp.diag(*pattern) - sp.eye(2)

    signs = [
        constraints(first, second)[0, 0] == (1 if first else -1)
        for first in (0, 1)
        for second in (0, 1)
    ]
    second_only = constraints(0, 1)
    printable = sp.latex(second_only, mat_str="pmatrix", mat_delim="")
    return Finding(
        printed=second_only == sp.Matrix([[-1, 0], [0, 1]]) and all(signs),
        shown=(
            f"$2\\,\\mathrm{{diag}}(0, 1) - I = {printable}$; for every pattern the diagonal"
            " is $+1$ where a point is active, $-1$ where it is not."
        ),
    )


@claim("13c")
def two_patterns_on_a_line():
    rng = np.random.default_rng(0)

    def as_said(x):
        D = {tuple(row) for row in patterns.enumerate_patterns(x[:, None])}
        return D == {tuple(x > 0), tuple(x < 0)}

    nonzero = []
    for n in range(2, 12):
        nonzero += [as_said(rng.standard_normal(n)), as_said(rng.exponential(size=n))]
    zero = as_said(np.array([-1.0, 0.0, 2.0]))
    own = data.load("one-neuron").X
    return Finding(
        printed=zero and all(nonzero),
        conditioned=all(nonzero) and as_said(own[:, 0]),
        shown=(
            f"The article's two points: {2 ** len(own)} matrices,"
            f" {len(patterns.enumerate_patterns(own))} interesting. So it is for"
            f" {len(nonzero)} random sets; with $x = (-1, 0, 2)$ both patterns also activate"
            " the 0."
        ),
    )
