"""Patterns searched beside Adam and beside the optimum over sampled patterns.

    python -m benchmarks.search [--seconds 30] [--only diabetes] [--without-sampled]

The data are those of benchmarks/convex.py, lam is 0.01 lambda_max of 500 sampled patterns. Adam:
width 200, three seeds that share the time, the step chosen by short runs that are not counted; the
curve is the best loss of any seed so far, as if the three had run side by side. One thread, CPU
seconds. Results: benchmarks/results/search.json, and a table.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks import convex as peers
from helpers import convex, files, train
from helpers.loss import loss

RESULTS = Path(__file__).parent / "results" / "search.json"
INSTANCES = {"diabetes": "diabetes-500", "breast cancer": "cancer-500", "random": "random-500"}
SAMPLES = (500, 1_000_000)
CHUNK = 50_000  # weight vectors drawn at a time
SEEDS = 3
WIDTH = 200
STEPS = (1e-3, 3e-3, 1e-2, 3e-2)
PILOT = 3000  # steps of the run that chooses the step size
POINTS = 60  # of a recorded curve


def adam(X, y, lam, seconds):
    """Adam's curve {time, objective} and its step: the best of SEEDS runs in `seconds` together."""

    def run(seed, step, steps, record_every):
        rng = np.random.default_rng(seed)
        W = 0.1 * rng.standard_normal((WIDTH, X.shape[1]))
        alpha = 0.1 * rng.standard_normal(WIDTH)
        settings = {"step": step, "steps": steps, "lam": lam, "record_every": record_every}
        begun = time.process_time()
        trained = train.adam(X, y, W, alpha, **settings)
        return trained.loss, time.process_time() - begun

    pilots = {step: run(0, step, PILOT, PILOT // 10) for step in STEPS}
    step = min(STEPS, key=lambda s: pilots[s][0].min())
    _, taken = pilots[step]
    steps = int(seconds / SEEDS / taken * PILOT)
    runs = [run(seed, step, steps, -(-steps // (POINTS - 1))) for seed in range(SEEDS)]
    best = np.minimum.accumulate(np.min([losses for losses, _ in runs], axis=0))
    times = np.linspace(0, sum(taken for _, taken in runs), len(best))
    return curve(times, best) | {"step": step, "steps": steps}


def searched(X, y, lam):
    """The solver's curve {time, objective}, and what it found."""
    zero = float(y @ y)  # the objective of the network without neurons
    times = [0.0]
    shares = [1.0]  # of `zero`
    begun = time.process_time()

    def progress(state):
        times.append(time.process_time() - begun)
        shares.append(state["objective"])

    solution = convex.search(X, y, lam, progress=progress)
    times.append(time.process_time() - begun)
    values = [share * zero for share in shares] + [solution.objective]
    W, alpha = solution.to_network()
    return curve(times, values) | {"found": len(alpha), "loss": loss(X, y, W, alpha, lam)}


def curve(times, values):
    """At most POINTS points, the first and the last among them, rounded."""
    kept = np.unique(np.linspace(0, len(times) - 1, POINTS).round().astype(int))
    return {
        "time": [round(float(times[k]), 3) for k in kept],
        "objective": [float(f"{values[k]:.7g}") for k in kept],
    }


def sampled(X, y, lam, count):
    """The certified optimum over `count` sampled patterns."""
    rng = np.random.default_rng(0)
    packed = []
    for begin in range(0, count, CHUNK):
        gates = rng.standard_normal((min(CHUNK, count - begin), X.shape[1]))
        packed.append(np.packbits(gates @ X.T >= 0, axis=1))
    different = np.unique(np.concatenate(packed), axis=0)
    D = np.unpackbits(different, axis=1, count=len(X)).view(bool)
    begun = time.process_time()
    solution = convex.solve(X, y, lam, D)
    return {
        "objective": solution.objective,
        "gap": solution.gap,
        "patterns": len(D),
        "seconds": round(time.process_time() - begun, 2),
    }


def report(name, record):
    """Print when the search passes Adam's end, and where each ends."""
    best = min(record["adam"]["objective"])
    searched = record["search"]
    passed = [t for t, f in zip(searched["time"], searched["objective"], strict=True) if f < best]
    ends = [
        f"{count} sampled {one['objective']:.5g}"
        for count, one in record.get("sampled", {}).items()
    ]
    print(
        f"{name}: Adam {best:.5g} in {record['adam']['time'][-1]:.1f} s;",
        f"the search passes it after {min(passed, default=np.inf):.2f} s,",
        f"ends at {searched['objective'][-1]:.5g} after {searched['time'][-1]:.1f} s;",
        *ends,
        flush=True,
    )


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=30, help="Adam's time, all seeds together")
    parser.add_argument("--only", default="", help="part of an instance's name")
    recorded = "keep the recorded optima over sampled patterns"
    parser.add_argument("--without-sampled", action="store_true", help=recorded)
    return parser.parse_args()


def main():
    arguments = parse()
    results = files.read_json(RESULTS) if RESULTS.exists() else {}
    for name in (name for name in INSTANCES if arguments.only in name):
        X, y, D, _ = peers.instance(INSTANCES[name])
        lam = 0.01 * convex.lambda_max(X, y, D)
        convex.search(X[:60], y[:60], lam, seconds=0.5)  # warm
        record = results.setdefault(name, {})
        record["lam"] = lam
        record["adam"] = adam(X, y, lam, arguments.seconds)
        record["search"] = searched(X, y, lam)
        if not arguments.without_sampled:
            record["sampled"] = {str(count): sampled(X, y, lam, count) for count in SAMPLES}
        files.write_at_once(RESULTS, json.dumps(results) + "\n")
        report(name, record)


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
