"""Frames a second of the playground and the time of a drag, in headless Chromium.

    python -m benchmarks.playground

Thirty points, as many as it takes, and 1,000 neurons; all views drawn at every frame. A drag: one
move of a point, to its certified optimum. Reference: `helpers.convex.solve` on the same points.
"""

import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
from playwright.sync_api import sync_playwright

from helpers import convex, data, playground
from tests.browser import chromium

POINTS = 30
NEURONS = 1000
FRAMES = """async () => {
  const { playground } = document.querySelector(".live-figure");
  const times = [];
  playground.reset();
  playground.runner.play();
  for (let k = 0; k < 150; k++) times.push(await new Promise(requestAnimationFrame));
  const steps = playground.session.trainer.step;
  playground.runner.pause();
  return { times, steps };
}"""
DRAGS = """(n) => {
  const { playground } = document.querySelector(".live-figure");
  const { session } = playground;
  const times = [];
  const drawn = [];
  const points = session.state.points.map((p) => [...p]);
  for (let k = 0; k < 100; k++) {
    const [x, y] = points[k % n];
    points[k % n] = [x + 0.01 * Math.sin(k), y + 0.05 * Math.cos(k)];
    const start = performance.now();
    session.solve(points);
    times.push(performance.now() - start);
    playground.pending = points;
    playground.draw();
    drawn.push(performance.now() - start);
    playground.pending = null;
  }
  return { times, drawn, gap: session.optimum.gap };
}"""


def measured(figure):
    """(frames, drags) as FRAMES and DRAGS measure them on a figure's page in Chromium."""
    html = figure._repr_mimebundle_()["text/html"]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder) / "page.html"
        text = f"<!doctype html><meta charset=utf-8><body style='width:720px'>{html}"
        path.write_text(text, encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(path.as_uri())
        page.wait_for_timeout(1000)
        frames = page.evaluate(FRAMES)
        drags = page.evaluate(DRAGS, POINTS)
        browser.close()
    return frames, drags


def reference(x, y, rounds=3):
    """Milliseconds of `helpers.convex.solve` on the points."""
    X = data.with_bias(x)
    start = time.perf_counter()
    for _ in range(rounds):
        convex.solve(X, y, 0.01 * convex.lambda_max(X, y))
    return (time.perf_counter() - start) / rounds * 1000


def main():
    x = np.linspace(-1, 1, POINTS)
    y = np.random.default_rng(0).uniform(-1, 1, POINTS)
    figure = playground.show(x, y, neurons=NEURONS, scale=0.1, steps=30_000)
    frames, drags = measured(figure)
    gaps = np.diff(frames["times"])
    print(
        f"{POINTS} points, {NEURONS:,} neurons: {1000 / gaps.mean():.0f} frames a second",
        f"(median {1000 / median(gaps):.0f}),",
        f"{frames['steps'] / (sum(gaps) / 1000):.0f} steps of training a second",
    )
    ours = median(drags["times"])
    theirs = reference(x, y)
    print(
        f"a drag: convex optimum in {ours:.2f} ms (median of 100), with 8 ms of training and",
        f"all views {median(drags['drawn']):.1f} ms; gap {drags['gap']:.0e};",
        f"helpers.convex.solve {theirs:.0f} ms, {theirs / ours:.0f} times as long",
    )


if __name__ == "__main__":
    main()
