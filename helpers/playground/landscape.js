// The loss of two neurons on two points (see ball.js) as a map: a ball to drop, and where every
// start ends.

import {
  basins,
  CELLS,
  centreOf,
  descend,
  endOf,
  HIGH,
  lossAt,
  LOW,
  pixels,
  STEPS,
  verdict,
} from "./ball.js";
import { button } from "./controls.js";
import { calmMotion, element, palette, redrawn, short } from "./dom.js";
import { legend } from "./panel.js";
import { Plot } from "./plot.js";

const TOUR = [
  [1.2, 0.4],
  [-0.4, -0.5],
  [2.6, -1.8],
  [-1.8, 2.8],
  [0.5, 1.9],
]; // starts in every basin
const ARROWS = {
  ArrowLeft: [-0.1, 0],
  ArrowRight: [0.1, 0],
  ArrowUp: [0, 0.1],
  ArrowDown: [0, -0.1],
};
const AT_REST = 1e-7; // length of a step after which the ball lies still
const STEPS_A_PICTURE = 2;
const LABEL_FIRST = 9; // cells from the edge of the map to the first number written on it
const LABEL_EVERY = 13; // and from one number to the next
const MARGINS = [30, 8, 8, 24];

export class Landscape {
  constructor(root, { x, y }) {
    this.root = root;
    this.points = { x, y };
    this.visited = 0; // of the tour
    this.current = null; // the fall going on, an object of its own: an old one sees that it is over
    this.build();
    this.listen();
    this.basins = basins(this.points);
    this.ask = redrawn(root, () => this.draw());
    this.put(TOUR[0]);
  }

  build() {
    const left = element("div", { class: "pg-view" });
    const right = element("div", { class: "pg-view" });
    this.map = new Plot(left, "landscape", "Map of the loss over the two weights");
    this.fit = new Plot(right, "fit", "The two points and the output of the two neurons");
    legend(right, { cross: "data", sum: "network", first: "neuron 1", second: "neuron 2" });
    const title = "Drag and let go, or use the arrow keys and Enter";
    this.handle = element("button", { type: "button", class: "pg-ball", title });
    this.map.box.append(this.handle);
    this.words = element("p", { class: "pg-summary", role: "status", "aria-live": "polite" });
    const drop = button("Drop the ball", () => this.drop(), { class: "pg-button pg-main" });
    const elsewhere = button("Start elsewhere", () => this.elsewhere());
    const views = element("div", { class: "pg-views" }, left, right);
    this.root.append(views, element("div", { class: "pg-actions" }, drop, elsewhere), this.words);
  }

  listen() {
    const { handle, map } = this;
    let held = false;
    handle.addEventListener("pointerdown", (event) => {
      handle.setPointerCapture(event.pointerId);
      held = true;
    });
    handle.addEventListener("pointermove", (event) => held && this.put(map.at(event)));
    handle.addEventListener("pointerup", () => {
      if (held) this.drop();
      held = false;
    });
    handle.addEventListener("pointercancel", () => (held = false));
    map.canvas.addEventListener("click", (event) => {
      this.put(map.at(event));
      this.drop();
    });
    handle.addEventListener("keydown", (event) => this.key(event));
  }

  key(event) {
    const move = ARROWS[event.key];
    if (event.key === "Enter" || event.key === " ") this.drop();
    else if (move) this.put([this.ball[0] + move[0], this.ball[1] + move[1]]);
    else return;
    event.preventDefault();
  }

  // Put the ball somewhere; it stays there until it is dropped.
  put(w) {
    this.stop();
    const onMap = (value) => Number(Math.min(HIGH, Math.max(LOW, value)).toFixed(3));
    this.ball = w.map(onMap);
    this.trail = [this.ball];
    this.settle(false);
  }

  drop() {
    this.stop();
    const fall = {};
    this.current = fall;
    let left = STEPS;
    const tick = () => {
      if (this.current !== fall || !this.root.isConnected) return;
      const steps = calmMotion() ? left : Math.min(left, STEPS_A_PICTURE);
      const [before, now] = this.fall(steps);
      left -= steps;
      const moved = Math.hypot(before[0] - now[0], before[1] - now[1]);
      if (left === 0 || moved <= AT_REST) return this.settle(true);
      this.draw();
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  // Some steps of descent; returns the last two places.
  fall(steps) {
    for (let k = 0; k < steps; k++) {
      this.ball = descend(this.points, this.ball);
      this.trail.push(this.ball);
    }
    return this.trail.slice(-2);
  }

  elsewhere() {
    this.visited = (this.visited + 1) % TOUR.length;
    this.put(TOUR[this.visited]);
    this.drop();
  }

  stop() {
    this.current = null;
  }

  // After the ball was put or came to rest: draw it, and say where it is.
  settle(isAtRest) {
    if (this.root.clientWidth) this.draw();
    const { ball, points } = this;
    const loss = lossAt(points, ball);
    const place = ball.map((value) => short(value, 2)).join(", ");
    const label = `Ball at (${place}), loss ${short(loss)}; Enter drops it`;
    this.handle.setAttribute("aria-label", label);
    const rounded = Math.round(loss * 1e6) / 1e6; // what descent leaves of a loss of 0 is no loss
    const words = verdict(endOf(points, ball), this.basins.levels);
    this.words.textContent = isAtRest
      ? `The ball came to rest at (${place}), loss ${short(rounded)}: ${words}.`
      : `At (${place}) the loss is ${short(loss)}. Where will gradient descent end? Drop the ball.`;
  }

  // The map as an image of one pixel a cell.
  painted() {
    const { light, convex, data, green } = palette(this.root);
    const bytes = pixels(this.points, this.basins, [light, convex, data, green]);
    const picture = element("canvas", { width: CELLS, height: CELLS });
    picture.getContext("2d").putImageData(new ImageData(bytes, CELLS), 0, 0);
    return picture;
  }

  draw() {
    const { map, ball } = this;
    const c = map.begin([LOW, HIGH], [LOW, HIGH], { margins: MARGINS });
    const { left, top, right, bottom } = map.area;
    c.imageSmoothingEnabled = false;
    c.drawImage(this.painted(), left, top, right - left, bottom - top);
    map.axes();
    this.nameBasins(c);
    map.clipped(() => map.line(this.trail, map.colours.ink, 2.5));
    map.names("w₁", "w₂");
    this.handle.style.left = `${map.px(ball[0])}px`;
    this.handle.style.top = `${map.py(ball[1])}px`;
    this.drawFit();
  }

  nameBasins(c) {
    const { map } = this;
    c.fillStyle = map.colours.ink;
    c.textAlign = "center";
    c.textBaseline = "middle";
    for (let q = LABEL_FIRST; q < CELLS; q += LABEL_EVERY)
      for (let p = LABEL_FIRST; p < CELLS; p += LABEL_EVERY) {
        const end = short(this.basins.ends[q * CELLS + p]);
        map.text(end, map.px(centreOf(p)), map.py(centreOf(q)));
      }
  }

  // The points, the output of either neuron, and their sum.
  drawFit() {
    const { fit, ball, points } = this;
    const { x, y } = points;
    const c = fit.begin([-1.4, 1.4], [-0.3, Math.max(...y) * 1.4], { margins: MARGINS });
    const { colours } = fit;
    const grid = [-1.4, 0, 1.4];
    const curve = (f) => grid.map((value) => [value, f(value)]);
    const neuron = (i) => (value) => Math.max(0, value * ball[i]);
    fit.axes();
    fit.line(curve(neuron(0)), colours.green, 2, [8, 5]);
    fit.line(curve(neuron(1)), colours.green, 2, [2, 5]);
    fit.line(
      curve((value) => neuron(0)(value) + neuron(1)(value)),
      colours.network,
      3,
    );
    c.strokeStyle = colours.data;
    c.lineWidth = 3;
    x.forEach((value, j) => cross(c, fit.px(value), fit.py(y[j])));
    fit.names("x", "output");
    c.fillStyle = colours.ink;
    c.textAlign = "center";
    c.textBaseline = "top";
    fit.text(`loss ${short(lossAt(points, ball))}`, fit.px(0), fit.area.top + 4);
  }
}

function cross(c, x, y) {
  c.beginPath();
  c.moveTo(x - 6, y - 6);
  c.lineTo(x + 6, y + 6);
  c.moveTo(x - 6, y + 6);
  c.lineTo(x + 6, y - 6);
  c.stroke();
}
