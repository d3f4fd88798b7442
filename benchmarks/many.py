"""A million patterns beside ten thousand: random 100 x 10 at 0.01 lambda_max, one thread, one process for each run.

    python -m benchmarks.many

Prints CPU seconds, gap, and what the run added to the process's memory at its peak; results: benchmarks/results/many.json.
"""

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks import convex as peers  # limits the threads
from helpers import convex

RESULTS = Path(__file__).parent / "results" / "many.json"
COUNTS = 10_000, 1_000_000


def peak():
    """This process's largest resident memory so far, in MB (Linux)."""
    return int(re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())[1]) / 1024


def one(count):
    """Solve once, warm: the record."""
    X, y, D, _ = peers.instance("random-50")
    convex.solve(X[:60], y[:60], 1.0, D[:, :60])
    rng, D = np.random.default_rng(1), np.empty((count, len(X)), bool)
    for begin in range(0, count, 10_000):
        D[begin : begin + 10_000] = rng.standard_normal((10_000, X.shape[1])) @ X.T >= 0
    lam = 0.01 * convex.lambda_max(X, y, D)
    Path("/proc/self/clear_refs").write_text(
        "5"
    )  # the peak is forgotten: what lambda_max took does not count
    before, begun = peak(), time.process_time()
    solution = convex.solve(X, y, lam, D)
    seconds = time.process_time() - begun
    return {
        "patterns": count,
        "seconds": seconds,
        "gap": solution.gap,
        "objective": solution.objective,
        "megabytes": peak() - before,
        "packed megabytes": count * -(-len(X) // 8) / 2**20,
    }


def main():
    if len(sys.argv) > 1:
        return print(json.dumps(one(int(sys.argv[1]))))
    runs = [
        subprocess.run(
            [sys.executable, "-m", "benchmarks.many", str(count)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for count in COUNTS
    ]
    records = [json.loads(run.splitlines()[-1]) for run in runs]
    RESULTS.write_text(json.dumps(records, indent=1) + "\n")
    for record in records:
        print(record)
    print(f"a million takes {records[1]['seconds'] / records[0]['seconds']:.1f} times as long")


if __name__ == "__main__":
    main()
