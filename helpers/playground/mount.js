// Start every figure of the page that has not been started: <div class="live-figure"
// data-figure=...>, whose options are the JSON in the script inside it.

import { calmMotion, element } from "./dom.js";
import { Landscape } from "./landscape.js";
import { Opening } from "./opening.js";
import { RegularisationPath } from "./path.js";
import { Playground } from "./playground.js";
import { decode } from "./state.js";

// Training against the optimum of its own patterns; the address belongs to the page's playground.
class OwnPatterns extends Playground {
  constructor(root, options) {
    super(root, { ...options, own: true, linked: false });
  }
}

const FIGURES = {
  playground: Playground,
  patterns: OwnPatterns,
  path: RegularisationPath,
  landscape: Landscape,
  opening: Opening,
};

function mount() {
  for (const holder of document.querySelectorAll(".live-figure:not([data-started])")) {
    holder.dataset.started = "";
    // JupyterLab then leaves the keys to the figure: pressing d twice on a point deletes no
    // notebook cell.
    const root = element("div", { class: "pg-root", "data-lm-suppress-shortcuts": true });
    holder.prepend(root);
    holder.querySelector("details.pg-static")?.removeAttribute("open");
    const options = JSON.parse(holder.querySelector('script[type="application/json"]').textContent);
    holder.playground = new FIGURES[holder.dataset.figure](root, options);
  }
}

// A button of the text, <button data-setting="scale=0.001">, puts the page's first playground to
// that setting.
function set(event) {
  const setting = event.target.closest?.("button[data-setting]")?.dataset.setting;
  const holder = document.querySelector('.live-figure[data-figure="playground"]');
  if (setting === undefined || !holder) return;
  const { playground } = holder;
  playground.arrive(decode(`playground=${playground.home}&${setting}`, playground.presets));
  playground.remember();
  holder.scrollIntoView({ behavior: calmMotion() ? "auto" : "smooth" });
}

if (!window.startLiveFigures) document.addEventListener("click", set);
window.startLiveFigures = mount;
mount();
