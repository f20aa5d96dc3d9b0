// The monitor's lists: put in place without losing the keyboard's place, and as many full cards as there is room for.

export function put(element, html) { // whether it has changed
  if (element.dataset.html === html) return false;
  const back = placeIn(element);
  element.innerHTML = html;
  element.dataset.html = html;
  back();
  return true;
}

// Returns a function that leads the keyboard back to the same link or button, else to its incident.
function placeIn(element) {
  const focused = element.contains(document.activeElement) ? document.activeElement : null;
  const card = focused?.closest("[data-incident]")?.dataset.incident;
  const path = focused?.getAttribute("href") || focused?.closest("form")?.getAttribute("action");
  return () => {
    if (!path) return;
    element.querySelector(`a[href="${path}"], form[action="${path}"] button`)?.focus();
    if (!element.contains(document.activeElement)) element.querySelector(`[data-open="${card}"]`)?.focus();
  };
}

// What nobody has seen stands in full, the worst first, for as long as every incident stays in sight; the first always.
export function fit(board) {
  const unseen = [...board.querySelectorAll(".unseen-card")];
  const back = placeIn(board);
  for (const card of unseen) card.classList.add("brief");
  const room = roomFor(board);
  for (const card of unseen) {
    card.classList.remove("brief");
    if (card === unseen[0] || board.offsetHeight <= room) continue;
    card.classList.add("brief");
    break;
  }
  back();
}

function roomFor(board) { // pixels
  const pane = board.parentElement;
  const heading = pane.querySelector("[data-unread] h2")?.offsetHeight ?? 0;
  const scrolls = getComputedStyle(pane).overflowY === "auto";
  const top = board.getBoundingClientRect().top + (scrolls ? pane.scrollTop - pane.getBoundingClientRect().top : scrollY);
  return (scrolls ? pane.clientHeight : innerHeight) - top - heading;
}
