// The playground: settings, training, linked views. `own` adds the convex optimum of the network's
// current patterns.

import { onAddress, readAddress, writeAddress, linkTo } from "./address.js";
import { button } from "./controls.js";
import { element, grouped, redrawn, short, whenSeen } from "./dom.js";
import { MOST_POINTS } from "./limits.js";
import { withNeuron } from "./model.js";
import { legend, Panel } from "./panel.js";
import { Runner } from "./runner.js";
import { Session } from "./session.js";
import { asDrawn, byHand, changed, decode, encode, fromPreset, inWidestGap } from "./state.js";
import {
  dualWords,
  excess,
  optimumName,
  optimumNumbers,
  playingWords,
  resolve,
  summary,
} from "./summary.js";
import { DataView } from "./view_data.js";
import { DualView } from "./view_dual.js";
import { LossView } from "./view_loss.js";
import { PlaneView } from "./view_plane.js";

const FOLLOWING = 8; // milliseconds of training a picture while a point is dragged

const box = (name, ...children) => element("div", { class: `pg-${name}` }, ...children);

export class Playground {
  // presets, preset: states by name and the one to start from (see state.js); linked: its setting
  // is in the address.
  constructor(root, { presets, preset, own = false, linked = true }) {
    this.root = root;
    this.presets = presets;
    this.home = preset;
    this.own = own;
    this.linked = linked && !root.closest(".jp-OutputArea"); // JupyterLab's address is its own
    this.chosen = null; // what the reader has tapped, see `resolve`
    this.pending = null; // the points while one of them is dragged

    const read = this.linked ? decode(readAddress(), presets) : null;
    this.state = read?.state ?? fromPreset(presets, preset);
    this.session = new Session(this.state, { ownOptimum: own });
    this.runner = new Runner(this.session, {
      draw: () => this.draw(),
      settle: () => this.settle(),
    });
    this.build();
    this.fit();
    this.ask = redrawn(root, () => this.draw());
    if (this.linked) onAddress((text) => this.arrive(decode(text, presets)));
    if (read) this.arrive(read);
    else this.playWhenSeen();
    this.settle();
  }

  // --- The parts.

  build() {
    const { root } = this;
    this.keys = legend(root, {
      data: "data",
      network: "network in training",
      convex: "convex optimum",
      ...(this.own && { own: "convex optimum of its current patterns" }),
    });
    this.data = new DataView(root, {
      move: (j, point) => this.move(j, point),
      drop: () => this.drop(),
      remove: (j) => this.remove(j),
      add: (point) => this.add(point),
      ...this.neuronActions(),
    });
    this.words = element("p", { class: "pg-summary", role: "status", "aria-live": "polite" });
    this.panel = new Panel(this.presets, {
      set: (key, value) => this.change({ [key]: value }),
      preset: (name) => this.start(fromPreset(this.presets, name), true),
      original: () => this.start(fromPreset(this.presets, this.state.preset), true),
      add: () => this.add(null),
      remove: () => this.remove(null),
      points: (points) => this.usePoints(points),
      network: () => ({ session: this.session, net: this.network }),
      share: this.linked ? () => this.share() : null,
    });
    const { main, rest } = this.panel;
    root.append(this.buildTransport(), main, this.buildViews(), this.words, rest);
  }

  neuronActions() {
    return {
      select: (chosen) => this.select(chosen),
      hold: (i, neuron) => this.hold(i, neuron),
      release: () => this.release(),
    };
  }

  buildTransport() {
    this.scrub = element("input", {
      type: "range",
      min: 0,
      max: 0,
      step: 1,
      "aria-label": "Step of the training shown",
    });
    this.scrub.addEventListener("input", () => this.runner.seek(Number(this.scrub.value)));
    const toggle = () => (this.runner.playing ? this.runner.pause() : this.runner.play());
    this.playButton = button("Play", toggle, { class: "pg-button pg-main" });
    this.stepLabel = element("span", { class: "pg-step" });
    const step = button("Step", () => {
      this.runner.stepOnce();
      this.remember();
    });
    const reset = button("Reset training", () => this.reset());
    return box("transport", this.playButton, step, reset, this.scrub, this.stepLabel);
  }

  buildViews() {
    const below = box("view pg-wide");
    this.loss = new LossView(below, (step) => this.runner.seekStep(step), { own: this.own });
    if (this.own) return box("views", below);
    const left = box("view");
    const right = box("view");
    this.plane = new PlaneView(left, this.neuronActions());
    this.dual = new DualView(right, (chosen) => this.select(chosen));
    this.dualWords = element("p", { class: "pg-caption" });
    right.append(this.dualWords);
    this.cells = element("input", { type: "range", min: 0, step: 1, value: 0 });
    this.cells.addEventListener("input", () => {
      const cell = Number(this.cells.value) - 1;
      this.select(cell >= 0 ? { cell } : null);
    });
    this.cellsLabel = element("span");
    left.append(element("label", { class: "pg-control" }, this.cellsLabel, this.cells));
    return box("views", left, right, below);
  }

  // --- Settings and data.

  change(changes) {
    this.start(changed(this.state, changes));
  }

  fit() {
    this.data.fit(this.state.points, this.state.view);
  }

  start(state, fit = state.preset !== this.state.preset) {
    this.state = state;
    this.panel.say("");
    this.session.set(state);
    if (fit) this.fit();
    this.runner.pause();
    this.settle();
    this.remember();
    this.runner.playSoon();
  }

  // Takes what `decode` has read; null where the address holds no setting.
  arrive(read) {
    if (!read) return;
    this.runner.pause();
    this.state = read.state;
    this.session.set(read.state);
    this.fit();
    this.settle();
    if (read.at === null) this.playWhenSeen();
    else this.runner.run(Math.min(read.at, read.state.steps));
  }

  move(j, point) {
    this.runner.pause();
    this.pending = this.state.points.map((p, k) => (k === j ? point : p));
    this.state = changed(this.state, { points: this.pending });
    this.chosen = null;
    this.words.textContent = "Let go of the point to train on the new data from the start.";
    this.ask();
  }

  drop() {
    this.pending = null;
    const isAtEdge = this.state.points.some((point) => this.data.isAtEdge(point));
    this.start(this.state, isAtEdge);
  }

  // A neuron in the reader's hand: shown there, not trained.
  hold(i, neuron) {
    const net = withNeuron(this.network, i, neuron);
    this.runner.pause();
    this.session.take(net);
    this.chosen = { neuron: i };
    this.words.textContent = "Let go of the neuron: training goes on from there.";
    this.ask();
  }

  release() {
    this.start(byHand(this.state, this.network));
    this.panel.say(
      "Training goes on from your network. Reset training brings back its first weights.",
    );
  }

  add(point) {
    const { points } = this.state;
    if (points.length >= MOST_POINTS) return this.panel.say(`At most ${MOST_POINTS} points.`);
    const place = this.data.inside(point ?? inWidestGap(points, this.data.xlim));
    this.change({ points: [...points, place] });
  }

  remove(j) {
    const { points } = this.state;
    if (points.length < 2) return this.panel.say("One point has to stay.");
    const gone = j ?? points.length - 1;
    this.chosen = null;
    this.change({ points: points.filter((_, k) => k !== gone) });
  }

  usePoints(points) {
    this.chosen = null;
    this.start({ ...changed(this.state, { points }), view: null }, true);
  }

  playWhenSeen() {
    whenSeen(this.data.plot.box, () => this.runner.play());
  }

  reset() {
    this.runner.pause();
    this.state = asDrawn(this.state);
    this.session.set(this.state);
    this.panel.say("");
    this.settle();
    this.remember();
  }

  select(chosen) {
    this.chosen = chosen;
    this.settle();
  }

  // --- What is shown.

  // The network shown: that of the frame, or where training has come to since.
  get network() {
    const { session } = this;
    const isLatest = session.shown === session.frames.length - 1;
    return isLatest && !session.diverged ? session.trainer.net : session.frame.net;
  }

  draw() {
    const { session } = this;
    if (this.pending) session.follow(this.pending, FOLLOWING);
    const { frame } = session;
    const net = this.network;
    const selection = resolve(session, net, this.chosen);
    const shared = { selection, own: frame.own };
    this.data.draw(session, net, shared);
    this.loss.draw(session);
    this.plane?.draw(session, net, shared);
    if (this.dual)
      this.dualWords.textContent = dualWords(this.dual.draw(session, net, shared), session.lam);
    this.writeNumbers();
    return selection;
  }

  writeNumbers() {
    const { session } = this;
    const { values, names } = this.keys;
    const { frame, optimum } = session;
    values.network.textContent = `loss ${short(frame.loss)}`;
    names.convex.textContent = optimumName(optimum);
    values.convex.textContent = optimumNumbers(optimum);
    if (this.own) {
      names.own.textContent = `${optimumName(frame.own)} of its current patterns`;
      values.own.textContent = `loss ${short(frame.own.objective)}`;
    }
    this.scrub.max = session.frames.length - 1;
    this.scrub.value = session.shown;
    this.scrub.setAttribute("aria-valuetext", `step ${frame.step}, loss ${short(frame.loss)}`);
    this.stepLabel.textContent = `step ${grouped(frame.step)}`;
  }

  // After a change, or at a halt: draw, and bring controls, words and lines of Python up to date.
  settle() {
    const { session, state } = this;
    const isOver = session.finished && session.frames.length > 1;
    const playWord = isOver ? "Play again" : "Play";
    this.playButton.textContent = this.runner.playing ? "Pause" : playWord;
    if (!this.root.clientWidth) return;
    const selection = this.draw();
    this.panel.show(state, session.step);
    if (this.cells) this.showCells(selection);
    const stands = [selection.text, summary(session)].filter(Boolean).join(" ");
    this.words.textContent = this.runner.playing ? playingWords(session) : stands;
    const { loss } = session.frame;
    const above = excess(loss, session.optimum.lowerBound);
    const words = `loss ${short(loss)}, ${above} on all networks`;
    const other = `output of the ${optimumName(session.optimum)}`;
    const label = `Data, output of the network (${words}) and ${other}`;
    this.data.plot.canvas.setAttribute("aria-label", label);
  }

  showCells(selection) {
    const count = this.session.cells.length;
    const chosen = this.chosen?.cell >= 0 ? this.chosen.cell + 1 : 0;
    this.cells.max = count;
    this.cells.value = chosen;
    this.cells.setAttribute("aria-valuetext", selection.text || "none");
    const key = `● neuron, ○ its output is negative, ◆ ${optimumName(this.session.optimum)}.`;
    const which = chosen > 0 ? ` (${chosen} of ${count})` : "";
    this.cellsLabel.textContent = `${key} Highlight a cell, or tap it${which}:`;
  }

  // --- The setting in the address.

  address() {
    const { session, state } = this;
    const { step } = session.frame;
    const isOnTheWay = step > 0 && !session.finished;
    return encode(state, this.presets, isOnTheWay ? step : null);
  }

  remember() {
    if (this.linked) writeAddress(this.address());
  }

  share() {
    this.remember();
    this.panel.showLink(linkTo(this.address()), this.state.drawn !== undefined);
  }
}
