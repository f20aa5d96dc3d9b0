// The duty desk's monitor: joins the stream, the board, the map, the details and the alarm.

import * as alarm from "./alarm.js";
import { connection, sayFailed, sayGone, sayNotShown } from "./banner.js";
import { Chart } from "./chart.js";
import { setNow, tick } from "./clock.js";
import { Dossier } from "./dossier.js";
import { Refused, get } from "./fetching.js";
import { sendInPlace } from "./forms.js";
import { fit, put } from "./list.js";
import { follow } from "./stream.js";

const part = (name) => document.querySelector(`[data-${name}]`);
const title = document.title;
const MAP_AGAIN = 5000; // milliseconds until boundaries that did not come are asked for again
const state = { alarms: [], asking: 0, open: 0, link: "lost" };
const dossier = new Dossier(part("dossier"), { failed: sayNotShown, gone: leave });
const chart = part("map") && window.L ? new Chart(part("map"), { open: show, place: (at) => dossier.propose(at) }) : null;

// --- what is shown

async function refresh() {
  const board = await (await get("/monitor/board")).json();
  if (String(board.who) !== part("who").dataset.who) throw new Refused(401, ""); // somebody else logged in beside us
  document.querySelector('meta[name="csrf"]').content = board.csrf; // of a log-in that may be a newer one
  setNow(board.now);
  put(part("undo"), board.undo);
  put(part("strip"), board.strip);
  const changes = [put(part("board"), board.board), put(part("unread"), board.unread)];
  if (changes.some(Boolean)) fit(part("board"));
  put(part("closed"), board.closed);
  part("reports")?.replaceChildren(board.reports || "");
  complain(board.trouble);
  notify(board.alarms);
  Object.assign(state, { alarms: board.alarms, asking: board.asking, open: board.open });
  chart?.show(board);
  await dossier.refresh();
  beat();
}

function complain(sentences) {
  const list = part("trouble");
  if (list.dataset.shown === sentences.join("\n")) return;
  list.dataset.shown = sentences.join("\n");
  list.hidden = sentences.length === 0;
  list.replaceChildren(...sentences.map((words) => {
    const item = document.createElement("li");
    item.textContent = words;
    return item;
  }));
}

function showLink(link) {
  const back = link === "live" && state.link !== "live";
  state.link = link;
  connection(link);
  if (back) sendWaiting();
}

function beat() {
  tick();
  const lost = state.link !== "live";
  alarm.sound({ alarms: state.alarms.length, lost, asking: state.asking });
  part("mute").hidden = alarm.isArmed();
  const ringing = state.alarms.length && Math.floor(Date.now() / 1000) % 2;
  document.title = ringing ? `(${state.alarms.length}) ${state.alarms.join(" ")}` : title;
}

// --- details

async function show(code) {
  if (!(await dossier.open(code))) return;
  stream.bring(); // what happened while it was on its way
  const detail = part("detail");
  detail.hidden = false;
  detail.scrollTop = 0;
  detail.focus({ preventScroll: true });
  detail.scrollIntoView(); // on a phone it is below the map
  chart?.look(code);
}

function hide() {
  const back = document.querySelector(`.card [data-open="${dossier.code}"]`);
  part("detail").hidden = true;
  dossier.close();
  back?.focus();
}

function leave(code) {
  if (dossier.code === code) hide();
  sayGone(code);
}

// --- beginning

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-open]");
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  show(link.dataset.open); // never by leaving this page: who leaves it hears no alarm
});
part("close-detail").addEventListener("click", hide);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || part("detail").hidden || document.querySelector("dialog[open]")) return;
  if (event.target.matches("input, select, textarea")) part("detail").focus(); // what is typed is not thrown away
  else hide();
});
part("start-shift").addEventListener("click", async () => {
  await alarm.arm();
  beat();
});

new ResizeObserver(() => fit(part("board"))).observe(document.querySelector(".calls"));

part("test-siren").addEventListener("click", () => alarm.test().then(beat));
part("volume").value = alarm.volume();
part("volume").addEventListener("change", (event) => alarm.volume(event.target.value));

// A monitor behind other windows says it outside of them, too; without names, since anybody may see it.
if ("Notification" in window) part("notify").hidden = Notification.permission !== "default";
part("notify").addEventListener("click", async (event) => {
  event.target.hidden = (await Notification.requestPermission()) !== "default";
});

function notify(codes) {
  const news = codes.filter((code) => !state.alarms.includes(code));
  if (!news.length || !document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
  const words = part("notify").dataset.words.replace("{codes}", news.join(" "));
  new Notification(words, { tag: "siaga", requireInteraction: true }).onclick = () => window.focus();
}

function loadMap() {
  chart?.load().catch(() => setTimeout(loadMap, MAP_AGAIN));
}

loadMap();
const stream = follow({ refresh, show: showLink, isBusy: () => state.open > 0 });
const sendWaiting = sendInPlace({
  isLost: () => state.link !== "live",
  done: () => stream.bring(),
  failed: (error) => {
    sayFailed(error);
    stream.bring();
  },
});
setInterval(beat, 500);
