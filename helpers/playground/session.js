// One run: a state's data and network, the trainer with what it recorded, the certified optimum of
// the same problem.

import { cellOf, cellsOf } from "./cells.js";
import { lambdaMax, solveConvex } from "./convex.js";
import { copyNetwork, deadCount, lineData, patterns } from "./model.js";
import { safeStep, Trainer } from "./optimiser.js";
import { network } from "./random.js";

const FRAMES = 300; // recorded along a run: one a pixel or two of the loss view
const ADAM_STEP = 1e-3; // PyTorch's default
const FOLLOW_STEPS = 5; // of training between two looks at the clock, while a point is dragged

// The convex program of points [[x, y]] at lambda = decay * lambda_max, solved: {data, cells,
// lambdaMax, lam, optimum (see solveConvex), optimumSize: the sum of its neurons' sizes}.
export function problem(points, decay) {
  const data = lineData(points);
  const cells = cellsOf(data.x);
  const largest = lambdaMax(data, cells);
  const lam = decay * largest;
  const optimum = solveConvex(data, lam, { cells });
  const optimumSize = optimum.neurons.reduce((sum, { size }) => sum + size, 0);
  return { data, cells, lambdaMax: largest, lam, optimum, optimumSize };
}

// Takes a state (see state.js). Holds what `problem` gives, and initial: the network at the start;
// step: the step size used; trainer; frames: [{step, loss, count: of distinct patterns, dead: of
// neurons active at no point, net, own}], own the optimum of the patterns of that network, where `ownOptimum` asks for it; shown:
// the frame shown; diverged: whether the loss is no longer finite.
export class Session {
  constructor(state, { ownOptimum = false } = {}) {
    this.ownOptimum = ownOptimum;
    this.set(state);
  }

  // Another setting: solve the convex program, and start again from its initial network.
  set(state) {
    this.state = state;
    this.solve(state.points);
    const { weights, neurons, scale, seed, method } = state;
    this.initial = weights ? fromRows(weights) : network(neurons, scale, seed);
    this.step = state.step === "auto" ? this.automaticStep(method) : state.step;
    this.diverged = false;
    this.trainer = new Trainer(this.data, this.initial, { method, step: this.step, lam: this.lam });
    this.startRecord();
  }

  solve(points) {
    Object.assign(this, problem(points, this.state.decay));
  }

  automaticStep(method) {
    if (method === "adam") return ADAM_STEP;
    return safeStep(this.data, this.initial, this.optimumSize, this.lam);
  }

  startRecord() {
    this.frames = [];
    this.record();
  }

  // While a point is dragged: the trained network goes on from where it is, on the new data, for
  // `budget` milliseconds.
  follow(points, budget) {
    this.solve(points);
    const net = this.diverged ? this.initial : this.trainer.net;
    const step = Math.min(this.step, safeStep(this.data, net, this.optimumSize, this.lam));
    this.diverged = false;
    this.trainer = new Trainer(this.data, net, { step, lam: this.lam });
    const start = performance.now();
    while (performance.now() - start < budget && this.trainer.advance(FOLLOW_STEPS));
    this.startRecord();
  }

  // A network of the reader's hand: shown, and trained from there.
  take(net) {
    const { method } = this.state;
    this.diverged = false;
    this.trainer = new Trainer(this.data, net, { method, step: this.step, lam: this.lam });
    this.startRecord();
  }

  // Train up to the next frame of the record, to step `last` or for `budget` milliseconds,
  // whichever comes first.
  train(budget, last = this.state.steps) {
    const { trainer } = this;
    const every = Math.max(1, Math.ceil(this.state.steps / FRAMES));
    const nextFrame = (Math.floor(trainer.step / every) + 1) * every;
    const goal = Math.min(last, nextFrame);
    const start = performance.now();
    while (trainer.step < goal && !this.diverged) {
      this.diverged = !trainer.advance();
      if (performance.now() - start > budget) break;
    }
    if (trainer.step === goal && !this.diverged) this.record();
  }

  record() {
    const { trainer, data } = this;
    const loss = trainer.loss();
    if (!Number.isFinite(loss)) {
      this.diverged = true;
      return;
    }
    this.frames.push({
      step: trainer.step,
      loss,
      count: patterns(data, trainer.net).count,
      dead: deadCount(data, trainer.net),
      net: copyNetwork(trainer.net),
      own: this.ownOptimum ? this.solveOwn(trainer.net) : null,
    });
    this.shown = this.frames.length - 1;
  }

  // The convex program of the patterns and signs that a network has.
  solveOwn(net) {
    return solveConvex(this.data, this.lam, { blocks: ownBlocks(this.cells, net) });
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

// The blocks of the convex program that the network's neurons stand for: the cell and the sign of
// each, once.
export function ownBlocks(cells, net) {
  const blocks = new Map();
  for (let i = 0; i < net.m; i++) {
    const k = cellOf(cells, net.w1[i], net.w2[i]);
    const sign = net.alpha[i] < 0 ? -1 : 1;
    if (k >= 0) blocks.set(`${k} ${sign}`, { cell: cells[k], sign });
  }
  return [...blocks.values()];
}
