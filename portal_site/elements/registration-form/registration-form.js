// @ts-check
import "../password-field/password-field.js";
import { Refused, callAnonymously } from "../../scripts/api.js";
import { clearProblems, showProblems } from "../../scripts/field-problems.js";
import { busyWhile, onAction, problemsOf, role, showPanel } from "../../scripts/panels.js";
import { passwordProblem } from "../../scripts/password-rules.js";

/** @typedef {{ id: string, expiresAt: string }} Registration */

const KEPT = "machi.registration";

/**
 * Registration with an e-mail address: what is needed, then the code from the mail. Reading mail on a phone may close
 * this page, so the id of the registration is kept on the device until it is confirmed or over; nothing else is.
 */
class RegistrationForm extends HTMLElement {
  /** @type {Registration | null} */
  #registration = null;

  connectedCallback() {
    this.#form("form").addEventListener("submit", (event) => this.#on(event, () => this.#register()));
    this.#form("code").addEventListener("submit", (event) => this.#on(event, () => this.#confirm()));
    onAction(this, "resend", () => busyWhile(this, () => this.#resend()));
    onAction(this, "start-over", () => this.#startOver());
    onAction(this, "sign-in", () => this.#signIn());
    this.#registration = kept();
    showPanel(this, this.#registration ? "code" : "form");
    if (this.#registration) this.#say("code", "resumed");
  }

  /**
   * @param {Event} event
   * @param {() => Promise<void>} work
   */
  #on(event, work) {
    event.preventDefault();
    busyWhile(this, work);
  }

  async #register() {
    const form = this.#form("form");
    const value = (/** @type {string} */ name) => /** @type {any} */ (form.elements.namedItem(name)).value;
    clearProblems(form);
    this.#say("form", "");
    const problems = this.#problemsIn(value("email"), value("password"));
    if (problems.length) {
      this.#showProblems("form", problems);
      return;
    }
    this.#say("form", "working");
    const { language, termsVersion, termsHash } = this.dataset;
    const terms = { version: termsVersion, hash: termsHash };
    const body = { email: value("email").trim(), password: value("password"), loginId: value("loginId").trim() || null, language, terms };
    try {
      this.#keep((await callAnonymously("POST", "/account/v1/registrations", { body })).body);
      form.reset();
      this.#say("form", "");
      showPanel(this, "code");
    } catch (error) {
      this.#failed("form", error);
    }
  }

  /**
   * What can be seen to be wrong before asking.
   * @param {string} email
   * @param {string} password
   */
  #problemsIn(email, password) {
    const problems = [];
    if (!/^\S+@\S+$/.test(email.trim())) problems.push({ pointer: "#/email", code: "not-an-address" });
    const weak = passwordProblem(password);
    if (weak) problems.push({ pointer: "#/password", code: weak });
    if (!(/** @type {any} */ (this.#form("form").elements.namedItem("terms")).checked)) problems.push({ pointer: "#/terms", code: "needed" });
    return problems;
  }

  async #confirm() {
    const form = this.#form("code");
    const code = /** @type {any} */ (form.elements.namedItem("code")).value.normalize("NFKC").replace(/\s/g, "");
    clearProblems(form);
    this.#say("code", "working");
    try {
      await callAnonymously("POST", `${this.#path}/confirmation`, { body: { code } });
      this.#keep(null);
      showPanel(this, "done");
    } catch (error) {
      this.#failed("code", error);
    }
  }

  async #resend() {
    try {
      await callAnonymously("POST", `${this.#path}/code`, { body: {} });
      this.#say("code", "sent-again");
    } catch (error) {
      this.#failed("code", error);
    }
  }

  #startOver() {
    this.#keep(null);
    showPanel(this, "form");
    /** @type {any} */ (this.#form("form").elements.namedItem("email")).focus();
  }

  async #signIn() {
    try {
      const { signIn } = await import("../../scripts/session.js");
      await signIn(this.dataset.language ?? "ja", { returnTo: this.dataset.welcome, again: true });
    } catch {
      location.assign(`${this.dataset.failedPage}?reason=unreachable`);
    }
  }

  /**
   * @param {string} panel
   * @param {unknown} error
   */
  #failed(panel, error) {
    const { status, type } = error instanceof Refused ? error : { status: 0, type: "" };
    if (status === 410 || status === 404) {
      this.#keep(null);
      showPanel(this, "form");
      this.#say("form", "registration-over", true);
      return;
    }
    this.#say(panel, "");
    if (type === "login-id-taken") this.#showProblems(panel, [{ pointer: "#/loginId", code: type }]);
    else if (status === 422) this.#showProblems(panel, problemsOf(error));
    else this.#say(panel, status === 429 ? "too-many" : "failed", true);
  }

  /**
   * @param {string} panel
   * @param {{ pointer: string, code: string }[]} problems
   */
  #showProblems(panel, problems) {
    const details = this.querySelector("details");
    if (details && problems.some(({ pointer }) => pointer === "#/loginId")) details.open = true;
    showProblems(this.#form(panel), problems, (code) => this.getAttribute(`data-problem-${code}`) ?? this.dataset.check ?? "");
  }

  /** @param {Registration | null} registration */
  #keep(registration) {
    this.#registration = registration;
    try {
      if (registration) localStorage.setItem(KEPT, JSON.stringify({ id: registration.id, expiresAt: registration.expiresAt }));
      else localStorage.removeItem(KEPT);
    } catch {
      // Without storage the registration goes on as long as the page stays open.
    }
  }

  /**
   * @param {string} panel
   * @param {string} message its name, "" for silence
   * @param {boolean} trouble
   */
  #say(panel, message, trouble = false) {
    const status = role(this.#form(panel), "status");
    status.classList.toggle("profile-form__status--trouble", trouble);
    status.textContent = message && (this.getAttribute(`data-${message}`) ?? "");
  }

  get #path() {
    return `/account/v1/registrations/${encodeURIComponent(this.#registration?.id ?? "")}`;
  }

  /**
   * @param {string} panel
   * @returns {HTMLFormElement}
   */
  #form(panel) {
    return /** @type {HTMLFormElement} */ (this.querySelector(`form[data-panel=${panel}]`));
  }
}

/** @returns {Registration | null} */
function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(KEPT) ?? "null");
    if (found && new Date(found.expiresAt) > new Date()) return found;
    localStorage.removeItem(KEPT);
  } catch {
    // Storage is forbidden, or holds what is not ours.
  }
  return null;
}

customElements.define("registration-form", RegistrationForm);
