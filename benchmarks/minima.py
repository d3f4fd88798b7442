"""Where 10,000 descents end on small problems whose local minima are all known.

    python -m benchmarks.minima

For every problem of the section on local minima: the list, and how many of the descents end at each
of its points, of gradient descent and Adam, from three scales. For random points in the plane, how
the list changes with the width; for random data, how programs, minima and CPU time grow. Results:
benchmarks/results/minima.json.
"""

import json
import os
import resource
import time
from pathlib import Path

import numpy as np

from helpers import convex, minima
from helpers.sections import local_minima

RESULTS = Path(__file__).parent / "results" / "minima.json"
RUNS = 10_000
PROBLEMS = (("plane", 2), ("teaser", 1), ("teaser", 2), ("teaser", 3), ("line", 2))
WIDTHS = (1, 2, 3, 4)
FEWER = 3_000  # descents at each of the widths
SIZES = (  # n, d, width
    (4, 2, 2),
    (8, 2, 2),
    (16, 2, 2),
    (32, 2, 2),
    (4, 3, 2),
    (6, 3, 2),
    (8, 3, 2),
    (12, 3, 2),
    (4, 2, 3),
    (8, 2, 3),
    (12, 2, 3),
    (4, 3, 3),
    (5, 3, 3),
    (6, 3, 3),
    (8, 3, 3),
)


def ladder(name, width, runs):
    """The list of a problem, and where descents end on it."""
    problem = local_minima.problem(name, width)
    found = problem.list()
    reached = local_minima.shares(problem, found, runs)
    told = [
        {"kind": str(point.kind), "loss": point.loss, "dead": point.dead}
        for point in local_minima.entries(found)
    ]
    return {
        "lam": problem.lam,
        "programs": found.programs,
        "gap": found.largest_gap,
        "entries": told,
        "minima": len(found.minima),
        "closed": len(local_minima.closed(found, width)),
        "global": int(sum(reached.counts[k].sum() for k in _global(found))),
        "runs": runs,
        "counts": reached.counts.tolist(),
        "nowhere": reached.nowhere,
    }


def _global(found):
    """The entries of a loss that no network beats."""
    points = local_minima.entries(found)
    return [k for k, point in enumerate(points) if point.is_global]


def growth(n, d, width):
    """Programs, minima and CPU seconds of random data at 0.05 lambda_max."""
    S = local_minima.plane(n, d, seed=0)
    lam = 0.05 * convex.lambda_max(S.X, S.y)
    begun = time.process_time()
    found = minima.local_minima(S.X, S.y, lam, width)
    return {
        "n": n,
        "d": d,
        "width": width,
        "programs": found.programs,
        "minima": len(found.minima),
        "gap": found.largest_gap,
        "seconds": time.process_time() - begun,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def store(record):
    """Write the record, whole or not at all."""
    part = RESULTS.with_suffix(".part")
    part.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    os.replace(part, RESULTS)


def main():
    local_minima.to_rest(np.eye(2), np.ones(2), np.ones((1, 1, 2)), np.ones((1, 1)), 0.1)
    record = {"ladders": {}, "widths": {}, "growth": []}
    for name, width in PROBLEMS:
        record["ladders"][f"{name} {width}"] = ladder(name, width, RUNS)
        print(name, width, record["ladders"][f"{name} {width}"]["nowhere"], "nowhere", flush=True)
        store(record)
    for width in WIDTHS:
        record["widths"][str(width)] = ladder("plane", width, FEWER)
        print("width", width, flush=True)
        store(record)
    for size in SIZES:
        record["growth"].append(growth(*size))
        print(record["growth"][-1], flush=True)
        store(record)


if __name__ == "__main__":
    main()
