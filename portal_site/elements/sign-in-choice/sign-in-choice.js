// @ts-check
import { readConfig } from "../../scripts/config.js";
import { onAction, role } from "../../scripts/panels.js";
import { peekWay } from "../../scripts/way.js";

/** The ways in: our own log-in, and somebody else's ID where this stage is registered with them. */
class SignInChoice extends HTMLElement {
  connectedCallback() {
    for (const part of this.querySelectorAll("[data-needs-script]")) part.removeAttribute("hidden");
    onAction(this, "sign-in", (event) => this.#signIn(event));
    this.#showProviders();
  }

  async #showProviders() {
    const { social_providers: registered = "" } = await readConfig().catch(() => ({ social_providers: "" }));
    const names = registered.split(",");
    for (const line of this.querySelectorAll("[data-provider]")) {
      if (line instanceof HTMLElement) line.hidden = !names.includes(line.dataset.provider ?? "");
    }
    role(this, "providers").hidden = this.querySelector("[data-provider]:not([hidden])") === null;
  }

  /** @param {Event} event */
  async #signIn(event) {
    const button = /** @type {HTMLElement} */ (event.currentTarget);
    this.setAttribute("aria-busy", "true");
    try {
      const { signIn } = await import("../../scripts/session.js");
      const returnTo = peekWay() ?? this.dataset.mypage;
      await signIn(this.dataset.language ?? "ja", { returnTo, provider: button.dataset.name });
    } catch {
      location.assign(`${this.dataset.failedPage}?reason=unreachable`);
    }
  }
}

customElements.define("sign-in-choice", SignInChoice);
