// Plays a session: a record frame a picture, training where the record ends, once and then it
// stops.
//
// show: {draw(): draws a frame; settle(): called when playing starts and stops, and after a jump}.

import { calmMotion } from "./dom.js";

const TRAINING = 12; // milliseconds of a picture's 16 that go into training
const PAUSE = 300; // milliseconds without a change before the run starts again
const STRETCH = 30; // milliseconds of training without drawing before the page may react

export class Runner {
  constructor(session, show) {
    this.session = session;
    this.show = show;
    this.playing = false;
    this.current = null; // the run going on, an object of its own: an old one sees that it is over
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
      if (this.atEnd) session.train(TRAINING);
      else session.shown++;
      this.show.draw();
      if (session.finished && this.atEnd) this.pause();
      else requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  playSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.play(), PAUSE);
  }

  // To step `last` without drawing on the way.
  run(last) {
    const { session } = this;
    const run = (this.current = {});
    const isDone = () => session.trainer.step >= last || session.diverged;
    const tick = () => {
      if (this.current !== run) return;
      const began = performance.now();
      while (!isDone() && performance.now() - began < STRETCH) session.train(STRETCH, last);
      if (isDone()) this.show.settle();
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

  // To the recorded frame nearest to a step.
  seekStep(step) {
    const { frames } = this.session;
    const away = (k) => Math.abs(frames[k].step - step);
    let nearest = 0;
    for (let k = 1; k < frames.length; k++) if (away(k) < away(nearest)) nearest = k;
    this.seek(nearest);
  }
}
