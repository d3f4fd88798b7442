// What a dual point proves: a value that no network of any width goes below.
//
// For rows of X and labels y, every theta with |theta'(Xu)_+| <= lam for all |u| = 1 gives
//     min over networks of |f - y|^2 / 2 + lam sum |u|  >=  theta'y - |theta|^2 / 2.
// In the plane the maximum over u is known exactly: in each cell theta'(Xu)_+ is linear in u.
// Rounding is on the safe side: every sum is widened by a bound on its own rounding errors.
//
// pooled: {n, x, root, y}, rows root_g (x_g, 1) in ascending order of x. blocks: [{cell, sign}],
// the cells over which the maximum is taken, with the sign of the neurons' output.

import { dot } from "./model.js";

// Rounding of a sum of n terms, relative to the sum of their sizes: n + 1 units in the last place,
// and some for the terms.
const roundingOf = (n) => (n + 8) * Number.EPSILON;

// Takes theta; returns {value, upper}: the maximum over the blocks of sign * theta'(Xu)_+, |u| = 1,
// u in the cell, as computed, and a number that it does not exceed.
export function correlation(pooled, blocks, theta) {
  const most = { value: 0, upper: 0 };
  for (const block of blocks) {
    if (block.cell.first === block.cell.last) continue;
    const inside = insideCell(pooled, block, theta);
    const found = inside
      ? [inside]
      : block.cell.edges.map((edge) => onEdge(pooled, block, edge, theta));
    for (const { value, upper } of found) {
      most.value = Math.max(most.value, value);
      most.upper = Math.max(most.upper, upper);
    }
  }
  return most;
}

// The maximum where it is inside the cell: the length of c = sum theta_g x_g; null where c points
// out of the cell.
function insideCell({ n, x, root }, { cell, sign }, theta) {
  let c1 = 0;
  let c2 = 0;
  let sizes = 0;
  for (let g = cell.first; g < cell.last; g++) {
    const weight = sign * root[g] * theta[g];
    c1 += weight * x[g];
    c2 += weight;
    sizes += Math.abs(weight) * Math.sqrt(1 + x[g] ** 2);
  }
  const [start, end] = cell.edges;
  const isAfterStart = start.w1 * (c2 + start.kink * c1) >= 0;
  const isBeforeEnd = end.w1 * (c2 + end.kink * c1) <= 0;
  if (!isAfterStart || !isBeforeEnd) return null;
  const value = Math.sqrt(c1 ** 2 + c2 ** 2);
  return { value, upper: value + roundingOf(n) * sizes };
}

// The correlation with the direction of an edge; from differences to its kink, which lose nothing
// far from x = 0.
function onEdge({ n, x, root }, { cell, sign }, { w1, kink }, theta) {
  let sum = 0;
  let sizes = 0;
  for (let g = cell.first; g < cell.last; g++) {
    const term = root[g] * theta[g] * (x[g] - kink);
    sum += term;
    sizes += Math.abs(term);
  }
  const length = Math.sqrt(1 + kink ** 2);
  const value = (sign * w1 * sum) / length;
  return { value, upper: value + (roundingOf(n) * sizes) / length };
}

// The best bound along the ray of theta, theta scaled until it is feasible: on half of eq. 1,
// rounded down.
export function lowerBound(pooled, blocks, theta, lam) {
  const square = dot(theta, theta);
  const along = dot(theta, pooled.y);
  if (!(along > 0)) return 0;
  const { upper } = correlation(pooled, blocks, theta);
  const feasible = upper > 0 ? lam / upper : Infinity;
  const scale = Math.min(along / square, feasible);
  const sizes = theta.reduce((sum, value, g) => sum + Math.abs(value * pooled.y[g]), 0);
  const lost = roundingOf(pooled.n) * (scale * sizes + scale ** 2 * square);
  return Math.max(0, scale * along - (scale ** 2 * square) / 2 - lost);
}
