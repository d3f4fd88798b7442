"""Where 10,000 descents end on small problems whose local minima are all known.

    python -m benchmarks.minima [ladders] [widths] [growth]

For every problem of the section on local minima: the list, and how many of the descents end at each
of its points, of gradient descent and Adam, from three scales. For random points in the plane, how
the list changes with the width; for random data, how programs, minima and CPU time grow. Results:
benchmarks/results/minima.json.
"""

import json
import resource
import sys
import time
from pathlib import Path

from helpers import convex, files, minima
from helpers.sections import local_minima

RESULTS = Path(__file__).parent / "results" / "minima.json"
RUNS = 10_000
PROBLEMS = (("plane", 2), ("teaser", 1), ("teaser", 2), ("teaser", 3), ("line", 2))
WIDTHS = (1, 2, 3, 4)
FEWER = 1_200  # descents at each of the widths
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


def store(name, part):
    """Write one part of the record, the others left as they are: whole or not at all."""
    record = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    record[name] = part
    files.write_at_once(RESULTS, json.dumps(record, indent=1) + "\n")


def ladders():
    """Part of the record: the lists of the page's problems, and where descents end."""
    told = {}
    for name, width in PROBLEMS:
        told[f"{name} {width}"] = ladder(name, width, RUNS)
        print(name, width, told[f"{name} {width}"]["nowhere"], "nowhere", flush=True)
    return told


def widths():
    """Part of the record: points in the plane, for several widths."""
    told = {}
    for width in WIDTHS:
        told[str(width)] = ladder("plane", width, FEWER)
        print("width", width, flush=True)
    return told


def sizes():
    """Part of the record: how programs and minima grow."""
    told = []
    for size in SIZES:
        told.append(growth(*size))
        print(told[-1], flush=True)
    return told


PARTS = {"ladders": ladders, "widths": widths, "growth": sizes}


def main():
    for name in sys.argv[1:] or PARTS:
        store(name, PARTS[name]())


if __name__ == "__main__":
    main()
