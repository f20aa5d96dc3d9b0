// Requests of a page to its own server.

const MARK = { "X-Requested-With": "fetch" };

export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function checked(answer) {
  if (answer.ok) return answer;
  const json = (answer.headers.get("Content-Type") || "").includes("json");
  throw new Refused(answer.status, json ? (await answer.json()).message : "");
}

function within(milliseconds) {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), milliseconds);
  return stop.signal;
}

export async function get(url) {
  return checked(await fetch(url, { headers: MARK, cache: "no-store", signal: within(8000) }));
}

export async function post(url, body) {
  const token = document.querySelector('meta[name="csrf"]').content;
  return checked(await fetch(url, { method: "POST", headers: { ...MARK, "X-CSRFToken": token }, body, signal: within(15000) }));
}
