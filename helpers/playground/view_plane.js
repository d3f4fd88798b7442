// The weight plane: the lines w'x_j = 0, the cells between them coloured by pattern, neurons as
// dots. Directions are true; lengths are shown on a log scale, so that neurons of 1e-5 and of 1 are
// seen at once.

import { cellOf } from "./cells.js";
import { balanced } from "./convex.js";
import { directionColour, short } from "./dom.js";
import { Grip, neuronNear } from "./handles.js";
import { neuronOf } from "./model.js";
import { Plot } from "./plot.js";
import { neuronWords } from "./summary.js";

const FAR = 3; // a radius outside the view, whose corners are at 1.42
const CROWD = 200; // more neurons than this are drawn small
const REACH = 9; // pixels from a neuron within which a tap is meant for it
const LEAST = 0.02; // of the view, the nearest to zero that a neuron is brought by hand
const RING_APART = 34; // pixels from one circle of equal length to the next
const RING_ANGLE = -1.1; // where their lengths are written
const FULL = 0.9; // the longest neuron's place, the edge of the view being 1
const ARC_PARTS = 6; // of a cell's outer edge: at most 30 degrees each, so outside the view

export class PlaneView {
  // on: {select(selection), hold(i, neuron), release()}
  constructor(parent, on) {
    this.plot = new Plot(parent, "plane", "The plane of weights, its cells and the neurons");
    this.grip = new Grip(this, on, (event) => {
      const [w1, w2] = this.plot.at(event);
      on.select({ cell: cellOf(this.session.cells, w1, w2) });
    });
  }

  draw(session, net, { selection }) {
    this.session = session;
    this.net = net;
    const { plot } = this;
    const { cells, optimum, initial } = session;
    const c = plot.begin([-1, 1], [-1, 1], { margins: [4, 4, 4, 4] });
    const best = balanced(optimum.neurons);
    if (!this.grip.held) this.measure(net, initial, best);
    const place = (w1, w2) => this.place(w1, w2);
    plot.clipped(() => {
      this.drawCells(c, cells, selection);
      this.drawRings(c);
      this.drawNeurons(c, net, cells, place, selection);
      for (let i = 0; i < best.m; i++) plot.diamond(...place(best.w1[i], best.w2[i]));
    });
    c.fillStyle = plot.colours.muted;
    c.textBaseline = "bottom";
    c.textAlign = "right";
    plot.text("w₁ (slope)", plot.area.right - 6, plot.py(0) - 3);
    c.textAlign = "left";
    c.textBaseline = "top";
    plot.text("w₂ (bias)", plot.px(0) + 5, plot.area.top + 4);
    this.grip.place(selection);
  }

  // The scale of lengths: those far below the start's keep their ratio, others their logarithm.
  measure(net, initial, best) {
    const start = Math.max(1e-12, longest(initial));
    const most = Math.max(start, longest(net), longest(best));
    this.unit = start / 3;
    this.scale = FULL / Math.log1p(most / this.unit);
  }

  // Pixels of weights.
  place(w1, w2) {
    const length = Math.hypot(w1, w2);
    const shown = length > 0 ? (this.scale * Math.log1p(length / this.unit)) / length : 0;
    return [this.plot.px(w1 * shown), this.plot.py(w2 * shown)];
  }

  position(i) {
    return this.place(this.net.w1[i], this.net.w2[i]);
  }

  // Neuron i with its weights where pixels say; its output weight stays.
  neuronAt(i, [x, y]) {
    const { plot, unit, scale } = this;
    const [right, up] = [plot.x(x), plot.y(y)];
    const shown = Math.max(LEAST, Math.hypot(right, up));
    const length = unit * Math.expm1(shown / scale);
    const { alpha } = neuronOf(this.net, i);
    return { w1: (length * right) / shown, w2: (length * up) / shown, alpha };
  }

  nearest(at) {
    return neuronNear(this, at, REACH);
  }

  words(i) {
    const { w1, w2 } = this.net;
    return `weights ${short(w1[i], 2)} and ${short(w2[i], 2)}; ${neuronWords(neuronOf(this.net, i))}`;
  }

  // The neurons by their angles, anticlockwise.
  order() {
    const { w1, w2 } = this.net;
    const angles = Array.from(w1, (w, i) => Math.atan2(w2[i], w));
    return [...angles.keys()].sort((i, k) => angles[i] - angles[k]);
  }

  drawCells(c, cells, selection) {
    const { plot } = this;
    const at = (angle) => [plot.px(FAR * Math.cos(angle)), plot.py(FAR * Math.sin(angle))];
    const centre = [plot.px(0), plot.py(0)];
    for (const cell of cells) {
      const other = selection.cells ? 0.1 : 0.26;
      const alpha = selection.cells?.has(cell) ? 0.6 : other;
      c.fillStyle = directionColour(cell.middle, alpha, plot.colours.dark);
      c.beginPath();
      c.moveTo(...centre);
      for (let k = 0; k <= ARC_PARTS; k++)
        c.lineTo(...at(cell.from + ((cell.to - cell.from) * k) / ARC_PARTS));
      c.fill();
    }
    c.strokeStyle = plot.colours.ground;
    c.lineWidth = 1.5;
    c.beginPath();
    for (const cell of cells) {
      c.moveTo(...centre);
      c.lineTo(...at(cell.from));
    }
    c.stroke();
  }

  // Circles of the weights of length 1, 10, 0.1 ..., as many as there is room for.
  drawRings(c) {
    const { plot } = this;
    const { px, py, colours } = plot;
    let inner = 0;
    c.strokeStyle = c.fillStyle = colours.muted;
    c.textAlign = "center";
    c.textBaseline = "middle";
    for (let k = -12; k <= 6; k++) {
      const [right] = this.place(10 ** k, 0);
      const radius = right - px(0);
      if (radius - inner < RING_APART || radius > px(1) - px(0)) continue;
      inner = radius;
      c.globalAlpha = 0.35;
      c.strokeStyle = colours.muted;
      c.lineWidth = 1;
      c.beginPath();
      c.arc(px(0), py(0), radius, 0, 2 * Math.PI);
      c.stroke();
      c.globalAlpha = 1;
      const [x, y] = [px(0) + radius * Math.cos(RING_ANGLE), py(0) - radius * Math.sin(RING_ANGLE)];
      plot.text(short(10 ** k), x, y);
    }
  }

  // A disc for a neuron with positive output, a ring for a negative one; green where its cell is
  // selected.
  drawNeurons(c, net, cells, place, selection) {
    const { colours } = this.plot;
    const radius = net.m > CROWD ? 2.2 : 3.5;
    const others = { discs: new Path2D(), rings: new Path2D() };
    const chosen = { discs: new Path2D(), rings: new Path2D() };
    for (let i = 0; i < net.m; i++) {
      const [x, y] = place(net.w1[i], net.w2[i]);
      const isChosen = selection.cells?.has(cells[cellOf(cells, net.w1[i], net.w2[i])]);
      const { discs, rings } = isChosen ? chosen : others;
      const path = net.alpha[i] < 0 ? rings : discs;
      path.moveTo(x + radius, y);
      path.arc(x, y, radius, 0, 2 * Math.PI);
    }
    c.lineWidth = 1.4;
    paint(c, others, colours.network, selection.cells ? 0.35 : 0.85);
    paint(c, chosen, colours.green, 0.85);
  }
}

function longest(net) {
  let most = 0;
  for (let i = 0; i < net.m; i++) most = Math.max(most, Math.hypot(net.w1[i], net.w2[i]));
  return most;
}

function paint(c, { discs, rings }, colour, alpha) {
  c.globalAlpha = alpha;
  c.fillStyle = colour;
  c.strokeStyle = colour;
  c.fill(discs);
  c.stroke(rings);
  c.globalAlpha = 1;
}
