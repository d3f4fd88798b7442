"""The mathematics of the playground, run in Chromium, against the helpers."""

import re

import numpy as np
import pytest

from helpers import convex, data, experiments, playground, train
from helpers.convex import lambda_max
from helpers.playground import settings
from tests.conftest import opened

LIBRARY = """window.lib = { network, Trainer, lineData, loss, patterns, solveConvex, lambdaMax, sectors, Session,
  RANGES, MOST_POINTS, encode, decode, fromPreset, changed, python };"""
NAMES = ["teaser", "sine", "two-points", "four-positions", "line", "landscape", "one-neuron"]


@pytest.fixture(scope="module")
def page(browser, tmp_path_factory):
    path = tmp_path_factory.mktemp("library") / "library.html"
    path.write_text(
        f"<!doctype html><meta charset=utf-8><script type=module>{playground.script()}{LIBRARY}</script>"
    )
    page = opened(browser, path)
    assert not page.faults
    yield page
    assert not page.faults
    page.context.close()


def points(x, y):
    return [[float(a), float(b)] for a, b in zip(x, y)]


def random_sets(count):
    rng = np.random.default_rng(11)
    for k in range(count):
        n = int(rng.integers(1, 31))
        x, y = rng.uniform(-2, 2, n), rng.normal(size=n)
        if k % 2 and n > 2:  # duplicates, with equal and with different labels
            x[rng.integers(0, n, n // 2)] = x[0]
            y[rng.integers(0, n, n // 3)] = y[0]
        yield points(x, y), float(10 ** rng.uniform(-4, 0))


@pytest.mark.parametrize(
    "m, scale, seed", [(1, 1.0, 0), (7, 0.3, 7), (400, 1e-5, 8), (33, 10.0, 4294967295)]
)
def test_a_seed_gives_the_network_of_numpy_bit_for_bit(page, m, scale, seed):
    net = page.evaluate(
        """([m, scale, seed]) => {
      const { w1, w2, alpha } = lib.network(m, scale, seed);
      return [w1, w2, alpha].map(a => [...a]); }""",
        [m, scale, seed],
    )
    W, alpha = train.uniform_network(m, 2, scale, np.random.default_rng(seed))
    assert (np.array(net) == np.vstack([W.T, alpha])).all()


RUN = """([points, m, scale, seed, settings, steps]) => {
  const data = lib.lineData(points.map(([x, y]) => ({ x, y })));
  const trainer = new lib.Trainer(data, lib.network(m, scale, seed), settings), losses = [trainer.loss()];
  for (let k = 0; k < steps; k += 100) { trainer.advance(100); losses.push(trainer.loss()); }
  const { w1, w2, alpha } = trainer.net;
  return { losses, net: [w1, w2, alpha].map(a => [...a]), count: lib.patterns(data, trainer.net).count };
}"""


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
def test_the_trainer_is_that_of_the_helpers(page, method, name, m, scale, step, lam):
    S, step = data.load(name), step if method == "gradient_descent" else 1e-3
    W, alpha = train.uniform_network(m, 2, scale, np.random.default_rng(7))
    for reduction in ("sum", "mean"):
        settings = dict(step=step, lam=lam, reduction=reduction)
        run = getattr(train, method)(S.X, S.y, W, alpha, steps=1000, record_every=100, **settings)
        ours = page.evaluate(
            RUN, [points(S.X[:, 0], S.y), m, scale, 7, settings | dict(method=method), 1000]
        )
        assert np.allclose(ours["losses"], run.loss, rtol=1e-9, atol=0)
        theirs = np.vstack([run.W[-1].T, run.alpha[-1]])
        assert np.abs(np.array(ours["net"]) - theirs).max() < 1e-9 * np.abs(theirs).max()
        assert ours["count"] == run.pattern_counts(S.X)[-1]


SOLVE = """([points, decay]) => {
  const data = lib.lineData(points.map(([x, y]) => ({ x, y }))), largest = lib.lambdaMax(data);
  const { objective, lowerBound, gap, neurons } = lib.solveConvex(data, decay * largest);
  return { largest, objective, lowerBound, gap, cells: lib.sectors(data).length,
           neurons: neurons.map(({ sign, u }) => [sign, ...u]) };
}"""


def check_optimum(page, points, decay):
    x, y = np.array(points).T
    X = data.with_bias(x)
    ours, largest = page.evaluate(SOLVE, [points, decay]), lambda_max(X, y)
    theirs = convex.solve(X, y, decay * largest, tol=1e-8)
    assert ours["largest"] == pytest.approx(largest, rel=1e-9)
    assert ours["cells"] == len(theirs.patterns)
    assert ours["gap"] < 1e-6
    assert ours["objective"] == pytest.approx(theirs.objective, rel=1e-6)
    # Whatever any solver says: the network of these neurons has that loss, and the bound is below the helpers' point.
    s, u1, u2 = np.array(ours["neurons"]).reshape(-1, 3).T
    fit = np.maximum(X @ np.vstack([u1, u2]), 0) @ s
    value = np.sum((fit - y) ** 2) + 2 * decay * largest * np.hypot(u1, u2).sum()
    assert value == pytest.approx(ours["objective"], rel=1e-7)
    assert ours["lowerBound"] <= theirs.objective * (1 + 1e-9)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("decay", [1e-5, 1e-3, 0.1, 0.9])
def test_the_optimum_on_the_article_s_data(page, name, decay):
    S = data.load(name)
    check_optimum(page, points(S.X[:, 0], S.y), decay)


def test_the_optimum_on_fifty_random_sets(page):
    for points, decay in random_sets(50):
        check_optimum(page, points, decay)


@pytest.mark.parametrize(
    "points", [[[0, 0]], [[0.5, 2]], [[0, 0], [1, 0]], [[1, 1], [1, -1]], [[-1, 1]] * 3]
)
def test_degenerate_data_have_an_optimum_too(page, points):
    ours = page.evaluate(SOLVE, [points, 0.1])
    y = np.array(points)[:, 1]
    assert (
        ours["gap"] < 1e-4 and ours["objective"] <= y @ y + 1e-12 and np.isfinite(ours["objective"])
    )


def test_the_optimum_of_given_patterns_and_signs(page):
    S = data.load("teaser")
    for seed in range(5):
        rng = np.random.default_rng(seed)
        W, alpha = train.uniform_network(6, 2, 1.0, rng)
        lam = 0.02 * lambda_max(S.X, S.y)
        rows = [[*w, float(a)] for w, a in zip(W.tolist(), alpha)]
        state = playground.presets()["teaser"] | dict(decay=0.02, weights=rows)
        ours = page.evaluate(
            "(state) => new lib.Session(state, { ownOptimum: true }).frame.own.objective", state
        )
        active = S.X @ W.T >= 0
        blocks = np.unique(np.column_stack([active.T, alpha > 0]), axis=0)
        theirs = convex.solve(
            S.X, S.y, lam, blocks[:, :-1], signs=np.where(blocks[:, -1], 1.0, -1.0)
        )
        assert ours == pytest.approx(theirs.objective, rel=1e-6)


def test_the_automatic_step_never_diverges(page):
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
            first, last, diverged = page.evaluate(
                """(state) => {
              const session = new lib.Session(state);
              while (!session.finished) session.train(1e9);
              return [session.frames[0].loss, session.frame.loss, session.diverged]; }""",
                state,
            )
            assert not diverged and last <= first * (1 + 1e-9)


def test_a_diverging_run_is_told_and_stops(page):
    state = playground.presets()["valley"] | dict(step=1, scale=1, steps=500, neurons=1000)
    assert page.evaluate(
        """(state) => { const s = new lib.Session(state); while (!s.finished) s.train(1e9);
        return s.diverged && Number.isFinite(s.frame.loss) && s.trainer.step < 500; }""",
        state,
    )


def test_a_state_survives_the_url(page):
    sets = playground.presets()
    for changes in [
        {},
        dict(points=[[0.1, 1 / 3], [0.1, -2]]),
        dict(scale=1e-5, neurons=1, seed=4294967295),
        dict(decay=0.0123, step=0.00321, method="adam", steps=77),
        dict(seed=7),
    ]:
        for preset in sets:
            there, back = page.evaluate(
                """([sets, preset, changes]) => {
              const state = lib.changed(lib.fromPreset(sets, preset), changes);
              return [state, lib.decode("#" + lib.encode(state, sets, 12), sets)]; }""",
                [sets, preset, changes],
            )
            assert back == {"state": there, "at": 12}


@pytest.mark.parametrize(
    "text", ["", "#section-2", "#playground=nothing", "#playground=constructor"]
)
def test_another_hash_is_left_alone(page, text):
    assert (
        page.evaluate("([text, sets]) => lib.decode(text, sets)", [text, playground.presets()])
        is None
    )


def test_a_broken_state_keeps_what_can_be_read(page):
    sets = playground.presets()
    text = "#playground=valley&scale=1e9&neurons=abc&decay=-1&points=1,2;x,3&step=NaN&method=evil&seed=1.6&steps=99"
    state = page.evaluate("([text, sets]) => lib.decode(text, sets).state", [text, sets])
    assert state == sets["valley"] | dict(preset="valley", scale=10, decay=1e-5, seed=2, steps=99)


@pytest.mark.parametrize("preset", ["valley", "small", "two-points", "teaser"])
def test_the_lines_of_python_run_and_agree(page, preset, capsys):
    state = playground.presets()[preset] | dict(steps=500)
    code, loss, objective, count = page.evaluate(
        """(state) => {
      const session = new lib.Session(state);
      while (!session.finished) session.train(1e9);
      const { frame, optimum } = session;
      return [lib.python(state, session.step, state.steps), frame.loss, optimum.objective, frame.count]; }""",
        state,
    )
    scope = {}
    exec(code, scope)
    assert scope["run"].loss[-1] == pytest.approx(loss, rel=1e-9)
    assert scope["best"].objective == pytest.approx(objective, rel=1e-6)
    assert re.search(rf"patterns {count}\n", capsys.readouterr().out)


@pytest.mark.parametrize(
    "preset, run", [("large", "large scale"), ("teaser", "teaser"), ("two-points", "one neuron")]
)
def test_a_preset_is_the_article_s_run(page, preset, run):
    state, (S, original) = playground.presets()[preset], experiments.run(run)
    if run == "teaser":  # the article's has no decay, the playground's the smallest its slider has
        assert state["decay"] == 1e-5
        state["decay"] = 0
    k = np.searchsorted(original.step, 900) - 1
    steps = int(original.step[k])
    fit = page.evaluate(
        """([state, steps]) => {
      const session = new lib.Session(state);
      while (session.trainer.step < steps) session.train(1e9, steps);
      return lib.loss(session.data, session.trainer.net, 0, 1 / session.data.n); }""",
        [state, steps],
    )
    assert fit == pytest.approx(original.fit[k], rel=1e-3)


def test_the_page_and_the_helpers_take_the_same_settings(page):
    ranges, most = page.evaluate("[lib.RANGES, lib.MOST_POINTS]")
    assert most == settings.MOST_POINTS
    assert {k: tuple(v) for k, v in ranges.items()} == settings.RANGES


def test_points_and_settings_are_checked():
    for x, y, settings, word in [
        ([1], [1, 2], {}, "y"),
        (range(31), range(31), {}, "30"),
        ([1.0], [np.nan], {}, "NaN"),
        ([1.0], [1.0], dict(neurons=0), "neurons"),
        ([1.0], [1.0], dict(colour=1), "colour"),
        ([1.0], [1.0], dict(method="sgd"), "method"),
        ([1.0], None, {}, "together"),
    ]:
        with pytest.raises(ValueError, match=word):
            playground.show(x, y, **settings)
    with pytest.raises(ValueError, match="valley"):
        playground.show(preset="nothing")


def test_a_figure_tells_a_terminal_what_it_shows():
    figure = playground.show([-1, 0, 1], [1, 0, 2], neurons=20)
    assert "3 data points" in repr(figure) and figure._repr_mimebundle_()["text/plain"] == repr(
        figure
    )
    assert "<script" not in playground.show(code=False)._html().replace(
        '<script type="application/json">', ""
    ).replace("<script>window.startLiveFigures?.()</script>", "")
