// @ts-check
import { onSessionChange, isSignedIn } from "../../scripts/session-state.js";

/**
 * Sign in, or sign out. Without JavaScript it leads to my page, which says what signing in needs.
 * The log-in library is loaded on the first click only.
 */
class AccountMenu extends HTMLElement {
  connectedCallback() {
    const link = this.querySelector("a");
    if (!link) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = link.className;
    button.textContent = this.dataset.signOut ?? "";
    button.hidden = true;
    link.after(button);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      this.#leave(async (session, language) => session.signIn(language));
    });
    button.addEventListener("click", () => this.#leave(async (session, language) => session.signOut(language)));
    const show = () => {
      link.hidden = isSignedIn();
      button.hidden = !link.hidden;
    };
    show();
    onSessionChange(show);
  }

  /** @param {(session: typeof import("../../scripts/session.js"), language: string) => Promise<void>} how */
  async #leave(how) {
    this.setAttribute("aria-busy", "true");
    try {
      await how(await import("../../scripts/session.js"), this.dataset.language ?? "ja");
    } catch {
      // No network or no settings: the page for failed log-ins says what to do.
      location.assign(`${this.dataset.failed}?reason=unreachable`);
    }
  }
}

customElements.define("account-menu", AccountMenu);
