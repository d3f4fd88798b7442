"""The accuracy table of our own: convex programs beside Adam, SGD and Adagrad on held-out images.

    python -m benchmarks.accuracy [--set digits mnist-5000] [--seeds 0 1 2] [--width 30]
                                  [--method gated Adam ...]

What is run, and how settings are chosen: helpers/sections/accuracy.py. set: images of
`helpers.real_data`. width: sampled patterns a class; trained networks have twice as many neurons.
The page shows what this makes without options (three CPU minutes), and then

    python -m benchmarks.accuracy --set digits --width 60 120 --method gated "ReLU, convex" Adam

(five more). Results: benchmarks/results/accuracy.json, kept up to date as runs end; a run that is
there is not made again, so the command may be stopped and given anew.
"""

import argparse
import json
import time
from itertools import product
from pathlib import Path

from helpers import files
from helpers.sections import accuracy

RESULTS = Path(__file__).parent / "results" / "accuracy.json"


KEY = ("set", "seed", "width", "method", "lam", "step")


def begun() -> list[dict]:
    """The runs that are recorded."""
    return files.read_json(RESULTS)["runs"] if RESULTS.exists() else []


def run(name: str, seed: int, width: int, setting: accuracy.Setting) -> dict:
    """One method on one split of a set: what it reached, and in how many seconds of this core."""
    points = accuracy.split(name, seed)
    began = time.process_time()
    found = accuracy.fit(setting, points.train, seed, width)
    return {
        "set": name,
        "seed": seed,
        "width": width,
        **vars(setting),
        "validation": found.accuracy(points.validation),
        "test": found.accuracy(points.test),
        "objective": found.objective,
        "seconds": round(time.process_time() - began, 1),
    }


def store(runs: list[dict]) -> None:
    """Write the record, a run a line."""
    lines = ",\n".join(json.dumps(one) for one in runs)
    files.write_at_once(RESULTS, f'{{"runs": [\n{lines}\n]}}\n')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--set", nargs="+", default=["digits", "mnist-5000"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--width", nargs="+", type=int, default=[accuracy.GATES])
    parser.add_argument("--method", nargs="+", default=accuracy.METHODS, choices=accuracy.METHODS)
    asked = parser.parse_args()
    runs = begun()
    done = {tuple(one[part] for part in KEY) for one in runs}
    tried = [setting for setting in accuracy.settings() if setting.method in asked.method]
    for name, width, seed, setting in product(asked.set, asked.width, asked.seeds, tried):
        if (name, seed, width, *vars(setting).values()) in done:
            continue
        runs.append(run(name, seed, width, setting))
        store(runs)
        print(*runs[-1].values(), flush=True)


if __name__ == "__main__":
    main()
