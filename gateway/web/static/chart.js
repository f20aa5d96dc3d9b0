// The map: boundaries, units, officers, incidents with the circle they are surely in. Leaflet (global L) draws it.

import { get } from "./fetching.js";
import { arrowsTo, spread } from "./pins.js";

const MANY = 40; // names on a map; more hide one another
const NEAR = 1250; // metres around an incident that are seen with it

export class Chart {
  constructor(element, { open, place }) {
    this.map = L.map(element, { zoomControl: true }).setView([-0.03, 109.33], 11);
    this.map.attributionControl.setPrefix(false);
    L.control.scale({ imperial: false, maxWidth: 160 }).addTo(this.map);
    this.map.createPane("names").style.zIndex = 450; // over borders and circles, under every marker
    this.stations = [];
    if (element.dataset.tiles) L.tileLayer(element.dataset.tiles, { maxZoom: 19 }).addTo(this.map);
    this.people = L.layerGroup().addTo(this.map);
    this.pins = new Map();
    this.open = open;
    this.lines = L.layerGroup().addTo(this.map); // from a place to a pin that had to give way
    this.arrows = element.appendChild(document.createElement("div"));
    if (element.dataset.all) this.all = this.control(element);
    this.map.on("click", (event) => place(event.latlng));
    this.map.on("zoomend resize layeradd layerremove", () => this.thinOutSoon());
    this.map.on("moveend", () => this.pointOut());
    new ResizeObserver(() => this.map.invalidateSize()).observe(element);
  }

  async load() {
    const { units, areas } = await (await get("/monitor/map")).json();
    const style = { className: "border", weight: 1.5 };
    const borders = L.geoJSON(areas, { style, interactive: false }).addTo(this.map);
    this.stations = units.map((unit) => this.unit(unit, units.length <= MANY));
    const all = L.featureGroup([borders, ...this.stations]);
    if (all.getBounds().isValid()) this.map.fitBounds(all.getBounds(), { maxZoom: 14, padding: [12, 12], animate: false });
    const named = new Set(units.map((unit) => unit.name));
    const nameless = borders.getLayers().filter((area) => !named.has(area.feature.properties.name)); // no station says whose it is
    if (nameless.length <= MANY) for (const area of nameless) name(area, area.feature.properties.name, { direction: "center" });
  }

  unit({ name: label, kind, lat, lon }, always) {
    const icon = L.divIcon({ className: `station ${kind}`, iconSize: [14, 14] });
    const marker = L.marker([lat, lon], { icon, keyboard: false, alt: label, title: label }).addTo(this.map);
    return name(marker, label, { direction: "bottom", offset: [0, 4], permanent: always });
  }

  control(element) { // a button that brings every open incident back into view
    const button = L.DomUtil.create("button", "show-all");
    button.type = "button";
    button.textContent = element.dataset.all;
    button.addEventListener("click", () => this.showAll());
    L.DomEvent.disableClickPropagation(button);
    const control = L.control({ position: "topright" });
    control.onAdd = () => button;
    control.addTo(this.map);
    return button;
  }

  show({ incidents, officers, volunteers, asked = [] }) {
    this.showPeople([
      ...asked.map((one) => ({ ...one, kind: "asked" })),
      ...officers.map((one) => ({ ...one, kind: one.duty ? "duty" : "off" })),
      ...volunteers.map((one) => ({ ...one, kind: "volunteer" })),
    ]);
    const shown = new Set(incidents.map((one) => one.code));
    for (const [code, pin] of this.pins) if (!shown.has(code)) this.remove(code, pin);
    const news = incidents.filter((one) => one.unseen && !this.pins.has(one.code));
    for (const one of incidents) this.pin(one);
    if (news.length) this.showAll(); // the new ones and, so that none is hidden by it, every other
    if (this.all) this.all.hidden = this.running().length === 0;
    this.thinOutSoon();
  }

  running() {
    return [...this.pins.values()].filter((pin) => pin.one.tone !== "closed");
  }

  showPeople(people) {
    const key = JSON.stringify(people);
    if (key === this.peopleShown) return;
    this.peopleShown = key;
    this.people.clearLayers();
    for (const { lat, lon, label, kind } of people) {
      const style = { className: `person ${kind}`, radius: 7, weight: 2, fillOpacity: 1 };
      name(L.circleMarker([lat, lon], style).addTo(this.people), label, { direction: "right", offset: [8, 0], permanent: kind !== "asked" && people.length <= MANY });
    }
  }

  pin(one) {
    const old = this.pins.get(one.code);
    const key = JSON.stringify(one);
    if (old?.key === key) return;
    if (old) this.remove(one.code, old);
    const at = [one.lat, one.lon];
    const icon = L.divIcon({ className: `pin ${one.tone}${one.unseen ? " unseen-pin" : ""}`, html: one.code, iconSize: [72, 30], iconAnchor: [36, 43] });
    const marker = L.marker(at, { icon, alt: one.label, title: one.label, zIndexOffset: one.tone === "closed" ? 0 : 1000 });
    const circle = L.circle(at, { radius: one.radius, className: `circle ${one.tone}`, weight: 2, interactive: false });
    circle.addTo(this.map);
    marker.on("click keypress", (event) => {
      if (event.type === "click" || event.originalEvent.key === "Enter") this.open(one.code);
    }).addTo(this.map);
    marker.getElement().dataset.incident = one.code;
    marker.getElement().setAttribute("aria-label", one.label);
    this.pins.set(one.code, { key, one, at: L.latLng(at), marker, circle });
  }

  showAll() {
    const pins = this.running();
    if (!pins.length) return;
    const bounds = L.latLngBounds([]);
    for (const { at, one } of pins) bounds.extend(at.toBounds(2 * Math.max(one.radius, NEAR)));
    this.map.fitBounds(bounds, { animate: false, padding: [40, 40], maxZoom: 14 });
  }

  thinOutSoon() { // once, when everything has its place
    cancelAnimationFrame(this.thinning);
    this.thinning = requestAnimationFrame(() => {
      thinOut([...this.map.getPane("names").children]);
      this.place();
      this.pointOut();
    });
  }

  place() { // each pin beside its place, covering nothing; the newest and worst come first
    const frame = this.map.getContainer().getBoundingClientRect();
    const kept = this.map.getContainer().querySelectorAll(".map-name:not(.crowded), .station");
    const taken = [...kept].map((one) => one.getBoundingClientRect()).map((box) => (
      { left: box.left - frame.left, right: box.right - frame.left, top: box.top - frame.top, bottom: box.bottom - frame.top }));
    const pins = [...this.pins.values()];
    const places = pins.map((pin) => this.map.latLngToContainerPoint(pin.at));
    this.lines.clearLayers();
    spread(places, taken, this.map.getSize()).forEach((middle, nth) => {
      const { marker, at, one } = pins[nth];
      const foot = this.map.containerPointToLatLng([middle.x, middle.y + 28]);
      marker.setLatLng(foot);
      const away = Math.hypot(middle.x - places[nth].x, middle.y + 28 - places[nth].y) > 2;
      marker.getElement().classList.toggle("away", away);
      if (away) L.polyline([at, this.map.containerPointToLatLng(middle)], { className: `lead ${one.tone}`, weight: 2, interactive: false }).addTo(this.lines);
    });
  }

  pointOut() { // an arrow for each open incident that is out of sight
    const pins = this.running();
    const arrows = arrowsTo(pins.map((pin) => this.map.latLngToContainerPoint(pin.at)), this.map.getSize());
    const out = pins.map((pin, nth) => [pin, arrows[nth]]);
    this.arrows.replaceChildren(...out.filter(([, arrow]) => arrow).map(([{ at, one }, { x, y, angle }]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = `arrow ${one.tone}`;
      button.ariaLabel = one.label;
      const point = document.createElement("span");
      point.textContent = "➤";
      point.style.rotate = `${angle}rad`;
      button.append(one.code, point);
      [button.style.left, button.style.top] = [`${x}px`, `${y}px`];
      button.addEventListener("click", (event) => {
        event.stopPropagation();
        this.map.panTo(at, { animate: false });
      });
      return button;
    }));
  }

  look(code) {
    const pin = this.pins.get(code);
    if (!pin) return;
    this.map.invalidateSize({ animate: false }); // the details have just taken their room
    this.map.setView(pin.at, Math.max(this.map.getZoom(), 13), { animate: false });
  }

  remove(code, { marker, circle }) {
    marker.remove();
    circle.remove();
    this.pins.delete(code);
  }
}

// A name beside its place, in words of the map and without a box: it covers neither a border nor a click.
function name(layer, words, options) {
  return layer.bindTooltip(text(words), { permanent: true, pane: options.permanent === false ? "tooltipPane" : "names", className: "map-name", ...options });
}

// Of names that would lie on one another only the first is shown; closer up there is room for more.
function thinOut(names) {
  const taken = [];
  for (const one of names) {
    const box = one.getBoundingClientRect();
    const crowded = taken.some((other) => box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom);
    one.classList.toggle("crowded", crowded);
    if (!crowded) taken.push(box);
  }
}

function text(words) { // a tooltip takes HTML
  const element = document.createElement("span");
  element.textContent = words;
  return element;
}
