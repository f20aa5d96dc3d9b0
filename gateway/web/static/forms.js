// Forms with `data-action` are sent without leaving the page: the alarm must not stop because a page loads.

import { Refused, post } from "./fetching.js";

export function sendInPlace({ done, failed }) {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-action]")) return;
    event.preventDefault();
    const button = event.submitter;
    if (button) button.disabled = true;
    try {
      await post(button?.hasAttribute("formaction") ? button.formAction : form.action, new FormData(form));
      form.reset();
      done();
    } catch (error) {
      failed(error instanceof Refused ? error : null);
    } finally {
      if (button) button.disabled = false;
    }
  });
}
