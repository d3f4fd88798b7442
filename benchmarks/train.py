"""Steps per second of helpers.train against the plain PyTorch loop (autograd, torch.optim), same run: python -m benchmarks.train

The article's setting: 4 points, 1,000 neurons, 2 inputs, float64, one thread. Rounds alternate; the median ratio counts.
"""

import time

import numpy as np
import torch
from threadpoolctl import threadpool_limits

from helpers import data, train

ROUNDS, STEPS = 7, 1000


def torch_loop(optimiser, X, y, W, alpha, step, steps):
    X, y, W, alpha = (torch.tensor(a) for a in (X, y, W, alpha))
    W.requires_grad_(), alpha.requires_grad_()
    optimiser = optimiser([W, alpha], lr=step)
    for _ in range(steps):
        optimiser.zero_grad()
        ((torch.relu(X @ W.T) @ alpha - y) ** 2).sum().backward()
        optimiser.step()
    return W.detach().numpy(), alpha.detach().numpy()


def seconds(call, *arguments, **settings):
    start = time.perf_counter()
    result = call(*arguments, **settings)
    return time.perf_counter() - start, result


def compare(trainer, optimiser, step):
    S = data.load("line")
    network = train.uniform_network(1000, 2, 1.0, np.random.default_rng(7))
    ours, theirs = [], []
    for _ in range(ROUNDS):
        mine, run = seconds(trainer, S.X, S.y, *network, step=step, steps=STEPS, record_every=STEPS)
        other, end = seconds(torch_loop, optimiser, S.X, S.y, *network, step, STEPS)
        ours.append(STEPS / mine), theirs.append(STEPS / other)
    apart = max(np.abs(run.W[-1] - end[0]).max(), np.abs(run.alpha[-1] - end[1]).max())
    ratios = np.array(ours) / theirs
    print(
        f"{trainer.__name__:17} {np.median(ours):9,.0f} {np.median(theirs):9,.0f} {np.median(ratios):7.1f} "
        f"({ratios.min():.1f} to {ratios.max():.1f})   weights apart {apart:.0e}"
    )


if __name__ == "__main__":
    torch.set_num_threads(1)
    with threadpool_limits(1):
        print(f"{'steps per second':17} {'ours':>9} {'PyTorch':>9}   ratio")
        compare(train.gradient_descent, torch.optim.SGD, 1e-4)
        compare(train.adam, torch.optim.Adam, 1e-3)
