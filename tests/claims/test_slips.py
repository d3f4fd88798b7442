"""The article's slips, planted in the helpers one at a time: the claims' checks notice them."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from helpers import claims, convex, data, dual, experiments, minima, networks, patterns, train
from helpers.claims import (
    activation_patterns,
    conclusion,
    extensions,
    large_initialisation,
    overview,
    small_initialisation,
    solving,
    theorems,
)
from helpers.extensions import batch_norm, optimal_set, vector_output
from helpers.extensions import layer_by_layer as layers
from helpers.extensions.restarts import Runs
from helpers.loss import predict
from helpers.sections import convex_program, descent_limits
from helpers.sections import equivalence as equivalence_section
from helpers.sections import gated as gated_section
from helpers.sections import layer_by_layer as layer_by_layer_section
from helpers.sections import small_initialisation as small_initialisation_section
from helpers.sections.large_initialisation import carried_on

FITTED = large_initialisation.fitted
SOLVE = convex.solve
GRADIENTS = overview.fit_gradients
PEAK = dual.peak
SAMPLE = patterns.sample_patterns
CURVE = dual.dual_curve
LARGEST = convex.lambda_max
NARROW = experiments.narrow_runs
PROGRAM = solving.conic.program
VECTORS = small_initialisation.predicted_vectors
DESCENT = train.gradient_descent
VERTICES = optimal_set.vertices
DESCEND_MANY = train.descend_many
LANDSCAPE = data.DATASETS["landscape"]
ONE_RELU = data.DATASETS["one-neuron"]
SUCCESS = descent_limits.success
APART = descent_limits.apart_from_linearised
ONE_NEURON = experiments.RUNS["one neuron"]


@dataclass(frozen=True)
class Slip:
    """What is planted: `version`, for the attribute, or the entry of a dictionary, called `name`.

    noticed_by: numbers of the claims whose checks must stop.
    """

    place: Any
    name: str
    version: Any
    noticed_by: tuple[str, ...]

    def plant(self, monkeypatch):
        plant = monkeypatch.setitem if isinstance(self.place, dict) else monkeypatch.setattr
        plant(self.place, self.name, self.version)


def run_with(name: str, noticed_by: tuple[str, ...], **settings) -> Slip:
    """The slip of other settings in one of the article's runs."""
    run = experiments.RUNS[name]
    version = replace(run, settings=run.settings | settings)
    return Slip(experiments.RUNS, name, version, noticed_by)


def halved_penalty(X, y, lam, *args, **options):
    """The convex program with the penalty lam (||u|| + ||v||) for 2 lam (||u|| + ||v||)."""
    return SOLVE(X, y, lam / 2, *args, **options)


def free_signs(X, y, lam, D=None, signs=None):
    """The convex program with both signs, whatever was asked."""
    return SOLVE(X, y, lam, D)


def one_neuron_for_the_pair(solution):
    """One neuron for u and v, of weight 1."""
    return solution.U[:1], np.ones(1)


def too_long(A):
    """The length 10 for every neuron: what it gives is short, and costs more to hand on."""
    return np.full(len(A), 10.0)


def stays_where_it_is(problem, network, **options):
    """Descent on all layers that gains nothing."""
    value = layers.loss(problem.S.X, problem.S.y, network, problem.lam)
    return Runs(np.array([value]), [])


def positive_only(widths, positive, **options):
    """Neurons of one sign, whatever was asked."""
    return SUCCESS(widths, True, **options)


def as_drawn(scale, mirrored, **options):
    """No opposite pairs, whatever was asked."""
    return APART(scale, False, **options)


def half_lines(X, *args, **options):
    """The article's ten patterns for four points."""
    kinks = (-2, -1, 0, 1, 2)
    W = np.array([[s, -s * kink] for kink in kinks for s in (1.0, -1.0)])
    return patterns.activation_patterns(X, W)


def merged_across_signs(X, W, alpha):
    """Neurons of a pattern added up whatever their signs."""
    D, which = np.unique(patterns.activation_patterns(X, W), axis=0, return_inverse=True)
    U = np.zeros((len(D), W.shape[1]))
    np.add.at(U, which.ravel(), alpha[:, None] * W)
    size = np.sqrt(np.linalg.norm(U, axis=1))
    return U / size[:, None], size


def every_pattern(X, y, lam, *args, **options):
    """The program over all patterns and both signs, whatever was asked."""
    return SOLVE(X, y, lam)


def labels_exchanged():
    """The article's two points of one neuron, each with the other's label."""
    S = ONE_RELU()
    return replace(S, y=S.y[::-1])


def mirrored():
    """The two points as the picture is drawn, x_1 > 0 > x_2."""
    return data.Dataset(np.array([[1.0], [-1.0]]), np.array([1.0, 2.0]), "section I")


def larger_labels():
    """The two points of the landscape with labels of 1.05 times the size: other minima."""
    S = LANDSCAPE()
    return replace(S, y=1.05 * S.y)


def normal_weights(m, d, scale, rng):
    """Weights of variance 1 / m."""
    W = scale * rng.normal(size=(m, d)) / np.sqrt(m)
    alpha = scale * rng.normal(size=m) / np.sqrt(m)
    return W, alpha


def stopped_early():
    """The record of the run as the article's animation has it: nothing after step 971."""
    run = carried_on()
    begun = run.at(971) + 1
    return run._replace(step=run.step[:begun], loss=run.loss[:begun], changed=run.changed[:begun])


def never_mirrored(scale, mirrored=False, **settings):
    """The four points fitted from plain uniform weights, whatever was asked."""
    return FITTED(scale, **settings)


def no_constraint(cone, z):
    """The point itself, for the nearest point of a cone."""
    return z, []


def one_branch_for_all(U, s, V, depth):
    """One branch whose layers share the singular values: a standard network."""
    root = np.diag(s ** (1 / depth))
    between = [root[None]] * (depth - 2)
    return extensions.deep_linear.Network(((U @ root)[None], *between, (root @ V.T)[None]))


def without_the_root(X, k, beta):
    """Points of the singular values less sqrt(beta), not of their squares less beta."""
    sigma, Vt = np.linalg.svd(X, full_matrices=False)[1:]
    G = np.maximum(sigma - np.sqrt(beta), 0)[:, None] * Vt
    return extensions.wgan.ClosedForm(G, float(np.sum(G**2)))


def all_that_is_active(X, D1, eps):
    """The second ReLU lets everything through that a neuron of positive sign does."""
    up = D1[eps > 0].any(axis=0)
    return up[None] if up.any() else np.zeros((0, len(X)), bool)


def two_patterns(X):
    """The points to the right, and those to the left."""
    return np.array([X[:, 0] > 0, X[:, 0] <= 0])


def stopped_at_once(X, y, lam, *args, **options):
    """The solver without time: what it holds before its first round."""
    return SOLVE(X, y, lam, *args, **options | {"seconds": 0.0})


def unchanged_output(S, network, X):
    """The network as it was, for its linearisation fitted to the data."""
    return predict(X, *network)


def no_gradients(X, y, W, alpha):
    """Gradients that are zero: the network does not move."""
    return np.zeros_like(W), np.zeros_like(alpha)


def without_the_residual(X, y, W, alpha):
    """Gradients of the sum of the outputs: the residual is left out."""
    dW, dalpha = GRADIENTS(X, y, W, alpha)
    return dW + 1, dalpha + 1


def all_steps_alike(*arguments, **options):
    """Adam that is plain descent."""
    options.pop("betas", None)
    return train.gradient_descent(*arguments, **options)


def lowest_point(X, theta):
    """A direction of the dual curve, but not the one that is farthest from zero."""
    found = PEAK(X, theta)
    return found._replace(height=0.5 * found.height, direction=-1 * found.direction)


def swapped_vectors(S):
    """D_- and D_+."""
    return VECTORS(S)[::-1]


def at_the_optimum(runs=15, lam=0.02):
    """Narrow networks that all end at the optimum of any width."""
    found = []
    for S in NARROW(runs=1, lam=lam):
        best = convex.solve(S.X, S.y, lam)
        rested = experiments.AtRest(best.objective, *best.to_network())
        found.append(replace(S, networks=[rested] * runs))
    return found


def no_constraints(X, y, lam, D):
    """The program as a standard solver has it, its cones left out."""
    problem, blocks = PROGRAM(X, y, lam, D)
    return type(problem)(problem.objective), blocks


def never_more_neurons(X, y, lam, start):
    """A path that prunes and goes no further."""
    return [start, networks.prune(X, *start)]


def from_small_weights(*args, **options):
    """Descent that has not begun: the weights as they were drawn."""
    return DESCENT(*args, **options | {"steps": 0})


def of_twice_the_step(*args, step, **options):
    """Descent with a gradient twice too long."""
    return DESCEND_MANY(*args, step=2 * step, **options)


class PositiveBlocks(minima.Blocks):
    """Patterns with the sign +1 only."""

    def __init__(self, X, signs):
        super().__init__(X, (1,))


def one_corner(solution):
    """The first corner of the optimal set, for all of them."""
    return VERTICES(solution)[:1]


SLIPS: dict[str, Slip] = {
    "factor 1 in the penalty": Slip(
        convex, "solve", halved_penalty, ("21", "22", "25b", "45", "54", "55", "81", "82")
    ),
    "one neuron for u and v": Slip(
        convex.Solution, "to_network", one_neuron_for_the_pair, ("25b", "26", "29b", "61")
    ),
    "a solver that stops at once": Slip(convex, "solve", stopped_at_once, ("42b", "83")),
    "a network that is not linearised": Slip(
        large_initialisation, "linearised", unchanged_output, ("84",)
    ),
    "a gradient without its residual": Slip(
        overview, "fit_gradients", without_the_residual, ("6b",)
    ),
    "a network that does not move": Slip(
        large_initialisation, "fit_gradients", no_gradients, ("85",)
    ),
    "Adam that is descent": Slip(train, "adam", all_steps_alike, ("72", "72b", "72c")),
    "a neuron in the wrong place": Slip(dual, "peak", lowest_point, ("88",)),
    "D_+ and D_- exchanged": Slip(
        small_initialisation_section, "predicted_vectors", swapped_vectors, ("71", "72b")
    ),
    "no neuron more": Slip(overview, "one_more_at_a_time", never_more_neurons, ("5b",)),
    "descent that has not begun": Slip(
        train, "gradient_descent", from_small_weights, ("74", "86", "87")
    ),
    "descent that stays where it was put": Slip(
        equivalence_section, "gradient_descent", from_small_weights, ("29",)
    ),
    "a point below its patterns' optimum": Slip(
        experiments, "narrow_runs", at_the_optimum, ("42",)
    ),
    "constraints that cost nothing": Slip(solving.conic, "program", no_constraints, ("81",)),
    "the labels as heights": Slip(
        activation_patterns, "HEIGHTS", {0: 0.3, 168: 0.54, 336: 0.73}, ("33",)
    ),
    "animations that end at rest": Slip(conclusion, "carried_on", stopped_early, ("76",)),
    "signs left free": Slip(convex, "solve", free_signs, ("44", "44b", "61", "68")),
    "no cone constraint": Slip(convex_program, "nearest", no_constraint, ("31",)),
    "ten patterns of four points": Slip(patterns, "enumerate_patterns", half_lines, ("34",)),
    "2^n patterns": Slip(
        patterns, "cover_count", lambda n, rank: 2**n, ("27", "37", "37b", "65", "66")
    ),
    "10^25 patterns": Slip(patterns, "cover_count", lambda n, rank: 10**25, ("37",)),
    "a bound of n instead of n - 1": Slip(
        patterns, "article_bound", lambda n, r: 2 * r * (np.e * n / r) ** r, ("37",)
    ),
    "active means a positive output": Slip(
        patterns, "activation_patterns", lambda X, W: W @ X.T > 0, ("14",)
    ),
    "active means a negative output": Slip(
        patterns, "activation_patterns", lambda X, W: W @ X.T < 0, ("14", "15")
    ),
    "steps of twice the size": Slip(train, "descend_many", of_twice_the_step, ("10",)),
    "a program that takes every pattern": Slip(
        convex, "solve", every_pattern, ("16", "29b", "67", "75")
    ),
    "the labels of one neuron exchanged": Slip(
        data.DATASETS, "one-neuron", labels_exchanged, ("16",)
    ),
    "2^n patterns listed": Slip(patterns, "count_patterns", lambda X: 2 ** len(X), ("34", "38")),
    "two patterns, whatever the points": Slip(patterns, "count_patterns", lambda X: 2, ("25c",)),
    "half of lambda_max": Slip(convex, "lambda_max", lambda *a, **k: LARGEST(*a, **k) / 2, ("41",)),
    "a sample that is the whole list": Slip(
        patterns,
        "sample_patterns",
        lambda X, count, rng: patterns.enumerate_patterns(X),
        ("81",),
    ),
    "ten draws, whatever was asked": Slip(
        patterns, "sample_patterns", lambda X, count, rng: SAMPLE(X, 10, rng), ("73",)
    ),
    "the dual curve upside down": Slip(
        dual, "dual_curve", lambda *arguments: -CURVE(*arguments), ("46b", "86")
    ),
    "activation point w_2 / w_1": Slip(
        patterns, "activation_points", lambda W: W[:, 1] / W[:, 0], ("32", "52", "46")
    ),
    "neurons merged across signs": Slip(networks, "merge", merged_across_signs, ("59",)),
    "no pruning": Slip(networks, "prune", lambda X, W, alpha: (W, alpha), ("57", "58", "80")),
    "the animation's end": Slip(large_initialisation, "carried_on", stopped_early, ("49", "51")),
    "no opposite pairs": Slip(
        large_initialisation, "fitted", never_mirrored, ("48", "51", "69", "84")
    ),
    "a linear neuron, normalised": Slip(activation_patterns, "relu", lambda Z: Z, ("36",)),
    "descent never rests": Slip(theorems, "stationarity", lambda *a, **k: 1.0, ("56",)),
    "no network rests": Slip(networks, "stationarity", lambda *a, **k: 1.0, ("24",)),
    "start (.3, .15)": Slip(
        experiments.RUNS,
        "one neuron",
        replace(ONE_NEURON, network=experiments.Given([[0.3, 0.15]], [1.0])),
        ("3", "32", "62"),
    ),
    "vanilla gradient descent": Slip(
        experiments.RUNS,
        "one neuron",
        replace(ONE_NEURON, optimiser=train.gradient_descent),
        ("3",),
    ),
    "one step a frame": run_with("one neuron", ("33b",), record_every=1, steps=228),
    "no decay at large scale": run_with("large scale", ("3",), lam=0.0),
    "no decay at small scale": run_with("small scale", ("52", "53"), lam=0.0),
    "neurons at -1.3": Slip(
        small_initialisation, "cluster", lambda run: np.full(len(run), -1.3), ("52", "52b")
    ),
    "labels of the linked notebook": Slip(data.DATASETS, "teaser", data.DATASETS["sine"], ("2",)),
    "the picture's x_1 > 0 > x_2": Slip(data.DATASETS, "landscape", mirrored, ("6", "6b")),
    "minima elsewhere": Slip(data.DATASETS, "landscape", larger_labels, ("5",)),
    "normal weights of variance 1/m": Slip(train, "uniform_network", normal_weights, ("50", "50b")),
    "walls not looked across": Slip(minima, "_way_across", lambda *args: None, ("77", "79")),
    "minima of positive neurons only": Slip(minima, "Blocks", PositiveBlocks, ("77", "79")),
    "normalised without centring": Slip(batch_norm, "centred", lambda X: X, ("89",)),
    "a constant that bounds every split": Slip(
        gated_section, "constant", lambda X: np.inf, ("94",)
    ),
    "one best network": Slip(optimal_set, "vertices", one_corner, ("97",)),
    "no way back to neurons": Slip(vector_output, "factors", lambda A: [], ("90",)),
    "one branch for all": Slip(
        extensions.deep_linear, "_rank_one_branches", one_branch_for_all, ("92",)
    ),
    "the singular values less beta": Slip(extensions.wgan, "quadratic", without_the_root, ("93",)),
    "what is kept is short": Slip(layers, "lengths", too_long, ("95",)),
    "descent keeps what was trained in turn": Slip(
        layer_by_layer_section, "together", stays_where_it_is, ("95",)
    ),
    "one sign of alpha": Slip(descent_limits, "success", positive_only, ("96",)),
    "no pairs at all": Slip(descent_limits, "apart_from_linearised", as_drawn, ("96",)),
    "no second pattern but that of all that is active": Slip(
        extensions.three_layer, "_second_patterns", all_that_is_active, ("91",)
    ),
    "patterns of two halves": Slip(patterns, "enumerate_patterns", two_patterns, ("78",)),
}
PLANTED = [(slip, number) for slip, planted in SLIPS.items() for number in planted.noticed_by]


@pytest.mark.parametrize("slip, number", PLANTED)
def test_a_slip_is_noticed_where_it_is_planted(monkeypatch, slip, number):
    SLIPS[slip].plant(monkeypatch)
    with pytest.raises(claims.Contradiction):
        claims.check(number)
