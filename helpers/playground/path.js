// The regularisation path: as lambda grows to lambda_max the neurons of the convex optimum shrink and die.

import { logSlider } from "./controls.js";
import { cellColour, element, plural, redrawn, short } from "./dom.js";
import { Plot } from "./plot.js";
import { problem } from "./session.js";
import { RANGES } from "./state.js";
import { resolve } from "./summary.js";
import { DataView } from "./view_data.js";

const COUNT = 49; // values of lambda along the path

export class RegularisationPath {
  constructor(root, { presets, preset }) {
    this.root = root;
    this.points = presets[preset].points;
    this.decay = 0.05;
    this.chosen = null;
    const view = () => element("div", { class: "pg-view" }), left = view(), right = view();
    this.data = new DataView(left, {
      move: (j, point) => this.change(this.points.map((p, k) => (k === j ? point : p))), drop: () => {}, add: () => {},
      remove: (j) => this.points.length > 1 && this.change(this.points.filter((_, k) => k !== j)),
      select: (chosen) => { this.chosen = chosen; this.ask(); },
    });
    this.data.fit(this.points);
    this.sizes = new Plot(right, "path", "Sizes of the neurons of the convex optimum against lambda");
    this.sizes.canvas.addEventListener("click", (event) => this.set(this.sizes.at(event)[0]));
    this.slider = logSlider("weight decay λ / λmax", "decay", (value) => this.set(value));
    this.words = element("p", { class: "pg-summary", role: "status", "aria-live": "polite" });
    root.append(element("div", { class: "pg-views" }, left, right), this.slider.node, this.words);
    this.ask = redrawn(root, () => this.draw());
    this.change(this.points);
  }

  set(decay) {
    this.decay = Number(Math.min(RANGES.decay[1], Math.max(RANGES.decay[0], decay)).toPrecision(3));
    this.ask();
  }

  change(points) {
    this.points = points;
    this.stale = true;
    this.ask();
  }

  solvePath() {
    const [low, high] = RANGES.decay;
    const decays = Array.from({ length: COUNT }, (_, k) => low * (high / low) ** (k / (COUNT - 1)));
    this.along = decays.map((decay) => ({ decay, ...problem(this.points, decay) }));
    this.stale = false;
  }

  draw() {
    if (this.stale) this.solvePath();
    const now = problem(this.points, this.decay), { neurons } = now.optimum;
    const net = { m: neurons.length, ...layers(neurons) }, selection = resolve(now, net, this.chosen);
    this.data.draw(now, net, { selection, training: false });
    this.drawSizes(now, selection);
    this.slider.show(this.decay);
    this.words.textContent = `At λ = ${short(this.decay)} λmax the convex optimum uses ${plural(neurons.length, "neuron")}: loss `
      + `${short(now.optimum.objective)}, duality gap ${short(now.optimum.gap, 2)}. ${selection.text}`;
  }

  drawSizes(now, selection) {
    const { sizes, along } = this, all = along.flatMap(({ optimum }) => optimum.neurons);
    const largest = Math.max(1e-9, ...all.map(({ size }) => size));
    const c = sizes.begin(RANGES.decay, [0, largest * 1.15], { logX: true, margins: [40, 10, 8, 24] }), { colours } = sizes;
    sizes.axes("λ / λmax", "size ‖u‖ of every neuron");
    sizes.clipped(() => {
      now.sectors.forEach((cell, k) => [1, -1].forEach((sign) => {
        const points = along.map(({ decay, optimum, sectors }) => [decay, optimum.neurons
          .filter((n) => n.sector === sectors[k] && n.sign === sign).reduce((sum, { size }) => sum + size, 0)]);
        if (points.every(([, size]) => size < 1e-7 * largest)) return;
        sizes.line(points, cellColour(cell, selection.cells && !selection.cells.has(cell) ? 0.25 : 1, colours.dark), 2.5, sign < 0 ? [6, 5] : []);
      }));
      c.strokeStyle = colours.convex;
      c.lineWidth = 2;
      c.beginPath();
      c.moveTo(sizes.px(this.decay), 0);
      c.lineTo(sizes.px(this.decay), sizes.h);
      c.stroke();
    });
  }
}

// The neurons of a convex optimum as weights: w = u / sqrt|u|, alpha = +-sqrt|u|.
function layers(neurons) {
  const column = (f) => Float64Array.from(neurons, f);
  return { w1: column(({ u, size }) => u[0] / Math.sqrt(size)), w2: column(({ u, size }) => u[1] / Math.sqrt(size)),
           alpha: column(({ sign, size }) => sign * Math.sqrt(size)) };
}
