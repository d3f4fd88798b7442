// The settings as native controls: sliders on a log scale, lists, numbers, buttons.

import { element, short } from "./dom.js";
import { RANGES } from "./state.js";

const TICKS = 1000;

// Every control is {node, show(value, note)}; `change` is called with the new value.
export function logSlider(label, key, change, format = short, integer = false) {
  const [low, high] = RANGES[key];
  const span = Math.log(high / low);
  const valueAt = (k) => {
    const value = low * Math.exp((span * k) / TICKS);
    return integer ? Math.round(value) : Number(value.toPrecision(3));
  };
  const input = element("input", { type: "range", min: 0, max: TICKS, step: 5, "data-key": key });
  const shown = element("output");
  const node = element(
    "label",
    { class: "pg-control" },
    element("span", {}, label, " ", shown),
    input,
  );
  input.addEventListener("input", () => change(valueAt(Number(input.value))));
  return {
    node,
    show(value, note = "") {
      if (valueAt(Number(input.value)) !== value)
        input.value = Math.round((TICKS * Math.log(value / low)) / span);
      shown.textContent = format(value) + note;
      input.setAttribute("aria-valuetext", format(value) + note);
    },
  };
}

export function list(label, key, options, change) {
  const choice = element(
    "select",
    { "data-key": key },
    ...options.map(([value, text]) => element("option", { value }, text)),
  );
  choice.addEventListener("change", () => change(choice.value));
  const node = element("label", { class: "pg-control" }, element("span", {}, label), choice);
  return { node, show: (value) => (choice.value = value) };
}

export function whole(label, key, change) {
  const [low, high] = RANGES[key];
  const input = element("input", { type: "number", min: low, max: high, step: 1, "data-key": key });
  input.addEventListener("change", () => {
    const value = Math.round(Number(input.value));
    if (input.value !== "" && value >= low && value <= high) change(value);
    else input.setAttribute("aria-invalid", "true");
  });
  const node = element("label", { class: "pg-control" }, element("span", {}, label), input);
  return {
    node,
    show(value) {
      input.value = value;
      input.removeAttribute("aria-invalid");
    },
  };
}

// The step size: automatic, or a slider.
export function stepSize(change) {
  const slider = logSlider("step size", "step", change);
  const auto = element("input", { type: "checkbox" });
  let current = RANGES.step[1];
  auto.addEventListener("change", () => change(auto.checked ? "auto" : current));
  const node = element(
    "div",
    {},
    slider.node,
    element("label", { class: "pg-check" }, auto, " choose a safe step"),
  );
  return {
    node,
    show(value, used) {
      auto.checked = value === "auto";
      current = Math.min(RANGES.step[1], Math.max(RANGES.step[0], used));
      slider.show(current, value === "auto" ? " (automatic)" : "");
    },
  };
}

export const button = (text, onclick, attributes = {}) =>
  element("button", { type: "button", class: "pg-button", onclick, ...attributes }, text);
