"""Adam and stochastic gradient descent for many networks at once, by PyTorch.

All networks see the same batches, so that one product of matrices serves them all. The objective of
a batch of b points is ``||f - y||^2 / (2b) + lam / 2 (||W||^2 + ||alpha||^2)``.
Shapes: R runs of m neurons, W (R, m, d), alpha (R, m), one step and one lambda each.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter, process_time

import numpy as np

from . import protocol
from .protocol import Problem

RECORDS = 30  # epochs that are recorded, in proportion
BETAS = (0.9, 0.999)  # of Adam: PyTorch's, as is EPS
EPS = 1e-8


@dataclass(frozen=True)
class Starts:
    """Where R runs begin: W (R, m, d), alpha (R, m), steps (R,) and lams (R,)."""

    W: np.ndarray
    alpha: np.ndarray
    steps: np.ndarray
    lams: np.ndarray


@dataclass(frozen=True)
class Schedule:
    """How long and in which order.

    epochs; batches: an epoch has so many. halve: the step is halved every so many epochs (None: 20
    times in all). rng: draws the order of the points (None: a new generator from seed 0). whole:
    record every epoch, not some in proportion.
    """

    epochs: int
    batches: int = protocol.BATCHES
    halve: int | None = None
    rng: np.random.Generator | None = None
    whole: bool = False

    def order(self, n: int) -> Iterator[list[np.ndarray]]:
        """The batches of every epoch, indices of n points."""
        rng = np.random.default_rng(0) if self.rng is None else self.rng
        for _ in range(self.epochs):
            yield np.array_split(rng.permutation(n), min(self.batches, n))

    def factor(self, epoch: int) -> float:
        """What the first step is multiplied by in an epoch, the first being 0."""
        if self.halve is not None:
            return 0.5 ** (epoch // self.halve)
        return 0.5 ** (epoch * protocol.HALVINGS // self.epochs)

    def recorded(self) -> set[int]:
        """The numbers of epochs after which the objective is recorded, 0 and the last included."""
        if self.whole:
            return set(range(self.epochs + 1))
        spaced = np.geomspace(1, self.epochs, min(RECORDS, self.epochs))
        return {0, *spaced.astype(int).tolist(), self.epochs}


@dataclass(frozen=True)
class Training:
    """What the runs did: epochs (T,), seconds (T,) of all together, objective (R, T).

    The objective is infinite where a run diverged. W (R, m, d) and alpha (R, m): the best networks
    of each, as recorded.
    """

    epochs: np.ndarray
    seconds: np.ndarray
    objective: np.ndarray
    W: np.ndarray
    alpha: np.ndarray


def starts(
    d: int,
    neurons: int,
    lams: Sequence[float],
    steps: Sequence[float] = protocol.STEPS,
    seeds: int = protocol.SEEDS,
    rng: np.random.Generator | None = None,
) -> Starts:
    """Every lambda with every step from every seed's network, lambda slowest, seed fastest.

    rng: draws the networks (None: a new generator from seed 0).
    """
    rng = np.random.default_rng(0) if rng is None else rng
    W = rng.standard_normal((seeds, neurons, d)) / np.sqrt(d)
    alpha = rng.standard_normal((seeds, neurons)) / np.sqrt(neurons)
    repeats = len(lams) * len(steps)
    return Starts(
        W=np.tile(W, (repeats, 1, 1)),
        alpha=np.tile(alpha, (repeats, 1)),
        steps=np.tile(np.repeat(np.array(steps, float), seeds), len(lams)),
        lams=np.repeat(np.array(lams, float), len(steps) * seeds),
    )


def train(
    data: Problem,
    begin: Starts,
    schedule: Schedule,
    adam: bool,
    device: str = "cpu",
    single: bool = True,
) -> Training:
    """Train all networks of `begin`. single: in single precision; objectives are always in double.

    Seconds are those of the processor, or on another device those of the clock; what recording
    takes is not counted.
    """
    import torch  # an extra of the book's: the library does without

    dtype = torch.float32 if single else torch.float64
    place = {"device": device, "dtype": dtype}
    X = torch.tensor(data.X, **place)
    y = torch.tensor(data.y, **place)
    runs = _Runs(begin, place, adam)
    record = _Record(data, begin, device)
    clock = _Clock(device)
    recorded = schedule.recorded()
    torch.set_flush_denormal(True)
    record.add(0, clock, runs)
    for epoch, batches in enumerate(schedule.order(len(data.y))):
        clock.start()
        factor = schedule.factor(epoch)
        for batch in batches:
            chosen = torch.as_tensor(batch, device=device)
            runs.update(X[chosen], y[chosen], factor)
        clock.stop()
        if epoch + 1 in recorded:
            record.add(epoch + 1, clock, runs)
    return record.training()


class _Clock:
    """Seconds between start and stop, summed: of the processor, or of a device's clock."""

    def __init__(self, device):
        self.device = device
        self.seconds = 0.0
        self.begun = 0.0

    def _now(self):
        if self.device == "cpu":
            return process_time()
        import torch

        torch.cuda.synchronize(self.device)
        return perf_counter()

    def start(self):
        self.begun = self._now()

    def stop(self):
        self.seconds += self._now() - self.begun


class _Runs:
    """Parameters P (R, m, d + 1), a row (w_i, alpha_i) a neuron, and how they move."""

    def __init__(self, begin, place, adam):
        import torch

        self.torch = torch
        P = np.concatenate([begin.W, begin.alpha[..., None]], axis=2)
        self.P = torch.tensor(P, **place)
        self.G = torch.empty_like(self.P)
        self.steps = torch.tensor(begin.steps[:, None, None], **place)
        self.lams = torch.tensor(begin.lams[:, None, None], **place)
        self.adam = adam
        self.t = 0
        self.mean = torch.zeros_like(self.P) if adam else None
        self.square = torch.zeros_like(self.P) if adam else None

    def gradient(self, X, y):
        """The gradient of the objective of a batch, in G."""
        torch = self.torch
        R, m, d = self.P[..., :-1].shape
        alpha = self.P[..., -1]
        Z = (self.P[..., :-1].reshape(R * m, d) @ X.T).reshape(R, m, len(y))
        active = Z > 0
        Z *= active
        slope = (torch.bmm(alpha[:, None], Z)[:, 0] - y) / len(y)
        self.G[..., -1] = torch.bmm(Z, slope[:, :, None])[..., 0]
        back = active * alpha[:, :, None] * slope[:, None]
        self.G[..., :-1] = (back.reshape(R * m, len(y)) @ X).reshape(R, m, d)
        self.G += self.lams * self.P

    def update(self, X, y, factor):
        """One step along a batch, `factor` times the first step."""
        self.gradient(X, y)
        if self.adam:
            self._average()
        self.P -= factor * self.steps * self.G

    def _average(self):
        """Adam's direction in place of the gradient: algorithm 1 of Kingma and Ba (2015)."""
        self.t += 1
        first, second = BETAS
        self.mean.lerp_(self.G, 1 - first)
        self.square.mul_(second).addcmul_(self.G, self.G, value=1 - second)
        self.torch.div(self.square, 1 - second**self.t, out=self.G)
        self.G.sqrt_().add_(EPS).reciprocal_().mul_(self.mean).div_(1 - first**self.t)

    def networks(self):
        """The parameters in double precision."""
        return self.P.double()


class _Record:
    """A Training that is filled record by record."""

    def __init__(self, data, begin, device):
        import torch

        self.torch = torch
        place = {"device": device, "dtype": torch.float64}
        self.X = torch.tensor(data.X, **place)
        self.y = torch.tensor(data.y, **place)
        self.lams = torch.tensor(begin.lams, **place)
        self.epochs = []
        self.seconds = []
        self.objective = []
        self.best = None
        self.least = None

    def add(self, epoch, clock, runs):
        """Record the objective on all points, and the networks that are the best so far."""
        P = runs.networks()
        value = self._values(P)
        if self.best is None:
            self.best = P.clone()
            self.least = value
        better = value < self.least
        self.best[better] = P[better]
        self.least = self.torch.minimum(value, self.least)
        self.epochs.append(epoch)
        self.seconds.append(clock.seconds)
        self.objective.append(value.cpu().numpy())

    def _values(self, P):
        torch = self.torch
        R, m, d = P[..., :-1].shape
        Z = torch.relu(P[..., :-1].reshape(R * m, d) @ self.X.T).reshape(R, m, -1)
        residual = torch.bmm(P[..., -1:].mT, Z)[:, 0] - self.y
        fit = (residual**2).sum(axis=1) / (2 * len(self.y))
        value = fit + self.lams / 2 * (P**2).sum(axis=(1, 2))
        return torch.where(value.isfinite(), value, torch.inf)

    def training(self):
        best = self.best.cpu().numpy()
        return Training(
            epochs=np.array(self.epochs),
            seconds=np.array(self.seconds),
            objective=np.stack(self.objective, axis=1),
            W=best[..., :-1],
            alpha=best[..., -1],
        )
