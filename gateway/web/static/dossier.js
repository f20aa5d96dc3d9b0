// One incident's details, kept fresh part by part: what somebody is typing or has opened to type in is left alone.

import { setNow, tick } from "./clock.js";
import { Refused, get } from "./fetching.js";

export class Dossier {
  constructor(root, { failed, gone }) { // `failed(error)`: it could not be shown; `gone(code)`: it is not ours any more
    this.root = root;
    this.failed = failed;
    this.gone = gone;
    this.code = null;
    this.last = new Map();
    root.addEventListener("click", (event) => this.reveal(event));
    root.addEventListener("click", copy);
  }

  adopt() { // the server has drawn it with the page
    this.code = this.root.querySelector(".dossier").dataset.dossierOf;
    setNow(this.root.querySelector(".dossier").dataset.now);
  }

  get shown() {
    return this.root.querySelector(".dossier")?.dataset.dossierOf ?? null;
  }

  async open(code) { // whether it stands there now
    this.code = code;
    try {
      const fresh = await this.fetched();
      if (code === this.code) this.put(fresh);
      return code === this.code;
    } catch (error) {
      if (code === this.code) this.code = this.shown; // what is shown goes on being kept fresh
      this.tell(error, code);
      return false;
    }
  }

  tell(error, code) {
    if (isGone(error)) this.gone(code);
    else this.failed(error);
  }

  close() {
    this.code = null;
    this.root.replaceChildren();
  }

  async refresh() {
    const code = this.code;
    if (!code) return;
    try {
      const fresh = await this.fetched();
      if (code === this.code && code === this.shown) this.patch(fresh); // another's while this one is being opened
    } catch (error) {
      if (!isGone(error)) throw error;
      if (code === this.code && code === this.shown) this.gone(code); // the connection is none the worse for it
    }
  }

  async fetched() {
    const page = document.createElement("template");
    page.innerHTML = await (await get(`/incidents/${encodeURIComponent(this.code)}`)).text();
    setNow(page.content.querySelector(".dossier").dataset.now);
    return page.content;
  }

  put(fresh) {
    this.last.clear();
    for (const [name, part] of this.parts(fresh)) this.last.set(name, part.innerHTML);
    this.root.replaceChildren(fresh);
    tick(this.root);
  }

  patch(fresh) {
    const [article, news] = [this.root, fresh].map((one) => one.querySelector(".dossier"));
    const closes = news.classList.contains("closed") && !article.classList.contains("closed");
    const shown = new Map(this.parts(this.root));
    article.className = news.className;
    article.dataset.state = news.dataset.state;
    article.dataset.newest = news.dataset.newest;
    article.dataset.pin = news.dataset.pin ?? "";
    for (const [name, part] of this.parts(fresh)) {
      const old = shown.get(name);
      const html = part.innerHTML;
      if (!old || html === this.last.get(name) || isTyped(old) || (isOpened(old) && !closes)) continue;
      this.last.set(name, html);
      swap(old, part, article);
    }
    tick(this.root);
  }

  propose({ lat, lng }) { // a place that was clicked on a map: one key moves the incident there
    const form = this.root.querySelector("[data-move-form]");
    if (!form) return;
    form.closest("details").open = true;
    form.elements.lat.value = lat.toFixed(6);
    form.elements.lon.value = lng.toFixed(6);
    form.querySelector("button").focus();
  }

  *parts(root) {
    for (const part of root.querySelectorAll("[data-part], .actions")) yield [part.dataset.part || "actions", part];
  }

  async reveal(event) {
    const link = event.target.closest("[data-reveal]");
    if (!link) return;
    event.preventDefault();
    const page = document.createElement("template");
    try {
      page.innerHTML = await (await get(link.href)).text();
      link.parentElement.replaceWith(page.content);
    } catch (error) {
      this.tell(error, this.code);
    }
  }
}

async function copy(event) {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const copied = await navigator.clipboard?.writeText(button.dataset.copy).then(() => true, () => false); // none without https
  if (!copied) getSelection().selectAllChildren(button); // then Ctrl+C does it
  button.dataset.copied = copied ? "yes" : "selected";
}

function isGone(error) {
  return error instanceof Refused && error.status === 404;
}

function isTyped(part) {
  return part.contains(document.activeElement) && document.activeElement.matches("input, select, textarea");
}

function isOpened(part) {
  return part.querySelector("details[open]:not([data-fold])") !== null;
}

// Whoever works with the keyboard stays where they were, or comes to the beginning where that is gone.
function swap(old, part, article) {
  const name = old.contains(document.activeElement) ? nameOf(document.activeElement) : null;
  for (const fold of old.querySelectorAll("[data-fold]")) {
    const same = part.querySelector(`[data-fold="${fold.dataset.fold}"]`);
    if (same) same.open = fold.open;
  }
  const read = old.querySelector(".timeline")?.scrollTop ?? 0;
  old.replaceWith(part);
  if (read) part.querySelector(".timeline").scrollTop = read;
  if (name === null) return;
  const same = [...part.querySelectorAll("a, button, summary")].find((one) => nameOf(one) === name);
  (same || article).focus({ preventScroll: true });
}

function nameOf(element) {
  const form = element.closest("form");
  return [form?.getAttribute("action"), form?.elements.alert?.value, element.textContent].join("|");
}
