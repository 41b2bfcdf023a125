// @ts-check

/** @typedef {import("leaflet")} Leaflet */
/** @typedef {{ latitude: number, longitude: number }} Point */
/** @typedef {Point & { item: HTMLElement, name: string, kind: string }} Place */

const TILES = "https://cyberjapandata.gsi.go.jp/xyz/pale/{z}/{x}/{y}.png";
const TILES_CREDIT = "https://maps.gsi.go.jp/development/ichiran.html";
const TILES_UNTIL_ZOOM = 18;
const CLOSE = 16;
const TOWN = 13;
const RADIUS = 9;
// Pixels. Wide enough for a line of tags, low enough for the map on a phone; longer bubbles scroll.
const BUBBLE = { minWidth: 220, maxWidth: 280, maxHeight: 220 };
const COLOURS = { site: "#0017c1", shelter: "#6d2700", here: "#ce0000" };

/**
 * The places of the list on a map. It adds nothing that the list does not say, so its dots are drawn, not made
 * of elements: nobody has to tab through a hundred of them.
 *
 * The library is fetched when the map comes into view, or on a tap where the reader saves data.
 * Fires `facility-chosen` with the place when a dot is pressed.
 */
export class ShelterMap extends HTMLElement {
  /** @type {readonly Place[]} */
  #places = [];
  /** @type {{ here: Point, nearest: Place } | null} */
  #position = null;
  /** @type {any} the map, once there */
  #map = null;
  /** @type {any} the library, once there */
  #leaflet = null;
  /** @type {any} */
  #dots = null;
  /** @type {any} */
  #hereDot = null;
  /** @type {Map<Place, any>} */
  #dotOf = new Map();
  #started = false;

  connectedCallback() {
    // @ts-expect-error TS2339: not in every browser, nor in the type library
    const { connection } = navigator;
    if (connection?.saveData || /2g/.test(connection?.effectiveType ?? "")) {
      const button = this.querySelector("button");
      if (!button) return;
      button.hidden = false;
      button.addEventListener("click", () => this.#start());
      return;
    }
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      this.#start();
    });
    observer.observe(this);
  }

  /**
   * Shows these places and no others.
   * @param {readonly Place[]} places
   */
  show(places) {
    this.#places = places;
    if (this.#map) this.#draw();
  }

  /**
   * Shows where the reader is, together with the nearest place.
   * @param {Point} here
   * @param {Place} nearest
   */
  showPosition(here, nearest) {
    this.#position = { here, nearest };
    if (this.#map) this.#drawPosition();
  }

  hidePosition() {
    this.#position = null;
    this.#hereDot?.remove();
  }

  /**
   * Moves to a place and opens its bubble; false if there is no map.
   * @param {Place} place
   */
  focusOn(place) {
    const dot = this.#dotOf.get(place);
    if (!this.#map || !dot) return false;
    this.scrollIntoView({ block: "nearest" });
    this.#map.setView(dot.getLatLng(), Math.max(this.#map.getZoom(), CLOSE), { animate: false });
    dot.openPopup();
    return true;
  }

  async #start() {
    if (this.#started) return;
    this.#started = true;
    try {
      const [library] = await Promise.all([import("leaflet"), loadStyles(this.dataset.styles ?? "")]);
      this.#leaflet = library.default;
      this.#open();
    } catch {
      // Without network the list has to do, and it does.
      this.#say("failed");
      this.querySelector(".shelter-map__canvas")?.remove();
    }
  }

  #open() {
    const L = this.#leaflet;
    const canvas = this.querySelector(".shelter-map__canvas");
    canvas?.replaceChildren();
    this.#map = L.map(canvas, { zoomControl: false, preferCanvas: true, scrollWheelZoom: false });
    this.#map.setView([Number(this.dataset.latitude), Number(this.dataset.longitude)], TOWN);
    this.#map.attributionControl.setPrefix(false);
    // At the bottom, where no bubble covers it.
    const zoom = { position: "bottomleft", zoomInTitle: this.dataset.zoomIn, zoomOutTitle: this.dataset.zoomOut };
    L.control.zoom(zoom).addTo(this.#map);
    const attribution = `<a href="${TILES_CREDIT}">${this.dataset.credit}</a>`;
    const tiles = L.tileLayer(TILES, { maxZoom: TILES_UNTIL_ZOOM, attribution });
    tiles.on("tileerror", () => this.#say("tilesFailed"));
    tiles.on("tileload", () => this.#say(""));
    tiles.addTo(this.#map);
    this.#dots = L.featureGroup().addTo(this.#map);
    this.#draw();
    if (this.#position) this.#drawPosition();
  }

  #draw() {
    this.#dots.clearLayers();
    this.#dotOf.clear();
    // Shelters first: where both stand on one spot, the place to flee to lies on top.
    for (const place of [...this.#places].sort((one, other) => one.kind.localeCompare(other.kind))) {
      const dot = this.#dot(place);
      this.#dotOf.set(place, dot);
      this.#dots.addLayer(dot);
    }
    if (this.#places.length && !this.#position) this.#map.fitBounds(this.#dots.getBounds(), { padding: [24, 24], animate: false });
  }

  /** @param {Place} place */
  #dot(place) {
    const shelter = place.kind === "shelter";
    const style = { radius: RADIUS, color: "#ffffff", weight: 2, fillOpacity: 1, fillColor: shelter ? COLOURS.shelter : COLOURS.site };
    const at = [place.latitude, place.longitude];
    const dot = shelter ? squareMarker(this.#leaflet, at, style) : this.#leaflet.circleMarker(at, style);
    dot.bindPopup(() => this.#bubble(place), BUBBLE);
    dot.on("click", () => this.dispatchEvent(new CustomEvent("facility-chosen", { detail: place, bubbles: true })));
    return dot;
  }

  /** @param {Place} place */
  #bubble(place) {
    const bubble = document.createElement("div");
    const name = document.createElement("p");
    name.className = "shelter-map__name";
    name.lang = "ja";
    name.textContent = place.name;
    const link = document.createElement("a");
    link.href = `#${place.item.id}`;
    link.textContent = this.dataset.toList ?? "";
    const tags = [...place.item.querySelectorAll(".facility__part")].map((part) => part.cloneNode(true));
    bubble.append(name, ...tags, link);
    return bubble;
  }

  #drawPosition() {
    if (!this.#position) return;
    const { here, nearest } = this.#position;
    const at = [here.latitude, here.longitude];
    this.#hereDot?.remove();
    this.#hereDot = this.#leaflet.circleMarker(at, { radius: 8, color: COLOURS.here, weight: 4, fillColor: "#ffffff", fillOpacity: 1 });
    this.#hereDot.bindTooltip(this.dataset.here).addTo(this.#map);
    this.#map.fitBounds([at, [nearest.latitude, nearest.longitude]], { padding: [48, 48], maxZoom: CLOSE, animate: false });
  }

  /** @param {string} message its name in the data set, "" to take it back */
  #say(message) {
    const status = this.querySelector(".shelter-map__message");
    const text = message ? this.dataset[message] ?? "" : "";
    if (status && status.textContent !== text) status.textContent = text;
  }
}

/**
 * A dot of another shape, so that the two kinds differ by more than their colour.
 * @param {any} L
 * @param {number[]} at
 * @param {object} style
 */
function squareMarker(L, at, style) {
  const Square = L.CircleMarker.extend({
    _updatePath() {
      const { _renderer: renderer, _point: point, _radius: radius } = this;
      const context = renderer._ctx;
      if (!renderer._drawing || !context || this._empty()) return;
      const half = radius * 0.9;
      context.beginPath();
      context.rect(point.x - half, point.y - half, half * 2, half * 2);
      renderer._fillStroke(context, this);
    },
  });
  return new Square(at, style);
}

/**
 * @param {string} url
 * @returns {Promise<void>}
 */
function loadStyles(url) {
  return new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = url;
    link.addEventListener("load", () => resolve());
    link.addEventListener("error", () => reject(new Error(url)));
    document.head.append(link);
  });
}

customElements.define("shelter-map", ShelterMap);
