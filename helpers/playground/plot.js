// A canvas with axes: scales from data to pixels, lines, ticks. The views draw on it.

import { element, palette, short } from "./dom.js";

const FONT = "12px system-ui, sans-serif";
const YTICKS = 4; // about so many

// A scale from values in [low, high] to pixels in [from, to], linear or logarithmic: {toPixel,
// toValue}.
function scaleOf([low, high], isLog, from, to) {
  const forth = isLog ? Math.log : (value) => value;
  const back = isLog ? Math.exp : (value) => value;
  const start = forth(low);
  const span = forth(high) - start || 1;
  return {
    toPixel: (value) => from + ((forth(value) - start) / span) * (to - from),
    toValue: (pixel) => back(start + ((pixel - from) / (to - from)) * span),
  };
}

// Values for about `about` ticks between low and high: decades on a log scale, else multiples of 1,
// 2 or 5 units.
function ticksOf([low, high], isLog, about) {
  if (isLog) {
    const first = Math.ceil(Math.log10(low) - 1e-9);
    const last = Math.floor(Math.log10(high) + 1e-9);
    const count = Math.max(0, last - first + 1);
    const every = Math.max(1, Math.ceil(count / about));
    const decades = Array.from({ length: count }, (_, k) => first + k);
    return decades.filter((k) => k % every === 0).map((k) => 10 ** k);
  }
  const raw = (high - low) / about;
  const unit = 10 ** Math.floor(Math.log10(raw));
  const step = unit * [1, 2, 5, 10].find((factor) => factor * unit >= raw);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, k) => Number(((first + k) * step).toPrecision(12)));
}

// A tick's value in words: two digits, and far from 0 as many as tell the ticks apart.
function tickText(value, ticks) {
  const size = Math.abs(value);
  const apart = ticks.length > 1 ? Math.abs(ticks[1] - ticks[0]) : size;
  if (size >= 1000 && apart < 1) return value.toFixed(Math.ceil(-Math.log10(apart)));
  // Beside the axis there is no room for more than five digits.
  if (size >= 1e4 && size < 1e6 && apart >= 100) return `${short(value / 1000)}k`;
  const digits = size > 0 ? Math.floor(Math.log10(size / apart) + 1e-9) + 2 : 2;
  return short(value, Math.max(2, digits));
}

export class Plot {
  constructor(parent, name, label) {
    this.canvas = element("canvas", { role: "img", "aria-label": label });
    this.box = element("div", { class: `pg-plot pg-plot-${name}` }, this.canvas);
    parent.append(this.box);
  }

  // Clear the canvas and set the scales: px, py from values to pixels, x, y back, area in pixels,
  // colours of the theme. margins are left, right, top, bottom in pixels. Returns the canvas's
  // context.
  begin(xlim, ylim, { logX = false, logY = false, margins = [40, 10, 10, 24] } = {}) {
    const { canvas } = this;
    const [left, right, top, bottom] = margins;
    const w = canvas.clientWidth;
    const h = canvas.clientHeight;
    this.c = this.sized(w, h);
    this.c.clearRect(0, 0, w, h);
    Object.assign(this.c, { font: FONT, lineJoin: "round", lineCap: "round" });
    this.colours = palette(this.box);
    Object.assign(this, { w, h, xlim, ylim, logX, logY });
    this.area = { left, top, right: w - right, bottom: h - bottom };
    const horizontal = scaleOf(xlim, logX, left, w - right);
    const vertical = scaleOf(ylim, logY, h - bottom, top);
    this.px = horizontal.toPixel;
    this.x = horizontal.toValue;
    this.py = vertical.toPixel;
    this.y = vertical.toValue;
    return this.c;
  }

  // The margin that the tick labels of limits of y need, in pixels, and at least `least`.
  roomFor(ylim, least) {
    const c = this.canvas.getContext("2d");
    c.font = FONT;
    const ticks = ticksOf(ylim, false, YTICKS);
    const widths = ticks.map((y) => c.measureText(tickText(y, ticks)).width);
    return Math.max(least, Math.ceil(Math.max(0, ...widths)) + 10);
  }

  // The context of the canvas at w x h pixels of the page, at the screen's own resolution.
  sized(w, h) {
    const { canvas } = this;
    const ratio = window.devicePixelRatio || 1;
    const width = Math.round(w * ratio);
    const height = Math.round(h * ratio);
    if (canvas.width !== width || canvas.height !== height)
      Object.assign(canvas, { width, height });
    const c = canvas.getContext("2d");
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    return c;
  }

  // Ticks with their values, or the words that xtext and ytext give; lines across at those of y.
  axes({
    xticks = this.xticks(),
    yticks = this.yticks(),
    xtext = (x) => tickText(x, xticks),
    ytext = (y) => tickText(y, yticks),
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
    for (const y of yticks) this.text(ytext(y), area.left - 6, this.py(y));
    c.textBaseline = "top";
    c.textAlign = "center";
    for (const x of xticks) {
      const text = xtext(x);
      const half = c.measureText(text).width / 2;
      this.text(text, Math.min(this.px(x), this.w - half - 1), area.bottom + 6);
    }
  }

  xticks() {
    return ticksOf(this.xlim, this.logX, 5);
  }

  yticks(about = YTICKS) {
    return ticksOf(this.ylim, this.logY, about);
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

  // A neuron of the optimum.
  diamond(x, y) {
    const { c, colours } = this;
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
