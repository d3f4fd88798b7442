// Start every figure of the page that has not been started: <div class="live-figure" data-figure=... data-options=...>.

import { element } from "./dom.js";
import { Landscape } from "./landscape.js";
import { RegularisationPath } from "./path.js";
import { Playground } from "./playground.js";

const FIGURES = {
  playground: Playground,
  landscape: Landscape,
  path: RegularisationPath,
  patterns: class extends Playground {
    constructor(root, options) {
      super(root, { ...options, own: true, linked: false });
    }
  },
};

export function mount() {
  for (const holder of document.querySelectorAll(".live-figure:not([data-started])")) {
    holder.dataset.started = "";
    const root = element("div", { class: "pg-root" });
    holder.prepend(root);
    holder.querySelector("details.pg-static")?.removeAttribute("open");
    const options = JSON.parse(holder.querySelector('script[type="application/json"]').textContent);
    holder.playground = new FIGURES[holder.dataset.figure](root, options);
  }
}

window.startLiveFigures = mount;
mount();
