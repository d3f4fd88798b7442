"""Full-batch training of the two-layer ReLU network by gradient descent or Adam.

Gradient descent is exactly the article's update. Both minimise eq. 1,
``||relu(X W') alpha - y||^2 + lam (||W||^2 + ||alpha||^2)``. With ``reduction="mean"`` the data
term is divided by n, as in the runs behind the article's figures. Shapes: X (n, d), y (n,),
W (m, d), alpha (m,). Arrays that are all float32 are trained in float32, any others in float64.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from . import checks
from .loss import Backward, fit_gradients, losses, predict
from .patterns import activation_patterns


@dataclass(frozen=True)
class Trajectory:
    """What a run recorded at T of its steps, the first and the last always included.

    step (T,) numbers of the steps; loss (T,) the objective minimised; fit (T,) its data term
    alone; W (T, m, d) and alpha (T, m) the weights.
    """

    step: np.ndarray
    loss: np.ndarray
    fit: np.ndarray
    W: np.ndarray
    alpha: np.ndarray

    def __len__(self) -> int:
        return len(self.step)

    def at(self, step: int) -> int:
        """Index of a recorded step. Raises ValueError where that step was not recorded."""
        found = np.flatnonzero(self.step == checks.as_count(step, "step"))
        if not len(found):
            raise ValueError(
                f"step must be one that was recorded, as 0 or {self.step[-1]}; got {step}"
            )
        return int(found[0])

    @property
    def final(self) -> tuple[np.ndarray, np.ndarray]:
        """The trained network, (W, alpha)."""
        return self.W[-1], self.alpha[-1]

    def outputs(self, X: ArrayLike) -> np.ndarray:
        """Output of the network at every recorded step: (T, n)."""
        networks = zip(self.W, self.alpha, strict=True)
        return np.array([predict(X, W, alpha) for W, alpha in networks])

    def patterns(self, X: ArrayLike) -> np.ndarray:
        """Activation pattern of every neuron at every recorded step: booleans (T, m, n)."""
        T, m, d = self.W.shape
        return activation_patterns(X, self.W.reshape(T * m, d)).reshape(T, m, -1)

    def changed_neurons(self, X: ArrayLike) -> np.ndarray:
        """Neurons whose pattern at the end is not that of the beginning: booleans (m,)."""
        D = self.patterns(X)
        return (D[-1] != D[0]).any(axis=1)

    def displacement(self) -> float:
        """How far the first layer is at the end from where it began, relative to its first
        size.
        """
        return float(np.linalg.norm(self.W[-1] - self.W[0]) / np.linalg.norm(self.W[0]))

    def pattern_counts(self, X: ArrayLike) -> np.ndarray:
        """Number of different patterns of the neurons at every recorded step: (T,)."""
        packed = np.packbits(self.patterns(X), axis=2)
        return np.array([len(np.unique(rows, axis=0)) for rows in packed])


def uniform_network(
    m: int,
    d: int,
    scale: float,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """A random network (W, alpha), weights uniform on [-scale, scale]: the originals' start.

    W (m, d), alpha (m,). Raises ValueError on bad input.
    """
    m = checks.as_count(m, "m")
    d = checks.as_count(d, "d", 1)
    scale = checks.as_nonnegative(scale, "scale")
    rng = checks.as_generator(rng)
    W = rng.uniform(-scale, scale, (d, m)).T
    return W, rng.uniform(-scale, scale, m)


def gradient_descent(
    X: ArrayLike,
    y: ArrayLike,
    W: ArrayLike,
    alpha: ArrayLike,
    *,
    step: float,
    steps: int,
    lam: float = 0.0,
    reduction: str = "sum",
    record_every: int = 1,
    train_alpha: bool = True,
    momentum: float = 0.0,
) -> Trajectory:
    """Train by ``(W, alpha) <- (W, alpha) - step * gradient``, `steps` times.

    momentum: in [0, 1), the share of the last gradients' sum that is added to the gradient
    (Polyak's heavy ball, as in torch.optim.SGD).

    Records steps 0, record_every, 2 record_every, ... and the last. `train_alpha=False` keeps
    the second layer fixed. The arrays passed in are not changed. Raises ValueError on bad
    input and when the loss stops being finite (the step is too large).
    """
    step = checks.as_nonnegative(step, "step")
    momentum = checks.as_share(momentum, "momentum")
    plan = _Plan(steps, lam, reduction, record_every, train_alpha).checked()
    return _train(lambda P: _Descent(P, step, momentum), X, y, W, alpha, plan)


def adam(
    X: ArrayLike,
    y: ArrayLike,
    W: ArrayLike,
    alpha: ArrayLike,
    *,
    step: float,
    steps: int,
    lam: float = 0.0,
    reduction: str = "sum",
    record_every: int = 1,
    train_alpha: bool = True,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
) -> Trajectory:
    """Train by Adam with PyTorch's defaults; the rest is as in `gradient_descent`.

    Source: Kingma and Ba, Adam: a method for stochastic optimization (2015), algorithm 1. The
    decay `lam` is part of the loss, hence of the gradient (not the decoupled decay of AdamW).
    betas: two numbers >= 0 and < 1; eps > 0.
    """
    step = checks.as_nonnegative(step, "step")
    betas = _as_betas(betas)
    eps = checks.as_positive(eps, "eps")
    plan = _Plan(steps, lam, reduction, record_every, train_alpha).checked()
    return _train(lambda P: _Adam(P, step, betas, eps), X, y, W, alpha, plan)


def _as_betas(betas):
    """Return `betas` as two floats >= 0 and < 1."""
    betas = checks.as_array(betas, "betas")
    if betas.shape != (2,):
        raise ValueError(f"betas must be two numbers; got {betas}")
    return tuple(checks.as_share(beta, "betas") for beta in betas)


class _Descent:
    """Gradient descent on parameters P, which it changes in place."""

    def __init__(self, P: np.ndarray, step: float, momentum: float = 0.0):
        self.P = P
        self.step = step
        self.momentum = momentum
        self.velocity = np.zeros_like(P) if momentum else None

    def update(self, G: np.ndarray, t: int) -> None:
        """Move along the gradient G, which is overwritten; t = 1, 2, ... counts the steps."""
        if self.momentum:
            self.velocity *= self.momentum
            self.velocity += G
            G[:] = self.velocity
        G *= self.step
        self.P -= G


class _Adam:
    """Adam on parameters P, which it changes in place: algorithm 1 of Kingma and Ba.

    mean and square are the moving averages of the gradient and of its square.
    """

    def __init__(
        self,
        P: np.ndarray,
        step: float,
        betas: tuple[float, float],
        eps: float,
    ):
        self.P = P
        self.step = step
        self.beta_1, self.beta_2 = betas
        self.eps = eps
        self.mean = np.zeros_like(P)
        self.square = np.zeros_like(P)
        self.change = np.empty_like(P)

    def update(self, G: np.ndarray, t: int) -> None:
        """Move along the gradient G, which is overwritten; t = 1, 2, ... counts the steps.

        Every line works in place: to make new arrays would take longer than to compute them.
        """
        change = self.change

        # mean <- beta_1 mean + (1 - beta_1) G = mean + (1 - beta_1) (G - mean)
        np.subtract(G, self.mean, out=change)
        change *= 1 - self.beta_1
        self.mean += change

        # square <- beta_2 square + (1 - beta_2) G^2
        G *= G
        np.subtract(G, self.square, out=change)
        change *= 1 - self.beta_2
        self.square += change

        # change <- (mean / (1 - beta_1^t)) / (sqrt(square / (1 - beta_2^t)) + eps)
        np.multiply(self.square, 1 / (1 - self.beta_2**t), out=change)
        np.sqrt(change, out=change)
        change += self.eps
        np.divide(self.mean, change, out=change)
        change *= self.step / (1 - self.beta_1**t)

        self.P -= change


class _Plan(NamedTuple):
    """What every trainer is told besides its step: the arguments of `gradient_descent`."""

    steps: int
    lam: float
    reduction: str
    record_every: int
    train_alpha: bool

    def checked(self) -> "_Plan":
        """The same, every argument of its type. Raises ValueError on one that will not do."""
        checks.as_choice(self.reduction, "reduction", ("sum", "mean"))
        return self._replace(
            lam=checks.as_nonnegative(self.lam, "lam"),
            steps=checks.as_count(self.steps, "steps"),
            record_every=checks.as_count(self.record_every, "record_every", 1),
            train_alpha=checks.as_flag(self.train_alpha, "train_alpha"),
        )

    def recorded(self) -> list[int]:
        """The steps that are recorded."""
        return sorted({*range(0, self.steps, self.record_every), self.steps})


def _train(
    rule: Callable[[np.ndarray], _Descent | _Adam],
    X: ArrayLike,
    y: ArrayLike,
    W: ArrayLike,
    alpha: ArrayLike,
    plan: _Plan,
) -> Trajectory:
    """The loop of every trainer; rule(P) is what moves the parameters P."""
    X = checks.as_data(X)
    y = checks.as_labels(y, len(X))
    W, alpha = checks.as_network(W, alpha, X.shape[1])
    dtype = np.result_type(X, y, W, alpha)
    P = np.vstack([W.T, alpha]).astype(dtype)
    weight = 1 / len(X) if plan.reduction == "mean" else 1.0
    backward = Backward(X.astype(dtype), y.astype(dtype), len(W), dtype, weight)
    moved = slice(None) if plan.train_alpha else slice(-1)  # alpha is the last row of P
    optimiser = rule(P[moved])
    record = _Record(plan, *W.shape, dtype)
    with np.errstate(over="ignore", invalid="ignore"):  # what is recorded is looked at
        for t in range(plan.steps + 1):
            residual, G = backward(P)
            if record.wants(t):
                record.add(weight * (residual @ residual), P)
            if t < plan.steps:
                if plan.lam:
                    G += (2 * plan.lam) * P
                optimiser.update(G[moved], t + 1)
    return record.trajectory


class _Record:
    """A Trajectory that is filled step by step."""

    def __init__(
        self,
        plan: _Plan,
        m: int,
        d: int,
        dtype: type,
    ):
        steps = plan.recorded()
        self.steps = steps
        self.lam = plan.lam
        self.filled = 0
        self.trajectory = Trajectory(
            step=np.array(steps),
            loss=np.empty(len(steps)),
            fit=np.empty(len(steps)),
            W=np.empty((len(steps), m, d), dtype),
            alpha=np.empty((len(steps), m), dtype),
        )

    def wants(self, t: int) -> bool:
        """Is step t the next one to record?"""
        return t == self.steps[self.filled]

    def add(self, fit: float, P: np.ndarray) -> None:
        """Record a data term and parameters (d + 1, m).

        Raises ValueError on an infinite loss.
        """
        k = self.filled
        run = self.trajectory
        objective = fit + self.lam * np.sum(P * P)
        if k == 0:
            checks.within_range(objective, "the loss")
        if not np.isfinite(objective):
            raise ValueError(
                f"step is too large: the loss is not finite at step {run.step[k]}; "
                "try a smaller one"
            )
        run.fit[k] = fit
        run.loss[k] = objective
        run.W[k] = P[:-1].T
        run.alpha[k] = P[-1]
        self.filled += 1


class Ends(NamedTuple):
    """Where many runs ended: loss (...), W (..., m, d) and alpha (..., m)."""

    loss: np.ndarray
    W: np.ndarray
    alpha: np.ndarray


def descend_many(
    X: ArrayLike,
    y: ArrayLike,
    W: ArrayLike,
    alpha: ArrayLike = 1.0,
    *,
    lam: float = 0.0,
    step: float = 0.02,
    steps: int = 3000,
    train_alpha: bool = True,
) -> Ends:
    """Gradient descent on eq. 1 from many networks at once, W (..., m, d), alpha (..., m).

    `alpha` may be what broadcasts to that shape; `train_alpha=False` keeps it. Raises
    ValueError on bad input and when weights stop being finite (the step is too large).
    """
    X = checks.as_data(X)
    y = checks.as_labels(y, len(X))
    lam = checks.as_nonnegative(lam, "lam")
    W, alpha = (layer.copy() for layer in checks.as_networks(W, alpha, X.shape[1]))
    step = checks.as_nonnegative(step, "step")
    train_alpha = checks.as_flag(train_alpha, "train_alpha")
    losses(X, y, W, alpha, lam)  # refuses what leaves the range before the first step
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(checks.as_count(steps, "steps")):
            dW, dalpha = fit_gradients(X, y, W, alpha)
            W -= step * (dW + 2 * lam * W)
            if train_alpha:
                alpha -= step * (dalpha + 2 * lam * alpha)
    if not (np.isfinite(W).all() and np.isfinite(alpha).all()):
        raise ValueError("step is too large: weights are not finite at the end; try a smaller one")
    return Ends(losses(X, y, W, alpha, lam), W, alpha)


def settle(
    X: ArrayLike,
    y: ArrayLike,
    W: ArrayLike,
    alpha: ArrayLike,
    lam: float,
    *,
    step: float = 0.01,
    steps: int = 30000,
) -> Ends:
    """Gradient descent of many networks to rest, as `descend_many`, with steps that shrink.

    At a kink, descent of a fixed step oscillates; steps of a tenth, a hundredth and a thousandth
    settle it.
    """
    step = checks.as_nonnegative(step, "step")
    ends = descend_many(X, y, W, alpha, lam=lam, step=step, steps=steps)
    for smaller in (step / 10, step / 100, step / 1000):
        # An oscillation has the size of a step: 4,000 of the smaller ones take it back many times.
        ends = descend_many(X, y, ends.W, ends.alpha, lam=lam, step=smaller, steps=4000)
    return ends
