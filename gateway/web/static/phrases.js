// While somebody types, the server says how long it is and what is wrong; nothing is counted here.

import { post } from "./fetching.js";

const PAUSE = 200; // milliseconds without a key
const form = document.querySelector("[data-measure]");
const shown = document.getElementById("measured");
const preview = form.querySelector("[data-preview]");
let waiting = 0;
let asked = 0;

async function measure() {
  const turn = ++asked;
  try {
    const told = await (await post(form.dataset.measure, new FormData(form))).json();
    if (turn === asked) shown.innerHTML = told.html;
    preview.hidden = true;
  } catch {
    preview.hidden = false; // the way without a script, which also leads to the log-in
  }
}

form.elements.text.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(measure, PAUSE);
});
preview.hidden = true;
