"""Wasserstein GANs with two-layer discriminators whose generator has a closed form.

The generator chooses k points, the rows of G, the discriminator a two-layer network f:

    min_G  max_f  sum_i f(x_i) - sum_i f(g_i) - beta R(f) + ||G||^2        (Frobenius)

``linear``: f(x) = sum_j alpha_j u_j'x, R = sum_j (||u_j||^2 + alpha_j^2) / 2, weight decay.
``quadratic``: f(x) = sum_j alpha_j (u_j'x)^2, R = sum_j |alpha_j|, all ||u_j|| <= 1.

All terms of the inner maximum grow with f, so that it is 0 or infinite. It is 0 if and only if

    linear     ||sum_i x_i - sum_i g_i|| <= beta
    quadratic  ||X'X - G'G|| <= beta        (the largest |eigenvalue|)

and what remains is the G of least norm among these: convex in G, or in the moments G'G.

Shapes: X (n, d), G (k, d). Source: Sahiner and others, Hidden Convexity of Wasserstein GANs (2022).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .. import checks

KINDS = ("linear", "quadratic")

# Squares of singular values above beta by less than so many roundings of the largest are not above.
ROUNDINGS = 64

# The size of the first points and weights of a play.
START = 0.1


@dataclass(frozen=True)
class ClosedForm:
    """The generator's best answer.

    generated (k, d): the points. value: their ||G||^2, the value of the game.
    """

    generated: np.ndarray
    value: float


@dataclass(frozen=True)
class Play:
    """Games played by gradients.

    values (steps + 1, runs): ||G||^2 before every step and after the last. misfit (steps + 1,
    runs): what the closed form keeps at most beta. generated (runs, k, d): the last points.
    """

    values: np.ndarray
    misfit: np.ndarray
    generated: np.ndarray


def linear(X: ArrayLike, k: int, beta: float) -> ClosedForm:
    """The best k points against linear discriminators: all at one place.

    With s = sum_i x_i it is (1 - beta / ||s||)_+ s / k, and the value (||s|| - beta)_+^2 / k: the
    sum of the points has to come within beta of s, and equal points have the least norm for their
    sum. Raises ValueError on bad input.
    """
    X = checks.as_data(X).astype(float, copy=False)
    k = checks.as_count(k, "k", 1)
    beta = checks.as_nonnegative(beta, "beta")
    total = X.sum(axis=0)
    size = checks.within_range(np.linalg.norm(total), "the sum of the points")
    left = max(0.0, size - beta)
    direction = total / size if left else np.zeros_like(total)
    generated = np.tile(left / k * direction, (k, 1))
    return ClosedForm(generated, _square(generated))


def quadratic(X: ArrayLike, k: int, beta: float) -> ClosedForm:
    """The best k points against quadratic discriminators.

    With X = U diag(sigma) V' they are the rows of L diag((sigma^2 - beta)_+^(1/2)) V', for any L of
    orthonormal columns; here the first point lies along the first direction, and so on, and further
    ones are zero. The value is sum_i (sigma_i^2 - beta)_+.

    Raises ValueError on bad input, and where more than k of the sigma_i^2 are above beta: G'G has
    rank k at most, so that X'X - G'G keeps an eigenvalue above beta, and the value is infinite.
    """
    X = checks.as_data(X).astype(float, copy=False)
    k = checks.as_count(k, "k", 1)
    beta = checks.as_nonnegative(beta, "beta")
    _, sigma, Vt = np.linalg.svd(X, full_matrices=False)
    squares = checks.within_range(sigma**2, "the squares of the singular values of X")
    rounding = ROUNDINGS * np.finfo(float).eps * squares[0]
    above = int(np.count_nonzero(squares > beta + rounding))
    if above > k:
        raise ValueError(
            f"k must be at least {above}, the number of squared singular values of X above beta: "
            f"fewer points leave the discriminator a gain without bound; got {k}. Use a larger k, "
            "or a larger beta"
        )
    generated = np.zeros((k, X.shape[1]))
    generated[:above] = np.sqrt(squares[:above] - beta)[:, None] * Vt[:above]
    return ClosedForm(generated, _square(generated))


def play(
    X: ArrayLike,
    k: int,
    beta: float,
    kind: str = "quadratic",
    *,
    neurons: int = 4,
    runs: int = 1,
    steps: int = 4000,
    rate: float = 0.01,
    rng: np.random.Generator | None = None,
) -> Play:
    """The game played by simultaneous steps along the gradients, from small random weights.

    The generator descends in G, the discriminator ascends in the weights (u, alpha) of its neurons;
    for "quadratic" |alpha| is handled by its proximal step, and every u is brought back to length 1
    (shorter ones gain less, and some would shrink to nothing). Raises ValueError on bad input, and
    where rate is so large that the numbers leave the range.
    """
    X = checks.as_data(X).astype(float, copy=False)
    k = checks.as_count(k, "k", 1)
    beta = checks.as_nonnegative(beta, "beta")
    kind = checks.as_choice(kind, "kind", KINDS)
    neurons = checks.as_count(neurons, "neurons", 1)
    runs = checks.as_count(runs, "runs", 1)
    steps = checks.as_count(steps, "steps")
    rate = checks.as_positive(rate, "rate")
    rng = np.random.default_rng(0) if rng is None else checks.as_generator(rng)
    d = X.shape[1]
    G = START * rng.standard_normal((runs, k, d))
    u = START * rng.standard_normal((runs, neurons, d))
    alpha = START * rng.standard_normal((runs, neurons))
    step = _linear_step if kind == "linear" else _quadratic_step
    if kind == "quadratic":
        u = u / np.linalg.norm(u, axis=2, keepdims=True)
    values = np.empty((steps + 1, runs))
    misfit = np.empty((steps + 1, runs))
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(steps):
            values[t] = np.sum(G**2, axis=(1, 2))
            misfit[t] = _misfit(X, G, kind)
            G, u, alpha = step(X, (G, u, alpha), beta, rate)
            if not np.isfinite(G).all():
                raise ValueError(f"rate is too large: the game leaves the range; got {rate}")
    values[steps] = np.sum(G**2, axis=(1, 2))
    misfit[steps] = _misfit(X, G, kind)
    return Play(values, misfit, G)


def _square(G):
    """||G||^2, a float within the range of doubles."""
    with np.errstate(over="ignore"):
        return float(checks.within_range(np.sum(G**2), "the value"))


def _misfit(X, G, kind):
    """How far generated points (runs, k, d) are from the data, for each run."""
    if kind == "linear":
        return np.linalg.norm(X.sum(axis=0) - G.sum(axis=1), axis=1)
    moments = X.T @ X - np.swapaxes(G, 1, 2) @ G
    return np.linalg.norm(moments, 2, axis=(1, 2)) if np.isfinite(moments).all() else np.inf


def _linear_step(X, state, beta, rate):
    """One step of both players: linear discriminators with weight decay."""
    G, u, alpha = state
    difference = X.sum(axis=0) - G.sum(axis=1)
    slope = np.einsum("rm,rmd->rd", alpha, u)
    to_u = alpha[:, :, None] * difference[:, None] - beta * u
    to_alpha = np.einsum("rmd,rd->rm", u, difference) - beta * alpha
    down = 2 * G - slope[:, None]
    return G - rate * down, u + rate * to_u, alpha + rate * to_alpha


def _quadratic_step(X, state, beta, rate):
    """One step of both players: quadratic discriminators, directions of length 1."""
    G, u, alpha = state
    moments = X.T @ X - np.swapaxes(G, 1, 2) @ G
    pull = u @ moments
    curvature = np.swapaxes(u, 1, 2) @ (alpha[:, :, None] * u)
    down = 2 * G - 2 * G @ curvature
    ahead = alpha + rate * np.sum(pull * u, axis=2)
    u = u + 2 * rate * alpha[:, :, None] * pull
    u = u / np.linalg.norm(u, axis=2, keepdims=True)
    alpha = np.sign(ahead) * np.maximum(np.abs(ahead) - rate * beta, 0)
    return G - rate * down, u, alpha
