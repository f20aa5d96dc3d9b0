// Running timers, on the server's clock: an old PC's own may be minutes off.

let ahead = 0;
let told = null; // when the server last said what time it is
let stopped = false;

export function setNow(iso) {
  told = new Date(iso);
  ahead = told - Date.now();
}

export function stop(yes) { // what is not known to be true any more does not count on
  stopped = yes;
}

export function lastTold(zone) {
  return told?.toLocaleTimeString("en-GB", { timeZone: zone }) ?? "–"; // 14:32:05, as the server writes times
}

export function now() {
  return Date.now() + ahead;
}

export function span(milliseconds) {
  const total = Math.max(0, Math.floor(milliseconds / 1000));
  const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  const two = (n) => String(n).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${two(minutes)}:${two(seconds)}`;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function tick(root = document) {
  for (const one of stopped ? [] : root.querySelectorAll("[data-since]")) write(one, span(now() - Date.parse(one.dataset.since)));
  for (const one of stopped ? [] : root.querySelectorAll("[data-until]")) write(one, span(Date.parse(one.dataset.until) - now()));
  for (const one of root.querySelectorAll("[data-clock]")) {
    const zone = { timeZone: one.dataset.zone, timeZoneName: "short" };
    const called = new Intl.DateTimeFormat("id-ID", zone).formatToParts(now()).at(-1).value; // only Indonesian knows WIB
    const time = new Date(now()).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone.timeZone });
    write(one, `${time} ${called}`);
  }
}
