// The legend above the views, and the panel: settings, points, the link to share and the same
// setting in Python.

import { button, list, logSlider, stepSize, whole } from "./controls.js";
import { element, grouped } from "./dom.js";
import { python } from "./state.js";

const METHOD_NAMES = [
  ["gradient_descent", "gradient descent"],
  ["adam", "Adam"],
];

// Two nodes to be placed: `main`, the settings that a reader tries first, and `rest`.
export class Panel {
  // on: {set(key, value), preset(name), original(), add(), remove(), share()}; share null leaves
  // the button out.
  constructor(presets, on) {
    const set = (key) => (value) => on.set(key, value);
    const names = Object.entries(presets).map(([name, { label }]) => [name, label]);
    const refuse = (words) => this.say(words);
    this.controls = {
      preset: list("data and setting", "preset", names, on.preset),
      scale: logSlider("initialisation scale", "scale", set("scale")),
      neurons: logSlider("neurons", "neurons", set("neurons"), String),
      decay: logSlider("weight decay λ / λmax", "decay", set("decay")),
      step: stepSize(set("step")),
      method: list("optimiser", "method", METHOD_NAMES, set("method")),
      steps: logSlider("steps of a run", "steps", set("steps"), grouped),
      seed: whole("seed", "seed", set("seed"), refuse),
    };
    const { preset, scale, neurons, decay, ...more } = this.controls;
    const further = element("summary", {}, "More settings: step size, optimiser, seed");
    this.main = gridOf([preset, scale, neurons, decay]);
    this.rest = element(
      "div",
      { class: "pg-settings" },
      element("details", {}, further, gridOf(Object.values(more))),
      this.actions(on),
      this.lines(),
    );
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
      button("Original setting", on.original),
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
    for (const [key, control] of Object.entries(this.controls))
      control.show(state[key], key === "step" ? step : undefined);
    this.code.textContent = python(state, step, state.steps);
  }

  showLink(address) {
    this.link.hidden = false;
    this.link.value = address;
    this.link.select();
    this.copy(address, "The link is copied.");
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
