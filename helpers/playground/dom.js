// Small tools for the page: elements, numbers in words, colours of the theme, when to draw.

// An element; attributes named on... are listeners, false and null are left out.
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false)
      node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

// --- Numbers in words.

const RAISED = Object.fromEntries([..."-0123456789"].map((sign, k) => [sign, "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"[k]]));

// Three significant digits, or as many as asked for: 0.0312, 1.2·10⁻⁹, 1,240.
export function short(value, digits = 3) {
  if (!Number.isFinite(value)) return "not finite";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-3) return scientific(value, digits);
  if (size >= 1000) return Math.round(value).toLocaleString("en-GB");
  return String(Number(value.toPrecision(digits)));
}

function scientific(value, digits) {
  const [factor, power] = value.toExponential(Math.max(0, digits - 1)).split("e");
  const ten = `10${[...String(Number(power))].map((digit) => RAISED[digit]).join("")}`;
  const shortest = String(Number(factor));
  if (Math.abs(shortest) === 1) return shortest.replace("1", ten);
  return `${shortest}·${ten}`;
}

// As `short`, of a positive number that must not be overstated: what a bound says stays true in
// three digits.
export function shortBelow(value, digits = 3) {
  return short(
    roundedTo(value, digits, (rounded) => rounded <= value, -1),
    digits,
  );
}

// As `short`, of a positive number that must not be understated.
export function shortAbove(value, digits = 3) {
  return short(
    roundedTo(value, digits, (rounded) => rounded >= value, 1),
    digits,
  );
}

// The nearest number that `short` writes without rounding; the next one in the direction given
// where it does not suit.
function roundedTo(value, digits, suits, direction) {
  if (!(value > 0) || !Number.isFinite(value)) return value;
  const isInteger = value >= 1000 && value < 1e6;
  const nearest = isInteger ? Math.round(value) : Number(value.toPrecision(digits));
  if (suits(nearest)) return nearest;
  const unit = isInteger ? 1 : 10 ** (Math.floor(Math.log10(value)) - digits + 1);
  return isInteger ? nearest + direction : Number((nearest + direction * unit).toPrecision(digits));
}

export const grouped = (count) => count.toLocaleString("en-GB");

export const plural = (count, word) => `${grouped(count)} ${word}${count === 1 ? "" : "s"}`;

// --- Colours.

const INKS = ["data", "network", "convex", "green", "light", "ink", "muted", "grid", "ground"];

// The colours of playground.css as they are now, in light or dark, by name; dark says which of the
// two.
export function palette(node) {
  const style = getComputedStyle(node);
  const read = (name) => style.getPropertyValue(`--pg-${name}`).trim();
  const inks = Object.fromEntries(INKS.map((name) => [name, read(name)]));
  return { ...inks, dark: read("dark") === "1" };
}

// A hue per direction (w1, w2): neighbouring cells look alike, opposite cells differ.
export function directionColour([w1, w2], alpha, dark) {
  const hue = (Math.atan2(w2, w1) * 180) / Math.PI + 200;
  const tone = dark ? "60% 62%" : "70% 48%";
  return `hsl(${hue} ${tone} / ${alpha})`;
}

// --- When to draw.

export const calmMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// Redraw when the size or the theme changes; returns a function that asks for one drawing in the
// next frame.
export function redrawn(root, draw) {
  let asked = false;
  const ask = () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      if (root.isConnected && root.clientWidth > 0) draw();
    });
  };
  new ResizeObserver(ask).observe(root);
  const themes = new MutationObserver(ask);
  const attributeFilter = ["data-theme", "data-jp-theme-light", "class"];
  for (const node of [document.documentElement, document.body])
    themes.observe(node, { attributes: true, attributeFilter });
  return ask;
}

// Act once, when a third of the node is in view.
export function whenSeen(node, act) {
  const look = (entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    act();
  };
  const observer = new IntersectionObserver(look, { threshold: 0.3 });
  observer.observe(node);
}
