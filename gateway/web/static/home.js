// Where a citizen lives, by a click on the map instead of two numbers. Leaflet (global L) draws it.

import { Chart } from "./chart.js";

const NEAR = { true: 15, false: 12 }; // zoom: the street where there is a base map, else the boundaries around
const element = document.querySelector("[data-home]");
const [lat, lon] = ["lat", "lon"].map((id) => document.getElementById(id));
let pin = null;

function typed() {
  const [at, along] = [lat, lon].map((field) => (field.value.trim() ? Number(field.value.replace(",", ".")) : NaN));
  return Math.abs(at) <= 90 && Math.abs(along) <= 180 ? [at, along] : null;
}

function mark(map) {
  const at = typed();
  pin?.remove();
  pin = at && L.marker(at, { icon: L.divIcon({ className: "home-pin", iconSize: [22, 22] }), keyboard: false }).addTo(map);
}

async function begin() {
  element.hidden = false;
  const chart = new Chart(element, {
    open() {},
    place({ lat: at, lng: along }) {
      [lat.value, lon.value] = [at.toFixed(6), along.toFixed(6)];
      mark(chart.map);
    },
  });
  await chart.load();
  for (const field of [lat, lon]) field.addEventListener("change", () => mark(chart.map));
  mark(chart.map);
  if (pin) chart.map.setView(pin.getLatLng(), NEAR[Boolean(element.dataset.tiles)], { animate: false });
}

if (element && window.L) begin();
