// @ts-check
import { clearProblems, showProblems } from "../../scripts/field-problems.js";
import { onAction, role, spokenTime } from "../../scripts/panels.js";
import { PersonalPage, copyOf } from "../../scripts/personal-page.js";
import { askTwice } from "../../scripts/two-steps.js";

/**
 * @typedef {object} LawRequest
 * @property {string} number
 * @property {string} kind
 * @property {string} text
 * @property {string} state
 * @property {string} receivedAt
 * @property {string} dueOn
 * @property {string | null} extensionReason
 * @property {{ outcome: string, reason: string, at: string } | null} decision
 */

const PATH = "/citizen/v1/law-requests";
const OPEN = ["received", "extended"];

/** 開示, 訂正 and 利用停止: asking, and what became of it. */
class LawRequests extends PersonalPage {
  prepare() {
    const place = role(this, "new");
    const form = /** @type {HTMLFormElement} */ (place.querySelector("form"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send(place, form);
    });
  }

  async fill() {
    const { requests } = await this.ask("GET", PATH);
    role(this, "requests").replaceChildren(...requests.map((/** @type {LawRequest} */ each) => this.#card(each)));
    role(this, "none").hidden = requests.length > 0;
  }

  /**
   * @param {HTMLElement} place
   * @param {HTMLFormElement} form
   */
  #send(place, form) {
    const { kind, text } = /** @type {Record<string, string>} */ (Object.fromEntries(new FormData(form)));
    clearProblems(form);
    const missing = Object.entries({ kind, text: text?.trim() }).filter(([, value]) => !value);
    if (missing.length > 0) {
      showProblems(
        form,
        missing.map(([name]) => ({ pointer: `#/${name}`, code: "needed" })),
        () => this.words("problem-needed"),
      );
      return;
    }
    this.does(
      place,
      async () => {
        const { number } = await this.ask("POST", PATH, { kind, text: text.trim() });
        form.reset();
        await this.#tell(this.words("sent", number));
      },
      ({ errors }) => {
        if (errors.length > 0) showProblems(form, errors, (code) => this.words(`problem-${code}`) || this.words("check"));
        return errors.length > 0 ? this.words("check") : "";
      },
    );
  }

  /** @param {string} message */
  async #tell(message) {
    await this.fill();
    const news = role(this, "news");
    news.textContent = message;
    news.focus();
  }

  /** @param {LawRequest} request */
  #card(request) {
    const card = copyOf(this, "request");
    const isOpen = OPEN.includes(request.state);
    role(card, "kind").textContent = this.words(`kind-${request.kind}`);
    role(card, "state").textContent = this.words(`state-${request.state}`);
    role(card, "text").textContent = request.text;
    role(card, "number").textContent = request.number;
    role(card, "received").textContent = spokenTime(request.receivedAt, "date");
    role(card, "due").textContent = spokenTime(`${request.dueOn}T00:00:00+09:00`, "date");
    role(card, "due-fact").hidden = !isOpen;
    role(card, "decision-fact").hidden = !request.decision;
    role(card, "decision").textContent = request.decision ? this.words(`outcome-${request.decision.outcome}`) : "";
    role(card, "reason").textContent = request.decision?.reason ?? request.extensionReason ?? "";
    role(card, "withdrawal").hidden = !isOpen;
    askTwice(/** @type {HTMLElement} */ (card.querySelector("[data-two-steps]")));
    onAction(card, "withdraw", () =>
      this.does(card, async () => {
        await this.ask("DELETE", `${PATH}/${encodeURIComponent(request.number)}`);
        await this.#tell(this.words("taken-back"));
      }),
    );
    return card;
  }
}

customElements.define("law-requests", LawRequests);
