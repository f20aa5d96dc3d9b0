// What must not be overlooked on a live page: whether it is connected, and what could not be done.

import { lastTold, stop } from "./clock.js";
import { Refused } from "./fetching.js";

const banner = document.querySelector("[data-connection]");
const again = document.querySelector("[data-again]");
const said = document.querySelector("[data-said]");
let clearing = 0;

export function connection(link) {
  if (banner.dataset.shown === link) return;
  banner.dataset.shown = link;
  banner.dataset.connection = link === "live" ? "live" : "lost";
  banner.textContent = banner.dataset[link];
  if (link !== "live") banner.textContent += ` · ${banner.dataset.updated.replace("{at}", lastTold(banner.dataset.zone))}`;
  document.body.dataset.link = banner.dataset.connection; // what is stale looks so
  stop(link !== "live");
  banner.hidden = false;
  again.hidden = link !== "expired";
}

export function say(words) {
  clearTimeout(clearing);
  said.textContent = words;
  said.hidden = !words;
  if (words) clearing = setTimeout(() => say(""), 8000);
}

// An action that failed: the server's own sentence, else whether nobody heard it or it was refused without one.
export function sayFailed(error) {
  say(error ? error.message || said.dataset.notDone : banner.dataset.lost);
}

export function sayNotShown(error) {
  say(error instanceof Refused ? said.dataset.notShown : banner.dataset.lost);
}

export function sayGone(code) {
  say(said.dataset.gone.replace("{code}", code));
}
