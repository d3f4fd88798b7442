"""Section The article's own notebook: a network trained by PyTorch, and its convex part.

Ten points of sin(10 x), 500 neurons, the mean of the squared errors, plain descent of step 0.01.
"""

from typing import NamedTuple

import numpy as np

from .. import convex, data, networks
from ..patterns import activation_patterns

NEURONS = 500
STEP = 0.01
EVERY = 2000  # steps between two printed losses
PRINTED = (0.5170, 0.3635, 0.2320, 0.1345, 0.0730, 0.0379, 0.0188, 0.0090, 0.0041, 0.0019, 0.0008)
BETA = 1e-3  # weight of the norms beside the mean of the squared errors


class Trained(NamedTuple):
    """losses printed, and the network (W, alpha) before and after."""

    losses: list[float]
    begin: tuple[np.ndarray, np.ndarray]
    end: tuple[np.ndarray, np.ndarray]


def train(seed: int, steps: int = 10 * EVERY + 1) -> Trained:
    """Train as published, from PyTorch's own first weights of that seed."""
    import torch  # which nothing else that computes needs

    S = data.load("sine")
    X = torch.tensor(S.X, dtype=torch.float32)
    y = torch.tensor(S.y[:, None], dtype=torch.float32)
    torch.manual_seed(seed)
    first = torch.nn.Linear(X.shape[1], NEURONS, bias=False)
    second = torch.nn.Linear(NEURONS, 1, bias=False)
    model = torch.nn.Sequential(first, torch.nn.ReLU(), second)
    optimiser = torch.optim.SGD(model.parameters(), lr=STEP)
    begin = _network(first, second)
    losses = []
    for step in range(steps):
        loss = torch.nn.functional.mse_loss(model(X), y)
        if step % EVERY == 0:
            losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return Trained(losses, begin, _network(first, second))


def _network(first, second):
    W = first.weight.detach().numpy().astype(float)
    alpha = second.weight.detach().numpy().astype(float)[0]
    return W.copy(), alpha.copy()


class Program(NamedTuple):
    """An optimum: its objective and data term as published, means; and the solver's Solution."""

    objective: float
    mse: float
    solution: convex.Solution


def program(network: tuple[np.ndarray, np.ndarray] | None = None) -> Program:
    """The convex program over the patterns and signs of a network; without one, over all.

    The mean of the squared errors plus BETA times the norms is eq. 8 over n, with 2 lam = n BETA.
    """
    S = data.load("sine")
    n = len(S.y)
    D = None
    signs = None
    if network is not None:
        W, alpha = network
        D, signs = networks.patterns_and_signs(activation_patterns(S.X, W), alpha)
    solution = convex.solve(S.X, S.y, n * BETA / 2, D, signs=signs)
    mse = float(np.mean((solution.predict(S.X) - S.y) ** 2))
    return Program(solution.objective / n, mse, solution)
