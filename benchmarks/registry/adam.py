"""How far a tuned Adam ends from certified optima: the best of a grid of steps and seeds.

All trainings of a problem, at all its decays, are one array, in single precision: runs first.
"""

import numpy as np

from helpers.loss import losses

WIDTH = 50
STEPS = (0.1, 0.03, 0.01, 0.003)
SEEDS = 3
UPDATES = 5000  # during which the step falls to zero along a cosine


def best(X: np.ndarray, y: np.ndarray, lams: list[float], objectives: list[float]) -> list[dict]:
    """Of every decay the least excess over its objective, its step, and the median at that step."""
    W, alpha = trained(X, y, np.array(lams))
    found = []
    for k, objective in enumerate(objectives):
        excess = losses(X, y, W[k], alpha[k], lams[k]) / objective - 1  # (steps, seeds)
        step = excess.min(axis=1).argmin()
        numbers = {"excess": excess[step].min(), "median": np.median(excess[step])}
        numbers = {key: float(value) for key, value in numbers.items()}
        found.append({**numbers, "step": STEPS[step]})
    return found


def trained(X: np.ndarray, y: np.ndarray, lams: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Networks trained full batch on eq. 1 from He's weights.

    W (decays, steps, seeds, m, d) and alpha (decays, steps, seeds, m).
    """
    d = X.shape[1]
    shape = (len(lams), len(STEPS), SEEDS, WIDTH, d + 1)
    start = np.random.default_rng(0).standard_normal((SEEDS, WIDTH, d + 1))
    start[..., :d] *= np.sqrt(2 / d)
    start[..., d] *= np.sqrt(2 / WIDTH)
    runs = np.prod(shape[:3])
    P = np.broadcast_to(start, shape).reshape(runs, WIDTH, d + 1).astype(np.float32)
    decay = np.repeat(lams, runs // len(lams)).astype(np.float32)[:, None, None]
    step = np.broadcast_to(np.array(STEPS)[:, None], shape[:3]).reshape(runs, 1, 1)
    points = X.astype(np.float32)
    labels = y.astype(np.float32)
    mean = np.zeros_like(P)
    square = np.zeros_like(P)
    for t in range(1, UPDATES + 1):
        G = gradient(points, labels, P) + 2 * decay * P
        mean += 0.1 * (G - mean)
        square += 0.001 * (G * G - square)
        now = step * (1 + np.cos(np.pi * t / UPDATES)) / 2 / (1 - 0.9**t)
        root = np.sqrt(square / np.float32(1 - 0.999**t)) + np.float32(1e-8)
        P -= now.astype(np.float32) * mean / root
    P = P.reshape(shape).astype(float)
    return P[..., :d], P[..., d]


def gradient(X: np.ndarray, y: np.ndarray, P: np.ndarray) -> np.ndarray:
    """Of the data term, for networks P (runs, m, d + 1), a neuron's weights and then its alpha."""
    d = X.shape[1]
    alpha = P[..., d]
    A = P[..., :d] @ X.T
    active = A > 0
    A *= active
    slope = 2 * ((alpha[:, None] @ A)[:, 0] - y)
    G = np.empty_like(P)
    G[..., d] = (A @ slope[..., None])[..., 0]
    np.multiply(active, slope[:, None], out=A)
    G[..., :d] = alpha[..., None] * (A @ X)
    return G
