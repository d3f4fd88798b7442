// The data view: points to drag, the network's output, its activation points as oriented triangles, the convex optimum.

import { cellColour } from "./dom.js";
import { Handles } from "./handles.js";
import { output } from "./model.js";
import { Plot } from "./plot.js";
import { cellOf } from "./session.js";

const STRIP = 7; // height of a strip of cell colours, in pixels

// An interval around values, with some room.
export function around(values, room, least) {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const pad = Math.max((high - low) * room, least);
  return [low - pad, high + pad];
}

export class DataView {
  // on: {move(j, [x, y]), drop(), remove(j), add([x, y] or null), select(selection)}
  constructor(parent, on) {
    this.plot = new Plot(
      parent,
      "data",
      "Data points, the network's output and the convex optimum's output",
    );
    this.on = on;
    this.handles = new Handles(this, on);
    this.plot.canvas.addEventListener("dblclick", (event) => on.add(this.plot.at(event)));
    this.plot.canvas.addEventListener("click", (event) => this.tap(event));
  }

  // The point nearest to `point` that lies inside the view, to three decimals.
  inside(point) {
    return point.map((v, k) => {
      const [low, high] = k ? this.ylim : this.xlim;
      const pad = 0.02 * (high - low);
      return Number(Math.min(high - pad, Math.max(low + pad, v)).toFixed(3));
    });
  }

  fit(points) {
    this.xlim = around(
      points.map((p) => p[0]),
      0.3,
      0.4,
    );
    this.ylim = around([0, ...points.map((p) => p[1])], 0.28, 0.2);
  }

  draw(session, net, { selection, own, training = true }) {
    const { plot } = this;
    const strips = session.sectors.length ? 2 * STRIP + 4 : 0;
    const c = plot.begin(this.xlim, this.ylim, { margins: [40, 10, 8, 24 + strips] });
    const { colours, area } = plot;
    this.session = session;
    this.net = net;
    this.peak = Math.max(1e-300, ...Array.from(net.w1, (w, i) => Math.abs(w * net.alpha[i])));
    this.room = (area.bottom - area.top) * 0.36;
    c.save();
    c.translate(0, strips);
    plot.axes({ yticks: [] });
    c.restore();
    plot.axes({ xticks: [] });
    this.drawStrips(c, session, area, colours, selection);
    plot.clipped(() => {
      this.triangles(c, session, colours, selection);
      this.optimum(session.optimum, colours.convex, 5);
      if (own) this.optimum(own, colours.green, 3, [2, 6]);
      if (training)
        this.curve(
          (x) => output(net, x),
          net.m <= 50 ? Array.from(net.w1, (w, i) => -net.w2[i] / w) : [],
          colours.network,
          2.5,
          own ? [] : [9, 5],
        );
    });
    plot.names("x", "y");
    this.handles.place(session, selection);
  }

  optimum({ neurons }, colour, width, dash) {
    const value = (x) =>
      neurons.reduce((sum, { sign, u }) => sum + sign * Math.max(0, u[0] * x + u[1]), 0);
    this.curve(
      value,
      neurons.map(({ u }) => -u[1] / u[0]),
      colour,
      width,
      dash,
    );
  }

  curve(f, kinks, colour, width, dash) {
    const [low, high] = this.xlim;
    const uniform = Array.from({ length: 161 }, (_, k) => low + ((high - low) * k) / 160);
    const xs = [...uniform, ...kinks.filter((x) => x > low && x < high)].sort((a, b) => a - b);
    this.plot.line(
      xs.map((x) => [x, f(x)]),
      colour,
      width,
      dash,
    );
  }

  // Under the axis, the cells of the weight plane: neurons active to the right of a kink there, and to the left of it.
  drawStrips(c, { sectors, data }, area, colours, selection) {
    for (const cell of sectors) {
      const chosen = selection.cells?.has(cell);
      c.fillStyle = cellColour(cell, chosen ? 1 : selection.cells ? 0.18 : 0.6, colours.dark);
      for (const [start, stop, right] of stripsOf(cell, this.plot.px, area))
        c.fillRect(start, area.bottom + 2 + (right ? 0 : STRIP + 1), stop - start, STRIP);
    }
    c.fillStyle = colours.muted;
    c.textAlign = "right";
    c.textBaseline = "middle";
    c.font = "9px system-ui, sans-serif";
    if (sectors.length)
      ["▷", "◁"].forEach((sign, k) =>
        c.fillText(sign, area.left - 4, area.bottom + 2.5 + STRIP * (k + 0.5)),
      );
    c.font = "12px system-ui, sans-serif";
  }

  position(i) {
    const { net, plot } = this;
    const height = Math.abs(net.w1[i] * net.alpha[i]) / this.peak;
    return [plot.px(-net.w2[i] / net.w1[i]), plot.area.bottom - 6 - height * (this.room - 6)];
  }

  triangles(c, { sectors }, colours, selection) {
    const { net, plot } = this;
    const size = net.m > 200 ? 4 : 5.5;
    const paths = { chosen: new Path2D(), other: new Path2D() };
    for (let i = 0; i < net.m; i++) {
      const [x, y] = this.position(i);
      const d = net.w1[i] > 0 ? size : -size;
      if (!(x > plot.area.left - 9 && x < plot.area.right + 9)) continue;
      const chosen = selection.cells?.has(sectors[cellOf(sectors, net.w1[i], net.w2[i])]);
      const path = paths[chosen ? "chosen" : "other"];
      path.moveTo(x - d * 0.8, y - size);
      path.lineTo(x + d, y);
      path.lineTo(x - d * 0.8, y + size);
      path.closePath();
    }
    c.globalAlpha = selection.cells ? 0.15 : net.m > 200 ? 0.35 : 0.6;
    c.fillStyle = c.strokeStyle = colours.network;
    c.lineWidth = 1;
    c.fill(paths.other);
    c.globalAlpha = selection.cells ? 0.9 : 0.8;
    if (net.m <= 200) c.stroke(paths.other);
    c.fillStyle = colours.green;
    c.fill(paths.chosen);
    c.globalAlpha = 1;
  }

  tap(event) {
    const box = this.plot.canvas.getBoundingClientRect();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    let nearest = -1,
      best = 14;
    for (let i = 0; i < this.net.m; i++) {
      const [a, b] = this.position(i);
      const distance = Math.hypot(a - x, b - y);
      if (distance < best) [nearest, best] = [i, distance];
    }
    const { sectors } = this.session;
    this.on.select(
      nearest < 0 ? null : { cell: cellOf(sectors, this.net.w1[nearest], this.net.w2[nearest]) },
    );
  }
}

// Where the kinks -w2 / w1 of a cell's neurons lie: [from, to, oriented to the right], in pixels. Turning anticlockwise
// moves the kink to the left; a cell that holds w1 = 0 has kinks at both ends of the line, of either orientation.
function stripsOf({ edges }, px, area) {
  const [first, last] = edges.map(([w1]) => w1 > 0);
  const [start, stop] = edges.map(([w1, w2]) =>
    Math.min(area.right, Math.max(area.left, px(-w2 / w1))),
  );
  return first === last
    ? [[stop, start, first]]
    : [
        [area.left, start, first],
        [stop, area.right, last],
      ];
}
