// One run: a state's data and network, the trainer with what it recorded, the certified optimum of the same problem.

import { lambdaMax, sectors, solveConvex } from "./convex.js";
import { copyNetwork, lineData, patterns } from "./model.js";
import { safeStep, Trainer } from "./optimiser.js";
import { network } from "./random.js";

const FRAMES = 300; // recorded along a run of `steps` steps

// The convex program of points [[x, y]] at lambda = decay * lambda_max, solved.
export function problem(points, decay) {
  const data = lineData(points.map(([x, y]) => ({ x, y })));
  const cells = sectors(data);
  const largest = lambdaMax(data, cells);
  const lam = decay * largest;
  const optimum = solveConvex(data, lam, { cells });
  const optimumSize = optimum.neurons.reduce((sum, { size }) => sum + size, 0);
  return { data, lam, optimum, optimumSize, lambdaMax: largest, sectors: cells };
}

export class Session {
  constructor(state, { ownOptimum = false } = {}) {
    this.ownOptimum = ownOptimum; // also solve the convex program of the network's current patterns, frame by frame
    this.set(state);
  }

  // Another setting: solve the convex program, and start again from its initial network.
  set(state) {
    this.state = state;
    this.solve(state.points);
    const { weights, neurons, scale, seed } = state;
    this.initial = weights ? fromRows(weights) : network(neurons, scale, seed);
    const automatic =
      state.method === "adam"
        ? 1e-3
        : safeStep(this.data, this.initial, this.optimumSize, this.lam);
    this.step = state.step === "auto" ? automatic : state.step;
    this.trainer = new Trainer(this.data, this.initial, {
      method: state.method,
      step: this.step,
      lam: this.lam,
    });
    this.frames = [];
    this.shown = 0;
    this.diverged = false;
    this.record();
  }

  solve(points) {
    Object.assign(this, problem(points, this.state.decay));
  }

  // While a point is dragged: the trained network goes on from where it is, on the new data.
  follow(points, budget) {
    this.solve(points);
    const net = this.diverged ? this.initial : this.trainer.net;
    const step = Math.min(this.step, safeStep(this.data, net, this.optimumSize, this.lam));
    this.trainer = new Trainer(this.data, net, { step, lam: this.lam });
    for (const start = performance.now(); performance.now() - start < budget; )
      if (!this.trainer.advance(5)) break;
    this.frames = [];
    this.record();
  }

  // Train up to the next frame of the record, to step `last` or for `budget` milliseconds, whichever comes first.
  train(budget, last = this.state.steps) {
    const { trainer } = this;
    const every = Math.max(1, Math.ceil(this.state.steps / FRAMES));
    const start = performance.now();
    const goal = Math.min(last, (Math.floor(trainer.step / every) + 1) * every);
    while (trainer.step < goal && !this.diverged) {
      this.diverged = !trainer.advance(1);
      if (performance.now() - start > budget) break;
    }
    if (trainer.step === goal && !this.diverged) this.record();
  }

  record() {
    const { trainer, data } = this;
    const { count } = patterns(data, trainer.net);
    const loss = trainer.loss();
    if (!Number.isFinite(loss)) return void (this.diverged = true);
    const frame = { step: trainer.step, loss, count, net: copyNetwork(trainer.net) };
    if (this.ownOptimum)
      frame.own = solveConvex(data, this.lam, { blocks: ownBlocks(this.sectors, trainer.net) });
    this.frames.push(frame);
    this.shown = this.frames.length - 1;
  }

  get frame() {
    return this.frames[this.shown];
  }

  get finished() {
    return this.diverged || this.trainer.step >= this.state.steps;
  }
}

function fromRows(rows) {
  const column = (k) => Float64Array.from(rows, (row) => row[k]);
  return { m: rows.length, w1: column(0), w2: column(1), alpha: column(2) };
}

// The blocks of the convex program that the network's neurons stand for: the cell and the sign of each.
export function ownBlocks(cells, net) {
  const blocks = new Map();
  for (let i = 0; i < net.m; i++) {
    const k = cellOf(cells, net.w1[i], net.w2[i]);
    const sign = net.alpha[i] < 0 ? -1 : 1;
    if (k >= 0) blocks.set(`${k} ${sign}`, { sector: cells[k], sign });
  }
  return [...blocks.values()];
}

// Index of the cell that holds the direction (w1, w2); -1 for zero or when there is no cell.
export function cellOf(cells, w1, w2) {
  if (!cells.length || (w1 === 0 && w2 === 0)) return -1;
  let angle = Math.atan2(w2, w1);
  if (angle < cells[0].from) angle += 2 * Math.PI;
  for (let k = cells.length - 1; k > 0; k--) if (angle >= cells[k].from) return k;
  return 0;
}
