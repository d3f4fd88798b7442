"""A run: what it records, how a drag goes on with it, and the presets as the article's runs."""

import numpy as np
import pytest

from helpers import convex, data, experiments, playground

VALLEY = playground.presets()["valley"] | dict(preset="valley")


def state(**changes):
    return VALLEY | dict(neurons=20, scale=0.3, steps=40) | changes


def test_the_problem_of_points_and_decay(script):
    points, decay = VALLEY["points"], 0.03
    found = script.evaluate("([points, decay]) => lib.problem(points, decay)", [points, decay])
    x, y = np.array(points).T
    X = data.with_bias(x)
    largest = convex.lambda_max(X, y)
    best = convex.solve(X, y, decay * largest, tol=1e-9)
    assert found["data"] == dict(n=5, x=x.tolist(), y=y.tolist())
    assert found["lambdaMax"] == pytest.approx(largest, rel=1e-12)
    assert found["lam"] == decay * found["lambdaMax"]
    assert found["optimum"]["objective"] == pytest.approx(best.objective, rel=1e-7)
    sizes = np.linalg.norm(np.concatenate([best.U, best.V]), axis=1).sum()
    assert found["optimumSize"] == pytest.approx(sizes, rel=1e-4)
    assert len(found["cells"]) == 10


RECORD = """(state) => {
  const session = new lib.Session(state);
  const first = [session.frames.length, session.shown, session.finished];
  while (!session.finished) session.train(1e9);
  return { first, steps: session.frames.map(({ step }) => step), shown: session.shown,
           last: session.frame.step, used: session.step, diverged: session.diverged }; }"""


@pytest.mark.parametrize(
    "steps, every", [(40, 1), (300, 1), (301, 2), (700, 3), (1000, 4), (10, 1)]
)
def test_a_run_records_its_start_its_end_and_at_most_300_frames_between(script, steps, every):
    found = script.evaluate(RECORD, state(steps=steps))
    assert found["first"] == [1, 0, False]
    assert found["steps"] == [*range(0, steps, every), steps]
    assert found["shown"] == len(found["steps"]) - 1
    assert found["last"] == steps
    assert not found["diverged"]


def test_frames_hold_what_the_network_was(script):
    found = script.evaluate(
        """(state) => {
          const session = new lib.Session(state);
          session.train(1e9, 7);
          while (session.trainer.step < 7) session.train(1e9, 7);
          const losses = session.frames.map(({ net }) => lib.loss(session.data, net, session.lam));
          const counts = session.frames.map(({ net }) => lib.patterns(session.data, net).count);
          const dead = session.frames.map(({ net }) => lib.deadCount(session.data, net));
          return { frames: session.frames, losses, counts, dead, net: session.trainer.net,
                   step: session.trainer.step, finished: session.finished }; }""",
        state(),
    )
    frames = found["frames"]
    assert [frame["loss"] for frame in frames] == found["losses"]
    assert [frame["count"] for frame in frames] == found["counts"]
    assert [frame["dead"] for frame in frames] == found["dead"]
    assert all(frame["own"] is None for frame in frames)
    assert frames[-1]["net"] == found["net"]
    assert frames[0]["net"] != found["net"]
    assert (found["step"], found["finished"]) == (7, False)


def test_training_stops_at_the_step_asked_for_and_records_it(script):
    """Between two frames of the record too: a link can say any step."""
    steps = script.evaluate(
        """(state) => {
          const session = new lib.Session(state);
          for (const last of [3, 3, 6, 8]) session.train(1e9, last);
          return session.frames.map(({ step }) => step); }""",
        state(steps=1000),
    )
    assert steps == [0, 3, 4, 8] or steps == [0, 3, 3, 4, 8]


def test_a_budget_of_no_time_takes_one_step(script):
    found = script.evaluate(
        """(state) => {
          const session = new lib.Session(state);
          session.train(-1);
          return [session.trainer.step, session.frames.length]; }""",
        state(steps=1000),
    )
    assert found == [1, 1]  # every fourth step is recorded


def test_given_weights_are_the_start(script):
    rows = [[0.5, -0.25, 2.0], [-1.0, 0.125, -3.0]]
    initial = script.evaluate("(state) => new lib.Session(state).initial", state(weights=rows))
    assert initial == dict(m=2, w1=[0.5, -1.0], w2=[-0.25, 0.125], alpha=[2.0, -3.0])


@pytest.mark.parametrize("method", ["gradient_descent", "adam"])
def test_the_step_used(script, method):
    code = """(state) => {
      const session = new lib.Session(state);
      const safe = lib.safeStep(session.data, session.initial, session.optimumSize, session.lam);
      session.train(1e9, 1);
      return [session.step, safe, session.trainer.stepSize, session.trainer.method,
              session.trainer.lam === session.lam]; }"""
    used, safe, trained, by, same = script.evaluate(code, state(method=method))
    assert used == (safe if method == "gradient_descent" else 1e-3)
    assert (trained, by, same) == (used, method, True)
    used, _, trained, *_ = script.evaluate(code, state(method=method, step=0.0123))
    assert used == trained == 0.0123


def test_a_diverging_run_is_told_and_stops(script):
    found = script.evaluate(
        """(state) => {
          const session = new lib.Session(state);
          while (!session.finished) session.train(1e9);
          return [session.diverged, Number.isFinite(session.frame.loss), session.trainer.step,
                  session.frames.length]; }""",
        state(step=1, scale=1, steps=500, neurons=1000),
    )
    diverged, finite, step, frames = found
    assert diverged
    assert finite
    assert 0 < step < 500
    assert frames >= 1


def test_set_starts_anew_after_a_divergence(script):
    found = script.evaluate(
        """([wild, calm]) => {
          const session = new lib.Session(wild);
          while (!session.finished) session.train(1e9);
          session.set(calm);
          return [session.diverged, session.frames.length, session.shown, session.finished]; }""",
        [state(step=1, scale=1, steps=500, neurons=1000), state()],
    )
    assert found == [False, 1, 0, False]


FOLLOW = """([state, points, trained]) => {
  const session = new lib.Session(state);
  while (session.trainer.step < trained && !session.finished) session.train(1e9, trained);
  const before = lib.copyNetwork(session.trainer.net);
  session.follow(points, -1);
  const safe = lib.safeStep(session.data, before, session.optimumSize, session.lam);
  return { before, after: session.trainer.net, initial: session.initial, y: session.data.y,
           frames: session.frames.length, shown: session.shown, step: session.step, safe,
           used: session.trainer.stepSize, diverged: session.diverged,
           lam: session.trainer.lam === session.lam, cells: session.cells.length,
           method: session.trainer.method,
           objective: session.optimum.objective, largest: session.lambdaMax }; }"""


def test_while_a_point_is_dragged_the_trained_network_goes_on(script):
    moved = [[-1, 0.8], [-0.6, 0.5], [0, 2.5], [0.5, 0.2]]
    found = script.evaluate(FOLLOW, [state(), moved, 40])
    assert found["after"] == found["before"]  # no time: no step
    assert found["after"] != found["initial"]
    assert found["y"] == [0.8, 0.5, 2.5, 0.2]
    assert found["cells"] == 8
    assert (found["frames"], found["shown"], found["diverged"]) == (1, 0, False)
    assert found["used"] == min(found["step"], found["safe"])
    assert found["lam"]
    assert found["method"] == "gradient_descent"
    fresh = script.evaluate("([p, decay]) => lib.problem(p, decay)", [moved, 0.01])
    assert found["objective"] == fresh["optimum"]["objective"]
    assert found["largest"] == fresh["lambdaMax"]


def test_a_dragged_point_does_not_make_training_diverge(script):
    far = [[-1, 50], [1, -50], [30, 20]]
    found = script.evaluate(FOLLOW, [state(step=0.05), far, 40])
    assert found["safe"] < found["step"]
    assert found["used"] == found["safe"]
    losses = script.evaluate(
        """([state, far]) => {
          const session = new lib.Session(state);
          session.follow(far, -1);
          const first = session.frame.loss;
          session.follow(far, 30);
          return [first, session.frame.loss, session.trainer.step]; }""",
        [state(step=0.05), far],
    )
    assert losses[1] < losses[0]
    assert losses[2] > 0


def test_after_a_divergence_a_drag_starts_from_the_initial_network(script):
    wild = state(step=1, scale=1, steps=500, neurons=1000)
    found = script.evaluate(FOLLOW, [wild, VALLEY["points"], 500])
    assert found["after"] == found["initial"]
    assert found["diverged"] is False


def test_the_patterns_of_a_network_are_blocks_once_each(script):
    found = script.evaluate(
        """() => {
          const cells = lib.cellsOf([0, 1]);
          const net = { m: 6, w1: [1, 2, 1, 0, -1, 1], w2: [-0.5, -1, -0.5, 0, 2, 5],
                        alpha: [1, 3, -1, 1, 0, -2] };
          return lib.ownBlocks(cells, net).map(({ cell, sign }) => [[...cell.active], sign]); }"""
    )
    assert found == [[[0, 1], 1], [[0, 1], -1], [[1, 1], 1], [[1, 1], -1]]


def test_own_optima_lie_between_the_loss_and_the_optimum(script):
    frames, optimum = script.evaluate(
        """(state) => {
          const session = new lib.Session(state, { ownOptimum: true });
          while (!session.finished) session.train(1e9);
          return [session.frames.map(({ loss, own }) => [loss, own.objective]),
                  session.optimum.objective]; }""",
        state(neurons=8, scale=0.2),
    )
    for loss, own in frames:
        assert loss >= own * (1 - 1e-7)
        assert own >= optimum * (1 - 1e-7)


@pytest.mark.parametrize(
    "preset, run", [("large", "large scale"), ("teaser", "teaser"), ("two-points", "one neuron")]
)
def test_a_preset_is_the_article_s_run(script, preset, run):
    start, (_, original) = playground.presets()[preset], experiments.run(run)
    if run == "teaser":  # the article's has no decay, the playground's the smallest its slider has
        assert start["decay"] == 1e-5
        start["decay"] = 0
    k = np.searchsorted(original.step, 900) - 1
    steps = int(original.step[k])
    fit = script.evaluate(
        """([state, steps]) => {
          const session = new lib.Session(state);
          while (session.trainer.step < steps) session.train(1e9, steps);
          return lib.loss(session.data, session.trainer.net, 0, 1 / session.data.n); }""",
        [start, steps],
    )
    assert fit == pytest.approx(original.fit[k], rel=1e-3)


@pytest.mark.parametrize("preset", ["valley", "small", "two-points", "teaser"])
def test_the_lines_of_python_run_and_agree(script, preset, capsys):
    start = playground.presets()[preset] | dict(steps=500)
    code, loss, objective, count = script.evaluate(
        """(state) => {
          const session = new lib.Session(state);
          while (!session.finished) session.train(1e9);
          const { frame, optimum } = session;
          const code = lib.python(state, session.step, state.steps);
          return [code, frame.loss, optimum.objective, frame.count]; }""",
        start,
    )
    scope = {}
    exec(code, scope)
    assert scope["run"].loss[-1] == pytest.approx(loss, rel=1e-9)
    assert len(scope["run"].loss) == 101
    assert scope["best"].objective == pytest.approx(objective, rel=1e-6)
    assert f"patterns {count}\n" in capsys.readouterr().out


def test_training_goes_on_from_a_network_of_the_readers_hand(script):
    state = playground.presets()["valley"] | dict(neurons=6, steps=30, preset="valley")
    found = script.evaluate(
        """(state) => {
          const session = new lib.Session(state);
          while (!session.finished) session.train(1e9);
          const moved = lib.withNeuron(session.trainer.net, 2, { w1: 1, w2: -0.5, alpha: 2 });
          session.take(moved);
          const { step, loss } = session.frame;
          const shown = session.frames.length;
          const hand = lib.byHand(state, session.trainer.net);
          const again = lib.byHand(hand, session.initial);
          const run = new lib.Session(hand);
          run.train(1e9, 1);
          session.train(1e9, 1);
          return { step, loss, shown, moved, net: run.initial, hand, again,
                   once: [run.step, session.step].every((size) => size > 0),
                   redrawn: lib.changed(hand, { scale: 0.3 }), 
                   slower: lib.changed(hand, { decay: 1 }),
                   drawn: lib.asDrawn(hand), same: lib.asDrawn(state) }; }""",
        state,
    )
    assert found["moved"] == found["net"] and (found["step"], found["shown"]) == (0, 1)
    assert found["hand"]["weights"][2] == [1, -0.5, 2] and found["hand"]["drawn"] is None
    assert found["again"]["drawn"] is None
    assert found["drawn"] == found["same"] == state
    assert found["redrawn"] == state | dict(scale=0.3)
    assert found["slower"]["weights"] == found["hand"]["weights"]
