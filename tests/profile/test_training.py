"""Networks trained at once against each trained alone, by PyTorch's own optimisers."""

import numpy as np
import pytest

from helpers.profile import protocol
from helpers.profile.training import Schedule, Starts, starts, train

torch = pytest.importorskip("torch")


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    return protocol.problem(rng.standard_normal((30, 3)), rng.integers(2, size=30))


def alone(data, W, alpha, step, lam, schedule, adam):
    """One network, trained by autograd and torch.optim: the objective after every epoch."""
    X = torch.tensor(data.X)
    y = torch.tensor(data.y)
    W = torch.tensor(W, requires_grad=True)
    alpha = torch.tensor(alpha, requires_grad=True)
    kind = torch.optim.Adam if adam else torch.optim.SGD
    optimiser = kind([W, alpha], lr=step)

    def objective(X, y):
        fit = ((torch.relu(X @ W.T) @ alpha - y) ** 2).mean() / 2
        return fit + lam / 2 * ((W**2).sum() + (alpha**2).sum())

    values = [objective(X, y).item()]
    for epoch, batches in enumerate(schedule.order(len(y))):
        for group in optimiser.param_groups:
            group["lr"] = step * 0.5 ** (epoch * 20 // schedule.epochs)
        for batch in batches:
            optimiser.zero_grad()
            objective(X[batch], y[batch]).backward()
            optimiser.step()
        values.append(objective(X, y).item())
    return np.array(values)


@pytest.mark.parametrize("adam", [True, False])
def test_all_at_once_is_one_by_one(data, adam):
    begin = starts(3, 4, (0.001, 0.1), steps=(0.5, 0.01), seeds=2)
    schedule = Schedule(8, whole=True)
    run = train(data, begin, schedule, adam, single=False)
    assert run.epochs.tolist() == list(range(9))
    for k in range(len(begin.steps)):
        start = begin.W[k], begin.alpha[k], begin.steps[k], begin.lams[k]
        values = alone(data, *start, schedule, adam)
        np.testing.assert_allclose(run.objective[k], values, rtol=1e-9)


def test_the_networks_kept_have_the_smallest_objective_recorded(data):
    begin = starts(3, 4, (0.001, 0.1), steps=(0.5, 0.01), seeds=2)
    run = train(data, begin, Schedule(30), adam=True)
    for k, lam in enumerate(begin.lams):
        kept = data.objective(run.W[k], run.alpha[k], lam)
        assert kept == pytest.approx(run.objective[k].min(), rel=1e-12)
    assert (np.diff(run.seconds) > 0).all()


def test_a_run_that_diverges_is_infinite_and_spoils_no_other(data):
    both = starts(3, 4, (0.01,), steps=(0.1, 1e6), seeds=1)
    calm = Starts(*(part[:1] for part in (both.W, both.alpha, both.steps, both.lams)))
    run = train(data, both, Schedule(10), adam=False, single=False)
    assert run.objective[1, -1] == np.inf
    same = train(data, calm, Schedule(10), adam=False, single=False)
    np.testing.assert_allclose(run.objective[0], same.objective[0], rtol=1e-12)


def test_long_runs_are_recorded_in_proportion():
    recorded = sorted(Schedule(2000).recorded())
    assert recorded[:3] == [0, 1, 2] and recorded[-1] == 2000
    assert len(recorded) <= 32
