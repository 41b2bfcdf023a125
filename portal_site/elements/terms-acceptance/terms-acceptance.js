// @ts-check
import { Refused, call } from "../../scripts/api.js";
import { clearProblems, showProblems } from "../../scripts/field-problems.js";
import { busyWhile, onAction, problemsOf, role } from "../../scripts/panels.js";
import { isSignedIn } from "../../scripts/session-state.js";
import { takeWay } from "../../scripts/way.js";

/** The terms for whoever comes in with somebody else's ID for the first time, or after the terms have changed. */
class TermsAcceptance extends HTMLElement {
  connectedCallback() {
    if (!isSignedIn()) {
      location.replace(this.dataset.mypage ?? "/");
      return;
    }
    for (const part of this.querySelectorAll("[data-needs-script]")) part.removeAttribute("hidden");
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      busyWhile(this, () => this.#accept());
    });
    onAction(this, "sign-out", () => this.#signOut());
    role(this, "link-offer").hidden = new URLSearchParams(location.search).get("offer") !== "link";
  }

  async #accept() {
    clearProblems(this.#form);
    const box = /** @type {any} */ (this.#form.elements.namedItem("terms"));
    if (!box.checked) {
      this.#showProblems([{ pointer: "#/terms", code: "needed" }]);
      return;
    }
    const { language, termsVersion, termsHash } = this.dataset;
    try {
      await call("POST", "/account/v1/account", { body: { terms: { version: termsVersion, hash: termsHash }, language } });
      location.replace(takeWay().returnTo);
    } catch (error) {
      const status = error instanceof Refused ? error.status : 0;
      if (status === 422) this.#showProblems(problemsOf(error));
      else {
        const line = role(this, "status");
        line.classList.add("profile-form__status--trouble");
        line.textContent = this.dataset[status === 429 ? "tooMany" : "failed"] ?? "";
      }
    }
  }

  async #signOut() {
    try {
      const { signOut } = await import("../../scripts/session.js");
      await signOut(this.dataset.language ?? "ja");
    } catch {
      location.assign(`${this.dataset.failedPage}?reason=unreachable`);
    }
  }

  /** @param {{ pointer: string, code: string }[]} problems */
  #showProblems(problems) {
    showProblems(this.#form, problems, (code) => this.getAttribute(`data-problem-${code}`) ?? this.dataset.check ?? "");
  }

  /** @returns {HTMLFormElement} */
  get #form() {
    return /** @type {HTMLFormElement} */ (this.querySelector("form"));
  }
}

customElements.define("terms-acceptance", TermsAcceptance);
