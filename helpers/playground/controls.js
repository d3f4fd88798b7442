// The settings as native controls: sliders on a log scale, lists, numbers, buttons.
//
// Every control is {node, show(value, note)}: show writes the value without calling anything;
// `change` is called with the new value when the reader moves it.

import { element, grouped, short } from "./dom.js";
import { RANGES, WHOLE } from "./limits.js";
import { within } from "./state.js";

const TICKS = 1000; // of a slider: finer than a pixel
const TICK_STEP = 5; // of an arrow key: 200 presses from end to end

function labelled(label, ...children) {
  return element("label", { class: "pg-control" }, element("span", {}, ...label), ...children);
}

export function logSlider(label, key, change, format = short) {
  const [low, high] = RANGES[key];
  const span = Math.log(high / low);
  const valueAt = (tick) => {
    const value = low * Math.exp((span * tick) / TICKS);
    return within(key, WHOLE.includes(key) ? value : Number(value.toPrecision(3)));
  };
  const input = element("input", {
    type: "range",
    min: 0,
    max: TICKS,
    step: TICK_STEP,
    "data-key": key,
  });
  const shown = element("output");
  input.addEventListener("input", () => change(valueAt(Number(input.value))));
  return {
    node: labelled([label, " ", shown], input),
    show(value, note = "") {
      const isThere = valueAt(Number(input.value)) === value;
      if (!isThere) input.value = Math.round((TICKS * Math.log(value / low)) / span);
      shown.textContent = format(value) + note;
      input.setAttribute("aria-valuetext", format(value) + note);
    },
  };
}

// options: [[value, text]]. show takes a value, and words to show in its place where it is no
// longer quite that one: choosing it is then a change again.
export function list(label, key, options, change) {
  const choices = options.map(([value, text]) => element("option", { value }, text));
  const other = element("option", { value: "", hidden: true });
  const choice = element("select", { "data-key": key }, ...choices, other);
  choice.addEventListener("change", () => change(choice.value));
  return {
    node: labelled([label], choice),
    show(value, words = "") {
      other.textContent = words;
      choice.value = words ? "" : value;
    },
  };
}

// A whole number in a field; what is typed and is not one in range is refused in words beside it.
export function whole(label, key, change) {
  const [low, high] = RANGES[key];
  const refusal = element("span", { class: "pg-refusal", role: "status" });
  const input = element("input", { type: "number", min: low, max: high, step: 1, "data-key": key });
  input.addEventListener("change", () => {
    const value = Number(input.value);
    if (input.value !== "" && within(key, value) === value) return change(value);
    input.setAttribute("aria-invalid", "true");
    refusal.textContent = `The ${label} must be a whole number from ${grouped(low)} to ${grouped(high)}.`;
  });
  return {
    node: element("div", {}, labelled([label], input), refusal),
    show(value) {
      input.value = value;
      input.removeAttribute("aria-invalid");
      refusal.textContent = "";
    },
  };
}

// The step size: automatic, or a slider. show takes the setting, "auto" or a number, and the step
// size used.
export function stepSize(change) {
  const slider = logSlider("step size", "step", change);
  const auto = element("input", { type: "checkbox" });
  let current = RANGES.step[1];
  auto.addEventListener("change", () => change(auto.checked ? "auto" : current));
  const box = element("label", { class: "pg-check" }, auto, " choose a safe step");
  return {
    node: element("div", {}, slider.node, box),
    show(value, used) {
      auto.checked = value === "auto";
      current = within("step", used);
      slider.show(current, auto.checked ? " (automatic)" : "");
    },
  };
}

export function button(text, onclick, attributes = {}) {
  return element("button", { type: "button", class: "pg-button", onclick, ...attributes }, text);
}
