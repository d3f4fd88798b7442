// What the views show, in words: for screen readers, and for everybody who prefers to read.

import { plural, short } from "./dom.js";
import { cellOf } from "./session.js";

// How far a loss is above the optimum.
export function excess(loss, optimum) {
  if (!(optimum > 0)) return `${short(loss)} above 0`;
  const ratio = loss / optimum - 1;
  return ratio >= 9
    ? `${short(ratio + 1, 2)} times the optimum`
    : `${short(Math.max(0, 100 * ratio), 2)}% above it`;
}

export function summary(session) {
  const { optimum, diverged, state, data } = session;
  const { step, loss, count, net } = session.frame;
  const tooLarge = "the step size is too large. Choose a smaller one, or the safe one.";
  if (diverged) return `After step ${step} the loss is no longer finite: ${tooLarge}`;
  if (loss > 10 * session.frames[0].loss)
    return `At step ${step} the loss has grown to ${short(loss)}: ${tooLarge}`;
  return (
    `Step ${step.toLocaleString("en-GB")} of ${state.steps.toLocaleString("en-GB")} on ${plural(data.n, "point")}: ` +
    `the network's loss is ${short(loss)}. No network of any width goes below ${short(optimum.lowerBound)}, and ` +
    `${plural(optimum.neurons.length, "neuron")} of the convex optimum reach ${short(optimum.objective)} ` +
    `(duality gap ${short(optimum.gap, 2)}): training is ${excess(loss, optimum.objective)}. ` +
    `${plural(net.m, "neuron")} with ${plural(count, "distinct pattern")}, of ${session.sectors.length} possible.`
  );
}

// What a selection stands for: {cells (a Set), active (bytes per point) or null, point, text}.
export function resolve(session, net, chosen) {
  const { sectors, data, optimum } = session;
  if (chosen?.point < data.n) {
    const cells = sectors.filter(({ active }) => active[chosen.point]);
    const held = neuronsIn(cells, sectors, net);
    return {
      cells: new Set(cells),
      active: null,
      point: chosen.point,
      text: `Point ${chosen.point + 1} is activated in ${plural(cells.length, "cell")}, by ${held}.`,
    };
  }
  const cell = sectors[chosen?.cell];
  if (!cell) return { cells: null, active: null, point: null, text: "" };
  const points = [...cell.active.keys()].filter((j) => cell.active[j]).map((j) => j + 1);
  const best = optimum.neurons.filter(({ sector }) => sector === cell);
  return {
    cells: new Set([cell]),
    active: cell.active,
    point: null,
    text:
      `Cell ${chosen.cell + 1} of ${sectors.length} activates ${named(points)}; ` +
      `it holds ${neuronsIn([cell], sectors, net)} and ${plural(best.length, "neuron")} of the convex optimum.`,
  };
}

function named(points) {
  return points.length ? `point${points.length > 1 ? "s" : ""} ${points.join(", ")}` : "no point";
}

function neuronsIn(cells, sectors, net) {
  let count = 0;
  for (let i = 0; i < net.m; i++)
    if (cells.includes(sectors[cellOf(sectors, net.w1[i], net.w2[i])])) count++;
  return plural(count, "neuron");
}
