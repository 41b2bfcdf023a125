// @ts-check
import "../postal-code/postal-code.js";
import { clearProblems, showProblems } from "../../scripts/field-problems.js";
import { busyWhile, onAction, problemsOf, role, showPanel, spokenTime, statusOf } from "../../scripts/panels.js";
import { fillFields, readFields, restoreState, stateOf } from "../../scripts/profile-fields.js";
import { PREFIX, isSignedIn, onSessionChange } from "../../scripts/session-state.js";
import { keepWay } from "../../scripts/way.js";

/** @typedef {import("../../scripts/profile.js").Versioned} Versioned */

const DRAFT = `${PREFIX}draft`;

/**
 * Shows and saves the profile of whoever is signed in. The form stands in the page, hidden until there is something
 * to show; what it says is in its `data-` attributes, in the page's language.
 */
class ProfileForm extends HTMLElement {
  #version = "";
  #saved = "";
  #leaving = false;

  connectedCallback() {
    for (const part of this.querySelectorAll("[data-needs-script]")) part.removeAttribute("hidden");
    onAction(this, "sign-in", () => this.#signIn());
    onAction(this, "choose-sign-in", () => this.#chooseSignIn());
    onAction(this, "load", () => this.#load());
    onAction(this, "take-theirs", () => this.#load());
    onAction(this, "keep-mine", () => this.#saveOver());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      busyWhile(this.#form, () => this.#save());
    });
    window.addEventListener("beforeunload", (event) => {
      if (this.#isChanged() && !this.#leaving) event.preventDefault();
    });
    document.addEventListener("click", (event) => this.#askBeforeLeaving(event), { capture: true });
    onSessionChange(() => {
      if (!isSignedIn() && !this.#form.hidden) showPanel(this, "expired");
    });
    if (isSignedIn()) this.#load();
  }

  async #load() {
    showPanel(this, "loading");
    try {
      const { readProfile } = await import("../../scripts/profile.js");
      this.#fill(await readProfile());
      showPanel(this, "form");
      this.#restoreDraft();
    } catch (error) {
      this.#failedToLoad(statusOf(error));
    }
  }

  /** @param {number} status */
  #failedToLoad(status) {
    if (status === 401) {
      showPanel(this, "expired");
      return;
    }
    role(this, "failed-text").textContent = this.dataset[status === 429 ? "busy" : "failedLoad"] ?? "";
    showPanel(this, "failed");
  }

  async #save() {
    const profile = readFields(this.#form);
    this.#clearProblems();
    if (!profile) {
      this.#showProblems([{ pointer: "#/birthDate", code: "not-a-date" }]);
      return;
    }
    this.#say("saving");
    try {
      const { saveProfile } = await import("../../scripts/profile.js");
      this.#fill(await saveProfile(profile, this.#version));
      this.#say("saved");
    } catch (error) {
      this.#failedToSave(error);
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
      sessionStorage.setItem(DRAFT, stateOf(this.#form));
      showPanel(this, "expired");
    } else if (status === 412) {
      role(this, "conflict").hidden = false;
      role(this, "conflict").focus();
    } else if (status === 422) this.#showProblems(problemsOf(error));
    else this.#say(status === 429 ? "busy" : "failed-save", true);
  }

  async #signIn() {
    this.#leaving = true;
    try {
      const { signIn } = await import("../../scripts/session.js");
      await signIn(this.dataset.language ?? "ja");
    } catch {
      location.assign(`${this.dataset.failedPage}?reason=unreachable`);
    }
  }

  #chooseSignIn() {
    const language = this.dataset.language ?? "ja";
    keepWay({ returnTo: location.pathname, language });
    location.assign(`${language === "ja" ? "" : `/${language}`}/sign-in/`);
  }

  /** @param {Versioned} answer */
  #fill({ profile, version }) {
    this.#version = version;
    fillFields(this.#form, profile);
    this.#saved = stateOf(this.#form);
    role(this, "empty").hidden = profile.updatedAt !== null;
    this.#showUpdated(profile.updatedAt);
    this.#showEmail();
    this.#clearProblems();
  }

  /** @param {{ pointer: string, code: string }[]} problems */
  #showProblems(problems) {
    showProblems(this.#form, problems, (code) => this.getAttribute(`data-problem-${code}`) ?? this.dataset.check ?? "");
  }

  #clearProblems() {
    clearProblems(this.#form);
    role(this, "conflict").hidden = true;
  }

  /** @param {Event} event */
  #askBeforeLeaving(event) {
    if (!(event.target instanceof Element) || !this.#isChanged() || this.#leaving) return;
    const way = event.target.closest("a[href], account-menu button");
    if (!way || way.getAttribute("href")?.startsWith("#")) return;
    // Some phones never ask on their own when a page is left.
    if (window.confirm(this.dataset.leave)) this.#leaving = true;
    else {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  #isChanged() {
    return !this.#form.hidden && this.#saved !== "" && stateOf(this.#form) !== this.#saved;
  }

  #restoreDraft() {
    const draft = sessionStorage.getItem(DRAFT);
    sessionStorage.removeItem(DRAFT);
    if (!draft || draft === this.#saved) return;
    restoreState(this.#form, draft);
    this.#say("restored");
  }

  /** @param {string | null} moment */
  #showUpdated(moment) {
    role(this, "updated").hidden = moment === null;
    if (moment === null) return;
    const time = role(this, "updated-time");
    time.setAttribute("datetime", moment);
    time.textContent = spokenTime(moment);
  }

  async #showEmail() {
    const { signedInEmail } = await import("../../scripts/session.js");
    role(this, "email").textContent = await signedInEmail();
  }

  /**
   * @param {string} message its name, "" for silence
   * @param {boolean} trouble
   */
  #say(message, trouble = false) {
    const status = role(this, "status");
    status.classList.toggle("profile-form__status--trouble", trouble);
    status.textContent = message && (this.getAttribute(`data-${message}`) ?? "");
  }

  /** @returns {HTMLFormElement} */
  get #form() {
    return /** @type {HTMLFormElement} */ (this.querySelector("form"));
  }
}

customElements.define("profile-form", ProfileForm);
