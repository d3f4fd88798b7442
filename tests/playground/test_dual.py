"""The dual view's curve and its peak against `helpers.dual`, on the same data."""

import numpy as np
import pytest

from helpers import convex, data, dual, playground
from helpers.loss import losses, predict

FOUND = """([state, angles, steps]) => {
  const session = new lib.Session(state);
  while (session.trainer.step < steps) session.train(1e9, steps);
  const { data, cells, lam, optimum, trainer } = session;
  const { net } = trainer;
  const ofNetwork = lib.leftBy(data, net);
  const ofOptimum = lib.leftByNeurons(data, optimum.neurons);
  const curve = (theta) => angles.map((angle) => lib.dualAt(data, theta, angle));
  const touches = optimum.neurons.map(({ u, sign }) =>
    sign * lib.dualAt(data, ofOptimum, Math.atan2(u[1], u[0])));
  return { lam, touches, ofNetwork, ofOptimum, net,
           curves: [curve(ofNetwork), curve(ofOptimum)],
           peaks: [ofNetwork, ofOptimum].map((theta) => lib.dualPeak(data, cells, theta)) }; }"""


def settings():
    presets = playground.presets()
    found = [presets[name] for name in ("valley", "teaser", "two-points", "sine", "landscape")]
    rng = np.random.default_rng(1)
    for n in (1, 4, 12, 30):
        points = np.column_stack([rng.uniform(-3, 2, n), rng.normal(size=n)]).tolist()
        found.append(presets["valley"] | dict(points=points, neurons=9, scale=0.5, decay=0.03))
    found[-2]["points"][3] = found[-2]["points"][2]  # twice the same point
    found[-2]["points"][5][0] = found[-2]["points"][4][0]  # two labels at one x
    return found


@pytest.mark.parametrize("state", settings(), ids=lambda state: f"{len(state['points'])} points")
def test_curves_and_peaks_are_those_of_the_helpers(script, state):
    angles = np.linspace(-180, 180, 97)
    found = script.evaluate(FOUND, [state, np.deg2rad(angles).tolist(), 30])
    x, y = np.array(state["points"]).T
    X = data.with_bias(x)
    lam = state["decay"] * convex.lambda_max(X, y)
    best = convex.solve(X, y, lam, tol=1e-10)
    W = np.column_stack([found["net"]["w1"], found["net"]["w2"]])
    left = [y - predict(X, W, np.array(found["net"]["alpha"])), y - best.predict(X)]
    unit = np.abs(y).max()
    for theta, ours, curve, peak in zip(
        left,
        (found["ofNetwork"], found["ofOptimum"]),
        found["curves"],
        found["peaks"],
        strict=True,
    ):
        assert np.allclose(ours, theta, atol=1e-6 * unit, rtol=0)
        expected = dual.dual_curve(X, theta, dual.circle(angles))
        assert np.allclose(curve, expected, atol=1e-6 * unit, rtol=0)
        highest = dual.peak(X, theta)
        assert peak["height"] == pytest.approx(highest.height, abs=1e-6 * unit)
        there = [np.cos(peak["angle"]), np.sin(peak["angle"])]
        value = dual.dual_curve(X, theta, [there])[0]
        assert peak["sign"] * value == pytest.approx(highest.height, abs=2e-6 * unit)


@pytest.mark.parametrize("state", settings(), ids=lambda state: f"{len(state['points'])} points")
def test_the_optimum_stays_in_the_band_and_touches_it_at_its_neurons(script, state):
    """In eq. 1's scaling the band is +-lam, without a factor."""
    found = script.evaluate(FOUND, [state, [0], 0])
    unit = np.abs(np.array(state["points"])[:, 1]).max()
    assert found["peaks"][1]["height"] == pytest.approx(found["lam"], abs=1e-6 * unit)
    assert found["touches"]
    assert np.allclose(found["touches"], found["lam"], atol=1e-5 * unit)


def test_a_neuron_at_the_peak_lowers_the_loss(script):
    """What the words call missing: added there, small, it pays for its decay."""
    state = settings()[6]
    found = script.evaluate(FOUND, [state, [0], 200])
    x, y = np.array(state["points"]).T
    X = data.with_bias(x)
    peak, lam = found["peaks"][0], found["lam"]
    assert peak["height"] > 1.01 * lam
    W = np.column_stack([found["net"]["w1"], found["net"]["w2"]])
    alpha = np.array(found["net"]["alpha"])
    root = 1e-3
    new = root * np.array([np.cos(peak["angle"]), np.sin(peak["angle"])])
    before = losses(X, y, W, alpha, lam)
    after = losses(X, y, np.vstack([W, new]), np.append(alpha, root * peak["sign"]), lam)
    slope = (after - before) / root**2
    assert slope == pytest.approx(2 * (lam - peak["height"]), rel=1e-2)


def test_the_words_of_the_dual_view(script):
    def words(height, angle=0.0, sign=1, lam=0.5):
        peak = dict(height=height, angle=angle, sign=sign)
        return script.evaluate("([peak, lam]) => lib.dualWords(peak, lam)", [peak, lam])

    within = "What the network leaves stays within the band ±λ: no neuron is missing."
    assert words(0.505) == within
    assert words(0).startswith("The network leaves nothing")
    assert words(5, np.deg2rad(135), -1) == (
        "What the network leaves reaches 10 λ: a neuron of negative output, kink at 1, active to "
        "the left of it, is missing or still too small."
    )
    assert "kink at -1, active to the right" in words(5, np.deg2rad(45))
    assert words(5, lam=0).startswith("What the network leaves is not zero: a neuron of positive")
