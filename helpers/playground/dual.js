// The dual curve theta'(Xu)_+ over the directions u = (cos a, sin a) of a neuron, as in
// helpers/dual.py: what a residual theta would like to see added.
//
// Half of eq. 1 is |f - y|^2 / 2 + lam sum |u|, and its dual asks the curve of theta to stay within
// +-lam. The residual theta = y - f of the optimum does, and touches +-lam at the neurons of the
// optimum; where the curve of a network's residual is farther from zero a neuron is missing.
//
// data: as in model.js; cells: as cellsOf(data.x) gives them; angles in radians.

import { outputOf } from "./convex.js";
import { residual } from "./model.js";

// What a network leaves of the labels.
export const leftBy = (data, net) => residual(data, net).map((value) => -value);

// What the neurons of a solution leave of them.
export const leftByNeurons = ({ x, y }, neurons) =>
  Float64Array.from(y, (label, j) => label - outputOf(neurons, x[j]));

// The curve at one angle.
export function dualAt({ n, x }, theta, angle) {
  const w1 = Math.cos(angle);
  const w2 = Math.sin(angle);
  let sum = 0;
  for (let j = 0; j < n; j++) sum += theta[j] * Math.max(0, w1 * x[j] + w2);
  return sum;
}

// Where the curve is farthest from zero: {height: its distance from zero there, angle, sign: on
// which side}. Over one cell the curve is c'u, c the sum of theta_j x_j over its points: its extremes
// are in the direction of +-c, or at the edges of the cell.
export function dualPeak(data, cells, theta) {
  let peak = { height: 0, angle: 0, sign: 1 };
  for (const cell of cells) {
    for (const angle of extremes(data, cell, theta)) {
      const value = dualAt(data, theta, angle);
      if (Math.abs(value) > peak.height)
        peak = { height: Math.abs(value), angle, sign: value < 0 ? -1 : 1 };
    }
  }
  return peak;
}

function extremes({ n, x }, { from, to, active }, theta) {
  let c1 = 0;
  let c2 = 0;
  for (let j = 0; j < n; j++) {
    if (!active[j]) continue;
    c1 += theta[j] * x[j];
    c2 += theta[j];
  }
  const top = Math.atan2(c2, c1);
  const turns = [-2, -1, 0, 1, 2].map((half) => top + half * Math.PI);
  return [from, ...turns.filter((angle) => angle > from && angle < to)];
}
