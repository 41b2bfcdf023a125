// @ts-check

/** @typedef {[prefecture: string, municipality: string, town: string]} Area */

/** Fills in the address that belongs to a postal code, from a file of this site. */
class PostalCode extends HTMLElement {
  connectedCallback() {
    this.querySelector("[data-action=look-up]")?.addEventListener("click", () => this.#lookUp());
    this.#code.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      this.#lookUp();
    });
  }

  async #lookUp() {
    const digits = this.#code.value.normalize("NFKC").replace(/\D/g, "");
    this.#offer([]);
    if (digits.length !== 7) {
      this.#say("none");
      return;
    }
    let areas;
    try {
      areas = await areasOf(digits);
    } catch {
      this.#say("failed");
      return;
    }
    if (areas.length === 1) this.#fill(areas[0]);
    else if (areas.length > 1) this.#offer(areas);
    this.#say(["none", "filled"][areas.length] ?? "choose");
  }

  /** @param {Area[]} areas */
  #offer(areas) {
    const choices = /** @type {HTMLElement} */ (this.querySelector("[data-role=postal-choices]"));
    const buttons = areas.map((area) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button";
      button.lang = "ja";
      button.textContent = area.slice(1).join(" ");
      button.addEventListener("click", () => {
        this.#fill(area);
        this.#offer([]);
        this.#say("filled");
      });
      return button;
    });
    choices.replaceChildren(...buttons);
    choices.hidden = areas.length === 0;
  }

  /** @param {Area} area */
  #fill([prefecture, municipality, town]) {
    const form = this.closest("form");
    for (const [name, value] of Object.entries({ prefecture, municipality, street: town })) {
      const control = /** @type {any} */ (form?.elements.namedItem(name));
      // A street that already begins with the town has its house number behind it.
      if (name === "street" && (value === "" || control.value.startsWith(value))) continue;
      control.value = value;
    }
    const street = /** @type {any} */ (form?.elements.namedItem("street"));
    street.focus();
  }

  /** @param {string} message */
  #say(message) {
    const status = this.querySelector("[data-role=postal-status]");
    if (status) status.textContent = this.dataset[message] ?? "";
  }

  /** @returns {any} */
  get #code() {
    return this.querySelector("input");
  }
}

/**
 * @param {string} digits
 * @returns {Promise<Area[]>}
 */
async function areasOf(digits) {
  const response = await fetch(`/data/postal/${digits.slice(0, 3)}.json`);
  if (response.status === 404) return [];
  if (!response.ok) throw new Error(`postal codes: ${response.status}`);
  return (await response.json())[digits.slice(3)] ?? [];
}

customElements.define("postal-code", PostalCode);
