"""Section on all local minima: descents brought to rest, and what share of them ends where.

Many runs are trained side by side, compiled: lanes of an array P (m, d + 1, lanes), a row of first
layer and second-layer weight for every neuron.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numba import njit

from .. import convex, data, minima
from ..data import Dataset
from ..loss import losses
from ..train import Ends

LANES = 32  # runs of one call: what they work on stays in a core's nearest cache
BETAS = (0.9, 0.999)  # of Adam, with EPS, the defaults of PyTorch
EPS = 1e-8
ADAM = 20_000  # steps of Adam before plain ones bring its network to rest
# Steps of descent, and the size of each beside the first. At a kink a network hovers about as far
# off as a step is long; what shorter steps do not correct is then the square of that.
PHASES = (
    (1.0, 40_000),
    (1e-1, 20_000),
    (1e-2, 10_000),
    (1e-3, 3_000),
    (1e-4, 1_000),
    (1e-5, 1_000),
    (1e-6, 1_000),
)
SCALES = (0.01, 0.3, 1.0)  # of the first weights
AT = 1e-6  # losses up to this far apart count as one
OPTIMISERS = ("gradient descent", "Adam")
HOW = dict(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz"})


@njit(**HOW)
def _gradient(X, y, P, lam, Z, slope, G):
    """G, the gradient of eq. 1 at the networks P; Z (m, n, lanes) and slope (n, lanes) are room."""
    n, d = X.shape
    m, _, lanes = P.shape
    for j in range(n):
        for l in range(lanes):
            slope[j, l] = -2.0 * y[j]
    for i in range(m):
        for j in range(n):
            for l in range(lanes):
                Z[i, j, l] = 0.0
            for c in range(d):
                for l in range(lanes):
                    Z[i, j, l] += X[j, c] * P[i, c, l]
            for l in range(lanes):
                Z[i, j, l] = max(Z[i, j, l], 0.0)
                slope[j, l] += 2.0 * P[i, d, l] * Z[i, j, l]
    for i in range(m):
        for c in range(d + 1):
            for l in range(lanes):
                G[i, c, l] = 2.0 * lam * P[i, c, l]
        for j in range(n):
            for l in range(lanes):
                G[i, d, l] += slope[j, l] * Z[i, j, l]
                # From here on Z holds what reaches the first layer of the neuron.
                Z[i, j, l] = slope[j, l] * P[i, d, l] if Z[i, j, l] > 0.0 else 0.0
            for c in range(d):
                for l in range(lanes):
                    G[i, c, l] += X[j, c] * Z[i, j, l]


@njit(**HOW)
def _descend(X, y, P, lam, step, steps):
    """Gradient descent, in place."""
    m, width, lanes = P.shape
    Z = np.empty((m, len(y), lanes))
    slope = np.empty((len(y), lanes))
    G = np.empty_like(P)
    for _ in range(steps):
        _gradient(X, y, P, lam, Z, slope, G)
        for i in range(m):
            for c in range(width):
                for l in range(lanes):
                    P[i, c, l] -= step * G[i, c, l]


@njit(**HOW)
def _adam(X, y, P, lam, step, steps):
    """Adam, in place: algorithm 1 of Kingma and Ba."""
    m, width, lanes = P.shape
    Z = np.empty((m, len(y), lanes))
    slope = np.empty((len(y), lanes))
    G = np.empty_like(P)
    mean = np.zeros_like(P)
    square = np.zeros_like(P)
    for t in range(1, steps + 1):
        _gradient(X, y, P, lam, Z, slope, G)
        length = step / (1.0 - BETAS[0] ** t)
        share = 1.0 / (1.0 - BETAS[1] ** t)
        for i in range(m):
            for c in range(width):
                for l in range(lanes):
                    g = G[i, c, l]
                    mean[i, c, l] += (1.0 - BETAS[0]) * (g - mean[i, c, l])
                    square[i, c, l] += (1.0 - BETAS[1]) * (g * g - square[i, c, l])
                    P[i, c, l] -= length * mean[i, c, l] / (np.sqrt(share * square[i, c, l]) + EPS)


def to_rest(
    X: np.ndarray,
    y: np.ndarray,
    W: np.ndarray,
    alpha: np.ndarray,
    lam: float,
    *,
    optimiser: str = "gradient descent",
    step: float = 0.02,
    phases: tuple = PHASES,
) -> Ends:
    """Where descents from networks W (T, m, d), alpha (T, m) end: Ends.

    Steps shrink to a millionth of `step`. Adam's networks are those of 20,000 of its steps of 0.01,
    brought to rest by plain ones.
    """
    X = np.ascontiguousarray(X, float)
    y = np.ascontiguousarray(y, float)
    whole = np.concatenate([W, alpha[..., None]], axis=2).transpose(1, 2, 0)

    def ended(begin):
        P = np.ascontiguousarray(whole[:, :, begin : begin + LANES])
        if optimiser == "Adam":
            _adam(X, y, P, lam, 0.01, ADAM)
        for share, steps in phases:
            _descend(X, y, P, lam, share * step, steps)
        return P

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        parts = list(pool.map(ended, range(0, len(W), LANES)))
    P = np.concatenate(parts, axis=2).transpose(2, 0, 1)
    W = P[:, :, :-1]
    alpha = P[:, :, -1]
    return Ends(losses(X, y, W, alpha, lam), W, alpha)
