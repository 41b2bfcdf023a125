// @ts-check
import { callAnonymously } from "../../scripts/api.js";
import { busyWhile, onAction, role, spokenTime, statusOf } from "../../scripts/panels.js";
import { putText } from "../../scripts/readings.js";
import { PREFIX } from "../../scripts/session-state.js";

const RECEIPT = `${PREFIX}receipt`;
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Checks a consent receipt with the city, for anybody, and shows what it says only if it is genuine. */
class ReceiptCheck extends HTMLElement {
  connectedCallback() {
    for (const part of this.querySelectorAll("[data-needs-script]")) part.removeAttribute("hidden");
    const form = /** @type {HTMLFormElement} */ (this.querySelector("form"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#check();
    });
    this.#file.addEventListener("change", async () => {
      const [file] = this.#file.files ?? [];
      if (file) this.#text.value = (await file.text()).trim();
    });
    onAction(this, "print", () => print());
    this.#takeOver();
  }

  /** A receipt handed over by the consent centre, in this tab. */
  #takeOver() {
    const kept = sessionStorage.getItem(RECEIPT);
    sessionStorage.removeItem(RECEIPT);
    if (!kept) return;
    this.#text.value = kept;
    this.#check();
  }

  async #check() {
    for (const name of ["valid", "invalid", "content"]) role(this, name).hidden = true;
    const receipt = this.#text.value.replace(/\s+/g, "");
    if (!COMPACT.test(receipt)) {
      this.#say(receipt ? "unreadable" : "needed", true);
      this.#text.focus();
      return;
    }
    this.#say("working");
    await busyWhile(this, async () => {
      try {
        const { body } = await callAnonymously("POST", "/public/v1/receipts/verification", { body: { receipt } });
        this.#say("");
        this.#show(body.valid === true, receipt);
      } catch (error) {
        const status = statusOf(error);
        if (status === 400 || status === 422) {
          this.#say("");
          this.#show(false, receipt);
        } else this.#say(status === 429 ? "too-many" : "failed", true);
      }
    });
  }

  /**
   * @param {boolean} isValid
   * @param {string} receipt
   */
  #show(isValid, receipt) {
    if (isValid) this.#fill(contentOf(receipt));
    role(this, "content").hidden = !isValid;
    const result = role(this, isValid ? "valid" : "invalid");
    result.hidden = false;
    result.focus();
  }

  /** @param {any} content see machi.consent.receipt */
  #fill(content) {
    const [purpose] = content.pii_processing.purposes;
    const [event] = content.events;
    const party = (/** @type {string} */ id) => content.party_identification.find((/** @type {any} */ each) => each.party_id === id);
    /** @type {Record<string, string>} */
    const facts = {
      issuer: `${party("city").party_name} (${party("city").party_contact})`,
      recipient: `${party("recipient").party_name} (${party("recipient").party_contact})`,
      purpose: purpose.purpose,
      items: purpose.pii_information.map((/** @type {any} */ each) => each.pii_type).join(" / "),
      start: spokenTime(event.valid_from),
      end: spokenTime(event.valid_until),
      withdrawal: purpose.consequences_of_withdrawal,
      issued: spokenTime(content.receipt_metadata.created),
      number: content.jti,
    };
    for (const [name, text] of Object.entries(facts)) putText(role(this, name), text);
  }

  /**
   * @param {string} message
   * @param {boolean} [trouble]
   */
  #say(message, trouble = false) {
    const status = role(this, "status");
    status.classList.toggle("profile-form__status--trouble", trouble);
    status.textContent = message && (this.getAttribute(`data-${message}`) ?? "");
  }

  /** @returns {HTMLTextAreaElement} */
  get #text() {
    return /** @type {HTMLTextAreaElement} */ (this.querySelector("textarea"));
  }

  /** @returns {HTMLInputElement} */
  get #file() {
    return /** @type {HTMLInputElement} */ (this.querySelector("input[type=file]"));
  }
}

/**
 * What a compact JWS says; whether it is genuine, only the city can tell.
 * @param {string} receipt
 */
function contentOf(receipt) {
  const payload = receipt.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Uint8Array.from(atob(payload), (letter) => letter.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}

customElements.define("receipt-check", ReceiptCheck);
