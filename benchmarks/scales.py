"""Columns or rows of very different size: `helpers.convex` beside cvxpy with CLARABEL.

    python -m benchmarks.scales [--count 300] [--first 0] [--family line] [--smallest 1e-3]

Instances of six families take turns: points on a line or in space far from the origin beside a bias
column, columns or rows in mixed units, both, and tables of scikit-learn as they come. lam is
between --smallest and 0.5 of lambda_max; the patterns are all those of X where they are few, else
drawn. One thread, CPU seconds.

The judge uses none of the solver's code and extended precision: the loss of the network, how far
the blocks are outside their cones, and the bound that the dual point proves over all the patterns,
its projections by non-negative least squares. Results: benchmarks/results/scales.json, and a table.
"""

import argparse
import json
import time
from pathlib import Path
from typing import NamedTuple

import cvxpy as cp
import numpy as np
from scipy.optimize import nnls
from sklearn import datasets
from threadpoolctl import threadpool_limits

from helpers import convex, data, files, patterns
from helpers.solver import conic

RESULTS = Path(__file__).parent / "results" / "scales.json"
LARGEST = 0.5  # share of lambda_max; from there on optima have one or two neurons
SMALLEST = 1e-3
FEW = 700  # patterns up to which an instance is over all of them
TABLES = ("iris", "wine", "diabetes", "breast_cancer")

# What an instance should reach: this gap, in so many times the peer's time and some seconds more.
GAP = 1e-6
TIMES = 5
SECONDS = 0.5

# What the judge forgives, relative to the objective.
JUDGED = 1e-9

EXTENDED = np.longdouble
CORRECTIONS = 40  # of an active set, in extended precision, that double precision found


class Instance(NamedTuple):
    """One program; patterns None stands for all."""

    name: str
    X: np.ndarray
    y: np.ndarray
    lam: float
    patterns: np.ndarray | None


class Data(NamedTuple):
    """Data X (n, d), the same points standardised, Z (n, k), and labels if there are some."""

    X: np.ndarray
    Z: np.ndarray
    y: np.ndarray | None = None


def size(rng):
    """Between 10 and 200 points."""
    return int(10 ** rng.uniform(1, np.log10(200)))


def line(rng):
    """Points of a line, 10 to 1e4 times as far from the origin as from each other."""
    n = size(rng)
    z = rng.standard_normal(n) if rng.integers(2) else np.linspace(-1, 1, n)
    offset = rng.choice([-1, 1]) * 10 ** rng.uniform(1, 4)
    X = data.with_bias(10 ** rng.uniform(-2, 2) * (offset + z))
    return Data(X, data.with_bias(z))


def space(rng):
    """Points of 2 to 4 dimensions, 1 to 1e4 times as far from the origin as from each other."""
    k = int(rng.integers(2, 5))
    z = rng.standard_normal((size(rng), k))
    offset = rng.choice([-1, 1], k) * 10 ** rng.uniform(0, 4, k)
    X = data.with_bias(10 ** rng.uniform(-1, 1) * (offset + z))
    return Data(X, data.with_bias(z))


def columns(rng):
    """Columns of sizes 1e-4 to 1e4, with or without a bias column."""
    k = int(rng.integers(1, 5))
    z = rng.standard_normal((size(rng), k))
    X = z * 10 ** rng.uniform(-4, 4, k)
    biased = k == 1 or rng.integers(2)
    return Data(data.with_bias(X) if biased else X, data.with_bias(z))


def rows(rng):
    """Rows of sizes 1e-4 to 1e4."""
    k = int(rng.integers(1, 5))
    n = size(rng)
    z = data.with_bias(rng.standard_normal((n, k)))
    return Data(z * 10 ** rng.uniform(-4, 4, n)[:, None], z)


def mixed(rng):
    """Columns of sizes 1e-4 to 1e4, up to 1e4 times as far from zero as their spread."""
    k = int(rng.integers(1, 5))
    z = rng.standard_normal((size(rng), k))
    offset = rng.choice([-1, 1], k) * 10 ** rng.uniform(-1, 4, k)
    return Data(data.with_bias((offset + z) * 10 ** rng.uniform(-4, 4, k)), data.with_bias(z))


def tables(rng):
    """Rows and one to four columns of a table of scikit-learn, raw."""
    name = rng.choice(TABLES)
    raw = {"scaled": False} if name == "diabetes" else {}
    table = getattr(datasets, f"load_{name}")(**raw)
    pick = rng.choice(len(table.data), min(len(table.data), size(rng)), replace=False)
    some = rng.choice(table.data.shape[1], int(rng.integers(1, 5)), replace=False)
    X, first = np.unique(table.data[np.ix_(pick, some)], axis=0, return_index=True)
    spread = X.std(axis=0)
    Z = (X - X.mean(axis=0)) / np.where(spread == 0, 1, spread)
    return Data(data.with_bias(X), data.with_bias(Z), table.target[pick][first].astype(float))


FAMILIES = (line, space, columns, rows, mixed, tables)


def labels(Z, rng):
    """Labels of points Z: waves, a step, noise, a plane or a fold; half of them without a mean."""
    a = rng.standard_normal(Z.shape[1])
    t = Z @ a / np.linalg.norm(a)
    noise = rng.standard_normal(len(Z))
    kinds = (np.sin(3 * t), np.sign(t + 0.1), noise, t + 0.1 * noise, np.abs(t) + 0.05 * noise)
    y = kinds[rng.integers(len(kinds))] * 10 ** rng.uniform(-3, 3)
    if rng.integers(2):  # then the constant, by far the cheapest neuron, is of no use
        return y - y.mean()
    return y + rng.choice([0.0, 1.0, 10.0]) * np.std(y)


def instance(number, smallest=SMALLEST):
    """The instance of that number."""
    rng = np.random.default_rng([2024, number])
    family = FAMILIES[number % len(FAMILIES)]
    top = 0.0
    while top == 0.0:
        X, Z, y = family(rng)
        if y is None or rng.integers(2):
            y = labels(Z, rng)
        rank = np.linalg.matrix_rank(Z)
        D = None
        if patterns.cover_count(len(X), rank) > FEW:
            D = patterns.sample_patterns(Z, int(rng.integers(10, 120)), rng)
            D = D[D.any(axis=1)]
        top = convex.lambda_max(X, y, D)
    share = 10 ** rng.uniform(np.log10(smallest), np.log10(LARGEST))
    count = "all" if D is None else len(D)
    n, d = X.shape
    name = f"{number} {family.__name__}: n {n}, d {d}, patterns {count}, share {share:.2g}"
    return Instance(name, X, y, share * top, D)


class Verdict(NamedTuple):
    """What a Solution is worth, in extended precision."""

    objective: float  # of the network, or of the blocks if that is larger
    outside: float  # how far a block is outside its cone, relative to its largest value at the data
    bound: float  # that the dual point proves


def judge(X, y, lam, D, solution):
    """The Verdict on a solution over the patterns D."""
    X = X.astype(EXTENDED)
    y = y.astype(EXTENDED)
    lam = EXTENDED(lam)
    B = np.vstack([solution.U, solution.V]).astype(EXTENDED)
    used = B.any(axis=1)
    B = B[used]
    active = np.vstack([solution.patterns, solution.patterns])[used]
    s = np.repeat([1, -1], len(solution.U))[used].astype(EXTENDED)
    Z = B @ X.T
    penalty = 2 * lam * np.sqrt((B * B).sum(axis=1)).sum()
    network = np.sum((s @ np.maximum(Z, 0) - y) ** 2)
    fitted = np.sum((s @ (active * Z) - y) ** 2)
    wrong = np.maximum(np.where(active, -Z, Z), 0)
    outside = (wrong.max(axis=1) / np.abs(Z).max(axis=1)).max() if len(B) else 0.0
    bound = proved(X, y, lam, D, solution.dual.astype(EXTENDED))
    return Verdict(float(max(network, fitted) + penalty), float(outside), float(bound))


def proved(X, y, lam, D, theta):
    """The lower bound that the best multiple of theta proves."""
    inner = y @ theta
    if inner <= 0:
        return EXTENDED(0)
    square = theta @ theta
    scale = inner / square
    for pattern in D:
        for sign in (1, -1):
            h = correlation(X, pattern, sign * theta)
            if h * scale > lam:
                scale = lam / h
    return 2 * scale * inner - scale * scale * square


def correlation(X, pattern, theta):
    """max {theta' D X u : u in the pattern's cone, ||u|| <= 1}, or a little more.

    By duality it is the least ||z + C' mu|| over mu >= 0, and any mu gives a bound: double
    precision finds which mu are positive, and what is left goes round again.
    """
    z = (theta * pattern) @ X
    C = np.where(pattern, 1, -1)[:, None] * X
    length = np.sqrt((C * C).sum(axis=1))
    C = C[length > 0] / length[length > 0][:, None]
    best = np.sqrt(z @ z)
    if best == 0:
        return best
    p = z
    mu = np.zeros(len(C), EXTENDED)
    for _ in range(CORRECTIONS):
        try:
            more, _ = nnls(C.T.astype(float), -(p / best).astype(float), maxiter=1000)
        except RuntimeError:  # it cycles
            break
        mu = mu + best * more
        support = np.flatnonzero(mu > 0)
        exact = least_squares(C[support], z)
        if exact is not None and (exact >= 0).all():
            mu[:] = 0
            mu[support] = exact
        p = z + mu @ C
        before = best
        best = min(best, np.sqrt(p @ p))
        if best >= before * (1 - 1e-12) or best == 0:
            break
    return best


def least_squares(C, z):
    """The mu that make z + C' mu shortest, by Gram-Schmidt done twice; None without full rank."""
    k, d = C.shape
    if k > d:
        return None
    Q = np.zeros_like(C)
    R = np.zeros((k, k), EXTENDED)
    for i in range(k):
        v = C[i].copy()
        for _ in range(2):
            for j in range(i):
                a = Q[j] @ v
                R[j, i] += a
                v = v - a * Q[j]
        R[i, i] = np.sqrt(v @ v)
        if R[i, i] < np.finfo(EXTENDED).eps:
            return None
        Q[i] = v / R[i, i]
    mu = np.zeros(k, EXTENDED)
    for i in reversed(range(k)):
        mu[i] = -(Q[i] @ z + R[i, i + 1 :] @ mu[i + 1 :]) / R[i, i]
    return mu


def peer(X, y, lam, D):
    """CLARABEL's value of the program, or None; its rounding may leave it outside the cones."""
    problem, _ = conic.program(X, y, lam, D)
    try:
        problem.solve(solver=cp.CLARABEL, max_threads=1)
    except cp.SolverError:
        return None
    return problem.value


def measure(number, smallest):
    """The record of one instance."""
    name, X, y, lam, D = instance(number, smallest)
    begun = time.process_time()
    solution = convex.solve(X, y, lam, D)
    ours = time.process_time() - begun
    if D is None:
        D = patterns.enumerate_patterns(X)
    begun = time.process_time()
    value = peer(X, y, lam, D)
    theirs = time.process_time() - begun
    verdict = judge(X, y, lam, D, solution)
    false = solution.lower_bound - verdict.bound > JUDGED * solution.objective
    off = abs(verdict.objective - solution.objective) > JUDGED * solution.objective
    return {
        "name": name,
        "family": FAMILIES[number % len(FAMILIES)].__name__,
        "gap": solution.gap,
        "reason": str(solution.reason),
        "closed": bool(solution.converged and solution.gap <= GAP),
        "in time": bool(ours <= TIMES * theirs + SECONDS),
        "right": not (false or off or verdict.outside > JUDGED),
        "seconds": ours,
        "peer": theirs,
        "below peer": None if value is None else value - solution.objective,
    } | {key: getattr(verdict, key) for key in verdict._fields}


def table(records):
    """A line a family: how many of its instances were closed, in time, and judged right."""
    lines = [
        "| family | instances | closed | in time | right | worst gap | time over the peer's |",
        "|---" * 7 + "|",
    ]
    for family in FAMILIES:
        own = [record for record in records if record["family"] == family.__name__]
        if own:
            shares = " | ".join(
                f"{np.mean([record[key] for record in own]):.1%}"
                for key in ("closed", "in time", "right")
            )
            worst = max(record["gap"] for record in own)
            ratio = np.median([record["seconds"] / record["peer"] for record in own])
            lines.append(
                f"| {family.__name__} | {len(own)} | {shares} | {worst:.1e} | {ratio:.2f} |"
            )
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--family", choices=[family.__name__ for family in FAMILIES])
    parser.add_argument("--smallest", type=float, default=SMALLEST)
    parser.add_argument("--results", type=Path, default=RESULTS)
    options = parser.parse_args()
    records = []
    with threadpool_limits(1):
        for number in range(options.first, options.first + options.count):
            family = FAMILIES[number % len(FAMILIES)].__name__
            if options.family in (None, family):
                record = measure(number, options.smallest)
                records.append(record)
                good = record["closed"] and record["in time"] and record["right"]
                print("" if good else "*", json.dumps(record), flush=True)
    lines = ",\n".join(json.dumps(record) for record in records)
    files.write_at_once(options.results, f"[\n{lines}\n]\n")
    print(table(records))


if __name__ == "__main__":
    main()
