"""A million patterns beside ten thousand: random 100 x 10 at 0.01 lambda_max, one thread.

    python -m benchmarks.many

Every run has a process of its own. Prints CPU seconds, gap, and what the run added to the process's
memory at its peak; results: benchmarks/results/many.json.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks import _alone
from benchmarks import convex as peers
from helpers import convex, files

RESULTS = Path(__file__).parent / "results" / "many.json"
FEW = 10_000
MANY = 1_000_000


def drawn(X, count):
    """Patterns (count, n) of random weight vectors, made FEW at a time."""
    rng = np.random.default_rng(1)
    D = np.empty((count, len(X)), bool)
    for begin in range(0, count, FEW):
        D[begin : begin + FEW] = rng.standard_normal((FEW, X.shape[1])) @ X.T >= 0
    return D


def one(count):
    """Solve once, warm: the record."""
    X, y, listed, _ = peers.instance("random-50")
    convex.solve(X[:60], y[:60], 1.0, listed[:, :60])
    D = drawn(X, count)
    lam = 0.01 * convex.lambda_max(X, y, D)
    _alone.forget_peak()  # what lambda_max took does not count
    memory = _alone.memory("VmHWM")
    begun = time.process_time()
    solution = convex.solve(X, y, lam, D)
    seconds = time.process_time() - begun
    return {
        "patterns": count,
        "seconds": seconds,
        "gap": solution.gap,
        "objective": solution.objective,
        "megabytes": (_alone.memory("VmHWM") - memory) / 2**20,
        "packed megabytes": count * -(-len(X) // 8) / 2**20,
    }


def main():
    if len(sys.argv) > 1:
        print(json.dumps(one(int(sys.argv[1]))))
        return
    runs = [_alone.run("benchmarks.many", str(count), check=True) for count in (FEW, MANY)]
    few, many = [json.loads(run.stdout.splitlines()[-1]) for run in runs]
    files.write_at_once(RESULTS, json.dumps([few, many], indent=1) + "\n")
    print(few)
    print(many)
    print(f"a million takes {many['seconds'] / few['seconds']:.1f} times as long")


if __name__ == "__main__":
    main()
