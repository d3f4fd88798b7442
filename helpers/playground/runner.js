// Plays a session: a record frame a picture, training where the record ends, once and then it stops.

import { calmMotion } from "./dom.js";

export class Runner {
  // show.draw() draws a frame; show.settle() is called when playing starts and stops, and after a jump.
  constructor(session, show) {
    Object.assign(this, { session, show, playing: false, current: null });
  }

  get atEnd() {
    return this.session.shown === this.session.frames.length - 1;
  }

  play() {
    clearTimeout(this.timer);
    const { session } = this;
    if (calmMotion()) return this.run(session.state.steps);
    if (session.finished && this.atEnd) session.shown = 0;
    this.playing = true;
    this.show.settle();
    const run = (this.current = {});
    const tick = () => {
      if (this.current !== run) return;
      if (this.atEnd) session.train(12);
      else session.shown++;
      this.show.draw();
      if (session.finished && this.atEnd) this.pause();
      else requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  playSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.play(), 300);
  }

  // To step `last` without drawing on the way.
  run(last) {
    const { session } = this;
    const run = (this.current = {});
    const tick = () => {
      if (this.current !== run) return;
      const began = performance.now();
      const done = () => session.trainer.step >= last || session.diverged;
      while (!done() && performance.now() - began < 30) session.train(30, last);
      if (done()) this.show.settle();
      else setTimeout(tick);
    };
    session.shown = session.frames.length - 1;
    tick();
  }

  // Stop whatever goes on, or is about to.
  pause() {
    clearTimeout(this.timer);
    this.current = null;
    if (!this.playing) return;
    this.playing = false;
    this.show.settle();
  }

  stepOnce() {
    this.pause();
    const { session } = this;
    if (!this.atEnd) session.shown++;
    else if (!session.diverged) session.train(Infinity, session.trainer.step + 1);
    this.show.settle();
  }

  seek(frame) {
    this.pause();
    this.session.shown = frame;
    this.show.settle();
  }

  seekStep(step) {
    const { frames } = this.session;
    const away = (f) => Math.abs(f.step - step);
    this.seek(frames.reduce((best, f, k) => (away(f) < away(frames[best]) ? k : best), 0));
  }
}
