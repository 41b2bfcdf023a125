// @ts-check
import { onAction, role, spokenTime } from "../../scripts/panels.js";
import { PersonalPage, copyOf } from "../../scripts/personal-page.js";
import { putText } from "../../scripts/readings.js";
import { askTwice } from "../../scripts/two-steps.js";
import { showDetail } from "./service-detail.js";

/**
 * @typedef {object} Service
 * @property {string} application
 * @property {string} name
 * @property {string} state
 * @property {string[]} items agreed to
 * @property {string | null} purpose
 * @property {string} since
 * @property {string | null} until
 * @property {string | null} lastUsedAt
 * @property {boolean} needsRenewal
 * @property {boolean} isUnfinished
 * @property {string | null} [onWithdrawal]
 * @property {{ state: string, at: string | null, extent?: string } | null} [withdrawal] the newest notice to the recipient
 */

/** Every service that ever asked: what it may see, and giving, changing and stopping it. */
export class ConsentCentre extends PersonalPage {
  prepare() {
    const child = role(this, "for-child");
    child.hidden = !this.behalf;
    child.textContent = this.words("for-child", this.words("child"));
    if (this.behalf) role(this, "to-history").search = `?for=${this.behalf}`;
    const stop = role(this, "stop-section");
    askTwice(stop.querySelector("[data-two-steps]"));
    onAction(stop, "stop", () =>
      this.does(stop, async () => {
        await this.ask("POST", "/citizen/v1/consents/withdrawal", {});
        await this.tell(this.words("stopped"));
      }),
    );
  }

  async fill() {
    const { services } = await this.ask("GET", `/citizen/v1/consents?lang=${this.dataset.language}`);
    /** @type {(wanted: (service: Service) => boolean) => Service[]} */
    const those = (wanted) => services.filter(wanted);
    const open = those((service) => !service.isUnfinished && service.state === "given");
    this.#list("unfinished", those((service) => service.isUnfinished));
    this.#list("services", open);
    this.#list("ended", those((service) => !service.isUnfinished && service.state !== "given"));
    role(this, "none").hidden = open.length > 0;
    const given = those((service) => service.state === "given");
    role(this, "stop-section").hidden = given.length === 0;
    role(this, "stop-names").replaceChildren(...given.map((service) => line("li", service.name)));
  }

  /**
   * Shows everything anew and says what has been done.
   * @param {string} message
   */
  async tell(message) {
    await this.fill();
    const news = role(this, "news");
    news.textContent = message;
    news.focus();
  }

  /**
   * @param {string} name of the list
   * @param {Service[]} services
   */
  #list(name, services) {
    role(this, name).replaceChildren(...services.map((service) => this.#card(service)));
    const section = role(this, `${name}-section`);
    if (section) section.hidden = services.length === 0;
  }

  /** @param {Service} service */
  #card(service) {
    const card = copyOf(this, "service");
    role(card, "name").textContent = service.name;
    role(card, "state").textContent = this.words(`state-${service.needsRenewal ? "renewal" : service.state}`);
    putText(role(card, "purpose"), service.purpose ?? "");
    this.#facts(card, service);
    const tell = role(card, "tell");
    // Who has agreed again since an earlier end need not read of that end.
    const isOfNow = service.withdrawal && (service.state !== "given" || service.withdrawal.extent === "reduced");
    tell.hidden = !isOfNow;
    if (service.withdrawal) {
      tell.textContent = this.words(`tell-${service.withdrawal.state}`, service.withdrawal.at ? spokenTime(service.withdrawal.at) : "");
    }
    this.#opens(card, service);
    this.#withdraws(card, service);
    return card;
  }

  /**
   * @param {HTMLElement} card
   * @param {Service} service
   */
  #facts(card, service) {
    const isGiven = service.state === "given";
    role(card, "items").textContent = service.items.map((item) => this.itemName(item)).join(" / ");
    role(card, "since").textContent = spokenTime(service.since, "date");
    role(card, "until").textContent = service.until ? spokenTime(service.until, "date") : "";
    role(card, "last-used").textContent = service.lastUsedAt ? spokenTime(service.lastUsedAt) : this.words("not-yet");
    for (const fact of ["items", "since", "until"]) role(card, `${fact}-fact`).hidden = !isGiven;
    role(card, "last-used-fact").hidden = !isGiven && !service.lastUsedAt;
    role(card, "items").closest("dl").hidden = !isGiven && !service.lastUsedAt;
  }

  /**
   * @param {HTMLElement} card
   * @param {Service} service
   */
  #opens(card, service) {
    const button = /** @type {HTMLElement} */ (card.querySelector("[data-action=open]"));
    const detail = role(card, "detail");
    const turn = (/** @type {boolean} */ isOpen) => {
      detail.hidden = !isOpen;
      button.setAttribute("aria-expanded", String(isOpen));
      role(card, "close-label").hidden = !isOpen;
      role(card, "decide-label").hidden = isOpen || !service.isUnfinished;
      role(card, "open-label").hidden = isOpen || service.isUnfinished;
    };
    role(card, "open-name").textContent = ` ${service.name}`;
    turn(false);
    button.addEventListener("click", () => {
      if (!detail.hidden) turn(false);
      else this.does(card, () => showDetail(this, card, service).then(() => turn(true)));
    });
    onAction(card, "close", () => turn(false));
  }

  /**
   * @param {HTMLElement} card
   * @param {Service} service
   */
  #withdraws(card, service) {
    role(card, "withdrawal").hidden = service.state !== "given";
    const title = role(card, "withdraw-title");
    title.textContent = title.dataset.text.replace("%1", () => service.name);
    const own = role(card, "on-withdrawal");
    putText(own, service.onWithdrawal ?? "");
    own.hidden = !service.onWithdrawal;
    askTwice(/** @type {HTMLElement} */ (card.querySelector("[data-two-steps]")));
    onAction(card, "withdraw", () =>
      this.does(card, async () => {
        await this.ask("POST", `/citizen/v1/consents/${encodeURIComponent(service.application)}/withdrawal`, {});
        await this.tell(this.words("withdrawn", service.name));
      }),
    );
  }
}

/**
 * @param {string} tag
 * @param {string} text
 */
function line(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

customElements.define("consent-centre", ConsentCentre);
