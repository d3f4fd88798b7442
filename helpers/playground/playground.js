// The playground: settings, training, linked views. `own` adds the convex optimum of the network's current patterns.

import { button, list, logSlider, stepSize, whole } from "./controls.js";
import { calmMotion, element, redrawn, short, whenSeen } from "./dom.js";
import { Session } from "./session.js";
import { changed, decode, encode, fromPreset, MOST_POINTS, python } from "./state.js";
import { excess, resolve, summary } from "./summary.js";
import { DataView, around } from "./view_data.js";
import { LossView } from "./view_loss.js";
import { PlaneView } from "./view_plane.js";

export class Playground {
  constructor(root, { presets, preset, own = false, linked = true }) {
    Object.assign(this, { root, presets, own, home: preset, linked: linked && !root.closest(".jp-OutputArea") });
    const read = this.linked ? decode(location.hash, presets) : null;
    this.state = read?.state ?? fromPreset(presets, preset);
    this.session = new Session(this.state, { ownOptimum: own });
    this.playing = false;
    this.chosen = null;
    this.build();
    this.data.fit(this.state.points);
    this.ask = redrawn(root, () => this.draw());
    if (this.linked) addEventListener("hashchange", () => this.arrive(decode(location.hash, presets)));
    if (read) this.arrive(read);
    else whenSeen(this.data.plot.box, () => this.play());
    this.settle();
  }

  build() {
    const { root } = this, box = (name, ...children) => element("div", { class: `pg-${name}` }, ...children);
    const key = (name, text) => {
      const value = element("strong");
      this[`${name}Key`] = value;
      return element("span", { class: `pg-key pg-key-${name}` }, element("i", { "aria-hidden": "true" }), text, " ", value);
    };
    root.append(box("legend", key("data", "data"), key("network", "network in training"),
                    key("convex", "convex optimum, certified"), ...(this.own ? [key("own", "convex optimum of its current patterns")] : [])));
    this.data = new DataView(root, {
      move: (j, point) => this.move(j, point), drop: () => this.drop(), remove: (j) => this.remove(j),
      add: (point) => this.add(point), select: (chosen) => this.select(chosen),
    });
    this.scrub = element("input", { type: "range", min: 0, max: 0, step: 1, "aria-label": "Step of the training shown" });
    this.scrub.addEventListener("input", () => { this.pause(); this.seek(Number(this.scrub.value)); });
    this.playButton = button("Play", () => (this.playing ? this.pause() : this.play()), { class: "pg-button pg-main" });
    this.stepLabel = element("span", { class: "pg-step" });
    root.append(box("transport", this.playButton, button("Step", () => this.stepOnce()), button("Reset", () => this.reset()),
                    this.scrub, this.stepLabel));
    const views = box("views"), left = box("view"), right = box("view");
    this.loss = new LossView(left, (step) => { this.pause(); this.seekStep(step); }, { own: this.own });
    views.append(left);
    if (!this.own) {
      this.plane = new PlaneView(right, (chosen) => this.select(chosen));
      this.cells = element("input", { type: "range", min: 0, step: 1, value: 0 });
      this.cells.addEventListener("input", () => this.select(Number(this.cells.value) ? { cell: Number(this.cells.value) - 1 } : null));
      right.append(element("label", { class: "pg-control" }, element("span", {}, "highlight a cell (or tap it)"), this.cells));
      views.append(right);
    }
    this.words = element("p", { class: "pg-summary", role: "status", "aria-live": "polite" });
    root.append(views, this.words, this.settings());
  }

  settings() {
    const set = (key) => (value) => this.change({ [key]: value });
    const names = Object.entries(this.presets).map(([name, { label }]) => [name, label]);
    this.controls = {
      preset: list("data and setting", "preset", names, (name) => this.start(fromPreset(this.presets, name))),
      scale: logSlider("initialisation scale", "scale", set("scale")),
      neurons: logSlider("neurons", "neurons", set("neurons"), (v) => String(v), true),
      decay: logSlider("weight decay λ / λmax", "decay", set("decay")),
      step: stepSize(set("step")),
      method: list("optimiser", "method", [["gradient_descent", "gradient descent"], ["adam", "Adam"]], set("method")),
      steps: logSlider("steps of a run", "steps", set("steps"), (v) => v.toLocaleString("en-GB"), true),
      seed: whole("seed", "seed", set("seed")),
    };
    const { preset, scale, neurons, decay, ...more } = this.controls;
    this.code = element("pre", { tabindex: 0, "aria-label": "The same setting in Python" }, element("code"));
    const copy = button("Copy", () => this.copy(this.code.textContent, "The lines are copied."));
    const link = button("Share", () => this.share());
    this.link = element("input", { readonly: true, hidden: true, class: "pg-link", "aria-label": "Link to this setting" });
    this.note = element("span", { class: "pg-note", role: "status" });
    const inPython = element("details", { class: "pg-python" }, element("summary", {}, "Open in Python"), this.code, copy);
    return element("div", { class: "pg-settings" },
      element("div", { class: "pg-controls" }, ...[preset, scale, neurons, decay].map((c) => c.node)),
      element("details", {}, element("summary", {}, "More settings: step size, optimiser, seed"),
              element("div", { class: "pg-controls" }, ...Object.values(more).map((c) => c.node))),
      element("div", { class: "pg-actions" }, button("Add a point", () => this.add(null)), button("Remove a point", () => this.remove(null)),
              ...(this.linked ? [link] : []), this.link, this.note), inPython);
  }

  // --- Settings and data.

  change(changes) {
    this.start(changed(this.state, changes), "preset" in changes);
  }

  start(state, fit = state.preset !== this.state.preset) {
    this.state = state;
    this.session.set(state);
    if (fit) this.data.fit(state.points);
    this.pause();
    this.settle();
    this.remember();
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.play(), 300);
  }

  arrive(read) {
    if (!read) return;
    this.pause();
    this.state = read.state;
    this.session.set(read.state);
    this.data.fit(read.state.points);
    this.settle();
    if (read.at === null) whenSeen(this.data.plot.box, () => this.play());
    else this.run(Math.min(read.at, read.state.steps));
  }

  move(j, point) {
    this.pause();
    clearTimeout(this.soon);
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
    if (points.length >= MOST_POINTS) return this.say(`At most ${MOST_POINTS} points.`);
    this.change({ points: [...points, point ? this.data.inside(point) : this.data.inside(inWidestGap(points, this.data.xlim))] });
  }

  remove(j) {
    const { points } = this.state;
    if (points.length < 2) return this.say("One point has to stay.");
    this.chosen = null;
    this.change({ points: points.filter((_, k) => k !== (j ?? points.length - 1)) });
  }

  // --- Training.

  play() {
    clearTimeout(this.soon);
    if (calmMotion()) return this.run(this.state.steps);
    const { session } = this;
    if (session.finished && session.shown === session.frames.length - 1) session.shown = 0;
    this.playing = true;
    this.settle();
    const run = (this.current = {});
    const tick = () => {
      if (!this.playing || this.current !== run || !this.root.isConnected) return;
      if (session.shown < session.frames.length - 1) session.shown++;
      else session.train(12);
      this.draw();
      if (session.finished && session.shown === session.frames.length - 1) this.pause();
      else requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  // To step `last` without drawing on the way.
  run(last) {
    const { session } = this, run = (this.current = {});
    const tick = () => {
      if (this.current !== run) return;
      const began = performance.now(), done = () => session.trainer.step >= last || session.diverged;
      while (!done() && performance.now() - began < 30) session.train(30, last);
      if (done()) this.settle();
      else setTimeout(tick);
    };
    session.shown = session.frames.length - 1;
    tick();
  }

  pause() {
    this.current = null;
    if (!this.playing) return;
    this.playing = false;
    this.settle();
  }

  stepOnce() {
    this.pause();
    const { session } = this;
    if (session.shown < session.frames.length - 1) session.shown++;
    else if (!session.diverged) session.train(Infinity, session.trainer.step + 1);
    this.settle();
    this.remember();
  }

  reset() {
    this.pause();
    clearTimeout(this.soon);
    this.session.set(this.state);
    this.settle();
    this.remember();
  }

  seek(k) {
    this.session.shown = k;
    this.settle();
  }

  seekStep(step) {
    const { frames } = this.session;
    this.seek(frames.reduce((best, f, k) => (Math.abs(f.step - step) < Math.abs(frames[best].step - step) ? k : best), 0));
  }

  select(chosen) {
    this.chosen = chosen;
    this.settle();
  }

  // --- What is shown.

  draw() {
    const { session } = this, latest = session.shown === session.frames.length - 1;
    if (this.pending) session.follow(this.pending, 8);
    const net = latest ? session.trainer.net : session.frame.net, { frame, optimum } = session;
    const selection = resolve(session, net, this.chosen), shared = { selection, own: frame.own };
    this.data.draw(session, net, shared);
    this.loss.draw(session);
    this.plane?.draw(session, net, shared);
    this.networkKey.textContent = `loss ${short(frame.loss)}`;
    this.convexKey.textContent = `loss ${short(optimum.objective)}, gap ${short(optimum.gap, 2)}`;
    if (this.own) this.ownKey.textContent = `loss ${short(frame.own.objective)}`;
    this.scrub.max = session.frames.length - 1;
    this.scrub.value = session.shown;
    this.scrub.setAttribute("aria-valuetext", `step ${frame.step}, loss ${short(frame.loss)}`);
    this.stepLabel.textContent = `step ${frame.step.toLocaleString("en-GB")}`;
    return selection;
  }

  // After a change, or at a halt: draw, and bring controls, words and lines of Python up to date.
  settle() {
    const { session, state } = this;
    this.playButton.textContent = this.playing ? "Pause" : session.finished && session.frames.length > 1 ? "Play again" : "Play";
    if (!this.root.clientWidth) return;
    const selection = this.draw();
    for (const [key, control] of Object.entries(this.controls)) control.show(state[key], key === "step" ? session.step : undefined);
    if (this.cells) {
      this.cells.max = session.sectors.length;
      this.cells.value = this.chosen?.cell >= 0 ? this.chosen.cell + 1 : 0;
      this.cells.setAttribute("aria-valuetext", selection.text || "none");
    }
    this.code.firstChild.textContent = python(state, session.step, state.steps);
    if (this.playing) {
      this.words.textContent = `Training for ${state.steps.toLocaleString("en-GB")} steps: the loss goes down from ${short(session.frames[0].loss)}, `
        + `and can never pass the certified optimum, ${short(session.optimum.objective)}.`;
      return;
    }
    this.words.textContent = [selection.text, summary(session)].join(" ");
    const words = `loss ${short(session.frame.loss)}, ${excess(session.frame.loss, session.optimum.objective)}`;
    this.data.plot.canvas.setAttribute("aria-label", `Data, output of the network (${words}) and output of the convex optimum`);
  }

  say(text) {
    this.note.textContent = text;
  }

  // --- The setting elsewhere: the URL, a link, Python.

  address() {
    const { session, state } = this, at = session.finished || session.frame.step === 0 ? null : session.frame.step;
    return `#${encode(state, this.presets, at)}`;
  }

  remember() {
    if (this.linked) history.replaceState(history.state, "", this.address());
  }

  share() {
    this.remember();
    this.link.hidden = false;
    this.link.value = location.href;
    this.link.select();
    this.copy(location.href, "The link is copied.");
  }

  async copy(text, done) {
    try {
      await navigator.clipboard.writeText(text);
      this.say(done);
    } catch {
      this.say("Copy it by hand: the browser does not let the page do it.");
    }
  }
}

// A point in the middle of the widest gap between the points, at the height of the line through its neighbours.
function inWidestGap(points, [low, high]) {
  const sorted = [...points].sort((p, q) => p[0] - q[0]);
  if (sorted.length === 1) return [(sorted[0][0] + high) / 2, sorted[0][1]];
  let best = 1;
  for (let k = 1; k < sorted.length; k++)
    if (sorted[k][0] - sorted[k - 1][0] > sorted[best][0] - sorted[best - 1][0]) best = k;
  const [p, q] = [sorted[best - 1], sorted[best]];
  return [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2];
}
