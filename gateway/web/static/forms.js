// Forms with `data-action` are sent without leaving the page: the alarm must not stop because a page loads.
//
// What is pressed while the connection is away says at once that it has not arrived. It is sent when the connection is
// back; the server takes it only if it is still meant (gateway.core.pressed), else whoever pressed is asked again.

import { now } from "./clock.js";
import { Refused, post } from "./fetching.js";
import { waitFor } from "./wait.js";

const SLOW = 2000; // milliseconds until an answer is missed
const ASK_AGAIN = ["late", "changed"];
const box = document.querySelector("[data-unsent]");

function fold(details) { // done with: what it shows is fetched anew
  if (!details) return;
  details.open = false;
  details.querySelector("summary").focus({ preventScroll: true });
}

function pressed(form, button) {
  const incident = form.closest("[data-newest]");
  return {
    form,
    url: button?.hasAttribute("formaction") ? button.formAction : form.action,
    body: new FormData(form),
    words: [incident?.dataset.incident ?? incident?.dataset.dossierOf, button?.textContent.trim()].filter(Boolean).join(" "),
    at: new Date(now()).toISOString(),
    known: incident?.dataset.newest ?? "",
  };
}

function end(press) {
  press.form.ariaBusy = null;
  press.note?.remove();
}

// One line on what has not arrived; with `again` it has a button to send it now, and one to let it be.
function note(press, why, again) {
  press.note?.remove();
  press.note = document.createElement("p");
  press.note.append(`${press.words}: ${why} `);
  if (again) press.note.append(choice("resend", again), choice("never", () => end(press)));
  box.append(press.note);
}

function choice(name, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = box.dataset[name];
  button.addEventListener("click", act);
  return button;
}

export function sendInPlace({ done, failed, isLost }) { // returns a function to call when the connection is back
  const waiting = new Set();

  function keep(press) {
    waiting.add(press);
    note(press, box.dataset.unsent);
  }

  async function send(press) {
    if (isLost()) return keep(press);
    waiting.delete(press);
    const slow = setTimeout(() => note(press, box.dataset.unsent), SLOW);
    try {
      await post(press.url, press.body, { "X-Pressed": press.at, "X-Known": press.known });
      end(press);
      press.form.reset();
      fold(press.form.closest("details"));
      done(press);
    } catch (error) {
      if (ASK_AGAIN.includes(error.why)) note(press, error.message, () => sendNow(press));
      else if (!(error instanceof Refused)) keep(press);
      else {
        end(press);
        failed(error);
      }
    } finally {
      clearTimeout(slow);
    }
  }

  function sendNow(press) { // asked again, and meant
    press.at = new Date(now()).toISOString();
    send(press);
  }

  function wait(press) {
    const line = document.createElement("p");
    box.append(line);
    waitFor(Number(press.form.dataset.wait), line, `${press.words}: ${box.dataset.waits}`, box.dataset.stop, {
      go: () => sendNow(press),
      stopped: () => end(press),
    });
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-action]")) return;
    event.preventDefault();
    if (form.ariaBusy) return;
    form.ariaBusy = "true"; // not the button's `disabled`, which would take the keyboard's place away
    const press = pressed(form, event.submitter);
    if (form.dataset.wait) wait(press);
    else send(press);
  });
  return () => waiting.forEach(send);
}
