// Presses that wait a moment before they are done (`data-wait`, seconds): the moment is seen, and can be stopped.

const EACH = 1000;

// Shows `words` with the seconds that are left and a button to stop, then calls `go`. `line` is where.
export function waitFor(seconds, line, words, stop, { go, stopped }) {
  const left = document.createElement("span");
  left.ariaHidden = "true"; // not each second into a screen reader's ear
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.stop = "";
  button.textContent = stop;
  line.replaceChildren(`${words} `, left, " ", button);
  const show = () => { left.textContent = String(seconds); };
  const clock = setInterval(() => {
    seconds -= 1;
    show();
    if (seconds <= 0) end(go);
  }, EACH);
  const end = (then) => {
    clearInterval(clock);
    line.remove();
    then();
  };
  button.addEventListener("click", () => end(stopped));
  show();
}

// A form of a page without forms.js is sent by the browser itself when its moment is over.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-wait]:not([data-action])")) return;
  event.preventDefault();
  if (form.ariaBusy) return;
  form.ariaBusy = "true";
  const line = document.createElement("p");
  line.setAttribute("role", "alert");
  form.append(line);
  waitFor(Number(form.dataset.wait), line, form.dataset.waits, form.dataset.stop, {
    go: () => form.submit(),
    stopped: () => { form.ariaBusy = null; },
  });
});
