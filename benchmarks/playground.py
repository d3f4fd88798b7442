"""Frames a second of the playground and the time of a drag, in headless Chromium: python -m benchmarks.playground

Twelve points and 1,000 neurons, all views drawn at every frame. A drag: one move of a point, to its certified optimum.
Reference: `helpers.convex.solve` (CLARABEL through cvxpy) on the same points.
"""

import shutil
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
from playwright.sync_api import sync_playwright

from helpers import convex, data, playground

FRAMES = """async () => {
  const { playground } = document.querySelector(".live-figure"), times = [];
  playground.reset();
  playground.runner.play();
  for (let k = 0; k < 150; k++) times.push(await new Promise(requestAnimationFrame));
  const steps = playground.session.trainer.step;
  playground.runner.pause();
  return { times, steps };
}"""
DRAGS = """(n) => {
  const { playground } = document.querySelector(".live-figure"), { session } = playground, times = [], drawn = [];
  const points = session.state.points.map((p) => [...p]);
  for (let k = 0; k < 100; k++) {
    points[k % n] = [points[k % n][0] + 0.01 * Math.sin(k), points[k % n][1] + 0.05 * Math.cos(k)];
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


def main():
    rng = np.random.default_rng(0)
    x, y = np.linspace(-1, 1, 12), rng.uniform(-1, 1, 12)
    figure = playground.show(x, y, neurons=1000, scale=0.1, steps=30_000)
    page_file = Path(tempfile.mkdtemp()) / "page.html"
    page_file.write_text(
        f"<!doctype html><meta charset=utf-8><body style='width:720px'>{figure._html()}"
    )
    chromium = (
        shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(page_file.as_uri())
        page.wait_for_timeout(1000)
        run, drags = page.evaluate(FRAMES), page.evaluate(DRAGS, 12)
    gaps = np.diff(run["times"])
    print(
        f"12 points, 1,000 neurons: {1000 / gaps.mean():.0f} frames a second (median {1000 / median(gaps):.0f}), "
        f"{run['steps'] / (sum(gaps) / 1000):.0f} steps of training a second"
    )
    X, start = data.with_bias(x), time.perf_counter()
    for _ in range(3):
        convex.solve(X, y, 0.01 * convex.lambda_max(X, y))
    reference = (time.perf_counter() - start) / 3 * 1000
    print(
        f"a drag: convex optimum in {median(drags['times']):.2f} ms (median of 100), with 8 ms of training and all "
        f"views {median(drags['drawn']):.1f} ms; gap {drags['gap']:.0e}; helpers.convex.solve {reference:.0f} ms, "
        f"{reference / median(drags['times']):.0f} times as long"
    )


if __name__ == "__main__":
    main()
