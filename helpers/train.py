"""Full-batch training of the two-layer ReLU network: gradient descent, exactly the article's update, and Adam.

Both minimise eq. 1, ``||relu(X W') alpha - y||^2 + lam (||W||^2 + ||alpha||^2)``; with ``reduction="mean"`` the data
term is divided by n, as in the runs behind the article's figures. Shapes: X (n, d), y (n,), W (m, d), alpha (m,).
Arrays that are all float32 are trained in float32, any others in float64.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from . import checks
from .loss import Backward, losses, relu
from .patterns import activation_patterns


@dataclass(frozen=True)
class Trajectory:
    """What a run recorded, one entry per recorded step (T of them, the first and the last step always included).

    step (T,) numbers of the steps; loss (T,) the objective minimised; fit (T,) its data term alone;
    W (T, m, d) and alpha (T, m) the weights.
    """

    step: np.ndarray
    loss: np.ndarray
    fit: np.ndarray
    W: np.ndarray
    alpha: np.ndarray

    def __len__(self):
        return len(self.step)

    def at(self, step):
        """Index of a recorded step. Raises ValueError where that step was not recorded."""
        found = np.flatnonzero(self.step == step)
        if not len(found):
            raise ValueError(f"step must be one that was recorded, as 0 or {self.step[-1]}; got {step}")
        return int(found[0])

    @property
    def final(self):
        """The trained network, (W, alpha)."""
        return self.W[-1], self.alpha[-1]

    def patterns(self, X):
        """Activation pattern of every neuron at every recorded step, booleans of shape (T, m, n)."""
        T, m, d = self.W.shape
        return activation_patterns(X, self.W.reshape(T * m, d)).reshape(T, m, -1)

    def changed_neurons(self, X):
        """Neurons whose pattern at the last recorded step is not that of the first: booleans (m,)."""
        D = self.patterns(X)
        return (D[-1] != D[0]).any(axis=1)

    def displacement(self):
        """How far the first layer has moved at the last recorded step, relative to its size at the first: a float."""
        return float(np.linalg.norm(self.W[-1] - self.W[0]) / np.linalg.norm(self.W[0]))

    def pattern_counts(self, X):
        """Number of different activation patterns among the neurons at every recorded step, shape (T,)."""
        packed = np.packbits(self.patterns(X), axis=2)
        return np.array([len(np.unique(rows, axis=0)) for rows in packed])


def uniform_network(m, d, scale, rng):
    """A random network, every weight uniform on [-scale, scale]: (W, alpha). The originals' initialisation."""
    W = rng.uniform(-scale, scale, (d, m)).T
    return W, rng.uniform(-scale, scale, m)


def gradient_descent(
    X, y, W, alpha, *, step, steps, lam=0.0, reduction="sum", record_every=1, train_alpha=True
):
    """Train by ``(W, alpha) <- (W, alpha) - step * gradient``, `steps` times (the article's update below eq. 1).

    Records steps 0, record_every, 2 record_every, ... and the last. `train_alpha=False` keeps the second layer fixed.
    Returns a Trajectory; the arrays passed in are not changed. Raises ValueError on bad input and when the loss
    stops being finite (the step is too large).
    """

    def rule(P):
        def update(G, t):
            np.multiply(G, step, out=G)
            np.subtract(P, G, out=P)

        return update

    return _train(rule, X, y, W, alpha, step, steps, lam, reduction, record_every, train_alpha)


def adam(
    X,
    y,
    W,
    alpha,
    *,
    step,
    steps,
    lam=0.0,
    reduction="sum",
    record_every=1,
    train_alpha=True,
    betas=(0.9, 0.999),
    eps=1e-8,
):
    """Train by Adam with PyTorch's defaults; arguments, result and errors are those of `gradient_descent`.

    Source: Kingma and Ba, Adam: a method for stochastic optimization (2015), algorithm 1. The decay `lam` is part
    of the loss, hence of the gradient (not the decoupled decay of AdamW).
    """

    def rule(P):
        mean, square, change = np.zeros((3, *P.shape), P.dtype)

        def update(G, t):
            np.subtract(G, mean, out=change)
            np.multiply(change, 1 - betas[0], out=change)
            np.add(mean, change, out=mean)
            np.multiply(G, G, out=G)
            np.subtract(G, square, out=change)
            np.multiply(change, 1 - betas[1], out=change)
            np.add(square, change, out=square)
            np.multiply(square, 1 / (1 - betas[1] ** t), out=change)
            np.sqrt(change, out=change)
            np.add(change, eps, out=change)
            np.divide(mean, change, out=change)
            np.multiply(change, step / (1 - betas[0] ** t), out=change)
            np.subtract(P, change, out=P)

        return update

    return _train(rule, X, y, W, alpha, step, steps, lam, reduction, record_every, train_alpha)


def _train(rule, X, y, W, alpha, step, steps, lam, reduction, record_every, train_alpha):
    """The loop of every trainer; rule(P) returns update(G, t), which moves P in place and may overwrite G."""
    X = checks.as_data(X)
    y, (W, alpha) = checks.as_labels(y, len(X)), checks.as_network(W, alpha, X.shape[1])
    checks.as_nonnegative(step, "step")
    lam = checks.as_nonnegative(lam, "lam")
    steps, record_every = (
        checks.as_count(steps, "steps"),
        checks.as_count(record_every, "record_every", 1),
    )
    if reduction not in ("sum", "mean"):
        raise ValueError(
            f'reduction must be "sum" (eq. 1) or "mean" (data term divided by n); got {reduction!r}'
        )
    weight = 1 / len(X) if reduction == "mean" else 1.0

    dtype = np.result_type(X, y, W, alpha)
    X, y = X.astype(dtype), y.astype(dtype)
    P = np.vstack([W.T, alpha]).astype(dtype)
    backward, update = Backward(X, y, len(W), dtype, weight), rule(P if train_alpha else P[:-1])
    recorded = sorted({*range(0, steps, record_every), steps})
    trajectory = Trajectory(
        np.array(recorded),
        *np.empty((2, len(recorded))),
        np.empty((len(recorded), *W.shape), dtype),
        np.empty((len(recorded), len(W)), dtype),
    )
    for t in range(steps + 1):
        residual, G = backward(P)
        if t == steps or t % record_every == 0:
            _record(
                trajectory,
                -1 if t == steps else t // record_every,
                weight * (residual @ residual),
                lam,
                P,
            )
        if t < steps:
            if lam:
                G += (2 * lam) * P
            update(G if train_alpha else G[:-1], t + 1)
    return trajectory


def _record(trajectory, k, fit, lam, P):
    objective = fit + lam * np.sum(P * P)
    if not np.isfinite(objective):
        raise ValueError(
            f"step is too large: the loss is not finite at step {trajectory.step[k]}; try a smaller one"
        )
    trajectory.fit[k], trajectory.loss[k], trajectory.W[k], trajectory.alpha[k] = (
        fit,
        objective,
        P[:-1].T,
        P[-1],
    )


class Ends(NamedTuple):
    """Where many runs ended: loss (...), W (..., m, d) and alpha (..., m)."""

    loss: np.ndarray
    W: np.ndarray
    alpha: np.ndarray


def descend_many(X, y, W, alpha=1.0, *, lam=0.0, step=0.02, steps=3000, train_alpha=True):
    """Gradient descent on eq. 1 from many networks at once, W (..., m, d), alpha (..., m): their Ends.

    `alpha` may be what broadcasts to that shape; `train_alpha=False` keeps it. Raises ValueError on bad input.
    """
    X = checks.as_data(X)
    y, lam = checks.as_labels(y, len(X)), checks.as_nonnegative(lam, "lam")
    W = checks.as_float(W, "W").copy()
    alpha = np.broadcast_to(checks.as_float(alpha, "alpha"), W.shape[:-1]).copy()
    step = checks.as_nonnegative(step, "step")
    for _ in range(checks.as_count(steps, "steps")):
        Z = W @ X.T
        slope = 2 * (np.einsum("...mn,...m->...n", relu(Z), alpha) - y)
        B = ((Z > 0) * slope[..., None, :]) @ X
        dW = alpha[..., None] * B + 2 * lam * W
        if train_alpha:
            alpha = alpha - step * (np.einsum("...md,...md->...m", W, B) + 2 * lam * alpha)
        W = W - step * dW
    return Ends(losses(X, y, W, alpha, lam), W, alpha)


def settle(X, y, W, alpha, lam, *, step=0.01, steps=30000):
    """Gradient descent of many networks to rest, as `descend_many`, with steps that shrink: their Ends.

    At a kink, descent of a fixed step oscillates; steps of a tenth, a hundredth and a thousandth settle it.
    """
    ends = descend_many(X, y, W, alpha, lam=lam, step=step, steps=steps)
    for smaller in (step / 10, step / 100, step / 1000):
        ends = descend_many(X, y, ends.W, ends.alpha, lam=lam, step=smaller, steps=4000)
    return ends
