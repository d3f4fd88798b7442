// The figure of the book's first page: points to drag, a network in training, and the best network
// of any width, which follows.

import { button } from "./controls.js";
import { element, plural, redrawn, short, shortBelow, whenSeen } from "./dom.js";
import { legend } from "./panel.js";
import { Runner } from "./runner.js";
import { Session } from "./session.js";
import { changed, fromPreset } from "./state.js";
import { excess, optimumName } from "./summary.js";
import { DataView } from "./view_data.js";

const FOLLOWING = 8; // milliseconds of training a picture while a point is dragged
const NOTHING = { cells: null, active: null, point: null, neuron: null, text: "" };

// The data view without what stands for single neurons.
class PlainData extends DataView {
  drawStrips() {}
  drawTriangles() {}
  drawOutside() {}
  tap() {}
}

export class Opening {
  // presets, preset: states by name and the one to start from (see state.js).
  constructor(root, { presets, preset }) {
    this.root = root;
    this.home = fromPreset(presets, preset);
    this.state = this.home;
    this.pending = null; // the points while one of them is dragged
    this.session = new Session(this.state);
    this.runner = new Runner(this.session, {
      draw: () => this.draw(),
      settle: () => this.settle(),
    });
    this.build();
    this.data.fit(this.state.points);
    this.ask = redrawn(root, () => this.draw());
    whenSeen(this.data.plot.box, () => this.runner.play());
    this.settle();
  }

  build() {
    const { root } = this;
    const hint = element("p", { class: "pg-hint" }, "Drag a red point.");
    root.append(hint);
    this.keys = legend(root, { network: "a network in training", convex: "the best network" });
    this.data = new PlainData(root, {
      move: (j, point) => this.move(j, point),
      drop: () => this.start(this.state),
      remove: (j) => this.remove(j),
      add: () => {},
      select: () => {},
    });
    this.words = element("p", { class: "pg-summary", role: "status", "aria-live": "polite" });
    const again = button("Train again", () => this.start(this.state));
    const back = button("Back to the first points", () => this.start(this.home, true));
    root.append(this.words, element("div", { class: "pg-actions" }, again, back));
  }

  start(state, fit = state.points.some((point) => this.data.isAtEdge(point))) {
    this.pending = null;
    this.state = state;
    this.runner.pause();
    this.session.set(state);
    if (fit) this.data.fit(state.points);
    this.settle();
    this.runner.playSoon();
  }

  move(j, point) {
    this.runner.pause();
    this.pending = this.state.points.map((p, k) => (k === j ? point : p));
    this.state = changed(this.state, { points: this.pending });
    this.ask();
  }

  remove(j) {
    const { points } = this.state;
    if (points.length < 2) return;
    this.start(changed(this.state, { points: points.filter((_, k) => k !== j) }));
  }

  draw() {
    const { session } = this;
    if (this.pending) session.follow(this.pending, FOLLOWING);
    const { frame, optimum } = session;
    this.data.draw(session, frame.net, { selection: NOTHING });
    const { values, names } = this.keys;
    values.network.textContent = `loss ${short(frame.loss)}`;
    names.convex.textContent = optimum.proved ? "the best network" : optimumName(optimum);
    values.convex.textContent = `loss ${short(optimum.objective)}`;
  }

  // After a change, or at a halt.
  settle() {
    if (!this.root.clientWidth) return;
    this.draw();
    const { session, runner } = this;
    const { frame, optimum, finished, diverged } = session;
    const bound = shortBelow(optimum.lowerBound);
    const proof = `No network, however large, goes below a loss of ${bound} on these points`;
    const count = plural(optimum.neurons.length, "neuron");
    const reach = optimum.neurons.length === 1 ? "reaches" : "reach";
    const best = optimum.proved ? `${count} ${reach} it: that is proved.` : "so much is proved.";
    const isOver = finished && !diverged && !runner.playing;
    const trained = ` Training ends ${excess(frame.loss, optimum.lowerBound)}.`;
    this.words.textContent = `${proof}; ${best}${isOver ? trained : ""}`;
    const label = `${plural(session.data.n, "data point")}, the output of a network in training`;
    this.data.plot.canvas.setAttribute("aria-label", `${label} and that of the best network`);
  }
}
