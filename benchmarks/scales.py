"""Instances whose columns or rows differ in size: points far from the origin, raw tables, mixed units.

    python -m benchmarks.scales [--count 300] [--seed 0] [--family line] [--no-peer]

Each instance is solved by `helpers.convex` and by cvxpy with CLARABEL over the same patterns, one thread, and judged in
extended precision by code that is not the solver's: the network's loss, the cones, and the bound that the dual
point proves, with the projections by non-negative least squares.
"""
import argparse
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[threads] = "1"

import numpy as np
from scipy.optimize import nnls
from sklearn import datasets

from helpers import convex, data, patterns

SHARES = [-3, np.log10(0.5)]
FAMILIES = ("line", "space", "columns", "rows", "mixed", "tables")


@dataclass
class Instance:
    """One program: its data, lam as a share of a rough lambda_max, and the patterns (None: all)."""

    name: str
    X: np.ndarray
    y: np.ndarray
    lam: float
    patterns: np.ndarray | None


def labels(Z, rng):
    """Labels over standardised points Z (n, k): smooth, a step, noise, or a plane with noise."""
    a = rng.standard_normal(Z.shape[1])
    t = Z @ a / max(np.linalg.norm(a), 1e-12)
    kind = rng.integers(5)
    y = (
        np.sin(3 * t),
        np.sign(t + 0.1),
        rng.standard_normal(len(Z)),
        t + 0.1 * rng.standard_normal(len(Z)),
        np.abs(t) + 0.05 * rng.standard_normal(len(Z)),
    )[kind]
    y = y * 10 ** rng.uniform(-3, 3)
    shift = rng.integers(4)
    if shift < 2:  # labels without their mean: the constant, far the cheapest neuron, is of no use
        return y - y.mean()
    return y + rng.choice([0.0, 1.0, 10.0]) * np.std(y)


def listed(X, Z, rng):
    """Patterns for X: None (all) where they are few, else sampled where the points Z are standard."""
    rank = np.linalg.matrix_rank(Z)
    if patterns.cover_count(len(X), max(rank, 1)) <= 700:
        return None
    D = patterns.sample_patterns(Z, int(rng.integers(10, 120)), rng)
    return D[D.any(axis=1)]


def line(rng):
    n = int(10 ** rng.uniform(1, 2.301))
    z = rng.standard_normal(n) if rng.integers(2) else np.linspace(-1, 1, n)
    offset = rng.choice([-1, 1]) * 10 ** rng.uniform(1, 4)
    x = 10 ** rng.uniform(-2, 2) * (offset + z)
    return data.with_bias(x), z[:, None]


def space(rng):
    k = int(rng.integers(2, 5))
    n = int(10 ** rng.uniform(1, 2.301))
    z = rng.standard_normal((n, k))
    offset = rng.choice([-1, 1], k) * 10 ** rng.uniform(0, 4, k)
    return data.with_bias(10 ** rng.uniform(-1, 1) * (offset + z)), z


def columns(rng):
    k = int(rng.integers(1, 5))
    n = int(10 ** rng.uniform(1, 2.301))
    z = rng.standard_normal((n, k))
    X = z * 10 ** rng.uniform(-4, 4, k)
    return (data.with_bias(X) if k == 1 or rng.integers(2) else X), z


def rows(rng):
    k = int(rng.integers(1, 5))
    n = int(10 ** rng.uniform(1, 2.301))
    z = data.with_bias(rng.standard_normal((n, k)))
    return z * 10 ** rng.uniform(-4, 4, n)[:, None], z


def mixed(rng):
    k = int(rng.integers(1, 5))
    n = int(10 ** rng.uniform(1, 2.301))
    z = rng.standard_normal((n, k))
    X = (z + 10 ** rng.uniform(-1, 4, k) * rng.choice([-1, 1], k)) * 10 ** rng.uniform(-4, 4, k)
    return data.with_bias(X), z


def tables(rng):
    name = rng.choice(["iris", "wine", "diabetes", "breast_cancer"])
    table = getattr(datasets, f"load_{name}")(**({"scaled": False} if name == "diabetes" else {}))
    k = int(rng.integers(1, 5))
    n = int(min(len(table.data), 10 ** rng.uniform(1, 2.301)))
    pick = rng.choice(len(table.data), n, replace=False)
    X = table.data[np.ix_(pick, rng.choice(table.data.shape[1], k, replace=False))]
    X, unique = np.unique(X, axis=0, return_index=True)
    spread = X.std(axis=0)
    return data.with_bias(X), (X - X.mean(0)) / np.where(spread == 0, 1, spread), table.target[pick][unique].astype(float)


def instance(seed, family=None):
    """The instance of that number: families take turns."""
    rng = np.random.default_rng([2024, seed])
    family = FAMILIES[seed % len(FAMILIES)] if family is None else family
    while True:
        made = globals()[family](rng)
        X, Z = made[:2]
        y = labels(Z, rng)
        if len(made) == 3 and rng.integers(2):
            y = made[2]
        if family != "rows":
            Z = data.with_bias(Z)
        D = listed(X, Z, rng)
        top = convex.lambda_max(X, y, D)
        if top > 0:
            break
    share = 10 ** rng.uniform(*SHARES)
    P = "all" if D is None else len(D)
    return Instance(
        f"{seed:4d} {family:8s} n {X.shape[0]:3d} d {X.shape[1]} P {P} share {share:.4f}",
        X,
        y,
        share * top,
        D,
    )


def judge(X, y, lam, D, solution):
    """What an independent judge finds, in extended precision: dict(objective, violation, bound).

    objective, the loss of the network; violation, how far rows are outside their cones, of ||x_j|| ||u||; bound, what
    the dual point proves over the patterns D, whatever the rounding of the projections.
    """
    long = np.longdouble
    XL, yL = X.astype(long), y.astype(long)
    B = np.vstack([solution.U, solution.V]).astype(long)
    used = B.any(axis=1)
    DD = np.vstack([solution.patterns, solution.patterns])[used]
    s = np.repeat([1.0, -1.0], len(solution.U))[used].astype(long)
    B = B[used]
    Z = B @ XL.T
    penalty = 2 * long(lam) * np.sqrt((B * B).sum(axis=1)).sum()
    network = np.sum((s @ np.maximum(Z, 0) - yL) ** 2) + penalty
    fitted = np.sum((s @ (DD * Z) - yL) ** 2) + penalty
    outside = np.where(DD, -Z, Z)
    theta = solution.dual.astype(long)
    h = max((length(XL, d, theta * sign) for d in D for sign in (1, -1)), default=long(0))
    inner = yL @ theta
    square = theta @ theta
    bound = long(0)
    if inner > 0:
        t = min(inner / square, lam / h if h > 0 else np.inf)
        bound = 2 * t * inner - t * t * square
    return dict(
        network=float(network),
        fitted=float(fitted),
        violation=float(np.max(np.maximum(outside, 0).max(axis=1) / np.abs(Z).max(axis=1))) if len(B) else 0.0,
        bound=float(bound),
    )


def length(X, d, theta):
    """An upper bound, tight up to rounding, on the length of the projection of X' D theta on the cone of pattern d."""
    z = (theta * d) @ X
    C = np.where(d, 1, -1)[:, None] * X
    norms = np.sqrt((C * C).sum(axis=1))
    C = C[norms > 0] / norms[norms > 0][:, None]
    best = np.sqrt(z @ z)
    if best == 0:
        return best
    p = z.copy()
    total = np.zeros(len(C), z.dtype)
    for _ in range(40):  # active set in extended precision, started from double
        try:
            mu, _ = nnls(C.astype(float).T, -(p / best).astype(float), maxiter=1000)
        except RuntimeError:
            break
        support = mu > 0
        total = np.maximum(0, total) + best * mu
        on = np.flatnonzero(total > 0)
        p = z + total @ C
        # exact least squares on the support, in extended precision
        M = C[on]
        if len(on) and len(on) <= C.shape[1]:
            refined = least(M, z)
            if refined is not None and (refined >= 0).all():
                total[:] = 0
                total[on] = refined
                p = z + total @ C
        new = np.sqrt(p @ p)
        if new >= best * (1 - 1e-12):
            best = min(best, new)
            break
        best = new
        if best <= 1e-17 * np.sqrt(z @ z) or not support.any():
            break
    return best


def least(M, z):
    """mu with M M' mu = -M z by Gram-Schmidt, twice, in extended precision."""
    k = len(M)
    Q = np.zeros_like(M)
    R = np.zeros((k, k), M.dtype)
    for i in range(k):
        v = M[i].copy()
        for _ in range(2):
            for j in range(i):
                a = Q[j] @ v
                R[j, i] += a
                v = v - a * Q[j]
        R[i, i] = np.sqrt(v @ v)
        if R[i, i] < 1e-17:
            return None
        Q[i] = v / R[i, i]
    mu = np.zeros(k, M.dtype)
    for i in range(k - 1, -1, -1):
        mu[i] = (-(Q[i] @ z) - R[i, i + 1 :] @ mu[i + 1 :]) / R[i, i]
    return mu


def peer(X, y, lam, D):
    """cvxpy with CLARABEL: (value of its point, seconds)."""
    import cvxpy as cp

    from helpers.solver import conic

    begun = time.process_time()
    try:
        problem, _ = conic.program(X, y, lam, D)
        problem.solve(solver=cp.CLARABEL, max_threads=1)
        return problem.value, time.process_time() - begun
    except Exception:
        return None, time.process_time() - begun


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, nargs="*")
    parser.add_argument("--family")
    parser.add_argument("--seconds", type=float, default=np.inf)
    parser.add_argument("--deep", action="store_true")
    parser.add_argument("--judge", action="store_true")
    parser.add_argument("--cache", default="/tmp/pre/clarabel.json")
    parser.add_argument("--out", default="/tmp/pre/out.json")
    args = parser.parse_args()
    if args.deep:
        SHARES[:] = [-7, -3]
        args.cache = args.cache.replace(".json", "_deep.json")
    cache = json.loads(Path(args.cache).read_text()) if Path(args.cache).exists() else {}
    convex.solve(data.with_bias(np.arange(5.0)), np.arange(5.0) ** 2, 0.1)
    results = []
    for seed in args.only or range(args.seed, args.seed + args.count):
        if args.family and not args.only and FAMILIES[seed % len(FAMILIES)] != args.family:
            continue
        I = instance(seed)
        D = patterns.enumerate_patterns(I.X) if I.patterns is None else I.patterns
        if str(seed) not in cache:
            cache[str(seed)] = peer(I.X, I.y, I.lam, D)
            Path(args.cache).write_text(json.dumps(cache))
        value, seconds = cache[str(seed)]
        limit = min(args.seconds, max(20.0, 5 * seconds + 0.5))
        begun = time.process_time()
        s = convex.solve(I.X, I.y, I.lam, I.patterns, seconds=limit)
        took = time.process_time() - begun
        row = dict(seed=seed, family=I.name.split()[1], gap=s.gap, took=took, peer=seconds, value=value, objective=s.objective, bound=s.lower_bound, converged=s.converged, reason=s.reason)
        note = ""
        if value is not None and s.lower_bound > value * (1 + 1e-7):
            note += f" BOUND ABOVE PEER {s.lower_bound / value - 1:.1e}"
        if args.judge:
            J = judge(I.X, I.y, I.lam, D, s) if s.dual is not None else {}
            row |= J
            if J:
                if J["bound"] < s.lower_bound - 1e-9 * s.objective:
                    note += f" FALSE? {(s.lower_bound - J['bound']) / s.objective:.1e}"
                if abs(J["network"] / s.objective - 1) > 1e-9 or abs(J["fitted"] / s.objective - 1) > 1e-9:
                    note += f" OBJ {J['network'] / s.objective - 1:.1e} {J['fitted'] / s.objective - 1:.1e}"
                if J["violation"] > 1e-9:
                    note += f" VIOL {J['violation']:.1e}"
        slow = took > 5 * seconds + 0.5
        results.append(row)
        print(I.name, f"gap {s.gap:.1e} {'ok' if s.converged else '--'} took {took:.2f} peer {seconds:.2f}{' SLOW' if slow else ''} {s.objective / value - 1 if value else np.nan:.0e}{note} {s.reason}", flush=True)
    for f in FAMILIES:
        R = [r for r in results if r["family"] == f]
        if R:
            closed = np.mean([r["gap"] <= 1e-6 and r["converged"] for r in R])
            fast = np.mean([r["took"] <= 5 * r["peer"] + 0.5 for r in R])
            good = np.mean([r["gap"] <= 1e-6 and r["converged"] and r["took"] <= 5 * r["peer"] + 0.5 for r in R])
            print(f"{f:8s} {len(R)} closed {closed:.3f} fast {fast:.3f} both {good:.3f} worst gap {max(r['gap'] for r in R):.1e} median ratio {np.median([r['took'] / r['peer'] for r in R]):.2f}")
    Path(args.out).write_text(json.dumps(results))


if __name__ == "__main__":
    main()
