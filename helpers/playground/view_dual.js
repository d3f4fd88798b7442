// The dual view: the curve theta'(Xu)_+ over the circle of directions (see dual.js), of what the
// optimum leaves of the labels and of what the network leaves, and the band +-lambda between which
// nothing is missing. Heights are in units of lambda, on a log scale outside the band.

import { cellOf } from "./cells.js";
import { dualAt, dualPeak, leftBy, leftByNeurons } from "./dual.js";
import { directionColour, short } from "./dom.js";
import { Plot } from "./plot.js";
import { dualWords, WITHIN } from "./summary.js";

const STRIP = 7; // height of the strip of cell colours, in pixels
const SAMPLES = 240; // of a curve, the edges of the cells apart
const LEAST_HEIGHT = 1.4; // of the view on either side of zero, the band being 1
const ROOM = 1.12; // times the highest curve
const TICK = 5; // pixels of a neuron's mark
const DEGREE = Math.PI / 180;

const angleOf = (w1, w2) => Math.atan2(w2, w1) / DEGREE;

// Where a multiple of lambda is drawn: one unit up for every decade outside the band.
const level = (value) => {
  const size = Math.abs(value);
  return size <= 1 ? value : Math.sign(value) * (1 + Math.log10(size));
};

export class DualView {
  constructor(parent, onSelect) {
    this.plot = new Plot(parent, "dual", "The dual curve");
    this.plot.canvas.addEventListener("click", (event) => {
      const angle = this.plot.at(event)[0] * DEGREE;
      onSelect({ cell: cellOf(this.session.cells, Math.cos(angle), Math.sin(angle)) });
    });
  }

  draw(session, net, { selection }) {
    this.session = session;
    const { plot } = this;
    const { data, cells, optimum, lam } = session;
    const ofNetwork = leftBy(data, net);
    const ofOptimum = leftByNeurons(data, optimum.neurons);
    const peak = dualPeak(data, cells, ofNetwork);
    this.unit = lam || peak.height || 1;
    const height = Math.max(LEAST_HEIGHT, ROOM * level(peak.height / this.unit));
    const c = plot.begin([-180, 180], [-height, height], { margins: [42, 12, 8, 27 + STRIP] });
    this.drawAxes(c, height);
    this.drawStrip(c, cells, selection);
    plot.clipped(() => {
      if (lam > 0) this.drawBand(c);
      this.drawNeurons(c, net);
      const angles = this.angles(cells);
      const { convex, network } = plot.colours;
      plot.line(this.curve(ofOptimum, angles), convex, 4, optimum.proved ? [] : [14, 6]);
      plot.line(this.curve(ofNetwork, angles), network, 2.5, [9, 5]);
    });
    for (const { u } of optimum.neurons) this.drawDiamond(ofOptimum, angleOf(...u));
    if (peak.height > WITHIN * lam) this.nameMissing(c, peak);
    plot.names("angle of (w₁, w₂)", "θᵀ(Xu)₊");
    plot.canvas.setAttribute("aria-label", `Dual curve. ${dualWords(peak, lam)}`);
    return peak;
  }

  drawAxes(c, height) {
    const decades = Array.from({ length: Math.floor(height) }, (_, k) => k + 1);
    const yticks = [0, ...decades, ...decades.map((k) => -k)];
    const few = yticks.filter((k) => Math.abs(k) <= 1 || k % Math.ceil(height / 3) === 0);
    c.save();
    c.translate(0, STRIP + 3);
    this.plot.axes({ xticks: [-180, -90, 0, 90, 180], yticks: [], xtext: (x) => `${x}°` });
    c.restore();
    this.plot.axes({ xticks: [], yticks: few, ytext: inLambda });
  }

  // Under the axis, the colours of the cells.
  drawStrip(c, cells, selection) {
    const { area, colours, px } = this.plot;
    for (const cell of cells) {
      const other = selection.cells ? 0.18 : 0.6;
      c.fillStyle = directionColour(
        cell.middle,
        selection.cells?.has(cell) ? 1 : other,
        colours.dark,
      );
      for (const turn of [-360, 0]) {
        const start = Math.max(-180, cell.from / DEGREE + turn);
        const stop = Math.min(180, cell.to / DEGREE + turn);
        if (start < stop) c.fillRect(px(start), area.bottom + 2, px(stop) - px(start), STRIP);
      }
    }
  }

  drawBand(c) {
    const { plot } = this;
    const { left, right } = plot.area;
    c.fillStyle = plot.colours.convex;
    c.globalAlpha = 0.14;
    c.fillRect(left, plot.py(1), right - left, plot.py(-1) - plot.py(1));
    c.globalAlpha = 1;
  }

  // The network's neurons, as marks at their angles.
  drawNeurons(c, net) {
    const { plot } = this;
    const { bottom } = plot.area;
    c.strokeStyle = plot.colours.network;
    c.globalAlpha = 0.45;
    c.lineWidth = 1.5;
    c.beginPath();
    for (let i = 0; i < net.m; i++) {
      const x = plot.px(angleOf(net.w1[i], net.w2[i]));
      c.moveTo(x, bottom);
      c.lineTo(x, bottom - TICK);
    }
    c.stroke();
    c.globalAlpha = 1;
  }

  // Where the curves are drawn: evenly, and at the edges of the cells, where they have their kinks.
  angles(cells) {
    const even = Array.from({ length: SAMPLES + 1 }, (_, k) => -180 + (360 * k) / SAMPLES);
    const edges = cells.map(({ edges: [{ w1, kink }] }) => angleOf(w1, -w1 * kink));
    return [...even, ...edges].sort((a, b) => a - b);
  }

  curve(theta, angles) {
    return angles.map((angle) => [angle, this.height(theta, angle)]);
  }

  height(theta, angle) {
    return level(dualAt(this.session.data, theta, angle * DEGREE) / this.unit);
  }

  drawDiamond(theta, angle) {
    const { plot } = this;
    plot.diamond(plot.px(angle), plot.py(this.height(theta, angle)));
  }

  // Where the network's curve is farthest outside the band.
  nameMissing(c, { height, angle, sign }) {
    const { plot } = this;
    const { area, colours } = plot;
    const x = plot.px(Math.atan2(Math.sin(angle), Math.cos(angle)) / DEGREE);
    const y = plot.py(sign * level(height / this.unit));
    c.strokeStyle = colours.data;
    c.lineWidth = 2;
    c.beginPath();
    c.arc(x, y, 6, 0, 2 * Math.PI);
    c.stroke();
    const isLeft = x > (area.left + area.right) / 2;
    c.fillStyle = colours.ink;
    c.textAlign = isLeft ? "right" : "left";
    c.textBaseline = "middle";
    plot.text("missing", x + (isLeft ? -11 : 11), y);
  }
}

function inLambda(k) {
  if (k === 0) return "0";
  const size = Math.abs(k);
  const factor = size === 1 ? "" : short(10 ** (size - 1));
  return `${k < 0 ? "-" : ""}${factor}λ`;
}
