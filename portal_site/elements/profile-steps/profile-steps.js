// @ts-check
import "../postal-code/postal-code.js";
import { clearProblems, showProblems } from "../../scripts/field-problems.js";
import { busyWhile, onAction, problemsOf, role, showPanel, statusOf } from "../../scripts/panels.js";
import { fillFields, readFields, restoreState, stateOf } from "../../scripts/profile-fields.js";
import { isSignedIn, onSessionChange } from "../../scripts/session-state.js";

/** The profile a little at a time. Each step is saved when it is left, so that it can be finished another day. */
class ProfileSteps extends HTMLElement {
  #version = "";
  #saved = "";
  #number = 0;

  connectedCallback() {
    for (const part of this.querySelectorAll("[data-needs-script]")) part.removeAttribute("hidden");
    onAction(this, "sign-in", () => this.#signIn());
    onAction(this, "load", () => this.#load());
    onAction(this, "skip", () => this.#skip());
    onAction(this, "back", () => this.#turnTo(this.#number - 1));
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      busyWhile(this.#form, () => this.#save());
    });
    onSessionChange(() => {
      if (!isSignedIn() && !this.#form.hidden) showPanel(this, "expired");
    });
    if (isSignedIn()) this.#load();
  }

  async #load() {
    showPanel(this, "loading");
    try {
      const { readProfile } = await import("../../scripts/profile.js");
      this.#fill(await readProfile());
      this.#turnTo(0, false);
      showPanel(this, "form");
    } catch (error) {
      if (statusOf(error) === 401) showPanel(this, "expired");
      else {
        role(this, "failed-text").textContent = this.dataset.failedLoad ?? "";
        showPanel(this, "failed");
      }
    }
  }

  async #save() {
    clearProblems(this.#form);
    const profile = readFields(this.#form);
    if (!profile) {
      this.#showProblems([{ pointer: "#/birthDate", code: "not-a-date" }]);
      return;
    }
    try {
      if (stateOf(this.#form) !== this.#saved) {
        const { saveProfile } = await import("../../scripts/profile.js");
        this.#fill(await saveProfile(profile, this.#version));
      }
      this.#turnTo(this.#number + 1);
    } catch (error) {
      await this.#failed(error);
    }
  }

  /** @param {unknown} error */
  async #failed(error) {
    const status = statusOf(error);
    if (status === 401) showPanel(this, "expired");
    else if (status === 422) this.#showProblems(problemsOf(error));
    else if (status === 412) {
      // Another screen was first; its other fields are kept, those of this step come from here.
      const { readProfile } = await import("../../scripts/profile.js");
      const mine = this.#step ? stateOf(/** @type {any} */ (this.#step)) : "[]";
      this.#fill(await readProfile());
      restoreState(this.#form, mine);
      role(this, "status").textContent = this.dataset.failedSave ?? "";
    } else role(this, "status").textContent = this.dataset[status === 429 ? "busy" : "failedSave"] ?? "";
  }

  /** What was typed in this step is dropped. */
  #skip() {
    restoreState(this.#form, this.#saved);
    clearProblems(this.#form);
    this.#turnTo(this.#number + 1);
  }

  /**
   * @param {number} number from 0; behind the last it is done
   * @param {boolean} focus
   */
  #turnTo(number, focus = true) {
    const steps = this.#steps;
    role(this, "status").textContent = "";
    if (number >= steps.length) {
      showPanel(this, "done");
      return;
    }
    this.#number = Math.max(0, number);
    for (const [at, step] of steps.entries()) step.hidden = at !== this.#number;
    const place = this.dataset.place ?? "";
    role(this, "place").textContent = place.replace("NUMBER", String(this.#number + 1)).replace("ALL", String(steps.length));
    const bar = this.querySelector("progress");
    if (bar) bar.value = this.#number + 1;
    for (const back of this.querySelectorAll("[data-action=back]")) if (back instanceof HTMLElement) back.hidden = this.#number === 0;
    if (focus) this.#step?.querySelector("h2")?.focus();
  }

  /** @param {import("../../scripts/profile.js").Versioned} answer */
  #fill({ profile, version }) {
    this.#version = version;
    fillFields(this.#form, profile);
    this.#saved = stateOf(this.#form);
  }

  /** @param {{ pointer: string, code: string }[]} problems */
  #showProblems(problems) {
    const far = problems
      .map(({ pointer }) => this.#form.querySelector(`[data-field="${CSS.escape(pointer.replace("#/", ""))}"]`))
      .map((field) => this.#steps.findIndex((step) => step.contains(field)))
      .find((number) => number >= 0 && number !== this.#number);
    if (far !== undefined) this.#turnTo(far);
    showProblems(this.#form, problems, (code) => this.getAttribute(`data-problem-${code}`) ?? this.dataset.check ?? "");
  }

  async #signIn() {
    try {
      const { signIn } = await import("../../scripts/session.js");
      await signIn(this.dataset.language ?? "ja");
    } catch {
      location.assign(`${this.dataset.failedPage}?reason=unreachable`);
    }
  }

  /** @returns {HTMLElement[]} */
  get #steps() {
    return [...this.querySelectorAll("[data-step]")].map((step) => /** @type {HTMLElement} */ (step));
  }

  get #step() {
    return this.#steps[this.#number];
  }

  /** @returns {HTMLFormElement} */
  get #form() {
    return /** @type {HTMLFormElement} */ (this.querySelector("form"));
  }
}

customElements.define("profile-steps", ProfileSteps);
