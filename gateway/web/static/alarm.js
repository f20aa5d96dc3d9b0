// The alarm: made here, so that no file and no network is needed to be heard. Browsers let a page sound only after a
// click, which is what MULAI PIKET is for.

const SIREN = { each: 2200, notes: [[880, 0, 0.35], [1245, 0.35, 0.35], [880, 0.7, 0.35], [1245, 1.05, 0.35]], gain: 0.9 };
const LOST = { each: 4000, notes: [[330, 0, 0.5], [247, 0.55, 0.7]], gain: 0.7 };
const CHIME = { each: 12000, notes: [[660, 0, 0.2], [880, 0.25, 0.3]], gain: 0.4 };

const LEAST = 0.2; // an alarm can be made softer, never silent
const STUCK = 3000; // a sound card that was pulled out leaves a clock that stands

let context = null;
let beaten = { sound: -1, at: -Infinity }; // the sound's clock, and when it last moved
let playedAt = -Infinity;
let playing = null;
let loudness = remembered();

function remembered() {
  return Math.max(LEAST, Math.min(1, Number(localStorage.getItem("loudness") ?? 1) || 1));
}

export function volume(share) { // 0.2 to 1; without one it only tells
  if (share !== undefined) {
    localStorage.setItem("loudness", share);
    loudness = remembered();
  }
  return loudness;
}

export async function test() { // the siren, once, as it will be heard
  await arm(true);
  play(SIREN);
}

export async function arm(quietly = false) {
  if (context && !isArmed()) {
    context.close().catch(() => {}); // what stopped in the middle of a shift is begun anew
    context = null;
  }
  context ??= begin();
  await context.resume();
  beaten = { sound: -1, at: -Infinity };
  stayAwake();
  if (!quietly) play({ ...CHIME, each: 0 });
}

function begin() {
  const fresh = new AudioContext();
  fresh.addEventListener("statechange", () => {
    if (fresh === context && fresh.state !== "running") fresh.resume().catch(() => {}); // else the page says that it is mute
  });
  return fresh;
}

function stayAwake() {
  navigator.wakeLock?.request("screen").catch(() => {}); // the screen may sleep all the same: then it wakes with a click
}

document.addEventListener("visibilitychange", () => { // a hidden page has lost its lock
  if (context && document.visibilityState === "visible") stayAwake();
});

export function isArmed() {
  if (context === null || context.state !== "running") return false;
  const now = performance.now();
  if (context.currentTime !== beaten.sound) beaten = { sound: context.currentTime, at: now };
  return now - beaten.at < STUCK;
}

// The loudest thing there is to say wins.
export function sound({ alarms, lost, asking }) {
  const pattern = alarms ? SIREN : lost ? LOST : asking ? CHIME : null;
  if (pattern !== playing) playedAt = -Infinity;
  playing = pattern;
  document.body.dataset.alarm = alarms ? "ringing" : "silent";
  document.body.dataset.sound = isArmed() ? "on" : "off";
  if (pattern && isArmed() && performance.now() - playedAt >= pattern.each) play(pattern);
}

function play({ notes, gain }) {
  playedAt = performance.now();
  for (const [hertz, after, seconds] of notes) {
    const tone = context.createOscillator();
    const swell = context.createGain();
    const start = context.currentTime + after;
    tone.type = "square"; // full of overtones: heard through a closed door
    tone.frequency.value = hertz;
    const loud = gain * loudness;
    swell.gain.setValueAtTime(0, start);
    swell.gain.linearRampToValueAtTime(loud, start + 0.02);
    swell.gain.setValueAtTime(loud, start + seconds - 0.03);
    swell.gain.linearRampToValueAtTime(0, start + seconds);
    tone.connect(swell).connect(context.destination);
    tone.start(start);
    tone.stop(start + seconds);
  }
}
