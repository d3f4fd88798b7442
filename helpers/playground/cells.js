// The cells of the plane of weights (w1, w2): the sectors between the lines w1 x_j + w2 = 0 of
// points x_j on a line.
//
// All neurons of a cell activate the same points. G different x make 2 G cells, known from the
// order of the x alone: going round, neurons active to the right of their kink, on all points, to
// the left of their kink, on no point.

// Takes the x of the points; returns the cells anticlockwise from the direction (1, -max x), each
// {edges: [start, end], an edge {w1, kink} being the direction (w1, -w1 kink), w1 = 1 or -1;
//  from, to: their angles, from < to; middle: a unit vector inside;
//  active: a byte per point;
//  first, last: the same as a range of the different x in ascending order}.
export function cellsOf(x) {
  const ascending = differentOf(x);
  const count = ascending.length;
  const descending = ascending.slice().reverse();
  const edges = [1, -1].flatMap((w1) => descending.map((kink) => ({ w1, kink })));
  return edges.map((start, k) => {
    const isLast = k === edges.length - 1;
    const end = edges[isLast ? 0 : k + 1];
    const from = angleOf(start);
    const to = angleOf(end) + (isLast ? 2 * Math.PI : 0);
    const first = Math.max(0, count - 1 - k);
    const last = Math.min(count, 2 * count - 1 - k);
    const isActive = (value) => value >= ascending[first] && value <= ascending[last - 1];
    return {
      edges: [start, end],
      from,
      to,
      middle: [Math.cos((from + to) / 2), Math.sin((from + to) / 2)],
      active: Uint8Array.from(x, isActive),
      first,
      last,
    };
  });
}

// The different values, ascending.
export function differentOf(x) {
  return [...new Set(x)].sort((s, t) => s - t);
}

function angleOf({ w1, kink }) {
  return w1 > 0 ? -Math.atan(kink) : Math.PI - Math.atan(kink);
}

// Index of the cell of a neuron: that of its pattern, a point on its kink being active. -1 for zero
// weights.
export function cellOf(cells, w1, w2) {
  if (w1 === 0 && w2 === 0) return -1;
  const count = cells.length / 2;
  let active = 0;
  for (let k = 0; k < count; k++) if (w1 * cells[k].edges[0].kink + w2 >= 0) active++;
  const goesRight = w1 > 0 || (w1 === 0 && w2 > 0);
  return goesRight && active > 0 ? active - 1 : 2 * count - 1 - active;
}
