// The weight plane: the lines w'x_j = 0, the cells between them coloured by pattern, neurons as dots. Directions are
// true; lengths are shown on a log scale, so that neurons of 1e-5 and of 1 are seen at once.

import { cellColour } from "./dom.js";
import { Plot } from "./plot.js";
import { cellOf } from "./session.js";

export class PlaneView {
  constructor(parent, onSelect) {
    this.plot = new Plot(parent, "plane", "The plane of weights, its cells and the neurons");
    this.plot.canvas.addEventListener("click", (event) => {
      const [w1, w2] = this.plot.at(event);
      const { sectors } = this.session;
      onSelect(sectors.length ? { cell: cellOf(sectors, w1, w2) } : null);
    });
  }

  draw(session, net, { selection }) {
    this.session = session;
    const { plot } = this;
    const { sectors, optimum, state, initial } = session;
    const c = plot.begin([-1, 1], [-1, 1], { margins: [4, 4, 4, 4] });
    const { colours } = plot;
    const best = optimum.neurons.map(({ u, size }) => u.map((v) => v / Math.sqrt(size)));
    const start = Math.max(1e-12, ...initial.w1.map((w, i) => Math.hypot(w, initial.w2[i])));
    let longest = Math.max(start, ...best.map(([p, q]) => Math.hypot(p, q)));
    for (let i = 0; i < net.m; i++) longest = Math.max(longest, Math.hypot(net.w1[i], net.w2[i]));
    const unit = start / 3;
    const full = Math.log1p(longest / unit) / 0.9;
    const place = (w1, w2) => {
      const length = Math.hypot(w1, w2);
      const shown = length > 0 ? Math.log1p(length / unit) / full / length : 0;
      return [plot.px(w1 * shown), plot.py(w2 * shown)];
    };
    plot.clipped(() => {
      this.cells(c, sectors, colours, selection);
      this.dots(c, net, sectors, place, colours, selection);
      for (const [w1, w2] of best) diamond(c, ...place(w1, w2), colours);
    });
    c.fillStyle = colours.muted;
    c.textBaseline = "bottom";
    c.textAlign = "right";
    plot.text("w₁ (slope)", plot.area.right - 6, plot.py(0) - 3);
    c.textAlign = "left";
    c.textBaseline = "top";
    plot.text("w₂ (bias)", plot.px(0) + 5, plot.area.top + 4);
  }

  cells(c, sectors, colours, selection) {
    const { plot } = this;
    const far = 3;
    const [x0, y0] = [plot.px(0), plot.py(0)];
    for (const cell of sectors) {
      const chosen = selection.cells?.has(cell);
      c.fillStyle = cellColour(cell, chosen ? 0.6 : selection.cells ? 0.1 : 0.26, colours.dark);
      c.beginPath();
      c.moveTo(x0, y0);
      for (let k = 0; k <= 6; k++) {
        const t = cell.from + ((cell.to - cell.from) * k) / 6;
        c.lineTo(plot.px(far * Math.cos(t)), plot.py(far * Math.sin(t)));
      }
      c.fill();
    }
    c.strokeStyle = colours.ground;
    c.lineWidth = 1.5;
    c.beginPath();
    for (const {
      edges: [[p, q]],
    } of sectors) {
      c.moveTo(x0, y0);
      c.lineTo(plot.px(far * p), plot.py(far * q));
    }
    c.stroke();
  }

  // A disc for a neuron with positive output, a ring for a negative one.
  dots(c, net, sectors, place, colours, selection) {
    const radius = net.m > 200 ? 2.2 : 3.5;
    const paths = [0, 1, 2, 3].map(() => new Path2D());
    for (let i = 0; i < net.m; i++) {
      const [x, y] = place(net.w1[i], net.w2[i]);
      const chosen = selection.cells?.has(sectors[cellOf(sectors, net.w1[i], net.w2[i])]);
      const path = paths[(chosen ? 2 : 0) + (net.alpha[i] < 0 ? 1 : 0)];
      path.moveTo(x + radius, y);
      path.arc(x, y, radius, 0, 2 * Math.PI);
    }
    c.lineWidth = 1.4;
    [colours.network, colours.green].forEach((colour, k) => {
      c.globalAlpha = k === 0 && selection.cells ? 0.35 : 0.85;
      c.fillStyle = c.strokeStyle = colour;
      c.fill(paths[2 * k]);
      c.stroke(paths[2 * k + 1]);
    });
    c.globalAlpha = 1;
  }
}

function diamond(c, x, y, colours) {
  c.fillStyle = colours.convex;
  c.strokeStyle = colours.ground;
  c.lineWidth = 1.5;
  c.beginPath();
  for (const [dx, dy] of [
    [0, -8],
    [7, 0],
    [0, 8],
    [-7, 0],
  ])
    c.lineTo(x + dx, y + dy);
  c.closePath();
  c.fill();
  c.stroke();
}
