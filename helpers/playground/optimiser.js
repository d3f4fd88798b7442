// Full-batch training, step for step that of helpers/train.py: gradient descent and Adam with PyTorch's defaults.

import { copyNetwork, dot, gradient, loss, residual } from "./model.js";

const LAYERS = ["w1", "w2", "alpha"];

// Minimises weight * (data term of eq. 1) + lam * (weight decay), weight being 1 ("sum") or 1 / n ("mean").
export class Trainer {
  constructor(data, net, { method = "gradient_descent", step, lam = 0, reduction = "sum" }) {
    Object.assign(this, { data, method, stepSize: step, lam, net: copyNetwork(net), step: 0 });
    this.weight = reduction === "mean" ? 1 / data.n : 1;
    this.slope = copyNetwork(net);
    this.residual = new Float64Array(data.n);
    if (method === "adam") [this.mean, this.square] = [0, 1].map(() => emptyLike(net));
  }

  loss() {
    return loss(this.data, this.net, this.lam, this.weight);
  }

  // Take `count` steps; stops before the one at which the loss is no longer finite and returns false.
  advance(count = 1) {
    for (let k = 0; k < count; k++) {
      const r = residual(this.data, this.net, this.residual);
      if (!Number.isFinite(dot(r, r))) return false;
      gradient(this.data, this.net, this.slope, r);
      this.step += 1;
      for (const layer of LAYERS) this.update(layer, this.net[layer], this.slope[layer]);
    }
    return true;
  }

  update(layer, w, slope) {
    const { stepSize, lam, weight, method } = this;
    if (method === "gradient_descent") {
      for (let i = 0; i < w.length; i++) w[i] -= stepSize * (weight * slope[i] + 2 * lam * w[i]);
      return;
    }
    const mean = this.mean[layer],
      square = this.square[layer];
    const rate = stepSize / (1 - 0.9 ** this.step),
      correction = 1 - 0.999 ** this.step;
    for (let i = 0; i < w.length; i++) {
      const g = weight * slope[i] + 2 * lam * w[i];
      mean[i] += (1 - 0.9) * (g - mean[i]);
      square[i] += (1 - 0.999) * (g * g - square[i]);
      w[i] -= (rate * mean[i]) / (Math.sqrt(square[i] / correction) + 1e-8);
    }
  }
}

function emptyLike(net) {
  return {
    m: net.m,
    w1: new Float64Array(net.m),
    w2: new Float64Array(net.m),
    alpha: new Float64Array(net.m),
  };
}

// A step gradient descent can take safely: one over an upper estimate of the sharpest curvature it will meet, at the
// start (Gauss-Newton part 2 |K| of the Hessian, residual part 2 |X'r|) and at the end, where a balanced network of
// total size `size` (sum of |alpha_i| |w_i|) has |K| <= 2 size |X|^2 at most. Rounded to two digits.
export function safeStep(data, net, size, lam = 0, weight = 1) {
  const rows = Math.sqrt(
    topEigenvalue(data.n, (j, k) => data.a[j] * data.a[k] + data.b[j] * data.b[k]),
  );
  const r = residual(data, net);
  const start =
    2 * topEigenvalue(data.n, tangentKernel(data, net)) + 2 * rows * Math.sqrt(dot(r, r));
  const curvature = weight * Math.max(start, 4 * size * rows * rows) + 2 * lam;
  return Number((1 / Math.max(curvature, 1e-12)).toPrecision(2));
}

// K_jk = sum_i (w_i'x_j)_+ (w_i'x_k)_+ + alpha_i^2 1[w_i'x_j > 0] 1[w_i'x_k > 0] x_j'x_k, as a function of j and k.
function tangentKernel(data, net) {
  const { n, a, b } = data,
    K = new Float64Array(n * n);
  for (let i = 0; i < net.m; i++) {
    const z = Float64Array.from(a, (aj, j) => Math.max(0, net.w1[i] * aj + net.w2[i] * b[j]));
    for (let j = 0; j < n; j++)
      for (let k = 0; k < n; k++)
        if (z[j] > 0 && z[k] > 0)
          K[j * n + k] += z[j] * z[k] + net.alpha[i] ** 2 * (a[j] * a[k] + b[j] * b[k]);
  }
  return (j, k) => K[j * n + k];
}

// Largest eigenvalue of a positive semidefinite n x n matrix, by power iteration.
function topEigenvalue(n, entry) {
  let v = Float64Array.from({ length: n }, (_, j) => 1 + j / n),
    value = 0;
  for (let round = 0; round < 60; round++) {
    const next = v.map((_, j) => v.reduce((sum, vk, k) => sum + entry(j, k) * vk, 0));
    const length = Math.sqrt(dot(next, next));
    if (length === 0) return value;
    value = length / Math.sqrt(dot(v, v));
    v = next.map((c) => c / length);
  }
  return value;
}
