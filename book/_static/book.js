// What the pages of the book do beyond showing: claims filtered, code folded on a narrow screen,
// names for what unfolds, a search that works in a folder. Every page reads without it too.
"use strict";

(() => {
  const NARROW = "(max-width: 600px)"; // as in book.css

  function element(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  }

  // --- The table of claims: rows by verdict, and by place in the article.

  const VERDICTS = [
    ["✓", "holds"],
    ["◐", "holds-if"],
    ["✗", "fails"],
  ];

  // The body of the table whose columns are those of the claims; undefined on any other page.
  function claimsTable() {
    const isTheirs = (table) => {
      const heads = [...table.querySelectorAll("th")].map((head) => head.textContent.trim());
      return heads.slice(1).join() === "claim,place,verdict";
    };
    return [...document.querySelectorAll(".cell_output table")].find(isTheirs);
  }

  const placeOf = (row) => row.cells[2].textContent.match(/§ (I+)/)?.[1] ?? "elsewhere";

  function select(label, options) {
    const choices = options.map(([value, text]) => element("option", { value }, text));
    const list = element("select", {}, element("option", { value: "" }, "all"), ...choices);
    return [list, element("label", {}, `${label} `, list)];
  }

  function filterClaims() {
    const table = claimsTable();
    if (!table) return;
    const rows = [...table.tBodies[0].rows];
    for (const row of rows) {
      const verdict = VERDICTS.find(([mark]) => row.cells[3].textContent.includes(mark));
      row.classList.add("claim", verdict[1]);
      row.dataset.verdict = verdict[0];
      row.dataset.place = placeOf(row);
    }
    const counted = (key, value) => rows.filter((row) => row.dataset[key] === value).length;
    const named = (key, names) =>
      names.map(([value, text]) => [value, `${text} (${counted(key, value)})`]);
    const verdicts = [
      ["✓", "✓ holds"],
      ["◐", "◐ holds if"],
      ["✗", "✗ does not hold"],
    ];
    const places = [
      ["I", "§ I, overview"],
      ["II", "§ II, convex reformulation"],
      ["III", "§ III, the non-convex problem"],
      ["elsewhere", "elsewhere"],
    ];
    const [verdict, verdictLabel] = select("Verdict", named("verdict", verdicts));
    const isThere = ([place]) => counted("place", place) > 0;
    const [place, placeLabel] = select("Place", named("place", places.filter(isThere)));
    const shown = element("span", { role: "status" });
    const form = element("div", { class: "claims-filter" }, verdictLabel, placeLabel, shown);
    const apply = () => {
      const suits = (row) =>
        (!verdict.value || row.dataset.verdict === verdict.value) &&
        (!place.value || row.dataset.place === place.value);
      for (const row of rows) row.hidden = !suits(row);
      shown.textContent = `${rows.filter(suits).length} of ${rows.length} claims shown`;
    };
    form.addEventListener("change", apply);
    table.before(form);
    apply();
  }

  // --- On a narrow screen code is folded: there it would scroll sideways between two sentences.

  function foldCode() {
    if (!matchMedia(NARROW).matches) return;
    for (const input of document.querySelectorAll("div.cell_input")) {
      if (input.closest("details")) continue;
      const words = (state, text) => element("p", { class: `${state} admonition-title` }, text);
      const title = element("summary", {}, words("collapsed", "Code"), words("expanded", "Code"));
      const details = element("details", { class: "admonition hide above-input folded" }, title);
      input.before(details);
      details.append(input);
    }
  }

  // --- Names: the buttons of the theme are all called "Toggle hidden content".

  function nameButtons() {
    for (const button of document.querySelectorAll("button.toggle-button")) {
      const title = button.closest(".admonition-title")?.cloneNode(true);
      title?.querySelector("button")?.remove();
      const words = title?.textContent.trim();
      if (words) button.setAttribute("aria-label", words);
    }
  }

  // --- Formulas are no tab stops, but one that is wider than its place has to be scrolled by keys.

  function reachWideFormulas() {
    for (const formula of document.querySelectorAll('mjx-container[display="true"]')) {
      if (formula.scrollWidth > formula.clientWidth + 1) formula.tabIndex = 0;
      else formula.removeAttribute("tabindex");
    }
  }

  // --- The search: in a folder no page may read another one, so there it quotes how each begins.

  function describeResults() {
    const told = window.pageDescriptions;
    const results = document.getElementById("search-results");
    if (!told || !results) return;
    const describe = () => {
      for (const item of results.querySelectorAll("ul.search > li:not([data-told])")) {
        item.dataset.told = "";
        const name = item
          .querySelector("a")
          .getAttribute("href")
          .replace(/\.html.*$/, "");
        if (told[name]) item.append(element("p", { class: "context" }, told[name]));
      }
    };
    new MutationObserver(describe).observe(results, { childList: true, subtree: true });
    describe();
  }

  const isFolder = location.protocol === "file:";
  if (isFolder) DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

  document.addEventListener("DOMContentLoaded", () => {
    filterClaims();
    foldCode();
    if (isFolder) describeResults();
  });
  window.addEventListener("load", () => {
    nameButtons();
    window.MathJax?.startup?.promise?.then(reachWideFormulas);
    window.addEventListener("resize", reachWideFormulas);
  });
})();
