// @ts-check
import { clearProblems, showProblems } from "../../scripts/field-problems.js";
import { onAction, role, spokenTime } from "../../scripts/panels.js";
import { PersonalPage, copyOf } from "../../scripts/personal-page.js";
import { askTwice } from "../../scripts/two-steps.js";

/**
 * @typedef {object} Guardianship
 * @property {string} id
 * @property {"guardian" | "child"} role of the citizen
 * @property {string} state
 * @property {string[]} powers
 * @property {string} since
 * @property {string | null} until
 * @property {boolean} isProtected
 * @property {string | null} name of the other side
 */

const PATH = "/citizen/v1/guardianships";
const OPEN = ["requested", "active"];

/** Acting for a child: asking, showing the code, and ending it from either side. */
class GuardianPage extends PersonalPage {
  prepare() {
    const asking = role(this, "asking");
    const form = /** @type {HTMLFormElement} */ (asking.querySelector("form"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send(asking, form);
    });
    const showing = role(this, "showing");
    onAction(this, "show-code", () =>
      this.does(showing, async () => {
        const { code, until } = await this.ask("POST", `${PATH}/code`, {});
        const place = role(showing, "code");
        place.textContent = code;
        place.hidden = false;
        return this.words("code-until", spokenTime(until));
      }),
    );
  }

  async fill() {
    const { guardianships } = await this.ask("GET", PATH);
    role(this, "guardianships").replaceChildren(...guardianships.map((/** @type {Guardianship} */ each) => this.#card(each)));
    role(this, "none").hidden = guardianships.length > 0;
  }

  /**
   * @param {HTMLElement} place
   * @param {HTMLFormElement} form
   */
  #send(place, form) {
    const data = new FormData(form);
    const body = { childCode: String(data.get("childCode")).trim(), powers: data.getAll("powers").map(String) };
    clearProblems(form);
    const missing = Object.entries(body).filter(([, value]) => value.length === 0);
    const words = (/** @type {string} */ code) => this.words(code) || this.words("check");
    if (missing.length > 0) {
      showProblems(
        form,
        missing.map(([name]) => ({ pointer: `#/${name}`, code: "needed" })),
        words,
      );
      return;
    }
    this.does(
      place,
      async () => {
        await this.ask("POST", PATH, body);
        form.reset();
        await this.#tell(this.words("asked"));
      },
      ({ status, errors }) => {
        if (errors.length > 0) showProblems(form, errors, words);
        if (status === 409) return this.words("refused");
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

  /** @param {Guardianship} guardianship */
  #card(guardianship) {
    const card = copyOf(this, "guardianship");
    const isActive = guardianship.state === "active";
    const isOpen = OPEN.includes(guardianship.state);
    const name = guardianship.name ?? this.words("somebody");
    role(card, "who").textContent = this.words(`${isActive ? "role" : "past"}-${guardianship.role}`, name);
    role(card, "state").textContent = this.words(`state-${guardianship.state}`);
    role(card, "protected").hidden = !guardianship.isProtected;
    role(card, "powers").textContent = guardianship.powers.map((power) => this.words(`power-${power}`)).join(" / ");
    role(card, "since").textContent = spokenTime(guardianship.since, "date");
    role(card, "until").textContent = guardianship.until ? spokenTime(guardianship.until, "date") : "";
    role(card, "until-fact").hidden = !guardianship.until;
    const links = role(card, "links");
    links.hidden = !isActive || guardianship.role !== "guardian";
    for (const item of links.children) {
      item.hidden = !guardianship.powers.includes(item.dataset.power);
      const link = item.querySelector("a");
      // A link within a template has no address of its own yet, so `search` could not be set.
      link.setAttribute("href", `${link.getAttribute("href")}?for=${guardianship.id}`);
    }
    role(card, "ending").hidden = !isOpen;
    askTwice(/** @type {HTMLElement} */ (card.querySelector("[data-two-steps]")));
    onAction(card, "end", () =>
      this.does(card, async () => {
        await this.ask("DELETE", `${PATH}/${encodeURIComponent(guardianship.id)}`);
        await this.#tell(this.words("ended"));
      }),
    );
    return card;
  }
}

customElements.define("guardian-page", GuardianPage);
