// The two-layer ReLU network on a line, its loss (the article's eq. 1) and its gradient, as in helpers/loss.py.
// data: {n, a, b, y}, rows (a_j, b_j) of X in R^2 (b = 1 is the bias); net: {m, w1, w2, alpha}, neuron i (w1_i, w2_i).

// Data of points [{x, y}] on a line, with the bias column.
export function lineData(points) {
  return {
    n: points.length,
    a: Float64Array.from(points, (p) => p.x),
    b: new Float64Array(points.length).fill(1),
    y: Float64Array.from(points, (p) => p.y),
  };
}

export function copyNetwork({ m, w1, w2, alpha }) {
  return { m, w1: w1.slice(), w2: w2.slice(), alpha: alpha.slice() };
}

// Output of the network at the input (a, b).
export function output(net, a, b = 1) {
  let sum = 0;
  for (let i = 0; i < net.m; i++) sum += net.alpha[i] * Math.max(0, net.w1[i] * a + net.w2[i] * b);
  return sum;
}

// Residual f - y at the data points.
export function residual(data, net, r = new Float64Array(data.n)) {
  for (let j = 0; j < data.n; j++) r[j] = output(net, data.a[j], data.b[j]) - data.y[j];
  return r;
}

export const dot = (u, v) => {
  let sum = 0;
  for (let k = 0; k < u.length; k++) sum += u[k] * v[k];
  return sum;
};

// Eq. 1 with the data term times `weight` (1 for a sum, 1 / n for a mean).
export function loss(data, net, lam = 0, weight = 1) {
  const r = residual(data, net);
  return (
    weight * dot(r, r) +
    lam * (dot(net.w1, net.w1) + dot(net.w2, net.w2) + dot(net.alpha, net.alpha))
  );
}

// Gradient of the squared residual: alpha_i B_i in w_i and w_i'B_i in alpha_i, B_i = sum_j 2 r_j 1[w_i'x_j > 0] x_j.
// At a kink the subgradient is 0, as in PyTorch. Fills and returns `out`, a network's worth of numbers.
export function gradient(data, net, out, r = residual(data, net)) {
  for (let i = 0; i < net.m; i++) {
    let B1 = 0,
      B2 = 0;
    for (let j = 0; j < data.n; j++) {
      if (net.w1[i] * data.a[j] + net.w2[i] * data.b[j] > 0) {
        B1 += 2 * r[j] * data.a[j];
        B2 += 2 * r[j] * data.b[j];
      }
    }
    out.w1[i] = net.alpha[i] * B1;
    out.w2[i] = net.alpha[i] * B2;
    out.alpha[i] = net.w1[i] * B1 + net.w2[i] * B2;
  }
  return out;
}

// Activation pattern of a neuron as one number, bit j set where w'x_j >= 0 (exact for up to 53 points).
export function patternKey(data, w1, w2) {
  let key = 0;
  for (let j = data.n - 1; j >= 0; j--)
    key = 2 * key + (w1 * data.a[j] + w2 * data.b[j] >= 0 ? 1 : 0);
  return key;
}

// Pattern of every neuron, and how many differ.
export function patterns(data, net) {
  const keys = Float64Array.from({ length: net.m }, (_, i) =>
    patternKey(data, net.w1[i], net.w2[i]),
  );
  return { keys, count: new Set(keys).size };
}
