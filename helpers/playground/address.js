// The setting in the page's address: read, and written where the browser lets it.
//
// Browsers refuse: a sandbox or an inline frame altogether, Safari after 100 changes in 30 seconds.
// The address is a convenience, so a refusal is no fault; changes are spaced so that a slider being
// moved does not come near the limit.

const SPACING = 500; // milliseconds: 60 changes in 30 seconds

let waiting = null; // the text still to be written
let timer = null;

export const readAddress = () => location.hash;

// Call `listen` with the new text when the reader follows a link; what was still to be written is
// out of date then.
export function onAddress(listen) {
  addEventListener("hashchange", () => {
    waiting = null;
    listen(readAddress());
  });
}

// Put text after # in the address, now or within half a second; of several texts the last.
export function writeAddress(text) {
  waiting = text;
  if (timer !== null) return;
  writeNow();
  timer = setTimeout(() => {
    timer = null;
    if (waiting !== null) writeAddress(waiting);
  }, SPACING);
}

// The whole address with text after #, whether or not the browser has taken it.
export function linkTo(text) {
  return `${location.href.replace(/#.*$/, "")}#${text}`;
}

function writeNow() {
  try {
    history.replaceState(history.state, "", `#${waiting}`);
  } catch {
    // refused: the link can still be copied
  }
  waiting = null;
}
