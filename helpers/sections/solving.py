"""A performance profile in miniature: how many problems a method solves within a given amount of work.

The objective is the published benchmark's: ||f(X) - y||^2 / (2n) + lam / 2 (||W||^2 + ||alpha||^2), which is eq. 1 over
2n. Work is counted in two ways that no machine changes: gradient evaluations, on a batch or on all points alike, and
passes, gradient evaluations times the share of the points in each. A pass of m neurons and one of m / 2 patterns with
both signs and their cones cost equally many multiplications. Shapes: lams (L,); objectives (L, R, T) of R settings at T
times.
"""

import time
from dataclasses import dataclass

import cvxpy as cp
import numpy as np
from sklearn import datasets

from .. import checks, convex
from .. import patterns as cells
from ..loss import relu
from ..networks import balanced
from ..patterns import sample_patterns
from ..solver import conic

BATCHES = 10  # a pass of the stochastic methods is this many updates


@dataclass(frozen=True)
class Runs:
    """A method on one data set: evaluations and passes (T,); objective (L, R, T), infinite where a run diverged."""

    evaluations: np.ndarray
    passes: np.ndarray
    objective: np.ndarray


def unit_columns(X, y, count, rng):
    """`count` of the points, columns brought to norm 1 (zero columns left out), labels to +-1 about their median."""
    keep = rng.permutation(len(X))[:count]
    X, y = np.asarray(X, float)[keep], np.asarray(y, float)[keep]
    X = X[:, X.any(axis=0)]
    middle = np.median(y) if len(np.unique(y)) > 2 else y.mean()
    return X / np.linalg.norm(X, axis=0), np.where(y > middle, 1.0, -1.0)


def objective(X, y, W, alpha, lams):
    """The objective of networks W (L, R, m, d), alpha (L, R, m): (L, R), infinite where it is not finite."""
    with np.errstate(all="ignore"):
        residual = np.einsum("lrmn,lrm->lrn", relu(W @ X.T), alpha, optimize=True) - y
        value = (residual**2).sum(axis=2) / (2 * len(y))
        value += lams[:, None] / 2 * ((W**2).sum(axis=(2, 3)) + (alpha**2).sum(axis=2))
    return np.where(np.isfinite(value), value, np.inf)


def small_problems(count=60):
    """Six data sets of `count` points, name -> (X, y): four of scikit-learn's, two random ones with a smooth target."""
    rng, sets = np.random.default_rng(0), {}
    for name in ("iris", "wine", "breast_cancer", "diabetes"):
        S = getattr(datasets, f"load_{name}")()
        sets[name.replace("_", " ")] = unit_columns(
            S.data, S.target, count, np.random.default_rng(1)
        )
    for d in (4, 10):
        X = rng.standard_normal((count, d))
        sets[f"random, {d} columns"] = unit_columns(
            X, np.sin(2 * X[:, 0]) + X[:, 1] * X[:, 2], count, rng
        )
    return sets


def race(lams, patterns=50, m=100, evaluations=1000):
    """Every method on the problems of `small_problems` at every lam: a list of name -> Runs, one per data set.

    The stochastic methods try three steps and two initial networks each.
    """
    results = []
    for X, y in small_problems().values():
        D = _sample(X, patterns)
        common = X, y, lams, m
        passes = evaluations // BATCHES
        results.append(
            {
                "convex, augmented Lagrangian": augmented_lagrangian(X, y, lams, D, evaluations),
                "Adam": stochastic(
                    *common, [0.1, 0.01, 0.001], passes, np.random.default_rng(0), adam=True
                ),
                "SGD": stochastic(*common, [10, 1, 0.1], passes, np.random.default_rng(0)),
            }
        )
    return results


def exact(lams, patterns=50):
    """The optimum over the patterns `race` samples: (a list of objectives (L,), one a data set; all certified?)."""
    values, certified = [], True
    for X, y in small_problems().values():
        found = [convex.solve(X, y, len(X) * lam, _sample(X, patterns)) for lam in lams]
        values.append(np.array([s.objective for s in found]) / (2 * len(X)))
        certified = certified and all(s.converged for s in found)
    return values, certified


def _sample(X, patterns):
    return sample_patterns(X, patterns, np.random.default_rng(2))


def stochastic(X, y, lams, m, steps, passes, rng, seeds=2, adam=False, halve=30):
    """Stochastic gradient descent or Adam on the network, every one of `steps` with `seeds` networks: Runs.

    Batches of a tenth of the data, the step halved every `halve` passes.
    """
    shape = (len(lams), len(steps) * seeds, m)
    W = rng.standard_normal((seeds, m, X.shape[1])) / np.sqrt(X.shape[1])
    a = rng.standard_normal((seeds, m)) / np.sqrt(m)
    W = np.broadcast_to(np.tile(W, (len(steps), 1, 1)), (*shape, X.shape[1])).copy()
    a = np.broadcast_to(np.tile(a, (len(steps), 1)), shape).copy()
    step, decay, moments = (
        np.repeat(steps, seeds)[:, None],
        lams[:, None, None],
        [[0.0, 0.0], [0.0, 0.0]],
    )
    recorded, t = [objective(X, y, W, a, lams)], 0
    with np.errstate(all="ignore"):
        for k in range(passes):
            for batch in np.array_split(rng.permutation(len(X)), BATCHES):
                t += 1
                Z = W @ X[batch].T
                residual = np.einsum("lrmb,lrm->lrb", relu(Z), a) - y[batch]
                B = ((Z > 0) * residual[:, :, None]) @ X[batch] / len(batch)
                gradients = a[..., None] * B + decay[..., None] * W, (W * B).sum(axis=3) + decay * a
                rate = step * 0.5 ** (k // halve)
                for w, g, mean, r in zip((W, a), gradients, moments, (rate[..., None], rate)):
                    if adam:
                        mean[0] = 0.9 * mean[0] + 0.1 * g
                        mean[1] = 0.999 * mean[1] + 0.001 * g * g
                        g = mean[0] / (1 - 0.9**t) / (np.sqrt(mean[1] / (1 - 0.999**t)) + 1e-8)
                    w -= r * g
            recorded.append(objective(X, y, W, a, lams))
    return Runs(BATCHES * np.arange(passes + 1), np.arange(passes + 1), np.stack(recorded, axis=2))


def augmented_lagrangian(X, y, lams, D, passes, inner=50, penalty=1.0):
    """The convex program over patterns D (P, n) by accelerated proximal gradients on its augmented Lagrangian: Runs.

    What is recorded is the objective of the network of u and v, cones met or not: that is the network one would use.
    Every `inner` passes the multipliers are updated. Twenty passes go to the step (power iteration).
    """
    n, sign = len(X), np.where(D, 1.0, -1.0)
    signed = np.array([1.0, -1.0])[:, None, None]
    rng = np.random.default_rng(0)

    def output(B):
        return ((B[0] - B[1]) @ X.T * D).sum(axis=0)

    B = rng.standard_normal((2, len(D), X.shape[1]))
    for _ in range(20):
        B = signed * ((D * output(B / np.linalg.norm(B))) @ X)
    curvature = np.linalg.norm(B) / n
    weight = penalty * curvature / np.linalg.norm(X, 2) ** 2
    step = 1 / (1.05 * (1 + penalty) * curvature)
    every = []
    for lam in lams:
        B = look = np.zeros((2, len(D), X.shape[1]))
        multipliers, momentum, values = (
            np.zeros((2, *D.shape)),
            1.0,
            [objective(X, y, *_network(B), lams[:1])[0, 0]],
        )
        for k in range(1, passes - 19):
            missing = relu(multipliers / weight - sign * (look @ X.T))
            slope = signed * ((D * (output(look) - y)) @ X) / n - weight * (sign * missing) @ X
            new = look - step * slope
            new *= relu(
                1 - step * lam / np.maximum(np.linalg.norm(new, axis=2, keepdims=True), 1e-300)
            )
            later = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
            look, B, momentum = new + (momentum - 1) / later * (new - B), new, later
            if k % inner == 0:
                multipliers, look, momentum = relu(multipliers - weight * sign * (B @ X.T)), B, 1.0
            values.append(objective(X, y, *_network(B), np.array([lam]))[0, 0])
        every.append(values)
    work = np.r_[0, np.arange(21, passes + 1)]
    return Runs(work, work, np.array(every)[:, None])


def _network(B):
    W, alpha = balanced(np.concatenate(B), np.repeat([1.0, -1.0], B.shape[1]))
    return W[None, None], alpha[None, None]


def best_found(runs):
    """The smallest objective of all methods of `runs`, name -> Runs, at every lam: (L,)."""
    return np.min([r.objective.min(axis=(1, 2)) for r in runs.values()], axis=0)


def solved(results, tol, rule="first", work="evaluations", known=None):
    """Work ("evaluations" or "passes") a method needs for every problem, infinite where it fails: name -> (problems,).

    results: a list, one per data set, of name -> Runs. A run succeeds if it comes within a factor 1 + tol of the best
    objective of all methods, and of the optima `known` (a list of (L,)); each problem keeps a method's fastest
    successful run. rule: "first", when a run first comes so close; "minimum", when it has its own smallest objective.
    Raises ValueError for another rule or work.
    """
    for value, name, choices in (
        (rule, "rule", ("first", "minimum")),
        (work, "work", ("evaluations", "passes")),
    ):
        if value not in choices:
            raise ValueError(f"{name} must be one of {', '.join(choices)}; got {value!r}")
    checks.as_nonnegative(tol, "tol")
    needed = {name: [] for name in results[0]}
    for k, runs in enumerate(results):
        best = best_found(runs) if known is None else np.minimum(best_found(runs), known[k])
        for name, r in runs.items():
            close = r.objective <= (1 + tol) * best[:, None, None]
            at = close.argmax(axis=2) if rule == "first" else r.objective.argmin(axis=2)
            needed[name].append(
                np.where(close.any(axis=2), getattr(r, work)[at], np.inf).min(axis=1)
            )
    return {name: np.concatenate(values) for name, values in needed.items()}


@dataclass(frozen=True)
class Cost:
    """n points, d dimensions, P patterns; the program's unknowns and inequalities; seconds for three things.

    listing the patterns; solving the program by `convex`; stating it to cvxpy and solving it by CLARABEL, an
    interior-point method.
    """

    n: int
    d: int
    P: int
    unknowns: int
    inequalities: int
    listing: float
    solving: float
    interior: float


def costs(sizes, lam=0.1, seed=0):
    """A Cost for every (n, d) of `sizes`, on standard normal data and labels: the best times of five.

    A larger program comes first, untimed, so that no time holds the loading of compiled code or does without it.
    """
    rng, found = np.random.default_rng(seed), []
    warm = np.random.default_rng(seed + 1).standard_normal((20, 4))
    convex.solve(warm[:, :3], warm[:, 3], lam)
    for n, d in sizes:
        X, y = rng.standard_normal((n, d)), rng.standard_normal(n)
        D = cells.enumerate_patterns(X)
        seconds = [
            _best(call)
            for call in (
                lambda: cells.enumerate_patterns(X),
                lambda: convex.solve(X, y, lam, D),
                lambda: conic.program(X, y, lam, D)[0].solve(solver=cp.CLARABEL),
            )
        ]
        found.append(Cost(n, d, len(D), 2 * len(D) * d, 2 * len(D) * n, *seconds))
    return found


def _best(call, rounds=5):
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        call()
        times.append(time.perf_counter() - begin)
    return min(times)
