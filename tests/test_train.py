"""Training against PyTorch's optimisers, and what a run tells about itself."""

import numpy as np
import pytest

from helpers import convex, data
from helpers.loss import loss, predict
from helpers.networks import stationarity
from helpers.train import adam, descend_many, gradient_descent, settle, uniform_network


def problem(seed, n=5, d=2, m=6):
    """X, y, W and alpha, all standard normal."""
    rng = np.random.default_rng(seed)
    shapes = [(n, d), n, (m, d), m]
    return [rng.standard_normal(shape) for shape in shapes]


def torch_run(name, X, y, W, alpha, *, step, steps, lam, divisor, **options):
    """The network that a PyTorch optimiser ends at, on eq. 1 with the data term over `divisor`."""
    torch = pytest.importorskip("torch")
    X, y, W, alpha = (torch.tensor(np.array(a)) for a in (X, y, W, alpha))
    W.requires_grad_()
    alpha.requires_grad_()
    optimiser = getattr(torch.optim, name)([W, alpha], lr=step, **options)
    for _ in range(steps):
        optimiser.zero_grad()
        misfit = ((torch.relu(X @ W.T) @ alpha - y) ** 2).sum() / divisor
        value = misfit + lam * ((W**2).sum() + (alpha**2).sum())
        value.backward()
        optimiser.step()
    return W.detach().numpy(), alpha.detach().numpy()


@pytest.mark.parametrize(
    "trainer, name",
    [(gradient_descent, "SGD"), (adam, "Adam")],
)
@pytest.mark.parametrize("reduction, divisor", [("sum", 1), ("mean", 4)])
def test_a_run_is_that_of_torch(trainer, name, reduction, divisor):
    S = data.load("line")
    start = uniform_network(100, 2, 0.3, np.random.default_rng(7))
    settings = dict(step=1e-3, steps=1000, lam=0.01)
    run = trainer(S.X, S.y, *start, reduction=reduction, record_every=300, **settings)
    W, alpha = torch_run(name, S.X, S.y, *start, divisor=divisor, **settings)
    assert run.step.tolist() == [0, 300, 600, 900, 1000]
    np.testing.assert_allclose(run.W[-1], W, atol=1e-6)
    np.testing.assert_allclose(run.alpha[-1], alpha, atol=1e-6)


def test_a_run_with_momentum_is_that_of_torch():
    S = data.load("line")
    start = uniform_network(100, 2, 0.3, np.random.default_rng(7))
    settings = dict(step=1e-3, steps=500, lam=0.01)
    run = gradient_descent(S.X, S.y, *start, momentum=0.9, **settings)
    W, alpha = torch_run("SGD", S.X, S.y, *start, divisor=1, momentum=0.9, **settings)
    np.testing.assert_allclose(run.W[-1], W, atol=1e-6)
    np.testing.assert_allclose(run.alpha[-1], alpha, atol=1e-6)
    with pytest.raises(ValueError, match="momentum must be a number >= 0 and < 1"):
        gradient_descent(S.X, S.y, *start, momentum=1.0, **settings)


@pytest.mark.parametrize("trainer", [gradient_descent, adam])
def test_what_is_recorded_is_the_loss_of_what_is_recorded(trainer):
    X, y, W, alpha = problem(0)
    run = trainer(X, y, W, alpha, step=1e-2, steps=7, lam=0.1, record_every=3)
    assert run.step.tolist() == [0, 3, 6, 7]
    for k in range(4):
        assert run.loss[k] == pytest.approx(loss(X, y, run.W[k], run.alpha[k], 0.1))
        assert run.fit[k] == pytest.approx(loss(X, y, run.W[k], run.alpha[k]))
    np.testing.assert_array_equal(run.W[0], W)
    np.testing.assert_array_equal(run.final[0], run.W[-1])


@pytest.mark.parametrize("trainer", [gradient_descent, adam])
def test_recording_does_not_change_a_run(trainer):
    arrays = problem(1)
    given = [a.copy() for a in arrays]
    often = trainer(*arrays, step=1e-2, steps=20)
    seldom = trainer(*arrays, step=1e-2, steps=20, record_every=20)
    np.testing.assert_array_equal(often.W[[0, -1]], seldom.W)
    for array, before in zip(arrays, given, strict=True):
        np.testing.assert_array_equal(array, before)


@pytest.mark.parametrize("trainer", [gradient_descent, adam])
def test_a_fixed_second_layer_stays(trainer):
    X, y, W, alpha = problem(2)
    run = trainer(X, y, W, alpha, step=1e-2, steps=5, train_alpha=False)
    np.testing.assert_array_equal(run.alpha, np.tile(alpha, (6, 1)))
    assert np.abs(run.W[-1] - W).min() > 0


def test_a_run_tells_its_patterns_outputs_and_movement():
    X, y, W, alpha = problem(3, m=8)
    run = gradient_descent(X, y, W, alpha, step=0.01, steps=100, record_every=40)
    for k in range(len(run)):
        D = run.W[k] @ X.T >= 0
        np.testing.assert_array_equal(run.patterns(X)[k], D)
        assert run.pattern_counts(X)[k] == len({tuple(row) for row in D})
        np.testing.assert_allclose(run.outputs(X)[k], predict(X, run.W[k], run.alpha[k]))
    changed = [(run.W[-1, i] @ X.T >= 0).tolist() != (W[i] @ X.T >= 0).tolist() for i in range(8)]
    assert any(changed)
    assert run.changed_neurons(X).tolist() == changed
    moved = np.sqrt(np.sum((run.W[-1] - W) ** 2) / np.sum(W**2))
    assert run.displacement() == pytest.approx(moved)


def test_a_recorded_step_is_found_and_no_other():
    run = gradient_descent(*problem(4), step=1e-3, steps=10, record_every=4)
    assert [run.at(step) for step in (0, 4, 8, 10)] == [0, 1, 2, 3]
    with pytest.raises(ValueError, match="step must be one that was recorded.*got 3"):
        run.at(3)


def test_a_step_too_large_is_said():
    with pytest.raises(ValueError, match="step is too large"), np.errstate(all="ignore"):
        gradient_descent([[1.0]], [1.0], [[1.0]], [3.0], step=10, steps=1000, lam=1.0)


@pytest.mark.parametrize("trainer", [gradient_descent, adam])
@pytest.mark.parametrize(
    "wrong, name",
    [
        (dict(step=-0.1), "step"),
        (dict(step=np.nan), "step"),
        (dict(steps=-1), "steps"),
        (dict(steps=2.5), "steps"),
        (dict(record_every=0), "record_every"),
        (dict(lam=-1.0), "lam"),
        (dict(reduction="average"), "reduction must be"),
    ],
)
def test_settings_that_will_not_do_are_refused(trainer, wrong, name):
    settings = dict(step=0.1, steps=1) | wrong
    with pytest.raises(ValueError, match=name):
        trainer([[1.0]], [1.0], [[1.0]], [1.0], **settings)


def test_a_drawn_network_stays_within_its_scale():
    W, alpha = uniform_network(1000, 3, 0.2, np.random.default_rng(0))
    assert W.shape == (1000, 3)
    assert alpha.shape == (1000,)
    for layer in (W, alpha):
        assert 0.19 < np.abs(layer).max() <= 0.2
        assert layer.var() == pytest.approx(0.2**2 / 3, rel=0.1)


@pytest.mark.parametrize("train_alpha", [True, False])
def test_many_descents_are_the_single_ones(train_alpha):
    X, y, W, alpha = problem(2)
    W = W.reshape(2, 3, 2)
    alpha = alpha.reshape(2, 3)
    settings = dict(lam=0.1, step=0.01, steps=50, train_alpha=train_alpha)
    ends = descend_many(X, y, W, alpha, **settings)
    for k in range(2):
        alone = gradient_descent(X, y, W[k], alpha[k], **settings)
        np.testing.assert_allclose(ends.W[k], alone.final[0])
        np.testing.assert_allclose(ends.alpha[k], alone.final[1])
        assert ends.loss[k] == pytest.approx(alone.loss[-1])


def test_a_network_at_rest_is_stationary_and_its_own_optimum():
    X, y, W, alpha = problem(4, m=2)
    ends = settle(X, y, W[None], alpha[None], 0.1)
    network = ends.W[0], ends.alpha[0]
    fewer = descend_many(X, y, W[None], alpha[None], lam=0.1, step=0.01)
    assert ends.loss[0] <= fewer.loss[0]
    assert stationarity(X, y, *network, 0.1, kink=1e-5) < 1e-2
    own = convex.own_program(X, y, *network, 0.1)
    assert own.objective == pytest.approx(ends.loss[0], rel=1e-4)
