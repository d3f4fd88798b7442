// The convex program in the plane, solved exactly enough to certify: for rows x_j in R^2 the patterns are the sectors
// between the lines w'x_j = 0, and the program is
//     min |sum_k s_k D_k X z_k - y|^2 + 2 lam sum_k |z_k|,  z_k in sector k,
// over blocks k = (sector, sign s). Method: augmented Lagrangian of the dual, theta in R^n, with semismooth Newton
// steps (Li, Sun and Toh, 2018); in the plane the proximal step is closed form: project on the wedge, then shrink.

import { dot } from "./model.js";

const SAME_ANGLE = 1e-11; // lines closer than this are one, as in helpers/patterns.py
const SLOPE_TOLERANCE = 1e-13; // Newton stops at a slope this short, for labels of length 1

// The sectors, anticlockwise: {edges: two unit vectors, active: bytes per data row, middle: a direction inside}.
export function sectors(data) {
  const angles = [];
  for (let j = 0; j < data.n; j++) {
    if (data.a[j] === 0 && data.b[j] === 0) continue; // a zero row cuts nothing and adds nothing
    const angle = Math.atan2(data.a[j], -data.b[j]); // of (-b, a), orthogonal to the row
    angles.push(angle, angle > 0 ? angle - Math.PI : angle + Math.PI);
  }
  angles.sort((s, t) => s - t);
  const cuts = angles.filter((angle, k) => k === 0 || angle - angles[k - 1] > SAME_ANGLE);
  if (cuts.length > 2 && cuts[0] + 2 * Math.PI - cuts[cuts.length - 1] < SAME_ANGLE) cuts.pop();
  return cuts.map((angle, k) => {
    const next = k + 1 < cuts.length ? cuts[k + 1] : cuts[0] + 2 * Math.PI;
    const middle = [Math.cos((angle + next) / 2), Math.sin((angle + next) / 2)];
    const active = Uint8Array.from(data.a, (aj, j) =>
      aj * middle[0] + data.b[j] * middle[1] >= 0 ? 1 : 0,
    );
    return {
      edges: [angle, next].map((t) => [Math.cos(t), Math.sin(t)]),
      from: angle,
      to: next,
      middle,
      active,
    };
  });
}

// Projection of (p, q) on the wedge, written to `out`: [p, q, face], face 2 inside, 0 or 1 on that edge, -1 at the tip.
function project(sector, p, q, out) {
  const [[c, s], [C, S]] = sector.edges;
  if (c * q - s * p >= 0 && p * S - q * C >= 0) return place(out, p, q, 2);
  const first = c * p + s * q,
    last = C * p + S * q;
  if (first <= 0 && last <= 0) return place(out, 0, 0, -1);
  return first > last ? place(out, first * c, first * s, 0) : place(out, last * C, last * S, 1);
}

function place(out, p, q, face) {
  out[0] = p;
  out[1] = q;
  out[2] = face;
}

// c = s D X' theta of a block.
function correlate(data, { sector, sign }, theta, out) {
  let p = 0,
    q = 0;
  for (let j = 0; j < data.n; j++) {
    if (sector.active[j]) {
      p += data.a[j] * theta[j];
      q += data.b[j] * theta[j];
    }
  }
  out[0] = sign * p;
  out[1] = sign * q;
}

// max over blocks of the length of the projected correlation: theta is dual feasible where this is <= lam.
function dualNorm(data, blocks, theta) {
  const c = [0, 0, 0];
  let worst = 0;
  for (const block of blocks) {
    correlate(data, block, theta, c);
    project(block.sector, c[0], c[1], c);
    worst = Math.max(worst, Math.hypot(c[0], c[1]));
  }
  return worst;
}

const bothSigns = (cells) => cells.flatMap((sector) => [1, -1].map((sign) => ({ sector, sign })));

// The smallest lam at which zero is optimal.
export function lambdaMax(data, cells = sectors(data)) {
  return dualNorm(data, bothSigns(cells), data.y);
}

// Solve for lam > 0 over all patterns, or over the blocks [{sector, sign}] given. Returns {objective, lowerBound, gap,
// neurons, fit, iterations}; neurons: [{sector, sign, u: [u1, u2], size}], those not zero; fit: values at the rows.
export function solveConvex(
  data,
  lam,
  { cells = sectors(data), blocks = bothSigns(cells), tol = 1e-8 } = {},
) {
  const rowScale = Math.max(...Array.from(data.a, (aj, j) => Math.hypot(aj, data.b[j]))) || 1;
  const labelScale = Math.sqrt(dot(data.y, data.y)) || 1;
  const scaled = {
    n: data.n,
    a: data.a.map((v) => v / rowScale),
    b: data.b.map((v) => v / rowScale),
    y: data.y.map((v) => v / labelScale),
  };
  const { z, fit, iterations, value, bound } = augmentedLagrangian(
    scaled,
    blocks,
    lam / (rowScale * labelScale),
    tol,
  );
  const unit = labelScale / rowScale;
  return {
    objective: 2 * value * labelScale ** 2,
    lowerBound: 2 * bound * labelScale ** 2,
    gap: value > 0 ? Math.max(0, value - bound) / value : 0,
    neurons: merged(blocks, z, unit),
    fit: fit.map((v) => v * labelScale),
    iterations,
  };
}

// The blocks that are not zero as neurons. A neuron on the line between two cells belongs to both: it is counted once.
function merged(blocks, z, unit) {
  const neurons = [];
  blocks.forEach(({ sector, sign }, k) => {
    const u = [z[2 * k] * unit, z[2 * k + 1] * unit],
      size = Math.hypot(u[0], u[1]);
    const apart = (other) => Math.hypot(...u.map((v, d) => v / size - other.u[d] / other.size));
    const twin = neurons.find((other) => other.sign === sign && apart(other) < 1e-9);
    if (twin)
      Object.assign(twin, { u: [twin.u[0] + u[0], twin.u[1] + u[1]], size: twin.size + size });
    else if (size > 0) neurons.push({ sector, sign, u, size });
  });
  return neurons;
}

function augmentedLagrangian(data, blocks, lam, tol) {
  const { n, y } = data,
    state = newState(n, blocks.length);
  let sigma = 10,
    best = { value: dot(y, y) / 2, bound: 0, z: state.z, fit: new Float64Array(n) },
    iterations = 0;
  const consider = (z, theta) => {
    const fit = combine(data, blocks, z),
      r = y.map((v, j) => v - fit[j]);
    const value = dot(r, r) / 2 + lam * totalLength(z);
    const bound = Math.max(
      ...[r, theta].map((candidate) => dualValue(data, blocks, candidate, lam)),
    );
    if (value <= best.value) best = { ...best, value, z: z.slice(), fit };
    best.bound = Math.max(best.bound, bound);
    return best.value - best.bound <= tol * best.value;
  };
  state.theta.set(y);
  if (consider(state.z, state.theta)) return { ...best, iterations };
  for (let outer = 0; outer < 30; outer++) {
    iterations += newton(data, blocks, lam, sigma, state);
    state.z.set(state.moved);
    if (consider(state.z, state.theta)) break;
    sigma = Math.min(sigma * 6, 1e12);
  }
  return { ...best, iterations };
}

function newState(n, count) {
  return {
    theta: new Float64Array(n),
    z: new Float64Array(2 * count),
    moved: new Float64Array(2 * count),
    slope: new Float64Array(n),
    face: new Int8Array(count),
    keep: new Float64Array(count),
  };
}

// Minimise over theta  |theta - y|^2 / 2 + |prox(z + sigma A'theta)|^2 / (2 sigma); state.moved holds that prox.
function newton(data, blocks, lam, sigma, state) {
  const { n } = data,
    H = new Float64Array(n * n),
    trial = { ...state, theta: new Float64Array(n) };
  let value = evaluate(data, blocks, lam, sigma, state),
    steps = 1;
  const slope = () => Math.sqrt(dot(state.slope, state.slope));
  for (; steps <= 60; steps++) {
    if (slope() <= SLOPE_TOLERANCE + 5e-15 * sigma * Math.sqrt(dot(state.theta, state.theta)))
      break;
    hessian(data, blocks, sigma, state, H);
    const step = choleskySolve(
      H,
      state.slope.map((v) => -v),
      n,
    );
    const descent = dot(state.slope, step),
      start = state.theta.slice();
    let rate = 1,
      next = Infinity;
    for (; rate > 1e-15; rate /= 4) {
      for (let j = 0; j < n; j++) trial.theta[j] = start[j] + rate * step[j];
      next = evaluate(data, blocks, lam, sigma, trial);
      if (next <= value + 1e-4 * rate * descent) break;
      // Near the minimum rounding hides the decrease of the value, not that of the slope along the step.
      if (next <= value + 1e-14 && Math.abs(dot(trial.slope, step)) <= -0.9 * descent) break;
    }
    if (rate <= 1e-15) {
      evaluate(data, blocks, lam, sigma, state);
      break;
    }
    state.theta.set(trial.theta);
    value = next;
  }
  return steps;
}

// Value and slope at state.theta; fills moved (the prox), face (of the wedge), keep (1 - shrinkage; 0: a zero block).
function evaluate(data, blocks, lam, sigma, state) {
  const { n, y } = data,
    { theta, z, moved, slope, face, keep } = state,
    c = [0, 0, 0];
  let value = 0;
  for (let k = 0; k < blocks.length; k++) {
    correlate(data, blocks[k], theta, c);
    project(blocks[k].sector, z[2 * k] + sigma * c[0], z[2 * k + 1] + sigma * c[1], c);
    const length = Math.hypot(c[0], c[1]);
    keep[k] = length > sigma * lam ? 1 - (sigma * lam) / length : 0;
    face[k] = c[2];
    moved[2 * k] = keep[k] * c[0];
    moved[2 * k + 1] = keep[k] * c[1];
    value += (moved[2 * k] ** 2 + moved[2 * k + 1] ** 2) / (2 * sigma);
  }
  combine(data, blocks, moved, slope);
  for (let j = 0; j < n; j++) {
    value += (theta[j] - y[j]) ** 2 / 2;
    slope[j] += theta[j] - y[j];
  }
  return value;
}

// I + sigma sum_k A_k J_k A_k', J_k the Jacobian of the prox: rank one on an edge, two inside the wedge.
function hessian(data, blocks, sigma, { moved, face, keep }, H) {
  const { n, a, b } = data,
    column = new Float64Array(n);
  H.fill(0);
  for (let j = 0; j < n; j++) H[j * n + j] = 1;
  const add = (active, p, q, weight) => {
    for (let j = 0; j < n; j++) column[j] = active[j] ? a[j] * p + b[j] * q : 0;
    for (let j = 0; j < n; j++)
      if (column[j] !== 0)
        for (let k = 0; k <= j; k++) H[j * n + k] += weight * column[j] * column[k];
  };
  blocks.forEach(({ sector }, k) => {
    if (keep[k] === 0) return;
    const length = Math.hypot(moved[2 * k], moved[2 * k + 1]),
      p = moved[2 * k] / length,
      q = moved[2 * k + 1] / length;
    add(sector.active, p, q, sigma);
    if (face[k] === 2) add(sector.active, -q, p, sigma * keep[k]);
  });
}

// Solve H step = v for H positive definite, given by its lower triangle, which is overwritten by its factor.
function choleskySolve(H, v, n) {
  for (let j = 0; j < n; j++) {
    for (let k = 0; k <= j; k++) {
      let sum = H[j * n + k];
      for (let l = 0; l < k; l++) sum -= H[j * n + l] * H[k * n + l];
      H[j * n + k] = j === k ? Math.sqrt(Math.max(sum, 1e-300)) : sum / H[k * n + k];
    }
  }
  for (let j = 0; j < n; j++) {
    for (let k = 0; k < j; k++) v[j] -= H[j * n + k] * v[k];
    v[j] /= H[j * n + j];
  }
  for (let j = n - 1; j >= 0; j--) {
    for (let k = j + 1; k < n; k++) v[j] -= H[k * n + j] * v[k];
    v[j] /= H[j * n + j];
  }
  return v;
}

// sum_k s_k D_k X z_k at the rows.
function combine(data, blocks, z, out = new Float64Array(data.n)) {
  out.fill(0);
  blocks.forEach(({ sector, sign }, k) => {
    const p = sign * z[2 * k],
      q = sign * z[2 * k + 1];
    if (p === 0 && q === 0) return;
    for (let j = 0; j < data.n; j++) if (sector.active[j]) out[j] += data.a[j] * p + data.b[j] * q;
  });
  return out;
}

function totalLength(z) {
  let sum = 0;
  for (let k = 0; k < z.length; k += 2) sum += Math.hypot(z[k], z[k + 1]);
  return sum;
}

// The best lower bound on half the objective along the ray of theta: y'(s theta) - |s theta|^2 / 2, s theta feasible.
function dualValue(data, blocks, theta, lam) {
  const square = dot(theta, theta),
    along = dot(theta, data.y);
  if (square === 0 || along <= 0) return 0;
  const norm = dualNorm(data, blocks, theta);
  const scale = Math.min(along / square, norm > 1e-12 * Math.sqrt(square) ? lam / norm : Infinity);
  return scale * along - (scale ** 2 * square) / 2;
}
