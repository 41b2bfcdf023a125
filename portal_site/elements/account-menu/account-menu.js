// @ts-check
import { onSessionChange, isSignedIn } from "../../scripts/session-state.js";
import { keepWay } from "../../scripts/way.js";

/**
 * The way to the page for signing in, or signing out. The log-in library is loaded on the click only.
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
    link.addEventListener("click", () => {
      if (!isSignInPage()) keepWay({ returnTo: location.pathname + location.search + location.hash, language: this.dataset.language ?? "ja" });
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

/** Who comes from a page that is itself part of signing in goes to my page afterwards. */
function isSignInPage() {
  return /\/(sign-in|register|reset-password|auth)\//.test(location.pathname);
}

customElements.define("account-menu", AccountMenu);
