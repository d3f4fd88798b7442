// The loss along training, on a log scale, against the certified optimum; below it, the number of distinct patterns.

import { Plot } from "./plot.js";

export class LossView {
  constructor(parent, onSeek, { own = false } = {}) {
    this.own = own;
    this.loss = new Plot(parent, "loss", "Loss along training");
    this.count = new Plot(parent, "count", "Number of distinct activation patterns along training");
    for (const { canvas } of [this.loss, this.count])
      canvas.addEventListener("click", (event) => onSeek(this.loss.at(event)[0]));
  }

  draw({ frames, shown, optimum, state }) {
    const end = Math.max(state.steps, frames.at(-1).step);
    const losses = frames.map((f) => f.loss).filter((v) => v > 0);
    const owns = frames.flatMap((f) => (f.own?.objective > 0 ? [f.own.objective] : []));
    const least = Math.max(Math.min(optimum.objective, ...losses), 1e-12);
    const most = Math.max(...losses, ...owns, 2 * least);
    const now = frames[shown];
    const { loss, count } = this;
    loss.begin([0, end], [least / (most > 30 * least ? 3.5 : 1.9), most * 1.5], {
      logY: true,
      margins: [46, 10, 8, 8],
    });
    loss.axes({ xticks: [] });
    const { colours } = loss;
    loss.clipped((c) => {
      if (optimum.objective > 0)
        loss.line(
          [
            [0, optimum.objective],
            [end, optimum.objective],
          ],
          colours.convex,
          4,
        );
      if (this.own)
        loss.line(
          frames.map((f) => [f.step, Math.max(f.own.objective, 1e-300)]),
          colours.green,
          2.5,
          [2, 5],
        );
      const visible = frames.filter((f) => f.loss > 0);
      loss.line(
        visible.map((f) => [f.step, f.loss]),
        colours.network,
        2.5,
      );
      this.cursor(loss, c, now.step, now.loss);
      Object.assign(c, { fillStyle: colours.muted, textAlign: "right", textBaseline: "top" });
      if (optimum.objective > 0)
        loss.text(
          "certified: no network goes lower",
          loss.area.right - 8,
          loss.py(optimum.objective) + 6,
        );
    });
    loss.names(null, "loss (log scale)");
    count.begin([0, end], [0, Math.max(4, ...frames.map((f) => f.count)) * 1.25], {
      margins: [46, 10, 6, 22],
    });
    count.axes({ yticks: count.ticks(count.ylim, false, 2).filter(Number.isInteger) });
    count.clipped((c) => {
      const steps = frames.flatMap((f, k) =>
        k
          ? [
              [f.step, frames[k - 1].count],
              [f.step, f.count],
            ]
          : [[f.step, f.count]],
      );
      count.line(steps, colours.light, 2);
      this.cursor(count, c, now.step, now.count);
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
