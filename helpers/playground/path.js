// The regularisation path: as lambda grows to lambda_max the neurons of the convex optimum shrink and die.

import { logSlider } from "./controls.js";
import { cellColour, element, plural, redrawn, short } from "./dom.js";
import { Plot } from "./plot.js";
import { cellOf, problem } from "./session.js";
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
    const view = () => element("div", { class: "pg-view" });
    const left = view();
    const right = view();
    this.data = new DataView(left, {
      move: (j, point) => this.change(this.points.map((p, k) => (k === j ? point : p))),
      drop: () => {},
      add: () => {},
      remove: (j) => this.points.length > 1 && this.change(this.points.filter((_, k) => k !== j)),
      select: (chosen) => {
        this.chosen = chosen;
        this.ask();
      },
    });
    this.data.fit(this.points);
    this.sizes = new Plot(
      right,
      "path",
      "Sizes of the neurons of the convex optimum against lambda",
    );
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
    const now = problem(this.points, this.decay);
    const { neurons } = now.optimum;
    const net = { m: neurons.length, ...layers(neurons) };
    const selection = resolve(now, net, this.chosen);
    this.data.draw(now, net, { selection, training: false });
    this.drawSizes(now, selection);
    this.slider.show(this.decay);
    this.words.textContent =
      `At λ = ${short(this.decay)} λmax the convex optimum uses ${plural(neurons.length, "neuron")}: loss ` +
      `${short(now.optimum.objective)}, duality gap ${short(now.optimum.gap, 2)}. ${selection.text}`;
  }

  drawSizes(now, selection) {
    const { sizes, along } = this;
    const all = along.flatMap(({ optimum }) => optimum.neurons);
    const largest = Math.max(1e-9, ...all.map(({ size }) => size));
    const c = sizes.begin(RANGES.decay, [0, largest * 1.15], {
      logX: true,
      margins: [40, 10, 8, 24],
    });
    const { colours } = sizes;
    sizes.axes();
    sizes.clipped(() => {
      along.forEach(({ decay, optimum }, k) => {
        for (const neuron of optimum.neurons) {
          const next = along[k + 1];
          const heir = next && sameNeuron(neuron, next.optimum.neurons);
          const faded =
            selection.cells && !selection.cells.has(now.sectors[cellOf(now.sectors, ...neuron.u)]);
          const colour = cellColour({ middle: neuron.u }, faded ? 0.2 : 1, colours.dark);
          sizes.line(
            [
              [decay, neuron.size],
              [next?.decay ?? 1, heir?.size ?? 0],
            ],
            colour,
            2.5,
            neuron.sign < 0 ? [2, 5] : [],
          );
        }
      });
      c.strokeStyle = colours.convex;
      c.lineWidth = 2;
      c.beginPath();
      c.moveTo(sizes.px(this.decay), sizes.area.top + 18);
      c.lineTo(sizes.px(this.decay), sizes.h);
      c.stroke();
    });
    sizes.names(null, "size ‖u‖ of every neuron against λ / λmax");
  }
}

// The neuron of the list that continues this one: the same sign, the nearest direction, if it is near.
function sameNeuron({ u, sign, size }, neurons) {
  const cosine = (other) => (u[0] * other.u[0] + u[1] * other.u[1]) / (size * other.size);
  const nearest = neurons
    .filter((other) => other.sign === sign)
    .sort((a, b) => cosine(b) - cosine(a))[0];
  return nearest && cosine(nearest) > 0.98 ? nearest : null;
}

// The neurons of a convex optimum as weights: w = u / sqrt|u|, alpha = +-sqrt|u|.
function layers(neurons) {
  const column = (f) => Float64Array.from(neurons, f);
  return {
    w1: column(({ u, size }) => u[0] / Math.sqrt(size)),
    w2: column(({ u, size }) => u[1] / Math.sqrt(size)),
    alpha: column(({ sign, size }) => sign * Math.sqrt(size)),
  };
}
