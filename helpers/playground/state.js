// What a reader can set, in the URL and as lines of Python. A state is {preset, points, scale, neurons, decay, step,
// method, seed, steps, weights}; decay is lambda / lambda_max, step a number or "auto", weights null or rows
// [w1, w2, alpha].

export const RANGES = {
  scale: [1e-5, 10],
  neurons: [1, 1000],
  decay: [1e-5, 1],
  step: [1e-7, 1],
  steps: [10, 100000],
  seed: [0, 4294967295],
};
export const MOST_POINTS = 30;
const INTEGERS = ["neurons", "steps", "seed"];
const METHODS = ["gradient_descent", "adam"];

export const fromPreset = (presets, preset) => ({ ...presets[preset], preset });

// Change some settings; weights of the preset's own hold for its own data and width only.
export function changed(state, changes) {
  const redrawn = ["points", "scale", "neurons", "seed"].some((key) => key in changes);
  return { ...state, ...changes, weights: redrawn ? null : state.weights };
}

// The state as the text after # in the URL: the preset, and what differs from it.
export function encode(state, presets, at = null) {
  const parts = [`playground=${state.preset}`];
  const base = presets[state.preset];
  if (JSON.stringify(state.points) !== JSON.stringify(base.points))
    parts.push(`points=${state.points.map((p) => p.join(",")).join(";")}`);
  for (const key of ["scale", "neurons", "decay", "step", "method", "seed", "steps"])
    if (state[key] !== base[key] || (key === "seed" && state.weights !== base.weights))
      parts.push(`${key}=${state[key]}`);
  if (at !== null) parts.push(`at=${at}`);
  return parts.join("&");
}

// The state of such a text, or null when it is not one; what cannot be read keeps the preset's value.
export function decode(text, presets) {
  const query = new URLSearchParams(text.replace(/^#/, ""));
  const preset = query.get("playground");
  if (!Object.hasOwn(presets, preset ?? "")) return null;
  const changes = {};
  for (const [key, [low, high]] of Object.entries(RANGES)) {
    const value = Number(query.get(key) ?? NaN);
    if (Number.isFinite(value))
      changes[key] = Math.min(
        high,
        Math.max(low, INTEGERS.includes(key) ? Math.round(value) : value),
      );
  }
  if (query.get("step") === "auto") changes.step = "auto";
  if (METHODS.includes(query.get("method"))) changes.method = query.get("method");
  const points = (query.get("points") ?? "").split(";").map((p) => p.split(",").map(Number));
  if (
    points.length <= MOST_POINTS &&
    points.every((p) => p.length === 2 && p.every((v) => Number.isFinite(v) && Math.abs(v) < 1e6))
  )
    changes.points = points;
  const at = query.has("at") ? Math.max(0, Math.round(Number(query.get("at")))) : null;
  return {
    state: changed(fromPreset(presets, preset), changes),
    at: Number.isFinite(at) ? at : null,
  };
}

// The same setting with the helpers; step and steps are those of the run shown.
export function python(state, step, steps) {
  const list = (values) => `[${values.join(", ")}]`;
  const rows = state.weights ?? [],
    outer = list(rows.map((w) => w[2]));
  const inner = list(rows.map((w) => list(w.slice(0, 2))));
  const network = state.weights
    ? `W, alpha = np.array(${inner}), np.array(${outer})`
    : `W, alpha = train.uniform_network(${state.neurons}, 2, ${state.scale}, np.random.default_rng(${state.seed}))`;
  const settings = `step=${step}, steps=${steps}, lam=lam, record_every=${Math.max(1, Math.ceil(steps / 100))}`;
  return `import numpy as np
from helpers import convex, data, train

x = np.array(${list(state.points.map((p) => p[0]))}, float)
y = np.array(${list(state.points.map((p) => p[1]))}, float)
X = data.with_bias(x)
lam = ${state.decay} * convex.lambda_max(X, y)

${network}
run = train.${state.method}(X, y, W, alpha, ${settings})
best = convex.solve(X, y, lam)
print("loss", run.loss[-1])
print("certified optimum", best.objective, "gap", best.gap)
print("patterns", run.pattern_counts(X)[-1])`;
}

// A point in the middle of the widest gap between the points, at the height of the line through its neighbours.
export function inWidestGap(points, [low, high]) {
  const sorted = [...points].sort((p, q) => p[0] - q[0]);
  if (sorted.length === 1) return [(sorted[0][0] + high) / 2, sorted[0][1]];
  let best = 1;
  for (let k = 1; k < sorted.length; k++)
    if (sorted[k][0] - sorted[k - 1][0] > sorted[best][0] - sorted[best - 1][0]) best = k;
  const [p, q] = [sorted[best - 1], sorted[best]];
  return [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2];
}
