import numpy as np
import pytest
import torch

from helpers import data
from helpers.loss import gradient, loss, predict
from helpers.train import adam, gradient_descent, uniform_network


def torch_loss(X, y, W, alpha, lam):
    return ((torch.relu(X @ W.T) @ alpha - y) ** 2).sum() + lam * ((W**2).sum() + (alpha**2).sum())


def problem(seed, n=7, d=3, m=11):
    rng = np.random.default_rng(seed)
    return (rng.standard_normal(s) for s in ((n, d), n, (m, d), m))


@pytest.mark.parametrize("seed", range(4))
def test_value_and_gradient_are_autograds(seed):
    arrays = list(problem(seed, n=1 + seed, d=1 + seed))
    X, y, W, alpha = map(torch.tensor, arrays)
    W.requires_grad_(), alpha.requires_grad_()
    value = torch_loss(X, y, W, alpha, 0.3)
    value.backward()
    assert loss(*arrays, 0.3) == pytest.approx(value.item())
    for ours, theirs in zip(gradient(*arrays, 0.3), (W.grad, alpha.grad)):
        assert np.allclose(ours, theirs, rtol=1e-12)


@pytest.mark.parametrize("single", range(4))
def test_single_and_double_precision_mix(single):
    arrays = [a.astype(np.float32) if k != single else a for k, a in enumerate(problem(0))]
    for mixed, exact in zip(gradient(*arrays), gradient(*(a.astype(float) for a in arrays))):
        assert mixed.dtype == np.float64 and np.allclose(mixed, exact, rtol=1e-5)
    singles = [a.astype(np.float32) for a in arrays]
    assert (
        gradient(*singles)[0].dtype
        == gradient_descent(*singles, step=1e-3, steps=3).W.dtype
        == np.float32
    )


def test_the_subgradient_at_a_kink_is_zero():
    dW, dalpha = gradient([[1.0]], [1.0], [[0.0]], [1.0])
    assert dW == 0 and dalpha == 0


@pytest.mark.parametrize(
    "trainer, optimiser, step",
    [(gradient_descent, torch.optim.SGD, 1e-3), (adam, torch.optim.Adam, 1e-3)],
)
@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_trajectory_is_that_of_torch(trainer, optimiser, step, reduction):
    S = data.load("line")
    W0, alpha0 = uniform_network(100, 2, 0.3, np.random.default_rng(7))
    run = trainer(
        S.X, S.y, W0, alpha0, step=step, steps=1000, lam=0.01, reduction=reduction, record_every=300
    )
    X, y, W, alpha = map(torch.tensor, (S.X, S.y, W0.copy(), alpha0.copy()))
    W.requires_grad_(), alpha.requires_grad_()
    optimiser = optimiser([W, alpha], lr=step)
    for _ in range(1000):
        optimiser.zero_grad()
        n = len(y) if reduction == "mean" else 1
        (
            torch_loss(X, y, W, alpha, 0) / n
            + torch_loss(X, 0 * y, W, alpha, 0.01)
            - torch_loss(X, 0 * y, W, alpha, 0)
        ).backward()
        optimiser.step()
    assert run.step.tolist() == [0, 300, 600, 900, 1000]
    assert np.allclose(run.W[-1], W.detach(), atol=1e-6) and np.allclose(
        run.alpha[-1], alpha.detach(), atol=1e-6
    )


def figure(trainer, name, m, seed, scale, **settings):
    S = data.load(name)
    network = (
        ([[0.3, -0.15]], [1.0])
        if seed is None
        else uniform_network(m, 2, scale, np.random.default_rng(seed))
    )
    run = trainer(S.X, S.y, *network, reduction="mean", **settings)
    return S, run, dict(zip(run.step.tolist(), run.fit))


def test_losses_of_the_first_animation():
    S, run, fit = figure(adam, "two-points", 1, None, 0, step=1e-3, steps=1595, record_every=7)
    read = {0: 0.4862, 77: 0.3525, 168: 0.2287, 371: 0.1294, 378: 0.1260, 448: 0.0740, 665: 0.0208}
    assert len(run) == 229 and all(abs(fit[t] - value) < 6e-5 for t, value in read.items())
    assert (
        not run.patterns(S.X)[run.step <= 371, 0, 0].any()
        and run.patterns(S.X)[run.step >= 378, 0, 0].all()
    )


def test_losses_of_the_large_scale_animation():
    S, run, fit = figure(
        gradient_descent, "line", 1000, 7, 1.0, step=1e-3, steps=971, lam=0.005, record_every=4
    )
    read = {0: 3.3537, 4: 0.4325, 8: 0.2625, 12: 0.2267, 100: 0.0308, 200: 0.0062, 400: 0.0011}
    assert len(run) == 244 and all(abs(fit[t] - value) < 6e-5 for t, value in read.items())
    D = run.patterns(S.X)
    assert np.sum((D[0] != D[-1]).any(axis=1)) == 14


def test_losses_of_the_small_scale_animation():
    S, run, fit = figure(
        gradient_descent, "line", 1000, 7, 1e-9, step=0.1, steps=265, lam=0.005, record_every=2
    )
    read = {
        84: 0.7489,
        100: 0.7445,
        110: 0.6574,
        116: 0.3534,
        120: 0.1066,
        124: 0.0243,
        128: 0.0101,
        174: 0,
    }
    assert len(run) == 134 and all(abs(fit[t] - value) < 6e-5 for t, value in read.items())


def test_pattern_counts_of_the_plane():
    S = data.load("plane")
    W, alpha = uniform_network(20, 10, 1e-3 / np.sqrt(10), np.random.default_rng(4))
    run = gradient_descent(S.X, S.y, W, alpha, step=0.1, steps=442, reduction="mean")
    counts = run.pattern_counts(S.X)
    assert counts[[0, 25, 36, 42, 84, 128, 292, 300]].tolist() == [20, 20, 16, 13, 16, 3, 5, 4]


@pytest.mark.parametrize(
    "change, name",
    [
        (dict(X=[[np.nan], [1]]), "X"),
        (dict(X=[[np.inf], [1]]), "X"),
        (dict(X=[]), "X"),
        (dict(X=[1.0, 2.0]), "X"),
        (dict(X=np.zeros((0, 1))), "X"),
        (dict(y=[[1.0], [2.0]]), "y"),
        (dict(y=[1.0]), "y"),
        (dict(W=[[1.0, 2.0]]), "W"),
        (dict(alpha=[1.0, 2.0]), "alpha"),
        (dict(lam=-1.0), "lam"),
        (dict(X=[["a"], ["b"]]), "X"),
    ],
)
def test_bad_input_is_refused(change, name):
    arguments = dict(X=[[1.0], [2.0]], y=[1.0, 2.0], W=[[1.0]], alpha=[1.0], lam=0.0) | change
    for call in (loss, gradient, lambda **a: gradient_descent(**a, step=0.1, steps=1)):
        with pytest.raises(ValueError, match=name):
            call(**arguments)


def test_a_step_too_large_is_said():
    with pytest.raises(ValueError, match="step is too large"), np.errstate(all="ignore"):
        gradient_descent([[1.0]], [1.0], [[1.0]], [3.0], step=10, steps=1000, lam=1.0)


def test_data_sets_have_their_place_and_shapes():
    for name in data.names():
        S = data.load(name)
        assert S.y.shape == (len(S.X),) and S.place
        assert predict(S.X, np.ones((1, S.X.shape[1])), [1.0]).shape == S.y.shape
    with pytest.raises(ValueError, match="teaser"):
        data.load("nothing")
