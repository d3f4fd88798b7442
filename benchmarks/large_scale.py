"""The animation of large initialisation, carried on until it rests: 800,000 steps.

    python -m benchmarks.large_scale

Its network, step and decay are the article's; it stopped at 971 steps. Recorded at steps that grow
in proportion: the loss, how many neurons have another pattern than at the start, and the output on
the range of the picture. Results: benchmarks/results/large_scale.json, from which the book draws.
"""

import json

import numpy as np
from tqdm import tqdm

from helpers import convex, data, experiments, files, train
from helpers.loss import loss, predict
from helpers.patterns import activation_patterns

RESULTS = files.RECORDS / "large_scale.json"
STEPS = 800_000
FRAMES = 60  # recorded, and step 0
GRID = np.linspace(-1.3, 1.3, 53)  # the range of the article's picture


def recorded_steps():
    """Step 0, and whole numbers in proportion, the article's last step among them."""
    steps = np.geomspace(1, STEPS, FRAMES).astype(int)
    return sorted({0, experiments.setting("large scale").settings["steps"], *steps.tolist()})


def main():
    S, run = experiments.run("large scale", steps=0)
    experiment = experiments.setting("large scale")
    settings = {name: experiment.settings[name] for name in ("step", "lam")}
    n = len(S.y)
    W, alpha = run.final
    first = activation_patterns(S.X, W)
    record = {"step": recorded_steps(), "loss": [], "changed": [], "output": []}
    at = 0
    for step in tqdm(record["step"]):
        more = step - at
        W, alpha = train.gradient_descent(
            S.X,
            S.y,
            W,
            alpha,
            reduction="mean",
            steps=more,
            record_every=max(1, more),
            **settings,
        ).final
        at = step
        value = loss(S.X, S.y, W, alpha, n * settings["lam"]) / n
        changed = (activation_patterns(S.X, W) != first).any(axis=1)
        record["loss"].append(float(f"{value:.6g}"))
        record["changed"].append(int(changed.sum()))
        record["output"].append(np.round(predict(data.with_bias(GRID), W, alpha), 4).tolist())
    best = convex.solve(S.X, S.y, n * settings["lam"], tol=1e-8)
    record["optimum"] = float(f"{best.objective / n:.6g}")
    record["x"] = np.round(GRID, 4).tolist()
    files.write_at_once(RESULTS, json.dumps(record) + "\n")
    print(
        f"after {at:,} steps the loss is {record['loss'][-1]:.6f}, the optimum"
        f" {record['optimum']:.6f}; {record['changed'][-1]} neurons have changed their pattern"
    )


if __name__ == "__main__":
    main()
