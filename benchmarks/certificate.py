"""The global optimum, proved: search and branch and bound, beside listing all patterns.

    python -m benchmarks.certificate [name ...]

One thread, a process for every problem. Columns of scikit-learn's sets are standardised and
projected on principal components, a bias is added (iris: raw); class numbers, centred, are the
labels. Random ones are normal. Results: benchmarks/results/certificate.json.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
from sklearn import datasets

from benchmarks import _alone
from helpers import convex, files, patterns

RESULTS = Path(__file__).parent / "results" / "certificate.json"
SECONDS = 40.0  # for one problem
LISTED = 2_000_000  # patterns that are listed for comparison: some seconds, some 100 MB
SHARES = (0.1, 0.01, 0.001)  # of lambda_max
NAMES = (
    *("iris", "wine-3", "wine-5", "wine-7", "wine-9", "cancer-3", "cancer-5", "cancer-8"),
    *("diabetes-3", "diabetes-5", "normal-10000x3"),
    *("normal-1000x3", "normal-100x4", "normal-100x5", "normal-100x6"),
)


def components(name, count):
    """Principal components of a set of scikit-learn's, standardised, with a bias."""
    X, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    axes = np.linalg.svd(X, full_matrices=False)[2]
    return np.column_stack([X @ axes[:count].T, np.ones(len(X))]), y - y.mean()


def instance(name):
    """The data (X, y) of that name."""
    family, _, size = name.partition("-")
    if family == "iris":
        iris = datasets.load_iris()
        return np.column_stack([iris.data, np.ones(len(iris.data))]), iris.target - 1.0
    if family == "normal":
        n, d = map(int, size.split("x"))
        rng = np.random.default_rng(1000 * d + n)
        return rng.standard_normal((n, d)), rng.standard_normal(n)
    return components({"cancer": "breast_cancer"}.get(family, family), int(size))


def one(name, share):
    """Solve once, warm: the record."""
    warm = np.random.default_rng(0).standard_normal((60, 4))
    convex.solve(warm, warm[:, 0], convex.lambda_max(warm, warm[:, 0]) / 10)
    X, y = instance(name)
    lam = share * convex.lambda_max(X, y)
    searches = []

    def listen(state):
        if "nodes" in state:
            searches.append(state["nodes"])

    _alone.forget_peak()
    memory = _alone.memory("VmHWM")
    begun = time.process_time()
    solution = convex.solve(X, y, lam, seconds=SECONDS, progress=listen)
    seconds = time.process_time() - begun
    rank = int(np.linalg.matrix_rank(X))
    record = {
        "name": name,
        "n": len(X),
        "rank": rank,
        "patterns": float(patterns.cover_count(len(X), rank)),
        "share": share,
        "nodes": max(searches, default=0),
        "seconds": seconds,
        "gap": solution.gap,
        "objective": solution.objective / float(y @ y),
        "megabytes": (_alone.memory("VmHWM") - memory) / 2**20,
    }
    if record["patterns"] <= LISTED:
        begun = time.process_time()
        listed = convex.solve(X, y, lam, patterns.enumerate_patterns(X), seconds=SECONDS)
        record["seconds of a list"] = time.process_time() - begun
        record["difference"] = listed.objective / solution.objective - 1
    return record


def main():
    if len(sys.argv) == 3 and sys.argv[2].replace(".", "").isdigit():
        print(json.dumps(one(sys.argv[1], float(sys.argv[2]))))
        return
    records = []
    for name in sys.argv[1:] or NAMES:
        for share in SHARES:
            run = _alone.run("benchmarks.certificate", name, str(share), check=True)
            record = json.loads(run.stdout.splitlines()[-1])
            records.append(record)
            print(
                f"{name:16} {share:6} {record['nodes']:9} nodes {record['seconds']:7.2f} s "
                f"gap {record['gap']:.1e} {record['megabytes']:6.0f} MB",
                flush=True,
            )
            if record["gap"] > 1e-6:
                break  # a smaller decay takes longer still
    if not sys.argv[1:]:
        files.write_at_once(RESULTS, json.dumps(records, indent=1) + "\n")


if __name__ == "__main__":
    main()
