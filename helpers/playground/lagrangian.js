// The convex program of a line, solved by an augmented Lagrangian of its dual, theta in R^n, with
// semismooth Newton steps (Li, Sun and Toh, 2018):
//     min |sum_k s_k D_k X u_k - y|^2 / 2 + lam sum_k |u_k|,  u_k in cell k,
// over blocks k = (cell, sign s).
//
// A block is measured by what it does to the output: u_k is written in coordinates z_k in which the
// columns of D_k X are orthonormal and the length |u_k| is sqrt(w_0 z_0^2 + w_1 z_1^2). Points far
// from 0 or close together are then as easy as any. The proximal step of a block is a problem of
// the plane: zero, on an edge of the cell, or inside.

import { lowerBound } from "./certificate.js";
import { dot } from "./model.js";

// The penalty sigma, for labels of length 1: outputs of blocks are then about 1 too. At the largest
// the Hessian's condition is still below 1 / Number.EPSILON.
const FIRST_SIGMA = 10;
const SIGMA_FACTOR = 6;
const LARGEST_SIGMA = 1e12;

// Steps: data that a reader can draw take 200 of Newton at most; a point is being dragged
// meanwhile.
const OUTER_STEPS = 40;
const NEWTON_STEPS = 60; // of one outer step
const MOST_STEPS = 500; // of all

// Newton stops at a slope this short, for labels of length 1, or at the rounding of the slope, this
// share of sigma |theta|; a line search where a step is lost in rounding.
const SLOPE_TOLERANCE = 1e-13;
const SLOPE_ROUNDING = 5e-15;
const LEAST_RATE = 1e-15;

const LEAST_PIVOT = 1e-300; // of the Cholesky factor, where rounding leaves none that is positive

// Faces of a cell on which a proximal step can end; 0 and 1 are its edges.
const AT_ZERO = -1;
const INSIDE = 2;

// Takes pooled points (see certificate.js) with labels of length 1, blocks [{cell, sign}], lam > 0
// and the gap to reach. Returns {neurons, bound, theta, iterations}: neurons [{cell, sign, edge, u,
// size}], those not zero, edge null inside the cell; bound: a proved lower bound on the minimum;
// theta: the dual point that proves it.
export function augmentedLagrangian(pooled, blocks, lam, tolerance) {
  const frames = framesOf(pooled, blocks);
  const state = startingState(pooled, blocks.length);
  const best = {
    value: dot(pooled.y, pooled.y) / 2,
    z: state.z.slice(),
    face: state.face.slice(),
    bound: 0,
    theta: new Float64Array(pooled.n),
  };
  const isSolved = () => {
    const value = valueAt(pooled, frames, lam, state.z);
    if (value.total <= best.value)
      Object.assign(best, { value: value.total, z: state.z.slice(), face: state.face.slice() });
    for (const theta of [value.residual, state.theta]) {
      const bound = lowerBound(pooled, blocks, theta, lam);
      if (bound > best.bound) Object.assign(best, { bound, theta: theta.slice() });
    }
    return best.value - best.bound <= tolerance * best.value;
  };
  let sigma = FIRST_SIGMA;
  let iterations = 0;
  let solved = isSolved();
  for (let outer = 0; outer < OUTER_STEPS && iterations < MOST_STEPS && !solved; outer++) {
    iterations += newton(pooled, frames, lam, sigma, state);
    state.z.set(state.moved);
    solved = isSolved();
    sigma = Math.min(sigma * SIGMA_FACTOR, LARGEST_SIGMA);
  }
  return { neurons: neuronsOf(frames, best), bound: best.bound, theta: best.theta, iterations };
}

// theta: the dual point; z: coordinates of the blocks, two each; moved: their proximal step; face:
// where it ends; stiffness: its derivative across the direction of z, the one along it being 1;
// slope: in theta.
function startingState({ n, y }, count) {
  return {
    theta: y.slice(),
    z: new Float64Array(2 * count),
    moved: new Float64Array(2 * count),
    face: new Int8Array(count).fill(AT_ZERO),
    stiffness: new Float64Array(count),
    slope: new Float64Array(n),
  };
}

// --- Coordinates.

// One frame a cell, shared by its blocks of either sign: {cell, column0, column1: the columns of D
// X in the coordinates, over the active points; work: room for one more; weight0, weight1: of the
// length; edges: unit vectors; toWeights; members: [{k, sign}], the blocks}.
function framesOf(pooled, blocks) {
  const frames = new Map();
  blocks.forEach(({ cell, sign }, k) => {
    if (cell.first === cell.last) return;
    if (!frames.has(cell)) frames.set(cell, frameOf(pooled, cell));
    frames.get(cell).members.push({ k, sign });
  });
  return [...frames.values()];
}

function frameOf(pooled, cell) {
  const { mean, spread, root } = momentsOf(pooled, cell);
  // With v = (spread u_1, root (u_2 + mean u_1)) the columns are orthonormal, and |u|^2 = a v_1^2 +
  // 2 b v_1 v_2 + c v_2^2.
  const a = (1 + mean ** 2) / spread ** 2;
  const b = -mean / (spread * root);
  const c = 1 / root ** 2;
  const weight0 = (a + c + Math.hypot(a - c, 2 * b)) / 2;
  const weight1 = 1 / (spread * root) ** 2 / weight0; // by the determinant, which loses no digits
  const [cosine, sine] = eigenvector(a, b, c, weight0);
  const turn = (v1, v2) => [cosine * v1 + sine * v2, cosine * v2 - sine * v1];

  const length = cell.last - cell.first;
  const column0 = new Float64Array(length);
  const column1 = new Float64Array(length);
  for (let j = 0; j < length; j++) {
    const weight = pooled.root[cell.first + j];
    const distance = pooled.x[cell.first + j] - mean;
    [column0[j], column1[j]] = turn((weight * distance) / spread, weight / root);
  }
  const edges = cell.edges.map(({ w1, kink }) => {
    const [z0, z1] = turn(w1 * spread, w1 * (mean - kink) * root);
    const size = Math.hypot(z0, z1);
    return [z0 / size, z1 / size];
  });
  const toWeights = (z0, z1) => {
    const u1 = (cosine * z0 - sine * z1) / spread;
    return [u1, (sine * z0 + cosine * z1) / root - mean * u1];
  };
  const work = new Float64Array(length);
  return { cell, column0, column1, work, weight0, weight1, edges, toWeights, members: [] };
}

// Mean and spread (root of the sum of squares about the mean) of the x of a cell's active points,
// and the root of their number. Where all are at one x the spread is nothing; any positive number
// serves, for it only sets a unit.
function momentsOf({ x, root }, { first, last }) {
  let number = 0;
  let sum = 0;
  for (let g = first; g < last; g++) {
    number += root[g] ** 2;
    sum += root[g] ** 2 * x[g];
  }
  const mean = sum / number;
  let squares = 0;
  for (let g = first; g < last; g++) squares += (root[g] * (x[g] - mean)) ** 2;
  const least = 1e-8 * Math.sqrt(number) * Math.hypot(mean, 1);
  return { mean, spread: Math.max(Math.sqrt(squares), least), root: Math.sqrt(number) };
}

// Unit eigenvector of the matrix (a b; b c) for its largest eigenvalue, from the row with the
// larger pivot.
function eigenvector(a, b, c, largest) {
  const [p, q] = largest - c > largest - a ? [largest - c, b] : [b, largest - a];
  const length = Math.hypot(p, q);
  return length > 0 ? [p / length, q / length] : [1, 0];
}

const lengthOf = ({ weight0, weight1 }, z0, z1) => Math.sqrt(weight0 * z0 * z0 + weight1 * z1 * z1);

// --- The proximal step.

// Minimise |z - p|^2 / 2 + threshold |u(z)| over z in the cell. Writes [z0, z1, face, stiffness] to
// `out`.
function proximal(frame, p0, p1, threshold, out) {
  if (dualLength(frame, p0, p1) <= threshold) return write(out, 0, 0, AT_ZERO, 0);
  for (let face = 0; face < 2; face++) {
    const [e0, e1] = frame.edges[face];
    const length = lengthOf(frame, e0, e1);
    const along = e0 * p0 + e1 * p1 - threshold * length;
    if (along <= 0) continue;
    const slope0 = along * e0 - p0 + (threshold * frame.weight0 * e0) / length;
    const slope1 = along * e1 - p1 + (threshold * frame.weight1 * e1) / length;
    const turning = e0 * slope1 - e1 * slope0; // of the objective, anticlockwise
    const staysOn = face === 0 ? turning >= 0 : turning <= 0;
    if (staysOn) return write(out, along * e0, along * e1, face, 0);
  }
  insideStep(frame, p0, p1, threshold, out);
}

function write(out, z0, z1, face, stiffness) {
  out[0] = z0;
  out[1] = z1;
  out[2] = face;
  out[3] = stiffness;
}

// max of p'z over the z of the cell with |u(z)| = 1.
function dualLength(frame, p0, p1) {
  const { weight0, weight1, edges } = frame;
  const d0 = p0 / weight0;
  const d1 = p1 / weight1;
  const [[s0, s1], [t0, t1]] = edges;
  if (s0 * d1 - s1 * d0 >= 0 && d0 * t1 - d1 * t0 >= 0) return Math.sqrt(p0 * d0 + p1 * d1);
  const atStart = (s0 * p0 + s1 * p1) / lengthOf(frame, s0, s1);
  const atEnd = (t0 * p0 + t1 * p1) / lengthOf(frame, t0, t1);
  return Math.max(0, atStart, atEnd);
}

// Inside the cell z_i = p_i tau / (tau + threshold w_i), tau = |u(z)|, where
//     sum_i w_i p_i^2 / (tau + threshold w_i)^2 = 1.
// Newton on the inverse root of the sum, which is concave in tau, rises to tau from 0.
function insideStep({ weight0, weight1 }, p0, p1, threshold, out) {
  const square0 = weight0 * p0 * p0;
  const square1 = weight1 * p1 * p1;
  const shift0 = threshold * weight0;
  const shift1 = threshold * weight1;
  let tau = 0;
  for (let step = 0; step < NEWTON_STEPS; step++) {
    const inverse0 = 1 / (tau + shift0);
    const inverse1 = 1 / (tau + shift1);
    const sum = square0 * inverse0 ** 2 + square1 * inverse1 ** 2;
    const cubes = square0 * inverse0 ** 3 + square1 * inverse1 ** 3;
    const next = tau + (sum * (Math.sqrt(sum) - 1)) / cubes;
    const settled = !(next > tau * (1 + Number.EPSILON));
    tau = next;
    if (settled) break;
  }
  const z0 = (p0 * tau) / (tau + shift0);
  const z1 = (p1 * tau) / (tau + shift1);
  const curvature = (weight0 * weight1 * (z0 * z0 + z1 * z1)) / tau ** 3;
  write(out, z0, z1, INSIDE, 1 / (1 + threshold * curvature));
}

// --- Newton on the augmented Lagrangian.

// Minimise over theta  |theta - y|^2 / 2 + |prox(z + sigma A'theta)|^2 / (2 sigma); state.moved
// holds that prox. Returns the number of steps.
function newton(pooled, frames, lam, sigma, state) {
  const { n } = pooled;
  const H = new Float64Array(n * n);
  const trial = { ...state, theta: new Float64Array(n) };
  let value = evaluate(pooled, frames, lam, sigma, state);
  for (let steps = 1; steps <= NEWTON_STEPS; steps++) {
    const rounding = SLOPE_ROUNDING * sigma * Math.sqrt(dot(state.theta, state.theta));
    if (Math.sqrt(dot(state.slope, state.slope)) <= SLOPE_TOLERANCE + rounding) return steps;
    hessian(n, frames, sigma, state, H);
    const step = choleskySolve(H, state.slope, n);
    const descent = -dot(state.slope, step);
    const start = state.theta.slice();
    let next = value;
    let rate = 1;
    for (; rate > LEAST_RATE; rate /= 4) {
      for (let j = 0; j < n; j++) trial.theta[j] = start[j] - rate * step[j];
      next = evaluate(pooled, frames, lam, sigma, trial);
      if (next <= value + 1e-4 * rate * descent) break;
      // Near the minimum rounding hides the decrease of the value, not that of the slope along the
      // step.
      const slopeFell = Math.abs(dot(trial.slope, step)) <= -0.9 * descent;
      if (next <= value + 1e-14 && slopeFell) break;
    }
    if (rate <= LEAST_RATE) {
      evaluate(pooled, frames, lam, sigma, state);
      return steps;
    }
    state.theta.set(trial.theta);
    value = next;
  }
  return NEWTON_STEPS;
}

// Value at state.theta; fills moved, face, stiffness and slope.
function evaluate({ n, y }, frames, lam, sigma, state) {
  const { theta, z, moved, slope, face, stiffness } = state;
  const out = [0, 0, AT_ZERO, 0];
  let value = 0;
  for (let j = 0; j < n; j++) {
    slope[j] = theta[j] - y[j];
    value += slope[j] ** 2 / 2;
  }
  for (const frame of frames) {
    const { cell, column0, column1, members } = frame;
    const length = column0.length;
    let c0 = 0;
    let c1 = 0;
    for (let j = 0; j < length; j++) {
      c0 += column0[j] * theta[cell.first + j];
      c1 += column1[j] * theta[cell.first + j];
    }
    for (const { k, sign } of members) {
      const p0 = z[2 * k] + sigma * sign * c0;
      const p1 = z[2 * k + 1] + sigma * sign * c1;
      proximal(frame, p0, p1, sigma * lam, out);
      moved[2 * k] = out[0];
      moved[2 * k + 1] = out[1];
      face[k] = out[2];
      stiffness[k] = out[3];
      if (out[2] === AT_ZERO) continue;
      value += (out[0] ** 2 + out[1] ** 2) / (2 * sigma);
      addOutput(frame, sign * out[0], sign * out[1], slope);
    }
  }
  return value;
}

// Add the output D X u of coordinates z to `sum`, over the pooled points.
function addOutput({ cell, column0, column1 }, z0, z1, sum) {
  const { length } = column0;
  for (let j = 0; j < length; j++) sum[cell.first + j] += column0[j] * z0 + column1[j] * z1;
}

// Lower triangle of I + sigma sum_k A_k J_k A_k', J_k the derivative of the proximal step: of rank
// one on an edge, two inside the cell.
function hessian(n, frames, sigma, { moved, face, stiffness }, H) {
  H.fill(0);
  for (let j = 0; j < n; j++) H[j * n + j] = 1;
  for (const frame of frames) {
    for (const { k } of frame.members) {
      if (face[k] === AT_ZERO) continue;
      const length = Math.sqrt(moved[2 * k] ** 2 + moved[2 * k + 1] ** 2);
      const z0 = moved[2 * k] / length;
      const z1 = moved[2 * k + 1] / length;
      addSquare(frame, z0, z1, sigma, H, n);
      if (face[k] === INSIDE) addSquare(frame, -z1, z0, sigma * stiffness[k], H, n);
    }
  }
}

// Add weight * c c' to H, c the output of coordinates z.
function addSquare({ cell, column0, column1, work }, z0, z1, weight, H, n) {
  const { first } = cell;
  const { length } = column0;
  for (let j = 0; j < length; j++) {
    work[j] = column0[j] * z0 + column1[j] * z1;
    const row = (first + j) * n + first;
    const factor = weight * work[j];
    for (let l = 0; l <= j; l++) H[row + l] += factor * work[l];
  }
}

// The solution of H v = right for H positive definite, given by its lower triangle, which its
// factor overwrites.
function choleskySolve(H, right, n) {
  for (let j = 0; j < n; j++) {
    for (let k = 0; k <= j; k++) {
      let sum = H[j * n + k];
      for (let l = 0; l < k; l++) sum -= H[j * n + l] * H[k * n + l];
      H[j * n + k] = j === k ? Math.sqrt(Math.max(sum, LEAST_PIVOT)) : sum / H[k * n + k];
    }
  }
  const v = right.slice();
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

// --- Results.

// {total: the objective at coordinates z, residual: y minus the output}.
function valueAt({ y }, frames, lam, z) {
  const fit = new Float64Array(y.length);
  let lengths = 0;
  for (const frame of frames) {
    for (const { k, sign } of frame.members) {
      addOutput(frame, sign * z[2 * k], sign * z[2 * k + 1], fit);
      lengths += lengthOf(frame, z[2 * k], z[2 * k + 1]);
    }
  }
  const residual = y.map((label, j) => label - fit[j]);
  return { total: dot(residual, residual) / 2 + lam * lengths, residual };
}

function neuronsOf(frames, { z, face }) {
  const neurons = [];
  for (const { cell, members, toWeights } of frames) {
    for (const { k, sign } of members) {
      const u = toWeights(z[2 * k], z[2 * k + 1]);
      const size = Math.hypot(...u);
      if (!(size > 0)) continue;
      const edge = cell.edges[face[k]] ?? null;
      neurons.push({ cell, sign, edge, u: edge ? alongEdge(edge, size) : u, size });
    }
  }
  return neurons;
}

// The weights of that size in the direction of an edge, as exactly as the edge is known.
function alongEdge({ w1, kink }, size) {
  const unit = size / Math.hypot(1, kink);
  return [w1 * unit, -w1 * kink * unit];
}
