// A network of at most as many neurons as there are different points, of the same output there and
// no larger weights: while there are more, their outputs are dependent (Caratheodory's theorem),
// and one can be traded away.

const DEPENDENT = 1e-12; // what rounding leaves of a dependent column, relative to its entries
const SAME_SIZE = 1e-7; // total sizes this near, relative to the trade, are a tie to the solver

// Takes pooled points (see certificate.js) and neurons [{sign, u, size}]; returns the neurons that
// are left, rescaled.
export function fewest(pooled, neurons) {
  let left = neurons;
  while (left.length > pooled.n) {
    const candidates = left.slice(0, pooled.n + 1);
    const factors = trade(
      candidates,
      nullVector(candidates.map((neuron) => unitOutput(pooled, neuron))),
    );
    const scaled = candidates.map((neuron, i) => rescaled(neuron, factors[i]));
    left = [...scaled.filter(({ size }) => size > 0), ...left.slice(pooled.n + 1)];
  }
  return left;
}

function rescaled(neuron, factor) {
  return { ...neuron, u: neuron.u.map((w) => w * factor), size: neuron.size * factor };
}

// Output of a neuron of size 1 in the direction of u, at the pooled points.
function unitOutput({ x, root }, { sign, u, size }) {
  const at = (value, g) => (sign * root[g] * Math.max(0, u[0] * value + u[1])) / size;
  return Float64Array.from(x, at);
}

// Factors 1 + step * share_i / size_i that leave the output as it is, do not raise the total size,
// and make one neuron 0. At an optimum the total size is the same either way: the direction is then
// that in which the first one shrinks.
function trade(neurons, shares) {
  const total = shares.reduce((sum, share) => sum + share, 0);
  const sizes = shares.reduce((sum, share) => sum + Math.abs(share), 0);
  const isTie = Math.abs(total) <= SAME_SIZE * sizes;
  const first = shares.find((share) => Math.abs(share) > SAME_SIZE * sizes);
  const direction = (isTie ? first : total) > 0 ? -1 : 1;
  const changes = neurons.map(({ size }, i) => (direction * shares[i]) / size);
  const gone = changes.indexOf(Math.min(...changes));
  return changes.map((change, i) => (i === gone ? 0 : Math.max(0, 1 - change / changes[gone])));
}

// A vector v, not zero, with sum_i v_i columns_i = 0, for more columns than rows: Gauss-Jordan with
// row pivoting. The columns are overwritten.
function nullVector(columns) {
  const pivots = [];
  const isTaken = new Uint8Array(columns[0].length);
  let free = 0;
  for (; free < columns.length; free++) {
    const pivot = pivotOf(columns[free], isTaken);
    if (pivot < 0) break;
    isTaken[pivot] = 1;
    pivots.push(pivot);
    eliminate(columns, free, pivot);
  }
  const vector = new Float64Array(columns.length);
  vector[free] = 1;
  pivots.forEach((row, i) => (vector[i] = -columns[free][row]));
  return vector;
}

// The row of a column's largest entry among those not taken; -1 where they are nothing beside the
// others: the column depends on those before it.
function pivotOf(column, isTaken) {
  let pivot = -1;
  let largest = 0;
  for (let row = 0; row < column.length; row++) {
    const size = Math.abs(column[row]);
    largest = Math.max(largest, size);
    if (!isTaken[row] && (pivot < 0 || size > Math.abs(column[pivot]))) pivot = row;
  }
  return pivot >= 0 && Math.abs(column[pivot]) > DEPENDENT * largest ? pivot : -1;
}

// Row operations that make column i the unit vector of its pivot row, applied to it and those after
// it.
function eliminate(columns, i, pivot) {
  const column = columns[i].slice();
  for (let l = i; l < columns.length; l++) {
    const other = columns[l];
    const value = other[pivot] / column[pivot];
    for (let row = 0; row < other.length; row++) other[row] -= value * column[row];
    other[pivot] = value;
  }
}
