// @ts-check
import { isSignedIn, onSessionChange } from "../../scripts/session-state.js";

/** @typedef {import("../../scripts/profile.js").Profile} Profile */
/** @typedef {import("../../scripts/profile.js").Versioned} Versioned */

const DRAFT = "machi.draft";
const TEXTS = ["familyName", "givenName", "familyNameKana", "givenNameKana", "nickname"];
const CHOICES = ["ward", "language"];

/**
 * The citizen's own profile: read, change, save. The API decides what is valid; this shows what it says.
 * Everything it says itself is in its `data-` attributes, in the page's language.
 */
class ProfileForm extends HTMLElement {
  #version = "";
  #saved = "";
  #leaving = false;

  connectedCallback() {
    for (const part of this.querySelectorAll("[data-needs-script]")) part.removeAttribute("hidden");
    this.#on("sign-in", () => this.#signIn());
    this.#on("load", () => this.#load());
    this.#on("take-theirs", () => this.#load());
    this.#on("keep-mine", () => this.#saveOver());
    this.#form.addEventListener("submit", (/** @type {Event} */ event) => {
      event.preventDefault();
      this.#save();
    });
    window.addEventListener("beforeunload", (event) => {
      if (this.#isChanged() && !this.#leaving) event.preventDefault();
    });
    document.addEventListener("click", (event) => this.#askBeforeLeaving(event), { capture: true });
    onSessionChange(() => {
      if (!isSignedIn() && this.#form.hidden === false) this.#show("expired");
    });
    if (isSignedIn()) this.#load();
  }

  async #load() {
    this.#show("loading");
    try {
      const { readProfile } = await import("../../scripts/profile.js");
      this.#fill(await readProfile());
      this.#show("form");
      this.#restoreDraft();
    } catch (error) {
      this.#failedToLoad(statusOf(error));
    }
  }

  /** @param {number} status */
  #failedToLoad(status) {
    if (status === 401) {
      this.#show("expired");
      return;
    }
    this.#role("failed-text").textContent = this.dataset[status === 429 ? "busy" : "failedLoad"] ?? "";
    this.#show("failed");
  }

  async #save() {
    const profile = this.#read();
    this.#clearProblems();
    if (!profile) return;
    this.#say("saving");
    this.#busy(true);
    try {
      const { saveProfile } = await import("../../scripts/profile.js");
      this.#fill(await saveProfile(profile, this.#version));
      this.#say("saved");
    } catch (error) {
      this.#failedToSave(error);
    } finally {
      this.#busy(false);
    }
  }

  /** Saves what is typed here over what somebody saved elsewhere meanwhile. */
  async #saveOver() {
    try {
      const { readProfile } = await import("../../scripts/profile.js");
      this.#version = (await readProfile()).version;
    } catch (error) {
      this.#failedToSave(error);
      return;
    }
    await this.#save();
  }

  /** @param {unknown} error */
  #failedToSave(error) {
    this.#say("");
    const status = statusOf(error);
    if (status === 401) {
      this.#keepDraft();
      this.#show("expired");
    } else if (status === 412) this.#reveal(this.#role("conflict"));
    else if (status === 422) this.#showProblems(problemsOf(error));
    else this.#say(status === 429 ? "busy" : "failed-save", true);
  }

  async #signIn() {
    this.#leaving = true;
    try {
      const { signIn } = await import("../../scripts/session.js");
      await signIn(this.dataset.language ?? "ja");
    } catch {
      location.assign(`${this.dataset.failed}?reason=unreachable`);
    }
  }

  /** @param {Versioned} answer */
  #fill({ profile, version }) {
    this.#version = version;
    /** @type {Record<string, unknown>} */
    const values = { ...profile };
    for (const name of [...TEXTS, ...CHOICES]) this.#field(name).value = values[name] ?? "";
    this.#field("notifyByEmail").checked = profile.notifyByEmail;
    const [year = "", month = "", day = ""] = (profile.birthDate ?? "").split("-");
    this.#part("year").value = year;
    this.#part("month").value = month.replace(/^0/, "");
    this.#part("day").value = day.replace(/^0/, "");
    this.#saved = this.#state();
    this.#role("empty").hidden = profile.updatedAt !== null;
    this.#showUpdated(profile.updatedAt);
    this.#showEmail();
    this.#clearProblems();
  }

  /** @returns {Profile | null} null if the date makes no sense, which is then said */
  #read() {
    const birthDate = this.#birthDate();
    if (birthDate === undefined) {
      this.#clearProblems();
      this.#showProblems([{ pointer: "#/birthDate", code: "not-a-date" }]);
      return null;
    }
    const text = (/** @type {string} */ name) => this.#field(name).value.trim() || null;
    return {
      familyName: text("familyName"),
      givenName: text("givenName"),
      familyNameKana: text("familyNameKana"),
      givenNameKana: text("givenNameKana"),
      nickname: text("nickname"),
      birthDate,
      ward: text("ward"),
      language: this.#field("language").value,
      notifyByEmail: this.#field("notifyByEmail").checked,
    };
  }

  /** @returns {string | null | undefined} undefined for half a date or no number */
  #birthDate() {
    const parts = ["year", "month", "day"].map((name) => this.#part(name).value.normalize("NFKC").trim());
    if (parts.every((part) => part === "")) return null;
    const [year, month, day] = parts;
    if (!/^\d{4}$/.test(year) || !/^\d{1,2}$/.test(month) || !/^\d{1,2}$/.test(day)) return undefined;
    return `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  }

  /** @param {{ pointer: string, code: string }[]} problems */
  #showProblems(problems) {
    const list = this.#role("summary-list");
    list.replaceChildren();
    for (const { pointer, code } of problems) {
      const name = pointer.replace("#/", "");
      const field = this.querySelector(`#${CSS.escape(name)}`);
      const words = this.getAttribute(`data-problem-${code}`) ?? this.dataset.check ?? "";
      list.append(field ? this.#problemAtField(field, name, words) : itemOf(words));
    }
    this.#reveal(this.#role("summary"));
  }

  /**
   * @param {Element} field
   * @param {string} name
   * @param {string} words
   */
  #problemAtField(field, name, words) {
    const message = this.querySelector(`#${CSS.escape(name)}-error`);
    if (message instanceof HTMLElement) {
      message.textContent = words;
      message.hidden = false;
    }
    const fields = name === "birthDate" ? ["year", "month", "day"].map((part) => this.#part(part)) : [field];
    for (const each of fields) each.setAttribute("aria-invalid", "true");
    const link = document.createElement("a");
    link.href = `#${name}`;
    const group = field.closest("fieldset")?.querySelector("legend")?.textContent ?? "";
    const label = name === "birthDate" ? group : (this.querySelector(`label[for=${CSS.escape(name)}]`)?.textContent ?? group);
    link.textContent = `${label}: ${words}`;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      if (field instanceof HTMLElement) field.focus();
    });
    const item = document.createElement("li");
    item.append(link);
    return item;
  }

  #clearProblems() {
    for (const name of ["summary", "conflict"]) this.#role(name).hidden = true;
    for (const message of this.querySelectorAll(".field__error")) if (message instanceof HTMLElement) message.hidden = true;
    for (const field of this.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  }

  /** @param {Event} event */
  #askBeforeLeaving(event) {
    if (!(event.target instanceof Element) || !this.#isChanged() || this.#leaving) return;
    const way = event.target.closest("a[href], account-menu button");
    if (!way || this.contains(way) || way.getAttribute("href")?.startsWith("#")) return;
    // Some phones never ask on their own when a page is left.
    if (window.confirm(this.dataset.leave)) this.#leaving = true;
    else {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  #isChanged() {
    return !this.#form.hidden && this.#saved !== "" && this.#state() !== this.#saved;
  }

  #state() {
    const controls = [...this.#form.querySelectorAll("input, select")];
    return JSON.stringify(controls.map((control) => [control.id, control.type === "checkbox" ? control.checked : control.value]));
  }

  #keepDraft() {
    sessionStorage.setItem(DRAFT, this.#state());
  }

  #restoreDraft() {
    const draft = sessionStorage.getItem(DRAFT);
    sessionStorage.removeItem(DRAFT);
    if (!draft || draft === this.#saved) return;
    for (const [id, value] of JSON.parse(draft)) {
      const control = this.#form.querySelector(`#${CSS.escape(id)}`);
      if (control?.type === "checkbox") control.checked = value;
      else if (control) control.value = value;
    }
    this.#say("restored");
  }

  /** @param {string | null} moment */
  #showUpdated(moment) {
    const line = this.#role("updated");
    line.hidden = moment === null;
    if (moment === null) return;
    const time = this.#role("updated-time");
    const language = document.documentElement.lang;
    time.setAttribute("datetime", moment);
    const format = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short", timeZone: "Asia/Tokyo" });
    time.textContent = format.format(new Date(moment));
  }

  async #showEmail() {
    const { signedInEmail } = await import("../../scripts/session.js");
    this.#role("email").textContent = await signedInEmail();
  }

  /** @param {boolean} busy */
  #busy(busy) {
    const button = this.#form.querySelector("[type=submit]");
    button.setAttribute("aria-disabled", String(busy));
  }

  /** @param {string} panel */
  #show(panel) {
    for (const each of this.querySelectorAll("[data-panel]")) {
      if (each instanceof HTMLElement) each.hidden = each.dataset.panel !== panel;
    }
    const shown = this.querySelector(`[data-panel=${panel}][tabindex]`);
    if (shown instanceof HTMLElement) shown.focus();
  }

  /** @param {HTMLElement} part */
  #reveal(part) {
    part.hidden = false;
    part.focus();
  }

  /**
   * @param {string} message its name, "" for silence
   * @param {boolean} trouble
   */
  #say(message, trouble = false) {
    const status = this.#role("status");
    status.classList.toggle("profile-form__status--trouble", trouble);
    status.textContent = message && (this.getAttribute(`data-${message}`) ?? "");
  }

  /**
   * @param {string} action
   * @param {() => void} listener
   */
  #on(action, listener) {
    for (const button of this.querySelectorAll(`[data-action=${action}]`)) button.addEventListener("click", listener);
  }

  /** @returns {any} the form */
  get #form() {
    return this.querySelector("form");
  }

  /**
   * @param {string} name
   * @returns {any} the input or select
   */
  #field(name) {
    return this.#form.elements.namedItem(name);
  }

  /**
   * @param {string} name
   * @returns {any} the input for a part of the date
   */
  #part(name) {
    return this.#form.querySelector(`[data-part=${name}]`);
  }

  /**
   * @param {string} name
   * @returns {any} the element that has this part to play
   */
  #role(name) {
    return this.querySelector(`[data-role=${name}]`);
  }
}

/** @param {string} words */
function itemOf(words) {
  const item = document.createElement("li");
  item.textContent = words;
  return item;
}

/**
 * @param {unknown} error
 * @returns {number} HTTP status, 0 if there was no answer
 */
function statusOf(error) {
  return error instanceof Error && "status" in error ? Number(error.status) : 0;
}

/**
 * @param {unknown} error
 * @returns {{ pointer: string, code: string }[]}
 */
function problemsOf(error) {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors) ? error.errors : [];
}

customElements.define("profile-form", ProfileForm);
