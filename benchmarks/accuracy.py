"""The accuracy table of our own: convex programs beside Adam, SGD and Adagrad on held-out images.

    python -m benchmarks.accuracy [--set digits mnist-5000] [--seeds 0 1 2] [--width 30] [--side 4]

What is run, and how settings are chosen: helpers/sections/accuracy.py. set: images of
`helpers.real_data`. width: sampled patterns a class; trained networks have twice as many neurons.
side: pixels an image is averaged down to. Another width or side begins another record.

Results: benchmarks/results/accuracy.json, kept up to date as runs end; a run that is there is not
made again, so the command may be stopped and given anew.
"""

import argparse
import json
import time
from pathlib import Path

from helpers import files
from helpers.sections import accuracy

RESULTS = Path(__file__).parent / "results" / "accuracy.json"


def begun(width: int, side: int) -> dict:
    """The record so far, if it is of that width and side; else an empty one."""
    empty = {"width": width, "side": side, "runs": []}
    if not RESULTS.exists():
        return empty
    record = files.read_json(RESULTS)
    return record if (record["width"], record["side"]) == (width, side) else empty


def run(name: str, seed: int, setting: accuracy.Setting, record: dict) -> dict:
    """One method on one split of a set: what it reached, and in how many seconds of this core."""
    points = accuracy.split(name, seed, record["side"])
    began = time.process_time()
    found = accuracy.fit(setting, points.train, seed, record["width"])
    return {
        "set": name,
        "seed": seed,
        **vars(setting),
        "validation": found.accuracy(points.validation),
        "test": found.accuracy(points.test),
        "objective": found.objective,
        "seconds": round(time.process_time() - began, 1),
    }


def key(one: dict) -> tuple:
    return tuple(one[name] for name in ("set", "seed", "method", "lam", "step"))


def stored(record: dict) -> None:
    """Write the record, a run a line."""
    lines = ",\n".join(json.dumps(one) for one in record["runs"])
    head = f'"width": {record["width"]}, "side": {record["side"]}'
    files.write_at_once(RESULTS, f'{{{head}, "runs": [\n{lines}\n]}}\n')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--set", nargs="+", default=["digits", "mnist-5000"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--width", type=int, default=accuracy.GATES)
    parser.add_argument("--side", type=int, default=accuracy.SIDE)
    asked = parser.parse_args()
    record = begun(asked.width, asked.side)
    done = {key(one) for one in record["runs"]}
    for name in asked.set:
        for seed in asked.seeds:
            for setting in accuracy.settings():
                if key({"set": name, "seed": seed, **vars(setting)}) in done:
                    continue
                record["runs"].append(run(name, seed, setting, record))
                stored(record)
                print(*record["runs"][-1].values(), flush=True)


if __name__ == "__main__":
    main()
