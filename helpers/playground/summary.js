// What the views show, in words: for screen readers, and for everybody who prefers to read.
//
// Words follow what is proved. Whatever the solver did, no network goes below an optimum's
// `lowerBound`, and it is written rounded down; "optimum" is said only where the duality gap is
// small (see convex.js), "not proved" where it is not.

import { cellOf } from "./cells.js";
import { grouped, plural, short, shortAbove, shortBelow } from "./dom.js";
import { neuronOf } from "./model.js";

const TOO_LARGE = "the step size is too large. Choose a smaller one, or the safe one.";
export const WITHIN = 1.01; // times lambda: up to it a dual curve counts as within the band
const JUMP = 1.1; // times the loss before: more than descent with a small step ever rises

// --- The convex program.

// What the solution of the convex program may be called.
export function optimumName(optimum) {
  return optimum.proved ? "convex optimum" : "convex program, not proved optimal";
}

// The loss of a solution and what is proved of it: for the legend.
export function optimumNumbers({ objective, gap, proved }) {
  const proof = proved ? "certified to a gap of" : "not proved optimal: gap";
  return `loss ${short(objective)}, ${proof} ${shortAbove(gap, 2)}`;
}

const boundWords = ({ lowerBound }) =>
  `no network of any width goes below ${shortBelow(lowerBound)}`;

const gapWords = ({ gap, proved }) =>
  `(duality gap ${shortAbove(gap, 2)}${proved ? "" : ": not proved optimal"})`;

function solutionWords(optimum) {
  const { neurons, objective, proved } = optimum;
  const found = proved ? "of the convex optimum" : "found by the convex program";
  const reach = neurons.length === 1 ? "reaches" : "reach";
  const count = plural(neurons.length, "neuron");
  return `${count} ${found} ${reach} ${short(objective)} ${gapWords(optimum)}`;
}

// How far a loss is above a lower bound.
export function excess(loss, bound) {
  if (!(bound > 0)) return `${short(loss)} above 0`;
  const ratio = loss / bound;
  if (!Number.isFinite(ratio)) return "far above that bound";
  if (ratio >= 10) return `${short(ratio, 2)} times that bound`;
  return `${short(Math.max(0, 100 * (ratio - 1)), 2)}% above that bound`;
}

// --- Training.

// Takes a session; returns the words under the figure, for the frame shown.
export function summary(session) {
  const { optimum, diverged, frames, frame, state, data, cells } = session;
  const { step, loss, count, net, dead } = frame;
  const first = frames[0].loss;
  const highest = Math.max(...frames.map((other) => other.loss));
  if (diverged) return `After step ${grouped(step)} the loss is no longer finite: ${TOO_LARGE}`;
  if (highest > 10 * first)
    return (
      `At step ${grouped(step)} the loss is ${short(loss)}, after a rise from ${short(first)} to ` +
      `${[`${short(highest)}: ${TOO_LARGE}`, ...deadWords(dead, net.m)].join(" ")}`
    );
  const where = `Step ${grouped(step)} of ${grouped(state.steps)} on ${plural(data.n, "point")}`;
  const proof = `${capital(boundWords(optimum))}, and ${solutionWords(optimum)}`;
  const found = `${plural(net.m, "neuron")} with ${plural(count, "distinct pattern")}`;
  return [
    `${where}: the network's loss is ${short(loss)}.`,
    `${proof}: training is ${excess(loss, optimum.lowerBound)}.`,
    `${found}, of ${cells.length} possible.`,
    ...deadWords(dead, net.m),
    ...jumpWords(frames, state.method),
  ].join(" ");
}

// While the figure plays.
export function playingWords({ frames, state, optimum }) {
  const from = short(frames[0].loss);
  const run = `Training for ${plural(state.steps, "step")}, from a loss of ${from}`;
  const caveat = optimum.proved ? "" : ` ${gapWords(optimum)}`;
  return `${run}; ${boundWords(optimum)}${caveat}.`;
}

// Of dead neurons, where there are some.
function deadWords(dead, m) {
  if (dead === 0) return [];
  if (dead === m) return ["Every neuron is dead: active on no point, none can learn."];
  const those = dead === 1 ? "1 of them is" : `${grouped(dead)} of them are`;
  return [`${those} dead: active on no point, with nothing to learn from.`];
}

// Of a loss that went up between two frames of gradient descent, which small steps never do.
function jumpWords(frames, method) {
  if (method !== "gradient_descent") return [];
  const isJump = (frame, k) => k > 0 && frame.loss > JUMP * frames[k - 1].loss;
  const jump = frames.findIndex(isJump);
  if (jump < 0) return [];
  const [from, to] = [frames[jump - 1], frames[jump]].map(({ loss }) => short(loss));
  const where = `by step ${grouped(frames[jump].step)}`;
  return [`The loss jumped from ${from} to ${to} ${where}: the step size is large.`];
}

const capital = (words) => words[0].toUpperCase() + words.slice(1);

// --- The dual view.

// Takes the peak of the dual curve of what the network leaves (see dual.js).
export function dualWords({ height, angle, sign }, lam) {
  if (height <= 0) return "The network leaves nothing: no neuron is missing.";
  if (height <= WITHIN * lam)
    return "What the network leaves stays within the band ±λ: no neuron is missing.";
  const reach = lam > 0 ? `reaches ${short(height / lam, 2)} λ` : "is not zero";
  const w1 = Math.cos(angle);
  const kink = short(-Math.sin(angle) / w1, 2);
  const side = w1 > 0 ? "right" : "left";
  return (
    `What the network leaves ${reach}: a neuron of ${sign < 0 ? "negative" : "positive"} output, ` +
    `kink at ${kink}, active to the ${side} of it, is missing or still too small.`
  );
}

// --- A selection.

// Takes what a reader has tapped, {cell}, {point}, {neuron} or null; returns what it stands for:
// {cells (a Set) or null, active (a byte per point) or null, point, neuron or null, text}.
export function resolve(session, net, chosen) {
  const { cells, data } = session;
  if (chosen?.point < data.n) return resolvePoint(cells, net, chosen.point);
  if (chosen?.neuron < net.m) return resolveNeuron(session, net, chosen.neuron);
  if (cells[chosen?.cell]) return resolveCell(session, net, chosen.cell);
  return { cells: null, active: null, point: null, neuron: null, text: "" };
}

function resolvePoint(cells, net, point) {
  const activating = new Set(cells.filter(({ active }) => active[point]));
  const held = plural(countIn(activating, cells, net), "neuron");
  const where = plural(activating.size, "cell");
  const text = `Point ${point + 1} is activated in ${where}, by ${held}.`;
  return { cells: activating, active: null, point, neuron: null, text };
}

function resolveCell({ cells, optimum }, net, k) {
  const cell = cells[k];
  const only = new Set([cell]);
  const points = [...cell.active.keys()].filter((j) => cell.active[j]).map((j) => j + 1);
  const best = optimum.neurons.filter((neuron) => neuron.cell === cell);
  const held = plural(countIn(only, cells, net), "neuron");
  const text =
    `Cell ${k + 1} of ${cells.length} activates ${pointNames(points)}; it holds ${held} and ` +
    `${plural(best.length, "neuron")} of the ${optimumName(optimum)}.`;
  return { cells: only, active: cell.active, point: null, neuron: null, text };
}

function resolveNeuron(session, net, i) {
  const { cells } = session;
  const k = cellOf(cells, net.w1[i], net.w2[i]);
  const found = k < 0 ? { cells: new Set(), active: null, text: "" } : resolveCell(session, net, k);
  const text = `Neuron ${i + 1}: ${neuronWords(neuronOf(net, i))}. ${found.text}`;
  return { ...found, point: null, neuron: i, text };
}

// A neuron by what it adds to the output.
export function neuronWords({ w1, w2, alpha }) {
  const sign = alpha < 0 ? "negative" : "positive";
  if (w1 === 0) return `${sign} output, no kink`;
  const side = w1 > 0 ? "right" : "left";
  const slope = short(Math.abs(w1 * alpha), 2);
  return `kink at ${short(-w2 / w1, 2)}, active to the ${side}, ${sign} output, slope ${slope}`;
}

function pointNames(points) {
  if (points.length === 0) return "no point";
  return `${points.length === 1 ? "point" : "points"} ${points.join(", ")}`;
}

function countIn(chosen, cells, net) {
  let count = 0;
  for (let i = 0; i < net.m; i++)
    if (chosen.has(cells[cellOf(cells, net.w1[i], net.w2[i])])) count++;
  return count;
}
