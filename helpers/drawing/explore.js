(() => {
  const root = document.currentScript.closest(".explore");
  const [image, bar, caption] = ["img", ".explore-bar", ".explore-caption"].map((s) =>
    root.querySelector(s),
  );
  const scene = JSON.parse(root.querySelector('script[type="application/json"]').textContent);
  const choices = [...bar.querySelectorAll("[data-texts]")];

  // The place of a choice among its values: of a slider, or of the radio button that is checked.
  function place(choice) {
    return Number((choice.querySelector(":checked") || choice.querySelector("input")).value);
  }

  function show() {
    let index = 0;
    for (const choice of choices) {
      const texts = JSON.parse(choice.dataset.texts);
      const chosen = place(choice);
      index = index * texts.length + chosen;
      const slider = choice.querySelector("input[type=range]");
      if (slider) {
        choice.querySelector("output").textContent = texts[chosen];
        slider.setAttribute("aria-valuetext", texts[chosen]);
      }
    }
    const [picture, said] = scene.frames[index];
    image.src = "data:image/webp;base64," + picture;
    image.alt = [scene.shows, said].filter(Boolean).join(" ");
    caption.textContent = said;
  }

  bar.addEventListener("input", show);
  bar.addEventListener("submit", (event) => event.preventDefault());
  bar.hidden = false;
})();
