// Full-batch training, step for step that of helpers/train.py: gradient descent and Adam with
// PyTorch's defaults.
//
// data, net: as in model.js.

import { copyNetwork, dot, gradient, loss, residual } from "./model.js";

const LAYERS = ["w1", "w2", "alpha"];

// Adam's defaults in PyTorch.
const MEAN_DECAY = 0.9;
const SQUARE_DECAY = 0.999;
const EPSILON = 1e-8;

const POWER_ROUNDS = 60; // of power iteration: more than enough for a step rounded to two digits

// Minimises weight * (data term of eq. 1) + lam * (weight decay), weight being 1 ("sum") or 1 / n
// ("mean"). The network given is left as it is; trainer.net is the trained one and trainer.step the
// number of steps taken.
export class Trainer {
  constructor(data, net, { method = "gradient_descent", step, lam = 0, reduction = "sum" }) {
    this.data = data;
    this.net = copyNetwork(net);
    this.method = method;
    this.stepSize = step;
    this.lam = lam;
    this.weight = reduction === "mean" ? 1 / data.n : 1;
    this.step = 0;
    this.slope = emptyLike(net);
    this.residual = new Float64Array(data.n);
    this.mean = emptyLike(net);
    this.square = emptyLike(net);
  }

  loss() {
    return loss(this.data, this.net, this.lam, this.weight);
  }

  // Take `count` steps; stops before the one at which the loss is no longer finite and returns
  // false.
  advance(count = 1) {
    for (let k = 0; k < count; k++) {
      const r = residual(this.data, this.net, this.residual);
      if (!Number.isFinite(dot(r, r))) return false;
      gradient(this.data, this.net, this.slope, r);
      this.step += 1;
      for (const layer of LAYERS) {
        if (this.method === "adam") this.adam(layer);
        else this.descend(layer);
      }
    }
    return true;
  }

  descend(layer) {
    const { stepSize, lam, weight } = this;
    const w = this.net[layer];
    const slope = this.slope[layer];
    for (let i = 0; i < w.length; i++) w[i] -= stepSize * (weight * slope[i] + 2 * lam * w[i]);
  }

  adam(layer) {
    const { lam, weight } = this;
    const w = this.net[layer];
    const slope = this.slope[layer];
    const mean = this.mean[layer];
    const square = this.square[layer];
    const rate = this.stepSize / (1 - MEAN_DECAY ** this.step);
    const correction = 1 - SQUARE_DECAY ** this.step;
    for (let i = 0; i < w.length; i++) {
      const g = weight * slope[i] + 2 * lam * w[i];
      mean[i] += (1 - MEAN_DECAY) * (g - mean[i]);
      square[i] += (1 - SQUARE_DECAY) * (g * g - square[i]);
      w[i] -= (rate * mean[i]) / (Math.sqrt(square[i] / correction) + EPSILON);
    }
  }
}

function emptyLike({ m }) {
  const zeros = () => new Float64Array(m);
  return { m, w1: zeros(), w2: zeros(), alpha: zeros() };
}

// A step gradient descent can take safely: one over an upper estimate of the sharpest curvature it
// will meet, at the start (Gauss-Newton part 2 |K| of the Hessian, residual part 2 |X'r|) and at
// the end, where a balanced network of total size `size` (sum of |alpha_i| |w_i|) has |K| <= 2 size
// |X|^2 at most. Rounded to two digits.
export function safeStep(data, net, size, lam = 0, weight = 1) {
  const { n, x } = data;
  const rows = Math.sqrt(topEigenvalue(n, (j, k) => x[j] * x[k] + 1)); // |X|
  const r = residual(data, net);
  const K = tangentKernel(data, net);
  const atStart = 2 * topEigenvalue(n, (j, k) => K[j * n + k]) + 2 * rows * Math.sqrt(dot(r, r));
  const atEnd = 4 * size * rows ** 2;
  const curvature = weight * Math.max(atStart, atEnd) + 2 * lam;
  const least = 1e-12; // where nothing curves, any step will do
  return Number((1 / Math.max(curvature, least)).toPrecision(2));
}

// The n x n matrix  K_jk = sum_i (w_i'x_j)_+ (w_i'x_k)_+ + alpha_i^2 1[w_i'x_j > 0] 1[w_i'x_k > 0]
// x_j'x_k, row by row.
function tangentKernel({ n, x }, net) {
  const K = new Float64Array(n * n);
  for (let i = 0; i < net.m; i++) {
    const z = x.map((value) => Math.max(0, net.w1[i] * value + net.w2[i]));
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < n; k++) {
        if (z[j] === 0 || z[k] === 0) continue;
        K[j * n + k] += z[j] * z[k] + net.alpha[i] ** 2 * (x[j] * x[k] + 1);
      }
    }
  }
  return K;
}

// Largest eigenvalue of a positive semidefinite n x n matrix, by power iteration.
function topEigenvalue(n, entry) {
  let v = Float64Array.from({ length: n }, (_, j) => 1 + j / n);
  let value = 0;
  for (let round = 0; round < POWER_ROUNDS; round++) {
    const next = v.map((_, j) => v.reduce((sum, vk, k) => sum + entry(j, k) * vk, 0));
    const length = Math.sqrt(dot(next, next));
    if (length === 0) return 0;
    value = length / Math.sqrt(dot(v, v));
    v = next.map((c) => c / length);
  }
  return value;
}
