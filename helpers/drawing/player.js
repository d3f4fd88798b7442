(async () => {
  const root = document.currentScript.closest(".player");
  const [image, canvas, bar, slider, caption] = [
    "img",
    "canvas",
    ".player-bar",
    "input",
    ".player-caption",
  ].map((s) => root.querySelector(s));
  const [button, back, on] = bar.querySelectorAll("button");
  const scene = JSON.parse(root.querySelector('script[type="application/json"]').textContent);
  const last = scene.captions.length - 1,
    STEPS = 8000,
    PACE = 40; // milliseconds a frame
  const speed = bar.querySelector("select");
  let timer = null;

  async function unpack(text) {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Response(stream).arrayBuffer();
  }

  // A track holds its frames as differences from the frame before, in 8000ths of the plot;
  // at(frame, k) is in [0, 1].
  async function track({ width, data }) {
    const steps = new Int16Array(await unpack(data));
    for (let i = width; i < steps.length; i++) steps[i] += steps[i - width];
    const still = steps.length === width;
    return { width, at: (frame, k) => steps[(still ? 0 : frame * width) + k] / STEPS };
  }

  async function load() {
    for (const curve of scene.curves) curve.y = await track(curve.y);
    for (const marks of scene.triangles) {
      marks.x = await track(marks.x);
      marks.y = await track(marks.y);
      const bits = new Uint8Array(await unpack(marks.right)),
        row = Math.ceil(marks.x.width / 8);
      marks.right = (frame, k) => (bits[frame * row + (k >> 3)] >> (k & 7)) & 1;
    }
  }

  function draw() {
    const frame = Number(slider.value),
      ratio = window.devicePixelRatio || 1;
    const w = canvas.clientWidth,
      h = canvas.clientHeight,
      left = 64,
      right = 8,
      top = 8,
      bottom = 46;
    if (!w) return;
    canvas.width = w * ratio;
    canvas.height = h * ratio;
    const c = canvas.getContext("2d");
    c.scale(ratio, ratio);
    const unitX = (x) => (x - scene.xlim[0]) / (scene.xlim[1] - scene.xlim[0]);
    const unitY = (y) => (y - scene.ylim[0]) / (scene.ylim[1] - scene.ylim[0]);
    const px = (s) => left + s * (w - left - right),
      py = (s) => h - bottom - s * (h - top - bottom);
    axes(c, w, h, px, py, unitX, unitY);
    c.save();
    c.beginPath();
    c.rect(left, top, w - left - right, h - top - bottom);
    c.clip();
    for (const marks of scene.triangles) triangles(c, frame, marks, px, py);
    for (const { x, y, color, dash } of scene.curves) {
      c.strokeStyle = color;
      c.lineWidth = 2.2;
      c.setLineDash(dash.map((length) => 2 * length));
      c.beginPath();
      x.forEach((value, k) => c.lineTo(px(unitX(value)), py(y.at(frame, k))));
      c.stroke();
    }
    c.setLineDash([]);
    c.strokeStyle = scene.data;
    c.lineWidth = 2.2;
    for (const [x, y] of scene.points) cross(c, px(unitX(x)), py(unitY(y)));
    c.restore();
    caption.textContent = scene.captions[frame];
    slider.setAttribute("aria-valuetext", scene.captions[frame]);
    canvas.setAttribute("aria-label", scene.label + ". " + scene.captions[frame]);
  }

  function axes(c, w, h, px, py, unitX, unitY) {
    c.font = Math.max(12, Math.min(15, w / 42)) + "px sans-serif";
    c.fillStyle = c.strokeStyle = scene.ink;
    c.lineWidth = 1;
    c.strokeRect(px(0), py(1), px(1) - px(0), py(0) - py(1));
    c.textAlign = "center";
    for (const x of scene.ticks[0]) c.fillText(x, px(unitX(x)), h - 28);
    c.fillText(scene.names[0], px(0.5), h - 8);
    c.textAlign = "right";
    for (const y of scene.ticks[1]) c.fillText(y, px(0) - 4, py(unitY(y)) + 4);
    c.save();
    c.translate(14, py(0.5));
    c.rotate(-Math.PI / 2);
    c.textAlign = "center";
    c.fillText(scene.names[1], 0, 0);
    c.restore();
  }

  function triangles(c, frame, { x, y, right, color }, px, py) {
    c.fillStyle = color;
    const size = x.width > 50 ? 4 : 5;
    c.globalAlpha = 0.9;
    c.beginPath();
    for (let k = 0; k < x.width; k++) {
      const s = x.at(frame, k);
      if (s < -0.02 || s > 1.02) continue;
      const X = px(s),
        Y = py(y.at(frame, k)),
        r = right(frame, k) ? size : -size;
      c.moveTo(X + r, Y);
      c.lineTo(X - r, Y - r);
      c.lineTo(X - r, Y + r);
      c.closePath();
    }
    c.fill();
    c.globalAlpha = 1;
  }

  function cross(c, X, Y) {
    c.beginPath();
    c.moveTo(X - 5, Y - 5);
    c.lineTo(X + 5, Y + 5);
    c.moveTo(X - 5, Y + 5);
    c.lineTo(X + 5, Y - 5);
    c.stroke();
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    button.textContent = "Play";
  }

  function show(frame) {
    slider.value = frame;
    draw();
    if (Number(slider.value) === last) stop();
  }

  function play() {
    if (Number(slider.value) === last) show(0);
    button.textContent = "Pause";
    timer = setInterval(() => show(Number(slider.value) + 1), PACE / Number(speed.value));
  }

  await load();
  image.hidden = true;
  canvas.hidden = bar.hidden = false;
  button.addEventListener("click", () => (timer ? stop() : play()));
  back.addEventListener("click", () => {
    stop();
    show(Number(slider.value) - 1);
  });
  on.addEventListener("click", () => {
    stop();
    show(Number(slider.value) + 1);
  });
  slider.addEventListener("input", () => {
    stop();
    draw();
  });
  speed.addEventListener("change", () => {
    if (!timer) return;
    stop();
    play();
  });
  new ResizeObserver(draw).observe(canvas);
})();
