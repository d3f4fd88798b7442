"""The convex program: `helpers.convex` beside its peers, on the same instances, one thread, one process for each run.

    python -m benchmarks.convex [--limit 60] [--shares 0.01 0.001] [--methods ours clarabel ...] [--only diabetes]

Peers: PyPI's pyscnn (the published augmented Lagrangian; install it with --no-deps, and linalg_backends), cvxpy with
CLARABEL, ECOS and QOCO, and gradient descent and Adam in torch on the non-convex problem. A peer that is not installed
is left out. Times are CPU seconds of a warm process; memory is what the run added to the process at its peak. One judge
for all, by quadprog (pip install quadprog) and none of our solver's code: the returned point is projected on its
cones, its objective recomputed, and compared with the lower bound that our dual point proves over all the patterns.
pyscnn is stopped after most of the limit and judged by its last iterate; whoever else passes the limit has no result.
Results: benchmarks/results/convex.json, kept up to date as runs end; the table is printed.
"""

import argparse
import importlib.util
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[threads] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np  # noqa: E402

from helpers import convex, data  # noqa: E402
from helpers.patterns import enumerate_patterns  # noqa: E402

RESULTS = Path(__file__).parent / "results" / "convex.json"
INSTANCES = (
    "sine-10",
    "sine-50",
    "sine-200",
    "random-50",
    "random-200",
    "random-1000",
    "diabetes-100",
    "diabetes-500",
    "diabetes-2000",
    "cancer-100",
    "cancer-500",
    "cancer-2000",
)
METHODS = ("ours", "clarabel", "ecos", "qoco", "pyscnn", "gd", "adam")
NAMES = {
    "ours": "working set",
    "clarabel": "cvxpy + CLARABEL",
    "ecos": "cvxpy + ECOS",
    "qoco": "cvxpy + QOCO",
    "pyscnn": "pyscnn 0.0.10",
    "gd": "gradient descent",
    "adam": "Adam",
}


def instance(name):
    """(X, y, D, gates): data, patterns (P, n) and weight vectors (P, d) that have them."""
    kind, size = name.split("-")
    rng = np.random.default_rng(0)
    if kind == "sine":
        x = np.linspace(-1, 1, int(size))
        X, y = data.with_bias(x), np.sin(10 * x)
        return X, y, *enumerate_patterns(X, weights=True)
    if kind == "random":
        X, y = rng.standard_normal((100, 10)), rng.standard_normal(100)
    else:
        from sklearn import datasets

        X, y = getattr(
            datasets, {"diabetes": "load_diabetes", "cancer": "load_breast_cancer"}[kind]
        )(return_X_y=True)
        X, y = (X - X.mean(axis=0)) / X.std(axis=0), (y - y.mean()) / y.std()
    gates = rng.standard_normal((int(size), X.shape[1]))
    D, first = np.unique(gates @ X.T >= 0, axis=0, return_index=True)
    return X, y, D, gates[first]


def ours(X, y, lam, D, gates):
    solution = convex.solve(X, y, lam, D)
    return {"B": np.array([solution.U, solution.V]), "dual": solution.dual}


def conic(solver, **settings):
    def run(X, y, lam, D, gates):
        from helpers.solver.conic import program

        problem, blocks = program(X, y, lam, D)
        problem.solve(solver=solver, **settings)
        return {"B": np.array([block.value for block in blocks])}

    return run


def pyscnn(X, y, lam, D, gates):
    from scnn.metrics import Metrics
    from scnn.models import ConvexReLU
    from scnn.optimize import optimize_model
    from scnn.private.interface import solvers
    from scnn.regularizers import NeuronGL1
    from scnn.solvers import AL

    until = 0.85 * resource.getrlimit(resource.RLIMIT_CPU)[0]

    class Stopping(solvers.ConstrainedHeuristic):
        def __call__(self, *state):
            return time.process_time() > until or super().__call__(*state)

    solvers.ConstrainedHeuristic = Stopping
    model = ConvexReLU(gates.T)  # its objective is ours divided by 2 n
    model, _ = optimize_model(
        model,
        AL(model),
        Metrics(),
        X,
        y,
        regularizer=NeuronGL1(lam / len(X)),
        return_convex=True,
        unitize_data=False,
        dtype="float64",
    )
    kept = (X @ model.G >= 0).T  # it leaves out the pattern without active points
    B = np.array([p.reshape(len(kept), -1) for p in model.get_parameters()])
    return {"B": B, "D": kept, "stopped": time.process_time() > until}


def torch_descent(optimiser, steps, width=200):
    """The best of three step sizes (chosen on a tenth of the steps) on the non-convex problem."""

    def run(X, y, lam, D, gates):
        import torch

        X, y = torch.tensor(X), torch.tensor(y)

        def train(step, steps):
            generator = torch.Generator().manual_seed(0)
            W = (
                0.1 * torch.randn(width, X.shape[1], generator=generator, dtype=X.dtype)
            ).requires_grad_()
            alpha = (0.1 * torch.randn(width, generator=generator, dtype=X.dtype)).requires_grad_()
            descent = optimiser([W, alpha], lr=step)
            for _ in range(steps):
                descent.zero_grad()
                loss = ((torch.relu(X @ W.T) @ alpha - y) ** 2).sum() + lam * (
                    (W**2).sum() + (alpha**2).sum()
                )
                loss.backward()
                descent.step()
            return float(loss.detach()) if torch.isfinite(loss) else np.inf

        base = 1e-2 if optimiser is torch.optim.Adam else 0.1 / float(torch.linalg.norm(X, 2) ** 2)
        best = min((base / 10, base, base / 3), key=lambda step: train(step, steps // 10))
        return {"objective": train(best, steps)}

    return run


def method(name):
    if name in ("gd", "adam"):
        import torch

        torch.set_num_threads(1)
        return torch_descent(torch.optim.SGD if name == "gd" else torch.optim.Adam, 5000)
    return {
        "ours": ours,
        "clarabel": conic("CLARABEL", tol_gap_rel=1e-7, tol_gap_abs=1e-9),
        "ecos": conic("ECOS"),
        "qoco": conic("QOCO"),
        "pyscnn": pyscnn,
    }[name]


def projected(X, pattern, z):
    """The point of K = {u : (2 D - I) X u >= 0} nearest to z."""
    from quadprog import solve_qp

    A, size = np.where(pattern, 1.0, -1.0)[:, None] * X, np.linalg.norm(z)
    if size == 0 or (A @ z).min() >= 0:
        return z
    p = solve_qp(np.eye(len(z)), z / size, np.ascontiguousarray(A.T), np.zeros(len(A)))[0]
    if (A @ p).min() < -1e-9 * np.abs(A).max() or abs(p @ (z / size - p)) > 1e-9:
        raise ArithmeticError("the judge's projection is not one")
    return size * p


def judge(X, y, lam, D, found):
    """Objective of the returned point once it lies in its cones."""
    if "B" not in found:
        return found["objective"]
    fitted, penalty = 0, 0
    for sign, B in zip((1, -1), found["B"]):
        for pattern, b in zip(found.get("D", D), B):
            if b.any():
                b = projected(X, pattern, b)
                fitted = fitted + sign * np.maximum(X @ b, 0)
                penalty += 2 * lam * np.linalg.norm(b)
    return float(np.sum((fitted - y) ** 2) + penalty)


def proved(X, y, lam, D, theta):
    """The lower bound that theta proves over all the patterns D, scaled so that no projection is longer than lam."""
    most = max(
        np.linalg.norm(projected(X, pattern, sign * (theta * pattern) @ X))
        for pattern in D
        for sign in (1, -1)
    )
    s = min(lam / most, y @ theta / (theta @ theta)) if most > 0 else 0.0
    return float(y @ y - np.sum((y - s * theta) ** 2))


def one(name, share, which):
    """Run one method once, warm: its record, as JSON on the last line of the output."""
    X, y, D, gates = instance(name)
    lam, run = share * convex.lambda_max(X, y, D), method(which)
    tiny = np.arange(min(4, len(D)))
    if which not in ("gd", "adam"):
        run(X[:30], y[:30], lam, D[tiny][:, :30], gates[tiny])
    before, begun, wall = (
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        time.process_time(),
        time.perf_counter(),
    )
    found = run(X, y, lam, D, gates)
    record = {
        "instance": name,
        "share": share,
        "method": which,
        "patterns": len(D),
        "lam": lam,
        "seconds": time.process_time() - begun,
        "wall": time.perf_counter() - wall,
        "megabytes": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
    }
    cap(resource.RLIM_INFINITY)
    record["objective"] = judge(X, y, lam, D, found)
    record["bound"] = proved(X, y, lam, D, found["dual"]) if "dual" in found else None
    record["stopped"] = found.get("stopped", False)
    print(json.dumps(record))


def cap(seconds):
    """Limit the CPU time of this process: on a busy machine elapsed time says little."""
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), resource.RLIM_INFINITY))


def table(records):
    """A line per instance and share of lambda_max, a column per method: CPU seconds, certified gap."""
    lines = ["| instance, lam / lambda_max | " + " | ".join(NAMES[m] for m in METHODS) + " |"]
    lines.append("|---" * (len(METHODS) + 1) + "|")
    for key in dict.fromkeys((r["instance"], r["share"]) for r in records):
        row = {r["method"]: r for r in records if (r["instance"], r["share"]) == key}
        bound = max((r["bound"] for r in row.values() if r.get("bound") is not None), default=None)
        cells = []
        for m in METHODS:
            r = row.get(m)
            if r is None or bound is None:
                cells.append("")
            elif "failed" in r:
                cells.append(r["failed"])
            else:
                gap = (r["objective"] - bound) / r["objective"]
                stopped = " (stopped)" if r.get("stopped") else ""
                cells.append(f"{r['seconds']:.2g} s{stopped}, {gap:.0e}, {r['megabytes']:.0f} MB")
        lines.append(f"| {key[0]}, {key[1]:g} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--limit", type=float, default=60, help="CPU seconds a run may take, start included"
    )
    parser.add_argument(
        "--shares", type=float, nargs="+", default=[0.1, 0.01, 0.001], help="lam / lambda_max"
    )
    parser.add_argument("--methods", nargs="+", default=METHODS, choices=METHODS)
    parser.add_argument("--only", default="", help="part of an instance's name")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        return one(arguments.one[0], float(arguments.one[1]), arguments.one[2])
    if importlib.util.find_spec("quadprog") is None:
        parser.error("the judge needs quadprog: pip install quadprog")
    RESULTS.parent.mkdir(exist_ok=True)
    records = json.loads(RESULTS.read_text()) if RESULTS.exists() else []
    for share in arguments.shares:
        for name in (i for i in INSTANCES if arguments.only in i):
            for which in arguments.methods:
                records = [
                    r
                    for r in records
                    if (r["instance"], r["share"], r["method"]) != (name, share, which)
                ]
                kind, size = name.split("-")
                smaller = {
                    i for i in INSTANCES if i.startswith(kind) and int(i.split("-")[1]) < int(size)
                }
                hopeless = any(
                    r["method"] == which
                    and r["share"] == share
                    and r["instance"] in smaller
                    and r.get("failed", "").startswith("over")
                    for r in records
                )
                record = {
                    "instance": name,
                    "share": share,
                    "method": which,
                    "failed": "not run: a smaller one took too long",
                }
                if not hopeless:
                    try:
                        command = [sys.executable, __file__, "--one", name, str(share), which]
                        done = subprocess.run(
                            command,
                            capture_output=True,
                            text=True,
                            timeout=20 * arguments.limit,
                            preexec_fn=lambda: cap(arguments.limit),
                        )
                        lines = done.stdout.strip().splitlines()
                        absent = "not installed" in done.stderr or "No module" in done.stderr
                        late = f"over {arguments.limit:g} s" if done.returncode < 0 else "failed"
                        failure = {"failed": "not installed" if absent else late}
                        record = json.loads(lines[-1]) if done.returncode == 0 else record | failure
                    except subprocess.TimeoutExpired:
                        record["failed"] = f"over {20 * arguments.limit:g} s of waiting"
                records.append(record)
                RESULTS.write_text("[\n" + ",\n".join(json.dumps(r) for r in records) + "\n]\n")
                print({k: v for k, v in record.items() if k != "lam"}, flush=True)
    print(table(records))


if __name__ == "__main__":
    main()
