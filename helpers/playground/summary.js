// What the views show, in words: for screen readers, and for everybody who prefers to read.
//
// Words follow what is proved. Whatever the solver did, no network goes below an optimum's
// `lowerBound`, and it is written rounded down; "optimum" is said only where the duality gap is
// small (see convex.js), "not proved" where it is not.

import { cellOf } from "./cells.js";
import { grouped, plural, short, shortAbove, shortBelow } from "./dom.js";

const TOO_LARGE = "the step size is too large. Choose a smaller one, or the safe one.";

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
      `${short(highest)}: ${TOO_LARGE}${dead ? ` ${deadWords()}` : ""}`
    );
  const where = `Step ${grouped(step)} of ${grouped(state.steps)} on ${plural(data.n, "point")}`;
  const proof = `${capital(boundWords(optimum))}, and ${solutionWords(optimum)}`;
  const found = `${plural(net.m, "neuron")} with ${plural(count, "distinct pattern")}`;
  return [
    `${where}: the network's loss is ${short(loss)}.`,
    `${proof}: training is ${excess(loss, optimum.lowerBound)}.`,
    `${found}, of ${cells.length} possible.`,
    ...(dead ? [deadWords()] : []),
  ].join(" ");
}

// While the figure plays.
export function playingWords({ frames, state, optimum }) {
  const from = short(frames[0].loss);
  const run = `Training for ${plural(state.steps, "step")}, from a loss of ${from}`;
  const caveat = optimum.proved ? "" : ` ${gapWords(optimum)}`;
  return `${run}; ${boundWords(optimum)}${caveat}.`;
}

const deadWords = () => "Every neuron is dead: active on no point, none can learn.";

const capital = (words) => words[0].toUpperCase() + words.slice(1);

// --- A selection.

// Takes what a reader has tapped, {cell}, {point} or null; returns what it stands for:
// {cells (a Set) or null, active (a byte per point) or null, point or null, text}.
export function resolve(session, net, chosen) {
  const { cells, data } = session;
  if (chosen?.point < data.n) return resolvePoint(cells, net, chosen.point);
  if (cells[chosen?.cell]) return resolveCell(session, net, chosen.cell);
  return { cells: null, active: null, point: null, text: "" };
}

function resolvePoint(cells, net, point) {
  const activating = new Set(cells.filter(({ active }) => active[point]));
  const held = plural(countIn(activating, cells, net), "neuron");
  const where = plural(activating.size, "cell");
  const text = `Point ${point + 1} is activated in ${where}, by ${held}.`;
  return { cells: activating, active: null, point, text };
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
  return { cells: only, active: cell.active, point: null, text };
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
