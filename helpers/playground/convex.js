// The convex program of points on a line, solved with a certificate:
//     min |sum_k s_k D_k X u_k - y|^2 + 2 lam sum_k |u_k|,  u_k in cell k,
// over blocks k = (cell, sign s).
// Its minimum over all cells is the least loss (eq. 1) of a network of any width.
//
// data: {n, x, y} as in model.js; cells: as cellsOf(data.x) gives them.

import { cellsOf, differentOf } from "./cells.js";
import { correlation } from "./certificate.js";
import { fewest } from "./fewest.js";
import { augmentedLagrangian } from "./lagrangian.js";
import { dot } from "./model.js";

export const PROVED_GAP = 1e-4; // up to this duality gap the page speaks of the optimum
const SOLVED_GAP = 1e-8; // the gap the solver aims at
const DIGITS_LOST = 1e-290; // smaller losses are sums of squares that have lost digits

const bothSigns = (cells) => cells.flatMap((cell) => [1, -1].map((sign) => ({ cell, sign })));

// The points with those of one x made one: x ascending, root the square root of their number, y
// their mean label times root. Every loss is then that of the pooled points plus `within`, the
// squares of the labels about their means.
function pooled(data) {
  const x = Float64Array.from(differentOf(data.x));
  const place = new Map([...x].map((value, g) => [value, g]));
  const number = new Float64Array(x.length);
  const sum = new Float64Array(x.length);
  data.x.forEach((value, j) => {
    number[place.get(value)] += 1;
    sum[place.get(value)] += data.y[j];
  });
  const mean = sum.map((total, g) => total / number[g]);
  const root = number.map(Math.sqrt);
  let within = 0;
  data.x.forEach((value, j) => (within += (data.y[j] - mean[place.get(value)]) ** 2));
  return { n: x.length, x, root, y: mean.map((label, g) => label * root[g]), within };
}

// The smallest lam at which zero is optimal.
export function lambdaMax(data, cells = cellsOf(data.x)) {
  const points = pooled(data);
  return correlation(points, bothSigns(cells), points.y).value;
}

// Takes lam >= 0, and the blocks [{cell, sign}] of a smaller program where it is not that of all
// cells. Returns {objective, lowerBound, gap, proved, neurons, theta, iterations}:
// objective: eq. 1 at the neurons [{cell, sign, u: [u1, u2], size}], at most one a point;
// lowerBound: no point of the program goes below it, whatever the solver did; it follows from
// theta, the dual point, at the different x in ascending order, times the root of their number;
// gap: their difference relative to the objective; proved: whether it is small.
export function solveConvex(
  data,
  lam,
  { cells = cellsOf(data.x), blocks = bothSigns(cells) } = {},
) {
  const points = pooled(data);
  const unit = Math.sqrt(dot(points.y, points.y)) || 1;
  const scaled = { ...points, y: points.y.map((label) => label / unit) };
  const solved = augmentedLagrangian(scaled, blocks, lam / unit, SOLVED_GAP);
  const found = merged(solved.neurons).map((neuron) => inUnit(neuron, unit));
  const few = fewest(points, found);
  const before = objectiveOf(data, found, lam);
  const after = objectiveOf(data, few, lam);
  const isSame = after <= before * (1 + SOLVED_GAP);
  const neurons = atBestScale(data, isSame ? few : found, lam);
  const objective = objectiveOf(data, neurons, lam);
  const bound = 2 * solved.bound * unit ** 2 + points.within;
  // The last factor pays for the rounding of the line above.
  const lowerBound = bound > DIGITS_LOST ? bound * (1 - 4 * Number.EPSILON) : 0;
  const gap = objective > 0 ? Math.max(0, objective - lowerBound) / objective : 0;
  return {
    objective,
    lowerBound,
    gap,
    proved: gap <= PROVED_GAP,
    neurons,
    theta: solved.theta.map((value) => value * unit),
    iterations: solved.iterations,
  };
}

function inUnit({ cell, sign, u, size }, unit) {
  return { cell, sign, u: u.map((w) => w * unit), size: size * unit };
}

// A neuron on the line between two cells is in both: it is counted once.
function merged(neurons) {
  const kept = [];
  for (const neuron of neurons) {
    const isTwin = ({ edge, sign }) => edge && edge === neuron.edge && sign === neuron.sign;
    const twin = kept.find(isTwin);
    if (twin) {
      twin.u = twin.u.map((w, i) => w + neuron.u[i]);
      twin.size += neuron.size;
    } else kept.push({ ...neuron });
  }
  return kept;
}

// The neurons, all times the factor that is best for them, where that lowers the loss: what the
// solver leaves of a gap is then far less in the output.
function atBestScale(data, neurons, lam) {
  const output = data.x.map((x) => outputOf(neurons, x));
  const size = neurons.reduce((sum, neuron) => sum + neuron.size, 0);
  const factor = (dot(output, data.y) - lam * size) / dot(output, output);
  if (!(factor > 0 && factor < 2)) return neurons;
  const scaled = neurons.map((neuron) => inUnit(neuron, factor));
  return objectiveOf(data, scaled, lam) < objectiveOf(data, neurons, lam) ? scaled : neurons;
}

// Eq. 1 of the balanced network of these neurons.
function objectiveOf(data, neurons, lam) {
  let total = 0;
  for (let j = 0; j < data.n; j++) total += (outputOf(neurons, data.x[j]) - data.y[j]) ** 2;
  for (const { size } of neurons) total += 2 * lam * size;
  return total;
}

// Output of the neurons of a solution at x.
export function outputOf(neurons, x) {
  return neurons.reduce((sum, { sign, u }) => sum + sign * Math.max(0, u[0] * x + u[1]), 0);
}

// The neurons of a solution as a network: w = u / sqrt|u|, alpha = +-sqrt|u|, so that its weight
// decay is 2 sum |u|.
export function balanced(neurons) {
  const column = (entry) => Float64Array.from(neurons, entry);
  return {
    m: neurons.length,
    w1: column(({ u, size }) => u[0] / Math.sqrt(size)),
    w2: column(({ u, size }) => u[1] / Math.sqrt(size)),
    alpha: column(({ sign, size }) => sign * Math.sqrt(size)),
  };
}
