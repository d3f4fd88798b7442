"""The convex program: `helpers.convex` beside its peers, on the same instances, one thread each.

    python -m benchmarks.convex [--limit 60] [--shares 0.01 0.001] [--methods ours clarabel ...]
                                [--only diabetes]

Peers: PyPI's pyscnn (the published augmented Lagrangian; install it with --no-deps, and
linalg_backends), cvxpy with CLARABEL, ECOS and QOCO, and gradient descent and Adam in torch on the
non-convex problem. A peer that is not installed is left out.

Every run has a process of its own. Times are CPU seconds of a warm process; memory is what the run
added to the process at its peak. One judge for all, by quadprog (pip install quadprog) and none of
our solver's code: the returned point is projected on its cones, its objective recomputed, and
compared with the lower bound that our dual point proves over all the patterns. pyscnn is stopped
after most of the limit and judged by its last iterate; whoever else passes the limit has no result.

Results: benchmarks/results/convex.json, kept up to date as runs end; the table is printed.
"""

import argparse
import importlib.util
import json
import resource
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks import _alone
from helpers import convex, data, files
from helpers.patterns import enumerate_patterns

RESULTS = Path(__file__).parent / "results" / "convex.json"
INSTANCES = (  # kind of data, number of points (sine) or of patterns drawn
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
NAMES = {
    "ours": "working set",
    "clarabel": "cvxpy + CLARABEL",
    "ecos": "cvxpy + ECOS",
    "qoco": "cvxpy + QOCO",
    "pyscnn": "pyscnn 0.0.10",
    "gd": "gradient descent",
    "adam": "Adam",
}
METHODS = tuple(NAMES)
DESCENT = ("gd", "adam")
DESCENT_STEPS = 5000

# What a record's "failed" says.
TOO_SLOW = "over"  # and how much
HOPELESS = "not run: a smaller one took too long"
NOT_INSTALLED = "not installed"
FAILED = "failed"

WAITING = 20  # times the limit: how much longer than its CPU time a run may take on a busy machine
STOP = 0.85  # share of the limit after which pyscnn is stopped: the judge needs the rest


class Instance(NamedTuple):
    """Data X (n, d), y (n,), patterns D (P, n) and weight vectors gates (P, d) that have them."""

    X: np.ndarray
    y: np.ndarray
    D: np.ndarray
    gates: np.ndarray


def instance(name: str) -> Instance:
    """The Instance of that name, one of INSTANCES."""
    kind, size = name.split("-")
    rng = np.random.default_rng(0)
    if kind == "sine":
        x = np.linspace(-1, 1, int(size))
        X = data.with_bias(x)
        return Instance(X, np.sin(10 * x), *enumerate_patterns(X, weights=True))
    if kind == "random":
        X = rng.standard_normal((100, 10))
        y = rng.standard_normal(100)
    else:
        X, y = tables()[kind](return_X_y=True)
        X = (X - X.mean(axis=0)) / X.std(axis=0)
        y = (y - y.mean()) / y.std()
    gates = rng.standard_normal((int(size), X.shape[1]))
    D, first = np.unique(gates @ X.T >= 0, axis=0, return_index=True)
    return Instance(X, y, D, gates[first])


# Imports in functions: a peer may be absent, and what is loaded counts in a run's memory.


def tables():
    """Tables of real data by kind, as functions."""
    from sklearn import datasets

    return {"diabetes": datasets.load_diabetes, "cancer": datasets.load_breast_cancer}


# A method takes (X, y, lam, D, gates) and returns what it found: B (2, P, d), its U and V, or the
# objective alone; dual, a dual point (n,); D, its patterns where they are others; stopped.


def ours(X, y, lam, D, gates):
    solution = convex.solve(X, y, lam, D)
    return {"B": np.array([solution.U, solution.V]), "dual": solution.dual}


def conic(solver, **settings):
    """The method that hands the program to one of cvxpy's solvers."""

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

    until = STOP * _alone.cpu_limit()

    class Stopping(solvers.ConstrainedHeuristic):
        def __call__(self, *state):
            return time.process_time() > until or super().__call__(*state)

    solvers.ConstrainedHeuristic = Stopping
    model = ConvexReLU(gates.T)
    model, _ = optimize_model(
        model,
        AL(model),
        Metrics(),
        X,
        y,
        regularizer=NeuronGL1(lam / len(X)),  # its objective is ours divided by 2 n
        return_convex=True,
        unitize_data=False,
        dtype="float64",
    )
    kept = (X @ model.G >= 0).T  # it leaves out the pattern without active points
    B = np.array([p.reshape(len(kept), -1) for p in model.get_parameters()])
    return {"B": B, "D": kept, "stopped": time.process_time() > until}


def torch_descent(name, width=200):
    """The best of three step sizes (chosen on a tenth of the steps) on the non-convex problem."""
    import torch

    torch.set_num_threads(1)
    optimiser = torch.optim.Adam if name == "adam" else torch.optim.SGD

    def run(X, y, lam, D, gates):
        X = torch.tensor(X)
        y = torch.tensor(y)

        def train(step, steps):
            generator = torch.Generator().manual_seed(0)

            def weights(*shape):
                drawn = torch.randn(*shape, generator=generator, dtype=X.dtype)
                return (0.1 * drawn).requires_grad_()

            W = weights(width, X.shape[1])
            alpha = weights(width)
            descent = optimiser([W, alpha], lr=step)
            for _ in range(steps):
                descent.zero_grad()
                residual = torch.relu(X @ W.T) @ alpha - y
                decay = (W**2).sum() + (alpha**2).sum()
                loss = (residual**2).sum() + lam * decay
                loss.backward()
                descent.step()
            return float(loss.detach()) if torch.isfinite(loss) else np.inf

        smooth = float(torch.linalg.norm(X, 2) ** 2)
        base = 1e-2 if name == "adam" else 0.1 / smooth
        steps = (base / 10, base, base / 3)
        best = min(steps, key=lambda step: train(step, DESCENT_STEPS // 10))
        return {"objective": train(best, DESCENT_STEPS)}

    return run


def method(name):
    """The method of that name, one of METHODS."""
    if name in DESCENT:
        return torch_descent(name)
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

    A = np.where(pattern, 1.0, -1.0)[:, None] * X
    size = np.linalg.norm(z)
    if size == 0 or (A @ z).min() >= 0:
        return z
    p = solve_qp(np.eye(len(z)), z / size, np.ascontiguousarray(A.T), np.zeros(len(A)))[0]
    outside = (A @ p).min() < -1e-9 * np.abs(A).max()
    askew = abs(p @ (z / size - p)) > 1e-9  # what a projection leaves is orthogonal to it
    if outside or askew:
        raise ArithmeticError("the judge's projection is not one")
    return size * p


def judge(X, y, lam, D, found):
    """Objective of the returned point once it lies in its cones."""
    if "B" not in found:
        return found["objective"]
    fitted = 0
    penalty = 0
    for sign, B in zip((1, -1), found["B"], strict=True):
        for pattern, b in zip(found.get("D", D), B, strict=True):
            if b.any():
                b = projected(X, pattern, b)
                fitted = fitted + sign * np.maximum(X @ b, 0)
                penalty += 2 * lam * np.linalg.norm(b)
    return float(np.sum((fitted - y) ** 2) + penalty)


def proved(X, y, lam, D, theta):
    """The lower bound that theta proves over all the patterns D.

    theta is scaled so that no projection is longer than lam.
    """
    most = max(
        np.linalg.norm(projected(X, pattern, sign * (theta * pattern) @ X))
        for pattern in D
        for sign in (1, -1)
    )
    scale = min(lam / most, y @ theta / (theta @ theta)) if most > 0 else 0.0
    return float(y @ y - np.sum((y - scale * theta) ** 2))


def one(name, share, which):
    """Run one method once, warm: its record, as JSON on the last line of the output."""
    X, y, D, gates = instance(name)
    lam = share * convex.lambda_max(X, y, D)
    run = method(which)
    if which not in DESCENT:
        few = np.arange(min(4, len(D)))
        run(X[:30], y[:30], lam, D[few][:, :30], gates[few])  # compiles, loads, allocates
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.process_time()
    wall = time.perf_counter()
    found = run(X, y, lam, D, gates)
    record = {
        "instance": name,
        "share": share,
        "method": which,
        "patterns": len(D),
        "lam": lam,
        "seconds": time.process_time() - begun,
        "wall": time.perf_counter() - wall,
        "megabytes": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024,
    }
    _alone.limit_cpu(resource.RLIM_INFINITY)  # the judge takes its time
    record["objective"] = judge(X, y, lam, D, found)
    record["bound"] = proved(X, y, lam, D, found["dual"]) if "dual" in found else None
    record["stopped"] = found.get("stopped", False)
    print(json.dumps(record))


def key(record):
    """What a record is about: instance, share of lambda_max, method."""
    return record["instance"], record["share"], record["method"]


def outcome(name, share, which, limit):
    """The record of a run of `one` that may take `limit` CPU seconds."""
    record = {"instance": name, "share": share, "method": which}
    arguments = ("--one", name, str(share), which)
    patience = WAITING * limit
    try:
        done = _alone.run("benchmarks.convex", *arguments, cpu_seconds=limit, seconds=patience)
    except subprocess.TimeoutExpired:
        return record | {"failed": f"{TOO_SLOW} {patience:g} s of waiting"}
    if done.returncode == 0:
        return json.loads(done.stdout.strip().splitlines()[-1])
    if "not installed" in done.stderr or "No module" in done.stderr:
        return record | {"failed": NOT_INSTALLED}
    if done.returncode < 0:  # ended by a signal: that of its limit
        return record | {"failed": f"{TOO_SLOW} {limit:g} s"}
    return record | {"failed": FAILED}


def hopeless(name, share, which, records):
    """Whether a smaller instance of the kind took the method too long."""
    kind, size = name.split("-")
    for record in records:
        other_kind, other_size = record["instance"].split("-")
        smaller = other_kind == kind and int(other_size) < int(size)
        late = record.get("failed", "").startswith(TOO_SLOW)
        if smaller and late and (record["share"], record["method"]) == (share, which):
            return True
    return False


def table(records):
    """A line per instance and share of lambda_max, a column per method: seconds, gap, memory."""
    lines = [
        "| instance, lam / lambda_max | " + " | ".join(NAMES.values()) + " |",
        "|---" * (len(METHODS) + 1) + "|",
    ]
    for name, share in dict.fromkeys((r["instance"], r["share"]) for r in records):
        row = {r["method"]: r for r in records if (r["instance"], r["share"]) == (name, share)}
        bounds = [r["bound"] for r in row.values() if r.get("bound") is not None]
        cells = [cell(row.get(method), bounds) for method in METHODS]
        lines.append(f"| {name}, {share:g} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def cell(record, bounds):
    """What the table says of a record, by the best of the bounds that the row's runs proved."""
    if record is None or not bounds:
        return ""
    if "failed" in record:
        return record["failed"]
    gap = (record["objective"] - max(bounds)) / record["objective"]
    stopped = " (stopped)" if record.get("stopped") else ""
    return f"{record['seconds']:.2g} s{stopped}, {gap:.0e}, {record['megabytes']:.0f} MB"


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    seconds = "CPU seconds a run may take, start included"
    parser.add_argument("--limit", type=float, default=60, help=seconds)
    shares = [0.1, 0.01, 0.001]
    parser.add_argument("--shares", type=float, nargs="+", default=shares, help="lam / lambda_max")
    parser.add_argument("--methods", nargs="+", default=METHODS, choices=METHODS)
    parser.add_argument("--only", default="", help="part of an instance's name")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if importlib.util.find_spec("quadprog") is None and not arguments.one:
        parser.error("the judge needs quadprog: pip install quadprog")
    return arguments


def main():
    arguments = parse()
    if arguments.one:
        name, share, which = arguments.one
        one(name, float(share), which)
        return
    RESULTS.parent.mkdir(exist_ok=True)
    records = files.read_json(RESULTS) if RESULTS.exists() else []
    planned = [
        (name, share, which)
        for share in arguments.shares
        for name in INSTANCES
        if arguments.only in name
        for which in arguments.methods
    ]
    for name, share, which in planned:
        records = [r for r in records if key(r) != (name, share, which)]
        if hopeless(name, share, which, records):
            record = {"instance": name, "share": share, "method": which, "failed": HOPELESS}
        else:
            record = outcome(name, share, which, arguments.limit)
        records.append(record)
        lines = ",\n".join(json.dumps(r) for r in records)
        files.write_at_once(RESULTS, f"[\n{lines}\n]\n")
        print({k: v for k, v in record.items() if k != "lam"}, flush=True)
    print(table(records))


if __name__ == "__main__":
    main()
