// @ts-check
import { call } from "../../scripts/api.js";
import { readConfig } from "../../scripts/config.js";
import { onAction, role, spokenTime } from "../../scripts/panels.js";
import { askTwice } from "../../scripts/two-steps.js";

/** @typedef {import("./account-page.js").AccountPage} AccountPage */
/** @typedef {import("./account-page.js").Account} Account */
/**
 * @typedef {object} Service
 * @property {string} application
 * @property {string} name
 * @property {string} state
 * @property {string[]} items
 * @property {string | null} purpose
 * @property {string | null} since
 * @property {string | null} until
 */

/**
 * Somebody else's IDs, the proof of identity, and the services that receive something.
 * @param {AccountPage} page
 * @returns {(account: Account) => void} shows an account
 */
export function connectLinks(page) {
  for (const line of page.querySelectorAll("[data-provider]")) {
    const path = `/account/v1/identities/${/** @type {HTMLElement} */ (line).dataset.provider}`;
    onAction(/** @type {HTMLElement} */ (line), "link", () =>
      page.does("identities", async () => {
        const { keepLinking } = await import("../../scripts/linking.js");
        const { url } = (await call("POST", path, { body: {} })).body;
        keepLinking(/** @type {HTMLElement} */ (line).dataset.provider ?? "", page.dataset.language ?? "ja");
        location.assign(url);
      }),
    );
    onAction(/** @type {HTMLElement} */ (line), "unlink", () =>
      page.does("identities", async () => {
        await call("DELETE", path);
        await page.load();
        return "unlinked";
      }),
    );
  }
  onAction(page, "prove", () =>
    page.does("proofing", async () => {
      location.assign((await call("POST", "/account/v1/proofing", { body: { language: page.dataset.language } })).body.url);
    }),
  );
  sayWhatCameBack(page);
  return (account) => {
    showIdentities(page, account);
    showProofing(page, account);
    page.does("services", () => showServices(page));
  };
}

/**
 * The pages of proofing and linking come back here with their result in the address.
 * @param {AccountPage} page
 */
function sayWhatCameBack(page) {
  const query = new URLSearchParams(location.search);
  const [kind, result] = [...query].find(([name]) => name === "proofing" || name === "linking") ?? [];
  if (!kind) return;
  history.replaceState(null, "", location.pathname);
  const news = role(page, "news");
  news.classList.toggle("profile-form__status--trouble", result !== "done");
  news.textContent = page.getAttribute(`data-${kind}-${result}`) ?? page.getAttribute(`data-${kind}-failed`) ?? "";
}

/**
 * @param {AccountPage} page
 * @param {Account} account
 */
async function showIdentities(page, account) {
  const { social_providers: registered = "" } = await readConfig();
  const names = registered.split(",");
  for (const line of page.querySelectorAll("[data-provider]")) {
    const { provider, name = "" } = /** @type {HTMLElement} */ (line).dataset;
    const linked = account.identities.find((each) => each.provider === provider);
    /** @type {HTMLElement} */ (line).hidden = !linked && !names.includes(name);
    role(line, "linked").textContent = page.dataset[linked ? "linked" : "notLinked"] ?? "";
    role(line, "linked-at").textContent = linked ? spokenTime(linked.linkedAt, "date") : "";
    role(line, "link").hidden = Boolean(linked);
    role(line, "unlink").hidden = !linked;
  }
  role(page, "no-providers").hidden = page.querySelector("[data-provider]:not([hidden])") !== null;
}

/**
 * @param {AccountPage} page
 * @param {Account} account
 */
function showProofing(page, { assurance }) {
  role(page, "proofing-state").textContent = page.dataset[assurance ? "proved" : "notProved"] ?? "";
  role(page, "proofing-at").textContent = assurance ? spokenTime(assurance.at, "date") : "";
}

/** @param {AccountPage} page */
async function showServices(page) {
  const { services } = (await call("GET", `/citizen/v1/consents?lang=${page.dataset.language}`)).body;
  const list = role(page, "services");
  list.replaceChildren(...services.map((/** @type {Service} */ service) => lineOf(page, service)));
  role(page, "no-services").hidden = services.length > 0;
}

/**
 * @param {AccountPage} page
 * @param {Service} service
 */
function lineOf(page, service) {
  const template = /** @type {HTMLTemplateElement} */ (page.querySelector("template[data-role=service]"));
  const line = /** @type {HTMLElement} */ (template.content.cloneNode(true)).firstElementChild;
  if (!(line instanceof HTMLElement)) throw new TypeError("the template has a line");
  role(line, "name").textContent = service.name;
  role(line, "state").textContent = page.getAttribute(`data-state-${service.state}`) ?? service.state;
  role(line, "purpose").textContent = service.purpose ?? "";
  role(line, "items").textContent = service.items.map((item) => page.getAttribute(`data-item-${item.replace("_", "-")}`) ?? item).join(" / ");
  const dates = [service.since, service.until].map((moment) => (moment ? spokenTime(moment, "date") : ""));
  role(line, "period").textContent = dates[0] ? `(${dates.join(" – ")})` : "";
  role(line, "withdrawal").hidden = service.state !== "given";
  askTwice(/** @type {HTMLElement} */ (line.querySelector("[data-two-steps]")));
  onAction(line, "withdraw", () =>
    page.does("services", async () => {
      await call("POST", `/citizen/v1/consents/${encodeURIComponent(service.application)}/withdrawal`, { body: {} });
      await showServices(page);
      return "withdrawn";
    }),
  );
  return line;
}
