// The loss along training, on a log scale, against what is proved: the lower bound of the convex
// program. Below it, the number of distinct patterns.

import { shortAbove } from "./dom.js";
import { Plot } from "./plot.js";

const BOUND_WORDS = "certified: no network goes lower";
const ROOM_ABOVE = 1.5; // factors of the largest and smallest loss, for the words
const ROOM_BELOW = 1.9;
const SHARE_BELOW = 0.16; // of a longer scale

export class LossView {
  // onSeek(step) is called when the reader taps a step; own: frames have the optimum of their own
  // patterns.
  constructor(parent, onSeek, { own = false } = {}) {
    this.own = own;
    this.loss = new Plot(parent, "loss", "Loss along training");
    this.count = new Plot(parent, "count", "Number of distinct activation patterns along training");
    for (const { canvas } of [this.loss, this.count])
      canvas.addEventListener("click", (event) => onSeek(this.loss.at(event)[0]));
  }

  // Takes a session.
  draw({ frames, shown, optimum, state }) {
    const end = Math.max(state.steps, frames.at(-1).step);
    const frame = frames[shown];
    this.drawLoss(frames, frame, optimum, end);
    this.drawCount(frames, frame, end);
  }

  drawLoss(frames, frame, optimum, end) {
    const { loss } = this;
    loss.begin([0, end], this.limits(frames, optimum), { logY: true, margins: [46, 10, 8, 8] });
    loss.axes({ xticks: [] });
    const { colours } = loss;
    loss.clipped((c) => {
      this.drawBound(c, optimum, end);
      if (this.own) this.drawOwn(frames);
      const visible = frames.filter((other) => other.loss > 0);
      const points = visible.map((other) => [other.step, other.loss]);
      loss.line(points, colours.network, 2.5);
      this.cursor(loss, c, frame.step, frame.loss);
      this.nameBound(c, optimum);
    });
    loss.names(null, "loss (log scale)");
  }

  limits(frames, { objective, lowerBound }) {
    const losses = frames.map((frame) => frame.loss);
    const owns = frames.flatMap(({ own }) => (own ? [own.objective] : []));
    const positive = [...losses, objective, lowerBound, ...owns].filter((value) => value > 0);
    const least = positive.length ? Math.min(...positive) : 1e-3;
    const most = Math.max(...positive, 2 * least);
    const below = Math.max(ROOM_BELOW, ((ROOM_ABOVE * most) / least) ** SHARE_BELOW);
    return [least / below, most * ROOM_ABOVE];
  }

  // The line that no network crosses; where the solution is not proved optimal its own loss too,
  // dashed.
  drawBound(c, { objective, lowerBound, proved }, end) {
    const { loss } = this;
    const across = (value) => [
      [0, value],
      [end, value],
    ];
    if (lowerBound > 0) loss.line(across(lowerBound), loss.colours.convex, 4);
    if (!proved) loss.line(across(objective), loss.colours.convex, 2, [14, 6]);
  }

  nameBound(c, { objective, lowerBound, gap, proved }) {
    const { loss } = this;
    Object.assign(c, {
      fillStyle: loss.colours.muted,
      textAlign: "right",
      textBaseline: "top",
    });
    const right = loss.area.right - 8;
    if (lowerBound > 0) loss.text(BOUND_WORDS, right, loss.py(lowerBound) + 6);
    if (proved) return;
    c.textBaseline = "bottom";
    const words = `convex program, not proved optimal: gap ${shortAbove(gap, 2)}`;
    loss.text(words, right, loss.py(objective) - 4);
  }

  drawOwn(frames) {
    const { loss } = this;
    const visible = frames.filter(({ own }) => own.objective > 0);
    const points = visible.map(({ step, own }) => [step, own.objective]);
    loss.line(points, loss.colours.green, 2.5, [2, 5]);
  }

  drawCount(frames, frame, end) {
    const { count } = this;
    const most = Math.max(4, ...frames.map((other) => other.count));
    count.begin([0, end], [0, most * 1.25], { margins: [46, 10, 6, 22] });
    count.axes({ yticks: count.yticks(2).filter(Number.isInteger) });
    count.clipped((c) => {
      count.line(stairs(frames), count.colours.light, 2);
      this.cursor(count, c, frame.step, frame.count);
    });
    count.names("step", "distinct patterns");
  }

  cursor(plot, c, x, y) {
    c.strokeStyle = plot.colours.muted;
    c.lineWidth = 1;
    c.beginPath();
    c.moveTo(plot.px(x), plot.area.top);
    c.lineTo(plot.px(x), plot.area.bottom);
    c.stroke();
    c.fillStyle = plot.colours.network;
    c.beginPath();
    c.arc(plot.px(x), plot.py(y), 4.5, 0, 2 * Math.PI);
    c.fill();
  }
}

// The counts as a line that keeps its height until the next frame.
function stairs(frames) {
  return frames.flatMap((frame, k) => {
    const here = [frame.step, frame.count];
    return k === 0 ? [here] : [[frame.step, frames[k - 1].count], here];
  });
}
