// What a reader takes hold of over a plot: the data points, each a button, and one neuron, the grip.
// Moved by mouse, touch or arrow keys.

import { element, short } from "./dom.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const ARROW_SHARE = 0.02; // of the view, a press of an arrow key
const FINE_SHARE = 0.005; // the same with Shift
const DRAG_START = 3; // pixels: less is a click by an unsteady hand
const OTHERS = { PageUp: -1, PageDown: 1 };

// Calls on.move(event) while the node is dragged and on.drop() after it, on.click(event) where it is
// only clicked. on.grab(event), if there is one, says whether a press takes hold of something.
export function draggable(node, on) {
  let from = null; // where the pointer went down, while it is
  let dragged = false;
  node.addEventListener("pointerdown", (event) => {
    dragged = false;
    if (event.button !== 0 || (on.grab && !on.grab(event))) return;
    node.setPointerCapture(event.pointerId);
    from = { x: event.clientX, y: event.clientY };
  });
  node.addEventListener("pointermove", (event) => {
    if (!from) return;
    dragged ||= Math.hypot(event.clientX - from.x, event.clientY - from.y) > DRAG_START;
    if (dragged) on.move(event);
  });
  const release = () => {
    if (from && dragged) on.drop();
    from = null;
  };
  node.addEventListener("pointerup", release);
  node.addEventListener("pointercancel", release);
  node.addEventListener("click", (event) => {
    if (!dragged) on.click(event);
    dragged = false;
  });
}

// Calls move(right, up) with shares of the view for a press of an arrow key; returns whether it was
// one.
function arrow(event, move) {
  const direction = ARROWS[event.key];
  if (!direction) return false;
  const share = event.shiftKey ? FINE_SHARE : ARROW_SHARE;
  move(direction[0] * share, direction[1] * share);
  return true;
}

// The data points over the data view.
//
// view: the data view, for its scales and limits. on: {move(j, [x, y]), drop(), remove(j),
// select(selection)}.
export class Handles {
  constructor(view, on) {
    this.view = view;
    this.on = on;
    this.nodes = [];
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
    draggable(node, {
      move: (event) => this.on.move(j, this.view.inside(plot.at(event))),
      drop: () => this.on.drop(),
      click: () => this.on.select({ point: j }),
    });
    node.addEventListener("keydown", (event) => this.key(event, j));
    plot.box.append(node);
    return node;
  }

  key(event, j) {
    const isMoved = arrow(event, (right, up) => this.nudge(j, right, up));
    if (!isMoved && ["Delete", "Backspace"].includes(event.key)) this.removeAt(j);
    else if (!isMoved) return;
    event.preventDefault();
  }

  nudge(j, right, up) {
    const { view, data } = this;
    const dx = right * (view.xlim[1] - view.xlim[0]);
    const dy = up * (view.ylim[1] - view.ylim[0]);
    this.on.move(j, view.inside([data.x[j] + dx, data.y[j] + dy]));
    this.on.drop();
  }

  removeAt(j) {
    this.on.remove(j);
    this.nodes[Math.min(j, this.nodes.length - 1)]?.focus();
  }
}

// One neuron to take hold of: the one that is chosen, else the one of the largest output, as a ring
// that is seen where it is chosen or has the focus.
//
// view: {plot, net, order(): neurons as Page Up and Page Down go through them, position(i): pixels,
// neuronAt(i, [x, y] in pixels): {w1, w2, alpha}, nearest([x, y]): the neuron there or -1, words(i)}.
// on: {hold(i, neuron), release(), select(selection)}.
export class Grip {
  constructor(view, on, clickElsewhere) {
    this.view = view;
    this.on = on;
    this.held = false; // whether it is being dragged
    const { box, canvas } = view.plot;
    const title = "Drag this neuron, or use the arrow keys; Page Up and Page Down take another";
    this.node = element("button", { class: "pg-grip", type: "button", title });
    box.append(this.node);
    this.node.addEventListener("focus", () => this.choose(this.neuron));
    this.node.addEventListener("keydown", (event) => this.key(event));
    const shared = { move: (event) => this.move(event), drop: () => this.drop() };
    draggable(this.node, { ...shared, click: () => {} });
    draggable(canvas, {
      ...shared,
      grab: (event) => this.grab(event),
      click: (event) => {
        const neuron = view.nearest(this.at(event));
        if (neuron < 0) return clickElsewhere(event);
        this.choose(neuron);
        this.node.focus({ preventScroll: true });
      },
    });
    canvas.addEventListener("pointermove", (event) => {
      const isThere = event.pointerType === "mouse" && view.nearest(this.at(event)) >= 0;
      canvas.classList.toggle("pg-near", isThere);
    });
  }

  // Where the view draws the neuron, at its edge where that is outside.
  place(selection) {
    const { view, node } = this;
    const { plot } = view;
    const isChosen = selection.neuron !== null;
    this.neuron = isChosen ? selection.neuron : strongest(view.net);
    node.classList.toggle("pg-chosen", isChosen);
    const { left, right, top, bottom } = plot.area;
    const [x, y] = view.position(this.neuron);
    node.style.left = `${Math.min(right, Math.max(left, x))}px`;
    node.style.top = `${Math.min(bottom, Math.max(top, y))}px`;
    const which = `Neuron ${this.neuron + 1} of ${view.net.m}`;
    node.setAttribute("aria-label", `${which}: ${view.words(this.neuron)}`);
  }

  at(event) {
    const box = this.view.plot.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  // A mouse takes a neuron where it is drawn; a finger scrolls the page there, and drags the ring.
  grab(event) {
    const neuron = event.pointerType === "mouse" ? this.view.nearest(this.at(event)) : -1;
    if (neuron >= 0) this.neuron = neuron;
    return neuron >= 0;
  }

  move(event) {
    this.held = true;
    this.on.hold(this.neuron, this.view.neuronAt(this.neuron, this.at(event)));
  }

  drop() {
    this.held = false;
    this.on.release();
  }

  choose(neuron) {
    this.on.select({ neuron });
  }

  key(event) {
    const isMoved = arrow(event, (right, up) => this.nudge(right, up));
    if (!isMoved && event.key in OTHERS) this.step(OTHERS[event.key]);
    else if (!isMoved) return;
    event.preventDefault();
  }

  nudge(right, up) {
    const { left, right: end, top, bottom } = this.view.plot.area;
    const [x, y] = this.view.position(this.neuron);
    const there = [x + right * (end - left), y - up * (bottom - top)];
    this.on.hold(this.neuron, this.view.neuronAt(this.neuron, there));
    this.on.release();
  }

  step(by) {
    const order = this.view.order();
    const count = order.length;
    this.choose(order[(order.indexOf(this.neuron) + by + count) % count]);
  }
}

// The neuron that a view draws nearest to a place in pixels; -1 where none is within reach.
export function neuronNear(view, [x, y], reach) {
  let nearest = -1;
  let least = reach;
  for (let i = 0; i < view.net.m; i++) {
    const [left, top] = view.position(i);
    const distance = Math.hypot(left - x, top - y);
    if (distance < least) {
      nearest = i;
      least = distance;
    }
  }
  return nearest;
}

// The neuron of the largest |alpha| |w|.
function strongest({ m, w1, w2, alpha }) {
  const size = (i) => Math.abs(alpha[i]) * Math.hypot(w1[i], w2[i]);
  let best = 0;
  for (let i = 1; i < m; i++) if (size(i) > size(best)) best = i;
  return best;
}
