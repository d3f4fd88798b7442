// The loss of two neurons with second layer 1 on two points (no bias): a ball to drop, and where every start ends.

import { button } from "./controls.js";
import { calmMotion, element, palette, redrawn, short, whenSeen } from "./dom.js";
import { legend } from "./panel.js";
import { Plot } from "./plot.js";

const LOW = -2.5;
const HIGH = 3.5;
const CELLS = 96;
const STEP = 0.05;
const STEPS = 400;

export class Landscape {
  constructor(root, { x, y, start = [1.2, 0.4] }) {
    Object.assign(this, { root, x, y, ball: start, trail: [start] });
    const view = () => element("div", { class: "pg-view" });
    const left = view();
    const right = view();
    this.map = new Plot(left, "landscape", "Map of the loss over the two weights");
    this.fit = new Plot(right, "fit", "The two points and the output of the two neurons");
    legend(right, { cross: "data", sum: "network", first: "neuron 1", second: "neuron 2" });
    this.handle = element("button", {
      type: "button",
      class: "pg-ball",
      title: "Drag and let go, or use the arrow keys and Enter",
    });
    this.map.box.append(this.handle);
    this.words = element("p", { class: "pg-summary", role: "status", "aria-live": "polite" });
    root.append(
      element("div", { class: "pg-views" }, left, right),
      element(
        "div",
        { class: "pg-actions" },
        button("Drop the ball", () => this.drop(), { class: "pg-button pg-main" }),
        button("Start elsewhere", () => this.elsewhere()),
      ),
      this.words,
    );
    this.listen();
    this.basins();
    this.ask = redrawn(root, () => this.draw());
    this.settle();
    whenSeen(this.map.box, () => this.current === undefined && this.drop());
  }

  loss([w1, w2]) {
    return this.x.reduce(
      (sum, x, j) => sum + (Math.max(0, x * w1) + Math.max(0, x * w2) - this.y[j]) ** 2,
      0,
    );
  }

  descend([w1, w2]) {
    let g1 = 0,
      g2 = 0;
    for (let j = 0; j < this.x.length; j++) {
      const x = this.x[j];
      const a = x * w1;
      const b = x * w2;
      const r = 2 * (Math.max(0, a) + Math.max(0, b) - this.y[j]) * x;
      if (a > 0) g1 += r;
      if (b > 0) g2 += r;
    }
    return [w1 - STEP * g1, w2 - STEP * g2];
  }

  end(start) {
    let w = start;
    for (let t = 0; t < STEPS; t++) w = this.descend(w);
    return Number(this.loss(w).toFixed(3)) + 0;
  }

  // The loss that every cell of the map ends at; `levels`, the different ones, smallest first.
  // A start is a little off the centre of its cell: from a centre, a multiple of 1/32, a step of 0.05 can land exactly on
  // a weight of 0, where the gradient is 0.
  basins() {
    this.ends = new Float64Array(CELLS * CELLS);
    const { centre } = this;
    for (let q = 0; q < CELLS; q++)
      for (let p = 0; p <= q; p++)
        // the loss is symmetric in the two weights
        this.ends[q * CELLS + p] = this.ends[p * CELLS + q] = this.end([
          centre(p) + 0.0013,
          centre(q) + 0.0013,
        ]);
    this.levels = [...new Set(this.ends)].sort((a, b) => a - b);
  }

  listen() {
    const { handle, map } = this;
    const clamp = (v) => Math.min(HIGH, Math.max(LOW, v));
    let held = false;
    const put = (w) => {
      this.stop();
      this.ball = w.map((v) => Number(clamp(v).toFixed(3)));
      this.trail = [this.ball];
      this.settle();
    };
    handle.addEventListener("pointerdown", (event) => {
      handle.setPointerCapture(event.pointerId);
      held = true;
    });
    handle.addEventListener("pointermove", (event) => held && put(map.at(event)));
    handle.addEventListener("pointerup", () => {
      if (held) this.drop();
      held = false;
    });
    handle.addEventListener("pointercancel", () => (held = false));
    map.canvas.addEventListener("click", (event) => {
      put(map.at(event));
      this.drop();
    });
    handle.addEventListener("keydown", (event) => {
      const move = {
        ArrowLeft: [-0.1, 0],
        ArrowRight: [0.1, 0],
        ArrowUp: [0, 0.1],
        ArrowDown: [0, -0.1],
      }[event.key];
      if (event.key === "Enter" || event.key === " ") this.drop();
      else if (move) put(this.ball.map((v, k) => v + move[k]));
      else return;
      event.preventDefault();
    });
  }

  drop() {
    this.stop();
    const run = (this.current = {});
    let left = STEPS;
    const tick = () => {
      if (this.current !== run || !this.root.isConnected) return;
      for (let k = 0; k < (calmMotion() ? STEPS : 2) && left > 0; k++, left--)
        this.trail.push((this.ball = this.descend(this.ball)));
      const [before, now] = this.trail.slice(-2);
      if (left > 0 && Math.hypot(before[0] - now[0], before[1] - now[1]) > 1e-7) {
        this.draw();
        requestAnimationFrame(tick);
      } else this.settle(true);
    };
    requestAnimationFrame(tick);
  }

  // The starts of a short tour: one in every basin.
  elsewhere() {
    this.stop();
    const tour = [
      [1.2, 0.4],
      [-0.4, -0.5],
      [2.6, -1.8],
      [-1.8, 2.8],
      [0.5, 1.9],
    ];
    this.visited = ((this.visited ?? 0) + 1) % tour.length;
    this.ball = tour[this.visited];
    this.trail = [this.ball];
    this.drop();
  }

  stop() {
    this.current = null;
  }

  settle(dropped = false) {
    if (this.root.clientWidth) this.draw();
    const loss = this.loss(this.ball);
    const end = this.end(this.ball);
    const place = this.ball.map((v) => short(v, 2)).join(", ");
    this.handle.setAttribute(
      "aria-label",
      `Ball at (${place}), loss ${short(loss)}; Enter drops it`,
    );
    const [least] = this.levels;
    const verdict =
      end === least ? "the global minimum" : `stuck; the global minimum has loss ${short(least)}`;
    this.words.textContent = dropped
      ? `The ball came to rest at (${place}), loss ${short(Math.round(loss * 1e6) / 1e6)}: ${verdict}.`
      : `At (${place}) the loss is ${short(loss)}. Where will gradient descent end? Drop the ball.`;
  }

  centre(k) {
    return LOW + ((k + 0.5) / CELLS) * (HIGH - LOW);
  }

  // The map as an image of one pixel a cell: the colour of the final loss, denser where the loss is lower, in bands
  // that read as contours.
  painted() {
    const { light, convex, data, green } = palette(this.root);
    const inks = [light, convex, data, green];
    const image = new ImageData(CELLS, CELLS);
    for (let q = 0; q < CELLS; q++)
      for (let p = 0; p < CELLS; p++) {
        const ink = inks[this.levels.indexOf(this.ends[q * CELLS + p]) % inks.length];
        const band = Math.min(
          10,
          Math.floor(2 * Math.sqrt(this.loss([this.centre(p), this.centre(q)]))),
        );
        const rgb = [1, 3, 5].map((k) => parseInt(ink.slice(k, k + 2), 16));
        image.data.set([...rgb, 255 * (0.62 - 0.055 * band)], 4 * ((CELLS - 1 - q) * CELLS + p));
      }
    const picture = element("canvas", { width: CELLS, height: CELLS });
    picture.getContext("2d").putImageData(image, 0, 0);
    return picture;
  }

  draw() {
    const { map } = this;
    const c = map.begin([LOW, HIGH], [LOW, HIGH], { margins: [30, 8, 8, 24] });
    const { area } = map;
    c.imageSmoothingEnabled = false;
    c.drawImage(
      this.painted(),
      area.left,
      area.top,
      area.right - area.left,
      area.bottom - area.top,
    );
    map.axes();
    c.fillStyle = map.colours.ink;
    c.textAlign = "center";
    c.textBaseline = "middle";
    for (let q = 6; q < CELLS; q += 14)
      for (let p = 6; p < CELLS; p += 14)
        map.text(short(this.ends[q * CELLS + p]), map.px(this.centre(p)), map.py(this.centre(q)));
    map.clipped(() => map.line(this.trail, map.colours.ink, 2.5));
    map.names("w₁", "w₂");
    this.handle.style.left = `${map.px(this.ball[0])}px`;
    this.handle.style.top = `${map.py(this.ball[1])}px`;
    this.drawFit();
  }

  drawFit() {
    const { fit, ball, x, y } = this;
    const top = Math.max(...y) * 1.4;
    const c = fit.begin([-1.4, 1.4], [-0.3, top], { margins: [30, 8, 8, 24] });
    const grid = [-1.4, 0, 1.4];
    fit.axes();
    for (const [w, dash] of ball.map((w, k) => [w, k ? [2, 5] : [8, 5]]))
      fit.line(
        grid.map((v) => [v, Math.max(0, v * w)]),
        fit.colours.green,
        2,
        dash,
      );
    fit.line(
      grid.map((v) => [v, Math.max(0, v * ball[0]) + Math.max(0, v * ball[1])]),
      fit.colours.network,
      3,
    );
    c.strokeStyle = fit.colours.data;
    c.lineWidth = 3;
    x.forEach((v, j) => {
      const px = fit.px(v);
      const py = fit.py(y[j]);
      c.beginPath();
      for (const s of [-1, 1]) {
        c.moveTo(px - 6, py - 6 * s);
        c.lineTo(px + 6, py + 6 * s);
      }
      c.stroke();
    });
    fit.names("x", "output");
    c.fillStyle = fit.colours.ink;
    c.textAlign = "center";
    c.textBaseline = "top";
    fit.text(`loss ${short(this.loss(ball))}`, fit.px(0), fit.area.top + 4);
  }
}
