"""Five hundred settings, random and adversarial: nothing that the page says contradicts a judge.

The judge is Python: losses in extended precision, patterns by exact enumeration, and for each
setting the best network that the helpers find, which no bound may exceed.
"""

import re

import numpy as np
import pytest

from helpers import convex, data, patterns, playground
from tests.numbers import NUMBER, value_of

PRESET = playground.presets()["valley"] | dict(preset="valley")
SETTINGS = 500
PARTS = 10  # tests of 50 settings each

SAID = """(state) => {
  const session = new lib.Session(state);
  const { optimum, trainer, frames } = session;
  const start = { w1: [...trainer.net.w1], w2: [...trainer.net.w2], alpha: [...trainer.net.alpha] };
  const playing = lib.playingWords(session);
  while (!session.finished) session.train(1e9);
  session.shown = frames.length - 1;
  const { net, loss } = session.frame;
  return {
    playing, loss, lam: session.lam, diverged: session.diverged, proved: optimum.proved,
    summary: lib.summary(session),
    legend: `${lib.optimumName(optimum)}: ${lib.optimumNumbers(optimum)}`,
    network: { w1: [...net.w1], w2: [...net.w2], alpha: [...net.alpha] },
    neurons: optimum.neurons.map(({ u, sign }) => [...u, sign]) }; }"""


def labels(rng, x):
    n = len(x)
    return [
        lambda: rng.normal(size=n),
        lambda: np.sin(3 * (x - x.mean()) / (np.ptp(x) or 1)),
        lambda: (-1.0) ** np.arange(n),
        lambda: 2 * x + 1,
        lambda: np.full(n, 1.5),
        lambda: rng.normal(size=n) * 10.0 ** rng.uniform(-4, 4),
        lambda: rng.normal(size=n) + 1e4,
    ][rng.integers(7)]()


def places(rng, n):
    spread = rng.uniform(-1, 1, n)
    return [
        lambda: spread,
        lambda: np.round(4 * spread) / 4,
        lambda: spread[rng.integers(0, n, n)],
        lambda: spread + 10.0 ** rng.uniform(0, 4),
        lambda: spread * 10.0 ** rng.uniform(-4, 4),
        lambda: np.linspace(-1, 1, n) if n > 1 else spread,
        lambda: np.repeat(spread, 2)[:n] + 1e-7 * rng.uniform(-1, 1, n),
        lambda: 10.0 ** rng.uniform(-3, 3, n),
    ][rng.integers(8)]()


def settings(part):
    rng = np.random.default_rng([5, part])
    for _ in range(SETTINGS // PARTS):
        x = places(rng, int(rng.integers(1, 31)))
        points = np.column_stack([x, labels(rng, x)])
        yield PRESET | dict(
            points=points.tolist(),
            decay=float(10 ** rng.uniform(-5, 0)),
            scale=float(10 ** rng.uniform(-4, 1)),
            neurons=int(rng.integers(1, 40)),
            seed=int(rng.integers(0, 1000)),
            steps=int(rng.integers(10, 60)),
            method=str(rng.choice(["gradient_descent", "adam"])),
            step=float(10 ** rng.uniform(-4, 0)) if rng.random() < 0.3 else "auto",
        )


def exact_loss(x, y, w1, w2, alpha, lam):
    """Eq. 1 in extended precision."""
    long = np.longdouble
    x, y, w1, w2, alpha = (np.asarray(a, long) for a in (x, y, w1, w2, alpha))
    fit = np.maximum(np.outer(x, w1) + w2, 0) @ alpha
    decay = (w1**2).sum() + (w2**2).sum() + (alpha**2).sum()
    return float(((fit - y) ** 2).sum() + long(lam) * decay)


@pytest.mark.parametrize("part", range(PARTS))
def test_what_the_page_says_stands_before_the_judge(script, part):
    for state in settings(part):
        said = script.evaluate(SAID, state)
        x, y = np.array(state["points"]).T
        X = data.with_bias(x)
        lam = said["lam"]
        judge_training(said, x, y, lam)
        judge_optimum(said, x, y, X, lam)
        if not said["diverged"] and "possible" in said["summary"]:
            [possible] = re.findall(r"of ([\d,]+) possible", said["summary"])
            assert value_of(possible) == patterns.count_patterns(X, exact=True)
            judge_distinct(said, X)


def judge_training(said, x, y, lam):
    """The loss shown is that of the network shown."""
    if said["diverged"]:
        assert "no longer finite" in said["summary"]
        return
    own = exact_loss(x, y, lam=lam, **said["network"])
    assert said["loss"] == pytest.approx(own, rel=1e-9)
    [shown] = re.findall(rf"loss is ({NUMBER})", said["summary"])
    assert value_of(shown) == pytest.approx(own, rel=6e-3)


def judge_optimum(said, x, y, X, lam):
    """No network known to the judge is below the bound; the neurons have the loss that is said."""
    w1, w2, sign = np.array(said["neurons"], float).reshape(-1, 3).T
    size = np.sqrt(np.hypot(w1, w2))
    network = dict(w1=w1 / size, w2=w2 / size, alpha=sign * size)
    page = exact_loss(x, y, lam=lam, **network)
    best = convex.solve(X, y, lam, seconds=5)
    U, V = best.U, best.V
    ours = np.vstack([U[U.any(axis=1)], V[V.any(axis=1)]])
    lengths = np.sqrt(np.linalg.norm(ours, axis=1))
    signs = np.repeat([1.0, -1.0], [U.any(axis=1).sum(), V.any(axis=1).sum()])
    W = ours / lengths[:, None]
    known = exact_loss(x, y, W[:, 0], W[:, 1], signs * lengths, lam)
    least = min(page, known)
    rounding = 1e-12 * float(y @ y)  # of the judge's own networks
    for text in (said["summary"], said["playing"]):
        for bound in re.findall(rf"goes below ({NUMBER})", text):
            assert value_of(bound) <= least + rounding
    assert best.lower_bound <= page + rounding  # nor does the page refute the helpers
    [loss] = re.findall(rf"loss ({NUMBER})", said["legend"])
    assert value_of(loss) == pytest.approx(page, rel=6e-3, abs=rounding)
    assert ("not proved" in said["legend"]) is not said["proved"]
    [gap] = re.findall(rf"gap(?: of)? ({NUMBER})", said["legend"])
    assert page - known <= value_of(gap) * page + rounding


def judge_distinct(said, X):
    """The number of different patterns that the summary gives is that of the network shown."""
    network = said["network"]
    W = np.column_stack([network["w1"], network["w2"]]).astype(np.longdouble)
    height = X.astype(np.longdouble) @ W.T
    doubtful = np.abs(height) <= 1e-12 * (np.abs(X) @ np.abs(W.T))
    if doubtful.any():  # a neuron on a cell's wall
        return
    [distinct] = re.findall(r"with ([\d,]+) distinct", said["summary"])
    assert value_of(distinct) == len(np.unique(height.T >= 0, axis=0))
