// The data points as buttons over the data view: dragged by mouse, touch or arrow keys, removed by Delete.

import { element, short } from "./dom.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class Handles {
  // on: {move(j, [x, y]), drop(), remove(j), select(selection)}
  constructor(view, on) {
    Object.assign(this, { view, on, nodes: [], dragged: false });
  }

  place({ data }, selection) {
    this.data = data;
    while (this.nodes.length > data.n) this.nodes.pop().remove();
    while (this.nodes.length < data.n) this.nodes.push(this.create(this.nodes.length));
    this.nodes.forEach((node, j) => {
      node.style.left = `${this.view.plot.px(data.a[j])}px`;
      node.style.top = `${this.view.plot.py(data.y[j])}px`;
      const active = !selection.active || selection.active[j];
      node.classList.toggle("pg-inactive", !active);
      node.classList.toggle("pg-chosen", selection.point === j);
      const state = selection.active ? (active ? ", activated" : ", not activated") : "";
      node.setAttribute(
        "aria-label",
        `Point ${j + 1} of ${data.n}: x ${short(data.a[j])}, y ${short(data.y[j])}${state}`,
      );
    });
  }

  create(j) {
    const { plot } = this.view;
    const title = "Drag, or use the arrow keys; Delete removes it";
    const node = element("button", { class: "pg-point", type: "button", title });
    let from = null;
    node.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      node.setPointerCapture(event.pointerId);
      from = { x: event.clientX, y: event.clientY, moved: false };
    });
    node.addEventListener("pointermove", (event) => {
      if (!from) return;
      from.moved ||= Math.hypot(event.clientX - from.x, event.clientY - from.y) > 3;
      if (from.moved) this.on.move(j, this.view.inside(plot.at(event)));
    });
    const release = () => {
      if (from?.moved) this.on.drop();
      this.dragged = from?.moved;
      from = null;
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
    const { view, data } = this;
    const move = ARROWS[event.key];
    const share = event.shiftKey ? 0.005 : 0.02;
    if (move) {
      const [dx, dy] = [view.xlim, view.ylim].map(
        ([low, high], k) => move[k] * share * (high - low),
      );
      this.on.move(j, view.inside([data.a[j] + dx, data.y[j] + dy]));
      this.on.drop();
    } else if (["Delete", "Backspace"].includes(event.key)) {
      this.on.remove(j);
      this.nodes[Math.min(j, this.nodes.length - 1)]?.focus();
    } else return;
    event.preventDefault();
  }
}
