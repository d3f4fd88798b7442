// Small tools for the page: elements, numbers in words, colours of the theme.

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

// Three significant digits: 0.0312, 1.2e-9, 1,240.
export function short(value, digits = 3) {
  if (!Number.isFinite(value)) return "not finite";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-3)
    return value
      .toExponential(Math.max(0, digits - 1))
      .replace(/\.?0+e/, "e")
      .replace("e+", "e");
  return size >= 1000
    ? Math.round(value).toLocaleString("en-GB")
    : String(Number(value.toPrecision(digits)));
}

export const plural = (count, word) =>
  `${count.toLocaleString("en-GB")} ${word}${count === 1 ? "" : "s"}`;

// The colours of playground.css as they are now, in light or dark.
export function palette(node) {
  const style = getComputedStyle(node);
  const read = (name) => style.getPropertyValue(`--pg-${name}`).trim();
  const names = ["data", "network", "convex", "green", "light", "ink", "muted", "grid", "ground"];
  return {
    ...Object.fromEntries(names.map((name) => [name, read(name)])),
    dark: read("dark") === "1",
  };
}

// A hue per cell of the arrangement, from the direction at its middle: neighbours look alike, opposite cells differ.
export function cellColour({ middle }, alpha, dark) {
  const hue = (Math.atan2(middle[1], middle[0]) * 180) / Math.PI + 200;
  return `hsl(${hue} ${dark ? "60% 62%" : "70% 48%"} / ${alpha})`;
}

export const calmMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// Redraw when the size or the theme changes; returns a function that asks for one drawing in the next frame.
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
  for (const node of [document.documentElement, document.body])
    themes.observe(node, {
      attributes: true,
      attributeFilter: ["data-theme", "data-jp-theme-light", "class"],
    });
  return ask;
}

// Act once, when the node comes into view.
export function whenSeen(node, act) {
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      act();
    },
    { threshold: 0.3 },
  );
  observer.observe(node);
}
