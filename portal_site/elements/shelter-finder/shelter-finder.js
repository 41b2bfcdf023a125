// @ts-check
import "../shelter-map/shelter-map.js";
import { distance, spoken } from "../../scripts/distance.js";

/** @typedef {import("../shelter-map/shelter-map.js").ShelterMap} ShelterMap */
/** @typedef {{ latitude: number, longitude: number }} Point */
/**
 * One facility of the list.
 * @typedef {Point & { item: HTMLElement, name: string, kind: string, order: number, words: string }} Facility
 */

const POSITION = "machi.position";
const REMEMBERED_MS = 10 * 60 * 1000;
const PATIENCE_MS = 15000;
const FAR_METRES = 20000;
const NEAR_ANCHOR = "#near";

/** @type {Record<number, string>} */
const FAILURES = { 1: "denied", 2: "unavailable", 3: "timeout" };

/**
 * Makes the printed list sortable by distance and searchable, and ties it to the map.
 * Everything it says is in its `data-` attributes, in the page's language.
 */
class ShelterFinder extends HTMLElement {
  /** @type {Facility[]} */
  #facilities = [];

  connectedCallback() {
    this.#facilities = [...this.querySelectorAll("li.facility")].map(asFacility);
    this.#one(".shelter-finder__tools").hidden = false;
    this.#button("near").addEventListener("click", () => this.#askPosition());
    this.#button("stop").addEventListener("click", () => this.#stop());
    this.#one("input").addEventListener("input", () => this.#search());
    for (const facility of this.#facilities) {
      facility.item.querySelector("[data-action=map]")?.addEventListener("click", (event) => this.#toMap(event, facility));
    }
    this.addEventListener("facility-chosen", (event) => {
      if (event instanceof CustomEvent) this.#mark(event.detail);
    });
    this.#map?.show(this.#facilities);
    this.#begin();
  }

  /** The order by distance outlives a change of page, in this tab and for ten minutes. */
  #begin() {
    const remembered = rememberedPosition();
    if (remembered) this.#sort(remembered);
    else if (location.hash === NEAR_ANCHOR) this.#button("near").focus();
  }

  #askPosition() {
    if (!navigator.geolocation) {
      this.#say("unsupported");
      return;
    }
    this.#say("searching");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const here = { latitude: coords.latitude, longitude: coords.longitude };
        rememberPosition(here);
        this.#sort(here);
      },
      (error) => this.#say(FAILURES[error.code] ?? "unavailable"),
      { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: 60000 },
    );
  }

  /** @param {Point} here */
  #sort(here) {
    const far = new Map(this.#facilities.map((facility) => [facility, distance(here, facility)]));
    const metres = (/** @type {Facility} */ facility) => far.get(facility) ?? Infinity;
    this.#arrange((one, other) => metres(one) - metres(other));
    for (const facility of this.#facilities) {
      const line = facility.item.querySelector(".facility__distance");
      if (!(line instanceof HTMLElement)) continue;
      line.textContent = this.#text("away", { distance: spoken(metres(facility), this.#lang) });
      line.hidden = false;
    }
    const nearest = this.#facilities.reduce((one, other) => (metres(one) <= metres(other) ? one : other));
    const values = { name: nearest.name, distance: spoken(metres(nearest), this.#lang) };
    this.#say(metres(nearest) > FAR_METRES ? "sorted-far" : "sorted", values);
    this.#button("stop").hidden = false;
    this.#map?.showPosition(here, nearest);
  }

  #stop() {
    sessionStorage.removeItem(POSITION);
    this.#arrange((one, other) => one.order - other.order);
    for (const line of this.querySelectorAll(".facility__distance")) if (line instanceof HTMLElement) line.hidden = true;
    this.#button("near").focus();
    this.#button("stop").hidden = true;
    this.#map?.hidePosition();
    this.#say("stopped");
  }

  /** @param {(one: Facility, other: Facility) => number} compare */
  #arrange(compare) {
    for (const list of this.querySelectorAll("ul.facilities")) {
      const inList = this.#facilities.filter((facility) => facility.item.parentElement === list);
      list.append(...inList.sort(compare).map((facility) => facility.item));
    }
  }

  #search() {
    const wanted = folded(this.#one("input").value);
    let found = 0;
    for (const facility of this.#facilities) {
      facility.item.hidden = !facility.words.includes(wanted);
      if (!facility.item.hidden) found += 1;
    }
    this.#map?.show(this.#facilities.filter((facility) => !facility.item.hidden));
    if (wanted) this.#say(found ? "found" : "found-none", { n: String(found) });
    else this.#say("");
  }

  /**
   * @param {Event} event
   * @param {Facility} facility
   */
  #toMap(event, facility) {
    if (!this.#map?.focusOn(facility)) return;
    event.preventDefault();
    this.#mark(facility);
    this.#say("shown-on-map", { name: facility.name });
  }

  /** @param {Facility} chosen */
  #mark(chosen) {
    for (const facility of this.#facilities) facility.item.classList.toggle("facility--chosen", facility === chosen);
  }

  /**
   * @param {string} message its name, "" to say nothing
   * @param {Record<string, string>} values
   */
  #say(message, values = {}) {
    this.#one("[role=status]").textContent = message && this.#text(message, values);
  }

  /**
   * @param {string} message
   * @param {Record<string, string>} values
   */
  #text(message, values) {
    const text = this.getAttribute(`data-${message}`) ?? "";
    return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  }

  get #lang() {
    return this.dataset.lang ?? "ja";
  }

  /** @returns {ShelterMap | null} */
  get #map() {
    return this.querySelector("shelter-map");
  }

  /** @param {string} action */
  #button(action) {
    return this.#one(`button[data-action=${action}]`);
  }

  /**
   * @param {string} selector
   * @returns {any} the element, of the kind the template puts there
   */
  #one(selector) {
    return this.querySelector(selector);
  }
}

/**
 * @param {Element} item
 * @param {number} order
 * @returns {Facility}
 */
function asFacility(item, order) {
  if (!(item instanceof HTMLElement)) throw new TypeError("a facility is an HTML element");
  const name = item.querySelector(".facility__name")?.textContent?.trim() ?? "";
  return {
    item,
    name,
    order,
    kind: item.dataset.kind ?? "",
    latitude: Number(item.dataset.latitude),
    longitude: Number(item.dataset.longitude),
    words: folded(`${name} ${item.querySelector(".facility__address")?.textContent ?? ""}`),
  };
}

/**
 * Text in which width, case, blanks and the kind of dash make no difference.
 * @param {string} text
 */
function folded(text) {
  return text.normalize("NFKC").toLowerCase().replace(/\s/g, "").replace(/[‐‑‒–—―−ー]/g, "-");
}

/** @param {Point} here */
function rememberPosition(here) {
  sessionStorage.setItem(POSITION, JSON.stringify({ ...here, at: Date.now() }));
}

/** @returns {Point | null} */
function rememberedPosition() {
  const kept = sessionStorage.getItem(POSITION);
  if (!kept) return null;
  const { at, ...here } = JSON.parse(kept);
  return Date.now() - at < REMEMBERED_MS ? here : null;
}

customElements.define("shelter-finder", ShelterFinder);
