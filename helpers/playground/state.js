// What a reader can set, in the URL and as lines of Python.
//
// A state is {preset, label, points, scale, neurons, decay, step, method, seed, steps, weights,
// view}: points [[x, y]]; decay is lambda / lambda_max; step a number or "auto"; weights null or
// rows [w1, w2, alpha] of the initial network; view null or the limits of x that a preset asks for. presets: states by name, without that name, as settings.py
// gives them.

import { LARGEST_VALUE, METHODS, MOST_POINTS, RANGES, WHOLE } from "./limits.js";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

export const fromPreset = (presets, preset) => ({ ...presets[preset], preset });

// Whether something of the preset has been changed.
export function isChanged(state, presets) {
  const base = presets[state.preset];
  const isOther = (key) => JSON.stringify(state[key]) !== JSON.stringify(base[key]);
  return Object.keys(base).some(isOther);
}

// The state with some settings changed; weights of the preset's own hold for its own data and width
// only.
export function changed(state, changes) {
  const isRedrawn = ["points", "scale", "neurons", "seed"].some((key) => key in changes);
  const { drawn, ...rest } = state;
  return isRedrawn ? { ...rest, ...changes, weights: null } : { ...state, ...changes };
}

// The state whose initial network is the one given, of which a neuron was moved by hand; drawn keeps
// the weights of before.
export function byHand(state, { m, w1, w2, alpha }) {
  const weights = Array.from({ length: m }, (_, i) => [w1[i], w2[i], alpha[i]]);
  return { drawn: state.weights, ...state, weights };
}

// The state with its own initial network again, nothing moved by hand.
export function asDrawn({ drawn, ...state }) {
  return drawn === undefined ? state : { ...state, weights: drawn };
}

// A number as near to the setting's range as it can be.
export function within(key, value) {
  const [low, high] = RANGES[key];
  const whole = WHOLE.includes(key) ? Math.round(value) : value;
  return Math.min(high, Math.max(low, whole));
}

// --- The URL.

// Takes a state, and the step at which the figure stands or null; returns the text after # in the
// URL: the preset, and what differs from it.
export function encode(state, presets, at = null) {
  const base = presets[state.preset];
  const parts = [`playground=${encodeURIComponent(state.preset)}`];
  if (JSON.stringify(state.points) !== JSON.stringify(base.points))
    parts.push(`points=${state.points.map((point) => point.join(",")).join(";")}`);
  for (const key of ["scale", "neurons", "decay", "step", "method", "seed", "steps"]) {
    const drawsAnew = key === "seed" && state.weights !== base.weights;
    if (state[key] !== base[key] || drawsAnew) parts.push(`${key}=${state[key]}`);
  }
  if (at !== null) parts.push(`at=${at}`);
  return parts.join("&");
}

// Takes such a text; returns {state, at}, or null when it is not one. Never throws: what cannot be
// read keeps the preset's value, and what is out of range the nearest that is in it.
export function decode(text, presets) {
  const query = readQuery(text);
  const preset = query.get("playground") ?? "";
  if (!Object.hasOwn(presets, preset)) return null;
  const changes = {};
  for (const key of Object.keys(RANGES)) {
    const value = readNumber(query.get(key));
    if (value !== null) changes[key] = within(key, value);
  }
  if (query.get("step") === "auto") changes.step = "auto";
  if (METHODS.includes(query.get("method"))) changes.method = query.get("method");
  const points = readPoints(query.get("points"));
  if (points) changes.points = points;
  const at = readNumber(query.get("at"));
  return {
    state: changed(fromPreset(presets, preset), changes),
    at: at === null ? null : Math.max(0, Math.round(at)),
  };
}

// The settings of a link, by name. A link that was encoded as a whole, once or twice, as some
// programs do with what they pass on, is read like the plain one; a plus is a plus, not a blank.
function readQuery(text) {
  let plain = text.replace(/^#/, "");
  for (let round = 0; round < 2; round++) {
    const query = parse(plain);
    if (query.has("playground")) return query;
    try {
      plain = decodeURIComponent(plain).replace(/^#/, "");
    } catch {
      return query; // a percent sign that encodes nothing: not such a link
    }
  }
  return parse(plain);
}

const parse = (text) => new URLSearchParams(text.replaceAll("+", "%2B"));

// The number that a text is, or null.
export function readNumber(text) {
  const trimmed = (text ?? "").trim();
  if (!NUMBER.test(trimmed)) return null;
  const value = Number(trimmed);
  return Number.isFinite(value) ? value : null;
}

// The points of "x,y;x,y", or null where a single one cannot be read or drawn.
function readPoints(text) {
  if (text === null) return null;
  const points = text.split(";").map((pair) => pair.split(",").map(readNumber));
  const isValue = (value) => value !== null && Math.abs(value) <= LARGEST_VALUE;
  const isPoint = (point) => point.length === 2 && point.every(isValue);
  return points.length <= MOST_POINTS && points.every(isPoint) ? points : null;
}

// --- The same setting with the helpers.

const list = (values) => `[${values.join(", ")}]`;

// Takes a state, and the step size and number of steps of the run shown; returns lines of Python
// that repeat it.
export function python(state, step, steps) {
  const { points, decay, method } = state;
  const every = Math.max(1, Math.ceil(steps / 100));
  const settings = `step=${step}, steps=${steps}, lam=lam, record_every=${every}`;
  return `import numpy as np
from helpers import convex, data, train

x = np.array(${list(points.map((point) => point[0]))}, float)
y = np.array(${list(points.map((point) => point[1]))}, float)
X = data.with_bias(x)
lam = ${decay} * convex.lambda_max(X, y)

${pythonNetwork(state)}
run = train.${method}(X, y, W, alpha, ${settings})
best = convex.solve(X, y, lam)
print("loss", run.loss[-1])
print("certified optimum", best.objective, "gap", best.gap)
print("patterns", run.pattern_counts(X)[-1])`;
}

function pythonNetwork({ weights, neurons, scale, seed }) {
  const rng = `np.random.default_rng(${seed})`;
  if (!weights) return `W, alpha = train.uniform_network(${neurons}, 2, ${scale}, ${rng})`;
  const W = list(weights.map(([w1, w2]) => list([w1, w2])));
  const alpha = list(weights.map((row) => row[2]));
  return `W, alpha = np.array(${W}), np.array(${alpha})`;
}

// --- A new point.

// Takes points and the view's limits of x; returns a point in the middle of the widest gap between
// the points, at the height of the line through its neighbours.
export function inWidestGap(points, [, high]) {
  const sorted = [...points].sort((p, q) => p[0] - q[0]);
  if (sorted.length === 1) return [(sorted[0][0] + high) / 2, sorted[0][1]];
  const gap = (k) => sorted[k][0] - sorted[k - 1][0];
  let widest = 1;
  for (let k = 2; k < sorted.length; k++) if (gap(k) > gap(widest)) widest = k;
  const [p, q] = [sorted[widest - 1], sorted[widest]];
  return [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2];
}
