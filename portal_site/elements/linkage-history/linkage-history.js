// @ts-check
import { onAction, role, spokenTime } from "../../scripts/panels.js";
import { PersonalPage, copyOf, saveFile } from "../../scripts/personal-page.js";
import { putText } from "../../scripts/readings.js";

/**
 * @typedef {object} Entry
 * @property {string} id
 * @property {string} at
 * @property {string} kind
 * @property {string | null} name of the service
 * @property {string[]} items
 * @property {string | null} way
 * @property {string | null} reason
 * @property {boolean} isByGuardian
 * @property {{ role: string, change: string } | null} guardianship
 */

const PATH = "/citizen/v1/history";
// A page through a filter may come back empty although there is more; the citizen should not have to press for that.
const MOST_EMPTY_PAGES = 10;

/** One timeline: who did what with the citizen's data, when and why. */
class LinkageHistory extends PersonalPage {
  #next = "";
  #number = 0;

  prepare() {
    const child = role(this, "for-child");
    child.hidden = !this.behalf;
    child.textContent = this.words("for-child", this.words("child"));
    this.#filter.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#show();
    });
    onAction(this, "reset", () => {
      this.#filter.reset();
      this.#show();
    });
    onAction(this, "more", () => this.does(this.#entries, () => this.#more()));
    const files = role(this, "files");
    for (const button of files.querySelectorAll("[data-action=download]")) {
      const format = button.dataset.format;
      button.addEventListener("click", () => this.does(files, () => this.#save(format)));
    }
  }

  async fill() {
    const { services } = await this.ask("GET", `/citizen/v1/consents?lang=${this.dataset.language}`);
    const choice = /** @type {HTMLSelectElement} */ (this.#filter.elements.namedItem("application"));
    const options = services.map((/** @type {any} */ each) => new Option(each.name, each.application));
    choice.replaceChildren(choice.options[0], ...options);
    await this.#first();
  }

  /** @returns {HTMLFormElement} */
  get #filter() {
    return role(this, "filter");
  }

  /** @returns {HTMLElement} */
  get #entries() {
    return role(this, "entries").parentElement;
  }

  #show() {
    this.does(this.#entries, () => this.#first());
  }

  async #first() {
    role(this, "entries").replaceChildren();
    this.#next = "";
    return this.#more();
  }

  /** @returns {Promise<string>} what to say */
  async #more() {
    const list = role(this, "entries");
    const before = list.childElementCount;
    for (let page = 0; page < MOST_EMPTY_PAGES && list.childElementCount === before; page += 1) {
      const body = await this.ask("GET", `${PATH}?${this.#query({ cursor: this.#next })}`);
      if (body.keptSince) this.#keptSince(body.keptSince);
      list.append(...body.entries.map((/** @type {Entry} */ entry) => this.#entry(entry)));
      this.#next = body.next ?? "";
      if (!this.#next) break;
    }
    const count = list.childElementCount;
    const isFiltered = this.#query({}).has("kind") || this.#query({}).has("application");
    role(this, "nothing").hidden = count > 0 || isFiltered;
    role(this, "nothing-such").hidden = count > 0 || !isFiltered;
    this.querySelector("button[data-action=more]")?.toggleAttribute("hidden", !this.#next);
    if (before > 0) list.children[before]?.querySelector("h3")?.focus();
    return count > 0 ? this.words("count", String(count)) : "";
  }

  /** @param {string} moment */
  #keptSince(moment) {
    const place = role(this, "kept-since");
    place.textContent = this.words("kept-since", spokenTime(moment, "date"));
    place.hidden = false;
  }

  /** @param {Record<string, string>} more */
  #query(more) {
    const chosen = Object.fromEntries([...new FormData(this.#filter)].map(([name, value]) => [name, String(value)]));
    const all = { lang: this.dataset.language ?? "ja", ...chosen, ...more };
    return new URLSearchParams(Object.entries(all).filter(([, value]) => value));
  }

  /** @param {Entry} entry */
  #entry(entry) {
    const item = copyOf(this, "entry");
    const when = role(item, "when");
    when.dateTime = entry.at;
    when.textContent = spokenTime(entry.at);
    const what = role(item, "what");
    what.textContent = this.words(sentenceOf(entry), entry.name ?? "");
    what.tabIndex = -1;
    const guardian = role(item, "by-guardian");
    guardian.hidden = !entry.isByGuardian;
    guardian.textContent = this.words("by-guardian");
    this.#fact(item, "items", entry.items.map((each) => this.itemName(each)).join(" / "));
    this.#fact(item, "why", entry.reason ?? "");
    this.#fact(item, "way", entry.way ? this.words(`way-${entry.way}`) : "");
    this.#reports(item, entry);
    return item;
  }

  /**
   * @param {HTMLElement} item
   * @param {string} name
   * @param {string} text
   */
  #fact(item, name, text) {
    putText(role(item, name), text);
    role(item, `${name}-fact`).hidden = !text;
  }

  /**
   * @param {HTMLElement} item
   * @param {Entry} entry
   */
  #reports(item, entry) {
    this.#number += 1;
    const form = /** @type {HTMLFormElement} */ (item.querySelector("form"));
    const text = /** @type {HTMLTextAreaElement} */ (form.querySelector("textarea"));
    text.id = `report-${this.#number}`;
    role(form, "report-label").htmlFor = text.id;
    role(item, "about").textContent = ` (${role(item, "what").textContent}, ${role(item, "when").textContent})`;
    const place = /** @type {HTMLElement} */ (item.querySelector("details"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!text.value.trim()) {
        this.say(place, this.words("needed"), true);
        text.focus();
        return;
      }
      this.does(place, async () => {
        const { number } = await this.ask("POST", `${PATH}/${encodeURIComponent(entry.id)}/report`, { text: text.value.trim() });
        form.hidden = true;
        return this.words("report-sent", number);
      });
    });
  }

  /** @param {string} format */
  async #save(format) {
    saveFile(await this.file(`${PATH}/download?${this.#query({ format })}`), `machi-history.${format}`);
    return this.words("downloaded");
  }
}

/**
 * Which of the page's texts says what happened.
 * @param {Entry} entry
 */
function sentenceOf({ kind, way, guardianship }) {
  if (guardianship) return `${guardianship.role}-${guardianship.change}`;
  if (way === "staff-view") return "looked";
  return way === "recorded" ? "recorded" : kind;
}

customElements.define("linkage-history", LinkageHistory);
