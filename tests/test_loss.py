"""The loss and its gradients against PyTorch's, and against their own definitions."""

import numpy as np
import pytest

from helpers.loss import fit_gradients, gradient, loss, losses, predict
from helpers.train import gradient_descent


def torch_loss(torch, X, y, W, alpha, lam):
    misfit = ((torch.relu(X @ W.T) @ alpha - y) ** 2).sum()
    return misfit + lam * ((W**2).sum() + (alpha**2).sum())


def problem(seed, n=7, d=3, m=11):
    """X, y, W and alpha, all standard normal."""
    rng = np.random.default_rng(seed)
    shapes = [(n, d), n, (m, d), m]
    return [rng.standard_normal(shape) for shape in shapes]


@pytest.mark.parametrize("seed", range(4))
def test_value_and_gradient_are_autograds(seed):
    torch = pytest.importorskip("torch")
    arrays = problem(seed, n=1 + seed, d=1 + seed)
    X, y, W, alpha = map(torch.tensor, arrays)
    W.requires_grad_()
    alpha.requires_grad_()
    value = torch_loss(torch, X, y, W, alpha, 0.3)
    value.backward()
    dW, dalpha = gradient(*arrays, 0.3)
    assert loss(*arrays, 0.3) == pytest.approx(value.item())
    np.testing.assert_allclose(dW, W.grad, rtol=1e-12)
    np.testing.assert_allclose(dalpha, alpha.grad, rtol=1e-12)


@pytest.mark.parametrize("double", range(4))
def test_single_and_double_precision_mix(double):
    arrays = [a.astype(np.float32) for a in problem(0)]
    arrays[double] = problem(0)[double]
    exact = gradient(*(a.astype(float) for a in arrays))
    for ours, theirs in zip(gradient(*arrays), exact, strict=True):
        assert ours.dtype == np.float64
        np.testing.assert_allclose(ours, theirs, rtol=1e-5)


def test_single_precision_stays_single():
    singles = [a.astype(np.float32) for a in problem(0)]
    assert gradient(*singles)[0].dtype == np.float32
    assert gradient_descent(*singles, step=1e-3, steps=3).W.dtype == np.float32


def test_the_subgradient_at_a_kink_is_zero():
    dW, dalpha = gradient([[1.0]], [1.0], [[0.0]], [1.0])
    assert dW == 0
    assert dalpha == 0


def test_many_losses_are_the_single_ones():
    X, y, *_ = problem(1)
    rng = np.random.default_rng(2)
    W = rng.standard_normal((2, 4, 5, 3))
    alpha = rng.standard_normal((2, 4, 5))
    values = losses(X, y, W, alpha, 0.3)
    ones = losses(X, y, W)
    for k in np.ndindex(2, 4):
        assert values[k] == pytest.approx(loss(X, y, W[k], alpha[k], 0.3))
        assert ones[k] == pytest.approx(loss(X, y, W[k], np.ones(5)))


def test_gradients_of_many_are_the_single_ones():
    X, y, *_ = problem(1)
    rng = np.random.default_rng(2)
    W = rng.standard_normal((2, 4, 5, 3))
    alpha = rng.standard_normal((2, 4, 5))
    dW, dalpha = fit_gradients(X, y, W, alpha)
    for k in np.ndindex(2, 4):
        one_dW, one_dalpha = gradient(X, y, W[k], alpha[k])
        np.testing.assert_allclose(dW[k], one_dW, rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(dalpha[k], one_dalpha, rtol=1e-10, atol=1e-12)


def test_the_output_is_a_sum_over_neurons():
    X, _, W, alpha = problem(3)
    by_hand = [sum(a * max(0.0, w @ x) for w, a in zip(W, alpha, strict=True)) for x in X]
    np.testing.assert_allclose(predict(X, W, alpha), by_hand)


BAD = [
    (dict(X=[[np.nan], [1]]), "X"),
    (dict(X=[[np.inf], [1]]), "X"),
    (dict(X=[]), "X"),
    (dict(X=[1.0, 2.0]), "X"),
    (dict(X=np.zeros((0, 1))), "X"),
    (dict(X=[["a"], ["b"]]), "X"),
    (dict(y=[[1.0], [2.0]]), "y"),
    (dict(y=[1.0]), "y"),
    (dict(W=[[1.0, 2.0]]), "W"),
    (dict(alpha=[1.0, 2.0]), "alpha"),
    (dict(lam=-1.0), "lam"),
]


def trained(**arguments):
    return gradient_descent(**arguments, step=0.1, steps=1)


@pytest.mark.parametrize("call", [loss, gradient, trained])
@pytest.mark.parametrize("change, name", BAD)
def test_bad_input_is_refused(call, change, name):
    arguments = dict(X=[[1.0], [2.0]], y=[1.0, 2.0], W=[[1.0]], alpha=[1.0], lam=0.0)
    with pytest.raises(ValueError, match=name):
        call(**(arguments | change))
