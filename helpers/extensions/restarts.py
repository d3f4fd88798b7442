"""Many trainings at once of a loss that torch can differentiate, each from its own start."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Runs:
    """The ends of several trainings.

    losses (runs,); parameters: arrays with the same leading axis.
    """

    losses: np.ndarray
    parameters: list[np.ndarray]

    @property
    def best(self) -> float:
        """The smallest loss that was reached."""
        return float(self.losses.min())

    def network(self, run: int) -> list[np.ndarray]:
        """The parameters of one run."""
        return [p[run] for p in self.parameters]


def adam(
    loss: Callable[..., "Tensor"],
    start: Sequence[np.ndarray],
    *,
    steps: int = 4000,
    rate: float = 0.02,
) -> Runs:
    """Adam from every start at once, the step falling from `rate` to zero along a cosine.

    loss(*parameters) returns one loss a run, shape (runs,), from tensors whose first axis is
    the run; start holds their first values. In double precision, on one thread: the same
    numbers on every run.
    """
    import torch  # only comparisons need it: the programs run without

    parameters = [torch.tensor(p, dtype=torch.float64, requires_grad=True) for p in start]
    optimiser = torch.optim.Adam(parameters, lr=rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        for _ in range(steps):
            optimiser.zero_grad()
            loss(*parameters).sum().backward()
            optimiser.step()
            schedule.step()
        with torch.no_grad():
            losses = loss(*parameters)
    finally:
        torch.set_num_threads(threads)
    return Runs(losses.numpy(), [p.detach().numpy() for p in parameters])


def relu_networks(
    X: np.ndarray,
    y: np.ndarray,
    lam: float,
    width: int,
    *,
    runs: int = 50,
    steps: int = 1200,
    rate: float = 0.05,
    seed: int = 0,
) -> Runs:
    """Trainings of two-layer ReLU networks (W, alpha) of a width, from normal weights (eq. 1)."""
    import torch  # as above

    rng = np.random.default_rng(seed)
    W = rng.standard_normal((runs, width, X.shape[1]))
    alpha = rng.standard_normal((runs, width))
    points = torch.tensor(X)
    labels = torch.tensor(y)

    def loss(W, alpha):
        hidden = torch.relu(points @ W.transpose(1, 2))
        output = (hidden * alpha[:, None, :]).sum(dim=2)
        fit = ((output - labels) ** 2).sum(dim=1)
        decay = (W**2).sum(dim=(1, 2)) + (alpha**2).sum(dim=1)
        return fit + lam * decay

    return adam(loss, [0.5 * W, 0.5 * alpha], steps=steps, rate=rate)
