// @ts-check
import { RULES } from "../../scripts/password-rules.js";

/** A password that can be made visible, and its rules, each ticked off while one types. */
class PasswordField extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    button?.addEventListener("click", () => {
      const isShown = button.getAttribute("aria-pressed") === "true";
      button.setAttribute("aria-pressed", String(!isShown));
      this.#input.type = isShown ? "password" : "text";
    });
    this.#input.addEventListener("input", () => this.#tick());
    // A password that is seen on the screen is not sent by it: managers look for the type.
    this.closest("form")?.addEventListener("submit", () => {
      this.#input.type = "password";
      button?.setAttribute("aria-pressed", "false");
    });
    this.#tick();
  }

  #tick() {
    const list = this.querySelector(".password-field__rules");
    for (const line of this.querySelectorAll("[data-rule]")) {
      const rule = RULES[/** @type {HTMLElement} */ (line).dataset.rule ?? ""];
      const isKept = rule.isKept(this.#input.value);
      line.classList.toggle("password-field__rule--kept", isKept);
      const state = line.querySelector("[data-role=state]");
      const words = list instanceof HTMLElement ? list.dataset[isKept ? "done" : "open"] : "";
      if (state) state.textContent = ` ${words}`;
    }
  }

  /** @returns {HTMLInputElement} */
  get #input() {
    return /** @type {HTMLInputElement} */ (this.querySelector("input"));
  }
}

customElements.define("password-field", PasswordField);
