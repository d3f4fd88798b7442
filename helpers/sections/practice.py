"""Section What the published comparison measures: a race of methods.

The race is a performance profile in miniature: how many problems a method solves within a given
amount of work. Its objective is that of the published benchmark, eq. 1 over 2n:
||f(X) - y||^2 / (2n) + lam / 2 (||W||^2 + ||alpha||^2).

Work is counted in two ways that no machine changes. A gradient evaluation is one, whether on a
batch or on all points; a pass is a gradient evaluation times the share of the points in it. A
pass of m neurons and one of m / 2 patterns with both signs and their cones cost equally many
multiplications.

Shapes: lams (L,); objectives (L, R, T) of R settings at T times.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn import datasets

from .. import checks, convex
from ..loss import relu
from ..networks import balanced
from ..patterns import sample_patterns
from ..profile import training
from ..profile.protocol import Problem

BATCHES = 10  # a pass of the stochastic methods is this many updates
ADAM_STEPS = (0.1, 0.01, 0.001)
SGD_STEPS = (10, 1, 0.1)
POWER_ITERATIONS = 20  # for the largest curvature: to 0.2% on the problems of the race
PAST = 1.05  # the curvature found is a lower bound: the step allows for 5% more


@dataclass(frozen=True)
class Runs:
    """A method on one data set: evaluations (T,), passes (T,) and objective (L, R, T).

    The objective is infinite where a run diverged.
    """

    evaluations: np.ndarray
    passes: np.ndarray
    objective: np.ndarray


def unit_columns(
    X: np.ndarray,
    y: np.ndarray,
    count: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """`count` of the points, columns of norm 1 (zero ones left out), labels +-1 about their
    median.

    Labels of two values are told apart by their mean, as the median may be one of them.
    """
    keep = rng.permutation(len(X))[:count]
    X = np.asarray(X, float)[keep]
    y = np.asarray(y, float)[keep]
    X = X[:, X.any(axis=0)]
    middle = np.median(y) if len(np.unique(y)) > 2 else y.mean()
    return X / np.linalg.norm(X, axis=0), np.where(y > middle, 1.0, -1.0)


def small_problems(count: int = 60) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Six data sets of `count` points, name -> (X, y).

    Four are scikit-learn's, two random with a smooth target.
    """
    problems = {}
    for name in ("iris", "wine", "breast_cancer", "diabetes"):
        S = getattr(datasets, f"load_{name}")()
        rng = np.random.default_rng(1)
        problems[name.replace("_", " ")] = unit_columns(S.data, S.target, count, rng)
    rng = np.random.default_rng(0)
    for d in (4, 10):
        X = rng.standard_normal((count, d))
        target = np.sin(2 * X[:, 0]) + X[:, 1] * X[:, 2]
        problems[f"random, {d} columns"] = unit_columns(X, target, count, rng)
    return problems


def objective(
    X: np.ndarray,
    y: np.ndarray,
    W: np.ndarray,
    alpha: np.ndarray,
    lams: np.ndarray,
) -> np.ndarray:
    """The objective of networks W (L, R, m, d), alpha (L, R, m): (L, R), infinite if not
    finite.
    """
    with np.errstate(all="ignore"):
        residual = np.einsum("lrmn,lrm->lrn", relu(W @ X.T), alpha, optimize=True) - y
        fit = (residual**2).sum(axis=2) / (2 * len(y))
        penalty = (W**2).sum(axis=(2, 3)) + (alpha**2).sum(axis=2)
        value = fit + lams[:, None] / 2 * penalty
    return np.where(np.isfinite(value), value, np.inf)


def race(
    lams: np.ndarray,
    patterns: int = 50,
    m: int = 100,
    evaluations: int = 1000,
) -> list[dict[str, Runs]]:
    """Every method on the problems of `small_problems` at every lam: name -> Runs, one a data
    set.

    The stochastic methods try three steps and two initial networks each.
    """
    passes = evaluations // BATCHES
    results = []
    for X, y in small_problems().values():
        D = _sample(X, patterns)
        convex_runs = augmented_lagrangian(X, y, lams, D, evaluations)
        rng = np.random.default_rng(0)
        adam = stochastic(X, y, lams, m, ADAM_STEPS, passes, rng, adam=True)
        rng = np.random.default_rng(0)  # from the same networks
        sgd = stochastic(X, y, lams, m, SGD_STEPS, passes, rng)
        results.append({"convex, augmented Lagrangian": convex_runs, "Adam": adam, "SGD": sgd})
    return results


def exact(lams: np.ndarray, patterns: int = 50) -> tuple[list[np.ndarray], bool]:
    """The optimum over the patterns that `race` samples: (objectives (L,) per data set,
    certified).

    `certified` says whether all of them are.
    """
    values = []
    certified = True
    for X, y in small_problems().values():
        D = _sample(X, patterns)
        optima = [convex.solve(X, y, len(X) * lam, D) for lam in lams]
        values.append(np.array([s.objective for s in optima]) / (2 * len(X)))
        certified = certified and all(s.converged for s in optima)
    return values, certified


def _sample(X: np.ndarray, patterns: int) -> np.ndarray:
    return sample_patterns(X, patterns, np.random.default_rng(2))


def stochastic(
    X: np.ndarray,
    y: np.ndarray,
    lams: np.ndarray,
    m: int,
    steps: Sequence[float],
    passes: int,
    rng: np.random.Generator,
    seeds: int = 2,
    adam: bool = False,
    halve: int = 30,
) -> Runs:
    """Stochastic gradient descent or Adam on the network, each of `steps` from `seeds` networks.

    Batches are a tenth of the data, and the step is halved every `halve` passes.
    """
    begin = training.starts(X.shape[1], m, lams, steps, seeds, rng)
    schedule = training.Schedule(passes, BATCHES, halve, rng, whole=True)
    run = training.train(Problem(X, y), begin, schedule, adam, single=False)
    objective = run.objective.reshape(len(lams), -1, passes + 1)
    return Runs(BATCHES * run.epochs, run.epochs, objective)


def augmented_lagrangian(
    X: np.ndarray,
    y: np.ndarray,
    lams: np.ndarray,
    D: np.ndarray,
    passes: int,
    inner: int = 50,
    penalty: float = 1.0,
) -> Runs:
    """The convex program over patterns D (P, n), by accelerated proximal gradients: Runs.

    They run on its augmented Lagrangian, whose multipliers are updated every `inner` passes.
    What is recorded is the objective of the network of u and v, cones met or not: that is the
    network one would use. The first passes go to the step (power iteration).
    """
    n = len(X)
    inside = np.where(D, 1.0, -1.0)  # u lies in its cone where inside * (u X') >= 0
    sides = np.array([1.0, -1.0])[:, None, None]  # of u and of v

    def output(B):
        return ((B[0] - B[1]) @ X.T * D).sum(axis=0)

    def gradient(residual):
        return sides * ((D * residual) @ X)

    curvature = _largest_curvature(output, gradient, (2, len(D), X.shape[1])) / n
    weight = penalty * curvature / np.linalg.norm(X, 2) ** 2
    step = 1 / (PAST * (1 + penalty) * curvature)
    every = []
    for lam in lams:
        B = np.zeros((2, len(D), X.shape[1]))
        look = B  # the point ahead, where the gradient is taken
        multipliers = np.zeros((2, *D.shape))
        momentum = 1.0
        values = [_value(X, y, B, lam)]
        for k in range(1, passes + 1 - POWER_ITERATIONS):
            missing = relu(multipliers / weight - inside * (look @ X.T))
            slope = gradient(output(look) - y) / n - weight * (inside * missing) @ X
            new = _shrunk(look - step * slope, step * lam)
            later = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
            look = new + (momentum - 1) / later * (new - B)
            B = new
            momentum = later
            if k % inner == 0:
                multipliers = relu(multipliers - weight * inside * (B @ X.T))
                look = B
                momentum = 1.0
            values.append(_value(X, y, B, lam))
        every.append(values)
    work = np.r_[0, np.arange(POWER_ITERATIONS + 1, passes + 1)]
    return Runs(work, work, np.array(every)[:, None])


def _largest_curvature(
    output: Callable,
    gradient: Callable,
    shape: tuple[int, ...],
) -> float:
    """The largest eigenvalue of gradient(output(.)), from below, by power iteration."""
    B = np.random.default_rng(0).standard_normal(shape)
    for _ in range(POWER_ITERATIONS):
        B = gradient(output(B / np.linalg.norm(B)))
    return np.linalg.norm(B)


def _shrunk(B: np.ndarray, by: float) -> np.ndarray:
    """Every row of B (2, P, d) shortened by that length, at most to zero."""
    lengths = np.linalg.norm(B, axis=2, keepdims=True)
    return B * relu(1 - by / np.maximum(lengths, np.finfo(float).tiny))


def _value(
    X: np.ndarray,
    y: np.ndarray,
    B: np.ndarray,
    lam: float,
) -> float:
    """The objective of the balanced network of the products B (2, P, d) = (U, V)."""
    W, alpha = balanced(np.concatenate(B), np.repeat([1.0, -1.0], B.shape[1]))
    return objective(X, y, W[None, None], alpha[None, None], np.array([lam]))[0, 0]


def best_found(runs: dict[str, Runs]) -> np.ndarray:
    """The smallest objective of all methods of `runs`, name -> Runs, at every lam: (L,)."""
    return np.min([r.objective.min(axis=(1, 2)) for r in runs.values()], axis=0)


def solved(
    results: list[dict[str, Runs]],
    tol: float,
    rule: str = "first",
    work: str = "evaluations",
    known: list[np.ndarray] | None = None,
) -> dict[str, np.ndarray]:
    """Work that a method needs for every problem, infinite where it fails: name -> (problems,).

    results: name -> Runs, one per data set; work: "evaluations" or "passes". A run succeeds if
    it comes within a factor 1 + tol of the best objective of all methods, and of the optima
    `known` (a list of (L,)). Each problem keeps a method's fastest successful run. rule:
    "first", when a run first comes so close; "minimum", when it has its own smallest
    objective. Raises ValueError for another rule or work.
    """
    _check_choice(rule, "rule", ("first", "minimum"))
    _check_choice(work, "work", ("evaluations", "passes"))
    checks.as_nonnegative(tol, "tol")
    needed = {name: [] for name in results[0]}
    for k, runs in enumerate(results):
        best = best_found(runs)
        if known is not None:
            best = np.minimum(best, known[k])
        for name, r in runs.items():
            close = r.objective <= (1 + tol) * best[:, None, None]
            when = close.argmax(axis=2) if rule == "first" else r.objective.argmin(axis=2)
            spent = getattr(r, work)[when]
            needed[name].append(np.where(close.any(axis=2), spent, np.inf).min(axis=1))
    return {name: np.concatenate(values) for name, values in needed.items()}


def _check_choice(
    value: str,
    name: str,
    choices: tuple[str, ...],
) -> None:
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}; got {value!r}")
