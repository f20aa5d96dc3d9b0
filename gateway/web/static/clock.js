// Running timers, on the server's clock: an old PC's own may be minutes off.

let ahead = 0;

export function setNow(iso) {
  ahead = Date.parse(iso) - Date.now();
}

function now() {
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
  for (const one of root.querySelectorAll("[data-since]")) write(one, span(now() - Date.parse(one.dataset.since)));
  for (const one of root.querySelectorAll("[data-until]")) write(one, span(Date.parse(one.dataset.until) - now()));
  for (const one of root.querySelectorAll("[data-clock]")) {
    const zone = { timeZone: one.dataset.zone, timeZoneName: "short" };
    write(one, new Date(now()).toLocaleTimeString("id-ID", { hour: "2-digit", minute: "2-digit", ...zone }));
  }
}
