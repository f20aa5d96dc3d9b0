// Day or night without leaving the page: a monitor that loads anew has lost its alarm.

import { post } from "./fetching.js";

document.querySelector("[data-themes]")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const [form, chosen] = [event.target, event.submitter];
  document.querySelector("[data-dark]").media = chosen.dataset.media;
  for (const one of form.querySelectorAll("button")) one.ariaPressed = String(one === chosen);
  const body = new FormData(form);
  body.set("theme", chosen.value);
  post(form.action, body).catch(() => {}); // not remembered: asked for again another time
});
