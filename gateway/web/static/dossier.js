// One incident's details, kept fresh part by part: what somebody is typing or has their focus in is left alone.

import { get } from "./fetching.js";
import { tick } from "./clock.js";

export class Dossier {
  constructor(root) {
    this.root = root;
    this.code = null;
    this.last = new Map();
    root.addEventListener("click", (event) => this.reveal(event));
  }

  async open(code) {
    this.code = code;
    this.last.clear();
    this.put(await this.fetched());
  }

  close() {
    this.code = null;
    this.root.replaceChildren();
  }

  async refresh() {
    const code = this.code;
    if (!code) return;
    const fresh = await this.fetched();
    if (code === this.code) this.patch(fresh);
  }

  async fetched() {
    const page = document.createElement("template");
    page.innerHTML = await (await get(`/incidents/${encodeURIComponent(this.code)}`)).text();
    return page.content;
  }

  put(fresh) {
    for (const [name, part] of this.parts(fresh)) this.last.set(name, part.innerHTML);
    this.root.replaceChildren(fresh);
    tick(this.root);
  }

  patch(fresh) {
    const article = this.root.querySelector(".dossier");
    const shown = new Map(this.parts(this.root));
    article.className = fresh.querySelector(".dossier").className;
    article.dataset.state = fresh.querySelector(".dossier").dataset.state;
    for (const [name, part] of this.parts(fresh)) {
      const old = shown.get(name);
      const html = part.innerHTML;
      if (!old || html === this.last.get(name) || old.contains(document.activeElement)) continue;
      this.last.set(name, html);
      old.replaceWith(part);
    }
    tick(this.root);
  }

  *parts(root) {
    for (const part of root.querySelectorAll("[data-part], .actions")) yield [part.dataset.part || "actions", part];
  }

  async reveal(event) {
    const link = event.target.closest("[data-reveal]");
    if (!link) return;
    event.preventDefault();
    const page = document.createElement("template");
    page.innerHTML = await (await get(link.href)).text();
    link.parentElement.replaceWith(page.content);
  }
}
