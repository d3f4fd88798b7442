(() => {
  const root = document.currentScript.closest(".explore");
  const [image, bar, caption] = ["img", ".explore-bar", ".explore-caption"].map((s) =>
    root.querySelector(s),
  );
  const frames = JSON.parse(root.querySelector('script[type="application/json"]').textContent);
  const sliders = [...bar.querySelectorAll("input")];

  function show() {
    let index = 0;
    for (const slider of sliders) {
      const text = JSON.parse(slider.dataset.texts)[slider.value];
      index = index * (Number(slider.max) + 1) + Number(slider.value);
      slider.nextElementSibling.textContent = text;
      slider.setAttribute("aria-valuetext", text);
    }
    const [picture, alt] = frames[index];
    image.src = "data:image/webp;base64," + picture;
    image.alt = caption.textContent = alt;
  }

  for (const slider of sliders) slider.addEventListener("input", show);
  bar.hidden = false;
})();
