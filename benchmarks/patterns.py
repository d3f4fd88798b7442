"""Cells per second of enumerate_patterns against other tools, same X, same run, one thread.

    python -m benchmarks.patterns [table ..]

Without names of tables all are measured. The families are those that the field publishes, as
integers, which are decided exactly, and times pi, as floats.

The other tools: an incremental enumeration that asks scipy's HiGHS for every cell and every new
point whether it is cut; SageMath's `regions()` (pip install passagemath-polyhedra
passagemath-modules) and relucent (pip install relucent), if this Python has them; sampling, as the
published convex solvers do it. Writes benchmarks/results/patterns.json.
"""

import json
import resource
import signal
import sys
import time
from pathlib import Path

import numpy as np
from scipy.optimize import linprog
from threadpoolctl import threadpool_limits

from benchmarks import _alone, _families
from helpers import files
from helpers.patterns import betti_numbers, count_patterns, enumerate_patterns

RESULTS = Path(__file__).parent / "results" / "patterns.json"
PATIENCE = 180  # seconds for one call of another tool


def clock():
    """Processor seconds of this process and the children it has waited for.

    What else the machine does matters less than it would for seconds on the wall.
    """
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def normal(n, d):
    return np.random.default_rng(0).standard_normal((n, d))


def scipy_incremental(X):
    """Patterns as rows: a linear program a cell and new point.

    Every cell keeps a weight vector of its own.
    """

    def inside(A):
        """w with A w >= 1, None if there is none."""
        bounds = (None, None)
        return linprog(np.zeros(A.shape[1]), -A, -np.ones(len(A)), bounds=bounds).x

    found = [(np.ones(1), X[0]), (-np.ones(1), -X[0])]
    for j in range(1, len(X)):
        grown = []
        for signs, w in found:
            side = 1.0 if X[j] @ w > 0 else -1.0
            grown.append((np.r_[signs, side], w))
            across = np.r_[signs, -side]
            other = inside(across[:, None] * X[: j + 1])
            if other is not None:
                grown.append((across, other))
        found = grown
    return np.array([signs > 0 for signs, _ in found])


def sage_regions(X):
    # Importing this registers what the next lines need.
    import sage.all__sagemath_polyhedra  # noqa: F401
    from sage.geometry.hyperplane_arrangement.arrangement import HyperplaneArrangements
    from sage.rings.rational_field import QQ

    space = HyperplaneArrangements(QQ, tuple(f"w{i}" for i in range(X.shape[1])))
    exact = [
        [QQ(p) / QQ(q) for p, q in map(float.as_integer_ratio, row)]
        for row in X.astype(float).tolist()
    ]
    return space([[QQ(0), *row] for row in exact]).regions()


def relucent_search(X):
    """Cells of the half x_0'w > 0, as those of a network on the plane x_0'w = 1, counted twice.

    The others are their opposites.
    """
    import torch
    from relucent import Complex

    n, d = X.shape
    across = np.linalg.svd(X[:1])[2][1:].T
    hidden = torch.nn.Linear(d - 1, n - 1).double()
    hidden.weight.data = torch.tensor(X[1:] @ across)
    hidden.bias.data = torch.tensor(X[1:] @ X[0] / (X[0] @ X[0]))
    output = torch.nn.Linear(n - 1, 1).double()
    network = Complex(torch.nn.Sequential(hidden, torch.nn.ReLU(), output))
    network.bfs(nworkers=1, verify=False, verbose=0)
    return 2 * list(range(len(network)))


def published_sampling(X, count=100_000):
    G = np.random.default_rng(1).standard_normal((X.shape[1], count))
    return np.unique(X @ G >= 0, axis=1).T


def seconds(call, *arguments, rounds=1, **settings):
    """(median time of a few calls, the result of the last).

    (None, why) if they take more than PATIENCE or what they import is not installed.
    """

    def stop(*_):
        raise TimeoutError

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(PATIENCE)
    times = []
    try:
        for _ in range(rounds):
            start = clock()
            result = call(*arguments, **settings)
            times.append(clock() - start)
    except TimeoutError:
        return None, f"over {PATIENCE} s"
    except ImportError:
        return None, "not installed"
    finally:
        signal.alarm(0)
    return float(np.median(times)), result


def against_others(name, X):
    """A row of the table: cells per second of ours, and by how much it passes the others."""
    ours, D = seconds(enumerate_patterns, X, rounds=21)
    row = {"data": name, "cells": len(D), "ours": len(D) / ours}
    for tool in (scipy_incremental, sage_regions, relucent_search):
        other, result = seconds(tool, X)
        if other is None:
            row[tool.__name__] = result
            continue
        row[tool.__name__] = (len(D) / ours) / (len(result) / other)
        if len(result) != len(D):
            row[tool.__name__ + " missed"] = len(D) - len(result)
    return row


def against_sampling(name, X):
    """A row of the table: the share of the cells that sampling finds, and its time over ours."""
    ours, D = seconds(enumerate_patterns, X, rounds=11)
    other, found = seconds(published_sampling, X)
    return {"data": name, "cells": len(D), "found": len(found) / len(D), "ratio": other / ours}


def against_copying(name, X, rounds):
    """A row of the table: time over that of a copy of the packed list.

    Both go to fresh memory: every result is kept until the end.
    """
    ours = []
    copies = []
    kept = []
    for _ in range(rounds):
        start = clock()
        kept.append(enumerate_patterns(X, packed=True))
        ours.append(clock() - start)
        start = clock()
        kept.append(kept[-1].copy())
        copies.append(clock() - start)
    D = kept[-1]
    again = min(seconds(D.copy)[0] for _ in range(5))
    median = float(np.median(ours))
    return {
        "data": name,
        "cells": len(D),
        "bytes": D.nbytes,
        "seconds": median,
        "ratio": median / float(np.median(copies)),
        "ratio to reused memory": median / again,
    }


def peak(name, X):
    """A row of the table: peak of memory while listing, less that before, over the list's."""
    _alone.forget_peak()
    before = _alone.memory("VmRSS")
    packed = enumerate_patterns(X, packed=True)
    ratio = (_alone.memory("VmHWM") - before) / packed.nbytes
    return {"data": name, "bytes": packed.nbytes, "ratio": ratio}


def threshold_functions(m):
    """A row of the table: the cells of the m-cube with a bias, one a threshold function."""
    taken, count = seconds(count_patterns, _families.threshold(m))
    return {"variables": m, "cells": count, "known": 15_028_134, "seconds": taken}


def cells_by_vertices(name, X, known):
    """A row of the table: cells of a large family by the size of their vertex set, and all."""
    start = clock()
    numbers = betti_numbers(X)
    taken = clock() - start
    return {"data": name, "betti": numbers, "cells": sum(numbers), "known": known, "seconds": taken}


def exact_and_floats(name, X):
    """A row of the table: seconds for counting the cells of integers, and of pi times them."""
    rounds = 3 if len(X) < 32 else 1
    exact, count = seconds(count_patterns, X, rounds=rounds)
    floats, same = seconds(count_patterns, X * np.pi, rounds=rounds)
    return {
        "data": name,
        "rows": len(X),
        "cells": count,
        "differ": count - same,
        "exact": exact,
        "floats": floats,
        "ratio": exact / floats,
    }


def families():
    """(name, integers) of every published family."""
    cases = {
        "threshold": [(m, _families.threshold(m)) for m in (3, 4, 5, 6)],
        "resonance": [(m, _families.resonance(m)) for m in (3, 4, 5, 6)],
        "permutahedron": [(d, _families.permutahedron(d)) for d in (5, 6, 7, 8)],
        "cross-polytope": [(d, _families.cross_polytope(d)) for d in (5, 8, 10, 12)],
        "demicube": [(d, _families.demicube(d)) for d in (4, 5, 6)],
    }
    rng = np.random.default_rng(0)
    cases["planes 20"] = [(d, _families.planes(20, d, rng)) for d in (4, 5, 6, 7, 8)]
    cases["sparse 8-20"] = [(q, _families.sparse(8, 20, q, rng)) for q in (2, 4, 6)]
    for d in (3, 4, 5, 6, 7):
        shares = (0.7, 0.9)
        cases[f"ratio 20-{d}"] = [(r, _families.ratio(20, d, r, rng)) for r in shares]
    random = rng.integers(-10, 11, (20, 5))
    cases["random 20-5"] = [("", random), ("affine", _families.affine(random))]
    return [(f"{name} {which}", X) for name, rows in cases.items() for which, X in rows]


def show(row):
    values = [f"{v:,.4g}" if isinstance(v, float) else str(v) for v in row.values()]
    print("  " + ", ".join(map(" ".join, zip(row, values, strict=True))), flush=True)


def main(titles):
    plane = np.c_[np.random.default_rng(0).standard_normal(100_000), np.ones(100_000)]
    for _ in range(4):
        enumerate_patterns(normal(60, 3))  # the kernel is compiled
    memory = [("60x6", normal(60, 6)), ("100,000x2", plane)]
    copying = [
        ("100x4", normal(100, 4), 9),
        ("60x5", normal(60, 5), 9),
        ("60x6", normal(60, 6), 3),
        ("100,000x2", plane, 1),
    ]
    sampling = [("100x3", normal(100, 3)), ("40x5", normal(40, 5))]
    others = [
        ("20x3", normal(20, 3)),
        ("16x4", normal(16, 4)),
        ("4-cube with bias", _families.threshold(4)),
        ("60x3", normal(60, 3)),
        ("20x5", normal(20, 5)),
    ]
    largest = [
        ("resonance 7", _families.resonance(7), 347_326_352),
        ("demicube 7", _families.demicube(7), 74_656_464),
    ]
    table = {}
    if titles and RESULTS.exists():
        table = json.loads(RESULTS.read_text(encoding="utf-8"))
    for title, measure, cases in [
        ("memory", peak, memory),
        ("copying", against_copying, copying),
        ("sampling", against_sampling, sampling),
        ("other tools", against_others, others),
        ("threshold functions", threshold_functions, [(6,)]),
        ("families", exact_and_floats, families()),
        ("largest families", cells_by_vertices, largest),
    ]:
        if titles and title not in titles:
            continue
        print(title)
        table[title] = []
        for case in cases:
            table[title].append(measure(*case))
            show(table[title][-1])
    RESULTS.parent.mkdir(exist_ok=True)
    files.write_at_once(RESULTS, json.dumps(table, indent=1) + "\n")


if __name__ == "__main__":
    with threadpool_limits(1):
        main(sys.argv[1:])
