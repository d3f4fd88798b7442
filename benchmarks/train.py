"""Steps per second of helpers.train against the plain PyTorch loop (autograd, torch.optim).

    python -m benchmarks.train

The article's setting: 4 points, 1,000 neurons, 2 inputs, float64, one thread. Rounds of the two
alternate; the median ratio counts.
"""

import time

import numpy as np
import torch
from threadpoolctl import threadpool_limits

from helpers import data, train

ROUNDS = 7
STEPS = 1000
NEURONS = 1000


def torch_loop(optimiser, X, y, W, alpha, step):
    """The weights (W, alpha) after STEPS steps."""
    X = torch.tensor(X)
    y = torch.tensor(y)
    W = torch.tensor(W, requires_grad=True)
    alpha = torch.tensor(alpha, requires_grad=True)
    descent = optimiser([W, alpha], lr=step)
    for _ in range(STEPS):
        descent.zero_grad()
        residual = torch.relu(X @ W.T) @ alpha - y
        (residual**2).sum().backward()
        descent.step()
    return W.detach().numpy(), alpha.detach().numpy()


def speed(call, *arguments, **settings):
    """Steps per second of a call, and its result."""
    start = time.perf_counter()
    result = call(*arguments, **settings)
    return STEPS / (time.perf_counter() - start), result


def compare(trainer, optimiser, step):
    X = data.load("line").X
    y = data.load("line").y
    W, alpha = train.uniform_network(NEURONS, X.shape[1], 1.0, np.random.default_rng(7))
    settings = {"step": step, "steps": STEPS, "record_every": STEPS}
    ours = []
    theirs = []
    for _ in range(ROUNDS):
        fast, run = speed(trainer, X, y, W, alpha, **settings)
        slow, end = speed(torch_loop, optimiser, X, y, W, alpha, step)
        ours.append(fast)
        theirs.append(slow)
    apart = max(np.abs(one - other).max() for one, other in zip(run.final, end, strict=True))
    ratios = np.array(ours) / theirs
    print(
        f"{trainer.__name__:17} {np.median(ours):9,.0f} {np.median(theirs):9,.0f}",
        f"{np.median(ratios):7.1f} ({ratios.min():.1f} to {ratios.max():.1f})",
        f"  weights apart {apart:.0e}",
    )


if __name__ == "__main__":
    torch.set_num_threads(1)
    with threadpool_limits(1):
        print(f"{'steps per second':17} {'ours':>9} {'PyTorch':>9}   ratio")
        compare(train.gradient_descent, torch.optim.SGD, 1e-4)
        compare(train.adam, torch.optim.Adam, 1e-3)
