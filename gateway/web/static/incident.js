// One incident on a page of its own: timers run, and a plain reload shows what is new after an action.

import { tick } from "./clock.js";

tick();
setInterval(tick, 1000);
