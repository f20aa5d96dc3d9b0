// Hearing of changes at once. The server sends a beat each second; after three seconds without one, or with a board
// that could not be fetched for as long, the connection counts as lost. A server that has no room for another listener
// answers 503, and then we ask every two seconds: nobody sees the difference.
//
// A browser keeps six connections to one host, and each stream is one. A page that `mayRest` (any but the monitor) gives
// its own back while nobody looks at it, or seven incidents left open in tabs would silence the monitor beside them.
//
// Nothing is missed: whatever was said while we were away, each (re)connection fetches the whole board.

import { Refused } from "./fetching.js";

const SILENCE = 3000;
const ASK_EACH = 2000;
const QUIET_REFRESH = 30000; // what makes no line in a timeline (a receipt) is seen by asking now and then
const BUSY_REFRESH = 5000;

export function follow({ refresh, show, isBusy, mayRest = false }) {
  let heardAt = -Infinity;
  let owedSince = null; // a change that the board does not show yet
  let refreshedAt = -Infinity;
  let fetching = false;
  let expired = false;
  let source = null;
  let asking = false;
  let resting = false;

  async function bring() {
    owedSince ??= performance.now();
    if (fetching || expired) return;
    fetching = true;
    try {
      const asked = performance.now();
      await refresh();
      refreshedAt = performance.now();
      if (owedSince <= asked) owedSince = null;
      if (asking) heardAt = refreshedAt;
    } catch (error) {
      expired = error instanceof Refused && error.status === 401;
    } finally {
      fetching = false;
    }
  }

  function heard() {
    heardAt = performance.now();
  }

  function connect() {
    source = new EventSource("/live");
    source.addEventListener("hello", () => {
      asking = false;
      heard();
      bring();
    });
    source.addEventListener("beat", heard);
    source.addEventListener("change", () => {
      heard();
      owedSince = performance.now();
      bring();
    });
    source.addEventListener("error", () => {
      asking = source.readyState === EventSource.CLOSED; // refused; while connecting the browser tries by itself
    });
  }

  function restOrWake() {
    resting = mayRest && document.visibilityState === "hidden";
    source?.close();
    if (resting) return;
    heard(); // its silence counts from now
    connect();
  }

  function look() {
    if (resting) return;
    const now = performance.now();
    if (!expired && source.readyState === EventSource.CLOSED && now - refreshedAt > ASK_EACH) {
      bring();
      connect();
    }
    if (owedSince !== null || now - refreshedAt > (isBusy() ? BUSY_REFRESH : QUIET_REFRESH)) bring();
    const late = now - heardAt > SILENCE || (owedSince !== null && now - owedSince > SILENCE);
    show(expired ? "expired" : late ? "lost" : "live");
  }

  restOrWake();
  if (mayRest) document.addEventListener("visibilitychange", restOrWake);
  setInterval(look, 250);
  return { bring };
}
