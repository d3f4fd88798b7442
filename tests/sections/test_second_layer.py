"""Section Multiplicative non-convexity: the product, its hidden convex function, the map back."""

import cvxpy as cp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import convex, patterns, train
from helpers.figures import second_layer as figures
from helpers.sections import second_layer


def optimum(value, constraints=()):
    """Value of a program stated in cvxpy: the oracle of these tests."""
    return cp.Problem(cp.Minimize(value), list(constraints)).solve(solver=cp.CLARABEL)


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(0, 4))
def test_the_hidden_function_is_the_least_loss_of_a_product(x, y, lam):
    z = x * y
    hidden = float(second_layer.hidden_loss(z, lam))
    pair = second_layer.split(z)
    assert second_layer.product_loss(x, y, lam) >= hidden - 1e-9
    assert second_layer.product_loss(*pair, lam) == pytest.approx(hidden, abs=1e-9)
    assert np.prod(pair) == pytest.approx(z)


def test_without_saying_so_there_is_no_decay():
    assert second_layer.product_loss(2, 3) == 25
    assert second_layer.hidden_loss(6) == 25


@pytest.mark.parametrize("lam", [0, 0.5, 1.3, 2.5])
def test_the_best_product(lam):
    z = cp.Variable()
    value = optimum((z - 1) ** 2 + lam * cp.abs(z))
    best = second_layer.best_product(lam)
    assert best == pytest.approx(float(z.value), abs=1e-4)
    assert float(second_layer.hidden_loss(best, lam)) == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize("lam, minima", [(0.5, 2), (1.3, 2), (2.5, 1)])
def test_descent_ends_at_a_balanced_pair_of_the_best_product(lam, minima):
    starts = np.random.default_rng(0).uniform(-2, 2, (40, 2))
    ends = second_layer.descend(starts, lam, steps=4000)
    best = second_layer.best_product(lam)
    np.testing.assert_allclose(ends.prod(axis=1), best, atol=1e-4)
    np.testing.assert_allclose(np.abs(ends[:, 0]), np.abs(ends[:, 1]), atol=1e-4)
    assert len(np.unique(ends.round(2) + 0.0, axis=0)) == minima


def test_without_decay_descent_ends_anywhere_on_the_hyperbola():
    starts = np.random.default_rng(0).uniform(-2, 2, (40, 2))
    given = starts.copy()
    ends = second_layer.descend(starts, steps=4000)
    np.testing.assert_allclose(ends.prod(axis=1), 1, atol=1e-6)
    assert len(np.unique(ends.round(2), axis=0)) > 10
    np.testing.assert_array_equal(starts, given)


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="lam"):
        second_layer.best_product(-1)
    with pytest.raises(ValueError, match="finite"):
        second_layer.split(np.nan)


@pytest.mark.parametrize(
    "label, with_twin, without", [(1.0, 0.4375, 0.4375), (-1.0, 0.4375, 1.0), (0.1, 0.01, 0.01)]
)
def test_a_negative_label_needs_the_second_variable(label, with_twin, without):
    z = cp.Variable()
    v = cp.Variable()
    both = optimum((-(z - v) - label) ** 2 + 0.5 * (cp.abs(z) + cp.abs(v)), [-z >= 0, -v >= 0])
    alone = optimum((-z - label) ** 2 + 0.5 * cp.abs(z), [-z >= 0])
    assert both == pytest.approx(with_twin, abs=1e-6)
    assert alone == pytest.approx(without, abs=1e-6)
    settings = dict(step=0.1, steps=1000, lam=0.25)
    ends = [
        train.gradient_descent([[-1.0]], [label], [[-1.0]], [alpha], **settings).loss[-1]
        for alpha in (-0.5, 0.5)
    ]
    assert min(ends) == pytest.approx(both, abs=1e-4)


def test_a_pair_is_not_one_neuron_in_the_plane():
    X = np.eye(2)
    y = np.array([1.0, -1.0])
    pair = convex.solve(X, y, 0.001, [[1, 1]]).objective
    assert pair == pytest.approx(0.004, abs=1e-5)
    one = min(
        convex.solve(X, y, 0.001, [D], signs=[sign]).objective
        for D in patterns.enumerate_patterns(X)
        for sign in (1, -1)
    )
    assert one == pytest.approx(1.002, abs=1e-5)


@pytest.mark.parametrize(
    "lam, where",
    [
        (0, "at z = 1.000 and on the whole hyperbola xy = 1"),
        (0.5, "minimum 0.4375, at z = 0.750 and at (x, y) = ±(0.866, 0.866)"),
        (3, "minimum 1.0000, at z = 0.000 and at (0, 0) only"),
    ],
)
def test_the_figure_says_where_the_minima_are(lam, where):
    assert where in figures.hidden(lam).alt
