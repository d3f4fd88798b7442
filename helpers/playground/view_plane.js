// The weight plane: the lines w'x_j = 0, the cells between them coloured by pattern, neurons as
// dots. Directions are true; lengths are shown on a log scale, so that neurons of 1e-5 and of 1 are
// seen at once.

import { cellOf } from "./cells.js";
import { balanced } from "./convex.js";
import { directionColour } from "./dom.js";
import { Plot } from "./plot.js";

const FAR = 3; // a radius outside the view, whose corners are at 1.42
const CROWD = 200; // more neurons than this are drawn small
const FULL = 0.9; // the longest neuron's place, the edge of the view being 1
const ARC_PARTS = 6; // of a cell's outer edge: at most 30 degrees each, so outside the view

export class PlaneView {
  constructor(parent, onSelect) {
    this.plot = new Plot(parent, "plane", "The plane of weights, its cells and the neurons");
    this.plot.canvas.addEventListener("click", (event) => {
      const [w1, w2] = this.plot.at(event);
      onSelect({ cell: cellOf(this.session.cells, w1, w2) });
    });
  }

  draw(session, net, { selection }) {
    this.session = session;
    const { plot } = this;
    const { cells, optimum, initial } = session;
    const c = plot.begin([-1, 1], [-1, 1], { margins: [4, 4, 4, 4] });
    const best = balanced(optimum.neurons);
    const place = this.placing(net, initial, best);
    plot.clipped(() => {
      this.drawCells(c, cells, selection);
      this.drawNeurons(c, net, cells, place, selection);
      for (let i = 0; i < best.m; i++) this.drawDiamond(c, place(best.w1[i], best.w2[i]));
    });
    c.fillStyle = plot.colours.muted;
    c.textBaseline = "bottom";
    c.textAlign = "right";
    plot.text("w₁ (slope)", plot.area.right - 6, plot.py(0) - 3);
    c.textAlign = "left";
    c.textBaseline = "top";
    plot.text("w₂ (bias)", plot.px(0) + 5, plot.area.top + 4);
  }

  // A function from weights to pixels: lengths far below those of the start keep their ratio,
  // others their logarithm.
  placing(net, initial, best) {
    const { plot } = this;
    const start = Math.max(1e-12, longest(initial));
    const most = Math.max(start, longest(net), longest(best));
    const unit = start / 3;
    const scale = FULL / Math.log1p(most / unit);
    return (w1, w2) => {
      const length = Math.hypot(w1, w2);
      const shown = length > 0 ? (scale * Math.log1p(length / unit)) / length : 0;
      return [plot.px(w1 * shown), plot.py(w2 * shown)];
    };
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

  drawDiamond(c, [x, y]) {
    const { colours } = this.plot;
    c.fillStyle = colours.convex;
    c.strokeStyle = colours.ground;
    c.lineWidth = 1.5;
    c.beginPath();
    c.moveTo(x, y - 8);
    c.lineTo(x + 7, y);
    c.lineTo(x, y + 8);
    c.lineTo(x - 7, y);
    c.closePath();
    c.fill();
    c.stroke();
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
