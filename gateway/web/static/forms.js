// Forms with `data-action` are sent without leaving the page: the alarm must not stop because a page loads.

import { Refused, post } from "./fetching.js";

function fold(details) { // done with: what it shows is fetched anew
  if (!details) return;
  details.open = false;
  details.querySelector("summary").focus({ preventScroll: true });
}

export function sendInPlace({ done, failed }) {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-action]")) return;
    event.preventDefault();
    const button = event.submitter;
    if (form.ariaBusy) return;
    form.ariaBusy = "true"; // not the button's `disabled`, which would take the keyboard's place away
    try {
      await post(button?.hasAttribute("formaction") ? button.formAction : form.action, new FormData(form));
      form.reset();
      fold(form.closest("details"));
      done();
    } catch (error) {
      failed(error instanceof Refused ? error : null);
    } finally {
      form.ariaBusy = null;
    }
  });
}
