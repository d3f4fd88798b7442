// The regularisation path: as lambda grows to lambda_max the neurons of the convex optimum shrink
// and die.

import { cellOf } from "./cells.js";
import { logSlider } from "./controls.js";
import { balanced } from "./convex.js";
import { directionColour, element, plural, redrawn, short } from "./dom.js";
import { MOST_POINTS, RANGES } from "./limits.js";
import { Plot } from "./plot.js";
import { problem } from "./session.js";
import { within } from "./state.js";
import { optimumName, optimumNumbers, resolve } from "./summary.js";
import { DataView } from "./view_data.js";

const COUNT = 49; // values of lambda along the path: 48 steps over five decades
const START = 0.05; // the decay shown first
const SAME_DIRECTION = 0.98; // cosine above which a neuron continues one of the decay before

// The convex optimum at values of the decay from the smallest to the largest: [{decay,
// ...problem(points, decay)}].
export function solvePath(points) {
  const [low, high] = RANGES.decay;
  const decays = Array.from({ length: COUNT }, (_, k) => low * (high / low) ** (k / (COUNT - 1)));
  return decays.map((decay) => ({ decay, ...problem(points, decay) }));
}

// The neuron of the list that continues this one: the same sign, the nearest direction, if it is
// near; or null.
export function heirOf({ u, sign, size }, neurons) {
  let heir = null;
  let nearest = SAME_DIRECTION;
  for (const other of neurons) {
    const cosine = (u[0] * other.u[0] + u[1] * other.u[1]) / (size * other.size);
    if (other.sign === sign && cosine > nearest) {
      heir = other;
      nearest = cosine;
    }
  }
  return heir;
}

export class RegularisationPath {
  // presets, preset: states by name and the one whose points are shown (see state.js).
  constructor(root, { presets, preset }) {
    this.points = presets[preset].points;
    this.decay = START;
    this.chosen = null; // what the reader has tapped, see `resolve`
    this.along = null; // the path of the present points, solved when it is drawn
    this.build(root);
    this.data.fit(this.points);
    this.ask = redrawn(root, () => this.draw());
    this.ask();
  }

  build(root) {
    const left = element("div", { class: "pg-view" });
    const right = element("div", { class: "pg-view" });
    this.data = new DataView(left, {
      move: (j, point) => this.change(this.points.map((p, k) => (k === j ? point : p))),
      drop: () => this.drop(),
      add: (point) => this.add(point),
      remove: (j) => this.remove(j),
      select: (chosen) => this.select(chosen),
    });
    const label = "Sizes of the neurons of the convex optimum against lambda";
    this.sizes = new Plot(right, "path", label);
    this.sizes.canvas.addEventListener("click", (event) => this.set(this.sizes.at(event)[0]));
    this.slider = logSlider("weight decay λ / λmax", "decay", (value) => this.set(value));
    this.words = element("p", { class: "pg-summary", role: "status", "aria-live": "polite" });
    const views = element("div", { class: "pg-views" }, left, right);
    root.append(views, this.slider.node, this.words);
  }

  set(decay) {
    this.decay = within("decay", Number(decay.toPrecision(3)));
    this.ask();
  }

  change(points) {
    this.points = points;
    this.along = null;
    this.ask();
  }

  drop() {
    if (this.points.some((point) => this.data.isAtEdge(point))) this.data.fit(this.points);
    this.ask();
  }

  add(point) {
    if (this.points.length < MOST_POINTS) this.change([...this.points, this.data.inside(point)]);
  }

  remove(j) {
    if (this.points.length > 1) this.change(this.points.filter((_, k) => k !== j));
  }

  select(chosen) {
    this.chosen = chosen;
    this.ask();
  }

  draw() {
    this.along ??= solvePath(this.points);
    const now = problem(this.points, this.decay);
    const net = balanced(now.optimum.neurons);
    const selection = resolve(now, net, this.chosen);
    this.data.draw(now, net, { selection, training: false });
    this.drawSizes(now, selection);
    this.slider.show(this.decay);
    this.words.textContent = this.wordsFor(now.optimum, selection);
  }

  wordsFor(optimum, selection) {
    const unproved = this.along.filter((other) => !other.optimum.proved).length;
    const where = plural(unproved, "value");
    const caveat = `At ${where} of λ along the path the optimum is not proved.`;
    const words = [
      `At λ = ${short(this.decay)} λmax the ${optimumName(optimum)} uses ` +
        `${plural(optimum.neurons.length, "neuron")}: ${optimumNumbers(optimum)}.`,
      unproved > 0 ? caveat : "",
      selection.text,
    ];
    return words.filter(Boolean).join(" ");
  }

  drawSizes(now, selection) {
    const { sizes, along } = this;
    const all = along.flatMap(({ optimum }) => optimum.neurons);
    const largest = Math.max(1e-9, ...all.map(({ size }) => size));
    const ylim = [0, largest * 1.15];
    const margins = [sizes.roomFor(ylim, 40), 10, 8, 24];
    const c = sizes.begin(RANGES.decay, ylim, { logX: true, margins });
    sizes.axes();
    sizes.clipped(() => {
      along.forEach((_, k) => this.drawStretch(k, now, selection));
      c.strokeStyle = sizes.colours.convex;
      c.lineWidth = 2;
      c.beginPath();
      c.moveTo(sizes.px(this.decay), sizes.area.top + 18);
      c.lineTo(sizes.px(this.decay), sizes.h);
      c.stroke();
    });
    sizes.names(null, "size ‖u‖ of every neuron against λ / λmax");
  }

  // The neurons from the k-th decay to the next: dotted where their output is negative, thin where
  // nothing is proved.
  drawStretch(k, now, selection) {
    const { sizes, along } = this;
    const { decay, optimum } = along[k];
    const next = along[k + 1];
    for (const neuron of optimum.neurons) {
      const heir = next ? heirOf(neuron, next.optimum.neurons) : null;
      const cell = now.cells[cellOf(now.cells, ...neuron.u)];
      const isFaded = selection.cells && !selection.cells.has(cell);
      const colour = directionColour(neuron.u, isFaded ? 0.2 : 1, sizes.colours.dark);
      const stretch = [
        [decay, neuron.size],
        [next?.decay ?? decay, heir?.size ?? 0],
      ];
      sizes.line(stretch, colour, optimum.proved ? 2.5 : 1, neuron.sign < 0 ? [2, 5] : []);
    }
  }
}
