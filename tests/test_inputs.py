"""Inputs as the world has them, by kind, at every public function that takes data.

The same numbers in another container give the same result; what is no array of real numbers, an
option of another kind, and a number off the range is a ValueError that names the argument.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, is_dataclass
from enum import Enum
from fractions import Fraction

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import (
    convex,
    data,
    experiments,
    gated,
    loss,
    minima,
    networks,
    patterns,
    playground,
    train,
)

RNG = np.random.default_rng(0)
X = np.round(4 * RNG.standard_normal((6, 2))) / 4
y = np.round(4 * RNG.standard_normal(6)) / 4
W = np.round(4 * RNG.standard_normal((5, 2))) / 4
alpha = np.array([1.0, -0.5, 0.25, -1.0, 0.5])
D = patterns.enumerate_patterns(X)
U = np.ones((len(D), 2))


@dataclass(frozen=True)
class Call:
    """A public function, arguments it takes, and names of those that are arrays or options."""

    function: Callable
    arguments: dict
    arrays: tuple[str, ...]
    options: tuple[str, ...] = ()
    made: Callable = field(default=lambda result: result)

    def __call__(self, **changes):
        return self.made(self.function(**(self.arguments | changes)))


NETWORK = dict(X=X, W=W, alpha=alpha)
FITTED = dict(X=X, y=y, W=W, alpha=alpha)
PROGRAM = dict(X=X, y=y, lam=0.1)
FEW = dict(step=0.01, steps=3)
TRAINING = ("lam", "step", "steps", "record_every", "reduction", "train_alpha")
LAYERS = ("X", "y", "W", "alpha")
CALLS = {
    "predict": Call(loss.predict, NETWORK, ("X", "W", "alpha")),
    "loss": Call(loss.loss, FITTED, LAYERS, ("lam",)),
    "gradient": Call(loss.gradient, FITTED, LAYERS, ("lam",)),
    "losses": Call(loss.losses, FITTED, LAYERS, ("lam",)),
    "gradient_descent": Call(train.gradient_descent, FITTED | FEW, LAYERS, (*TRAINING, "momentum")),
    "adam": Call(train.adam, FITTED | FEW, LAYERS, (*TRAINING, "betas", "eps")),
    "descend_many": Call(
        train.descend_many, FITTED | FEW, LAYERS, ("lam", "step", "steps", "train_alpha")
    ),
    "settle": Call(train.settle, FITTED | FEW | dict(lam=0.1), (), ("lam", "step", "steps")),
    "activation_patterns": Call(patterns.activation_patterns, dict(X=X, W=W), ("X", "W")),
    "activation_points": Call(patterns.activation_points, dict(W=W), ("W",)),
    "enumerate_patterns": Call(
        patterns.enumerate_patterns, dict(X=X), ("X",), ("weights", "packed", "progress", "exact")
    ),
    "iterate_patterns": Call(
        patterns.iterate_patterns, dict(X=X), ("X",), ("chunk", "exact"), made=list
    ),
    "count_patterns": Call(patterns.count_patterns, dict(X=X), ("X",), ("exact",)),
    "from_network": Call(networks.from_network, NETWORK, ("X", "W", "alpha")),
    "merge": Call(networks.merge, NETWORK, ("X", "W", "alpha")),
    "prune": Call(networks.prune, NETWORK, ("X", "W", "alpha")),
    "stationarity": Call(networks.stationarity, FITTED | dict(lam=0.1), LAYERS, ("lam", "kink")),
    "distinct_neurons": Call(
        networks.distinct_neurons, dict(W=W, alpha=alpha), ("W", "alpha"), ("tol",)
    ),
    "solve": Call(
        convex.solve,
        PROGRAM | dict(patterns=D),
        ("X", "y", "patterns"),
        ("lam", "tol", "seconds", "signs", "start", "progress"),
    ),
    "search": Call(
        convex.search, PROGRAM, ("X", "y"), ("lam", "tol", "seconds", "start", "progress", "rng")
    ),
    "lambda_max": Call(convex.lambda_max, dict(X=X, y=y, patterns=D), ("X", "y", "patterns")),
    "path": Call(
        convex.path, dict(X=X, y=y, lams=[0.5, 0.1]), ("X", "y", "lams"), ("tol", "patterns")
    ),
    "one_vs_all": Call(
        convex.one_vs_all, dict(X=X, labels=[0, 1, 0, 2, 1, 0], lam=0.1), ("X",), ("lam", "tol")
    ),
    "polish": Call(
        convex.polish, FITTED | dict(lam=0.1), LAYERS, ("lam", "tol", "seconds", "search_patterns")
    ),
    "certify": Call(convex.certify, FITTED | dict(lam=0.1), LAYERS, ("lam", "tol", "seconds")),
    "program_value": Call(
        convex.program_value,
        PROGRAM | dict(patterns=D, U=U, V=U),
        ("X", "y", "U", "V", "patterns"),
        ("lam",),
    ),
    "own_program": Call(convex.own_program, FITTED | dict(lam=0.1), LAYERS, ("lam",)),
    "cone_margin": Call(
        convex.cone_margin, dict(X=X, u=[1.0, 2.0], pattern=D[0]), ("X", "u", "pattern")
    ),
    "gated": Call(
        gated.solve,
        PROGRAM | dict(patterns=D),
        ("X", "y", "patterns"),
        ("lam", "tol", "seconds", "progress"),
    ),
    "with_bias": Call(data.with_bias, dict(x=X[:, 0]), ("x",)),
    "local_minima": Call(
        minima.local_minima,
        PROGRAM | dict(width=1),
        ("X", "y"),
        ("lam", "width", "signs", "progress"),
        made=lambda found: found.losses,
    ),
    "sample_patterns": Call(
        patterns.sample_patterns,
        dict(X=X, count=20, rng=RNG),
        (),
        ("count", "rng", "fraction"),
    ),
    "uniform_network": Call(
        train.uniform_network, dict(m=3, d=2, scale=1.0, rng=RNG), (), ("m", "d", "scale", "rng")
    ),
    "largest_gap": Call(
        networks.largest_gap, dict(network=(W, alpha), other=(-W, alpha), X=X), ("X",)
    ),
    "run": Call(
        experiments.run,
        dict(name="plane", steps=2),
        (),
        ("name", "optimiser", *TRAINING, "momentum", "seed", "m", "scale", "dtype", "mirrored"),
    ),
    "at_scale": Call(
        experiments.at_scale,
        dict(scale=0.1, m=10, steps=20),
        (),
        ("scale", "m", "seed", "mirrored", "level", "steps"),
    ),
    "laziness_over_scales": Call(
        experiments.laziness_over_scales,
        dict(scales=[0.1], m=10, seeds=[1], optimum=convex.solve(X, y, 0.1)),
        (),
        ("scales", "m", "seeds"),
    ),
    "landscape_ends": Call(
        experiments.landscape_ends,
        dict(S=data.load("landscape"), W=W, steps=3),
        ("W",),
        ("step", "steps"),
    ),
    "narrow_runs": Call(experiments.narrow_runs, dict(runs=1), (), ("runs", "lam")),
}


def numbers(result):
    """All numbers of a result, one after the other."""
    if isinstance(result, np.ndarray | float | int | bool | np.generic):
        return [np.ravel(result).astype(float)]
    if result is None or isinstance(result, Enum):
        return []
    parts = vars(result).values() if is_dataclass(result) else result
    return [each for part in parts for each in numbers(part)]


PLAIN = {name: np.concatenate(numbers(call())) for name, call in CALLS.items() if call.arrays}
AS = {
    "lists": lambda a: a.tolist(),
    "columns first": np.asfortranarray,
    "every other row": lambda a: np.repeat(a, 2, axis=0)[::2],
    "backwards": lambda a: a[::-1].copy()[::-1],
    "other byte order": lambda a: a.astype(a.dtype.newbyteorder()),
    "objects": lambda a: a.astype(object),
    "masked, nothing hidden": np.ma.masked_array,
    "read only": lambda a: np.broadcast_to(a, a.shape),
    "tensor": lambda a: pytest.importorskip("torch").tensor(a),
    "list of rows": list,
    "list of tensors": lambda a: list(
        pytest.importorskip("torch").tensor(a, dtype=float, requires_grad=True)
    ),
    "tuple of masked rows, nothing hidden": lambda a: tuple(np.ma.masked_array(row) for row in a),
    "tensor in training": lambda a: pytest.importorskip("torch").tensor(
        a, dtype=float, requires_grad=True
    ),
}
ARRAYS = [(name, array) for name, call in CALLS.items() for array in call.arrays]


@pytest.mark.parametrize("kind", AS)
@pytest.mark.parametrize("name, array", ARRAYS)
def test_the_same_numbers_give_the_same_result(name, array, kind):
    call = CALLS[name]
    same = AS[kind](np.array(call.arguments[array]))
    found = np.concatenate(numbers(call(**{array: same})))
    np.testing.assert_allclose(found, PLAIN[name], rtol=1e-12, atol=1e-15)


def hidden(a):
    """A mask over the first entry."""
    mask = np.zeros(a.shape, bool)
    mask.flat[0] = True
    return np.ma.masked_array(a, mask)


NOT_NUMBERS = {
    "nothing": lambda a: None,
    "masked": hidden,
    "a masked row": lambda a: [*a, hidden(np.atleast_1d(a[0]))],
    "a sparse row": lambda a: [*a, sp.csr_array(np.atleast_2d(a[0]))],
    "sparse": lambda a: sp.csr_array(np.atleast_2d(a)),
    "complex": lambda a: a + 1j,
    "text": lambda a: a.astype(str),
    "dates": lambda a: a.astype("i8").astype("M8[D]"),
    "missing": lambda a: np.where(np.arange(a.size).reshape(a.shape) == 0, None, a),
    "not finite": lambda a: np.where(np.arange(a.size).reshape(a.shape) == 0, np.inf, a),
    "not a number": lambda a: np.where(np.arange(a.size).reshape(a.shape) == 0, np.nan, a),
    "ragged": lambda a: [[1.0, 2.0], [3.0]],
    "a number": lambda a: 1.0,
    "four axes": lambda a: a[None, None, None],
    "a function": lambda a: np.sum,
    "a dictionary": lambda a: {"x": 1.0},
    "enormous": lambda a: a * 1e155 + 1e155,
}
OPTIONAL = {("solve", "patterns"), ("lambda_max", "patterns")}
# What broadcasts will do there.
MANY = {(name, array) for name in ("losses", "descend_many") for array in ("W", "alpha")}
FLAT = {("path", "lams"), ("cone_margin", "pattern")}


@pytest.mark.parametrize("kind", NOT_NUMBERS)
@pytest.mark.parametrize("name, array", ARRAYS)
def test_what_is_no_such_array_is_refused_by_name(name, array, kind):
    if kind == "nothing" and (name, array) in OPTIONAL:
        return
    if kind in ("a number", "four axes") and (name, array) in MANY | FLAT:
        return
    call = CALLS[name]
    bad = NOT_NUMBERS[kind](np.array(call.arguments[array], float))
    with pytest.raises(ValueError) as refusal:
        call(**{array: bad})
    assert str(refusal.value).startswith(f"{array} must"), refusal.value


NO_OPTION = ["1e-6", None, -1, np.nan, [1.0], 1j, object(), 10**400, "sum of squares", {}]
TAKES = {  # of those, what an option takes
    "signs": [None],
    "start": [None],
    "progress": [None],
    "rng": [None],
    "patterns": [None],
    "optimiser": [None],
    "scales": [[1.0]],
    ("local_minima", "signs"): [[1.0]],
}
# An integer has no largest one.
WHOLE = ("steps", "record_every", "chunk", "width", "count", "m", "d", "seed", "seeds", "runs")
OPTIONS = [(name, option) for name, call in CALLS.items() for option in call.options]


@pytest.mark.parametrize("value", NO_OPTION, ids=lambda value: str(value)[:12])
@pytest.mark.parametrize("name, option", OPTIONS)
def test_an_option_of_another_kind_is_refused_by_name(name, option, value):
    taken = TAKES.get((name, option), TAKES.get(option, []))
    if value in taken or (option in WHOLE and value == 10**400):
        return
    with pytest.raises(ValueError, match=f"^{option} must"):
        CALLS[name](**{option: value})


SETTINGS = ("scale", "neurons", "decay", "step", "method", "steps", "seed")


@pytest.mark.parametrize("value", NO_OPTION, ids=lambda value: str(value)[:12])
@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("points", [{}, dict(x=X[:, 0], y=y)], ids=["preset", "own points"])
def test_a_setting_of_the_playground_of_another_kind_is_refused(setting, value, points):
    with pytest.raises(ValueError, match=f"^{setting} must"):
        playground.show(**points, **{setting: value})


@pytest.mark.parametrize(
    "call, name",
    [
        (lambda: playground.show(preset=None), "preset"),
        (lambda: playground.show(preset=["valley"]), "preset"),
        (lambda: playground.show(code="no"), "code"),
        (lambda: playground.show(np.ones((3, 2)), np.ones(6)), "x"),
        (lambda: playground.show([1.0]), "x and y"),
        (lambda: data.load(["sine"]), "name"),
        (lambda: data.load(None), "name"),
        (lambda: data.load("plane", seed="4"), "seed"),
        (lambda: data.load("plane", seed=1.5), "seed"),
        (lambda: data.load("plane", seed=-1), "seed"),
        (lambda: experiments.run(["plane"]), "name"),
        (lambda: experiments.run("plane", seed=1.5), "seed"),
        (lambda: experiments.run("plane", m="20"), "m"),
        (lambda: experiments.run("plane", scale=None), "scale"),
        (lambda: experiments.run("plane", dtype=int), "dtype"),
        (lambda: experiments.run("large scale", mirrored="no"), "mirrored"),
        (lambda: experiments.at_scale(0.0), "scale"),
        (lambda: experiments.at_scale("1"), "scale"),
        (lambda: train.uniform_network(3, 2, 1.0, 0), "rng"),
        (lambda: train.uniform_network(3, 2, -1.0, RNG), "scale"),
        (lambda: train.uniform_network(3.0, 2, 1.0, RNG), "m"),
        (lambda: train.uniform_network(3, 0, 1.0, RNG), "d"),
        (lambda: train.adam(**FITTED, **FEW, betas=(1.0, 1.0)), "betas"),
        (lambda: train.adam(**FITTED, **FEW, betas=(0.9,)), "betas"),
        (lambda: train.adam(**FITTED, **FEW, eps=0.0), "eps"),
        (lambda: train.gradient_descent(**FITTED, **FEW).at(1.5), "step"),
        (lambda: patterns.sample_patterns(X, 10, 0), "rng"),
        (lambda: patterns.sample_patterns(X, 10, None), "rng"),
        (lambda: patterns.sample_patterns(X, 10.0, RNG), "count"),
        (lambda: patterns.sample_patterns(X, 10, RNG, fraction=None), "fraction"),
        (lambda: patterns.cover_count(5.0, 2), "n"),
        (lambda: patterns.cover_count(5, True), "rank"),
        (lambda: patterns.article_bound(1, 1), "n"),
        (lambda: patterns.article_bound(10**9, 1000), "n and rank"),
        (lambda: networks.patterns_and_signs(D, None), "alpha"),
        (lambda: convex.solve(X, y, 0.1, D, signs=[2.0] * len(D)), "signs"),
        (lambda: convex.solve(X, y, 0.1, start=W), "start"),
        (lambda: convex.solve(X, y, 0.1, start=(W[:, :1], alpha)), "W"),
        (lambda: convex.solve(X, y, 0.1, start=convex.solve(X[:5], y[:5], 0.1)), "start"),
        (lambda: convex.one_vs_all(X, [None] * 3 + ["a"] * 3, 0.1), "labels"),
        (lambda: convex.one_vs_all(X, [0, 1], 0.1), "labels"),
        (lambda: gated.solve(X, y, 0.1, None), "patterns"),
        (lambda: gated.decompose(X, y, None), "relaxed"),
        (lambda: convex.program_value(X, y, U[:2], U, D, 0.1), "U"),
    ],
)
def test_other_arguments_are_refused_by_name(call, name):
    with pytest.raises(ValueError, match=f"^{name} (must|cannot)"):
        call()


def test_options_may_be_numbers_of_numpy():
    options = dict(lam=np.float32(0.5), step=np.float64(0.25), steps=np.int8(3))
    run = train.gradient_descent(**FITTED, **options, record_every=np.uint16(2))
    assert run.step.tolist() == [0, 2, 3]
    assert convex.solve(X, y, np.int64(1), tol=np.float32(1e-4), seconds=np.int32(60)).converged
    figure = playground.show(neurons=np.int64(50), scale=np.float32(0.5), seed=np.uint8(3))
    assert '"neurons": 50' in figure._repr_mimebundle_()["text/html"]


# Near the ends of the range

EXPONENTS = st.integers(-150, 149)


def exact(X, y, W, alpha, lam):
    """(outputs, loss) in fractions."""
    X, W = [[[Fraction(entry) for entry in row] for row in A.tolist()] for A in (X, W)]
    outputs = []
    for x in X:
        Z = [sum(a * b for a, b in zip(w, x, strict=True)) for w in W]
        parts = zip(Z, alpha.tolist(), strict=True)
        outputs.append(sum(max(z, Fraction(0)) * Fraction(a) for z, a in parts))
    fit = sum((f - Fraction(b)) ** 2 for f, b in zip(outputs, y.tolist(), strict=True))
    weights = [*(entry for row in W for entry in row), *map(Fraction, alpha.tolist())]
    return outputs, fit + Fraction(lam) * sum(weight**2 for weight in weights)


def assert_exact_or_refused(compute, value):
    """The double nearest to `value`, or a ValueError where that is beyond the range."""
    beyond = abs(value) > 10**307
    try:
        found = compute()
    except ValueError as refusal:
        assert "range" in str(refusal) and abs(value) > 10**300
        return
    assert not beyond
    assert found == pytest.approx(float(value), rel=1e-9, abs=1e-300)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(EXPONENTS, EXPONENTS, EXPONENTS, EXPONENTS)
def test_losses_are_exact_or_refused(of_X, of_y, of_W, of_alpha):
    scaled = [
        a * 10.0**k
        for a, k in zip((X, np.abs(y), W, np.abs(alpha)), (of_X, of_y, of_W, of_alpha), strict=True)
    ]
    outputs, value = exact(*scaled, 0.5)
    assert_exact_or_refused(lambda: loss.loss(*scaled, 0.5), value)
    assert_exact_or_refused(lambda: float(loss.losses(*scaled, 0.5)), value)
    largest = max(outputs)
    assert_exact_or_refused(lambda: loss.predict(scaled[0], *scaled[2:]).max(), largest)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(EXPONENTS, EXPONENTS, EXPONENTS)
def test_patterns_and_merged_networks_do_not_feel_the_units(of_X, of_W, of_alpha):
    rng = np.random.default_rng(1)  # no product is zero: it might round to either side
    plain = rng.standard_normal((6, 2)), rng.standard_normal((9, 2)), rng.standard_normal(9)
    scales = 10.0**of_X, 10.0**of_W, 10.0**of_alpha
    scaled = [a * scale for a, scale in zip(plain, scales, strict=True)]
    D_plain = plain[1] @ plain[0].T >= 0
    np.testing.assert_array_equal(patterns.activation_patterns(*scaled[:2]), D_plain)
    size = np.sqrt(scales[1]) * np.sqrt(scales[2])  # of a balanced network
    pairs = zip(networks.merge(*scaled), networks.merge(*plain), strict=True)
    for merged, expected in pairs:
        np.testing.assert_allclose(merged / size, expected, rtol=1e-9)
    assert networks.distinct_neurons(*scaled[1:]) == networks.distinct_neurons(*plain[1:])


@pytest.mark.parametrize("of_X", [-149, -100, -3, 0, 100, 149])
@pytest.mark.parametrize("of_y", [-149, -100, 0, 100, 149])
def test_the_program_does_not_feel_the_units(of_X, of_y):
    """X -> c X, y -> k y, lam -> c k lam has the optimum k^2 times as large."""
    c = 10.0**of_X
    k = 10.0**of_y
    plain = convex.solve(X, y, 0.1)
    for found in (
        convex.solve(c * X, k * y, 0.1 * c * k),
        convex.search(c * X, k * y, 0.1 * c * k),
    ):
        assert found.converged
        assert found.objective / k / k == pytest.approx(plain.objective, rel=3e-6)
        assert found.lower_bound <= found.objective
        network = found.to_network()
        at_it = loss.loss(c * X, k * y, *network, 0.1 * c * k)
        assert at_it == pytest.approx(found.objective, rel=1e-6)
    relaxed = gated.solve(c * X, k * y, 0.1 * c * k, D)
    assert relaxed.objective / k / k == pytest.approx(gated.solve(X, y, 0.1, D).objective, rel=3e-6)
    largest = convex.lambda_max(c * X, k * y)
    assert largest / c / k == pytest.approx(convex.lambda_max(X, y))


@pytest.mark.parametrize("size", [1e151, 1e200, 1e308, 1e-151, 1e-200, 5e-324])
@pytest.mark.parametrize("name, array", [(n, a) for n, a in ARRAYS if a in ("X", "y", "x")])
def test_beyond_the_range_data_are_refused_at_once(name, array, size):
    call = CALLS[name]
    bad = np.full(np.shape(call.arguments[array]), size)
    with pytest.raises(ValueError, match=f"^{array} must .*units"):
        call(**{array: bad})


@pytest.mark.parametrize("trainer", [train.gradient_descent, train.adam, train.descend_many])
def test_training_never_ends_in_what_is_no_number(trainer):
    big = dict(X=1e100 * X, y=1e100 * y, W=1e100 * W, alpha=alpha)
    with pytest.raises(ValueError, match="range"):
        trainer(**big, step=0.0, steps=1)
    with pytest.raises(ValueError, match="step is too large"):
        trainer(**FITTED, step=1e200, steps=3, lam=1.0)
