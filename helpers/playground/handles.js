// The data points as buttons over the data view: dragged by mouse, touch or arrow keys, removed by
// Delete.
//
// view: the data view, for its scales and limits. on: {move(j, [x, y]), drop(), remove(j),
// select(selection)}.

import { element, short } from "./dom.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const ARROW_SHARE = 0.02; // of the view, a press of an arrow key
const FINE_SHARE = 0.005; // the same with Shift
const DRAG_START = 3; // pixels: less is a click by an unsteady hand

export class Handles {
  constructor(view, on) {
    this.view = view;
    this.on = on;
    this.nodes = [];
    this.dragged = false;
  }

  // One button a point, where the view draws it.
  place({ data }, selection) {
    this.data = data;
    while (this.nodes.length > data.n) this.nodes.pop().remove();
    while (this.nodes.length < data.n) this.nodes.push(this.create(this.nodes.length));
    this.nodes.forEach((node, j) => this.put(node, j, selection));
  }

  put(node, j, selection) {
    const { data } = this;
    const { plot } = this.view;
    node.style.left = `${plot.px(data.x[j])}px`;
    node.style.top = `${plot.py(data.y[j])}px`;
    const isActive = !selection.active || Boolean(selection.active[j]);
    node.classList.toggle("pg-inactive", !isActive);
    node.classList.toggle("pg-chosen", selection.point === j);
    const place = `x ${short(data.x[j])}, y ${short(data.y[j])}`;
    const activated = isActive ? ", activated" : ", not activated";
    const words = `Point ${j + 1} of ${data.n}: ${place}${selection.active ? activated : ""}`;
    node.setAttribute("aria-label", words);
  }

  create(j) {
    const { plot } = this.view;
    const title = "Drag, or use the arrow keys; Delete removes it";
    const node = element("button", { class: "pg-point", type: "button", title });
    let from = null; // where the pointer went down, while it is
    node.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      node.setPointerCapture(event.pointerId);
      from = { x: event.clientX, y: event.clientY, moved: false };
    });
    node.addEventListener("pointermove", (event) => {
      if (!from) return;
      const distance = Math.hypot(event.clientX - from.x, event.clientY - from.y);
      from.moved ||= distance > DRAG_START;
      if (from.moved) this.on.move(j, this.view.inside(plot.at(event)));
    });
    const release = () => {
      this.dragged = Boolean(from?.moved);
      from = null;
      if (this.dragged) this.on.drop();
    };
    node.addEventListener("pointerup", release);
    node.addEventListener("pointercancel", release);
    node.addEventListener("click", () => {
      if (!this.dragged) this.on.select({ point: j });
      this.dragged = false;
    });
    node.addEventListener("keydown", (event) => this.key(event, j));
    plot.box.append(node);
    return node;
  }

  key(event, j) {
    const move = ARROWS[event.key];
    if (move) this.nudge(j, move, event.shiftKey ? FINE_SHARE : ARROW_SHARE);
    else if (["Delete", "Backspace"].includes(event.key)) this.removeAt(j);
    else return;
    event.preventDefault();
  }

  nudge(j, [right, up], share) {
    const { view, data } = this;
    const dx = right * share * (view.xlim[1] - view.xlim[0]);
    const dy = up * share * (view.ylim[1] - view.ylim[0]);
    this.on.move(j, view.inside([data.x[j] + dx, data.y[j] + dy]));
    this.on.drop();
  }

  removeAt(j) {
    this.on.remove(j);
    this.nodes[Math.min(j, this.nodes.length - 1)]?.focus();
  }
}
