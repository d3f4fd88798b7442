// The loss of two neurons with second layer 1 on points without a bias, and where gradient descent
// on it ends.
//
// points: {x, y}, arrays of numbers; w: [w1, w2], a place on the map; the loss is
//     sum_j ((w1 x_j)_+ + (w2 x_j)_+ - y_j)^2.

export const LOW = -2.5; // limits of the map, for either weight
export const HIGH = 3.5;
export const CELLS = 96; // of the map, to a side
export const STEPS = 400; // of a descent: all have come to rest long before
const STEP_SIZE = 0.05;

// A start is a little off the centre of its cell: from a centre, a multiple of 1/32, a step of 0.05
// can land exactly on a weight of 0, where the gradient is 0.
const OFF_CENTRE = 0.0013;

const BANDS = 10; // of shading, by the root of the loss

export function lossAt({ x, y }, [w1, w2]) {
  const outputs = x.map((xj) => Math.max(0, xj * w1) + Math.max(0, xj * w2));
  return outputs.reduce((sum, output, j) => sum + (output - y[j]) ** 2, 0);
}

// One step of gradient descent; at a kink the subgradient is 0.
export function descend({ x, y }, [w1, w2]) {
  let slope1 = 0;
  let slope2 = 0;
  for (let j = 0; j < x.length; j++) {
    const output = Math.max(0, x[j] * w1) + Math.max(0, x[j] * w2);
    const slope = 2 * (output - y[j]) * x[j];
    if (x[j] * w1 > 0) slope1 += slope;
    if (x[j] * w2 > 0) slope2 += slope;
  }
  return [w1 - STEP_SIZE * slope1, w2 - STEP_SIZE * slope2];
}

// The loss at which descent from w ends, to three decimals.
export function endOf(points, w) {
  let place = w;
  for (let step = 0; step < STEPS; step++) place = descend(points, place);
  return Number(lossAt(points, place).toFixed(3)) + 0; // no -0
}

// The weight at the centre of the k-th cell of the map.
export const centreOf = (k) => LOW + ((k + 0.5) / CELLS) * (HIGH - LOW);

// {ends: the loss at which descent ends, of cell (p, q) at q * CELLS + p; levels: the different
// ones, smallest first}.
export function basins(points) {
  const ends = new Float64Array(CELLS * CELLS);
  for (let q = 0; q < CELLS; q++) {
    for (let p = 0; p <= q; p++) {
      const end = endOf(points, [centreOf(p) + OFF_CENTRE, centreOf(q) + OFF_CENTRE]);
      ends[q * CELLS + p] = end;
      ends[p * CELLS + q] = end; // the loss is the same with the weights exchanged
    }
  }
  return { ends, levels: [...new Set(ends)].sort((a, b) => a - b) };
}

// What an end says: no loss is below 0; above 0 the map alone proves no minimum.
export function verdict(end, levels) {
  const [least] = levels;
  const best = least === 0 ? "the global minimum" : "the lowest end on this map";
  return end <= least ? best : `stuck; ${best} has loss ${least}`;
}

// The map, a pixel a cell, its first row on top, as bytes of red, green, blue and opacity: the ink
// ("#rrggbb") of the final loss, denser where the loss itself is lower, in bands that read as
// contours.
export function pixels(points, { ends, levels }, inks) {
  const bytes = new Uint8ClampedArray(4 * CELLS * CELLS);
  for (let q = 0; q < CELLS; q++) {
    for (let p = 0; p < CELLS; p++) {
      const ink = inks[levels.indexOf(ends[q * CELLS + p]) % inks.length];
      const root = Math.sqrt(lossAt(points, [centreOf(p), centreOf(q)]));
      const band = Math.min(BANDS, Math.floor(2 * root));
      const colour = [1, 3, 5].map((k) => parseInt(ink.slice(k, k + 2), 16));
      const opacity = 255 * (0.62 - 0.055 * band);
      bytes.set([...colour, opacity], 4 * ((CELLS - 1 - q) * CELLS + p));
    }
  }
  return bytes;
}
