// The map of areas: a click asks who answers there; a drawing that is tried lies over the one it would replace.

import { get } from "./fetching.js";

const element = document.querySelector("[data-areas]");
const says = document.querySelector("[data-says]");
const preview = document.querySelector("[data-preview]");
const form = document.querySelector("[data-ask]");
const MANY = 40; // names on a map; more hide one another

const BORDER = { className: "border", weight: 1.5 };
const CHOSEN = { className: "chosen", weight: 3 };
const OLD = { className: "former", weight: 2, dashArray: "6 6" };
const NEW = { className: "fresh", weight: 3 };

function text(words) { // a tooltip takes HTML
  const shown = document.createElement("span");
  shown.textContent = words;
  return shown;
}

const map = L.map(element).setView([-2, 118], 5);
map.attributionControl.setPrefix(false);
if (element.dataset.tiles) L.tileLayer(element.dataset.tiles, { maxZoom: 19 }).addTo(map);
const place = L.circleMarker([0, 0], { radius: 8, className: "asked", weight: 3, fillOpacity: 1, interactive: false });
const drawing = element.dataset.drawing ? JSON.parse(element.dataset.drawing) : null;

function isChosen(area) {
  return area.properties.code === element.dataset.code;
}

function border(area) {
  if (!isChosen(area)) return BORDER;
  return drawing ? OLD : CHOSEN;
}

async function load() {
  const { units, areas } = await (await get("/monitor/map")).json();
  const borders = L.geoJSON(areas, { style: border, interactive: false }).addTo(map);
  const tried = L.geoJSON(drawing || undefined, { style: NEW, interactive: false }).addTo(map);
  const stations = units.map(({ name, kind, lat, lon }) => L.marker([lat, lon], {
    icon: L.divIcon({ className: `station ${kind}`, iconSize: [14, 14] }), keyboard: false, alt: name, title: name, bubblingMouseEvents: true,
  }).addTo(map));
  look([tried, L.featureGroup(borders.getLayers().filter((one) => isChosen(one.feature))), L.featureGroup([borders, ...stations])]);
  const layers = borders.getLayers(); // only a map that knows where it looks can place names
  if (layers.length <= MANY) for (const one of layers) one.bindTooltip(text(one.feature.properties.unit), { permanent: true, direction: "center", className: "area-name" });
}

function look(choices) {
  const bounds = choices.map((one) => one.getBounds()).find((one) => one.isValid());
  if (bounds) map.fitBounds(bounds, { maxZoom: 15, padding: [20, 20], animate: false });
}

let asked = 0;

async function ask({ lat, lng }) {
  const turn = ++asked;
  form.elements.lat.value = lat.toFixed(6);
  form.elements.lon.value = lng.toFixed(6);
  place.setLatLng([lat, lng]).addTo(map);
  says.textContent = "…";
  preview.hidden = true;
  const answer = await (await get(`/admin/areas/at?lat=${lat.toFixed(6)}&lon=${lng.toFixed(6)}`)).json();
  if (turn !== asked) return;
  says.textContent = answer.says;
  preview.href = answer.preview;
  preview.hidden = !answer.preview;
}

map.on("click", (event) => ask(event.latlng.wrap()).catch(() => form.submit()));
const [lat, lon] = [form.elements.lat.value, form.elements.lon.value].map(Number.parseFloat);
if (Number.isFinite(lat) && Number.isFinite(lon)) place.setLatLng([lat, lon]).addTo(map);
load();
