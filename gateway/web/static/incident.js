// One incident on a page of its own: it follows the same stream as the monitor, without an alarm.

import { Chart } from "./chart.js";
import { connection, sayFailed, sayGone, sayNotShown } from "./banner.js";
import { tick } from "./clock.js";
import { Dossier } from "./dossier.js";
import { sendInPlace } from "./forms.js";
import { follow } from "./stream.js";

const root = document.querySelector("[data-dossier]");
const dossier = new Dossier(root, { failed: sayNotShown, gone: sayGone });
const map = document.querySelector("[data-map]");
const chart = map && window.L ? new Chart(map, { open() {}, place: (at) => dossier.propose(at) }) : null;
dossier.adopt();

function showPlace() {
  const { pin } = root.querySelector(".dossier").dataset;
  chart?.show({ incidents: pin ? [JSON.parse(pin)] : [], officers: [], volunteers: [] });
}


let link = "live";
const stream = follow({
  refresh: () => dossier.refresh().then(showPlace),
  show: (now) => {
    const back = now === "live" && link !== "live";
    link = now;
    connection(now);
    if (back) sendWaiting();
  },
  isBusy: () => !root.querySelector(".dossier.closed"),
  mayRest: true,
});
const sendWaiting = sendInPlace({
  isLost: () => link !== "live",
  done: () => stream.bring(),
  failed: (error) => {
    sayFailed(error);
    stream.bring();
  },
});
for (const button of root.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
chart?.load().catch(() => {}).finally(() => {
  showPlace();
  chart.look(dossier.code);
});
tick();
setInterval(tick, 1000);
