// The data view: points to drag, the network's output, its activation points as oriented triangles,
// the convex optimum.

import { cellOf } from "./cells.js";
import { outputOf } from "./convex.js";
import { directionColour, plural } from "./dom.js";
import { Grip, Handles, neuronNear } from "./handles.js";
import { LARGEST_VALUE } from "./limits.js";
import { neuronOf, output, withKink } from "./model.js";
import { Plot } from "./plot.js";
import { neuronWords } from "./summary.js";

const STRIP = 7; // height of a strip of cell colours, in pixels
const CROWD = 200; // more neurons than this are drawn small and pale
const KINKS_DRAWN = 50; // points of the curve; with more kinks, none is seen as one
const SAMPLES = 160; // of a curve across the view
const REACH = 14; // pixels from a neuron within which a tap is meant for it
const FLOOR = 6; // pixels from the axis up to a triangle of slope 0
const LEAST_SLOPE = 1e-3; // of the largest one, to which a neuron is brought down by hand
const EDGE_SHARE = 0.02; // of the view, along its edge, where no point can be put
const MOST_GROWTH = 0.08; // of the view, by which it grows at a time to follow a point that leaves it

// An interval around values: a share of their range on either side, and at least `least`.
export function around(values, share, least) {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const pad = Math.max((high - low) * share, least);
  return [low - pad, high + pad];
}

export class DataView {
  // on: {move(j, [x, y]), drop(), remove(j), add([x, y] or null), select(selection)}, and
  // {hold(i, neuron), release()} where neurons can be moved.
  constructor(parent, on) {
    const label = "Data points, the network's output and the convex optimum's output";
    this.plot = new Plot(parent, "data", label);
    this.on = on;
    this.handles = new Handles(this, on);
    this.plot.canvas.addEventListener("dblclick", (event) => on.add(this.plot.at(event)));
    if (on.hold) this.grip = new Grip(this, on, () => on.select(null));
    else this.plot.canvas.addEventListener("click", (event) => this.tap(event));
  }

  // Set the limits of the view to these points, with room to drag them and for what the network
  // does around them. view: limits of x to keep to while all points lie between them, or null.
  fit(points, view = null) {
    const room = (values, most) => {
      const range = Math.max(...values) - Math.min(...values);
      return range > 0 ? Math.min(most, range) : most;
    };
    const x = points.map((point) => point[0]);
    const y = [0, ...points.map((point) => point[1])];
    this.xlim = around(x, 0.3, room(x, 0.4));
    if (view) {
      const isKept = x.every((value) => value > view[0] && value < view[1]);
      const [low, high] = this.xlim;
      this.xlim = isKept ? view : [Math.min(view[0], low), Math.max(view[1], high)];
    }
    this.ylim = around(y, 0.28, room(y, 0.2));
  }

  // The point nearest to `point` that lies inside the view, to a thousandth of the view's unit. The
  // view grows to hold it, by a little at a time.
  inside(point) {
    this.xlim = grown(this.xlim, point[0]);
    this.ylim = grown(this.ylim, point[1]);
    return point.map((value, k) => {
      const [low, high] = k === 0 ? this.xlim : this.ylim;
      const pad = EDGE_SHARE * (high - low);
      const places = 3 - Math.floor(Math.log10(high - low));
      const kept = Math.min(high - pad, Math.max(low + pad, value));
      return Number(kept.toFixed(Math.min(100, Math.max(0, places))));
    });
  }

  // Whether a point stands where it could be dragged no further.
  isAtEdge([x, y]) {
    const isNear = (value, [low, high]) => {
      const pad = 1.1 * EDGE_SHARE * (high - low);
      return value < low + pad || value > high - pad;
    };
    return isNear(x, this.xlim) || isNear(y, this.ylim);
  }

  // session: as session.js or `problem` give it; net: the network shown; selection: as resolve
  // gives it; own: the optimum of its patterns or null; training: false where net is the optimum
  // itself.
  draw(session, net, { selection, own = null, training = true }) {
    const { plot } = this;
    const strips = 2 * STRIP + 4;
    const margins = [plot.roomFor(this.ylim, 40), 10, 8, 24 + strips];
    const c = plot.begin(this.xlim, this.ylim, { margins });
    const { colours, area } = plot;
    this.session = session;
    this.net = net;
    if (!this.grip?.held) this.peak = steepest(net);
    this.room = (area.bottom - area.top) * 0.36;
    c.save();
    c.translate(0, strips);
    plot.axes({ yticks: [] });
    c.restore();
    plot.axes({ xticks: [] });
    this.drawStrips(c, session.cells, selection);
    plot.clipped(() => {
      this.drawTriangles(c, session.cells, selection);
      this.drawSolution(session.optimum, colours.convex, 5, session.optimum.proved ? [] : [14, 6]);
      if (own) this.drawSolution(own, colours.green, 3, [2, 6]);
      if (training) this.drawNetwork(own ? [] : [9, 5]);
    });
    this.drawOutside(c);
    plot.names("x", "y");
    this.grip?.place(selection);
    this.handles.place(session, selection);
  }

  drawSolution({ neurons }, colour, width, dash) {
    const kinks = neurons.map(({ u }) => -u[1] / u[0]);
    this.curve((x) => outputOf(neurons, x), kinks, colour, width, dash);
  }

  drawNetwork(dash) {
    const { net, plot } = this;
    const kinks = net.m <= KINKS_DRAWN ? Array.from(net.w1, (w1, i) => -net.w2[i] / w1) : [];
    this.curve((x) => output(net, x), kinks, plot.colours.network, 2.5, dash);
  }

  curve(f, kinks, colour, width, dash) {
    const [low, high] = this.xlim;
    const uniform = Array.from(
      { length: SAMPLES + 1 },
      (_, k) => low + ((high - low) * k) / SAMPLES,
    );
    const inside = kinks.filter((x) => x > low && x < high);
    const xs = [...uniform, ...inside].sort((a, b) => a - b);
    const points = xs.map((x) => [x, f(x)]);
    this.plot.line(points, colour, width, dash);
  }

  // Under the axis, the cells of the weight plane: neurons active to the right of a kink there, and
  // to the left of it.
  drawStrips(c, cells, selection) {
    const { area, colours, px } = this.plot;
    for (const cell of cells) {
      const other = selection.cells ? 0.18 : 0.6;
      const alpha = selection.cells?.has(cell) ? 1 : other;
      c.fillStyle = directionColour(cell.middle, alpha, colours.dark);
      for (const { start, stop, right } of stripsOf(cell, px, area)) {
        const top = area.bottom + 2 + (right ? 0 : STRIP + 1);
        c.fillRect(start, top, stop - start, STRIP);
      }
    }
    c.fillStyle = colours.muted;
    c.textAlign = "right";
    c.textBaseline = "middle";
    c.save();
    c.font = "9px system-ui, sans-serif";
    c.fillText("▷", area.left - 4, area.bottom + 2.5 + STRIP * 0.5);
    c.fillText("◁", area.left - 4, area.bottom + 2.5 + STRIP * 1.5);
    c.restore();
  }

  // Pixels of the triangle of neuron i: at its kink, as high as its slope.
  position(i) {
    const { net, plot } = this;
    const height = Math.abs(net.w1[i] * net.alpha[i]) / this.peak;
    const x = plot.px(-net.w2[i] / net.w1[i]);
    return [x, plot.area.bottom - FLOOR - height * (this.room - FLOOR)];
  }

  // Neuron i as it is with its triangle at a place in pixels.
  neuronAt(i, [x, y]) {
    const height = (this.plot.area.bottom - FLOOR - y) / (this.room - FLOOR);
    const slope = this.peak * Math.max(LEAST_SLOPE, height);
    return withKink(neuronOf(this.net, i), this.plot.x(x), slope);
  }

  words(i) {
    return neuronWords(neuronOf(this.net, i));
  }

  // The neurons by their kinks, from left to right.
  order() {
    const { w1, w2 } = this.net;
    const kinks = Array.from(w1, (w, i) => -w2[i] / w);
    return [...kinks.keys()].sort((i, k) => kinks[i] - kinks[k]);
  }

  drawTriangles(c, cells, selection) {
    const { net, plot } = this;
    const { colours } = plot;
    const isCrowd = net.m > CROWD;
    const size = isCrowd ? 4 : 5.5;
    const chosen = new Path2D();
    const others = new Path2D();
    for (let i = 0; i < net.m; i++) {
      const [x, y] = this.position(i);
      const isVisible = x > plot.area.left - 9 && x < plot.area.right + 9;
      if (!isVisible) continue;
      const isChosen = selection.cells?.has(cells[cellOf(cells, net.w1[i], net.w2[i])]);
      addTriangle(isChosen ? chosen : others, x, y, size, net.w1[i] > 0);
    }
    const usual = isCrowd ? 0.35 : 0.6;
    c.fillStyle = colours.network;
    c.strokeStyle = colours.network;
    c.lineWidth = 1;
    c.globalAlpha = selection.cells ? 0.15 : usual;
    c.fill(others);
    c.globalAlpha = selection.cells ? 0.9 : 0.8;
    if (!isCrowd) c.stroke(others);
    c.fillStyle = colours.green;
    c.fill(chosen);
    c.globalAlpha = 1;
  }

  // How many neurons have their kink outside the view, to either side.
  drawOutside(c) {
    const { net, plot, xlim } = this;
    let left = 0;
    let right = 0;
    for (let i = 0; i < net.m; i++) {
      const kink = -net.w2[i] / net.w1[i];
      if (kink < xlim[0]) left++;
      if (kink > xlim[1]) right++;
    }
    c.fillStyle = plot.colours.muted;
    c.textBaseline = "bottom";
    const { area } = plot;
    const top = area.bottom - this.room; // above the triangles
    c.textAlign = "left";
    if (left > 0) plot.text(`← ${plural(left, "neuron")}`, area.left + 4, top);
    c.textAlign = "right";
    if (right > 0) plot.text(`${plural(right, "neuron")} →`, area.right - 4, top);
  }

  tap(event) {
    const box = this.plot.canvas.getBoundingClientRect();
    const nearest = this.nearest([event.clientX - box.left, event.clientY - box.top]);
    if (nearest < 0) return this.on.select(null);
    const { w1, w2 } = this.net;
    this.on.select({ cell: cellOf(this.session.cells, w1[nearest], w2[nearest]) });
  }

  // The neuron whose triangle is nearest to a place in pixels; -1 where none is near.
  nearest(at) {
    return neuronNear(this, at, REACH);
  }
}

function steepest({ w1, alpha }) {
  return Math.max(1e-300, ...Array.from(w1, (w, i) => Math.abs(w * alpha[i])));
}

// The interval, stretched towards a value outside it.
function grown([low, high], value) {
  const most = MOST_GROWTH * (high - low);
  const pad = EDGE_SHARE * (high - low);
  const kept = Math.min(LARGEST_VALUE, Math.max(-LARGEST_VALUE, value));
  const below = Math.min(most, Math.max(0, low + pad - kept));
  const above = Math.min(most, Math.max(0, kept - high + pad));
  return [low - below, high + above];
}

function addTriangle(path, x, y, size, pointsRight) {
  const d = pointsRight ? size : -size;
  path.moveTo(x - d * 0.8, y - size);
  path.lineTo(x + d, y);
  path.lineTo(x - d * 0.8, y + size);
  path.closePath();
}

// Where the kinks of a cell's neurons lie: [{start, stop, right: their orientation}], in pixels.
// Turning anticlockwise moves the kink to the left; a cell that holds w1 = 0 has kinks at both ends
// of the line, of either orientation.
function stripsOf({ edges }, px, area) {
  const [first, last] = edges.map(({ w1 }) => w1 > 0);
  const inView = ({ kink }) => Math.min(area.right, Math.max(area.left, px(kink)));
  const [start, stop] = edges.map(inView);
  if (first === last) return [{ start: stop, stop: start, right: first }];
  return [
    { start: area.left, stop: start, right: first },
    { start: stop, stop: area.right, right: last },
  ];
}
