// @ts-check
import { Refused, call, download } from "./api.js";
import { busyWhile, onAction, role, showPanel } from "./panels.js";
import { isSignedIn, onSessionChange } from "./session-state.js";

/** @typedef {import("./api.js").Answer} Answer */

const GUARDIANSHIP = /^gua_[0-9a-z]{26}$/;

/**
 * A page about the citizen who is signed in, or about the child named by `?for=` (id of a guardianship). It signs in,
 * loads, and says in words what went wrong; what is shown is each page's own.
 */
export class PersonalPage extends HTMLElement {
  connectedCallback() {
    for (const part of this.querySelectorAll("[data-needs-script]")) part.removeAttribute("hidden");
    onAction(this, "sign-in", () => this.#signIn());
    onAction(this, "load", () => this.load());
    onSessionChange(() => {
      if (!isSignedIn()) showPanel(this, "expired");
    });
    this.prepare();
    if (isSignedIn()) this.load();
  }

  /** Once, before anything is loaded. */
  prepare() {}

  /** Reads what the page shows and puts it into the panel `content`. */
  async fill() {}

  /** Loads the page, or says why not. */
  async load() {
    showPanel(this, "loading");
    try {
      await this.fill();
      showPanel(this, "content");
    } catch (error) {
      const status = this.#statusOf(error);
      if (status === 401) {
        showPanel(this, "expired");
        return;
      }
      role(this, "failed-text").textContent = this.words(status === 429 ? "too-many" : status === 404 ? "not-found" : "failed-load");
      showPanel(this, "failed");
    }
  }

  /** @returns {string} the guardianship under which a child's data is shown, "" for one's own */
  get behalf() {
    const named = new URLSearchParams(location.search).get("for") ?? "";
    return GUARDIANSHIP.test(named) ? named : "";
  }

  /**
   * One call, for the child where there is one.
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @returns {Promise<any>} the body of the answer
   */
  async ask(method, path, body) {
    return (await call(method, path, { body, headers: this.#headers() })).body;
  }

  /**
   * @param {string} path
   * @returns {Promise<Blob>}
   */
  file(path) {
    return download(path, this.#headers());
  }

  /**
   * Does one thing and says how it went, in the `[data-role=status]` of a place.
   * @param {HTMLElement} place
   * @param {() => Promise<string | void>} work returns what to say
   * @param {(error: Refused) => string} [explain] words for a refusal, "" for the usual ones
   */
  async does(place, work, explain = () => "") {
    this.say(place, this.words("working"));
    await busyWhile(place, async () => {
      try {
        this.say(place, (await work()) ?? "");
      } catch (error) {
        const refused = error instanceof Refused ? error : new Refused(0);
        if (refused.status === 401) showPanel(this, "expired");
        else this.say(place, explain(refused) || this.words(refused.status === 429 ? "too-many" : "failed"), true);
      }
    });
  }

  /**
   * @param {Element} place
   * @param {string} message
   * @param {boolean} [trouble]
   */
  say(place, message, trouble = false) {
    const status = role(place, "status");
    status.classList.toggle("profile-form__status--trouble", trouble);
    status.textContent = message;
  }

  /**
   * @param {string} name of a text of the page
   * @param {...string} values for `%1`, `%2` …
   * @returns {string} "" if there is no such text
   */
  words(name, ...values) {
    return values.reduce((text, value, index) => text.replace(`%${index + 1}`, () => value), this.getAttribute(`data-${name}`) ?? "");
  }

  /**
   * @param {string} item of the catalogue, or of a service's own
   * @returns {string}
   */
  itemName(item) {
    return this.words(`item-${item.replace("_", "-")}`) || item;
  }

  /** @returns {Record<string, string>} */
  #headers() {
    return this.behalf ? { "Machi-On-Behalf-Of": this.behalf } : {};
  }

  /** @param {unknown} error */
  #statusOf(error) {
    return error instanceof Refused ? error.status : 0;
  }

  async #signIn() {
    try {
      const { signIn } = await import("./session.js");
      await signIn(this.dataset.language ?? "ja");
    } catch {
      location.assign(`${this.dataset.failedPage}?reason=unreachable`);
    }
  }
}

/**
 * A copy of what a template holds.
 * @param {Element} host
 * @param {string} name
 * @returns {HTMLElement}
 */
export function copyOf(host, name) {
  const template = /** @type {HTMLTemplateElement} */ (host.querySelector(`template[data-role=${name}]`));
  const found = /** @type {DocumentFragment} */ (template.content.cloneNode(true)).firstElementChild;
  if (!(found instanceof HTMLElement)) throw new TypeError(`the template ${name} holds an element`);
  return found;
}

/**
 * Lets the browser save a file.
 * @param {Blob} blob
 * @param {string} name
 */
export function saveFile(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser has taken the file over by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
