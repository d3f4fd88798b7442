// The legend above the views, and the panel: settings, points, the link to share and the same
// setting in Python.

import { button, list, logSlider, stepSize, whole } from "./controls.js";
import { element, grouped } from "./dom.js";
import { networkJson, pytorch } from "./export.js";
import { asLines, readLines } from "./paste.js";
import { isChanged, python } from "./state.js";

const METHOD_NAMES = [
  ["gradient_descent", "gradient descent"],
  ["adam", "Adam"],
];

// Two nodes to be placed: `main`, the settings that a reader tries first, and `rest`.
export class Panel {
  // on: {set(key, value), preset(name), original(), add(), remove(), points(points), network():
  // {session, net}, share()}; share null leaves the button out.
  constructor(presets, on) {
    const set = (key) => (value) => on.set(key, value);
    const names = Object.entries(presets).map(([name, { label }]) => [name, label]);
    this.controls = {
      preset: list("data and setting", "preset", names, on.preset),
      scale: logSlider("initialisation scale", "scale", set("scale")),
      neurons: logSlider("neurons", "neurons", set("neurons"), String),
      decay: logSlider("weight decay λ / λmax", "decay", set("decay")),
      step: stepSize(set("step")),
      method: list("optimiser", "method", METHOD_NAMES, set("method")),
      steps: logSlider("steps of a run", "steps", set("steps"), grouped),
      seed: whole("seed", "seed", set("seed")),
    };
    const { preset, scale, neurons, decay, ...more } = this.controls;
    const further = element("summary", {}, "More settings: step size, optimiser, seed");
    this.presets = presets;
    const main = gridOf([preset, scale, neurons, decay]);
    this.main = element("div", { class: "pg-settings" }, main, this.actions(on));
    this.rest = element(
      "div",
      { class: "pg-settings" },
      element("details", {}, further, gridOf(Object.values(more))),
      this.ownPoints(on),
      this.lines(),
      this.exported(on),
    );
  }

  ownPoints(on) {
    const label = "Your points, x and y a line";
    this.area = element("textarea", { rows: 6, spellcheck: "false", "aria-label": label });
    this.area.addEventListener("input", () => (this.isTyped = true));
    this.pasted = element("span", { class: "pg-refusal", role: "status" });
    const use = button("Use these points", () => {
      const { points, refusal = "" } = readLines(this.area.value);
      this.pasted.textContent = refusal;
      this.area.setAttribute("aria-invalid", String(!points));
      if (!points) return;
      this.isTyped = false;
      on.points(points);
    });
    const title = element("summary", {}, "Paste points of your own");
    const words =
      "Two columns, x and y, as they come from a table: a tab, a comma or a blank between.";
    const text = element("p", { class: "pg-caption" }, words);
    return element("details", { class: "pg-paste" }, title, text, this.area, use, " ", this.pasted);
  }

  exported(on) {
    this.torch = element("code");
    const write = () => {
      const { session, net } = on.network();
      this.torch.textContent = box.open ? pytorch(session, net) : "";
    };
    const copy = button("Copy for PyTorch", () => {
      write();
      this.copy(this.torch.textContent, "The lines are copied.");
    });
    const json = button("Copy JSON", () => {
      const { session, net } = on.network();
      this.copy(networkJson(session, net), "The network is copied.");
    });
    const save = element("a", { class: "pg-button", download: "network.json" }, "Download JSON");
    save.href = "#";
    save.addEventListener("click", () => {
      const { session, net } = on.network();
      save.href = `data:application/json,${encodeURIComponent(networkJson(session, net))}`;
    });
    const label = "The network shown, for PyTorch";
    const block = element("pre", { tabindex: 0, "aria-label": label }, this.torch);
    const title = element("summary", {}, "Export the network: PyTorch, JSON");
    const buttons = element("div", { class: "pg-actions" }, copy, json, save);
    const box = element("details", { class: "pg-python pg-export" }, title, block, buttons);
    box.addEventListener("toggle", write);
    this.writeNetwork = write;
    return box;
  }

  actions(on) {
    this.link = element("input", {
      readonly: true,
      hidden: true,
      class: "pg-link",
      "aria-label": "Link to this setting",
    });
    this.note = element("span", { class: "pg-note", role: "status" });
    const buttons = [
      button("Add a point", on.add),
      button("Remove a point", on.remove),
      button("Restore the preset", on.original),
    ];
    if (on.share) buttons.push(button("Share", on.share));
    return element("div", { class: "pg-actions" }, ...buttons, this.link, this.note);
  }

  lines() {
    this.code = element("code");
    const copy = button("Copy", () => this.copy(this.code.textContent, "The lines are copied."));
    const label = "The same setting in Python";
    const block = element("pre", { tabindex: 0, "aria-label": label }, this.code);
    const title = element("summary", {}, "Open in Python");
    return element("details", { class: "pg-python" }, title, block, copy);
  }

  // Takes a state and the step size used.
  show(state, step) {
    const { label } = this.presets[state.preset];
    const notes = { step, preset: isChanged(state, this.presets) ? `${label}, changed` : "" };
    for (const [key, control] of Object.entries(this.controls))
      control.show(state[key], notes[key]);
    this.code.textContent = python(state, step, state.steps);
    if (!this.isTyped) this.area.value = asLines(state.points);
    this.writeNetwork();
  }

  // isMoved: whether a neuron was moved by hand, which no link can say.
  showLink(address, isMoved) {
    this.link.hidden = false;
    this.link.value = address;
    this.link.select();
    const missing = isMoved ? " It draws the first weights anew: your neuron is not in it." : "";
    this.copy(address, `The link is copied.${missing}`);
  }

  say(text) {
    this.note.textContent = text;
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

function gridOf(controls) {
  return element("div", { class: "pg-controls" }, ...controls.map(({ node }) => node));
}

// The lines of the views with their names, {name: text}; returns {values, names}: the nodes in
// which the number of each and its name are written.
export function legend(parent, texts) {
  const values = {};
  const names = {};
  const keys = Object.entries(texts).map(([name, text]) => {
    values[name] = element("strong");
    names[name] = element("span", {}, text);
    const sample = element("i", { "aria-hidden": "true" });
    const attributes = { class: `pg-key pg-key-${name}` };
    return element("span", attributes, sample, names[name], " ", values[name]);
  });
  parent.append(element("div", { class: "pg-legend" }, ...keys));
  return { values, names };
}
