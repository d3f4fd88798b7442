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
