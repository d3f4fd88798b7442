"""Section on large initialisation: its animation carried on to the end, as recorded."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from .. import files


class CarriedOn(NamedTuple):
    """The animation's run over 800,000 steps, recorded by `benchmarks.large_scale`.

    step (T,): the steps recorded.
    loss (T,): the loss with its decay, mean squared error.
    changed (T,): how many neurons have another pattern than at the start.
    x (K,), output (T, K): the network's output.
    optimum: the convex optimum's loss.
    """

    step: np.ndarray
    loss: np.ndarray
    changed: np.ndarray
    x: np.ndarray
    output: np.ndarray
    optimum: float

    def at(self, step: int) -> int:
        """The number of the recorded step that is nearest to `step`."""
        return int(np.abs(self.step - step).argmin())


def carried_on(path: str | Path | None = None) -> CarriedOn:
    """What the record holds, that of the book unless another `path` is given."""
    record = files.read_json(path or files.record("large_scale"))
    return CarriedOn(**{name: np.array(value) for name, value in record.items()})
