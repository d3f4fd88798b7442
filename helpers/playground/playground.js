// The playground: settings, training, linked views. `own` adds the convex optimum of the network's current patterns.

import { button } from "./controls.js";
import { element, redrawn, short, whenSeen } from "./dom.js";
import { legend, Panel } from "./panel.js";
import { Runner } from "./runner.js";
import { Session } from "./session.js";
import { changed, decode, encode, fromPreset, inWidestGap, MOST_POINTS } from "./state.js";
import { excess, resolve, summary } from "./summary.js";
import { DataView } from "./view_data.js";
import { LossView } from "./view_loss.js";
import { PlaneView } from "./view_plane.js";

export class Playground {
  constructor(root, { presets, preset, own = false, linked = true }) {
    Object.assign(this, {
      root,
      presets,
      own,
      home: preset,
      linked: linked && !root.closest(".jp-OutputArea"),
    });
    const read = this.linked ? decode(location.hash, presets) : null;
    this.state = read?.state ?? fromPreset(presets, preset);
    this.session = new Session(this.state, { ownOptimum: own });
    this.runner = new Runner(this.session, {
      draw: () => this.draw(),
      settle: () => this.settle(),
    });
    this.chosen = null;
    this.build();
    this.data.fit(this.state.points);
    this.ask = redrawn(root, () => this.draw());
    if (this.linked)
      addEventListener("hashchange", () => this.arrive(decode(location.hash, presets)));
    if (read) this.arrive(read);
    else this.playWhenSeen();
    this.settle();
  }

  build() {
    const { root } = this;
    const box = (name, ...children) => element("div", { class: `pg-${name}` }, ...children);
    this.keys = legend(root, {
      data: "data",
      network: "network in training",
      convex: "convex optimum, certified",
      ...(this.own && { own: "convex optimum of its current patterns" }),
    });
    this.data = new DataView(root, {
      move: (j, point) => this.move(j, point),
      drop: () => this.drop(),
      remove: (j) => this.remove(j),
      add: (point) => this.add(point),
      select: (chosen) => this.select(chosen),
    });
    this.scrub = element("input", {
      type: "range",
      min: 0,
      max: 0,
      step: 1,
      "aria-label": "Step of the training shown",
    });
    this.scrub.addEventListener("input", () => this.runner.seek(Number(this.scrub.value)));
    this.playButton = button(
      "Play",
      () => (this.runner.playing ? this.runner.pause() : this.runner.play()),
      {
        class: "pg-button pg-main",
      },
    );
    this.stepLabel = element("span", { class: "pg-step" });
    const step = button("Step", () => {
      this.runner.stepOnce();
      this.remember();
    });
    root.append(
      box(
        "transport",
        this.playButton,
        step,
        button("Reset", () => this.reset()),
        this.scrub,
        this.stepLabel,
      ),
    );
    const views = box("views");
    const left = box("view");
    const right = box("view");
    this.loss = new LossView(left, (step) => this.runner.seekStep(step), { own: this.own });
    views.append(left);
    if (!this.own) {
      this.plane = new PlaneView(right, (chosen) => this.select(chosen));
      this.cells = element("input", { type: "range", min: 0, step: 1, value: 0 });
      this.cells.addEventListener("input", () =>
        this.select(Number(this.cells.value) ? { cell: Number(this.cells.value) - 1 } : null),
      );
      right.append(
        element(
          "label",
          { class: "pg-control" },
          element(
            "span",
            {},
            "● neuron, ○ its output is negative, ◆ convex optimum. Highlight a cell, or tap it:",
          ),
          this.cells,
        ),
      );
      views.append(right);
    }
    this.words = element("p", { class: "pg-summary", role: "status", "aria-live": "polite" });
    root.append(views, this.words);
    this.panel = new Panel(root, this.presets, {
      set: (key, value) => this.change({ [key]: value }),
      preset: (name) => this.start(fromPreset(this.presets, name)),
      add: () => this.add(null),
      remove: () => this.remove(null),
      share: this.linked ? () => this.share() : null,
    });
  }

  // --- Settings and data.

  change(changes) {
    this.start(changed(this.state, changes));
  }

  start(state, fit = state.preset !== this.state.preset) {
    this.state = state;
    this.session.set(state);
    if (fit) this.data.fit(state.points);
    this.runner.pause();
    this.settle();
    this.remember();
    this.runner.playSoon();
  }

  arrive(read) {
    if (!read) return;
    this.runner.pause();
    this.state = read.state;
    this.session.set(read.state);
    this.data.fit(read.state.points);
    this.settle();
    if (read.at === null) this.playWhenSeen();
    else this.runner.run(Math.min(read.at, read.state.steps));
  }

  move(j, point) {
    this.runner.pause();
    this.pending = this.state.points.map((p, k) => (k === j ? point : p));
    this.state = changed(this.state, { points: this.pending });
    this.chosen = null;
    this.ask();
  }

  drop() {
    this.pending = null;
    this.start(this.state, false);
  }

  add(point) {
    const { points } = this.state;
    if (points.length >= MOST_POINTS) return this.panel.say(`At most ${MOST_POINTS} points.`);
    this.change({
      points: [...points, this.data.inside(point ?? inWidestGap(points, this.data.xlim))],
    });
  }

  remove(j) {
    const { points } = this.state;
    if (points.length < 2) return this.panel.say("One point has to stay.");
    this.chosen = null;
    this.change({ points: points.filter((_, k) => k !== (j ?? points.length - 1)) });
  }

  playWhenSeen() {
    whenSeen(this.data.plot.box, () => this.runner.play());
  }

  reset() {
    this.runner.pause();
    this.session.set(this.state);
    this.settle();
    this.remember();
  }

  select(chosen) {
    this.chosen = chosen;
    this.settle();
  }

  // --- What is shown.

  draw() {
    const { session } = this;
    const latest = session.shown === session.frames.length - 1;
    if (this.pending) session.follow(this.pending, 8);
    const net = latest && !session.diverged ? session.trainer.net : session.frame.net;
    const { frame, optimum } = session;
    const selection = resolve(session, net, this.chosen);
    const shared = { selection, own: frame.own };
    this.data.draw(session, net, shared);
    this.loss.draw(session);
    this.plane?.draw(session, net, shared);
    this.keys.network.textContent = `loss ${short(frame.loss)}`;
    this.keys.convex.textContent = `loss ${short(optimum.objective)}, gap ${short(optimum.gap, 2)}`;
    if (this.own) this.keys.own.textContent = `loss ${short(frame.own.objective)}`;
    this.scrub.max = session.frames.length - 1;
    this.scrub.value = session.shown;
    this.scrub.setAttribute("aria-valuetext", `step ${frame.step}, loss ${short(frame.loss)}`);
    this.stepLabel.textContent = `step ${frame.step.toLocaleString("en-GB")}`;
    return selection;
  }

  // After a change, or at a halt: draw, and bring controls, words and lines of Python up to date.
  settle() {
    const { session, state } = this;
    this.playButton.textContent = this.runner.playing
      ? "Pause"
      : session.finished && session.frames.length > 1
        ? "Play again"
        : "Play";
    if (!this.root.clientWidth) return;
    const selection = this.draw();
    this.panel.show(state, session.step);
    if (this.cells) {
      this.cells.max = session.sectors.length;
      this.cells.value = this.chosen?.cell >= 0 ? this.chosen.cell + 1 : 0;
      this.cells.setAttribute("aria-valuetext", selection.text || "none");
    }
    if (this.runner.playing) {
      const [from, best] = [session.frames[0].loss, session.optimum.objective].map((v) => short(v));
      const steps = state.steps.toLocaleString("en-GB");
      this.words.textContent = `Training for ${steps} steps, from a loss of ${from}; no network goes below ${best}.`;
      return;
    }
    this.words.textContent = [selection.text, summary(session)].join(" ");
    const words = `loss ${short(session.frame.loss)}, ${excess(session.frame.loss, session.optimum.objective)}`;
    this.data.plot.canvas.setAttribute(
      "aria-label",
      `Data, output of the network (${words}) and output of the convex optimum`,
    );
  }

  // --- The setting in the URL.

  address() {
    const { session, state } = this;
    const at = session.finished || session.frame.step === 0 ? null : session.frame.step;
    return `#${encode(state, this.presets, at)}`;
  }

  remember() {
    if (this.linked) history.replaceState(history.state, "", this.address());
  }

  share() {
    this.remember();
    this.panel.showLink(location.href);
  }
}
