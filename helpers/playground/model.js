// The two-layer ReLU network on a line, its loss (the article's eq. 1) and its gradient, as in
// helpers/loss.py.
//
// data: {n, x, y}, arrays of n numbers; the rows of X are (x_j, 1), the one being the bias. net:
// {m, w1, w2, alpha}, arrays of m numbers; neuron i has weights w_i = (w1_i, w2_i) and output
// weight alpha_i.

// Takes points [[x, y]]; returns them as data.
export function lineData(points) {
  return {
    n: points.length,
    x: Float64Array.from(points, (point) => point[0]),
    y: Float64Array.from(points, (point) => point[1]),
  };
}

export function copyNetwork({ m, w1, w2, alpha }) {
  return { m, w1: w1.slice(), w2: w2.slice(), alpha: alpha.slice() };
}

// The network with other weights in the place of neuron i.
export function withNeuron(net, i, neuron) {
  const copy = copyNetwork(net);
  for (const layer of ["w1", "w2", "alpha"]) copy[layer][i] = neuron[layer];
  return copy;
}

// The neuron with its kink and its slope |w1 alpha| elsewhere: as active to the right or left, of
// the same sign, its two layers in the same proportion.
export function withKink({ w1, alpha }, kink, slope) {
  const now = Math.abs(w1 * alpha);
  const equal = Math.sqrt(slope);
  const of = (weight) =>
    now > 0 ? weight * Math.sqrt(slope / now) : (weight < 0 ? -1 : 1) * equal;
  return { w1: of(w1), w2: -of(w1) * kink, alpha: of(alpha) };
}

export const neuronOf = ({ w1, w2, alpha }, i) => ({ w1: w1[i], w2: w2[i], alpha: alpha[i] });

// Output of the network at x.
export function output(net, x) {
  let sum = 0;
  for (let i = 0; i < net.m; i++) sum += net.alpha[i] * Math.max(0, net.w1[i] * x + net.w2[i]);
  return sum;
}

// Output minus label at the points. Fills and returns r.
export function residual(data, net, r = new Float64Array(data.n)) {
  for (let j = 0; j < data.n; j++) r[j] = output(net, data.x[j]) - data.y[j];
  return r;
}

export function dot(u, v) {
  let sum = 0;
  for (let k = 0; k < u.length; k++) sum += u[k] * v[k];
  return sum;
}

// Eq. 1 with the data term times `weight` (1 for a sum, 1 / n for a mean).
export function loss(data, net, lam = 0, weight = 1) {
  const r = residual(data, net);
  const squares = dot(net.w1, net.w1) + dot(net.w2, net.w2) + dot(net.alpha, net.alpha);
  return weight * dot(r, r) + lam * squares;
}

// Gradient of the squared residual: alpha_i B_i in w_i and w_i'B_i in alpha_i, B_i = sum_j 2 r_j
// 1[w_i'x_j > 0] x_j. At a kink the subgradient is 0, as in PyTorch. Fills and returns `out`,
// shaped as a network.
export function gradient(data, net, out, r = residual(data, net)) {
  for (let i = 0; i < net.m; i++) {
    let B1 = 0;
    let B2 = 0;
    for (let j = 0; j < data.n; j++) {
      if (net.w1[i] * data.x[j] + net.w2[i] > 0) {
        B1 += 2 * r[j] * data.x[j];
        B2 += 2 * r[j];
      }
    }
    out.w1[i] = net.alpha[i] * B1;
    out.w2[i] = net.alpha[i] * B2;
    out.alpha[i] = net.w1[i] * B1 + net.w2[i] * B2;
  }
  return out;
}

// Activation pattern of a neuron as one number, bit j set where w'x_j >= 0: exact for up to 53
// points, a double's bits.
export function patternKey(data, w1, w2) {
  let key = 0;
  for (let j = data.n - 1; j >= 0; j--) key = 2 * key + (w1 * data.x[j] + w2 >= 0 ? 1 : 0);
  return key;
}

// Pattern of every neuron, and how many of them differ.
export function patterns(data, net) {
  const keyOf = (_, i) => patternKey(data, net.w1[i], net.w2[i]);
  const keys = Float64Array.from({ length: net.m }, keyOf);
  return { keys, count: new Set(keys).size };
}

// How many neurons are active at no point: nothing moves them but the decay.
export function deadCount(data, net) {
  let count = 0;
  for (let i = 0; i < net.m; i++) if (data.x.every((x) => net.w1[i] * x + net.w2[i] <= 0)) count++;
  return count;
}
