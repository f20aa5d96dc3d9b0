// The wall: fed by the monitor's stream, with nothing to press.

import { connection } from "./banner.js";
import { setNow, tick } from "./clock.js";
import { Refused, get } from "./fetching.js";
import { put } from "./list.js";
import { follow } from "./stream.js";

const wall = document.querySelector("[data-wall]");

async function refresh() {
  const told = await (await get("/monitor/wall/board")).json();
  if (String(told.who) !== wall.dataset.who) throw new Refused(401, ""); // somebody else logged in beside us
  setNow(told.now);
  put(wall, told.wall);
  tick();
}

follow({ refresh, show: connection, isBusy: () => wall.querySelector("li") !== null, mayRest: true });
setInterval(tick, 500);
