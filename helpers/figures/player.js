(async () => {
  const root = document.currentScript.closest(".player");
  const canvas = root.querySelector("canvas"), button = root.querySelector("button");
  const slider = root.querySelector("input"), caption = root.querySelector(".player-caption");
  const scene = JSON.parse(root.querySelector('script[type="application/json"]').textContent);
  const last = scene.captions.length - 1;
  let timer = null;

  // A curve's frames are stored as differences from the frame before, in 8000ths of the height of the plot.
  async function unpack(curve) {
    const bytes = Uint8Array.from(atob(curve.data), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    const steps = new Int16Array(await new Response(stream).arrayBuffer());
    const width = curve.x.length;
    for (let i = width; i < steps.length; i++) steps[i] += steps[i - width];
    curve.at = (frame, k) => steps[(curve.moves ? frame : 0) * width + k] / 8000;
  }

  function draw() {
    const frame = Number(slider.value), ratio = window.devicePixelRatio || 1;
    const w = canvas.clientWidth, h = canvas.clientHeight, left = 34, bottom = 22;
    canvas.width = w * ratio;
    canvas.height = h * ratio;
    const c = canvas.getContext("2d");
    c.scale(ratio, ratio);
    const px = (x) => left + (x - scene.xlim[0]) / (scene.xlim[1] - scene.xlim[0]) * (w - left - 6);
    const py = (y) => (1 - y) * (h - bottom - 6) + 6;
    const unit = (y) => (y - scene.ylim[0]) / (scene.ylim[1] - scene.ylim[0]);
    c.font = "12px sans-serif";
    c.fillStyle = c.strokeStyle = "#7a7a7a";
    c.lineWidth = 1;
    c.strokeRect(left, 6, w - left - 6, h - bottom - 6);
    for (const x of [-0.5, 0, 0.5]) c.fillText(x, px(x) - 8, h - 5);
    for (const y of [0.4, 0.8]) c.fillText(y, 8, py(unit(y)) + 4);
    c.save();
    c.beginPath();
    c.rect(left, 6, w - left - 6, h - bottom - 6);
    c.clip();
    scene.curves.forEach((curve, i) => {
      c.strokeStyle = curve.color;
      c.lineWidth = curve.moves ? 2.2 : 3;
      c.setLineDash(curve.moves ? (i > 1 ? [7, 4] : []) : [2, 3]);
      c.beginPath();
      curve.x.forEach((x, k) => c.lineTo(px(x), py(curve.at(frame, k))));
      c.stroke();
    });
    c.setLineDash([]);
    c.strokeStyle = "#e61d00";
    c.lineWidth = 2;
    for (const [x, y] of scene.points) {
      const X = px(x), Y = py(unit(y));
      c.beginPath();
      c.moveTo(X - 4, Y - 4); c.lineTo(X + 4, Y + 4);
      c.moveTo(X - 4, Y + 4); c.lineTo(X + 4, Y - 4);
      c.stroke();
    }
    c.restore();
    caption.textContent = scene.captions[frame];
    slider.setAttribute("aria-valuetext", scene.captions[frame]);
    canvas.setAttribute("aria-label", scene.label + ". " + scene.captions[frame]);
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    button.textContent = "Play";
  }

  function play() {
    if (Number(slider.value) === last) slider.value = 0;
    button.textContent = "Pause";
    timer = setInterval(() => {
      slider.value = Number(slider.value) + 1;
      draw();
      if (Number(slider.value) === last) stop();
    }, 40);
  }

  await Promise.all(scene.curves.map(unpack));
  button.addEventListener("click", () => (timer ? stop() : play()));
  slider.addEventListener("input", () => { stop(); draw(); });
  new ResizeObserver(draw).observe(canvas);
})();
