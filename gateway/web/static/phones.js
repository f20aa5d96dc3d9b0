// Simulated handsets: looks at every phone on the page twice a second, and sends what is pressed.

import { Refused, get, post } from "./fetching.js";
import { Voice } from "./voice.js";

const BEAT = 500; // milliseconds
const phones = [...document.querySelectorAll("[data-phone]")];
const words = document.querySelector("[data-phones]").dataset;
const part = (name) => document.querySelector(`[data-${name}]`);
const address = `/phones/state?${new URLSearchParams(phones.map((one) => ["n", one.dataset.phone]))}`;
const voice = new Voice(part("speech"), part("speak"));

// --- what a screen shows

function line(tag, text, className = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  element.className = className;
  return element;
}

function callLines(call) {
  const asks = call.asks ? [line("p", words.asks, "hint")] : [];
  return [line("p", call.title, "title"), ...call.said.map((text) => line("p", text)), ...asks];
}

function menuLines(menu) {
  return [line("p", menu.screen || words.waits, "menu")];
}

function textLines(text) {
  const time = new Date(text.at).toLocaleTimeString(document.documentElement.lang, { timeStyle: "short" });
  return [line("p", `${text.heading} · ${time}`, "heading"), line("p", text.body)];
}

function foreground({ call, last, menu, texts }) {
  if (call) return callLines(call);
  if (menu?.open) return menuLines(menu);
  const past = [[last, callLines], [menu, menuLines], [texts.at(-1), () => []]].filter(([what]) => what);
  const [newest, lines] = past.sort(([a], [b]) => (a.at < b.at ? 1 : -1))[0] || [];
  return newest ? lines(newest) : [];
}

function draw(phone, state) {
  if (phone.dataset.shown === JSON.stringify(state)) return;
  const off = state.quirk === "fine" ? [] : [line("p", phone.querySelector(`option[value="${state.quirk}"]`).label, "title")];
  const all = [...off, ...foreground(state), ...state.texts.toReversed().flatMap(textLines)];
  const screen = phone.querySelector("[data-screen]");
  screen.replaceChildren(...(all.length ? all : [line("p", words.idle, "hint")]));
  screen.scrollTop = 0;
  phone.dataset.shown = JSON.stringify(state);
  if (!phone.contains(document.activeElement)) phone.querySelector("select").value = state.quirk;
}

// --- what its keys do just now

function fit(phone, state) {
  phone.dataset.doing = state.call?.doing || (state.menu?.open ? "menu" : "idle");
  const form = phone.querySelector("[data-ussd]");
  const open = phone.dataset.doing === "menu";
  if (form.dataset.open === String(open)) return;
  form.dataset.open = String(open);
  form.action = open ? form.dataset.reply : form.dataset.dial;
  form.elements.words.value = open ? "" : form.elements.words.defaultValue;
  for (const one of form.querySelectorAll("[data-of-dial]")) one.hidden = open;
  for (const one of form.querySelectorAll("[data-of-reply]")) one.hidden = !open;
}

async function look() {
  const states = await (await get(address)).json();
  for (const phone of phones) {
    const state = states[phone.dataset.phone];
    draw(phone, state);
    fit(phone, state);
    voice.hear(phone.dataset.phone, state.call);
  }
}

// --- what is pressed

function say(text) {
  part("said").textContent = text;
  part("said").hidden = !text;
}

async function send(to, body, form) {
  try {
    await post(to, body);
    say("");
    for (const field of form.querySelectorAll("[data-clears]")) field.value = "";
    if (form.dataset.open === "true") form.elements.words.value = "";
    await look();
  } catch (error) {
    say((error instanceof Refused && error.message) || part("said").dataset.failed);
  }
}

// On a phone that does nothing, keys write a code, and the green key dials it.
function typeCode(phone, key) {
  const form = phone.querySelector("[data-ussd]");
  form.elements.words.value = (form.dataset.typing ? form.elements.words.value : "") + key;
  form.dataset.typing = "yes";
}

function dialTyped(phone) {
  const form = phone.querySelector("[data-ussd]");
  const typing = form.dataset.typing;
  delete form.dataset.typing;
  if (typing && phone.dataset.doing === "idle") form.requestSubmit();
  return typing && phone.dataset.doing === "idle";
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  const phone = form.closest("[data-phone]");
  if (!form.matches("[data-press]")) return;
  event.preventDefault();
  if (form.matches("[data-keypad]") && phone.dataset.doing === "idle") return typeCode(phone, button.value);
  if (button?.matches("[data-green]") && dialTyped(phone)) return;
  const body = new FormData(form);
  if (button?.name) body.set(button.name, button.value);
  send(button?.hasAttribute("formaction") ? button.formAction : form.action, body, form);
});

async function beat() {
  try {
    await look();
    part("lost").hidden = true;
  } catch {
    part("lost").hidden = false;
  }
  setTimeout(beat, BEAT);
}

beat();
