// The map: boundaries, units, officers, incidents with the circle they are surely in. Leaflet (global L) draws it.

import { get } from "./fetching.js";

const MANY = 40; // names on a map; more hide one another
const AROUND = 30000; // metres: further stations tell nothing about a place

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
    this.touched = false;
    this.map.on("click", (event) => place(event.latlng));
    this.map.on("zoomend resize layeradd layerremove", () => this.thinOutSoon());
    this.map.on("dragstart", () => { this.touched = true; });
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
    const nameless = borders.getLayers().filter((area) => !named.has(area.feature.properties.unit)); // no station says whose it is
    if (nameless.length <= MANY) for (const area of nameless) name(area, area.feature.properties.unit, { direction: "center" });
  }

  unit({ name: label, kind, lat, lon }, always) {
    const icon = L.divIcon({ className: `station ${kind}`, iconSize: [14, 14] });
    const marker = L.marker([lat, lon], { icon, keyboard: false, alt: label, title: label }).addTo(this.map);
    return name(marker, label, { direction: "bottom", offset: [0, 4], permanent: always });
  }

  show({ incidents, officers, volunteers }) {
    this.showPeople([
      ...officers.map((one) => ({ ...one, kind: one.duty ? "duty" : "off" })),
      ...volunteers.map((one) => ({ ...one, kind: "volunteer" })),
    ]);
    const shown = new Set(incidents.map((one) => one.code));
    for (const [code, pin] of this.pins) if (!shown.has(code)) this.remove(code, pin);
    const news = incidents.filter((one) => one.unseen && !this.pins.has(one.code));
    for (const one of incidents) this.pin(one);
    if (news.length) this.goTo(news[0]); // the one on top of the list
  }

  showPeople(people) {
    const key = JSON.stringify(people);
    if (key === this.peopleShown) return;
    this.peopleShown = key;
    this.people.clearLayers();
    for (const { lat, lon, label, kind } of people) {
      const style = { className: `person ${kind}`, radius: 7, weight: 2, fillOpacity: 1 };
      name(L.circleMarker([lat, lon], style).addTo(this.people), label, { direction: "right", offset: [8, 0], permanent: people.length <= MANY });
    }
  }

  pin(one) {
    const old = this.pins.get(one.code);
    const key = JSON.stringify(one);
    if (old?.key === key) return;
    if (old) this.remove(one.code, old);
    const at = [one.lat, one.lon];
    const icon = L.divIcon({ className: `pin ${one.tone}${one.unseen ? " unseen-pin" : ""}`, html: one.code, iconSize: [56, 30], iconAnchor: [28, 36] });
    const marker = L.marker(at, { icon, alt: one.label, title: one.label, zIndexOffset: one.tone === "closed" ? 0 : 1000 });
    const circle = L.circle(at, { radius: one.radius, className: `circle ${one.tone}`, weight: 2, interactive: false });
    circle.addTo(this.map);
    marker.on("click keypress", (event) => {
      if (event.type === "click" || event.originalEvent.key === "Enter") this.open(one.code);
    }).addTo(this.map);
    marker.getElement().dataset.incident = one.code;
    marker.getElement().setAttribute("aria-label", one.label);
    this.pins.set(one.code, { key, marker, circle });
  }

  goTo({ lat, lon, radius }) { // with the stations around, so that it is seen where this is
    const at = L.latLng(lat, lon);
    const bounds = at.toBounds(Math.max(radius * 4, 2500));
    const around = this.stations.map((one) => one.getLatLng()).filter((one) => at.distanceTo(one) < AROUND);
    for (const one of around.sort((a, b) => at.distanceTo(a) - at.distanceTo(b)).slice(0, 3)) bounds.extend(one);
    this.map.fitBounds(bounds, { animate: false, padding: [40, 40], maxZoom: 14 });
  }

  thinOutSoon() { // once, when everything has its place
    cancelAnimationFrame(this.thinning);
    this.thinning = requestAnimationFrame(() => thinOut([...this.map.getPane("names").children]));
  }

  look(code) {
    const pin = this.pins.get(code);
    if (!pin) return;
    this.map.invalidateSize({ animate: false }); // the details have just taken their room
    this.map.setView(pin.marker.getLatLng(), Math.max(this.map.getZoom(), 13), { animate: false });
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
