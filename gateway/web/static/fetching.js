// Requests of a page to its own server.

const MARK = { "X-Requested-With": "fetch" };

export class Refused extends Error {
  constructor(status, message, why = "") {
    super(message);
    this.why = why; // the key of the sentence
    this.status = status;
  }
}

async function checked(answer) {
  if (answer.ok) return answer;
  const json = (answer.headers.get("Content-Type") || "").includes("json");
  const said = json ? await answer.json() : { message: "" };
  throw new Refused(answer.status, said.message, said.why);
}

function within(milliseconds) {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), milliseconds);
  return stop.signal;
}

export async function get(url) {
  return checked(await fetch(url, { headers: MARK, cache: "no-store", signal: within(8000) }));
}

export async function post(url, body, marks = {}) {
  const token = document.querySelector('meta[name="csrf"]').content;
  return checked(await fetch(url, { method: "POST", headers: { ...MARK, "X-CSRFToken": token, ...marks }, body, signal: within(15000) }));
}
