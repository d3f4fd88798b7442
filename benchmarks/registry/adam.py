"""How far a tuned Adam ends from a certified optimum: the best of a grid of steps and seeds."""

from itertools import product

import numpy as np

from helpers import train

from .entries import Problem

WIDTH = 50
STEPS = (0.1, 0.03, 0.01, 0.003)
SEEDS = 3
STAGES = 5  # each with a third of the step before it, the moments begun anew
STAGE = 1000  # steps


def trained(problem: Problem, step: float, seed: int) -> float:
    """The excess of one training, full batch, 5,000 steps, from He's weights."""
    m = WIDTH
    d = problem.X.shape[1]
    rng = np.random.default_rng(seed)
    W = rng.standard_normal((m, d)) * np.sqrt(2 / d)
    alpha = rng.standard_normal(m) * np.sqrt(2 / m)
    for k in range(STAGES):
        now = step / 3**k
        plan = {"step": now, "steps": STAGE, "lam": problem.lam, "record_every": STAGE}
        W, alpha = train.adam(problem.X, problem.y, W, alpha, **plan).final
    return problem.excess(W, alpha)


def best(problem: Problem) -> dict:
    """Of all trainings: the least excess, its step, and the median excess at that step."""
    runs = {
        (step, seed): trained(problem, step, seed) for step, seed in product(STEPS, range(SEEDS))
    }
    step, seed = min(runs, key=runs.get)
    median = float(np.median([runs[step, one] for one in range(SEEDS)]))
    return {"excess": runs[step, seed], "step": step, "median": median, "width": WIDTH}
