"""Training on the page, step for step that of the helpers, and the step it chooses by itself."""

import numpy as np
import pytest

from helpers import data, playground, train

RUN = """([points, m, scale, seed, settings, steps]) => {
  const problem = lib.lineData(points);
  const start = lib.network(m, scale, seed);
  const trainer = new lib.Trainer(problem, start, settings);
  const losses = [trainer.loss()];
  for (let k = 0; k < steps; k += 100) {
    trainer.advance(100);
    losses.push(trainer.loss());
  }
  const untouched = lib.network(m, scale, seed).w1.every((w, i) => w === start.w1[i]);
  const { count } = lib.patterns(problem, trainer.net);
  return { losses, net: trainer.net, count, step: trainer.step, untouched }; }"""


def points(x, y):
    return np.column_stack([x, y]).tolist()


@pytest.mark.parametrize("method", ["gradient_descent", "adam"])
@pytest.mark.parametrize(
    "name, m, scale, step, lam",
    [
        ("line", 1000, 1e-5, 0.02, 0.02),
        ("teaser", 400, 1.0, 2e-4, 0.0),
        ("sine", 50, 0.5, 1e-3, 0.01),
        ("two-points", 3, 0.1, 0.05, 1e-3),
    ],
)
def test_the_trainer_is_that_of_the_helpers(script, method, name, m, scale, step, lam):
    S = data.load(name)
    W, alpha = train.uniform_network(m, 2, scale, np.random.default_rng(7))
    for reduction in ("sum", "mean"):
        settings = dict(step=1e-3 if method == "adam" else step, lam=lam, reduction=reduction)
        descend = getattr(train, method)
        run = descend(S.X, S.y, W, alpha, steps=1000, record_every=100, **settings)
        arguments = [points(S.X[:, 0], S.y), m, scale, 7, settings | dict(method=method), 1000]
        ours = script.evaluate(RUN, arguments)
        assert np.allclose(ours["losses"], run.loss, rtol=1e-9, atol=0)
        found = np.array([ours["net"][layer] for layer in ("w1", "w2", "alpha")])
        theirs = np.vstack([run.W[-1].T, run.alpha[-1]])
        assert np.abs(found - theirs).max() < 1e-9 * np.abs(theirs).max()
        assert ours["count"] == run.pattern_counts(S.X)[-1]
        assert ours["step"] == 1000
        assert ours["untouched"]


def test_a_trainer_stops_before_the_loss_is_no_number(script):
    advanced, step, finite = script.evaluate(
        """() => {
          const net = lib.network(200, 1, 0);
          const trainer = new lib.Trainer(lib.lineData([[1, 0], [-1, 2]]), net, { step: 1e160 });
          const advanced = trainer.advance(1000);
          return [advanced, trainer.step, Number.isFinite(trainer.loss())]; }"""
    )
    assert advanced is False
    assert 0 < step < 1000
    assert finite is False


def test_a_trainer_advances_one_step_unless_told_otherwise(script):
    step, advanced = script.evaluate(
        """() => {
          const trainer = new lib.Trainer(lib.lineData([[1, 0]]), lib.network(3, 1, 0),
            { step: 1e-3 });
          const advanced = trainer.advance();
          return [trainer.step, advanced]; }"""
    )
    assert (step, advanced) == (1, True)


def curvature(X, y, W, alpha, size, lam, weight):
    """The estimate that the safe step is one over, as its comment says, by dense linear algebra."""
    Z = np.maximum(X @ W.T, 0)
    active = Z > 0
    K = Z @ Z.T + (active * alpha**2) @ active.T * (X @ X.T)
    rows = np.linalg.norm(X, 2)
    at_start = 2 * np.linalg.norm(K, 2) + 2 * rows * np.linalg.norm(Z @ alpha - y)
    return weight * max(at_start, 4 * size * rows**2) + 2 * lam


SAFE = """([points, rows, size, lam, weight]) => {
  const net = { m: rows.length, w1: rows.map((r) => r[0]), w2: rows.map((r) => r[1]),
                alpha: rows.map((r) => r[2]) };
  return lib.safeStep(lib.lineData(points), net, size, lam, weight); }"""


@pytest.mark.parametrize("seed", range(30))
def test_the_safe_step_is_one_over_the_curvature(script, seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 15))
    m = int(rng.integers(1, 20))
    x = rng.uniform(-2, 2, n)
    y = rng.normal(size=n) * 10 ** rng.uniform(-2, 2)
    rows = rng.normal(size=(m, 3)) * 10 ** rng.uniform(-3, 1, 3)
    size = float(10 ** rng.uniform(-3, 3)) if seed % 3 else 0.0
    lam = float(10 ** rng.uniform(-3, 3)) if seed % 2 else 0.0
    weight = 1 / n if seed % 5 == 0 else 1
    expected = 1 / curvature(data.with_bias(x), y, rows[:, :2], rows[:, 2], size, lam, weight)
    found = script.evaluate(SAFE, [points(x, y), rows.tolist(), size, lam, weight])
    assert found == pytest.approx(expected, rel=0.051)  # two digits: half a unit of 10
    assert found == float(f"{found:.2g}")


@pytest.mark.parametrize("seed", range(5))
def test_where_one_term_rules_the_step_is_exact_to_two_digits(script, seed):
    """Every term alone: either layer's, the residual's, the end's, the decay's."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-2, 2, 6)
    y = rng.normal(size=6)
    W = rng.normal(size=(4, 2))
    alpha = rng.normal(size=4)
    zero = np.zeros(4)
    for labels, inner, outer, size, lam in [
        (y * 0, W * 100, zero, 0, 0),
        (y * 0, W * 1e-6, alpha * 100, 0, 0),
        (y * 100, W * 1e-6, zero, 0, 0),
        (y * 1e-6, W * 1e-6, zero, 50.0, 0),
        (y * 1e-6, W * 1e-6, zero, 0, 30.0),
    ]:
        rows = np.column_stack([inner, outer])
        expected = 1 / curvature(data.with_bias(x), labels, inner, outer, size, lam, 1)
        found = script.evaluate(SAFE, [points(x, labels), rows.tolist(), size, lam, 1])
        assert found == pytest.approx(float(f"{expected:.2g}"), rel=0.011)


def test_where_nothing_curves_the_step_is_large_but_finite(script):
    assert script.evaluate(SAFE, [[[0, 0]], [[-1, -1, 0]], 0, 0, 1]) == 1e12


def test_the_automatic_step_never_diverges(script):
    for preset in playground.presets().values():
        for m, scale, decay in [(1, 10, 1e-5), (1000, 1e-5, 0.01), (30, 0.3, 1.0), (300, 10, 1e-3)]:
            state = preset | dict(
                neurons=m,
                scale=scale,
                decay=decay,
                step="auto",
                method="gradient_descent",
                weights=None,
                steps=300,
            )
            first, last, diverged = script.evaluate(
                """(state) => {
                  const session = new lib.Session(state);
                  while (!session.finished) session.train(1e9);
                  return [session.frames[0].loss, session.frame.loss, session.diverged]; }""",
                state,
            )
            assert not diverged
            assert last <= first * (1 + 1e-9)
