// A canvas with axes: scales from data to pixels, lines, ticks. The views draw on it.

import { element, palette, short } from "./dom.js";

export class Plot {
  constructor(parent, name, label) {
    this.canvas = element("canvas", { role: "img", "aria-label": label });
    this.box = element("div", { class: `pg-plot pg-plot-${name}` }, this.canvas);
    parent.append(this.box);
  }

  // Clear the canvas and set the scales; margins are left, right, top, bottom in pixels.
  begin(xlim, ylim, { logX = false, logY = false, margins = [40, 10, 10, 24] } = {}) {
    const { canvas } = this;
    const ratio = window.devicePixelRatio || 1;
    const w = canvas.clientWidth;
    const h = canvas.clientHeight;
    const width = Math.round(w * ratio);
    const height = Math.round(h * ratio);
    if (canvas.width !== width || canvas.height !== height)
      Object.assign(canvas, { width, height });
    const c = (this.c = canvas.getContext("2d"));
    const [left, right, top, bottom] = margins;
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.clearRect(0, 0, w, h);
    Object.assign(c, { font: "12px system-ui, sans-serif", lineJoin: "round", lineCap: "round" });
    this.colours = palette(this.box);
    Object.assign(this, { w, h, xlim, ylim, logX, logY });
    this.area = { left, top, right: w - right, bottom: h - bottom };
    const scale = ([low, high], log, from, to) => {
      const f = log ? Math.log : (v) => v;
      const start = f(low);
      const span = f(high) - start || 1;
      return [
        (v) => from + ((f(v) - start) / span) * (to - from),
        (p) => {
          const v = start + ((p - from) / (to - from)) * span;
          return log ? Math.exp(v) : v;
        },
      ];
    };
    [this.px, this.x] = scale(xlim, logX, left, w - right);
    [this.py, this.y] = scale(ylim, logY, h - bottom, top);
    return c;
  }

  axes({
    xticks = this.ticks(this.xlim, this.logX, 5),
    yticks = this.ticks(this.ylim, this.logY, 4),
  } = {}) {
    const { c, area, colours } = this;
    c.strokeStyle = colours.grid;
    c.lineWidth = 1;
    c.beginPath();
    for (const y of yticks) {
      c.moveTo(area.left, this.py(y));
      c.lineTo(area.right, this.py(y));
    }
    c.stroke();
    c.fillStyle = colours.muted;
    c.textAlign = "right";
    c.textBaseline = "middle";
    for (const y of yticks) this.text(short(y, 2), area.left - 6, this.py(y));
    c.textBaseline = "top";
    c.textAlign = "center";
    for (const x of xticks) {
      const text = short(x, 2);
      const half = c.measureText(text).width / 2;
      this.text(text, Math.min(this.px(x), this.w - half - 1), area.bottom + 6);
    }
  }

  // The names of the axes, written last, over the lines.
  names(xlabel, ylabel) {
    const { c, area, colours } = this;
    c.fillStyle = colours.muted;
    c.textBaseline = "top";
    c.textAlign = "left";
    if (ylabel) this.text(ylabel, area.left + 4, area.top + 2);
    c.textAlign = "right";
    c.textBaseline = "bottom";
    if (xlabel) this.text(xlabel, area.right, area.bottom - 3);
  }

  ticks([low, high], log, about) {
    if (log) {
      const first = Math.ceil(Math.log10(low) - 1e-9);
      const last = Math.floor(Math.log10(high) + 1e-9);
      const every = Math.max(1, Math.ceil((last - first + 1) / about));
      const decades = Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => first + k);
      return decades.filter((k) => k % every === 0).map((k) => 10 ** k);
    }
    const raw = (high - low) / about;
    const unit = 10 ** Math.floor(Math.log10(raw));
    const step = unit * [1, 2, 5, 10].find((f) => f * unit >= raw);
    const first = Math.ceil(low / step - 1e-9);
    return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, k) =>
      Number(((first + k) * step).toPrecision(12)),
    );
  }

  // Draw inside the axes only.
  clipped(draw) {
    const { c, area } = this;
    c.save();
    c.beginPath();
    c.rect(area.left, area.top, area.right - area.left, area.bottom - area.top);
    c.clip();
    draw(c);
    c.restore();
  }

  // A polyline through [x, y] pairs.
  line(points, colour, width = 2, dash = []) {
    const { c } = this;
    c.strokeStyle = colour;
    c.lineWidth = width;
    c.setLineDash(dash);
    c.beginPath();
    for (const [x, y] of points) c.lineTo(this.px(x), this.py(y));
    c.stroke();
    c.setLineDash([]);
  }

  // Words in the present fill, with a halo in the ground's colour that keeps lines off them.
  text(words, x, y) {
    const { c, colours } = this;
    c.strokeStyle = colours.ground;
    c.lineWidth = 3;
    c.strokeText(words, x, y);
    c.fillText(words, x, y);
  }

  // A pointer's place in data units.
  at(event) {
    const box = this.canvas.getBoundingClientRect();
    return [this.x(event.clientX - box.left), this.y(event.clientY - box.top)];
  }
}
