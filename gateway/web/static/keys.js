// Keys of the monitor: they choose, open, and say "seen" of what is chosen. None accepts, closes, merges or silences
// what nobody has chosen; inside a field, with Ctrl, Alt or Meta, and where they are switched off, they are letters.

const help = document.querySelector("[data-keys-help]");
const on = help.querySelector("[data-keys-on]");
const FIELDS = "input, select, textarea, [contenteditable]";

const links = () => [...document.querySelectorAll("[data-board] .card a.code")];
const chosen = () => document.activeElement?.closest("[data-board] .card");

function step(by) {
  const all = links();
  const at = all.indexOf(chosen()?.querySelector("a.code"));
  all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)]?.focus();
}

function see() { // the first press chooses, if nothing is: a stray key silences nothing
  const card = chosen() ?? document.querySelector("[data-detail]:not([hidden]) .dossier");
  if (!card) return document.querySelector("[data-board] .unseen-card a.code")?.focus();
  card.querySelector('form[action$="/seen"] button')?.click();
}

const KEYS = { s: see, j: () => step(1), k: () => step(-1), "?": () => help.showModal() };

document.addEventListener("keydown", (event) => {
  if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.target.closest(FIELDS) || help.open) return;
  const key = event.key.toLowerCase();
  const act = key >= "1" && key <= "9" ? () => links()[key - 1]?.click() : KEYS[key];
  if (!act || (!on.checked && key !== "?")) return;
  event.preventDefault();
  act();
});

on.checked = localStorage.getItem("keys") !== "off";
on.addEventListener("change", () => localStorage.setItem("keys", on.checked ? "on" : "off"));
document.querySelector("[data-keys]").addEventListener("click", () => help.showModal());
