// @ts-check
import "../password-field/password-field.js";
import { Refused, callAnonymously } from "../../scripts/api.js";
import { clearProblems, showProblems } from "../../scripts/field-problems.js";
import { busyWhile, onAction, problemsOf, role, showPanel } from "../../scripts/panels.js";
import { passwordProblem } from "../../scripts/password-rules.js";

const PATH = "/account/v1/password-resets";

/** A new password for somebody who has forgotten the old one. Nothing here tells whether an account exists. */
class PasswordReset extends HTMLElement {
  #identifier = "";

  connectedCallback() {
    this.#form("ask").addEventListener("submit", (event) => this.#on(event, () => this.#ask()));
    this.#form("set").addEventListener("submit", (event) => this.#on(event, () => this.#set()));
    onAction(this, "start-over", () => showPanel(this, "ask"));
    onAction(this, "sign-in", () => this.#signIn());
    showPanel(this, "ask");
  }

  /**
   * @param {Event} event
   * @param {() => Promise<void>} work
   */
  #on(event, work) {
    event.preventDefault();
    busyWhile(this, work);
  }

  async #ask() {
    const form = this.#form("ask");
    clearProblems(form);
    this.#identifier = this.#value(form, "identifier").trim();
    if (!this.#identifier) {
      this.#showProblems(form, [{ pointer: "#/identifier", code: "needed" }]);
      return;
    }
    this.#say(form, "working");
    try {
      await callAnonymously("POST", PATH, { body: { identifier: this.#identifier } });
      this.#say(form, "");
      showPanel(this, "set");
    } catch (error) {
      this.#failed(form, error);
    }
  }

  async #set() {
    const form = this.#form("set");
    clearProblems(form);
    const password = this.#value(form, "password");
    const code = this.#value(form, "code").normalize("NFKC").replace(/\s/g, "");
    const weak = passwordProblem(password);
    const problems = [
      ...(code ? [] : [{ pointer: "#/code", code: "needed" }]),
      ...(weak ? [{ pointer: "#/password", code: weak }] : []),
    ];
    if (problems.length) {
      this.#showProblems(form, problems);
      return;
    }
    this.#say(form, "working");
    try {
      await callAnonymously("POST", `${PATH}/confirmation`, { body: { identifier: this.#identifier, code, password } });
      form.reset();
      showPanel(this, "done");
    } catch (error) {
      this.#failed(form, error);
    }
  }

  async #signIn() {
    try {
      const { signIn } = await import("../../scripts/session.js");
      await signIn(this.dataset.language ?? "ja", { returnTo: this.dataset.mypage, again: true });
    } catch {
      location.assign(`${this.dataset.failedPage}?reason=unreachable`);
    }
  }

  /**
   * @param {HTMLFormElement} form
   * @param {unknown} error
   */
  #failed(form, error) {
    const status = error instanceof Refused ? error.status : 0;
    if (status === 422) {
      this.#showProblems(form, problemsOf(error));
      return;
    }
    this.#say(form, status === 429 ? "too-many" : "failed", true);
  }

  /**
   * @param {HTMLFormElement} form
   * @param {string} message its name, "" for silence
   * @param {boolean} trouble
   */
  #say(form, message, trouble = false) {
    const line = role(form, "status");
    line.classList.toggle("profile-form__status--trouble", trouble);
    line.textContent = message && (this.getAttribute(`data-${message}`) ?? "");
  }

  /**
   * @param {HTMLFormElement} form
   * @param {{ pointer: string, code: string }[]} problems
   */
  #showProblems(form, problems) {
    this.#say(form, "");
    showProblems(form, problems, (code) => this.getAttribute(`data-problem-${code}`) ?? this.dataset.check ?? "");
  }

  /**
   * @param {HTMLFormElement} form
   * @param {string} name
   * @returns {string}
   */
  #value(form, name) {
    return /** @type {any} */ (form.elements.namedItem(name)).value;
  }

  /**
   * @param {string} panel
   * @returns {HTMLFormElement}
   */
  #form(panel) {
    return /** @type {HTMLFormElement} */ (this.querySelector(`form[data-panel=${panel}]`));
  }
}

customElements.define("password-reset", PasswordReset);
