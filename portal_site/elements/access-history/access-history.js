// @ts-check
import { call } from "../../scripts/api.js";
import { onAction, role, showPanel, spokenTime, statusOf } from "../../scripts/panels.js";
import { isSignedIn, onSessionChange } from "../../scripts/session-state.js";

/** @typedef {{ at: string, what: string, who: string, which: string[] }} Line */

/**
 * The two histories, each from its own address: what happened with services, and with the profile.
 * @type {Record<string, { path: string, lines: (body: any) => Line[] }>}
 */
const LISTS = {
  services: {
    path: "/citizen/v1/history",
    lines: (body) =>
      body.entries.map((/** @type {any} */ each) => ({ at: each.at, what: each.kind, who: each.name, which: each.items })),
  },
  profile: {
    path: "/citizen/v1/profile/history",
    lines: (body) =>
      body.records.map((/** @type {any} */ each) => ({ at: each.at, what: `profile-${each.act}`, who: "", which: each.members })),
  },
};

/** What happened with the citizen's data, newest first. */
class AccessHistory extends HTMLElement {
  connectedCallback() {
    for (const part of this.querySelectorAll("[data-needs-script]")) part.removeAttribute("hidden");
    onAction(this, "sign-in", () => this.#signIn());
    onAction(this, "load", () => this.#load());
    onSessionChange(() => {
      if (!isSignedIn()) showPanel(this, "expired");
    });
    if (isSignedIn()) this.#load();
  }

  async #load() {
    showPanel(this, "loading");
    try {
      // The profile comes last, so that reading it here is not the first thing one sees.
      for (const name of Object.keys(LISTS)) await this.#page(name, "");
      showPanel(this, "history");
    } catch (error) {
      this.#failed(error);
    }
  }

  /**
   * @param {string} name of the list
   * @param {string} cursor "" for the first page
   */
  async #page(name, cursor) {
    const { path, lines } = LISTS[name];
    const { body } = await call("GET", cursor ? `${path}?cursor=${encodeURIComponent(cursor)}` : path);
    const list = role(this, name);
    if (!cursor) list.replaceChildren();
    list.append(...lines(body).map((line) => this.#entry(line)));
    role(this, `no-${name}`).hidden = list.childElementCount > 0;
    const more = /** @type {HTMLButtonElement} */ (this.querySelector(`[data-action=more-${name}]`));
    more.hidden = !body.next;
    more.onclick = () => this.#page(name, body.next).catch((error) => this.#failed(error));
  }

  /** @param {Line} line */
  #entry({ at, what, who, which }) {
    const item = document.createElement("li");
    item.className = "timeline__event";
    const when = document.createElement("time");
    when.className = "timeline__when";
    when.dateTime = at;
    when.textContent = spokenTime(at);
    const title = document.createElement("p");
    title.className = "timeline__what";
    title.textContent = [this.getAttribute(`data-what-${what}`) ?? what, who].filter(Boolean).join(": ");
    const items = document.createElement("p");
    items.textContent = which.map((each) => this.#itemName(each)).join(" / ");
    item.append(when, title, ...(items.textContent ? [items] : []));
    return item;
  }

  /** @param {string} item of an agreement, or member of the profile */
  #itemName(item) {
    const attribute = item.replace("_", "-");
    return this.getAttribute(`data-item-${attribute}`) ?? this.getAttribute(`data-member-${attribute}`) ?? item;
  }

  /** @param {unknown} error */
  #failed(error) {
    if (statusOf(error) === 401) {
      showPanel(this, "expired");
      return;
    }
    role(this, "failed-text").textContent = this.dataset[statusOf(error) === 429 ? "tooMany" : "failedLoad"] ?? "";
    showPanel(this, "failed");
  }

  async #signIn() {
    try {
      const { signIn } = await import("../../scripts/session.js");
      await signIn(this.dataset.language ?? "ja");
    } catch {
      location.assign(`${this.dataset.failedPage}?reason=unreachable`);
    }
  }
}

customElements.define("access-history", AccessHistory);
