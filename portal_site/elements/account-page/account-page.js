// @ts-check
import "../password-field/password-field.js";
import { Refused, call } from "../../scripts/api.js";
import { clearProblems, showProblems } from "../../scripts/field-problems.js";
import { busyWhile, onAction, problemsOf, role, showPanel, spokenTime, statusOf } from "../../scripts/panels.js";
import { PREFIX, isSignedIn, onSessionChange } from "../../scripts/session-state.js";
import { askTwice } from "../../scripts/two-steps.js";
import { connectLeaving } from "./leaving.js";
import { connectLinks } from "./links.js";
import { connectSignInNames } from "./sign-in-names.js";

/**
 * @typedef {object} Account
 * @property {string | null} email
 * @property {boolean} emailVerified
 * @property {string | null} loginId
 * @property {boolean} hasPassword
 * @property {{ provider: string, linkedAt: string }[]} identities
 * @property {{ level: string, method: string, at: string } | null} assurance
 * @property {"active" | "closing"} state
 * @property {string | null} closesAt
 * @property {{ maskedEmail: string } | null} linkOffer
 */

const PENDING = `${PREFIX}pending`;

/**
 * The citizen's account. This module loads it, says what went wrong and asks to sign in again where the API wants it;
 * what can be done with it stands in the modules beside it, by section.
 */
export class AccountPage extends HTMLElement {
  /** @type {((account: Account) => void)[]} */
  #shows = [];

  connectedCallback() {
    for (const part of this.querySelectorAll("[data-needs-script]")) part.removeAttribute("hidden");
    onAction(this, "sign-in", () => this.#signIn(false));
    onAction(this, "sign-in-again", () => this.#signIn(true));
    onAction(this, "load", () => this.load());
    for (const steps of this.querySelectorAll("[data-two-steps]")) askTwice(/** @type {HTMLElement} */ (steps));
    this.#shows = [connectSignInNames(this), connectLinks(this), connectLeaving(this), (account) => this.#show(account)];
    onSessionChange(() => {
      if (!isSignedIn()) showPanel(this, "expired");
    });
    if (isSignedIn()) this.load();
  }

  /** Reads the account and shows it in every section. */
  async load() {
    const isFirst = role(this, "email").textContent === "";
    if (isFirst) showPanel(this, "loading");
    try {
      const { body } = await call("GET", "/account/v1/account");
      for (const show of this.#shows) show(body);
      if (isFirst) {
        showPanel(this, "account");
        this.#goOn();
      }
    } catch (error) {
      if (statusOf(error) === 401) showPanel(this, "expired");
      else {
        role(this, "failed-text").textContent = this.dataset[statusOf(error) === 429 ? "tooMany" : "failedLoad"] ?? "";
        showPanel(this, "failed");
      }
    }
  }

  /**
   * Does one thing of a section and says how it went. Where the API wants a recent sign-in, the citizen is asked for
   * it, and finds what was typed (no password) when they come back.
   * @param {string} section
   * @param {() => Promise<string | void>} work returns the name of what to say
   * @param {HTMLFormElement} [form]
   */
  async does(section, work, form) {
    const place = this.section(section);
    if (form) clearProblems(form);
    this.say(section, "working");
    role(this, "again").hidden = true;
    await busyWhile(place, async () => {
      try {
        this.say(section, (await work()) ?? "");
      } catch (error) {
        this.say(section, "");
        this.#failed(section, error, form);
      }
    });
  }

  /**
   * @param {string} section
   * @param {unknown} error
   * @param {HTMLFormElement} [form]
   */
  #failed(section, error, form) {
    const { status, type } = error instanceof Refused ? error : { status: 0, type: "" };
    if (status === 401) showPanel(this, "expired");
    else if (type === "reauthentication-required") this.#askAgain(section, form);
    else if (form && (status === 422 || type === "login-id-taken")) {
      const problems = status === 422 ? problemsOf(error) : [{ pointer: "#/loginId", code: type }];
      showProblems(form, problems, (code) => this.words(code));
      const field = problems.some(({ pointer }) => form.querySelector(`[data-field="${CSS.escape(pointer.replace("#/", ""))}"]`));
      if (!field) this.say(section, "check", true);
    } else if (type && this.getAttribute(`data-${type}`)) this.say(section, type, true);
    else this.say(section, status === 429 ? "too-many" : "failed", true);
  }

  /**
   * @param {string} section
   * @param {HTMLFormElement} [form]
   */
  #askAgain(section, form) {
    const inputs = form ? [...form.querySelectorAll("input:not([type=password])")] : [];
    const typed = inputs.filter((input) => !input.closest("password-field")).map((input) => [input.id, /** @type {any} */ (input).value]);
    sessionStorage.setItem(PENDING, JSON.stringify({ section, typed }));
    const notice = role(this, "again");
    this.section(section).prepend(notice);
    notice.hidden = false;
    notice.focus();
  }

  /** Back from signing in again: to the section where the citizen was. */
  #goOn() {
    const kept = sessionStorage.getItem(PENDING);
    sessionStorage.removeItem(PENDING);
    if (!kept) return;
    const { section, typed } = JSON.parse(kept);
    const place = this.section(section);
    for (const [id, value] of typed) {
      const input = /** @type {any} */ (place.querySelector(`#${CSS.escape(id)}`));
      if (input) input.value = value;
    }
    for (const details of place.querySelectorAll("details")) details.open = true;
    this.say(section, "go-on");
    place.scrollIntoView();
  }

  /** @param {Account} account */
  #show(account) {
    role(this, "closing").hidden = account.state !== "closing";
    role(this, "closes-at").textContent = account.closesAt ? spokenTime(account.closesAt, "date") : "";
    role(this, "link-offer").hidden = !account.linkOffer;
  }

  /** @param {boolean} again */
  async #signIn(again) {
    try {
      const { signIn } = await import("../../scripts/session.js");
      await signIn(this.dataset.language ?? "ja", { returnTo: location.pathname, again });
    } catch {
      location.assign(`${this.dataset.failedPage}?reason=unreachable`);
    }
  }

  /**
   * @param {string} name
   * @returns {HTMLElement}
   */
  section(name) {
    return /** @type {HTMLElement} */ (this.querySelector(`[data-section=${name}]`));
  }

  /** @param {string} code */
  words(code) {
    return this.getAttribute(`data-problem-${code}`) ?? this.dataset.check ?? "";
  }

  /**
   * @param {string} section
   * @param {string} message its name, "" for silence
   * @param {boolean} trouble
   */
  say(section, message, trouble = false) {
    const status = role(this.section(section), "status");
    status.classList.toggle("profile-form__status--trouble", trouble);
    status.textContent = message && (this.getAttribute(`data-${message}`) ?? "");
  }
}

customElements.define("account-page", AccountPage);
