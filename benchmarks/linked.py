"""The article's linked notebook, trained from ten seeds as published.

    python -m benchmarks.linked

Results: benchmarks/results/linked.json, the printed losses of every seed, and of the first one the
outputs of the trained network, of its convex part and of the optimum over all patterns.
"""

import json
from pathlib import Path

import numpy as np
import torch

from helpers import data, files
from helpers.loss import predict
from helpers.sections import linked_notebook

RESULTS = Path(__file__).parent / "results" / "linked.json"
SEEDS = 10
DRAWN = 241  # points of the curves, among them the ends of the data


def curve(x, network):
    """The output of a network on x, to the digits that a picture needs."""
    return np.round(predict(data.with_bias(x), *network), 4).tolist()


def main():
    torch.set_num_threads(1)  # the network is small
    runs = [linked_notebook.train(seed) for seed in range(SEEDS)]
    own = linked_notebook.program(runs[0].begin)
    best = linked_notebook.program()
    x = np.linspace(-1.2, 1.2, DRAWN)
    record = {
        "losses": [run.losses for run in runs],
        "own": {"objective": own.objective, "mse": own.mse, "gap": own.solution.gap},
        "best": {"objective": best.objective, "mse": best.mse, "gap": best.solution.gap},
        "x": np.round(x, 4).tolist(),
        "curves": {
            "trained": curve(x, runs[0].end),
            "own": curve(x, own.solution.to_network()),
            "best": curve(x, best.solution.to_network()),
        },
    }
    files.write_at_once(RESULTS, json.dumps(record) + "\n")
    print(np.round([run.losses for run in runs], 4))
    print(record["own"], record["best"])


if __name__ == "__main__":
    main()
